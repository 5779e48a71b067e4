"""Checks every model of the library and compares what comes out with the manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import attrs

from checker.api import check
from checker.engines import Engine
from checker.explore.budget import ProgressSink
from checker.lang.errors import QuorateError
from checker.library import Entry, library
from checker.manifest import Expected, expected_of
from checker.result.everything import Checked
from checker.result.result import Result


def check_all(
    *,
    timeout_s: float | None = None,
    engine: Engine = "auto",
    workers: int | None = None,
    progress: ProgressSink | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Iterator[Checked]:
    """Every model of the library, one after the other, in the order of the families.

    Each is checked with its default constants, or those of the manifest's first instance.  Raises SpecError for a module of the
    library that does not import.
    """
    entries, broken = library()
    if broken:
        raise broken[0].error
    for entry in entries:
        defaults = {a.name: a.default for a in attrs.fields(cast(Any, entry.cls))}
        expected = expected_of(entry.id, defaults)
        if expected is None:
            yield Checked(entry.id, None, "the manifest lacks it")
            continue
        yield _checked(entry, expected, timeout_s, engine, workers, progress, stopped)
        if stopped is not None and stopped():
            return


def _checked(
    entry: Entry,
    expected: Expected,
    timeout_s: float | None,
    engine: Engine,
    workers: int | None,
    progress: ProgressSink | None,
    stopped: Callable[[], bool] | None,
) -> Checked:
    try:
        result = check(
            entry.cls(**expected.constants),
            properties=expected.properties,
            timeout_s=timeout_s,
            engine=engine,
            workers=workers,
            progress=progress,
            stopped=stopped,
        )
    except QuorateError as error:
        return Checked(entry.id, None, f"{error.problem.code}: {error.problem.what}")
    return Checked(entry.id, result, difference(expected, result))


def difference(expected: Expected, result: Result) -> str | None:
    """How a result differs from what the manifest says, in words; None where it does not."""
    for what, wanted, found in _compared(expected, result):
        if wanted != found:
            return f"{what}: expected {wanted}, found {found}" + (
                f" ({result.stopped})" if result.stopped else ""
            )
    return None


def _compared(expected: Expected, result: Result) -> Iterator[tuple[str, object, object]]:
    yield "verdict", expected.verdict, str(result.verdict)
    if expected.property is None:
        assert result.states is not None
        found = result.states.distinct if result.symmetry is None else result.states.represented
        yield "states", expected.distinct, found
        return
    yield "violated", [expected.property], [prop.name for prop in result.violated]
    (violated,) = result.violated
    trace = violated.trace
    assert trace is not None
    if expected.loop is None:
        yield "steps", expected.steps, None if trace.loop is not None else len(trace.steps) - 1
    else:
        yield "goes round", expected.loop, None if trace.loop is None else not trace.stops
