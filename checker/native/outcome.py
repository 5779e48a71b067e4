"""From a finished native search to an `Exploration`: counts, bounds, and behaviours as Python objects.

A search stores states and nothing about how they came about: `behaviour` finds that again.  What refutes
a property is rebuilt whatever it takes; how a `sometimes` was reached, in half of the time that is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import define

from checker.explore.behaviour import (
    Shows,
    is_deadlock,
    refutes,
    refutes_step,
    satisfies,
)
from checker.explore.bounds import BOUNDARY, bound_text
from checker.explore.budget import Meter
from checker.explore.exploration import ActionCount, BoundReached, Violation
from checker.explore.search import DEADLOCK
from checker.lang.errors import InternalError
from checker.native.behaviour import Rebuilder
from checker.native.host import Codec, Definition, Host, Questions
from checker.native.library import BoundMet, Kind, Running, Words
from checker.system import OutOfBudget, Predicate, Symmetry

GRACE_S = 1.0
"""What is rebuilt of witnesses although no time is left takes no longer."""


@define
class Outcome:
    """Reads one finished search."""

    running: Running
    host: Host
    symmetry: Symmetry | None
    meter: Meter

    @property
    def codec(self) -> Codec:
        """Between states and packed states."""
        return self.host.codec

    @property
    def system(self) -> Definition:
        """The reference system."""
        return self.host.system

    @property
    def questions(self) -> Questions:
        """The predicates that were asked."""
        return self.host.questions

    # -- counts --

    def actions(self) -> dict[str, ActionCount]:
        """Per action, how often it was taken and how many states it was the first to reach."""
        counted = self.running.actions()[:-1]
        names = self.system.action_names
        return {name: ActionCount(*counts) for name, counts in zip(names, counted, strict=True)}

    def bounds(self) -> tuple[BoundReached, ...]:
        """The bounds that were reached, nearest to the start first."""
        found = []
        for text, number in self.host.bounds.items():
            met = self.running.bound(number)
            if met is not None:
                found.append(BoundReached("type", text, met.times, self._first(met, text), met.depth))
        beyond = self.running.bound(self.running.library.facts.bounds + 1)
        if beyond is not None:
            first = self._first(beyond, None)
            found.append(BoundReached("boundary", BOUNDARY, beyond.times, first, beyond.depth))
        return tuple(sorted(found, key=lambda bound: bound.first_depth))

    def _first(self, met: BoundMet, text: str | None) -> str:
        """The first step that met a bound, in words; `text` is None for the boundary."""
        if met.depth <= 1:
            return self.system.describe(-1, ())
        before = self.codec.decode(met.parent)
        for arguments, successor in self.system.transitions(met.action, before):
            fault = self.system.fault(successor, before)
            left = not self.system.inside(successor) if fault is None else text == bound_text(fault)
            if left and (fault is None) == (text is None):
                return self.system.describe(met.action, arguments)
        raise InternalError(f"no step of action {met.action} meets the bound {text} from {before!r}")

    # -- behaviours --

    def violations(self, *, deadlock: bool) -> tuple[Violation, ...]:
        """A behaviour for each property that is violated, the shortest first.

        Each is rebuilt, however long that takes.
        """
        with self.meter.patient():
            found = [*self._refuted(), *self._steps()]
            if deadlock:
                predicate = Predicate(DEADLOCK, lambda state: not is_deadlock(self.system, state))
                found += self._of(Kind.DEADLOCK, 0, predicate, refutes)
        return tuple(sorted(found, key=lambda violation: violation.depth))

    def reached(self) -> tuple[Violation, ...]:
        """A behaviour for each `sometimes` that was reached; none once the time for them is over.

        To show and to free a long behaviour takes about as long as to rebuild it, so half of the time is
        kept for that.
        """
        found: list[Violation] = []
        with self.meter.patient(GRACE_S), self.meter.keeping_half():
            for number, predicate in self.questions.of(Kind.SOMETIMES):
                try:
                    found += self._of(Kind.SOMETIMES, number, predicate, satisfies)
                except OutOfBudget as spent:
                    depth = self._witness(Kind.SOMETIMES, number)[0]
                    found.append(Violation(predicate.name, (), spent.reason, depth))
        return tuple(found)

    def _refuted(self) -> Iterable[Violation]:
        for number, predicate in self.questions.of(Kind.ALWAYS):
            yield from self._of(Kind.ALWAYS, number, predicate, refutes)

    def _of(
        self, kind: Kind, number: int, predicate: Predicate, shows: Callable[[Predicate], Shows]
    ) -> Iterable[Violation]:
        depth, states = self._witness(kind, number)
        if depth:
            stored = self._trace(states[0], depth)
            yield Violation(predicate.name, self.rebuilder.to(stored, shows(predicate)))

    def _steps(self) -> Iterable[Violation]:
        for number, predicate in self.questions.steps:
            depth, states = self._witness(Kind.STEP, number)
            if depth:
                stored = self._trace(states[0], depth - 1)
                behaviour = self.rebuilder.beyond(stored, states[1], refutes_step(predicate))
                yield Violation(predicate.name, behaviour)

    def _witness(self, kind: Kind, number: int) -> tuple[int, list[Words]]:
        return self.running.witness(kind, number) or (0, [])

    def _trace(self, words: Words, depth: int) -> list[Words]:
        """The stored states that lead to a state; raises OutOfBudget where no time is left for them."""
        stored = self.running.trace(words, depth, self.meter.seconds_left())
        while stored is None:
            self.meter.poll()
            stored = self.running.trace(words, depth, self.meter.seconds_left())
        return stored

    @property
    def rebuilder(self) -> Rebuilder:
        """Makes behaviours of what is stored."""
        return Rebuilder(self.host, self.symmetry, self.meter.poll)
