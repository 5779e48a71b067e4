"""Integers by cases: under which condition it is which.

One case of a number holds wherever the number has a meaning, so what all cases share is `TRUE`, and the
condition of many cases may be written as that of the few others negated.  Elsewhere anything may come
out, but never two cases at once: disjoint sets of cases get conditions that exclude each other.

Nothing here knows bits; what would have too many cases is left to them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeVar

from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit
from checker.symbolic.values import Cases

MOST_CASES = 64
"""The most cases that the result of an operation has."""

MOST_PAIRS = 4_096
"""The most pairs of cases that an operation combines."""

R = TypeVar("R", bound=Hashable)

Rectangles = dict[frozenset[int], list[int]]
"""Pairs of cases: sets of right ones, and the left ones that go with each."""


def of(conditions: Mapping[int, Lit]) -> Cases:
    """A number by its cases; those that never hold are dropped, and one that is left is known."""
    kept = {value: lit for value, lit in conditions.items() if lit != FALSE}
    return Cases(dict.fromkeys(kept, TRUE)) if len(kept) == 1 else Cases(kept)


def known(number: Cases) -> int | None:
    """The integer that it is, if that is known."""
    return next(iter(number.cases)) if len(number.cases) == 1 else None


def some(c: Circuit, number: Cases, wanted: Collection[int]) -> Lit:
    """Whether it is one of these, which are among its cases."""
    cases = number.cases
    if len(wanted) == len(cases):
        return TRUE if cases else FALSE
    if 2 * len(wanted) <= len(cases):
        return c.any(cases[value] for value in wanted)
    inside = frozenset(wanted)
    return -c.any(lit for value, lit in cases.items() if value not in inside)


def combined(
    c: Circuit, left: Cases, right: Cases, operation: Callable[[int, int], R], most: int = MOST_CASES
) -> dict[R, Lit] | None:
    """The results of an operation with their conditions; nothing where they or the pairs are too many."""
    found = _rectangles(left, right, operation, most)
    if found is None:
        return None
    if left == right:
        return {result: some(c, left, list(chain(*of_it.values()))) for result, of_it in found.items()}
    return {result: _covered(c, left, right, of_it) for result, of_it in found.items()}


def _rectangles(
    left: Cases, right: Cases, operation: Callable[[int, int], R], most: int
) -> dict[R, Rectangles] | None:
    """Each result with the pairs of cases that lead to it; a number with itself pairs equal cases only."""
    alike = left == right
    if not alike and len(left.cases) * len(right.cases) > MOST_PAIRS:
        return None
    found: dict[R, Rectangles] = {}
    for one in left.cases:
        row: dict[R, list[int]] = {}
        for other in (one,) if alike else right.cases:
            row.setdefault(operation(one, other), []).append(other)
        for result, others in row.items():
            found.setdefault(result, {}).setdefault(frozenset(others), []).append(one)
        if len(found) > most:
            return None
    return found


def _covered(c: Circuit, left: Cases, right: Cases, rectangles: Rectangles) -> Lit:
    return c.any(c.both(some(c, left, ones), some(c, right, others)) for others, ones in rectangles.items())


def equal(c: Circuit, left: Cases, right: Cases) -> Lit:
    """Whether the two are the same integer."""
    if left == right:
        return TRUE
    common = [value for value in left.cases if value in right.cases]
    if len(common) == len(left.cases) == len(right.cases) == 2:
        return c.same(left.cases[common[0]], right.cases[common[0]])
    return c.any(c.both(some(c, left, [value]), some(c, right, [value])) for value in common)


def less(c: Circuit, left: Cases, right: Cases, *, strict: bool) -> Lit:
    """Whether the left one is less, or equal if not `strict`; gates are as many as cases, not as pairs."""
    if left == right:
        return FALSE if strict else TRUE
    bottom, top = known(left), known(right)
    if bottom is not None:
        return some(c, right, [v for v in right.cases if bottom < v or (bottom == v and not strict)])
    if top is not None:
        return some(c, left, [v for v in left.cases if v < top or (v == top and not strict)])
    later = _from_here_on(c, right, sorted(right.cases), 1)
    groups: dict[Lit, list[int]] = {}
    for value in left.cases:
        above = [v for v in right.cases if value < v or (value == v and not strict)]
        if above:
            groups.setdefault(later[min(above)], []).append(value)
    return c.any(c.both(some(c, left, values), reached) for reached, values in groups.items())


def extreme(c: Circuit, numbers: Sequence[Cases], *, greatest: bool) -> Cases | None:
    """The least or the greatest of some numbers; nothing where it has too many cases."""
    if not all(number.cases for number in numbers):
        return Cases({})
    sign = -1 if greatest else 1
    last = min(max(sign * value for value in number.cases) for number in numbers)
    values = {value for number in numbers for value in number.cases if sign * value <= last}
    if len(values) > MOST_CASES:
        return None
    order = sorted(values, reverse=greatest)
    later = [_from_here_on(c, number, order, sign) for number in numbers]
    reached = [c.all(chances[value] for chances in later) for value in order]
    beyond = [*reached[1:], FALSE]
    return of({v: c.both(here, -on) for v, here, on in zip(order, reached, beyond, strict=True)})


def _from_here_on(c: Circuit, number: Cases, order: Sequence[int], sign: int) -> dict[int, Lit]:
    """Of each value in an order, ascending for 1 and descending for -1: whether it is that or a later one.

    What lies beyond the order's last value counts as later.
    """
    waiting = sorted(number.cases, key=lambda value: sign * value)
    found, reached = {}, FALSE
    for value in reversed(order):
        while waiting and sign * waiting[-1] >= sign * value:
            reached = c.either(reached, number.cases[waiting.pop()])
        found[value] = reached if waiting else TRUE
    return found


def masked(c: Circuit, present: Lit, number: Cases) -> Cases:
    """The number where it is present, otherwise 0."""
    if present == TRUE:
        return number
    others = [value for value in number.cases if value]
    found = {value: c.both(present, some(c, number, [value])) for value in others}
    return of({0: -c.any(found.values()), **found})


def sums(numbers: Iterable[Cases]) -> set[int] | None:
    """The sums that cases of these can have; nothing where they are too many."""
    found = {0}
    for number in numbers:
        found = {one + other for one in found for other in number.cases}
        if len(found) > MOST_CASES:
            return None
    return found


def counted(c: Circuit, lits: Sequence[Lit], already: int) -> Cases:
    """How many of these hold, and so many more."""
    reached = [TRUE, *c.sums(lits)]
    beyond = [*reached[1:], FALSE]
    pairs = zip(reached, beyond, strict=True)
    return of({already + number: c.both(here, -more) for number, (here, more) in enumerate(pairs)})
