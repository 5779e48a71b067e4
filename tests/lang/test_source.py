"""Where things stand in the source: files with tabs, letters of several bytes, nested classes."""

from __future__ import annotations

import importlib.util
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from checker.lang import source

TEXT = '''
from checker.lang import frozen

def deco(f): return f

@frozen
class Größe:
    """Ä."""

    wert: bool; andere: bool = True

    @deco
    def größer(self, näher: int, *, fern: int = 0) -> bool:
        return "ä" + self.nichts if näher else \\
            fern

class Outer:
    class Inner:
        field: int = 3
        """A field."""

    value = (lambda self: self.nothing)

def raises(n):
    return [1, 2][n] + len(
        n)
'''


@pytest.fixture
def module(tmp_path: Path) -> Iterator[ModuleType]:
    """A module of this text, with its file."""
    file = tmp_path / "odd_module.py"
    file.write_text(textwrap.dedent(TEXT), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("odd_module", file)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules["odd_module"] = made
    spec.loader.exec_module(made)
    yield made
    del sys.modules["odd_module"]


def pointed_at(at: Any) -> str:
    """The text that a location marks."""
    line = Path(at.file).read_text(encoding="utf-8").splitlines()[at.line - 1]
    return line[at.column - 1 : at.end - 1]


def test_classes_fields_and_functions_are_found(module: ModuleType) -> None:
    """Columns count characters, whatever they take in bytes."""
    cls: Any = vars(module)["Größe"]
    assert pointed_at(source.at_class(cls)) == "Größe"
    assert pointed_at(source.at_field(cls, "wert")) == "wert: bool"
    assert pointed_at(source.at_field(cls, "andere")) == "andere: bool = True"
    function = vars(cls)["größer"]
    assert pointed_at(source.at_function(function)) == "größer"
    assert pointed_at(source.at_parameter(function, "näher")) == "näher: int"
    assert pointed_at(source.at_parameter(function, "fern")) == "fern: int"
    assert pointed_at(source.at_returns(function)) == "bool"


def test_a_nested_class_is_found(module: ModuleType) -> None:
    """By its qualified name."""
    assert pointed_at(source.at_class(module.Outer.Inner)) == "Inner"
    assert pointed_at(source.at_field(module.Outer.Inner, "field")) == "field: int = 3"


@pytest.mark.parametrize(("n", "text"), [(5, "[1, 2][n]"), (0, "len(")])
def test_the_place_of_an_exception_is_the_expression(module: ModuleType, n: int, text: str) -> None:
    """The innermost in the file, with its columns; of several lines the first."""
    with pytest.raises((IndexError, TypeError)) as raised:
        module.raises(n)
    assert pointed_at(source.at_raise(raised.value, lambda file: file == module.__file__)) == text


def test_what_has_no_source_has_no_place() -> None:
    """Built-in things and those made by `exec` are nowhere, and asking is no error."""
    scope: dict[str, Any] = {}
    exec("class Made:\n    x: int = 1\n    def f(self): return 1", scope)
    made = scope["Made"]
    assert source.at_class(int) is None
    assert source.at_field(made, "x") is None
    assert source.at_function(made.f) is None
    assert source.at_function(len) is None


def test_the_last_line_is_that_of_the_return_taken() -> None:
    """Found by running the function once more."""

    def function(n: int) -> str:
        if n > 1:
            return "many"
        return "few"

    assert '"many"' in pointed_at(source.at_last_line(function, 5))
    assert '"few"' in pointed_at(source.at_last_line(function, 0))
