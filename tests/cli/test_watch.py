"""What surrounds a run: Ctrl-C, and the live table of a proof."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from checker.cli.watch import watching, watching_proof

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("around", [watching, watching_proof])
def test_the_first_ctrl_c_asks_to_stop_and_the_handler_is_gone_at_the_end(around, capsys):
    before = signal.getsignal(signal.SIGINT)
    with around() as watch:
        assert not watch.stopped()
        signal.raise_signal(signal.SIGINT)
        assert watch.stopped()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) is before
    assert "stopping" in capsys.readouterr().err


PROOF = """
import time
from checker.cli.watch import watching_proof
from checker.result.proof import Obligation, ProofProgress
with watching_proof() as watch:
    watch.sink(ProofProgress("induction", (Obligation("safe", "", "proved", 0.25),), 1.0, ("safe",), ("", "ticks")))
    time.sleep(0.7)
print("the report")
"""


def test_a_terminal_gets_a_live_table_of_the_obligations():
    """On standard error; it is gone at the end."""
    main, other = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(
        [sys.executable, "-c", PROOF],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=other,
        env=environment,
        text=True,
    ) as process:
        os.close(other)
        out, _ = process.communicate(timeout=30)
    written = os.read(main, 65536).decode()
    os.close(main)
    assert "1 of 2 obligations" in written
    assert "✓ 0.25" in written
    assert written.rindex("\x1b[2K") > written.rindex("✓ 0.25")
    assert out == "the report\n"


def test_elsewhere_there_is_no_display():
    done = subprocess.run(
        [sys.executable, "-c", PROOF.replace("    watch.sink(", "    assert watch.sink is None; print(")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, "")
