"""Packed states: the same bits in C and in Python, and the first bound that a state leaves."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.explore.bounds import general_path
from checker.lang.declarations import declare
from checker.lang.errors import SpecError
from checker.lang.model import Model
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
from checker.native.layout.bounds import sites
from checker.native.layout.codec import Codec
from checker.native.layout.layouts import Layouts
from checker.native.layout.shapes import inside
from checker.native.layout.state import packed_state
from checker.testing.strategies import strategy
from specs.consensus.paxos import Paxos, Voting
from specs.consensus.raft import Raft
from specs.transactions.two_phase_commit import TwoPhaseCommit
from tests.native.layout.harness import PRELUDE, carried, compiled, packed, roomiest, unpacked
from tests.native.layout.kinds import CHOSEN, LARGE, MESSAGE, NODES, random_kinds, record

QUICK = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Packing:
    """A library that packs, unpacks and checks bounds of several record types."""

    def __init__(self, kinds: list[FiniteType], folder: Path) -> None:
        self.layouts = Layouts(kinds=kinds)
        self.kinds = [kind for kind in carried(self.layouts, kinds) if isinstance(kind, RecordType)]
        self.near = {kind: near(self.layouts, kind) for kind in self.kinds}
        self.codecs = {k: Codec(self.layouts, k) for k in [*self.kinds, *self.near.values()]}
        functions = [self._functions(number, kind) for number, kind in enumerate(self.kinds)]
        self.library = compiled(PRELUDE + self.layouts.definitions() + "\n".join(functions), folder)

    def again(self, kind: RecordType, words: tuple[int, ...]) -> tuple[int, ...]:
        """What C makes of words that it unpacks and packs again."""
        out = (ctypes.c_uint64 * len(words))()
        self.library[f"again_{self.kinds.index(kind)}"]((ctypes.c_uint64 * len(words))(*words), out)
        return tuple(out)

    def bound(self, kind: RecordType, value: Any) -> str | None:
        """The bound that C says a value leaves."""
        words = self.codecs[self.near[kind]].encode(value)
        assert words is not None
        number = self.library[f"bound_{self.kinds.index(kind)}"]((ctypes.c_uint64 * len(words))(*words))
        return str(sites(self.layouts, kind)[number - 1]) if number else None

    def _functions(self, number: int, kind: RecordType) -> str:
        layouts, wide = self.layouts, self.near[kind]
        bound = layouts.call("bound", kind, "&value") if sites(layouts, kind) else "0"
        name = layouts.name(kind)
        return (
            f"void again_{number}(const uint64_t *in, uint64_t *out)\n"
            f"{{\n    (void)in;\n    {name} value;\n    {unpacked(layouts, kind, 'value', 'in')}\n"
            f"    {packed(layouts, kind, 'value')}\n}}\n"
            f"int bound_{number}(const uint64_t *in)\n"
            f"{{\n    (void)in;\n    {name} value;\n    {unpacked(layouts, wide, 'value', 'in')}\n"
            f"    (void)value;\n    return {bound};\n}}\n"
        )


def near(layouts: Layouts, kind: FiniteType) -> FiniteType:
    """The type, with bounds that are a little wider, of the same C type."""
    match kind:
        case IntType(low=int(low), high=int(high)):
            return IntType(max(low - 1, -(2**63)), min(high + 1, 2**63 - 1))
        case RecordType(cls=cls, fields=fields):
            return RecordType(cls, tuple((name, near(layouts, inner)) for name, inner in fields))
        case UnionType(options=options):
            return UnionType(tuple(near(layouts, option) for option in options))
        case TupleType(items=items):
            return TupleType(tuple(near(layouts, item) for item in items))
        case SeqType(item=item, limit=int(limit)):
            return SeqType(near(layouts, item), min(limit + 1, layouts.capacity(kind)))
        case SetType(item=item, capacity=capacity):
            more = None if capacity is None else capacity + 1
            if layouts.representation(kind) != "array":
                return SetType(item, more)
            return SetType(near(layouts, item), more)
        case MapType(key=key, value=value):
            return MapType(key, near(layouts, value))
        case BagType(item=item, capacity=None, max_count=int(most)):
            return BagType(item, None, most + 1)
        case BagType(item=item, capacity=int(capacity), max_count=most):
            room = min(capacity + 1, layouts.capacity(kind))
            return BagType(near(layouts, item), room, None if most is None else most + 1)
        case _:
            return kind


EDGES = [
    record("Plain", *CHOSEN[:9]),
    record("Bounds", IntType(1, 3, "low .. high"), SeqType(IntType(-1, 2), 2, "most"), IntType(0, 0)),
    record("Sets", SetType(MESSAGE, 2, "few"), SetType(LARGE, 2), SetType(NODES, 5)),
    record("Bags", BagType(LARGE, 3, 2, "copies"), BagType(NODES, None, 2), BagType(MESSAGE, 2, None)),
    record("Maps", MapType(NODES, SeqType(LARGE, 2)), MapType(NODES, UnionType((IntType(0, 2), NODES)))),
]


@pytest.fixture(scope="module")
def packing(tmp_path_factory: pytest.TempPathFactory) -> Packing:
    """Records of one field for each type by hand, and random ones."""
    kinds = [record(f"Around{n}", kind) for n, kind in enumerate([*CHOSEN, *random_kinds(2, 40)])]
    return Packing([*EDGES, *kinds], tmp_path_factory.mktemp("packing"))


def drawn(data: st.DataObject, packing: Packing, *, beyond: bool) -> tuple[RecordType, Any]:
    """One of the types, and a value of it, or of the type with wider bounds."""
    kind = data.draw(st.sampled_from(packing.kinds))
    values = strategy(packing.near[kind] if beyond else kind)
    return kind, None if values.is_empty else data.draw(values)


def test_words_are_those_of_python_and_come_back(packing: Packing) -> None:
    """What Python encodes, Python decodes; what C unpacks and packs again is the same bits."""

    @QUICK
    @given(st.data())
    def check(data: st.DataObject) -> None:
        kind, value = drawn(data, packing, beyond=False)
        if value is None:
            return
        codec = packing.codecs[kind]
        words = codec.encode(value)
        assert words is not None
        assert codec.decode(words) == value
        assert packing.again(kind, words) == words

    check()


def test_the_first_bound_that_is_left_is_that_of_the_reference_engine(packing: Packing) -> None:
    """Values a little outside get the bound, by path and text, that `FiniteType.fault` finds first."""

    @QUICK
    @given(st.data())
    def check(data: st.DataObject) -> None:
        kind, value = drawn(data, packing, beyond=True)
        if value is None:
            return
        fault = kind.fault(value)
        expected = None if fault is None else f"{general_path(fault.path)}: {fault.bound}"
        assert packing.bound(kind, value) == expected
        assert (packing.codecs[kind].encode(value) is None) == (fault is not None)

    check()


N1, N2, N3 = (NODES.cls(number) for number in (1, 2, 3))
BEYOND: list[tuple[str, tuple[Any, ...], str | None]] = [
    ("Bounds", (3, (2, 2), 0), None),
    ("Bounds", (4, (3,), 1), ".field_0: 1..3 (low .. high)"),
    ("Bounds", (1, (0, 0, 3), 1), ".field_1[]: -1..2"),
    ("Bounds", (1, (0, 0, 0), 1), ".field_1: length <= 2 (most)"),
    ("Bounds", (1, (), -1), ".field_2: 0..0"),
    ("Sets", (frozenset(), frozenset({(0, -2), (1, 0), (2, 0)}), frozenset()), ".field_1{}[]: -1..9"),
    ("Sets", (frozenset(), frozenset({(0, 0), (1, 0), (2, 0)}), frozenset()), ".field_1: size <= 2"),
    ("Bags", (Bag([(0, 10)]), Bag([N1, N1, N1]), Bag()), ".field_0{}[]: -1..9"),
    ("Bags", (Bag([(0, 0), (1, 1)] * 2), Bag(), Bag()), ".field_0: size <= 3 (copies)"),
    ("Bags", (Bag([(0, 0)] * 3), Bag(), Bag()), ".field_0[]: copies <= 2 (copies)"),
    ("Bags", (Bag(), Bag([N1, N1, N2, N2, N3]), Bag()), None),
    ("Bags", (Bag(), Bag([N1, N1, N2, N2, N3, N3, N3]), Bag()), ".field_1[]: copies <= 2"),
    ("Maps", (Map({N1: (), N2: ((0, 0),), N3: ((0, 0), (100, 0))}), Map.fill((N1, N2, N3), 0)),
     ".field_0[][][]: 0..99"),
    ("Maps", (Map.fill((N1, N2, N3), ()), Map({N1: N1, N2: 3, N3: 0})), ".field_1[]: 0..2"),
]  # fmt: skip
"""The name of an edge, the fields of a value of it, and the bound that it leaves."""


@pytest.mark.parametrize(("name", "fields", "expected"), BEYOND)
def test_each_kind_of_bound(
    packing: Packing, name: str, fields: tuple[Any, ...], expected: str | None
) -> None:
    """Members come before sizes, sizes before copies, and fields in their order."""
    kind = next(kind for kind in EDGES if kind.cls.__name__ == name)
    assert packing.bound(kind, kind.cls(*fields)) == expected


def test_every_edge_is_carried(packing: Packing) -> None:
    """The types of these tests are not left out for being too large."""
    assert [kind for kind in EDGES if kind not in packing.kinds] == []
    assert len(packing.kinds) > 70


SPECS = [
    (TwoPhaseCommit(rms=9), 40),
    (TwoPhaseCommit(rms=40), 164),
    (Paxos(), 90),
    (Voting(acceptors=3), 18),
    (Raft(), 156),
    (Raft(fifo=True, max_in_flight=2), 441),
]


@pytest.mark.parametrize(("model", "bits"), SPECS, ids=lambda value: type(value).__name__)
def test_the_states_of_the_specs(model: Model[Any], bits: int, tmp_path: Path) -> None:
    """`state_pack` and `state_unpack` compile without a warning, and agree with Python."""
    kind = declare(model).state
    layouts = Layouts(kinds=[kind])
    layouts.names.claim(("type", layouts.shape(kind)), "State")
    state = packed_state(layouts, kind)
    exported = (
        "int again(const uint64_t *in, uint64_t *out)\n"
        "{\n    State s;\n    state_unpack(in, &s);\n    return state_pack(&s, out);\n}\n"
    )
    library = compiled(PRELUDE + layouts.definitions() + state.text + exported, tmp_path, "-O2")
    codec = Codec(layouts, kind)
    assert (state.bits, state.words) == (bits, -(-bits // 64))

    @settings(QUICK, max_examples=40)
    @given(strategy(kind))
    def check(value: Any) -> None:
        words = codec.encode(value)
        assert words is not None
        out = (ctypes.c_uint64 * len(words))()
        assert library.again((ctypes.c_uint64 * len(words))(*words), out) == 0
        assert tuple(out) == words
        assert codec.decode(words) == value

    check()


def test_bounds_with_one_text_have_one_number(tmp_path: Path) -> None:
    """The reference engine counts by text, so two places with the same text are one bound."""
    kind = record("State", TupleType((IntType(0, 2), IntType(0, 2))), IntType(0, 5))
    layouts = Layouts(kinds=[kind])
    layouts.names.claim(("type", layouts.shape(kind)), "State")
    state = packed_state(layouts, kind)
    assert state.bounds == ("field_0[]: 0..2", "field_1: 0..5")
    exported = (
        "int bound(int a, int b, int c)\n"
        "{\n    State s = { .field_0 = { a, b }, .field_1 = c };\n    uint64_t words[1];\n"
        "    return state_pack(&s, words);\n}\n"
    )
    library = compiled(PRELUDE + layouts.definitions() + state.text + exported, tmp_path)
    numbers = [library.bound(*given) for given in [(0, 2, 5), (3, 0, 0), (0, 3, 0), (2, 0, 6), (3, 3, 9)]]
    assert numbers == [0, 1, 1, 2, 1]


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (SetType(TupleType((IntType(0, 99), IntType(0, 99)))), "has no capacity"),
        (IntType(None, 3), "has no bounds"),
        (IntType(0, 2**70), "does not fit 64 bits"),
        (SeqType(TupleType((IntType(0, 2**60), IntType(0, 2**60))), 99), "needs 12085 bits"),
        (MapType(IntType(0, 5000), NODES), "more than 4096 keys"),
    ],
)
def test_a_type_that_is_too_large_is_refused(kind: FiniteType, what: str) -> None:
    """The message says which type, why, and what to declare."""
    with pytest.raises(SpecError) as caught:
        Layouts(kinds=[kind]).widths.of(kind)
    assert caught.value.problem.code == "native/too-large"
    assert str(kind) in caught.value.problem.what
    assert what in caught.value.problem.what


def test_a_large_universe_without_a_capacity_is_a_bit_set_in_a_state() -> None:
    """A set that may hold everything takes a bit for each; elsewhere in the program it is the same."""
    kind = SetType(IntType(0, 999))
    assert Layouts(kinds=[kind]).widths.of(kind) == 1000
    assert Layouts(kinds=[kind]).representation(SetType(IntType(0, 999), 3)) == "words"
    assert Layouts(kinds=[SetType(IntType(0, 999), 3)]).representation(kind) == "array"


def test_the_smaller_form_of_a_set_is_taken() -> None:
    """A capacity makes a list of ranks of a set where that is smaller than a bit for each."""
    widths = {
        capacity: Layouts(kinds=[kind]).widths.of(kind)
        for capacity in (None, 2, 40)
        for kind in [SetType(IntType(0, 99), capacity)]
    }
    assert widths == {None: 100, 2: 2 + 2 * 7, 40: 100}
    assert list(inside(SetType(NODES))) == [SetType(NODES), NODES]
    assert roomiest(Layouts(), NODES) == NODES
