"""The graph of a native search: its stored states with their letters, made and held by generated code.

Threads of C expand every state again; meanwhile this one watches the budgets.  What generated code leaves
to CPython is answered here, and a sample of states is compared with what CPython makes of them.  How fair
lassos are found in the graph is `checker.native.cycles`' work.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from ctypes import POINTER, c_int, c_int64, c_uint64, c_void_p
from enum import IntEnum
from threading import Thread
from typing import Any

from attrs import define, field, frozen

from checker.explore.budget import Meter, out_of_memory
from checker.lang.errors import InternalError
from checker.liveness.automaton import Automaton
from checker.liveness.graph import Constraint, Path
from checker.liveness.letters import Letters
from checker.native.cycles.view import GraphView
from checker.native.host import Host
from checker.native.library import Library, Reason, Running, Words
from checker.system import OutOfBudget, State

PATIENCE_S = 0.02
"""How long this thread waits before it looks again."""

SAMPLES = 40
SAMPLES_S = 0.25
"""So many states are compared with CPython, or as many as this time allows."""

MOST_STATES = 2**32 - 2

_SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "new": (c_void_p, (c_void_p, c_uint64)),
    "free": (None, (c_void_p,)),
    "expand": (c_int, (c_void_p, c_uint64)),
    "escapes": (c_uint64, (c_void_p,)),
    "answer": (c_int64, (c_void_p, c_uint64, c_void_p)),
    "offer": (c_int, (c_void_p, c_void_p, c_void_p)),
    "atoms": (c_int, (c_void_p, c_void_p)),
    "finish": (c_int, (c_void_p,)),
    "view": (POINTER(GraphView), (c_void_p,)),
    "stop": (None, (c_void_p,)),
    "done": (c_uint64, (c_void_p,)),
    "bytes": (None, (c_void_p, c_void_p)),
    "state": (c_int, (c_void_p, c_uint64, c_void_p)),
    "ever": (None, (c_void_p, c_void_p, c_void_p)),
}
"""The functions of `runtime/graph.c`, which only libraries with letters have."""


class Ended(IntEnum):
    """Why making a graph has ended early."""

    MADE = 0
    STOPPED = 1
    TOO_LARGE = 2
    NO_ROOM = 3
    NO_START = 4


@frozen(eq=False)
class Making:
    """What a graph is made from: a finished search, the definition of its model, and letters."""

    running: Running
    host: Host
    letters: Letters
    meter: Meter
    workers: int
    symmetry: bool

    @property
    def library(self) -> Library:
        """The functions of the compiled model."""
        return self.host.library


def native_graph(making: Making) -> NativeGraph:
    """Make the graph of a search that has finished and is not closed.

    Raises OutOfBudget, and SpecError for what the spec does wrong.  The graph lives no longer than the
    search; `close` gives back its memory before that.
    """
    graph = NativeGraph(making)
    try:
        graph.make()
    except BaseException:
        graph.close()
        raise
    return graph


@define(eq=False)
class NativeGraph:
    """A graph held by C; numbers of states do not depend on the number of workers."""

    making: Making
    view: GraphView = field(init=False, factory=GraphView)
    escapes: int = field(init=False, default=0)
    """How many actions, and atoms, of states CPython has run in place of generated code."""
    _graph: Any = field(init=False, default=None)

    # -- making it --

    def make(self, memory_bytes: int | None = None) -> None:
        """Number and expand all states, answer for CPython, put everything together, take samples.

        Takes no more than so many bytes, or than the meter allows.
        """
        loaded = self.making.library
        for name, (result, arguments) in _SIGNATURES.items():
            loaded.declare(f"graph_{name}", result, arguments)
        search = self.making.running.search
        self._graph = loaded.call("graph_new", search, self.making.workers)
        if not self._graph:
            raise MemoryError("there is not enough memory to begin a graph")
        most = self.making.meter.memory_left() if memory_bytes is None else memory_bytes
        self._run("expand", most)
        self.escapes = int(self.call("escapes"))
        Answers(self, self.making).give()
        self._run("finish")
        self.view = self.call("view").contents
        Samples(self, self.making).compare()

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a function of this graph."""
        return self.making.library.call(f"graph_{name}", self._graph, *arguments)

    def must(self, name: str, *arguments: Any) -> int:
        """Call a function that returns an error code; MemoryError or InternalError if it does."""
        code = int(self.call(name, *arguments))
        if code == -1:
            raise OutOfBudget(out_of_memory(self.making.meter.limit_bytes))
        if code < 0:
            raise InternalError(f"the runtime's graph_{name} failed ({code})")
        return code

    def _run(self, name: str, *arguments: Any) -> None:
        """Call what takes long, in another thread, and watch the budgets meanwhile."""
        ended: list[int] = []
        thread = Thread(target=lambda: ended.append(self.call(name, *arguments)), daemon=True)
        thread.start()
        try:
            while thread.is_alive():
                thread.join(PATIENCE_S)
                self._look()
        except BaseException:
            self.call("stop")
            raise
        finally:
            thread.join()
        self._must_be_made(Ended(ended[0]))

    def _look(self) -> None:
        meter = self.making.meter
        if meter.due():
            seen = self.making.running.progress()
            left = max(0, seen.states - int(self.call("done")))
            reason = meter.look(seen.states, seen.generated, seen.depth, left)
            if reason is not None:
                raise OutOfBudget(reason)

    def _must_be_made(self, ended: Ended) -> None:
        match ended:
            case Ended.MADE:
                return
            case Ended.NO_ROOM:
                raise OutOfBudget(out_of_memory(self.making.meter.limit_bytes))
            case Ended.TOO_LARGE:
                raise OutOfBudget(f"a graph of more than {MOST_STATES} states or labels is too large")
            case _:
                raise InternalError(f"making the graph ended for no reason ({ended.name})")

    def close(self) -> None:
        """Give back its memory."""
        if self._graph:
            self.view = GraphView()
            self.call("free")
            self._graph = None

    # -- reading it --

    @property
    def states(self) -> int:
        """How many states it has."""
        return int(self.view.states)

    @property
    def edges(self) -> int:
        """How many different edges it has."""
        return int(self.view.edges)

    @property
    def bytes(self) -> tuple[int, int]:
        """How many bytes it holds, and held at most."""
        found = (c_uint64 * 2)()
        self.call("bytes", found)
        return found[0], found[1]

    def words(self, number: int) -> Words:
        """A stored state as words."""
        room = self.making.library.room()
        self.must("state", number, room)
        return tuple(room)

    def state(self, number: int) -> State:
        """A state as it is stored: with symmetry, the one that stands for its orbit."""
        return self.making.host.codec.decode(self.words(number))

    def letter(self, number: int) -> tuple[int, int]:
        """The atoms that are true of a state, and the marks that are enabled in it."""
        view, width = self.view, self.view.atom_words + self.view.mark_words
        at = view.state_label[number] * width
        row = view.state_bits[at : at + width]
        return bits_of(row[: view.atom_words]), bits_of(row[view.atom_words :])

    def steps(self, number: int) -> list[tuple[int, int]]:
        """The edges that leave a state: where each leads, and its marks."""
        view, found = self.view, []
        for at in range(view.offsets[number], view.offsets[number + 1]):
            row = view.step_label[at] * view.mark_words
            found.append((view.targets[at], bits_of(view.step_bits[row : row + view.mark_words])))
        return found

    def initial(self) -> list[int]:
        """The numbers of the initial states that are stored."""
        return list(self.view.initial[: self.view.initial_count])

    def ever(self) -> tuple[int, int]:
        """Which atoms are true of some state, and which of all, as bits."""
        some, every = (c_uint64 * self.view.atom_words)(), (c_uint64 * self.view.atom_words)()
        self.call("ever", some, every)
        return bits_of(some), bits_of(every) & (1 << len(self.making.letters.atoms)) - 1

    def find(self, automaton: Automaton, fair: Sequence[Constraint]) -> Path | None:
        """A short fair lasso that the automaton accepts; None if there is none.  Raises OutOfBudget."""
        from checker.native.cycles.search import find

        meter = self.making.meter
        return find(
            self.view,
            automaton,
            fair,
            memory_bytes=meter.memory_left(),
            poll=meter.poll,
            limit_bytes=meter.limit_bytes,
        )


def bits_of(words: Sequence[int]) -> int:
    """Words of 64 bits as one number."""
    return sum(int(word) << 64 * place for place, word in enumerate(words))


def words_of(bits: int, count: int) -> Any:
    """A number as so many words of 64 bits, as C wants them."""
    return (c_uint64 * count)(*(bits >> 64 * place & 2**64 - 1 for place in range(count)))


@frozen
class Answers:
    """CPython in place of generated code: what a spec's own functions make of an action, or of atoms."""

    graph: NativeGraph
    making: Making

    def give(self) -> None:
        """Answer all that escaped.  Raises SpecError for what the spec does wrong, and OutOfBudget."""
        for number in range(self.graph.escapes):
            self.making.meter.poll()
            room = self.making.library.room()
            action = self.graph.must("answer", number, room)
            state = self.making.host.codec.decode(tuple(room))
            if action == self.making.library.facts.actions:
                atoms = self.making.letters.atoms_of(state)
                self.graph.must("atoms", words_of(atoms, _words_for(self.making.letters.atoms)))
            else:
                self._offer(state, action)

    def _offer(self, state: State, action: int) -> None:
        width = _words_for(self.making.letters.marks)
        for words, marks in steps_of(self.making, state, action):
            packed = None if words is None else self.making.library.packed(words)
            self.graph.must("offer", packed, words_of(marks, width))


def _words_for(numbered: Sequence[Any]) -> int:
    return max(1, (len(numbered) + 63) // 64)


def steps_of(making: Making, state: State, action: int) -> list[tuple[Words | None, int]]:
    """What CPython makes of an action: for each step that changes the state, where it leads (None where
    it leaves bounds or boundary) and its marks."""
    found: list[tuple[Words | None, int]] = []
    for arguments, after in making.host.system.transitions(action, state):
        if after == state:
            continue
        bound, words = making.host.admitted(after, state, action, arguments)
        marks = making.letters.step(state, action, arguments, after, inside=bound == 0)
        found.append((words if bound == 0 else None, marks))
    return found


@frozen
class Samples:
    """Compares states of a finished graph with CPython; a difference is our fault."""

    graph: NativeGraph
    making: Making

    def compare(self) -> None:
        """Look at states all over the graph.  Raises InternalError where one differs."""
        began, stride = time.monotonic(), max(1, self.graph.states // SAMPLES)
        for number in range(0, self.graph.states, stride):
            self._compare(number)
            if time.monotonic() >= began + SAMPLES_S:
                return

    def _compare(self, number: int) -> None:
        state = self.graph.state(number)
        atoms, enabled = self.graph.letter(number)
        all_: list[tuple[Words | None, int]] = []
        for action in range(len(self.making.host.system.action_names)):
            all_ += steps_of(self.making, state, action)
        marks = 0
        for _, mark in all_:
            marks |= mark
        self._same(state, "atoms", atoms, self.making.letters.atoms_of(state))
        self._same(state, "enabled steps", enabled, marks)
        python = {(self._stored(words), mark) for words, mark in all_ if words is not None}
        native = {(self.graph.words(target), mark) for target, mark in self.graph.steps(number)}
        if Reason(self.making.running.call("reason")) is Reason.EXHAUSTED:
            self._same(state, "steps", sorted(native), sorted(python))
        else:
            self._same(state, "steps", sorted(native - python), [])

    def _stored(self, words: Words) -> Words:
        return self.making.library.canonical(words)[0] if self.making.symmetry else words

    def _same(self, state: State, what: str, native: object, python: object) -> None:
        if native != python:
            raise InternalError(
                f"generated code and CPython disagree on the {what} of the state {state!r}: {native} against "
                f"{python}. Run with --engine python."
            )
