"""What a type says of the identities in its values, before any value is seen.

`parts` walks a type; `occurrences` is how many identities a value may hold, as far as it matters;
`is_joint` says whether a value can put two identities into one member of a set, so that what is
seen of one of them depends on which the other is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from checker.lang.types import (
    BagType,
    FiniteType,
    MapType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    UnionType,
)

Sorts = Collection[SortType]

MANY = 2
"""Two identities or more: how many makes no difference."""

_INSIDE: dict[type[Any], Callable[[Any], tuple[FiniteType, ...]]] = {
    RecordType: lambda kind: tuple(inner for _, inner in kind.fields),
    UnionType: lambda kind: tuple(kind.options),
    TupleType: lambda kind: tuple(kind.items),
    SeqType: lambda kind: (kind.item,),
    SetType: lambda kind: (kind.item,),
    MapType: lambda kind: (kind.key, kind.value),
    BagType: lambda kind: (kind.item,),
}
"""The types directly inside another; types that are not here have none."""


def inside(kind: FiniteType) -> tuple[FiniteType, ...]:
    """The types of the direct parts of a value."""
    row = _INSIDE.get(type(kind))
    return row(kind) if row else ()


def parts(kind: FiniteType) -> Iterator[FiniteType]:
    """A type and every type inside it."""
    yield kind
    for inner in inside(kind):
        yield from parts(inner)


def occurrences(kind: FiniteType, sorts: Sorts) -> int:
    """How many identities one value may hold: none, one, or MANY."""
    if isinstance(kind, SortType):
        return int(kind in sorts)
    each = [occurrences(inner, sorts) for inner in inside(kind)]
    if isinstance(kind, UnionType):
        return max(each, default=0)
    if isinstance(kind, RecordType | TupleType):
        return min(MANY, sum(each))
    return MANY if any(each) else 0


def is_joint(kind: FiniteType, sorts: Sorts) -> bool:
    """Whether a member of some set, bag or map in the value may hold two identities."""
    if any(is_joint(inner, sorts) for inner in inside(kind)):
        return True
    gathers = isinstance(kind, SetType | BagType | MapType)
    return gathers and sum(occurrences(inner, sorts) for inner in inside(kind)) > 1
