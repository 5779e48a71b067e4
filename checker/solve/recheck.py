"""The same query through another solver: an SMT-LIB text, another process, another parser.

The rule: a crash or a hang of the other solver is its "unknown" with the reason, and never ours.
Nothing here knows what a query claims.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from attrs import frozen

from checker.lang.errors import CallError
from checker.solve.patience import Stopwatch
from checker.solve.runner import OUT_OF_MEMORY
from checker.solve.solver import Status

SolverName = Literal["cvc5", "z3"]
DEFAULT_MEMORY_MB = 4000
_ANSWERS: dict[str, Status] = {"sat": "sat", "unsat": "unsat", "unknown": "unknown"}


@frozen
class Rechecked:
    """What a solver said to one file; `reason` says why "unknown", in words."""

    solver: str
    version: str
    status: Status
    seconds: float
    reason: str = ""


def require_solver(name: SolverName) -> None:
    """CallError if the package of the solver is not installed."""
    if importlib.util.find_spec(name) is not None:
        return
    extra = "quorate[cvc5]" if name == "cvc5" else "z3-solver"
    raise CallError(
        "prove/no-solver",
        f"the solver {name} is not installed",
        why="A second solver checks every query afresh, so it has to be there.",
        instead=f"Install it: `pip install '{extra}'`.",
    )


def recheck(
    file: Path,
    solver: SolverName = "cvc5",
    *,
    seed: int = 1,
    timeout_s: float | None = None,
    memory_mb: int = DEFAULT_MEMORY_MB,
    stopped: Callable[[], bool] | None = None,
) -> Rechecked:
    """What the solver says to the one query of the file; CallError if it is not installed."""
    require_solver(solver)
    watch = Stopwatch(timeout_s, stopped)
    command = [sys.executable, "-m", "checker.solve.runner", solver, str(seed), str(memory_mb), str(file)]
    with subprocess.Popen(  # noqa: S603 -- our own module, by the Python that runs us
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    ) as process:
        try:
            reason = _wait(process, watch)
        finally:
            process.kill()
        assert process.stdout is not None
        version, _, said = process.stdout.read().partition("\n")
        code = process.wait()
    status, words = _judged(code, said.strip(), memory_mb)
    if reason:
        status, words = "unknown", reason
    return Rechecked(solver, version, status, watch.seconds, words)


def _wait(process: subprocess.Popen[str], watch: Stopwatch) -> str:
    """Until the process ends by itself, or there is a reason to stop, which comes back."""
    while process.poll() is None:
        reason = watch.reason_to_stop()
        if reason:
            return reason
        time.sleep(min(watch.nap(), 0.01))
    return ""


def _judged(code: int, said: str, memory_mb: int) -> tuple[Status, str]:
    """The status and its reason from how the process ended and what it printed."""
    if code == OUT_OF_MEMORY or "memory" in said or "bad_alloc" in said:
        return "unknown", f"memory: more than {memory_mb} MB"
    if code < 0:
        return "unknown", f"the solver died of signal {-code}; it was allowed {memory_mb} MB"
    if code > 0:
        return "unknown", f"the solver ended with exit code {code}"
    first, _, rest = said.partition(" ")
    if first not in _ANSWERS or (rest and first != "unknown"):
        return "unknown", f"the solver said: {said or 'nothing'}"
    return _ANSWERS[first], (rest or "it gave no reason") if first == "unknown" else ""
