"""Calls: what stands before the parentheses decides who compiles them."""

from __future__ import annotations

import ast
from enum import Enum
from types import FunctionType
from typing import Any, get_origin

import attrs

from checker.compile.body import Body
from checker.compile.builtins import FUNCTIONS
from checker.compile.faults import outside, unknown_name
from checker.compile.instances import call_function, call_method, call_record
from checker.compile.methods import METHODS, method
from checker.compile.records import make, own_attribute
from checker.compile.scope import Scope
from checker.compile.sources import MISSING, plain
from checker.ir.nodes import Every, Expr
from checker.lang.hints import Place
from checker.lang.model import Universe
from checker.lang.types import FiniteType, RecordType, SetType
from checker.lang.values import Sort


def call(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """A call of anything."""
    function = node.func
    if isinstance(function, ast.Attribute) and body.is_model(function.value, scope):
        if function.attr == "every" and type(body.unit.model).every is Universe.every:
            return _every(body, node, scope)
        return call_method(body, function.attr, node, scope)
    if isinstance(function, ast.Attribute) and _is_super(function.value):
        return call_method(body, function.attr, node, scope, after=body.source.owner)
    found = body.source.static(_bare(function), scope.names)
    if found is not MISSING:
        return _static(body, found, node, scope, wanted)
    if isinstance(function, ast.Attribute):
        if isinstance(body.source.static(function.value, scope.names), type):
            raise unknown_name(ast.unparse(function), [], body.at(function))
        return _method(body, node, function, scope, wanted)
    if isinstance(function, ast.Name) and scope.named(function.id) is None:
        body.variable(function, scope)
    raise outside(
        "subset/call",
        f"`{ast.unparse(function)}` is a value, and cannot be called",
        "Which function is called must be known before the model runs.",
        "Call a function by its name.",
        body.at(function),
    )


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _bare(node: ast.expr) -> ast.expr:
    """`Packet` of `Packet[N, M]`."""
    return node.value if isinstance(node, ast.Subscript) else node


def _every(body: Body, node: ast.Call, scope: Scope) -> Expr:
    """`self.every(X)`: all values of a type."""
    if len(node.args) != 1 or node.keywords:
        raise outside("subset/arguments", "every takes one type", "It gives the set of all values of that type.",
                      "Write self.every(Node).", body.at(node))  # fmt: skip
    place = Place(f"`every({ast.unparse(node.args[0])})`", lambda: body.at(node.args[0]))
    hint = body.source.evaluated(node.args[0])
    kind = body.unit.kinds.of_hint(hint, body.source.given, place, bounded=True)
    if kind is None:
        raise outside("subset/needs-type", "it is not known what this type parameter stands for",
                      "All values of a type can only be given for a type that is known.",
                      "Name the type.", body.at(node.args[0]))  # fmt: skip
    return Every(type=SetType(kind), at=body.at(node))


def _static(body: Body, found: Any, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """A call of what the source names outside of functions."""
    handler = FUNCTIONS.get(found) if _hashable(found) else None
    if handler is not None:
        return handler(body, node, scope, wanted)
    if isinstance(found, type) and attrs.has(found):
        hint = body.source.evaluated(node.func) if isinstance(node.func, ast.Subscript) else found
        return make(body, found, hint, node, scope, wanted)
    origin = get_origin(found)
    if isinstance(origin, type) and attrs.has(origin):
        return make(body, origin, found, node, scope, wanted)
    if isinstance(found, type) and issubclass(found, Sort):
        raise outside(
            "subset/identity",
            f"this names one member of the sort `{found.__name__}`",
            "Identities are exchangeable: a model that singles one out is not symmetric.",
            "Let a parameter of an action choose one, or keep it in the state.",
            body.at(node),
        )
    ours = str(getattr(found, "__module__", "")).startswith("checker.lang.")
    if not ours and (isinstance(found, FunctionType) or plain(found) is not None):
        return call_function(body, found, node, scope)
    raise _unknown(body, found, node)


def _hashable(found: Any) -> bool:
    return getattr(type(found), "__hash__", None) is not None and not isinstance(found, tuple | frozenset)


def _unknown(body: Body, found: Any, node: ast.Call) -> Exception:
    name = ast.unparse(node.func)
    advice = _ADVICE.get(name, "Write a function of your own, with what docs/python-subset.md lists.")
    if isinstance(found, type) and issubclass(found, Enum):
        advice = "Name the member: Phase.WORKING."
    return outside(
        "subset/call",
        f"`{name}` is outside the subset",
        "The compiler reads the functions of the spec, and knows a list of Python's own.",
        advice,
        body.at(node.func),
    )


_ADVICE = {
    "dict": "Write Map({...}).",
    "print": "Leave it out: a spec only computes.",
    "map": "Write a comprehension: tuple(f(x) for x in xs).",
    "filter": "Write a comprehension: tuple(x for x in xs if p(x)).",
    "str": "Use an Enum: the language has no strings.",
    "getattr": "Read the field with a dot.",
    "hash": "Compare values with ==.",
    "iter": "Write a comprehension, or a `for`.",
    "round": "Use `//` between integers.",
    "divmod": "Write a // b and a % b.",
    "pow": "Write a ** b.",
}


def _method(
    body: Body, node: ast.Call, function: ast.Attribute, scope: Scope, wanted: FiniteType | None
) -> Expr:
    """A method of a value."""
    owner = body.expr(function.value, scope)
    kinds = scope.possible(owner)
    having = tuple(k for k in kinds if (type(k), function.attr) in METHODS or _of_record(k, function.attr))
    if not having:
        return method(body, owner, node, function, scope, wanted)

    def one(option: Expr) -> Expr:
        found = _of_record(option.type, function.attr)
        if isinstance(option.type, RecordType) and found is not None:
            return call_record(body, option, found, node, scope)
        return method(body, option, node, function, scope, wanted)

    if not hasattr(owner.type, "options"):
        return one(owner)
    return body.named(owner, "value", lambda found: body.cases(found, having, one))


def _of_record(kind: FiniteType, name: str) -> FunctionType | None:
    found = own_attribute(kind.cls, name) if isinstance(kind, RecordType) else None
    return found if isinstance(found, FunctionType) else None
