"""Fairness of the abstract model, seen through a mapping."""

from __future__ import annotations

from typing import Any

import pytest

from checker.engines import Task, by_reference
from checker.explore.budget import Budget, Meter
from checker.explore.exploration import Finding
from checker.explore.search import Checks
from checker.lang import Model, action, evolve, fairness, frozen, initial, refines
from checker.lang.declarations import declare
from checker.lang.temporal import Formula, all_of, strongly_fair, taken, weakly_fair
from checker.liveness.check import liveness_of
from checker.refinement.abstract import abstract_of
from checker.refinement.fairness import fairness_formulas, fairness_of
from checker.refinement.mapping import Mapping
from specs.consensus.paxos import Voting
from specs.transactions.two_phase_commit import State, TwoPhaseCommit


@frozen
class Lamp:
    """A lamp, and whether somebody is there."""

    lit: bool
    there: bool


@frozen
class FairLamp(Model[Lamp]):
    """Whenever somebody is there for long, the lamp is lit; it may go out again."""

    @initial
    def dark(self) -> Lamp:
        return Lamp(False, False)

    @action
    def comes_or_goes(self, s: Lamp) -> Lamp | None:
        return evolve(s, there=not s.there)

    @action(fair="strong")
    def lights(self, s: Lamp) -> Lamp | None:
        return evolve(s, lit=True) if s.there and not s.lit else None

    @action
    def goes_out(self, s: Lamp) -> Lamp | None:
        return evolve(s, lit=False)


@frozen
class Switch(Model[Lamp]):
    """The same lamp with another name for each action, and no fairness of its own."""

    @initial
    def off(self) -> Lamp:
        return Lamp(False, False)

    @action
    def move(self, s: Lamp) -> Lamp | None:
        return evolve(s, there=not s.there)

    @action
    def press(self, s: Lamp) -> Lamp | None:
        return evolve(s, lit=not s.lit) if s.there or s.lit else None

    @refines(FairLamp)
    def as_lamp(self, s: Lamp) -> Lamp:
        return s


@frozen
class SwitchWeak(Switch):
    """Weakly fair, which is not enough for somebody who comes and goes."""

    @fairness
    def pressed(self) -> Formula[Lamp]:
        return weakly_fair(taken(self.press, where=lambda s: not s.lit))


@frozen
class SwitchStrong(Switch):
    """Strongly fair, as is asked for."""

    @fairness
    def pressed(self) -> Formula[Lamp]:
        return strongly_fair(taken(self.press, where=lambda s: not s.lit))


@frozen
class Unfair(TwoPhaseCommit):
    """The transaction manager may wait for ever."""

    @fairness
    def whoever_can_end_it_does(self) -> Formula[State]:
        return all_of(weakly_fair(self.rm_learns_commit), weakly_fair(self.rm_learns_abort))


def finding(model: Model[Any]) -> Finding:
    """What the graph of the model says of the fairness of its refinement."""
    declaration = declare(model)
    refinement = declaration.refinements[0]
    mapping = Mapping(declaration, refinement, abstract_of(declaration, refinement))
    liveness = liveness_of(declaration, fairness_of([mapping]))
    meter = Meter(Budget(), None, None)
    done = by_reference(Task(declaration, lambda _: Checks(deadlock=False), meter, liveness=liveness))
    (found,) = done.exploration.findings
    return found


@pytest.mark.parametrize(
    ("model", "holds"),
    [
        (Switch(), False),
        (SwitchWeak(), False),
        (SwitchStrong(), True),
        (TwoPhaseCommit(rms=2), True),
        (Unfair(rms=2), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_abstract_fairness_holds_of_every_fair_behaviour_or_a_lasso_says_why(
    model: Model[Any], holds: bool
) -> None:
    """Exactly where the fairness of the model gives that of the abstract one."""
    found = finding(model)
    assert found.holds is holds
    assert bool(found.behaviour) is not holds


def test_strong_fairness_is_more_than_weak() -> None:
    """The lasso of the weakly fair switch goes round, where somebody comes and goes and nobody presses."""
    found = finding(SwitchWeak())
    assert found.loop is not None
    loop = found.behaviour[found.loop :]
    assert {move.state.there for move in loop} == {False, True}
    assert not any(move.state.lit for move in loop)


def test_each_abstract_assumption_is_a_formula_with_its_title() -> None:
    """A model that refines one without fairness has nothing to keep."""
    declaration = declare(Switch())
    mapping = Mapping(
        declaration, declaration.refinements[0], abstract_of(declaration, declaration.refinements[0])
    )
    assert [title for title, _ in fairness_formulas(mapping)] == ["strong fairness of lights"]
    voting = declare(Voting())
    assert (
        fairness_of([Mapping(voting, voting.refinements[0], abstract_of(voting, voting.refinements[0]))])
        == ()
    )
