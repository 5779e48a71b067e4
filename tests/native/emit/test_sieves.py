"""Conditions on members of small sets as sieves: the same values as the interpreter's, and no loop in C."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from attrs import evolve

from checker.interpret.machine import Machine
from checker.ir import nodes as n
from checker.ir.nodes import BOOL, INT, Expr, For, Local, Where
from checker.ir.program import Program
from checker.lang import frozen
from checker.lang.types import IntType, RecordType, SetType, UnionType
from tests.native.emit.expressions import COLOR, NODE, POINT, Color, Node, Point
from tests.native.emit.harness import compiled, functions, unit_of


@frozen
class Vote:
    """A message of two small fields."""

    by: Node
    digit: int


VOTE = RecordType(Vote, (("by", NODE), ("digit", IntType(-1, 2))))
MESSAGE = UnionType((POINT, VOTE))
MESSAGES, POINTS, NODES = SetType(MESSAGE), SetType(POINT), SetType(NODE)
EMPTY = Program("Sieves", (), POINT, (), (), (), (), (), ())
NUMBER, PLACE, COLOURED, SOME = (
    Local("number", type=INT),
    Local("place", type=POINT),
    Local("coloured", type=COLOR),
    Local("some", type=NODES),
)


def field(member: Local, option: RecordType, name: str) -> Expr:
    """A field of a member, which is one of these records."""
    record = member if member.type == option else n.As(member, type=option)
    return n.Field(record, name, type=dict(option.fields)[name])


def conditions(member: Local, option: RecordType) -> list[Expr]:
    """What may be asked of a member that is this option: of it alone, or in comparison with something."""
    if option == VOTE:
        by, digit = field(member, VOTE, "by"), field(member, VOTE, "digit")
        found: list[Expr] = [
            n.Equal(digit, NUMBER, type=BOOL),
            n.Less(digit, n.Literal(1, type=INT), strict=False, type=BOOL),
            n.Member(by, SOME, type=BOOL),
        ]
    else:
        x, color = field(member, POINT, "x"), field(member, POINT, "color")
        found = [
            n.Equal(x, NUMBER, type=BOOL),
            n.Equal(n.Literal(2, type=INT), x, type=BOOL),
            n.Equal(n.Field(PLACE, "x", type=IntType(0, 3)), x, type=BOOL),
            n.Equal(color, COLOURED, type=BOOL),
            n.Less(n.Literal(0, type=INT), x, strict=True, type=BOOL),
            n.Less(x, NUMBER, strict=True, type=BOOL),
            n.Equal(color, n.Literal(Color.RED, type=COLOR), type=BOOL),
        ]
    return [*found, *[n.Not(condition, type=BOOL) for condition in found]]


def node(random: Random, number: int) -> Expr:
    """A quantifier, comprehension or count over a set of messages or of points, with some conditions."""
    kind = random.choice([MESSAGES, POINTS])
    member = Local(f"m_{number}", type=kind.item)
    ranged = For(member.name, Local("messages" if kind is MESSAGES else "points", type=kind))
    option = POINT if kind is POINTS else random.choice([POINT, VOTE])
    asked = random.choices(conditions(member, option), k=random.randint(1, 3))
    if kind is MESSAGES:
        asked.insert(0, n.Is(member, option, type=BOOL))
    tests = tuple(map(Where, asked[:-1]))
    match random.randint(0, 4):
        case 0:
            return n.Quantifier("any", (ranged, *tests), asked[-1], type=BOOL)
        case 1:
            return n.Quantifier("all", (ranged, *tests), asked[-1], type=BOOL)
        case 2:
            return n.Not(n.Quantifier("all", (ranged, *tests), asked[-1], type=BOOL), type=BOOL)
        case 3:
            return n.Aggregate("count", (ranged, *tests, Where(asked[-1])), None, None, type=INT)
        case _:
            return n.Comprehension((ranged, *tests, Where(asked[-1])), member, type=kind)


def environment(random: Random) -> dict[str, Any]:
    """Values of everything that is mentioned; the number may be no value of the fields."""
    points = [Point(x, color) for x in range(4) for color in Color]
    votes = [Vote(by, digit) for by in NODE.members() for digit in range(-1, 3)]
    return {
        "messages": frozenset(random.sample([*points, *votes], random.randint(0, 8))),
        "points": frozenset(random.sample(points, random.randint(0, 4))),
        "number": random.randint(-3, 5),
        "place": Point(random.randint(0, 3), random.choice(list(Color))),
        "coloured": random.choice(list(Color)),
        "some": frozenset(random.sample(list(NODE.members()), random.randint(0, 3))),
    }


def test_sieves_let_through_what_the_conditions_do(tmp_path: Path) -> None:
    """The same value, for numbers too that no member has."""
    random = Random(0)
    known = [environment(random) for _ in range(4)]
    cases = [node(random, number) for number in range(400)]
    for number, names in enumerate(known):
        expected = [Machine(EMPTY).value(case, names) for case in cases]
        made = functions(list(zip(cases, expected, strict=True)), names)
        folder = tmp_path / str(number)
        folder.mkdir()
        text = unit_of(evolve(EMPTY, functions=tuple(made)), [f"check_{n}" for n in range(len(cases))])
        library = compiled(text, folder, "-Wno-tautological-compare")
        assert [library.check(n) for n in range(len(cases))] == [1] * len(cases)


def c_of(case: Expr) -> str:
    """The C of one expression."""
    random = Random(0)
    made = functions([(case, None)], environment(random))
    text = unit_of(evolve(EMPTY, functions=tuple(made)), ["check_0"])
    return text[text.index("static bool case_0") :].partition("\n}")[0]


def quantified(*asked: Expr) -> str:
    """The C that asks whether a message satisfies some conditions."""
    ranged = For("m", Local("messages", type=MESSAGES))
    *first, last = asked
    return c_of(n.Quantifier("any", (ranged, *map(Where, first)), last, type=BOOL))


M: Local = Local("m", type=MESSAGE)
IS_POINT = n.Is(M, POINT, type=BOOL)


@pytest.mark.parametrize(
    "asked",
    [
        (IS_POINT, n.Equal(field(M, POINT, "color"), COLOURED, type=BOOL)),
        (IS_POINT, n.Equal(field(M, POINT, "x"), NUMBER, type=BOOL)),
        (n.Is(M, VOTE, type=BOOL), n.Member(field(M, VOTE, "by"), SOME, type=BOOL)),
    ],
)
def test_what_sieves_decide_needs_no_loop(asked: tuple[Expr, ...]) -> None:
    """One operation on the whole set does."""
    text = quantified(*asked)
    assert ("for (" in text, "meets_" in text) == (False, True)


@pytest.mark.parametrize(
    "asked",
    [
        (n.Equal(field(M, POINT, "x"), n.Literal(1, type=INT), type=BOOL),),
        (IS_POINT, n.Less(field(M, POINT, "x"), NUMBER, strict=True, type=BOOL)),
    ],
)
def test_conditions_without_a_value_for_every_member_are_asked_in_a_loop(asked: tuple[Expr, ...]) -> None:
    """One is stuck for members of another option, one has no row for numbers that no field has."""
    assert "for (" in quantified(*asked)
