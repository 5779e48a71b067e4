"""One function being compiled: what every handler of a statement or an expression works with.

The handlers are functions in modules of their own, one idea each; the table in `checker.compile.table`
says which class of syntax goes to which.  A handler for an expression gets the node, what is known at
its place (`Scope`), and the type that is wanted, if any; it may give a value of another type, and
`Body.fit` then sees that it fits.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from checker.compile import build
from checker.compile.faults import mismatch, outside, unassigned, unknown_name
from checker.compile.scope import SELF, Scope, Self
from checker.compile.sources import MISSING, Source
from checker.ir.nodes import INT, As, Expr, Is, Literal, Local
from checker.ir.typing import fits, joined, options
from checker.lang.errors import Location
from checker.lang.hints import Place
from checker.lang.types import (
    BoolType,
    EnumType,
    FiniteType,
    IntType,
    NoneType,
    RecordType,
    SeqType,
    UnionType,
)

if TYPE_CHECKING:
    from checker.compile.unit import Unit

Handler = Callable[["Body", Any, Scope, FiniteType | None], Expr]
"""Compiles an expression: the function it is in, the node, its place, the type wanted."""


class Names:
    """Names for what binds in one function: those of the source, numbered where they repeat."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def reserve(self, name: str) -> None:
        """Take a name as it is."""
        self._used.setdefault(name, 1)

    def fresh(self, name: str) -> str:
        """A name that nothing else in the function has."""
        name = name.strip("_") or "item"
        count = self._used.get(name, 0) + 1
        self._used[name] = count
        found = name if count == 1 else f"{name}_{count}"
        if count > 1 and found in self._used:
            return self.fresh(name)
        self._used.setdefault(found, 1)
        return found


@frozen(eq=False)
class Body:
    """A function of the source being compiled for arguments of certain types.

    `result` is the type that it returns, None where that is to be found out.
    """

    unit: Unit
    source: Source
    result: FiniteType | None
    names: Names = field(factory=Names)

    # -- places --

    def at(self, node: Any) -> Location:
        """Where a node stands."""
        return self.source.at(node)

    # -- expressions --

    def expr(self, node: ast.expr, scope: Scope, wanted: FiniteType | None = None) -> Expr:
        """The value of an expression, of the wanted type if that comes by itself."""
        handler = self.unit.expressions.get(type(node))
        if handler is None:
            raise outside(
                "subset/expression",
                f"this {_noun(node)} is outside the subset",
                "The compiler reads expressions that compute values of the language.",
                _INSTEAD.get(type(node), "Say it with what docs/python-subset.md lists."),
                self.at(node),
            )
        found = scope.view(handler(self, node, scope, wanted))
        return found if found.at is not None else evolve(found, at=self.at(node))

    def fit(self, node: ast.expr, scope: Scope, wanted: FiniteType) -> Expr:
        """The value of an expression at a type; an error where it does not fit."""
        return self.fitted(self.expr(node, scope, wanted), scope, wanted, self.at(node))

    def fitted(self, value: Expr, scope: Scope, wanted: FiniteType, at: Location | None) -> Expr:
        """A value at a type, with what is known of it; an error where it does not fit."""
        if not build.mutable(wanted):
            self.immutable(value, at)
        found = build.coerced(value, wanted)
        if found is None:
            found = self._narrowed(value, scope, wanted)
        if found is None:
            raise mismatch(value.type, wanted, at)
        return found

    def immutable(self, value: Expr, at: Location | None) -> Expr:
        """The value; an error if it is a list or a set of Python, which other values cannot hold."""
        if build.mutable(value.type):
            noun, instead = ("list", "tuple") if isinstance(value.type, SeqType) else ("set", "frozenset")
            raise outside(
                "subset/mutable",
                f"this is a {noun}, and a {instead} is needed here",
                f"A {noun} can be changed in place, and is not equal to the {instead} with the same content or "
                "cannot be part of a state.",
                f"Write {instead}(...) around it.",
                at,
            )
        return value

    def _narrowed(self, value: Expr, scope: Scope, wanted: FiniteType) -> Expr | None:
        """A value of a union whose remaining options all fit, although the whole union does not."""
        kinds = scope.possible(value)
        if not isinstance(value.type, UnionType) or not all(fits(kind, wanted) for kind in kinds):
            return None
        return self.cases(value, kinds, lambda option: build.sure(option, wanted))

    def cases(self, value: Expr, kinds: tuple[FiniteType, ...], each: Callable[[Expr], Expr]) -> Expr:
        """What is computed from a value of a union, option by option; the last one needs no test."""
        made = [each(As(value, type=kind, at=value.at)) for kind in kinds]
        found = made[-1]
        for kind, one in zip(reversed(kinds[:-1]), reversed(made[:-1]), strict=True):
            test = Is(value, kind, type=BoolType(), at=value.at)
            found = build.condition(test, one, found, value.at)
        return found

    def each_option(self, value: Expr, scope: Scope, each: Callable[[Expr], Expr]) -> Expr:
        """The same for all options that a value may belong to; the value itself if it is no union."""
        if not isinstance(value.type, UnionType):
            return each(value)
        kinds = scope.possible(value)
        if not kinds:
            return scope.view(value)
        return self.named(value, "value", lambda found: self.cases(found, kinds, each))

    def named(self, value: Expr, name: str, use: Callable[[Expr], Expr]) -> Expr:
        """What is computed from a value that is used more than once, and computed only once."""
        if build.simple(value):
            return use(value)
        found = self.names.fresh(name)
        return build.let(found, value, use(Local(found, type=value.type, at=value.at)))

    # -- truth and numbers --

    def truth(self, node: ast.expr, scope: Scope) -> Expr:
        """Whether Python takes the value of an expression for true."""
        return self.true(self.expr(node, scope), scope, node)

    def true(self, value: Expr, scope: Scope, node: ast.expr) -> Expr:
        """Whether Python takes a value for true."""
        found = build.truth(value, self.at(node))
        if found is not None:
            return found
        if isinstance(value.type, UnionType):
            return self.each_option(value, scope, lambda option: self.true(option, scope, node))
        always = isinstance(value.type, EnumType | RecordType) or not isinstance(value.type, NoneType)
        items = getattr(value.type, "items", None)
        return build.YES if always and items != () else build.NO

    def integer(self, node: ast.expr, scope: Scope) -> Expr:
        """An integer; a truth value counts as 0 or 1."""
        return self.as_integer(self.expr(node, scope, INT), scope, node)

    def as_integer(self, value: Expr, scope: Scope, node: ast.expr) -> Expr:
        """A value as an integer."""
        if isinstance(value.type, BoolType):
            return build.condition(value, build.number(1), build.number(0), self.at(node))
        if not isinstance(value.type, IntType):
            return self.fitted(value, scope, INT, self.at(node))
        return value

    # -- values and names --

    def literal(self, value: Any, node: ast.expr, wanted: FiniteType | None = None) -> Expr:
        """A value that the source names."""
        at = self.at(node)
        kind = self.unit.kinds.of_value(value, at)
        return Literal(value, type=kind, at=at)

    def variable(self, node: ast.Name, scope: Scope) -> Expr | Self | Any:
        """A local, SELF for the model, or the Python object that a name outside stands for."""
        known = scope.named(node.id)
        if known is not None:
            return known
        if node.id in scope.gone or node.id in self.unit.locals_of(self.source.node):
            raise unassigned(node.id, self.at(node))
        found = self.source.lookup(node.id)
        if found is MISSING:
            names = [*scope.names, *self.source.function.__globals__]
            raise unknown_name(node.id, names, self.at(node))
        return found

    def is_model(self, node: ast.expr, scope: Scope) -> bool:
        """Whether an expression is the model itself."""
        return isinstance(node, ast.Name) and scope.names.get(node.id) is SELF

    def bind(self, name: str, value: Expr, scope: Scope, use: Callable[[Scope], Expr]) -> Expr:
        """What follows an assignment."""
        if isinstance(value, Local | Literal) or (name == "_" and build.simple(value)):
            return use(scope.binding(name, value))
        fresh = self.names.fresh(name)
        body = use(scope.binding(name, Local(fresh, type=value.type, at=value.at)))
        return build.let(fresh, value, body)

    def join(self, values: list[FiniteType], at: Location | None) -> FiniteType:
        """The least type for values of several, which must be told apart."""
        found = joined(tuple(values))
        classes = [type(option) for option in options(found)]
        if BoolType in classes and IntType in classes:
            raise outside(
                "subset/type",
                "these are truth values and numbers at once",
                "Python takes True for 1, so such values could not be told apart.",
                "Write int(...) around the truth values.",
                at,
            )
        return found

    def hint(self, node: ast.expr, what: str) -> FiniteType | None:
        """The type that an annotation inside the function stands for."""
        place = Place(what, lambda: self.at(node))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node = ast.copy_location(ast.parse(node.value, mode="eval").body, node)
        return self.unit.kinds.of_hint(self.source.evaluated(node), self.source.given, place)


def _noun(node: ast.expr) -> str:
    return _NOUNS.get(type(node), f"expression ({type(node).__name__})")


_NOUNS: dict[type[ast.expr], str] = {
    ast.Lambda: "lambda",
    ast.JoinedStr: "formatted string",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.YieldFrom: "yield",
    ast.Dict: "dict",
    ast.DictComp: "dict",
    ast.Starred: "star",
    ast.Slice: "slice",
}
_INSTEAD: dict[type[ast.expr], str] = {
    ast.Lambda: "Write a function with `def` and a name; a lambda may only be the argument of Map.map.",
    ast.JoinedStr: "Use an Enum: the language has no strings.",
    ast.Dict: "Write Map({...}) around it.",
    ast.DictComp: "Write Map({...}) around it.",
    ast.Yield: "Return a tuple or a frozenset of all values.",
    ast.YieldFrom: "Return a tuple or a frozenset of all values.",
}
