"""Behaviours as formulas: after so many steps a solver finds exactly the states that a search reaches.

Every state that the solver gives is excluded, until it finds no more; then the next step is added.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checker.compile.model import compile_model
from checker.interpret.stuck import Stuck
from checker.interpret.system import InterpretedSystem
from checker.ir.program import Program
from checker.lang.declarations import declare
from checker.lang.errors import SpecError
from checker.library import find
from checker.prove.unrolling import Unrolling
from checker.solve.z3_solver import Z3Solver
from checker.symbolic.circuit import TooLarge
from checker.symbolic.model import SymbolicModel
from tests.native.specs import Detour, Fenced, Passing, Returning
from tests.programs.chance import Chance
from tests.programs.models import load, model_source
from tests.prove.locks import TestAndSet
from tests.symbolic.test_programs import limits


def images(system: InterpretedSystem, most: int) -> list[set[Any]]:
    """The states after exactly 0, 1, 2, … steps, until no new ones come."""

    def kept(states: Any) -> set[Any]:
        return {state for state in states if system.fault(state, None) is None}

    found = [kept(system.initial())]
    seen = set(found[0])
    while len(found) < most:
        before = [state for state in found[-1] if system.inside(state)]
        after = kept(t for state in before for _, _, t in system.successors(state))
        found.append(after)
        if after <= seen:
            break
        seen |= after
    return found


def solved(program: Program, depths: int) -> list[set[Any]]:
    """What a solver finds for the last state of behaviours of 0, 1, 2, … steps."""
    model = SymbolicModel(program, 3_000_000)
    path = Unrolling(model, initial=True)
    levels: list[set[Any]] = []
    with Z3Solver(model.circuit) as solver:
        while True:
            frame = path.frames[-1]
            solver.require(frame.ways)
            levels.append(set())
            blocked: list[int] = []
            while True:
                answer = solver.check(blocked)
                assert answer.status in ("sat", "unsat")
                if answer.status == "unsat":
                    break
                state = model.state(answer.assignment, frame.value)
                assert state not in levels[-1]
                levels[-1].add(state)
                blocked.append(-model.same(frame.value, model.known(state)))
            if len(levels) == depths:
                return levels
            path.extend()


def agree(program: Program, most: int = 40) -> int:
    """Compare level by level; how many there are."""
    expected = images(InterpretedSystem(program), most)
    found = solved(program, len(expected))
    assert [len(level) for level in found] == [len(level) for level in expected]
    assert found == expected
    return len(expected)


SPECS: list[tuple[str, dict[str, Any], int]] = [
    ("two-phase-commit", {"rms": 1}, 40),
    ("consensus", {}, 40),
    ("voting", {"acceptors": 1, "values": 2, "max_ballot": 1}, 40),
    ("raft", {"nodes": 2, "max_term": 2, "max_log": 1, "crashes": 0}, 3),
    ("raft", {"nodes": 2, "max_in_flight": 2, "fifo": True, "lossy": False, "crashes": 0}, 3),
]


@pytest.mark.parametrize(("spec", "constants", "most"), SPECS, ids=[f"{s} {c}" for s, c, _ in SPECS])
def test_a_spec_is_unrolled_to_what_a_search_reaches(spec: str, constants: dict[str, Any], most: int) -> None:
    """From its initial states until nothing new comes, or for some steps."""
    assert agree(compile_model(declare(find(spec)(**constants))), most) > 2


LARGER: list[tuple[str, dict[str, Any], int]] = [
    ("two-phase-commit", {"rms": 2}, 40),
    ("voting", {"acceptors": 2, "values": 1, "max_ballot": 1}, 40),
    ("paxos", {"acceptors": 2, "values": 1, "max_ballot": 1}, 6),
    ("raft", {"nodes": 2}, 4),
    ("raft", {"nodes": 2, "duplicating": True, "crashes": 1}, 4),
]


@pytest.mark.slow
@pytest.mark.parametrize(("spec", "constants", "most"), LARGER, ids=[f"{s} {c}" for s, c, _ in LARGER])
def test_a_larger_spec_is_unrolled_to_what_a_search_reaches(
    spec: str, constants: dict[str, Any], most: int
) -> None:
    """The same with some hundreds of states."""
    assert agree(compile_model(declare(find(spec)(**constants))), most) > 3


MODELS: list[tuple[Any, dict[str, Any], int]] = [
    (TestAndSet, {"clients": 2}, 40),
    (Passing, {"nodes": 3}, 40),
    (Fenced, {"most": 4}, 8),
    (Detour, {"most": 1}, 6),
    (Returning, {"most": 3}, 40),
]


@pytest.mark.parametrize(("cls", "constants", "most"), MODELS, ids=[m.__name__ for m, _, _ in MODELS])
def test_a_small_model_is_unrolled_to_what_a_search_reaches(
    cls: Any, constants: dict[str, Any], most: int
) -> None:
    """Locks, a boundary that ends behaviours, bounds that are left, values that are large on the way."""
    assert agree(compile_model(declare(cls(**constants))), most) >= min(most, 3)


def generated(seed: int, folder: Path) -> Program | None:
    """A generated model of few states; nothing where it is refused, raises, or has many."""
    declaration = declare(load(model_source(Chance.seeded(seed)), folder))
    try:
        program = compile_model(declaration)
        if sum(map(len, images(InterpretedSystem(program), 4))) <= 60:
            return program
    except (SpecError, Stuck):
        pass
    return None


def unrolled(seeds: range, folder: Path) -> int:
    """How many models were compared."""
    programs = [program for seed in seeds if (program := generated(seed, folder))]
    for program in programs:
        agree(program, 4)
    return len(programs)


def test_generated_programs_are_unrolled_to_what_a_search_reaches(tmp_path: Path) -> None:
    """Some steps of those that have few states."""
    assert unrolled(range(30), tmp_path) >= 8


def test_symbolic_members_are_tied_to_those_of_the_next_state(tmp_path: Path) -> None:
    """The same with sets and bags in places, which one state may fill in another order than the next."""
    with limits(9, 1, 64):
        programs = [p for seed in range(30) if (p := generated(seed, tmp_path))]
        compared = 0
        for program in programs:
            if "has no capacity" not in refusal(program):
                agree(program, 4)
                compared += 1
    assert compared >= 6


def refusal(program: Program) -> str:
    """Why a program has no formulas."""
    try:
        SymbolicModel(program).unknown("s")
    except TooLarge as large:
        return str(large)
    return ""


@pytest.mark.slow
def test_many_generated_programs_are_unrolled_to_what_a_search_reaches(tmp_path: Path) -> None:
    """The same for more of them."""
    assert unrolled(range(100, 300), tmp_path) >= 50
