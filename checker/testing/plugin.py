"""The pytest plugin: a failing `assert check(...).holds` shows the counterexample.

pytest loads this module in every run, in projects that never use Quorate too.  So it imports
nothing of Quorate until a test has failed, and looks at `checker.api.recent` only where a test has
imported that itself.  It changes no test's outcome: it adds a section to the failure's text, which
pytest-xdist carries to the terminal like any other.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from checker.result.result import Result

MAX_SHOWN = 2
"""So many results are shown, the last ones; a test with more of them can name the one it means."""

WIDTH = 100


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Forget the results of the test before."""
    _recent().clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what was found to the report of a failed assertion."""
    report = yield
    if report.failed and call.excinfo is not None and call.excinfo.errisinstance(AssertionError):
        refuted = [result for result in _recent() if not result.holds]
        for result in refuted[-MAX_SHOWN:]:
            _add(report, f"quorate: {result.spec}", _text(result))
    return report


def _recent() -> list[Result]:
    """The results since the test began; none where nothing has imported `checker.api`."""
    found: list[Result] = getattr(sys.modules.get("checker.api"), "recent", [])
    return found


def _add(report: pytest.TestReport, title: str, text: str) -> None:
    """Add a section to the failure itself, so that `--show-capture=no` does not hide it."""
    add: Any = getattr(report.longrepr, "addsection", None)
    if add is None:
        report.sections.append((title, text))
    else:
        add(title, text)


def _text(result: Result) -> str:
    """The report that the command line would print; a short list where that cannot be made."""
    try:
        return str(import_module("checker.report.text").render(result, width=WIDTH))
    except ImportError:
        lines = [repr(result)]
        for prop in result.properties:
            if not prop.holds:
                lines += [f"{prop.name}: {prop.verdict} ({prop.evidence})", *prop.why]
                steps = prop.trace.steps if prop.trace else ()
                lines += [f"  {step.action or 'start'} {dict(step.arguments)}" for step in steps]
        return "\n".join(lines)
