"""What all text reports are laid out with: styled lines, tables without rules, and how they become text.

rich is imported by the text reports only, and they share this.  It knows no results.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from checker.report.trace import Line

GAP = 3
"""Blanks between two columns."""


def to_text(parts: Iterable[RenderableType], width: int, colour: bool) -> str:
    """What rich draws, as a string without blanks at the ends of lines."""
    console = Console(
        file=StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        legacy_windows=False,
        _environ={},
    )
    with console.capture() as drawn:
        for part in parts:
            console.print(part, crop=False, overflow="ignore", no_wrap=None)
    return "\n".join(text.rstrip() for text in drawn.get().splitlines()).rstrip("\n") + "\n"


def lines_of(lines: Iterable[Line]) -> RenderableType:
    """Lines that are already laid out."""
    return Group(
        *(
            Text.assemble(*((text, style) for text, style in each.pieces), no_wrap=True, overflow="ignore")
            for each in lines
        )
    )


def table_of(*columns: tuple[str, bool], gap: int = GAP) -> Table:
    """A table without lines; columns are (title, whether it holds numbers)."""
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), show_edge=False, header_style="dim")
    for title, numbers in columns:
        table.add_column(title, justify="right" if numbers else "left", overflow="fold")
    return table
