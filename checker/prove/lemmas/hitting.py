"""Minimal clauses over a table of truth values: the search behind candidates.

A table has columns, one for each situation (a state, with an assignment of the variables), and in each
the truth of every atom as one bit of an integer.  Literal 2i affirms atom i, and literal 2i + 1 denies
it.  A clause holds where one of its literals does in every column.  Nothing here knows what an atom
says.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence

Clause = tuple[int, ...]


class Table:
    """Columns over n atoms, seen from both sides: literals of columns, columns of literals."""

    def __init__(self, atoms: int, columns: Sequence[int], unused: Iterable[int] = ()) -> None:
        self.literals = 2 * atoms
        self.unused = frozenset(unused)
        """Literals that are put into no clause."""
        self.columns = [_with_denials(column, atoms) for column in columns]
        self.missed = _missed(self.columns, self.literals)
        """For each literal, the columns in which it does not hold, as bits."""

    def holds(self, clause: Clause) -> bool:
        """Whether a clause holds in every column."""
        left = -1
        for literal in clause:
            left &= self.missed[literal]
        return left == 0

    def expected(self, clause: Clause) -> float:
        """In how many columns a clause would fail if its literals had nothing to do with each other."""
        total = float(len(self.columns))
        for literal in clause:
            total *= self.missed[literal].bit_count() / len(self.columns)
        return total


_SPREAD = str.maketrans({"0": "10", "1": "01"})


def _with_denials(column: int, atoms: int) -> int:
    """The literals that hold where these atoms do."""
    return int(bin(column)[2:].zfill(atoms).translate(_SPREAD), 2) if atoms else 0


def _missed(columns: list[int], literals: int) -> list[int]:
    """The columns in which each literal does not hold: the transposed table, denied."""
    width = len(columns)
    if not width:
        return [0] * literals
    rows = [bin(column)[2:].zfill(literals) for column in reversed(columns)]
    full = (1 << width) - 1
    held = [int("".join(bits), 2) for bits in zip(*rows, strict=True)]
    return [full ^ bits for bits in reversed(held)]


def minimal_clauses(table: Table, longest: int, until: float) -> Iterator[Clause]:
    """Every clause that holds and of which no part does, the shortest first, each sorted.

    No clause has a literal and its opposite.  It ends early, with no further clause, when the clock
    passes `until`.
    """
    missed, literals = table.missed, table.literals
    singles = [literal for literal in range(literals) if not missed[literal] and literal not in table.unused]
    yield from ((literal,) for literal in singles)
    if longest < 2:
        return
    # What each literal is not put beside: its opposite, and what already makes a clause with it.
    apart = [1 << (literal ^ 1) for literal in range(literals)]
    used = [literal for literal in range(literals) if missed[literal] and literal not in table.unused]
    usable = sum(1 << literal for literal in used)
    for place, one in enumerate(used):
        for two in used[place + 1 :]:
            if not missed[one] & missed[two]:
                if not apart[one] >> two & 1:
                    yield one, two
                apart[one] |= 1 << two
                apart[two] |= 1 << one
    if longest < 3:
        return
    for place, one in enumerate(used):
        if time.monotonic() > until:
            return
        for two in used[place + 1 :]:
            if apart[one] >> two & 1:
                continue
            thirds = usable & ~(apart[one] | apart[two]) & (-1 << (two + 1))
            yield from ((one, two, three) for three in _hitting(table, missed[one] & missed[two], thirds))


def _hitting(table: Table, left: int, literals: int) -> Iterator[int]:
    """Those of some literals that hold in all of some columns."""
    columns = table.columns
    while left and literals:
        lowest = left & -left
        literals &= columns[lowest.bit_length() - 1]
        left ^= lowest
    while literals:
        lowest = literals & -literals
        yield lowest.bit_length() - 1
        literals ^= lowest
