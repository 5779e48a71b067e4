"""C functions as text: a definition, what it is called, and whether it may escape.

Knows how a C function is written down, and nothing of types or operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from textwrap import indent

from attrs import frozen

LONGEST_LINE = 100


@frozen
class Definition:
    """A named piece of C; `escapes`: a function that takes the worker first, and may not return."""

    name: str
    text: str
    escapes: bool = False


Rows = dict[tuple[str, str], Callable[..., Definition]]
"""What writes an operation, by its name and the representation of its first type."""


def function(
    name: str,
    result: str,
    parameters: Sequence[str],
    body: str | Iterable[str],
    *,
    escapes: bool = False,
) -> Definition:
    """A small `static inline` function; parameters that the body leaves aside may stay unused."""
    lines = body if isinstance(body, str) else "\n".join(body)
    given = ["Worker *w", *parameters] if escapes else list(parameters)
    head = signature(f"static inline {result} {name}".replace("* ", "*"), given)
    return Definition(name, f"{head}\n{{\n{indent(lines.strip(chr(10)), '    ')}\n}}\n", escapes)


def signature(start: str, parameters: Sequence[str]) -> str:
    """The head of a function, on several lines where one would be too long."""
    line = f"{start}({', '.join(parameters) or 'void'})"
    if len(line) <= LONGEST_LINE:
        return line
    return f"{start}(\n    " + ",\n    ".join(parameters) + ")"


def block(head: str, body: str | Iterable[str]) -> str:
    """A statement with a body in braces."""
    lines = body if isinstance(body, str) else "\n".join(body)
    return f"{head} {{\n{indent(lines, '    ')}\n}}"


def cases(on: str, rows: Iterable[tuple[str, str]]) -> str:
    """A switch over some labels, with a statement that returns or a block for each."""
    inner = "\n".join(f"case {label}:\n{indent(statement, '    ')}" for label, statement in rows)
    return f"switch ({on}) {{\n{inner}\n}}" if inner else ""


def wrapped(items: Iterable[str], width: int = 92) -> str:
    """Items separated by commas, as many on a line as fit."""
    lines, line = [], ""
    for item in items:
        if line and len(line) + len(item) + 2 > width:
            lines.append(line + ",")
            line = item
        else:
            line = f"{line}, {item}" if line else item
    return "\n".join([*lines, line] if line else lines)
