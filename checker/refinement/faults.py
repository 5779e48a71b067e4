"""What a refinement mapping can do wrong, as located errors.

Each function returns the error to raise.  That a step has no counterpart is no error but a violation.
"""

from __future__ import annotations

from checker.lang import source
from checker.lang.declarations import Declaration, Refinement
from checker.lang.errors import InternalError, SpecError
from checker.lang.types import Fault
from checker.reference.faults import place_of
from checker.result.show import show
from checker.system import State


def _from(state: State) -> tuple[str, ...]:
    return (f"It happened in the state {show(state)}.",)


def raised(declaration: Declaration, refinement: Refinement, error: Exception, state: State) -> Exception:
    """The mapping raised an exception."""
    if isinstance(error, InternalError | SpecError):
        return error
    return SpecError(
        "refinement/raises",
        f"the mapping `{refinement.name}` of `{declaration.name}` raised "
        f"{type(error).__name__}: {error}".removesuffix(": "),
        why="A refinement mapping gives an abstract state for every reachable state.",
        instead="Guard the expression shown here, or map such states too.",
        at=place_of(error) or source.at_function(refinement.function),
        notes=_from(state),
    )


def undecided(declaration: Declaration, refinement: Refinement, state: State) -> SpecError:
    """Two runs of the mapping on the same state gave different abstract states."""
    return SpecError(
        "refinement/nondeterministic",
        f"`{refinement.name}` of `{declaration.name}` gave two different abstract states for one state",
        why="A mapping is a function of the state alone: no randomness, clock, file or variable that outlives "
        "the call.",
        instead="Compute the abstract state from the state; put what it has to know of the past into the state.",
        at=source.at_function(refinement.function),
        notes=_from(state),
    )


def wrong_class(
    declaration: Declaration, refinement: Refinement, abstract: Declaration, value: object, state: State
) -> SpecError:
    """The mapping returned something that is no state of the abstract model."""
    wanted = abstract.state.cls.__name__
    return SpecError(
        "refinement/wrong-type",
        f"`{refinement.name}` returned {show(value)}, which is not a `{wanted}`",
        why=f"It leads to the states of `{abstract.name}`.",
        instead=f"Return {wanted}(...) in every case.",
        at=source.at_last_line(refinement.function, declaration.model, state),
        notes=_from(state),
    )


def mutable(declaration: Declaration, refinement: Refinement, value: object, state: State) -> SpecError:
    """The abstract state holds a value that could be changed in place."""
    return SpecError(
        "refinement/wrong-type",
        f"`{refinement.name}` returned {show(value)}, which holds a value that can be changed in place",
        why="Abstract states are remembered and compared later, so nothing may change them.",
        instead="Write frozenset(...), tuple(...) or Map(...) around lists, sets and dicts.",
        at=source.at_last_line(refinement.function, declaration.model, state),
        notes=_from(state),
    )


def outside(
    declaration: Declaration, refinement: Refinement, abstract: Declaration, fault: Fault, state: State
) -> SpecError:
    """The abstract state leaves the types, or the bounds of the types, of the abstract model."""
    what = (
        f"`{refinement.name}` puts {show(fault.value)} ({type(fault.value).__name__}) into `{fault.path}` of "
        f"`{abstract.name}`, which should be: {fault.bound or fault.expected}"
    )
    at = source.at_last_line(refinement.function, declaration.model, state)
    if fault.bound is None:
        return SpecError(
            "refinement/wrong-type",
            what,
            why=f"Every value of a state of `{abstract.name}` belongs to the type of its field.",
            instead="Mend the value in the mapping.",
            at=at,
            notes=_from(state),
        )
    cls = refinement.abstract.__name__
    example = abstract.constants[0].name if abstract.constants else "size"
    given = ", ".join(f"{one.name} = {show(one.value)}" for one in abstract.constants)
    return SpecError(
        "refinement/outside-bounds",
        what,
        why=f"Beyond its bounds `{abstract.name}` has no steps, so nothing could be compared. It was checked "
        f"with {given or 'no constants'}.",
        instead=f"Enlarge its constants, as expressions over those of `{declaration.name}`: @refines({cls}, "
        f'{example}="..."), or mend the mapping.',
        at=at,
        notes=_from(state),
    )
