"""Running one search as a process of its own, and what is measured of it.

Wall time and peak memory are those of the whole process, as the system accounts for them; a search
tells its own counts and seconds.  The peak includes processes that the child waited for, such as a
compiler.  Knows no tool and no table.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import psutil
from attrs import frozen

from tests.benchmarks.expected import Counts

PEAK_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024
"""What `ru_maxrss` counts in."""


WARMED_BYTES = 2 << 30
"""How much memory is touched before a run: more than any search of the tables needs."""

TOUCH = """
import mmap, sys
memory = mmap.mmap(-1, int(sys.argv[1]), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
if hasattr(mmap, "MADV_HUGEPAGE"):
    memory.madvise(mmap.MADV_HUGEPAGE)
for place in range(0, len(memory), mmap.PAGESIZE):
    memory[place] = 1
"""


class Unavailable(Exception):
    """A tool is not there or cannot be built; the text says why and how to get it."""


class WrongResult(Exception):
    """A search failed, or counted other states than the model has: its speed means nothing."""


@frozen
class Process:
    """A process that has ended."""

    output: str
    errors: str
    exit_code: int
    wall_s: float
    peak_bytes: int
    cpu_s: float


@frozen
class Run:
    """One measured search: its counts, its own seconds, and the whole process's cost."""

    counts: Counts
    seconds: float
    wall_s: float
    peak_bytes: int

    @property
    def per_second(self) -> float:
        """Generated states a second; small searches end within a tick of their clock."""
        return self.counts.generated / max(self.seconds, 1e-6)

    @property
    def bytes_per_state(self) -> float:
        """Peak memory of the whole process for each distinct state."""
        return self.peak_bytes / self.counts.distinct


class Peer(Protocol):
    """A search that can be measured."""

    @property
    def name(self) -> str:
        """What the table calls it."""
        ...

    @property
    def workers(self) -> int:
        """How many threads search."""
        ...

    @property
    def model(self) -> str:
        """What it searches, for the table."""
        ...

    @property
    def expected(self) -> Counts:
        """What it must count."""
        ...

    def build(self, cache: Path) -> None:
        """Make it ready to run, with all files in a cache folder; Unavailable if that cannot be."""
        ...

    def run(self) -> Run:
        """Search once."""
        ...


def checked_run(peer: Peer) -> Run:
    """One run of a peer; WrongResult unless it counted what the model has."""
    run = peer.run()
    if run.counts != peer.expected:
        raise WrongResult(f"{peer.name}, {peer.model}: {run.counts}, where {peer.expected} is right")
    return run


def warm_memory() -> None:
    """Let the system have memory at hand before a measured run.

    A virtual machine gives free memory back to its host, and whoever touches it next waits for it:
    on one such machine that doubled the seconds of the hand-written search.  So another process, which ends before the measured one begins, touches it first.
    """
    size = min(WARMED_BYTES, psutil.virtual_memory().available // 4)
    subprocess.run([sys.executable, "-c", TOUCH, str(size)], check=True)


def measured(
    command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Process:
    """Run a command to its end."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        child = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **(env or {})}, stdout=output, stderr=errors
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall_s = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        return Process(
            output.read(),
            errors.read(),
            child.returncode,
            wall_s,
            usage.ru_maxrss * PEAK_UNIT_BYTES,
            usage.ru_utime + usage.ru_stime,
        )


def built(command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None) -> None:
    """Run a step of a build; Unavailable, with the tool's last words, if it fails."""
    done = measured(command, cwd=cwd, env=env)
    if done.exit_code != 0:
        words = (done.errors.strip() or done.output.strip() or "no message").splitlines()[-1]
        raise Unavailable(f"`{Path(command[0]).name}` failed: {words.strip()}")


def told(process: Process) -> dict[str, str]:
    """What a program of ours says in its one line of `name=value` words."""
    if process.exit_code != 0:
        raise WrongResult(f"exit {process.exit_code}: {process.output}{process.errors}".strip())
    return dict(word.split("=", 1) for word in process.output.split())


def run_that_told(process: Process) -> Run:
    """The run of a program of ours."""
    words = told(process)
    return Run(
        Counts(int(words["distinct"]), int(words["generated"])),
        float(words["seconds"]),
        process.wall_s,
        process.peak_bytes,
    )
