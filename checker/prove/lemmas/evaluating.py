"""Evaluating atoms in the states of a model, by CPython, as they would be once pasted into the spec.

Which atoms use which variables is said by frames: the choices of at most two variables that a clause
can quantify.  Nothing here knows why an atom is asked about.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product
from math import gcd
from typing import Any

from attrs import frozen

from checker.lang.model import Model
from checker.lang.values import order
from checker.prove.lemmas.scope import Scope
from checker.prove.lemmas.words import Atom, Variable

MOST_OF_A_KIND = 48
"""Of the atoms that use the same variables, so many are evaluated, the simplest."""

PILOT_STATES = 8
"""So many states tell how long an atom takes."""

SLOWEST_S = 2e-4
"""A function of the spec that takes longer than this is not asked."""

Cells = dict[tuple[Any, ...], int]
"""The truth of some atoms in one state, as bits, by the values of the variables that they use."""


@frozen
class Frame:
    """Variables that a clause quantifies over, all of them: none, one or two."""

    variables: tuple[Variable, ...]

    @property
    def names(self) -> frozenset[str]:
        """Their names."""
        return frozenset(variable.name for variable in self.variables)

    @property
    def parts(self) -> list[frozenset[str]]:
        """What an atom may use of them: none, one, or all."""
        return [frozenset(), *[frozenset({variable.name}) for variable in self.variables], self.names]


def frames(scope: Scope) -> Iterator[Frame]:
    """All choices of at most two variables, the fewer the sooner."""
    kinds = scope.kinds
    yield Frame(())
    yield from (Frame((kind.first,)) for kind in kinds)
    yield from (Frame((kind.first, kind.second)) for kind in kinds)
    for place, one in enumerate(kinds):
        yield from (Frame((one.first, two.first)) for two in kinds[place + 1 :])


class Evaluator:
    """Evaluates atoms in states of one model."""

    def __init__(self, scope: Scope, model: Model[Any]) -> None:
        self._scope = scope
        self._model = model
        self._known = dict(scope.known)
        variables = [v for frame in frames(scope) for v in frame.variables]
        self.values = {variable.name: self._every(variable) for variable in variables}

    def evaluable(self, atoms: Sequence[Atom], states: Sequence[Any]) -> list[Atom]:
        """The simplest of the atoms that answer in some of the states, and soon."""
        out: list[Atom] = []
        for part in grouped(atoms).values():
            simplest = sorted(part, key=lambda atom: atom.weight)
            sound = (atom for atom in simplest if not atom.may_raise or self._answers(atom, states))
            out.extend(islice(sound, MOST_OF_A_KIND))
        return out

    def _answers(self, atom: Atom, states: Sequence[Any]) -> bool:
        """Whether an atom answers in some of the states, within its time."""
        some = scattered(states)[: PILOT_STATES * 4]
        began = time.monotonic()
        try:
            asked = sum(len(cells) for cells in self.cells([atom], some))
        except Exception:
            return False
        return time.monotonic() - began <= SLOWEST_S * asked

    def cells(self, part: Sequence[Atom], states: Sequence[Any]) -> list[Cells]:
        """For each state, the truth of atoms that all use the same variables."""
        names = [name for name in self.values if name in part[0].uses] if part else []
        choices = list(product(*[self.values[name] for name in names]))
        ask, model = self._function(part, names), self._model
        known: dict[tuple[Any, ...], int] = {}
        out = []
        for state in states:
            cells = {}
            for chosen in choices:
                truths = ask(model, state, *chosen)
                found = known.get(truths)
                if found is None:
                    found = known[truths] = _bits(truths)
                cells[chosen] = found
            out.append(cells)
        return out

    def _function(self, atoms: Sequence[Atom], names: Sequence[str]) -> Callable[..., tuple[Any, ...]]:
        parameters = ", ".join(["self", self._scope.state.source, *names])
        text = f"lambda {parameters}: ({''.join(atom.source + ', ' for atom in atoms)})"
        made: Callable[..., tuple[Any, ...]] = eval(text, self._known)  # noqa: S307 - text made here
        return made

    def _every(self, variable: Variable) -> list[Any]:
        every = eval(f"lambda self: self.every({variable.text})", self._known)  # noqa: S307 - the same
        return sorted(every(self._model), key=order)


def _bits(truths: tuple[Any, ...]) -> int:
    """Truth values as bits, the first lowest; TypeError where one is something else."""
    if any(type(true) is not bool for true in truths):
        raise TypeError("an atom is neither true nor false")
    return sum(1 << place for place, true in enumerate(truths) if true)


def grouped(atoms: Sequence[Atom]) -> dict[frozenset[str], list[Atom]]:
    """Atoms by the variables that they use."""
    groups: dict[frozenset[str], list[Atom]] = {}
    for atom in atoms:
        groups.setdefault(atom.uses, []).append(atom)
    return groups


def scattered(states: Sequence[Any]) -> list[Any]:
    """The states in an order of which every beginning is spread over all of them."""
    count = len(states)
    step = max(1, int(count * 0.618))
    while gcd(step, count) > 1:
        step += 1
    return [states[place * step % count] for place in range(count)]
