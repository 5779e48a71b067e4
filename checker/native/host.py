"""What a native search leaves to CPython: actions that escaped and predicates that it could not ask.

Generated code escapes wherever it meets a value that it cannot represent, or does what Python would
answer with an exception.  The spec's own functions, which are the definition, then say what happens:
a located error, a bound that is left, or successors to go on with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from attrs import Factory, define, frozen

from checker.explore.bounds import bound_text
from checker.lang.errors import SpecError
from checker.lang.types import Fault
from checker.native.library import Kind, Library, Running, Words
from checker.system import Arguments, Predicate, State, System

__all__ = ["Codec", "Definition", "Host", "Questions"]


class Codec(Protocol):
    """Between states and packed states."""

    def decode(self, words: Words) -> State:
        """The spec's own objects."""

    def encode(self, state: State) -> Words | None:
        """The packed state; None for one that leaves its bounds."""


class Definition(System, Protocol):
    """The reference system, which a native search asks about single actions."""

    def transitions(self, action: int, state: State) -> Iterator[tuple[Arguments, State]]:
        """The transitions of one action out of a state, once for each satisfied witness."""


@frozen
class Questions:
    """The predicates that a search asks, each with its number in the generated code."""

    always: tuple[tuple[int, Predicate], ...]
    steps: tuple[tuple[int, Predicate], ...]
    sometimes: tuple[tuple[int, Predicate], ...]

    def of(self, kind: Kind) -> tuple[tuple[int, Predicate], ...]:
        """The predicates of one kind."""
        return {Kind.ALWAYS: self.always, Kind.STEP: self.steps, Kind.SOMETIMES: self.sometimes}.get(kind, ())


@define
class Host:
    """Answers for one model."""

    library: Library
    codec: Codec
    bounds: dict[str, int]
    system: Definition
    questions: Questions
    escaped: Counter[str] = Factory(Counter)
    """How often CPython has run an action in place of generated code, by the name of the action."""

    def answer(self, running: Running) -> None:
        """Answer all that a search asks; SpecError for what the spec does wrong."""
        for number, (words, action) in enumerate(running.escapes()):
            running.must("answering", number)
            self._offer(running, words, action)
        for number, (kind, prop, states) in enumerate(running.questions()):
            running.must("answer", number, int(self._answered(running, kind, prop, states)))

    def _answered(self, running: Running, kind: Kind, prop: int, states: list[Words]) -> bool:
        """What a predicate says; one that is violated already is asked no more, whatever it would raise."""
        try:
            return self.holds(kind, prop, [self.codec.decode(words) for words in states])
        except SpecError:
            if kind in (Kind.ALWAYS, Kind.STEP) and running.witness(kind, prop) is not None:
                return True
            raise

    def _offer(self, running: Running, words: Words, action: int) -> None:
        for bound, successor in self.transitions(words, action):
            running.must("offer", action, self.library.packed(successor), bound)
        self.escaped[self.system.action_names[action]] += 1

    def transitions(self, words: Words, action: int) -> Iterator[tuple[int, Words]]:
        """What CPython makes of an action: for each transition its bound, if it leaves one, and words."""
        state = self.codec.decode(words)
        for arguments, successor in self.system.transitions(action, state):
            yield self.admitted(successor, state, action, arguments)

    def admitted(
        self, successor: State, state: State | None, action: int, arguments: Arguments
    ) -> tuple[int, Words]:
        """The number of the bound that a successor leaves, 0 for none, and its words, zeros for those.

        Raises SpecError for a value that is not of its type.
        """
        fault = self.system.fault(successor, state)
        if fault is not None:
            if fault.bound is None or state is None:
                raise self.system.not_in_type(fault, successor, state, action, arguments)
            return self.number_of(fault), (0,) * self.library.facts.words
        words = self.codec.encode(successor)
        assert words is not None, "a state without fault has a packed form"
        inside = self.system.inside(successor)
        return (0 if inside else self.library.facts.bounds + 1), words

    def number_of(self, fault: Fault) -> int:
        """The number of a bound in the generated code."""
        return self.bounds[bound_text(fault)]

    def holds(self, kind: Kind, number: int, states: Sequence[State]) -> bool:
        """What a predicate says, by CPython."""
        if kind is Kind.DEADLOCK:
            return self.system.final(states[0])
        if kind is Kind.INSIDE:
            return self.system.inside(states[0])
        predicate = next(each for known, each in self.questions.of(kind) if known == number)
        return predicate.holds(*states)


def masks(asked: Sequence[tuple[int, Any]]) -> int:
    """The numbers of some predicates as bits."""
    return sum(1 << number for number, _ in asked)
