"""Which keys a map has, where its annotation leaves that open: `Map[int, bool]`.

A map has a value for every value of its keys' type, so that type needs bounds.  They come from an
annotation, from the value that goes where the annotation stands, or from the `range` that keys are
taken from, if its ends are known before the model runs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from checker.compile import build
from checker.compile.body import Body
from checker.compile.faults import outside
from checker.ir.nodes import (
    Arithmetic,
    Call,
    Comprehension,
    Constant,
    Expr,
    For,
    Item,
    Literal,
    Local,
    MakeSeq,
    MakeSet,
    MakeTuple,
    Qualifier,
    Range,
)
from checker.ir.typing import unbounded
from checker.lang.types import NOTHING, FiniteType, IntType, MapType, TupleType


def key_type(
    body: Body, hint: MapType | None, key: Expr, qualifiers: tuple[Qualifier, ...], node: ast.expr
) -> FiniteType:
    """The type of the keys of a new map; all of its values are keys."""
    kind = key.type
    if hint is not None and build.overlap(kind, hint.key) and not unbounded(hint.key):
        kind = hint.key
    if unbounded(kind):
        kind = _known(body, key, qualifiers)
    if unbounded(kind) or kind == NOTHING:
        raise outside(
            "subset/needs-type",
            "it is not known which keys this map has",
            "A map has a value for every value of its keys' type, so that type needs bounds.",
            "Annotate the variable: m: Map[Annotated[int, Between(0, 2)], bool] = Map(...).",
            body.at(node),
        )
    return kind


def _known(body: Body, value: Expr, qualifiers: tuple[Qualifier, ...]) -> FiniteType:
    """The type of a value with what is known of its bounds beforehand."""
    match value:
        case Literal(value=int() as number) if isinstance(value.type, IntType):
            return IntType(number, number)
        case MakeTuple(items=items):
            return TupleType(tuple(_known(body, item, qualifiers) for item in items))
        case Item(tuple=whole, place=place):
            found = _known(body, whole, qualifiers)
            return found.items[place] if isinstance(found, TupleType) else value.type
        case Local(name=name) if unbounded(value.type):
            domain = next((q.domain for q in qualifiers if isinstance(q, For) and q.name == name), None)
            return value.type if domain is None else _item(body, domain) or value.type
    return value.type


def _item(body: Body, domain: Expr) -> FiniteType | None:
    """The type of what a collection holds, with what is known of its bounds beforehand."""
    match domain:
        case Range(low=low, high=high, step=step):
            first, end = _number(body, low), _number(body, high)
            places = range(first, end, step) if first is not None and end is not None else range(0)
            return IntType(min(places), max(places)) if places else None
        case Literal(value=tuple() | frozenset() as values) if all(type(one) is int for one in values):
            return IntType(min(values), max(values)) if values else None
        case Comprehension(qualifiers=qualifiers, element=element):
            return _known(body, element, qualifiers)
        case MakeSeq(items=items) | MakeSet(items=items):
            return _hull([_known(body, item, ()) for item in items])
        case Call(arguments=(), function=name):
            return _item(body, next(one.body for one in body.unit.functions if one.name == name))
    return None


def _hull(kinds: list[FiniteType]) -> FiniteType | None:
    """The least type with the values of several."""
    if not kinds or len({type(kind) for kind in kinds}) > 1:
        return None
    if all(isinstance(kind, TupleType) for kind in kinds):
        columns = zip(*(kind.items for kind in kinds if isinstance(kind, TupleType)), strict=True)
        parts = [_hull(list(column)) for column in columns]
        known = tuple(part for part in parts if part is not None)
        return TupleType(known) if len(known) == len(parts) else None
    bounds = [(kind.low, kind.high) for kind in kinds if isinstance(kind, IntType)]
    lows, highs = (
        [low for low, _ in bounds if low is not None],
        [high for _, high in bounds if high is not None],
    )
    if len(lows) == len(highs) == len(kinds):
        return IntType(min(lows), max(highs))
    return kinds[0] if all(kind == kinds[0] for kind in kinds) else None


_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


def _number(body: Body, value: Expr) -> int | None:
    """A number that is known before the model runs."""
    match value:
        case Literal(value=int() as number):
            return number
        case Constant(name=name):
            constant = getattr(body.unit.model, name)
            return constant if isinstance(constant, int) else None
        case Arithmetic(operator=operator, left=left, right=right) if operator in _OPERATIONS:
            low, high = _number(body, left), _number(body, right)
            return None if low is None or high is None else _OPERATIONS[operator](low, high)
    return None
