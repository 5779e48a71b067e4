"""The functions of a spec as syntax: where each stands, and what the names around it stand for.

A function is compiled from its source only if that is surely what Python runs: a plain function,
changed by no decorator that puts another one in its place.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
from collections.abc import Callable
from functools import lru_cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

from attrs import field, frozen

from checker.compile.faults import outside, unknown_name
from checker.compile.kinds import Given
from checker.lang import source
from checker.lang.errors import Location


@frozen
class Missing:
    """Stands for a name that nothing outside the function defines."""


MISSING = Missing()


@frozen(eq=False)
class Source:
    """A function: its definition, the class that it belongs to, and what type parameters stand for."""

    function: Any  # a FunctionType, which type checkers take for a method of this class
    file: str
    node: ast.FunctionDef
    owner: type[Any] | None
    given: Given
    places: dict[tuple[int, int, int], Location] = field(factory=dict)

    @property
    def title(self) -> str:
        """The function's name, with that of its class."""
        name = self.function.__name__
        return f"{self.owner.__name__}.{name}" if self.owner is not None else name

    def at(self, node: Any) -> Location:
        """Where a node of this function's file stands."""
        key = (node.lineno, node.col_offset, node.end_col_offset)
        found = self.places.get(key)
        if found is None:
            found = self.places[key] = source.at_node(self.file, node)
        return found

    def lookup(self, name: str) -> Any:
        """What a name outside the function's own stands for; MISSING where nothing defines it."""
        free = self.function.__code__.co_freevars
        if name in free and self.function.__closure__ is not None:
            try:
                return self.function.__closure__[free.index(name)].cell_contents
            except ValueError:
                return MISSING
        if name in self.function.__globals__:
            return self.function.__globals__[name]
        return getattr(builtins, name, MISSING)

    def static(self, node: ast.expr, locals: Any) -> Any:
        """The object that a name, or a path of attributes from one, stands for in Python itself.

        MISSING where it begins with a local, or is no such path.
        """
        if isinstance(node, ast.Name):
            return MISSING if node.id in locals else self.lookup(node.id)
        if isinstance(node, ast.Attribute):
            owner = self.static(node.value, locals)
            if isinstance(owner, type | ModuleType):
                return getattr(owner, node.attr, MISSING)
        return MISSING

    def evaluated(self, node: ast.expr) -> Any:
        """What an expression for a type stands for; the names are those outside the function."""
        code = compile(ast.Expression(node), self.file, "eval")
        names = {name: self.lookup(name) for name in code.co_names}
        missing = next((name for name, value in names.items() if value is MISSING), None)
        if missing is not None:
            raise unknown_name(missing, list(self.function.__globals__), self.at(node))
        return eval(code, {**names})  # noqa: S307 - the spec's own annotation


def plain(function: Any) -> FunctionType | None:
    """The function that a call runs: the thing itself, or what a cache stands before."""
    if type(function).__name__ == "_lru_cache_wrapper":
        function = function.__wrapped__
    if isinstance(function, FunctionType) and not hasattr(function, "__wrapped__"):
        return function
    return None


def read(function: Callable[..., Any], owner: type[Any] | None, given: Given, at: Location | None) -> Source:
    """The source of a function; an error, at the place that uses it, where there is none."""
    found = plain(function)
    name = getattr(function, "__name__", repr(function))
    if found is None:
        raise outside(
            "subset/decorated",
            f"`{name}` is not a plain function",
            "A decorator has put something else in its place, whose source says nothing about it.",
            "Leave the decorator out, or call the plain function.",
            at,
        )
    if inspect.isgeneratorfunction(found):
        raise outside(
            "subset/call",
            f"`{name}` is a generator",
            "It gives its items one by one while it runs; a function of a spec returns a value.",
            "Return a tuple or a frozenset of all items.",
            at,
        )
    definition = _definition(found)
    if definition is None:
        raise outside(
            "subset/no-source",
            f"the source of `{name}` cannot be read",
            "The compiler reads functions from the files that they are defined in with `def`, as they were "
            "when Python read them.",
            "Define it with `def` in the file of the spec, or in a module that it imports, and run again if "
            "the file has changed since.",
            at,
        )
    return Source(found, found.__code__.co_filename, definition, owner, given)


def _definition(function: FunctionType) -> ast.FunctionDef | None:
    code = function.__code__
    linecache.checkcache(code.co_filename)
    tree = source.module_tree(code.co_filename)
    if tree is not None and _codes(tree, code.co_filename).get((code.co_name, code.co_firstlineno)) != code:
        return None  # the file is no longer the one that Python runs
    if tree is None:
        return None
    return source.definitions(tree).get((code.co_name, code.co_firstlineno))


@lru_cache(maxsize=64)
def _codes(tree: ast.Module, file: str) -> dict[tuple[str, int], CodeType]:
    """What Python makes of every function of a file."""
    found: dict[tuple[str, int], CodeType] = {}
    waiting = [compile(tree, file, "exec", dont_inherit=True)]
    while waiting:
        for constant in waiting.pop().co_consts:
            if isinstance(constant, CodeType):
                found[constant.co_name, constant.co_firstlineno] = constant
                waiting.append(constant)
    return found
