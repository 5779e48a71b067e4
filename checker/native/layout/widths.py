"""How many bits the packed values of each type take, and which of two packed forms is the smaller.

Packed values are canonical: equal values have equal bits.  Only values within the bounds of their
type are packed.  `packing` writes C from this, `codec` does the same in Python.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from checker.lang.errors import SpecError
from checker.lang.types import (
    BagType,
    FiniteType,
    IntType,
    SeqType,
    SetType,
    UnionType,
)
from checker.native.layout.limits import Limits
from checker.native.layout.shapes import LARGEST_UNIVERSE, Shapes, parts, size

MOST_BITS = 8192
"""A state that needs more is refused."""


class Widths:
    """The widths of the types of one program."""

    def __init__(self, shapes: Shapes, limits: Limits) -> None:
        self._shapes = shapes
        self._limits = limits
        self._known: dict[FiniteType, int] = {}

    def of(self, kind: FiniteType) -> int:
        """How many bits a value of the type takes."""
        known = self._known.get(kind)
        if known is None:
            known = self._known[kind] = self._rows[self._shapes.representation(kind)](kind)
            if known > MOST_BITS:
                raise _too_large(kind, f"needs {known} bits")
        return known

    def tag(self, kind: UnionType) -> int:
        """How many bits say which option of a union is there."""
        return for_numbers(len(kind.options))

    def length(self, kind: SeqType | SetType | BagType) -> int:
        """How many bits hold the number of items."""
        return for_numbers(self.most(kind) + 1)

    def most(self, kind: SeqType | SetType | BagType) -> int:
        """How many items the packed form has room for."""
        limit = kind.limit if isinstance(kind, SeqType) else kind.capacity
        if limit is None:
            raise _too_large(kind, f"has no capacity and more than {LARGEST_UNIVERSE} possible members")
        possible = None if isinstance(kind, SeqType) else size(kind.item)
        return limit if possible is None else min(limit, possible)

    def listed_item(self, kind: SetType) -> int:
        """How many bits each member of a listed set takes: the rank, if it has one."""
        if self._shapes.representation(kind) == "array":
            return self.of(kind.item)
        return for_numbers(size(kind.item) or 0)

    def is_listed(self, kind: SetType) -> bool:
        """Whether a set is packed as a list of members, and not as a bit for each possible one."""
        possible = size(kind.item)
        if self._shapes.representation(kind) == "array" or possible is None:
            return True
        return kind.capacity is not None and self._listed(kind) < possible

    def count(self, kind: BagType) -> int:
        """How many bits hold how many copies there are of a member: of a listed one, less one."""
        return self._counter(kind, counted=self.is_counted(kind))

    def is_counted(self, kind: BagType) -> bool:
        """Whether a bag is packed as a counter for each possible member, and not as a list."""
        possible = size(kind.item)
        if kind.capacity is None:
            if possible is None:
                raise _too_large(kind, f"has no capacity and more than {LARGEST_UNIVERSE} possible members")
            return True
        if possible is None:
            return False
        entry = self.of(kind.item) + self._counter(kind, counted=False)
        listed = self.length(kind) + self.most(kind) * entry
        return possible * self._counter(kind, counted=True) < listed

    def _counter(self, kind: BagType, *, counted: bool) -> int:
        most = min(limit for limit in (kind.capacity, kind.max_count) if limit is not None)
        return for_numbers(most + 1 if counted else max(most, 1))

    def _listed(self, kind: SetType) -> int:
        return self.length(kind) + self.most(kind) * self.listed_item(kind)

    def _set(self, kind: SetType) -> int:
        return self._listed(kind) if self.is_listed(kind) else size(kind.item) or 0

    def _bag(self, kind: BagType) -> int:
        if self.is_counted(kind):
            return (size(kind.item) or 0) * self.count(kind)
        return self.length(kind) + self.most(kind) * (self.of(kind.item) + self.count(kind))

    def _int(self, kind: IntType) -> int:
        if kind.low is None or kind.high is None:
            raise _too_large(kind, "has no bounds")
        if kind.low < -(2**63) or kind.high >= 2**63:
            raise _too_large(kind, "does not fit 64 bits")
        return for_numbers(kind.high - kind.low + 1)

    @cached_property
    def _rows(self) -> dict[str, Callable[[Any], int]]:
        """One row for each representation."""
        return {
            "bool": lambda kind: 1,
            "int": self._int,
            "enum": lambda kind: for_numbers(len(kind.cls)),
            "sort": lambda kind: for_numbers(kind.size),
            "none": lambda kind: 0,
            "codes": lambda kind: for_numbers(size(kind) or 0),
            "union": lambda kind: self.tag(kind) + max(map(self.of, kind.options), default=0),
            "record": lambda kind: sum(map(self.of, parts(kind))),
            "tuple": lambda kind: sum(map(self.of, parts(kind))),
            "sequence": lambda kind: self.length(kind) + self.most(kind) * self.of(kind.item),
            "bits": self._set,
            "words": self._set,
            "array": self._set,
            "map": lambda kind: self._limits.keys(kind) * self.of(kind.value),
            "bag": self._bag,
        }


def for_numbers(count: int) -> int:
    """How many bits tell so many things apart."""
    return max(count - 1, 0).bit_length()


def _too_large(kind: FiniteType, why: str) -> SpecError:
    return SpecError(
        "native/too-large",
        f"`{kind}` {why}",
        why=f"The native engine packs every state into at most {MOST_BITS} bits.",
        instead="Declare a bound, as in Annotated[frozenset[Message], Capacity(4)], or tighten those that "
        "there are; or run with --engine python.",
    )
