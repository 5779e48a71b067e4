"""Golden files: exact texts under tests/golden, rewritten by `pytest --rewrite` and reviewed as diffs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

os.environ.setdefault("CFLAGS", "-O1")  # hundreds of models are compiled, and none runs for long

GOLDEN = Path(__file__).parent / "golden"

Golden = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write what is now printed into the golden files")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden(name, text)`: the text is what tests/golden/<name> holds, to the letter."""

    def compare(name: str, actual: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--rewrite"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(actual, encoding="utf-8")
            return
        assert file.is_file(), f"no golden file {name}: run pytest --rewrite and review it"
        assert actual == file.read_text(encoding="utf-8"), f"{name} differs; if it should, pytest --rewrite"

    return compare
