"""The search against a twenty-line explorer that does the same thing in the plainest way."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import check
from checker.api import checks_of
from checker.explore.budget import Budget, Meter
from checker.explore.search import DEADLOCK, Order, Search
from checker.lang.declarations import declare
from checker.reference.system import ReferenceSystem
from checker.result.result import Evidence
from tests.explore.models import At, Graph

VERTICES = st.integers(0, 7)


@st.composite
def graphs(draw: st.DrawFn, *, walls: bool = True) -> Graph:
    """Small graphs with repeated edges and starts, walls, forbidden vertices and dead ends."""
    edges = draw(st.lists(st.tuples(VERTICES, VERTICES), max_size=16))
    starts = draw(st.lists(VERTICES, min_size=1, max_size=3))
    some = st.frozensets(VERTICES, max_size=3)
    return Graph(
        edges=tuple(edges),
        starts=tuple(starts),
        forbidden=draw(some),
        walls=draw(some) if walls else frozenset(),
        ends=draw(some),
    )


class Explored:
    """What the plainest breadth-first search finds in a graph."""

    def __init__(self, graph: Graph) -> None:
        self.generated = 0
        self.levels: dict[int, int] = {}
        self.outside = 0
        self.forbidden_at: set[int] = set()
        self.deadlocks: set[int] = set()
        level = 1
        reached = list(graph.starts)
        while reached:
            now = [v for v in dict.fromkeys(self.see(graph, reached, level)) if v not in self.levels]
            self.levels.update(dict.fromkeys(now, level))
            reached, level = [b for v in now for b in graph.out_of(At(v))], level + 1
            self.deadlocks |= {v for v in now if not graph.out_of(At(v)) and v not in graph.ends}

    def see(self, graph: Graph, reached: list[int], level: int) -> Iterator[int]:
        """Count what was generated, check it, and let through what lies inside the boundary."""
        self.generated += len(reached)
        self.forbidden_at |= {level for v in reached if v in graph.forbidden}
        self.outside += sum(v in graph.walls for v in reached)
        return (v for v in reached if v not in graph.walls)


def search(graph: Graph, order: Order, *properties: str) -> Search:
    """A search to the end, with the named properties."""
    declaration = declare(graph)
    system = ReferenceSystem(declaration)
    selected = [prop for prop in declaration.properties if prop.name in properties]
    checks = checks_of(system, selected, DEADLOCK in properties)
    return Search(system, checks, Meter(Budget()), order, keep_going=True)


@given(graphs())
@settings(max_examples=300, deadline=None)
def test_breadth_first_agrees_with_the_twin(graph: Graph) -> None:
    """The same states in the same levels, and the same numbers."""
    twin, run = Explored(graph), search(graph, "bfs")
    found = run.run()
    assert {s.vertex: depth for s, depth in zip(run.states, run._depths, strict=True)} == twin.levels
    assert found.distinct == len(twin.levels)
    assert found.generated == twin.generated
    assert found.depth == max(twin.levels.values(), default=0)
    assert sum(bound.times for bound in found.bounds) == twin.outside
    assert found.stopped is None


@given(graphs())
@settings(max_examples=300, deadline=None)
def test_depth_first_agrees_with_the_twin(graph: Graph) -> None:
    """Another order, the same states and the same number generated."""
    twin, run = Explored(graph), search(graph, "dfs")
    found = run.run()
    assert {s.vertex for s in run.states} == set(twin.levels)
    assert len(run.states) == len(twin.levels)
    assert found.generated == twin.generated
    assert sum(bound.times for bound in found.bounds) == twin.outside


@given(graphs())
@settings(max_examples=300, deadline=None)
def test_the_counterexample_is_a_shortest_path_of_the_graph(graph: Graph) -> None:
    """Breadth first finds a violation exactly where there is one, by a path of minimal length."""
    twin = Explored(graph)
    result = check(graph, properties=["avoids_the_forbidden"])["avoids_the_forbidden"]
    assert (result.verdict.evidence is Evidence.VIOLATED) == bool(twin.forbidden_at)
    if result.trace is not None:
        path = [step.state.vertex for step in result.trace.steps]
        assert len(path) == min(twin.forbidden_at)
        assert path[0] in graph.starts
        assert path[-1] in graph.forbidden
        assert all(edge in graph.edges for edge in pairwise(path))


@given(graphs(), st.sampled_from(["bfs", "dfs"]))
@settings(max_examples=300, deadline=None)
def test_deadlocks_are_those_of_the_twin(graph: Graph, order: Order) -> None:
    """A state without successors that is no end is a deadlock; one behind a wall is not looked at."""
    twin = Explored(graph)
    found = search(graph, order, DEADLOCK).run()
    assert bool(found.violations) == bool(twin.deadlocks)
    if found.violations:
        assert found.violations[0].behaviour[-1].state.vertex in twin.deadlocks


@given(graphs(), st.integers(0, 5))
@settings(max_examples=150, deadline=None)
def test_a_seed_changes_no_number(graph: Graph, seed: int) -> None:
    """With another order of witnesses the counts and the length of a counterexample stay."""
    plain, seeded = (check(graph, keep_going=True, seed=s) for s in (None, seed))
    assert plain.states == seeded.states
    assert plain.bounds_reached == () or seeded.bounds_reached != ()
    for one, other in zip(plain.properties, seeded.properties, strict=True):
        assert one.verdict == other.verdict
        assert len(one.trace.steps if one.trace else ()) == len(other.trace.steps if other.trace else ())


HASH_SEED_PROBE = """
from checker import check
from specs.transactions.two_phase_commit import *
for model in (TwoPhaseCommit(rms=3), TwoPhaseCommitUnilateralAbort(rms=3), TwoPhaseCommitDecidesEarly(rms=3)):
    for order in ("bfs", "dfs"):
        result = check(model, search=order)
        print(result.states, result.actions, result.verdict)
        for prop in result.properties:
            steps = prop.trace.steps if prop.trace else ()
            print(prop.name, prop.verdict, prop.why, [(s.action, s.arguments) for s in steps])
"""


def _under(hash_seed: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", HASH_SEED_PROBE],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_results_do_not_depend_on_the_hash_seed() -> None:
    """Counts, explanations and traces are the same letter by letter in every process."""
    first = _under("1")
    assert "rm_chooses_to_abort" in first
    assert [_under("2"), _under("3")] == [first, first]


@pytest.mark.parametrize("order", ["bfs", "dfs"])
def test_two_searches_in_one_process_are_equal(order: Order) -> None:
    """What one search has cached changes nothing for the next."""
    graph = Graph(edges=((0, 1), (1, 2), (2, 0), (0, 3)), starts=(0, 2))
    results: list[Any] = [check(graph, search=order) for _ in range(2)]
    assert results[0].states == results[1].states
    assert [p.trace for p in results[0].properties] == [p.trace for p in results[1].properties]
