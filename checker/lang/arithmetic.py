"""Bounds that name constants: what `Between(0, "2 * nodes")` comes to under a model's constants."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from checker.lang.bounds import Bound
from checker.lang.errors import SpecError, suggestion
from checker.lang.hints import Place

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
_CALLS: dict[str, Callable[..., Any]] = {"min": min, "max": max, "len": len}


def _value(node: ast.expr, constants: Mapping[str, Any]) -> Any:
    """The value of a bound's expression: integers, constants, arithmetic, and a choice."""
    match node:
        case ast.Constant(value=int() as value):
            return value
        case ast.Name(id=name):
            return constants[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(left, constants), _value(right, constants))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, constants)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, constants)
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_value(value, constants) for value in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_value(value, constants) for value in values)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return _COMPARE[type(op)](_value(left, constants), _value(right, constants))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _value(body if _value(test, constants) else orelse, constants)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _CALLS:
            return _CALLS[name](*[_value(argument, constants) for argument in args])
    raise ValueError(f"`{ast.unparse(node)}` is not arithmetic over constants")


def evaluate_bound(bound: Bound, constants: Mapping[str, Any], place: Place) -> int:
    """The number that a bound stands for under these constants."""
    if isinstance(bound, int):
        return bound
    value = _evaluate(bound, constants, place)
    if type(value) is bool or not isinstance(value, int):
        raise _not_arithmetic(bound, place, ValueError(f"it is {value!r}, not an integer"))
    return value


def evaluate_condition(condition: str, constants: Mapping[str, Any], place: Place) -> bool:
    """Whether a condition over the constants holds."""
    return bool(_evaluate(condition, constants, place))


def evaluate_constant(text: str, constants: Mapping[str, Any], place: Place) -> Any:
    """The value of an expression over the constants; a name alone is a constant of any type."""
    return _evaluate(text, constants, place)


def _evaluate(text: str, constants: Mapping[str, Any], place: Place) -> Any:
    try:
        return _value(ast.parse(text, mode="eval").body, constants)
    except KeyError as error:
        name = error.args[0]
        raise SpecError(
            "bound/unknown-constant",
            f'"{text}" in {place.what} names `{name}`, which is no constant of the model',
            why="A bound is an integer, or an expression over the fields of the model class.",
            instead=suggestion(name, constants),
            at=place.where(),
        ) from None
    except (SyntaxError, ValueError, TypeError, ZeroDivisionError) as error:
        raise _not_arithmetic(text, place, error) from error


def _not_arithmetic(text: str, place: Place, error: Exception) -> SpecError:
    return SpecError(
        "bound/not-a-number",
        f'"{text}" in {place.what} has no value: {error}',
        why="A bound is an integer, or an expression over the fields of the model class.",
        instead='Write a number, a constant, or arithmetic over them: Between(0, "2 * nodes").',
        at=place.where(),
    )
