"""A lock service with leases, and why the resource itself must have the last word.

Sources: Cary Gray and David Cheriton, "Leases: An Efficient Fault-Tolerant Mechanism for Distributed File Cache
Consistency", SOSP 1989; Mike Burrows, "The Chubby Lock Service for Loosely-Coupled Distributed Systems", OSDI
2006, section 2.4 (sequencers); Martin Kleppmann, "How to do distributed locking", 2016 (fencing tokens).

A client asks a service for a lock, and gets it for so long: a lease.  When it ends, the service may give the
lock to another client, whether or not the first has noticed.  With each lease comes a token, a number that grows.
A client sends it with everything that it asks of the resource, and the resource refuses what comes with a
lower token than it has seen.

Guaranteed, each with what it rests on:

- The resource never goes back to an earlier holder's writes once it has seen a later one's.  This rests on
  nothing but the tokens: not on clocks, not on how long messages or pauses take.
- No two clients believe at the same time that they hold the lock.  This rests on clocks: they may not drift
  further apart during a lease than the margin that a client leaves.
- Nobody writes after the lock was given to another one.  This rests on clocks, and besides on a client that
  never pauses between looking at its clock and writing, and on messages that arrive at once.  No system
  promises that, and so a lease alone does not make a resource safe.

Modelling decisions.

- Time passes in ticks, by the service's clock.  A client's clock may miss some of them: `drift` is how many
  during one lease.  Only the difference of the two clocks matters, so the service's clock is taken to be right.
- A client counts its lease from the moment at which it asks, and gives it up `margin` ticks early.
- Messages to and from the service take any time.  Those to the resource arrive within the tick, unless `delays`.
  A client writes in the tick in which it has looked at its clock, unless `pauses`.
- A client that fails is one that does nothing more; its lease ends.
- The service may crash.  Its token is on disk; who holds the lock is not, so that after a restart it waits for
  as long as a lease can last (Gray and Cheriton, section 2).
- Leases have true numbers, which only properties look at; tokens are what the protocol has.
"""

from __future__ import annotations

from enum import Enum
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
    evolve,
    fairness,
    final,
    frozen,
    infinitely_often,
    initial,
    one_of,
    sometimes,
    strongly_fair,
    subset_of,
    temporal,
    weakly_fair,
)


class Client(Sort, label="c"):
    """Wants to write to the resource while nobody else does."""


class Phase(Enum):
    """What a client is doing."""

    IDLE = "idle"
    ASKING = "asking"  # its request is under way
    GRANTED = "granted"  # and now the answer is
    HOLDING = "holding"
    WRITING = "writing"  # it has looked at its clock, and is about to write


Span = Annotated[int, Between(0, "lease")]
Lease = Annotated[int, Between(0, "max_leases")]


@frozen
class Local:
    """A client: what is left of its lease by its own clock, its token, and the true number of its lease."""

    phase: Phase
    left: Span
    missed: Annotated[int, Between(0, "drift")]  # the ticks that its clock has missed
    token: Lease
    number: Lease


@frozen
class Write:
    """On its way to the resource."""

    token: Lease
    number: Lease


@frozen
class Release:
    """On its way to the service: the lock is no longer needed."""

    token: Lease


@frozen
class State:
    """The clients, the service, the resource, and what is under way."""

    local: Map[Client, Local]
    held: bool  # whether the service has given the lock to somebody, or cannot know
    left: Span  # for how long
    token: Lease  # the last one that it has given
    writes: frozenset[Write]
    releases: frozenset[Release]
    fence: Lease  # the highest token that the resource has seen
    leases: Lease  # how many there were
    applied: Lease  # the number of the lease with which the resource was last written
    crashes: Annotated[int, Between(0, "crashes")]


@frozen
class PessimisticLock(Model[State]):
    """Clients that lock a resource by leases and fencing tokens."""

    clients: Size[Client] = 2
    lease: Annotated[int, Between(1, 5)] = 3
    margin: Annotated[int, Between(0, 3)] = 1
    drift: Annotated[int, Between(0, 3), Relaxed(2, "clocks drift further apart than the margin")] = 1
    pauses: Annotated[bool, Relaxed(True, "a client pauses before it writes")] = False
    delays: Annotated[bool, Relaxed(True, "messages to the resource are late")] = False
    crashes: Annotated[int, Between(0, 2), Relaxed(1, "the service crashes")] = 0
    max_leases: Annotated[int, Between(1, 4)] = 3

    @initial
    def begins(self) -> State:
        return State(
            local=Map.fill(self.every(Client), self.idle()),
            held=False,
            left=0,
            token=0,
            writes=frozenset(),
            releases=frozenset(),
            fence=0,
            leases=0,
            applied=0,
            crashes=0,
        )

    def idle(self) -> Local:
        """A client that wants nothing."""
        return Local(phase=Phase.IDLE, left=0, missed=0, token=0, number=0)

    # -- time --

    def clocks(self, s: State) -> frozenset[Client]:
        """The clients whose clocks may miss a tick."""
        return frozenset(c for c in s.local if s.local[c].left > 0 and s.local[c].missed < self.drift)

    @action
    def time_passes(self, s: State, slow: frozenset[Client] = subset_of(clocks)) -> State | None:
        """A tick, which the clocks of some clients miss."""
        if not self.may_pass(s):
            return None
        left = max(0, s.left - 1)
        return evolve(
            s,
            left=left,
            held=s.held and left > 0,
            local=Map({c: self.later(s.local[c], c in slow) for c in s.local}),
        )

    def may_pass(self, s: State) -> bool:
        """Whether nothing has to happen within this tick."""
        waits = not self.pauses and any(s.local[c].phase is Phase.WRITING for c in s.local)
        return not waits and (self.delays or len(s.writes) == 0)

    def later(self, local: Local, slow: bool) -> Local:
        """A client after a tick."""
        if slow:
            return evolve(local, missed=local.missed + 1)
        return evolve(local, left=max(0, local.left - 1))

    # -- the clients and the service --

    @action
    def client_asks(self, s: State, c: Client) -> State | None:
        """Ask for the lock, and start to count."""
        if s.local[c].phase is not Phase.IDLE:
            return None
        asking = evolve(self.idle(), phase=Phase.ASKING, left=self.lease - self.margin)
        return evolve(s, local=s.local.set(c, asking))

    @action
    def service_grants(self, s: State, c: Client) -> State | None:
        """Give the lock to a client that has asked, with a token that nobody has had."""
        local = s.local[c]
        if local.phase is not Phase.ASKING or s.held or s.leases == self.max_leases:
            return None
        granted = evolve(local, phase=Phase.GRANTED, token=s.token + 1, number=s.leases + 1)
        return evolve(
            s,
            held=True,
            left=self.lease,
            token=s.token + 1,
            leases=s.leases + 1,
            local=s.local.set(c, granted),
        )

    @action
    def client_learns(self, s: State, c: Client) -> State | None:
        """The answer arrives."""
        local = s.local[c]
        if local.phase is not Phase.GRANTED:
            return None
        return evolve(s, local=s.local.set(c, evolve(local, phase=Phase.HOLDING, left=self.counted(local))))

    def counted(self, local: Local) -> Span:
        """What is left of a lease when the client learns of it: it counts from when it has asked."""
        return local.left

    @action
    def client_checks(self, s: State, c: Client) -> State | None:
        """Look at the clock: the lease has not ended, so write, once the last write is answered."""
        local = s.local[c]
        if local.phase is not Phase.HOLDING or local.left == 0 or self.awaits_answer(s, c):
            return None
        return evolve(s, local=s.local.set(c, evolve(local, phase=Phase.WRITING)))

    @action
    def client_writes(self, s: State, c: Client) -> State | None:
        """Send a write to the resource."""
        local = s.local[c]
        if local.phase is not Phase.WRITING:
            return None
        write = Write(local.token, local.number)
        return evolve(
            s,
            writes=s.writes | {write},
            local=s.local.set(c, evolve(local, phase=Phase.HOLDING)),
        )

    @action
    def client_releases(self, s: State, c: Client) -> State | None:
        """Give the lock back, or forget about a lease that has ended, once all writes are answered."""
        local = s.local[c]
        if local.phase is not Phase.HOLDING or self.awaits_answer(s, c):
            return None
        return evolve(s, releases=s.releases | {Release(local.token)}, local=s.local.set(c, self.idle()))

    def awaits_answer(self, s: State, c: Client) -> bool:
        """Whether a write of a client is under way."""
        return any(write.token == s.local[c].token for write in s.writes)

    def released(self, s: State) -> frozenset[Release]:
        """What is on its way to the service."""
        return s.releases

    @action
    def service_learns(self, s: State, release: Release = one_of(released)) -> State | None:
        """A release arrives; one of an earlier lease says nothing of the present one."""
        rest = evolve(s, releases=s.releases - {release})
        return evolve(rest, held=False, left=0) if self.frees(s, release) else rest

    def frees(self, s: State, release: Release) -> bool:
        """Whether a release is of the present lease."""
        return release.token == s.token

    @action(when="crashes > 0")
    def service_restarts(self, s: State) -> State | None:
        """The service crashes, and comes back with its token, and without knowing who holds the lock."""
        if s.crashes == self.crashes:
            return None
        wait = self.waits_after_restart()
        return evolve(s, crashes=s.crashes + 1, token=self.kept(s), held=wait > 0, left=wait)

    def kept(self, s: State) -> Lease:
        """What the service knows of its tokens after a crash."""
        return s.token

    def waits_after_restart(self) -> Span:
        """For how long the service gives the lock to nobody after a crash."""
        return self.lease

    # -- the resource --

    def arriving(self, s: State) -> frozenset[Write]:
        """What is on its way to the resource."""
        return s.writes

    @action
    def resource_receives(self, s: State, write: Write = one_of(arriving)) -> State | None:
        """A write arrives, and is applied unless its token is lower than one that was seen."""
        rest = evolve(s, writes=s.writes - {write})
        if not self.accepts(s, write):
            return rest
        return evolve(rest, fence=max(s.fence, write.token), applied=write.number)

    def accepts(self, s: State, write: Write) -> bool:
        """Whether the resource has seen no higher token."""
        return write.token >= s.fence

    @final
    def no_lease_is_left(self, s: State) -> bool:
        """All leases that there are have been given."""
        return s.leases == self.max_leases

    # -- what is guaranteed --

    @always
    def writes_never_go_back(self, before: State, after: State) -> bool:
        """Once the resource has a write of a later lease, it applies none of an earlier one."""
        return before.applied <= after.applied

    @always
    def at_most_one_believes_it_holds(self, s: State) -> bool:
        """No two clients have something left of a lease by their own clocks."""
        return all(
            a == b or not (self.believes(s, a) and self.believes(s, b)) for a in s.local for b in s.local
        )

    def believes(self, s: State, c: Client) -> bool:
        """Whether a client holds the lock as far as it can tell."""
        return s.local[c].phase in {Phase.HOLDING, Phase.WRITING} and s.local[c].left > 0

    @always
    def only_the_last_holder_writes(self, before: State, after: State) -> bool:
        """Nothing is applied with a lease after another one was given."""
        applied = frozenset(w for w in before.writes - after.writes if w.number == after.applied)
        return all(w.number == before.leases for w in applied)

    # -- what happens in the end --

    @fairness
    def the_world_goes_on(self) -> Formula[State]:
        return all_of(self.time_goes_on(), self.urgent_things_happen())

    def time_goes_on(self) -> Formula[State]:
        """Time passes again and again, however much happens within a tick."""
        return strongly_fair(self.time_passes)

    def urgent_things_happen(self) -> Formula[State]:
        """What must happen within a tick does."""
        return all_of(weakly_fair(self.client_writes), weakly_fair(self.resource_receives))

    @temporal
    def the_lock_is_free_again(self) -> Formula[State]:
        """Whatever became of the holder, its lease ends, again and again."""
        return infinitely_often(lambda s: not s.held)

    # -- what can happen --

    @sometimes
    def a_lease_ends_unnoticed(self, s: State) -> bool:
        """The service has given the lock to another client before the first one has released it."""
        return any(
            a != b
            and s.local[a].phase is Phase.HOLDING
            and s.local[b].phase is Phase.HOLDING
            and s.local[a].number < s.local[b].number
            for a in s.local
            for b in s.local
        )

    @sometimes
    def clocks_differ(self, s: State) -> bool:
        """A clock has missed as many ticks as are allowed for, while its client holds the lock."""
        return any(self.believes(s, c) and s.local[c].missed == self.margin for c in s.local)

    @sometimes
    def two_have_written(self, s: State) -> bool:
        """A second holder's write is applied."""
        return s.applied == 2

    @sometimes
    def a_late_release_is_ignored(self, s: State) -> bool:
        """The lock was given anew while the release of an earlier lease was under way."""
        return s.held and any(release.token < s.token for release in s.releases)


# -- what goes wrong ------------------------------------------------------------------------------


@frozen
class PessimisticLockWithoutFencing(PessimisticLock):
    """Broken: the resource takes every write; a client that has paused overwrites what came after it.

    Kleppmann 2016, with a pause for garbage collection; HBase had this bug, as he tells there.
    """

    pauses: bool = True

    def accepts(self, s: State, write: Write) -> bool:
        return True


@frozen
class PessimisticLockDrifts(PessimisticLock):
    """Broken: clocks drift further apart during a lease than the margin, and two believe they hold the lock.

    Kleppmann 2016 shows it of Redlock, whose safety rests on clocks that run at the same rate.
    """

    drift: int = 2


@frozen
class PessimisticLockCountsFromTheAnswer(PessimisticLock):
    """Broken: a client counts its lease from when it learns of it, and not from when it has asked.

    Gray and Cheriton 1989, section 2: the time that the answer takes has to be subtracted from the term.
    """

    def counted(self, local: Local) -> Span:
        return self.lease - self.margin


@frozen
class PessimisticLockReleasesAnybodys(PessimisticLock):
    """Broken: a late release frees the lock although it has been given to another client since.

    It is what the documentation of Redis ("Distributed Locks with Redis") warns of: delete the key only if its
    value is one's own.
    """

    def frees(self, s: State, release: Release) -> bool:
        return True


@frozen
class PessimisticLockForgetsTokens(PessimisticLock):
    """Broken: the counter of tokens is not on disk, and after a crash the service gives them anew.

    Burrows 2006 keeps the lock's generation number in the replicated database for this.
    """

    pauses: bool = True
    crashes: int = 1

    def kept(self, s: State) -> Lease:
        return 0


@frozen
class PessimisticLockGrantsAtOnce(PessimisticLock):
    """Broken: after a crash the service gives the lock without waiting for leases that it has forgotten.

    Gray and Cheriton 1989, section 2: a server that has crashed waits for as long as the longest term.
    """

    crashes: int = 1

    def waits_after_restart(self) -> Span:
        return 0
