"""Generated programs mean the same to CPython and to the interpreter, before and after each pass.

They cover the whole language: see tests/programs.  Where CPython raises, the interpreter is stuck, and the
other way round.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from checker.compile.model import compile_model
from checker.interpret.system import InterpretedSystem
from checker.ir.passes.bodies import bodies
from checker.ir.passes.pipeline import PASSES
from checker.ir.verify import verify
from checker.ir.walk import NODES, everything
from checker.lang.declarations import declare
from checker.lang.errors import SpecError
from tests.programs.chance import Chance
from tests.programs.models import load, model_source, model_sources
from tests.programs.twins import by_cpython, by_interpreter, reachable, sampled


def agree(source: str, folder: Path, states: int) -> bool:
    """Compare what both make of a generated model, in reached and in random states.

    False where the front end refuses the model: at times one is drawn that contradicts itself, such as the
    field of a value that is known to be None.
    """
    declaration = declare(load(source, folder))
    try:
        program = compile_model(declaration)
    except SpecError as refused:
        if refused.problem.code.startswith("subset/"):
            return False
        raise
    verify(program)
    found = [*reachable(declaration, states), *sampled(declaration, states)]
    pairs = list(zip(found, found[1:] + found[:1], strict=True))
    expected = [by_cpython(declaration, pair) for pair in pairs]
    for one in (lambda same: same, *PASSES):
        program = one(program)
        verify(program)
        system = InterpretedSystem(program)
        for pair, outcomes in zip(pairs, expected, strict=True):
            assert by_interpreter(system, declaration, pair) == outcomes
    return True


@pytest.mark.parametrize("block", range(4))
def test_programs_from_seeds_mean_the_same(block: int, tmp_path: Path) -> None:
    """A few dozen programs, the same in every run."""
    compared = [
        agree(model_source(Chance.seeded(seed)), tmp_path, 4) for seed in range(10 * block, 10 * block + 10)
    ]
    assert compared.count(False) <= 1


def test_generated_programs_have_every_class_of_node(tmp_path: Path) -> None:
    """What is never generated is never compared."""
    found: set[type[object]] = set()
    for seed in range(200):
        if found == set(NODES):
            return
        try:
            program = compile_model(declare(load(model_source(Chance.seeded(seed)), tmp_path)))
        except SpecError:
            continue
        found |= {type(node) for body in bodies(program) for node in everything(body)}
    assert {cls.__name__ for cls in NODES if cls not in found} == set()


@pytest.mark.slow
@given(model_sources())
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
)
def test_programs_that_hypothesis_draws_mean_the_same(tmp_path: Path, source: str) -> None:
    """Many programs; a difference is shrunk to a small one."""
    assume(agree(source, tmp_path, 8))


@pytest.mark.slow
def test_many_programs_from_seeds_mean_the_same(tmp_path: Path) -> None:
    """Larger ones than Hypothesis likes to draw."""
    compared = [agree(model_source(Chance.seeded(seed)), tmp_path, 6) for seed in range(1000, 1800)]
    assert compared.count(False) <= 40
