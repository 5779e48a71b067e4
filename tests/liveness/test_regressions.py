"""Mistakes that other checkers of liveness made, each as a small model that would show it here.

Every model is our own; what went wrong is told in the tests' docstrings.
"""

from __future__ import annotations

from typing import Annotated

import pytest

from checker.lang import (
    Between,
    Formula,
    Model,
    action,
    always,
    eventually,
    eventually_always,
    fairness,
    frozen,
    implies,
    infinitely_often,
    initial,
    temporal,
    weakly_fair,
)
from tests.liveness.engines import ENGINES, run, shown, verdicts
from tests.liveness.engines import temporal as judged
from tests.liveness.tableau import verdicts as twin_verdicts
from tests.liveness.walks import At, Pairs, Walk

each_engine = pytest.mark.parametrize("engine", ENGINES)


# -- Stateright, pull request 3: "eventually" and visited states -----------------------------------


@frozen
class Roads(Walk):
    """Two roads from 0 to 3: by 1, which is found first, and by 2."""

    jumps: Pairs = ((0, 1), (0, 2), (1, 3), (2, 3))

    @fairness
    def goes_on(self) -> Formula[At]:
        return weakly_fair(self.jump)

    @temporal
    def passes_1(self) -> Formula[At]:
        return eventually(lambda s: s.vertex == 1)

    @temporal
    def passes_1_or_2(self) -> Formula[At]:
        return eventually(lambda s: s.vertex in (1, 2))

    @temporal
    def arrives(self) -> Formula[At]:
        return eventually(lambda s: s.vertex == 3)


@frozen
class Roundabout(Roads):
    """The second road goes round for ever, by way of 0, which was explored when it comes back."""

    jumps: Pairs = ((0, 1), (0, 2), (1, 3), (2, 4), (4, 0))


@each_engine
def test_stateright_a_path_that_joins_an_explored_state_is_not_forgotten(engine: str) -> None:
    """What one path to a state has seen is not believed of another path to it."""
    assert verdicts(Roads(), engine) == {"passes_1": False, "passes_1_or_2": True, "arrives": True}


@each_engine
def test_stateright_a_cycle_that_closes_at_an_explored_state_is_a_behaviour(engine: str) -> None:
    """Going round for ever by states that are all known is a behaviour that never arrives."""
    result = run(Roundabout(), engine)
    assert verdicts(Roundabout(), engine) == {"passes_1": False, "passes_1_or_2": True, "arrives": False}
    states, loop = shown(judged(result)["arrives"])
    assert ([s.vertex for s in states], loop) == ([0, 2, 4, 0], 0)


@each_engine
def test_stateright_a_cycle_off_the_way_is_found_behind_a_stem(engine: str) -> None:
    """The cycle need not go by the initial state, nor end where the search was deepest."""
    result = run(Roads(jumps=((0, 1), (1, 2), (2, 1), (2, 3))), engine)
    states, loop = shown(judged(result)["arrives"])
    assert ([s.vertex for s in states], loop) == ([0, 1, 2, 1], 1)


# -- tla-rs, pull request 62 and issues 63 and 64 --------------------------------------------------


@frozen
class Tick:
    """A number."""

    x: Annotated[int, Between(0, 3)]


@frozen
class Ring(Model[Tick]):
    """Goes round through 0, 1, 2."""

    @initial
    def zero(self) -> Tick:
        return Tick(0)

    @action(fair="weak")
    def turn(self, s: Tick) -> Tick | None:
        return Tick((s.x + 1) % 3)

    @temporal
    def leaves_zero_for_good(self) -> Formula[Tick]:
        return eventually_always(lambda s: s.x != 0)

    @temporal
    def leaves_zero(self) -> Formula[Tick]:
        return eventually(lambda s: s.x != 0)

    @temporal
    def comes_back(self) -> Formula[Tick]:
        return infinitely_often(lambda s: s.x == 0)


@each_engine
def test_tla_rs_eventually_always_is_neither_dropped_nor_taken_for_eventually(engine: str) -> None:
    """`eventually_always` is false on a ring on which `eventually` is true."""
    found = verdicts(Ring(), engine)
    assert found == {"leaves_zero_for_good": False, "leaves_zero": True, "comes_back": True}


@each_engine
def test_tla_rs_a_loop_has_the_steps_of_the_model_in_their_order(engine: str) -> None:
    """The loop is a way round by real steps, not the states of a component in any order."""
    states, loop = shown(judged(run(Ring(), engine))["leaves_zero_for_good"])
    assert ([s.x for s in states], loop) == ([0, 1, 2, 0], 0)


@frozen
class Once(Model[Tick]):
    """One step, which nobody has to take; or has to, if it is fair."""

    @initial
    def zero(self) -> Tick:
        return Tick(0)

    @action
    def rise(self, s: Tick) -> Tick | None:
        return Tick(1) if s.x == 0 else None

    @temporal
    def rises(self) -> Formula[Tick]:
        return eventually(lambda s: s.x == 1)

    @temporal
    def rises_if_fair(self) -> Formula[Tick]:
        return implies(weakly_fair(self.rise), eventually(lambda s: s.x == 1))


@each_engine
def test_tla_rs_a_behaviour_may_stop_where_fairness_does_not_forbid_it(engine: str) -> None:
    """Without fairness the first state may stay for ever, though a step is enabled."""
    result = run(Once(), engine)
    assert verdicts(Once(), engine) == {"rises": False, "rises_if_fair": True}
    assert shown(judged(result)["rises"]) == ([Tick(0)], 0)


@frozen
class Grow(Model[Tick]):
    """Grows by nothing or by one; growing by nothing is no step, so fairness asks for the other."""

    @initial
    def zero(self) -> Tick:
        return Tick(0)

    @action(fair="weak")
    def grow(self, s: Tick, by: Annotated[int, Between(0, 1)]) -> Tick | None:
        return Tick(s.x + by) if s.x < 3 else None

    @temporal
    def is_grown(self) -> Formula[Tick]:
        return eventually(lambda s: s.x == 3)


@frozen
class Idle(Grow):
    """The step that changes nothing is another action's, as it is in the model of the same meaning."""

    @action
    def idle(self, s: Tick) -> Tick | None:
        return s

    @action(fair="weak")
    def grow(self, s: Tick, by: Annotated[int, Between(1, 1)]) -> Tick | None:
        return Tick(s.x + by) if s.x < 3 else None


@each_engine
@pytest.mark.parametrize("model", [Grow(), Idle()])
def test_tla_rs_a_step_that_changes_nothing_satisfies_no_fairness(model: Grow, engine: str) -> None:
    """Fairness is to steps that change the state: one that does not is not taken, however it is written."""
    assert verdicts(model, engine) == {"is_grown": True}


# -- Quint, issues 1501 and 1870 -------------------------------------------------------------------


@frozen
class Counter(Model[Tick]):
    """Counts up, past the bounds of its type."""

    @initial
    def zero(self) -> Tick:
        return Tick(0)

    @action
    def count(self, s: Tick) -> Tick:
        return Tick(s.x + 1)

    @temporal
    def is_negative(self) -> Formula[Tick]:
        return always(lambda s: s.x < 0)

    @temporal
    def becomes_negative(self) -> Formula[Tick]:
        return eventually(lambda s: s.x < 0)

    @temporal
    def stays_small(self) -> Formula[Tick]:
        return always(lambda s: s.x < 3)


@frozen
class Driven(Counter):
    """It has to go on counting, so that no fair behaviour stays within the bounds."""

    @action(fair="weak")
    def count(self, s: Tick) -> Tick:
        return Tick(s.x + 1)


@each_engine
def test_quint_1501_a_false_property_of_an_unbounded_counter_is_violated(engine: str) -> None:
    """A behaviour that never repeats a state is no reason to find nothing: it may stop."""
    expected = {"is_negative": False, "becomes_negative": False, "stays_small": False}
    assert verdicts(Counter(), engine) == expected


@each_engine
def test_quint_1501_what_no_behaviour_tests_is_not_said_to_hold(engine: str) -> None:
    """Where every fair behaviour leaves the bounds, nothing holds, false or true."""
    found = verdicts(Driven(), engine)
    assert found == {"is_negative": None, "becomes_negative": None, "stays_small": None}


MODELS = (Roads(), Roundabout(), Ring(), Once(), Grow(), Idle(), Counter())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_the_twin_says_the_same_of_these_models(model: Model[object]) -> None:
    """What these tests expect was not only thought out: the tableau says it too."""
    assert verdicts(model) == twin_verdicts(model)
