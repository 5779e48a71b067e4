"""The obligations of a proof as a table, and the same table while a proof is looked for.

    conjunct           initial   rm_prepares   tm_commits
    no_disagreement    ✓ 0.01    ✓ 0.02        ✗ 0.11

Where it would be too wide, each conjunct has its counts, its time and its slowest action instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from checker.report.layout import GAP, lines_of, table_of
from checker.report.trace import wrapped
from checker.result.proof import Obligation, Outcome, ProofProgress

OUTCOMES: tuple[Outcome, ...] = ("proved", "refuted", "unknown")

MARKS: dict[Outcome, tuple[str, str]] = {
    "proved": ("✓", "green"),
    "refuted": ("✗", "bold red"),
    "unknown": ("?", "yellow"),
}
"""How outcomes look."""

WAITING = Text("·", "dim")
"""The place of an obligation that is still expected."""


@frozen
class Cell:
    """What is known of one conjunct and one action."""

    outcome: Outcome
    seconds: float

    @property
    def text(self) -> Text:
        """The outcome with its time."""
        mark, style = MARKS[self.outcome]
        return Text(f"{mark} {self.seconds:.2f}", style)


Cells = Mapping[tuple[str, str], Cell]
"""What is known, by conjunct and action."""


def cells_of(obligations: Iterable[Obligation]) -> dict[tuple[str, str], Cell]:
    """One cell for each conjunct and action: the worst outcome, and the time of all."""
    cells: dict[tuple[str, str], Cell] = {}
    for each in obligations:
        place = (each.conjunct, each.action)
        cell = cells.get(place, Cell("proved", 0.0))
        worst: Outcome = "proved"
        for outcome in ("unknown", "refuted"):
            worst = outcome if outcome in (cell.outcome, each.outcome) else worst
        cells[place] = Cell(worst, cell.seconds + each.seconds)
    return cells


@frozen
class Grid:
    """Cells with the conjuncts and actions that they are laid out by; "" is the column `first`."""

    cells: Cells
    conjuncts: Sequence[str]
    actions: Sequence[str]
    first: str
    waiting: bool = False

    def titles(self) -> list[str]:
        """The titles of all columns; names of actions are broken after underscores, down to one last line."""
        broken = [name.replace("_", "_\n") if name else self.first for name in self.actions]
        deepest = max((title.count("\n") for title in broken), default=0)
        return ["\n" * (deepest - title.count("\n")) + title for title in ("conjunct", *broken)]

    def fits(self, width: int) -> bool:
        """Whether every action can have a column."""
        shown = max((cell.text.cell_len for cell in self.cells.values()), default=1)
        titles = [max(map(len, title.split("\n"))) for title in self.titles()]
        wide = [max(titles[0], *map(len, self.conjuncts)), *(max(shown, title) for title in titles[1:])]
        return sum(wide) + GAP * len(self.actions) <= width

    def table(self, width: int) -> Table:
        """A column for each action where they fit; otherwise what is to be said of each conjunct."""
        return self._full() if self.fits(width) else self._compact()

    def _full(self) -> Table:
        table = table_of(*((title, False) for title in self.titles()))
        for column in table.columns:
            column.no_wrap = True
        empty = WAITING if self.waiting else Text()
        for conjunct in self.conjuncts:
            row = [self.cells.get((conjunct, action)) for action in self.actions]
            table.add_row(Text(conjunct), *(empty if cell is None else cell.text for cell in row))
        return table

    def _compact(self) -> Table:
        table = table_of(("conjunct", False), ("outcomes", False), ("seconds", True), ("slowest", False))
        for conjunct in self.conjuncts:
            row = {a: c for a in self.actions if (c := self.cells.get((conjunct, a))) is not None}
            slowest = max(row, key=lambda action: row[action].seconds, default=None)
            table.add_row(
                Text(conjunct),
                self._counts(list(row.values())),
                Text(f"{sum(cell.seconds for cell in row.values()):.2f}"),
                Text("" if slowest is None else f"{slowest or self.first} {row[slowest].seconds:.2f}"),
            )
        return table

    def _counts(self, cells: Sequence[Cell]) -> Text:
        """How often each outcome came, and how much is still expected."""
        pieces = [
            (f"{number} {mark}", style)
            for outcome, (mark, style) in MARKS.items()
            if (number := sum(cell.outcome == outcome for cell in cells))
        ]
        if self.waiting and len(cells) < len(self.actions):
            pieces.append((f"{len(self.actions) - len(cells)} {WAITING.plain}", "dim"))
        return Text(" ").join(Text(text, style) for text, style in pieces)


def obligations_table(obligations: Sequence[Obligation], first: str, width: int) -> Table:
    """The table of a proof; `first` is the title of what is to be shown from the initial states on."""
    conjuncts = list(dict.fromkeys(each.conjunct for each in obligations))
    actions = sorted(dict.fromkeys(each.action for each in obligations), key=bool)
    return Grid(cells_of(obligations), conjuncts, actions, first).table(width)


def progress_view(progress: ProofProgress, seconds: float, *, width: int, height: int) -> RenderableType:
    """A live display of a proof: what is being done, and the table as far as it goes.

    `seconds` is the time that has passed.  Where the rows are too many for the height, conjuncts of which
    everything is proved are left out.
    """
    known = progress.obligations
    conjuncts = list(dict.fromkeys([*progress.conjuncts, *(each.conjunct for each in known)]))
    actions = sorted(dict.fromkeys([*progress.actions, *(each.action for each in known)]), key=bool)
    grid = Grid(cells_of(known), conjuncts, actions, "initial", waiting=True)
    rows, left_out = conjuncts, 0
    if len(conjuncts) + 6 > height:
        rows = [name for name in conjuncts if not _done(grid, name)]
        left_out = len(conjuncts) - len(rows)
    expected = len(progress.conjuncts) * len(progress.actions)
    text = f"{progress.phase}   {len(known)}{f' of {expected}' if expected else ''} obligations"
    text += f"   memory {progress.memory_mib:,.0f} MiB   {seconds:.0f} s"
    parts: list[RenderableType] = [lines_of(wrapped(text, width, 0, "dim"))]
    if rows:
        parts.append(Grid(grid.cells, rows, actions, grid.first, waiting=True).table(width))
    if left_out:
        parts.append(Text(f"{left_out} more proved", "dim"))
    return Group(*parts)


def _done(grid: Grid, conjunct: str) -> bool:
    cells = [grid.cells.get((conjunct, action)) for action in grid.actions]
    return all(cell is not None and cell.outcome == "proved" for cell in cells)
