"""The finite types of values that hold others: tuples, sequences, sets, maps and bags.

They are members of the closed union `checker.lang.types.FiniteType`, with the methods that its module
describes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, product
from math import comb
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from checker.lang.fault import Fault
from checker.lang.values import Bag, Map, order

if TYPE_CHECKING:
    from checker.lang.types import FiniteType


@frozen(cache_hash=True)
class TupleType:
    """A tuple of fixed length with a type for each item."""

    items: tuple[FiniteType, ...]

    def fault(self, value: Any) -> Fault | None:
        if type(value) is not tuple or len(value) != len(self.items):
            return Fault("", value, str(self))
        for place, (kind, item) in enumerate(zip(self.items, value, strict=True)):
            found = kind.fault(item)
            if found is not None:
                return found.under(f"[{place}]")
        return None

    def count(self) -> int:
        total = 1
        for kind in self.items:
            total *= kind.count()
        return total

    def members(self) -> Iterator[Any]:
        return product(*[list(kind.members()) for kind in self.items])

    def __str__(self) -> str:
        return "(" + ", ".join(str(kind) for kind in self.items) + ")"


@frozen(cache_hash=True)
class SeqType:
    """A tuple of any length up to `limit`, all items of one type."""

    item: FiniteType
    limit: int | None
    text: str = field(default="", eq=False)

    def fault(self, value: Any) -> Fault | None:
        if type(value) is not tuple:
            return Fault("", value, str(self))
        for place, item in enumerate(value):
            found = self.item.fault(item)
            if found is not None:
                return found.under(f"[{place}]")
        if self.limit is not None and len(value) > self.limit:
            return Fault("", value, str(self), bound=f"length <= {self.limit}{_by(self.text)}")
        return None

    def count(self) -> int:
        each = self.item.count()
        return sum(each**length for length in range(_limit(self.limit) + 1))

    def members(self) -> Iterator[Any]:
        items = list(self.item.members())
        for length in range(_limit(self.limit) + 1):
            yield from product(items, repeat=length)

    def __str__(self) -> str:
        return f"sequence of {self.item}" + ("" if self.limit is None else f", length <= {self.limit}")


@frozen(cache_hash=True)
class SetType:
    """A frozenset; `capacity` is the most members it may have, None for no such bound."""

    item: FiniteType
    capacity: int | None = None
    text: str = field(default="", eq=False)

    def fault(self, value: Any) -> Fault | None:
        if type(value) is not frozenset:
            return Fault("", value, str(self))
        if any(self.item.fault(item) is not None for item in value):
            return _first_fault(self.item, value)
        if self.capacity is not None and len(value) > self.capacity:
            return Fault("", value, str(self), bound=f"size <= {self.capacity}{_by(self.text)}")
        return None

    def count(self) -> int:
        each = self.item.count()
        if self.capacity is None or self.capacity >= each:
            return int(2**each)
        return sum(comb(each, size) for size in range(self.capacity + 1))

    def members(self) -> Iterator[Any]:
        items = list(self.item.members())
        most = len(items) if self.capacity is None else min(self.capacity, len(items))
        for size in range(most + 1):
            for chosen in combinations(items, size):
                yield frozenset(chosen)

    def __str__(self) -> str:
        return f"set of {self.item}" + _most(self.capacity)


@frozen(cache_hash=True)
class MapType:
    """A `Map` that has every value of `key` as a key."""

    key: FiniteType
    value: FiniteType

    def fault(self, value: Any) -> Fault | None:
        if type(value) is not Map:
            return Fault("", value, str(self))
        for key, item in value.items():
            found = self.key.fault(key)
            if found is not None:
                return found.under(f"[key {key!r}]")
            found = self.value.fault(item)
            if found is not None:
                return found.under(f"[{key!r}]")
        if len(value) != self.key.count():
            missing = [key for key in self.key.members() if key not in value]
            return Fault("", value, f"{self} (no value for {', '.join(map(repr, missing))})")
        return None

    def count(self) -> int:
        return int(self.value.count() ** self.key.count())

    def members(self) -> Iterator[Any]:
        keys = list(self.key.members())
        for values in product(list(self.value.members()), repeat=len(keys)):
            yield Map(zip(keys, values, strict=True))

    def __str__(self) -> str:
        return f"map from {self.key} to {self.value}"


@frozen(cache_hash=True)
class BagType:
    """A `Bag` of at most `capacity` copies in all and `max_count` of each member."""

    item: FiniteType
    capacity: int | None
    max_count: int | None
    text: str = field(default="", eq=False)

    def fault(self, value: Any) -> Fault | None:
        if type(value) is not Bag:
            return Fault("", value, str(self))
        if any(self.item.fault(item) is not None for item in value):
            return _first_fault(self.item, value)
        return self.excess(value)

    def excess(self, value: Bag[Any]) -> Fault | None:
        """Why a bag of valid members has too many of them, or None."""
        if self.capacity is not None and value.total() > self.capacity:
            return Fault("", value, str(self), bound=f"size <= {self.capacity}{_by(self.text)}")
        if self.max_count is not None:
            for item in sorted_members(value.support()):
                copies = value[item]
                if copies > self.max_count:
                    bound = f"copies <= {self.max_count}{_by(self.text)}"
                    return Fault(f"[{item!r}]", copies, str(self), bound=bound)
        return None

    def count(self) -> int:
        """By inclusion and exclusion over the members that have too many copies."""
        kinds, most, each = self.item.count(), self.capacity, self.max_count
        if most is None:
            return int((_limit(each) + 1) ** kinds)
        if each is None:
            return comb(most + kinds, kinds) if most >= 0 else 0
        return sum(
            (-1) ** over * comb(kinds, over) * comb(most - over * (each + 1) + kinds, kinds)
            for over in range(min(kinds, most // (each + 1)) + 1)
        )

    def members(self) -> Iterator[Any]:
        items = list(self.item.members())
        for counts in self._counts(len(items)):
            yield Bag.of_counts(dict(zip(items, counts, strict=True)))

    def _counts(self, length: int) -> Iterator[tuple[int, ...]]:
        """Every way to give each of so many members a number of copies within the bounds."""
        most = self.capacity if self.capacity is not None else _limit(self.max_count) * length
        if length == 0:
            yield ()
            return

        def extend(places: int, left: int) -> Iterator[tuple[int, ...]]:
            if places == 0:
                yield ()
                return
            each = left if self.max_count is None else min(left, self.max_count)
            for copies in range(each + 1):
                for rest in extend(places - 1, left - copies):
                    yield (copies, *rest)

        yield from extend(length, most)

    def __str__(self) -> str:
        return f"bag of {self.item}" + _most(self.capacity)


def sorted_members(values: frozenset[Any]) -> tuple[Any, ...]:
    """The members of a set in canonical order."""
    return tuple(sorted(values, key=order))


def _first_fault(kind: FiniteType, values: Iterable[Any]) -> Fault | None:
    """The first fault among the members of a collection, in an order that does not depend on hashes."""
    faults = [kind.fault(value) for value in sorted(values, key=order)]
    return next((fault.under("{}") for fault in faults if fault is not None), None)


def _limit(limit: int | None) -> int:
    if limit is None:
        raise OverflowError("a collection without a bound has no number of values")
    return limit


def _most(capacity: int | None) -> str:
    return "" if capacity is None else f", at most {capacity}"


def _by(text: str) -> str:
    return f" ({text})" if text else ""
