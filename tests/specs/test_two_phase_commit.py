"""Two-phase commit against the counts that TLC gives, and each broken variant against its property."""

from __future__ import annotations

import pytest

from checker import check
from checker.lang import Map
from checker.result.result import Counts, Evidence
from specs.transactions.two_phase_commit import (
    RM,
    Decided,
    Outcome,
    Phase,
    Prepared,
    State,
    TwoPhaseCommit,
    TwoPhaseCommitDecidesEarly,
    TwoPhaseCommitUnilateralAbort,
)

MODEL = TwoPhaseCommit(rms=2)
ONE, TWO = RM(1), RM(2)
START = State(Map({ONE: Phase.WORKING, TWO: Phase.WORKING}), None, frozenset(), frozenset())


@pytest.mark.parametrize(
    ("rms", "distinct", "generated", "depth"),
    [
        (2, 56, 154, 8),
        (3, 288, 1_146, 11),
        (4, 1_568, 8_258, 14),
        (5, 8_832, 58_146, 17),
        pytest.param(6, 50_816, 402_306, 20, marks=pytest.mark.slow),
    ],
)
def test_the_counts_are_those_of_tlc(rms: int, distinct: int, generated: int, depth: int) -> None:
    """All three numbers, every property exhaustively, every action taken."""
    result = check(TwoPhaseCommit(rms=rms), symmetry=False)
    assert result.states == Counts(distinct, generated, depth)
    assert {prop.verdict.evidence for prop in result.properties} == {Evidence.EXHAUSTIVE}
    assert all(action.taken for action in result.actions)
    assert result.bounds_reached == ()
    assert result.exit_code == 0


@pytest.mark.parametrize("rms", [1, 2, 3, 4, 5])
def test_the_closed_form(rms: int) -> None:
    """6^n + 4^n + 2^n states, in 3n + 2 levels."""
    result = check(TwoPhaseCommit(rms=rms), symmetry=False)
    assert result.states.distinct == 6**rms + 4**rms + 2**rms
    assert result.states.depth == 3 * rms + 2


def test_depth_first_finds_the_same_states() -> None:
    """Another order, the same numbers but for the depth."""
    result = check(TwoPhaseCommit(rms=3), search="dfs", symmetry=False)
    assert (result.states.distinct, result.states.generated) == (288, 1_146)
    assert result.holds


def test_committing_takes_everybody() -> None:
    """The shortest behaviour in which all commit: each prepares, is heard and learns, and one decision."""
    trace = check(TwoPhaseCommit(rms=3))["all_commit"].trace
    assert trace is not None
    assert len(trace.steps) - 1 == 3 * 3 + 1


def test_deciding_early_commits_what_not_all_prepared() -> None:
    """Two of three are prepared and heard, and the decision is commit: five steps."""
    result = check(TwoPhaseCommitDecidesEarly(rms=3))
    assert [prop.name for prop in result.violated] == ["commits_only_what_all_prepared"]
    trace = result["commits_only_what_all_prepared"].trace
    assert trace is not None
    assert sorted(step.action for step in trace.steps if step.action) == [
        "rm_prepares",
        "rm_prepares",
        "tm_commits",
        "tm_receives_prepared",
        "tm_receives_prepared",
    ]
    assert any("Prepared(rm) in s.sent" in line for line in result.violated[0].why)


def test_deciding_early_leads_to_disagreement() -> None:
    """Who has not prepared may abort after the others have committed."""
    result = check(TwoPhaseCommitDecidesEarly(rms=3), properties=["no_disagreement"])
    assert [prop.name for prop in result.violated] == ["no_disagreement"]


def test_aborting_alone_leads_to_disagreement() -> None:
    """A prepared resource manager that aborts contradicts the commit that the others learn."""
    result = check(TwoPhaseCommitUnilateralAbort(rms=2), properties=["no_disagreement"])
    assert [prop.name for prop in result.violated] == ["no_disagreement"]
    trace = result["no_disagreement"].trace
    assert trace is not None
    assert len(trace.steps) - 1 == 7
    assert result.exit_code == 1


# -- the actions as plain functions --


def test_preparing_sends_a_message() -> None:
    """A working resource manager prepares and says so."""
    after = MODEL.rm_prepares(START, ONE)
    assert after == State(
        Map({ONE: Phase.PREPARED, TWO: Phase.WORKING}), None, frozenset(), frozenset({Prepared(ONE)})
    )
    assert after is not None
    assert MODEL.rm_prepares(after, ONE) is None


def test_the_decision_is_made_once() -> None:
    """After an abort nothing can be committed, and nothing is heard."""
    aborted = MODEL.tm_aborts(START)
    assert aborted is not None
    assert aborted.decision is Outcome.ABORT
    assert aborted.sent == {Decided(Outcome.ABORT)}
    assert MODEL.tm_aborts(aborted) is None
    assert MODEL.tm_commits(aborted) is None
    assert MODEL.tm_receives_prepared(aborted, ONE) is None


def test_committing_needs_everybody_to_be_heard() -> None:
    """One of two is not enough."""
    assert MODEL.tm_commits(START) is None
    prepared = MODEL.rm_prepares(START, ONE)
    assert prepared is not None
    heard = MODEL.tm_receives_prepared(prepared, ONE)
    assert heard is not None
    assert MODEL.tm_commits(heard) is None


def test_nobody_learns_what_was_not_decided() -> None:
    """Without the message there is nothing to learn."""
    assert MODEL.rm_learns_commit(START, ONE) is None
    assert MODEL.rm_learns_abort(START, TWO) is None
