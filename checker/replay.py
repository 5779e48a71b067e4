"""Replay: does a recorded trace still do, step by step, what this spec does?

`read_trace` takes a trace out of a trace file or a whole result; `replay` runs it against a model
and stops at the first step that the model does not make, with what it could not do, why, and what
it could have done instead.  A lasso must also come round, as it says.  Engines are asked as a search asks them; nothing here draws a report.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from attrs import frozen

from checker.conclusion import conclusion
from checker.explore.exploration import Move
from checker.lang.declarations import Action, Declaration
from checker.lang.errors import CallError, nearest, suggestion
from checker.reference import faults
from checker.reference.system import ReferenceSystem
from checker.result.codec import decode
from checker.result.trace import Change, changes
from checker.system import Arguments, State
from checker.why.explain import explain_disabled

RESULT_SCHEMA = "quorate.result/1"
TRACE_SCHEMA = "quorate.trace/1"
"""What our files say that they are; `checker.report.as_json` writes them."""

MAX_AVAILABLE = 12
"""So many transitions are named that were available instead."""


@frozen
class Recorded:
    """A trace as it was read: not yet known to fit any spec; `loop` is the place where that of a lasso
    begins."""

    spec: str
    constants: Mapping[str, Any]
    property: str | None
    steps: tuple[Mapping[str, Any], ...]
    loop: int | None = None


@frozen
class Divergence:
    """Where a trace and the spec part: the number of the step, what could not be done, and why.

    `differences` lead from the recorded state to the one that the spec gives; `available` are
    transitions that the spec has instead.  `refused` says that the spec cannot take the step at all.
    """

    step: int
    what: str
    why: tuple[str, ...] = ()
    differences: tuple[Change, ...] = ()
    available: tuple[str, ...] = ()
    refused: bool = False


@frozen
class Replay:
    """How far a trace could be followed; `conclusion` says what its property is like at the end.

    A lasso has a `loop`, the place where it begins, and `round`, its steps in words.
    """

    model: str
    steps: int
    followed: int
    divergence: Divergence | None
    conclusion: tuple[str, ...] = ()
    loop: int | None = None
    round: tuple[str, ...] = ()


# -- reading --


def read_trace(data: Any, property_name: str | None = None) -> Recorded:
    """The trace in a trace file, or the one of a property in a result; by default the first violated one.

    Raises CallError where there is none, or where the file's schema is not one that is known here.
    """
    if not isinstance(data, dict):
        raise _no_trace("it is not a JSON object")
    if "states" in data and "vars" in data:
        raise _no_trace("it is in ITF, which does not record actions")
    schema = data.get("schema")
    if schema not in (None, RESULT_SCHEMA, TRACE_SCHEMA):
        raise _no_trace(
            f"its schema is {json.dumps(schema)}, and this version reads {TRACE_SCHEMA} and {RESULT_SCHEMA}"
        )
    if "steps" in data:
        return _alone(data, property_name)
    properties = data.get("properties")
    if not isinstance(properties, list) or not all(isinstance(prop, dict) for prop in properties):
        raise _no_trace("it has neither steps nor properties")
    traced = {str(prop.get("name")): prop for prop in properties if prop.get("trace")}
    if property_name is not None:
        if property_name not in traced:
            raise CallError(
                "replay/no-such-property",
                f"the result has no trace for `{property_name}`",
                instead=suggestion(property_name, traced),
            )
        chosen = traced[property_name]
    else:
        violated = [prop for prop in traced.values() if prop.get("verdict") == "violated"]
        found = [*violated, *traced.values()]
        if not found:
            raise _no_trace("none of its properties has a trace")
        chosen = found[0]
    return _recorded(data, chosen["trace"], str(chosen.get("name")))


def _alone(data: dict[str, Any], property_name: str | None) -> Recorded:
    """The trace of a trace file, which has one property at most."""
    of = data.get("property")
    if property_name is not None and property_name != of:
        raise CallError(
            "replay/no-such-property",
            f"the trace is of `{of}`, not of `{property_name}`"
            if isinstance(of, str)
            else f"the file does not say that its trace is of `{property_name}`",
            why="A trace file holds one trace; `--property` chooses among those of a whole result.",
            instead="Leave out `--property`, or give the result that `quorate check --format json` wrote.",
        )
    return _recorded(data, data, of)


def _recorded(head: dict[str, Any], trace: Any, property_name: Any) -> Recorded:
    steps = trace.get("steps") if isinstance(trace, dict) else None
    if not isinstance(steps, list) or not steps:
        raise _no_trace("its trace has no steps")
    for place, step in enumerate(steps):
        if not isinstance(step, dict) or "state" not in step or "action" not in step:
            raise _no_trace(f"`steps[{place}]` is no object with an action and a state")
        if not isinstance(step.get("arguments", {}), dict):
            raise _no_trace(f"`steps[{place}].arguments` is no object")
    constants = head.get("constants", {})
    if not isinstance(constants, dict):
        raise _no_trace("its constants are no object")
    name = property_name if isinstance(property_name, str) else None
    return Recorded(str(head.get("spec", "")), constants, name, tuple(steps), _loop(trace, len(steps)))


def _loop(trace: dict[str, Any], steps: int) -> int | None:
    """Where the loop of a lasso begins; None for a trace that is none."""
    loop = trace.get("loop")
    if loop is None:
        return None
    if isinstance(loop, bool) or not isinstance(loop, int) or not 0 <= loop < steps:
        raise _no_trace(f"its loop begins at {json.dumps(loop)}, which is none of its {steps} states")
    return loop


def _no_trace(why: str) -> CallError:
    return CallError(
        "replay/no-trace",
        f"the file holds no trace to replay: {why}",
        why="A trace is what `quorate check --trace FILE.json` or `--format json` writes.",
        instead="Give such a file; docs/results.md documents both.",
    )


# -- replaying --


def replay(declaration: Declaration, recorded: Recorded) -> Replay:
    """Follow a trace through a model; CallError where the trace does not fit its types."""
    return _Run(declaration, recorded).run()


class _Run:
    """One replay."""

    def __init__(self, declaration: Declaration, recorded: Recorded) -> None:
        self.declaration = declaration
        self.recorded = recorded
        self.system = ReferenceSystem(declaration)
        self.behaviour: list[Move] = []

    def run(self) -> Replay:
        for number, step in enumerate(self.recorded.steps):
            state = decode(step["state"], self.declaration.state, f"steps[{number}].state")
            divergence = self._first(state) if number == 0 else self._next(number, step, state)
            if divergence is not None:
                return self._end(divergence)
        return self._end(self._not_for_ever())

    def _end(self, divergence: Divergence | None) -> Replay:
        return Replay(
            self.declaration.name,
            len(self.recorded.steps) - 1,
            max(len(self.behaviour) - 1, 0),
            divergence,
            ()
            if divergence
            else conclusion(self.declaration, self.behaviour, self.recorded.property, self.recorded.loop),
            self.recorded.loop,
            () if divergence else self._round(),
        )

    def _first(self, state: State) -> Divergence | None:
        initial = list(self.system.initial())
        if state in initial:
            self.behaviour.append(Move(state))
            return None
        closest = min((tuple(changes(state, other)) for other in initial), key=len, default=())
        few = "the nearest initial state" if len(initial) > 1 else "the initial state"
        return Divergence(
            0, "the recorded state is no initial state", (f"{few} of the spec differs:",), closest
        )

    def _next(self, number: int, step: Mapping[str, Any], state: State) -> Divergence | None:
        name = step["action"]
        index = next((i for i, a in enumerate(self.declaration.actions) if a.name == name), None)
        if index is None:
            known = nearest(str(name), [action.name for action in self.declaration.actions])
            return self._cannot(
                number, f"take `{name}`", ["the spec has no such action under these constants; " + known]
            )
        action = self.declaration.actions[index]
        given = step.get("arguments", {})
        names = [parameter.name for parameter in action.parameters]
        if set(given) != set(names):
            wanted, got = ", ".join(names) or "nothing", ", ".join(given) or "nothing"
            return self._cannot(
                number, f"take `{name}`", [f"its parameters are: {wanted}; the trace gives: {got}"]
            )
        arguments = tuple(
            decode(given[parameter.name], parameter.type, f"steps[{number}].arguments.{parameter.name}")
            for parameter in action.parameters
        )
        return self._take(number, index, arguments, state)

    def _take(self, number: int, index: int, arguments: Arguments, state: State) -> Divergence | None:
        action, before = self.declaration.actions[index], self.behaviour[-1].state
        described = f"take {self.system.describe(index, arguments)}"
        if arguments not in self.system.available(index, before):
            return self._cannot(number, described, self._outside_domain(action, arguments, before))
        try:
            successor = self.system.apply(index, before, arguments)
        except Exception as error:
            raise faults.raised(self.declaration, action, error, before, arguments) from error
        if successor is None:
            return self._cannot(
                number, described, explain_disabled(self.declaration, action, before, arguments)
            )
        if type(successor) is not self.declaration.state.cls:
            raise faults.wrong_type(self.declaration, action, successor, before, arguments)
        if successor != state:
            what = f"{self.system.describe(index, arguments)} does not lead to the recorded state"
            why = ("what the spec gives, seen from what was recorded:",)
            return Divergence(number, what, why, tuple(changes(state, successor)))
        self.behaviour.append(Move(state, index, arguments))
        return None

    def _outside_domain(self, action: Action, arguments: Arguments, before: State) -> list[str]:
        """Which parameter does not range over its argument here."""
        index = self.declaration.actions.index(action)
        possible = self.system.available(index, before)
        for place, parameter in enumerate(action.parameters):
            if not any(each[: place + 1] == arguments[: place + 1] for each in possible):
                domain = parameter.field or getattr(parameter.function, "__name__", "its type")
                return [f"`{parameter.name}` ranges over {domain}, which does not hold this value here"]
        return ["its parameters do not range over these values here"]

    def _cannot(self, number: int, what: str, why: Sequence[str]) -> Divergence:
        state = self.behaviour[-1].state
        found = dict.fromkeys(
            self.system.describe(index, arguments) for index, arguments, _ in self.system.successors(state)
        )
        available = list(found)
        if len(available) > MAX_AVAILABLE:
            available = [*available[:MAX_AVAILABLE], f"and {len(available) - MAX_AVAILABLE} more"]
        return Divergence(number, f"the spec cannot {what}", tuple(why), (), tuple(available), refused=True)

    # -- lassos --

    def _not_for_ever(self) -> Divergence | None:
        """Why a lasso cannot go on as it says: its loop does not close, or a step of it is none."""
        loop = self.recorded.loop
        if loop is None:
            return None
        states = [move.state for move in self.behaviour]
        for number, (before, after) in enumerate(pairwise(states), start=1):
            if before == after:
                what = f"{self._described(number)} changes nothing, so it is no step of a lasso"
                return Divergence(number, what, ("a behaviour goes on only by steps that change the state",))
        if states[loop] == states[-1]:
            return None
        why = f"the last state should be state {loop} again; from that one, it differs in this:"
        return Divergence(
            len(states) - 1, "the loop does not close", (why,), tuple(changes(states[loop], states[-1]))
        )

    def _described(self, number: int) -> str:
        move = self.behaviour[number]
        assert move.action is not None
        return self.system.describe(move.action, move.arguments)

    def _round(self) -> tuple[str, ...]:
        """The steps of the loop in words."""
        if self.recorded.loop is None:
            return ()
        return tuple(self._described(n) for n in range(self.recorded.loop + 1, len(self.behaviour)))
