"""The table of assumptions: verdicts as checks have them, budgets, text, JSON, and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from checker import check
from checker.assumptions.audit import Limits, audit
from checker.assumptions.relax import assumptions_of
from checker.cli.app import group
from checker.report.assumptions import render
from checker.result.assumptions import Audit, Cell
from checker.result.result import Evidence, Verdict
from specs.consensus.paxos import Paxos
from specs.transactions.two_phase_commit_sites import TwoPhaseCommitSites

Golden = Any


def sites(**limits: Any) -> Audit:
    """Two sites, which is enough for most to go wrong."""
    return audit(TwoPhaseCommitSites(sites=2), limits=Limits(engine="python", **limits))


def run(*arguments: str) -> tuple[int, str]:
    """The command: its exit code and what it prints."""
    done = CliRunner().invoke(group, arguments, prog_name="quorate")
    return done.exit_code, done.stdout + done.stderr


def test_each_cell_is_what_a_check_of_the_property_says() -> None:
    """Verdict, length, and whether it is a lasso: for every cell."""
    model = TwoPhaseCommitSites(sites=2)
    found = sites()
    for row, assumption in zip(found.rows, assumptions_of(model), strict=True):
        result = check(assumption.declaration, keep_going=True, engine="python")
        for cell in row.cells:
            prop = result[cell.property]
            assert cell.verdict == prop.verdict
            if prop.verdict.evidence is Evidence.VIOLATED:
                assert prop.trace is not None
                assert (cell.steps, cell.lasso) == (len(prop.trace.steps) - 1, prop.trace.loop is not None)
            else:
                assert cell.steps is None
    assert {cell.verdict.evidence for row in found.rows for cell in row.cells} >= {
        Evidence.VIOLATED,
        Evidence.WITHIN_BOUNDS,
    }


def test_a_sometimes_is_left_out_unless_it_is_named() -> None:
    """To leave out an assumption makes them only easier to reach."""
    assert "sometimes" not in {kind for _, kind in sites().properties}
    named = audit(TwoPhaseCommitSites(sites=2), properties=["all_commit"], limits=Limits(engine="python"))
    assert named.properties == (("all_commit", "sometimes"),)


def test_a_budget_that_ran_out_decides_nothing() -> None:
    """It says which; what is violated by then is violated."""
    found = sites(max_states=20)
    assert found.exit_code == 3
    assert found.as_it_is.stopped == "the budget of 20 states ran out"
    assert Evidence.WITHIN_BOUNDS not in {cell.verdict.evidence for cell in found.rows[0].cells}
    assert "as is: stopped: the budget of 20 states ran out" in render(found)
    assert " ?" in render(found)


def test_once_stopped_nothing_is_decided() -> None:
    """Ctrl-C ends with the table that there is."""
    found = audit(TwoPhaseCommitSites(sites=2), stopped=lambda: True)
    assert {cell.verdict.evidence for row in found.rows for cell in row.cells} == {Evidence.UNKNOWN}
    assert {row.stopped for row in found.rows} == {"interrupted"}


def test_the_text(golden: Golden) -> None:
    """Numbered assumptions, then each property against each."""
    golden("report/assumptions.txt", render(sites()))


def test_a_model_without_assumptions_says_so() -> None:
    """Its own verdicts stand there all the same."""
    found = audit(Paxos(acceptors=2), limits=Limits(engine="python"))
    assert found.rows == ()
    assert found.exit_code == 0
    assert "none is marked" in render(found)


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        (Cell("p", Verdict(Evidence.EXHAUSTIVE)), "✓"),
        (Cell("p", Verdict(Evidence.WITHIN_BOUNDS)), "(✓)"),
        (Cell("p", Verdict(Evidence.VIOLATED), 7), "✗7"),
        (Cell("p", Verdict(Evidence.VIOLATED), 7, lasso=True), "✗∞"),
        (Cell("p", Verdict(Evidence.UNKNOWN)), "?"),
        (Cell("p", Verdict(Evidence.BOUNDED, 3)), "?"),
    ],
)
def test_a_mark_never_says_more_than_the_verdict(cell: Cell, mark: str) -> None:
    """Only what is exhaustive has the plain tick."""
    from attrs import evolve

    found = sites(max_states=1)
    one = evolve(
        found, properties=(("p", "always"),), as_it_is=evolve(found.as_it_is, cells=(cell,)), rows=()
    )
    lines = render(one).splitlines()
    assert next(line.split()[1] for line in lines if line.startswith("p ")) == mark


def test_the_command_prints_the_table_or_json() -> None:
    """The exit code is that of the model as it is."""
    code, text = run("assumptions", "two-phase-commit-sites", "-c", "sites=2")
    assert code == 0
    assert "a counterexample: quorate check two-phase-commit-sites --without" in text
    code, text = run("assumptions", "two-phase-commit-sites", "-c", "sites=2", "--format", "json")
    data = json.loads(text)
    assert (code, data["exit_code"], data["schema"]) == (0, 0, "quorate.assumptions/1")
    forgets = next(row for row in data["without"] if row["assumption"] == "phase")
    assert forgets["kind"] == "durable"
    assert forgets["verdicts"]["a_decision_is_for_good"]["verdict"] == "violated"
    assert run("assumptions", "two-phase-commit-sites-lose-patience", "-c", "sites=2")[0] == 1


def test_a_check_without_an_assumption_shows_the_counterexample() -> None:
    """Under a name that says what was left out."""
    code, text = run("check", "two-phase-commit-sites", "--without", "phase", "--property", "no_disagreement")
    assert code == 1
    assert text.startswith("two-phase-commit-sites without phase ")
    assert "counterexample of 7 steps" in text


def test_a_trace_of_another_model_is_not_written(tmp_path: Path) -> None:
    """It could not be replayed."""
    file = tmp_path / "trace.json"
    code, text = run("check", "two-phase-commit-sites", "--without", "phase", "--trace", str(file))
    assert code == 2
    assert "--trace and --without do not go together" in text
    assert not file.exists()


def test_an_unknown_assumption_is_a_mistake_in_the_call() -> None:
    """With what to write instead."""
    code, text = run("check", "two-phase-commit-sites", "--without", "phases")
    assert code == 2
    assert "call/unknown-assumption" in text
    assert "`phase`" in text
