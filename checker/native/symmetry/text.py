"""Functions of C as symmetry writes them: one statement a line, long lines broken where they may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checker.native.layout.function import LONGEST_LINE, Definition, function

INSIDE = 12
"""Columns left of what is written here: the body of a function, and a loop or two."""


def definition(name: str, result: str, parameters: Sequence[str], lines: Iterable[str]) -> Definition:
    """A function with such a body."""
    body = [part for line in "\n".join(lines).split("\n") for part in folded(line)]
    return function(name, result, parameters, body)


def folded(line: str) -> list[str]:
    """A line that is too long, broken where its parentheses are fewest, as late as possible."""
    indent = len(line) - len(line.lstrip())
    lines = []
    while len(line) > LONGEST_LINE - INSIDE and (place := _break(line, indent + 8)):
        lines.append(line[:place].rstrip())
        line = " " * (indent + 4) + line[place:]
    return [*lines, line]


def _break(line: str, after: int) -> int:
    """Where to break a line; 0 for nowhere."""
    depth, best, fewest = 0, 0, len(line)
    for place, letter in enumerate(line[: LONGEST_LINE - INSIDE]):
        depth += (letter in "([{") - (letter in ")]}")
        breaks = line.startswith(("| ", "&& "), place) or line[:place].endswith(", ")
        if breaks and place > after and depth <= fewest:
            best, fewest = place, depth
    return best
