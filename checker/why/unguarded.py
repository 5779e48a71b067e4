"""What an action would lead to if its guards let it: a guess, for explanations alone.

The source of the action is walked without the tests that end in `return None`.  What is found is never
taken for a step; it only tells which disabled step somebody may have had in mind.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

from checker.lang import source
from checker.why.walker import Returned, Walker


def without_guards(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """What a function returns when no guard stops it; None where that cannot be found out."""
    found = source.function_node(function)
    if found is None:
        return None
    try:
        given = inspect.signature(function).bind(*arguments)
        given.apply_defaults()
        _Unguarded(function, dict(given.arguments), 0).run(found[1].body)
    except Returned as result:
        return result.value
    except Exception:  # what a guard keeps out may raise anything
        return None
    return None


class _Unguarded(Walker):
    """Walks a call and passes every guard."""

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.If(body=[*_, last], orelse=orelse) if _is_refusal(last):
                self.run(orelse)
            case ast.If(body=body, orelse=[*_, last]) if _is_refusal(last):
                self.run(body)
            case ast.Return(value=ast.expr() as value):
                raise Returned(self.value(_granted(value)), None)
            case _:
                super().statement(node)


def _granted(value: ast.expr) -> ast.expr:
    """`x if test else None` without the test."""
    match value:
        case ast.IfExp(body=body, orelse=ast.Constant(value=None)):
            return body
        case ast.IfExp(body=ast.Constant(value=None), orelse=orelse):
            return orelse
        case _:
            return value


def _is_refusal(node: ast.stmt) -> bool:
    """Whether a statement says that the action is not enabled."""
    return isinstance(node, ast.Return) and (
        node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)
    )
