"""Loops with several accumulators: each round assigns them all at once, from what they were before it."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from checker.interpret.machine import Machine
from checker.ir import nodes as n
from checker.ir.nodes import BOOL, INT, Expr, Local
from checker.ir.program import Program
from checker.lang.types import TupleType
from tests.native.emit.expressions import NUMBERS, POINT
from tests.native.emit.harness import compiled, functions, unit_of

PAIR = TupleType((INT, INT))
A, B, X, GIVEN = (
    Local("a", type=INT),
    Local("b", type=INT),
    Local("x", type=INT),
    Local("given", type=NUMBERS),
)
T = Local("t", type=PAIR)
EMPTY = Program("Folds", (), POINT, (), (), (), (), (), ())


def pair(first: Expr, second: Expr) -> Expr:
    return n.MakeTuple((first, second), type=PAIR)


def plus(left: Expr, right: Expr) -> Expr:
    return n.Arithmetic("+", left, right, type=INT)


def item(place: int) -> Expr:
    return n.Item(T, place, type=INT)


def after_let(then: Expr, other: Expr, result: Expr) -> Expr:
    """One pair or the other by the size of x, taken apart and put together again."""
    small = n.Less(X, n.Literal(2, type=INT), strict=True, type=BOOL)
    return n.Let("t", n.If(small, then, other, type=PAIR), result, type=PAIR)


def named(body: Expr) -> Expr:
    """The items of t under names of their own."""
    return n.Let("c", item(0), n.Let("d", item(1), body, type=PAIR), type=PAIR)


C, D = Local("c", type=INT), Local("d", type=INT)
BODIES: list[Expr] = [
    pair(B, A),
    pair(plus(A, B), A),
    pair(A, plus(A, X)),
    after_let(pair(B, A), pair(A, plus(B, X)), pair(item(0), item(1))),
    after_let(pair(B, A), pair(plus(A, X), B), pair(item(1), item(0))),
    after_let(pair(A, B), pair(B, B), pair(item(1), A)),
    after_let(pair(plus(B, X), A), pair(B, plus(A, B)), named(pair(D, C))),
    after_let(pair(plus(B, X), A), pair(B, X), named(pair(C, B))),
]


@pytest.mark.parametrize("at", range(len(BODIES)))
def test_the_accumulators_of_a_loop_change_together(at: int, tmp_path: Path) -> None:
    """Exchanged, kept, taken out of tuples of branches: as the interpreter has it."""
    start = (n.Literal(1, type=INT), n.Literal(10, type=INT))
    case = n.Fold(("a", "b"), start, "x", GIVEN, None, BODIES[at], type=PAIR)
    known = {"given": (1, 3, 0, 5, 1, 2)}
    expected = Machine(EMPTY).value(case, known)
    made = functions([(case, expected)], known)
    library = compiled(unit_of(evolve(EMPTY, functions=tuple(made)), ["check_0"]), tmp_path)
    assert library.check(0) == 1
