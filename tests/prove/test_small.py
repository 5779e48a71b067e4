"""Induction, k-induction and bounded checking of tiny models, of which everything is known beforehand."""

from __future__ import annotations

from typing import Any

import pytest

from checker.api import prove
from checker.compile.model import compile_model
from checker.lang import Model
from checker.lang.declarations import declare
from checker.lang.errors import CallError, InternalError, SpecError
from checker.prove.failures import Failures
from checker.prove.induction import Failure, Inductor
from checker.prove.session import Session
from checker.prove.theory import Claim, Theory
from checker.reference.system import ReferenceSystem
from checker.result.proof import InductionFailure
from checker.result.result import Evidence, Result
from checker.symbolic.circuit import TRUE
from tests.prove.blind import prove_blindly
from tests.prove.small import (
    BeginsBeyond,
    BoundaryRaises,
    Escapes,
    Fenced,
    Hopes,
    InitialRaises,
    Many,
    Nowhere,
    Point,
    RaisesBehindTheBoundary,
    RaisesBeyond,
    Ring,
    RingWithLemma,
    Walk,
)

PROVED, UNKNOWN = "proved for this size", "unknown"


def verdicts(result: Result) -> dict[str, str]:
    return {prop.name: str(prop.verdict) for prop in result.properties}


def failure_of(result: Result, name: str) -> InductionFailure:
    assert result.proof is not None
    (failure,) = [each for each in result.proof.failures if each.conjunct == name]
    return failure


# -- counterexamples to induction -----------------------------------------------------------------


def test_a_counterexample_to_induction_has_two_states_and_a_reason() -> None:
    """3 leads to 6; a search has seen that nothing reaches 3, so a lemma is missing."""
    failure = failure_of(prove(Ring(), method="induction"), "never_6")
    assert [step.action for step in failure.trace.steps] == [None, "falls"]
    assert [step.state for step in failure.trace.steps] == [Point(3, 0), Point(6, 0)]
    assert failure.why
    assert (failure.reachable, failure.differing, failure.minimal) == (False, 1, True)
    assert "a lemma is missing" in failure.explanation


def test_a_counterexample_that_happens_is_a_real_bug() -> None:
    """The step from 4 to 5 is at the end of a real behaviour, which the property shows in full."""
    result = prove(Walk(), method="induction")
    failure = failure_of(result, "never_5")
    assert failure.reachable is True
    assert [step.state for step in failure.trace.steps] == [Point(4, 0), Point(5, 0)]
    trace = result["never_5"].trace
    assert trace is not None
    assert [step.state for step in trace.steps] == [Point(x, 0) for x in range(6)]
    assert result.exit_code == 1


def test_whether_a_counterexample_can_happen_is_not_known_without_a_search() -> None:
    """The search saw the initial state alone; nothing is said about the first state."""
    result = prove_blindly(Ring(), "induction")
    assert failure_of(result, "never_6").reachable is None
    assert verdicts(result) == {"never_6": UNKNOWN, "deadlock_freedom": UNKNOWN}
    assert result.exit_code == 3


def fewest(model: Model[Any], name: str) -> int:
    """By brute force: the fewest fields in which a state differs from which some step violates a property."""
    declaration = declare(model)
    system = ReferenceSystem(declaration)
    start = next(system.initial())
    invariants = [one.function for one in declaration.properties if one.kind == "always"]
    broken = next(one.function for one in declaration.properties if one.name == name)
    found = []
    for state in declaration.state.members():
        if all(holds(model, state) for holds in invariants):
            after = [new for _, _, new in system.successors(state) if system.fault(new, None) is None]
            if any(not broken(model, new) for new in after):
                found.append((state.x != start.x) + (state.y != start.y))
    return min(found)


@pytest.mark.parametrize(
    ("model", "name"), [(Ring(), "never_6"), (Walk(), "never_5"), (Fenced(), "never_5")], ids=repr
)
def test_counterexamples_to_induction_are_minimal(model: Model[Any], name: str) -> None:
    """No type-correct state with fewer differing fields leads to a violation."""
    failure = failure_of(prove_blindly(model, "induction"), name)
    assert failure.minimal
    assert failure.differing == fewest(model, name)


def test_what_cpython_does_not_agree_with_is_a_fault_of_ours() -> None:
    """A theory whose formulas are wrong: it says that the lemma fails after a step that preserves it."""
    declaration = declare(RingWithLemma())
    theory, session = Theory(compile_model(declaration)), Session()
    claim = theory.preserved("x_is_even", "goes_round")
    tampered = Claim(claim.conjunct, claim.action, claim.context, TRUE, claim.step)
    with session.solver(theory.circuit) as solver:
        found = solver.check([*claim.context, theory.here("x_is_even"), theory.here("never_6")])
    failures = Failures(declaration, theory, session)
    with pytest.raises(InternalError, match="CPython does not"):
        failures.shown(Failure(tampered, ("never_6", "x_is_even"), found.assignment))


def test_a_state_in_which_what_is_assumed_fails_is_a_fault_of_ours() -> None:
    """The model of the formulas satisfies no lemma, and is said to."""
    declaration = declare(RingWithLemma())
    theory, session = Theory(compile_model(declaration)), Session()
    claim = theory.preserved("never_6", "falls")
    with session.solver(theory.circuit) as solver:
        found = solver.check([*claim.context, claim.wrong])
    failures = Failures(declaration, theory, session)
    failures.shown(Failure(claim, ("never_6",), found.assignment))
    tampered = theory.holds("x_is_even", theory.state)
    theory._holds["x_is_even", theory.state] = -tampered
    with pytest.raises(InternalError, match="Z3 assumes `x_is_even`"):
        failures.shown(Failure(claim, ("never_6", "x_is_even"), found.assignment))


# -- several states in a row ----------------------------------------------------------------------


@pytest.mark.parametrize(("k", "expected"), [(2, UNKNOWN), (3, UNKNOWN), (4, PROVED)])
def test_the_odd_tail_is_as_long_as_the_k_that_proves_it(k: int, expected: str) -> None:
    """7, 5 and 3 lead to 6, and nothing leads to 7; so four states in a row are needed."""
    result = prove_blindly(Ring(), "k-induction", k)
    assert verdicts(result)["never_6"] == expected
    assert result.proof is not None
    assert (result.proof.depth == 4) == (expected == PROVED)


def test_a_lemma_does_what_more_states_do() -> None:
    """With it one state is enough."""
    result = prove_blindly(RingWithLemma(), "induction")
    assert set(verdicts(result).values()) == {PROVED}


@pytest.mark.parametrize("k", [2, 4, 6, 8])
def test_what_is_violated_is_never_proved_by_more_states(k: int) -> None:
    """The violation at the sixth state is seen by the base case, or the step fails."""
    said = verdicts(prove_blindly(Walk(), "k-induction", k))
    assert said["never_5"] != PROVED
    assert said["y_stays_below_x"] == said["steps_are_small"] == PROVED


# -- bounds, boundaries, and what raises ----------------------------------------------------------


def test_properties_are_asked_beyond_the_boundary_and_steps_are_not_taken_there() -> None:
    """5 is generated, and violates; from there nobody goes on to 6."""
    result = prove_blindly(Fenced(), "induction")
    said = verdicts(result)
    assert (said["never_6"], said["never_5"]) == (PROVED, UNKNOWN)
    assert result.proof is not None
    assert result.proof.bounds == ("`goes_up` can leave the boundary",)
    found = prove_blindly(Fenced(), "bmc", 9)["never_5"].trace
    assert found is not None
    assert len(found.steps) == 6


def test_bounds_that_a_step_leaves_are_named() -> None:
    """The proof is about the states within them."""
    result = prove(Escapes(), method="induction")
    assert result.proof is not None
    assert result.proof.bounds == ("`goes_up` can leave 0..7 (`x`)",)
    assert set(verdicts(result).values()) == {PROVED}


@pytest.mark.parametrize("method", ["induction", "k-induction"])
def test_an_initial_state_beyond_the_boundary_is_named(method: Any) -> None:
    """From there no step is taken, so nothing is proved of what it would lead to."""
    result = prove(BeginsBeyond(), properties=["y_is_0"], method=method)
    assert result.proof is not None
    assert result.proof.bounds == ("an initial state can lie beyond the boundary: no step is taken from it",)
    assert result["y_is_0"].evidence.endswith("; for states within the bounds only")


@pytest.mark.parametrize(("seconds", "room"), [(0.0, 10_000), (None, 0)], ids=["no time", "too large"])
def test_bounds_that_could_not_be_asked_about_are_not_taken_for_kept(
    seconds: float | None, room: int
) -> None:
    """Where that is not found out, the report says so."""
    declaration = declare(Fenced())
    theory, session = Theory(compile_model(declaration)), Session(timeout_s=seconds)
    failures = Failures(declaration, theory, session)
    theory.circuit.limit = theory.circuit.size + room
    with Inductor(theory, session) as inductor:
        said = [failures.bound(each) for each in inductor.bounds_left(["never_6"])]
    action = theory.actions[0]
    assert f"`{action}` may leave bounds; whether it is so was not decided in time" in said


def test_nothing_is_proved_while_some_state_of_the_invariant_raises() -> None:
    """No reachable state does, but the invariant does not say so."""
    result = prove_blindly(RaisesBeyond(), "induction")
    assert set(verdicts(result).values()) == {UNKNOWN}
    assert failure_of(result, "well_defined").action == "divides"


@pytest.mark.parametrize("method", ["auto", "induction", "k-induction", "bmc"])
@pytest.mark.parametrize(
    ("model", "code"),
    [
        (RaisesBeyond(low=0), "action/raises"),
        (BoundaryRaises(), "property/raises"),
        (InitialRaises(), "action/raises"),
        (Nowhere(), "model/no-initial-state"),
    ],
    ids=repr,
)
def test_what_raises_in_a_reachable_state_is_a_mistake_in_the_spec(
    model: Model[Any], code: str, method: Any
) -> None:
    """As in a search, by every method."""
    with pytest.raises(SpecError) as raised:
        prove(model, method=method)
    assert raised.value.problem.code == code


@pytest.mark.parametrize("method", ["induction", "k-induction", "bmc"])
def test_no_step_is_taken_and_raises_beyond_the_boundary(method: Any) -> None:
    """The only state that there is lies outside, where nothing is asked of actions."""
    result = prove_blindly(RaisesBehindTheBoundary(), method, None if method == "induction" else 3)
    expected = "bounded to depth 3" if method == "bmc" else PROVED
    assert set(verdicts(result).values()) == {expected}


# -- where behaviours begin and what they reach ---------------------------------------------------


@pytest.mark.parametrize("method", ["auto", "induction", "k-induction", "bmc"])
def test_each_of_several_initial_states_counts(method: Any) -> None:
    """One of those of the second source violates a property."""
    result = prove(Many(), method=method)
    violated = result["never_5"]
    assert violated.verdict.evidence is Evidence.VIOLATED
    assert violated.trace is not None
    assert [step.state for step in violated.trace.steps] == [Point(5, 0)]


def test_what_is_never_reached_is_not_said_to_be() -> None:
    """A search says that it is not, bounded checking that it was not yet."""
    assert str(prove(Hopes(), method="induction")["y_moves"].verdict) == "violated"
    assert str(prove(Hopes(), method="bmc", depth=4)["y_moves"].verdict) == UNKNOWN


def test_a_name_that_does_not_exist_is_a_mistake_in_the_call() -> None:
    """With the nearest one."""
    with pytest.raises(CallError, match="has no property `never_4`"):
        prove(Ring(), properties=["never_4"])


# -- budgets --------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["auto", "induction", "k-induction", "bmc"])
def test_without_time_everything_is_unknown(method: Any) -> None:
    """And the reason is given in words."""
    result = prove(RingWithLemma(), method=method, timeout_s=1e-6)
    assert {prop.verdict.evidence for prop in result.properties} == {Evidence.UNKNOWN}
    assert result.exit_code == 3
    assert "time budget" in (result.stopped or "")


def test_a_proof_that_is_stopped_proves_nothing() -> None:
    """Ctrl-C before the first question."""
    result = prove(RingWithLemma(), method="induction", stopped=lambda: True)
    assert {prop.verdict.evidence for prop in result.properties} == {Evidence.UNKNOWN}
    assert "interrupted" in (result.stopped or "")


def test_conjuncts_are_given_up_together_in_the_end() -> None:
    """Without the lemma's help the property falls too: the largest inductive part is empty of both."""
    theory = Theory(compile_model(declare(Ring())))
    with Inductor(theory, Session()) as inductor:
        assert inductor.largest(["never_6"]).invariant == []
