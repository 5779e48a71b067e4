"""States in which every bit belongs to one identity or to none: their columns.

The *column* of an identity is its bits of the packed state in order.  Where each bit has at most one
owner, and exchanging two identities does nothing but exchange their columns, a state is a multiset of
columns beside what belongs to nobody: sorted columns are its canonical form, exactly.  That is so for
maps from a sort, sets of identities and sets of messages that name one of them each; it is checked
bit by bit here, on the values that the bits stand for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
from attrs import frozen

from checker.lang.types import BagType, FiniteType, MapType, RecordType, SetType, TupleType
from checker.lang.values import Bag, Map, Sort
from checker.native.layout.layouts import Layouts
from checker.native.layout.shapes import WORD, universe
from checker.native.layout.state import words_of
from checker.native.symmetry.identities import Identities


class NoColumns(Exception):
    """Some bit belongs to two identities, or says which identity it is."""


@frozen
class Bits:
    """Some bits of a state: what decides about their owner, all that is known of them otherwise."""

    at: int
    width: int
    part: tuple[Any, ...]
    """Fields on the way to the bits, and the members of sets and keys of maps that they stand for."""


def columns(
    layouts: Layouts, identities: Identities, state: RecordType
) -> tuple[tuple[int, ...], ...] | None:
    """For each identity the places of its bits, in order; None where a state has no such columns."""
    try:
        bits = list(_bits(layouts, identities, state, 0, ()))
        return owned(identities, bits)
    except NoColumns:
        return None


def owned(identities: Identities, bits: list[Bits]) -> tuple[tuple[int, ...], ...]:
    """For each identity the places of its bits; NoColumns if exchanging columns would not be all."""
    members = [member for sort in identities.sorts for member in sort.members()]
    known = set(members)
    at = {row.part: row.at for row in bits}
    found: dict[Any, list[Bits]] = {member: [] for member in members}
    for row in bits:
        owners = [one for one in _leaves(row.part) if one in known]
        if len(owners) > 1:
            raise NoColumns
        for owner in owners:
            found[owner].append(row)
    for one, start in zip(members, identities.starts, strict=True):
        first = members[start]
        exchange = {one: first, first: one}
        if [at[_renamed(row.part, exchange)] for row in found[one]] != [row.at for row in found[first]]:
            raise NoColumns
        if sum(row.width for row in found[one]) > WORD:
            raise NoColumns
    return tuple(
        tuple(place for row in found[one] for place in range(row.at, row.at + row.width)) for one in members
    )


def _bits(
    layouts: Layouts, identities: Identities, kind: FiniteType, at: int, part: tuple[Any, ...]
) -> Iterator[Bits]:
    """The bits of a value that is packed at some place, as `layout.packing` does it."""
    widths = layouts.widths
    if not identities.holds(kind):
        yield Bits(at, widths.of(kind), part)
    elif isinstance(kind, RecordType | TupleType):
        named = kind.fields if isinstance(kind, RecordType) else tuple(enumerate(kind.items))
        for name, inner in named:
            yield from _bits(layouts, identities, inner, at, (*part, name))
            at += widths.of(inner)
    elif isinstance(kind, MapType):
        for place, key in enumerate(universe(kind.key)):
            step = place * widths.of(kind.value)
            yield from _bits(layouts, identities, kind.value, at + step, (*part, key))
    elif isinstance(kind, SetType) and not widths.is_listed(kind):
        yield from (Bits(at + rank, 1, (*part, item)) for rank, item in enumerate(universe(kind.item)))
    elif isinstance(kind, BagType) and widths.is_counted(kind):
        width = widths.count(kind)
        for rank, item in enumerate(universe(kind.item)):
            yield Bits(at + rank * width, width, (*part, item))
    else:
        raise NoColumns


def _leaves(value: Any) -> Iterator[Sort]:
    """The identities in a value, each as often as it occurs."""
    if isinstance(value, Sort):
        yield value
    elif isinstance(value, tuple | frozenset):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, Map | Bag):
        yield from _leaves(tuple(value.items()))
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from _leaves(getattr(value, field.name))


def _renamed(value: Any, exchange: dict[Any, Any]) -> Any:
    """A value with its identities exchanged."""
    kind = type(value)
    if isinstance(value, Sort):
        return exchange.get(value, value)
    if isinstance(value, tuple | frozenset):
        return kind(_renamed(item, exchange) for item in value)
    if isinstance(value, Map):
        return Map([(_renamed(key, exchange), _renamed(item, exchange)) for key, item in value.items()])
    if isinstance(value, Bag):
        return Bag.of_counts({_renamed(item, exchange): count for item, count in value.items()})
    if attrs.has(kind):
        given = {field.alias or field.name: getattr(value, field.name) for field in attrs.fields(kind)}
        return kind(**{name: _renamed(part, exchange) for name, part in given.items()})
    return value


def masks(layouts: Layouts, state: RecordType, columns: tuple[tuple[int, ...], ...]) -> list[list[int]]:
    """The bits of each column in each word of a packed state."""
    count = words_of(layouts.widths.of(state))
    return [
        [sum(1 << place % WORD for place in column if place // WORD == word) for word in range(count)]
        for column in columns
    ]
