"""Small models that refine one another, rightly and wrongly."""

from __future__ import annotations

from typing import Annotated

from checker.lang import (
    Bag,
    Between,
    Capacity,
    Map,
    Model,
    Size,
    Sort,
    action,
    evolve,
    frozen,
    initial,
    one_of,
    refines,
    subset_of,
)


class Seat(Sort):
    """A seat that guests take."""


Count = Annotated[int, Between(0, "most")]


@frozen
class Hall:
    """How many guests there are, who sits where, and what was ordered."""

    guests: Count
    taken: frozenset[Seat]
    orders: Annotated[Bag[Seat], Capacity("most")]
    last: tuple[Seat, Seat] | None


@frozen
class Party(Model[Hall]):
    """The abstract model: it has every kind of domain."""

    seats: Size[Seat] = 2
    most: Annotated[int, Between(0, 9)] = 2

    @initial
    def empty(self) -> Hall:
        return Hall(0, frozenset(), Bag(), None)

    def free(self, s: Hall) -> frozenset[Seat]:
        return self.every(Seat) - s.taken

    @action
    def sits(self, s: Hall, seat: Seat = one_of(free)) -> Hall | None:
        if s.guests == self.most:
            return None
        return evolve(s, guests=s.guests + 1, taken=s.taken | {seat}, last=(seat, seat))

    @action
    def orders(self, s: Hall, seat: Seat = one_of(Hall.taken)) -> Hall | None:
        if s.orders.total() >= self.most:
            return None
        return evolve(s, orders=s.orders.add(seat))

    @action
    def is_served(self, s: Hall, seat: Seat = one_of(Hall.orders)) -> Hall | None:
        return evolve(s, orders=s.orders.remove(seat))

    @action
    def leave_together(self, s: Hall, who: frozenset[Seat] = subset_of(Hall.taken)) -> Hall | None:
        if len(who) == 0 or any(seat in s.orders for seat in who):
            return None
        return evolve(s, guests=s.guests - len(who), taken=s.taken - who, last=None)


@frozen
class Booked:
    """Who sits where, by seat; what was ordered is a count for each."""

    sits: Map[Seat, bool]
    orders: Map[Seat, Count]
    last: Seat | None
    steps: Annotated[int, Between(0, 5)]


@frozen
class Table(Model[Booked]):
    """Refines Party, with a counter of its own that the mapping does not show."""

    seats: Size[Seat] = 2
    most: Annotated[int, Between(0, 9)] = 2

    @initial
    def start(self) -> Booked:
        nobody = Map.fill(self.every(Seat), False)
        return Booked(nobody, Map.fill(self.every(Seat), 0), None, 0)

    def count(self, s: Booked) -> int:
        return sum(s.orders[seat] for seat in s.orders)

    @action
    def tick(self, s: Booked) -> Booked | None:
        return evolve(s, steps=s.steps + 1)

    @action
    def sit(self, s: Booked, seat: Seat) -> Booked | None:
        if s.sits[seat] or not self.may_sit(s):
            return None
        return evolve(s, sits=s.sits.set(seat, True), last=seat)

    def may_sit(self, s: Booked) -> bool:
        return sum(1 for seat in s.sits if s.sits[seat]) < self.most

    @action
    def order(self, s: Booked, seat: Seat) -> Booked | None:
        if not self.may_order(s, seat) or self.count(s) >= self.most:
            return None
        return evolve(s, orders=s.orders.set(seat, s.orders[seat] + 1))

    def may_order(self, s: Booked, seat: Seat) -> bool:
        return s.sits[seat]

    @action
    def serve(self, s: Booked, seat: Seat) -> Booked | None:
        if s.orders[seat] == 0:
            return None
        return evolve(s, orders=s.orders.set(seat, s.orders[seat] - 1))

    @action
    def all_leave(self, s: Booked) -> Booked | None:
        if self.count(s) > 0 or not any(s.sits[seat] for seat in s.sits):
            return None
        return evolve(s, sits=s.sits.map(lambda _: False), last=None)

    @refines(Party)
    def as_party(self, s: Booked) -> Hall:
        """What a guest sees."""
        last = s.last
        return Hall(
            guests=sum(1 for seat in s.sits if s.sits[seat]),
            taken=frozenset(seat for seat in s.sits if s.sits[seat]),
            orders=Bag(seat for seat in s.sits for _ in range(s.orders[seat])),
            last=None if last is None else (last, last),
        )


@frozen
class TableServesStrangers(Table):
    """Broken: somebody orders who does not sit there."""

    def may_order(self, s: Booked, seat: Seat) -> bool:
        return True


@frozen
class TableBeginsLate(Table):
    """Broken: somebody may be there from the start."""

    @initial
    def somebody(self, seat: Seat) -> Booked:
        nobody = Map.fill(self.every(Seat), False)
        return Booked(nobody.set(seat, True), Map.fill(self.every(Seat), 0), None, 0)


@frozen
class TableOverflows(Table):
    """The mapping leaves the bounds of the abstract model."""

    @refines(Party, most="most - 1")
    def as_party(self, s: Booked) -> Hall:
        return super().as_party(s)


@frozen
class TableInALargerHall(Table):
    """The abstract model has larger bounds: a hall that is never full."""

    @refines(Party, most="most + 1")
    def as_party(self, s: Booked) -> Hall:
        last = s.last
        return Hall(
            guests=sum(1 for seat in s.sits if s.sits[seat]),
            taken=frozenset(seat for seat in s.sits if s.sits[seat]),
            orders=Bag(seat for seat in s.sits for _ in range(s.orders[seat])),
            last=None if last is None else (last, last),
        )
