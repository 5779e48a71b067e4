"""A check that checks nothing never holds: no initial state, none within the boundary, no mark."""

from __future__ import annotations

from typing import Annotated

import pytest

from checker import check
from checker.lang import Between, Model, action, always, boundary, evolve, frozen, initial, one_of, sometimes
from checker.lang.errors import SpecError
from checker.reference.advice import advice


@frozen
class State:
    n: Annotated[int, Between(0, 3)]
    seen: frozenset[Annotated[int, Between(0, 3)]] = frozenset()


@frozen
class Counter(Model[State]):
    """Counts to three and stays there."""

    @initial
    def start(self) -> State | None:
        return State(0)

    @action
    def count(self, s: State) -> State | None:
        return evolve(s, n=min(3, s.n + 1))

    @sometimes
    def full(self, s: State) -> bool:
        return s.n == 3


@frozen
class NeverStarts(Counter):
    def start(self) -> State | None:
        return None


@frozen
class AllOutside(Counter):
    @boundary
    def nowhere(self, s: State) -> bool:
        return False


@frozen
class Grows(Counter):
    """Its last step changes nothing."""

    @always
    def grows(self, before: State, after: State) -> bool:
        return after.n > before.n


@frozen
class Forgets(Counter):
    def doubles(self, s: State) -> State | None:
        return evolve(s, n=min(3, 2 * s.n))

    def is_small(self, s: State) -> bool:
        return s.n < 3

    def helps(self, s: State) -> bool:
        return s.n == 0

    @always
    def uses_a_helper(self, s: State) -> bool:
        return self.helps(s) or s.n > 0


def test_a_model_without_initial_states_is_a_mistake() -> None:
    """Every property would hold of it."""
    with pytest.raises(SpecError) as raised:
        check(NeverStarts())
    assert raised.value.problem.code == "model/no-initial-state"


def test_a_boundary_that_leaves_out_everything_shows_nothing() -> None:
    """No state was stored, so the verdict is unknown."""
    result = check(AllOutside())
    assert (result.states.distinct, result.exit_code) == (0, 3)
    assert {str(prop.verdict) for prop in result.properties} == {"unknown"}


def test_a_step_property_is_not_asked_of_a_step_that_changes_nothing() -> None:
    """As in TLA+, where [][A]_v lets v stutter."""
    assert check(Grows()).holds


def test_a_forgotten_decorator_is_noted() -> None:
    """A method with the looks of an action or a property that nothing calls, but no helper."""
    notes = [note for note in check(Forgets()).notes if "missing?" in note]
    assert notes == [
        "`doubles` looks like an action, and nothing calls it: is @action missing?",
        "`is_small` looks like a property, and nothing calls it: is @always missing?",
    ]


@frozen
class Careless(Counter):
    way: Annotated[int, Between(0, 4)] = 0

    @action
    def slips(self, s: State, member: int = one_of(State.seen)) -> State | None:
        return s

    def count(self, s: State) -> State | None:
        match self.way:
            case 0:
                s.n = 1  # type: ignore[misc]
            case 1:
                s.seen.add(1)  # type: ignore[attr-defined]
            case 2:
                s.sen  # type: ignore[attr-defined]  # noqa: B018
            case 3:
                (1, 2)[0] = 3  # type: ignore[index]
            case _:
                undefined  # type: ignore[name-defined]  # noqa: B018, F821
        return s


@pytest.mark.parametrize(
    ("way", "instead"),
    [
        (0, "A record is immutable: return evolve(s, field=value)."),
        (1, "A set is immutable: write s.members | {x}."),
        (2, "Did you mean `seen`?"),
        (3, "A sequence is immutable: write (*s.items[:i], x, *s.items[i + 1:])."),
        (4, "Define or import `undefined`."),
    ],
)
def test_the_advice_fits_the_mistake(way: int, instead: str) -> None:
    """The usual slips of somebody who is used to mutable values."""
    with pytest.raises(SpecError) as raised:
        check(Careless(way=way))
    assert raised.value.problem.instead == instead


def test_other_exceptions_get_no_special_advice() -> None:
    """Nothing is said where nothing is known."""
    assert advice(ZeroDivisionError("division by zero")) == ""
