"""A budget that runs out, or Ctrl-C, while temporal properties are looked at: they alone stay open."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from checker.api import check
from checker.explore.budget import GIB, Progress
from checker.result.result import Evidence, Result
from specs.transactions.two_phase_commit import TwoPhaseCommit

ROOT = Path(__file__).parents[2]
LAST = 5
"""The last state of `Slow`."""

SLOW = '''
"""Counts; the formula does something else in one state."""

import os
import signal
import time
from typing import Annotated

from checker.lang import Between, Formula, Model, action, always, eventually, frozen, initial, temporal


@frozen
class Count:
    n: Annotated[int, Between(0, 5)]


@frozen
class Slow(Model[Count]):
    slow_at: Annotated[int, Between(0, 5)] = 0
    pressed: bool = True

    @initial
    def zero(self) -> Count:
        return Count(0)

    @action(fair="weak")
    def adds(self, s: Count) -> Count | None:
        return Count(s.n + 1) if s.n < 5 else None

    @always
    def is_small(self, s: Count) -> bool:
        return s.n <= 5

    @temporal
    def arrives(self) -> Formula[Count]:
        return eventually(self.has_arrived)

    def has_arrived(self, s: Count) -> bool:
        if s.n == self.slow_at:
            if self.pressed:
                os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.6)
        return s.n == 5
'''
"""The predicate is asked once of each state, after the search: of the last one before lassos are looked for."""


def quorate(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command on `Slow`, as a process."""
    spec = tmp_path / "slow.py"
    spec.write_text(SLOW, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "checker",
        "check",
        f"{spec}:Slow",
        "--engine",
        "python",
        "--no-deadlock",
    ]
    return subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60)


def of(result: dict[str, Any], name: str) -> dict[str, Any]:
    """What a result in JSON says of a property."""
    (found,) = (prop for prop in result["properties"] if prop["name"] == name)
    return found  # type: ignore[no-any-return]


WAYS = {
    "interrupted": ("pressed=true", ()),
    "the time budget of 0.5 s ran out": ("pressed=false", ("--timeout", "0.5")),
}


@pytest.mark.parametrize("slow_at", [0, LAST], ids=["graph", "lassos"])
@pytest.mark.parametrize("reason", WAYS)
def test_what_ended_the_look_for_lassos_is_reported(tmp_path: Path, reason: str, slow_at: int) -> None:
    """Also while the graph is made; what the whole search has shown is known all the same."""
    pressed, options = WAYS[reason]
    constants = ("-c", f"slow_at={slow_at}", "-c", pressed)
    done = quorate(tmp_path, *constants, *options, "--format", "json")
    result = json.loads(done.stdout)
    assert result["stopped"] == reason
    assert result["verdict"] == "unknown"
    assert of(result, "arrives")["verdict"] == "unknown"
    assert of(result, "arrives")["evidence"] == reason
    assert of(result, "is_small")["verdict"] == "exhaustive for this size"
    assert done.returncode == 3
    shown = quorate(tmp_path, *constants, *options).stdout
    assert f"unknown ({reason})" in shown
    assert f"stopped: {reason}" in shown


def test_what_is_not_stopped_is_known(tmp_path: Path) -> None:
    """The same model with time enough."""
    result = json.loads(quorate(tmp_path, "-c", "pressed=false", "--format", "json").stdout)
    assert result["stopped"] is None
    assert of(result, "arrives")["verdict"] == "exhaustive for this size"


# -- the native engine ----------------------------------------------------------------------------

ASKED = ("no_disagreement", "everyone_decides", "as_transaction_commit")
STATES = {7: 296_448, 8: 1_745_408}
"""Of two-phase commit, by the number of participants."""


def searched(rms: int, **more: Any) -> Result:
    """The result of the native engine with all states."""
    model = TwoPhaseCommit(rms=rms)
    return check(model, engine="native", symmetry=False, properties=ASKED, **more)


def left_open(result: Result, rms: int) -> None:
    """The search came to its end, what is about behaviours did not."""
    assert result.states is not None
    assert result.states.distinct == STATES[rms]
    known = {prop.name: prop.verdict.evidence for prop in result.properties}
    assert known["no_disagreement"] is Evidence.EXHAUSTIVE
    assert known["everyone_decides"] is Evidence.UNKNOWN
    assert known["as_transaction_commit"] is Evidence.UNKNOWN
    assert result.verdict.evidence is Evidence.UNKNOWN
    assert result.exit_code == 3


def test_memory_that_a_graph_lacks_is_reported() -> None:
    """The search needs half of what is given here, and the graph twice as much."""
    limit = psutil.Process().memory_info().rss + 16_000_000
    found = searched(7, memory_gib=limit / GIB, workers=1)
    assert found.stopped is not None
    assert found.stopped.startswith("the memory budget of ")
    left_open(found, 7)


def test_a_native_graph_that_is_interrupted_is_reported() -> None:
    """Asked for when the search has stored its last state."""
    seen: list[Progress] = []
    found = searched(
        8, progress=seen.append, stopped=lambda: bool(seen) and seen[-1].states == STATES[8], workers=1
    )
    assert found.stopped == "interrupted"
    left_open(found, 8)


def test_ctrl_c_while_a_native_graph_is_made_ends_with_what_is_known() -> None:
    """Pressed at a terminal that shows as many states as there are."""
    options = ("--no-symmetry", "--engine", "native", "--format", "json", "--property", "no_disagreement")
    command = ("check", "two-phase-commit", "-c", "rms=8", *options, "--property", "everyone_decides")
    main, other = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(
        [sys.executable, "-m", "checker", *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=other,
        env=environment,
    ) as process:
        os.close(other)
        written = b""
        while f"{STATES[8]:,} states".encode() not in written:
            written += os.read(main, 65536)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    os.close(main)
    result = json.loads(out)
    assert result["stopped"] == "interrupted"
    assert result["states"]["distinct"] == STATES[8]
    assert of(result, "everyone_decides")["evidence"] == "interrupted"
    assert of(result, "no_disagreement")["verdict"] == "exhaustive for this size"
    assert process.returncode == 3
