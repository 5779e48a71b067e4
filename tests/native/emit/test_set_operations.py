"""Unions and other operations on sets in C: the interpreter's values, each operand evaluated once."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any, Literal

import pytest
from attrs import evolve

from checker.interpret.machine import Machine
from checker.ir import nodes as n
from checker.ir.nodes import BOOL, INT, Expr, For, Local, Where
from checker.ir.program import Program
from checker.lang import frozen
from checker.lang.types import FiniteType, IntType, RecordType, SetType, UnionType
from tests.native.emit.harness import compiled, functions, unit_of


@frozen
class Left:
    """A record of too many values for a set of bits."""

    x: int


@frozen
class Right:
    """Another of the same fields."""

    x: int


@frozen
class Middle:
    """A third, for unions of different width."""

    x: int


WIDE = IntType(-100_000, 100_000)
LEFT, MIDDLE, RIGHT = (RecordType(cls, (("x", WIDE),)) for cls in (Left, Middle, Right))
TWO, THREE = UnionType((LEFT, RIGHT)), UnionType((LEFT, MIDDLE, RIGHT))
LEFTS, RIGHTS, TWOS, THREES = (SetType(kind, 40) for kind in (LEFT, RIGHT, TWO, THREE))
DIGITS, NUMBERS = SetType(IntType(0, 9)), SetType(WIDE, 40)
NARROWER: dict[SetType, list[SetType]] = {THREES: [TWOS, LEFTS, RIGHTS], TWOS: [LEFTS, RIGHTS]}
MADE: dict[FiniteType, list[RecordType]] = {
    LEFT: [LEFT], RIGHT: [RIGHT], TWO: [LEFT, RIGHT], THREE: [LEFT, MIDDLE, RIGHT],
}  # fmt: skip
KINDS = [LEFTS, TWOS, THREES, THREES, DIGITS, NUMBERS]
OPERATORS: list[Literal["|", "&", "-", "^"]] = ["|", "|", "|", "|", "&", "-", "^"]
NAMES = {
    LEFTS: "lefts",
    RIGHTS: "rights",
    TWOS: "twos",
    THREES: "threes",
    DIGITS: "digits",
    NUMBERS: "numbers",
}
EMPTY = Program("Sets", (), LEFT, (), (), (), (), (), ())


def made(random: Random, kind: FiniteType, number: Expr) -> Expr:
    """A member of a set that has to do with a number."""
    if isinstance(kind, IntType):
        return number
    option = random.choice(MADE[kind])
    record = n.MakeRecord((number,), type=option)
    return record if option == kind else n.Coerce(record, type=kind)


def comprehension(random: Random, kind: SetType, name: str) -> Expr:
    """All digits of a set, or those below 7, as members; or a set filtered."""
    digit = Local(f"d_{name}", type=IntType(0, 9))
    ranged = For(digit.name, Local("digits", type=DIGITS))
    tests = [Where(n.Less(digit, n.Literal(7, type=INT), strict=True, type=BOOL))]
    return n.Comprehension((ranged, *random.choice([(), tests])), made(random, kind.item, digit), type=kind)


def tree(random: Random, kind: SetType, depth: int, name: str = "0") -> Expr:
    """Operations on sets of a type, some of them on sets of narrower types that are converted."""
    choice = random.randint(0, 9)
    if depth and choice < 6:
        operator = random.choice(OPERATORS)
        sides = [tree(random, kind, depth - 1, f"{name}{side}") for side in "ab"]
        return n.SetOperation(operator, *sides, type=kind)
    if choice < 8 and kind in NARROWER:
        narrow = random.choice(NARROWER[kind])
        return n.Coerce(tree(random, narrow, max(depth - 1, 0), f"{name}c"), type=kind)
    match random.randint(0, 2):
        case 0:
            return Local(NAMES[kind], type=kind)
        case 1:
            numbers = [
                n.Literal(random.randint(0, 9), type=IntType(0, 9)) for _ in range(random.randint(0, 4))
            ]
            return n.MakeSet(tuple(made(random, kind.item, number) for number in numbers), type=kind)
        case _:
            return comprehension(random, kind, name)


def environment(random: Random) -> dict[str, Any]:
    """A set of each type; together they are fewer than there is room for."""

    def of(*classes: type[Any]) -> frozenset[Any]:
        return frozenset(cls(x) for cls in classes for x in random.sample(range(10), random.randint(0, 5)))

    return {
        "lefts": of(Left), "rights": of(Right), "twos": of(Left, Right), "threes": of(Left, Middle, Right),
        "digits": of(int), "numbers": of(int),
    }  # fmt: skip


def test_operations_on_sets_give_what_the_interpreter_gives(tmp_path: Path) -> None:
    """For sets of bits and in arrays, converted and not, and never by an escape."""
    random = Random(0)
    cases = [tree(random, random.choice(KINDS), 3) for _ in range(300)]
    for number, names in enumerate([environment(random) for _ in range(3)]):
        expected = [Machine(EMPTY).value(case, names) for case in cases]
        both = functions(list(zip(cases, expected, strict=True)), names)
        folder = tmp_path / str(number)
        folder.mkdir()
        text = unit_of(evolve(EMPTY, functions=tuple(both)), [f"check_{i}" for i in range(len(cases))])
        library = compiled(text, folder, "-Wno-tautological-compare")
        assert [library.check(i) for i in range(len(cases))] == [1] * len(cases)


def c_of(case: Expr) -> list[str]:
    """The lines of C of one expression."""
    program = evolve(EMPTY, functions=tuple(functions([(case, None)], environment(Random(0)))))
    text = unit_of(program, ["check_0"])
    return text[text.index(" case_0(") :].partition("\n}")[0].splitlines()


def chain(operator: Literal["|", "&", "-", "^"], kind: SetType, terms: int, *, widened: bool) -> Expr:
    """A chain of as many terms, converted on the way or not."""
    whole: Expr = Local("digits", type=DIGITS) if kind == DIGITS else comprehension(Random(0), kind, "x")
    for number in range(terms - 1):
        whole = n.SetOperation(operator, whole, comprehension(Random(0), kind, str(number)), type=kind)
    return n.Coerce(whole, type=THREES) if widened else whole


@pytest.mark.parametrize("operator", OPERATORS[3:])
@pytest.mark.parametrize(("kind", "widened"), [(LEFTS, False), (LEFTS, True), (DIGITS, False), (TWOS, True)])
def test_c_grows_by_the_same_with_each_operand(
    operator: Literal["|", "&", "-", "^"], kind: SetType, widened: bool
) -> None:
    """A chain twice as long has twice the lines more."""
    sizes = [len(c_of(chain(operator, kind, terms, widened=widened))) for terms in (3, 6, 9)]
    assert sizes[2] - sizes[1] == sizes[1] - sizes[0]


def test_sets_that_are_spelled_out_are_built_where_they_are_wanted() -> None:
    """A union of them has no variable but the one it goes to, and no conversion of whole sets."""
    lines = c_of(
        n.SetOperation(
            "|",
            n.Coerce(chain("|", TWOS, 3, widened=False), type=THREES),
            comprehension(Random(1), THREES, "y"),
            type=THREES,
        )
    )
    unwanted = ("union_", "coerce_", "empty_")
    assert [word for word in unwanted for line in lines if word in line] == ["empty_"]
