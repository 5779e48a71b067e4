"""Between Python's values and symbolic ones.

`lift` gives the symbolic value of a Python value, `decode` the Python value under an assignment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

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
from checker.lang.values import Bag, Map
from checker.symbolic import integers
from checker.symbolic.circuit import FALSE, TRUE, Lit, TooLarge, holds
from checker.symbolic.values import (
    NOWHERE,
    BagOf,
    Bits,
    Cases,
    Product,
    Seq,
    SetOf,
    Table,
    Truth,
    Union,
    Value,
)

# -- known values ---------------------------------------------------------------------------------


@lru_cache(maxsize=200_000)
def lift(kind: FiniteType, value: Any) -> Value:
    """The symbolic value of a known one."""
    match kind:
        case BoolType():
            return Truth(TRUE if value else FALSE)
        case IntType() | EnumType() | SortType() | NoneType():
            return Cases({value: TRUE})
        case RecordType():
            return Product(tuple(lift(part, getattr(value, name)) for name, part in kind.fields))
        case TupleType():
            return Product(tuple(lift(part, item) for part, item in zip(kind.items, value, strict=True)))
        case UnionType():
            return _lift_option(kind, value)
        case SeqType():
            return Seq(tuple((TRUE, lift(kind.item, item)) for item in value), dense=True)
        case MapType():
            return Table(tuple(lift(kind.value, value[key]) for key in members(kind.key)))
        case SetType():
            return SetOf(dict.fromkeys(value, TRUE))
        case BagType():
            return BagOf({item: integers.constant(copies) for item, copies in value.items()})


def _lift_option(kind: UnionType, value: Any) -> Value:
    """A value of a union; its bounds do not matter here, for they may be left on the way."""
    place = option_of(kind, value)
    return Union(
        tuple(
            (TRUE, lift(option, value)) if at == place else (FALSE, NOWHERE)
            for at, option in enumerate(kind.options)
        )
    )


def option_of(kind: UnionType, value: Any) -> int:
    """Which option a value belongs to, whether or not it is within its bounds."""
    for place, option in enumerate(kind.options):
        fault = option.fault(value)
        if fault is None or fault.bound:
            return place
    raise ValueError(f"{value!r} is no {kind}")


@lru_cache(maxsize=10_000)
def members(kind: FiniteType) -> tuple[Any, ...]:
    """All values of a type, of which there must not be too many."""
    if countable(kind) > 100_000:
        raise TooLarge(f"{kind} has more than 100,000 values, which would have to be listed")
    return tuple(kind.members())


def countable(kind: FiniteType) -> int:
    """How many values a type has; a very large number where nobody can say."""
    try:
        return kind.count()
    except OverflowError:
        return 1 << 62


# -- values under an assignment -------------------------------------------------------------------


def decode(values: Mapping[int, bool], kind: FiniteType, value: Value) -> Any:
    """The Python value where the gates (all of `lits_of(value)`) have these values."""
    match value:
        case Truth(lit):
            return holds(values, lit)
        case Cases(cases) if not isinstance(kind, IntType):
            return next(known for known, lit in cases.items() if holds(values, lit))
        case Cases() | Bits():
            return integers.decode(values, value)
        case Product(parts):
            return _decode_product(values, kind, parts)
        case Union(options):
            kinds = cast(UnionType, kind).options
            return next(
                decode(values, option, held)
                for option, (lit, held) in zip(kinds, options, strict=True)
                if holds(values, lit)
            )
        case Seq(entries):
            item = cast(SeqType, kind).item
            return tuple(decode(values, item, held) for lit, held in entries if holds(values, lit))
        case Table(held):
            of = cast(MapType, kind)
            keys = members(of.key)
            return Map({key: decode(values, of.value, each) for key, each in zip(keys, held, strict=True)})
        case SetOf(known, loose):
            item = cast(SetType, kind).item
            some = [member for member, lit in known.items() if holds(values, lit)]
            return frozenset(
                [*some, *(decode(values, item, held) for lit, held in loose if holds(values, lit))]
            )
        case BagOf():
            return _decode_bag(values, cast(BagType, kind), value)
        case _:
            raise ValueError("what is nowhere has no value")


def _decode_product(values: Mapping[int, bool], kind: FiniteType, parts: tuple[Value, ...]) -> Any:
    if isinstance(kind, TupleType):
        return tuple(decode(values, item, part) for item, part in zip(kind.items, parts, strict=True))
    record = cast(RecordType, kind)
    held = [decode(values, field, part) for (_, field), part in zip(record.fields, parts, strict=True)]
    return build(record, held)


def build(record: RecordType, values: Iterable[Any]) -> Any:
    """A record of a class, from its fields in order."""
    names = [attribute.alias for attribute in attrs.fields(record.cls)]
    return record.cls(**dict(zip(cast(list[str], names), values, strict=True)))


def _decode_bag(values: Mapping[int, bool], kind: BagType, bag: BagOf) -> Any:
    counts: dict[Any, int] = {}
    for item, copies in bag.known.items():
        counts[item] = counts.get(item, 0) + integers.decode(values, copies)
    for held, copies in bag.loose:
        number = integers.decode(values, copies)
        if number:
            item = decode(values, kind.item, held)
            counts[item] = counts.get(item, 0) + number
    return Bag.of_counts({item: number for item, number in counts.items() if number})


def lits_of(value: Value) -> Iterator[Lit]:
    """Every condition in a value."""
    match value:
        case Truth(lit):
            yield lit
        case Cases(cases):
            yield from cases.values()
        case Bits(bits):
            yield from bits
        case Product(parts) | Table(parts):
            for part in parts:
                yield from lits_of(part)
        case Union(pairs) | Seq(pairs):
            for lit, held in pairs:
                yield lit
                yield from lits_of(held)
        case SetOf(known, loose):
            yield from known.values()
            for lit, held in loose:
                yield lit
                yield from lits_of(held)
        case BagOf(known, loose_copies):
            for copies in known.values():
                yield from lits_of(copies)
            for held, copies in loose_copies:
                yield from lits_of(held)
                yield from lits_of(copies)
        case _:
            return
