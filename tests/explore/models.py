"""Three tiny models whose whole state space can be written out: a clock, a graph, an equation.

What they do is plain enough for a test to state every visit and every count in full.
"""

from __future__ import annotations

from typing import Annotated

from checker.lang import (
    Between,
    Map,
    Model,
    action,
    always,
    boundary,
    evolve,
    final,
    frozen,
    initial,
    one_of,
    sometimes,
)


@frozen
class Hand:
    """A clock with one hand."""

    hour: Annotated[int, Between(0, "hours - 1")]


@frozen
class Clock(Model[Hand]):
    """A clock that may start at any hour and ticks on for ever."""

    hours: Annotated[int, Between(1, 100)] = 3

    @initial
    def at(self, hour: Annotated[int, Between(0, "hours - 1")]) -> Hand:
        return Hand(hour)

    @action
    def tick(self, s: Hand) -> Hand | None:
        return Hand((s.hour + 1) % self.hours)

    @sometimes
    def midnight(self, s: Hand) -> bool:
        return s.hour == 0


Vertex = Annotated[int, Between(0, 15)]
Edges = tuple[tuple[int, int], ...]


@frozen
class At:
    """Where the walk is."""

    vertex: Vertex


@frozen
class Graph(Model[At]):
    """A walk through a given graph.

    An edge that is given twice is two witnesses.  Starts may repeat too; `walls` lie beyond the
    boundary, `forbidden` vertices violate the invariant, and a walk may end in `ends`.
    """

    edges: Edges = ()
    starts: tuple[int, ...] = (0,)
    forbidden: frozenset[int] = frozenset()
    walls: frozenset[int] = frozenset()
    ends: frozenset[int] = frozenset(range(16))

    def all_starts(self) -> tuple[int, ...]:
        return self.starts

    def out_of(self, s: At) -> tuple[int, ...]:
        return tuple(b for a, b in self.edges if a == s.vertex)

    @initial
    def begin(self, vertex: int = one_of(all_starts)) -> At:
        return At(vertex)

    @action
    def walk(self, s: At, to: int = one_of(out_of)) -> At | None:
        return evolve(s, vertex=to)

    @always
    def avoids_the_forbidden(self, s: At) -> bool:
        return s.vertex not in self.forbidden

    @boundary
    def within_the_walls(self, s: At) -> bool:
        return s.vertex not in self.walls

    @final
    def at_an_end(self, s: At) -> bool:
        return s.vertex in self.ends


@frozen
class Numbers:
    """Two small numbers, counted modulo 256."""

    x: Annotated[int, Between(0, 255)]
    y: Annotated[int, Between(0, 255)]


@frozen
class LinearEquation(Model[Numbers]):
    """Looks for x and y with a * x + b * y = c, modulo 256, by counting either of them up."""

    a: int = 2
    b: int = 10
    c: int = 14

    @initial
    def zero(self) -> Numbers:
        return Numbers(0, 0)

    @action
    def increase_x(self, s: Numbers) -> Numbers | None:
        return evolve(s, x=(s.x + 1) % 256)

    @action
    def increase_y(self, s: Numbers) -> Numbers | None:
        return evolve(s, y=(s.y + 1) % 256)

    @always
    def unsolved(self, s: Numbers) -> bool:
        return (self.a * s.x + self.b * s.y) % 256 != self.c


@frozen
class Growing:
    """A number that only grows, beyond what its type has room for, and a table of two of them."""

    n: Annotated[int, Between(0, "most")]
    each: Map[bool, Annotated[int, Between(0, 1)]]


@frozen
class Counter(Model[Growing]):
    """Counts up without a guard, so that it leaves its type."""

    most: Annotated[int, Between(0, 10**9)] = 3

    @initial
    def zero(self) -> Growing:
        return Growing(0, Map.fill((False, True), 0))

    @action
    def count(self, s: Growing, by: Annotated[int, Between(1, 2)]) -> Growing | None:
        return evolve(s, n=s.n + by)
