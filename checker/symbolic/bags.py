"""Bags: copies counted, added, removed and compared."""

from __future__ import annotations

from typing import Any

from checker.lang.types import FiniteType
from checker.symbolic import integers
from checker.symbolic.choosing import loose_counts
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit
from checker.symbolic.comparing import copies_of, different, equal
from checker.symbolic.expanding import expand
from checker.symbolic.fresh import UNIVERSE, counts_of
from checker.symbolic.lifting import countable, lift
from checker.symbolic.values import BagOf, Number, SetOf, Value

EXPANDED = 64
"""A symbolic member that may be so many Python values becomes these, each with a number of copies."""

ZERO = integers.constant(0)


def total(c: Circuit, bag: BagOf) -> Number:
    """How many copies a bag holds in all."""
    return integers.total(c, [(TRUE, number) for number in counts_of(bag)])


def support(c: Circuit, bag: BagOf) -> SetOf:
    """The set of different members."""
    known = {item: -integers.equal(c, number, ZERO) for item, number in bag.known.items()}
    loose = [(-integers.equal(c, number, ZERO), held) for held, number in bag.loose]
    return SetOf(
        {item: lit for item, lit in known.items() if lit != FALSE},
        tuple(entry for entry in loose if entry[0] != FALSE),
    )


def number_of_different(c: Circuit, item: FiniteType, bag: BagOf) -> Number:
    """How many different members a bag has."""
    return integers.count(c, different(c, item, support(c, bag)))


def added(c: Circuit, kind: FiniteType, bag: BagOf, item: Value, number: Number) -> BagOf:
    """The bag with so many more copies of an item."""
    few = 1 if bag.loose or countable(kind) > UNIVERSE // 4 else EXPANDED
    expanded = expand(c, kind, item, few)
    if expanded is None:
        return _combined(c, bag, BagOf({}, ((item, number),)))
    table = {value: integers.total(c, [(lit, number)]) for value, lit in expanded.items()}
    return _combined(c, bag, BagOf(table))


def sum_of(c: Circuit, _: FiniteType, left: BagOf, right: BagOf) -> BagOf:
    """Two bags added."""
    return _combined(c, left, right)


def _combined(c: Circuit, left: BagOf, right: BagOf) -> BagOf:
    known = dict(left.known)
    for item, number in right.known.items():
        known[item] = integers.add(c, known[item], number) if item in known else number
    loose = loose_counts(c, BagOf({}, left.loose + right.loose))
    return _some(known, loose)


def _some(known: dict[Any, Number], loose: dict[Value, Number]) -> BagOf:
    return BagOf(
        {item: number for item, number in known.items() if number != ZERO},
        tuple((held, number) for held, number in loose.items() if number != ZERO),
    )


def without(c: Circuit, kind: FiniteType, bag: BagOf, item: Value, number: Number) -> BagOf:
    """The bag with so many fewer copies of an item, taken from one entry after the other."""
    left = number
    known: dict[Any, Number] = {}
    loose: list[tuple[Value, Number]] = []
    for value, held in bag.known.items():
        known[value], left = _taken(c, equal(c, kind, item, lift(kind, value)), held, left)
    for value, held in bag.loose:
        remaining, left = _taken(c, equal(c, kind, item, value), held, left)
        loose.append((value, remaining))
    return BagOf(
        {value: held for value, held in known.items() if held != ZERO},
        tuple((value, held) for value, held in loose if held != ZERO),
    )


def _taken(c: Circuit, here: Lit, held: Number, wanted: Number) -> tuple[Number, Number]:
    """What is left of an entry, and what is still wanted, once as much as can be is taken from it."""
    if here == FALSE:
        return held, wanted
    taken = integers.extreme(c, "min", [held, wanted])
    kept = integers.subtract(c, held, taken)
    still = integers.subtract(c, wanted, taken)
    return (
        integers.select(c, [(here, kept), (-here, held)]),
        integers.select(c, [(here, still), (-here, wanted)]),
    )


def difference(c: Circuit, kind: FiniteType, left: BagOf, right: BagOf) -> BagOf:
    """The copies of the left bag beyond those of the right one."""
    found = left
    for item, number in [*((lift(kind, known), n) for known, n in right.known.items()), *right.loose]:
        most = integers.extreme(c, "min", [copies_of(c, kind, item, found), number])
        found = without(c, kind, found, item, most)
    return found
