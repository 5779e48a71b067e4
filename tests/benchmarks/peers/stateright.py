"""Stateright, a model checker in Rust, on a model of our own with the same states and transitions.

It keeps a 64-bit hash of each state and not the state, so its memory is no measure for a search that
compares states in full.  Building it needs cargo and, once, the network.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from attrs import define

from tests.benchmarks.expected import Counts, two_phase
from tests.benchmarks.measure import Run, Unavailable, built, measured, run_that_told

FOLDER = Path(__file__).resolve().parents[1] / "stateright"


@define
class Stateright:
    """Depth-first search of the Rust model."""

    rms: int
    workers: int = 1
    name: str = "Stateright"
    program: Path = Path()

    @property
    def model(self) -> str:
        return f"two-phase-commit, rms={self.rms}"

    @property
    def expected(self) -> Counts:
        return two_phase(self.rms)

    def build(self, cache: Path) -> None:
        if (cargo := shutil.which("cargo")) is None:
            raise Unavailable("there is no `cargo`; see https://rustup.rs")
        target = cache / "stateright"
        built(
            [cargo, "build", "--release", "--locked", "--quiet"],
            cwd=FOLDER,
            env={"CARGO_TARGET_DIR": str(target)},
        )
        self.program = target / "release" / "two-phase"

    def run(self) -> Run:
        return run_that_told(measured([self.program, str(self.rms), str(self.workers)]))
