"""Recorded histories of operations, and what makes a history consistent.

Sources: Maurice Herlihy and Jeannette Wing, "Linearizability: A Correctness Condition for Concurrent
Objects", TOPLAS 1990; Jeannette Wing and Chun Gong, "Testing and Verifying Concurrent Objects", JPDC
1993; Gavin Lowe, "Testing for Linearizability", 2017; Leslie Lamport, "How to Make a Multiprocessor
Computer That Correctly Executes Multiprocess Programs", 1979; Mustaque Ahamad, Gil Neiger, James
Burns, Prince Kohli and Phillip Hutto, "Causal Memory: Definitions, Implementation, and Programming",
1995; James Goodman, "Cache Consistency and Sequential Consistency", 1989.

Clients ask an object for operations.  An operation begins when a client asks, and ends when it has the
answer; a client asks for one thing at a time.  What the object is, says one method, `apply`: the
object after an operation, and what the operation returns, when nothing else goes on.

`Linearizability` is a monitor.  It keeps every value that the object can have by now, and for each
client that waits whether its operation can have taken effect, and with which result.  No order of past
operations is kept, so that histories which promise the same for the future are the same.

    asked      the client asks for an operation
    answered   the client has the answer
    is_linearizable

`Sequences` keeps for each client what it has asked for, and what it was told, in that order; but not
which client was first.  From these the weaker models are judged, by a search for an order.

    is_sequentially_consistent   one order for all, in which each client's operations are in its order
    is_causal                    an order for each client, in which no effect comes before its cause
    is_sequential_for_each_key   one order for all, for the operations on each key by themselves

An operation that was never answered may have taken effect or not, in all of these models.  Its client
asks for nothing more.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from checker.lang import Map, evolve, frozen

C = TypeVar("C")  # who asks
V = TypeVar("V")  # what the object holds
O = TypeVar("O")  # what it can be asked for  # noqa: E741
R = TypeVar("R")  # what it answers


@frozen
class Result(Generic[R]):
    """What an operation returns; a record of its own, for an operation may return None."""

    value: R


# -- linearizability ------------------------------------------------------------------------------


@frozen
class Possible(Generic[C, V, R]):
    """One way in which the operations can have taken effect up to now."""

    value: V
    effects: Map[C, Result[R] | None]  # for each client that waits: what it will be told, if it is settled


@frozen
class Observed(Generic[C, V, O, R]):
    """Who waits for what, and every way in which things can stand.  None is left: not linearizable."""

    waiting: Map[C, O | None]
    possible: frozenset[Possible[C, V, R]]


@frozen
class Linearizability(Generic[C, V, O, R]):
    """Each operation takes effect at one moment between its beginning and its end."""

    def apply(self, value: V, operation: O) -> tuple[V, R]:
        """The object after an operation, and what the operation returns."""
        raise NotImplementedError

    def nothing_observed(self, clients: frozenset[C], value: V) -> Observed[C, V, O, R]:
        """The object holds a value, and nobody has asked for anything."""
        nothing: Map[C, O | None] = Map.fill(clients, None)
        settled: Map[C, Result[R] | None] = Map.fill(clients, None)
        return Observed(nothing, frozenset({Possible(value, settled)}))

    def asked(self, h: Observed[C, V, O, R], client: C, operation: O) -> Observed[C, V, O, R]:
        """An operation begins."""
        return evolve(h, waiting=h.waiting.set(client, operation))

    def answered(self, h: Observed[C, V, O, R], client: C, result: R) -> Observed[C, V, O, R]:
        """An operation ends: what is left are the ways in which it has returned this."""
        ways = frozenset(p for p in self.settled(h, client) if p.effects[client] == Result(result))
        return Observed(
            waiting=h.waiting.set(client, None),
            possible=frozenset(evolve(p, effects=p.effects.set(client, None)) for p in ways),
        )

    def is_linearizable(self, h: Observed[C, V, O, R]) -> bool:
        return len(h.possible) > 0

    def settled(self, h: Observed[C, V, O, R], client: C) -> frozenset[Possible[C, V, R]]:
        """Every way in which the operation of a client has taken effect.

        Others that wait may have gone first.  One that would come after it need not be looked at: it
        may as well take effect later (Lowe calls that just in time).
        """
        already = frozenset(p for p in h.possible if p.effects[client] is not None)
        before = h.possible - already
        for _ in h.waiting:
            before = before | frozenset(
                self.with_effect(p, other, operation)
                for p in before
                for other, operation in h.waiting.items()
                if other != client and operation is not None and p.effects[other] is None
            )
        operation = h.waiting[client]
        if operation is None:
            return already
        return already | frozenset(self.with_effect(p, client, operation) for p in before)

    def with_effect(self, p: Possible[C, V, R], client: C, operation: O) -> Possible[C, V, R]:
        value, result = self.apply(p.value, operation)
        return Possible(value, p.effects.set(client, Result(result)))


# -- objects that hold one value ------------------------------------------------------------------


@frozen
class Read:
    """What does it hold?"""


@frozen
class Write(Generic[V]):
    """Let it hold this.  The answer is the same value."""

    value: V


@frozen
class CompareAndSet(Generic[V]):
    """Let it hold `new` if it holds `expected`.  The answer is what it held before."""

    expected: V
    new: V


@frozen
class Increment:
    """Let it hold one more.  The answer is what it holds then."""


@frozen
class LinearizableRegister(
    Linearizability[C, V, Read | Write[V] | CompareAndSet[V], V],
    Generic[C, V],
):
    """A register to read, to write, and to compare and set."""

    def apply(self, value: V, operation: Read | Write[V] | CompareAndSet[V]) -> tuple[V, V]:
        match operation:
            case Read():
                return value, value
            case Write(new):
                return new, new
            case CompareAndSet(expected, new):
                return (new, value) if value == expected else (value, value)


@frozen
class LinearizableCounter(Linearizability[C, int, Read | Increment, int], Generic[C]):
    """A counter to read and to increment."""

    def apply(self, value: int, operation: Read | Increment) -> tuple[int, int]:
        match operation:
            case Read():
                return value, value
            case Increment():
                return value + 1, value + 1
