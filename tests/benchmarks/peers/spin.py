"""SPIN on a Promela model with the same states and transitions.

Full states, depth first, no reduction, `-O2`: of the exact searches tried, once each, the fastest.  With
the same options (all but `-DNOCOMP`) breadth first took 19.8 s and depth first 14.5 s.  One worker: on
two cores (`-DNCORE=2`) it took 18.4 s where one took 13.4 s, and its parallel breadth-first search
(`-DBFS_PAR`) keeps hashes of states only.

`transitions` are stored and matched states; stored ones include the initial state, so that they are
exactly what we call generated.  `pan` prints large numbers with eight digits.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from attrs import define

from tests.benchmarks.expected import Counts, two_phase
from tests.benchmarks.measure import Run, Unavailable, WrongResult, built, measured
from tests.benchmarks.peers.ceiling import c_compiler

SOURCE = Path(__file__).resolve().parents[1] / "spin" / "two_phase.pml"

STORED = re.compile(r"^ *(\S+) states, stored", re.MULTILINE)
TRANSITIONS = re.compile(r"^ *(\S+) transitions \(= stored\+matched\)", re.MULTILINE)
ELAPSED = re.compile(r"^pan: elapsed time (\S+) seconds", re.MULTILINE)
SOUND = "errors: 0"
CUT_OFF = ("max search depth too small", "out of memory", "Search not completed")

DIGITS = 8
"""How many digits `pan` prints of a count."""


@define
class Spin:
    """`pan`, the search that SPIN generates from a model."""

    rms: int
    name: str = "SPIN"
    workers: int = 1
    program: Path = Path()

    @property
    def model(self) -> str:
        return f"two-phase-commit, rms={self.rms}"

    @property
    def expected(self) -> Counts:
        return two_phase(self.rms)

    def build(self, cache: Path) -> None:
        if (spin := shutil.which("spin")) is None:
            raise Unavailable("there is no `spin`; on Debian: apt-get install spin")
        folder = cache / f"spin-{self.rms}"
        folder.mkdir(exist_ok=True)
        built([spin, f"-DRMS={self.rms}", "-a", SOURCE], cwd=folder)
        self.program = folder / "pan"
        options = ["-O2", "-w", "-DSAFETY", "-DNOREDUCE", "-DNOCOMP"]
        built([c_compiler(), *options, "pan.c", "-o", self.program], cwd=folder)

    def run(self) -> Run:
        done = measured([self.program, "-w24"], cwd=self.program.parent)
        if done.exit_code != 0 or SOUND not in done.output or any(cut in done.output for cut in CUT_OFF):
            raise WrongResult(f"SPIN did not complete a search without errors:\n{done.output}{done.errors}")
        counts = counts_in(done.output, self.expected)
        elapsed = ELAPSED.search(done.output)
        seconds = float(elapsed[1]) if elapsed else 0.0
        return Run(counts, seconds or done.wall_s, done.wall_s, done.peak_bytes)


def counts_in(report: str, expected: Counts) -> Counts:
    """The counts that `pan` printed, with the digits that it left out filled in where they may agree."""
    stored, transitions = STORED.search(report), TRANSITIONS.search(report)
    if stored is None or transitions is None:
        raise WrongResult(f"SPIN printed no counts:\n{report}")
    return Counts(filled(stored[1], expected.distinct), filled(transitions[1], expected.generated))


def filled(printed: str, expected: int) -> int:
    """A printed count; the expected one if it is rounded and would be printed like that."""
    exact = "e" not in printed
    number = int(float(printed))
    return expected if not exact and float(f"{expected:.{DIGITS}g}") == number else number
