"""Frames of unrolled behaviours: how large they are, and that raft's broken variants are found by them."""

from __future__ import annotations

import pytest

from checker.compile.model import compile_model
from checker.constants import instantiate
from checker.ir.program import Program
from checker.lang.declarations import declare
from checker.library import find
from checker.prove.session import Session
from checker.prove.theory import Theory
from checker.prove.unrolling import Unrolling
from checker.symbolic.choosing import select
from checker.symbolic.circuit import Circuit, holds
from checker.symbolic.model import SymbolicModel
from checker.symbolic.values import Cases, Seq


def program_of(spec: str, *constants: str) -> Program:
    return compile_model(declare(instantiate(find(spec), list(constants))))


@pytest.mark.parametrize(
    ("spec", "most"),
    [
        ("raft-keeps-conflicts", 10_000),
        ("raft-commits-earlier-terms", 18_000),
        ("raft-forgets-vote", 12_000),
        ("paxos-ignores-reports", 6_000),
    ],
)
def test_a_frame_stays_small(spec: str, most: int) -> None:
    """One more state costs about a tenth of what it does when packets are compared each with each."""
    unrolling = Unrolling(SymbolicModel(program_of(spec)), initial=True)
    unrolling.extend()
    before = unrolling.circuit.size
    unrolling.extend()
    assert unrolling.circuit.size - before < most


def test_a_choice_of_sequences_is_as_long_as_the_longest() -> None:
    """Also where items may be absent: what is chosen is each sequence where it is the one that is chosen."""
    circuit = Circuit()
    test, *present = (circuit.variable(name) for name in "tabcd")
    one = Seq(tuple((lit, Cases({at: 1})) for at, lit in enumerate(present)), dense=False)
    other = Seq(tuple((lit, Cases({at + 10: 1})) for at, lit in enumerate(present[:2])), dense=False)
    chosen = select(circuit, [(test, one), (-test, other)])
    assert isinstance(chosen, Seq)
    assert (len(chosen.entries), chosen.dense) == (4, False)
    for number in range(32):
        known = {lit: bool(number >> place & 1) for place, lit in enumerate((test, *present))}
        lits = [lit for here, item in chosen.entries for lit in (here, *item.cases.values())]  # type: ignore[union-attr]
        values = circuit.evaluate(known, lits)
        found = [
            value
            for here, item in chosen.entries
            if holds(values, here)
            for value, lit in item.cases.items()  # type: ignore[union-attr]
            if holds(values, lit)
        ]
        items = range(4) if known[test] else range(2)
        assert found == [at if known[test] else at + 10 for at in items if known[present[at]]]


def shortest(program: Program, name: str, most: int) -> int | None:
    """The fewest steps to a state that violates a property."""
    theory = Theory(program)
    unrolling = Unrolling(theory.model, initial=True)
    with Session().solver(theory.circuit) as solver:
        for steps in range(most + 1):
            solver.require((unrolling.extend() if steps else unrolling.frames[0]).ways)
            answer = solver.check([-theory.holds(name, unrolling.frames[-1].value)], 120)
            assert answer.status in ("sat", "unsat")
            if answer.status == "sat":
                return steps
    return None


@pytest.mark.parametrize(
    ("spec", "constants", "name", "steps"),
    [
        ("raft-first-vote-leads", ("crashes=0",), "election_safety", 2),
        ("raft-votes-twice", ("crashes=0",), "election_safety", 6),
        pytest.param("raft-forgets-vote", (), "election_safety", 8, marks=pytest.mark.slow),
        pytest.param(
            "raft-votes-for-any-log", ("crashes=0",), "leader_completeness", 10, marks=pytest.mark.slow
        ),
        pytest.param(
            "raft-keeps-conflicts", ("crashes=0",), "committed_entries_are_safe", 11, marks=pytest.mark.slow
        ),
    ],
)
def test_the_shortest_violation_is_found(
    spec: str, constants: tuple[str, ...], name: str, steps: int
) -> None:
    """At the same depth as by breadth-first search, and at none before."""
    assert shortest(program_of(spec, *constants), name, steps) == steps


def test_what_holds_is_not_violated() -> None:
    """Raft itself has no two leaders where the variant that votes twice does."""
    assert shortest(program_of("raft", "crashes=0"), "election_safety", 6) is None
