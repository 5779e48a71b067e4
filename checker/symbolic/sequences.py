"""Sequences with absent items: how they are made dense, and what is asked of them by place."""

from __future__ import annotations

from collections.abc import Sequence

from checker.symbolic import integers
from checker.symbolic.choosing import select
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit
from checker.symbolic.values import Number, Seq, Value


def sequence(entries: Sequence[tuple[Lit, Value]]) -> Seq:
    """A sequence of the entries that may be present."""
    some = tuple(entry for entry in entries if entry[0] != FALSE)
    return Seq(some, dense=all(lit == TRUE for lit, _ in some[:-1]))


def densified(c: Circuit, given: Seq) -> Seq:
    """The same sequence, with whatever is present first."""
    if given.dense:
        return given
    # reached[k]: whether exactly k items came before the present one
    reached: list[Lit] = [TRUE]
    places: list[list[tuple[Lit, Value]]] = []
    for here, value in given.entries:
        for place, at in enumerate(reached):
            if place == len(places):
                places.append([])
            lit = c.both(at, here)
            if lit != FALSE:
                places[place].append((lit, value))
        longer = [*reached, FALSE]
        reached = [c.ite(here, longer[place - 1] if place else FALSE, at) for place, at in enumerate(longer)]
        while reached[-1] == FALSE:
            reached.pop()
    dense = [(c.any([lit for lit, _ in options]), select(c, options)) for options in places if options]
    return Seq(tuple(dense), dense=True)


def length(c: Circuit, given: Seq) -> Number:
    """How many items a sequence has."""
    return integers.count(c, [lit for lit, _ in given.entries])


def at_place(c: Circuit, given: Seq, index: Number) -> tuple[Value, Lit]:
    """The item at an index, which may count from the end; and whether there is one."""
    dense = densified(c, given)
    place = from_start(c, dense, index)
    lits = integers.cases_of(c, place, 0, len(dense.entries) - 1) if dense.entries else {}
    options = [
        (found, value)
        for at, (here, value) in enumerate(dense.entries)
        if (found := c.both(lits.get(at, FALSE), here)) != FALSE
    ]
    return select(c, options), c.any([lit for lit, _ in options])


def from_start(c: Circuit, given: Seq, index: Number) -> Number:
    """An index that counts from the end, where it is negative, as one that counts from the start."""
    negative = integers.less(c, index, integers.constant(0), strict=True)
    if negative == FALSE:
        return index
    counted = integers.add(c, index, length(c, given))
    return integers.select(c, [(negative, counted), (-negative, index)])


def sliced(c: Circuit, given: Seq, low: Number | None, high: Number | None) -> Seq:
    """`sequence[low:high]`: a bound beyond an end means that end."""
    dense = densified(c, given)
    start = None if low is None else from_start(c, dense, low)
    end = None if high is None else from_start(c, dense, high)
    entries = []
    for place, (here, value) in enumerate(dense.entries):
        at = integers.constant(place)
        after = TRUE if start is None else integers.less(c, start, at, strict=False)
        before = TRUE if end is None else integers.less(c, at, end, strict=True)
        entries.append((c.all((here, after, before)), value))
    kept = tuple(entry for entry in entries if entry[0] != FALSE)
    from_zero = start is None or integers.less(c, start, integers.constant(1), strict=True) == TRUE
    return Seq(kept, dense=from_zero or all(lit == TRUE for lit, _ in kept[:-1]))
