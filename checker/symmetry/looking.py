"""How identities are seen in a value when all that is known of each is its colour.

`looker(kind, places)` makes a function of a value and a colouring.  It gives the *form* of the
value, a number that tells what is left of the value when identities are replaced by their colours,
and the *marks* of each identity in it: a number that tells where and in what company it occurs.

The rule it keeps, on which symmetry rests: exchange identities in the value and, in the same way,
in the colouring, and the form stays while the marks move along.  So sets are summed, never taken in
some order, and no number comes from the name of an identity or from an address in memory.  Two
different values may get one number by accident: that costs time later, and never a wrong answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from checker.lang.types import (
    BagType,
    FiniteType,
    MapType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    UnionType,
)
from checker.lang.values import Sort, order
from checker.symmetry.moving import chooser
from checker.symmetry.traits import occurrences

Colours = Sequence[int]
Places = Mapping[Sort, int]
Marks = dict[int, int]
Seen = tuple[int, Marks]
Look = Callable[[Any, Colours], Seen]

WORD = (1 << 61) - 2
"""Sums are kept within these bits, where Python's hash of a number is the number itself."""

REMEMBERED = 50_000
"""So many forms of values without identities are remembered before starting afresh."""


def looker(kind: FiniteType, sorts: Sequence[SortType], places: Places) -> Look:
    """How the identities in the values of a type are seen; `places` numbers the identities."""
    if not occurrences(kind, sorts):
        return _plain()
    return ROWS[type(kind)](kind, lambda inner: looker(inner, sorts, places), places)


Inner = Callable[[FiniteType], Look]


def _plain() -> Look:
    """A value without identities is its own form."""
    known: dict[Any, Seen] = {}

    def look(value: Any, colours: Colours) -> Seen:
        seen = known.get(value)
        if seen is None:
            if len(known) >= REMEMBERED:
                known.clear()
            seen = known[value] = (_number(value), {})
        return seen

    return look


def _number(value: Any) -> int:
    """A number for a value, the same in every process."""
    text = repr(order(value)).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big") & WORD


def _sort(kind: SortType, inner: Inner, places: Places) -> Look:
    def look(value: Any, colours: Colours) -> Seen:
        place = places[value]
        return colours[place], {place: 1}

    return look


def _in_order(seen: Iterable[Seen]) -> Seen:
    """Parts that have places of their own."""
    forms: list[int] = []
    marks: Marks = {}
    for slot, (form, inner) in enumerate(seen):
        forms.append(form)
        for place, mark in inner.items():
            marks[place] = (marks.get(place, 0) + hash((slot, mark))) & WORD
    return hash(tuple(forms)) & WORD, marks


def _gathered(seen: Iterable[Seen]) -> Seen:
    """Members that have no order: each identity is seen with all of the member that holds it."""
    total = 0
    marks: Marks = {}
    for form, inner in seen:
        total += hash((1, form))
        for place, mark in inner.items():
            marks[place] = (marks.get(place, 0) + hash((form, mark))) & WORD
    return total & WORD, marks


def _record(kind: RecordType, inner: Inner, places: Places) -> Look:
    fields = [(name, inner(each)) for name, each in kind.fields]
    return lambda value, colours: _in_order([look(getattr(value, name), colours) for name, look in fields])


def _union(kind: UnionType, inner: Inner, places: Places) -> Look:
    choose = chooser(kind)
    looks = [inner(option) for option in kind.options]

    def look(value: Any, colours: Colours) -> Seen:
        option = choose(value)
        form, marks = looks[option](value, colours)
        return hash((option, form)) & WORD, {p: hash((option, mark)) & WORD for p, mark in marks.items()}

    return look


def _tuple(kind: TupleType, inner: Inner, places: Places) -> Look:
    looks = [inner(item) for item in kind.items]
    return lambda value, colours: _in_order(
        [look(item, colours) for look, item in zip(looks, value, strict=True)]
    )


def _sequence(kind: SeqType, inner: Inner, places: Places) -> Look:
    look = inner(kind.item)
    return lambda value, colours: _in_order([look(item, colours) for item in value])


def _set(kind: SetType, inner: Inner, places: Places) -> Look:
    look = inner(kind.item)
    return lambda value, colours: _gathered([look(item, colours) for item in value])


def _map(kind: MapType, inner: Inner, places: Places) -> Look:
    look_key, look = inner(kind.key), inner(kind.value)
    return lambda value, colours: _gathered(
        [_in_order((look_key(key, colours), look(item, colours))) for key, item in value.pairs()]
    )


def _bag(kind: BagType, inner: Inner, places: Places) -> Look:
    look = inner(kind.item)
    return lambda value, colours: _gathered(
        [_in_order((look(item, colours), (copies, {}))) for item, copies in value.items()]
    )


ROWS: dict[type[Any], Callable[[Any, Inner, Places], Look]] = {
    SortType: _sort,
    RecordType: _record,
    UnionType: _union,
    TupleType: _tuple,
    SeqType: _sequence,
    SetType: _set,
    MapType: _map,
    BagType: _bag,
}
"""One row for each type whose values may hold identities."""
