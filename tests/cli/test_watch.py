"""What surrounds a run: Ctrl-C that is seen at once, and the live table of a proof."""

from __future__ import annotations

import ctypes
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from checker.cli.watch import watching, watching_proof

ROOT = Path(__file__).parents[2]


def test_ctrl_c_is_seen_by_other_threads_while_the_main_thread_is_in_a_solver():
    """The handler of Python waits for the main thread; who asks `stopped` elsewhere does not."""
    seen = []
    main_is_back = threading.Event()

    def press_and_poll(stopped):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        os.kill(os.getpid(), signal.SIGINT)
        while not stopped() and not main_is_back.is_set():
            time.sleep(0.01)
        seen.append(not main_is_back.is_set())

    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # so that the other thread takes it
    try:
        with watching_proof() as watch:
            thread = threading.Thread(target=press_and_poll, args=(watch.stopped,))
            thread.start()
            ctypes.CDLL(None).usleep(1_000_000)
            main_is_back.set()
            thread.join()
            assert watch.stopped()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    assert seen == [True]


def test_nothing_is_left_behind():
    """The handler, the wakeup descriptor and the pipe are as they were before."""
    before = (signal.getsignal(signal.SIGINT), len(os.listdir("/proc/self/fd")))
    for around in (watching, watching_proof):
        with around() as watch:
            assert signal.getsignal(signal.SIGINT) is not before[0]
            assert not watch.stopped()
        assert not watch.stopped()
    wakeup = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(wakeup)
    assert (signal.getsignal(signal.SIGINT), len(os.listdir("/proc/self/fd"))) == before
    assert wakeup == -1


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
