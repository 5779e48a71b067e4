"""The C runtime against a dumb search over random graphs: counts, bounds, witnesses, traces, escapes."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from tests.native.runtime.graphs import (
    ACTIONS,
    ALWAYS_ESCAPES,
    BAD,
    BOUNDARY,
    INITIAL,
    INSIDE_ESCAPES,
    OUTSIDE,
    Expected,
    Graph,
    answer_all,
    packed,
    random_graph,
)
from tests.native.runtime.harness import (
    ALWAYS,
    DEADLOCK,
    FINISHED,
    INITIAL_ESCAPED,
    NEEDS_HOST,
    SOMETIMES,
    STEP,
    VIOLATED,
    Model,
    build,
)

WIDTHS = (1, 3, 64)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Model]:
    folder: Path = tmp_path_factory.mktemp("graphs")
    return {
        width: Model(
            build(folder / f"graph{width}.so", f"-DWIDTH={width}", "-fPIC", "-shared", name="graph.c")
        )
        for width in WIDTHS
    }


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("keep_going", [0, 1])
@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_a_dumb_search(models: dict[int, Model], width: int, keep_going: int, seed: int) -> None:
    """Counts, bounds, states and witnesses are those of a search in twenty lines, for any workers."""
    graph = random_graph(seed, 400, violations=seed % 2 == 0)
    graph.load(models[width])
    expected = Expected(graph, width, bool(keep_going)).run().outcome()
    for workers in (1, 2, 4):
        search = models[width].run(workers=workers, keep_going=keep_going, table_slots=8)
        assert search.outcome() == expected


@pytest.mark.parametrize("width", WIDTHS)
def test_agrees_on_a_larger_graph_that_makes_workers_race(models: dict[int, Model], width: int) -> None:
    """Twelve runs by four workers over the same graph, from the smallest table on, are all the same."""
    graph = random_graph(99, 12_000, violations=False)
    graph.load(models[width])
    expected = Expected(graph, width).run().outcome()
    for _ in range(12):
        assert models[width].run(workers=4, keep_going=1, table_slots=8).outcome() == expected


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("workers", [1, 3])
def test_traces_are_shortest_behaviours(models: dict[int, Model], width: int, workers: int) -> None:
    """The trace of a state starts in an initial state, follows edges, and is as long as its level."""
    graph = random_graph(5, 300, violations=False)
    graph.load(models[width])
    search = models[width].run(workers=workers, keep_going=1)
    nodes = {packed(node, width): node for node in range(len(graph.edges))}
    expected = Expected(graph, width).run()
    for node, depth in list(expected.level_of.items())[::7]:
        trace = search.trace(packed(node, width), depth)
        assert isinstance(trace, list)
        path = [nodes[words] for words in trace]
        assert (len(path), path[-1]) == (depth, node)
        assert graph.marks[path[0]] & INITIAL
        assert graph.has_path(path)
        assert search.trace(packed(node, width), depth - 1) == -4


def test_a_trace_is_given_up_when_its_time_is_over(models: dict[int, Model]) -> None:
    """A code of its own says so; a limit that is not reached changes nothing."""
    length = 100_000
    edges: list[list[list[int]]] = [[[node + 1], [], []] for node in range(length - 1)]
    graph = Graph([*edges, [[], [], []]], [INITIAL, *[0] * (length - 1)])
    graph.load(models[1])
    search = models[1].run(keep_going=1)
    assert search.trace((length - 1,), length, 1) == -5
    assert search.trace((length - 1,), length, 60_000) == [(node,) for node in range(length)]


def test_a_state_beyond_the_boundary_has_a_trace(models: dict[int, Model]) -> None:
    """A violating state that is not stored still has a behaviour that leads to it."""
    graph = Graph([[[1], [], []], [[2], [], []], [[], [], []]], [INITIAL, 0, OUTSIDE | BAD])
    graph.load(models[1])
    for order in (0, 1):
        search = models[1].run(order=order)
        assert search.witness(ALWAYS) == (3, ((2,),))
        assert search.trace((2,), 3) == [(0,), (1,), (2,)]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("width", WIDTHS)
def test_the_host_answers_escapes(models: dict[int, Model], width: int, seed: int) -> None:
    """With half of the work left to the host the outcome is that of a search that needs none."""
    graph = random_graph(seed, 300, escapes=True)
    graph.load(models[width])
    # A boundary that escapes asks the host about the action; what leads there is then offered.
    expected = Expected(graph, width).run().outcome()
    for workers in (1, 2, 4):
        search = models[width].search(workers=workers, keep_going=1, table_slots=8)
        search.start()
        assert answer_all(search, graph, width) > 0
        assert search.outcome() == expected


@pytest.mark.parametrize("order", [0, 1])
def test_traces_go_through_escapes(models: dict[int, Model], order: int) -> None:
    """A successor that only the host could find is a step of the trace all the same."""
    graph = Graph([[[1], [], []], [[2], [], []], [[], [], []]], [INITIAL, 0, BAD], {(1, 0)})
    graph.load(models[1])
    search = models[1].search(order=order)
    search.start()
    assert answer_all(search, graph, 1) == 1
    assert search.trace((2,), 3) == [(0,), (1,), (2,)]


def test_an_unanswered_escape_keeps_the_search_from_going_on(models: dict[int, Model]) -> None:
    """Nothing is silently dropped: resume refuses while an escape or a question is open."""
    graph = Graph([[[1], [], []], [[], [], []]], [INITIAL, 2 | ALWAYS_ESCAPES], {(0, 0)})
    graph.load(models[1])
    search = models[1].search()
    search.start()
    assert search.wait() == NEEDS_HOST
    assert search.c.quorate_resume(search.handle) == -4
    assert search.c.quorate_offer(search.handle, 0, search.model.array(1, (1,)), 0) == -4
    assert answer_all(search, graph, 1) == 1
    assert search.totals == (2, 2, 2)


def test_an_escape_of_the_start_ends_it(models: dict[int, Model]) -> None:
    """Initial states that generated code cannot compute have a reason of their own."""
    graph = Graph([[[], [], []]], [INITIAL])
    graph.load(models[1], initial_escapes=True)
    for order in (0, 1, 2):
        assert models[1].run(order=order, behaviours=3, walk_depth=3).reason == INITIAL_ESCAPED
    assert [t.bound for t in models[1].successors(None)] == [0, -1]


def test_a_deadlock_needs_all_escapes_answered(models: dict[int, Model]) -> None:
    """A state whose only action escapes is a deadlock exactly if the host offers nothing."""
    for targets, witness in (([], (1, ((0,),))), ([0], None), ([-1], None)):
        graph = Graph([[targets, [], []]], [INITIAL], {(0, 0)})
        graph.load(models[1])
        search = models[1].search()
        search.start()
        answer_all(search, graph, 1)
        assert search.witness(DEADLOCK) == witness


@pytest.mark.parametrize("width", WIDTHS)
def test_depth_first_finds_the_same_states(models: dict[int, Model], width: int) -> None:
    """Depth-first search has the states and counts of breadth-first, and traces that are behaviours."""
    graph = random_graph(3, 400, violations=False, escapes=True)
    graph.load(models[width])
    expected = Expected(graph, width).run().outcome()
    search = models[width].search(order=1, keep_going=1, table_slots=8)
    search.start()
    answer_all(search, graph, width)
    found = search.outcome()
    for key in ("totals", "taken", "states", "queue", "reason"):
        kept = slice(0, 2) if key == "totals" else slice(None)
        assert (found[key][kept] if key != "queue" and key != "reason" else found[key]) == (
            expected[key][kept] if key != "queue" and key != "reason" else expected[key]
        )
    assert [times for times, *_ in found["bounds"]] == [times for times, *_ in expected["bounds"]]
    depth, (words,) = found["witnesses"][SOMETIMES, 0]
    trace = search.trace(words, depth)
    nodes = {packed(node, width): node for node in range(len(graph.edges))}
    assert isinstance(trace, list)
    path = [nodes[each] for each in trace]
    assert graph.has_path(path)


def test_depth_first_stops_at_the_first_violation(models: dict[int, Model]) -> None:
    """The state in hand is finished, and no other one is begun."""
    graph = Graph([[[1, 2], [], []], [[3], [], []], [[1], [], []], [[0], [], []]], [INITIAL, BAD, 0, 0])
    graph.load(models[1])
    search = models[1].run(order=1)
    assert (search.reason, search.totals) == (VIOLATED, (3, 3, 2))


def test_lists_the_transitions_of_one_state(models: dict[int, Model]) -> None:
    """Every transition with its bound; an action that escapes is one marked row."""
    graph = Graph([[[1, -2, 0], [1, 2], [2]], [[], [], []], [[], [], []]], [INITIAL, 0, OUTSIDE], {(0, 1)})
    graph.load(models[1])
    rows = models[1].successors((0,))
    assert [(t.action, t.bound) for t in rows] == [(0, 0), (0, 2), (0, 0), (2, BOUNDARY), (1, -1)]
    assert [t.words for t in rows if t.bound == 0] == [(1,), (0,)]
    out = (ctypes.c_uint64 * 3)()
    assert models[1].c.quorate_successors(models[1].array(1, (0,)), out, 1) > 1


def test_asks_single_predicates(models: dict[int, Model]) -> None:
    """Each kind by its number; 2 where the predicate escapes."""
    graph = Graph([[[], [], []]] * 4, [INITIAL | BAD, ALWAYS_ESCAPES, 2 | 32, OUTSIDE | 32 | INSIDE_ESCAPES])
    graph.load(models[1])
    model = models[1]
    assert [model.ask(ALWAYS, 0, (n,)) for n in range(3)] == [0, 1, 1]
    assert model.ask(ALWAYS, 1, (1,)) == 2
    assert [model.ask(STEP, 0, (2,), (n,)) for n in (0, 3)] == [1, 0]
    assert [model.ask(DEADLOCK, 0, (n,)) for n in (0, 2)] == [0, 1]
    assert [model.ask(4, 0, (n,)) for n in (0, 3)] == [1, 2]


def test_walks_are_behaviours_and_repeat(models: dict[int, Model]) -> None:
    """The same seed walks the same, whoever walks; a violating walk is kept as it was."""
    graph = random_graph(8, 60)
    graph.load(models[1])
    options = {"order": 2, "behaviours": 400, "walk_depth": 30, "seed": 7}
    found = []
    for workers in (1, 1, 3):
        search = models[1].run(workers=workers, **options)
        kinds = [(kind, search.witness(kind)) for kind in (ALWAYS, STEP, DEADLOCK)]
        found.append(next(each for each in kinds if each[1]))
        _, witness = found[-1]
        assert witness is not None
        depth, states = witness
        trace = search.trace(states[-1], depth)
        assert isinstance(trace, list)
        path = [words[0] for words in trace]
        assert graph.has_path(path)
        assert graph.marks[path[0]] & INITIAL
    assert found[0] == found[1] == found[2]


def test_walks_that_escape_are_counted(models: dict[int, Model]) -> None:
    """A walk that generated code cannot continue is abandoned, and never silently."""
    graph = Graph([[[1], [], []], [[0], [], []]], [INITIAL, 0], {(1, 0)})
    graph.load(models[1])
    search = models[1].run(order=2, behaviours=10, walk_depth=5)
    counts = search.counts
    assert (search.reason, counts.walks, counts.abandoned, counts.generated) == (1, 10, 10, 20)
    assert search.actions()[0] == [10, 0, 0, 10][: ACTIONS + 1]


def test_walks_choose_uniformly(models: dict[int, Model]) -> None:
    """Of four transitions within bounds each is taken about as often as the others."""
    last: list[list[list[int]]] = [[[], [], []]] * 4
    graph = Graph([[[1, 2, -1], [3], [4]], *last], [INITIAL, 2, 2, 2, 2])
    graph.load(models[1])
    search = models[1].run(order=2, behaviours=4000, walk_depth=2)
    taken = search.actions()[0]
    assert all(abs(count - wanted) < 150 for count, wanted in zip(taken, (2000, 1000, 1000), strict=False))
    assert search.wait() == FINISHED
