"""From stored states to behaviours: which real states follow upon each other, by which action and arguments.

Generated code finds the states and the actions; with symmetry a step from the form of an orbit may lead
to another member of the next orbit than its form.  The arguments are found by CPython, which runs that one
action: so every step that is shown was taken by the spec's own functions.  Nothing here knows what a
behaviour is to show, but for its last state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ctypes import c_int64, c_uint64
from itertools import chain

from attrs import define

from checker.explore.behaviour import Shows, not_repeated, uncollected
from checker.explore.exploration import Move
from checker.lang.errors import InternalError
from checker.native.host import Host
from checker.native.library import Library, Words
from checker.system import State, Symmetry, Transition


class Following:
    """A behaviour through stored states: its states, packed, and the action that led to each."""

    def __init__(self, library: Library, stored: Sequence[Words], symmetry: bool) -> None:
        width, count = library.facts.words, len(stored)
        self._library = library
        self._symmetry = int(symmetry)
        self._stored = (c_uint64 * (width * count))(*chain.from_iterable(stored))
        self._words = library.room(count)
        self._actions = (c_int64 * count)()
        self._count = count
        self.known = 0

    def go_on(self) -> None:
        """Follow as far as generated code can."""
        places = self._stored, self._count, self.known, self._words, self._actions
        self.known = int(self._library.call("follow", self._symmetry, *places))

    def put(self, words: Words) -> None:
        """Say which state is the next, where generated code finds none."""
        width = self._library.facts.words
        self._words[self.known * width : (self.known + 1) * width] = words
        self.known += 1

    def at(self, place: int) -> tuple[Words, int]:
        """A state that is known, and the action that led to it."""
        width = self._library.facts.words
        return tuple(self._words[place * width : (place + 1) * width]), self._actions[place]


@define
class Rebuilder:
    """Rebuilds the behaviours of one search; `poll` is asked at every step and may end it by raising."""

    host: Host
    symmetry: Symmetry | None
    poll: Callable[[], None]

    def to(self, stored: Sequence[Words], shows: Shows) -> tuple[Move, ...]:
        """A behaviour through stored states, the last of which, or a member of its orbit, shows something."""
        if len(stored) > 1:
            return self.beyond(stored[:-1], stored[-1], shows)
        moves = self.through(stored)
        if not shows(None, moves[0].state):
            raise self._unshown(stored[0], moves[0].state)
        return tuple(moves)

    def beyond(self, stored: Sequence[Words], last: Words, shows: Shows) -> tuple[Move, ...]:
        """A behaviour through stored states, and one step on to a state that is perhaps not stored."""
        moves = self.through(stored)
        before, form = moves[-1].state, self._stored(last)
        steps = [step for step in self.host.system.successors(before) if self._stored_as(step[2]) == form]
        if not steps:
            raise self._lost(stored[-1], before)
        found = next((step for step in steps if shows(before, step[2])), None)
        if found is None:
            raise self._unshown(form, steps[0][2])
        action, arguments, successor = found
        return (*moves, Move(successor, action, arguments))

    def through(self, stored: Sequence[Words]) -> list[Move]:
        """A behaviour through stored states."""
        following = Following(self.host.library, stored, self.symmetry is not None)
        following.go_on()
        if following.known == 0:
            raise InternalError(f"the search began with {self._decoded(stored[0])!r}, no initial state")
        moves = [Move(self._decoded(following.at(0)[0]))]
        with uncollected():
            self._go_through(stored, following, moves)
        return moves

    def _go_through(self, stored: Sequence[Words], following: Following, moves: list[Move]) -> None:
        """Add the steps to the first state of a behaviour."""
        for place in range(1, len(stored)):
            self.poll()
            before = moves[-1].state
            if place < following.known:
                moves.append(self._step(before, *following.at(place)))
                continue
            action, arguments, successor = self._by_python(before, stored[place - 1], stored[place])
            moves.append(Move(successor, action, arguments))
            following.put(self._packed(successor))
            following.go_on()

    def _step(self, before: State, words: Words, action: int) -> Move:
        """The step by an action to a state, with its arguments."""
        after = self._decoded(words)
        for arguments, successor in self.host.system.transitions(action, before):
            if successor == after:
                return Move(successor, action, arguments)
        raise not_repeated(before)

    def _by_python(self, before: State, stored: Words, form: Words) -> Transition:
        """The first step from a state to one that is stored as told, where generated code knows none."""
        for step in self.host.system.successors(before):
            if self._stored_as(step[2]) == form:
                return step
        raise self._lost(stored, before)

    # -- states and words --

    def _decoded(self, words: Words) -> State:
        return self.host.codec.decode(words)

    def _packed(self, state: State) -> Words:
        words = self.host.codec.encode(state)
        if words is None:
            raise InternalError(f"{state!r} has no packed form")
        return words

    def _stored(self, words: Words) -> Words:
        """What a state is stored as."""
        return words if self.symmetry is None else self.host.library.canonical(words)[0]

    def _stored_as(self, state: State) -> Words | None:
        """What a state is stored as; None for one that leaves the bounds of its types."""
        if self.host.system.fault(state, None) is not None:
            return None
        return self._stored(self._packed(state))

    # -- what may go wrong --

    def _lost(self, stored: Words, state: State) -> Exception:
        if self.symmetry is None:
            return not_repeated(state)
        return self.symmetry.lost(self._decoded(stored), state)

    def _unshown(self, stored: Words, state: State) -> Exception:
        if self.symmetry is None:
            return InternalError(f"generated code and CPython disagree on what is true of {state!r}")
        return self.symmetry.lost(self._decoded(stored), state)
