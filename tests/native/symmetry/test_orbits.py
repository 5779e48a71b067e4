"""Representatives in C: against the dumb way on random types, and on graphs whose symmetries are known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import factorial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.lang import Bag, Map
from checker.lang.types import (
    BagType,
    BoolType,
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
from checker.native.layout.layouts import Layouts
from checker.native.symmetry import columns
from checker.native.symmetry.identities import Identities
from checker.symmetry.group import Group
from checker.symmetry.orbits import Orbits
from checker.testing.strategies import strategy
from tests.native.layout.harness import carried
from tests.native.layout.kinds import CLIENTS, COLOURS, NODES, Client, Node, random_kinds, record
from tests.native.symmetry.harness import (
    COUNTLESS,
    Box,
    Representatives,
    box,
    changed_runtime,
    every_renaming,
    orbit_of,
    renamed,
)

SORTS = (NODES, CLIENTS)
PREPARED, DECIDED = record("Prepared", NODES), record("Decided", BoolType())
VOTE = record("Vote", NODES, IntType(0, 1), UnionType((NoneType(), CLIENTS)))
MANY = SetType(TupleType((NODES, IntType(0, 9), IntType(0, 9), IntType(0, 9))), 3)

COLUMNS = [
    SetType(NODES),
    MapType(NODES, IntType(0, 5)),
    SetType(UnionType((DECIDED, PREPARED))),
    BagType(NODES, None, 2),
    TupleType((MapType(NODES, BoolType()), SetType(CLIENTS), SetType(COLOURS), IntType(0, 3))),
    SetType(TupleType((BoolType(), NODES, COLOURS))),
    MapType(TupleType((COLOURS, CLIENTS)), MapType(COLOURS, BoolType())),
    MapType(BoolType(), SetType(UnionType((NODES, CLIENTS, NoneType())))),
]
"""Every bit has at most one owner."""

OTHERS = [
    NODES,
    UnionType((NoneType(), NODES)),
    UnionType((NODES, COLOURS, CLIENTS)),
    UnionType((PREPARED, DECIDED, NODES)),
    SetType(TupleType((NODES, NODES))),
    SetType(SetType(NODES)),
    SetType(SetType(NODES, 2), 3),
    SetType(VOTE),
    MANY,
    MapType(NODES, UnionType((NoneType(), NODES))),
    MapType(NODES, SetType(NODES)),
    MapType(TupleType((NODES, NODES)), IntType(0, 2)),
    MapType(SetType(NODES), BoolType()),
    MapType(NODES, RecordType(VOTE.cls, VOTE.fields)),
    SeqType(TupleType((NODES, CLIENTS)), 3),
    SeqType(SetType(NODES), 2),
    BagType(VOTE, 3, None),
    BagType(TupleType((NODES, NODES)), 4, 3),
    TupleType((SetType(TupleType((NODES, CLIENTS))), MapType(CLIENTS, NODES), NODES)),
    SetType(MapType(NODES, BoolType())),
    SetType(BagType(NODES, 2, None), 3),
    MapType(NODES, SetType(TupleType((NODES, CLIENTS)))),
]

Built = list[tuple[RecordType, Representatives]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Libraries of the chosen types and of some random ones that hold identities."""
    kinds = [box(kind) for kind in (*COLUMNS, *OTHERS, *random_kinds(7, 60))]
    group = Group(SORTS)
    kinds = [kind for kind in carried(Layouts(kinds=kinds), kinds) if Orbits(group, kind)._fields]
    return [
        (kind, Representatives(kind, SORTS, tmp_path_factory.mktemp("state"))) for kind in kinds[: 30 + 24]
    ]


QUICK = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def assert_exact(built: Built, data: st.DataObject) -> None:
    """The same form for every renaming, another for everything else, a member of the orbit, and its size."""
    kind, library = data.draw(st.sampled_from(built))
    one = data.draw(strategy(kind))
    images = data.draw(st.sampled_from(list(every_renaming(SORTS))))
    other = renamed(data.draw(st.one_of(st.just(one), strategy(kind))), images)
    form, size = library.orbit(one)
    members = orbit_of(one, SORTS)
    assert size == len(members)
    assert form in members
    assert (library.orbit(other)[0] == form) == (other in members)


@given(data=st.data())
@QUICK
def test_states_have_one_form_exactly_if_they_are_of_one_orbit(built: Built, data: st.DataObject) -> None:
    """By trying every permutation, the dumb way."""
    assert_exact(built, data)


@pytest.mark.slow
@given(data=st.data())
@settings(QUICK, max_examples=8000)
def test_many_states_have_one_form_exactly_if_they_are_of_one_orbit(
    built: Built, data: st.DataObject
) -> None:
    """The same, for longer."""
    assert_exact(built, data)


@given(data=st.data())
@settings(QUICK, max_examples=150)
def test_orbits_are_those_of_python(built: Built, data: st.DataObject) -> None:
    """The reference engine has orbits of the same sizes, and tells the same states apart."""
    kind, library = data.draw(st.sampled_from(built))
    one, other = data.draw(strategy(kind)), data.draw(strategy(kind))
    orbits = Orbits(Group(SORTS), kind)
    assert library.orbit(one)[1] == orbits.orbit(one).size
    assert library.orbit(orbits.orbit(one).form) == library.orbit(one)
    same = library.orbit(one)[0] == library.orbit(other)[0]
    assert same == (orbits.orbit(one).form == orbits.orbit(other).form)


def test_unary_states_are_sorted_and_others_searched(built: Built) -> None:
    """Which way is taken goes by the type; both ways were tried above."""
    ways = {kind.fields[0][1]: library.has_columns for kind, library in built}
    assert {kind: ways[kind] for kind in COLUMNS} == dict.fromkeys(COLUMNS, True)
    assert {kind: ways[kind] for kind in OTHERS} == dict.fromkeys(OTHERS, False)


SEVERAL = [
    pytest.param(MANY, [frozenset({(0, 3, 1, 1), (1, 2, 9, 0), (2, 2, 0, 5)})], id="array"),
    pytest.param(MANY, [frozenset({(0, 2, 1, 1), (1, 2, 1, 1), (2, 2, 1, 0)})], id="array with twins"),
    pytest.param(BagType(TupleType((NODES, NODES)), 4, 3), [Bag([(0, 1), (2, 0), (2, 0)])], id="bag"),
    pytest.param(
        SetType(SetType(NODES, 2), 3), [frozenset({frozenset({0, 1}), frozenset({2})})], id="sets in a set"
    ),
    pytest.param(
        TupleType((MANY, MANY)),
        [(frozenset({(0, 1, 0, 0), (1, 0, 0, 0)}), frozenset({(0, 0, 0, 0), (1, 1, 0, 0)}))],
        id="two arrays",
    ),
]


def with_nodes(value: Any) -> Any:
    """A value in which numbers stand for nodes; in a tuple of four, the first alone does."""
    if isinstance(value, int):
        return Node(value + 1)
    if isinstance(value, frozenset):
        return frozenset(with_nodes(item) for item in value)
    if isinstance(value, Bag):
        return Bag(with_nodes(item) for item in value.elements())
    if len(value) == 4:
        return (Node(value[0] + 1), *value[1:])
    return tuple(with_nodes(item) for item in value)


@pytest.mark.parametrize(("kind", "values"), SEVERAL)
def test_collections_are_put_into_order_again(tmp_path: Path, kind: FiniteType, values: list[Any]) -> None:
    """Whatever the order in which renaming puts the members, the representative is one state."""
    library = Representatives(box(kind), SORTS, tmp_path)
    for value in values:
        state = Box(with_nodes(value))
        members = orbit_of(state, SORTS)
        assert {library.orbit(member) for member in members} == {(library.orbit(state)[0], len(members))}
        assert library.orbit(state)[0] in members


# -- columns --------------------------------------------------------------------------------------


def test_columns_need_no_special_instruction(tmp_path: Path) -> None:
    """Without the processor's own gathering and scattering of bits, the same comes out."""
    kind = box(COLUMNS[4])
    folders = [tmp_path / "plain", tmp_path / "quick"]
    for folder in folders:
        folder.mkdir()
    plain = Representatives(kind, SORTS, folders[0], "-U__BMI2__")
    quick = Representatives(kind, SORTS, folders[1], "-march=native")
    random = Random(4)
    for _ in range(200):
        bits = [frozenset(node for node in NODES.members() if random.random() < 0.5) for _ in range(2)]
        some = frozenset(client for client in CLIENTS.members() if random.random() < 0.5)
        state = Box((Map({node: node in bits[0] for node in NODES.members()}), some, frozenset(), 2))
        assert plain.orbit(state) == quick.orbit(state)


def test_columns_in_different_orders_are_none() -> None:
    """The same bits of two identities, but not in the same order, cannot be exchanged as columns."""
    one, other = Client(1), Client(2)
    identities = Identities(Layouts(kinds=[CLIENTS]), (CLIENTS,))
    alike = [columns.Bits(place, 1, part) for place, part in enumerate([("a", one), ("b", one)])]
    same = [columns.Bits(place, 1, part) for place, part in enumerate([("a", other), ("b", other)], start=2)]
    turned = [
        columns.Bits(place, 1, part) for place, part in enumerate([("b", other), ("a", other)], start=2)
    ]
    assert columns.owned(identities, [*alike, *same]) == ((0, 1), (2, 3))
    with pytest.raises(columns.NoColumns):
        columns.owned(identities, [*alike, *turned])


def test_wide_columns_lie_in_several_words(tmp_path: Path) -> None:
    """Thirty members with five bits each; the orbit of one where all differ has some 10^32 states."""
    sort = SortType(Node, 30)
    library = Representatives(box(MapType(sort, IntType(0, 31))), (sort,), tmp_path)
    assert library.has_columns
    few = Box(Map({node: int(number < 3) * 31 for number, node in enumerate(sort.members())}))
    form, size = library.orbit(few)
    assert size == factorial(30) // factorial(27) // factorial(3)
    assert list(form.content.values()) == [0] * 27 + [31] * 3
    all_differ = Box(Map({node: number for number, node in enumerate(sort.members())}))
    assert library.orbit(all_differ) == (all_differ, factorial(30))


def test_columns_in_too_many_orders_are_not_counted(tmp_path: Path) -> None:
    """Forty members that all differ: more than 128 bits count, and that is what is said."""
    sort = SortType(Node, 40)
    library = Representatives(box(MapType(sort, IntType(0, 63))), (sort,), tmp_path)
    ascending = Box(Map({node: number for number, node in enumerate(sort.members())}))
    descending = Box(Map({node: 39 - number for number, node in enumerate(sort.members())}))
    assert library.orbit(ascending) == library.orbit(descending) == (ascending, COUNTLESS)


# -- graphs ---------------------------------------------------------------------------------------


def cycle(start: int, length: int) -> list[tuple[int, int]]:
    """The edges of a cycle."""
    return [(start + place, start + (place + 1) % length) for place in range(length)]


HEXAGON = cycle(0, 6)
TRIANGLES = cycle(0, 3) + cycle(3, 3)
PETERSEN = cycle(0, 5) + [(i, i + 5) for i in range(5)] + [(5 + i, 5 + (i + 2) % 5) for i in range(5)]
CUBE = [(a, a ^ bit) for a in range(8) for bit in (1, 2, 4) if a < a ^ bit]
ROOK = [(a, b) for a, b in combinations(range(16), 2) if a // 4 == b // 4 or a % 4 == b % 4]
STEPS = {(0, 1), (0, 3), (1, 0), (3, 0), (1, 1), (3, 3)}
SHRIKHANDE = [
    (a, b) for a, b in combinations(range(16), 2) if ((a // 4 - b // 4) % 4, (a % 4 - b % 4) % 4) in STEPS
]

GRAPHS = [
    pytest.param(6, HEXAGON, 12, id="hexagon"),
    pytest.param(6, TRIANGLES, 72, id="two triangles"),
    pytest.param(7, cycle(0, 3) + cycle(3, 4), 48, id="a triangle and a square"),
    pytest.param(10, PETERSEN, 120, id="petersen"),
    pytest.param(8, CUBE, 48, id="cube"),
    pytest.param(10, [(2 * i, 2 * i + 1) for i in range(5)], 2**5 * 120, id="five pairs"),
    pytest.param(12, cycle(0, 4) + cycle(4, 4) + cycle(8, 4), 8**3 * 6, id="three squares"),
    pytest.param(
        16, cycle(0, 6) + cycle(6, 5) + cycle(11, 5), 12 * 10**2 * 2, id="a hexagon and two pentagons"
    ),
    pytest.param(9, [], factorial(9), id="no edges"),
    pytest.param(16, ROOK, 1152, id="rook"),
    pytest.param(16, SHRIKHANDE, 192, id="shrikhande"),
]

Edges = list[tuple[int, int]]


def of_sets(size: int) -> RecordType:
    """A graph as a set of sets of two nodes, a list in the packed state."""
    return box(SetType(SetType(SortType(Node, size), 2), 48))


def of_pairs(size: int) -> RecordType:
    """A graph as a set of pairs, both ways round."""
    sort = SortType(Node, size)
    return box(SetType(TupleType((sort, sort))))


def of_a_map(size: int) -> RecordType:
    """A graph as the neighbours of each node."""
    sort = SortType(Node, size)
    return box(MapType(sort, SetType(sort)))


def graph(kind: RecordType, size: int, edges: Edges) -> Box:
    """A graph as a state of one of these types."""
    links = [(Node(a + 1), Node(b + 1)) for a, b in edges]
    both = frozenset(links + [(b, a) for a, b in links])
    match kind.fields[0][1]:
        case MapType():
            nodes = [Node(number) for number in range(1, size + 1)]
            return Box(Map({one: frozenset(b for a, b in both if a == one) for one in nodes}))
        case SetType(item=SetType()):
            return Box(frozenset(frozenset(link) for link in links))
        case _:
            return Box(both)


def shuffled(state: Any, size: int, seed: int) -> Any:
    """A renaming of a state, chosen at random."""
    nodes = [Node(number) for number in range(1, size + 1)]
    goals = nodes.copy()
    Random(seed).shuffle(goals)
    return renamed(state, dict(zip(nodes, goals, strict=True)))


@pytest.mark.parametrize("held", [of_sets, of_pairs, of_a_map])
@pytest.mark.parametrize(("size", "edges", "symmetries"), GRAPHS)
def test_a_graph_has_one_form_and_a_known_number_of_symmetries(
    tmp_path: Path, held: Callable[[int], RecordType], size: int, edges: Edges, symmetries: int
) -> None:
    """Graphs that cannot be told apart from others, or put into order, by looking at neighbours alone."""
    kind = held(size)
    library = Representatives(kind, (SortType(Node, size),), tmp_path)
    state = graph(kind, size, edges)
    form, count = library.orbit(state)
    assert factorial(size) // count == symmetries
    for seed in range(8):
        assert library.orbit(shuffled(state, size, seed)) == (form, count)


@pytest.mark.parametrize(("size", "one", "other"), [(6, HEXAGON, TRIANGLES), (16, ROOK, SHRIKHANDE)])
def test_graphs_that_look_alike_have_different_forms(
    tmp_path: Path, size: int, one: Edges, other: Edges
) -> None:
    """Every node has as many neighbours, and so do its neighbours; yet they are two graphs."""
    kind = of_pairs(size)
    library = Representatives(kind, (SortType(Node, size),), tmp_path)
    assert library.orbit(graph(kind, size, one))[0] != library.orbit(graph(kind, size, other))[0]


SMALL = [(6, HEXAGON), (6, TRIANGLES), (5, [(0, 1), (1, 2), (3, 4)])]

LARGE = "#if GROUP_ORDER_HIGH || GROUP_ORDER_LOW"
"""What the runtime asks, to see whether it can count all permutations."""

WORSE = [
    pytest.param(LARGE, "#if 0", id="factors are kept"),
    pytest.param("state_look(s, c->of, again, mark);", "(void)again, (void)s;", id="nothing is seen"),
    pytest.param("KEPT = 64", "KEPT = 1", id="one leaf is kept"),
    pytest.param("KEPT = 64", "KEPT = 0", id="no leaf is kept"),
    pytest.param("words_equal(image, o->words)", "false && words_equal(image, o->words)", id="no twins"),
]


@pytest.mark.parametrize(("before", "after"), WORSE)
def test_what_saves_time_is_not_needed_to_be_exact(tmp_path: Path, before: str, after: str) -> None:
    """Without refinement, automorphisms, twins, or orders as numbers: the same sizes, one form for an orbit."""
    for size, edges in SMALL:
        kind = of_pairs(size)
        folder = tmp_path / f"{len(edges)}-{edges[-1]}"
        folder.mkdir()
        runtime = changed_runtime(folder, before, after)
        worse = Representatives(kind, (SortType(Node, size),), folder, runtime=runtime)
        state = graph(kind, size, edges)
        assert worse.orbit(state)[1] == Orbits(Group((SortType(Node, size),)), kind).orbit(state).size
        assert worse.orbit(shuffled(state, size, 5)) == worse.orbit(state)


def matching(size: int) -> tuple[RecordType, tuple[SortType, SortType], Box]:
    """Each node with a client of its own."""
    sorts = SortType(Node, size), SortType(Client, size)
    return box(MapType(*sorts)), sorts, Box(Map({Node(i): Client(i) for i in range(1, size + 1)}))


@pytest.mark.parametrize(("size", "orbit"), [(4, 24), (12, factorial(12)), (20, factorial(20))])
def test_a_matching_is_not_searched_through(tmp_path: Path, size: int, orbit: int) -> None:
    """No two are twins, and trying all orders would take for ever.

    With twenty of each there are more permutations than 64 bits count, and the size is exact.
    """
    kind, sorts, state = matching(size)
    library = Representatives(kind, sorts, tmp_path)
    assert library.orbit(state)[1] == orbit
    assert library.orbit(shuffled(state, size, 1)) == library.orbit(state)


@pytest.mark.parametrize(("size", "edges", "symmetries"), GRAPHS)
def test_sizes_are_the_same_as_quotients_of_factors(
    tmp_path: Path, size: int, edges: Edges, symmetries: int
) -> None:
    """Where no number holds all permutations, orders are kept as factors, of which the same is left."""
    kind = of_pairs(size)
    runtime = changed_runtime(tmp_path, LARGE, "#if 0")
    library = Representatives(kind, (SortType(Node, size),), tmp_path, runtime=runtime)
    assert library.orbit(graph(kind, size, edges))[1] == factorial(size) // symmetries


def test_an_orbit_may_be_small_where_permutations_are_countless(tmp_path: Path) -> None:
    """Thirty nodes and thirty clients: more permutations than 128 bits count, and the size is exact."""
    kind, sorts, state = matching(30)
    library = Representatives(kind, sorts, tmp_path)
    assert library.orbit(state)[1] == factorial(30)
    alike = Box(Map({Node(i): Client(i % 3 + 1) for i in range(1, 31)}))
    orders = factorial(30) // factorial(10) ** 3 * (30 * 29 * 28) // 6
    assert library.orbit(alike)[1] == orders


def test_what_cannot_be_counted_is_said_to_be_too_large(tmp_path: Path) -> None:
    """Thirty-four clients in an order have a size that 128 bits count, and thirty-five have not."""
    for size, orbit in ((34, factorial(34)), (35, COUNTLESS)):
        folder = tmp_path / str(size)
        folder.mkdir()
        kind, sorts, state = matching(size)
        library = Representatives(kind, sorts, folder)
        assert library.orbit(state)[1] == orbit


def test_a_directed_ring_turns_and_does_not_flip(tmp_path: Path) -> None:
    """Each node points to the next: as many symmetries as nodes."""
    sort = SortType(Node, 9)
    library = Representatives(box(MapType(sort, sort)), (sort,), tmp_path)
    ring = Box(Map({Node(i + 1): Node((i + 1) % 9 + 1) for i in range(9)}))
    assert library.orbit(ring)[1] == factorial(9) // 9
    assert library.orbit(shuffled(ring, 9, 3)) == library.orbit(ring)


def test_sorts_outside_the_group_stay(tmp_path: Path) -> None:
    """Only nodes are exchanged: states that differ in a client are of two orbits."""
    kind = box(BagType(TupleType((NODES, CLIENTS)), 3, None))
    library = Representatives(kind, (NODES,), tmp_path)
    forms = {
        library.orbit(Box(Bag([(node, client)])))[0]
        for node in NODES.members()
        for client in CLIENTS.members()
    }
    assert len(forms) == 2
