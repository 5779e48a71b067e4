"""The native engine: one search by generated code, from the request to an `Exploration`.

The search runs in threads of its own.  Meanwhile this one watches the budgets, shows progress,
answers what generated code leaves to CPython, and audits.  Nothing here knows how code is generated
or how a result is shown.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Literal

from attrs import define, frozen

from checker.explore.budget import Meter, out_of_depth, out_of_memory, out_of_states
from checker.explore.exploration import Compaction, Exploration
from checker.explore.search import Checks
from checker.lang.errors import InternalError
from checker.native.audit import Audit
from checker.native.host import Definition, Host, Questions, masks
from checker.native.library import Counts, Options, Order, Reason, Running, Status
from checker.native.model import NativeModel, NativeSymmetry
from checker.native.outcome import Outcome
from checker.system import OutOfBudget, Predicate, Symmetry

PATIENCE_MS = 20
"""How long this thread sleeps before it looks again."""


@frozen
class Request:
    """What is asked of a search; `workers` is None for as many as there are processors.

    `compact_bits` makes it keep fingerprints of so many bits instead of states.  A `walk` is a number
    of random behaviours and the most states in each.
    """

    order: Literal["bfs", "dfs", "walks"] = "bfs"
    workers: int | None = None
    compact_bits: int | None = None
    keep_going: bool = False
    seed: int = 0
    behaviours: int = 0
    walk_depth: int = 0


After = Callable[[Exploration, Running, Host], Exploration]
"""What is done with a finished search before it is closed: it may add to what was found."""


class CannotStart(Exception):
    """Generated code cannot compute the initial states: the reference engine has to do."""


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@define
class NativeSearch:
    """One search of a compiled model.

    `system` is the reference system, which is asked about single actions and for traces.  `symmetry`
    checks the law and says how it is broken; the orbits are the generated code's own.  `after` is
    called with what was found and the search itself, which is closed when it returns.
    """

    model: NativeModel
    system: Definition
    checks: Checks
    meter: Meter
    request: Request
    symmetry: Symmetry | None = None
    after: After | None = None

    def run(self) -> Exploration:
        """Search until every state is expanded, a property is refuted, or a budget runs out.

        Raises CannotStart, SpecError for what the spec does wrong, InternalError for what we do.
        """
        host = Host(self.model.library, self.model.codec, self.model.bounds, self.system, self._questions())
        symmetry = NativeSymmetry(self.model, self.symmetry) if self.symmetry else None
        if symmetry is not None:
            symmetry.begun()
        audit = Audit(host, symmetry)
        running = Running(self.model.library, self._options(host.questions))
        began = time.monotonic()
        try:
            stopped = self._watch(running, host, audit)
            seconds = time.monotonic() - began
            if Reason(running.call("reason")) in (Reason.EXHAUSTED, Reason.VIOLATED):
                audit.complete()
            outcome = Outcome(running, host, symmetry, self.meter)
            found = self._exploration(running, outcome, stopped, seconds)
            return found if self.after is None else self.after(found, running, host)
        finally:
            running.close()

    def _questions(self) -> Questions:
        """The predicates to ask, with their numbers in the generated code."""

        def numbered(
            names: tuple[str, ...], asked: tuple[Predicate, ...]
        ) -> tuple[tuple[int, Predicate], ...]:
            return tuple((names.index(predicate.name), predicate) for predicate in asked)

        return Questions(
            numbered(self.model.always, self.checks.always),
            numbered(self.model.steps, self.checks.steps),
            numbered(self.model.sometimes, self.checks.sometimes),
        )

    def _options(self, questions: Questions) -> Options:
        budget, request = self.meter.budget, self.request
        return Options(
            workers=request.workers or processors(),
            order={"bfs": Order.BREADTH, "dfs": Order.DEPTH, "walks": Order.WALKS}[request.order],
            memory_bytes=self.meter.memory_left(),
            max_states=budget.max_states or 0,
            max_depth=budget.max_depth or 0,
            compact_bits=request.compact_bits or 0,
            seed=request.seed & 0xFFFFFFFFFFFFFFFF,
            behaviours=request.behaviours,
            walk_depth=request.walk_depth,
            always=masks(questions.always),
            step=masks(questions.steps),
            sometimes=masks(questions.sometimes),
            deadlock=int(self.checks.deadlock),
            keep_going=int(request.keep_going),
            symmetry=int(self.symmetry is not None),
        )

    def _watch(self, running: Running, host: Host, audit: Audit) -> str | None:
        """Look after a search until it has finished; why it was stopped from here, if it was."""
        stopped: str | None = None
        began = time.monotonic()
        running.must("start")
        while (status := running.wait(PATIENCE_MS)) is not Status.FINISHED:
            if status is Status.NEEDS_HOST:
                host.answer(running)
                running.must("resume")
            now = time.monotonic()
            if stopped is None:
                audit.go_on(now + PATIENCE_MS / 1000, now - began)
                stopped = self._look(running)
        return stopped

    def _look(self, running: Running) -> str | None:
        """Ask the meter, if it is time; the reason for which the search was told to stop."""
        if not self.meter.due():
            return None
        seen = running.progress()
        reason = self.meter.look(seen.states, seen.generated, seen.depth, seen.queue)
        if reason is not None:
            running.call("stop")
        return reason

    def _exploration(
        self, running: Running, outcome: Outcome, stopped: str | None, seconds: float
    ) -> Exploration:
        reason, counts = Reason(running.call("reason")), running.counts()
        if reason is Reason.INITIAL_ESCAPED:
            raise self._cannot_start()
        if reason is Reason.EXHAUSTED and counts.generated == 0:
            self._must_begin()
        violations = outcome.violations(deadlock=self.checks.deadlock)
        return Exploration(
            distinct=counts.distinct,
            generated=counts.generated,
            depth=counts.depth,
            seconds=seconds,
            violations=violations,
            reached=outcome.reached(),
            actions=outcome.actions(),
            bounds=outcome.bounds(),
            stopped=self._stopped(reason, stopped),
            complete=reason is Reason.EXHAUSTED,
            behaviours=counts.walks,
            abandoned=counts.abandoned,
            left_to_python=tuple(outcome.host.escaped.items()),
            represented=self._represented(counts),
            samples=0 if self.symmetry is None else self.symmetry.samples,
            workers=self.request.workers or processors(),
            compaction=self._compaction(counts),
        )

    def _cannot_start(self) -> CannotStart:
        """What to raise where the initial states are not computed; SpecError if the spec is to blame."""
        try:
            for state in self.system.initial():
                self.meter.poll()
                fault = self.system.fault(state, None)
                if fault is not None:
                    raise self.system.not_in_type(fault, state, None, -1, ())
        except OutOfBudget:
            pass
        return CannotStart()

    def _must_begin(self) -> None:
        """SpecError where there is no initial state: a check of nothing would hold."""
        for state in self.system.initial():
            raise InternalError(f"generated code does not know the initial state {state!r}")

    def _stopped(self, reason: Reason, stopped: str | None) -> str | None:
        """Which budget ran out, in the words of the reference engine."""
        budget = self.meter.budget
        match reason:
            case Reason.EXHAUSTED | Reason.VIOLATED:
                return None
            case Reason.STOPPED:
                return stopped or "interrupted"
            case Reason.STATES:
                return out_of_states(budget.max_states or 0)
            case Reason.DEPTH:
                return out_of_depth(budget.max_depth or 0)
            case Reason.MEMORY | Reason.FAILED:
                return out_of_memory(self.meter.limit_bytes)
            case _:
                raise InternalError(f"a native search finished for no reason ({reason.name})")

    def _compaction(self, counts: Counts) -> Compaction | None:
        """By the union bound over the fingerprints that new states were compared with: `table.c`."""
        bits = self.request.compact_bits
        if bits is None:
            return None
        alike = (2**bits + 2) / 4**bits
        return Compaction(bits, min(1.0, counts.compared * alike))

    def _represented(self, counts: Counts) -> int | None:
        """How many states the orbits stand for; None also for more than 128 bits can count."""
        return None if self.symmetry is None or counts.saturated else counts.represented
