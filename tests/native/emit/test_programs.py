"""Generated models mean the same in C as to CPython: tests/programs draws them over the whole language."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.lang.declarations import declare
from checker.lang.errors import SpecError
from tests.native.emit.test_graphs import differences
from tests.programs.chance import Chance
from tests.programs.models import load, model_source

STATES = 6
FLAGS = ("-Wno-tautological-compare", "-Wno-unused-but-set-variable")
"""Generated models ask whether x differs from x, and compute what nobody reads."""


def agrees(seed: int, folder: Path) -> bool:
    """Compare a model in reached and in random states; False where the front end refuses it."""
    folder = folder / str(seed)  # a library of the same path would not be loaded again
    folder.mkdir()
    try:
        declaration = declare(load(model_source(Chance.seeded(seed)), folder))
        wrong, _ = differences(declaration, folder, STATES, *FLAGS)
    except SpecError as refused:
        if refused.problem.code.startswith(("subset/", "native/too-large")):
            return False
        raise
    assert wrong == []
    return True


@pytest.mark.parametrize("block", range(2))
def test_programs_from_seeds_mean_the_same_in_c(block: int, tmp_path: Path) -> None:
    """A few, the same in every run."""
    compared = [agrees(seed, tmp_path) for seed in range(4 * block, 4 * block + 4)]
    assert compared.count(False) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("block", range(2, 12))
def test_many_programs_from_seeds_mean_the_same_in_c(block: int, tmp_path: Path) -> None:
    """The same for many more."""
    compared = [agrees(seed, tmp_path) for seed in range(10 * block, 10 * block + 10)]
    assert compared.count(False) <= 2
