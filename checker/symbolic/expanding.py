"""Expansion: a symbolic value as one of some Python values, under which condition which."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from checker.lang.types import FiniteType, MapType, RecordType, SeqType, TupleType, UnionType
from checker.lang.values import Map
from checker.symbolic import integers
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit
from checker.symbolic.lifting import build, members
from checker.symbolic.sequences import densified
from checker.symbolic.values import Bits, Cases, Product, Seq, SetOf, Table, Truth, Union, Value

Expansion = dict[Any, Lit]


def expand(c: Circuit, kind: FiniteType, value: Value, limit: int) -> Expansion | None:
    """Every Python value that a value may be, with its condition; None for more than `limit` of them."""
    row = ROWS.get(type(value))
    found = None if row is None else row(c, kind, value, limit)
    return None if found is None or len(found) > limit else found


def gathered(c: Circuit, pairs: Iterable[tuple[Any, Lit]]) -> Expansion:
    """Conditions taken together by value, without those that cannot hold."""
    found: Expansion = {}
    for value, lit in pairs:
        if lit != FALSE:
            found[value] = c.either(found.get(value, FALSE), lit)
    return found


def _truth(_: Circuit, __: FiniteType, value: Truth, ___: int) -> Expansion:
    return {known: lit for known, lit in ((True, value.lit), (False, -value.lit)) if lit != FALSE}


def _cases(_: Circuit, __: FiniteType, value: Cases, ___: int) -> Expansion:
    return value.cases


def _bits(c: Circuit, kind: FiniteType, value: Bits, limit: int) -> Expansion | None:
    if 1 << len(value.bits) > limit:
        return None
    half = 1 << (len(value.bits) - 1)
    return {known: lit for known, lit in integers.cases_of(c, value, -half, half - 1).items() if lit != FALSE}


def _parts(
    c: Circuit, parts: Iterable[tuple[FiniteType, Value]], limit: int
) -> list[tuple[tuple[Any, ...], Lit]] | None:
    """Every combination of what some parts may be."""
    found: list[tuple[tuple[Any, ...], Lit]] = [((), TRUE)]
    for kind, part in parts:
        expanded = expand(c, kind, part, limit)
        if expanded is None or len(found) * len(expanded) > limit:
            return None
        found = [
            ((*before, known), both)
            for before, given in found
            for known, lit in expanded.items()
            if (both := c.both(given, lit)) != FALSE
        ]
    return found


def _product(c: Circuit, kind: RecordType | TupleType, value: Product, limit: int) -> Expansion | None:
    if isinstance(kind, TupleType):
        found = _parts(c, zip(kind.items, value.parts, strict=True), limit)
        return None if found is None else gathered(c, found)
    kinds = [part for _, part in kind.fields]
    found = _parts(c, zip(kinds, value.parts, strict=True), limit)
    return None if found is None else gathered(c, ((build(kind, parts), lit) for parts, lit in found))


def _union(c: Circuit, kind: UnionType, value: Union, limit: int) -> Expansion | None:
    pairs: list[tuple[Any, Lit]] = []
    for option, (tag, held) in zip(kind.options, value.options, strict=True):
        if tag == FALSE:
            continue
        expanded = expand(c, option, held, limit)
        if expanded is None:
            return None
        pairs += [(known, c.both(tag, lit)) for known, lit in expanded.items()]
    return gathered(c, pairs)


def _sequence(c: Circuit, kind: SeqType, value: Seq, limit: int) -> Expansion | None:
    found: Expansion = {}
    so_far: list[tuple[tuple[Any, ...], Lit]] = [((), TRUE)]
    for here, held in densified(c, value).entries:
        found |= {known: both for known, lit in so_far if (both := c.both(lit, -here)) != FALSE}
        expanded = expand(c, kind.item, held, limit)
        if expanded is None or len(so_far) * len(expanded) > limit:
            return None
        so_far = [
            ((*known, item), both)
            for known, before in so_far
            for item, lit in expanded.items()
            if (both := c.all((before, here, lit))) != FALSE
        ]
    return gathered(c, [*found.items(), *so_far])


def _map(c: Circuit, kind: MapType, value: Table, limit: int) -> Expansion | None:
    found = _parts(c, [(kind.value, held) for held in value.values], limit)
    keys = members(kind.key)
    if found is None:
        return None
    return gathered(c, ((Map(dict(zip(keys, held, strict=True))), lit) for held, lit in found))


def _set(c: Circuit, kind: FiniteType, value: SetOf, limit: int) -> Expansion | None:
    if value.loose:
        return None
    found: list[tuple[tuple[Any, ...], Lit]] = [((), TRUE)]
    for known, lit in value.known.items():
        if 2 * len(found) > limit and lit != TRUE:
            return None
        found = [
            (members, both)
            for before, given in found
            for members, condition in (((*before, known), lit), (before, -lit))
            if (both := c.both(given, condition)) != FALSE
        ]
    return {frozenset(members): lit for members, lit in found}


ROWS: dict[type[Any], Callable[[Circuit, Any, Any, int], Expansion | None]] = {
    Truth: _truth,
    Cases: _cases,
    Bits: _bits,
    Product: _product,
    Union: _union,
    Seq: _sequence,
    Table: _map,
    SetOf: _set,
}
