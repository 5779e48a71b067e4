"""From a finished native search to an `Exploration`: counts, bounds, and behaviours as Python objects.

A search stores states and nothing about how they came about.  Which action with which arguments leads
from one state of a trace to the next is asked of the reference system, so that native traces are
rendered by the same code, and are checked once more as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import define

from checker.explore.behaviour import (
    Behaviours,
    Shows,
    is_deadlock,
    refutes,
    refutes_step,
    satisfies,
)
from checker.explore.bounds import BOUNDARY, bound_text
from checker.explore.exploration import ActionCount, BoundReached, Move, Violation
from checker.explore.search import DEADLOCK
from checker.lang.errors import InternalError
from checker.native.host import Codec, Definition, Host, Questions
from checker.native.library import BoundMet, Kind, Running, Words
from checker.system import Predicate, State, Symmetry


@define
class Outcome:
    """Reads one finished search."""

    running: Running
    host: Host
    symmetry: Symmetry | None

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
        """A behaviour for each property that is violated, the shortest first."""
        found = [*self._witnessed(Kind.ALWAYS, refutes), *self._steps()]
        if deadlock:
            predicate = Predicate(DEADLOCK, lambda state: not is_deadlock(self.system, state))
            found += self._of(Kind.DEADLOCK, 0, predicate, refutes)
        return tuple(sorted(found, key=lambda violation: len(violation.behaviour)))

    def reached(self) -> tuple[Violation, ...]:
        """A behaviour for each `sometimes` that was reached."""
        return tuple(self._witnessed(Kind.SOMETIMES, satisfies))

    def _witnessed(self, kind: Kind, shows: Callable[[Predicate], Shows]) -> Iterable[Violation]:
        for number, predicate in self.questions.of(kind):
            yield from self._of(kind, number, predicate, shows)

    def _of(
        self, kind: Kind, number: int, predicate: Predicate, shows: Callable[[Predicate], Shows]
    ) -> Iterable[Violation]:
        witness = self.running.witness(kind, number)
        if witness is None:
            return
        depth, (words,) = witness
        yield Violation(predicate.name, self._behaviour(words, depth, shows(predicate)))

    def _steps(self) -> Iterable[Violation]:
        for number, predicate in self.questions.steps:
            witness = self.running.witness(Kind.STEP, number)
            if witness is None:
                continue
            depth, (before, after) = witness
            forms = self._forms(before, depth - 1)
            shows = refutes_step(predicate)
            yield Violation(predicate.name, self._one_on(forms, self.codec.decode(after), shows))

    def _behaviour(self, words: Words, depth: int, shows: Shows) -> tuple[Move, ...]:
        """A behaviour that ends in a state, or in a member of its orbit that shows the same."""
        forms = self._forms(words, depth)
        if len(forms) == 1:
            return self._behaviours(forms).to(0, lambda state: shows(None, state))
        return self._one_on(forms[:-1], forms[-1], shows)

    def _one_on(self, forms: list[State], last: State, shows: Shows) -> tuple[Move, ...]:
        """The behaviour through some forms, and one step on to a state."""
        form, before = self._form(last), forms[-1]
        steps = [
            step
            for step in self.system.successors(before)
            if self.system.fault(step[2], None) is None and self._form(step[2]) == form
        ]
        if not steps:
            raise InternalError(f"no step leads from {before!r} to {last!r}, which the search found")
        found = next((step for step in steps if shows(before, step[2])), None)
        if found is None and self.symmetry is not None:
            raise self.symmetry.lost(form, steps[0][2])
        action, arguments, successor = found or steps[0]
        return self._behaviours(forms).beyond(len(forms) - 1, action, arguments, successor, shows)

    def _forms(self, words: Words, depth: int) -> list[State]:
        return [self.codec.decode(each) for each in self.running.trace(words, depth)]

    def _form(self, state: State) -> State:
        return state if self.symmetry is None else self.symmetry.orbit(state).form

    def _behaviours(self, forms: list[State]) -> Behaviours:
        return Behaviours(self.system, self.symmetry, forms, range(-1, len(forms) - 1))
