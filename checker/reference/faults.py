"""What a running spec can do wrong, as located errors.

Each function returns the error to raise; it may run the spec once more to find the place.
"""

from __future__ import annotations

import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

from checker.lang import source
from checker.lang.declarations import Action, Declaration, Property
from checker.lang.errors import InternalError, Location, SpecError
from checker.lang.parameters import Parameter
from checker.lang.protocol import NodeProtocol
from checker.lang.types import Fault
from checker.reference.advice import advice
from checker.result.show import call, show
from checker.system import Arguments, State

__all__ = [
    "no_initial_state",
    "nondeterministic",
    "not_a_collection",
    "not_a_truth_value",
    "outside_parameter",
    "outside_type",
    "place_of",
    "predicate_raised",
    "raised",
    "undecided",
    "unhashable",
    "wrong_type",
]

_OURS = Path(__file__).resolve().parent.parent
_PYTHON = Path(sysconfig.get_paths()["stdlib"])


def _of_spec(file: str) -> bool:
    """Whether a file holds a spec, not Quorate's own machinery or a library."""
    path = Path(file)
    if "site-packages" in path.parts and "specs" not in path.parts:
        return False
    if path.is_relative_to(_OURS) or path.is_relative_to(_PYTHON):
        return False
    return path.is_absolute() and "<" not in file


def _where(state: State, arguments: Arguments, action: Action) -> tuple[str, ...]:
    names = [parameter.name for parameter in action.parameters]
    notes = [f"It happened in {call(action.name, list(zip(names, arguments, strict=False)))}"]
    if state is not None:
        notes.append(f"in the state {show(state)}.")
    return (" ".join(notes),)


def _said(error: Exception) -> str:
    """An exception as Python shows it; one like that of a bare `assert` has no text."""
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def place_of(error: Exception) -> Location | None:
    """The innermost place of the spec in a traceback."""
    return source.at_raise(error, _of_spec)


def raised(
    declaration: Declaration, action: Action, error: Exception, state: State, arguments: Arguments
) -> SpecError:
    """An action, or the domain of one of its parameters, raised an exception."""
    if isinstance(error, InternalError):
        raise error
    at = source.at_raise(error, _of_spec)
    if at is None and isinstance(declaration.model, NodeProtocol):
        return _bad_step(declaration, action, error, state, arguments)
    return SpecError(
        "action/raises",
        f"the action `{action.name}` of `{declaration.name}` raised {_said(error)}",
        why="An action returns the next state, or None where it is not enabled; it never raises.",
        instead=advice(error)
        or "Test for the case first and return None, or mend the expression shown here.",
        at=at or source.at_function(action.function),
        notes=_where(state, arguments, action),
    )


_HANDLERS = {
    "boots": "start",
    "node_restarts": "start",
    "network_delivers": "receive",
    "network_delivers_a_copy": "receive",
    "timer_fires": "timeout",
    "client_requests": "request",
}


def _bad_step(
    declaration: Declaration, action: Action, error: Exception, state: State, arguments: Arguments
) -> SpecError:
    """A handler of a node protocol returned what the environment cannot use."""
    handler = _HANDLERS.get(action.name, "receive")
    function = getattr(type(declaration.model), handler)
    return SpecError(
        "protocol/bad-step",
        f"`{handler}` of `{declaration.name}` returned no (node, effects): {_said(error)}",
        why="A step of a node gives its next state and a tuple of Send, SetTimer, CancelTimer or Reply.",
        instead="Return node, () for no effects, and node, (Send(to, message),) for one.",
        at=source.at_function(function),
        notes=_where(state, arguments, action),
    )


def outside_parameter(
    declaration: Declaration, action: Action, parameter: Parameter, fault: Fault
) -> SpecError:
    """The collection that a parameter ranges over has a member that is not of the parameter's type."""
    at = f" at `{fault.path}`" if fault.path else ""
    return SpecError(
        "action/outside-parameter",
        f"`{parameter.name}` of `{action.name}` ranges over a collection that holds {show(fault.value)}{at}, "
        f"which should be: {fault.bound or fault.expected}",
        why="Every witness belongs to the type of its parameter.",
        instead="Widen the annotation of the parameter, or leave the value out of the collection.",
        at=source.at_parameter(action.function, parameter.name),
    )


def no_initial_state(declaration: Declaration) -> SpecError:
    """Every choice of parameters makes the methods marked @initial return None."""
    return SpecError(
        "model/no-initial-state",
        f"`{declaration.name}` has no initial state: its @initial methods return None for every choice",
        why="A check of nothing would hold.",
        instead="Return a state for at least one choice of the parameters.",
        at=source.at_function(declaration.initial[0].function),
    )


def not_a_collection(declaration: Declaration, parameter: Parameter, value: Any) -> SpecError:
    """The method that computes the domain of a parameter returned no collection."""
    domain = parameter.function
    assert domain is not None
    return SpecError(
        "action/bad-domain",
        f"`{domain.__name__}` of `{declaration.name}`, over which `{parameter.name}` ranges, returned "
        f"{show(value)}, which is no collection",
        why="A parameter takes each member of its domain in turn.",
        instead="Return a set, a bag, a sequence, a range or a map; an empty one where there is nothing.",
        at=source.at_returns(domain),
    )


def predicate_raised(
    declaration: Declaration, prop: Property, error: Exception, states: tuple[State, ...]
) -> SpecError:
    """A property, boundary or final predicate raised an exception."""
    if isinstance(error, InternalError):
        raise error
    return SpecError(
        "property/raises",
        f"`{prop.name}` of `{declaration.name}` raised {_said(error)}",
        why="A predicate is True or False in every reachable state.",
        instead=advice(error) or "Guard the expression: `x is None or ...`.",
        at=source.at_raise(error, _of_spec) or source.at_function(prop.function),
        notes=(f"It happened in the state {show(states[-1])}.",),
    )


def undecided(declaration: Declaration, prop: Property, states: tuple[State, ...]) -> SpecError:
    """Two runs of one predicate on the same state gave different answers."""
    return SpecError(
        "property/nondeterministic",
        f"`{prop.name}` of `{declaration.name}` gave two different answers for one state",
        why="A predicate is a function of the state alone: no randomness, clock, file or variable that "
        "outlives the call.",
        instead="Compute the answer from the state; put what it has to know of the past into the state.",
        at=source.at_function(prop.function),
        notes=(f"It happened in the state {show(states[-1])}.",),
    )


def not_a_truth_value(
    declaration: Declaration, prop: Property, value: Any, states: tuple[State, ...]
) -> SpecError:
    """A predicate returned something other than True or False."""
    return SpecError(
        "property/not-a-bool",
        f"`{prop.name}` of `{declaration.name}` returned {show(value)}, not True or False",
        why="A value that merely counts as true hides mistakes: an empty set would be a violation.",
        instead="Return a comparison: `len(x) > 0`, `x is not None`.",
        at=source.at_last_line(prop.function, declaration.model, *states),
    )


def wrong_type(
    declaration: Declaration, action: Action, value: Any, state: State, arguments: Arguments
) -> SpecError:
    """An action returned something that is no state."""
    expected = declaration.state.cls.__name__
    given = (declaration.model, *(() if state is None else (state,)), *arguments)
    hint = "a value" if isinstance(value, bool) or not attrs.has(type(value)) else "a record"
    return SpecError(
        "action/wrong-type",
        f"`{action.name}` returned {show(value)}, which is not a `{expected}`",
        why=f"It should return the next {expected}, or None where it is not enabled; this is {hint} of "
        f"type `{type(value).__name__}`.",
        instead=f"Return evolve(s, ...) or a new {expected}(...).",
        at=source.at_last_line(action.function, *given),
        notes=_where(state, arguments, action),
    )


def outside_type(
    declaration: Declaration,
    action: Action | None,
    fault: Fault,
    state: State,
    arguments: Arguments,
) -> SpecError:
    """A successor, or an initial state, holds a value that is not of the declared type."""
    field = fault.path.partition("[")[0].partition("{")[0].partition(".")[0]
    at: Location | None = source.at_field(declaration.state.cls, field)
    notes = _where(state, arguments, action) if action and state is not None else ()
    name = f"`{action.name}`" if action else "an initial state"
    declared = f"The field is declared in {at}." if at else ""
    if action is not None:
        given = (declaration.model, *(() if state is None else (state,)), *arguments)
        at = source.at_last_line(action.function, *given) or at
    return SpecError(
        "state/wrong-type" if fault.bound is None else "state/outside-bounds",
        f"{name} puts {show(fault.value)} ({type(fault.value).__name__}) into `{fault.path}`, "
        f"which should be: {fault.bound or fault.expected}",
        why="Every value of a state belongs to the type of its field.",
        instead="Mend the value, or the annotation of the field.",
        at=at,
        notes=(*notes, declared) if declared else notes,
    )


def unhashable(
    declaration: Declaration, action: Action | None, state: State, before: State, arguments: Arguments
) -> SpecError:
    """A state holds a list, a dict, a set or another value that could be changed in place."""
    path, culprit = _mutable(state, "") or ("", state)
    name = f"`{action.name}`" if action else "an initial state"
    at = source.at_field(declaration.state.cls, path.lstrip(".").partition(".")[0].partition("[")[0])
    if action is not None:
        given = (declaration.model, *(() if before is None else (before,)), *arguments)
        at = source.at_last_line(action.function, *given) or at
    kind = type(culprit).__name__
    instead = {"list": "tuple(...)", "set": "frozenset(...)", "dict": "Map(...)"}.get(kind)
    return SpecError(
        "state/mutable",
        f"{name} puts a {kind} into `{path.lstrip('.')}`, a value that can be changed in place",
        why="A state is remembered and compared later, so nothing may change it.",
        instead=f"Write {instead} around it." if instead else "Use the immutable values of the language.",
        at=at,
        notes=_where(before, arguments, action) if action and before is not None else (),
    )


def _mutable(value: Any, path: str) -> tuple[str, Any] | None:
    """The innermost value that cannot be hashed, with the way to it."""
    try:
        hash(value)
    except TypeError:
        inner: list[tuple[str, Any]] = []
        if attrs.has(type(value)):
            inner = [(f"{path}.{a.name}", getattr(value, a.name)) for a in attrs.fields(type(value))]
        elif isinstance(value, tuple):
            inner = [(f"{path}[{place}]", item) for place, item in enumerate(value)]
        elif hasattr(value, "items"):
            inner = [(f"{path}[{key!r}]", item) for key, item in value.items()]
        for place, item in inner:
            found = _mutable(item, place)
            if found is not None:
                return found
        return path, value
    return None


def nondeterministic(
    declaration: Declaration,
    action: Action,
    state: State,
    arguments: Arguments,
    domain: Callable[..., Any] | None = None,
) -> SpecError:
    """Two runs of one action, or of a parameter's domain, gave different answers in one state."""
    name = f"the action `{action.name}`" if domain is None else f"the domain `{domain.__name__}`"
    return SpecError(
        "action/nondeterministic",
        f"{name} of `{declaration.name}` gave two different answers in one state",
        why="An action is a function of the state and its parameters alone: no randomness, clock, "
        "file or variable that outlives the call.",
        instead="Put the choice into a parameter: every value it may take is then explored.",
        at=source.at_function(domain or action.function),
        notes=_where(state, arguments, action),
    )
