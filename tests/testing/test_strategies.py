"""The strategies draw values of their types, all kinds of them, and shrink to the smallest."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, get_args

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from checker.lang import (
    Bag,
    Between,
    Capacity,
    Map,
    MaxCount,
    MaxLen,
    Model,
    Size,
    Sort,
    action,
    frozen,
    initial,
)
from checker.lang.declarations import declare
from checker.lang.errors import CallError, SpecError
from checker.lang.model import resolver
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
from checker.testing.strategies import ROWS, strategy, values


class Node(Sort):
    """Some identity."""


class Colour(Enum):
    """Some enumeration."""

    RED = 1
    GREEN = 2


@frozen
class Pair:
    """A record with two fields, one of them private to its class."""

    node: Node
    _small: Annotated[int, Between(0, "most")]


@frozen
class State:
    """One field of every kind."""

    flag: bool
    number: Annotated[int, Between(-1, "most")]
    colour: Colour | None
    pair: Pair
    couple: tuple[bool, Node]
    log: Annotated[tuple[Pair, ...], MaxLen("most")]
    nodes: frozenset[Node]
    few: Annotated[frozenset[Pair], Capacity(2)]
    each: Map[Node, Colour]
    bag: Annotated[Bag[Node], Capacity(3), MaxCount(2)]
    copies: Annotated[Bag[Colour], MaxCount("most")]


@frozen
class Everything(Model[State]):
    """A model whose state has every kind of type."""

    nodes: Size[Node] = 2
    most: Annotated[int, Between(0, 5)] = 2

    @initial
    def start(self, s: Annotated[frozenset[State], Capacity(0)]) -> State | None:
        return None

    @action
    def stays(self, s: State) -> State | None:
        return s


MODEL = Everything()
TYPES = resolver(MODEL)


def kinds() -> st.SearchStrategy[Any]:
    """Random finite types, of small size."""
    leaves = st.sampled_from(
        [BoolType(), IntType(-1, 2), EnumType(Colour), SortType(Node, 2), NoneType(), NOTHING]
    )

    def build(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        limit = st.integers(0, 2)
        return st.one_of(
            st.lists(inner, max_size=2).map(lambda items: TupleType(tuple(items))),
            st.builds(SeqType, inner, limit),
            st.builds(SetType, inner, limit | st.none()),
            st.builds(MapType, leaves, inner),
            st.builds(BagType, inner, limit, limit | st.none()),
            st.builds(BagType, inner, st.none(), limit),
            inner.map(lambda kind: UnionType((NoneType(), RecordType(Pair, (("node", SortType(Node, 2)), ("_small", kind)))))),
        )  # fmt: skip

    return st.recursive(leaves, build, max_leaves=3)


def test_every_kind_of_type_has_a_row() -> None:
    """A new member of FiniteType needs a strategy before this passes."""
    assert set(get_args(FiniteType)) == set(ROWS)


@given(values(MODEL, State))
def test_drawn_states_belong_to_their_type(state: State) -> None:
    """Every drawn value is a value of the type it was drawn for."""
    assert TYPES.resolve(State, None).fault(state) is None  # type: ignore[arg-type]


@given(st.data(), kinds())
@settings(max_examples=200)
def test_drawn_values_belong_to_any_type(data: st.DataObject, kind: Any) -> None:
    """Whatever type is built, what is drawn for it belongs to it; an empty type draws nothing."""
    if kind.count() == 0:
        assert strategy(kind).is_empty
    else:
        assert kind.fault(data.draw(strategy(kind))) is None


@pytest.mark.parametrize(
    "annotation",
    [
        bool,
        Annotated[int, Between(-1, "most")],
        Colour | None,
        Pair,
        tuple[bool, Colour],
        Annotated[tuple[bool, ...], MaxLen(2)],
        frozenset[Node],
        Annotated[frozenset[Pair], Capacity(1)],
        Map[Node, Colour],
        Annotated[Bag[Node], Capacity(2)],
        Annotated[Bag[Node], MaxCount(1)],
        Annotated[Bag[bool], MaxCount(2), Capacity(3)],
    ],
)
def test_every_value_can_be_drawn(annotation: Any) -> None:
    """No value of a small type is out of a strategy's reach."""
    kind = TYPES.resolve(annotation, None)  # type: ignore[arg-type]
    for member in kind.members():
        assert find(strategy(kind), lambda value, wanted=member: value == wanted) == member


def test_values_shrink_to_the_smallest() -> None:
    """A failing test shows the first members, empty collections and the lowest numbers."""
    smallest = State(
        flag=False,
        number=0,
        colour=None,
        pair=Pair(Node(1), 0),
        couple=(False, Node(1)),
        log=(Pair(Node(1), 0),),
        nodes=frozenset(),
        few=frozenset(),
        each=Map({Node(1): Colour.RED, Node(2): Colour.RED}),
        bag=Bag(),
        copies=Bag(),
    )
    assert find(values(MODEL, State), lambda state: len(state.log) > 0) == smallest


@pytest.mark.parametrize("given_model", [MODEL, declare(MODEL), TYPES])
def test_values_takes_whatever_knows_the_constants(given_model: Any) -> None:
    """A model, its declaration or its resolver: each knows the bounds."""
    most = find(values(given_model, Annotated[int, Between(0, "most")]), lambda n: n >= 2)
    assert most == 2


def test_values_of_something_else_is_a_mistake_in_the_call() -> None:
    """The class of a model is not a model."""
    with pytest.raises(CallError) as raised:
        values(Everything, State)  # type: ignore[arg-type]
    assert raised.value.problem.code == "call/not-a-model"


def test_values_of_an_infinite_type_is_a_mistake_in_the_spec() -> None:
    """An integer without bounds is refused as in a spec."""
    with pytest.raises(SpecError) as raised:
        values(MODEL, int)
    assert raised.value.problem.code == "type/unbounded-int"


def test_a_set_over_a_universe_beyond_measure_can_be_drawn() -> None:
    """How many subsets there are need not be a number that a machine can work with."""
    inner = SetType(TupleType((IntType(0, 255), IntType(0, 255))))
    drawn: frozenset[Any] = find(strategy(SetType(inner)), bool)
    assert drawn == frozenset({frozenset()})
