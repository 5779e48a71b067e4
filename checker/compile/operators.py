"""Operators: comparisons, arithmetic, and those of sets, sequences and bags."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from attrs import evolve

from checker.compile import build
from checker.compile.body import Body
from checker.compile.conditions import condition
from checker.compile.faults import mismatch, outside
from checker.compile.iteration import collection, domain, is_lazy
from checker.compile.scope import Scope
from checker.compile.sources import MISSING
from checker.compile.targets import as_sequence, item
from checker.ir.nodes import (
    BOOL,
    INT,
    Arithmetic,
    As,
    BagIncluded,
    BagOperation,
    Comprehension,
    Concat,
    Expr,
    For,
    Is,
    Less,
    Literal,
    Local,
    MakeSet,
    MakeTuple,
    Member,
    Quantifier,
    SetOperation,
    Subset,
    Where,
)
from checker.ir.typing import fits
from checker.lang.types import (
    NOTHING,
    BagType,
    BoolType,
    FiniteType,
    IntType,
    MapType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)

# -- comparisons ----------------------------------------------------------------------------------


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
    if isinstance(op, ast.Eq | ast.Is):
        return equality(body, first, second, scope, node)
    if isinstance(op, ast.NotEq | ast.IsNot):
        return build.negation(equality(body, first, second, scope, node), at)
    if isinstance(op, ast.Gt | ast.GtE):
        first, second = second, first
    return _ordered(body, first, second, isinstance(op, ast.Lt | ast.Gt), scope, node)


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
        first, second = _alike(body, left, right, node)
        return Subset(first, second, strict, type=BOOL, at=at)
    if isinstance(left.type, BagType) and isinstance(right.type, BagType) and not strict:
        first, second = _alike(body, left, right, node)
        return BagIncluded(first, second, type=BOOL, at=at)
    if _numbers(left.type) and _numbers(right.type):
        first, second = _alike(body, left, right, node)
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


def _alike(body: Body, left: Expr, right: Expr, node: Any) -> tuple[Expr, Expr]:
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
            first, second = _alike(body, MakeSet((value,), type=SetType(value.type)), collection, node)
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


# -- arithmetic and operations on collections -----------------------------------------------------

_NUMBER = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**"}
_SET: dict[type[ast.operator], str] = {ast.BitOr: "|", ast.BitAnd: "&", ast.Sub: "-", ast.BitXor: "^"}


def binary(body: Body, node: ast.BinOp, scope: Scope, wanted: FiniteType | None) -> Expr:
    """An operator between two values."""
    left = scope.view(body.expr(node.left, scope, wanted))
    hint = left.type if not isinstance(left.type, TupleType | IntType) and not _bare(left) else wanted
    right = scope.view(body.expr(node.right, scope, hint))
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
        "There is `+ - * // % **` for integers, `| & - ^` for sets, `+` for sequences, `+ -` for bags.",
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
    first, second = _alike(body, left, right, node)
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


def _bags(body: Body, node: ast.BinOp, left: Expr, right: Expr, scope: Scope) -> Expr | None:
    symbol: Any = {ast.Add: "+", ast.Sub: "-"}.get(type(node.op))
    if symbol is None:
        return None
    first, second = _alike(body, left, right, node)
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
