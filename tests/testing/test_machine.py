"""A spec as a Hypothesis state machine: it finds what is violated and shows the action calls."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from checker.lang import Between, Map, Model, action, always, evolve, frozen, initial, one_of
from checker.lang.errors import CallError, SpecError
from checker.testing.machine import state_machine
from specs.consensus.paxos import Paxos
from specs.consensus.raft import Raft
from specs.transactions.two_phase_commit import TwoPhaseCommit, TwoPhaseCommitUnilateralAbort
from tests.explore.models import Clock, Counter, Graph

QUICK = settings(max_examples=60, stateful_step_count=20, database=None, deadline=None)

TestTwoPhaseCommit = state_machine(TwoPhaseCommit(rms=2)).TestCase
TestTwoPhaseCommit.settings = QUICK


@frozen
class Two:
    """Two numbers."""

    a: Annotated[int, Between(0, 3)]
    b: Annotated[int, Between(0, 3)]


@frozen
class Moves(Model[Two]):
    """Actions with two parameters, and with names that a state machine has for itself."""

    def above(self, s: Two, a: int) -> range:
        return range(a + 1, 4)

    def numbers(self) -> range:
        return range(4)

    @initial
    def start(self) -> Two:
        return Two(0, 0)

    @action
    def raises_both(self, s: Two, a: Annotated[int, Between(0, 3)], b: int = one_of(above)) -> Two | None:
        return Two(a, b) if a >= s.a and b >= s.b else None

    @action
    def teardown(self, s: Two) -> Two | None:
        return evolve(s, a=0)

    @action
    def current(self, s: Two) -> Two | None:
        return s

    @always
    def not_three(self, s: Two) -> bool:
        """b never gets to 3 while a is 2."""
        return not (s.a == 2 and s.b == 3)

    @always
    def b_never_falls(self, before: Two, after: Two) -> bool:
        return before.b <= after.b


@frozen
class Falls(Moves):
    """Violates the step property."""

    def not_three(self, s: Two) -> bool:
        return True

    def teardown(self, s: Two) -> Two | None:
        return evolve(s, b=0)


@frozen
class WrongType(Moves):
    """Puts a string where a number belongs."""

    def not_three(self, s: Two) -> bool:
        return True

    def current(self, s: Two) -> Two | None:
        return Two(s.a, "three")  # type: ignore[arg-type]


@frozen
class Tied(Model[Two]):
    """An action whose parameters are not in alphabetical order, and depend on each other."""

    @initial
    def start(self) -> Two:
        return Two(0, 0)

    @action
    def go(self, s: Two, z: Annotated[int, Between(0, 3)], a: Annotated[int, Between(0, 3)]) -> Two | None:
        return Two(a, z) if a == z else None

    @always
    def equal(self, s: Two) -> bool:
        """Both are always equal."""
        return s.a == s.b


@frozen
class TiedBelow(Tied):
    """Violates the property by one witness only."""

    def go(self, s: Two, z: Annotated[int, Between(0, 3)], a: Annotated[int, Between(0, 3)]) -> Two | None:
        return Two(a, z) if (z, a) in ((2, 2), (3, 1)) else None


class Hue(Enum):
    """Two colours."""

    RED = 1
    BLUE = 2


@frozen
class Painted:
    """The colour of each of two."""

    hues: Map[Hue, Hue]


@frozen
class Paints(Model[Painted]):
    """An action whose arguments are a member of an Enum and a Map."""

    def others(self, s: Painted) -> frozenset[Map[Hue, Hue]]:
        return frozenset({Map({Hue.RED: Hue.BLUE, Hue.BLUE: Hue.BLUE})})

    @initial
    def start(self) -> Painted:
        return Painted(Map({Hue.RED: Hue.RED, Hue.BLUE: Hue.RED}))

    @action
    def paints(self, s: Painted, why: Hue, hues: Map[Hue, Hue] = one_of(others)) -> Painted | None:
        return Painted(hues)

    @always
    def red(self, s: Painted) -> bool:
        return s.hues[Hue.RED] == Hue.RED


THOROUGH = settings(
    max_examples=2000,
    stateful_step_count=12,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate, Phase.shrink],
)


def message_of(model: Model[Any], **options: Any) -> str:
    """What a failing run of a model's machine says: the error, and the calls that Hypothesis prints."""
    with pytest.raises(AssertionError) as raised:
        run_state_machine_as_test(state_machine(model, **options), settings=THOROUGH)
    return "\n".join([str(raised.value), *getattr(raised.value, "__notes__", [])])


@pytest.mark.parametrize("model", [Clock(), Counter(), Graph(edges=((0, 1), (1, 0), (0, 2)))])
def test_models_that_hold_pass(model: Model[Any]) -> None:
    """No violation is found where there is none, with bounds, final states and many starts."""
    run_state_machine_as_test(state_machine(model), settings=QUICK)


@pytest.mark.parametrize("model", [Tied(), Paxos(), Raft(nodes=2)])
def test_parameters_need_no_alphabetical_order(model: Model[Any]) -> None:
    """Correct specs pass, whatever their parameters are called."""
    few = settings(QUICK, max_examples=20, stateful_step_count=12)
    run_state_machine_as_test(state_machine(model), settings=few)


def test_a_witness_is_drawn_as_a_whole() -> None:
    """Only combinations that are enabled are taken, and printed in the order of the spec."""
    assert "state.go(z=3, a=1)" in message_of(TiedBelow())


def test_arguments_are_printed_as_a_reader_would_write_them() -> None:
    """Members of an Enum by their names, also in a Map and in the initial state."""
    message = message_of(Paints())
    assert "state.start(Painted({RED: RED, BLUE: RED}))" in message
    assert "state.paints(why=RED, hues={RED: BLUE, BLUE: BLUE})" in message


@pytest.mark.slow
def test_a_violation_shows_the_property_and_the_action_calls() -> None:
    """The message has the property, and Hypothesis prints each step as a call of an action."""
    message = message_of(TwoPhaseCommitUnilateralAbort(rms=2))
    assert message.startswith(
        "`no_disagreement` of TwoPhaseCommitUnilateralAbort is violated: "
        "No resource manager has committed while another has aborted.\n"
        "   0  start in State(phase={rm1: WORKING, rm2: WORKING}, decision=None, heard={}, sent={})\n"
    )
    assert "  tm_commits()\n" in message
    assert "state.tm_commits()" in message
    assert "state.rm_prepares(rm1)" in message


def test_a_violation_shrinks_to_the_shortest_behaviour() -> None:
    """One step is enough, and its two witnesses are those that violate."""
    message = message_of(Moves())
    assert message.splitlines()[:4] == [
        "`not_three` of Moves is violated: b never gets to 3 while a is 2.",
        "   0  start in Two(a=0, b=0)",
        "   1  raises_both(a=2, b=3)",
        "in the state Two(a=2, b=3)",
    ]
    assert "state.raises_both(a=2, b=3)" in message


def test_a_step_property_is_checked() -> None:
    """A step that violates a property over two states is found."""
    message = message_of(Falls())
    assert message.startswith("`b_never_falls` of Falls is violated")
    assert "   2  teardown()" in message


def test_actions_named_like_methods_of_the_machine_keep_working() -> None:
    """An action called `teardown` or `current` is a rule, not an override of the machine."""
    machine = state_machine(Moves())
    assert "action_teardown" in vars(machine)
    assert "action_current" in vars(machine)


def test_a_deadlock_is_found_and_a_final_state_is_none() -> None:
    """A state without successors is a deadlock, unless it is final or deadlocks do not matter."""
    stuck = Graph(edges=((0, 1),), ends=frozenset())
    message = message_of(stuck)
    assert message.startswith("`deadlock_freedom` of Graph is violated")
    run_state_machine_as_test(state_machine(stuck, deadlock=False), settings=QUICK)
    run_state_machine_as_test(state_machine(Graph(edges=((0, 1),))), settings=QUICK)


def test_the_boundary_ends_a_behaviour_after_its_state_was_checked() -> None:
    """A state outside the boundary is checked, not left, and no deadlock."""
    walled = Graph(edges=((0, 1), (1, 2)), walls=frozenset({1}), ends=frozenset())
    run_state_machine_as_test(state_machine(walled, deadlock=False), settings=QUICK)


def test_only_the_named_properties_are_checked() -> None:
    """A violated property that was not selected fails nothing."""
    run_state_machine_as_test(state_machine(Moves(), ["b_never_falls"]), settings=QUICK)


def test_a_wrong_type_is_a_mistake_in_the_spec() -> None:
    """A value of the wrong type is a located error, as in a check."""
    with pytest.raises(SpecError) as raised:
        run_state_machine_as_test(state_machine(WrongType()), settings=QUICK)
    assert raised.value.problem.code == "state/wrong-type"


def test_an_unknown_property_is_a_mistake_in_the_call() -> None:
    """The nearest name is offered before anything runs."""
    with pytest.raises(CallError) as raised:
        state_machine(TwoPhaseCommit(), ["no_disagrement"])
    assert "did you mean" in str(raised.value).lower()
