"""The finite types: what an annotation means once the constants of a model are known.

A closed union of frozen classes, one per kind of value.  Each knows which values belong to it
(`fault`), how many there are (`count`), all of them in canonical order (`members`), and a name to
print.  They are the types of the specs, of the IR and of every encoding.  How an annotation becomes
one of them is in `checker.lang.resolve`; nothing here reads source or knows a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import combinations, product
from math import comb
from typing import Any

import attrs
from attrs import field, frozen

from checker.lang.values import Bag, Map, Sort, number_of, order


@frozen
class Fault:
    """Why a value does not belong to a type.

    `bound` names the bound that a value of the right shape exceeds; it is None where the value is
    of the wrong type altogether.  `path` leads to the culprit inside the value.
    """

    path: str
    value: Any
    expected: str
    bound: str | None = None

    def under(self, prefix: str) -> Fault:
        """The same fault, seen from a value that holds the faulty one."""
        return Fault(prefix + self.path, self.value, self.expected, self.bound)


@frozen
class BoolType:
    """The truth values."""

    def fault(self, value: Any) -> Fault | None:
        return None if type(value) is bool else Fault("", value, str(self))

    def count(self) -> int:
        return 2

    def members(self) -> Iterator[Any]:
        return iter((False, True))

    def __str__(self) -> str:
        return "bool"


@frozen
class IntType:
    """The integers from `low` to `high`, both included; `None` where a side has no bound.

    Only a parameter that ranges over a collection may lack bounds: a field of a state may not.
    `text` is how the spec wrote the bounds.
    """

    low: int | None
    high: int | None
    text: str = field(default="", eq=False)

    def fault(self, value: Any) -> Fault | None:
        if type(value) is not int:
            return Fault("", value, str(self))
        if (self.low is None or self.low <= value) and (self.high is None or value <= self.high):
            return None
        return Fault("", value, str(self), bound=str(self))

    def count(self) -> int:
        if self.low is None or self.high is None:
            raise OverflowError("an integer without bounds has no number of values")
        return max(0, self.high - self.low + 1)

    def members(self) -> Iterator[Any]:
        self.count()
        assert self.low is not None
        assert self.high is not None
        return iter(range(self.low, self.high + 1))

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return "int"
        return f"{self.low}..{self.high}" + (f" ({self.text})" if self.text else "")


@frozen
class EnumType:
    """The members of an `Enum`."""

    cls: type[Enum]

    def fault(self, value: Any) -> Fault | None:
        return None if type(value) is self.cls else Fault("", value, str(self))

    def count(self) -> int:
        return len(self.cls)

    def members(self) -> Iterator[Any]:
        return iter(self.cls)

    def __str__(self) -> str:
        return self.cls.__name__


@frozen
class SortType:
    """The first `size` members of a sort."""

    cls: type[Sort]
    size: int

    def fault(self, value: Any) -> Fault | None:
        if type(value) is self.cls and number_of(value) <= self.size:
            return None
        return Fault("", value, str(self))

    def count(self) -> int:
        return self.size

    def members(self) -> Iterator[Any]:
        return (self.cls(number) for number in range(1, self.size + 1))

    def __str__(self) -> str:
        return self.cls.__name__


@frozen
class NoneType:
    """The single value `None`."""

    def fault(self, value: Any) -> Fault | None:
        return None if value is None else Fault("", value, "None")

    def count(self) -> int:
        return 1

    def members(self) -> Iterator[Any]:
        return iter((None,))

    def __str__(self) -> str:
        return "None"


@frozen
class RecordType:
    """A frozen attrs class; `fields` are its fields in order, with their types."""

    cls: type[Any]
    fields: tuple[tuple[str, FiniteType], ...]

    def fault(self, value: Any) -> Fault | None:
        if type(value) is not self.cls:
            return Fault("", value, str(self))
        for name, kind in self.fields:
            found = kind.fault(getattr(value, name))
            if found is not None:
                return found.under(f".{name}")
        return None

    def count(self) -> int:
        total = 1
        for _, kind in self.fields:
            total *= kind.count()
        return total

    def members(self) -> Iterator[Any]:
        names = [attribute.alias or attribute.name for attribute in attrs.fields(self.cls)]
        for values in product(*[list(kind.members()) for _, kind in self.fields]):
            yield self.cls(**dict(zip(names, values, strict=True)))

    def __str__(self) -> str:
        return self.cls.__name__


@frozen
class UnionType:
    """One of several types that no value shares; at most one member of each kind, in order."""

    options: tuple[FiniteType, ...]

    def fault(self, value: Any) -> Fault | None:
        nearest: Fault | None = None
        for option in self.options:
            found = option.fault(value)
            if found is None:
                return None
            if found.path or found.bound:
                nearest = found
        return nearest or Fault("", value, str(self))

    def option_of(self, value: Any) -> FiniteType:
        """The option that a value of this union belongs to."""
        return next(option for option in self.options if option.fault(value) is None)

    def count(self) -> int:
        return sum(option.count() for option in self.options)

    def members(self) -> Iterator[Any]:
        for option in self.options:
            yield from option.members()

    def __str__(self) -> str:
        return " | ".join(str(option) for option in self.options) or "nothing"


@frozen
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


@frozen
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


@frozen
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


@frozen
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


@frozen
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


FiniteType = (
    BoolType
    | IntType
    | EnumType
    | SortType
    | NoneType
    | RecordType
    | UnionType
    | TupleType
    | SeqType
    | SetType
    | MapType
    | BagType
)


NOTHING = UnionType(())
"""The type without values: what `Never` means."""


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
