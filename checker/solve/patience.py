"""Waiting for a solver without being its prisoner: deadlines, a hook that asks to stop, Ctrl-C.

A solver's C function gives Python no chance to act, so it runs in a thread of its own, with a stack for
deep formulas, while the caller's thread waits, looks at the clock and interrupts.  Python delivers
Ctrl-C to a waiting thread, and it comes out of here as the KeyboardInterrupt it is.  Nothing here knows
which solver runs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

STACK = 512 << 20
"""Bytes of address space for the solver's thread; only what it uses becomes memory."""

POLL_S = 0.05
_starting = threading.Lock()


class Stopwatch:
    """Seconds since the start, and why to stop: the time allowed is over, or `stopped` says so."""

    def __init__(self, timeout_s: float | None, stopped: Callable[[], bool] | None) -> None:
        self._start = time.monotonic()
        self._timeout = timeout_s
        self._stopped = stopped

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._start

    def reason_to_stop(self) -> str:
        """In words; empty if there is none."""
        if self._timeout is not None and self.seconds >= self._timeout:
            return f"timeout after {self._timeout:g} s"
        if self._stopped is not None and self._stopped():
            return "interrupted"
        return ""

    def nap(self) -> float:
        """How long to wait before the next look, in seconds."""
        if self._timeout is None:
            return POLL_S
        return max(0.0, min(POLL_S, self._timeout - self.seconds))


class Watched(Generic[T]):
    """One call of a solver in a thread of its own.

    `interrupt` is called again and again once there is a reason to stop, for it may come too early to
    be heard.
    """

    def __init__(self, work: Callable[[], T], interrupt: Callable[[], None]) -> None:
        self._work = work
        self._interrupt = interrupt
        self._results: list[T] = []
        self._errors: list[BaseException] = []
        # Not Thread.join: interrupted by Ctrl-C, it takes a thread that runs for one that has ended.
        self._begun = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="solver", daemon=True)

    @property
    def running(self) -> bool:
        """Whether the solver still runs, as it may after a second Ctrl-C."""
        return self._begun and not self._ended.is_set()

    def result(self, watch: Stopwatch) -> tuple[T, str]:
        """What the solver answered, and why it was interrupted, if it was."""
        with _starting:
            before = threading.stack_size(STACK)
            try:
                self._begun = True
                self._thread.start()
            finally:
                threading.stack_size(before)
        reason = ""
        try:
            while self.running and not reason:
                self._ended.wait(watch.nap())
                if self.running:
                    reason = watch.reason_to_stop()
        finally:
            self._finish()
        if self._errors:
            raise self._errors[0]
        return self._results[0], reason

    def _finish(self) -> None:
        while self.running:
            self._interrupt()
            self._ended.wait(POLL_S)

    def _run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # handed on by `result`
            self._errors.append(error)
        finally:
            self._ended.set()
