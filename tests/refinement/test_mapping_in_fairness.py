"""A mapping that fails in the state after a step is reported as a mapping, also where fairness asks for it."""

from __future__ import annotations

from typing import Annotated

import pytest

from checker.api import check
from checker.engines import Engine
from checker.lang import Between, Model, action, frozen, initial, refines
from checker.lang.errors import SpecError

ENGINES: list[Engine] = ["python", "native"]


@frozen
class Dial:
    at: Annotated[int, Between(0, 1)]


@frozen
class Turning(Model[Dial]):
    """A dial that is turned again and again."""

    @initial
    def start(self) -> Dial:
        return Dial(0)

    @action(fair="weak")
    def turns(self, s: Dial) -> Dial | None:
        return Dial(1 - s.at)


@frozen
class Count:
    n: Annotated[int, Between(0, 2)]


@frozen
class Counting(Model[Count]):
    """Counts further than the dial goes."""

    @initial
    def start(self) -> Count:
        return Count(0)

    @action
    def counts(self, s: Count) -> Count | None:
        return Count(s.n + 1) if s.n < 2 else None

    @refines(Turning)
    def as_dial(self, s: Count) -> Dial:
        return Dial(s.n)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_mapping_that_leaves_its_type_is_told_at_the_mapping(engine: Engine) -> None:
    """Not as a predicate of ours that raised."""
    with pytest.raises(SpecError) as raised:
        check(Counting(), engine=engine, deadlock=False)
    assert raised.value.problem.code == "refinement/outside-bounds"
    assert raised.value.problem.at is not None
    assert raised.value.problem.at.file == __file__
