"""Queries as SMT-LIB text, and what other solvers in other processes say to them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.lang.errors import CallError
from checker.solve import recheck as rechecking
from checker.solve.recheck import recheck, require_solver
from checker.solve.runner import SOLVERS
from checker.solve.smtlib import smtlib
from checker.solve.z3_solver import Z3Solver
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit

SMALL = """\
; no disagreement
; is kept
(set-info :status sat)
(set-logic QF_UF)
(declare-const |phase[a]@0| Bool)
(declare-const |'b| Bool)
(define-fun g4 () Bool (and (not |'b|) |phase[a]@0|))
(define-fun |no disagreement| () Bool (not g4))
(define-fun g5 () Bool (ite |phase[a]@0| |'b| g4))
(assert |no disagreement|)
(assert g5)
(check-sat)
"""

WEIRD = [
    "and", "true", "x", "g30", "assert", "_", "!", "@x", ".y", "let", "Bool", "12", "bv2int", "a|b", "a\\b", "é",
    "", "a b", "a\nb", ":k", "\0", '"', "'x", "x~2", "(", ";", "∀",
]  # fmt: skip


def test_the_text_is_readable_and_in_order() -> None:
    """Comments, names of variables and of literals, gates after what they are made of."""
    circuit = Circuit()
    a, b = circuit.variable("phase[a]@0"), circuit.variable("b")
    both = circuit.both(a, -b)
    last = circuit.ite(a, b, both)
    text = smtlib(
        circuit,
        [-both, last],
        comments=["no disagreement\nis kept"],
        expected="sat",
        names={-both: "no disagreement"},
    )
    assert text == SMALL


def test_no_two_names_become_one() -> None:
    """Neither those of variables, nor those given to literals, nor those of gates."""
    circuit = Circuit()
    variables = [circuit.variable(name) for name in WEIRD]
    text = smtlib(circuit, [circuit.any(variables)], names={variables[0]: "x", -variables[1]: "and"})
    declared = [
        line.split("|")[1] for line in text.splitlines() if line.startswith(("(decl", "(define-fun |"))
    ]
    assert len(set(declared)) == len(WEIRD) + 2


@pytest.mark.parametrize("solver", ["cvc5", "z3"])
def test_both_solvers_read_weird_names(solver: rechecking.SolverName, tmp_path: Path) -> None:
    """Words of the language, quotes, bars, backslashes, other alphabets, control characters."""
    circuit = Circuit()
    variables = [circuit.variable(name) for name in WEIRD]
    file = tmp_path / "weird.smt2"
    every = circuit.all(variables)
    query = [every, -variables[-1]]
    file.write_text(smtlib(circuit, query, comments=["∀ \0 |"], names={every: "|every|", TRUE: "true"}))
    assert (recheck(file, solver).status, recheck(file, solver).reason) == ("unsat", "")
    file.write_text(smtlib(circuit, query[:1], expected="sat"))
    assert recheck(file, solver, seed=7).status == "sat"


LITS = st.lists(st.tuples(st.integers(0, 2), *[st.integers(0, 99)] * 3), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LITS, st.lists(st.integers(0, 99), min_size=1, max_size=4))
def test_the_text_means_what_the_circuit_means(
    recipe: list[tuple[int, int, int, int]], picks: list[int]
) -> None:
    """Z3 and cvc5 say to the text what Z3 says to the circuit."""
    circuit = Circuit()
    lits: list[Lit] = [circuit.variable(f"v{i}") for i in range(4)]
    for kind, *places in recipe:
        a, b, c = (lits[place % len(lits)] * (-1 if place % 2 else 1) for place in places)
        lits.append([circuit.both, circuit.same][kind](a, b) if kind < 2 else circuit.ite(a, b, c))
    asserted = [lits[-1 - pick % len(lits)] * (-1 if pick % 2 else 1) for pick in picks]
    text = smtlib(circuit, asserted, names={lits[-1]: "last", -lits[0]: "not first"})
    with Z3Solver(circuit) as solver:
        for lit in asserted:
            solver.require(lit)
        expected = solver.check().status
    assert {name: answer(text, 3) for name, (_, answer) in SOLVERS.items()} == {
        "cvc5": expected,
        "z3": expected,
    }


@pytest.mark.parametrize("solver", ["cvc5", "z3"])
def test_time_memory_and_nonsense_are_unknown_with_the_reason(
    solver: rechecking.SolverName, tmp_path: Path
) -> None:
    """The other process may hang, die or refuse: this one says so."""
    circuit = Circuit()
    sits = [[circuit.variable(f"{i} in {j}") for j in range(13)] for i in range(14)]
    hard = [circuit.any(row) for row in sits]
    hard += [-circuit.both(r[j], s[j]) for i, r in enumerate(sits) for s in sits[:i] for j in range(13)]
    file = tmp_path / "hard.smt2"
    file.write_text(smtlib(circuit, hard))
    slow = recheck(file, solver, timeout_s=1)
    assert (slow.status, slow.reason) == ("unknown", "timeout after 1 s")
    stopped = recheck(file, solver, stopped=lambda: True)
    assert (stopped.status, stopped.reason) == ("unknown", "interrupted")
    starved = recheck(file, solver, memory_mb=10)
    assert (starved.status, bool(starved.reason)) == ("unknown", True)
    file.write_text("(assert (and")
    assert recheck(file, solver).reason.startswith("the solver said: refused:")
    file.write_text("(check-sat)(check-sat)" if solver == "cvc5" else "(assert nonsense)")
    assert recheck(file, solver).status == "unknown"


def test_constants_alone_are_a_query_too() -> None:
    """An assertion that folded to a constant is still a text with an answer."""
    texts = [smtlib(Circuit(), [TRUE]), smtlib(Circuit(), [FALSE])]
    assert [[answer(text, 0) for _, answer in SOLVERS.values()] for text in texts] == [
        ["sat"] * 2,
        ["unsat"] * 2,
    ]


def test_a_missing_solver_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install stands in the message."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CallError) as raised:
        require_solver("cvc5")
    assert raised.value.problem.instead == "Install it: `pip install 'quorate[cvc5]'`."
