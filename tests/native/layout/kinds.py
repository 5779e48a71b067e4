"""Random finite types for the tests of the layout, the same ones in every run."""

from __future__ import annotations

from enum import Enum
from random import Random
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
from checker.lang.values import Sort


class Node(Sort):
    """An identity."""


class Client(Sort):
    """Another."""


class Colour(Enum):
    """An enumeration."""

    RED = 1
    GREEN = 2
    BLUE = 3


class Lone(Enum):
    """One of one."""

    ONLY = "only"


NODES, CLIENTS = SortType(Node, 3), SortType(Client, 2)
COLOURS, LONE = EnumType(Colour), EnumType(Lone)
ATOMS = [BoolType(), NODES, CLIENTS, COLOURS, LONE, NoneType()]


def record(name: str, *kinds: FiniteType) -> RecordType:
    """A record type with a class of its own."""
    names = [f"field_{number}" for number in range(len(kinds))]
    cls: type[Any] = attrs.make_class(name, names, frozen=True)
    return RecordType(cls, tuple(zip(names, kinds, strict=True)))


class Maker:
    """Draws types; `deep` says how many levels of containers there may be."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.records = 0
        self.seed = seed

    def kind(self, deep: int) -> FiniteType:
        """Any type."""
        rows = [self.atom, self.integer] if deep == 0 else [
            self.atom, self.integer, self.record, self.record, self.union, self.tuple, self.sequence,
            self.set, self.set, self.map, self.bag,
        ]  # fmt: skip
        return self.random.choice(rows)(deep - 1)

    def atom(self, deep: int) -> FiniteType:
        return self.random.choice(ATOMS)

    def integer(self, deep: int) -> FiniteType:
        low = self.random.choice([0, 0, -1, 1, -3, -200, -40_000])
        return IntType(low, low + self.random.choice([0, 1, 2, 5, 40, 700]))

    def record(self, deep: int) -> RecordType:
        self.records += 1
        kinds = [self.kind(deep) for _ in range(self.random.choice([0, 1, 2, 2, 3]))]
        return record(f"Record{self.seed}n{self.records}", *kinds)

    def union(self, deep: int) -> FiniteType:
        choices = [NoneType(), NODES, CLIENTS, COLOURS, self.record(deep), self.record(deep)]
        choices.append(self.random.choice([BoolType(), self.integer(deep)]))
        choices.append(self.random.choice([self.tuple(deep), self.sequence(deep)]))
        choices.append(self.set(deep))
        atoms_only = self.random.random() < 0.3
        options = [c for c in choices[: 4 if atoms_only else None] if self.random.random() < 0.5]
        options = options if len(options) > 1 else [NoneType(), NODES]
        self.random.shuffle(options)
        return UnionType(tuple(options))

    def tuple(self, deep: int) -> FiniteType:
        return TupleType(tuple(self.kind(deep) for _ in range(self.random.choice([0, 1, 2, 3]))))

    def sequence(self, deep: int) -> FiniteType:
        return SeqType(self.kind(deep), self.random.choice([0, 1, 2, 3]))

    def set(self, deep: int) -> FiniteType:
        return SetType(self.kind(deep), self.random.choice([0, 1, 2, 3, 3]))

    def map(self, deep: int) -> FiniteType:
        keys = [NODES, COLOURS, BoolType(), IntType(-1, 2), TupleType((NODES, BoolType()))]
        return MapType(self.random.choice(keys), self.kind(deep))

    def bag(self, deep: int) -> FiniteType:
        limits = [(2, None), (3, None), (3, 2), (0, None), (4, 1)]
        capacity, most = self.random.choice(limits)
        return BagType(self.kind(deep), capacity, most)


PAIR = record("Pair", NODES, IntType(0, 3))
MESSAGE = UnionType((record("Prepared", NODES), record("Decided", BoolType()), PAIR))
LARGE = TupleType((IntType(0, 99), IntType(-1, 9)))

CHOSEN: list[FiniteType] = [
    *ATOMS,
    IntType(0, 0),
    IntType(-1, 2),
    IntType(-(2**63), 2**63 - 1),
    UnionType((COLOURS, NoneType())),
    UnionType((IntType(-1, 2), NoneType())),
    UnionType(()),
    PAIR,
    MESSAGE,
    SeqType(MESSAGE, 2),
    SetType(NODES),
    SetType(MESSAGE),
    SetType(UnionType(())),
    SetType(TupleType((NODES, NODES, COLOURS, IntType(-1, 2)))),
    SetType(SetType(NODES)),
    SetType(SetType(NODES, 2), 3),
    SetType(SeqType(NODES, 2)),
    SetType(MapType(NODES, BoolType())),
    SetType(BagType(NODES, 2, None), 4),
    SetType(LARGE, 3),
    SetType(SetType(LARGE, 2), 2),
    SetType(record("Wide", IntType(0, 20), IntType(0, 20)), 4),
    SetType(IntType(0, 300), 2),
    SetType(IntType(0, 300)),
    MapType(NODES, PAIR),
    MapType(SetType(NODES), BoolType()),
    MapType(UnionType((NODES, NoneType())), IntType(0, 5)),
    MapType(TupleType((NODES, NODES)), SeqType(MESSAGE, 1)),
    BagType(MESSAGE, 3, None),
    BagType(NODES, None, 2),
    BagType(NODES, 2, None),
    BagType(COLOURS, 9, 3),
    BagType(LARGE, 3, 2),
]
"""Types at the edges, chosen by hand."""


def random_kinds(seed: int, count: int) -> list[FiniteType]:
    """So many different random types."""
    maker = Maker(seed)
    found: dict[FiniteType, None] = {}
    while len(found) < count:
        found.setdefault(maker.kind(3))
    return list(found)
