"""A spec as a Hypothesis state machine: random behaviours that shrink to a short failing one.

    from checker.testing.machine import state_machine

    TestRaft = state_machine(Raft(nodes=3)).TestCase

Each action of the spec is a rule that draws one whole witness, so that no order among the parameters
matters, and a failing run prints the spec's own action calls.  After each step the new state's types, every `always` and every step
property are checked; a state that is neither final nor has a successor is a deadlock.  A successor
beyond the bounds of its type is not taken, and counted as a Hypothesis event.  Like every sampling,
this finds violations and never shows that there are none: that is `checker.check`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from checker.api import checks_of
from checker.choice import only_safety, select
from checker.explore.search import DEADLOCK, Checks
from checker.lang.declarations import Declaration, declare
from checker.lang.model import Model
from checker.reference.system import ReferenceSystem
from checker.result.show import show
from checker.system import Arguments, Predicate, State

CHOICE = "choice"
"""The one parameter of each rule."""

Successors = dict[int, dict[Arguments, State]]
"""For each enabled action, its witnesses with their successors."""


class Choice:
    """What a rule was given, a witness or an initial state; prints as the reader wants to see it."""

    def __init__(self, value: Any, text: str) -> None:
        self.value = value
        self.text = text

    def __repr__(self) -> str:
        return self.text


class SpecMachine(RuleBasedStateMachine):
    """Walks a model; `state_machine` derives the class that has the model's actions as rules."""

    declaration: ClassVar[Declaration]
    system: ClassVar[ReferenceSystem]
    checks: ClassVar[Checks]
    current: State = None
    calls: Sequence[str] = ()

    def __init__(self) -> None:
        super().__init__()
        self._enabled: Successors = {}
        self._outside = False

    # -- what the rules ask --

    def is_enabled(self, action: int) -> bool:
        """Whether some witness of an action is enabled in the current state."""
        return action in self._enabled

    def is_stuck(self) -> bool:
        """Whether a behaviour ends in the current state."""
        return self.current is not None and not self._enabled

    def choices(self, action: int) -> list[Choice]:
        """The enabled witnesses of an action."""
        return [Choice(witness, self.system.describe(action, witness)) for witness in self._enabled[action]]

    def _repr_step(self, rule: Any, data: Any, result: Any) -> str:
        """How Hypothesis prints a step; without this it would add the name of the rule's parameter."""
        if CHOICE in data:
            return f"state.{data[CHOICE]}"
        return super()._repr_step(rule, data, result)

    # -- what the rules do --

    def begin(self, state: State) -> None:
        """Start in an initial state."""
        fault = self.system.fault(state, None)
        if fault is not None:
            raise self.system.not_in_type(fault, state, None, -1, ())
        self.calls = (f"start in {show(state)}",)
        self._enter(state)

    def take(self, action: int, arguments: Arguments) -> None:
        """Take a step and check all that can be checked about it."""
        before = self.current
        self.calls = (*self.calls, self.system.describe(action, arguments))
        after = self._enabled[action][arguments]
        for predicate in self.checks.steps:
            self._holds(predicate, before, after)
        self._enter(after)

    def rest(self) -> None:
        """Stay where the behaviour ends, unless that is a deadlock."""
        if self.checks.deadlock and not self._outside and not self.system.final(self.current):
            raise AssertionError(
                self._message(DEADLOCK, "no action is enabled, and this is not a final state")
            )

    def _enter(self, state: State) -> None:
        self.current = state
        for predicate in self.checks.always:
            self._holds(predicate, state)
        for predicate in self.checks.sometimes:
            if predicate.holds(state):
                event(f"reached: {predicate.name}")
        self._outside = not self.system.inside(state)
        self._enabled = {} if self._outside else self._successors(state)

    def _successors(self, state: State) -> Successors:
        found: Successors = {}
        left_out = False
        for action, arguments, successor in self.system.successors(state):
            try:
                fault = self.system.fault(successor, state)
            except TypeError:
                raise self.system.unhashable(successor, state, action, arguments) from None
            if fault is None:
                found.setdefault(action, {})[arguments] = successor
            elif fault.bound is None:
                raise self.system.not_in_type(fault, successor, state, action, arguments)
            else:
                event(f"bound reached: {fault.bound}")
                left_out = True
        self._outside = left_out and not found
        return found

    def _holds(self, predicate: Predicate, *states: State) -> None:
        if not predicate.holds(*states):
            about = _doc(self.declaration, predicate.name)
            raise AssertionError(self._message(predicate.name, about))

    def _message(self, name: str, about: str) -> str:
        steps = "\n".join(f"{place:4}  {call}" for place, call in enumerate(self.calls))
        what = f"`{name}` of {self.declaration.name} is violated"
        return f"{what}: {about}\n{steps}\nin the state {show(self.current)}"


def state_machine(
    model: Model[Any], properties: Sequence[str] | None = None, *, deadlock: bool = True
) -> type[SpecMachine]:
    """A Hypothesis state machine that walks a model; its `TestCase` is a test class.

    `properties` names those to check, all of them by default.  Raises SpecError and CallError as
    `checker.check` does.
    """
    declaration = declare(model)
    chosen = only_safety(
        select(declaration, properties, deadlock), properties, "a random behaviour ends too soon"
    )
    system = ReferenceSystem(declaration)
    body: dict[str, Any] = {
        "__doc__": f"Random behaviours of {declaration.name}.",
        "__module__": type(model).__module__,
        "declaration": declaration,
        "system": system,
        "checks": checks_of(system, chosen.properties, chosen.deadlock),
        "start": initialize(choice=st.deferred(lambda: st.sampled_from(_starts(system))))(_start),
        "nothing_is_enabled": precondition(SpecMachine.is_stuck)(rule()(_rest)),
    }
    for index, action in enumerate(declaration.actions):
        taken = action.name in body or hasattr(RuleBasedStateMachine, action.name)
        name = f"action_{action.name}" if taken or hasattr(SpecMachine, action.name) else action.name
        body[name] = _rule(index, name)
    return type(f"{declaration.name}Machine", (SpecMachine,), body)


def _starts(system: ReferenceSystem) -> list[Choice]:
    return [Choice(state, f"start({show(state)})") for state in system.initial()]


def _start(self: SpecMachine, choice: Choice) -> None:
    self.begin(choice.value)


def _rest(self: SpecMachine) -> None:
    self.rest()


_start.__name__ = "start"
_rest.__name__ = "nothing_is_enabled"


def _rule(action: int, title: str) -> Any:
    """The rule that takes one action by any of its enabled witnesses."""

    def step(self: SpecMachine, choice: Choice) -> None:
        self.take(action, choice.value)

    step.__name__ = step.__qualname__ = title
    witness = st.runner().flatmap(lambda machine: st.sampled_from(machine.choices(action)))
    choosing: Any = rule
    enabled: Callable[[Any], bool] = lambda machine: machine.is_enabled(action)  # noqa: E731
    return precondition(enabled)(choosing(**{CHOICE: witness})(step))


def _doc(declaration: Declaration, name: str) -> str:
    known = (*declaration.properties, *declaration.lemmas)
    return next(prop.doc for prop in known if prop.name == name)
