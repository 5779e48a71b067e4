"""The same symbolic value at another type that has it too."""

from __future__ import annotations

from typing import cast

from checker.lang.types import (
    BagType,
    FiniteType,
    MapType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)
from checker.symbolic.circuit import FALSE, TRUE, Circuit
from checker.symbolic.comparing import parts_of
from checker.symbolic.values import NOWHERE, BagOf, Nowhere, Product, Seq, SetOf, Table, Union, Value


def option_place(kind: UnionType, option: FiniteType) -> int:
    """Which option of a union a type is."""
    return kind.options.index(option)


def converted(c: Circuit, value: Value, given: FiniteType, wanted: FiniteType) -> Value:
    """A value of one type as one of another; Python values within it need no conversion."""
    if given == wanted or isinstance(value, Nowhere):
        return value
    if isinstance(wanted, UnionType):
        return _to_union(c, value, given, wanted)
    match value, wanted:
        case Product(parts), SeqType(item):
            given_parts = zip(parts, cast(TupleType, given).items, strict=True)
            return Seq(
                tuple((TRUE, converted(c, part, kind, item)) for part, kind in given_parts), dense=True
            )
        case Product(parts), RecordType() | TupleType():
            kinds = zip(parts_of(cast(TupleType, given)), parts_of(wanted), strict=True)
            return Product(tuple(converted(c, p, *pair) for p, pair in zip(parts, kinds, strict=True)))
        case Seq(entries, dense), SeqType(item):
            old = cast(SeqType, given).item
            return Seq(tuple((lit, converted(c, held, old, item)) for lit, held in entries), dense)
        case Table(values), MapType():
            old = cast(MapType, given).value
            return Table(tuple(converted(c, held, old, wanted.value) for held in values))
        case SetOf(known, loose), SetType():
            old = cast(SetType, given).item
            return SetOf(known, tuple((lit, converted(c, held, old, wanted.item)) for lit, held in loose))
        case BagOf(counts, copies), BagType():
            old = cast(BagType, given).item
            return BagOf(counts, tuple((converted(c, held, old, wanted.item), n) for held, n in copies))
        case _:
            return value


def _to_union(c: Circuit, value: Value, given: FiniteType, wanted: UnionType) -> Value:
    found: list[tuple[int, Value]] = [(FALSE, NOWHERE)] * len(wanted.options)
    if isinstance(given, UnionType):
        for option, (lit, held) in zip(given.options, cast(Union, value).options, strict=True):
            place = _like(wanted, option)
            found[place] = (lit, converted(c, held, option, wanted.options[place]))
    else:
        place = _like(wanted, given)
        found[place] = (TRUE, converted(c, value, given, wanted.options[place]))
    return Union(tuple(found))


def _like(wanted: UnionType, option: FiniteType) -> int:
    """Which option of a union has the values of a type: the same, or the one of its kind."""
    if option in wanted.options:
        return wanted.options.index(option)
    return next(at for at, other in enumerate(wanted.options) if _one_kind(option, other))


def _one_kind(left: FiniteType, right: FiniteType) -> bool:
    if isinstance(left, TupleType | SeqType) and isinstance(right, TupleType | SeqType):
        return True
    if type(left) is not type(right):
        return False
    return getattr(left, "cls", None) is getattr(right, "cls", None)
