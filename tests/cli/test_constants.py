"""Constants as text: read by their types, or refused with a place."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

import pytest

from checker.constants import instantiate, parse
from checker.lang import Model, frozen
from checker.lang.errors import CallError
from checker.lang.types import (
    BoolType,
    EnumType,
    IntType,
    NoneType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)


class Colour(Enum):
    RED = 1
    BLUE = 2


INT, ENUM = IntType(None, None), EnumType(Colour)
PAIRS = SetType(TupleType((INT, ENUM)))


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("3", INT, 3),
        (" -3 ", INT, -3),
        ("1_000", INT, 1000),
        ("true", BoolType(), True),
        ("NO", BoolType(), False),
        ("0", BoolType(), False),
        ("RED", ENUM, Colour.RED),
        ("Colour.BLUE", ENUM, Colour.BLUE),
        ("None", NoneType(), None),
        ("None", UnionType((INT, NoneType())), None),
        ("7", UnionType((NoneType(), INT)), 7),
        ("(1, 2)", SeqType(INT, None), (1, 2)),
        ("1,2", SeqType(INT, None), (1, 2)),
        ("()", SeqType(INT, None), ()),
        ("{RED, BLUE}", SetType(ENUM), frozenset(Colour)),
        ("{}", SetType(ENUM), frozenset()),
        ("{(1, RED), (2, BLUE)}", PAIRS, frozenset({(1, Colour.RED), (2, Colour.BLUE)})),
        ("(1, (2, 3))", SeqType(UnionType((INT, SeqType(INT, None))), None), (1, (2, 3))),
    ],
)
def test_text_is_read_by_the_type(text, kind, value):
    found = parse(f"x={text}", kind)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "kind", "culprit"),
    [
        ("three", INT, "three"),
        ("3.0", INT, "3.0"),
        ("", INT, ""),
        ("2", BoolType(), "2"),
        ("GREEN", ENUM, "GREEN"),
        ("{RED, GREEN}", SetType(ENUM), "GREEN"),
        ("RED", SetType(ENUM), "RED"),
        ("{(1, RED), (2, GREEN)}", PAIRS, "GREEN"),
        ("{(1, RED, 3)}", PAIRS, "(1, RED, 3)"),
        ("(1, x)", SeqType(INT, None), "x"),
        ("x", UnionType((INT, NoneType())), "x"),
    ],
)
def test_other_text_is_refused_with_carets_under_the_culprit(text, kind, culprit):
    with pytest.raises(CallError) as raised:
        parse(f"x={text}", kind)
    problem = raised.value.problem
    at = problem.at
    assert problem.code == "constant/bad-value"
    assert at.source == f"-c x={text}"
    assert at.source[at.column - 1 : at.end - 1] == culprit
    assert problem.instead


def test_a_constant_without_default_must_be_given(quorate, specs, tmp_path):
    text = (specs / "counter.py").read_text()
    file = tmp_path / "counter.py"
    file.write_text(text.replace("Between(1, 20)] = 4", "Between(1, 20)]"))
    refused = quorate("check", file)
    assert refused.exit_code == 2
    assert "instead: Add -c limit=VALUE." in refused.stderr
    assert quorate("check", file, "-c", "limit=3").exit_code == 0


@frozen
class Ordered(Model[object]):
    low: int = 1
    high: int = 2

    def __attrs_post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low must not be above high")


def test_a_model_may_refuse_its_constants():
    """What the class itself raises is a mistake of the call, shown where it was raised."""
    assert instantiate(Ordered, ["low=2"]) == Ordered(low=2)
    with pytest.raises(CallError) as caught:
        instantiate(Ordered, ["low=3"])
    problem = caught.value.problem
    assert problem.code == "constant/refused"
    assert "ValueError: low must not be above high" in problem.what
    assert problem.at is not None
    assert (problem.at.file, problem.at.line) == (__file__, _line_of("raise ValueError"))


def _line_of(text: str) -> int:
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.lstrip().startswith(text))
