"""k-induction rests on its first k states: nothing that they violate is proved, whatever a search has seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, cast

import pytest

from checker.api import check, prove
from checker.compile.model import compile_model
from checker.ir.program import Predicate, Program
from checker.lang import Between, Model, action, always, evolve, frozen, initial
from checker.lang.declarations import declare
from checker.lang.errors import SpecError
from checker.prove.attempt import Plan
from checker.prove.candidates import Candidate
from checker.prove.prover import Prover
from checker.prove.session import Session
from checker.result.result import Result

Method = Literal["auto", "induction", "k-induction", "bmc"]

Step = Annotated[int, Between(0, 4)]


@frozen
class State:
    at: Step


@frozen
class Line(Model[State]):
    """Goes from 0 to 4 and then stays, or stops there; no state leads to 0."""

    stays: bool = True

    @initial
    def start(self) -> State:
        return State(0)

    @action
    def goes(self, s: State) -> State | None:
        return evolve(s, at=s.at + 1) if s.at < 4 and (self.stays or s.at != 1) else None

    @action(when="stays")
    def remains(self, s: State) -> State | None:
        return s if s.at == 4 else None

    @always
    def not_at_0(self, s: State) -> bool:
        return s.at != 0

    @always
    def not_at_1(self, s: State) -> bool:
        return s.at != 1

    @always
    def not_at_2(self, s: State) -> bool:
        return s.at != 2

    @always
    def goes_not_from_1(self, before: State, after: State) -> bool:
        return before.at != 1

    @always
    def small(self, s: State) -> bool:
        return s.at <= 4


@frozen
class BeginsOutside(Line):
    """Some of the initial states have no place in the types."""

    @initial
    def elsewhere(self, at: Annotated[int, Between(4, 6)]) -> State:
        return State(at)


@frozen
class Guess:
    """A lemma that somebody found elsewhere: here the second state violates it, and nothing leads to that."""

    program: Program
    name: str = "guessed"

    @property
    def predicate(self) -> Predicate:
        predicate = next(each for each in self.program.properties if each.name == "not_at_1")
        return evolve(predicate, name=self.name, kind="lemma")


def proved_without_search(model: Line, k: int, *, guess: bool = False) -> set[str]:
    """What k-induction proves where the search sees the initial state alone."""

    def short_sighted(names: Sequence[str], seconds: float) -> Result:
        return check(model, properties=names, max_states=1, keep_going=True)

    declaration = declare(model)
    program = compile_model(declaration)
    prover = Prover(
        declaration,
        program,
        declaration.properties,
        True,
        Session(),
        Plan("k-induction", k, False),
        short_sighted,
    )
    if guess:
        prover.attempt.found = [cast(Candidate, Guess(program))]
    return set(prover.run().proved)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_what_the_first_states_violate_is_not_proved(k: int) -> None:
    """Each is violated within k states that nothing else leads to, some before and some after another."""
    assert proved_without_search(Line(), k) == {"small", "deadlock_freedom"}


def test_a_found_lemma_is_not_assumed_before_the_first_states_satisfy_it() -> None:
    """With it, no step from 1 would be left, and only the third state shows that there is one."""
    assert proved_without_search(Line(), 2, guess=True) == {"small", "deadlock_freedom"}


@pytest.mark.parametrize("k", [2, 3, 4])
def test_a_deadlock_among_the_first_states_is_found(k: int) -> None:
    """The second state has no successor, and only the first leads to it."""
    assert "deadlock_freedom" not in proved_without_search(Line(stays=False), k)


@pytest.mark.parametrize("method", ["auto", "induction", "k-induction", "bmc"])
def test_an_initial_state_outside_its_types_is_a_mistake(method: Method) -> None:
    """As in a check, also where the properties hold of all the others."""
    with pytest.raises(SpecError, match="an initial state puts 5"):
        prove(BeginsOutside(), properties=["small"], method=method, depth=2)
