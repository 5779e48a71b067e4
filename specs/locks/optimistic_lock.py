"""Optimistic locking: nobody waits, and who has read what is no longer so begins again.

Source: H. T. Kung and John Robinson, "On Optimistic Methods for Concurrency Control", ACM TODS 1981: a read
phase, a validation phase, and a write phase.  This is validation against what has been committed, one
transaction at a time (section 4), with the version numbers that applications and object-relational mappers use.

A transaction reads items and remembers the version of each.  What it writes it keeps to itself.  When it wants to
commit, it looks whether each item that it has read still has the same version.  If so, it installs what it
has written and raises the versions; if not, it throws everything away and begins again.

Guaranteed: what is committed is serialisable, as if it had happened one after the other, so no update is
lost.  Nobody is deadlocked, for nobody waits with something in its hands but for the short commit.  A
transaction begins again only because another one has committed: somebody always progresses.  One alone may
have to begin again as long as others commit.

Modelling decisions.

- A transaction commits once, and does what it likes before: it reads some items and writes some, in any
  order.  An item is read at most once, and not after it was written.
- What an item holds does not matter, only who wrote it: the installs of each item are listed, in order.
- Reading is not protected.  A transaction that will have to begin again can see one item before another
  transaction's commit and a second one after it; what it computes from that must do no harm.
- Validation and installation of all items are one critical section.  It is modelled by a latch that one
  transaction holds, step by step, since this is what home-grown variants leave out.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import (
    Between,
    Formula,
    Map,
    MaxLen,
    Model,
    Size,
    Sort,
    action,
    all_of,
    always,
    eventually,
    evolve,
    fairness,
    final,
    frozen,
    initial,
    sometimes,
    taken,
    temporal,
    weakly_fair,
)


class Item(Sort, label="x"):
    """Something that is read and written."""


class Transaction(Sort, label="t"):
    """Reads and writes that are to happen together, or not at all."""


class Phase(Enum):
    """How far a transaction has come."""

    READING = "reading"
    INSTALLING = "installing"
    COMMITTED = "committed"


Version = Annotated[int, Between(0, "transactions")]


@frozen
class Local:
    """What a transaction knows; `found` is for properties: how many had written an item when it was read."""

    phase: Phase
    seen: Map[Item, Version | None]  # the version of what it has read
    writes: frozenset[Item]
    left: frozenset[Item]  # of the writes, those that are still to be installed
    found: Map[Item, Version | None]


@frozen
class State:
    """The items with their versions, the transactions, and who has written what."""

    version: Map[Item, Version]
    local: Map[Transaction, Local]
    latch: Transaction | None  # who is committing
    installed: Map[Item, Annotated[tuple[Transaction, ...], MaxLen("transactions")]]


@frozen
class OptimisticLock(Model[State]):
    """Transactions that validate what they have read when they commit."""

    transactions: Size[Transaction] = 2
    items: Size[Item] = 2

    def begun(self) -> Local:
        """A transaction that has done nothing yet."""
        return Local(
            phase=Phase.READING,
            seen=Map.fill(self.every(Item), None),
            writes=frozenset(),
            left=frozenset(),
            found=Map.fill(self.every(Item), None),
        )

    @initial
    def begins(self) -> State:
        return State(
            version=Map.fill(self.every(Item), 0),
            local=Map({t: self.begun() for t in self.every(Transaction)}),
            latch=None,
            installed=Map.fill(self.every(Item), ()),
        )

    # -- the read phase --

    @action
    def transaction_reads(self, s: State, t: Transaction, x: Item) -> State | None:
        """Read an item, and remember its version."""
        local = s.local[t]
        if local.phase is not Phase.READING or local.seen[x] is not None or x in local.writes:
            return None
        read = evolve(
            local,
            seen=local.seen.set(x, s.version[x]),
            found=local.found.set(x, len(s.installed[x])),
        )
        return evolve(s, local=s.local.set(t, read))

    @action
    def transaction_writes(self, s: State, t: Transaction, x: Item) -> State | None:
        """Write an item, where nobody else sees it."""
        local = s.local[t]
        if local.phase is not Phase.READING or x in local.writes:
            return None
        return evolve(s, local=s.local.set(t, evolve(local, writes=local.writes | {x})))

    # -- the validation phase --

    @action
    def transaction_validates(self, s: State, t: Transaction) -> State | None:
        """Nothing that was read has changed: begin to commit, and keep others from it meanwhile."""
        local = s.local[t]
        if not self.may_validate(s, t) or not self.is_valid(s, t):
            return None
        return evolve(
            s,
            latch=t,
            local=s.local.set(t, evolve(local, phase=Phase.INSTALLING, left=local.writes)),
        )

    @action
    def transaction_begins_again(self, s: State, t: Transaction) -> State | None:
        """Something that was read has changed: throw away what was done."""
        if not self.may_validate(s, t) or self.is_valid(s, t):
            return None
        return evolve(s, local=s.local.set(t, self.begun()))

    def may_validate(self, s: State, t: Transaction) -> bool:
        """Whether a transaction has done something, and nobody else is committing."""
        return self.has_done_something(s, t) and self.latch_is_free(s)

    def has_done_something(self, s: State, t: Transaction) -> bool:
        local = s.local[t]
        return local.phase is Phase.READING and (
            len(local.writes) > 0 or any(local.seen[x] is not None for x in local.seen)
        )

    def latch_is_free(self, s: State) -> bool:
        """Whether nobody is committing."""
        return s.latch is None

    def is_valid(self, s: State, t: Transaction) -> bool:
        """Whether everything that has to be validated is as it was seen."""
        return all(self.is_same(s.local[t].seen[x], s.version[x]) for x in self.validated(s.local[t]))

    def validated(self, local: Local) -> frozenset[Item]:
        """The items that a transaction depends on: all that it has read."""
        return frozenset(x for x in local.seen if local.seen[x] is not None)

    def is_same(self, seen: Version | None, now: Version) -> bool:
        """Whether two versions are the same."""
        return seen == now

    # -- the write phase --

    @action
    def transaction_installs(self, s: State, t: Transaction, x: Item) -> State | None:
        """Show what was written to others, item by item."""
        local = s.local[t]
        if local.phase is not Phase.INSTALLING or x not in local.left:
            return None
        return evolve(
            s,
            version=s.version.set(x, self.raised(s, t, x)),
            installed=s.installed.set(x, (*s.installed[x], t)),
            local=s.local.set(t, evolve(local, left=local.left - {x})),
        )

    def raised(self, s: State, t: Transaction, x: Item) -> Version:
        """The version of an item that a transaction has written."""
        return s.version[x] + 1

    @action
    def transaction_commits(self, s: State, t: Transaction) -> State | None:
        """All is installed: let others commit."""
        local = s.local[t]
        if local.phase is not Phase.INSTALLING or len(local.left) > 0:
            return None
        return evolve(s, latch=None, local=s.local.set(t, evolve(local, phase=Phase.COMMITTED)))

    @final
    def all_is_done(self, s: State) -> bool:
        """Every transaction has committed."""
        return all(self.has_committed(s, t) for t in s.local)

    def has_committed(self, s: State, t: Transaction) -> bool:
        return s.local[t].phase is Phase.COMMITTED

    # -- what is guaranteed --

    @always
    def committed_transactions_are_serialisable(self, s: State) -> bool:
        """The graph of conflicts among committed transactions has no cycle."""
        rest = frozenset(t for t in s.local if self.has_committed(s, t))
        for _ in self.every(Transaction):
            rest = frozenset(t for t in rest if any(self.comes_before(s, other, t) for other in rest))
        return len(rest) == 0

    def comes_before(self, s: State, a: Transaction, b: Transaction) -> bool:
        """Whether, because of some item, a transaction must come before another in any serial order."""
        return a != b and any(
            (self.wrote(s, a, x) and self.wrote(s, b, x) and self.place(s, a, x) < self.place(s, b, x))
            or (self.wrote(s, a, x) and self.has_read_from(s, b, x, self.place(s, a, x)))
            or (self.wrote(s, b, x) and self.has_missed(s, a, x, self.place(s, b, x)))
            for x in s.version
        )

    def wrote(self, s: State, t: Transaction, x: Item) -> bool:
        return t in s.installed[x]

    def place(self, s: State, t: Transaction, x: Item) -> int:
        """As which one a transaction has written an item."""
        return min(
            [place for place, writer in enumerate(s.installed[x]) if writer == t], default=self.transactions
        )

    def has_read_from(self, s: State, t: Transaction, x: Item, place: int) -> bool:
        """Whether a transaction has read an item after the write at a place."""
        found = s.local[t].found[x]
        return found is not None and place < found

    def has_missed(self, s: State, t: Transaction, x: Item, place: int) -> bool:
        """Whether a transaction has read an item before the write at a place."""
        found = s.local[t].found[x]
        return found is not None and found <= place

    @always
    def no_update_is_lost(self, s: State) -> bool:
        """Between reading an item and writing it, a committed transaction lets nobody else write it."""
        return all(
            s.local[t].found[x] is None or s.local[t].found[x] == self.place(s, t, x)
            for t in s.local
            for x in s.version
            if self.has_committed(s, t) and self.wrote(s, t, x)
        )

    @always
    def somebody_progresses(self, before: State, after: State) -> bool:
        """Who begins again has read something that another transaction has written since."""
        return all(
            after.local[t] != self.begun()
            or before.local[t] == self.begun()
            or any(
                self.has_missed(before, t, x, place)
                for x in before.version
                for place in range(len(before.installed[x]))
            )
            for t in before.local
        )

    # -- what happens in the end --

    @fairness
    def each_transaction_goes_on(self) -> Formula[State]:
        """No transaction stops for ever while it could do something."""
        return all_of(*(self.goes_on(t) for t in self.every(Transaction)))

    def goes_on(self, t: Transaction) -> Formula[State]:
        """As long as a transaction can do something, it does something."""
        return weakly_fair(
            taken(self.transaction_reads, t=t)
            | taken(self.transaction_writes, t=t)
            | taken(self.transaction_validates, t=t)
            | taken(self.transaction_begins_again, t=t)
            | taken(self.transaction_installs, t=t)
            | taken(self.transaction_commits, t=t)
        )

    @temporal
    def everybody_commits(self) -> Formula[State]:
        """Since each commits once, all of them have in the end."""
        return eventually(self.all_is_done)

    # -- what can happen --

    @sometimes
    def a_transaction_is_out_of_date(self, s: State) -> bool:
        """What one has read has changed, and it does not know yet."""
        return any(self.has_done_something(s, t) and not self.is_valid(s, t) for t in s.local)

    @sometimes
    def half_of_a_commit_is_seen(self, s: State) -> bool:
        """A transaction has read one item from another one's commit, and a second one from before it."""
        return any(
            a != b
            and self.wrote(s, b, x)
            and self.wrote(s, b, y)
            and self.has_read_from(s, a, x, self.place(s, b, x))
            and self.has_missed(s, a, y, self.place(s, b, y))
            for a in s.local
            for b in s.local
            for x in s.version
            for y in s.version
        )

    @sometimes
    def transactions_commit_side_by_side(self, s: State) -> bool:
        """Two have committed, and neither has seen anything of the other."""
        return any(
            a != b
            and self.has_committed(s, a)
            and self.has_committed(s, b)
            and len(s.local[a].writes) > 0
            and len(s.local[b].writes) > 0
            and not self.comes_before(s, a, b)
            and not self.comes_before(s, b, a)
            for a in s.local
            for b in s.local
        )


# -- what goes wrong ------------------------------------------------------------------------------


@frozen
class OptimisticLockChecksThenSets(OptimisticLock):
    """Broken: check and set are not atomic; another one may commit between them.

    The way of applications that load a row, compare its version, and then save it, in place of one
    `UPDATE ... WHERE version = ?` whose count of rows says whether it was still the same.  Peter Bailis and
    others, "Feral Concurrency Control", SIGMOD 2015, found such checks all over web applications.
    """

    def latch_is_free(self, s: State) -> bool:
        return True


@frozen
class OptimisticLockValidatesWrites(OptimisticLock):
    """Broken: only what is written is validated, and not what was merely read: write skew.

    It is what snapshot isolation does: Hal Berenson and others, "A Critique of ANSI SQL Isolation Levels",
    SIGMOD 1995, anomaly A5B.
    """

    def validated(self, local: Local) -> frozenset[Item]:
        return super().validated(local) & local.writes


@frozen
class OptimisticLockTies(OptimisticLock):
    """Broken: versions are timestamps of a clock so coarse that two commits in a row get the same one.

    A time of last change with a precision of seconds, as in HTTP's `Last-Modified`, which RFC 9110, section
    8.8.2.2, therefore calls a weak validator.
    """

    transactions: Size[Transaction] = 3
    items: Size[Item] = 1

    def is_same(self, seen: Version | None, now: Version) -> bool:
        return seen is not None and (seen + 1) // 2 == (now + 1) // 2


@frozen
class OptimisticLockBlindWrites(OptimisticLock):
    """Broken: a transaction that has not read an item before it writes it leaves the version as it was.

    The way of statements that change rows directly: by default Hibernate's bulk updates do not raise versions
    (Hibernate ORM User Guide, on `UPDATE` and `VERSIONED`).
    """

    def raised(self, s: State, t: Transaction, x: Item) -> Version:
        return s.version[x] if s.local[t].seen[x] is None else super().raised(s, t, x)
