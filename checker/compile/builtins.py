"""The functions that the compiler knows: Python's own, and those of the language."""

from __future__ import annotations

import ast
from typing import Any, assert_never, cast

import attrs

from checker.compile import build
from checker.compile.body import Body, Handler
from checker.compile.choosing import first_of
from checker.compile.conditions import condition
from checker.compile.displays import listed
from checker.compile.faults import outside
from checker.compile.iteration import collected, comprehended, domain, is_lazy, over
from checker.compile.maps import all_maps, fill, make_bag, make_map, of_counts
from checker.compile.records import evolve, kept
from checker.compile.scope import Scope
from checker.compile.sequences import (
    arguments,
    backwards,
    enumerated,
    item_hint,
    list_of,
    range_of,
    settled,
    tuple_of,
    zipped,
)
from checker.ir.nodes import (
    BOOL,
    INT,
    Aggregate,
    Arithmetic,
    Expr,
    Extreme,
    Keys,
    Length,
    Less,
    Literal,
    Quantifier,
    Stuck,
    Subsets,
    Support,
)
from checker.lang import collections, protocol, records
from checker.lang.types import (
    NOTHING,
    BagType,
    FiniteType,
    IntType,
    MapType,
    SeqType,
    SetType,
    TupleType,
)
from checker.lang.values import Bag, Map

# -- quantifiers and sums -------------------------------------------------------------------------


def _quantifier(kind: Any) -> Handler:
    def compiled(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
        arguments(body, node, 1, 1)
        argument = node.args[0]
        if isinstance(argument, ast.GeneratorExp):
            qualifiers, inner, _ = comprehended(body, argument.generators, scope)
            test = condition(body, argument.elt, inner.inner()).value
        else:
            here = domain(body, argument, scope)
            qualifiers, test = here.qualifiers, body.true(here.item, scope, argument)
        return Quantifier(kind, qualifiers, build.sure(test, BOOL), type=BOOL, at=body.at(node))

    return compiled


def _sum(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 1, 1)
    here = domain(body, node.args[0], scope, wanted=INT)
    item = body.as_integer(here.item, scope, node.args[0])
    if item == build.number(1):
        return Aggregate("count", here.qualifiers, None, type=INT, at=body.at(node))
    return Aggregate("sum", here.qualifiers, item, type=INT, at=body.at(node))


def _extreme(which: Any) -> Handler:
    def compiled(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
        named = arguments(body, node, 1, 99, "default")
        at = body.at(node)
        if len(node.args) > 1:
            values = [scope.view(body.expr(argument, scope, wanted)) for argument in node.args]
            kind = _comparable(body, values, node)
            if isinstance(kind, IntType):
                values = [body.as_integer(value, scope, node) for value in values]
            return Extreme(which, tuple(build.sure(value, kind) for value in values), type=kind, at=at)
        here = domain(body, node.args[0], scope, wanted=wanted)
        default = (
            scope.view(body.expr(named["default"], scope, here.item.type)) if "default" in named else None
        )
        numbers = [here.item] if default is None or not _is_number(default) else [here.item, default]
        kind = _comparable(body, numbers, node)
        item = build.sure(here.item, kind)
        if default is None or _is_number(default):
            first = None if default is None else build.sure(default, kind)
            return Aggregate(which, here.qualifiers, item, first, type=kind, at=at)
        return body.named(
            collected(body, here, SeqType, node.args[0]), "numbers",
            lambda found: _or_else(body, which, found, default, node),
        )  # fmt: skip

    return compiled


def _or_else(body: Body, which: Any, numbers: Expr, default: Expr, node: ast.Call) -> Expr:
    """The least or greatest of some numbers, or what is no number where there are none."""
    at = body.at(node)
    here = over(body, numbers, Scope({}), node)
    found = Aggregate(which, here.qualifiers, here.item, type=here.item.type, at=at)
    there = Less(build.number(0), Length(numbers, type=INT, at=at), True, type=BOOL, at=at)
    return build.condition(there, found, default, at)


def _is_number(value: Expr) -> bool:
    return isinstance(value.type, IntType | TupleType)


def _comparable(body: Body, values: list[Expr], node: ast.Call) -> FiniteType:
    kind = body.join([value.type for value in values], body.at(node))
    if not _ordered(kind):
        raise outside(
            "subset/operator",
            f"`{kind}` has no least and no greatest value",
            "Integers and tuples of them are ordered; identities and members of an Enum are not.",
            "Compare numbers.",
            body.at(node),
        )
    return INT if isinstance(kind, IntType) else kind


def _ordered(kind: FiniteType) -> bool:
    return isinstance(kind, IntType) or (isinstance(kind, TupleType) and all(map(_ordered, kind.items)))


def _length(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 1, 1)
    if is_lazy(body, node.args[0], scope):
        here = domain(body, node.args[0], scope)
        return Aggregate("count", here.qualifiers, None, type=INT, at=body.at(node))
    value = scope.view(body.expr(node.args[0], scope))
    if isinstance(value.type, TupleType):
        return body.named(value, "value", lambda _: build.number(len(value.type.items), body.at(node)))  # type: ignore[union-attr]
    over(body, value, scope, node.args[0])
    return Length(value, type=INT, at=body.at(node))


def _abs(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 1, 1)
    at = body.at(node)
    zero = build.number(0)

    def size(value: Expr) -> Expr:
        test = Less(value, zero, True, type=BOOL, at=at)
        return build.condition(test, Arithmetic("-", zero, value, type=INT, at=at), value, at)

    return body.named(body.integer(node.args[0], scope), "value", size)


# -- sets -----------------------------------------------------------------------------------------


def _frozenset(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 0, 1)
    if not node.args:
        return Literal(frozenset(), type=SetType(NOTHING), at=body.at(node))
    hint = item_hint(wanted, SetType)
    return as_set(body, node.args[0], scope, hint, node)


def _set(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`set(xs)`."""
    return listed(_frozenset(body, node, scope, wanted))


def as_set(body: Body, node: ast.expr, scope: Scope, hint: FiniteType | None, at: ast.expr) -> Expr:
    """The set of what an expression ranges over."""
    if is_lazy(body, node, scope):
        here = domain(body, node, scope, wanted=hint)
        body.immutable(here.item, body.at(node))
        return collected(body, here, SetType, at, hint)
    value = scope.view(body.expr(node, scope, None if hint is None else SetType(hint)))
    match value.type:
        case SetType():
            return settled(value)
        case MapType(key=key):
            return Keys(value, type=SetType(key), at=body.at(at))
        case BagType(item=item):
            return Support(value, type=SetType(item), at=body.at(at))
    if isinstance(value, Literal) and isinstance(value.type, TupleType):
        kind = body.join(list(value.type.items), body.at(at))
        return Literal(frozenset(value.value), type=SetType(kind), at=body.at(at))
    here = over(body, value, scope, node)
    body.immutable(here.item, body.at(node))
    return collected(body, here, SetType, at)


def _subsets(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    named = arguments(body, node, 1, 2, "size")
    base = as_set(body, node.args[0], scope, None, node.args[0])
    written = node.args[1] if len(node.args) > 1 else named.get("size")
    if isinstance(written, ast.Constant) and written.value is None:
        written = None
    size = body.integer(written, scope) if written is not None else None
    return Subsets(base, size, type=SetType(base.type), at=body.at(node))


def _majorities(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 1, 1)
    at = body.at(node)

    def most(base: Expr) -> Expr:
        half = Arithmetic("//", Length(base, type=INT, at=at), build.number(2), type=INT, at=at)
        size = Arithmetic("+", half, build.number(1), type=INT, at=at)
        return Subsets(base, size, type=SetType(base.type), at=at)

    return body.named(as_set(body, node.args[0], scope, None, node.args[0]), "members", most)


# -- others ---------------------------------------------------------------------------------------


def _bool(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 1, 1)
    return condition(body, node.args[0], scope).value


def _int(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 1, 1)
    return body.integer(node.args[0], scope)


def _isinstance(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 2, 2)
    return condition(body, node, scope).value


def _cast(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`cast(T, x)`: x, for a type checker to take as a T."""
    arguments(body, node, 2, 2)
    return body.expr(node.args[1], scope, wanted)


def _unreachable(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    return Stuck("no value gets here", type=NOTHING, at=body.at(node))


FUNCTIONS: dict[Any, Handler] = {
    any: _quantifier("any"),
    all: _quantifier("all"),
    sum: _sum,
    min: _extreme("min"),
    max: _extreme("max"),
    len: _length,
    abs: _abs,
    next: first_of,
    range: range_of,
    enumerate: enumerated,
    zip: zipped,
    reversed: backwards,
    tuple: tuple_of,
    list: list_of,
    frozenset: _frozenset,
    set: _set,
    bool: _bool,
    int: _int,
    isinstance: _isinstance,
    cast: _cast,
    assert_never: _unreachable,
    attrs.evolve: evolve,
    records.evolve: evolve,
    protocol.kept: kept,
    collections.subsets: _subsets,
    collections.majorities: _majorities,
    collections.maps: all_maps,
    Map: make_map,
    Map.fill: fill,
    Bag: make_bag,
    Bag.of_counts: of_counts,
}
