"""The finite types: members against counts, and the faults of wrong values with the way to them."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker.lang import Bag, Map, Sort, frozen
from checker.lang.types import (
    NOTHING,
    BagType,
    BoolType,
    EnumType,
    Fault,
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
from checker.lang.values import order


class Node(Sort, label="n"):
    """Some identity."""


class Colour(Enum):
    """Some enumeration, with a second name for one member."""

    RED = 1
    GREEN = 2
    CRIMSON = 1  # noqa: PIE796 - a second name is the point


@frozen
class Entry:
    """A record, one of whose fields is private."""

    term: int
    _node: Any


DIGIT = IntType(0, 3)
NODES = SortType(Node, 2)
ENTRY = RecordType(Entry, (("term", DIGIT), ("_node", NODES)))
SOME = UnionType((DIGIT, NoneType()))

LEAVES: st.SearchStrategy[Any] = st.sampled_from(
    [BoolType(), IntType(-1, 1), IntType(2, 1), EnumType(Colour), NODES, NoneType(), NOTHING]
)


def _build(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    limit = st.integers(0, 3)
    return st.one_of(
        st.lists(inner, max_size=3).map(lambda items: TupleType(tuple(items))),
        st.builds(SeqType, inner, st.integers(0, 2)),
        st.builds(SetType, inner, limit | st.none()),
        st.builds(MapType, LEAVES, inner),
        st.builds(BagType, inner, limit, limit | st.none()),
        st.builds(BagType, inner, st.none(), st.integers(0, 1)),
        inner.map(lambda kind: RecordType(Entry, (("term", kind), ("_node", NODES)))),
        st.tuples(inner.map(lambda kind: RecordType(Entry, (("term", kind), ("_node", NODES)))), inner)
        .map(lambda both: UnionType((both[0], NoneType()))),
    )  # fmt: skip


KINDS = st.recursive(LEAVES, _build, max_leaves=4)


@given(KINDS)
@settings(max_examples=300, deadline=None)
def test_there_are_as_many_members_as_counted(kind: FiniteType) -> None:
    """All members are different, each belongs to the type, and `count` knows how many there are."""
    count = kind.count()
    assume(count <= 3000)
    members = list(kind.members())
    assert len(members) == count
    assert len(set(members)) == count
    assert [kind.fault(member) for member in members] == [None] * count


@given(KINDS)
@settings(max_examples=100, deadline=None)
def test_members_come_in_the_same_order_every_time(kind: FiniteType) -> None:
    """The order is a function of the type."""
    assume(kind.count() <= 500)
    assert [order(m) for m in kind.members()] == [order(m) for m in kind.members()]


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        (BagType(SortType(Node, 1000), 4, None), 42_084_793_751),
        (BagType(SortType(Node, 1000), 4, 2), 42_083_792_751),
        (SetType(SortType(Node, 64)), 2**64),
        (SetType(SortType(Node, 1000), 2), 1 + 1000 + 499_500),
        (SeqType(SortType(Node, 1000), 4), 1 + 10**3 + 10**6 + 10**9 + 10**12),
        (MapType(SortType(Node, 64), BoolType()), 2**64),
    ],
)
def test_counting_does_not_list(kind: FiniteType, count: int) -> None:
    """Large types are counted by arithmetic."""
    assert kind.count() == count


@pytest.mark.parametrize(
    "kind", [IntType(None, 3), IntType(0, None), SeqType(BoolType(), None), BagType(BoolType(), None, None)]
)
def test_a_type_without_bounds_has_no_count(kind: FiniteType) -> None:
    """It still knows which values belong to it."""
    with pytest.raises(OverflowError, match="without"):
        kind.count()


@pytest.mark.parametrize(
    ("kind", "value", "path", "culprit"),
    [
        (BoolType(), 1, "", 1),
        (BoolType(), None, "", None),
        (DIGIT, True, "", True),
        (DIGIT, "1", "", "1"),
        (DIGIT, 1.0, "", 1.0),
        (EnumType(Colour), 1, "", 1),
        (NODES, Node(3), "", Node(3)),
        (NODES, 1, "", 1),
        (NoneType(), False, "", False),
        (NOTHING, None, "", None),
        (ENTRY, (1, Node(1)), "", (1, Node(1))),
        (ENTRY, Entry(1, None), "._node", None),
        (ENTRY, Entry("one", Node(1)), ".term", "one"),
        (UnionType((ENTRY, NoneType())), Entry("one", Node(1)), ".term", "one"),
        (UnionType((ENTRY, NoneType())), 5, "", 5),
        (TupleType((DIGIT, BoolType())), (1,), "", (1,)),
        (TupleType((DIGIT, BoolType())), (1, 2), "[1]", 2),
        (TupleType((DIGIT, BoolType())), [1, True], "", [1, True]),
        (SeqType(DIGIT, 2), [1], "", [1]),
        (SeqType(ENTRY, 2), (Entry(1, Node(1)), Entry(1, 0)), "[1]._node", 0),
        (SetType(DIGIT), {1}, "", {1}),
        (SetType(ENTRY), frozenset({Entry(1, 0)}), "{}._node", 0),
        (MapType(NODES, DIGIT), {Node(1): 1}, "", {Node(1): 1}),
        (MapType(NODES, ENTRY), Map({Node(1): Entry(1, 0), Node(2): Entry(1, 1)}), "[n1]._node", 0),
        (MapType(NODES, DIGIT), Map({Node(1): 1, 5: 2}), "[key 5]", 5),
        (BagType(DIGIT, 2, None), (1, 1), "", (1, 1)),
        (BagType(ENTRY, 2, None), Bag([Entry(None, Node(1))]), "{}.term", None),
    ],
)
def test_the_fault_of_a_wrong_value(kind: FiniteType, value: Any, path: str, culprit: Any) -> None:
    """A value of the wrong type is no mere bound; the path leads to the culprit inside."""
    fault = kind.fault(value)
    assert fault is not None
    assert (fault.path, fault.bound) == (path, None)
    assert fault.value == culprit
    assert type(fault.value) is type(culprit)


@pytest.mark.parametrize(
    ("kind", "value", "path", "bound"),
    [
        (DIGIT, 4, "", "0..3"),
        (IntType(0, 3, "0 .. max_ballot"), -1, "", "0..3 (0 .. max_ballot)"),
        (IntType(0, None), -1, "", "int"),
        (SOME, 4, "", "0..3"),
        (ENTRY, Entry(4, Node(1)), ".term", "0..3"),
        (SeqType(DIGIT, 2), (1, 1, 1), "", "length <= 2"),
        (SeqType(DIGIT, 2, "max_log"), (1, 1, 1), "", "length <= 2 (max_log)"),
        (SeqType(DIGIT, 2), (1, 9), "[1]", "0..3"),
        (SetType(DIGIT, 1), frozenset({1, 2}), "", "size <= 1"),
        (SetType(DIGIT), frozenset({9}), "{}", "0..3"),
        (MapType(NODES, SeqType(DIGIT, 1)), Map({Node(1): (), Node(2): (1, 1)}), "[n2]", "length <= 1"),
        (BagType(DIGIT, 2, None), Bag([1, 1, 1]), "", "size <= 2"),
        (BagType(DIGIT, None, 2), Bag([1, 1, 1]), "[1]", "copies <= 2"),
    ],
)
def test_the_fault_of_a_value_beyond_a_bound(kind: FiniteType, value: Any, path: str, bound: str) -> None:
    """A value of the right shape names the bound that it exceeds."""
    fault = kind.fault(value)
    assert fault is not None
    assert (fault.path, fault.bound) == (path, bound)


def test_the_fault_in_a_set_does_not_depend_on_hashes() -> None:
    """Of several faulty members the first in canonical order is told."""
    fault = SetType(DIGIT).fault(frozenset({9, 1, 8, 7, 2**61}))
    assert fault == Fault("{}", 7, "0..3", "0..3")
    bag = BagType(DIGIT, None, 1).fault(Bag([3, 3, 2, 2, 1]))
    assert bag is not None
    assert bag.path == "[2]"


def test_a_map_that_lacks_keys_names_them() -> None:
    """A map is total: every key of its type has a value."""
    fault = MapType(NODES, DIGIT).fault(Map({Node(1): 0}))
    assert fault is not None
    assert "no value for n2" in fault.expected


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (BoolType(), "bool"),
        (IntType(0, 3, "0 .. n"), "0..3 (0 .. n)"),
        (IntType(None, None), "int"),
        (EnumType(Colour), "Colour"),
        (SOME, "0..3 | None"),
        (NOTHING, "nothing"),
        (TupleType((DIGIT, NODES)), "(0..3, Node)"),
        (SeqType(ENTRY, 4), "sequence of Entry, length <= 4"),
        (SetType(NODES, 2), "set of Node, at most 2"),
        (MapType(NODES, BoolType()), "map from Node to bool"),
        (BagType(NODES, None, 2), "bag of Node"),
    ],
)
def test_types_print_for_readers(kind: FiniteType, text: str) -> None:
    """The name of a type as messages use it."""
    assert str(kind) == text


def test_a_union_knows_which_option_a_value_belongs_to() -> None:
    """Values of different options differ."""
    union = UnionType((ENTRY, DIGIT, NoneType()))
    assert union.option_of(Entry(1, Node(1))) is ENTRY
    assert union.option_of(2) is DIGIT
    assert union.option_of(None) == NoneType()
