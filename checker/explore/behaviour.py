"""Behaviours rebuilt from what a search remembers: of each stored state, the state before it.

Which action led from one to the other is found again by expanding.  With symmetry the stored states
are the forms of orbits, and the step from one form may lead to another member of the next orbit than
its form.  So the behaviour is built forwards from a real initial state, each next state a real
successor that lies in the next orbit: what is shown always happens.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from checker.explore.exploration import Move
from checker.lang.errors import SpecError
from checker.system import Arguments, Predicate, State, Symmetry, System

Shows = Callable[[State, State], bool]
"""Whether a state, after the one before it, shows what the behaviour is to show."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles, which would go through a long behaviour again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Behaviours:
    """Builds the behaviours that lead to stored states; `parents` of initial ones are negative."""

    def __init__(
        self, system: System, symmetry: Symmetry | None, states: Sequence[State], parents: Sequence[int]
    ) -> None:
        self._system = system
        self._symmetry = symmetry
        self._states = states
        self._parents = parents

    def to(self, index: int, shows: Callable[[State], bool]) -> tuple[Move, ...]:
        """A behaviour that ends in a stored state, or in a member of its orbit that shows the same."""
        moves = self._follow(index)
        if self._symmetry is not None and not shows(moves[-1].state):
            raise self._symmetry.lost(self._states[index], moves[-1].state)
        return tuple(moves)

    def beyond(
        self, index: int, action: int, arguments: Arguments, state: State, shows: Shows
    ) -> tuple[Move, ...]:
        """A behaviour that goes one step on from a stored state."""
        moves = self._follow(index)
        before = moves[-1].state
        if self._symmetry is None or before == self._states[index]:
            return (*moves, Move(state, action, arguments))
        form = self._form(state)
        for found in self._system.successors(before):
            if self._form(found[2]) == form and shows(before, found[2]):
                return (*moves, Move(found[2], found[0], found[1]))
        raise self._symmetry.lost(self._states[index], before)

    def _follow(self, index: int) -> list[Move]:
        line = [index]
        while self._parents[line[-1]] >= 0:
            line.append(self._parents[line[-1]])
        forms = [self._states[place] for place in reversed(line)]
        moves = [Move(self._initial(forms[0]))]
        for place, form in enumerate(forms[1:]):
            before = moves[-1].state
            found = next((t for t in self._system.successors(before) if self._form(t[2]) == form), None)
            if found is None:
                raise self._lost(forms[place], before)
            moves.append(Move(found[2], found[0], found[1]))
        return moves

    def _initial(self, form: State) -> State:
        """A real initial state of an orbit."""
        if self._symmetry is None:
            return form
        return next((s for s in self._system.initial() if self._form(s) == form), form)

    def _form(self, state: State) -> State | None:
        """The stored form of a state; None for one that leaves the bounds of its types."""
        if self._symmetry is None:
            return state
        if self._system.fault(state, None) is not None:
            return None
        return self._symmetry.orbit(state).form

    def _lost(self, form: State, state: State) -> Exception:
        if self._symmetry is not None:
            return self._symmetry.lost(form, state)
        return not_repeated(state)


def not_repeated(state: State) -> SpecError:
    """The error to raise where a step that the search took is not there when a behaviour is rebuilt."""
    return SpecError(
        "action/nondeterministic",
        "an action led to a state to which it does not lead when it is run again",
        why="An action is a function of the state and its parameters alone: no randomness, clock, "
        "file or variable that outlives the call.",
        instead="Put the choice into a parameter: every value it may take is then explored.",
        notes=(f"It happened in the state {state!r}.",),
    )


def refutes(predicate: Predicate) -> Shows:
    """Showing that a predicate over states is false."""
    return lambda _, state: not predicate.holds(state)


def satisfies(predicate: Predicate) -> Shows:
    """Showing that a predicate over states is true."""
    return lambda _, state: predicate.holds(state)


def refutes_step(predicate: Predicate) -> Shows:
    """Showing that a predicate over steps is false of one that changes something."""
    return lambda before, after: before != after and not predicate.holds(before, after)


def is_deadlock(system: System, state: State) -> bool:
    """Whether no behaviour goes on from a state, and none may end there."""
    return not system.final(state) and next(system.successors(state), None) is None
