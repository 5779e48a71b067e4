"""Which sorts claims and fairness tell apart: over these, a search for lassos may not use symmetry.

A predicate over the state alone cannot name an identity, so it is true of a state whenever it is of the
same state with identities exchanged.  One that takes an identity from around it, a property's parameter
say, or fairness to an action with a certain argument, is not.  Where we cannot look inside, every sort
counts as told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import FunctionType, MethodType
from typing import Any

import attrs

from checker.lang.model import Universe
from checker.lang.values import Bag, Map, Sort
from checker.liveness.letters import Letters, Mark


def sorts_told_apart(letters: Letters) -> dict[type[Sort], str]:
    """The sorts of which some letter names members, each with the words for who asks for the first that does."""
    found: dict[type[Sort], str] = {}
    for atom in letters.atoms:
        for sort in _named(atom.predicate, set()):
            found.setdefault(sort, atom.asker)
    for mark in letters.marks:
        for sort in sorts_of_mark(mark):
            found.setdefault(sort, mark.asker)
    return found


def sorts_of_mark(mark: Mark) -> Iterator[type[Sort]]:
    """The sorts of which a choice of steps names members."""
    for chosen in mark.chosen:
        yield from _sorts(value for _, value in chosen.arguments)
        if chosen.where is not None:
            yield from _named(chosen.where, set())


def _named(function: Callable[..., Any], seen: set[int]) -> Iterator[type[Sort]]:
    """The sorts of which a function holds members, besides those of its model's constants."""
    if id(function) in seen:
        return
    seen.add(id(function))
    if isinstance(function, MethodType):
        told_apart = getattr(function.__self__, "__quorate_told_apart__", None)
        if told_apart is not None:
            yield from told_apart
            return
        if not isinstance(function.__self__, Universe):
            yield Sort
        yield from _named(function.__func__, seen)
    elif isinstance(function, partial):
        yield from _held([*function.args, *function.keywords.values()], seen)
        yield from _named(function.func, seen)
    elif isinstance(function, FunctionType):
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
        yield from _held(
            [*cells, *(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()], seen
        )
    else:
        yield Sort


def _held(values: Iterable[Any], seen: set[int]) -> Iterator[type[Sort]]:
    """The sorts that values hold, functions among them."""
    for value in values:
        if isinstance(value, Universe | type):
            continue
        if callable(value):
            yield from _named(value, seen)
        else:
            yield from _sorts([value])


def _sorts(values: Iterable[Any]) -> Iterator[type[Sort]]:
    """The sorts whose members lie inside values."""
    for value in values:
        if isinstance(value, Sort):
            yield type(value)
        elif isinstance(value, Map):
            yield from _sorts([*value.keys(), *value.values()])
        elif isinstance(value, Bag):
            yield from _sorts(value.elements())
        elif isinstance(value, tuple | frozenset | list | set | dict):
            yield from _sorts(value)
            if isinstance(value, dict):
                yield from _sorts(value.values())
        elif attrs.has(type(value)):
            yield from _sorts(getattr(value, a.name) for a in attrs.fields(type(value)))
