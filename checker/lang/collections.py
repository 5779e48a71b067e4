"""Sets of sets and of maps, as TLA+ writes SUBSET S and [S -> T]."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, product
from typing import TypeVar

from checker.lang.values import Map

K = TypeVar("K")
T = TypeVar("T")
V = TypeVar("V")


def subsets(items: Iterable[T], size: int | None = None) -> frozenset[frozenset[T]]:
    """All subsets of some items, or those of one size."""
    members = list(frozenset(items))
    sizes = range(len(members) + 1) if size is None else (size,)
    return frozenset(frozenset(chosen) for n in sizes for chosen in combinations(members, n))


def majorities(items: Iterable[T]) -> frozenset[frozenset[T]]:
    """The smallest majorities: all subsets of floor(n/2) + 1 members.  Any two have one in common."""
    members = frozenset(items)
    return subsets(members, len(members) // 2 + 1)


def maps(keys: Iterable[K], values: Iterable[V]) -> frozenset[Map[K, V]]:
    """All total maps from some keys to some values."""
    domain = list(frozenset(keys))
    return frozenset(
        Map(zip(domain, chosen, strict=True)) for chosen in product(frozenset(values), repeat=len(domain))
    )
