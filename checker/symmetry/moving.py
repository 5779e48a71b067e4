"""Exchanging identities in a value: the action of a permutation on the values of the language.

`mover(kind, sorts)` makes a function of a value and of the image of each identity.  The rule it
keeps: what holds no identity of these sorts is handed back as it is, never copied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from checker.lang.types import (
    BagType,
    BoolType,
    EnumType,
    FiniteType,
    IntType,
    MapType,
    NoneType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    UnionType,
)
from checker.lang.values import Bag, Map, Sort
from checker.symmetry.traits import Sorts, occurrences

Images = Mapping[Sort, Sort]
Move = Callable[[Any, Images], Any]


def mover(kind: FiniteType, sorts: Sorts) -> Move:
    """How to exchange identities in the values of a type."""
    if not occurrences(kind, sorts):
        return _stay
    return ROWS[type(kind)](kind, sorts)


def _stay(value: Any, images: Images) -> Any:
    return value


def _sort(kind: SortType, sorts: Sorts) -> Move:
    return lambda value, images: images[value]


def _record(kind: RecordType, sorts: Sorts) -> Move:
    cls = kind.cls
    given = {a.name: a.alias or a.name for a in attrs.fields(cls)}
    fields = [(name, given[name], mover(inner, sorts)) for name, inner in kind.fields]

    def move(value: Any, images: Images) -> Any:
        return cls(**{alias: inner(getattr(value, name), images) for name, alias, inner in fields})

    return move


def _union(kind: UnionType, sorts: Sorts) -> Move:
    choose = chooser(kind)
    moves = [mover(option, sorts) for option in kind.options]
    return lambda value, images: moves[choose(value)](value, images)


def _tuple(kind: TupleType, sorts: Sorts) -> Move:
    moves = [mover(item, sorts) for item in kind.items]
    return lambda value, images: tuple([m(item, images) for m, item in zip(moves, value, strict=True)])


def _sequence(kind: SeqType, sorts: Sorts) -> Move:
    move = mover(kind.item, sorts)
    return lambda value, images: tuple([move(item, images) for item in value])


def _set(kind: SetType, sorts: Sorts) -> Move:
    move = mover(kind.item, sorts)
    return lambda value, images: frozenset([move(item, images) for item in value])


def _map(kind: MapType, sorts: Sorts) -> Move:
    move = mover(kind.value, sorts)
    if not occurrences(kind.key, sorts):
        return lambda value, images: value.map(lambda item: move(item, images))
    move_key = mover(kind.key, sorts)
    return lambda value, images: Map(
        [(move_key(key, images), move(item, images)) for key, item in value.pairs()]
    )


def _bag(kind: BagType, sorts: Sorts) -> Move:
    move = mover(kind.item, sorts)
    return lambda value, images: Bag.of_counts({move(item, images): n for item, n in value.items()})


ROWS: dict[type[Any], Callable[[Any, Sorts], Move]] = {
    SortType: _sort,
    RecordType: _record,
    UnionType: _union,
    TupleType: _tuple,
    SeqType: _sequence,
    SetType: _set,
    MapType: _map,
    BagType: _bag,
}
"""One row for each type whose values may hold identities."""


def chooser(kind: UnionType) -> Callable[[Any], int]:
    """Which option of a union a value belongs to, by its place: its class tells."""
    places = {_class_of(option): place for place, option in enumerate(kind.options)}
    return lambda value: places[type(value)]


_CLASSES: dict[type[Any], type[Any]] = {
    BoolType: bool,
    IntType: int,
    NoneType: type(None),
    TupleType: tuple,
    SeqType: tuple,
    SetType: frozenset,
    MapType: Map,
    BagType: Bag,
}


def _class_of(option: FiniteType) -> type[Any]:
    """The class of the values of a type that is no union."""
    if isinstance(option, EnumType | SortType | RecordType):
        return option.cls
    return _CLASSES[type(option)]
