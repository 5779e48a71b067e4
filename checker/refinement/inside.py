"""Whether a value lies within the bounds of a type, as an expression of the IR.

Inside an expression the bounds of integers, lengths and sizes are not promised; where a state of the
abstract model is made by a mapping, or an item is taken from a domain, they have to be asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.ir.nodes import (
    BOOL,
    INT,
    And,
    As,
    CountOf,
    Expr,
    Field,
    For,
    Get,
    Is,
    Item,
    Length,
    Less,
    Literal,
    Local,
    Not,
    Or,
    Quantifier,
    Total,
)
from checker.ir.passes.within import has_bounds
from checker.lang.types import (
    BagType,
    FiniteType,
    IntType,
    MapType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)

YES: Expr = Literal(True, type=BOOL)
NO: Expr = Literal(False, type=BOOL)


def both(conditions: list[Expr]) -> Expr:
    """That all of these hold."""
    return conditions[0] if len(conditions) == 1 else And(tuple(conditions), type=BOOL) if conditions else YES


class Inside:
    """Makes the expressions, with names that are bound nowhere else."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._number = 0

    def __call__(self, value: Expr, kind: FiniteType) -> Expr:
        """Whether a value, cheap to compute again, lies within a type of its shape."""
        if not has_bounds(kind):
            return YES
        parts = _PARTS[type(kind)](self, value, kind)
        return both([part for part in parts if part is not YES])

    def each(self, collection: Expr, item: FiniteType, ask: Callable[[Expr], Expr]) -> Expr:
        """Whether something is so of each item of a collection."""
        self._number += 1
        one = Local(f"{self._prefix}{self._number}", type=item)
        body = ask(one)
        if body is YES:
            return YES
        return Quantifier("all", (For(one.name, collection),), body, type=BOOL)


def _at_most(value: Expr, limit: int | None) -> Expr:
    return YES if limit is None else Less(value, Literal(limit, type=INT), False, type=BOOL)


def _integer(_: Inside, value: Expr, kind: IntType) -> list[Expr]:
    low = YES if kind.low is None else Less(Literal(kind.low, type=INT), value, False, type=BOOL)
    return [low, _at_most(value, kind.high)]


def _record(inside: Inside, value: Expr, kind: RecordType) -> list[Expr]:
    return [inside(Field(value, name, type=of), of) for name, of in kind.fields]


def _tuple(inside: Inside, value: Expr, kind: TupleType) -> list[Expr]:
    return [inside(Item(value, place, type=of), of) for place, of in enumerate(kind.items)]


def _union(inside: Inside, value: Expr, kind: UnionType) -> list[Expr]:
    asked: list[Expr] = []
    for option in kind.options:
        if has_bounds(option):
            other = Not(Is(value, option, type=BOOL), type=BOOL)
            asked.append(Or((other, inside(As(value, type=option), option)), type=BOOL))
    return asked


def _sequence(inside: Inside, value: Expr, kind: SeqType) -> list[Expr]:
    items = inside.each(value, kind.item, lambda one: inside(one, kind.item))
    return [_at_most(Length(value, type=INT), kind.limit), items]


def _set(inside: Inside, value: Expr, kind: SetType) -> list[Expr]:
    items = inside.each(value, kind.item, lambda one: inside(one, kind.item))
    return [_at_most(Length(value, type=INT), kind.capacity), items]


def _bag(inside: Inside, value: Expr, kind: BagType) -> list[Expr]:
    def member(one: Expr) -> Expr:
        copies = _at_most(CountOf(value, one, type=INT), kind.max_count)
        return both([part for part in (copies, inside(one, kind.item)) if part is not YES])

    return [_at_most(Total(value, type=INT), kind.capacity), inside.each(value, kind.item, member)]


def _map(inside: Inside, value: Expr, kind: MapType) -> list[Expr]:
    def item(key: Expr) -> Expr:
        return inside(Get(value, key, type=kind.value), kind.value)

    return [inside.each(value, kind.key, item)]


_PARTS: dict[type[Any], Callable[[Inside, Expr, Any], list[Expr]]] = {
    IntType: _integer,
    RecordType: _record,
    TupleType: _tuple,
    UnionType: _union,
    SeqType: _sequence,
    SetType: _set,
    BagType: _bag,
    MapType: _map,
}
