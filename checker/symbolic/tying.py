"""New values tied to others: conditions under which a new value is a given one.

A condition for equality may be asked for in both directions, and then every way to write down equal values
counts.  A new value is under nobody's control but the tie's: part by part and place by place is enough, and
much less to say.  It needs each given value to be one that the new one can be written as: whatever `tidied`
makes, of a value within its bounds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.lang.types import (
    BagType,
    FiniteType,
    IntType,
    MapType,
    RecordType,
    SeqType,
    TupleType,
    UnionType,
)
from checker.symbolic import integers
from checker.symbolic.circuit import FALSE, Circuit, Lit
from checker.symbolic.comparing import equal, parts_of
from checker.symbolic.values import BagOf, Cases, Product, Seq, Table, Union, Value


def tied(c: Circuit, kind: FiniteType, new: Value, given: Value) -> Lit:
    """A condition that makes a new value of a type equal to a given one, and can be met."""
    row = ROWS.get(type(new))
    return (
        equal(c, kind, new, given)
        if row is None or type(given) is not type(new)
        else row(c, kind, new, given)
    )


def _cases(c: Circuit, kind: FiniteType, new: Cases, given: Cases) -> Lit:
    if isinstance(kind, IntType) and len(given.cases) == 1:
        return integers.equal(c, new, given)
    values = dict.fromkeys((*new.cases, *given.cases))
    return c.all(c.same(new.cases.get(value, FALSE), given.cases.get(value, FALSE)) for value in values)


def _product(c: Circuit, kind: RecordType | TupleType, new: Product, given: Product) -> Lit:
    triples = zip(parts_of(kind), new.parts, given.parts, strict=True)
    return c.all(tied(c, part, one, other) for part, one, other in triples)


def _table(c: Circuit, kind: MapType, new: Table, given: Table) -> Lit:
    pairs = zip(new.values, given.values, strict=True)
    return c.all(tied(c, kind.value, one, other) for one, other in pairs)


def _union(c: Circuit, kind: UnionType, new: Union, given: Union) -> Lit:
    found = []
    for option, (tag, held), (other, beside) in zip(kind.options, new.options, given.options, strict=True):
        found.append(c.same(tag, other))
        if other != FALSE:
            found.append(c.implies(tag, tied(c, option, held, beside)))
    return c.all(found)


def _sequence(c: Circuit, kind: SeqType, new: Seq, given: Seq) -> Lit:
    if not given.dense or len(given.entries) > len(new.entries):
        return equal(c, kind, new, given)
    found = []
    for place, (here, held) in enumerate(new.entries):
        there, beside = given.entries[place] if place < len(given.entries) else (FALSE, None)
        found.append(c.same(here, there))
        if beside is not None:
            found.append(c.implies(here, tied(c, kind.item, held, beside)))
    return c.all(found)


def _bag(c: Circuit, kind: BagType, new: BagOf, given: BagOf) -> Lit:
    if not (new.tidy and given.tidy) or len(given.loose) > len(new.loose):
        return equal(c, kind, new, given)
    found, zero = [], integers.constant(0)
    for place, (held, copies) in enumerate(new.loose):
        if place >= len(given.loose):
            found.append(integers.equal(c, copies, zero))
            continue
        beside, number = given.loose[place]
        found.append(integers.equal(c, copies, number))
        found.append(c.either(integers.equal(c, copies, zero), tied(c, kind.item, held, beside)))
    return c.all(found)


ROWS: dict[type[Any], Callable[[Circuit, Any, Any, Any], Lit]] = {
    Cases: _cases,
    Product: _product,
    Table: _table,
    Union: _union,
    Seq: _sequence,
    BagOf: _bag,
}
