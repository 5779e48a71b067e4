"""Evidence that others can check: written conditions are refuted by two solvers, and a false one is found out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from checker.api import prove
from checker.compile.model import compile_model
from checker.lang import frozen, sometimes
from checker.lang.declarations import declare
from checker.lang.errors import CallError, InternalError
from checker.prove.evidence import ask_again
from checker.prove.session import Conditions, Question
from checker.prove.theory import Theory
from checker.result.result import Result
from checker.solve.recheck import recheck
from tests.prove.small import Point, Ring, RingWithLemma, Walk


@frozen
class Rises(Walk):
    """What it is to reach, it reaches."""

    @sometimes
    def x_is_2(self, s: Point) -> bool:
        return s.x == 2


def written(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.smt2"))


def proved(folder: Path, *, again: bool = False) -> Result:
    return prove(RingWithLemma(), method="induction", emit=str(folder), recheck=again)


def test_every_verification_condition_is_a_file_that_both_solvers_refute(tmp_path: Path) -> None:
    """One for each conjunct and action; read afresh by each, with what they claim at their head."""
    result = proved(tmp_path)
    assert result.proof is not None
    files = written(tmp_path)
    claims = {(one.conjunct, one.action) for one in result.proof.obligations}
    assert len(files) == len(claims)
    for solver in ("cvc5", "z3"):
        assert {recheck(file, solver).status for file in files} == {"unsat"}
    for conjunct, action in claims:
        where = f"action {action}" if action else "initial states"
        assert [file for file in files if f"; claim: {conjunct}, {where}\n" in file.read_text()]


def test_the_result_names_the_solvers_that_agreed(tmp_path: Path) -> None:
    """Both, on every obligation that was asked of them."""
    proof = proved(tmp_path, again=True).proof
    assert proof is not None
    assert [name.split()[0] for name in proof.solvers] == ["Z3", "cvc5"]
    agreed = [[name.split()[0] for name in one.solvers] for one in proof.obligations]
    assert agreed == [["Z3", "cvc5"]] * len(proof.obligations)
    assert proof.emitted == str(tmp_path)


def agreed(result: Result) -> dict[tuple[str, str], int]:
    """On how many solvers each obligation rests that was met."""
    assert result.proof is not None
    met = [one for one in result.proof.obligations if one.outcome == "proved"]
    return {(one.conjunct, one.action): len(one.solvers) for one in met}


def test_what_was_not_asked_again_is_not_agreed_on() -> None:
    """A behaviour that was found is run by CPython; the second solver is asked about its absence alone."""
    names = ["x_is_2", "y_stays_below_x"]
    found = agreed(prove(Rises(), properties=names, method="bmc", depth=4, recheck=True))
    assert found == {("x_is_2", ""): 1, ("y_stays_below_x", ""): 2}


def test_the_first_states_of_several_in_a_row_are_asked_again_too(tmp_path: Path) -> None:
    """One file for each depth, beside those of the step, and both solvers agree on all of it."""
    result = prove(Ring(), method="k-induction", depth=5, emit=str(tmp_path), recheck=True)
    assert result.proof is not None
    assert (result.proof.method, result.proof.depth) == ("k-induction", 4)
    assert set(agreed(result).values()) == {2}
    assert len([file for file in written(tmp_path) if "depth" in file.name]) == 4


def test_a_condition_that_can_be_satisfied_is_a_fault_of_ours(tmp_path: Path) -> None:
    """The question of a true claim, without the lemma that it rests on."""
    theory = Theory(compile_model(declare(RingWithLemma())))
    claim = theory.preserved("never_6", "falls")
    whole = theory.question(claim, ["never_6", "x_is_even"])
    tampered = theory.question(claim, ["never_6"])

    def asked(*questions: Question) -> list[str]:
        second = ask_again(
            [Conditions(theory.circuit, questions, {})],
            tmp_path,
            "ring",
            timeout_s=20.0,
            stopped=None,
            told=lambda done: None,
        )
        return [answer.status for _, answer in second.answers]

    assert asked(whole) == ["unsat"]
    with pytest.raises(
        InternalError, match=r"proves `never_6` for `falls`, and cvc5 .* has a counterexample"
    ):
        asked(whole, tampered)


def test_without_the_second_solver_the_call_cannot_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install."""
    monkeypatch.setitem(sys.modules, "cvc5", None)
    with pytest.raises(CallError) as raised:
        prove(RingWithLemma(), method="induction", recheck=True)
    assert "quorate[cvc5]" in str(raised.value) + str(raised.value.problem.instead)


def test_nothing_is_written_of_what_is_not_proved(tmp_path: Path) -> None:
    """Every file is about the invariant that is left, and none about the property that is not in it."""
    result = prove(Ring(), method="induction", emit=str(tmp_path))
    assert result.exit_code == 0  # by a search
    assert not [file for file in written(tmp_path) if "never_6" in file.name]
