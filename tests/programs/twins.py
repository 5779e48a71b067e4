"""What a spec does in a state, by CPython and by the interpreter, in a form that can be compared.

For every action the outcome of every choice of its parameters: the successor, None, or that it raises;
and the answer of every predicate, or that it raises.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from random import Random
from typing import Any

from checker.interpret.stuck import Stuck
from checker.interpret.system import InterpretedSystem
from checker.lang.declarations import Declaration, Property
from checker.lang.errors import SpecError
from checker.reference.system import ReferenceSystem
from tests.programs.values import random_value

RAISES = "raises"
Outcomes = dict[Any, Any]


def _attempt(function: Callable[..., Any], *arguments: Any) -> Any:
    """A result, or that there is none."""
    try:
        return function(*arguments)
    except Exception:  # whatever a spec raises
        return RAISES


def _stepwise(available: Any, apply: Any, names: Iterable[str], state: Any) -> Outcomes:
    found: Outcomes = {}
    for index, name in enumerate(names):
        choices = _attempt(available, index, state)
        found[name] = choices if choices == RAISES else Counter(choices)
        for arguments in () if choices == RAISES else set(choices):
            found[name, arguments] = _attempt(apply, index, state, arguments)
    return found


def by_cpython(declaration: Declaration, states: tuple[Any, ...]) -> Outcomes:
    """What CPython makes of a state (and of the step to another one)."""
    system, model = ReferenceSystem(declaration), declaration.model
    found = _stepwise(system.available, system.apply, system.action_names, states[0])
    for part in _predicates(declaration):
        given = states if part.kind == "step" else states[:1]
        found[part.name] = _attempt(part.function, model, *given)
    return found


def by_interpreter(system: InterpretedSystem, declaration: Declaration, states: tuple[Any, ...]) -> Outcomes:
    """What the interpreter makes of it; whatever it raises but `Stuck` is a fault of ours."""
    found = _stepwise(
        _only_stuck(system.available), _only_stuck(system.apply), system.action_names, states[0]
    )
    for part in _predicates(declaration):
        (predicate,) = system.predicates([part.name])
        given = states if part.kind == "step" else states[:1]
        found[part.name] = _attempt(_only_stuck(predicate.holds), *given)
    return found


def _predicates(declaration: Declaration) -> tuple[Property, ...]:
    return (*declaration.properties, *declaration.lemmas, *declaration.final, *declaration.boundary)


class WrongError(BaseException):
    """The interpreter raised something that it has no reason to raise."""


def _only_stuck(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except Stuck:
            raise
        except Exception as error:
            raise WrongError(repr(error)) from error

    return call


def reachable(declaration: Declaration, most: int) -> list[Any]:
    """Some states that a search reaches first, as far as nothing raises."""
    system = ReferenceSystem(declaration)
    seen: dict[Any, None] = {}
    waiting: list[Any] = _as_far(system.initial())
    while waiting and len(seen) < most:
        state = waiting.pop(0)
        if state in seen or declaration.state.fault(state) is not None:
            continue
        seen[state] = None
        waiting += [successor for _, _, successor in islice(_as_far(system.successors(state)), 50)]
    return list(seen)


def _as_far(items: Iterator[Any]) -> list[Any]:
    """The items up to where a spec raises."""
    found = []
    try:
        for item in items:
            found.append(item)
    except SpecError:
        pass
    return found


def sampled(declaration: Declaration, number: int, seed: int = 0) -> list[Any]:
    """Random states within their types, whether anything reaches them or not."""
    random = Random(seed)
    return [random_value(declaration.state, random) for _ in range(number)]
