"""The steps of a trace as text: per step the action with its parameters, and only what changed.

    0  an initial state
         phase     {rm1: WORKING, rm2: WORKING}
         sent      {}
    1  rm_prepares(rm1)
         phase[rm1]   WORKING → PREPARED
         sent         +Prepared(rm1)

Changes under one part of the state are nested under their common prefix.  Lines are `Line`s, which
carry styles that a terminal may show.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import attrs
from attrs import field, frozen

from checker.lang.values import Map
from checker.result.show import call, show
from checker.result.trace import ABSENT, Change, Step, changes


@frozen
class Line:
    """One line of a report, in pieces of (text, style)."""

    pieces: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The line without its styles."""
        return "".join(text for text, _ in self.pieces)


def line(text: str = "", style: str = "") -> Line:
    """A line in one style."""
    return Line(((text, style),))


def wrapped(text: str, width: int, indent: int = 0, style: str = "", hang: int = 2) -> list[Line]:
    """A text as lines of at most `width`, indented, with its rest hanging further in.

    Spaces at the beginning of the text count as indentation.
    """
    bare = text.lstrip(" ")
    indent += len(text) - len(bare)
    return [
        line(piece, style)
        for piece in textwrap.wrap(
            bare,
            width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hang),
            break_long_words=False,
            break_on_hyphens=False,
        )
    ]


START = "an initial state"


def step_lines(number: int, step: Step, before: Step | None, width: int, start: str = START) -> list[Line]:
    """One step: its action, and what it changed; the whole state for the first."""
    head = start if step.action is None else call(step.action, step.arguments)
    prefix = f"{number:>4}  "
    first, *rest = wrapped(head, width, len(prefix), "bold") or [line()]
    lines = [Line(((prefix, "dim"), (first.text.lstrip(), "bold"))), *rest]
    if before is None:
        return [*lines, *parts_lines(step.state, width, 9)]
    found = changes(before.state, step.state)
    if not found:
        return [*lines, line(" " * 9 + "nothing changes", "dim")]
    return [*lines, *change_lines(found, width, 9)]


# -- whole states --


def parts_lines(value: Any, width: int, indent: int) -> list[Line]:
    """A record or a map, part by part."""
    return _value_lines(_parts(value), width, indent)


def _value_lines(parts: Sequence[tuple[str, Any]], width: int, indent: int) -> list[Line]:
    """Named values: each on one line if it fits, otherwise taken apart."""
    lines: list[Line] = []
    rows: list[tuple[str, list[tuple[str, str]]]] = []
    column = max((len(name) for name, _ in parts), default=0) + 2
    for name, value in parts:
        text, below = show(value), _parts(value)
        if below and indent + column + len(text) > width:
            lines += [*_columns(rows, indent, width), line(" " * indent + name)]
            lines += _value_lines(below, width, indent + 2)
            rows = []
        else:
            rows.append((name, [(text, "")]))
    return [*lines, *_columns(rows, indent, width)]


def _parts(value: Any) -> list[tuple[str, Any]]:
    """What a record or a map consists of; keys with the same value together."""
    if isinstance(value, Map):
        alike: dict[Any, list[str]] = {}
        for key, item in value.items():
            alike.setdefault(item, []).append(f"[{show(key)}]")
        if len(alike) == 1 and len(value) > 1:
            return [("each", item) for item in alike]
        return [(" ".join(keys), item) for item, keys in alike.items()]
    if attrs.has(type(value)):
        return [(each.name, getattr(value, each.name)) for each in attrs.fields(type(value))]
    return []


# -- changes --


@frozen
class _Node:
    """A part of the state: the changes to it, and the parts below it."""

    changes: list[Change] = field(factory=list)
    below: dict[str, _Node] = field(factory=dict)


def change_lines(found: Sequence[Change], width: int, indent: int) -> list[Line]:
    """Changes as lines, nested under their common prefixes."""
    root = _Node()
    for change in found:
        node = root
        for part in path_parts(change.path):
            node = node.below.setdefault(part, _Node())
        node.changes.append(change)
    return _node_lines(root, width, indent)


def _node_lines(node: _Node, width: int, indent: int) -> list[Line]:
    lines: list[Line] = []
    rows: list[tuple[str, list[tuple[str, str]]]] = []
    for part, below in node.below.items():
        name, inner = _collapse(part, below)
        if inner.changes:
            rows.append((name, [_change(change) for change in inner.changes]))
        if inner.below:
            lines += _columns(rows, indent, width)
            rows = []
            lines.append(line(" " * indent + name))
            lines += _node_lines(inner, width, indent + 2)
    return [*lines, *_columns(rows, indent, width)]


def _collapse(part: str, node: _Node) -> tuple[str, _Node]:
    """A part with the only parts below it, joined."""
    while not node.changes and len(node.below) == 1:
        ((more, node),) = node.below.items()
        part += more if more.startswith("[") else f".{more}"
    return part, node


def _change(change: Change) -> tuple[str, str]:
    if change.member and change.before is ABSENT:
        return f"+{show(change.after)}", "green"
    if change.member:
        return f"-{show(change.before)}", "red"
    if _grows(change):
        new = change.after[len(change.before) :]
        return f"{show(change.before)} then {', '.join(map(show, new))}", ""
    return f"{show(change.before)} → {show(change.after)}", ""


def _grows(change: Change) -> bool:
    """Whether a sequence with items gains some at its end."""
    before, after = change.before, change.after
    return (
        isinstance(before, tuple) and isinstance(after, tuple) and 0 < len(before) < len(after)
    ) and after[: len(before)] == before  # fmt: skip


def _columns(rows: Iterable[tuple[str, list[tuple[str, str]]]], indent: int, width: int) -> list[Line]:
    """Names and values in two aligned columns; long values wrap in theirs."""
    rows = list(rows)
    if not rows:
        return []
    column = min(max(len(name) for name, _ in rows), 32) + 2
    lines = []
    for name, values in rows:
        label = name
        for text, style in values:
            start = " " * indent + label.ljust(column)
            if len(label) + 1 >= column and label:
                lines.append(line(" " * indent + label))
                start = " " * (indent + column)
            pieces = wrapped(text, max(width, indent + column + 20), indent + column, style) or [line()]
            lines.append(Line(((start, ""), (pieces[0].text.lstrip(), style))))
            lines += pieces[1:]
            label = ""
    return lines


def path_parts(path: str) -> list[str]:
    """`servers[n1].log` in parts: `servers`, `[n1]`, `log`; keys may hold dots and brackets."""
    parts: list[str] = []
    depth, current = 0, ""
    for letter in path:
        if depth == 0 and letter in ".[":
            if current:
                parts.append(current)
            current = ""
        if depth or letter != ".":
            current += letter
        depth += (letter == "[") - (letter == "]")
    return [*parts, current] if current else parts
