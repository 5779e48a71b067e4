"""Checks of temporal properties and refinements, measured from outside: ours by phases, and SPIN's nested
depth-first search (`pan -a`, with `-f` for weak fairness of processes) on an equal model.

Ours runs `stopwatch.py`.  SPIN's program is made without `-DSAFETY`, which leaves out cycles, and without
`-DNOCOMP`, which it refuses for them.  Where a property holds, both count all states of the model.  A
violation ends SPIN at the first cycle it meets, with the states seen until then.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Literal, Protocol

from attrs import define, field, frozen

from tests.benchmarks.expected import Counts
from tests.benchmarks.measure import Unavailable, WrongResult, built, measured, told
from tests.benchmarks.peers.ceiling import c_compiler
from tests.benchmarks.peers.quorate import ROOT
from tests.benchmarks.peers.spin import CUT_OFF, ELAPSED, SOUND, STORED

BENCHMARKS = ROOT / "tests" / "benchmarks"
SOURCE = BENCHMARKS / "spin" / "two_phase_fair.pml"
WAITS = "tests/benchmarks/two_phase_waits.py:TwoPhaseCommitWaits"
UNFAIR = "tests/benchmarks/two_phase_waits.py:TwoPhaseCommitUnfair"

CYCLE = "acceptance cycle"
ERRORS = "errors: 1"

Fairness = Literal["as the spec has it", "the TM may wait", "none"]
"""What two-phase commit is fair to; only with the first does everybody decide."""


@frozen
class LivenessRun:
    """One measured check: the seconds of its phases, those to the answer, and the process's peak."""

    distinct: int
    edges: int
    search_s: float
    graph_s: float
    lasso_s: float
    answer_s: float
    peak_bytes: int


class LivenessPeer(Protocol):
    """A check that can be measured."""

    @property
    def name(self) -> str: ...

    @property
    def workers(self) -> int: ...

    @property
    def model(self) -> str: ...

    @property
    def asked(self) -> str: ...

    def build(self, cache: Path) -> None: ...

    def run(self) -> LivenessRun: ...


@define
class Checked:
    """`check` on the native engine; `violated` says what must come of it, `edges` how many the graph has."""

    spec: str
    constants: str
    properties: tuple[str, ...]
    expected: Counts
    workers: int = 2
    violated: bool = False
    asked: str = ""
    edges: int | None = None
    cache: Path = field(default=Path())
    name: str = "Quorate, native engine"

    @property
    def model(self) -> str:
        return f"{self.spec.rpartition(':')[2]}, {self.constants}"

    def build(self, cache: Path) -> None:
        """Check once, so that a measured run finds it compiled."""
        self.cache = cache / "compiled"
        self.run()

    def run(self) -> LivenessRun:
        script = BENCHMARKS / "stopwatch.py"
        command = [sys.executable, script, self.spec, self.constants, str(self.workers), *self.properties]
        done = measured(command, cwd=ROOT, env={"QUORATE_CACHE": str(self.cache)})
        words = told(done)
        counts, edges = Counts(int(words["distinct"]), int(words["generated"])), int(words["edges"])
        wanted_edges = edges if self.edges is None else self.edges
        wanted = (self.expected, wanted_edges, self.properties[0] if self.violated else "", "")
        if (found := (counts, edges, words["violated"], words["open"])) != wanted:
            raise WrongResult(f"{self.model}: {found}, where {wanted} is right")
        search, graph, lasso = (float(words[phase]) for phase in ("search", "graph", "lasso"))
        answer = search + graph + lasso if self.violated else float(words["seconds"])
        return LivenessRun(counts.distinct, edges, search, graph, lasso, answer, done.peak_bytes)


@define
class NestedSpin:
    """`pan -a` of two-phase commit and the never claim of `everyone_decides`."""

    rms: int
    fairness: Fairness
    distinct: int
    name: str = "SPIN"
    workers: int = 1
    program: Path = Path()

    @property
    def model(self) -> str:
        return f"two-phase-commit, rms={self.rms}"

    @property
    def asked(self) -> str:
        return self.fairness

    @property
    def violated(self) -> bool:
        """Whether somebody may never decide."""
        return self.fairness != "as the spec has it"

    def build(self, cache: Path) -> None:
        if (spin := shutil.which("spin")) is None:
            raise Unavailable("there is no `spin`; on Debian: apt-get install spin")
        folder = cache / f"spin-liveness-{self.rms}-{self.fairness.replace(' ', '-')}"
        folder.mkdir(exist_ok=True)
        waits = ["-DWAITS"] if self.fairness == "the TM may wait" else []
        built([spin, f"-DRMS={self.rms}", *waits, "-a", SOURCE], cwd=folder)
        self.program = folder / "pan"
        built([c_compiler(), "-O2", "-w", "-DNOREDUCE", "pan.c", "-o", self.program], cwd=folder)

    def run(self) -> LivenessRun:
        fair = [] if self.fairness == "none" else ["-f"]
        done = measured([self.program, "-a", *fair, "-w24"], cwd=self.program.parent)
        report = done.output
        ended = (CYCLE in report and ERRORS in report) if self.violated else SOUND in report
        cut_off = not self.violated and any(cut in report for cut in CUT_OFF)
        stored, elapsed = STORED.search(report), ELAPSED.search(report)
        if not ended or cut_off or stored is None or elapsed is None:
            raise WrongResult(f"SPIN, {self.model}, {self.fairness}:\n{report}{done.errors}")
        distinct = int(float(stored[1]))
        if not self.violated and distinct != self.distinct:
            raise WrongResult(f"SPIN, {self.model}: {distinct} states, where {self.distinct} is right")
        seconds = float(elapsed[1]) or done.wall_s
        return LivenessRun(distinct, 0, seconds, 0.0, 0.0, seconds, done.peak_bytes)
