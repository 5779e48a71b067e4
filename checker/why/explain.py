"""Why a property is violated, in lines of text: the reasons of the walk, and the step that did it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from checker.explore.exploration import Move
from checker.lang.declarations import Action, Declaration, Property
from checker.result.show import call, show
from checker.why.walker import Reason, walk

MAX_VALUE = 160
"""Longer values are cut in explanations; the trace has them in full."""


def explain_false(declaration: Declaration, prop: Property, behaviour: Sequence[Move]) -> list[str]:
    """Why an `always` property is false in the last state of a behaviour."""
    walked = walk(prop.function, (declaration.model, behaviour[-1].state))
    lines = reasons(walked.reason) if walked and walked.reason else ["it returned False."]
    if len(behaviour) > 1:
        lines.append(f"true until step {len(behaviour) - 1}, {_taken(declaration, behaviour[-1])}")
    else:
        lines.append("already in the initial state")
    return lines


def explain_step(declaration: Declaration, prop: Property, behaviour: Sequence[Move]) -> list[str]:
    """Why a step property is false for the last step of a behaviour.

    A property that is no method of the model tells so itself.
    """
    told = getattr(prop.function, "explain", None)
    if told is not None:
        return list(told(behaviour))
    before, after = behaviour[-2].state, behaviour[-1].state
    walked = walk(prop.function, (declaration.model, before, after))
    lines = reasons(walked.reason) if walked and walked.reason else ["it returned False."]
    lines.append(f"for step {len(behaviour) - 1}, {_taken(declaration, behaviour[-1])}")
    return lines


def explain_deadlock(declaration: Declaration, state: Any) -> list[str]:
    """Why no action is enabled: for each, the guard that says no."""
    lines = ["no action is enabled here for any arguments, and the state is not declared @final:"]
    for action in declaration.actions:
        if any(not parameter.over_type for parameter in action.parameters):
            lines.append(f"  {action.name}: there is nothing for it to range over, or its guard is false")
            continue
        arguments = tuple(next(iter(p.type.members()), None) for p in action.parameters)
        guard = explain_disabled(declaration, action, state, arguments)
        such = "" if not arguments else "for instance "
        lines.append(f"  {such}{_called(action, arguments)}: {guard[0]}")
        lines += [f"    {line}" for line in guard[1:]]
    lines.append("if the protocol may end here, say so: @final def done(self, s: ...) -> bool")
    return lines


def explain_disabled(
    declaration: Declaration, action: Action, state: Any, arguments: tuple[Any, ...]
) -> list[str]:
    """Why an action is not enabled with these arguments: the guard that was decisive."""
    walked = walk(action.function, (declaration.model, state, *arguments))
    if walked is not None and not walked.returned:
        return ["not enabled: it ends without returning anything; is a `return` missing?"]
    if walked is None or not walked.tests:
        return ["not enabled"]
    guard = walked.tests[-1]
    truth = "true" if guard.value else "false"
    return [f"not enabled, since `{guard.text}` is {truth}", *reasons(guard)[1:]]


def reasons(reason: Reason) -> list[str]:
    """A tree of reasons as indented lines."""
    return list(_lines(reason, 0))


def _lines(reason: Reason, depth: int) -> list[str]:
    pad = "  " * depth
    truth = "true" if reason.value else "false"
    lines = [f"{pad}{truth}: {reason.text}" + (f"   ({reason.note})" if reason.note else "")]
    if reason.bindings:
        lines.append(f"{pad}  with " + ", ".join(f"{n} = {_cut(show(v))}" for n, v in reason.bindings))
    for name, value in reason.values:
        lines.append(f"{pad}  where {name} = {_cut(show(value))}")
    for part in reason.parts:
        lines += _lines(part, depth + 1)
    return lines


def _cut(text: str) -> str:
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"


def _taken(declaration: Declaration, move: Move) -> str:
    assert move.action is not None
    return _called(declaration.actions[move.action], move.arguments)


def _called(action: Action, arguments: tuple[Any, ...]) -> str:
    names = [parameter.name for parameter in action.parameters]
    return call(action.name, zip(names, arguments, strict=True))
