"""A small instance of a model, and the states that it reaches.

Sorts get three members, or two where three reach too many states to be enumerated in a second or two;
other constants stay as they are.  CPython begins; where it is not done soon and there is a C compiler,
generated code goes on.  Of more states than are wanted a sample is kept, spread evenly over the search.
A cut is no mistake: fewer states refute fewer guesses, and that is all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import attrs
from attrs import frozen

from checker.explore.budget import Budget, Meter
from checker.explore.search import Checks, Search
from checker.lang.bounds import SizeOf
from checker.lang.declarations import Declaration, declare
from checker.lang.errors import CallError, SpecError
from checker.lang.hints import field_hints
from checker.lang.model import Model
from checker.prove.lemmas.enumeration import CannotStart, enumerated
from checker.reference.system import ReferenceSystem

SIZES = (3, 2)
"""How many members a sort is given, the better choice first."""

PYTHON_S = 0.7
"""CPython explores so long before generated code is asked."""


@frozen
class Instance:
    """A model and states that it reaches; `complete` where these are all, or an even sample of all."""

    model: Model[Any]
    states: tuple[Any, ...]
    complete: bool


def small_instance(
    declaration: Declaration,
    *,
    limit: int = 20_000,
    seconds: float = 2.0,
    stopped: Callable[[], bool] | None = None,
) -> Instance:
    """The best small instance of a model: one that is explored whole, if that takes only some seconds."""
    found: list[Instance] = []
    until = time.monotonic() + seconds
    for model in _shrunk(declaration.model):
        left = max(PYTHON_S / 2, until - time.monotonic())
        found.append(reachable_states(model, limit=limit, seconds=left, stopped=stopped))
        if found[-1].complete or len(found[-1].states) >= limit:
            break
    return next((one for one in found if one.complete), None) or max(found, key=lambda one: len(one.states))


def reachable_states(
    model: Model[Any],
    *,
    limit: int = 20_000,
    seconds: float = 2.0,
    stopped: Callable[[], bool] | None = None,
) -> Instance:
    """States that a model reaches, at most so many, found in about so many seconds.

    A C compiler takes the time that it takes: it cannot be stopped in the middle.
    """
    declaration = declare(model)
    began = time.monotonic()
    meter = Meter(Budget(max_states=limit, timeout_s=min(seconds, PYTHON_S)), stopped=stopped)
    search = Search(ReferenceSystem(declaration, poll=meter.poll), Checks(deadlock=False), meter)
    try:
        complete = search.run().complete
    except SpecError:  # a mistake that shows at this size: what was found before it still tells something
        complete = False
    found = Instance(model, tuple(search.states), complete)
    left = seconds - (time.monotonic() - began)
    if complete or left <= 0 or (stopped is not None and stopped()):
        return found
    try:
        states, complete = enumerated(declaration, limit, left, stopped)
    except (SpecError, CallError, CannotStart):  # no compiler, or a spec that C cannot hold
        return found
    better = complete or len(states) >= len(found.states)
    return Instance(model, states, complete) if better else found


def _shrunk(model: Model[Any]) -> Iterator[Model[Any]]:
    """The model with smaller sorts, without those that its class refuses; itself if nothing else."""
    seen: list[Model[Any]] = []
    sizes = _sizes(model)
    for most in SIZES:
        smaller = {name: min(size, most) for name, size in sizes.items()}
        try:
            small = attrs.evolve(model, **smaller)  # type: ignore[misc]
            declare(small)
        except Exception:  # noqa: S112 - whatever the class has against such constants
            continue
        if small not in seen:
            seen.append(small)
    yield from seen or [model]


def _sizes(model: Model[Any]) -> dict[str, int]:
    """The constants that say how many members a sort has."""
    return {
        name: getattr(model, name)
        for name, hint in field_hints(type(model)).items()
        if any(isinstance(mark, SizeOf) for mark in getattr(hint, "__metadata__", ()))
    }
