"""Lassos: from a path through stored states to a behaviour that the spec itself takes, step by step.

With symmetry the stored states stand for their orbits.  A round trip through orbits comes back to the
orbit that it left, perhaps to another state of it; it is then repeated until it comes back to the state.
Every step that is shown was taken by the spec's own functions.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from checker.explore.exploration import Move
from checker.lang.errors import InternalError
from checker.liveness.graph import Path, Source
from checker.system import State, Transition


@frozen
class Lasso:
    """A behaviour that goes on for ever: after its last state at place `loop`, as `Trace.loop` says.

    `marks` are those of each step; `enabled` what is enabled in each state, and `atoms` what is true of it,
    both without the last state of a loop, which is the one at `loop` again.
    """

    moves: tuple[Move, ...]
    loop: int
    marks: tuple[int, ...]
    atoms: tuple[int, ...]
    enabled: tuple[int, ...]

    @property
    def stops(self) -> bool:
        """Whether it ends in its last state, rather than going round."""
        return self.loop == len(self.moves) - 1

    @property
    def positions(self) -> int:
        """How many different positions it has."""
        return len(self.atoms)

    def after(self, position: int) -> int:
        """The position that follows."""
        return position + 1 if position + 1 < self.positions else self.loop

    @property
    def round(self) -> range:
        """The positions that come again and again."""
        return range(self.loop, self.positions)

    def taken(self, position: int) -> int:
        """The marks of the step that leaves a position; none where the behaviour has stopped."""
        return 0 if self.stops and position == self.loop else self.marks[position]


def real_lasso(source: Source, path: Path, forms: Sequence[State]) -> Lasso:
    """The behaviour that a path stands for; `forms` are the stored states of the path.

    Raises InternalError, or what symmetry says, where a step of the path is none of the spec.
    """
    first = next((s for s in source.system.initial() if _is(source, s, forms[0])), None)
    if first is None:
        raise InternalError(f"a lasso begins with {forms[0]!r}, no initial state")
    moves, marks = [Move(first)], list(path.marks)
    for place, mark in enumerate(path.marks):
        moves.append(_step(source, moves[-1].state, mark, forms[place + 1], forms[place]))
    if path.stops:
        return _lasso(source, moves, path.loop, marks)
    begins = {moves[path.loop].state: path.loop}
    while moves[-1].state not in begins:
        begins[moves[-1].state] = len(moves) - 1
        for place in range(path.loop, len(path.marks)):
            moves.append(_step(source, moves[-1].state, path.marks[place], forms[place + 1], forms[place]))
            marks.append(path.marks[place])
    return _lasso(source, moves, begins[moves[-1].state], marks)


def _step(source: Source, before: State, marks: int, form: State, stored: State) -> Move:
    """A real step from a state to one that is stored as told, with these marks."""
    for action, arguments, after in source.system.successors(before):
        if (
            after != before
            and _is(source, after, form)
            and _marks(source, before, (action, arguments, after)) == marks
        ):
            return Move(after, action, arguments)
    if source.symmetry is not None:
        raise source.symmetry.lost(stored, before)
    raise InternalError(f"a lasso has a step from {before!r} to {form!r} that the spec does not take")


def _is(source: Source, state: State, form: State) -> bool:
    if source.symmetry is None:
        return bool(state == form)
    return source.system.fault(state, None) is None and bool(source.stored(state) == form)


def _marks(source: Source, before: State, step: Transition) -> int:
    action, arguments, after = step
    system = source.system
    inside = system.fault(after, before) is None and system.inside(after)
    return source.letters.step(before, action, arguments, after, inside=inside)


def _lasso(source: Source, moves: list[Move], loop: int, marks: list[int]) -> Lasso:
    count = len(moves) if loop == len(moves) - 1 else len(moves) - 1
    states = [move.state for move in moves[:count]]
    return Lasso(
        tuple(moves),
        loop,
        tuple(marks),
        tuple(source.letters.atoms_of(state) for state in states),
        tuple(_enabled(source, state) for state in states),
    )


def _enabled(source: Source, state: State) -> int:
    enabled = 0
    for step in source.system.successors(state):
        if step[2] != state:
            enabled |= _marks(source, state, step)
    return enabled
