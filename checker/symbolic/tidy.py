"""Symbolic values in the shape in which new ones are made: as few items and symbolic members as bounds allow.

Evaluating an action leaves one symbolic member for each message that it may send in each of its branches,
though few can be under way at once.  Putting those that are there into as many places as the type allows
keeps what is said about the next state small.  Only for values within their bounds: what is beyond is cut.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

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
from checker.symbolic import integers
from checker.symbolic.choosing import loose_counts
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit
from checker.symbolic.comparing import different, entries_of, equal, parts_of
from checker.symbolic.expanding import expand
from checker.symbolic.fresh import UNIVERSE
from checker.symbolic.lifting import countable, lift
from checker.symbolic.sequences import densified
from checker.symbolic.values import BagOf, Number, Product, Seq, SetOf, Table, Union, Value

ZERO = integers.constant(0)

Copies = tuple[Value, Number]
"""A member of a bag, and how many copies of it."""


def tidied(c: Circuit, kind: FiniteType, value: Value) -> Value:
    """An equal value, for values that keep the bounds of their type."""
    row = ROWS.get(type(value))
    return value if row is None else row(c, kind, value)


def _product(c: Circuit, kind: RecordType | TupleType, value: Product) -> Value:
    return Product(
        tuple(tidied(c, part, held) for part, held in zip(parts_of(kind), value.parts, strict=True))
    )


def _union(c: Circuit, kind: UnionType, value: Union) -> Value:
    pairs = zip(kind.options, value.options, strict=True)
    return Union(tuple((lit, tidied(c, option, held)) for option, (lit, held) in pairs))


def _table(c: Circuit, kind: MapType, value: Table) -> Value:
    return Table(tuple(tidied(c, kind.value, held) for held in value.values))


def _sequence(c: Circuit, kind: SeqType, value: Seq) -> Value:
    entries = densified(c, value).entries[: kind.limit]
    return Seq(tuple((lit, tidied(c, kind.item, held)) for lit, held in entries), dense=True)


def _set(c: Circuit, kind: SetType, value: SetOf) -> Value:
    if not value.loose or kind.capacity is None or len(value.loose) + len(value.known) <= kind.capacity:
        return value
    lits = different(c, kind.item, value)
    entries = entries_of(kind.item, value)
    if len(lits) != len(entries):
        return value
    slots = _into_places(c, list(zip(lits, (held for _, held in entries), strict=True)), kind.capacity)
    return SetOf({}, slots)


def _into_places(c: Circuit, entries: list[tuple[Lit, Value]], most: int) -> tuple[tuple[Lit, Value], ...]:
    return densified(c, Seq(tuple(entry for entry in entries if entry[0] != FALSE), dense=False)).entries[
        :most
    ]


def _bag(c: Circuit, kind: BagType, value: BagOf) -> Value:
    if value.tidy:
        return value
    loose = loose_counts(c, value)
    if countable(kind.item) <= UNIVERSE // 4:
        return _listed(c, kind, value, loose) if loose else value
    if kind.capacity is None:
        return value
    some = [*((lift(kind.item, item), copies) for item, copies in value.known.items()), *loose.items()]
    slots = _merged(c, kind.item, _placed(c, some)[: kind.capacity])
    return BagOf({}, tuple(slots), tidy=True)


def _placed(c: Circuit, some: list[Copies]) -> list[Copies]:
    """The same members, with those that are there first."""
    entries = tuple(
        (-integers.equal(c, copies, ZERO), cast(Value, Product((held, copies)))) for held, copies in some
    )
    placed = densified(c, Seq(tuple(entry for entry in entries if entry[0] != FALSE), dense=len(entries) < 2))
    slots = []
    for lit, held in placed.entries:
        item, copies = cast(Product, held).parts
        slots.append((item, integers.total(c, [(lit, cast(Number, copies))])))
    return slots


def _merged(c: Circuit, item: FiniteType, slots: list[Copies]) -> list[Copies]:
    """The same copies of members that differ: those of a later place go to an earlier one that equals it."""
    found, moved = list(slots), FALSE
    for later in range(1, len(found)):
        for earlier in range(later):
            held, copies = found[earlier]
            other, more = found[later]
            there = c.both(-integers.equal(c, copies, ZERO), -integers.equal(c, more, ZERO))
            alike = c.both(there, equal(c, item, held, other))
            if alike == FALSE:
                continue
            moved = c.either(moved, alike)
            found[earlier] = held, integers.total(c, [(TRUE, copies), (alike, more)])
            found[later] = other, integers.total(c, [(-alike, more)])
    return found if moved == FALSE else _placed(c, found)


def _listed(c: Circuit, kind: BagType, value: BagOf, loose: dict[Value, Any]) -> Value:
    """A bag over a small universe, with a number of copies for each member that it may have."""
    parts: dict[Any, list[tuple[Lit, Any]]] = {item: [(1, copies)] for item, copies in value.known.items()}
    for held, copies in loose.items():
        expanded = expand(c, kind.item, held, UNIVERSE)
        if expanded is None:
            return value
        for item, lit in expanded.items():
            parts.setdefault(item, []).append((lit, copies))
    counts = {item: integers.total(c, given) for item, given in parts.items()}
    return BagOf({item: copies for item, copies in counts.items() if copies != ZERO})


ROWS: dict[type[Any], Callable[[Circuit, Any, Any], Value]] = {
    Product: _product,
    Union: _union,
    Table: _table,
    Seq: _sequence,
    SetOf: _set,
    BagOf: _bag,
}
