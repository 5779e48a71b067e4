"""Going through expressions: their operands, all of them inside, and copies with some changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import attrs

from checker.ir.nodes import Expr, For, Qualifier, Where, With, _Node

NODES: tuple[type[Any], ...] = tuple(Expr.__args__)
"""Every class of expression."""


_SLOTS: dict[type[Any], tuple[str, ...]] = {
    cls: tuple(a.name for a in attrs.fields(cls) if a.name not in ("type", "at", "option"))
    for cls in (*NODES, For, Where, With)
}
"""The fields of each class that may hold operands."""


def operands(node: Expr | Qualifier) -> Iterator[Expr]:
    """The direct operands, in the order of evaluation; those of qualifiers among them."""
    for name in _SLOTS[type(node)]:
        yield from _inside(getattr(node, name))


def _inside(value: Any) -> Iterator[Expr]:
    if isinstance(value, _Node):
        yield cast(Expr, value)
    elif isinstance(value, For | Where | With):
        yield from operands(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _inside(item)


def everything(node: Expr) -> Iterator[Expr]:
    """The expression and all inside it, outermost first."""
    yield node
    for operand in operands(node):
        yield from everything(operand)


def rebuilt(node: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The same node with each direct operand changed; the node itself if none of them is."""
    return cast(Expr, _rebuilt(node, change))


def _rebuilt(node: Any, change: Callable[[Expr], Expr]) -> Any:
    changes = {}
    for name in _SLOTS[type(node)]:
        before = getattr(node, name)
        after = _changed(before, change)
        if after is not before:
            changes[name] = after
    return attrs.evolve(node, **changes) if changes else node


def _changed(value: Any, change: Callable[[Expr], Expr]) -> Any:
    if isinstance(value, _Node):
        return change(cast(Expr, value))
    if isinstance(value, For | Where | With):
        return _rebuilt(value, change)
    if isinstance(value, tuple):
        items = tuple(_changed(item, change) for item in value)
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    return value


def transformed(node: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """Every node changed by a function, innermost first."""
    return change(rebuilt(node, lambda operand: transformed(operand, change)))


def binders(node: Expr) -> Iterator[str]:
    """The names that this very node binds."""
    for name in ("name", "accumulators", "qualifiers"):
        value = getattr(node, name, None)
        if name == "qualifiers" and value is not None:
            yield from (q.name for q in value if isinstance(q, For | With))
        elif name == "accumulators" and value is not None:
            yield from value
        elif name == "name" and value is not None and type(node).__name__ in ("Let", "Fold"):
            yield value
