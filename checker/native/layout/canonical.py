"""The canonical order of the values of a type, in Python: the one that `order_` of C follows.

It is the order of `checker.lang.values.order`, but goes by the type, so that it also decides where two
classes of a union have one name.  Sorted collections must look the same whoever sorts them: equal
states have equal words.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from checker.lang.errors import InternalError
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
from checker.lang.values import Bag, Map, number_of

Key = Callable[[Any], Any]


def option_order(kind: FiniteType) -> tuple[Any, ...]:
    """Where the values of an option stand among those of the other options of a union."""
    match kind:
        case NoneType():
            return (0,)
        case BoolType() | IntType():
            return (1,)
        case SortType(cls=cls):
            return (2, cls.__name__, cls.__module__, cls.__qualname__)
        case EnumType(cls=cls):
            return (3, cls.__name__, cls.__module__, cls.__qualname__)
        case TupleType() | SeqType():
            return (4,)
        case SetType():
            return (5,)
        case MapType():
            return (6,)
        case BagType():
            return (7,)
        case RecordType(cls=cls):
            return (8, cls.__name__, cls.__module__, cls.__qualname__)
        case UnionType(options=options):
            return min((option_order(option) for option in options), default=(9,))


@cache
def canonical_options(kind: UnionType) -> tuple[FiniteType, ...]:
    """The options of a union in the canonical order of their values."""
    return tuple(sorted(kind.options, key=option_order))


@cache
def places_of_options(kind: UnionType) -> dict[type[Any], int]:
    """The place of the option that values of each Python class belong to."""
    return {python_class(option): place for place, option in enumerate(canonical_options(kind))}


def place_of_option(kind: UnionType, value: Any) -> int:
    """The place of a value's option among the canonical ones, also where it leaves its bounds."""
    try:
        return places_of_options(kind)[type(value)]
    except KeyError:
        raise InternalError(f"{value!r} is not a value of {kind}") from None


def python_class(kind: FiniteType) -> type[Any]:
    """The class of all values of a type that is no union."""
    match kind:
        case EnumType(cls=cls) | SortType(cls=cls) | RecordType(cls=cls):
            return cls
        case _:
            return _CLASSES[type(kind)]


_CLASSES: dict[type[Any], type[Any]] = {
    NoneType: type(None),
    BoolType: bool,
    IntType: int,
    TupleType: tuple,
    SeqType: tuple,
    SetType: frozenset,
    MapType: Map,
    BagType: Bag,
}


@cache
def canonical_key(kind: FiniteType) -> Key:
    """A sort key for the values of a type."""
    return _KEYS[type(kind)](kind)


def in_order(kind: FiniteType, values: Any) -> list[Any]:
    """Values of a type in canonical order."""
    return sorted(values, key=canonical_key(kind))


def _enum(kind: EnumType) -> Key:
    places = {member: place for place, member in enumerate(kind.cls)}
    return places.__getitem__


def _record(kind: RecordType) -> Key:
    keys = [(name, canonical_key(inner)) for name, inner in kind.fields]
    return lambda value: tuple([key(getattr(value, name)) for name, key in keys])


def _union(kind: UnionType) -> Key:
    keys = [canonical_key(option) for option in canonical_options(kind)]

    def key(value: Any) -> Any:
        place = place_of_option(kind, value)
        return place, keys[place](value)

    return key


def _tuple(kind: TupleType) -> Key:
    keys = [canonical_key(item) for item in kind.items]
    return lambda value: tuple([key(item) for key, item in zip(keys, value, strict=True)])


def _sequence(kind: SeqType) -> Key:
    key = canonical_key(kind.item)
    return lambda value: (len(value), [key(item) for item in value])


def _set(kind: SetType) -> Key:
    key = canonical_key(kind.item)
    return lambda value: (len(value), sorted(map(key, value)))


def _map(kind: MapType) -> Key:
    keys, key = canonical_key(kind.key), canonical_key(kind.value)
    return lambda value: [key(value[at]) for at in sorted(value.keys(), key=keys)]


def _bag(kind: BagType) -> Key:
    key = canonical_key(kind.item)
    return lambda value: (value.total(), sorted((key(item), count) for item, count in value.items()))


_KEYS: dict[type[Any], Callable[[Any], Key]] = {
    NoneType: lambda kind: lambda value: 0,
    BoolType: lambda kind: int,
    IntType: lambda kind: int,
    SortType: lambda kind: number_of,
    EnumType: _enum,
    RecordType: _record,
    UnionType: _union,
    TupleType: _tuple,
    SeqType: _sequence,
    SetType: _set,
    MapType: _map,
    BagType: _bag,
}
"""One row for each member of `FiniteType`."""
