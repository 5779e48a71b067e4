"""Comparisons: equality, order, and membership."""

from __future__ import annotations

import ast
from typing import Any

from checker.compile import build
from checker.compile.body import Body
from checker.compile.conditions import condition
from checker.compile.faults import mismatch, outside
from checker.compile.iteration import collection, domain, is_lazy
from checker.compile.scope import Scope
from checker.compile.sources import MISSING
from checker.compile.targets import as_sequence
from checker.ir.nodes import (
    BOOL,
    As,
    BagIncluded,
    Expr,
    Is,
    Less,
    Local,
    MakeSet,
    Member,
    Quantifier,
    Subset,
)
from checker.ir.typing import fits, options
from checker.lang.errors import Location
from checker.lang.types import (
    NOTHING,
    BagType,
    BoolType,
    EnumType,
    FiniteType,
    IntType,
    MapType,
    NoneType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    UnionType,
)


def comparison(body: Body, node: ast.Compare, scope: Scope, wanted: FiniteType | None) -> Expr:
    """A comparison, or a chain of them; what stands in the middle is computed once."""
    if len(node.ops) == 1:
        told = condition(body, node, scope) if _asks_for_none(node) else None
        return (
            told.value if told else _compared(body, node.left, node.ops[0], node.comparators[0], scope, node)
        )
    right = body.expr(node.comparators[0], scope)

    def rest(middle: Expr) -> Expr:
        name = body.names.fresh("middle")
        inner = scope.inner().binding(name, middle)
        read = ast.copy_location(ast.Name(name, ast.Load()), node.comparators[0])
        first = _compared(body, node.left, node.ops[0], read, scope.binding(name, middle), node)
        others = ast.copy_location(ast.Compare(read, node.ops[1:], node.comparators[1:]), node)
        return build.conjunction([first, comparison(body, others, inner, None)], body.at(node))

    return body.named(right, "middle", rest)


def _asks_for_none(node: ast.Compare) -> bool:
    right = node.comparators[0]
    asks = isinstance(node.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq)
    return asks and isinstance(right, ast.Constant) and right.value is None


def _compared(
    body: Body, left: ast.expr, op: ast.cmpop, right: ast.expr, scope: Scope, node: ast.Compare
) -> Expr:
    at = body.at(node)
    if isinstance(op, ast.In | ast.NotIn):
        found = _member(body, left, right, scope, node)
        return found if isinstance(op, ast.In) else build.negation(found, at)
    first = body.expr(left, scope)
    second = body.expr(right, scope, first.type)
    if isinstance(op, ast.Is | ast.IsNot):
        _single_objects(first, second, at)
    if isinstance(op, ast.Eq | ast.Is):
        return equality(body, first, second, scope, node)
    if isinstance(op, ast.NotEq | ast.IsNot):
        return build.negation(equality(body, first, second, scope, node), at)
    if isinstance(op, ast.Gt | ast.GtE):
        first, second = second, first
    return _ordered(body, first, second, isinstance(op, ast.Lt | ast.Gt), scope, node)


def _single_objects(left: Expr, right: Expr, at: Location) -> None:
    """Refuse `is` between values that Python may hold several equal objects for."""
    if not any(all(isinstance(kind, _SINGLE) for kind in options(side.type)) for side in (left, right)):
        raise outside(
            "subset/operator",
            f"`is` stands between values of `{left.type}` and `{right.type}`",
            "Python asks whether they are one object: two that are equal may be two, and a spec cannot tell.",
            "Write == or !=; `is` is for None, truth values, members of an Enum, and identities.",
            at,
        )


_SINGLE = (NoneType, BoolType, EnumType, SortType)
"""Types each of whose values is one object."""


def equality(body: Body, left: Expr, right: Expr, scope: Scope, node: Any) -> Expr:
    """Whether two values are equal; False where their types have nothing in common."""
    at = body.at(node)
    sequences = isinstance(left.type, SeqType | TupleType) and isinstance(right.type, SeqType | TupleType)
    if sequences and build.mutable(left.type) != build.mutable(right.type):
        body.immutable(left, at)
        body.immutable(right, at)
    _told_apart(body, left, right, node)
    if build.overlap(left.type, right.type):
        return build.equal(left, right, at)
    return body.named(left, "left", lambda _: body.named(right, "right", lambda _: build.NO))


def _told_apart(body: Body, left: Expr, right: Expr, node: Any) -> None:
    """Refuse a comparison of truth values with numbers, of which Python finds True and 1 equal."""
    if build.confusable(left.type, right.type):
        raise outside(
            "subset/type",
            "a truth value is compared with a number",
            "In Python True equals 1; in the language they are values of different types.",
            "Write int(...) around the truth value, or compare it with True.",
            body.at(node),
        )


def _ordered(body: Body, left: Expr, right: Expr, strict: bool, scope: Scope, node: Any) -> Expr:
    at = body.at(node)
    left, right = scope.view(left), scope.view(right)
    if isinstance(left.type, BoolType | IntType) and isinstance(right.type, BoolType | IntType):
        first, second = body.as_integer(left, scope, node), body.as_integer(right, scope, node)
        return Less(first, second, strict, type=BOOL, at=at)
    if isinstance(left.type, SetType) and isinstance(right.type, SetType):
        first, second = alike(body, left, right, node)
        return Subset(first, second, strict, type=BOOL, at=at)
    if isinstance(left.type, BagType) and isinstance(right.type, BagType) and not strict:
        first, second = alike(body, left, right, node)
        return BagIncluded(first, second, type=BOOL, at=at)
    if _numbers(left.type) and _numbers(right.type):
        first, second = alike(body, left, right, node)
        if isinstance(first.type, TupleType):
            return Less(first, second, strict, type=BOOL, at=at)
    raise outside(
        "subset/operator",
        f"`{left.type}` and `{right.type}` have no order",
        "Integers, tuples of them, sets and bags can be compared with `<` and `<=`; identities and "
        "members of an Enum cannot.",
        "Compare numbers, or ask for equality.",
        at,
    )


def _numbers(kind: FiniteType) -> bool:
    """Whether values are integers, or tuples of such."""
    return isinstance(kind, IntType) or (isinstance(kind, TupleType) and all(map(_numbers, kind.items)))


def alike(body: Body, left: Expr, right: Expr, node: Any) -> tuple[Expr, Expr]:
    """Two values at the least type that both fit."""
    kind = body.join([left.type, right.type], body.at(node))
    first, second = build.coerced(left, kind), build.coerced(right, kind)
    if first is None or second is None:
        raise outside("subset/type", f"`{left.type}` and `{right.type}` do not go together",
                      "Both sides of an operator are of one type.", "Change one of them.", body.at(node))  # fmt: skip
    return first, second


def _member(body: Body, left: ast.expr, right: ast.expr, scope: Scope, node: Any) -> Expr:
    """`x in collection`; in a display of simple values, whether it is one of them."""
    value = body.expr(left, scope)
    if isinstance(right, ast.Tuple | ast.List | ast.Set):
        plain = not any(isinstance(part, ast.Starred) for part in right.elts)
        items = [body.expr(part, scope, value.type) for part in right.elts] if plain else []
        if plain and build.simple(value) and all(build.simple(one) for one in items):
            found = [equality(body, value, one, scope, node) for one in items]
            return build.disjunction(found, body.at(node))
    if is_lazy(body, right, scope):
        here = domain(body, right, scope.inner())
        if body.source.static(right, scope.names) is not MISSING and value.type != here.item.type:
            raise mismatch(value.type, here.item.type, body.at(left))  # Python raises for it
        test = equality(body, value, here.item, scope, node)
        return Quantifier("any", here.qualifiers, test, type=BOOL, at=body.at(node))
    return member(body, value, collection(body, right, scope), scope, node)


def member(body: Body, value: Expr, collection: Expr, scope: Scope, node: Any) -> Expr:
    """Whether a value belongs to a collection."""
    at = body.at(node)
    body.immutable(value, at)
    collection = as_sequence(scope.view(collection))
    kind = _item(collection.type)
    if kind is None:
        raise outside("subset/type", f"`{collection.type}` is no collection",
                      "`in` asks a set, a sequence, a map for a key, or a bag.", "Ask one of these.", at)  # fmt: skip
    if kind == NOTHING:
        return body.named(value, "value", lambda _: build.NO)
    if build.confusable(value.type, kind):
        _told_apart(body, value, Local("item", type=kind), node)
    if fits(value.type, kind):
        return Member(build.sure(value, kind), collection, type=BOOL, at=at)
    fitting = [option for option in scope.possible(value) if fits(option, kind)]
    if not fitting or not isinstance(value.type, UnionType):
        if build.overlap(value.type, kind):
            first, second = alike(body, MakeSet((value,), type=SetType(value.type)), collection, node)
            assert isinstance(first, MakeSet)
            return Member(first.items[0], second, type=BOOL, at=at)
        return body.named(value, "left", lambda _: body.named(collection, "right", lambda _: build.NO))

    def ask(found: Expr) -> Expr:
        each = [
            build.conjunction(
                [
                    Is(found, option, type=BOOL, at=at),
                    Member(build.sure(As(found, type=option, at=at), kind), collection, type=BOOL, at=at),
                ]
            )
            for option in fitting
        ]
        return build.disjunction(each, at)

    return body.named(value, "value", ask)


def _item(kind: FiniteType) -> FiniteType | None:
    match kind:
        case SeqType(item=item) | SetType(item=item) | BagType(item=item):
            return item
        case MapType(key=key):
            return key
        case _:
            return None
