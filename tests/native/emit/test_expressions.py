"""Random expressions in C against the interpreter: the same values, and stuck where it is stuck."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from checker.interpret.machine import Machine
from checker.interpret.stuck import Stuck
from checker.ir.nodes import Expr
from checker.ir.printer import printed_definition
from checker.ir.program import Program
from tests.native.emit.expressions import KINDS, POINT, Grammar
from tests.native.emit.harness import ESCAPED, compiled, functions, unit_of

STUCK = object()
EMPTY = Program("Expressions", (), POINT, (), (), (), (), (), ())


def values(cases: list[Expr], environment: dict[str, Any]) -> list[Any]:
    """What the interpreter makes of each."""
    machine = Machine(EMPTY)
    found = []
    for case in cases:
        try:
            found.append(machine.value(case, environment))
        except Stuck:
            found.append(STUCK)
    return found


def differences(seed: int, many: int, depth: int, folder: Path) -> tuple[list[str], int]:
    """Where C and the interpreter differ, and how often C gave a value at all."""
    grammar = Grammar(seed)
    cases = [grammar.expression(grammar.random.choice(KINDS), depth) for _ in range(many)]
    expected = values(cases, grammar.environment)
    shown = [None if v is STUCK or c.type.fault(v) else v for c, v in zip(cases, expected, strict=True)]
    made = functions(list(zip(cases, shown, strict=True)), grammar.environment)
    text = unit_of(evolve(EMPTY, functions=tuple(made)), [f"check_{n}" for n in range(many)])
    library = compiled(text, folder, "-Wno-tautological-compare", "-Wno-unused-but-set-variable")
    answers = [library.check(number) for number in range(many)]
    wrong = [
        f"{printed_definition(made[2 * n])}\ngives {answers[n]}; expected {expected[n]!r}"
        for n in range(many)
        if (answers[n] != 1 and answers[n] != ESCAPED) or (expected[n] is STUCK and answers[n] != ESCAPED)
    ]
    return wrong, sum(answer == 1 for answer in answers)


def test_random_expressions_mean_the_same_in_c(tmp_path: Path) -> None:
    """Never another value; and a value nearly always where the interpreter has one."""
    wrong, given = differences(1, 250, 3, tmp_path)
    assert wrong == []
    assert given > 150


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_many_random_expressions_mean_the_same_in_c(seed: int, tmp_path: Path) -> None:
    """The same with larger expressions."""
    wrong, given = differences(seed, 400, 4, tmp_path)
    assert wrong == []
    assert given > 150
