"""Every node on unknown operands: the value, or that it is stuck, for hundreds of assignments each.

The cases are those of tests/interpret/test_nodes.py with every literal and every name made unknown, so
each of them becomes a question about all small values; the interpreter answers it for one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, get_args

import attrs
import pytest

from checker.interpret.machine import Machine as Interpreter
from checker.interpret.stuck import Stuck
from checker.ir import nodes
from checker.ir.nodes import BOOL, INT, Expr, For, Local, Where
from checker.ir.walk import NODES
from checker.lang.types import (
    BagType,
    BoolType,
    FiniteType,
    IntType,
    MapType,
    NoneType,
    SeqType,
    SetType,
    UnionType,
)
from checker.symbolic.circuit import Circuit, TooLarge
from checker.symbolic.fresh import fresh
from checker.symbolic.lifting import decode, lits_of
from checker.symbolic.rows import ROWS, machine
from checker.symbolic.values import NOWHERE, Value
from tests.interpret.test_nodes import CASES, DIGIT, THE_BAG, THE_MAP, THE_SEQ, THE_SET, number, truth
from tests.ir.samples import PREPARED, PROGRAM, RMS
from tests.programs.values import random_value
from tests.symbolic.pinned import Simulation, pinned

NODE_CASES = [node for node, _ in CASES]

DIVIDES = nodes.Equal(nodes.Arithmetic("//", number(2), Local("x", type=INT), type=INT), number(1), type=BOOL)
"""What is stuck for one item of a sequence, which may come before or after the one that decides."""

MORE: list[Expr] = [
    nodes.Concat((THE_SEQ, THE_SEQ, THE_SEQ), type=THE_SEQ.type),
    nodes.Slice(nodes.Concat((THE_SEQ, THE_SEQ), type=THE_SEQ.type), number(0), number(0), type=THE_SEQ.type),
    nodes.Less(THE_SEQ, nodes.Slice(THE_SEQ, number(1), None, type=THE_SEQ.type), True, type=BOOL),
    nodes.Less(THE_SEQ, nodes.Slice(THE_SEQ, number(1), None, type=THE_SEQ.type), False, type=BOOL),
    nodes.Equal(THE_SEQ, nodes.Concat((nodes.Literal((1,), type=THE_SEQ.type), THE_SEQ), type=THE_SEQ.type), type=BOOL),
    nodes.Less(truth(True), truth(False), True, type=BOOL),
    nodes.Range(number(0), number(0), 3, type=THE_SEQ.type),
    nodes.Range(number(0), number(0), -1, type=THE_SEQ.type),
    nodes.Length(nodes.SetOperation("|", THE_SET, nodes.Support(THE_BAG, type=THE_SET.type), type=THE_SET.type), type=INT),
    nodes.BagOperation("-", nodes.BagAdd(THE_BAG, number(1), number(1), type=THE_BAG.type), THE_BAG, type=THE_BAG.type),
    nodes.BagIncluded(nodes.BagAdd(THE_BAG, number(1), number(1), type=THE_BAG.type), THE_BAG, type=BOOL),
    nodes.Length(nodes.Subsets(THE_SET, number(1), type=SetType(THE_SET.type)), type=INT),
    nodes.Get(nodes.Put(THE_MAP, number(0), number(5), type=THE_MAP.type), number(1), type=INT),
    nodes.Aggregate("sum", (For("x", THE_BAG), For("y", THE_SEQ)), Local("y", type=INT), type=INT),
    nodes.Aggregate("max", (For("x", THE_SEQ), Where(nodes.Less(number(1), Local("x", type=INT), True, type=BOOL))),
                    Local("x", type=INT), type=INT),
    nodes.Quantifier("any", (For("x", THE_SEQ),), DIVIDES, type=BOOL),
    nodes.Quantifier("all", (For("x", THE_SEQ), Where(DIVIDES)), nodes.Less(Local("x", type=INT), number(2), True, type=BOOL),
                     type=BOOL),
    nodes.Not(nodes.Stuck("always", type=BOOL), type=BOOL),
    nodes.Arithmetic("+", nodes.Stuck("always", type=INT), number(1), type=INT),
    nodes.Index(nodes.Stuck("always", type=THE_SEQ.type), number(0), type=INT),
    nodes.Member(number(1), nodes.Stuck("always", type=THE_SET.type), type=BOOL),
    nodes.Call("may_commit", (Local("state", type=PROGRAM.state),), type=BOOL),
]  # fmt: skip
"""Combinations in which one operation meets what another one leaves: absent items, symbolic members."""

TYPES: dict[str, FiniteType] = {
    "seq": SeqType(IntType(0, 3), 3),
    "set": SetType(IntType(0, 3)),
    "bag": BagType(IntType(0, 2), 3, None),
    "map": MapType(DIGIT, IntType(0, 2)),
    "option": UnionType((IntType(0, 2), NoneType())),
    "none": UnionType((IntType(0, 2), NoneType())),
    "rm": RMS,
    "record": PREPARED,
    "state": PROGRAM.state,
}
"""What the names of the cases may be."""

FAR: dict[str, FiniteType] = {
    "seq": SeqType(IntType(-1, 98), 3),
    "set": SetType(IntType(-100, 2000), 3),
    "bag": BagType(IntType(-100, 2000), 3, 2),
    "map": MapType(DIGIT, IntType(-1, 98)),
    "option": UnionType((IntType(-1, 98), NoneType())),
    "none": UnionType((IntType(-1, 98), NoneType())),
}
"""The same where integers have bits, sets and bags symbolic members."""


def unknown(node: Expr) -> Iterator[tuple[str, FiniteType]]:
    """The names in a case that it does not bind."""
    bound = {"x", "y", "a", "q"}
    for part in parts(node):
        if isinstance(part, Local) and part.name not in bound:
            yield part.name, part.type


def parts(node: Any) -> Iterator[Any]:
    """A node and everything in it."""
    if isinstance(node, tuple):
        for item in node:
            yield from parts(item)
    elif attrs.has(type(node)) and type(node).__module__ == nodes.__name__:
        yield node
        for attribute in attrs.fields(type(node)):
            if attribute.name not in ("type", "at", "option"):
                yield from parts(getattr(node, attribute.name))


def operators(node: Expr) -> set[str]:
    """The arithmetic in a node."""
    return {part.operator for part in parts(node) if isinstance(part, nodes.Arithmetic)}


class Opened:
    """A case with its literals replaced by names, and leaves by what is stuck or absent at times."""

    def __init__(self, node: Expr, *, partial: bool = False, sparse: bool = False) -> None:
        self.names: dict[str, FiniteType] = {}
        self.partial = partial
        self.sparse = sparse
        self.sequences = 0
        self.node = self._changed(node)

    def _changed(self, node: Any) -> Any:
        if isinstance(node, tuple):
            return tuple(self._changed(item) for item in node)
        if isinstance(node, nodes.Literal):
            return self._wrapped(Local(self._named(node.type), type=node.type))
        if isinstance(node, Local) and node.name not in ("x", "y", "a"):
            self.names[node.name] = node.type
            return self._wrapped(node)
        if not attrs.has(type(node)) or type(node).__module__ != nodes.__name__:
            return node
        kept = ("type", "at", "option")
        changed = {
            a.name: self._changed(getattr(node, a.name))
            for a in attrs.fields(type(node))
            if a.name not in kept
        }
        return attrs.evolve(node, **changed)

    def _named(self, kind: FiniteType) -> str:
        name = f"literal{len(self.names)}"
        self.names[name] = kind
        return name

    def _wrapped(self, leaf: Local) -> Expr:
        """A leaf that may be stuck, or a sequence of which any item may be missing."""
        if self.sparse and isinstance(leaf.type, SeqType):
            self.sequences += 1
            each = Local(f"each{self.sequences}", type=leaf.type.item)
            two = Local(self._named(INT), type=INT)
            test = nodes.Not(nodes.Equal(each, two, type=BOOL), type=BOOL)
            return nodes.Comprehension((For(each.name, leaf), Where(test)), each, type=leaf.type)
        if self.partial:
            flag = Local(self._named(BOOL), type=BOOL)
            return nodes.If(flag, leaf, nodes.Stuck("at times", type=leaf.type), type=leaf.type)
        return leaf

    def kinds(self, named: dict[str, FiniteType], integer: IntType) -> dict[str, FiniteType]:
        """A small type for each name."""
        found = {}
        for name, kind in self.names.items():
            like = {SeqType: "seq", SetType: "set"}.get(type(kind), name)
            found[name] = named.get(like, BOOL if isinstance(kind, BoolType) else integer)
        return found


def small(kind: FiniteType, random: Random) -> Any:
    """A value of a type, whose integers are small whatever its bounds, so that some are equal."""
    near = {IntType: lambda k: IntType(max(k.low, -3), min(k.high, 4))}
    match kind:
        case IntType():
            return random_value(near[IntType](kind), random)
        case SeqType(item, limit) | SetType(item, limit):
            some = [
                small(item, random) for _ in range(random.randrange(limit + 1 if limit is not None else 4))
            ]
            return tuple(some) if isinstance(kind, SeqType) else frozenset(some)
        case BagType(item=IntType() as item):
            return random_value(attrs.evolve(kind, item=near[IntType](item)), random)
        case MapType(key, value):
            return random_value(MapType(key, near[IntType](value)), random)
        case UnionType((IntType() as first, other)):
            return random_value(UnionType((near[IntType](first), other)), random)
        case _:
            return random_value(kind, random)


STUCK = "stuck"


def interpreted(node: Expr, environment: dict[str, Any]) -> Any:
    try:
        return Interpreter(PROGRAM).value(node, environment)
    except Stuck:
        return STUCK


def agree(node: Expr, kinds: dict[str, FiniteType], number: int) -> None:
    """The same value, or both stuck, in random environments."""
    circuit, random = Circuit(200_000), Random(7)
    made = {name: fresh(circuit, kind, name) for name, kind in kinds.items()}
    values: dict[str, Value] = {name: value for name, (value, _) in made.items()}
    m = machine(PROGRAM, circuit)
    found, stuck = m.alone(node, dict(values))
    environments = [{name: small(kind, random) for name, kind in kinds.items()} for _ in range(number)]
    known = [
        {v: truth for name, kind in kinds.items()
         for v, truth in pinned(circuit, kind, values[name], environment[name], random).items()}
        for environment in environments
    ]  # fmt: skip
    sim = Simulation(circuit, known)
    for _, valid in made.values():
        assert sim.word(valid) == sim.mask
    sim.need(lits_of(found))
    stuck_word = sim.word(stuck)
    for place, environment in enumerate(environments):
        is_stuck = bool(stuck_word >> place & 1)
        got = STUCK if is_stuck or found == NOWHERE else decode(sim.at(place), node.type, found)
        assert found != NOWHERE or is_stuck
        assert (environment, got) == (environment, interpreted(node, environment))


NUMBERS = {"few": IntType(-3, 4), "bits": IntType(-70, 70)}

MANY = [*NODE_CASES, *MORE]


@pytest.mark.parametrize("numbers", NUMBERS)
@pytest.mark.parametrize("way", ["plain", "partial", "sparse"])
@pytest.mark.parametrize(
    "place", range(len(MANY)), ids=[f"{i}-{type(n).__name__}" for i, n in enumerate(MANY)]
)
def test_a_node_means_the_same_for_unknown_operands(place: int, way: str, numbers: str) -> None:
    """Whatever its operands are; also where some are stuck, and where sequences have absent items."""
    opened = Opened(MANY[place], partial=way == "partial", sparse=way == "sparse")
    kinds = opened.kinds(TYPES, NUMBERS[numbers])
    if numbers == "bits" and isinstance(MANY[place], nodes.Range):
        with pytest.raises(TooLarge, match="a range has ends of more than 64 possible values"):
            agree(opened.node, kinds, 60)
    elif numbers == "bits" and "**" in operators(MANY[place]):
        with pytest.raises(TooLarge, match="a power has an exponent with more than 64 possible values"):
            agree(opened.node, kinds, 60)
    else:
        agree(opened.node, kinds, 60)


@pytest.mark.parametrize(
    "place", range(len(MANY)), ids=[f"{i}-{type(n).__name__}" for i, n in enumerate(MANY)]
)
def test_a_node_means_the_same_for_what_cannot_be_listed(place: int) -> None:
    """Sets and bags of symbolic members, over thousands of possible ones."""
    opened = Opened(MANY[place])
    agree(opened.node, opened.kinds({**TYPES, **FAR}, NUMBERS["few"]), 60)


def test_every_class_of_node_has_a_row_and_a_case() -> None:
    """A new node cannot be forgotten."""
    assert set(ROWS) == set(NODES) == set(get_args(Expr))
    assert {type(part) for node in MANY for part in parts(node)} >= set(NODES)
