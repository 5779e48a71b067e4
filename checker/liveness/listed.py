"""The graph of the reference engine: made by running the spec, and searched in plain Python.

The search is the textbook's: the product of graph and automaton, its strongly connected components, and
within each the fairness that it can keep (Emerson & Lei 1987; Baier & Katoen, "Principles of Model
Checking", 2008, section 4.4 and 5.1).  It shares no code with that of the native engine.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial, reduce
from operator import and_, or_
from typing import Any

from attrs import define, field

from checker.liveness.automaton import Automaton, Edge
from checker.liveness.graph import Constraint, Path, Source
from checker.liveness.normal import Bit
from checker.system import State

Node = tuple[int, int]
"""A state's number and an automaton's state."""

Arc = tuple[Node, int, int, Node]
"""A step of the product: from where, its marks, the acceptance sets that it is in, and to where."""


@define
class ListedGraph:
    """A graph held in Python's own lists."""

    source: Source
    initial: list[int] = field(factory=list)
    atoms: list[int] = field(factory=list)
    enabled: list[int] = field(factory=list)
    steps: list[tuple[tuple[int, int], ...]] = field(factory=list)
    """Of each state: the number of the next one, and the marks."""

    @property
    def states(self) -> int:
        """How many states it has."""
        return len(self.atoms)

    @property
    def edges(self) -> int:
        """How many different edges it has."""
        return sum(map(len, self.steps))

    def state(self, number: int) -> State:
        """A state as it is stored."""
        return self.source.states[number]

    def ever(self) -> tuple[int, int]:
        """Which atoms are true of some state, and which of all."""
        return reduce(or_, self.atoms, 0), reduce(and_, self.atoms, (1 << len(self.source.letters.atoms)) - 1)

    def find(self, automaton: Automaton, fair: Sequence[Constraint]) -> Path | None:
        """A short fair lasso that the automaton accepts, or None."""
        return _Product(self, automaton, fair).lasso()


def listed_graph(source: Source) -> ListedGraph:
    """Make the graph of stored states.  Raises what the spec does wrong, and OutOfBudget."""
    graph = ListedGraph(source)
    system, letters = source.system, source.letters
    numbers = {state: number for number, state in enumerate(source.states)}
    for state in source.states:
        source.poll()
        enabled = 0
        steps: dict[tuple[int, int], None] = {}
        for action, arguments, after in system.successors(state):
            if after == state:
                continue
            inside = system.fault(after, state) is None and system.inside(after)
            marks = letters.step(state, action, arguments, after, inside=inside)
            enabled |= marks
            target = numbers.get(source.stored(after)) if inside else None
            if target is not None:
                steps[target, marks] = None
        graph.atoms.append(letters.atoms_of(state))
        graph.enabled.append(enabled)
        graph.steps.append(tuple(steps))
    begun = (source.stored(state) for state in system.initial() if system.inside(state))
    graph.initial = list(dict.fromkeys(numbers[state] for state in begun if state in numbers))
    return graph


class _Product:
    """The product of a graph with an automaton, as far as it can be reached."""

    def __init__(self, graph: ListedGraph, automaton: Automaton, fair: Sequence[Constraint]) -> None:
        self.graph = graph
        self.automaton = automaton
        self.fair = fair
        self.arcs: dict[Node, list[Arc]] = {}
        self.parents: dict[Node, Arc | None] = dict.fromkeys((number, 0) for number in graph.initial)
        self._explore()

    def _explore(self) -> None:
        """Reach every node, nearest first."""
        waiting = deque(self.parents)
        while waiting:
            node = waiting.popleft()
            self.graph.source.poll()
            self.arcs[node] = list(self._leaving(node))
            for arc in self.arcs[node]:
                if arc[3] not in self.parents:
                    self.parents[arc[3]] = arc
                    waiting.append(arc[3])

    def _leaving(self, node: Node) -> Iterator[Arc]:
        number, place = node
        for edge in self.automaton.edges[place]:
            for target, marks in self.graph.steps[number]:
                if self._reads(edge.bits, number, marks):
                    yield node, marks, edge.accepts, (target, edge.target)

    def _reads(self, bits: Iterable[Bit], number: int, marks: int) -> bool:
        """Whether the letter of a state and of a step with these marks has all these bits."""
        words = {"atom": self.graph.atoms[number], "enabled": self.graph.enabled[number], "taken": marks}
        return all((words[bit.kind] >> bit.number & 1) == bit.true for bit in bits)

    # -- the search --

    def lasso(self) -> Path | None:
        """The lasso with the nearest beginning of its loop: one that stops there, or the shortest found."""
        fair: dict[Node, frozenset[Node]] = {}
        for component in self._fair_components():
            fair.update(dict.fromkeys(component, component))
        for node in self.parents:
            if self._may_stop(node):
                return self._path(node, [])
            if node in fair:
                return self._path(node, self._loop(node, fair[node]))
        return None

    def _fair_components(self) -> Iterator[frozenset[Node]]:
        """The components in which some loop keeps every acceptance set and all fairness."""
        import networkx

        waiting = [frozenset(self.arcs)]
        while waiting:
            nodes = waiting.pop()
            inner: Any = networkx.DiGraph((arc[0], arc[3]) for arc in self._within(nodes))
            for found in networkx.strongly_connected_components(inner):
                component = frozenset(found)
                arcs = list(self._within(component))
                if not arcs or not self._accepting(arcs):
                    continue
                bad = self._never_served(component, arcs)
                if not bad:
                    yield component
                elif bad != component:
                    waiting.append(component - bad)

    def _within(self, nodes: frozenset[Node]) -> Iterator[Arc]:
        return (arc for node in nodes for arc in self.arcs[node] if arc[3] in nodes)

    def _accepting(self, arcs: Sequence[Arc]) -> bool:
        """Whether these arcs are in every acceptance set, and serve all that is to be fairly weak."""
        return all(any(self._serves(goal, arc) for arc in arcs) for goal in self._goals(strong=False))

    def _never_served(self, component: frozenset[Node], arcs: Sequence[Arc]) -> set[Node]:
        """The nodes that enable steps of a strong fairness which no arc takes."""
        bad: set[Node] = set()
        for one in self.fair:
            if one.strength == "strong" and not any(arc[1] >> one.mark & 1 for arc in arcs):
                bad |= {node for node in component if self.graph.enabled[node[0]] >> one.mark & 1}
        return bad

    def _may_stop(self, node: Node) -> bool:
        """Whether to stop here is fair, and the automaton accepts the same letter for ever."""
        number, place = node
        if any(self.graph.enabled[number] >> one.mark & 1 for one in self.fair):
            return False
        stays = [
            [edge for edge in edges if self._reads(edge.bits, number, 0)] for edges in self.automaton.edges
        ]
        return _accepts_for_ever(stays, place, (1 << self.automaton.sets) - 1)

    # -- the loop --

    def _goals(self, *, strong: bool) -> list[tuple[str, int]]:
        """What a loop has to do, apart from closing."""
        goals = [("accepts", place) for place in range(self.automaton.sets)]
        goals += [("weak", one.mark) for one in self.fair if one.strength == "weak"]
        return goals + [("strong", one.mark) for one in self.fair if strong and one.strength == "strong"]

    def _serves(self, goal: tuple[str, int], arc: Arc) -> bool:
        kind, place = goal
        if kind == "accepts":
            return bool(arc[2] >> place & 1)
        taken = arc[1] >> place & 1
        return bool(taken or (kind == "weak" and not self.graph.enabled[arc[0][0]] >> place & 1))

    def _serves_one(self, goals: Sequence[tuple[str, int]], arc: Arc) -> bool:
        return any(self._serves(goal, arc) for goal in goals)

    def _loop(self, start: Node, component: frozenset[Node]) -> list[Arc]:
        """A round trip that does everything, one thing after the other by the shortest way."""
        arcs = list(self._within(component))
        left = [
            goal
            for goal in self._goals(strong=True)
            if goal[0] != "strong" or any(self.graph.enabled[n] >> goal[1] & 1 for n, _ in component)
        ]
        outgoing: dict[Node, list[Arc]] = {}
        for arc in arcs:
            outgoing.setdefault(arc[0], []).append(arc)
        walk: list[Arc] = []
        here = start
        while left:
            part = _way(here, outgoing, partial(self._serves_one, left))
            walk += part
            left = [goal for goal in left if not any(self._serves(goal, arc) for arc in part)]
            here = walk[-1][3]
        if not walk or here != start:
            walk += _way(here, outgoing, lambda arc: arc[3] == start)
        return walk

    def _path(self, node: Node, loop: Sequence[Arc]) -> Path:
        stem: list[Arc] = []
        while (arc := self.parents[node]) is not None:
            stem.insert(0, arc)
            node = arc[0]
        arcs = [*stem, *loop]
        states = (node[0], *(arc[3][0] for arc in arcs))
        return Path(states, tuple(arc[1] for arc in arcs), len(stem))


def _way(start: Node, outgoing: dict[Node, list[Arc]], wanted: Callable[[Arc], bool]) -> list[Arc]:
    """The shortest way from a node that ends with an arc as wanted; there is one."""
    parents: dict[Node, Arc | None] = {start: None}
    waiting = deque([start])
    while True:
        node = waiting.popleft()
        for arc in outgoing[node]:
            if wanted(arc):
                way = [arc]
                while (before := parents[way[0][0]]) is not None:
                    way.insert(0, before)
                return way
            if arc[3] not in parents:
                parents[arc[3]] = arc
                waiting.append(arc[3])


def _accepts_for_ever(edges: Sequence[Sequence[Edge]], start: int, sets: int) -> bool:
    """Whether a run from a state, by these edges alone, takes edges of every set again and again."""
    reach = {place: _reached(edges, place) for place in _reached(edges, start)}
    for place, found in reach.items():
        around = [
            edge for at in found if place in reach[at] for edge in edges[at] if place in reach[edge.target]
        ]
        if around and reduce(or_, (edge.accepts for edge in around)) == sets:
            return True
    return False


def _reached(edges: Sequence[Sequence[Edge]], start: int) -> set[int]:
    """The states to which some edges lead, the first one included."""
    found, waiting = {start}, [start]
    while waiting:
        for edge in edges[waiting.pop()]:
            if edge.target not in found:
                found.add(edge.target)
                waiting.append(edge.target)
    return found
