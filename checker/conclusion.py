"""What a property is like at the end of a behaviour that was followed to there, or of a lasso as a whole.

For replays: nothing is searched.  It does not know where the behaviour is from.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from checker.explore.exploration import Move
from checker.explore.search import DEADLOCK
from checker.lang.declarations import Declaration
from checker.liveness.recorded import told_of
from checker.reference.system import ReferenceSystem
from checker.refinement.abstract import abstract_of
from checker.refinement.fairness import as_temporal
from checker.refinement.mapping import Mapping


def conclusion(
    declaration: Declaration, behaviour: Sequence[Move], name: str | None, loop: int | None
) -> tuple[str, ...]:
    """Lines on the property of that name; none where there is nothing to say of it."""
    if name is None:
        return ()
    system = ReferenceSystem(declaration)
    temporal = next((prop for prop in declaration.temporal if prop.name == name), None)
    if temporal is not None:
        return () if loop is None else told_of(declaration, temporal, system, behaviour, loop)
    parts = [part for each in declaration.refinements for part in (each, each.steps)]
    refinement = next((part for part in parts if part.name == name), None)
    if refinement is not None:
        mapping = Mapping(declaration, refinement, abstract_of(declaration, refinement))
        if loop is None:
            return (_refined(mapping, behaviour),)
        return _refined_for_ever(declaration, mapping, system, behaviour, loop)
    return _judged(declaration, system, behaviour, name)


def _judged(
    declaration: Declaration, system: ReferenceSystem, behaviour: Sequence[Move], name: str
) -> tuple[str, ...]:
    """What a property of states or steps is like in the last one."""
    last = behaviour[-1].state
    if name == DEADLOCK:
        stuck = not any(system.successors(last)) and not system.final(last)
        return (f"the last state is {'a deadlock' if stuck else 'no deadlock of this spec'}",)
    known = (*declaration.properties, *declaration.lemmas)
    prop = next((prop for prop in known if prop.name == name), None)
    if prop is None:
        return (f"the spec has no property `{name}`",)
    (predicate,) = system.predicates([prop.name])
    if prop.kind == "step":
        if len(behaviour) < 2:
            return ()
        return (f"`{name}` is {_word(predicate.holds(behaviour[-2].state, last))} for the last step",)
    return (f"`{name}` is {_word(predicate.holds(last))} in the last state",)


def _refined(mapping: Mapping, behaviour: Sequence[Move]) -> str:
    """Whether the last step, or the only state, is one of the abstract model."""
    last = behaviour[-1].state
    if len(behaviour) == 1:
        return f"`{mapping.name}` is {_word(mapping.begins(last))} for the initial state"
    before = behaviour[-2].state
    return f"`{mapping.name}` is {_word(before == last or mapping.allows(before, last))} for the last step"


def _refined_for_ever(
    declaration: Declaration, mapping: Mapping, system: ReferenceSystem, behaviour: Sequence[Move], loop: int
) -> tuple[str, ...]:
    """Whether a lasso is mapped to a behaviour of the abstract model, step by step, and to a fair one."""
    states = [move.state for move in behaviour]
    if not mapping.begins(states[0]):
        return (f"`{mapping.name}` is false for the initial state",)
    for number, (before, after) in enumerate(pairwise(states), start=1):
        if not mapping.allows(before, after):
            return (f"`{mapping.name}` is false for step {number}",)
    fairness = as_temporal(mapping)
    if fairness is None:
        return (f"`{mapping.name}` is true of this behaviour",)
    abstract = mapping.abstract.name
    meaning = f"it is mapped to steps of {abstract}, and the fairness of {abstract} is not kept"
    return told_of(declaration, fairness, system, behaviour, loop, meaning)


def _word(value: bool) -> str:
    return str(value).lower()
