"""A counter on several replicas that needs no coordination: it only grows, and replicas converge.

Sources: Marc Shapiro, Nuno Preguica, Carlos Baquero and Marek Zawirski, "Conflict-free Replicated Data Types",
SSS 2011, and "A comprehensive study of Convergent and Commutative Replicated Data Types", INRIA RR-7506, 2011,
specification 6 (G-Counter).

Each replica counts its own increments in an entry of its own, and has for each other replica the highest entry that
it has heard of.  The value is the sum of the entries.  Now and then a replica sends its entries to another, which
takes, for each entry, the higher one.

Guaranteed, each with what it rests on:

- A replica's value is the number of increments that it has heard of, each counted once, whatever arrives twice,
  late, or in another order.  This rests on the merge: a maximum is commutative, associative and idempotent.
- Replicas that have heard of the same increments have the same state: strong eventual consistency.
- In the end all replicas have the same value.  This rests on replicas that send for ever, and on messages of which
  some arrive.  What is lost does no harm, for whatever is sent later contains it.
- A replica always answers, even if it can reach nobody.  Nothing waits for anything.

Modelling decisions.

- From each replica to each other there is place for one message.  A new one takes the place of an old one, which is
  lost.  One that was received stays, so that it may come again, and late.
- A replica that crashes comes back with what is on its disk.
- Which increments a replica has heard of, only properties see.
"""

from __future__ import annotations

from typing import Annotated

from checker.lang import (
    Between,
    Formula,
    Map,
    Model,
    Relaxed,
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
    temporal,
    weakly_fair,
)


class Replica(Sort, label="r"):
    """Takes increments, and tells the others."""


Count = Annotated[int, Between(0, "increments")]


@frozen
class Update:
    """An increment: who has taken it, and which of its own it is."""

    by: Replica
    number: Annotated[int, Between(1, "increments")]


@frozen
class Counter:
    """The entries, and the increments that they stand for."""

    entries: Map[Replica, Count]
    heard: frozenset[Update]


@frozen
class State:
    """Every replica's counter, the network, and how many increments each has taken."""

    counters: Map[Replica, Counter]
    network: Map[tuple[Replica, Replica], Counter | None]
    done: Map[Replica, Count]
    crashes: Annotated[int, Between(0, "crashes")]


@frozen
class GrowOnlyCounter(Model[State]):
    """Replicas that count, each for itself, and tell each other."""

    replicas: Size[Replica] = 2
    increments: Annotated[int, Between(1, 9)] = 2
    crashes: Annotated[int, Between(0, 9), Relaxed(1, "a replica crashes")] = 1

    @initial
    def begins(self) -> State:
        """All entries are zero."""
        nothing: Map[tuple[Replica, Replica], Counter | None] = Map(
            {(a, b): None for a in self.every(Replica) for b in self.every(Replica)}
        )
        return State(
            counters=Map.fill(self.every(Replica), self.zero()),
            network=nothing,
            done=Map.fill(self.every(Replica), 0),
            crashes=0,
        )

    def zero(self) -> Counter:
        """Nothing was counted."""
        return Counter(Map.fill(self.every(Replica), 0), frozenset())

    # -- what happens --

    @action
    def replica_increments(self, s: State, r: Replica) -> State | None:
        """Count one more, at once and alone."""
        if s.done[r] == self.increments:
            return None
        number = s.done[r] + 1
        return evolve(
            s,
            counters=s.counters.set(r, self.incremented(s.counters[r], Update(r, number))),
            done=s.done.set(r, number),
        )

    def incremented(self, counter: Counter, update: Update) -> Counter:
        """A replica's own entry, and no other, goes up by one."""
        entries = counter.entries.set(update.by, counter.entries[update.by] + 1)
        return Counter(entries, counter.heard | {update})

    @action
    def replica_sends(self, s: State, r: Replica, to: Replica) -> State | None:
        """Send all entries to another replica."""
        if r == to or s.network[r, to] == s.counters[r]:
            return None
        return evolve(s, network=s.network.set((r, to), s.counters[r]))

    @action
    def replica_receives(self, s: State, r: Replica, sender: Replica) -> State | None:
        """Merge what another replica has sent, which may come again."""
        message = s.network[sender, r]
        if message is None:
            return None
        merged = self.merged(s.counters[r], message)
        return None if merged == s.counters[r] else evolve(s, counters=s.counters.set(r, merged))

    def merged(self, mine: Counter, theirs: Counter) -> Counter:
        """For each entry the higher one."""
        entries = Map({r: max(mine.entries[r], theirs.entries[r]) for r in mine.entries})
        return Counter(entries, mine.heard | theirs.heard)

    @action(when="crashes > 0")
    def replica_crashes(self, s: State, r: Replica) -> State | None:
        """Stop, and come back with what is on the disk."""
        if s.crashes == self.crashes:
            return None
        return evolve(s, counters=s.counters.set(r, self.recovered(s.counters[r])), crashes=s.crashes + 1)

    def recovered(self, counter: Counter) -> Counter:
        """What a crash leaves: all of it."""
        return counter

    def value(self, counter: Counter) -> int:
        """What a replica answers when it is asked for the value."""
        return sum(counter.entries[r] for r in counter.entries)

    # -- what is guaranteed --

    @always
    def counts_what_it_has_heard_of(self, s: State) -> bool:
        """A replica's value is the number of increments that it knows: none is lost, none counted twice."""
        return all(self.value(s.counters[r]) == len(s.counters[r].heard) for r in s.counters)

    @always
    def never_goes_down(self, before: State, after: State) -> bool:
        """A value that was read is never followed by a lower one at the same replica."""
        return all(self.value(before.counters[r]) <= self.value(after.counters[r]) for r in before.counters)

    @always
    def hears_itself(self, s: State) -> bool:
        """A replica counts all its own increments."""
        return all(s.counters[r].entries[r] == s.done[r] for r in s.counters)

    @always
    def strong_eventual_consistency(self, s: State) -> bool:
        """Replicas that have heard of the same increments have the same state."""
        return all(
            s.counters[a] == s.counters[b]
            for a in s.counters
            for b in s.counters
            if s.counters[a].heard == s.counters[b].heard
        )

    # -- what happens in the end --

    @fairness
    def replicas_go_on(self) -> Formula[State]:
        return all_of(self.replicas_count(), self.replicas_talk())

    def replicas_count(self) -> Formula[State]:
        """Increments come until there are no more."""
        return weakly_fair(self.replica_increments)

    def replicas_talk(self) -> Formula[State]:
        """What differs from what was sent last is sent, and what would change a replica arrives."""
        return all_of(weakly_fair(self.replica_sends), weakly_fair(self.replica_receives))

    @temporal
    def replicas_converge(self) -> Formula[State]:
        """In the end, every replica counts every increment."""
        return eventually(self.all_is_counted)

    @final
    def all_is_counted(self, s: State) -> bool:
        """All replicas count all increments."""
        return all(self.value(s.counters[r]) == self.increments * self.replicas for r in s.counters)

    # -- what can happen --

    @sometimes
    def replicas_differ(self, s: State) -> bool:
        """Two replicas answer differently: convergence is for later."""
        return any(
            self.value(s.counters[a]) != self.value(s.counters[b]) for a in s.counters for b in s.counters
        )

    @sometimes
    def an_old_message_arrives(self, s: State) -> bool:
        """What is under way is older than what the receiver has."""
        return any(self.is_old(s.network[a, b], s.counters[b]) for a, b in s.network)

    def is_old(self, message: Counter | None, counter: Counter) -> bool:
        """Whether a message has nothing that is new to a replica, which has more than it."""
        return message is not None and message.heard <= counter.heard and message.heard != counter.heard


# -- what goes wrong ------------------------------------------------------------------------------


@frozen
class GrowOnlyCounterAdds(GrowOnlyCounter):
    """Broken: what arrives is added, so that what arrives twice is counted twice.

    Shapiro et al. 2011 (RR-7506), section 3.1: a merge must be idempotent.
    """

    def merged(self, mine: Counter, theirs: Counter) -> Counter:
        entries = Map({r: min(mine.entries[r] + theirs.entries[r], self.increments) for r in mine.entries})
        return Counter(entries, mine.heard | theirs.heard)


@frozen
class GrowOnlyCounterOneEntry(GrowOnlyCounter):
    """Broken: a single number takes the place of the entries, and of two increments at once one is lost.

    Shapiro et al. 2011 (RR-7506), section 3.1.1: the maximum of the totals is no total.
    """

    def value(self, counter: Counter) -> int:
        return max(counter.entries[r] for r in counter.entries)

    def incremented(self, counter: Counter, update: Update) -> Counter:
        total = min(self.value(counter) + 1, self.increments)
        return Counter(counter.entries.set(update.by, total), counter.heard | {update})


@frozen
class GrowOnlyCounterVolatile(GrowOnlyCounter):
    """Broken: entries are in memory only; after a crash a replica counts anew what others have counted before.

    A replica must come back with its own entry or with a new name (Cassandra's counters had to learn it:
    CASSANDRA-6504).
    """

    def recovered(self, counter: Counter) -> Counter:
        return self.zero()
