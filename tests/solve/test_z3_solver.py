"""Z3 on circuits: its answers against all assignments, and what ends a check as unknown."""

from __future__ import annotations

import os
import signal
import threading
import time
from itertools import product

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.lang.errors import InternalError
from checker.solve.z3_solver import Z3Solver
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit, holds

VARIABLES = 5


def pigeonhole(pigeons: int, holes: int) -> tuple[Circuit, list[Lit]]:
    """Each pigeon in some hole, no two in one: hard to refute with one hole too few."""
    circuit = Circuit()
    sits = [[circuit.variable(f"{i} in {j}") for j in range(holes)] for i in range(pigeons)]
    placed = [circuit.any(row) for row in sits]
    alone = [circuit.at_most_one(row[hole] for row in sits) for hole in range(holes)]
    return circuit, placed + alone


def grow(circuit: Circuit, lits: list[Lit], recipe: list[tuple[int, int, int, int]]) -> None:
    """More literals, each of up to three of those there are."""
    for kind, *places in recipe:
        a, b, c = (lits[place % len(lits)] * (-1 if place % 2 else 1) for place in places)
        lits.append([circuit.both, circuit.same][kind](a, b) if kind < 2 else circuit.ite(a, b, c))


def satisfiable(circuit: Circuit, lits: list[Lit]) -> bool:
    """By trying all assignments."""
    numbers = sorted(circuit.names)
    return any(
        all(holds(circuit.evaluate(dict(zip(numbers, chosen, strict=True)), lits), lit) for lit in lits)
        for chosen in product((False, True), repeat=len(numbers))
    )


RECIPE = st.lists(st.tuples(st.integers(0, 2), *[st.integers(0, 99)] * 3), min_size=1, max_size=12)
PICKS = st.lists(st.integers(-200, 200), max_size=4)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(RECIPE, PICKS, PICKS), min_size=1, max_size=4), st.integers(0, 9))
def test_answers_agree_with_all_assignments_while_the_circuit_grows(
    rounds: list[tuple[list[tuple[int, int, int, int]], list[int], list[int]]], seed: int
) -> None:
    """Satisfiable or not as brute force says, with assignments that satisfy and cores that do not."""
    circuit = Circuit()
    lits: list[Lit] = [TRUE, *(circuit.variable(f"v{i}") for i in range(VARIABLES))]
    required: list[Lit] = []
    with Z3Solver(circuit, seed=seed) as solver:
        for recipe, to_require, to_assume in rounds:
            grow(circuit, lits, recipe)
            chosen, assumed = (
                [lits[abs(pick) % len(lits)] * (-1 if pick < 0 else 1) for pick in picks]
                for picks in (to_require[:1], to_assume)
            )
            required += chosen
            for lit in chosen:
                solver.require(lit)
            answer = solver.check(assumed)
            wanted = [*required, *assumed]
            assert answer.status == ("sat" if satisfiable(circuit, wanted) else "unsat")
            if answer.status == "sat":
                values = circuit.evaluate(answer.assignment, wanted)
                assert [lit for lit in wanted if not holds(values, lit)] == []
            else:
                assert set(answer.core) <= set(assumed)
                assert not satisfiable(circuit, [*required, *answer.core])


def test_a_core_leaves_out_what_has_no_part_in_it() -> None:
    """Of a hundred assumptions, two contradict what is required."""
    circuit = Circuit()
    variables = [circuit.variable(f"v{i}") for i in range(100)]
    gate = circuit.both(variables[3], variables[4])
    with Z3Solver(circuit) as solver:
        solver.require(circuit.either(-gate, -variables[7]))
        answer = solver.check([gate, *variables[5:]])
    assert (answer.status, sorted(answer.core)) == ("unsat", sorted([gate, variables[7]]))


def test_what_is_required_alone_can_be_impossible() -> None:
    """Then no assumption is in the core."""
    circuit = Circuit()
    one, other = circuit.variable("one"), circuit.variable("other")
    with Z3Solver(circuit) as solver:
        solver.require(one)
        solver.require(-one)
        assert (solver.check([other]).status, solver.check([other]).core) == ("unsat", ())


def test_constants_are_assumed_like_all_others() -> None:
    """TRUE adds nothing, FALSE is a core of its own."""
    circuit = Circuit()
    with Z3Solver(circuit) as solver:
        assert solver.check([TRUE]).status == "sat"
        assert solver.check([circuit.variable("x"), FALSE]).core == (FALSE,)
        solver.require(FALSE)
        assert solver.check([TRUE]).status == "unsat"


def test_a_timeout_is_unknown_and_the_solver_goes_on() -> None:
    """A hard question ends in time, and the same solver then answers an easy one."""
    circuit, required = pigeonhole(14, 13)
    with Z3Solver(circuit) as solver:
        for lit in required[:-1]:
            solver.require(lit)
        answer = solver.check([required[-1]], timeout_s=0.3)
        assert (answer.status, answer.reason) == ("unknown", "timeout after 0.3 s")
        assert answer.seconds < 3
        assert solver.check().status == "sat"
        assert solver.check([-required[0]]).core == (-required[0],)


def test_too_little_memory_is_unknown_and_leaves_other_solvers_alone() -> None:
    """The limit ends the check, not the process."""
    circuit, required = pigeonhole(30, 29)
    with Z3Solver(circuit, memory_mb=1) as solver, Z3Solver(circuit) as other:
        for lit in required:
            solver.require(lit)
        other.require(required[0])
        answer = solver.check(timeout_s=20)
        assert (answer.status, answer.reason) == ("unknown", "memory: more than 1 MB")
        assert other.check().status == "sat"


def test_a_hook_stops_a_check() -> None:
    """Whatever asks to stop is heard within a second or two."""
    circuit, required = pigeonhole(14, 13)
    begun = time.monotonic()
    with Z3Solver(circuit, stopped=lambda: time.monotonic() > begun + 0.2) as solver:
        for lit in required:
            solver.require(lit)
        answer = solver.check()
    assert (answer.status, answer.reason) == ("unknown", "interrupted")
    assert answer.seconds < 3


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="sends itself a signal")
def test_ctrl_c_ends_a_check_as_keyboard_interrupt() -> None:
    """It is not swallowed by Z3, and the solver can be used afterwards."""
    circuit, required = pigeonhole(14, 13)
    with Z3Solver(circuit) as solver:
        for lit in required[:-1]:
            solver.require(lit)
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            solver.check([required[-1]], timeout_s=60)
        assert solver.check().status == "sat"


def test_every_seed_gives_the_same_verdict_and_one_seed_the_same_assignment() -> None:
    """Seeds change the way, not the answer; some of them change the assignment."""
    circuit, required = pigeonhole(7, 9)

    def assignment(seed: int) -> tuple[tuple[int, bool], ...]:
        with Z3Solver(circuit, seed=seed) as solver:
            for lit in required:
                solver.require(lit)
            answer = solver.check()
        assert answer.status == "sat"
        return tuple(sorted(answer.assignment.items()))

    assert assignment(3) == assignment(3)
    assert len({assignment(seed) for seed in range(10)}) > 1


def test_formulas_may_be_deep() -> None:
    """A hundred thousand gates, one in the other, do not exhaust a stack."""
    circuit = Circuit()
    first = last = circuit.variable("first")
    for number in range(50_000):
        last = circuit.ite(circuit.variable(f"v{number}"), last, -circuit.both(last, first))
    with Z3Solver(circuit) as solver:
        solver.require(last)
        assert solver.check(timeout_s=60).status == "sat"


def test_hundreds_of_solvers_leave_no_memory_behind() -> None:
    """A closed solver gives back what it held."""
    circuit, required = pigeonhole(12, 12)

    def use(count: int) -> int:
        for _ in range(count):
            with Z3Solver(circuit) as solver:
                for lit in required:
                    solver.require(lit)
                assert solver.check().status == "sat"
        size: int = psutil.Process().memory_info().rss
        return size

    before = use(20)
    assert use(80) - before < 20_000_000


def test_a_closed_solver_is_not_asked() -> None:
    """That is our own fault, and said to be."""
    solver = Z3Solver(Circuit())
    solver.close()
    with pytest.raises(InternalError):
        solver.check()
