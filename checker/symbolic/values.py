"""Symbolic values: one class for each way in which a value of a finite type depends on truth values.

| type | symbolic value |
|---|---|
| bool | `Truth` |
| sorts, Enums, None, small integers | `Cases`: under which condition it is which |
| other integers | `Bits`: two's complement |
| records, tuples | `Product` |
| unions | `Union`: under which condition it is of which option, and what it then is |
| sequences | `Seq`: items with conditions; those that are present, in their order, are the sequence |
| maps | `Table`: a value for each key |
| sets | `SetOf`: members that are known, each with a condition, and others that are symbolic themselves |
| bags | `BagOf`: likewise, with numbers of copies |

A value that has no meaning (its evaluation is stuck) is `NOWHERE`.  Values are frozen and compared by what
they contain; they do not know their types, which stand in the IR.
"""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

from checker.symbolic.circuit import Lit


def _items(given: dict[Any, Any]) -> frozenset[Any]:
    return frozenset(given.items())


@frozen(cache_hash=True)
class Truth:
    """A truth value."""

    lit: Lit


@frozen(cache_hash=True)
class Cases:
    """One of some known values: under which condition which.  No two conditions hold at once."""

    cases: dict[Any, Lit] = field(eq=_items, hash=False)
    _key: frozenset[Any] = field(init=False, eq=False, hash=True, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_key", _items(self.cases))


@frozen(cache_hash=True)
class Bits:
    """An integer in two's complement, the lowest bit first and the sign last."""

    bits: tuple[Lit, ...]


@frozen(cache_hash=True)
class Product:
    """A record by its fields in their order, or a tuple by its items."""

    parts: tuple[Value, ...]


@frozen(cache_hash=True)
class Union:
    """Of each option of the type in order: whether the value is of it, and what it then is."""

    options: tuple[tuple[Lit, Value], ...]


@frozen(cache_hash=True)
class Seq:
    """Items with conditions: the sequence is made of those that are present.

    `dense` says that whatever is present comes first: an item's condition implies the one before it.
    """

    entries: tuple[tuple[Lit, Value], ...]
    dense: bool


@frozen(cache_hash=True)
class Table:
    """The values of a map, in the order of `MapType.key.members()`."""

    values: tuple[Value, ...]


@frozen(cache_hash=True)
class SetOf:
    """The members of a set: Python values, each with its condition; and symbolic ones with theirs.

    Symbolic members may equal each other, and known ones.
    """

    known: dict[Any, Lit] = field(eq=_items, hash=False)
    loose: tuple[tuple[Lit, Value], ...] = ()
    _key: frozenset[Any] = field(init=False, eq=False, hash=True, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_key", _items(self.known))


@frozen(cache_hash=True)
class BagOf:
    """How many copies of which members a bag has: Python values, and symbolic ones.

    Symbolic members may equal each other, and known ones: their copies add up.  `tidy` says that they do
    not: all members are symbolic, those that are there come first, and they differ.
    """

    known: dict[Any, Number] = field(eq=_items, hash=False)
    loose: tuple[tuple[Value, Number], ...] = ()
    tidy: bool = False
    _key: frozenset[Any] = field(init=False, eq=False, hash=True, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_key", _items(self.known))


@frozen
class Nowhere:
    """What has no value, because its evaluation is stuck wherever it is asked for."""


NOWHERE = Nowhere()

Number = Cases | Bits
"""A symbolic integer."""

Value = Truth | Cases | Bits | Product | Union | Seq | Table | SetOf | BagOf | Nowhere
