"""Behaviours as formulas: states one after the other, each a successor of the one before it.

Every state has variables of its own, tied to the successor of the one before; so each is as small a formula
as the first.  An `Unrolling` begins in the initial states or in any state.
"""

from __future__ import annotations

from attrs import frozen

from checker.symbolic.choosing import select
from checker.symbolic.circuit import FALSE, Lit
from checker.symbolic.fresh import one_of
from checker.symbolic.model import Step, SymbolicModel
from checker.symbolic.values import Nowhere, Value


@frozen
class Frame:
    """One state of a behaviour, how it may come about, and the steps that lead on.

    `ways` says that the state is one of its types, and that some step leads to it from the one before.
    """

    value: Value
    ways: Lit
    steps: tuple[Step, ...]


class Unrolling:
    """A behaviour that grows by a state at a time."""

    def __init__(self, model: SymbolicModel, *, initial: bool) -> None:
        self.model = model
        self.circuit = model.circuit
        self.frames: list[Frame] = []
        self.frames.append(self._first(initial))

    def _first(self, initial: bool) -> Frame:
        state = self.model.unknown("s0")
        ways = [state.valid]
        if initial:
            sources = list(self.model.initial("s0 "))
            ways.append(self._one_of(sources, state.value))
        return self._frame(state.value, self.circuit.all(ways))

    def _one_of(self, steps: list[Step] | tuple[Step, ...], value: Value) -> Lit:
        """Whether a state is the successor by one of some steps: a variable says by which."""
        place = len(self.frames)
        chosen, valid = one_of(self.circuit, [step.name for step in steps], f"into s{place}")
        pairs = list(zip(chosen.cases.values(), steps, strict=True))
        allowed = [
            self.circuit.implies(lit, self.circuit.both(step.taken, step.within)) for lit, step in pairs
        ]
        successor = select(self.circuit, [(lit, step.successor) for lit, step in pairs])
        if isinstance(successor, Nowhere):
            return FALSE
        return self.circuit.all((valid, *allowed, self.model.becomes(value, successor)))

    def _frame(self, value: Value, ways: Lit) -> Frame:
        place = len(self.frames)
        return Frame(value, ways, tuple(self.model.steps(value, f"s{place} ")))

    def extend(self) -> Frame:
        """One more state; the one before it lies within the boundary, or it would not lead on."""
        last = self.frames[-1]
        state = self.model.unknown(f"s{len(self.frames)}")
        leads = self._one_of(last.steps, state.value)
        ways = self.circuit.all((state.valid, self.model.inside(last.value), leads))
        self.frames.append(self._frame(state.value, ways))
        return self.frames[-1]

    def all_new(self) -> tuple[Lit, ...]:
        """That no two of the states are the same."""
        values = [frame.value for frame in self.frames]
        return tuple(
            -self.model.same(one, other) for place, other in enumerate(values) for one in values[:place]
        )
