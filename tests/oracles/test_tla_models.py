"""Models against numbers that TLC counted.

For each model an equal one was written in TLA+, with the same variables, actions and constraint,
and TLC counted it with one worker: distinct states, states generated, depth, and where something is
violated, the states of the shortest behaviour that it printed.  The numbers are data; change one
only when the model changes, and then by counting the equal TLA+ model again.
"""

from __future__ import annotations

from typing import Any

import pytest

from checker import check
from checker.lang.model import Model
from checker.result.result import Counts, Evidence
from tests.oracles.models.corner import Corner
from tests.oracles.models.courier import Courier
from tests.oracles.models.gossip import Gossip
from tests.oracles.models.philosophers import Philosophers
from tests.oracles.models.shifts import Shifts
from tests.oracles.models.three_state_ring import ThreeStateRing
from tests.oracles.models.tickets import Tickets
from tests.oracles.models.views import Views
from tests.oracles.models.window import Window

# TLC without deadlock checking, as `-deadlock` has it.
COUNTS = [
    pytest.param(Courier(), "nobody_is_buried", 528, 3_233, 16, id="bag"),
    pytest.param(Philosophers(seats=3), "two_eat", 378, 730, 22, id="three philosophers"),
    pytest.param(Philosophers(seats=4), "two_eat", 2_754, 7_129, 29, id="four philosophers"),
    pytest.param(Tickets(), "numbers_grow", 374, 1_123, 13, id="unbounded counter, constraint"),
    pytest.param(Shifts(), "done_by_one", 216, 1_062, 4, id="dependent domains"),
    pytest.param(Gossip(oldest=1), "nobody_forgets", 49, 228, 9, id="records in a set, small"),
    pytest.param(Gossip(), "nobody_forgets", 1_225, 7_144, 19, id="records in a set"),
    pytest.param(Views(nodes=2), "current_views_are_known", 75, 538, 8, id="sets of sets, small"),
    pytest.param(Views(), "current_views_are_known", 3_286, 56_036, 8, id="sets of sets"),
    pytest.param(ThreeStateRing(), "somebody_may_step", 2_187, 10_692, 1, id="every state initial"),
    pytest.param(Window(), "items_arrive_in_order", 2_082, 16_234, 21, id="lossy FIFO channels"),
    pytest.param(Corner(), "below_seven", 21, 42, 6, id="initial states given twice"),
    pytest.param(Corner(limit=4), "below_seven", 15, 39, 5, id="an initial state outside the constraint"),
    pytest.param(Corner(limit=3), "below_seven", 12, 30, 4, id="two initial states outside the constraint"),
]

# TLC with one thing to check: the states of the behaviour that it printed.
SHORTEST = [
    pytest.param(Courier(), "deadlock_freedom", 9, id="deadlock with a bag"),
    pytest.param(Courier(places=3, most=2), "deadlock_freedom", 13, id="deadlock with three places"),
    pytest.param(Philosophers(seats=3), "deadlock_freedom", 4, id="deadlock of three"),
    pytest.param(Philosophers(seats=4), "deadlock_freedom", 5, id="deadlock of four"),
    pytest.param(Tickets(), "served_in_order", 6, id="a step property"),
    pytest.param(Tickets(), "little_behind", 9, id="an invariant, outside the constraint"),
    pytest.param(Window(), "deadlock_freedom", 13, id="deadlock where all is sent"),
    pytest.param(Window(modulus=2), "items_arrive_in_order", 6, id="a window as wide as the modulus"),
    pytest.param(Corner(), "deadlock_freedom", 2, id="deadlock after one step"),
    pytest.param(Corner(limit=4), "below_five", 1, id="an initial state outside the constraint"),
    pytest.param(Corner(limit=4), "below_six", 2, id="a successor outside the constraint"),
    pytest.param(Corner(limit=4), "small_steps", 2, id="a step out of the constraint"),
]

# TLC found no error in these, with deadlock checking.
DEADLOCK_FREE = [Tickets(), Shifts(), Gossip(), Views(), ThreeStateRing(), Corner(limit=4)]


@pytest.mark.parametrize(("model", "name", "distinct", "generated", "depth"), COUNTS)
def test_the_counts_are_those_of_tlc(
    model: Model[Any], name: str, distinct: int, generated: int, depth: int
) -> None:
    """All three numbers, of the whole state space."""
    assert check(model, properties=[name], symmetry=False).states == Counts(distinct, generated, depth)


@pytest.mark.parametrize(("model", "name", "distinct", "generated", "depth"), COUNTS)
def test_orbits_stand_for_the_states_that_tlc_counts(
    model: Model[Any], name: str, distinct: int, generated: int, depth: int
) -> None:
    """With symmetry over whatever sorts there are: as many states in all, and the same depth."""
    states = check(model, properties=[name]).states
    assert (states.represented or states.distinct, states.depth) == (distinct, depth)
    assert states.generated <= generated


@pytest.mark.parametrize(("model", "name", "states"), SHORTEST)
def test_counterexamples_are_as_short_as_those_of_tlc(model: Model[Any], name: str, states: int) -> None:
    """Only this property is looked at; its behaviour has as many states as TLC's."""
    found = check(model, properties=[name])[name]
    assert found.verdict.evidence is Evidence.VIOLATED
    assert found.trace is not None
    assert len(found.trace.steps) == states


@pytest.mark.parametrize("model", DEADLOCK_FREE, ids=lambda model: type(model).__name__)
def test_where_tlc_finds_no_deadlock_there_is_none(model: Model[Any]) -> None:
    """A successor outside the constraint is a successor."""
    assert check(model, properties=["deadlock_freedom"]).holds


@pytest.mark.parametrize("model", [Courier(), Shifts(), Gossip(), Views(), ThreeStateRing(), Window()])
def test_all_properties_hold_without_deadlock_checking(model: Model[Any]) -> None:
    """What TLC found to hold holds, every `sometimes` is reached, and every action is taken."""
    result = check(model, deadlock=False)
    assert result.holds
    assert [action.name for action in result.actions if not action.taken] == []
    assert [prop.name for prop in result.properties if prop.kind == "sometimes" and prop.trace is None] == []
