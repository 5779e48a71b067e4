"""How values of each type are held in C: the choice of representation, and what it depends on.

A *shape* is what two types have in common that share one C type: a sequence whatever its maximal
length, an integer in a record by its storage class.  What depends on bounds (ranks, packing) goes by
the type itself.  Nothing here writes C.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations, product
from math import comb, prod
from typing import Any

import attrs

from checker.lang.types import (
    BagType,
    BoolType,
    EnumType,
    FiniteType,
    IntType,
    MapType,
    NoneType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    UnionType,
)
from checker.lang.values import Bag, Map
from checker.native.layout.canonical import canonical_options, in_order

SMALL_UNIVERSE = 512
"""A set over at most so many possible members is always a bit set."""

LARGEST_UNIVERSE = 4096
"""The most possible members of a bit set without a capacity, and the most keys of a map."""

LARGEST_CODES = 255
"""A union of atoms with at most so many values is one byte."""

WORD = 64

ATOMS = (BoolType, EnumType, SortType, NoneType)
"""Types whose values C holds exactly in a byte or two: none of them can leave its bounds."""

INTEGERS = {bits: IntType(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32)}
"""The shapes of stored integers that are narrower than 64 bits."""

_STORED = ((100, 8), (30_000, 16), (2_000_000_000, 32))


def storage_bits(kind: IntType) -> int:
    """How many bits an integer of this type takes where it is stored, with room beyond its bounds."""
    for bits, shape in INTEGERS.items():
        if kind == shape:
            return bits
    if kind.low is not None and kind.high is not None:
        for limit, bits in _STORED:
            if -limit <= kind.low and kind.high <= limit:
                return bits
    return WORD


def parts(kind: FiniteType) -> tuple[FiniteType, ...]:
    """The types of what values of this type hold."""
    match kind:
        case RecordType(fields=fields):
            return tuple(inner for _, inner in fields)
        case UnionType(options=inner) | TupleType(items=inner):
            return inner
        case SeqType(item=item) | SetType(item=item) | BagType(item=item):
            return (item,)
        case MapType(key=key, value=value):
            return (key, value)
        case _:
            return ()


def inside(kind: FiniteType) -> Iterator[FiniteType]:
    """The type and all those inside it, outermost first."""
    yield kind
    for part in parts(kind):
        yield from inside(part)


# -- the values of a type -------------------------------------------------------------------------


@cache
def size(kind: FiniteType, most: int = LARGEST_UNIVERSE) -> int | None:
    """How many values a type has; None for more than so many, or without end."""
    match kind:
        case IntType(low=low, high=high):
            found = None if low is None or high is None else max(0, high - low + 1)
        case SetType(item=item, capacity=capacity):
            found = _sets(size(item, most), capacity, most)
        case BagType():
            found = None if size(kind.item, 64) is None else _count(kind)
        case SeqType(item=item, limit=limit):
            found = _sequences(size(item, most), limit, most)
        case MapType(key=key, value=value):
            found = _power(size(value, most), size(key, most), most)
        case UnionType(options=options):
            found = _combined(sum, [size(option, most) for option in options])
        case RecordType() | TupleType():
            found = _combined(prod, [size(part, most) for part in parts(kind)])
        case _:
            found = kind.count()
    return None if found is None or found > most else found


def _count(kind: BagType) -> int | None:
    return None if kind.capacity is None and kind.max_count is None else kind.count()


def _combined(how: Any, sizes: list[int | None]) -> int | None:
    if how is prod and 0 in sizes:
        return 0
    return None if None in sizes else int(how(sizes))


def _sets(items: int | None, capacity: int | None, most: int) -> int | None:
    if items is None:
        return 1 if capacity == 0 else None
    if capacity is None or capacity >= items:
        return 2**items if items <= most.bit_length() else None
    total = 0
    for members in range(capacity + 1):
        total += comb(items, members)
        if total > most:
            return None
    return total


def _sequences(items: int | None, limit: int | None, most: int) -> int | None:
    if limit == 0 or items == 0:
        return 1
    if items is None or limit is None:
        return None
    if items == 1:
        return limit + 1
    return sum(items**length for length in range(limit + 1)) if limit <= most.bit_length() else None


def _power(base: int | None, exponent: int | None, most: int) -> int | None:
    if exponent == 0:
        return 1
    if base is None or exponent is None:
        return None
    return base if base <= 1 else (base**exponent if exponent <= most.bit_length() else None)


@cache
def universe(kind: FiniteType) -> tuple[Any, ...]:
    """All values of a type in canonical order: the place of each is its rank."""
    match kind:
        case UnionType():
            return tuple(value for option in canonical_options(kind) for value in universe(option))
        case RecordType(cls=cls):
            names = [attribute.alias or attribute.name for attribute in attrs.fields(cls)]
            rows = product(*[universe(part) for part in parts(kind)])
            return tuple(cls(**dict(zip(names, row, strict=True))) for row in rows)
        case TupleType():
            return tuple(product(*[universe(part) for part in parts(kind)]))
        case SeqType(item=item, limit=limit):
            lengths = range((limit or 0) + 1) if size(item) else range(1)
            return tuple(row for length in lengths for row in product(universe(item), repeat=length))
        case SetType(item=item, capacity=capacity):
            items = universe(item) if capacity != 0 else ()
            most = len(items) if capacity is None else min(capacity, len(items))
            return tuple(frozenset(row) for n in range(most + 1) for row in combinations(items, n))
        case MapType(key=key, value=value):
            keys = universe(key)
            rows = product(universe(value) if keys else (), repeat=len(keys))
            return tuple(Map(zip(keys, row, strict=True)) for row in rows)
        case BagType():
            return tuple(in_order(kind, kind.members())) if size(kind.item) else (Bag(),)
        case _:
            return tuple(kind.members())


# -- representations ------------------------------------------------------------------------------


class Shapes:
    """The representation of each type in one program; `held` are the types of its states."""

    def __init__(self, held: tuple[FiniteType, ...] = ()) -> None:
        self._full = {
            inner.item
            for kind in held
            for inner in inside(kind)
            if isinstance(inner, SetType) and inner.capacity is None and size(inner.item) is not None
        }
        self._shapes: dict[FiniteType, FiniteType] = {}

    def representation(self, kind: FiniteType) -> str:
        """How values of the type are held, a key of the tables of operations.

        `codes` is a union of atoms as one byte, `bits` a set in one word, `words` one in several,
        `array` a sorted array.
        """
        if isinstance(kind, SetType):
            return self._of_set(kind)
        if isinstance(kind, UnionType):
            return "codes" if _is_codes(kind) else "union"
        return _NAMES[type(kind)]

    def _of_set(self, kind: SetType) -> str:
        possible = size(kind.item)
        if possible is None or (possible > SMALL_UNIVERSE and kind.item not in self._full):
            return "array"
        return "bits" if possible <= WORD else "words"

    def is_scalar(self, kind: FiniteType) -> bool:
        """Whether C passes values of the type by value."""
        return self.representation(kind) in SCALARS

    def shape(self, kind: FiniteType) -> FiniteType:
        """What all types have in common whose values C holds in the same way."""
        found = self._shapes.get(kind)
        if found is None:
            found = self._shapes[kind] = _SHAPES[type(kind)](self, kind)
        return found

    def set_shape(self, kind: SetType) -> SetType:
        """Bit sets go by all of their item type, arrays by its shape alone."""
        exact = self.representation(kind) != "array"
        return SetType(kind.item if exact else self.shape(kind.item))


SCALARS = frozenset({"bool", "int", "enum", "sort", "none", "codes", "bits"})
"""The representations that C passes by value."""

_NAMES: dict[type[Any], str] = {
    BoolType: "bool",
    IntType: "int",
    EnumType: "enum",
    SortType: "sort",
    NoneType: "none",
    RecordType: "record",
    TupleType: "tuple",
    SeqType: "sequence",
    MapType: "map",
    BagType: "bag",
}


def _is_codes(kind: UnionType) -> bool:
    if not all(isinstance(option, ATOMS) for option in kind.options):
        return False
    return size(kind, LARGEST_CODES) is not None


def _union_shape(shapes: Shapes, kind: UnionType) -> FiniteType:
    return UnionType(tuple(shapes.shape(option) for option in canonical_options(kind)))


_SHAPES: dict[type[Any], Any] = {
    BoolType: lambda shapes, kind: kind,
    IntType: lambda shapes, kind: INTEGERS.get(storage_bits(kind), IntType(None, None)),
    EnumType: lambda shapes, kind: kind,
    SortType: lambda shapes, kind: kind,
    NoneType: lambda shapes, kind: kind,
    RecordType: lambda shapes, kind: RecordType(
        kind.cls, tuple((name, shapes.shape(inner)) for name, inner in kind.fields)
    ),
    UnionType: _union_shape,
    TupleType: lambda shapes, kind: TupleType(tuple(shapes.shape(item) for item in kind.items)),
    SeqType: lambda shapes, kind: SeqType(shapes.shape(kind.item), None),
    SetType: Shapes.set_shape,
    MapType: lambda shapes, kind: MapType(kind.key, shapes.shape(kind.value)),
    BagType: lambda shapes, kind: BagType(shapes.shape(kind.item), None, None),
}
