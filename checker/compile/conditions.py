"""Conditions, and what one knows where they hold and where they do not.

`isinstance`, comparisons with None, and the truth of a value that may be None tell to which options
of its union a value belongs; `and`, `or` and `not` combine what their parts tell.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from types import UnionType as PythonUnion
from typing import Any, Union, get_args, get_origin

from attrs import field, frozen

from checker.compile import build
from checker.compile.body import Body
from checker.compile.faults import outside
from checker.compile.scope import Facts, Scope, both, either, impossible, path
from checker.compile.sources import MISSING
from checker.ir.nodes import Expr
from checker.lang.types import (
    BagType,
    BoolType,
    EnumType,
    FiniteType,
    IntType,
    MapType,
    NoneType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    UnionType,
)
from checker.lang.values import Bag, Map


@frozen
class Condition:
    """A truth value, and the facts where it is true and where it is false."""

    value: Expr
    yes: Facts = field(factory=dict)
    no: Facts = field(factory=dict)
    raw: Expr | None = None
    """The value itself, where it is no truth value and only its truth was asked for."""


def condition(body: Body, node: ast.expr, scope: Scope) -> Condition:
    """An expression as a condition."""
    handler = _CONDITIONS.get(type(node))
    found = handler(body, node, scope) if handler is not None else None
    if found is None:
        return _plain(body, node, scope)
    if impossible(found.yes):
        return Condition(build.NO, found.yes, found.no) if _sure(found.value) else found
    return found


def _sure(value: Expr) -> bool:
    return value in (build.YES, build.NO)


def _plain(body: Body, node: ast.expr, scope: Scope) -> Condition:
    """Any other expression; the truth of a value that may be None tells that it is not."""
    value = body.expr(node, scope)
    test = body.true(value, scope, node)
    where = path(value)
    if isinstance(value.type, UnionType) and where is not None:
        kept = tuple(kind for kind in scope.possible(value) if not isinstance(kind, NoneType))
        return Condition(test, {where: kept}, {}, value)
    return Condition(test, raw=None if isinstance(value.type, BoolType) else value)


def _junction(body: Body, node: ast.BoolOp, scope: Scope) -> Condition:
    """`and` and `or`: each part is asked only where those before it have not decided."""
    conjunction = isinstance(node.op, ast.And)
    found: list[Condition] = []
    passed: Facts = {}  # what is known where all parts so far have not decided
    stopped: Facts | None = None  # what is known where one has
    for part in node.values:
        here = condition(body, part, scope)
        found.append(here)
        go, stop = (here.yes, here.no) if conjunction else (here.no, here.yes)
        before = both(passed, stop)
        stopped = before if stopped is None else either(stopped, before)
        passed = both(passed, go)
        scope = scope.inner().knowing(go)
        if here.value == (build.NO if conjunction else build.YES):
            break
    at = body.at(node)
    raw = (
        _chosen(body, found, conjunction, scope, node) if any(one.raw is not None for one in found) else None
    )
    values = [one.value for one in found]
    if conjunction:
        return Condition(build.conjunction(values, at), passed, stopped or {}, raw)
    return Condition(build.disjunction(values, at), stopped or {}, passed, raw)


def _chosen(body: Body, parts: list[Condition], conjunction: bool, scope: Scope, node: ast.BoolOp) -> Expr:
    """The value of `and` or `or` between values that are no truth values: that of the deciding part."""
    values = [part.value if part.raw is None else part.raw for part in parts]
    found = values[-1]
    for value in reversed(values[:-1]):
        found = _decided(body, value, found, conjunction, scope, node)
    return found


def _decided(body: Body, value: Expr, rest: Expr, conjunction: bool, scope: Scope, node: ast.BoolOp) -> Expr:
    def one(option: Expr) -> Expr:
        test = body.true(option, scope, node)
        then, other = (rest, option) if conjunction else (option, rest)
        return build.condition(test, then, other, body.at(node))

    return body.named(value, "value", lambda found: body.each_option(found, Scope({}), one))


def _negation(body: Body, node: ast.UnaryOp, scope: Scope) -> Condition | None:
    if not isinstance(node.op, ast.Not):
        return None
    inner = condition(body, node.operand, scope)
    return Condition(build.negation(inner.value, body.at(node)), inner.no, inner.yes)


def _comparison(body: Body, node: ast.Compare, scope: Scope) -> Condition | None:
    """`x is None`, `x == None`, and their negations."""
    right = node.comparators[0]
    if len(node.ops) > 1 or not isinstance(node.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
        return None
    if not (isinstance(right, ast.Constant) and right.value is None):
        return None
    value = body.expr(node.left, scope)
    found = among(body, value, scope, lambda kind: isinstance(kind, NoneType), node)
    if isinstance(node.ops[0], ast.Is | ast.Eq):
        return found
    return Condition(build.negation(found.value, body.at(node)), found.no, found.yes)


def among(
    body: Body, value: Expr, scope: Scope, wanted: Callable[[FiniteType], bool], node: ast.AST
) -> Condition:
    """Whether a value belongs to those options of its union that are wanted."""
    kinds = tuple(kind for kind in scope.possible(value) if not body.unit.kinds.empty(kind))
    yes = tuple(kind for kind in kinds if wanted(kind))
    no = tuple(kind for kind in kinds if not wanted(kind))
    where = path(value)
    test = build.YES if not no else build.NO if not yes else _shorter(value, yes, no, body.at(node))
    if not build.simple(value) and test in (build.YES, build.NO):
        test = body.named(value, "value", lambda _: test)
    if where is None or not isinstance(value.type, UnionType):
        return Condition(test)
    return Condition(test, {where: yes}, {where: no})


def _shorter(value: Expr, yes: tuple[FiniteType, ...], no: tuple[FiniteType, ...], at: Any) -> Expr:
    """The test for some options, or the negation of that for the others."""
    if len(yes) <= len(no):
        return build.belongs(value, yes, at)
    return build.negation(build.belongs(value, no, at), at)


def _call(body: Body, node: ast.Call, scope: Scope) -> Condition | None:
    """`isinstance(value, classes)`."""
    if body.source.static(node.func, scope.names) is not isinstance:
        return None
    if len(node.args) != 2 or node.keywords:
        return None
    classes = classes_of(body, node.args[1], scope)
    value = body.expr(node.args[0], scope)
    return among(body, value, scope, lambda kind: any(is_of(kind, cls) for cls in classes), node)


def classes_of(body: Body, node: ast.expr, scope: Scope) -> tuple[Any, ...]:
    """The classes that the second argument of isinstance names: one, a tuple, a union of them."""
    if isinstance(node, ast.Tuple):
        return tuple(cls for part in node.elts for cls in classes_of(body, part, scope))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return (*classes_of(body, node.left, scope), *classes_of(body, node.right, scope))
    if isinstance(node, ast.Constant) and node.value is None:
        return (type(None),)
    found = body.source.static(node, scope.names)
    classes = _flat(found)
    if found is MISSING or not all(isinstance(cls, type) for cls in classes):
        raise outside(
            "subset/call",
            "isinstance asks for something that is no class",
            "Which class is asked for must be known before the model runs.",
            "Name a class, several in a tuple, or a union of classes.",
            body.at(node),
        )
    return classes


def _flat(found: Any) -> tuple[Any, ...]:
    if isinstance(found, tuple):
        return tuple(cls for part in found for cls in _flat(part))
    if isinstance(found, PythonUnion) or get_origin(found) is Union:
        return tuple(cls for part in get_args(found) for cls in _flat(part))
    return (get_origin(found) or found,)


_PYTHON: dict[type[Any], type[Any]] = {
    BoolType: bool,
    IntType: int,
    NoneType: type(None),
    TupleType: tuple,
    SeqType: tuple,
    SetType: frozenset,
    MapType: Map,
    BagType: Bag,
}


def is_of(kind: FiniteType, cls: type[Any]) -> bool:
    """Whether values of a type, no union, are instances of a Python class."""
    if isinstance(kind, RecordType | EnumType | SortType):
        return issubclass(kind.cls, cls)
    return issubclass(_PYTHON[type(kind)], cls)


_CONDITIONS: dict[type[ast.expr], Callable[[Body, Any, Scope], Condition | None]] = {
    ast.BoolOp: _junction,
    ast.UnaryOp: _negation,
    ast.Compare: _comparison,
    ast.Call: _call,
}
