"""Random values of finite types, from a seed."""

from __future__ import annotations

from random import Random
from typing import Any

import attrs

from checker.lang.types import (
    NOTHING,
    BagType,
    FiniteType,
    MapType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)
from checker.lang.values import Bag, Map


def random_value(kind: FiniteType, random: Random) -> Any:
    """A value within a type; small collections are as likely as full ones."""
    match kind:
        case RecordType(cls=cls, fields=fields):
            names = [attribute.alias for attribute in attrs.fields(cls)]
            values = [random_value(inner, random) for _, inner in fields]
            return cls(**dict(zip(names, values, strict=True)))
        case UnionType(options=options):
            return random_value(random.choice(options), random)
        case TupleType(items=items):
            return tuple(random_value(item, random) for item in items)
        case SeqType(item=item, limit=limit):
            return tuple(random_value(item, random) for _ in range(random.randint(0, _most(item, limit))))
        case SetType(item=item, capacity=capacity):
            return frozenset(
                random_value(item, random) for _ in range(random.randint(0, _most(item, capacity)))
            )
        case MapType(key=key, value=value):
            return Map({member: random_value(value, random) for member in key.members()})
        case BagType():
            return _bag(kind, random)
        case _:
            return random.choice(list(kind.members()))


def _bag(kind: BagType, random: Random) -> Bag[Any]:
    items = [
        random_value(kind.item, random) for _ in range(random.randint(0, _most(kind.item, kind.capacity)))
    ]
    most = kind.max_count
    return Bag(item for place, item in enumerate(items) if most is None or items[:place].count(item) < most)


def _most(item: FiniteType, limit: int | None) -> int:
    if item == NOTHING:
        return 0
    return 4 if limit is None else min(limit, 4)
