"""Rows for nodes that evaluate all their operands first: nowhere where one of them is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.ir.nodes import Expr
from checker.symbolic.machine import Environment, Machine, Row
from checker.symbolic.values import NOWHERE, Nowhere, Value

Operation = Callable[..., Value]
"""From the machine, the node and the values of the operands to the node's value."""


def strict(operands: Callable[[Any], tuple[Expr | None, ...]], operation: Operation) -> Row:
    """A row that evaluates the operands in order, an operand that is None to None."""

    def row(m: Machine, node: Any, env: Environment) -> Value:
        values = [None if operand is None else m.value(operand, env) for operand in operands(node)]
        if any(isinstance(value, Nowhere) for value in values):
            return NOWHERE
        return operation(m, node, *values)

    return row


def named(*names: str) -> Callable[[Any], tuple[Expr | None, ...]]:
    """The operands in these fields of a node; a field that holds several gives each of them."""

    def operands(node: Any) -> tuple[Expr | None, ...]:
        found: list[Expr | None] = []
        for name in names:
            held = getattr(node, name)
            found.extend(held if isinstance(held, tuple) else [held])
        return tuple(found)

    return operands
