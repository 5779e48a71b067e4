"""What the rows of the interpreter share: environments, and expressions without a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from checker.ir.nodes import Expr
from checker.lang.errors import Location

Environment = dict[str, Any]
"""The values of the names that are known."""

Evaluate = Callable[[Environment], Any]


class Stuck(Exception):
    """An expression has no value: Python would have raised there."""

    def __init__(self, reason: str, at: Location | None = None) -> None:
        super().__init__(f"{at}: {reason}" if at else reason)
        self.reason = reason
        self.at = at


class Coder(Protocol):
    """What a row asks of the machine."""

    constants: dict[str, Any]

    def code(self, node: Expr) -> Evaluate:
        """The function that evaluates an operand."""

    def function(self, name: str) -> Callable[..., Any]:
        """A function of the program."""


Row = Callable[[Coder, Any], Evaluate]


@contextmanager
def stuck_where(node: Expr, *errors: type[Exception]) -> Iterator[None]:
    """Be stuck where Python raises one of these."""
    try:
        yield
    except errors as error:
        raise Stuck(f"{type(error).__name__}: {error}", node.at) from None
