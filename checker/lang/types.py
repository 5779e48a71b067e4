"""The finite types: what an annotation means once the constants of a model are known.

A closed union of frozen classes, one per kind of value.  Each knows which values belong to it
(`fault`), how many there are (`count`), all of them in canonical order (`members`), and a name to
print.  They are the types of the specs, of the IR and of every encoding.  How an annotation becomes
one of them is in `checker.lang.resolve`; nothing here reads source or knows a model.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import product
from typing import Any

import attrs
from attrs import field, frozen

from checker.lang.containers import BagType, MapType, SeqType, SetType, TupleType
from checker.lang.fault import Fault
from checker.lang.values import Sort, number_of

__all__ = [
    "NOTHING",
    "BagType",
    "BoolType",
    "EnumType",
    "Fault",
    "FiniteType",
    "IntType",
    "MapType",
    "NoneType",
    "RecordType",
    "SeqType",
    "SetType",
    "SortType",
    "TupleType",
    "UnionType",
]


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


@frozen(cache_hash=True)
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


@frozen(cache_hash=True)
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


@frozen(cache_hash=True)
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
