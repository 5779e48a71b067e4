"""The symbolic evaluator: what each node of the IR means for values that depend on truth values.

`Machine.value` gives the symbolic value of an expression whose variables have symbolic values.  Where
evaluating it is stuck, it has none: under which condition that happens is gathered in `Machine.stuck`, and
whatever the value says there means nothing.  `Machine.path` is the condition under which the expression is
evaluated at all, so that a division behind a test for zero is never stuck.

The rows are in `scalars`, `collections` and `ranging`; a test fails while one is missing.  Models, states
and solvers are unknown here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from checker.ir.nodes import Expr
from checker.ir.program import Program
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit
from checker.symbolic.values import NOWHERE, Nowhere, Truth, Value

Environment = dict[str, Value]
Row = Callable[["Machine", Any, Environment], Value]


class Machine:
    """Evaluates the expressions of one program over one circuit."""

    def __init__(self, program: Program, circuit: Circuit, rows: dict[type[Any], Row]) -> None:
        self.circuit = circuit
        self.constants = {name: (kind, value) for name, kind, value in program.constants}
        self.functions = {function.name: function for function in program.functions}
        self.path: Lit = TRUE
        self.stuck: Lit = FALSE
        self._rows = rows
        self._called: dict[tuple[str, tuple[Value, ...]], tuple[Value, Lit]] = {}

    def value(self, node: Expr, env: Environment) -> Value:
        """The value of an expression; `NOWHERE` where nothing evaluates it."""
        if self.path == FALSE:
            return NOWHERE
        return self._rows[type(node)](self, node, env)

    def truth(self, node: Expr, env: Environment) -> Lit:
        """The condition under which an expression holds; false where it is stuck."""
        found = self.value(node, env)
        return found.lit if isinstance(found, Truth) else FALSE

    def under(self, condition: Lit, node: Expr, env: Environment) -> Value:
        """The value of an expression that is evaluated only where the condition holds."""
        with self.where(condition):
            return self.value(node, env)

    @contextmanager
    def where(self, condition: Lit) -> Iterator[None]:
        """What is evaluated here is evaluated only where the condition holds."""
        before = self.path
        self.path = self.circuit.both(before, condition)
        try:
            yield
        finally:
            self.path = before

    def fail(self, condition: Lit) -> None:
        """Note that the evaluation is stuck where the condition holds."""
        self.stuck = self.circuit.either(self.stuck, self.circuit.both(self.path, condition))

    def call(self, function: str, arguments: tuple[Value, ...]) -> Value:
        """What a function returns; the same call is evaluated once, for any path."""
        if any(isinstance(argument, Nowhere) for argument in arguments):
            return NOWHERE
        found = self._called.get((function, arguments))
        if found is None:
            definition = self.functions[function]
            names = [parameter.name for parameter in definition.parameters]
            found = self.alone(definition.body, dict(zip(names, arguments, strict=True)))
            self._called[function, arguments] = found
        self.fail(found[1])
        return found[0]

    def alone(self, node: Expr, env: Environment) -> tuple[Value, Lit]:
        """The value of an expression evaluated by itself, and where that is stuck."""
        path, stuck = self.path, self.stuck
        self.path, self.stuck = TRUE, FALSE
        try:
            return self.value(node, env), self.stuck
        finally:
            self.path, self.stuck = path, stuck
