"""A model being compiled: its types, its functions, and the tables of handlers.

Functions are compiled when something first calls them, so callees come before callers.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from checker.compile.body import Body, Handler
from checker.compile.faults import outside
from checker.compile.flow import Flow, Statement, block, returned
from checker.compile.instances import declared
from checker.compile.kinds import Kinds
from checker.compile.meet import assigned
from checker.compile.scope import Bound, Scope, Self
from checker.compile.sources import MISSING, Source, read
from checker.compile.tidy import unique
from checker.ir.nodes import INT, Expr, Local
from checker.ir.program import Function, Variable
from checker.ir.walk import everything
from checker.lang import source as places
from checker.lang.declarations import Declaration
from checker.lang.errors import Location
from checker.lang.hints import Place, field_hints, function_hints, type_arguments
from checker.lang.model import resolver
from checker.lang.types import FiniteType, IntType


class Unit:
    """One model, with everything that is known while it is compiled."""

    def __init__(
        self,
        declaration: Declaration,
        expressions: Mapping[type[ast.expr], Handler],
        statements: Mapping[type[ast.stmt], Statement],
    ):
        self.model = declaration.model
        self.kinds = Kinds(resolver(declaration.model))
        self.constants = {c.name: c.type for c in declaration.constants}
        self.expressions = expressions
        self.statements = statements
        self.functions: list[Function] = []
        self.files: dict[str, None] = {}
        self._names: set[str] = set()
        self._instances: dict[Any, Function] = {}
        self._open: list[tuple[Any, Source]] = []
        self._sources: dict[Any, Source] = {}
        self._hints: dict[Any, dict[str, Any]] = {}
        self._locals: dict[ast.FunctionDef, frozenset[str]] = {}

    # -- the source --

    def source(self, function: Callable[..., Any], owner: type[Any] | None, at: Location | None) -> Source:
        """The source of a function that belongs to a class, or to none."""
        key = (function, owner)
        if key not in self._sources:
            given = type_arguments(type(self.model), owner) if owner in type(self.model).__mro__ else {}
            self._sources[key] = read(function, owner, given, at)
            self.files[self._sources[key].file] = None
        return self._sources[key]

    def hints(self, source: Source) -> dict[str, Any]:
        """The annotations of a function."""
        if source.function not in self._hints:
            self._hints[source.function] = function_hints(source.function)
        return self._hints[source.function]

    def locals_of(self, node: ast.FunctionDef) -> frozenset[str]:
        """The names that a function gives values to, its parameters aside."""
        if node not in self._locals:
            comprehended = {
                name.id
                for inner in ast.walk(node)
                if isinstance(inner, ast.comprehension)
                for name in ast.walk(inner.target)
                if isinstance(name, ast.Name)
            }
            self._locals[node] = frozenset(assigned(node.body)) - comprehended
        return self._locals[node]

    def attribute(self, name: str) -> Any:
        """What the model's class has under a name that is no constant."""
        for owner in type(self.model).__mro__:
            if name in vars(owner):
                return vars(owner)[name]
        return MISSING

    def field_type(self, cls: type[Any], name: str) -> FiniteType | None:
        """The type of a field of a generic record, where it names no type parameter."""
        place = Place(f"field `{name}` of `{cls.__name__}`", lambda: places.at_field(cls, name))
        return self.kinds.of_hint(field_hints(cls)[name], {}, place)

    # -- functions --

    def fresh_name(self, base: str, owner: type[Any] | None = None) -> str:
        """A name that no other function of the program has."""
        found = base
        if found in self._names and owner is not None:
            found = f"{owner.__name__}_{base}"
        number = 2
        while found in self._names:
            found = f"{base}_{number}"
            number += 1
        self._names.add(found)
        return found

    def instance(self, source: Source, arguments: Mapping[str, Bound], at: Location | None) -> Function:
        """A function compiled for arguments of these types."""
        kinds = {
            name: self.kinds.interned(INT if isinstance(value.type, IntType) else value.type)
            for name, value in arguments.items()
            if not isinstance(value, Self)
        }
        key = (source.function, source.owner, tuple((name, id(kind)) for name, kind in kinds.items()))
        if key not in self._instances:
            if any(other == key for other, _ in self._open):
                raise _recursion(source, [one for _, one in self._open], at)
            self._open.append((key, source))
            self._instances[key] = self._compiled(source, arguments, kinds)
            self._open.pop()
        return self._instances[key]

    def _compiled(
        self, source: Source, arguments: Mapping[str, Bound], kinds: Mapping[str, FiniteType]
    ) -> Function:
        body = Body(self, source, declared(self, source, "return"))
        names: dict[str, Bound] = {}
        parameters = []
        for name, value in arguments.items():
            if isinstance(value, Self):
                names[name] = value
                continue
            variable = Variable(body.names.fresh(name), kinds[name])
            parameters.append(variable)
            names[name] = Local(variable.name, type=variable.type)
        at = places.at_function(source.function)
        value = self.finished(whole(body, Scope(names), at), [one.name for one in parameters])
        name = self.fresh_name(source.function.__name__.strip("_") or "function", source.owner)
        doc = (ast.get_docstring(source.node) or "").partition("\n")[0]
        function = Function(name, tuple(parameters), value, source.title, doc, at)
        self.functions.append(function)
        return function

    def finished(self, body: Expr, parameters: list[str]) -> Expr:
        """A compiled body with names that are bound once; an error where a value is a truth value on
        some ways and a number on others, which Python would take for equal."""
        for node in everything(body):
            if self.kinds.mixed(node.type):
                raise outside(
                    "subset/type",
                    "this is a truth value on some ways and a number on others",
                    "Python takes True for 1, so such values could not be told apart.",
                    "Write int(...) around the truth values.",
                    node.at,
                )
        return unique(body, parameters)


def whole(body: Body, scope: Scope, at: Location | None) -> Expr:
    """The value of a function's whole body."""
    flow = Flow(lambda scope: returned(body, scope, None), lambda scope, value: value)
    try:
        found = block(body, body.source.node.body, scope, flow)
    except RecursionError:
        raise outside(
            "subset/too-long",
            f"`{body.source.title}` is too long, or too deep",
            "Each statement is compiled inside the one before it.",
            "Split it into several functions.",
            at,
        ) from None  # a thousand frames tell nothing
    return found if body.result is None else body.fitted(found, scope, body.result, at)


def _recursion(source: Source, open_: list[Source], at: Location | None) -> Exception:
    chain = " calls ".join(f"`{one.title}`" for one in [*open_[open_.index(source) :], source])
    return outside(
        "subset/recursion",
        f"`{source.title}` calls itself",
        f"{chain}. How often a function calls itself cannot be bounded beforehand.",
        "Write a `for` over a range that is long enough.",
        at,
    )
