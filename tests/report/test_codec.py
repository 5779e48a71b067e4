"""Values as JSON and ITF and back, for every kind of type; what is no value is refused with its path."""

from __future__ import annotations

import json
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.lang import Bag, Map, Sort, frozen
from checker.lang.errors import CallError
from checker.lang.types import (
    BagType,
    BoolType,
    EnumType,
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
from checker.result.codec import decode, encode, tags


class Node(Sort, label="n"):
    """A node."""


class Colour(Enum):
    RED = "r"
    BLUE = "b"


class Shape(Enum):
    RED = 1
    ROUND = 2


@frozen
class Ask:
    term: int
    to: object


@frozen
class Tell:
    tag: object
    value: object


INT = IntType(-3, 2**60)
LEAVES = [BoolType(), INT, EnumType(Colour), SortType(Node, 3), NoneType()]


def extended(inner):
    """Types made of other types."""
    few = st.sampled_from([BoolType(), EnumType(Colour), SortType(Node, 3)])
    return st.one_of(
        st.builds(lambda a, b: RecordType(Ask, (("term", a), ("to", b))), inner, inner),
        st.builds(lambda a, b: RecordType(Tell, (("tag", a), ("value", b))), inner, inner),
        st.builds(lambda a, b: TupleType((a, b)), inner, inner),
        st.just(TupleType(())),
        st.builds(SeqType, inner, st.just(3)),
        st.builds(SetType, inner, st.just(3)),
        st.builds(MapType, few, inner),
        st.builds(BagType, inner, st.just(4), st.none()),
        st.builds(lambda a: UnionType((RecordType(Ask, (("term", INT), ("to", a))), NoneType())), inner),
        st.just(UnionType((EnumType(Colour), EnumType(Shape), NoneType()))),
        st.builds(
            lambda a: UnionType(
                (
                    RecordType(Ask, (("term", INT), ("to", a))),
                    RecordType(Tell, (("tag", a), ("value", a))),
                    SortType(Node, 3),
                )
            ),
            inner,
        ),
    )


TYPES = st.recursive(st.sampled_from(LEAVES), extended, max_leaves=5)


def values(kind):
    """The values of a type."""
    match kind:
        case BoolType():
            return st.booleans()
        case IntType(low=low, high=high):
            return st.integers(low, high)
        case EnumType(cls=cls):
            return st.sampled_from(list(cls))
        case SortType(cls=cls, size=size):
            return st.builds(cls, st.integers(1, size))
        case NoneType():
            return st.none()
        case RecordType(cls=cls, fields=fields):
            return st.builds(cls, **{name: values(field) for name, field in fields})
        case UnionType(options=options):
            return st.one_of(*[values(option) for option in options])
        case TupleType(items=items):
            return st.tuples(*[values(item) for item in items])
        case SeqType(item=item, limit=limit):
            return st.lists(values(item), max_size=limit).map(tuple)
        case SetType(item=item, capacity=capacity):
            return st.frozensets(values(item), max_size=capacity)
        case MapType(key=key, value=value):
            return st.fixed_dictionaries({member: values(value) for member in key.members()}).map(Map)
        case BagType(item=item, capacity=capacity):
            return st.lists(values(item), max_size=capacity).map(Bag)


TYPED = TYPES.flatmap(lambda kind: st.tuples(st.just(kind), values(kind)))


@given(TYPED, st.booleans())
def test_what_is_written_is_read_back(typed, itf):
    kind, value = typed
    through_json = json.loads(json.dumps(encode(value, kind, itf=itf)))
    found = decode(through_json, kind)
    assert found == value
    assert kind.fault(found) is None


@given(TYPED)
def test_equal_values_are_written_alike(typed):
    kind, value = typed
    assert json.dumps(encode(value, kind)) == json.dumps(encode(decode(encode(value, kind), kind), kind))


N1, N2 = Node(1), Node(2)
ASK = RecordType(Ask, (("term", INT), ("to", SortType(Node, 2))))
TELL = RecordType(Tell, (("tag", BoolType()), ("value", NoneType())))
OPTIONAL = UnionType((EnumType(Colour), NoneType()))

FORMS = [
    # value, type, our JSON, ITF
    (True, BoolType(), True, True),
    (2**60, INT, {"#bigint": "1152921504606846976"}, {"#bigint": "1152921504606846976"}),
    (Colour.RED, EnumType(Colour), "RED", "RED"),
    (N2, SortType(Node, 2), "n2", "n2"),
    (None, NoneType(), None, {"tag": "None", "value": {"#tup": []}}),
    (None, OPTIONAL, None, {"tag": "None", "value": {"#tup": []}}),
    (Colour.BLUE, OPTIONAL, "BLUE", {"tag": "Colour", "value": "BLUE"}),
    (Ask(1, N1), ASK, {"term": 1, "to": "n1"}, {"term": 1, "to": "n1"}),
    (
        Ask(1, N1),
        UnionType((ASK, TELL)),
        {"tag": "Ask", "value": {"term": 1, "to": "n1"}},
        {"tag": "Ask", "value": {"term": 1, "to": "n1"}},
    ),
    ((1, True), TupleType((INT, BoolType())), {"#tup": [1, True]}, {"#tup": [1, True]}),
    ((1, 2), SeqType(INT, 3), [1, 2], [1, 2]),
    (frozenset({N2, N1}), SetType(SortType(Node, 2)), {"#set": ["n1", "n2"]}, {"#set": ["n1", "n2"]}),
    (
        Map({N2: 0, N1: 1}),
        MapType(SortType(Node, 2), INT),
        {"#map": [["n1", 1], ["n2", 0]]},
        {"#map": [["n1", 1], ["n2", 0]]},
    ),
    (Bag([N2, N1, N2]), BagType(SortType(Node, 2), 4, None), {"#map": [["n1", 1], ["n2", 2]]}, None),
]


@pytest.mark.parametrize(("value", "kind", "ours", "itf"), FORMS)
def test_every_kind_of_value_has_its_form(value, kind, ours, itf):
    assert encode(value, kind) == ours
    assert itf is None or encode(value, kind, itf=True) == itf


REFUSED = [
    # JSON, type, code, what the message names
    (1, BoolType(), "trace/bad-value", "`x`"),
    (True, INT, "trace/bad-value", "True"),
    (1.5, INT, "trace/bad-value", "1.5"),
    (-4, INT, "trace/outside-type", "-4"),
    ({"#bigint": "many"}, INT, "trace/bad-value", "many"),
    ("GREEN", EnumType(Colour), "trace/unknown-member", "Colour"),
    ("n4", SortType(Node, 3), "trace/unknown-member", "n4"),
    (3, EnumType(Colour), "trace/bad-value", "3"),
    (0, NoneType(), "trace/bad-value", "None"),
    ({"term": 1}, ASK, "trace/fields", "lacks the field `to`"),
    ({"term": 1, "to": "n1", "via": 1}, ASK, "trace/fields", "has the field `via`"),
    ({"term": "x", "to": "n1"}, ASK, "trace/bad-value", "`x.term`"),
    ([], ASK, "trace/bad-value", "Ask"),
    ({"tag": "Asks", "value": 1}, UnionType((ASK, TELL)), "trace/unknown-tag", "Asks"),
    (3, UnionType((ASK, TELL)), "trace/bad-value", "3"),
    ([1], TupleType((INT, INT)), "trace/bad-value", "(-3.."),
    ([1, "y"], SeqType(INT, 3), "trace/bad-value", "`x[1]`"),
    ([1] * 4, SeqType(INT, 3), "trace/outside-type", "length"),
    ([1], SetType(INT), "trace/bad-value", "set"),
    ({"#set": [1, 1]}, SetType(INT), "trace/repeated", "`x`"),
    ({"#set": [1, None]}, SetType(INT), "trace/bad-value", "`x{1}`"),
    ({"#map": [["n1", 1]]}, MapType(SortType(Node, 2), INT), "trace/outside-type", "n2"),
    ({"#map": [["n1", 1], ["n1", 2]]}, MapType(SortType(Node, 2), INT), "trace/repeated", "`x`"),
    ({"#map": [["n1"]]}, MapType(SortType(Node, 2), INT), "trace/bad-value", "map"),
    ({"#map": [["n1", "y"], ["n2", 1]]}, MapType(SortType(Node, 2), INT), "trace/bad-value", "`x[n1]`"),
    ({"#map": [["n1", 0]]}, BagType(SortType(Node, 2), 4, None), "trace/bad-value", "n1"),
    ({"#map": [["n1", 5]]}, BagType(SortType(Node, 2), 4, None), "trace/outside-type", "size <= 4"),
]


@pytest.mark.parametrize(("data", "kind", "code", "named"), REFUSED)
def test_what_is_no_value_is_refused_with_its_path(data, kind, code, named):
    with pytest.raises(CallError) as raised:
        decode(data, kind, "x")
    assert raised.value.problem.code == code
    assert named in raised.value.problem.what + raised.value.problem.why


@given(TYPES, st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), lambda inner: (
    st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["#set", "#map", "#tup", "tag", "value", "term"]), inner, max_size=2)
), max_leaves=6))  # fmt: skip
def test_any_json_is_a_value_or_a_call_error(kind, data):
    try:
        value = decode(data, kind, "x")
    except CallError:
        return
    assert kind.fault(value) is None


def test_tags_of_a_union_differ_though_names_do_not():
    @frozen
    class Ask:
        other: bool

    kind = UnionType((ASK, RecordType(Ask, (("other", BoolType()),))))
    assert tags(kind) == ["Ask#1", "Ask#2"]
    assert decode(encode(Ask(True), kind), kind) == Ask(True)
