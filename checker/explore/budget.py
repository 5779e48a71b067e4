"""Budgets: what may be spent on a search, and the meter that says when something ran out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from math import inf
from pathlib import Path

import psutil
from attrs import evolve, frozen

from checker.system import OutOfBudget

GIB = 1 << 30


@frozen
class Budget:
    """The most that a search may use; None is no limit, except that memory has a default."""

    max_states: int | None = None
    max_depth: int | None = None
    timeout_s: float | None = None
    memory_gib: float | None = None


@frozen
class Progress:
    """How far a search has come: what a live display needs."""

    states: int
    generated: int
    depth: int
    queue: int
    seconds: float
    memory_bytes: int


ProgressSink = Callable[[Progress], None]


class Meter:
    """Watches time, memory and interruption while a search runs.

    Memory is that of this process.  Without a limit of its own a search stops at 80 % of what was
    available when it began, so that it ends with a result and not with the process.
    """

    CHECK_EVERY_S = 0.1

    def __init__(
        self, budget: Budget, sink: ProgressSink | None = None, stopped: Callable[[], bool] | None = None
    ) -> None:
        self.budget = budget
        self._sink = sink
        self._stopped = stopped
        self._process = psutil.Process()
        self._began = time.monotonic()
        self._next = self._began + self.CHECK_EVERY_S
        self._last = (0, 0, 0, 0)
        self._patient_until = 0.0
        self._kept_s = 0.0
        limit = budget.memory_gib
        self.limit_bytes = (
            int(limit * GIB)
            if limit is not None
            else self._process.memory_info().rss + int(0.8 * _available())
        )

    @property
    def seconds(self) -> float:
        """The time since the search began."""
        return time.monotonic() - self._began

    def limited(self, max_states: int, seconds: float) -> Meter:
        """This meter, started when it was, for a search of no more than so many states and seconds."""
        other = copy(self)
        timeout = self.budget.timeout_s
        sooner = seconds if timeout is None else min(seconds, timeout)
        other.budget = evolve(self.budget, max_states=max_states, timeout_s=sooner)
        return other

    def memory_left(self) -> int:
        """How many bytes this process may still take; at least a million, to end with a result."""
        return max(1_000_000, self.limit_bytes - int(self._process.memory_info().rss))

    def seconds_left(self) -> float | None:
        """The time until `poll` says that it is over, None for no limit."""
        timeout = self.budget.timeout_s
        if timeout is None and not (self._stopped is not None and self._stopped()):
            return None
        left = 0.0 if timeout is None else timeout - self._kept_s - self.seconds
        left = max(left, self._patient_until - time.monotonic(), 0.0)
        return None if left == inf else left

    @contextmanager
    def patient(self, seconds: float = inf) -> Iterator[None]:
        """Let nothing end what is done within, for so many seconds, though the budget may run out."""
        before = self._patient_until
        self._patient_until = time.monotonic() + seconds
        try:
            yield
        finally:
            self._patient_until = before

    @contextmanager
    def keeping_half(self) -> Iterator[None]:
        """Spend only half of the time that is left on what is done within: what follows needs the other."""
        timeout = self.budget.timeout_s
        self._kept_s = 0.0 if timeout is None else max(0.0, timeout - self.seconds) / 2
        try:
            yield
        finally:
            self._kept_s = 0.0

    def due(self) -> bool:
        """Whether it is time to look again; cheap enough to ask for every state."""
        return time.monotonic() >= self._next

    def poll(self) -> None:
        """Look again in the middle of a step, if it is time; OutOfBudget if something ran out."""
        if self.due():
            reason = self.look(*self._last)
            if reason is not None and time.monotonic() >= self._patient_until:
                raise OutOfBudget(reason)

    def look(self, states: int, generated: int, depth: int, queue: int) -> str | None:
        """Report progress; the reason to stop, or None to go on."""
        self._last = (states, generated, depth, queue)
        self._next = time.monotonic() + self.CHECK_EVERY_S
        memory = self._process.memory_info().rss
        if self._sink is not None:
            self._sink(Progress(states, generated, depth, queue, self.seconds, memory))
        if self._stopped is not None and self._stopped():
            return "interrupted"
        timeout = self.budget.timeout_s
        if timeout is not None and self.seconds >= timeout - self._kept_s:
            return out_of_time(timeout) if self.seconds >= timeout else out_of_half(timeout)
        if memory >= self.limit_bytes:
            return out_of_memory(self.limit_bytes)
        return None


def out_of_states(most: int) -> str:
    """Why a search stopped that has stored as many states as it may."""
    return f"the budget of {most} states ran out"


def out_of_depth(most: int) -> str:
    """Why a search stopped that would have gone deeper."""
    return f"the depth budget of {most} ran out"


def out_of_memory(limit_bytes: int) -> str:
    """Why a search stopped that needed more memory."""
    return f"the memory budget of {limit_bytes / GIB:.2g} GiB ran out"


def out_of_time(seconds: float) -> str:
    """Why a search stopped whose time was over."""
    return f"the time budget of {seconds:g} s ran out"


def out_of_half(seconds: float) -> str:
    """Why something was left out for which half of the time was meant that a search had not used."""
    return f"half of what was left of the time budget of {seconds:g} s ran out"


def _available() -> int:
    """The memory that can still be had: of the machine, or of the container that this runs in."""
    available: int = psutil.virtual_memory().available
    try:
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text())
        used = int(Path("/sys/fs/cgroup/memory.current").read_text())
    except (OSError, ValueError):
        return available
    return max(0, min(available, limit - used))
