"""Values at another type, constants in C, and the names and struct sizes that a program gets."""

from __future__ import annotations

import ctypes
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.ir.typing import fits
from checker.lang.errors import InternalError
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
    TupleType,
    UnionType,
)
from checker.native.layout.codec import Codec
from checker.native.layout.layouts import Layouts
from checker.native.layout.shapes import storage_bits
from checker.testing.strategies import strategy
from tests.native.layout.harness import (
    INT,
    NUMBER,
    PRELUDE,
    Escape,
    Library,
    Operation,
    carried,
    compiled,
    packed,
    roomiest,
)
from tests.native.layout.kinds import CHOSEN, COLOURS, MESSAGE, NODES, PAIR, Colour, random_kinds, record
from tests.native.layout.test_packing import QUICK

NOTHING = UnionType(())
SMALL = IntType(-1, 2)
GENERIC = record("Generic", SMALL)
WIDER = RecordType(GENERIC.cls, (("field_0", INT),))
SOME = UnionType((NODES, NoneType()))
MORE = UnionType((COLOURS, SMALL, NODES, NoneType(), PAIR))

PAIRS: list[tuple[FiniteType, FiniteType]] = [
    (TupleType((SMALL, INT)), SeqType(INT, 3)),
    (TupleType((INT, INT)), SeqType(SMALL, 3)),
    (TupleType(()), SeqType(PAIR, 2)),
    (TupleType((INT,) * 9), SeqType(SMALL, 3)),
    (TupleType((INT, INT)), TupleType((SMALL, INT))),
    (SeqType(INT, 9), SeqType(SMALL, 3)),
    (SeqType(SMALL, 3), SeqType(INT, 9)),
    (SeqType(NOTHING, 2), SeqType(PAIR, 2)),
    (SetType(INT, 4), SetType(SMALL)),
    (SetType(SMALL), SetType(INT, 4)),
    (SetType(SMALL), SetType(IntType(0, 9))),
    (SetType(NOTHING), SetType(PAIR)),
    (SetType(PAIR), SetType(MESSAGE)),
    (SetType(SetType(SMALL)), SetType(SetType(IntType(-1, 3)))),
    (BagType(INT, 3, None), BagType(SMALL, 3, None)),
    (BagType(SMALL, 3, None), BagType(INT, 3, None)),
    (MapType(NODES, INT), MapType(NODES, SMALL)),
    (MapType(IntType(0, 1), SMALL), MapType(IntType(0, 1, "n"), INT)),
    (MapType(NODES, SOME), MapType(NODES, MORE)),
    (GENERIC, WIDER),
    (WIDER, GENERIC),
    (SOME, MORE),
    (SOME, UnionType((NoneType(), NODES, COLOURS))),
    (NOTHING, PAIR),
    (NOTHING, SOME),
    (NOTHING, SMALL),
    (MORE, MORE),
    (UnionType((INT, NoneType())), UnionType((SMALL, NoneType()))),
    (UnionType((TupleType((INT,)), NoneType())), UnionType((SeqType(SMALL, 2), NoneType()))),
    (UnionType((SetType(SMALL), NODES)), MORE_SETS := UnionType((NODES, SetType(INT, 5), NoneType()))),
    (SetType(SMALL), MORE_SETS),
]
"""What becomes what, in both directions where that makes sense."""


@pytest.fixture(scope="module")
def conversions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, list[Operation]]:
    """One library that converts each of the pairs."""
    layouts = Layouts(kinds=[kind for pair in PAIRS for kind in pair])
    operations = [Operation("coerce", pair, pair[:1], pair[1]) for pair in PAIRS]
    return Library(layouts, operations, tmp_path_factory.mktemp("conversions")), operations


def test_the_pairs_are_coercions_of_the_ir() -> None:
    """Nothing is tested that the IR would never ask for."""
    assert [pair for pair in PAIRS if not fits(*pair)] == []


@pytest.mark.parametrize("number", range(len(PAIRS)))
def test_a_value_stays_the_same_at_another_type(
    conversions: tuple[Library, list[Operation]], number: int
) -> None:
    """The value comes out as it went in, or C escapes because it has no room for it there."""
    library, operations = conversions
    operation = operations[number]
    source, target = PAIRS[number]
    values = strategy(library.carrier(source)) | strategy(bounded(source))
    outcomes: set[str] = set()

    @settings(QUICK, max_examples=50)
    @given(values)
    def check(value: Any) -> None:
        fitting = library.carries(target, value)
        outcomes.add("fits" if fitting else "escapes")
        try:
            assert library.call(operation, value) == value
            assert fitting
        except Escape:
            assert not fitting

    if not values.is_empty:
        check()
    may_escape = library.layouts.can_escape("coerce", source, target)
    assert may_escape or "escapes" not in outcomes


def bounded(kind: FiniteType) -> FiniteType:
    """The type with small integers for those without bounds."""
    match kind:
        case IntType(low=None):
            return IntType(-3, 4)
        case TupleType(items=items):
            return TupleType(tuple(map(bounded, items)))
        case SeqType(item=item, limit=limit):
            return SeqType(bounded(item), limit)
        case SetType(item=item, capacity=capacity):
            return SetType(bounded(item), capacity)
        case BagType(item=item, capacity=capacity):
            return BagType(bounded(item), capacity, None)
        case MapType(key=key, value=value):
            return MapType(key, bounded(value))
        case UnionType(options=options):
            return UnionType(tuple(map(bounded, options)))
        case RecordType(cls=cls, fields=fields):
            return RecordType(cls, tuple((name, bounded(inner)) for name, inner in fields))
        case _:
            return kind


def test_constants_are_the_values(tmp_path: Path) -> None:
    """A literal in C is the value that Python has, also one beyond its bounds."""
    layouts = Layouts(kinds=[*CHOSEN, *random_kinds(3, 30)])
    kinds = [k for k in carried(layouts, [*CHOSEN, *random_kinds(3, 30)]) if not strategy(k).is_empty]
    examples: list[tuple[FiniteType, Any]] = []

    @settings(QUICK, max_examples=200)
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(kinds))
        examples.append((kind, data.draw(strategy(kind))))

    draw()
    functions = []
    for number, (kind, value) in enumerate(examples):
        name, carrier = layouts.name(kind), roomiest(layouts, kind)
        functions.append(
            f"void literal_{number}(uint64_t *out)\n"
            f"{{\n    static const {name} value = {layouts.literal(kind, value)};\n    (void)value;\n"
            f"    {packed(layouts, carrier, 'value')}\n}}\n"
        )
    loaded = compiled(PRELUDE + layouts.definitions() + "\n".join(functions), tmp_path)
    for number, (kind, value) in enumerate(examples):
        codec = Codec(layouts, roomiest(layouts, kind))
        out = (ctypes.c_uint64 * codec.words)()
        loaded[f"literal_{number}"](out)
        assert codec.decode(list(out)) == value


def test_a_constant_without_room_is_our_fault() -> None:
    """The room is made for every constant of a program, so one without is an internal error."""
    layouts = Layouts(kinds=[SeqType(NODES, 1)])
    node = NODES.cls(1)
    with pytest.raises(InternalError):
        layouts.literal(SeqType(NODES, None), (node,) * 9)


# -- representations, names, sizes ----------------------------------------------------------------


def test_what_has_one_name_is_held_in_one_way() -> None:
    """Limits, capacities and the bounds of stored integers make no new C type; universes do."""
    layouts = Layouts(kinds=[SeqType(SMALL, 2)])
    assert layouts.name(SeqType(SMALL, 2)) == layouts.name(SeqType(IntType(0, 9), None)) == "Seq_Int8"
    assert layouts.name(SeqType(INT, None)) == "Seq_Int64"
    assert layouts.name(SetType(NODES, 2)) == layouts.name(SetType(NODES)) == "Set_Node"
    assert layouts.name(SetType(SMALL)) == "Set_Int_minus1_to_2"
    assert layouts.name(SetType(INT, 3)) == layouts.name(SetType(INT)) == "Set_Int64"
    assert layouts.name(UnionType((NoneType(), NODES))) == layouts.name(SOME) == "Node_or_None"


def test_there_is_more_room_than_a_limit_says() -> None:
    """Twice the largest declared limit and a sort more; a fixed number where none is declared."""
    layouts = Layouts(kinds=[SeqType(SMALL, 2), SeqType(SMALL, 5), SetType(INT, 4), BagType(NODES, 9, None)])
    rooms = [
        SeqType(SMALL, 2),
        SeqType(INT, None),
        SetType(INT),
        BagType(NODES, 1, None),
        BagType(INT, None, 1),
    ]
    assert [layouts.capacity(kind) for kind in rooms] == [13, 16, 11, 3, 32]


def test_the_class_of_storage_leaves_room_beyond_the_bounds() -> None:
    """An integer may leave its bounds on the way to being refused."""
    highs = (100, 101, 30_000, 30_001, 2_000_000_000, 2_000_000_001)
    assert [storage_bits(IntType(0, high)) for high in highs] == [8, 16, 16, 32, 32, 64]
    assert storage_bits(INT) == storage_bits(NUMBER) == storage_bits(IntType(0, None)) == 64


class Signal(Enum):
    """An enumeration with names that C has uses for."""

    INT = 1
    default = 2


class Clock(Enum):
    """Another."""

    REALTIME = 1


def test_names_that_mean_something_else_are_changed(tmp_path: Path) -> None:
    """Keywords, macros of system headers and types of the runtime do not become names of ours."""
    worker = record("Worker", EnumType(Signal), EnumType(Clock))
    int_record = record("int", BoolType())
    other = record("Same", BoolType())
    same = record("Same", NODES)
    layouts = Layouts(kinds=[worker, int_record, same, other])
    assert [layouts.name(kind) for kind in (worker, int_record, other, same)] == [
        "Worker_2", "int_", "Same", "Same_2",
    ]  # fmt: skip
    assert layouts.constant(EnumType(Clock), Clock.REALTIME) == "CLOCK_REALTIME_"
    assert layouts.constant(COLOURS, Colour.RED) == "COLOUR_RED"
    assert layouts.field(worker, "default") == "default_"
    headers = "".join(f"#include <{h}.h>\n" for h in ("signal", "time", "unistd", "fcntl", "sys/mman"))
    compiled(headers + PRELUDE + layouts.definitions(), tmp_path)


def test_a_union_is_called_by_its_options_while_that_is_short() -> None:
    """Names of operations have two such names in them."""
    first, second, third = (
        RecordType(type(name, (), {}), (("x", IntType(0, 10**6)),))
        for name in ("OneRequest", "OneReply", "OneMoreReply")
    )
    layouts = Layouts(kinds=[])
    names = [layouts.name(UnionType(kinds)) for kinds in ((first, second), (first, second, third))]
    assert names == ["OneReply_or_OneRequest", "OneMoreReply_or_2_more"]


def test_definitions_come_once_and_on_demand() -> None:
    """Nothing that nobody asked for, and nothing twice."""
    layouts = Layouts(kinds=[SetType(PAIR)])
    assert layouts.definitions() == ""
    assert (
        layouts.operation("add", SetType(PAIR))
        == layouts.operation("add", SetType(PAIR, 3))
        == "add_Set_Pair"
    )
    text = layouts.definitions()
    assert [text.count(f"{name}(") for name in ("add_Set_Pair", "rank_Pair", "has_Set_Pair")] == [1, 2, 0]
    assert layouts.can_escape("add", SetType(PAIR))
    assert not layouts.can_escape("add", SetType(NODES))
    with pytest.raises(InternalError):
        layouts.operation("add", PAIR)
