"""Where atoms hold: tables of their truth over states and all choices of variables.

Each atom is evaluated once in each state for each choice of the variables that it uses, and the columns
of every frame are put together from that, as `checker.prove.lemmas.hitting` wants them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import product
from typing import Any

from checker.prove.lemmas.evaluating import PILOT_STATES, Evaluator, Frame, grouped, scattered
from checker.prove.lemmas.words import Atom

FEWEST_STATES = 100
"""So many states are looked at, however slow that is."""


class Truths:
    """The truth of atoms in as many of some states as can be looked at in some seconds."""

    def __init__(
        self, evaluator: Evaluator, atoms: Sequence[Atom], states: Sequence[Any], seconds: float
    ) -> None:
        self._values = evaluator.values
        self._groups = grouped(atoms)
        some = self._afforded(evaluator, scattered(states), seconds)
        self._states = len(some)
        self._cells = {uses: evaluator.cells(part, some) for uses, part in self._groups.items()}

    def atoms(self, frame: Frame) -> list[Atom]:
        """The atoms of a frame: those that use no other variables."""
        return [atom for uses, part in self._groups.items() if uses <= frame.names for atom in part]

    def columns(self, frame: Frame) -> list[int]:
        """The truth of these atoms, bit by bit, in each state for each choice of the frame's variables."""
        names = [variable.name for variable in frame.variables]
        choices = list(product(*[self._values[name] for name in names]))
        out = [0] * (self._states * len(choices))
        shift = 0
        for uses, part in self._groups.items():
            if not uses <= frame.names:
                continue
            keys = [tuple(x for name, x in zip(names, chosen, strict=True) if name in uses)
                    for chosen in choices]  # fmt: skip
            bits = (cells[key] << shift for cells in self._cells[uses] for key in keys)
            out = [before | more for before, more in zip(out, bits, strict=True)]
            shift += len(part)
        return out

    def _afforded(self, evaluator: Evaluator, states: Sequence[Any], seconds: float) -> Sequence[Any]:
        """As many of the states as can be looked at in some seconds."""
        some = states[:PILOT_STATES]
        began = time.monotonic()
        for part in self._groups.values():
            evaluator.cells(part, some)
        each = (time.monotonic() - began) / max(1, len(some))
        return states[: max(FEWEST_STATES, int(seconds / max(each, 1e-9)))]
