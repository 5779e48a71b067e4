"""What a property is like at the end of a behaviour that was followed to there, or of a lasso as a whole.

For replays: nothing is searched.  It does not know where the behaviour is from.
"""

from __future__ import annotations

from collections.abc import Sequence

from checker.explore.exploration import Move
from checker.explore.search import DEADLOCK
from checker.lang.declarations import Declaration, Refinement
from checker.liveness.recorded import told_of
from checker.reference.system import ReferenceSystem
from checker.refinement.abstract import abstract_of
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
    refinement = next((each for each in declaration.refinements if each.name == name), None)
    if refinement is not None:
        return (_refined(declaration, refinement, behaviour),)
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


def _refined(declaration: Declaration, refinement: Refinement, behaviour: Sequence[Move]) -> str:
    """Whether the last step, or the only state, is one of the abstract model."""
    mapping = Mapping(declaration, refinement, abstract_of(declaration, refinement))
    last = behaviour[-1].state
    if len(behaviour) == 1:
        return f"`{refinement.name}` is {_word(mapping.begins(last))} for the initial state"
    before = behaviour[-2].state
    return f"`{refinement.name}` is {_word(before == last or mapping.allows(before, last))} for the last step"


def _word(value: bool) -> str:
    return str(value).lower()
