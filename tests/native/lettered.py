"""Models with letters of every kind: lambdas over parameters, conditions over the state after, helpers."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

from checker.lang import (
    Between,
    Map,
    Model,
    Size,
    Sort,
    action,
    boundary,
    evolve,
    frozen,
    initial,
)
from checker.lang.temporal import taken
from checker.liveness.letters import Letters


class Node(Sort, label="n"):
    """Who has a lamp, or a counter."""


class Light(Enum):
    """What a lamp shows."""

    RED = 1
    GREEN = 2


Digit = Annotated[int, Between(0, 1)]


@frozen
class Lit:
    """The lamps, and how often one was switched."""

    at: Map[Node, Light]
    x: Annotated[int, Between(0, 3)]


def is_green(s: Lit, node: Node) -> bool:
    """A helper outside the model."""
    return s.at[node] is Light.GREEN


@frozen
class Lamps(Model[Lit]):
    """Anybody switches a lamp, and the count goes up or not, until its bound."""

    nodes: Size[Node] = 3

    @initial
    def dark(self) -> Lit:
        return Lit(Map.fill(self.every(Node), Light.RED), 0)

    @action
    def add(self, s: Lit, node: Node, by: Digit) -> Lit | None:
        other = Light.RED if s.at[node] is Light.GREEN else Light.GREEN
        return evolve(s, at=s.at.set(node, other), x=s.x + by)

    @action
    def swap(self, s: Lit, one: Node, other: Node) -> Lit:
        return evolve(s, at=s.at.set(one, s.at[other]).set(other, s.at[one]))

    def low(self, s: Lit) -> bool:
        return s.x < 2

    def holds(self, s: Lit, node: Node) -> bool:
        return s.at[node] is Light.GREEN


@frozen
class Pair:
    """Two counters."""

    x: Annotated[int, Between(0, "most")]
    at: Map[Node, Digit]


@frozen
class Counters(Model[Pair]):
    """A counter with a boundary below its bound, and switches."""

    nodes: Size[Node] = 2
    most: Annotated[int, Between(1, 1000)] = 5

    @initial
    def zero(self, x: Digit) -> Pair:
        return Pair(x, Map.fill(self.every(Node), 0))

    @action
    def add(self, s: Pair, node: Node, by: Annotated[int, Between(0, 2)]) -> Pair | None:
        if s.at[node]:
            return None
        return evolve(s, x=s.x + by, at=s.at.set(node, 1))

    @action
    def swap(self, s: Pair, one: Node, other: Node) -> Pair:
        return evolve(s, at=s.at.set(one, s.at[other]).set(other, s.at[one]))

    @action
    def clear(self, s: Pair) -> Pair:
        return evolve(s, at=Map.fill(self.every(Node), 0))

    @boundary
    def not_three(self, s: Pair) -> bool:
        return s.x != 3

    def low(self, s: Pair) -> bool:
        return s.x < 2

    def holds(self, s: Pair, node: Node) -> bool:
        return s.at[node] == 1


@frozen
class Hops:
    """How far everybody has come."""

    at: Map[Node, Annotated[int, Between(0, 30)]]


@frozen
class Leapfrog(Model[Hops]):
    """Whoever is behind leaps over the other: never from one form of an orbit to another form.

    From ten on a number comes up that generated code cannot hold.
    """

    nodes: Size[Node] = 2
    wide: Annotated[int, Between(1, 10**9)] = 10**9

    @initial
    def begins(self, first: Node) -> Hops:
        return Hops(Map.fill(self.every(Node), 1).set(first, 0))

    @action
    def leaps(self, s: Hops, node: Node) -> Hops | None:
        here = s.at[node]
        if any(s.at[other] < here for other in s.at) or here > 27:
            return None
        return evolve(s, at=s.at.set(node, here + 2 + here * self.wide * self.wide * 0))


def members(model: Any, letters: Letters) -> None:
    """Letters that speak of members of a sort."""
    letters.atom(model.low)

    def each(node: Node) -> None:
        letters.atom(lambda s: model.holds(s, node))
        letters.atom(lambda s: s.at[node] == s.at[first])
        letters.mark(taken(model.add, node))
        letters.mark(taken(model.add, node, 1) | taken(model.swap, other=node))
        letters.mark(taken(model.add, where=lambda s, node, by: model.holds(s, node) or node == first))
        letters.mark(taken(where=lambda s, after: after.at[node] != s.at[node]))

    first = Node(1)
    for node in (Node(1), Node(2)):
        each(node)
    some = frozenset({Node(2)})
    letters.atom(
        lambda s: any(model.holds(s, node) for node in some)
        and not model.low(s)
    )  # fmt: skip
    pair = (Node(1), 1)
    letters.atom(lambda s, pair=pair: s.x == pair[1] and model.holds(s, pair[0]))


def around(model: Any, letters: Letters) -> None:
    """Letters that speak of states after, arguments by name, and local functions."""
    least = 1

    def above(s: Any) -> bool:
        found = s.x - least
        return found > 0

    letters.atom(above)
    letters.atom(model.low)
    letters.mark(taken(model.add, by=1))
    letters.mark(taken(model.add, by=1, where=lambda s, node, after: model.holds(after, node)))
    letters.mark(taken(where=lambda s, after: after.x > s.x and above(after)))
    letters.mark(taken(model.swap, where=lambda s, one, other: one != other))
    letters.mark(taken(model.add) | taken(model.swap, where=lambda state, after, one: model.low(after)))
