"""The audit: while a native search runs, CPython looks over its shoulder.

Random behaviours are walked; in each of their states the generated code and the spec's own
functions must agree on every transition and every predicate.  Where they do not, the fault is ours,
and the search ends with it.  With symmetry the same states are checked against its law.
"""

from __future__ import annotations

import time
from collections import Counter
from random import Random

from checker.lang.errors import InternalError
from checker.native.host import Host
from checker.native.library import Kind, Words
from checker.system import State, Symmetry

AT_LEAST, MOMENT_S = 20, 0.5
"""So many states are looked at before a verdict, however short the search, or as many as a moment has
time for."""

AT_FIRST_S = 0.25
SHARE = 0.02
"""Beyond those, the audit takes this part of the time of a search, after a first quarter second."""

LENGTH = 60
"""States of one random behaviour."""


class Audit:
    """Compares generated code with CPython, state by state."""

    def __init__(self, host: Host, symmetry: Symmetry | None) -> None:
        self.states = 0
        self._host = host
        self._symmetry = symmetry
        self._random = Random(0)
        self._walk: Words = ()
        self._length = 0
        self._seen: set[Words] = set()
        self._spent = 0.0
        self._starts = [
            listed.words for listed in host.library.initials() if listed.bound == 0
        ]  # fmt: skip

    def go_on(self, until: float, elapsed: float) -> None:
        """Look at some states, not longer than until a moment (of `time.monotonic`) or its share."""
        while time.monotonic() < until and self._spent < AT_FIRST_S + SHARE * elapsed:
            if not self.look():
                return

    def complete(self) -> None:
        """Look at as many as must be."""
        while self.states < AT_LEAST and self._spent < MOMENT_S and self.look():
            pass

    def look(self) -> bool:
        """Look at the next state; False where there is none."""
        began = time.monotonic()
        words = self._next()
        if words is None:
            return False
        self._compare(words)
        self.states += 1
        self._spent += time.monotonic() - began
        return True

    def _next(self) -> Words | None:
        """A state that was not looked at yet, some random steps on; None where none is found."""
        for _ in range(LENGTH):
            words = self._step()
            if words is None or words not in self._seen:
                if words is not None:
                    self._seen.add(words)
                return words
        return None

    def _step(self) -> Words | None:
        """The next state of the behaviour that is walked, one not seen before if there is any; or the
        first of another behaviour."""
        if self._walk and self._length < LENGTH:
            reached = {t.words for t in self._host.library.successors(self._walk) if t.bound == 0}
            reached.discard(self._walk)
            fresh = sorted(reached - self._seen) or sorted(reached)
            if fresh:
                self._length += 1
                self._walk = self._random.choice(fresh)
                return self._walk
        if not self._starts:
            return None
        self._length, self._walk = 1, self._random.choice(self._starts)
        return self._walk

    def _compare(self, words: Words) -> None:
        host = self._host
        state = host.codec.decode(words)
        if host.codec.encode(state) != words:
            raise self._differs(state, "its packed form", "the one that it was read from", "another one")
        successors = self._compare_transitions(state, words)
        self._compare_predicates(state, words)
        self._compare_steps(state, words, successors)
        if self._symmetry is not None:
            self._symmetry.expanded(state)

    def _compare_transitions(self, state: State, words: Words) -> set[Words]:
        """Compare the transitions out of a state; the successors within their bounds."""
        host = self._host
        listed = host.library.successors(words)
        escaped = {each.action for each in listed if each.bound < 0}
        native = Counter((t.action, t.bound, _kept(t.bound, t.words, host)) for t in listed if t.bound >= 0)
        python = Counter(
            (action, bound, successor)
            for action in range(len(host.system.action_names))
            if action not in escaped
            for bound, successor in host.transitions(words, action)
        )
        if native != python:
            wrong = [*(native - python), *(python - native)]
            name = host.system.action_names[wrong[0][0]]
            raise self._differs(state, f"the steps by `{name}`", native - python, python - native)
        return {successor for _, bound, successor in native if bound == 0}

    def _compare_predicates(self, state: State, words: Words) -> None:
        library = self._host.library
        for kind in (Kind.ALWAYS, Kind.SOMETIMES):
            for number, predicate in self._host.questions.of(kind):
                native, python = library.ask(kind, number, words), predicate.holds(state)
                if native is not None and native != python:
                    raise self._differs(state, f"`{predicate.name}`", native, python)
        for kind in (Kind.DEADLOCK, Kind.INSIDE):
            native, python = library.ask(kind, 0, words), self._host.holds(kind, 0, [state])
            if native is not None and native != python:
                raise self._differs(state, f"being {kind.name.lower()}", native, python)

    def _compare_steps(self, state: State, words: Words, successors: set[Words]) -> None:
        host = self._host
        for number, predicate in host.questions.steps:
            for successor in successors - {words}:
                native = host.library.ask(Kind.STEP, number, words, successor)
                python = predicate.holds(state, host.codec.decode(successor))
                if native is not None and native != python:
                    what = f"`{predicate.name}` of the step to {host.codec.decode(successor)!r}"
                    raise self._differs(state, what, native, python)

    def _differs(self, state: State, what: str, native: object, python: object) -> InternalError:
        return InternalError(
            f"generated code and CPython disagree on {what} in the state {state!r}: {native} against "
            f"{python}. Run with --engine python."
        )


def _kept(bound: int, words: Words, host: Host) -> Words:
    """The words of a listed transition; those of a successor out of bounds mean nothing."""
    return words if bound in (0, host.library.facts.bounds + 1) else (0,) * len(words)
