"""The pytest plugin: a failing assertion shows the counterexample, and nothing else changes."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

BROKEN = """
    from checker import check
    from specs.transactions.two_phase_commit import TwoPhaseCommit, TwoPhaseCommitUnilateralAbort

    def test_broken():
        assert check(TwoPhaseCommitUnilateralAbort(rms=2)).holds
"""


def run(pytester: pytest.Pytester, text: str, *options: str) -> pytest.RunResult:
    """A run of pytest over one test file."""
    pytester.makepyfile(text)
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *options)


def test_a_failing_check_shows_the_counterexample(pytester: pytest.Pytester) -> None:
    """The violated property, the actions of the trace and the witnesses are in the failure."""
    result = run(pytester, BROKEN)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*quorate: two-phase-commit-unilateral-abort*", "*no_disagreement*"])
    assert "rm_learns_commit" in result.stdout.str()


def test_the_counterexample_shows_without_captured_output(pytester: pytest.Pytester) -> None:
    """Options that hide captured output or shorten tracebacks do not hide it."""
    result = run(pytester, BROKEN, "--show-capture=no", "--tb=short")
    assert "rm_learns_commit" in result.stdout.str()


@pytest.mark.parametrize("workers", ["-n2", "-n0"])
def test_the_counterexample_survives_xdist(pytester: pytest.Pytester, workers: str) -> None:
    """A worker's failure is shown by the main process like any other."""
    pytester.makepyfile(BROKEN)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", workers)
    result.assert_outcomes(failed=1)
    assert "rm_learns_commit" in result.stdout.str()


def test_results_of_other_tests_are_not_shown(pytester: pytest.Pytester) -> None:
    """Each test starts with nothing: a violation that was expected before is not this test's."""
    result = run(
        pytester,
        BROKEN
        + """
    def test_expected():
        assert not check(TwoPhaseCommitUnilateralAbort(rms=2)).holds

    def test_unrelated():
        assert 1 == 2
    """,
        "-k",
        "expected or unrelated",
    )
    result.assert_outcomes(passed=1, failed=1)
    assert "quorate:" not in result.stdout.str()


def test_results_that_hold_are_not_shown(pytester: pytest.Pytester) -> None:
    """A failure beside a check that holds is left as it is."""
    result = run(
        pytester,
        BROKEN
        + """
    def test_holds():
        assert check(TwoPhaseCommit(rms=2)).states.distinct == 57
    """,
        "-k",
        "test_holds",
    )
    result.assert_outcomes(failed=1)
    assert "quorate:" not in result.stdout.str()


def test_other_errors_are_left_alone(pytester: pytest.Pytester) -> None:
    """Only a failed assertion gets a report: another exception says for itself what it is."""
    result = run(
        pytester,
        BROKEN
        + """
    def test_raises():
        check(TwoPhaseCommitUnilateralAbort(rms=2))
        raise KeyError("mine")
    """,
        "-k",
        "test_raises",
    )
    result.assert_outcomes(failed=1)
    assert "quorate:" not in result.stdout.str()


def test_a_check_in_a_fixture_counts(pytester: pytest.Pytester) -> None:
    """What a fixture checked for the test belongs to the test."""
    result = run(
        pytester,
        """
    import pytest
    from checker import check
    from specs.transactions.two_phase_commit import TwoPhaseCommitUnilateralAbort

    @pytest.fixture
    def checked():
        return check(TwoPhaseCommitUnilateralAbort(rms=2))

    def test_it(checked):
        assert checked.holds
    """,
    )
    result.assert_outcomes(failed=1)
    assert "rm_learns_commit" in result.stdout.str()


def test_the_last_of_many_results_is_kept(pytester: pytest.Pytester) -> None:
    """A test that checks a hundred models shows the one that failed it."""
    result = run(
        pytester,
        BROKEN
        + """
    def test_many():
        for _ in range(100):
            assert check(TwoPhaseCommit(rms=1)).holds
        assert check(TwoPhaseCommitUnilateralAbort(rms=2)).holds
    """,
        "-k",
        "test_many",
    )
    assert "rm_learns_commit" in result.stdout.str()


def test_pytest_starts_without_loading_quorate(pytester: pytest.Pytester) -> None:
    """A project that does not use Quorate pays for one small module and nothing else."""
    pytester.makepyfile(
        """
    import sys

    def test_it():
        heavy = {"checker.api", "checker.lang", "checker.explore", "checker.report", "hypothesis", "psutil",
                 "rich", "z3"}
        loaded = {name for name in sys.modules if name in heavy}
        assert loaded == set()
        assert "checker.testing.plugin" in sys.modules
    """
    )
    # Hypothesis's own plugin is told not to load: it would bring Hypothesis in by itself.
    result = pytester.runpytest_subprocess("-p", "no:hypothesispytest", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)


def test_importing_the_plugin_imports_only_pytest() -> None:
    """The module itself needs pytest and the standard library."""
    code = (
        "import sys, pytest; before = set(sys.modules); import checker.testing.plugin\n"
        "print(sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['checker']"
