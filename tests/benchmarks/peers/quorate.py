"""Our own engines, measured from outside like the others: as a command that prints JSON.

The compile cache is a folder of the benchmark's own.  Building a model means to run it to its first
level, so that a measured run finds it compiled; `cold_and_warm` measures just that.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

from attrs import define, field

from tests.benchmarks.expected import Counts
from tests.benchmarks.measure import Process, Run, Unavailable, WrongResult, measured

ROOT = Path(__file__).resolve().parents[3]

Engine = Literal["native", "python"]

ANSWERED = (0, 3)
"""Exit codes of a search that found no violation; 3 where a bound or a budget was reached."""


@define
class Quorate:
    """`quorate check` of one model."""

    engine: Engine
    spec: str
    constants: str
    expected: Counts
    workers: int = 1
    symmetry: bool = False
    cache: Path = field(default=Path())

    @property
    def name(self) -> str:
        return "Quorate, native engine" if self.engine == "native" else "Quorate, reference engine"

    @property
    def model(self) -> str:
        words = [self.spec, self.constants, "symmetry" if self.symmetry else ""]
        return ", ".join(word for word in words if word)

    def build(self, cache: Path) -> None:
        self.cache = cache / "compiled"
        self.cache.mkdir(exist_ok=True)
        done = self.command("--max-depth", "1")
        if done.exit_code not in ANSWERED:
            words = (done.errors.strip() or "no message").splitlines()[-1]
            raise Unavailable(f"exit {done.exit_code}: {words}")
        if (used := json.loads(done.output)["engine"]) != self.engine:
            raise Unavailable(f"asked for the {self.engine} engine, it ran the {used} one")

    def command(self, *more: str) -> Process:
        """Run `quorate check` with this model's options and more."""
        options = ["--engine", self.engine, "--format", "json"]
        options += [word for pair in self.constants.split() for word in ("-c", pair)]
        options += [] if self.symmetry else ["--no-symmetry"]
        options += ["--workers", str(self.workers)] if self.engine == "native" else []
        command = [sys.executable, "-m", "checker", "check", self.spec, *options, *more]
        return measured(command, cwd=ROOT, env={"QUORATE_CACHE": str(self.cache)})

    def run(self) -> Run:
        done = self.command()
        if done.exit_code not in ANSWERED:
            raise WrongResult(f"{self.model}: exit {done.exit_code}\n{done.output}{done.errors}")
        result: dict[str, Any] = json.loads(done.output)
        if result["stopped"] is not None:
            raise WrongResult(f"{self.model}: stopped early, {result['stopped']}")
        counts = Counts(result["states"]["distinct"], result["states"]["generated"])
        return Run(counts, result["seconds"], done.wall_s, done.peak_bytes)

    def cold_and_warm(self) -> tuple[float, float]:
        """Seconds of the whole command to the first level, with an empty compile cache and again."""
        kept = self.cache
        with tempfile.TemporaryDirectory() as empty:
            self.cache = Path(empty)
            cold, warm = self.command("--max-depth", "1"), self.command("--max-depth", "1")
        self.cache = kept
        for done in (cold, warm):
            if done.exit_code not in ANSWERED:
                raise WrongResult(f"{self.model}: exit {done.exit_code}\n{done.errors}")
        return cold.wall_s, warm.wall_s
