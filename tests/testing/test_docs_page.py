"""The tests that docs/testing.md shows are run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "testing.md"


def test_the_tests_of_the_page_pass(pytester: pytest.Pytester) -> None:
    """All four kinds, in one file."""
    (example,) = re.findall(r"^```python\n(# file: .*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    pytester.makepyfile(test_commit=example)
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=7)


def test_the_plugin_can_be_switched_off(pytester: pytest.Pytester) -> None:
    """By the name that the page gives."""
    pytester.makepyfile(
        """
    from checker import check
    from specs.transactions.two_phase_commit import TwoPhaseCommitUnilateralAbort

    def test_broken():
        assert check(TwoPhaseCommitUnilateralAbort(rms=2)).holds
    """
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:quorate")
    result.assert_outcomes(failed=1)
    assert "quorate:" not in result.stdout.str()
