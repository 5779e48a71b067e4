"""Refinements proved: steps and initial states, with the invariant; and what is not proved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest

from checker.api import prove
from checker.lang import Model
from checker.result.result import Evidence
from specs.consensus.paxos import Paxos, PaxosHalfIsEnough, Voting
from specs.transactions.two_phase_commit import TwoPhaseCommit, TwoPhaseCommitDecidesEarly
from tests.refinement.models import Table, TableBeginsLate, TableInALargerHall, TableOverflows

PROVED = [TwoPhaseCommit(rms=3), Voting(), Paxos(), Table(), TableInALargerHall()]


@pytest.mark.parametrize("model", PROVED, ids=lambda model: type(model).__name__)
def test_a_refinement_is_proved_with_the_lemmas_of_the_spec(model: Model[Any]) -> None:
    """For behaviours of any length: it is inductive together with them."""
    result = prove(model, deadlock=False)
    found = next(prop for prop in result.properties if prop.kind == "refinement")
    assert found.verdict.evidence is Evidence.PROVED
    (name,) = [one for one in result.proof.invariant if one == found.name]
    actions = {one.action for one in result.proof.obligations if one.conjunct == name}
    assert "" in actions  # the initial states
    assert len(actions) > 2


def test_an_initial_state_without_counterpart_is_no_proof() -> None:
    """All steps of it are steps of the abstract model, so only the initial condition refutes it."""
    result = prove(TableBeginsLate(), properties=["as_party"])
    assert result["as_party"].verdict.evidence is Evidence.VIOLATED
    assert result["as_party"].kind == "refinement"
    assert result.proof is not None
    assert "as_party" not in result.proof.invariant


@pytest.mark.parametrize("method", ["auto", "induction", "k-induction", "bmc"])
def test_no_method_proves_a_broken_one(method: Any) -> None:
    """Bounded checking finds the behaviour too."""
    result = prove(PaxosHalfIsEnough(), properties=["as_voting"], method=method, depth=5, find_lemmas=False)
    found = result["as_voting"]
    assert found.kind == "refinement"
    assert found.verdict.evidence is Evidence.VIOLATED
    assert found.trace is not None
    assert found.trace.beside is not None
    assert any("no step of Voting" in line for line in found.why)


def test_bounded_checking_looks_at_beginnings_too() -> None:
    """It never says of a refinement that is refuted at once that no short behaviour violates it."""
    result = prove(TableBeginsLate(), properties=["as_party"], method="bmc", depth=2, deadlock=False)
    assert result["as_party"].verdict.evidence is Evidence.VIOLATED
    assert result["as_party"].trace is not None
    assert len(result["as_party"].trace.steps) == 1


def test_a_mapping_that_may_leave_the_bounds_is_not_proved() -> None:
    """Where it does, it gives no abstract state."""
    with pytest.raises(Exception, match="puts 2"):
        prove(TableOverflows(), properties=["as_party"], method="auto", find_lemmas=False)


def test_what_is_not_inductive_is_shown_with_what_it_is_mapped_to() -> None:
    """Without the lemmas the steps of any state are no abstract ones; CPython agrees on the one shown."""

    @attrs.frozen
    class Bare(Paxos):
        proposals_are_safe = None  # type: ignore[assignment]

    result = prove(Bare(), properties=["as_voting"], method="induction")
    (failure,) = [one for one in result.proof.failures if one.conjunct == "as_voting"]
    assert failure.action == "phase2b"
    assert failure.trace.beside is not None
    assert failure.why[0].startswith("no step of Voting does what step 1, phase2b(")


def test_what_a_second_solver_is_given_contains_the_refinement(tmp_path: Path) -> None:
    """Its initial condition and its steps are among the verification conditions."""
    prove(Voting(), emit=str(tmp_path / "conditions"))
    texts = [file.read_text() for file in sorted((tmp_path / "conditions").rglob("*.smt2"))]
    assert sum("as_consensus" in text for text in texts) >= 3


def test_deciding_early_is_no_transaction_commit() -> None:
    """The proof's own search has the shortest behaviour."""
    result = prove(TwoPhaseCommitDecidesEarly())
    found = result["as_transaction_commit.steps"]
    assert (found.verdict.evidence, result.exit_code) == (Evidence.VIOLATED, 1)
    assert found.trace is not None
    assert len(found.trace.steps) - 1 == 6


def test_a_counterexample_to_induction_that_can_happen_has_its_own_abstract_steps_beside_it() -> None:
    """Those of its two states, not of the whole behaviour that ends with them."""
    result = prove(TwoPhaseCommitDecidesEarly(), properties=["as_transaction_commit.steps"])
    (failure,) = [one for one in result.proof.failures if one.conjunct == "as_transaction_commit.steps"]
    assert failure.trace.beside is not None
    assert (failure.reachable, len(failure.trace.steps)) == (True, 2)
    assert failure.trace.beside.counterparts == ("state", "none")
