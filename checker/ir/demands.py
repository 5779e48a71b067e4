"""What a rule of the IR may demand of types, and how it says that it does not get it.

A demand raises `Wrong` with what does not fit.  The rules themselves, one for each class of node, are in
`checker.ir.rules` and `checker.ir.collection_rules`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.ir.nodes import Expr
from checker.ir.scopes import item_of
from checker.ir.typing import same
from checker.lang.types import FiniteType, IntType, SeqType, TupleType
from checker.lang.values import Bag, Map, Sort


class Wrong(Exception):
    """What a node gets wrong."""


Rule = Callable[[Any], None]


def need(found: bool, what: str) -> None:
    """Raise `Wrong` unless something was found to hold."""
    if not found:
        raise Wrong(what)


def must_be(expression: Expr, kind: FiniteType, what: str) -> None:
    """Check the type of an operand."""
    need(same(expression.type, kind), f"{what} is of type {expression.type}, and should be of {kind}")


def has(node: Expr, kind: FiniteType) -> None:
    """Check the type that a node says it has."""
    need(same(node.type, kind), f"the node's type is {node.type}, and should be {kind}")


def exactly(node: Expr, kind: FiniteType) -> None:
    """Check that a name, or a part of a value, has the type that it was given, bounds included."""
    need(node.type == kind, f"the node's type is {node.type}, and should be {kind}")


def of(kind: FiniteType, cls: type[Any], what: str) -> Any:
    """A type, checked to be of one class of types."""
    need(isinstance(kind, cls), f"{what} is of type {kind}, which is no {cls.__name__}")
    return kind


def each(expressions: tuple[Expr, ...], kinds: tuple[FiniteType, ...], what: str) -> None:
    """Check operands one by one."""
    need(len(expressions) == len(kinds), f"{len(expressions)} {what}s, and there should be {len(kinds)}")
    for place, (expression, kind) in enumerate(zip(expressions, kinds, strict=True), start=1):
        must_be(expression, kind, f"{what} {place}")


def is_ordered(kind: FiniteType) -> bool:
    """Whether values of a type can be compared by `<`."""
    return isinstance(kind, IntType) or (isinstance(kind, TupleType) and all(map(is_ordered, kind.items)))


def ordered(kind: FiniteType) -> None:
    """Check that values of a type can be compared by `<`."""
    need(is_ordered(kind), f"{kind} has no order")


def like(left: FiniteType, right: FiniteType, what: str) -> None:
    """Sequences may differ in their bounds, which say nothing inside an expression."""
    one, other = of(left, SeqType, what), of(right, SeqType, "the node")
    need(same(one.item, other.item), f"{what} is a {left}, and the node a {right}")


def collection(expression: Expr) -> FiniteType:
    """What an operand holds, which must be a collection."""
    item = item_of(expression.type)
    need(item is not None, f"{expression.type} is no collection")
    assert item is not None
    return item


def holds_identity(value: Any) -> bool:
    """Whether a value is an identity of a sort or has one inside."""
    if isinstance(value, Sort):
        return True
    if isinstance(value, tuple | frozenset | Bag):
        return any(map(holds_identity, value))
    if isinstance(value, Map):
        return any(holds_identity(key) or holds_identity(item) for key, item in value.pairs())
    fields = getattr(type(value), "__attrs_attrs__", ())
    return any(holds_identity(getattr(value, field.name)) for field in fields)
