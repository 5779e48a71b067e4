"""Every example of docs/python-subset.md: what compiles means what CPython makes of it; the rest is told."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from checker.compile.model import compile_model
from checker.lang.declarations import declare
from checker.lang.errors import SpecError
from tests.compile.snippets import compared, loaded

PAGE = Path(__file__).resolve().parents[2] / "docs/python-subset.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
MODEL = next(block for block in BLOCKS if block.startswith("# file:"))
OUTSIDE = [block for block in BLOCKS if block.startswith("# outside:")]
INSIDE = [block for block in BLOCKS if not block.startswith("#")]


def name_of(block: str) -> str:
    found = re.search(r"def (\w+)", block)
    assert found is not None
    return found.group(1)


def model(block: str, folder: Path) -> object:
    """The page's model with one more method, which a property calls."""
    name = name_of(block)
    asked = f"@always\ndef asks(self, s: State) -> bool:\n    return self.{name}(s) == self.{name}(s)\n"
    text = MODEL.replace("    action,\n", "    action,\n    always,\n")
    return loaded(text + textwrap.indent(f"\n{block}\n{asked}", "    "), folder, "shop").Shop()


@pytest.mark.parametrize("block", INSIDE, ids=name_of)
def test_an_example_means_what_cpython_makes_of_it(block: str, tmp_path: Path) -> None:
    """The compiled function gives the same results in random states."""
    assert compared(declare(model(block, tmp_path)), f"Shop.{name_of(block)}", 60) == []


@pytest.mark.parametrize("block", OUTSIDE, ids=name_of)
def test_an_example_of_what_is_outside_is_told(block: str, tmp_path: Path) -> None:
    """The error has the code that the page says."""
    with pytest.raises(SpecError) as caught:
        compile_model(declare(model(block, tmp_path)))
    assert block.splitlines()[0] == f"# outside: {caught.value.problem.code}"


def test_the_page_has_examples_of_both() -> None:
    """A page that cannot be read would test nothing."""
    assert (len(INSIDE) > 10, len(OUTSIDE) > 5) == (True, True)
