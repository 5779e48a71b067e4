"""Tiny models, of which everything is known: counters that break one thing each."""

from __future__ import annotations

from typing import Annotated

from checker.lang import (
    Between,
    Model,
    Size,
    Sort,
    action,
    always,
    boundary,
    evolve,
    frozen,
    initial,
    lemma,
    one_of,
    sometimes,
)

Small = Annotated[int, Between(0, 7)]


@frozen
class Point:
    x: Small
    y: Small


@frozen
class Ring(Model[Point]):
    """x goes round 0, 2, 4, 0, …; what follows from an odd x is a matter of the length of the odd tail.

    The odd states 7, 5, 3, 1 lead from one to the next and never back into the ring, the last to `trap`.
    """

    @initial
    def start(self) -> Point:
        return Point(0, 0)

    @action
    def goes_round(self, s: Point) -> Point | None:
        return evolve(s, x=(s.x + 2) % 6) if s.x % 2 == 0 else None

    @action
    def goes_down(self, s: Point) -> Point | None:
        return evolve(s, x=s.x - 2) if s.x in {5, 7} else None

    @action
    def falls(self, s: Point) -> Point | None:
        return evolve(s, x=6) if s.x == 3 else None

    @always
    def never_6(self, s: Point) -> bool:
        return s.x != 6


@frozen
class RingWithLemma(Ring):
    """The same with the lemma that makes it inductive."""

    @lemma
    def x_is_even(self, s: Point) -> bool:
        return s.x % 2 == 0


@frozen
class Walk(Model[Point]):
    """x goes up to 7, one by one, and stays."""

    @initial
    def start(self) -> Point:
        return Point(0, 0)

    @action
    def goes_up(self, s: Point) -> Point | None:
        return evolve(s, x=s.x + 1) if s.x < 7 else None

    @action
    def stays(self, s: Point) -> Point | None:
        return s if s.x == 7 else None

    @always
    def y_stays_below_x(self, s: Point) -> bool:
        return s.y <= s.x

    @always
    def never_5(self, s: Point) -> bool:
        return s.x != 5

    @always
    def steps_are_small(self, before: Point, after: Point) -> bool:
        return after.x <= before.x + 1


@frozen
class Fenced(Walk):
    """The same within a boundary: 5 is generated and looked at, 6 is never reached."""

    @boundary
    def up_to_4(self, s: Point) -> bool:
        return s.x <= 4

    @always
    def never_6(self, s: Point) -> bool:
        return s.x != 6


@frozen
class Escapes(Model[Point]):
    """x goes up until it leaves its bounds."""

    @initial
    def start(self) -> Point:
        return Point(0, 0)

    @action
    def goes_up(self, s: Point) -> Point | None:
        return evolve(s, x=s.x + 1)

    @always
    def y_is_0(self, s: Point) -> bool:
        return s.y == 0


@frozen
class BeginsBeyond(Escapes):
    """Begins within the boundary, which no step leaves, and beyond it, where the next step would violate."""

    @initial
    def elsewhere(self) -> Point:
        return Point(7, 0)

    @action
    def goes_up(self, s: Point) -> Point | None:
        return evolve(s, x=5, y=s.y + 1) if s.x == 7 else None

    @boundary
    def x_is_0(self, s: Point) -> bool:
        return s.x == 0


@frozen
class RaisesBeyond(Model[Point]):
    """A step raises where y is 0, which no reachable state has."""

    low: Annotated[int, Between(0, 7)] = 1

    @initial
    def start(self) -> Point:
        return Point(0, self.low)

    @action
    def divides(self, s: Point) -> Point | None:
        return evolve(s, x=7 // s.y % 8)

    @always
    def x_is_small(self, s: Point) -> bool:
        return s.x <= 7


@frozen
class RaisesBehindTheBoundary(RaisesBeyond):
    """The state in which the step raises lies outside the boundary, so that no step is taken from it."""

    low: Annotated[int, Between(0, 7)] = 0

    @boundary
    def y_is_not_0(self, s: Point) -> bool:
        return s.y != 0


@frozen
class BoundaryRaises(Escapes):
    """The boundary itself cannot be asked of the initial state."""

    @boundary
    def divides(self, s: Point) -> bool:
        return 7 // s.x > 0


@frozen
class InitialRaises(Escapes):
    """The second of three initial states cannot be made."""

    def points(self) -> frozenset[int]:
        return frozenset({0, 3, 5})

    @initial
    def start(self, x: Small = one_of(points)) -> Point:
        return Point(7 // (3 - x) % 8, 0)


class Place(Sort):
    """Where to begin."""


@frozen
class Many(Walk):
    """Several initial states, one of which violates `never_5`."""

    places: Size[Place] = 2

    def points(self) -> frozenset[int]:
        return frozenset({0, 3, 5})

    @initial
    def start(self) -> Point:
        return Point(1, 0)

    @initial
    def elsewhere(self, x: Small = one_of(points)) -> Point:
        return Point(x, 0)


@frozen
class Nowhere(Walk):
    """No initial state at all."""

    @initial
    def start(self) -> Point | None:  # type: ignore[override]
        return None


@frozen
class Hopes(Walk):
    """A `sometimes` that no state reaches."""

    @sometimes
    def y_moves(self, s: Point) -> bool:
        return s.y > 0
