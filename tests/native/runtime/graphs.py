"""Random graphs as models, and a dumb search over them that says what must come out."""

from __future__ import annotations

import ctypes
from itertools import pairwise
from random import Random
from typing import Any

from attrs import define, field

from tests.native.runtime.harness import ALWAYS, DEADLOCK, SOMETIMES, STEP, Model, Search, Words

ACTIONS, BOUNDS = 3, 2
BOUNDARY = BOUNDS + 1
INITIAL, FINAL, OUTSIDE, BAD, GOOD, GUARDED, ALWAYS_ESCAPES, STEP_ESCAPES, FINAL_ESCAPES, INSIDE_ESCAPES = (
    1 << bit for bit in range(10)
)
MASK = 2**64 - 1


def packed(node: int, width: int) -> Words:
    """How models/graph.c packs a node."""
    if width == 3:
        return node >> 3, ~node & MASK, node * 0x9E3779B97F4A7C15 & MASK
    return (~node & MASK if width == 64 else node,)


@define
class Graph:
    """`edges[node][action]` are targets, a negative one the bound that it leaves, in order."""

    edges: list[list[list[int]]]
    marks: list[int]
    escaping: set[tuple[int, int]] = field(factory=set)

    def has_path(self, path: list[int]) -> bool:
        """Whether each node but the first is a target of the one before."""
        return all(any(b in row for row in self.edges[a]) for a, b in pairwise(path))

    def load(self, model: Model, *, initial_escapes: bool = False) -> None:
        """Make this the graph that the compiled model explores."""
        rows = [targets for actions in self.edges for targets in actions]
        firsts = [0]
        for row in rows:
            firsts.append(firsts[-1] + len(row))
        flat = [target for row in rows for target in row]
        escapes = [(n, a) in self.escaping for n in range(len(self.edges)) for a in range(ACTIONS)]
        self_held = (
            (ctypes.c_int32 * len(firsts))(*firsts),
            (ctypes.c_int32 * max(1, len(flat)))(*flat),
            (ctypes.c_int32 * len(self.marks))(*self.marks),
            (ctypes.c_uint8 * len(escapes))(*escapes),
        )
        model.held = self_held  # type: ignore[attr-defined]
        model.c.graph_load(len(self.edges), *self_held, int(initial_escapes))


def random_graph(seed: int, nodes: int, *, violations: bool = True, escapes: bool = False) -> Graph:
    """A graph in which everything occurs now and then."""
    random = Random(seed)

    def target() -> int:
        return random.randrange(nodes) if random.random() < 0.97 else -random.randint(1, BOUNDS)

    edges = [
        [[target() for _ in range(random.choice((0, 0, 0, 1, 2)))] for _ in range(ACTIONS)]
        for _ in range(nodes)
    ]
    chances = [(FINAL, 0.3), (OUTSIDE, 0.05), (GOOD, 0.01)]
    if violations:
        chances += [(BAD, 0.01), (GUARDED, 0.1)]
    if escapes:
        chances += [(ALWAYS_ESCAPES, 0.05), (STEP_ESCAPES, 0.2), (FINAL_ESCAPES, 0.5), (INSIDE_ESCAPES, 0.02)]
    marks = [sum(mark for mark, chance in chances if random.random() < chance) for _ in range(nodes)]
    for node in range(3):
        marks[node] = INITIAL | marks[node] & ~(INSIDE_ESCAPES | ALWAYS_ESCAPES)
    every = [(node, action) for node in range(nodes) for action in range(ACTIONS)]
    escaping = {place for place in every if escapes and random.random() < 0.1}
    return Graph(edges, marks, escaping)


@define
class Expected:
    """What a search over a graph must give; counting rules as in the design."""

    graph: Graph
    width: int
    keep_going: bool = True
    level_of: dict[int, int] = field(factory=dict)
    taken: list[int] = field(factory=lambda: [0] * (ACTIONS + 1))
    bounds: dict[int, list[Any]] = field(factory=dict)
    witnesses: dict[tuple[int, int], tuple[int, tuple[Words, ...]]] = field(factory=dict)
    depth: int = 0
    expanded: int = 0

    def run(self) -> Expected:
        marks = self.graph.marks
        level: list[int] = []
        for node in (n for n, mark in enumerate(marks) if mark & INITIAL):
            self._arrive(None, ACTIONS, node, 1, level)
        while level and not (self._violated() and not self.keep_going):
            self.depth += 1
            following: list[int] = []
            for node in level:
                self._expand(node, following)
            level = following
        self.depth += bool(level)
        return self

    def outcome(self) -> dict[str, Any]:
        """In the shape of Search.outcome."""
        stopped = self._violated() and not self.keep_going
        nowhere = (0,) * len(packed(0, self.width))
        return {
            "reason": 2 if stopped else 1,
            "totals": (len(self.level_of), sum(self.taken), self.depth),
            "queue": len(self.level_of) - self.expanded,
            "taken": self.taken,
            "bounds": [
                tuple(self.bounds.get(number, [0, 0, 0, nowhere])) for number in range(1, BOUNDARY + 1)
            ],
            "states": sorted(packed(node, self.width) for node in self.level_of),
            "witnesses": self.witnesses,
        }

    def _violated(self) -> bool:
        return any(kind != SOMETIMES for kind, _ in self.witnesses)

    def _expand(self, node: int, following: list[int]) -> None:
        self.expanded += 1
        depth = self.level_of[node]
        for action, targets in enumerate(self.graph.edges[node]):
            for target in targets:
                self._arrive(node, action, target, depth + 1, following)
        if not any(self.graph.edges[node]) and not self.graph.marks[node] & FINAL:
            self._witness(DEADLOCK, 0, depth, node)

    def _arrive(self, parent: int | None, action: int, node: int, depth: int, level: list[int]) -> None:
        self.taken[action] += 1
        if node < 0:
            self._bound(-node, depth, action, parent)
            return
        marks = self.graph.marks
        if parent is not None and parent != node and marks[parent] & marks[node] & GUARDED:
            self._witness(STEP, 0, depth, parent, node)
        if node in self.level_of:
            return
        if marks[node] & BAD:
            self._witness(ALWAYS, 0, depth, node)
        if marks[node] & GOOD:
            self._witness(SOMETIMES, 0, depth, node)
        if marks[node] & OUTSIDE:
            self._bound(BOUNDARY, depth, action, parent)
            return
        self.level_of[node] = depth
        level.append(node)

    def _bound(self, number: int, depth: int, action: int, parent: int | None) -> None:
        width = self.width
        words = packed(parent, width) if parent is not None else (0,) * len(packed(0, width))
        kept = self.bounds.setdefault(number, [0, depth, action, words])
        kept[0] += 1
        if depth == kept[1] and (words, action) < (kept[3], kept[2]):
            kept[2:] = [action, words]

    def _witness(self, kind: int, number: int, depth: int, *nodes: int) -> None:
        found = depth, tuple(packed(node, self.width) for node in nodes)
        kept = self.witnesses.get((kind, number))
        if kept is None or found < kept:
            self.witnesses[kind, number] = found


def answer_all(search: Search, graph: Graph, width: int) -> int:
    """Do the host's part until the search has finished; how often that was needed."""
    nodes = {packed(node, width): node for node in range(len(graph.edges))}
    times = 0
    while search.wait() == 2:
        times += 1
        for number in range(search.c.quorate_escapes(search.handle)):
            _answer_escape(search, graph, width, nodes, number)
        for number in range(search.c.quorate_questions(search.handle)):
            words = search.model.array(2)
            question = search.c.quorate_question(search.handle, number, words)
            before, after = (nodes.get(each) for each in search.model.split(words, 2))
            holds = _holds(graph, question // 64, question % 64, before, after)
            assert search.c.quorate_answer(search.handle, number, holds) == 0
        assert search.c.quorate_resume(search.handle) == 0
    return times


def _answer_escape(search: Search, graph: Graph, width: int, nodes: dict[Words, int], number: int) -> None:
    words = search.model.array(1)
    action = search.c.quorate_escape(search.handle, number, words)
    assert search.c.quorate_answering(search.handle, number) == 0
    for target in graph.edges[nodes[tuple(words)]][action]:
        outside = target >= 0 and graph.marks[target] & OUTSIDE
        bound = -target if target < 0 else BOUNDARY if outside else 0
        offered = search.model.array(1, packed(max(0, target), width))
        assert search.c.quorate_offer(search.handle, action, offered, bound) == 0


def _holds(graph: Graph, kind: int, number: int, before: int | None, after: int | None) -> bool:
    assert before is not None
    marks = graph.marks
    if kind == ALWAYS:
        return number == 1 or not marks[before] & BAD
    if kind == STEP:
        assert after is not None
        return not marks[before] & marks[after] & GUARDED
    assert kind == DEADLOCK
    return bool(marks[before] & FINAL)
