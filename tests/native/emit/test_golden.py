"""The C of the functions of some specs, as an engineer reads it: golden files.

Types and the operations on them are left out; they have their own tests.
"""

from __future__ import annotations

import pytest

from checker.compile.model import compile_model
from checker.ir.passes.pipeline import optimised
from checker.lang.declarations import declare
from checker.library import find
from checker.native.generate import generated
from tests.conftest import Golden

LONGEST_LINE = 110


@pytest.mark.parametrize("spec", ["two-phase-commit", "paxos"])
def test_the_functions_of_a_spec_read_like_c(spec: str, golden: Golden) -> None:
    """Under the names of the spec, with where they come from."""
    text = generated(optimised(compile_model(declare(find(spec)())))).text
    start, end = text.index("/* initial"), text.index('#include "search.c"')
    golden(f"c/{spec}.c", text[start:end])


@pytest.mark.parametrize("spec", ["two-phase-commit", "voting", "paxos", "raft"])
def test_lines_are_short_enough_to_read(spec: str) -> None:
    """Lines that could be broken are."""
    text = generated(optimised(compile_model(declare(find(spec)())))).text
    start, end = text.index("/* initial"), text.index("state_pack")
    long = [line for line in text[start:end].splitlines() if len(line) > LONGEST_LINE]
    assert long == []
