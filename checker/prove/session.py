"""One attempt at a proof: its budgets, its solvers, what it has asked, and who is told how far it is.

Every question to a solver goes through `Session.ask`, which counts it, gives it no more time than is left,
and turns running out of anything into an answer "unknown" with the reason.  What is to be shown to others
(`Question`) is kept, so that it can be written down and asked of a second solver.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psutil
from attrs import define, evolve, field, frozen

from checker.result.proof import Obligation, ProofProgress, ProofSink
from checker.solve.solver import Answer
from checker.solve.z3_solver import Z3Solver
from checker.symbolic.circuit import Circuit, Lit

DEFAULT_QUERY_S = 120.0
"""The most time for one question, unless told otherwise."""

MIB = 1 << 20


@frozen
class Question:
    """A verification condition: that these cannot hold together.  `names` says what each stands for."""

    conjunct: str
    action: str
    lits: tuple[Lit, ...]
    names: tuple[str, ...]


@frozen
class Conditions:
    """Verification conditions over one circuit, with names for some of its gates."""

    circuit: Circuit
    questions: tuple[Question, ...]
    names: dict[Lit, str]


@define
class Session:
    """What one attempt may use, and what it has used."""

    seed: int = 0
    timeout_s: float | None = None
    query_timeout_s: float | None = None
    memory_mb: int = 4096
    sink: ProofSink | None = None
    stopped: Callable[[], bool] | None = None
    began: float = field(factory=time.monotonic)
    queries: int = 0
    memory_mib: float = 0.0
    phase: str = ""
    obligations: list[Obligation] = field(factory=list)
    expected: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    _until: tuple[float, str] | None = None

    @property
    def seconds(self) -> float:
        """The time since the attempt began."""
        return time.monotonic() - self.began

    def out_of_budget(self) -> str:
        """What has run out; empty while nothing has."""
        if self.stopped is not None and self.stopped():
            return "interrupted"
        if self.timeout_s is not None and self.seconds >= self.timeout_s:
            return f"the time budget of {self.timeout_s:g} s ran out"
        if self._until is not None and self.seconds >= self._until[0]:
            return self._until[1]
        return ""

    @contextmanager
    def within(self, seconds: float | None, what: str) -> Iterator[None]:
        """What is done here may take no more than so many seconds; `what` is named where they run out."""
        before = self._until
        if seconds is not None:
            self._until = (self.seconds + seconds, f"the {seconds:g} s for {what} ran out")
        try:
            yield
        finally:
            self._until = before

    def left(self, most: float | None = None) -> float | None:
        """How many seconds may still be spent, at most so many; None for no limit."""
        limits = [] if most is None else [most]
        if self.timeout_s is not None:
            limits.append(max(0.01, self.timeout_s - self.seconds))
        if self._until is not None:
            limits.append(max(0.01, self._until[0] - self.seconds))
        return min(limits, default=None)

    def solver(self, circuit: Circuit) -> Z3Solver:
        """A new solver, to be closed by who asked for it."""
        return Z3Solver(circuit, seed=self.seed, memory_mb=self.memory_mb, stopped=self.stopped)

    def ask(self, solver: Z3Solver, assumptions: Sequence[Lit], most_s: float | None = None) -> Answer:
        """The solver's answer, within what is left of the budgets."""
        reason = self.out_of_budget()
        if reason:
            return Answer("unknown", 0.0, reason)
        self.queries += 1
        default = DEFAULT_QUERY_S if self.timeout_s is None else None
        limits = [each for each in (most_s, self.query_timeout_s or default) if each is not None]
        limit = self.left(min(limits, default=None))
        answer = solver.check(assumptions, limit)
        if answer.reason.startswith("timeout"):
            answer = evolve(
                answer,
                reason=self.out_of_budget() or f"a question took longer than {limit:g} s (--query-timeout)",
            )
        self.memory_mib = max(self.memory_mib, psutil.Process().memory_info().rss / MIB)
        return answer

    # -- who is told --

    def begin(self, phase: str, conjuncts: Sequence[str] = (), actions: Sequence[str] = ()) -> None:
        """A new phase begins, of which obligations for these are expected."""
        self.phase = phase
        self.expected = (tuple(conjuncts), tuple(actions))
        self.tell()

    def settle(self, obligation: Obligation) -> None:
        """An obligation is settled, perhaps anew."""
        key = (obligation.conjunct, obligation.action)
        self.obligations = [o for o in self.obligations if (o.conjunct, o.action) != key]
        self.obligations.append(obligation)
        self.tell()

    def tell(self) -> None:
        """Report progress."""
        if self.sink is not None:
            self.sink(
                ProofProgress(
                    self.phase,
                    tuple(self.obligations),
                    self.seconds,
                    *self.expected,
                    memory_mib=self.memory_mib,
                )
            )
