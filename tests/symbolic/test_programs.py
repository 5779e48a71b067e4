"""Generated programs mean the same as formulas, in random states, with what is small and with what is not.

`tests/programs` makes them; the interpreter, which is CPython's twin on them, says what is right.  They never
raise inside of what ranges over a set: there a formula is stuck where something raises before the members
that decide, in an order of its own, as the interpreter is in that of Python's hashes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from checker.compile.model import compile_model
from checker.interpret.stuck import Stuck
from checker.ir.passes.pipeline import PASSES
from checker.ir.program import Program
from checker.lang.declarations import declare
from checker.lang.errors import SpecError
from checker.solve.z3_solver import Z3Solver
from checker.symbolic import bags, casewise, fresh, integers, sets, tidy
from checker.symbolic.circuit import TooLarge
from checker.symbolic.model import Step
from tests.programs.chance import Chance
from tests.programs.models import load, model_source, model_sources
from tests.programs.twins import reachable, sampled
from tests.symbolic.pinned import Known, TooManyWays
from tests.symbolic.twins import STUCK, Twins, built, same_in_all


def compiled(source: str, folder: Path, number: int) -> tuple[Program, list[Any]] | None:
    """A generated model, with states of it; nothing where the front end refuses it."""
    declaration = declare(load(source, folder))
    try:
        program = compile_model(declaration)
    except SpecError as refused:
        if refused.problem.code.startswith("subset/"):
            return None
        raise
    return program, list(dict.fromkeys([*reachable(declaration, 4), *sampled(declaration, number)]))


def agree(source: str, folder: Path, number: int = 16, *, passes: bool = False) -> bool:
    """Compare both meanings, also after all passes; False where there is nothing to compare."""
    found = compiled(source, folder, number)
    if found is None:
        return False
    program = found[0]
    try:
        same_in_all(Twins.of(program), found[1])
        if passes:
            for one in PASSES:
                program = one(program)
            same_in_all(Twins.of(program), found[1])
    except (TooLarge, TooManyWays):
        return False
    return True


def test_programs_with_guards_mean_the_same(tmp_path: Path) -> None:
    """After all passes, which take conditions out of actions so that they are asked before later choices."""
    compared = [agree(model_source(Chance.seeded(seed)), tmp_path, 40, passes=True) for seed in range(60, 90)]
    assert compared.count(False) <= 3


@contextmanager
def limits(universe: int, expanded: int, cases: int) -> Iterator[None]:
    """With other limits between the ways to say the same: values listed or symbolic, cases or bits."""
    wanted: list[tuple[Any, str, int]] = [
        (fresh, "UNIVERSE", universe),
        (tidy, "UNIVERSE", universe),
        (sets, "EXPANDED", expanded),
        (bags, "EXPANDED", expanded),
        (casewise, "MOST_CASES", cases),
        (integers, "MOST_CASES", cases),
    ]
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in wanted:
            assert isinstance(getattr(module, name), int)
            patch.setattr(module, name, value)
        yield


@pytest.mark.parametrize("block", range(3))
def test_programs_from_seeds_mean_the_same(block: int, tmp_path: Path) -> None:
    """A few dozen programs, the same in every run; few are refused or have too many choices."""
    compared = [
        agree(model_source(Chance.seeded(seed)), tmp_path) for seed in range(12 * block, 12 * block + 12)
    ]
    assert compared.count(False) <= 2


@pytest.mark.parametrize(("universe", "expanded", "cases"), [(9, 1, 64), (1024, 256, 3), (9, 1, 3)])
def test_programs_mean_the_same_in_every_representation(
    universe: int, expanded: int, cases: int, tmp_path: Path
) -> None:
    """Sets and bags of symbolic members, integers by their bits; ranges over such integers are refused."""
    with limits(universe, expanded, cases):
        compared = [agree(model_source(Chance.seeded(seed)), tmp_path) for seed in range(60, 80)]
    assert compared.count(True) >= 8


# -- all that a solver finds ----------------------------------------------------------------------


def solved(twins: Twins, solver: Z3Solver, step: Step, pin: Known) -> set[Any]:
    """Every successor of a state by a step: asked for again and again, but for those that were found."""
    circuit, model = twins.model.circuit, twins.model
    here = [variable if value else -variable for variable, value in pin.items()]
    found: set[Any] = set()
    blocked: list[int] = []
    while True:
        answer = solver.check([*here, step.taken, *blocked])
        assert answer.status in ("sat", "unsat")
        if answer.status == "unsat":
            return found
        state = model.state(answer.assignment, step.outcome)
        assert state not in found
        assert model.true(answer.assignment, step.within) == (twins.system.fault(state, None) is None)
        found.add(state)
        blocked.append(-model.same(step.outcome, model.known(state)))
        assert circuit.size < 400_000


@pytest.mark.parametrize("seed", range(50, 62))
def test_a_solver_finds_every_successor_and_no_other(seed: int, tmp_path: Path) -> None:
    """Also where the solver is free to choose the parameters; a state where nothing is taken has none."""
    made = compiled(model_source(Chance.seeded(seed)), tmp_path, 6)
    if made is None:
        return
    twins = Twins.of(made[0])
    unknown = twins.model.unknown("s")
    with Z3Solver(twins.model.circuit) as solver:
        solver.require(unknown.valid)
        for place, action in enumerate(twins.program.actions):
            step, _ = built(twins, lambda a=action: twins.model.step(a, unknown.value))
            for state, pin in zip(made[1], twins.pins(made[1], unknown.value), strict=True):
                expected = twins.interpreted(place, state)
                here = [variable if value else -variable for variable, value in pin.items()]
                stuck = solver.check([*here, step.stuck]).status == "sat"
                assert stuck == (expected == STUCK)
                if not stuck:
                    assert solved(twins, solver, step, pin) == expected


@pytest.mark.parametrize("seed", range(40))
def test_a_solver_finds_every_initial_state(seed: int, tmp_path: Path) -> None:
    """Each with its bounds judged as the interpreter does."""
    made = compiled(model_source(Chance.seeded(seed)), tmp_path, 1)
    if made is None:
        return
    twins = Twins.of(made[0])
    with Z3Solver(twins.model.circuit) as solver:
        steps = list(twins.model.initial())
        found = [solved(twins, solver, step, {}) for step in steps]
        stuck = any(solver.check([step.stuck]).status == "sat" for step in steps)
    try:
        expected = set(twins.system.initial())
    except Stuck:
        assert stuck
    else:
        assert (set().union(*found), stuck) == (expected, False)


# -- many -----------------------------------------------------------------------------------------


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
    assume(agree(source, tmp_path, 30))


@pytest.mark.slow
@pytest.mark.parametrize("cases", [64, 3])
@pytest.mark.parametrize("universe", [1024, 9])
def test_many_programs_from_seeds_mean_the_same(universe: int, cases: int, tmp_path: Path) -> None:
    """Larger ones than Hypothesis likes to draw, in every representation."""
    with limits(universe, 256 if universe == 1024 else 1, cases):
        compared = [agree(model_source(Chance.seeded(seed)), tmp_path, 30) for seed in range(1000, 1250)]
    assert compared.count(True) >= 150
