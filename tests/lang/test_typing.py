"""A strict type checker refuses wrong specs, at exactly the wrong lines."""

from __future__ import annotations

import re
from pathlib import Path

from mypy import api

ROOT = Path(__file__).resolve().parent.parent.parent
WRONG = Path(__file__).parent / "typing" / "wrong_spec.py"


def test_every_wrong_line_is_refused_and_no_other() -> None:
    """Misspelt fields, wrong types, predicates that are none: each is an error in the editor."""
    lines = WRONG.read_text().splitlines()
    marked = {number for number, line in enumerate(lines, 1) if line.endswith("# error")}
    output, trouble, _ = api.run(
        ["--strict", "--config-file", str(ROOT / "pyproject.toml"), "--no-incremental", str(WRONG)]
    )
    refused = {int(n) for n in re.findall(r"wrong_spec\.py:(\d+): error", output)}
    assert trouble == ""
    assert {"refused but right": refused - marked, "wrong but accepted": marked - refused} == {
        "refused but right": set(),
        "wrong but accepted": set(),
    }, output


def test_the_specs_themselves_are_accepted() -> None:
    """The plainest spec is clean under the strictest settings."""
    spec = ROOT / "specs" / "transactions" / "two_phase_commit.py"
    output, _, status = api.run(["--strict", "--config-file", str(ROOT / "pyproject.toml"), str(spec)])
    assert (status, output) == (0, "Success: no issues found in 1 source file\n")
