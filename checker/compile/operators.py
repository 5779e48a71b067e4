"""Operators between values: arithmetic, and those of sets, sequences and bags; and the signs before one."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from attrs import evolve

from checker.compile import build
from checker.compile.body import Body
from checker.compile.comparisons import alike, member
from checker.compile.conditions import condition
from checker.compile.faults import outside
from checker.compile.scope import Scope
from checker.compile.targets import as_sequence, item
from checker.ir.nodes import (
    INT,
    Arithmetic,
    BagOperation,
    Comprehension,
    Concat,
    Expr,
    For,
    Literal,
    Local,
    MakeTuple,
    Range,
    SetOperation,
    Where,
)
from checker.ir.typing import fits
from checker.lang.types import (
    NOTHING,
    BagType,
    BoolType,
    FiniteType,
    IntType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)

_NUMBER = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**"}
_SET: dict[type[ast.operator], str] = {ast.BitOr: "|", ast.BitAnd: "&", ast.Sub: "-", ast.BitXor: "^"}


def binary(body: Body, node: ast.BinOp, scope: Scope, wanted: FiniteType | None) -> Expr:
    """An operator between two values."""
    left = scope.view(body.expr(node.left, scope, wanted))
    hint = left.type if not isinstance(left.type, TupleType | IntType) and not _bare(left) else wanted
    right = scope.view(body.expr(node.right, scope, hint))
    if isinstance(node.op, ast.Mult):
        for several, times in ((left, right), (right, left)):
            if isinstance(several.type, SeqType | TupleType) and isinstance(times.type, IntType):
                return _repeated(body, node, several, times)
    for kinds, operation in _OPERATIONS:
        if isinstance(left.type, kinds) and isinstance(right.type, kinds):
            found = operation(body, node, left, right, scope)
            if found is not None:
                return found
    if NOTHING in (left.type, right.type):
        return left if left.type == NOTHING else right
    raise outside(
        "subset/operator",
        f"`{_symbol(node.op)}` between `{left.type}` and `{right.type}` is outside the subset",
        "There is `+ - * // % **` for integers, `| & - ^` for sets, `+ *` for sequences, `+ -` for bags.",
        _instead(node.op, left.type),
        body.at(node),
    )


def _bare(value: Expr) -> bool:
    """Whether a value is empty, so that its type says nothing of what it may hold."""
    return isinstance(value, Literal) and value.value in (frozenset(), ())


def _symbol(op: ast.operator) -> str:
    return ast.unparse(ast.BinOp(ast.Name("x"), op, ast.Name("x"))).split()[1]


def _instead(op: ast.operator, left: FiniteType) -> str:
    if isinstance(op, ast.Div):
        return "Write `//`, which rounds down: the language has no fractions."
    if isinstance(left, BoolType):
        return "Write `and`, `or`, or `!=` between truth values."
    if isinstance(left, UnionType):
        return "Ask first which of its options the value is, with `is not None` or isinstance."
    return "Look for what computes it in docs/python-subset.md."


def _arithmetic(body: Body, node: ast.BinOp, left: Expr, right: Expr, scope: Scope) -> Expr | None:
    symbol: Any = _NUMBER.get(type(node.op))
    logical = isinstance(left.type, BoolType) and isinstance(right.type, BoolType)
    if symbol is None or (logical and symbol not in ("+", "-", "*")):
        return None
    first, second = body.as_integer(left, scope, node.left), body.as_integer(right, scope, node.right)
    return Arithmetic(symbol, first, second, type=INT, at=body.at(node))


def _sets(body: Body, node: ast.BinOp, left: Expr, right: Expr, scope: Scope) -> Expr | None:
    symbol: Any = _SET.get(type(node.op))
    return None if symbol is None else set_operation(body, symbol, left, right, node)


def set_operation(body: Body, symbol: Any, left: Expr, right: Expr, node: Any) -> Expr:
    """Two sets combined; of what is in the left one if only that is asked for."""
    if symbol in ("-", "&"):
        if fits(right.type, left.type):
            return SetOperation(symbol, left, build.sure(right, left.type), type=left.type, at=body.at(node))
        return body.named(right, "others", lambda found: _filtered(body, symbol, left, found, node))
    first, second = alike(body, left, right, node)
    kind = first.type
    if build.mutable(kind) != build.mutable(left.type) and isinstance(kind, SetType):
        kind = evolve(kind, text=build.MUTABLE if build.mutable(left.type) else "")
    return SetOperation(symbol, first, second, type=kind, at=body.at(node))


def _filtered(body: Body, symbol: str, left: Expr, right: Expr, node: Any) -> Expr:
    """The members of a set that belong, or do not belong, to one of another type."""
    assert isinstance(left.type, SetType)
    one = Local(body.names.fresh("member"), type=left.type.item, at=body.at(node))
    test = member(body, one, right, Scope({}), node)
    test = test if symbol == "&" else build.negation(test, body.at(node))
    return Comprehension((For(one.name, left), Where(test)), one, type=left.type, at=body.at(node))


def _sequences(body: Body, node: ast.BinOp, left: Expr, right: Expr, scope: Scope) -> Expr | None:
    return concatenated(body, [left, right], node) if isinstance(node.op, ast.Add) else None


def concatenated(body: Body, parts: list[Expr], node: Any) -> Expr:
    """Tuples one after the other: of fixed length if all of them are."""
    at = body.at(node)
    if all(isinstance(part, MakeTuple) or isinstance(part.type, TupleType) for part in parts):

        def whole(found: list[Expr], left: list[Expr]) -> Expr:
            if not left:
                kind = TupleType(tuple(value.type for value in found))
                return MakeTuple(tuple(found), type=kind, at=at)
            part, *others = left

            def spread(value: Expr) -> Expr:
                assert isinstance(value.type, TupleType)
                values = [item(value, place) for place in range(len(value.type.items))]
                return whole([*found, *values], others)

            return spread(part) if isinstance(part, MakeTuple) else body.named(part, "part", spread)

        return whole([], parts)
    sequences = [as_sequence(part) for part in parts]
    if len({build.mutable(part.type) for part in sequences}) > 1 and isinstance(node, ast.BinOp):
        for part in sequences:
            body.immutable(part, at)
    items = [part.type.item for part in sequences if isinstance(part.type, SeqType)]
    limits = {part.type.limit for part in sequences if isinstance(part.type, SeqType)}
    kind = SeqType(body.join(items, at), limits.pop() if len(limits) == 1 else None)
    same = next((p.type for p in sequences if p.type == kind and not build.mutable(p.type)), kind)
    if isinstance(node, ast.BinOp) and any(build.mutable(part.type) for part in sequences):
        same = evolve(kind, text=build.MUTABLE)
    return Concat(tuple(build.sure(part, same) for part in sequences), type=same, at=at)


_WRITTEN_OUT = 16
"""A tuple that is repeated more often than so is a sequence, and no tuple of fixed length."""


def _repeated(body: Body, node: ast.BinOp, several: Expr, times: Expr) -> Expr:
    """`(x,) * n`: a tuple so many times, of fixed length if the number is written out."""
    at = body.at(node)
    if isinstance(times, Literal) and isinstance(several.type, TupleType) and 0 < times.value <= _WRITTEN_OUT:
        return body.named(several, "part", lambda part: concatenated(body, [part] * times.value, node))
    turns = Range(build.number(0), times, type=SeqType(INT, None), at=at)

    def made(sequence: Expr) -> Expr:
        assert isinstance(sequence.type, SeqType)
        one = Local(body.names.fresh("item"), type=sequence.type.item, at=at)
        qualifiers = (For(body.names.fresh("turn"), turns), For(one.name, sequence))
        kind = SeqType(one.type, None, sequence.type.text if build.mutable(sequence.type) else "")
        return Comprehension(qualifiers, one, type=kind, at=at)

    return body.named(as_sequence(several), "part", made)


def _bags(body: Body, node: ast.BinOp, left: Expr, right: Expr, scope: Scope) -> Expr | None:
    symbol: Any = {ast.Add: "+", ast.Sub: "-"}.get(type(node.op))
    if symbol is None:
        return None
    first, second = alike(body, left, right, node)
    return BagOperation(symbol, first, second, type=first.type, at=body.at(node))


Operation = Callable[[Body, ast.BinOp, Expr, Expr, Scope], Expr | None]

_OPERATIONS: list[tuple[Any, Operation]] = [
    (IntType | BoolType, _arithmetic),
    (SetType, _sets),
    (SeqType | TupleType, _sequences),
    (BagType, _bags),
]


def unary(body: Body, node: ast.UnaryOp, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`not`, and the sign of a number."""
    if isinstance(node.op, ast.Not):
        return condition(body, node, scope).value
    if isinstance(node.op, ast.Invert):
        raise outside("subset/operator", "`~` is outside the subset", "Integers are numbers here, not bits.",
                      "Write `not` for truth values, `-` for numbers.", body.at(node))  # fmt: skip
    value = body.integer(node.operand, scope)
    if isinstance(node.op, ast.UAdd):
        return value
    if isinstance(value, Literal):
        return build.number(-value.value, body.at(node))
    return Arithmetic("-", build.number(0), value, type=INT, at=body.at(node))
