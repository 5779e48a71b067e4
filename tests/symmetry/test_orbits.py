"""Orbits against the dumb way, which tries every permutation, and against graphs whose groups are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from itertools import combinations, permutations, product
from math import factorial
from random import Random
from typing import Any

import attrs
import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.lang import Bag, Map, Sort
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
from checker.symmetry import looking, moving
from checker.symmetry.group import Group, composed, inverse
from checker.symmetry.looking import looker
from checker.symmetry.orbits import Orbits
from checker.symmetry.traits import is_joint, occurrences
from checker.testing.strategies import ROWS, strategy


class Node(Sort):
    """A node of a network, or of a graph."""


class Colour(Enum):
    """A value without identities."""

    RED = 1
    BLUE = 2


class Item(Sort):
    """Something that is proposed."""


@frozen
class Box:
    """A state with one field, of whatever type a test chooses."""

    content: Any


@frozen
class Two:
    """A record of two parts."""

    left: Any
    right: Any


NODES, ITEMS = SortType(Node, 4), SortType(Item, 3)
GROUP = Group((NODES, ITEMS))


def box(content: FiniteType) -> RecordType:
    """The type of a state whose field has a type."""
    return RecordType(Box, (("content", content),))


def renamed(value: Any, images: dict[Any, Any]) -> Any:
    """Identities exchanged by looking at values alone, not at types: the dumb way."""
    kind = type(value)
    if isinstance(value, Sort):
        return images.get(value, value)
    if kind is tuple or kind is frozenset:
        return kind(renamed(item, images) for item in value)
    if kind is Map:
        return Map([(renamed(k, images), renamed(v, images)) for k, v in value.items()])
    if kind is Bag:
        return Bag(renamed(item, images) for item in value.elements())
    if attrs.has(kind):
        return kind(*[renamed(getattr(value, field.name), images) for field in attrs.fields(kind)])
    return value


def every_permutation() -> Iterator[dict[Any, Any]]:
    """All 144 ways to exchange the nodes and the items."""
    nodes, items = list(NODES.members()), list(ITEMS.members())
    for some, others in product(permutations(nodes), permutations(items)):
        yield {**dict(zip(nodes, some, strict=True)), **dict(zip(items, others, strict=True))}


def orbit_of(state: Any) -> set[Any]:
    """All that a state becomes."""
    return {renamed(state, images) for images in every_permutation()}


PLAIN: st.SearchStrategy[FiniteType] = st.sampled_from([BoolType(), IntType(0, 2), EnumType(Colour)])
SORTS: st.SearchStrategy[FiniteType] = st.sampled_from([NODES, NODES, ITEMS])
KEYS: st.SearchStrategy[FiniteType] = st.sampled_from(
    [NODES, ITEMS, BoolType(), TupleType((NODES, ITEMS)), SetType(ITEMS)]
)


def _containers(inner: st.SearchStrategy[FiniteType]) -> st.SearchStrategy[FiniteType]:
    return st.one_of(
        st.tuples(inner, inner).map(TupleType),
        st.tuples(inner, inner).map(lambda t: RecordType(Two, (("left", t[0]), ("right", t[1])))),
        inner.map(lambda t: SeqType(t, 3)),
        inner.map(SetType),
        st.tuples(KEYS, inner).map(lambda t: MapType(t[0], t[1])),
        inner.map(lambda t: BagType(t, 4, None)),
        st.sampled_from([UnionType((NoneType(), NODES)), UnionType((ITEMS, NODES, BoolType()))]),
    )


TYPES: st.SearchStrategy[RecordType] = st.recursive(
    st.one_of(PLAIN, SORTS, SORTS), _containers, max_leaves=4
).map(box)


@st.composite
def states(draw: st.DrawFn) -> tuple[RecordType, Any, Any]:
    """A type, and two states of it: unrelated, or one a renaming of the other with, perhaps, a part changed."""
    kind = draw(TYPES)
    one = draw(strategy(kind))
    other = draw(st.one_of(st.just(one), strategy(kind)))
    return kind, one, renamed(other, draw(st.sampled_from(list(every_permutation()))))


@given(states())
@settings(max_examples=600, deadline=None)
def test_states_have_one_form_exactly_if_they_are_of_one_orbit(case: tuple[RecordType, Any, Any]) -> None:
    """The same form for every renaming, another for everything else; and it is a member of the orbit."""
    kind, one, other = case
    orbits = Orbits(GROUP, kind)
    mine, members = orbits.orbit(one), orbit_of(one)
    assert mine.form in members
    assert (orbits.orbit(other).form == mine.form) == (other in members)


@given(states())
@settings(max_examples=400, deadline=None)
def test_the_size_of_an_orbit_is_how_many_states_it_has(case: tuple[RecordType, Any, Any]) -> None:
    """Counted by trying every permutation."""
    kind, one, _ = case
    assert Orbits(GROUP, kind).orbit(one).size == len(orbit_of(one))


@given(states())
@settings(max_examples=200, deadline=None)
def test_the_permutation_leads_to_the_form(case: tuple[RecordType, Any, Any]) -> None:
    """What is said to lead from a state to its form does, by the dumb way too, and its inverse back."""
    kind, one, _ = case
    orbits = Orbits(GROUP, kind)
    found = orbits.orbit(one)
    assert renamed(one, GROUP.images(found.permutation)) == found.form
    assert orbits.moved(found.form, inverse(found.permutation)) == one


@given(states(), st.sampled_from(list(every_permutation())))
@settings(max_examples=300, deadline=None)
def test_what_is_seen_moves_along(case: tuple[RecordType, Any, Any], images: dict[Any, Any]) -> None:
    """The form of a value stays under a renaming, and the marks of the identities move with them."""
    kind, one, _ = case
    places = {member: place for place, member in enumerate(GROUP.members)}
    goal = [places[images[member]] for member in GROUP.members]
    look = looker(kind, GROUP.sorts, places)
    form, marks = look(one, GROUP.starts)
    assert look(renamed(one, images), GROUP.starts) == (form, {goal[p]: m for p, m in marks.items()})


def test_a_value_without_identities_is_not_copied() -> None:
    """Only what a permutation changes is made anew."""
    kind = RecordType(Two, (("left", SetType(IntType(0, 9))), ("right", SetType(NODES))))
    numbers = frozenset({1, 2})
    orbits = Orbits(GROUP, kind)
    state = Two(numbers, frozenset({Node(1)}))
    moved = orbits.moved(state, GROUP.transposition(0, 1))
    assert moved == Two(numbers, frozenset({Node(2)}))
    assert moved.left is numbers
    assert orbits.moved(state, GROUP.transposition(2, 3)) is state


# -- what a type tells --

JOINT = [
    (SetType(NODES), False),
    (SetType(TupleType((NODES, IntType(0, 1)))), False),
    (SetType(TupleType((NODES, NODES))), True),
    (MapType(NODES, BoolType()), False),
    (MapType(NODES, UnionType((NoneType(), NODES))), True),
    (MapType(BoolType(), SetType(NODES)), True),
    (MapType(BoolType(), NODES), False),
    (SetType(SetType(NODES)), True),
    (TupleType((NODES, NODES)), False),
    (BagType(UnionType((NODES, ITEMS)), 3, None), False),
    (SeqType(SetType(TupleType((NODES, ITEMS))), 2), True),
]


@pytest.mark.parametrize(("kind", "joint"), JOINT)
def test_whether_identities_are_seen_beside_others(kind: FiniteType, joint: bool) -> None:
    """A set of pairs puts two into one member; a set of identities does not."""
    assert is_joint(kind, GROUP.sorts) == joint


def test_identities_are_counted_as_far_as_it_matters() -> None:
    """None, one, or many; a sort that is not in the group is none."""
    assert occurrences(SetType(IntType(0, 1)), GROUP.sorts) == 0
    assert occurrences(NOTHING, GROUP.sorts) == 0
    assert occurrences(UnionType((NODES, ITEMS)), GROUP.sorts) == 1
    assert occurrences(TupleType((NODES, ITEMS, NODES)), GROUP.sorts) == 2
    assert occurrences(SetType(SortType(Node, 5)), GROUP.sorts) == 0


def test_every_type_has_its_rows() -> None:
    """What can hold identities can be looked at and exchanged; the rest are leaves."""
    leaves = {BoolType, IntType, EnumType, NoneType}
    assert set(moving.ROWS) == set(looking.ROWS) == set(ROWS) - leaves


# -- graphs --


def graph(size: int, edges: Any) -> tuple[Orbits, Box]:
    """An undirected graph as a set of sets of two nodes."""
    orbits = Orbits(Group((SortType(Node, size),)), box(SetType(SetType(SortType(Node, size)))))
    return orbits, Box(frozenset(frozenset({Node(a + 1), Node(b + 1)}) for a, b in edges))


def shuffled(orbits: Orbits, state: Any, seed: int) -> Any:
    """A renaming of a state, chosen at random."""
    return orbits.moved(state, orbits.group.random(Random(seed)))


def cycle(start: int, length: int) -> list[tuple[int, int]]:
    """The edges of a cycle."""
    return [(start + place, start + (place + 1) % length) for place in range(length)]


HEXAGON = cycle(0, 6)
TRIANGLES = cycle(0, 3) + cycle(3, 3)
PETERSEN = cycle(0, 5) + [(i, i + 5) for i in range(5)] + [(5 + i, 5 + (i + 2) % 5) for i in range(5)]
CUBE = [(a, a ^ bit) for a in range(8) for bit in (1, 2, 4) if a < a ^ bit]


def rook() -> list[tuple[int, int]]:
    """The squares of a 4 x 4 board, joined where a rook moves from one to the other."""
    return [(a, b) for a, b in combinations(range(16), 2) if a // 4 == b // 4 or a % 4 == b % 4]


def shrikhande() -> list[tuple[int, int]]:
    """As regular as the rook's graph, and another: no refinement without branching tells them apart."""
    steps = {(0, 1), (0, 3), (1, 0), (3, 0), (1, 1), (3, 3)}
    return [
        (a, b) for a, b in combinations(range(16), 2) if ((a // 4 - b // 4) % 4, (a % 4 - b % 4) % 4) in steps
    ]


GRAPHS = [
    pytest.param(6, HEXAGON, 12, id="hexagon"),
    pytest.param(6, TRIANGLES, 72, id="two triangles"),
    pytest.param(7, cycle(0, 3) + cycle(3, 4), 48, id="a triangle and a square"),
    pytest.param(10, PETERSEN, 120, id="petersen"),
    pytest.param(8, CUBE, 48, id="cube"),
    pytest.param(10, [(2 * i, 2 * i + 1) for i in range(5)], 2**5 * 120, id="five pairs"),
    pytest.param(12, cycle(0, 4) + cycle(4, 4) + cycle(8, 4), 8**3 * 6, id="three squares"),
    pytest.param(9, [], factorial(9), id="no edges"),
    pytest.param(16, rook(), 1152, id="rook"),
    pytest.param(16, shrikhande(), 192, id="shrikhande"),
]


@pytest.mark.parametrize(("size", "edges", "symmetries"), GRAPHS)
def test_a_graph_has_one_form_and_a_known_number_of_symmetries(
    size: int, edges: list[tuple[int, int]], symmetries: int
) -> None:
    """Graphs that cannot be told apart from others, or put into order, by looking at neighbours alone."""
    orbits, state = graph(size, edges)
    found = orbits.orbit(state)
    assert factorial(size) // found.size == symmetries
    for seed in range(8):
        again = orbits.orbit(shuffled(orbits, state, seed))
        assert (again.form, again.size) == (found.form, found.size)


@pytest.mark.parametrize(("size", "one", "other"), [(6, HEXAGON, TRIANGLES), (16, rook(), shrikhande())])
def test_graphs_that_look_alike_have_different_forms(size: int, one: Any, other: Any) -> None:
    """Every node has as many neighbours, and so do its neighbours; yet they are two graphs."""
    orbits, state = graph(size, one)
    assert orbits.orbit(state).form != orbits.orbit(graph(size, other)[1]).form


def matching(size: int) -> tuple[Orbits, Box]:
    """Each node with an item of its own."""
    sorts = (SortType(Node, size), SortType(Item, size))
    kind = MapType(sorts[0], sorts[1])
    return Orbits(Group(sorts), box(kind)), Box(Map({Node(i): Item(i) for i in range(1, size + 1)}))


def test_a_matching_is_not_searched_through() -> None:
    """Each node with its own item: no two are twins, and trying all orders would take for ever."""
    orbits, state = matching(12)
    found = orbits.orbit(state)
    assert found.size == factorial(12)
    assert orbits.orbit(shuffled(orbits, state, 1)).form == found.form


def test_a_directed_ring_turns_and_does_not_flip() -> None:
    """Each node points to the next: as many symmetries as nodes."""
    sort = SortType(Node, 9)
    orbits = Orbits(Group((sort,)), box(MapType(sort, sort)))
    ring = Box(Map({Node(i + 1): Node((i + 1) % 9 + 1) for i in range(9)}))
    assert orbits.orbit(ring).size == factorial(9) // 9
    assert orbits.orbit(shuffled(orbits, ring, 3)).form == orbits.orbit(ring).form


def test_refinement_that_sees_nothing_costs_time_and_no_exactness(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search is exact on its own: with signatures that are all alike, the answers stay."""
    expected = [(orbits.orbit(state).size) for orbits, state in _small()]
    monkeypatch.setattr(Orbits, "signatures", lambda self, state, colours: [()] * len(colours))
    monkeypatch.setattr(Orbits, "repeats", True)
    for (orbits, state), size in zip(_small(), expected, strict=True):
        found = orbits.orbit(state)
        assert found.size == size
        assert orbits.orbit(shuffled(orbits, state, 5)).form == found.form


def _small() -> list[tuple[Orbits, Box]]:
    return [graph(6, HEXAGON), graph(6, TRIANGLES), graph(5, [(0, 1), (1, 2), (3, 4)]), matching(4)]


# -- the group --


def test_a_group_knows_its_permutations() -> None:
    """Members in order, exchanges within a sort only, and what they come to when put together."""
    assert GROUP.order == 144
    assert [repr(member) for member in GROUP.members] == [
        "node1", "node2", "node3", "node4", "item1", "item2", "item3",
    ]  # fmt: skip
    assert GROUP.show(GROUP.transposition(0, 2)) == "node1 -> node3, node3 -> node1"
    assert len(list(GROUP.transpositions())) == 6 + 3
    assert len(list(GROUP.generators())) == 3 + 2
    turn = (1, 2, 3, 0, 4, 6, 5)
    assert inverse(turn) == (3, 0, 1, 2, 4, 6, 5)
    assert composed(turn, inverse(turn)) == GROUP.identity
    random = Random(0)
    drawn = {GROUP.random(random) for _ in range(3000)}
    assert len(drawn) == 143
    assert GROUP.identity not in drawn


def test_generators_and_transpositions_reach_the_whole_group() -> None:
    """What is checked for them is thereby checked for all."""
    for some in (GROUP.generators, GROUP.transpositions):
        assert len(_closure(some)) == GROUP.order


def _closure(some: Callable[[], Iterator[tuple[int, ...]]]) -> set[tuple[int, ...]]:
    known, fresh = {GROUP.identity}, {GROUP.identity}
    while fresh:
        fresh = {composed(one, other) for one in some() for other in fresh} - known
        known |= fresh
    return known
