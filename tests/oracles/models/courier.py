"""A bag of parcels under way: letters may get lost and copied, boxes arrive exactly once."""

from enum import Enum
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
    always,
    boundary,
    evolve,
    frozen,
    initial,
    one_of,
    sometimes,
)


class Place(Sort):
    """Sends parcels and receives them."""


class Kind(Enum):
    LETTER = "letter"
    BOX = "box"


@frozen
class Parcel:
    to: Place
    kind: Kind


@frozen
class State:
    under_way: Annotated[Bag[Parcel], Capacity("most + 1")]
    stock: Map[Place, Annotated[int, Between(0, 4)]]


@frozen
class Courier(Model[State]):
    places: Size[Place] = 2
    most: int = 3
    copies: int = 2

    @initial
    def start(self) -> State:
        return State(under_way=Bag(), stock=Map.fill(self.every(Place), 2))

    @action
    def place_sends(self, s: State, p: Place, q: Place, kind: Kind) -> State | None:
        if p == q or s.stock[p] == 0:
            return None
        return State(s.under_way.add(Parcel(q, kind)), s.stock.set(p, s.stock[p] - 1))

    @action
    def parcel_arrives(self, s: State, parcel: Parcel = one_of(State.under_way)) -> State:
        return State(s.under_way.remove(parcel), s.stock.set(parcel.to, s.stock[parcel.to] + 1))

    @action
    def letter_is_lost(self, s: State, parcel: Parcel = one_of(State.under_way)) -> State | None:
        if parcel.kind is not Kind.LETTER:
            return None
        return evolve(s, under_way=s.under_way.remove(parcel))

    @action
    def letter_is_copied(self, s: State, parcel: Parcel = one_of(State.under_way)) -> State | None:
        if parcel.kind is not Kind.LETTER or s.under_way[parcel] >= self.copies:
            return None
        return evolve(s, under_way=s.under_way.add(parcel))

    @boundary
    def few(self, s: State) -> bool:
        return s.under_way.total() <= self.most and all(count <= 3 for count in s.stock.values())

    @always
    def nobody_is_buried(self, s: State) -> bool:
        return all(count <= 4 for count in s.stock.values())

    @sometimes
    def all_are_copies(self, s: State) -> bool:
        return s.under_way.total() == 3 and len(s.under_way) == 2
