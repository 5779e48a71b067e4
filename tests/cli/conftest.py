"""Runs the command line in this process: `quorate("check", "two-phase-commit")`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from checker.cli.app import group

SPECS = Path(__file__).parent / "specs"

Quorate = Callable[..., Result]


@pytest.fixture
def quorate() -> Quorate:
    """The command with its arguments; the result has stdout, stderr and exit_code."""
    return lambda *arguments: CliRunner().invoke(group, [str(a) for a in arguments], prog_name="quorate")


@pytest.fixture
def specs() -> Path:
    """The folder of the specs of these tests, a folder that is called `specs` on purpose."""
    return SPECS


@pytest.fixture
def timeless() -> Callable[[str], str]:
    """A report without how long it took."""
    return lambda text: re.sub(r"\d+\.\d\d s \(", "0.00 s (", text)
