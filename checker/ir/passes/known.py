"""What can be computed before any state is known: operations whose operands are literals.

One table from node to rule.  A rule gives the value, or `NotKnown` where there is none to give: an
operation that would be stuck stays as it is.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from checker.ir import nodes
from checker.ir.nodes import Expr, Literal
from checker.ir.typing import options
from checker.lang.types import FiniteType


class NotKnown(Exception):
    """No value is known for an expression."""


def value_of(node: Expr) -> Any:
    """The value of a literal; NotKnown for anything else."""
    if isinstance(node, Literal):
        return node.value
    raise NotKnown


def values_of(found: tuple[Expr, ...]) -> list[Any]:
    """The values of some literals."""
    return [value_of(node) for node in found]


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
}


def _arithmetic(node: nodes.Arithmetic) -> Any:
    left, right = value_of(node.left), value_of(node.right)
    if node.operator not in _ARITHMETIC or (right == 0 and node.operator in ("//", "%")):
        raise NotKnown
    return _ARITHMETIC[node.operator](left, right)


def _less(node: nodes.Less) -> Any:
    left, right = value_of(node.left), value_of(node.right)
    return left < right if node.strict else left <= right


def _extreme(node: nodes.Extreme) -> Any:
    return (min if node.which == "min" else max)(values_of(node.operands))


def _is(node: nodes.Is) -> Any:
    """Decided by which option the value has without regard to bounds."""
    return option_of(value_of(node.value), node.value.type) == node.option


def _as(node: nodes.As) -> Any:
    value = value_of(node.value)
    if option_of(value, node.value.type) != node.type:
        raise NotKnown
    return value


def option_of(value: Any, kind: FiniteType) -> FiniteType:
    """The option of a union that a value belongs to, within its bounds or not."""
    for option in options(kind):
        fault = option.fault(value)
        if fault is None or fault.bound is not None:
            return option
    raise NotKnown


RULES: dict[type[Any], Callable[[Any], Any]] = {
    nodes.Not: lambda n: not value_of(n.operand),
    nodes.Equal: lambda n: value_of(n.left) == value_of(n.right),
    nodes.Less: _less,
    nodes.Arithmetic: _arithmetic,
    nodes.Extreme: _extreme,
    nodes.Is: _is,
    nodes.As: _as,
    nodes.Coerce: lambda n: value_of(n.value),
    nodes.Length: lambda n: len(value_of(n.collection)),
    nodes.Member: lambda n: value_of(n.item) in value_of(n.collection),
}
