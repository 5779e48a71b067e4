"""Calls of the spec's own functions, methods of the model, and methods of records.

Each function is compiled once for each choice of types that it is called with: those that it declares,
and those of the arguments where it declares none.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

from attrs import frozen

from checker.compile.body import Body
from checker.compile.faults import outside, unknown_field
from checker.compile.records import Given
from checker.compile.scope import SELF, Bound, Scope, Self
from checker.compile.sources import MISSING, Source
from checker.ir.nodes import INT, Call, Expr, Stuck
from checker.lang.hints import Place
from checker.lang.types import NOTHING, FiniteType, IntType


@frozen
class Target:
    """What is called: a function, where it stands, and what its first parameter is, if that is given."""

    source: Source
    me: Bound | None = None


def call_method(body: Body, name: str, node: ast.expr, scope: Scope, after: type[Any] | None = None) -> Expr:
    """A method of the model, the one that Python finds; after a class, for `super()`."""
    order = type(body.unit.model).__mro__
    if after is not None:
        order = order[order.index(after) + 1 :]
    for owner in order:
        found = vars(owner).get(name, MISSING)
        if found is MISSING:
            continue
        me: Bound | None = SELF
        if isinstance(found, staticmethod):
            found, me = found.__func__, None
        elif isinstance(found, property):
            found = found.fget
        elif isinstance(found, classmethod):
            raise outside("subset/call", f"`{name}` is a class method", "A model's methods are those of an instance.",
                          "Leave out @classmethod.", body.at(node))  # fmt: skip
        return call(body, Target(body.unit.source(found, owner, body.at(node)), me), node, scope)
    known = [n for n in dir(type(body.unit.model)) if not n.startswith("_")]
    raise unknown_field(name, type(body.unit.model).__name__, known, body.at(node))


def call_record(body: Body, record: Expr, function: Any, node: ast.expr, scope: Scope) -> Expr:
    """A method or property of a record."""
    owner = getattr(record.type, "cls", None)
    return call(body, Target(body.unit.source(function, owner, body.at(node)), record), node, scope)


def call_function(body: Body, function: Callable[..., Any], node: ast.expr, scope: Scope) -> Expr:
    """A plain function."""
    return call(body, Target(body.unit.source(function, None, body.at(node))), node, scope)


def call(body: Body, target: Target, node: ast.expr, scope: Scope) -> Expr:
    """A call with the arguments that stand at its place."""
    given = Given.of(body, node) if isinstance(node, ast.Call) else Given((), {})
    return _called(body, target, _arguments(body, target, given, node, scope), node)


def call_values(body: Body, target: Target, values: list[Bound]) -> Expr:
    """A call with arguments that are compiled already, at the types that parameters declare."""
    node = target.source.node
    places = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    arguments: dict[str, Bound] = {}
    for name, value in zip(places, values, strict=True):
        kind = None if isinstance(value, Self) else declared(body.unit, target.source, name)
        arguments[name] = value
        if isinstance(value, Expr) and kind is not None:
            arguments[name] = body.fitted(value, Scope({}), kind, value.at)
    return _called(body, target, arguments, node)


def _called(body: Body, target: Target, arguments: dict[str, Bound], node: Any) -> Expr:
    values = [value for value in arguments.values() if isinstance(value, Expr)]
    if any(body.unit.kinds.empty(value.type) for value in values):
        return Stuck("there is no such value", type=NOTHING, at=body.at(node))
    function = body.unit.instance(target.source, arguments, body.at(node))
    return Call(function.name, tuple(values), type=function.body.type, at=body.at(node))


def _arguments(body: Body, target: Target, given: Given, node: ast.expr, scope: Scope) -> dict[str, Bound]:
    """What each parameter gets, at the type that it declares."""
    places, names, defaults = _parameters(body, target.source, node)
    found: dict[str, Bound] = {}
    if target.me is not None and places:
        found[places[0]] = target.me
        places = places[1:]
    if len(given.places) > len(places):
        raise _wrong(body, target, f"takes {len(places)} arguments, and {len(given.places)} are given", node)
    written = dict(zip(places, given.places, strict=False))
    for name, value in given.names.items():
        if name not in (*places, *names):
            raise _wrong(body, target, f"has no parameter `{name}`", value)
        written[name] = value
    for name in (*places, *names):
        if name in written:
            found[name] = _argument(body, target, name, written[name], scope)
        elif name in defaults:
            found[name] = body.literal(defaults[name], node)
        else:
            raise _wrong(body, target, f"gets no value for `{name}`", node)
    order = [*found]
    return {name: found[name] for name in order}


def _parameters(body: Body, source: Source, node: ast.expr) -> tuple[list[str], list[str], dict[str, Any]]:
    """The names of parameters that are given by place and by name alone, and the defaults."""
    places: list[str] = []
    names: list[str] = []
    defaults: dict[str, Any] = {}
    for parameter in inspect.signature(source.function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise outside(
                "subset/arguments",
                f"`{source.title}` takes any number of arguments",
                "Each parameter of a function has one type.",
                "Pass a tuple or a frozenset.",
                body.at(node),
            )
        (names if parameter.kind is parameter.KEYWORD_ONLY else places).append(parameter.name)
        if parameter.default is not parameter.empty:
            defaults[parameter.name] = parameter.default
    return places, names, defaults


def _argument(body: Body, target: Target, name: str, node: ast.expr, scope: Scope) -> Bound:
    if body.is_model(node, scope):
        return SELF
    kind = parameter_type(body, target.source, name)
    if kind is None:
        return scope.view(body.expr(node, scope))
    if isinstance(kind, IntType):
        return body.fit(node, scope, INT)
    return body.fit(node, scope, kind)


def parameter_type(body: Body, source: Source, name: str) -> FiniteType | None:
    """The type that a parameter declares (or the result: "return"); None where it declares none."""
    return declared(body.unit, source, name)


def declared(unit: Any, source: Source, name: str) -> FiniteType | None:
    """The type that a function declares for a parameter, or for its result ("return")."""
    hints = unit.hints(source)
    if name not in hints:
        return None
    what = "the result" if name == "return" else f"parameter `{name}`"
    place = Place(f"{what} of `{source.title}`", lambda: _where(source, name))
    found = unit.kinds.of_hint(hints[name], source.given, place)
    return INT if isinstance(found, IntType) else found


def _where(source: Source, name: str) -> Any:
    from checker.lang import source as places

    return (
        places.at_returns(source.function) if name == "return" else places.at_parameter(source.function, name)
    )


def _wrong(body: Body, target: Target, what: str, node: ast.expr) -> Exception:
    return outside(
        "subset/arguments",
        f"`{target.source.title}` {what}",
        "A call gives each parameter one argument.",
        f"It is defined as def {target.source.function.__name__}{inspect.signature(target.source.function)}.",
        body.at(node),
    )
