"""`quorate check --all`: the library against its manifest."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from click.testing import CliRunner

import checker.everything as everything
from checker import check
from checker.cli.app import group
from checker.everything import check_all, difference
from checker.library import find, library
from checker.manifest import Expected, expected_of, instances
from checker.report.everything import line_of, total

FEW = ("two-phase-commit", "two-phase-commit-unilateral-abort", "two-phase-commit-sites-stay-down")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library of three."""
    entries = [entry for entry in library()[0] if entry.id in FEW]
    monkeypatch.setattr(everything, "library", lambda: (entries, []))


def expected(spec: str) -> Expected:
    """What the manifest has for a spec."""
    found = expected_of(spec, {})
    assert found is not None
    return found


def run(*arguments: str) -> tuple[int, str]:
    """The command: its exit code and what it prints."""
    done = CliRunner().invoke(group, arguments, prog_name="quorate")
    return done.exit_code, done.stdout + done.stderr


@pytest.mark.usefixtures("few")
def test_what_holds_holds_and_what_is_broken_fails() -> None:
    """One line each, and a last one that counts."""
    code, text = run("check", "--all")
    lines = text.splitlines()
    assert code == 0
    assert [line.split()[:2] for line in lines[:-1]] == [["✓", spec] for spec in FEW]
    assert "288 states" in lines[0]
    assert "violated as expected: no_disagreement, after 9 steps" in lines[1]
    assert "violated as expected: everyone_decides, for ever" in lines[2]
    assert lines[-1].startswith("3 models, none not as expected")


@pytest.mark.usefixtures("few")
def test_a_model_that_gives_something_else_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, what was expected, and what was found."""
    real = expected_of
    wrong: dict[str, Any] = {
        "two-phase-commit": {"distinct": 289},
        FEW[1]: {"steps": 8},
        FEW[2]: {"loop": True},
    }
    monkeypatch.setattr(everything, "expected_of", lambda spec, d: evolve(real(spec, d), **wrong[spec]))  # type: ignore[type-var]
    code, text = run("check", "--all")
    assert code == 1
    assert "NOT AS EXPECTED: states: expected 289, found 288" in text
    assert "NOT AS EXPECTED: steps: expected 8, found 9" in text
    assert "NOT AS EXPECTED: goes round: expected True, found False" in text
    assert "3 models, 3 not as expected" in text


def test_a_verdict_that_differs_is_told_first() -> None:
    """A model that holds although it is called broken, and the other way round."""
    right, wrong = check(find(FEW[0])()), check(find(FEW[1])())
    assert str(difference(expected(FEW[1]), right)).startswith("verdict: expected violated, found exhaustive")
    assert str(difference(expected(FEW[0]), wrong)).startswith("verdict: expected exhaustive")
    other = evolve(expected(FEW[1]), property="all_commit")
    assert "violated: expected ['all_commit']" in str(difference(other, wrong))


def test_a_budget_that_ran_out_is_not_as_expected() -> None:
    """It says what ran out."""
    stopped = check(find(FEW[0])(), max_states=5)
    assert "unknown (the budget of 5 states ran out)" in str(difference(expected(FEW[0]), stopped))


@pytest.mark.usefixtures("few")
def test_a_model_that_the_manifest_lacks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is taken for granted."""
    monkeypatch.setattr(everything, "expected_of", lambda *_: None)
    assert {one.difference for one in check_all()} == {"the manifest lacks it"}


@pytest.mark.usefixtures("few")
def test_a_model_that_cannot_be_checked_does_not_end_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its error stands in its line."""
    real = everything.expected_of
    monkeypatch.setattr(
        everything,
        "expected_of",
        lambda spec, d: evolve(real(spec, d), constants={"rms": 0} if spec == FEW[0] else {}),  # type: ignore[type-var]
    )
    found = list(check_all())
    assert len(found) == 3
    assert "constant/outside-type" in line_of(found[0])
    assert found[1].difference is None


@pytest.mark.usefixtures("few")
def test_once_stopped_what_was_found_is_kept() -> None:
    """The last line says that it was interrupted."""
    found = list(check_all(stopped=lambda: True))
    assert len(found) == 1
    assert total(found, 1.0, interrupted=True).rstrip().endswith("interrupted")


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["raft"], "leave SPEC out"),
        (["-c", "nodes=3"], "leave -c out"),
        (["--keep-going"], "leave --keep-going out"),
    ],
)
def test_all_takes_no_options_of_one(options: list[str], named: str) -> None:
    """Exit code 2."""
    code, text = run("check", "--all", *options)
    assert code == 2
    assert named in text


def test_a_check_of_nothing_asks_for_a_spec() -> None:
    """Exit code 2."""
    code, text = run("check")
    assert code == 2
    assert "Missing argument" in text


def test_the_instance_with_default_constants_goes_before_others() -> None:
    """Where there is none, the first one is taken."""
    assert expected_of("two-phase-commit", {"rms": 4}).constants == {"rms": 4}  # type: ignore[union-attr]
    assert expected_of("two-phase-commit", {"rms": 99}).constants == {"rms": 2}  # type: ignore[union-attr]
    assert expected_of("nothing", {}) is None
    assert {one.spec for one in instances()} >= set(FEW)
