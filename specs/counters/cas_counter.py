"""A counter in shared memory, incremented by compare-and-swap.

Sources: Maurice Herlihy, "Wait-Free Synchronization", TOPLAS 1991 (compare-and-swap, lock-free and wait-free);
Maurice Herlihy and Jeannette Wing, "Linearizability: A Correctness Condition for Concurrent Objects", TOPLAS
1990.

To increment, a client reads the counter, adds one, and asks the memory to put the sum in place of what it has
read, if that is still there.  If not, somebody else was faster: it begins anew.

Guaranteed, each with what it rests on:

- Every increment that returns has taken effect once, at one moment between its call and its return, and returns
  what the counter held then: the counter is linearizable.  This rests on the memory alone, which compares and
  swaps in one step.
- It is lock-free: whoever fails, fails because another has succeeded, and so somebody gets on, even if others
  stop in the middle.  This rests on nothing but that clients that have not stopped take steps.
- It is not wait-free: one client may fail for ever, if others are always faster.

Modelling decisions.

- Reading is a step, comparing and swapping is a step, and between them anything can happen.
- Clients increment without end.  So the counter is a machine word, which wraps around after `wrap` values, and
  all states are finitely many.  That it wraps does no harm: whether an increment is right depends on the value
  that it replaces, and on nothing else.  (Where it does depend on more, see `tagged-counter`.)
- Up to `stops` clients stop in the middle for ever, as a thread that is never scheduled again.
- How often the counter should have been incremented, and the history of calls and returns, only properties see.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import (
    Between,
    Formula,
    Map,
    Model,
    Size,
    Sort,
    action,
    all_of,
    always,
    evolve,
    fairness,
    frozen,
    implies,
    infinitely_often,
    initial,
    sometimes,
    strongly_fair,
    taken,
    temporal,
    weakly_fair,
)


class Client(Sort, label="c"):
    """Increments the counter again and again."""


class Phase(Enum):
    """What a client is about to do."""

    IDLE = "idle"
    READING = "reading"
    SWAPPING = "swapping"
    RETURNING = "returning"


Value = Annotated[int, Between(0, "wrap - 1")]


@frozen
class Local:
    """A client: what it has read, and what it will return."""

    phase: Phase
    seen: Value
    result: Value
    overtaken: bool  # whether another's increment has taken effect since it has read
    stopped: bool


@frozen
class Linearized:
    """One way in which the increments can have taken effect: the counter, and who has what result."""

    value: Value
    results: Map[Client, Value | None]


@frozen
class State:
    """The memory, the clients, and what properties see."""

    value: Value
    local: Map[Client, Local]
    effects: Value  # how many increments have taken effect, in the same arithmetic
    history: frozenset[Linearized]  # all ways in which the calls and returns so far can be explained


@frozen
class CasCounter(Model[State]):
    """Clients that increment by compare-and-swap."""

    clients: Size[Client] = 2
    wrap: Annotated[int, Between(2, 9)] = 4
    stops: Annotated[int, Between(0, 4)] = 1

    @initial
    def begins(self) -> State:
        idle = Local(phase=Phase.IDLE, seen=0, result=0, overtaken=False, stopped=False)
        nobody: Map[Client, Value | None] = Map.fill(self.every(Client), None)
        return State(
            value=0,
            local=Map.fill(self.every(Client), idle),
            effects=0,
            history=frozenset({Linearized(0, nobody)}),
        )

    # -- the clients --

    @action
    def client_calls(self, s: State, c: Client) -> State | None:
        """Begin to increment."""
        local = s.local[c]
        if local.phase is not Phase.IDLE or local.stopped:
            return None
        return evolve(s, local=s.local.set(c, evolve(local, phase=Phase.READING)))

    @action
    def client_reads(self, s: State, c: Client) -> State | None:
        """Read the counter."""
        local = s.local[c]
        if local.phase is not Phase.READING or local.stopped:
            return None
        read = evolve(local, phase=Phase.SWAPPING, seen=s.value, overtaken=False)
        return evolve(s, local=s.local.set(c, read))

    @action
    def client_swaps(self, s: State, c: Client) -> State | None:
        """Put what was read plus one in the place of what was read, if that is still there."""
        local = s.local[c]
        if local.phase is not Phase.SWAPPING or local.stopped:
            return None
        if not self.may_swap(s, c):
            return evolve(
                s, local=s.local.set(c, evolve(local, phase=Phase.READING, seen=0, overtaken=False))
            )
        return self.swapped(s, c)

    def may_swap(self, s: State, c: Client) -> bool:
        """Whether the memory still holds what the client has read."""
        return s.value == s.local[c].seen

    def swapped(self, s: State, c: Client) -> State:
        """The increment takes effect."""
        sum_ = self.plus_one(s.local[c].seen)
        returning = evolve(s.local[c], phase=Phase.RETURNING, seen=0, overtaken=False, result=sum_)
        return evolve(
            s,
            value=self.stored(s, sum_),
            effects=self.plus_one(s.effects),
            local=Map({d: self.overtaken(s.local[d]) for d in s.local}).set(c, returning),
        )

    def stored(self, s: State, sum_: Value) -> Value:
        """What the memory holds after a swap."""
        return sum_

    def overtaken(self, local: Local) -> Local:
        """A client once another's increment has taken effect."""
        return evolve(local, overtaken=True) if local.phase is Phase.SWAPPING else local

    @action
    def client_returns(self, s: State, c: Client) -> State | None:
        """The increment returns what it has stored."""
        local = s.local[c]
        if local.phase is not Phase.RETURNING or local.stopped:
            return None
        return evolve(
            s,
            local=s.local.set(c, evolve(local, phase=Phase.IDLE, result=0)),
            history=self.returned(s, c),
        )

    @action(when="stops > 0")
    def client_stops(self, s: State, c: Client) -> State | None:
        """A client does nothing more, wherever it is; some other one goes on."""
        stopped = frozenset(d for d in s.local if s.local[d].stopped)
        if c in stopped or len(stopped) == min(self.stops, len(s.local) - 1):
            return None
        return evolve(s, local=s.local.set(c, evolve(s.local[c], stopped=True)))

    def plus_one(self, value: Value) -> Value:
        """One more, in the arithmetic of the memory."""
        return (value + 1) % self.wrap

    # -- the history --

    def returned(self, s: State, c: Client) -> frozenset[Linearized]:
        """The explanations that are left when a client returns.

        An increment takes effect between its call and its return.  Those of clients that have called and not
        returned may have taken effect before, in any order; later ones may as well take effect later.
        """
        ways = s.history
        for _ in s.local:
            ways = ways | frozenset(
                self.with_effect(way, d)
                for way in ways
                for d in s.local
                if s.local[d].phase is not Phase.IDLE and way.results[d] is None and way.results[c] is None
            )
        return frozenset(
            evolve(way, results=way.results.set(c, None))
            for way in ways
            if way.results[c] == s.local[c].result
        )

    def with_effect(self, way: Linearized, c: Client) -> Linearized:
        """The increment of a client takes effect."""
        value = self.plus_one(way.value)
        return Linearized(value, way.results.set(c, value))

    # -- what is guaranteed --

    @always
    def no_increment_is_lost(self, s: State) -> bool:
        """The counter holds as many as have taken effect."""
        return s.value == s.effects

    @always
    def is_linearizable(self, s: State) -> bool:
        """Calls and returns can be explained by increments that each take effect at one moment in between."""
        return len(s.history) > 0

    @always
    def fails_only_if_another_succeeds(self, s: State) -> bool:
        """A swap that would fail has been overtaken by one that did not: this is what lock-free means."""
        return all(
            s.local[c].phase is not Phase.SWAPPING or self.may_swap(s, c) or s.local[c].overtaken
            for c in s.local
        )

    # -- what happens in the end --

    @fairness
    def clients_take_steps(self) -> Formula[State]:
        return all_of(
            weakly_fair(self.client_calls),
            weakly_fair(self.client_reads),
            weakly_fair(self.client_swaps),
            weakly_fair(self.client_returns),
        )

    @temporal
    def somebody_gets_on(self) -> Formula[State]:
        """Increments return for ever, whoever stops: lock-freedom."""
        return infinitely_often(taken(self.client_returns))

    # -- what can happen --

    @sometimes
    def a_swap_fails(self, s: State) -> bool:
        """Somebody was faster."""
        return any(s.local[c].phase is Phase.SWAPPING and not self.may_swap(s, c) for c in s.local)

    @sometimes
    def two_return_at_once(self, s: State) -> bool:
        """Two increments have taken effect, and none of them has returned."""
        return all(s.local[c].phase is Phase.RETURNING for c in s.local)

    @sometimes
    def one_has_stopped_in_the_middle(self, s: State) -> bool:
        """A client has read, and will never swap."""
        return (
            any(s.local[c].stopped and s.local[c].phase is Phase.SWAPPING for c in s.local) or self.stops == 0
        )


# -- what goes wrong ------------------------------------------------------------------------------


@frozen
class CasCounterSketch(CasCounter):
    """Broken: `increment` returns the value plus one, and stores nothing.

    So says many an introduction's sketch: `def increment(self): return self.value + 1`.
    """

    def stored(self, s: State, sum_: Value) -> Value:
        return s.value


@frozen
class CasCounterWithoutCompare(CasCounter):
    """Broken: read, add one, write, without comparing: of two increments at once, one is lost.

    The lost update; `counter += 1` in most languages is this (Herlihy 1991: read and write cannot do it).
    """

    def may_swap(self, s: State, c: Client) -> bool:
        return True


@frozen
class CasCounterIsWaitFree(CasCounter):
    """Broken: it is taken to be wait-free, but one client may fail for ever while another succeeds.

    Herlihy 1991, section 1: lock-free is not wait-free.
    """

    stops: int = 0

    @temporal
    def everybody_gets_on(self, c: Client) -> Formula[State]:
        """Whoever calls, returns."""
        return implies(self.each_takes_steps(c), infinitely_often(taken(self.client_returns, c)))

    def each_takes_steps(self, c: Client) -> Formula[State]:
        """This client is never left out for ever."""
        return all_of(
            weakly_fair(self.client_calls, c),
            strongly_fair(self.client_reads, c),
            strongly_fair(self.client_swaps, c),
            weakly_fair(self.client_returns, c),
        )
