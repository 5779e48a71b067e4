"""A compiled model, loaded: the functions of the C runtime with Python's types.

A packed state is a tuple of so many 64-bit words.  Structures here mirror those of
`runtime/search.h` and `runtime/api.c` field by field.  Nothing here knows what the words mean.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from ctypes import POINTER, byref, c_int, c_int64, c_uint64, c_void_p
from enum import IntEnum
from pathlib import Path
from typing import Any

from attrs import frozen

from checker.lang.errors import InternalError

Words = tuple[int, ...]


class Order(IntEnum):
    """In which order states are visited."""

    BREADTH = 0
    DEPTH = 1
    WALKS = 2


class Kind(IntEnum):
    """What can be asked of a state or of a step."""

    ALWAYS = 0
    STEP = 1
    SOMETIMES = 2
    DEADLOCK = 3
    INSIDE = 4


class Status(IntEnum):
    """What a search that is waited for does."""

    RUNNING = 0
    FINISHED = 1
    NEEDS_HOST = 2


class Reason(IntEnum):
    """Why a search has finished."""

    NONE = 0
    EXHAUSTED = 1
    VIOLATED = 2
    STOPPED = 3
    STATES = 4
    DEPTH = 5
    MEMORY = 6
    INITIAL_ESCAPED = 7
    FAILED = 8


def _numbers(names: str) -> list[tuple[str, type[c_uint64]]]:
    """Fields that are all unsigned and 64 bits wide."""
    return [(name, c_uint64) for name in names.split()]


class Options(ctypes.Structure):
    """How to search; zero means no limit, or the default."""

    _fields_ = _numbers(
        "workers order memory_bytes max_states max_depth compact_bits seed behaviours walk_depth "
        "always step sometimes deadlock keep_going symmetry table_slots"
    )


class Progress(ctypes.Structure):
    """How far a search has come."""

    _fields_ = _numbers("states generated depth queue bytes")


class Counts(ctypes.Structure):
    """What a search has counted; see `runtime/api.c`."""

    _fields_ = _numbers(
        "distinct generated depth queue represented_low represented_high saturated bytes peak_bytes "
        "growths table_slots compared fingerprint_bits effective_bits walks abandoned"
    )

    @property
    def represented(self) -> int:
        """How many states the stored ones stand for."""
        return int(self.represented_low) | int(self.represented_high) << 64


@frozen
class Facts:
    """What the compiled model is."""

    words: int
    bits: int
    actions: int
    bounds: int
    always: int
    steps: int
    sometimes: int
    symmetry: bool


@frozen
class Listed:
    """A transition of a single state: its action, and the successor.

    `bound` is 0, or the number of the bound that the successor leaves, one more than all of them
    beyond the boundary, or -1 where generated code could not run the action at all.
    """

    action: int
    bound: int
    words: Words


@frozen
class BoundMet:
    """A bound that was left: how often, and at which depth, from which state by which action first."""

    times: int
    depth: int
    action: int
    parent: Words


_SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "new": (c_void_p, (POINTER(Options), POINTER(c_int))),
    "free": (None, (c_void_p,)),
    "start": (c_int, (c_void_p,)),
    "wait": (c_int, (c_void_p, c_uint64)),
    "resume": (c_int, (c_void_p,)),
    "stop": (None, (c_void_p,)),
    "progress": (None, (c_void_p, POINTER(Progress))),
    "counts": (None, (c_void_p, POINTER(Counts))),
    "reason": (c_int, (c_void_p,)),
    "actions": (None, (c_void_p, c_void_p, c_void_p)),
    "bound": (c_uint64, (c_void_p, c_uint64, POINTER(c_uint64), POINTER(c_int64), c_void_p)),
    "witness": (c_uint64, (c_void_p, c_uint64, c_uint64, c_void_p)),
    "trace": (c_int64, (c_void_p, c_void_p, c_uint64, c_uint64, c_void_p)),
    "states": (c_uint64, (c_void_p, c_uint64, c_uint64, c_void_p)),
    "facts": (None, (c_void_p,)),
    "escapes": (c_uint64, (c_void_p,)),
    "escape": (c_int64, (c_void_p, c_uint64, c_void_p)),
    "answering": (c_int, (c_void_p, c_uint64)),
    "offer": (c_int, (c_void_p, c_int64, c_void_p, c_uint64)),
    "questions": (c_uint64, (c_void_p,)),
    "question": (c_int64, (c_void_p, c_uint64, c_void_p)),
    "answer": (c_int, (c_void_p, c_uint64, c_uint64)),
    "successors": (c_int64, (c_void_p, c_void_p, c_uint64)),
    "initials": (c_int64, (c_void_p, c_uint64)),
    "ask": (c_int, (c_uint64, c_uint64, c_void_p, c_void_p)),
    "canonical": (c_uint64, (c_void_p, c_void_p)),
    "follow": (c_uint64, (c_uint64, c_void_p, c_uint64, c_uint64, c_void_p, c_void_p)),
}

_TIME = -5
"""The error code of what was not done in the time that it was given."""


class Library:
    """The functions of one compiled model that need no search."""

    def __init__(self, path: Path) -> None:
        self._loaded = ctypes.CDLL(str(path))
        for name, (result, arguments) in _SIGNATURES.items():
            self.declare(name, result, arguments)
        numbers = (c_uint64 * 8)()
        self.call("facts", numbers)
        words, bits, actions, bounds, always, steps, sometimes, symmetry = numbers
        self.facts = Facts(words, bits, actions, bounds, always, steps, sometimes, bool(symmetry))

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a function of the runtime."""
        return getattr(self._loaded, f"quorate_{name}")(*arguments)

    def declare(self, name: str, result: Any, arguments: tuple[Any, ...]) -> None:
        """Give a function that not every library has Python's types."""
        function = getattr(self._loaded, f"quorate_{name}")
        function.restype = result
        function.argtypes = arguments

    def packed(self, words: Words) -> Any:
        """Words as C wants them."""
        return (c_uint64 * self.facts.words)(*words)

    def room(self, states: int = 1) -> Any:
        """Room for so many packed states."""
        return (c_uint64 * (self.facts.words * states))()

    def split(self, room: Sequence[int], states: int) -> list[Words]:
        """The packed states that C wrote into some room."""
        width = self.facts.words
        return [tuple(room[place * width : (place + 1) * width]) for place in range(states)]

    def initials(self) -> list[Listed]:
        """The initial states, one for each witness."""
        return self._listed("initials", 64)

    def successors(self, words: Words) -> list[Listed]:
        """Every transition out of a state; an action that escaped is one of its own."""
        return self._listed("successors", 256, self.packed(words))

    def _listed(self, name: str, capacity: int, *before: Any) -> list[Listed]:
        width = self.facts.words + 2
        while True:
            rows = (c_int64 * (width * capacity))()
            count = int(self.call(name, *before, rows, capacity))
            if count < 0:
                raise MemoryError(f"no memory to list {name}")
            if count <= capacity:
                break
            capacity = count
        out = []
        for row in range(count):
            action, bound, *words = rows[row * width : (row + 1) * width]
            out.append(Listed(action, bound, tuple(word & 0xFFFFFFFFFFFFFFFF for word in words)))
        return out

    def ask(self, kind: Kind, number: int, words: Words, after: Words | None = None) -> bool | None:
        """Whether a predicate holds; None where generated code cannot tell."""
        second = None if after is None else self.packed(after)
        answer = int(self.call("ask", kind, number, self.packed(words), second))
        if answer < 0:
            raise InternalError(f"the runtime cannot ask predicate {number} of kind {kind.name}: {answer}")
        return None if answer == 2 else answer == 1

    def canonical(self, words: Words) -> tuple[Words, int]:
        """The representative of a state's orbit, and the orbit's size."""
        room = self.room()
        size = int(self.call("canonical", self.packed(words), room))
        return self.split(room, 1)[0], size


class Running:
    """One search of a library: started at once, freed by `close`."""

    def __init__(self, library: Library, options: Options) -> None:
        self.library = library
        error = c_int()
        self._search = library.call("new", byref(options), byref(error))
        if not self._search:
            if error.value == -1:
                raise MemoryError("there is not enough memory to begin a search")
            raise InternalError(f"the runtime refuses its options ({error.value})")

    def close(self) -> None:
        """End the search and give back its memory."""
        if self._search:
            self.library.call("free", self._search)
            self._search = None

    @property
    def search(self) -> Any:
        """The search as C knows it."""
        return self._search

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a function of this search."""
        return self.library.call(name, self._search, *arguments)

    def must(self, name: str, *arguments: Any) -> None:
        """Call a function that returns an error code; MemoryError or InternalError if it does."""
        code = int(self.call(name, *arguments))
        if code == -1:
            raise MemoryError("memory ran out in the middle of a search")
        if code < 0:
            raise InternalError(f"the runtime's {name} failed ({code})")

    def wait(self, milliseconds: int) -> Status:
        """Wait a while; what the search does then."""
        return Status(self.call("wait", milliseconds))

    def progress(self) -> Progress:
        """How far it has come; may be asked at any time."""
        found = Progress()
        self.call("progress", byref(found))
        return found

    def counts(self) -> Counts:
        """What it has counted; only while no worker runs, as with all that follow."""
        found = Counts()
        self.call("counts", byref(found))
        return found

    def actions(self) -> list[tuple[int, int]]:
        """For each action, and last for the initial states, how often taken, how many states added."""
        count = self.library.facts.actions + 1
        taken, added = (c_uint64 * count)(), (c_uint64 * count)()
        self.call("actions", taken, added)
        return list(zip(taken, added, strict=True))

    def bound(self, number: int) -> BoundMet | None:
        """What is known of a bound that was left, None for one that never was."""
        depth, action, parent = c_uint64(), c_int64(), self.library.room()
        times = int(self.call("bound", number, byref(depth), byref(action), parent))
        if times == 0:
            return None
        return BoundMet(times, depth.value, action.value, self.library.split(parent, 1)[0])

    def witness(self, kind: Kind, number: int) -> tuple[int, list[Words]] | None:
        """The depth of the state that shows a violation, and the state; two for a step."""
        room = self.library.room(2)
        depth = int(self.call("witness", kind, number, room))
        if depth == 0:
            return None
        return depth, self.library.split(room, 2 if kind is Kind.STEP else 1)

    def trace(self, words: Words, depth: int, seconds: float | None = None) -> list[Words] | None:
        """The stored states from an initial one to this, which is at that depth.

        None where they are not found in so many seconds.
        """
        room = self.library.room(depth)
        most = 0 if seconds is None else max(1, int(seconds * 1000))
        length = int(self.call("trace", self.library.packed(words), depth, most, room))
        if length == _TIME:
            return None
        if length < 0:
            raise InternalError(f"no trace to a state at depth {depth} was found again ({length})")
        return self.library.split(room, length)

    def states(self, at_once: int = 65536) -> Iterator[Words]:
        """Every stored state, in breadth-first order."""
        first, room = 0, self.library.room(at_once)
        while count := int(self.call("states", first, at_once, room)):
            yield from self.library.split(room, count)
            first += count

    def state(self, number: int) -> Words:
        """One stored state."""
        room = self.library.room()
        self.call("states", number, 1, room)
        return self.library.split(room, 1)[0]

    def escapes(self) -> list[tuple[Words, int]]:
        """The actions of states that generated code could not run."""
        found, room = [], self.library.room()
        for number in range(int(self.call("escapes"))):
            action = int(self.call("escape", number, room))
            found.append((self.library.split(room, 1)[0], action))
        return found

    def questions(self) -> list[tuple[Kind, int, list[Words]]]:
        """The predicates that generated code could not evaluate, and the states to ask them of."""
        found, room = [], self.library.room(2)
        for number in range(int(self.call("questions"))):
            kind, prop = divmod(int(self.call("question", number, room)), 64)
            found.append((Kind(kind), prop, self.library.split(room, 2 if kind == Kind.STEP else 1)))
        return found
