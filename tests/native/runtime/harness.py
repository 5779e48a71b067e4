"""Compiles a model written by hand in C with the runtime, loads it, and runs searches over it."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from ctypes import POINTER, byref, c_int, c_int64, c_uint64
from pathlib import Path
from typing import Any, NamedTuple

import pytest

RUNTIME = Path(__file__).parents[3] / "checker" / "native" / "runtime"
MODELS = Path(__file__).parent / "models"
FLAGS = ["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread", f"-I{RUNTIME}"]

RUNNING, FINISHED, NEEDS_HOST = range(3)
EXHAUSTED, VIOLATED, STOPPED, STATES, DEPTH, MEMORY, INITIAL_ESCAPED, FAILED = range(1, 9)
ALWAYS, STEP, SOMETIMES, DEADLOCK, INSIDE = range(5)
ALL = 2**64 - 1


OPTIONS = """workers order memory_bytes max_states max_depth compact_bits seed behaviours walk_depth
    always step sometimes deadlock keep_going symmetry table_slots"""
COUNTS = """distinct generated depth queue represented_low represented_high saturated bytes peak_bytes
    growths table_slots compared fingerprint_bits effective_bits walks abandoned"""


class Options(ctypes.Structure):
    _fields_ = [(name, c_uint64) for name in OPTIONS.split()]


class Progress(ctypes.Structure):
    _fields_ = [(name, c_uint64) for name in ("states", "generated", "depth", "queue", "bytes")]


class Counts(ctypes.Structure):
    _fields_ = [(name, c_uint64) for name in COUNTS.split()]


class Transition(NamedTuple):
    """One transition of a state: `bound` is 0 within all bounds, -1 where the action escaped."""

    action: int
    bound: int
    words: tuple[int, ...]


Words = tuple[int, ...]


def compiler() -> str:
    """The C compiler; the test is skipped where there is none."""
    found = shutil.which("gcc") or shutil.which("cc")
    if found is None:
        pytest.skip("there is no C compiler here")
    return found


def build(target: Path, *arguments: str, name: str) -> Path:
    """Compile one model; a warning is an error."""
    command = [compiler(), *FLAGS, *arguments, str(MODELS / name), "-o", str(target)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return target


class Model:
    """A compiled model: its facts, its single states, and searches over it."""

    def __init__(self, library: Path) -> None:
        c = self.c = ctypes.CDLL(str(library))
        c.quorate_new.restype = ctypes.c_void_p
        words = POINTER(c_uint64)
        search = ctypes.c_void_p
        for function, result, arguments in (
            ("new", search, [POINTER(Options), POINTER(c_int)]),
            ("free", None, [search]),
            ("start", c_int, [search]),
            ("wait", c_int, [search, c_uint64]),
            ("stop", None, [search]),
            ("resume", c_int, [search]),
            ("progress", None, [search, POINTER(Progress)]),
            ("counts", None, [search, POINTER(Counts)]),
            ("reason", c_int, [search]),
            ("actions", None, [search, words, words]),
            ("bound", c_uint64, [search, c_uint64, words, POINTER(c_int64), words]),
            ("witness", c_uint64, [search, c_uint64, c_uint64, words]),
            ("states", c_uint64, [search, c_uint64, c_uint64, words]),
            ("trace", c_int64, [search, words, c_uint64, c_uint64, words]),
            ("escapes", c_uint64, [search]),
            ("escape", c_int64, [search, c_uint64, words]),
            ("answering", c_int, [search, c_uint64]),
            ("offer", c_int, [search, c_int64, words, c_uint64]),
            ("questions", c_uint64, [search]),
            ("question", c_int64, [search, c_uint64, words]),
            ("answer", c_int, [search, c_uint64, c_uint64]),
            ("successors", c_int64, [words, words, c_uint64]),
            ("initials", c_int64, [words, c_uint64]),
            ("ask", c_int, [c_uint64, c_uint64, words, words]),
            ("canonical", c_uint64, [words, words]),
            ("facts", None, [words]),
        ):
            entry = getattr(c, f"quorate_{function}")
            entry.restype, entry.argtypes = result, arguments
        facts = (c_uint64 * 8)()
        c.quorate_facts(facts)
        self.words, self.bits, self.actions, self.bounds = facts[0], facts[1], facts[2], facts[3]

    def array(self, count: int, words: Words = ()) -> Any:
        return (c_uint64 * (count * self.words))(*words)

    def split(self, flat: Any, count: int) -> list[Words]:
        return [tuple(flat[i * self.words : (i + 1) * self.words]) for i in range(count)]

    def successors(self, words: Words | None, capacity: int = 4096) -> list[Transition]:
        """All transitions of a state; those into the initial states for None."""
        row = 2 + self.words
        out = (c_uint64 * (row * capacity))()
        if words is None:
            count = self.c.quorate_initials(out, capacity)
        else:
            count = self.c.quorate_successors(self.array(1, words), out, capacity)
        return [
            Transition(
                out[i * row],
                ctypes.c_int64(out[i * row + 1]).value,
                tuple(out[i * row + 2 : (i + 1) * row]),
            )
            for i in range(count)
        ]

    def ask(self, kind: int, number: int, words: Words, after: Words | None = None) -> int:
        other = None if after is None else self.array(1, after)
        return int(self.c.quorate_ask(kind, number, self.array(1, words), other))

    def search(self, **options: int) -> Search:
        return Search(self, **options)

    def run(self, **options: int) -> Search:
        """A search from start to finish."""
        search = Search(self, **options)
        search.start()
        assert search.wait() == FINISHED
        return search


class Search:
    """One search; all properties are asked unless the options say otherwise."""

    def __init__(self, model: Model, **options: int) -> None:
        asked = {"always": ALL, "step": ALL, "sometimes": ALL, "deadlock": 1, "memory_bytes": 1 << 30}
        error = c_int()
        self.model = model
        self.c = model.c
        self.handle = self.c.quorate_new(byref(Options(**{**asked, **options})), byref(error))
        self.error = error.value

    def __del__(self) -> None:
        if getattr(self, "handle", None):
            self.c.quorate_free(self.handle)

    def start(self) -> None:
        assert self.c.quorate_start(self.handle) == 0

    def wait(self, seconds: float = 60) -> int:
        return int(self.c.quorate_wait(self.handle, int(seconds * 1000)))

    @property
    def counts(self) -> Counts:
        counts = Counts()
        self.c.quorate_counts(self.handle, byref(counts))
        return counts

    @property
    def totals(self) -> tuple[int, int, int]:
        """Distinct, generated, depth: TLC's three numbers."""
        counts = self.counts
        return counts.distinct, counts.generated, counts.depth

    @property
    def reason(self) -> int:
        return int(self.c.quorate_reason(self.handle))

    @property
    def progress(self) -> Progress:
        progress = Progress()
        self.c.quorate_progress(self.handle, byref(progress))
        return progress

    def actions(self) -> tuple[list[int], list[int]]:
        """How often each action was taken, and how many states each added; initial states last."""
        taken, added = (c_uint64 * (self.model.actions + 1))(), (c_uint64 * (self.model.actions + 1))()
        self.c.quorate_actions(self.handle, taken, added)
        return list(taken), list(added)

    def bound(self, number: int) -> tuple[int, int, int, Words]:
        """How often a bound was left; first at which depth, by which action, from which state."""
        depth, action, parent = c_uint64(), c_int64(), self.model.array(1)
        times = self.c.quorate_bound(self.handle, number, byref(depth), byref(action), parent)
        return times, depth.value, action.value, tuple(parent)

    def witness(self, kind: int, number: int = 0) -> tuple[int, tuple[Words, ...]] | None:
        """The depth and the state, or the two states of a step; None if there is no witness."""
        words = self.model.array(2)
        depth = self.c.quorate_witness(self.handle, kind, number, words)
        states = self.model.split(words, 2 if kind == STEP else 1)
        return (depth, tuple(states)) if depth else None

    def states(self) -> list[Words]:
        count = self.counts.distinct
        words = self.model.array(count)
        assert self.c.quorate_states(self.handle, 0, count + 5, words) == count
        return self.model.split(words, count)

    def trace(self, words: Words, depth: int, milliseconds: int = 0) -> list[Words] | int:
        """The states of a behaviour that ends in this one, or an error code; 0 ms are no limit."""
        out = self.model.array(depth)
        length = self.c.quorate_trace(self.handle, self.model.array(1, words), depth, milliseconds, out)
        return self.model.split(out, length) if length > 0 else int(length)

    def outcome(self) -> dict[str, Any]:
        """All that must not depend on the number of workers."""
        witnesses = {(kind, number): self.witness(kind, number) for kind in range(4) for number in range(4)}
        return {
            "reason": self.reason,
            "totals": self.totals,
            "queue": self.counts.queue,
            "taken": self.actions()[0],
            "bounds": [self.bound(number) for number in range(1, self.model.bounds + 2)],
            "states": sorted(self.states()),
            "witnesses": {key: found for key, found in witnesses.items() if found},
        }
