"""The ceiling: a C program written by hand for two-phase commit and nothing else.

What no general engine can be expected to pass.  One worker; it knows its own table's size.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from attrs import define

from tests.benchmarks.expected import Counts, two_phase
from tests.benchmarks.measure import Run, Unavailable, built, measured, run_that_told

SOURCES = Path(__file__).resolve().parents[1] / "ceiling"


def c_compiler() -> str:
    """The machine's C compiler; Unavailable without one."""
    wanted = os.environ.get("CC", "cc")
    if found := shutil.which(wanted):
        return found
    raise Unavailable(f"there is no C compiler `{wanted}`; on Debian: apt-get install gcc")


@define
class Ceiling:
    """The hand-written search; by bits, it knows what no general engine could know of the protocol."""

    rms: int
    name: str = "hand-written C"
    source: str = "two_phase.c"
    workers: int = 1
    program: Path = Path()

    @property
    def model(self) -> str:
        return f"two-phase-commit, rms={self.rms}"

    @property
    def expected(self) -> Counts:
        return two_phase(self.rms)

    def build(self, cache: Path) -> None:
        self.program = cache / f"{Path(self.source).stem}-{self.rms}"
        options = ["-std=gnu11", "-O3", "-march=native", f"-DRMS={self.rms}"]
        built([c_compiler(), *options, SOURCES / self.source, "-o", self.program], cwd=cache)

    def run(self) -> Run:
        return run_that_told(measured([self.program]))
