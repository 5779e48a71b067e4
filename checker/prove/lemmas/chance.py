"""Random values of finite types: states that nobody may ever reach.

They tell what says something about a protocol from what its types say already: a clause that holds in
hundreds of them, though each of its literals often fails, holds in all.  The values are not uniform:
sets are now sparse and now full, and the values of a map are now alike, so that rare cases are met.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import attrs

from checker.lang.types import (
    BagType,
    FiniteType,
    IntType,
    MapType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)
from checker.lang.values import Bag, Map

MOST_LISTED = 256
"""Sets and bags over no more values than this draw from all of them."""

LONGEST = 3
"""Sequences and bags without a smaller bound have at most so many items."""


def random_value(kind: FiniteType, chance: Random) -> Any:
    """A value of a type; OverflowError where the type has no bounds."""
    row = _ROWS.get(type(kind))
    return chance.choice(list(kind.members())) if row is None else row(kind, chance)


def _integer(kind: IntType, chance: Random) -> int:
    kind.count()
    assert kind.low is not None
    assert kind.high is not None
    return chance.randint(kind.low, kind.high)


def _record(kind: RecordType, chance: Random) -> Any:
    names = [attribute.alias or attribute.name for attribute in attrs.fields(kind.cls)]
    values = [random_value(part, chance) for _, part in kind.fields]
    return kind.cls(**dict(zip(names, values, strict=True)))


def _union(kind: UnionType, chance: Random) -> Any:
    return random_value(chance.choice([option for option in kind.options if option.count()]), chance)


def _tuple(kind: TupleType, chance: Random) -> tuple[Any, ...]:
    return tuple(random_value(part, chance) for part in kind.items)


def _sequence(kind: SeqType, chance: Random) -> tuple[Any, ...]:
    most = LONGEST if kind.limit is None else min(LONGEST, kind.limit)
    return tuple(random_value(kind.item, chance) for _ in range(chance.randint(0, most)))


def _set(kind: SetType, chance: Random) -> frozenset[Any]:
    return frozenset(_drawn(kind.item, kind.capacity, chance))


def _bag(kind: BagType, chance: Random) -> Bag[Any]:
    most = LONGEST if kind.capacity is None else min(LONGEST, kind.capacity)
    if kind.max_count is not None:
        return Bag(dict.fromkeys(_drawn(kind.item, most, chance)) if kind.max_count else ())
    return Bag(random_value(kind.item, chance) for _ in range(chance.randint(0, most)))


def _drawn(item: FiniteType, capacity: int | None, chance: Random) -> list[Any]:
    """Some different values of a type, as many as may be."""
    if item.count() <= MOST_LISTED:
        density = chance.choice([0.0, 0.15, 0.5, 0.5, 0.85, 1.0])
        drawn = [value for value in item.members() if chance.random() < density]
    else:
        drawn = list({random_value(item, chance): None for _ in range(chance.randint(0, LONGEST))})
    chance.shuffle(drawn)
    return drawn if capacity is None else drawn[:capacity]


def _map(kind: MapType, chance: Random) -> Map[Any, Any]:
    keys = list(kind.key.members())
    if chance.random() < 0.3:
        return Map.fill(keys, random_value(kind.value, chance))
    return Map({key: random_value(kind.value, chance) for key in keys})


_ROWS: dict[type[Any], Callable[..., Any]] = {
    IntType: _integer,
    RecordType: _record,
    UnionType: _union,
    TupleType: _tuple,
    SeqType: _sequence,
    SetType: _set,
    BagType: _bag,
    MapType: _map,
}
"""How to draw from types that are not listed whole."""
