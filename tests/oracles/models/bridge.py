"""Cars on a bridge of one lane: a union of two sorts, a queue, constants of the module."""

from typing import Annotated

from checker.lang import (
    Between,
    Map,
    MaxLen,
    Model,
    Size,
    Sort,
    action,
    always,
    frozen,
    initial,
    sometimes,
)


class Right(Sort, label="r"):
    """A car that drives one way."""


class Left(Sort, label="l"):
    """A car that drives the other way."""


Car = Right | Left
Pos = Annotated[int, Between(1, 8)]


@frozen
class State:
    location: Map[Car, Pos]
    waiting: Annotated[tuple[Car, ...], MaxLen("rights + lefts")]


BRIDGE = range(4, 6)
START_BRIDGE, END_BRIDGE = min(BRIDGE), max(BRIDGE)


@frozen
class Bridge(Model[State]):
    rights: Size[Right] = 2
    lefts: Size[Left] = 2

    def cars(self) -> frozenset[Car]:
        return self.every(Right) | self.every(Left)

    @initial
    def start(self) -> State:
        return State(Map({c: 8 if isinstance(c, Right) else 1 for c in self.cars()}), ())

    def next_location(self, s: State, car: Car) -> int:
        pos = s.location[car]
        if isinstance(car, Right):
            return pos - 1 if pos > 1 else 8
        return pos + 1 if pos < 8 else 1

    def in_bridge(self, s: State) -> frozenset[Car]:
        return frozenset(c for c in self.cars() if s.location[c] in (4, 5))

    def change(self, s: State, car: Car) -> State:
        to = self.next_location(s, car)
        joins = to == END_BRIDGE + 1 if isinstance(car, Right) else to == START_BRIDGE - 1
        return State(s.location.set(car, to), (*s.waiting, car) if joins else s.waiting)

    @action
    def enter_empty(self, s: State, car: Car) -> State | None:
        """Once for each car: the quantifier of `Next` stands around it."""
        if self.in_bridge(s) or not s.waiting:
            return None
        head, *rest = s.waiting
        return State(s.location.set(head, self.next_location(s, head)), tuple(rest))

    @action
    def enter_same(self, s: State, car: Car) -> State | None:
        inside = self.in_bridge(s)
        if len(s.waiting) == 0 or s.waiting[0] in inside:
            return None
        head = s.waiting[0]
        if isinstance(head, Right):
            same = all(isinstance(c, Right) for c in inside)
        else:
            same = all(isinstance(c, Left) for c in inside)
        to = self.next_location(s, head)
        if not same or to in s.location.values():
            return None
        return State(s.location.set(head, to), s.waiting[1:])

    @action
    def move_outside(self, s: State, car: Car) -> State | None:
        return None if self.next_location(s, car) in (4, 5) else self.change(s, car)

    @action
    def move_inside(self, s: State, car: Car) -> State | None:
        to = self.next_location(s, car)
        if car not in self.in_bridge(s) or any(p == to for p in s.location.values()):
            return None
        return self.change(s, car)

    @always
    def one_way(self, s: State) -> bool:
        return not any(
            isinstance(a, Right) and isinstance(b, Left) for a in self.in_bridge(s) for b in self.in_bridge(s)
        )

    @always
    def no_crash(self, s: State) -> bool:
        return all(
            a == b or s.location[a] != s.location[b] for a in self.in_bridge(s) for b in self.in_bridge(s)
        )

    @sometimes
    def two_inside(self, s: State) -> bool:
        return len(self.in_bridge(s)) == 2
