"""What each node means, written out: the value, or that there is none."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from checker.interpret.machine import ROWS, Machine
from checker.interpret.stuck import Stuck
from checker.ir import nodes
from checker.ir.nodes import BOOL, INT, Expr, For, Local, Where, With
from checker.ir.walk import NODES
from checker.lang import Bag, Map
from checker.lang.errors import Location
from checker.lang.types import BagType, IntType, MapType, NoneType, SeqType, SetType, TupleType, UnionType
from tests.ir.samples import PREPARED, PROGRAM, RM, RMS, Prepared

DIGIT = IntType(0, 3)
SEQ, SET, BAG, MAP = SeqType(INT, None), SetType(INT), BagType(INT, None, None), MapType(DIGIT, INT)
PAIR = TupleType((INT, INT))
ENVIRONMENT = {
    "seq": (4, 5, 6),
    "set": frozenset({1, 2}),
    "bag": Bag([7, 7, 8]),
    "map": Map({0: 0, 1: 10, 2: 20, 3: 30}),
    "option": 5,
    "none": None,
    "rm": RM(2),
    "record": Prepared(RM(1)),
}

OPTION = UnionType((INT, NoneType()))
THE_SEQ, THE_SET, THE_BAG, THE_MAP = (
    Local(name, type=kind) for name, kind in (("seq", SEQ), ("set", SET), ("bag", BAG), ("map", MAP))
)
THE_OPTION, THE_NONE = Local("option", type=OPTION), Local("none", type=OPTION)
STUCK = object()


def number(value: int) -> Expr:
    return nodes.Literal(value, type=INT)


def truth(value: bool) -> Expr:
    return nodes.Literal(value, type=BOOL)


def name(text: str) -> Expr:
    return Local(text, type=INT)


def numbers(*values: int, kind: Any = SEQ) -> Expr:
    return nodes.Literal(tuple(values) if kind is SEQ else frozenset(values), type=kind)


def pair(left: Expr, right: Expr) -> Expr:
    return nodes.MakeTuple((left, right), type=PAIR)


NO = nodes.Stuck("must not be asked", type=BOOL)
X = For("x", THE_SEQ)
SQUARE = nodes.Arithmetic("*", name("x"), name("x"), type=INT)
ODD = nodes.Equal(nodes.Arithmetic("%", name("x"), number(2), type=INT), number(1), type=BOOL)


def loop(until: Expr | None = None) -> Expr:
    """Adds up what is in the sequence."""
    body = nodes.MakeTuple((nodes.Arithmetic("+", name("a"), name("x"), type=INT),), type=TupleType((INT,)))
    return nodes.Fold(("a",), (number(0),), "x", THE_SEQ, until, body, type=TupleType((INT,)))


CASES: list[tuple[Expr, Any]] = [
    (number(3), 3),
    (nodes.Constant("rms", type=IntType(1, None)), 2),
    (Local("rm", type=RMS), RM(2)),
    (nodes.Let("x", number(2), SQUARE, type=INT), 4),
    (nodes.If(truth(True), number(1), nodes.Stuck("", type=INT), type=INT), 1),
    (nodes.If(truth(False), nodes.Stuck("", type=INT), number(2), type=INT), 2),
    (NO, STUCK),
    (nodes.Not(truth(True), type=BOOL), False),
    (nodes.And((truth(False), NO), type=BOOL), False),
    (nodes.And((truth(True), NO), type=BOOL), STUCK),
    (nodes.Or((truth(True), NO), type=BOOL), True),
    (nodes.Or((truth(False), truth(False)), type=BOOL), False),
    (nodes.Equal(numbers(1, 2, kind=SET), THE_SET, type=BOOL), True),
    (nodes.Less(number(1), number(1), True, type=BOOL), False),
    (nodes.Less(number(1), number(1), False, type=BOOL), True),
    (nodes.Less(pair(number(1), number(9)), pair(number(2), number(0)), True, type=BOOL), True),
    (nodes.Arithmetic("-", number(1), number(3), type=INT), -2),
    (nodes.Arithmetic("//", number(-7), number(2), type=INT), -4),
    (nodes.Arithmetic("%", number(-7), number(2), type=INT), 1),
    (nodes.Arithmetic("//", number(1), number(0), type=INT), STUCK),
    (nodes.Arithmetic("%", number(1), number(0), type=INT), STUCK),
    (nodes.Arithmetic("**", number(2), number(5), type=INT), 32),
    (nodes.Arithmetic("**", number(2), number(-1), type=INT), STUCK),
    (nodes.Extreme("min", (number(3), number(1), number(2)), type=INT), 1),
    (nodes.Extreme("max", (pair(number(0), number(9)), pair(number(1), number(0))), type=PAIR), (1, 0)),
    (nodes.MakeRecord((Local("rm", type=RMS),), type=PREPARED), Prepared(RM(2))),
    (nodes.Field(Local("record", type=PREPARED), "rm", type=RMS), RM(1)),
    (nodes.Update(Local("record", type=PREPARED), (("rm", Local("rm", type=RMS)),), type=PREPARED), Prepared(RM(2))),
    (nodes.Is(THE_OPTION, INT, type=BOOL), True),
    (nodes.Is(THE_NONE, INT, type=BOOL), False),
    (nodes.As(THE_OPTION, type=INT), 5),
    (nodes.As(THE_NONE, type=INT), STUCK),
    (nodes.Coerce(pair(number(1), number(2)), type=SEQ), (1, 2)),
    (nodes.Item(pair(number(1), number(2)), 1, type=INT), 2),
    (pair(number(1), number(2)), (1, 2)),
    (nodes.MakeSeq((number(1), number(1)), type=SEQ), (1, 1)),
    (nodes.Concat((THE_SEQ, numbers(7)), type=SEQ), (4, 5, 6, 7)),
    (nodes.Index(THE_SEQ, number(0), type=INT), 4),
    (nodes.Index(THE_SEQ, number(-1), type=INT), 6),
    (nodes.Index(THE_SEQ, number(3), type=INT), STUCK),
    (nodes.Index(THE_SEQ, number(-4), type=INT), STUCK),
    (nodes.Slice(THE_SEQ, number(1), None, type=SEQ), (5, 6)),
    (nodes.Slice(THE_SEQ, None, number(-1), type=SEQ), (4, 5)),
    (nodes.Slice(THE_SEQ, number(-9), number(9), type=SEQ), (4, 5, 6)),
    (nodes.Slice(THE_SEQ, number(2), number(1), type=SEQ), ()),
    (nodes.Range(number(1), number(4), type=SEQ), (1, 2, 3)),
    (nodes.Range(number(4), number(1), -2, type=SEQ), (4, 2)),
    (nodes.Range(number(4), number(1), type=SEQ), ()),
    (nodes.Zip((THE_SEQ, numbers(1, 2)), False, type=SeqType(PAIR, None)), ((4, 1), (5, 2))),
    (nodes.Zip((THE_SEQ, numbers(1, 2)), True, type=SeqType(PAIR, None)), STUCK),
    (nodes.Enumerate(THE_SEQ, 1, type=SeqType(PAIR, None)), ((1, 4), (2, 5), (3, 6))),
    (nodes.Length(THE_BAG, type=INT), 2),
    (nodes.Length(THE_MAP, type=INT), 4),
    (nodes.Member(number(7), THE_BAG, type=BOOL), True),
    (nodes.Member(number(4), THE_MAP, type=BOOL), False),
    (nodes.Every(type=SetType(DIGIT)), frozenset({0, 1, 2, 3})),
    (nodes.MakeSet((number(1), number(1)), type=SET), frozenset({1})),
    (nodes.SetOperation("|", THE_SET, numbers(2, 3, kind=SET), type=SET), frozenset({1, 2, 3})),
    (nodes.SetOperation("&", THE_SET, numbers(2, 3, kind=SET), type=SET), frozenset({2})),
    (nodes.SetOperation("-", THE_SET, numbers(2, 3, kind=SET), type=SET), frozenset({1})),
    (nodes.SetOperation("^", THE_SET, numbers(2, 3, kind=SET), type=SET), frozenset({1, 3})),
    (nodes.Subset(THE_SET, THE_SET, False, type=BOOL), True),
    (nodes.Subset(THE_SET, THE_SET, True, type=BOOL), False),
    (nodes.Subsets(THE_SET, number(1), type=SetType(SET)), frozenset({frozenset({1}), frozenset({2})})),
    (nodes.Subsets(numbers(kind=SET), type=SetType(SET)), frozenset({frozenset()})),
    (nodes.Subsets(THE_SET, number(-1), type=SetType(SET)), STUCK),
    (nodes.Fill(number(1), type=MAP), Map({0: 1, 1: 1, 2: 1, 3: 1})),
    (nodes.Get(THE_MAP, number(2), type=INT), 20),
    (nodes.Get(THE_MAP, number(4), type=INT), STUCK),
    (nodes.Put(THE_MAP, number(0), number(5), type=MAP), Map({0: 5, 1: 10, 2: 20, 3: 30})),
    (nodes.Put(THE_MAP, number(-1), number(5), type=MAP), STUCK),
    (nodes.Keys(THE_MAP, type=SetType(DIGIT)), frozenset({0, 1, 2, 3})),
    (nodes.CountOf(THE_BAG, number(7), type=INT), 2),
    (nodes.CountOf(THE_BAG, number(9), type=INT), 0),
    (nodes.BagAdd(THE_BAG, number(8), number(2), type=BAG), Bag([7, 7, 8, 8, 8])),
    (nodes.BagAdd(THE_BAG, number(8), number(-1), type=BAG), STUCK),
    (nodes.BagRemove(THE_BAG, number(8), number(1), type=BAG), Bag([7, 7])),
    (nodes.BagRemove(THE_BAG, number(8), number(2), type=BAG), STUCK),
    (nodes.BagOperation("+", THE_BAG, THE_BAG, type=BAG), Bag([7, 7, 7, 7, 8, 8])),
    (nodes.BagOperation("-", THE_BAG, THE_BAG, type=BAG), Bag()),
    (nodes.BagIncluded(THE_BAG, THE_BAG, type=BOOL), True),
    (nodes.Total(THE_BAG, type=INT), 3),
    (nodes.Support(THE_BAG, type=SET), frozenset({7, 8})),
    (nodes.Quantifier("all", (X,), ODD, type=BOOL), False),
    (nodes.Quantifier("any", (X, Where(ODD)), truth(True), type=BOOL), True),
    (nodes.Quantifier("all", (For("x", numbers()),), NO, type=BOOL), True),
    (nodes.Quantifier("any", (X, Where(truth(False)), With("y", nodes.Stuck("", type=INT))), NO, type=BOOL), False),
    (nodes.Comprehension((X, With("y", SQUARE), Where(ODD)), name("y"), type=SEQ), (25,)),
    (nodes.Comprehension((X, For("y", THE_SET)), name("y"), type=SET), frozenset({1, 2})),
    (nodes.Comprehension((X, For("y", THE_SET)), name("y"), type=BAG), Bag([1, 1, 1, 2, 2, 2])),
    (nodes.Comprehension((For("x", THE_BAG),), name("x"), type=BAG), Bag([7, 8])),
    (nodes.Comprehension((For("x", THE_MAP),), name("x"), type=SEQ), (0, 1, 2, 3)),
    (nodes.MapComprehension((For("x", nodes.Every(type=SetType(DIGIT))),), name("x"), SQUARE, type=MAP),
     Map({0: 0, 1: 1, 2: 4, 3: 9})),
    (nodes.MapComprehension((For("x", numbers(0, 1, 2)),), name("x"), SQUARE, type=MAP), STUCK),
    (nodes.MapComprehension((For("x", numbers(0, 1, 2, 3)), For("y", numbers(5, 6))), name("x"), name("y"), type=MAP),
     Map({0: 6, 1: 6, 2: 6, 3: 6})),
    (nodes.Aggregate("sum", (X,), name("x"), type=INT), 15),
    (nodes.Aggregate("sum", (For("x", numbers()),), name("x"), type=INT), 0),
    (nodes.Aggregate("count", (X, Where(ODD)), None, type=INT), 1),
    (nodes.Aggregate("max", (X,), SQUARE, type=INT), 36),
    (nodes.Aggregate("min", (For("x", numbers()),), name("x"), type=INT), STUCK),
    (nodes.Aggregate("min", (For("x", numbers()),), name("x"), number(9), type=INT), 9),
    (nodes.Aggregate("min", (X,), name("x"), nodes.Stuck("", type=INT), type=INT), STUCK),
    (loop(), (15,)),
    (loop(nodes.Less(number(8), name("a"), True, type=BOOL)), (9,)),
    (loop(truth(True)), (0,)),
    (loop(nodes.Less(number(14), nodes.If(nodes.Equal(name("a"), number(15), type=BOOL),
                                          nodes.Stuck("", type=INT), name("a"), type=INT), True, type=BOOL)), (15,)),
]  # fmt: skip


def test_every_class_of_node_has_a_meaning() -> None:
    """A new node cannot be forgotten, neither in the interpreter nor here."""
    assert set(ROWS) == set(NODES)
    assert {type(node) for node, _ in CASES} == set(NODES) - {nodes.Call}


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{type(n).__name__}" for i, (n, _) in enumerate(CASES)])
def test_a_node_means_what_is_written_here(case: tuple[Expr, Any]) -> None:
    """Its value in an environment, or that it is stuck."""
    node, expected = case
    machine = Machine(PROGRAM)
    if expected is STUCK:
        with pytest.raises(Stuck):
            machine.value(node, ENVIRONMENT)
    else:
        found = machine.value(node, ENVIRONMENT)
        assert (type(found), found) == (type(expected), expected)


def test_a_function_is_applied_to_the_values_of_its_arguments() -> None:
    """Its parameters, and nothing of the caller, are known in it."""
    machine = Machine(PROGRAM)
    state = machine.code(PROGRAM.initial[0].body)({})
    call = nodes.Call("may_commit", (Local("s", type=PROGRAM.state),), type=BOOL)
    assert machine.value(call, {"s": state}) is False
    assert machine.value(call, {"s": evolve(state, heard=frozenset({RM(1), RM(2)}))}) is True


def test_being_stuck_says_where() -> None:
    """The place in the source comes with the reason."""
    place = Location("spec.py", 7, 3)
    with pytest.raises(Stuck) as caught:
        Machine(PROGRAM).value(nodes.Index(THE_SEQ, number(9), type=INT, at=place), ENVIRONMENT)
    assert (caught.value.at, str(caught.value)) == (
        place,
        "spec.py:7:3: IndexError: tuple index out of range",
    )
