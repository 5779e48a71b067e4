"""Three tiny models with every visit and every count written out in full."""

from __future__ import annotations

from typing import Any

from checker import check
from checker.api import checks_of
from checker.explore.budget import Budget, Meter
from checker.explore.search import Order, Search
from checker.lang.declarations import declare
from checker.lang.model import Model
from checker.reference.system import ReferenceSystem
from checker.result.result import ActionResult, Counts, Evidence
from tests.explore.models import At, Clock, Graph, Hand, LinearEquation, Numbers

DIAMOND = Graph(edges=((0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (4, 0)))


def visited(model: Model[Any], order: Order) -> list[Any]:
    """The states of a model in the order in which the search stores them."""
    declaration = declare(model)
    system = ReferenceSystem(declaration)
    search = Search(system, checks_of(system, declaration.properties, True), Meter(Budget()), order)
    search.run()
    return search.states


def test_the_clock_starts_anywhere_and_runs_for_ever() -> None:
    """Each hour is an initial state; each tick leads to an hour that is known."""
    result = check(Clock(hours=3))
    assert visited(Clock(hours=3), "bfs") == [Hand(0), Hand(1), Hand(2)]
    assert result.states == Counts(distinct=3, generated=6, depth=1)
    assert result.actions == (ActionResult("tick", taken=3, added=0),)
    assert result.verdict.evidence is Evidence.EXHAUSTIVE
    assert result["midnight"].trace is not None
    assert [step.state for step in result["midnight"].trace.steps] == [Hand(0)]


def test_breadth_first_visits_a_graph_level_by_level() -> None:
    """Successors are stored in the order of the edges, one level after another."""
    result = check(DIAMOND)
    assert visited(DIAMOND, "bfs") == [At(0), At(1), At(2), At(3), At(4)]
    assert result.states == Counts(distinct=5, generated=7, depth=4)
    assert result.actions == (ActionResult("walk", taken=6, added=4),)


def test_depth_first_visits_a_graph_from_the_last_successor() -> None:
    """The state that was found last is expanded first; the counts but for the depth are the same."""
    result = check(DIAMOND, search="dfs")
    assert visited(DIAMOND, "dfs") == [At(0), At(1), At(2), At(3), At(4)]
    long = Graph(edges=((0, 1), (0, 2), (2, 3), (3, 4), (4, 5), (1, 6)))
    assert visited(long, "bfs") == [At(0), At(1), At(2), At(6), At(3), At(4), At(5)]
    assert visited(long, "dfs") == [At(0), At(1), At(2), At(3), At(4), At(5), At(6)]
    assert result.states == Counts(distinct=5, generated=7, depth=4)


def test_an_edge_that_is_given_twice_is_generated_twice() -> None:
    """Every witness is one transition, also one that leads where another did, or nowhere new."""
    result = check(Graph(edges=((0, 1), (0, 1), (1, 1))))
    assert result.states == Counts(distinct=2, generated=4, depth=2)
    assert result.actions == (ActionResult("walk", taken=3, added=1),)


def test_repeated_initial_states_are_generated_and_stored_once() -> None:
    """Three starts at two places are three generated and two distinct states."""
    result = check(Graph(edges=((0, 1),), starts=(1, 0, 1)))
    assert result.states == Counts(distinct=2, generated=4, depth=1)
    assert visited(Graph(starts=(1, 0, 1)), "bfs") == [At(1), At(0)]


def test_the_equation_is_solved_by_the_shortest_path() -> None:
    """2x + 10y = 14 has the solution x = 2, y = 1, three steps away; x is counted up first.

    The search finishes the level of the solution: four diagonals, the last of them not expanded.
    """
    result = check(LinearEquation(a=2, b=10, c=14))
    trace = result["unsolved"].trace
    assert trace is not None
    assert [step.action for step in trace.steps] == [None, "increase_x", "increase_x", "increase_y"]
    assert trace.steps[-1].state == Numbers(2, 1)
    assert result.states == Counts(distinct=10, generated=1 + 2 * (1 + 2 + 3), depth=4)
    assert result.exit_code == 1


def test_the_equation_without_a_solution_is_searched_to_the_end() -> None:
    """2x + 4y is never odd: all 65,536 states, two transitions from each."""
    result = check(LinearEquation(a=2, b=4, c=7), engine="python")
    assert result.states == Counts(distinct=256 * 256, generated=1 + 2 * 256 * 256, depth=511)
    assert result.actions == (
        ActionResult("increase_x", taken=65536, added=255),
        ActionResult("increase_y", taken=65536, added=65280),
    )
    assert result.exit_code == 0


def test_the_first_visits_of_the_equation() -> None:
    """Breadth first goes along the diagonals and ends with a whole one; depth first takes the last action
    as far as it goes."""
    breadth = visited(LinearEquation(a=2, b=10, c=14), "bfs")
    assert [(s.x, s.y) for s in breadth] == [
        (0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3),
    ]  # fmt: skip
    depth = visited(LinearEquation(a=1, b=1, c=4), "dfs")
    assert [(s.x, s.y) for s in depth] == [
        (0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2), (0, 3), (1, 3),
    ]  # fmt: skip
