"""Selection: one of several symbolic values, by conditions of which no two hold at once.

Where no condition holds, or only that of a value that is nowhere, the result means nothing: whoever asks
has noted that.  Values that are equal are taken together first, so that choosing between states that
differ in one field makes gates for that field only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from checker.symbolic import integers
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit
from checker.symbolic.values import (
    NOWHERE,
    BagOf,
    Bits,
    Cases,
    Nowhere,
    Number,
    Product,
    Seq,
    SetOf,
    Table,
    Truth,
    Union,
    Value,
)

Option = tuple[Lit, Value]
"""A condition, and the value where it holds."""

Options = Sequence[tuple[Lit, Any]]
"""Options that are all of one class."""


def select(c: Circuit, options: Iterable[Option]) -> Value:
    """The value whose condition holds; `NOWHERE` where none can."""
    grouped: dict[Value, list[Lit]] = {}
    for lit, value in options:
        if lit != FALSE and not isinstance(value, Nowhere):
            grouped.setdefault(value, []).append(lit)
    if len(grouped) < 2:
        return next(iter(grouped), NOWHERE)
    given = [(c.any(lits), value) for value, lits in grouped.items()]
    for lit, value in given:
        if lit == TRUE:
            return value
    return SELECTIONS[type(given[0][1])](c, given)


def choose(c: Circuit, test: Lit, then: Value, other: Value) -> Value:
    """`then` where the test holds, otherwise `other`."""
    return select(c, [(test, then), (-test, other)])


def pick(c: Circuit, options: Sequence[tuple[Lit, Lit]]) -> Lit:
    """The truth value whose condition holds; false where none does."""
    if len(options) == 2 and options[0][0] == -options[1][0]:
        return c.ite(options[0][0], options[0][1], options[1][1])
    return c.any([c.both(condition, lit) for condition, lit in options])


def _truths(c: Circuit, options: Options) -> Value:
    return Truth(pick(c, [(lit, value.lit) for lit, value in options]))


def _cases(c: Circuit, options: Options) -> Value:
    if any(isinstance(value, Bits) or any(type(key) is int for key in value.cases) for _, value in options):
        return integers.select(c, cast(Sequence[tuple[Lit, Number]], options))
    return Cases(_tables(c, [(lit, value.cases) for lit, value in options]))


def _tables(c: Circuit, options: Sequence[tuple[Lit, dict[Any, Lit]]]) -> dict[Any, Lit]:
    keys = dict.fromkeys(key for _, table in options for key in table)
    picked = {key: pick(c, [(lit, table.get(key, FALSE)) for lit, table in options]) for key in keys}
    return {key: lit for key, lit in picked.items() if lit != FALSE}


def _products(c: Circuit, options: Options) -> Value:
    places = range(len(options[0][1].parts))
    return Product(
        tuple(select(c, [(lit, value.parts[place]) for lit, value in options]) for place in places)
    )


def _maps(c: Circuit, options: Options) -> Value:
    places = range(len(options[0][1].values))
    return Table(tuple(select(c, [(lit, value.values[place]) for lit, value in options]) for place in places))


def _unions(c: Circuit, options: Options) -> Value:
    found = []
    for place in range(len(options[0][1].options)):
        at = [(lit, *value.options[place]) for lit, value in options]
        tag = pick(c, [(lit, tag) for lit, tag, _ in at])
        found.append((tag, select(c, [(lit, held) for lit, tag, held in at if tag != FALSE])))
    return Union(tuple(found))


def _sequences(c: Circuit, options: Options) -> Value:
    """Place by place, whether dense or not: what is absent in the chosen one is absent."""
    longest = max(len(value.entries) for _, value in options)
    entries: list[tuple[Lit, Value]] = []
    for place in range(longest):
        at = [(lit, value.entries[place]) for lit, value in options if place < len(value.entries)]
        missing = [(lit, FALSE) for lit, value in options if place >= len(value.entries)]
        here = pick(c, [(lit, present) for lit, (present, _) in at] + missing)
        entries.append((here, select(c, [(lit, value) for lit, (present, value) in at if present != FALSE])))
    return Seq(
        tuple(entry for entry in entries if entry[0] != FALSE), all(value.dense for _, value in options)
    )


def _sets(c: Circuit, options: Options) -> Value:
    known = _tables(c, [(lit, value.known) for lit, value in options])
    merged = [(lit, loose_members(c, value)) for lit, value in options]
    loose = _tables(c, merged)
    return SetOf(known, tuple((lit, value) for value, lit in loose.items()))


def loose_members(c: Circuit, value: SetOf) -> dict[Value, Lit]:
    """The symbolic members of a set, each once."""
    found: dict[Value, Lit] = {}
    for lit, member in value.loose:
        found[member] = c.either(found.get(member, FALSE), lit)
    return found


def _bags(c: Circuit, options: Options) -> Value:
    if all(value.tidy for _, value in options):
        return _tidy_bags(c, options)
    known = _counts(c, [(lit, value.known) for lit, value in options])
    loose = _counts(c, [(lit, loose_counts(c, value)) for lit, value in options])
    return BagOf(known, tuple(loose.items()))


def _tidy_bags(c: Circuit, options: Options) -> Value:
    """Place by place."""
    none, found = integers.constant(0), []
    for place in range(max(len(value.loose) for _, value in options)):
        at = [(lit, *value.loose[place]) for lit, value in options if place < len(value.loose)]
        missing = [(lit, none) for lit, value in options if place >= len(value.loose)]
        copies = integers.select(c, [*((lit, copies) for lit, _, copies in at), *missing])
        found.append((select(c, [(lit, held) for lit, held, _ in at]), copies))
    return BagOf({}, tuple(found), tidy=True)


def loose_counts(c: Circuit, value: BagOf) -> dict[Value, Number]:
    """The symbolic members of a bag, each once, with their copies."""
    found: dict[Value, Number] = {}
    for member, copies in value.loose:
        found[member] = integers.add(c, found[member], copies) if member in found else copies
    return found


def _counts(c: Circuit, options: Sequence[tuple[Lit, dict[Any, Number]]]) -> dict[Any, Number]:
    none = integers.constant(0)
    keys = dict.fromkeys(key for _, table in options for key in table)
    found = {key: select(c, [(lit, table.get(key, none)) for lit, table in options]) for key in keys}
    return {key: cast(Number, copies) for key, copies in found.items() if copies != none}


SELECTIONS: dict[type[Any], Callable[[Circuit, Options], Value]] = {
    Truth: _truths,
    Cases: _cases,
    Bits: _cases,
    Product: _products,
    Union: _unions,
    Seq: _sequences,
    Table: _maps,
    SetOf: _sets,
    BagOf: _bags,
}
