"""The interpreter of expressions: what each node of the IR means, over Python's own values.

`Machine` turns an expression into a function from an environment (names to values) to its value, or
raises `Stuck` where it has none.  Names are unique within a function, so each call has one environment
in which binders simply write.  Plainness is the rule: this is the definition that the other backends of
the IR are held to.  The rows are in `checker.interpret.scalars`, `collections` and `ranging`; models,
states and searches are unknown here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.interpret.collections import COLLECTIONS
from checker.interpret.ranging import RANGING
from checker.interpret.scalars import SCALARS
from checker.interpret.stuck import Environment, Evaluate, Row
from checker.ir.nodes import Expr
from checker.ir.program import Program

ROWS: dict[type[Any], Row] = {**SCALARS, **COLLECTIONS, **RANGING}
"""One row for each class of expression; a test fails while one is missing."""


class Machine:
    """Evaluates the expressions of one program."""

    def __init__(self, program: Program) -> None:
        self.constants = {name: value for name, _, value in program.constants}
        self._functions = {function.name: function for function in program.functions}
        self._compiled: dict[str, Callable[..., Any]] = {}

    def code(self, node: Expr) -> Evaluate:
        """The function that evaluates an expression."""
        return ROWS[type(node)](self, node)

    def function(self, name: str) -> Callable[..., Any]:
        """A function of the program, to be called with the values of its parameters."""
        found = self._compiled.get(name)
        if found is None:
            definition = self._functions[name]
            body = self.code(definition.body)
            names = [parameter.name for parameter in definition.parameters]
            found = self._compiled[name] = lambda *values: body(dict(zip(names, values, strict=True)))
        return found

    def value(self, node: Expr, environment: Environment) -> Any:
        """The value of an expression where these names are known."""
        return self.code(node)(dict(environment))
