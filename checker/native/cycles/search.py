"""The search for fair lassos in C: the question packed, the search watched, its answer read.

The search runs in a thread of its own, because C lets go of Python's lock.  Meanwhile this one polls.
Whatever poll raises stops the search, which is waited for: it reads arrays that somebody else owns.
Nothing here knows how the graph was made or what its letters mean.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterable, Sequence
from ctypes import POINTER, byref, c_int, c_uint32, c_uint64
from enum import IntEnum
from functools import cache
from pathlib import Path as File
from typing import Any

from checker.explore.budget import out_of_memory
from checker.lang.errors import InternalError, SpecError
from checker.liveness.automaton import Automaton, Edge
from checker.liveness.graph import Constraint, Path
from checker.liveness.normal import Bit
from checker.native import cache as libraries
from checker.native.compiler import find_compiler
from checker.native.cycles.view import GraphView
from checker.system import OutOfBudget

PARTS = File(__file__).parent
"""Where the C is."""

PATIENCE_S = 0.02
"""How long this thread sleeps before it polls again."""

MOST_SETS = 64
"""Acceptance sets that an edge can be in: the bits of a word."""


class Status(IntEnum):
    """Why a search has ended; see `search.h`."""

    NONE = 1
    FOUND = 2
    STOPPED = 3
    MEMORY = 4
    FAULT = 5


class _Test(ctypes.Structure):
    _fields_ = [("word", c_uint64), ("mask", c_uint64), ("wanted", c_uint64)]


class _Guards(ctypes.Structure):
    _fields_ = [("count", c_uint64), ("begins", POINTER(c_uint64)), ("tests", POINTER(_Test))]


class _Edge(ctypes.Structure):
    _fields_ = [
        ("accepts", c_uint64),
        ("target", c_uint32),
        ("state_guard", c_uint32),
        ("step_guard", c_uint32),
        ("unused", c_uint32),
    ]


class _Automaton(ctypes.Structure):
    _fields_ = [
        ("states", c_uint64),
        ("sets", c_uint64),
        ("begins", POINTER(c_uint64)),
        ("edges", POINTER(_Edge)),
        ("state_guards", _Guards),
        ("step_guards", _Guards),
    ]


class _Question(ctypes.Structure):
    _fields_ = [
        ("view", POINTER(GraphView)),
        ("automaton", _Automaton),
        ("weak", POINTER(c_uint64)),
        ("strong", POINTER(c_uint64)),
        ("memory_bytes", c_uint64),
        ("stop", POINTER(c_int)),
    ]


class _Answer(ctypes.Structure):
    _fields_ = [
        ("count", c_uint64),
        ("loop", c_uint64),
        ("states", POINTER(c_uint32)),
        ("labels", POINTER(c_uint32)),
    ]


def find(
    view: GraphView,
    automaton: Automaton,
    fair: Sequence[Constraint],
    *,
    memory_bytes: int,
    poll: Callable[[], None],
    limit_bytes: int | None = None,
) -> Path | None:
    """A short lasso from an initial state that the automaton accepts and that is fair, or None.

    `memory_bytes` is what the search may take beside the graph; `limit_bytes` the whole budget, of which a
    refusal speaks.  Raises OutOfBudget, SpecError for an automaton with too many acceptance sets, and what
    `poll` raises.
    """
    stop, answer = c_int(0), _Answer()
    question = _question(view, automaton, fair, memory_bytes, stop)
    library = _library()
    try:
        status = _run(lambda: library.cycles_find(byref(question), byref(answer)), stop, poll)
        return _answered(Status(status), answer, view, limit_bytes or memory_bytes)
    finally:
        library.cycles_free(byref(answer))


@cache
def _library() -> Any:
    """The compiled search, loaded; made on first use and then kept as compiled models are."""
    compiler = find_compiler()
    if compiler is None:
        raise InternalError("a compiled graph is searched where there is no compiler")
    loaded = ctypes.CDLL(str(libraries.library('#include "cycles.c"\n', "lassos", compiler, PARTS)))
    loaded.cycles_find.restype = c_int
    loaded.cycles_find.argtypes = (POINTER(_Question), POINTER(_Answer))
    loaded.cycles_free.restype = None
    loaded.cycles_free.argtypes = (POINTER(_Answer),)
    return loaded


def _run(search: Callable[[], int], stop: c_int, poll: Callable[[], None]) -> int:
    """Run a search in a thread and poll meanwhile; never returns before it has ended."""
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(search()), name="cycles", daemon=True)
    try:
        thread.start()
        while thread.is_alive():
            thread.join(PATIENCE_S)
            poll()
    except BaseException:
        stop.value = 1
        _wait_for(thread)
        raise
    if not found:
        raise InternalError("the search for lassos gave no answer")
    return found[0]


def _wait_for(thread: threading.Thread) -> None:
    """Wait for the end of a search that was told to stop, whatever else is asked meanwhile."""
    while thread.is_alive():
        try:
            thread.join()
        except KeyboardInterrupt:
            continue  # it is stopping already


def _answered(status: Status, answer: _Answer, view: GraphView, limit_bytes: int) -> Path | None:
    """What an answer says; OutOfBudget where there is none."""
    match status:
        case Status.NONE:
            return None
        case Status.MEMORY:
            raise OutOfBudget(out_of_memory(limit_bytes))
        case Status.FOUND:
            labels = answer.labels[: answer.count - 1]
            marks = {label: _marks(view, label) for label in set(labels)}
            states = tuple(answer.states[: answer.count])
            return Path(states, tuple(marks[label] for label in labels), int(answer.loop))
        case _:
            raise InternalError(f"the search for lassos ended with {status.name}")


def _marks(view: GraphView, label: int) -> int:
    """The marks of a step, as bits of one number."""
    row = view.step_bits[label * view.mark_words : (label + 1) * view.mark_words]
    return sum(word << (64 * place) for place, word in enumerate(row))


# -- the question ---------------------------------------------------------------------------------


def _question(
    view: GraphView, automaton: Automaton, fair: Sequence[Constraint], memory_bytes: int, stop: c_int
) -> _Question:
    if automaton.sets > MOST_SETS:
        raise SpecError(
            "temporal/too-large",
            f"the automaton of this formula has {automaton.sets} acceptance sets, one for each thing that is "
            f"still to happen, and the native engine takes {MOST_SETS}",
            why="A loop has to go through each of them.",
            instead="Split the property into several; give fairness with weakly_fair and strongly_fair at "
            "the top, which costs none.",
        )
    return _Question(
        ctypes.pointer(view),
        _automaton(view, automaton),
        _row(view, (one.mark for one in fair if one.strength == "weak")),
        _row(view, (one.mark for one in fair if one.strength == "strong")),
        memory_bytes,
        ctypes.pointer(stop),
    )


def _row(view: GraphView, marks: Iterable[int]) -> Any:
    """Some marks as a row of words."""
    words = (c_uint64 * max(1, view.mark_words))()
    for mark in marks:
        words[_word(mark, 0, view.mark_words)] |= 1 << mark % 64
    return ctypes.cast(words, POINTER(c_uint64))


def _word(number: int, first: int, words: int) -> int:
    """The word of a row in which a bit is, among so many that begin with the first."""
    if number >= words * 64:
        raise InternalError(f"bit {number} is asked for, and the graph has {words * 64}")
    return first + number // 64


_Tests = tuple[tuple[int, int, int], ...]
"""What a guard tests: words, masks, and what is wanted of them."""


def _automaton(view: GraphView, automaton: Automaton) -> _Automaton:
    """An automaton whose edges name their guards: one for the state, one for the step."""
    of_state: dict[_Tests, int] = {(): 0}
    of_step: dict[_Tests, int] = {(): 0}
    begins, edges = [0], []
    for leaving in automaton.edges:
        for edge in leaving:
            state, step = (_tests(view, edge, steps=steps) for steps in (False, True))
            if state is not None and step is not None:
                guards = of_state.setdefault(state, len(of_state)), of_step.setdefault(step, len(of_step))
                edges.append(_Edge(edge.accepts, edge.target, *guards, 0))
        begins.append(len(edges))
    return _Automaton(
        automaton.states,
        (1 << automaton.sets) - 1,
        _array(c_uint64, begins),
        _array(_Edge, edges),
        _guards(of_state),
        _guards(of_step),
    )


def _tests(view: GraphView, edge: Edge, *, steps: bool) -> _Tests | None:
    """What an edge asks of the letter of a state, or of a step; None if no letter can have it."""
    masks: dict[int, int] = {}
    wanted: dict[int, int] = {}
    for bit in edge.bits:
        if (bit.kind == "taken") is not steps:
            continue
        if Bit(bit.kind, bit.number, not bit.true) in edge.bits:
            return None
        first, words = {
            "atom": (0, view.atom_words),
            "enabled": (view.atom_words, view.mark_words),
            "taken": (0, view.mark_words),
        }[bit.kind]
        word = _word(bit.number, first, words)
        masks[word] = masks.get(word, 0) | 1 << bit.number % 64
        wanted[word] = wanted.get(word, 0) | bit.true << bit.number % 64
    return tuple((word, masks[word], wanted[word]) for word in sorted(masks))


def _guards(guards: dict[_Tests, int]) -> _Guards:
    begins, tests = [0], []
    for one in guards:
        tests += [_Test(*test) for test in one]
        begins.append(len(tests))
    return _Guards(len(guards), _array(c_uint64, begins), _array(_Test, tests))


def _array(kind: Any, items: Sequence[Any]) -> Any:
    """A C array as a pointer that keeps it alive; never of no length."""
    return ctypes.cast((kind * max(1, len(items)))(*items), POINTER(kind))
