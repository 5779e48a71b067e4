"""The identities that may be exchanged, and what a type says of those in its values.

All members of the sorts of the group are numbered through, sort by sort: that number is the *place*
of an identity.  Which sorts these are is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial, prod
from typing import TYPE_CHECKING

from checker.lang.errors import InternalError
from checker.lang.types import (
    BagType,
    FiniteType,
    MapType,
    RecordType,
    SetType,
    SortType,
    TupleType,
    UnionType,
)
from checker.native.layout.canonical import canonical_options
from checker.native.layout.ranks import offsets
from checker.native.layout.shapes import inside, parts

if TYPE_CHECKING:
    from checker.native.layout.layouts import Layouts

MANY = 2
"""Two identities or more: how many makes no difference."""

GATHERING = (SetType, BagType, MapType)
"""Types whose values have members without an order."""


class Identities:
    """The members of the sorts of a group, numbered through."""

    def __init__(self, layouts: Layouts, sorts: Sequence[SortType]) -> None:
        self._layouts = layouts
        self.sorts = tuple(sorts)
        self.count = sum(sort.size for sort in sorts)
        self._starts: dict[FiniteType, int] = {}
        start = 0
        for sort in sorts:
            self._starts[sort] = start
            start += sort.size

    @property
    def starts(self) -> list[int]:
        """For each identity, the place of the first of its sort."""
        return [self._starts[sort] for sort in self.sorts for _ in range(sort.size)]

    @property
    def order(self) -> int:
        """How many permutations there are."""
        return prod(factorial(sort.size) for sort in self.sorts)

    def start(self, sort: FiniteType) -> int:
        """The place of the first member of a sort."""
        if sort not in self._starts:
            raise InternalError(f"{sort} is not in the group")
        return self._starts[sort]

    def place(self, sort: FiniteType, number: str) -> str:
        """The place of a member of a sort as a C expression, from its number within the sort."""
        start = self.start(sort)
        return f"{start} + {number}" if start else number

    def holds(self, kind: FiniteType) -> bool:
        """Whether a value of the type may hold any, and there is more than one such value."""
        return any(part in self._starts for part in inside(kind)) and self._layouts.widths.of(kind) > 0

    def moved(self, sort: FiniteType, number: str) -> str:
        """Where a permutation sends a member of a sort: its number within the sort, as C."""
        start = self.start(sort)
        goal = f"goal[{self.place(sort, number)}]"
        return f"{goal} - {start}" if start else goal

    def occurrences(self, kind: FiniteType, sorts: Sequence[FiniteType] | None = None) -> int:
        """How many identities of some sorts, or of all, one value may hold: none, one, or MANY."""
        if isinstance(kind, SortType):
            return int(kind in (self._starts if sorts is None else sorts))
        each = [self.occurrences(part, sorts) for part in parts(kind)]
        if isinstance(kind, UnionType):
            return max(each, default=0)
        if isinstance(kind, RecordType | TupleType):
            return min(MANY, sum(each))
        return MANY if any(each) else 0

    def repeats(self, *together: FiniteType) -> bool:
        """Whether values of these types, side by side, may hold members of one sort in two places."""
        return any(sum(self.occurrences(kind, (sort,)) for kind in together) > 1 for sort in self.sorts)

    def is_joint(self, kind: FiniteType) -> bool:
        """Whether a member of some set, bag or map in the value may hold two identities.

        Then what is seen of one of them depends on which the other is.
        """
        gathers = isinstance(kind, GATHERING)
        if gathers and sum(self.occurrences(part) for part in parts(kind)) > 1:
            return True
        return any(self.is_joint(part) for part in parts(kind))

    def in_codes(self, kind: UnionType) -> list[tuple[SortType, int, str]]:
        """The sorts in a union that is one byte: the first code of each, and the test whether it is there."""
        layouts, found = self._layouts, []
        for option, low in zip(canonical_options(kind), offsets(layouts, kind), strict=True):
            if isinstance(option, SortType) and self.holds(option):
                high = low + option.size
                tests = [f"value >= {low}"] if low else []
                tests += [f"value < {high}"] if high < layouts.universe(kind) else []
                found.append((option, low, " && ".join(tests)))
        return found
