"""Every node in C gives the value that the interpreter's own tests write down, or escapes."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from checker.ir.walk import NODES
from checker.native.emit.table import ROWS
from tests.interpret.test_nodes import CASES, ENVIRONMENT, STUCK
from tests.ir.samples import PROGRAM
from tests.native.emit.harness import ESCAPED, compiled, functions, unit_of


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[int]:
    """What the C of each case says: whether the value was as expected, or that it escaped."""
    folder: Path = tmp_path_factory.mktemp("nodes")
    cases = [(node, None if expected is STUCK else expected) for node, expected in CASES]
    made = functions(cases, ENVIRONMENT)
    program = evolve(PROGRAM, functions=(*PROGRAM.functions, *made))
    library = compiled(unit_of(program, [f"check_{n}" for n in range(len(cases))]), folder)
    return [library.check(number) for number in range(len(cases))]


def test_every_class_of_node_has_a_row() -> None:
    """A new node cannot be forgotten."""
    rows = {*ROWS.values, *ROWS.builds, *ROWS.tails}
    assert rows == set(NODES)


@pytest.mark.parametrize(
    "number", range(len(CASES)), ids=[f"{n}-{type(c[0]).__name__}" for n, c in enumerate(CASES)]
)
def test_a_node_means_in_c_what_it_means_to_the_interpreter(number: int, answers: list[int]) -> None:
    """Its value is the expected one, and what is stuck escapes."""
    assert answers[number] == (ESCAPED if CASES[number][1] is STUCK else 1)
