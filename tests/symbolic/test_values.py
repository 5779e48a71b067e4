"""Values of every type, as formulas and back: nothing is lost, and equality, choice and bounds are Python's."""

from __future__ import annotations

from enum import Enum
from random import Random
from typing import Any, get_args

import pytest

from checker.lang import Bag, Map, Sort, frozen
from checker.lang.types import (
    NOTHING,
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
from checker.solve.z3_solver import Z3Solver
from checker.symbolic.choosing import SELECTIONS, select
from checker.symbolic.circuit import TRUE, Circuit
from checker.symbolic.comparing import BOUNDS, EQUALITIES, equal, within
from checker.symbolic.converting import converted
from checker.symbolic.expanding import expand
from checker.symbolic.fresh import fresh
from checker.symbolic.integers import constant
from checker.symbolic.lifting import decode, lift, lits_of
from checker.symbolic.tidy import tidied
from checker.symbolic.values import BagOf, Nowhere, Product, SetOf, Truth, Value
from tests.programs.values import random_value
from tests.symbolic.pinned import Simulation, pinned


class Host(Sort):
    """An identity."""


class Hue(Enum):
    """Three members."""

    RED = "red"
    GREEN = "green"
    BLUE = "blue"


@frozen
class Note:
    """A record."""

    hue: Hue
    number: int


@frozen
class Person:
    """A record with a name."""

    name: Hue
    number: int


@frozen
class Mark:
    """Another one."""

    host: Host


SMALL, LARGE = IntType(-1, 2), IntType(-1000, 100_000)
HUE, HOST = EnumType(Hue), SortType(Host, 3)
NOTE = RecordType(Note, (("hue", HUE), ("number", SMALL)))
FAR_NOTE = RecordType(Note, (("hue", HUE), ("number", LARGE)))
MARK = RecordType(Mark, (("host", HOST),))

KINDS: list[FiniteType] = [
    BoolType(),
    SMALL,
    IntType(0, 1),
    IntType(5, 5),
    LARGE,
    HUE,
    HOST,
    SortType(Host, 1),
    NoneType(),
    NOTE,
    UnionType((NOTE, MARK, NoneType())),
    UnionType((SMALL, NoneType())),
    UnionType((FAR_NOTE, TupleType((HUE, SMALL)))),
    TupleType((SMALL, BoolType(), HUE)),
    TupleType(()),
    SeqType(SMALL, 3),
    SeqType(SeqType(HUE, 2), 2),
    SeqType(NOTHING, 2),
    MapType(HOST, SMALL),
    MapType(TupleType((HOST, BoolType())), SetType(HUE)),
    SetType(SMALL),
    SetType(NOTE, 2),
    SetType(SetType(HUE)),
    SetType(FAR_NOTE, 3),
    SetType(UnionType((FAR_NOTE, MARK)), 2),
    SetType(NOTHING),
    BagType(HUE, 4, None),
    BagType(HUE, None, 2),
    BagType(SMALL, 3, 2),
    BagType(FAR_NOTE, 3, None),
    BagType(UnionType((FAR_NOTE, MARK)), 4, 2),
    BagType(HUE, 300, None),
]


def values_of(kind: FiniteType, number: int) -> list[Any]:
    random = Random(3)
    if isinstance(kind, BagType) and kind.capacity == 300:
        return [
            Bag.of_counts({Hue.RED: random.randrange(100), Hue.BLUE: random.randrange(150)})
            for _ in range(20)
        ]
    return list(dict.fromkeys(random_value(kind, random) for _ in range(number)))


def unknown(
    c: Circuit, kind: FiniteType, name: str, values: list[Any]
) -> tuple[Value, list[dict[int, bool]]]:
    """A new value, and the variables that make it each of these; it makes sense then."""
    value, valid = fresh(c, kind, name)
    pins = [pinned(c, kind, value, wanted, Random(place)) for place, wanted in enumerate(values)]
    sim = Simulation(c, pins)
    assert sim.word(valid) == sim.mask
    return value, pins


def decoded(c: Circuit, pins: list[dict[int, bool]], kind: FiniteType, value: Value) -> list[Any]:
    sim = Simulation(c, pins)
    sim.need(lits_of(value))
    return [decode(sim.at(place), kind, value) for place in range(len(pins))]


every_kind = pytest.mark.parametrize("kind", KINDS, ids=[f"{i} {k}" for i, k in enumerate(KINDS)])


def test_every_class_of_type_and_of_value_is_tried() -> None:
    """A new one cannot be forgotten, neither here nor in the tables."""
    assert {type(kind) for kind in KINDS} == set(get_args(FiniteType))
    some = {type(fresh(Circuit(), kind, "x")[0]) for kind in KINDS}
    classes = set(get_args(Value)) - {Nowhere}
    assert some == classes == set(EQUALITIES) == set(SELECTIONS) == set(BOUNDS) | {Truth}


@every_kind
def test_a_value_becomes_itself_again(kind: FiniteType) -> None:
    """Lifted, or as the assignment of a new value; seen at its own type; tidied."""
    values = values_of(kind, 40)
    c = Circuit()
    value, pins = unknown(c, kind, "x", values)
    assert decoded(c, pins, kind, value) == values
    assert decoded(c, pins, kind, tidied(c, kind, value)) == values
    assert converted(c, value, kind, kind) == value
    for known in values:
        assert decode({1: True}, kind, lift(kind, known)) == known
        assert decode({1: True}, kind, tidied(c, kind, lift(kind, known))) == known


@every_kind
def test_values_are_equal_exactly_if_python_says_so(kind: FiniteType) -> None:
    """New values with each other, in any order of their members, and with known ones."""
    values = values_of(kind, 9)
    pairs = [(a, b) for a in values for b in values]
    c = Circuit()
    left, one = unknown(c, kind, "x", [a for a, _ in pairs])
    right, other = unknown(c, kind, "y", [b for _, b in pairs])
    sim = Simulation(c, [a | b for a, b in zip(one, other, strict=True)])
    same = sim.word(equal(c, kind, left, right))
    known = {b: sim.word(equal(c, kind, left, lift(kind, b))) for b in values}
    mirrored = {b: sim.word(equal(c, kind, lift(kind, b), left)) for b in values}
    for place, (a, b) in enumerate(pairs):
        assert (a, b, [bool(word >> place & 1) for word in (same, known[b], mirrored[b])]) == (
            a,
            b,
            [a == b] * 3,
        )


@every_kind
def test_of_several_values_the_one_is_selected_whose_condition_holds(kind: FiniteType) -> None:
    """Of new ones and of known ones."""
    values = values_of(kind, 12)
    c = Circuit()
    test, last = c.variable("test"), c.variable("last")
    left, one = unknown(c, kind, "x", values)
    right, other = unknown(c, kind, "y", values[::-1])
    known = values[len(values) // 2]
    chosen = select(
        c, [(c.both(test, -last), left), (c.both(-test, -last), right), (last, lift(kind, known))]
    )
    for choice, expected in (
        ({test: True}, values),
        ({test: False}, values[::-1]),
        ({test: True, last: True}, [known] * len(values)),
    ):
        pins = [a | b | choice for a, b in zip(one, other, strict=True)]
        assert decoded(c, pins, kind, chosen) == expected
        assert decoded(c, pins, kind, tidied(c, kind, chosen)) == expected


@every_kind
def test_an_expansion_says_what_a_value_may_be(kind: FiniteType) -> None:
    """Under exactly one condition each; or nothing, where there would be too many or there is no list."""
    values = values_of(kind, 12)
    c = Circuit()
    value, pins = unknown(c, kind, "x", values)
    found = expand(c, kind, value, 500)
    sim = Simulation(c, pins)
    if found is None:
        assert not isinstance(kind, BoolType | EnumType | SortType | NoneType)
        assert kind not in (SMALL, NOTE)
        return
    words = {known: sim.word(lit) for known, lit in found.items()}
    for place, wanted in enumerate(values):
        assert [known for known, word in words.items() if word >> place & 1] == [wanted]
    assert expand(c, kind, value, len(found) - 1) is None


# -- bounds ---------------------------------------------------------------------------------------

WIDER: list[tuple[FiniteType, FiniteType]] = [
    (SMALL, IntType(-9, 9)),
    (LARGE, IntType(-(10**6), 10**6)),
    (NOTE, FAR_NOTE),
    (UnionType((SMALL, NoneType())), UnionType((LARGE, NoneType()))),
    (UnionType((NOTE, MARK)), UnionType((FAR_NOTE, MARK))),
    (TupleType((SMALL, HUE)), TupleType((LARGE, HUE))),
    (SeqType(SMALL, 2), SeqType(IntType(-2, 3), 4)),
    (SeqType(HUE, 0), SeqType(HUE, 2)),
    (MapType(HOST, SMALL), MapType(HOST, IntType(-2, 3))),
    (SetType(SMALL), SetType(IntType(-3, 3))),
    (SetType(SMALL, 2), SetType(IntType(-2, 2), 4)),
    (SetType(NOTE, 1), SetType(FAR_NOTE, 3)),
    (BagType(SMALL, 2, 1), BagType(IntType(-2, 3), 4, 3)),
    (BagType(SMALL, None, 1), BagType(IntType(-2, 3), 4, 3)),
    (BagType(NOTE, 2, 1), BagType(FAR_NOTE, 4, 3)),
]


@pytest.mark.parametrize(("kind", "wider"), WIDER, ids=[str(kind) for kind, _ in WIDER])
def test_bounds_are_kept_exactly_if_the_type_finds_no_fault(kind: FiniteType, wider: FiniteType) -> None:
    """For new values of a wider type, and for known ones."""
    random = Random(5)
    some = [random_value(wider, random) for _ in range(60)] + [random_value(kind, random) for _ in range(60)]
    c = Circuit()
    value, pins = unknown(c, wider, "x", some)
    sim = Simulation(c, pins)
    word = sim.word(within(c, kind, value))
    kept = [kind.fault(each) is None for each in some]
    assert [bool(word >> place & 1) for place in range(len(some))] == kept
    assert [within(c, kind, lift(wider, each)) == TRUE for each in some] == kept
    assert True in kept
    assert False in kept
    inside = [place for place, keeps in enumerate(kept) if keeps]
    tidy = decoded(c, [pins[place] for place in inside], kind, tidied(c, kind, value))
    assert tidy == [some[place] for place in inside]


@every_kind
def test_what_makes_sense_is_of_the_type(kind: FiniteType) -> None:
    """Whatever the variables are: where they make a value, it has no fault and is that value; and some do."""
    c, random = Circuit(), Random(2)
    value, valid = fresh(c, kind, "x")
    near = [pinned(c, kind, value, each, random) for each in values_of(kind, 40)]
    for known in list(near):
        changed = dict(known)
        for variable in random.sample(sorted(c.names), min(2, len(c.names))):
            changed[variable] = not changed.get(variable, False)
        near.append(changed)
    sim = Simulation(c, near)
    sim.need(lits_of(value))
    places = sim.places(valid)
    assert places
    for place in places:
        found = decode(sim.at(place), kind, value)
        assert kind.fault(found) is None
        assert sim.word(equal(c, kind, value, lift(kind, found))) >> place & 1


def test_copies_of_equal_members_add_up() -> None:
    """A bag may hold one item as a known member and as symbolic ones."""
    c, hue = Circuit(), lift(HUE, Hue.RED)
    three = BagOf({Hue.RED: constant(1)}, ((hue, constant(0)), (hue, constant(2))))
    assert decode({1: True}, BagType(HUE, 4, None), three) == Bag([Hue.RED] * 3)
    assert equal(c, BagType(HUE, 4, None), three, lift(BagType(HUE, 4, None), Bag([Hue.RED] * 3))) == TRUE


@pytest.mark.parametrize("kind", [SetType(FAR_NOTE, 3), BagType(FAR_NOTE, 4, 2)], ids=str)
def test_symbolic_members_of_a_new_value_differ(kind: SetType | BagType) -> None:
    """Two that are there are never equal, or a member could have more copies than is allowed."""
    c = Circuit()
    value, valid = fresh(c, kind, "x")
    assert isinstance(value, SetOf | BagOf)
    first, second = [part for entry in value.loose[:2] for part in entry if isinstance(part, Product)]
    there = [number for number, name in c.names.items() if name in ("x has #1", "x has #2")]
    with Z3Solver(c) as solver:
        assert solver.check([valid, *there]).status == "sat"
        assert solver.check([valid, *there, equal(c, kind.item, first, second)]).status == "unsat"


def test_a_variable_is_named_after_a_whole_record() -> None:
    """Not after its field `name`, of which several records may have the same."""
    c = Circuit()
    kind = RecordType(Person, (("name", HUE), ("number", IntType(0, 1))))
    fresh(c, SetType(kind), "x")
    assert len(set(c.names.values())) == 6


@every_kind
def test_no_two_variables_have_one_name(kind: FiniteType) -> None:
    """Formulas that are written out are read back by their names."""
    c = Circuit()
    fresh(c, kind, "x")
    assert len(set(c.names.values())) == len(c.names)


# -- other types ----------------------------------------------------------------------------------

CONVERSIONS: list[tuple[Any, FiniteType, FiniteType]] = [
    ((1, 2), TupleType((SMALL, SMALL)), SeqType(SMALL, None)),
    (((1, True), (0, False)), TupleType((TupleType((SMALL, BoolType())),) * 2), SeqType(TupleType((SMALL, BoolType())), None)),
    (Hue.RED, HUE, UnionType((NoneType(), HUE))),
    (None, NoneType(), UnionType((NOTE, NoneType()))),
    (Mark(Host(2)), UnionType((MARK, NoneType())), UnionType((NoneType(), NOTE, MARK))),
    ((Hue.RED,), SeqType(HUE, 2), SeqType(UnionType((HUE, NoneType())), None)),
    (frozenset({Hue.RED}), SetType(HUE), SetType(UnionType((HUE, NoneType())))),
    (frozenset({Note(Hue.RED, 7)}), SetType(FAR_NOTE, 2), SetType(UnionType((MARK, FAR_NOTE)))),
    (Bag([Note(Hue.RED, 7)] * 2), BagType(FAR_NOTE, 2, None), BagType(UnionType((MARK, FAR_NOTE)), None, None)),
    (Map({Host(1): 1, Host(2): 0, Host(3): 2}), MapType(HOST, SMALL), MapType(HOST, UnionType((NoneType(), SMALL)))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "given", "wanted"), CONVERSIONS, ids=[f"{g} to {w}" for _, g, w in CONVERSIONS]
)
def test_a_value_is_the_same_at_another_type(value: Any, given: FiniteType, wanted: FiniteType) -> None:
    """A new one and a known one, which then equals what is lifted at that type."""
    c = Circuit()
    unsure, pins = unknown(c, given, "x", [value])
    for each in (unsure, lift(given, value)):
        seen = converted(c, each, given, wanted)
        assert decoded(c, pins, wanted, seen) == [value]
        assert Simulation(c, pins).word(equal(c, wanted, seen, lift(wanted, value))) == 1
