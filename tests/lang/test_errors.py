"""Errors: what they say, whose fault they are, and the nearest name that they offer."""

from __future__ import annotations

import pytest

from checker.lang.errors import (
    CallError,
    InternalError,
    Location,
    QuorateError,
    SpecError,
    nearest,
)


def test_an_error_says_all_that_its_problem_says() -> None:
    """Place, what, why, notes and remedy, in this order, also where nobody draws them."""
    error = SpecError(
        "some/code",
        "this is wrong",
        why="It matters.",
        instead="Write that.",
        at=Location("file.py", 3, 5, 9),
        notes=["It happened there."],
    )
    assert str(error) == "file.py:3:5: this is wrong\nIt matters.\nIt happened there.\nWrite that."
    assert error.problem.code == "some/code"


def test_an_error_may_know_no_place_and_no_remedy() -> None:
    """What is not there leaves no blank line."""
    assert str(CallError("some/code", "this is wrong")) == "this is wrong"


def test_a_fault_of_ours_is_no_fault_of_the_spec() -> None:
    """It says so, and nothing that catches mistakes of users catches it."""
    assert str(InternalError("impossible")) == "this is a fault of Quorate, not of your spec: impossible"
    assert not issubclass(InternalError, QuorateError)
    assert issubclass(SpecError, QuorateError)
    assert issubclass(CallError, QuorateError)


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("nods", ["nodes", "max_term"], "did you mean `nodes`?"),
        ("xyz", ["nodes", "max_term"], "there are: `max_term`, `nodes`."),
        ("xyz", [], "there are none."),
        ("nodes", ["nodes", "nodes"], "did you mean `nodes`?"),
    ],
)
def test_the_nearest_name_is_offered(name: str, known: list[str], hint: str) -> None:
    """One that is close, or all that there are."""
    assert nearest(name, known) == hint
