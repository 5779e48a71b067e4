"""States that generated code reaches: a native search whose arena is read instead of its counts.

The states come back as the spec's own objects.  No property is asked, and nothing is audited: a state
that were wrong could only refute a guess, and every guess is proved or dropped later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.engines import compiled
from checker.explore.budget import GIB, Budget, Meter
from checker.lang.declarations import Declaration
from checker.native.engine import PATIENCE_MS, CannotStart
from checker.native.host import Host, Questions
from checker.native.library import Options, Order, Reason, Running, Status
from checker.native.model import NativeModel
from checker.reference.system import ReferenceSystem

__all__ = ["CannotStart", "enumerated"]

MOST_STATES = 2_000_000
"""The search stores no more states than this, however many are kept of them."""

MOST_BYTES = 2 * GIB
"""Nor does it use more memory."""


def enumerated(
    declaration: Declaration, limit: int, seconds: float, stopped: Callable[[], bool] | None
) -> tuple[tuple[Any, ...], bool]:
    """At most so many reachable states, spread evenly, and whether the search met all there are.

    The seconds are those of the search; compiling comes before.  Raises SpecError or CallError where
    there is no generated code, and CannotStart where it cannot compute the initial states.
    """
    model = compiled(declaration)
    meter = Meter(Budget(timeout_s=seconds), stopped=stopped)
    running = Running(model.library, _options(meter))
    try:
        _run(running, model, ReferenceSystem(declaration), meter)
        reason = Reason(running.call("reason"))
        if reason is Reason.INITIAL_ESCAPED:
            raise CannotStart
        return _sample(running, model, limit), reason is Reason.EXHAUSTED
    finally:
        running.close()


def _options(meter: Meter) -> Options:
    return Options(
        workers=1,
        order=Order.BREADTH,
        memory_bytes=min(meter.memory_left(), MOST_BYTES),
        max_states=MOST_STATES,
        keep_going=1,
    )


def _run(running: Running, model: NativeModel, system: ReferenceSystem, meter: Meter) -> None:
    """Search until it is finished or the time is over."""
    host = Host(model.library, model.codec, model.bounds, system, Questions((), (), ()))
    running.must("start")
    while (status := running.wait(PATIENCE_MS)) is not Status.FINISHED:
        if status is Status.NEEDS_HOST:
            host.answer(running)
            running.must("resume")
        if meter.due() and meter.look(0, 0, 0, 0) is not None:
            running.call("stop")


def _sample(running: Running, model: NativeModel, limit: int) -> tuple[Any, ...]:
    """The stored states, or so many of them, spread evenly over the search."""
    stored = running.counts().distinct
    every = max(1, -(-stored // limit))
    return tuple(model.codec.decode(running.state(number)) for number in range(0, stored, every))
