"""Why a refinement is violated: the step that has no counterpart, and the abstract steps that come nearest.

An abstract step comes near if it changes what should be changed: as it is, or as it would without its
guards.  Then the guard that says no is the reason.  Which steps come near never decides a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise, product
from typing import Any

from attrs import frozen

from checker.explore.exploration import Move
from checker.lang.declarations import Action
from checker.refinement.mapping import Mapping
from checker.result.proof import TO_INDUCTION
from checker.result.show import call, show
from checker.result.trace import ABSENT, Change, Counterpart, Step, Trace, changes
from checker.system import Arguments, State
from checker.why.explain import explain_disabled
from checker.why.unguarded import without_guards

MOST_TRIED = 2_000
"""So many choices of an abstract action's parameters are looked at."""

MOST_SHOWN = 2
"""So many abstract steps are shown that come near."""

MOST_CHANGES = 6
"""So many changes are listed of one abstract step."""


def beside(mapping: Mapping, behaviour: Sequence[Move], kind: str) -> Trace:
    """The abstract behaviour that a behaviour is mapped to, state by state."""
    return beside_states(mapping, [move.state for move in behaviour], kind)


def beside_states(mapping: Mapping, states: Sequence[State], kind: str) -> Trace:
    """The abstract behaviour that the states of a behaviour are mapped to.

    A step that the abstract model does not have is there without an action, as a step that changes nothing;
    `counterparts` tell them apart.
    """
    images = [mapping.image(state) for state in states]
    steps, counterparts = [Step(None, (), images[0])], [_beginning(mapping, states, kind)]
    for before, after in pairwise(images):
        found = None if before == after else next(mapping.steps(before, after), None)
        counterparts.append("stutter" if before == after else "none" if found is None else "step")
        if found is None:
            steps.append(Step(None, (), after))
            continue
        action, arguments = mapping.abstract.actions[found[0]], found[1]
        names = [parameter.name for parameter in action.parameters]
        types = tuple(parameter.type for parameter in action.parameters)
        given = tuple(zip(names, arguments, strict=True))
        steps.append(Step(action.name, given, after, types=types))
    return Trace(
        kind,
        tuple(steps),
        mapping.abstract.state,
        model=mapping.abstract.name,
        counterparts=tuple(counterparts),
    )


def _beginning(mapping: Mapping, states: Sequence[State], kind: str) -> Counterpart:
    """What the first state is to the abstract model; that of a step from any state need not be an initial one."""
    if mapping.begins(states[0]):
        return "initial"
    return "state" if kind == TO_INDUCTION and len(states) > 1 else "none"


def explain_refinement(mapping: Mapping, behaviour: Sequence[Move]) -> list[str]:
    """Why the last step of a behaviour, or its only state, has no counterpart."""
    if len(behaviour) == 1:
        return _misbegun(mapping, behaviour[0].state)
    move = behaviour[-1]
    before, after = mapping.image(behaviour[-2].state), mapping.image(move.state)
    assert move.action is not None
    action = mapping.declaration.actions[move.action]
    step = f"step {len(behaviour) - 1}, {_called(action, move.arguments)}"
    lines = [f"no step of {mapping.abstract.name} does what {step}, does to the abstract state:"]
    lines += [f"  {line}" for line in _listed(changes(before, after))]
    near = _nearest(mapping, before, after)
    if not near:
        lines.append(f"no action of {mapping.abstract.name} comes near it.")
    for one in near:
        lines += _told(mapping, one, before, after)
    return lines


def _misbegun(mapping: Mapping, state: State) -> list[str]:
    image = mapping.image(state)
    lines = [f"the initial state is mapped to no initial state of {mapping.abstract.name}"]
    starts = islice(mapping.system.initial(), MOST_TRIED)
    nearest = min((changes(start, image) for start in starts), key=len, default=None)
    if nearest:
        lines.append("from the nearest one it differs in:")
        lines += [f"  {line}" for line in _listed(nearest)]
    return lines


@frozen
class _Near:
    """An abstract step that comes near: what it leads to, or would, and how far off that is."""

    action: Action
    arguments: Arguments
    result: State
    enabled: bool
    empty: str | None
    distance: int


def _nearest(mapping: Mapping, before: State, after: State) -> list[_Near]:
    """The abstract steps that come nearest to a change, of each action at most one."""
    wanted = {change.path for change in changes(before, after)}
    found: list[_Near] = []
    for number, action in enumerate(mapping.abstract.actions):
        tried = [
            near
            for near in _tried(mapping, number, action, before, after)
            if wanted & {change.path for change in changes(before, near.result)}
        ]
        if tried:
            found.append(min(tried, key=lambda near: near.distance))
    found.sort(key=lambda near: near.distance)
    return [near for near in found if near.distance == 0 or near is found[0]][:MOST_SHOWN]


def _tried(mapping: Mapping, number: int, action: Action, before: State, after: State) -> Iterator[_Near]:
    model = mapping.abstract.model
    for arguments, empty in islice(_choices(mapping, number, action, before), MOST_TRIED):
        enabled, result = False, None
        if empty is None:
            result = mapping.system.apply(number, before, arguments)
            enabled = result is not None
        if result is None:
            result = without_guards(action.function, (model, before, *arguments))
        if type(result) is type(after):
            yield _Near(action, arguments, result, enabled, empty, len(changes(result, after)))


def _choices(
    mapping: Mapping, number: int, action: Action, state: State
) -> Iterator[tuple[Arguments, str | None]]:
    """Choices of an action's parameters; where one has nothing to range over, any value, with its name."""
    found = False
    for arguments in mapping.system.available(number, state):
        found = True
        yield arguments, None
    free = next((parameter.name for parameter in action.parameters if not parameter.over_type), None)
    if found and free is None:
        return
    for arguments in product(*[_some(p.type, all_=p.over_type) for p in action.parameters]):
        yield arguments, free


def _some(kind: Any, *, all_: bool) -> list[Any]:
    """All values of a type, or one to stand for what a parameter does not range over."""
    return list(islice(kind.members(), MOST_TRIED if all_ else 1))


# -- words ----------------------------------------------------------------------------------------


def _told(mapping: Mapping, near: _Near, before: State, after: State) -> list[str]:
    if near.empty is not None:
        names = [parameter.name for parameter in near.action.parameters]
        given = [(n, v) for n, v in zip(names, near.arguments, strict=True) if n != near.empty]
        shown = call(near.action.name, given)
        lines = [f"nearest is {shown}: not enabled, since there is nothing for `{near.empty}` to range over"]
        guards = explain_disabled(mapping.abstract, near.action, before, near.arguments)
        if (
            len(guards) > 1
            and mapping.system.apply(mapping.abstract.actions.index(near.action), before, near.arguments)
            is None
        ):
            lines += [f"  and {guards[0]}", *[f"    {line}" for line in guards[1:]]]
    elif near.enabled:
        lines = [f"nearest is {_called(near.action, near.arguments)}, which leads elsewhere:"]
        return [*lines, *[f"  {line}" for line in _listed(changes(before, near.result))]]
    else:
        guard = explain_disabled(mapping.abstract, near.action, before, near.arguments)
        lines = [f"nearest is {_called(near.action, near.arguments)}: {guard[0]}"]
        lines += [f"  {line}" for line in guard[1:]]
    if near.distance:
        lines.append("  and it would lead elsewhere:")
        lines += [f"    {line}" for line in _listed(changes(before, near.result))]
    return lines


def _listed(found: Sequence[Change]) -> list[str]:
    lines = [_changed(change) for change in found[:MOST_CHANGES]]
    more = len(found) - MOST_CHANGES
    return [*lines, f"and {more} more"] if more > 0 else lines


def _changed(change: Change) -> str:
    if change.member:
        gained = change.before is ABSENT
        return f"{change.path} {'gains' if gained else 'loses'} {show(change.after if gained else change.before)}"
    return f"{change.path}: {show(change.before)} → {show(change.after)}"


def _called(action: Action, arguments: Arguments) -> str:
    names = [parameter.name for parameter in action.parameters]
    return call(action.name, zip(names, arguments, strict=True))
