"""Notes on claims that nothing tests say of which values and parts that is so, and of no others."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from checker.lang import (
    Between,
    Formula,
    Model,
    action,
    always,
    eventually,
    evolve,
    frozen,
    implies,
    infinitely_often,
    initial,
    leads_to,
    now,
    temporal,
)
from tests.liveness.engines import ENGINES, run
from tests.liveness.engines import temporal as judged

Place = Annotated[int, Between(0, 6)]


@frozen
class At:
    """Where somebody is, up to 2 of 6."""

    place: Place


@frozen
class Walk(Model[At]):
    """Somebody goes on to place 2 and comes no further."""

    @initial
    def home(self) -> At:
        return At(0)

    @action(fair="weak")
    def goes_on(self, s: At) -> At | None:
        return evolve(s, place=s.place + 1) if s.place < 2 else None


@frozen
class SomeTested(Walk):
    """Tested for places 0 to 2."""

    @temporal
    def is_left(self, p: Annotated[int, Between(1, 3)]) -> Formula[At]:
        return leads_to(lambda s: s.place == p, lambda s: s.place >= p)


@frozen
class ManyUntested(Walk):
    """Tested for place 0 only."""

    @temporal
    def is_left(self, p: Annotated[int, Between(0, 6)]) -> Formula[At]:
        return always(
            implies(lambda s: s.place == p and p != 1 and p != 2, eventually(lambda s: s.place > 0))
        )


@frozen
class NoneTested(Walk):
    """Tested for no place."""

    @temporal
    def is_left(self, p: Annotated[int, Between(3, 6)]) -> Formula[At]:
        return leads_to(lambda s: s.place == p, lambda s: s.place == 0)


@frozen
class PartTested(Walk):
    """The first part is tested, the second is not."""

    @temporal
    def arrives(self) -> Formula[At]:
        return leads_to(lambda s: s.place == 0, lambda s: s.place == 2) & leads_to(
            lambda s: s.place == 3, lambda s: s.place == 0
        )


@frozen
class PartTestedOfSome(Walk):
    """The second part is tested for place 2, the first for none."""

    @temporal
    def arrives(self, p: Annotated[int, Between(2, 4)]) -> Formula[At]:
        return leads_to(lambda s: s.place > 2, lambda s: s.place == 0) & leads_to(
            lambda s: s.place == p, lambda s: s.place == p
        )


@frozen
class PremiseOfOne(Walk):
    """The premise is true of fair behaviours for place 2 only."""

    @temporal
    def stays(self, p: Annotated[int, Between(2, 3)]) -> Formula[At]:
        return implies(infinitely_often(lambda s: s.place == p), eventually(lambda s: s.place == p))


@frozen
class PremiseOfNone(Walk):
    """The premise is true of no fair behaviour."""

    @temporal
    def stays(self) -> Formula[At]:
        return implies(infinitely_often(lambda s: s.place == 1), eventually(now(lambda s: s.place == 6)))


@frozen
class AllTested(Walk):
    """Every value is tested."""

    @temporal
    def is_left(self, p: Annotated[int, Between(0, 2)]) -> Formula[At]:
        return leads_to(lambda s: s.place == p, lambda s: s.place >= p)


@frozen
class Lazy(AllTested):
    """The same, and may stay where it is."""

    @action
    def goes_on(self, s: At) -> At | None:
        return evolve(s, place=s.place + 1) if s.place < 2 else None


EXPECTED: list[tuple[Model[Any], list[str]]] = [
    (
        SomeTested(),
        [
            "for p = 3: `s.place == p (p = 3)` is true in no reachable state, so nothing tests `is_left` there."
        ],
    ),
    (
        ManyUntested(),
        [
            "for p = 1; p = 2; p = 3; p = 4; 2 more: `s.place == p and p != 1 and (p != 2)` is true in no "
            "reachable state, so nothing tests `is_left` there."
        ],
    ),
    (
        NoneTested(),
        ["`s.place == p` is true in no reachable state, so nothing tests `is_left`."],
    ),
    (
        PartTested(),
        [
            "`s.place == 3` is true in no reachable state, so nothing tests the part "
            "`leads_to(s.place == 3, s.place == 0)` of `arrives`."
        ],
    ),
    (
        PartTestedOfSome(),
        [
            "`s.place > 2` is true in no reachable state, so nothing tests the part "
            "`leads_to(s.place > 2, s.place == 0)` of `arrives`.",
            "for p = 3; p = 4: `s.place == p` is true in no reachable state, so nothing tests the part "
            "`leads_to(s.place == p, s.place == p)` of `arrives` there.",
        ],
    ),
    (
        PremiseOfOne(),
        ["for p = 3: no fair behaviour satisfies the premise of `stays`, so nothing tests it there."],
    ),
    (PremiseOfNone(), ["no fair behaviour satisfies the premise of `stays`, so nothing tests it."]),
    (AllTested(), []),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("model", "notes"), EXPECTED, ids=lambda value: type(value).__name__)
def test_a_note_says_of_which_values_and_parts_nothing_tests_them(
    model: Model[Any], notes: list[str], engine: str
) -> None:
    """A property is said to be untested only where all its claims are."""
    result = run(model, engine)
    assert {prop.holds for prop in judged(result).values()} == {True}
    assert [note for note in result.notes if "tests" in note] == notes


def test_nothing_is_said_of_states_that_were_not_looked_at() -> None:
    """A budget ended the search before place 2: that it is reached by no state is not known."""
    result = run(Lazy(), max_states=2)
    assert result.stopped is not None
    assert [note for note in result.notes if "tests" in note] == []
