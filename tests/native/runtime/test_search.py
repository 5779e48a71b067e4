"""The C runtime on known models: TLC's counts, growth, budgets, compaction, symmetry, stopping."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.native.runtime.harness import (
    DEPTH,
    EXHAUSTED,
    FINISHED,
    MEMORY,
    RUNNING,
    SOMETIMES,
    STATES,
    STOPPED,
    Model,
    build,
)

TWO_PHASE = {3: (288, 1146, 11), 5: (8832, 58146, 17)}
ORBITS = {3: (80, 318, 11), 5: (314, 2048, 17)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("search")


@pytest.fixture(scope="module")
def two_phase(folder: Path) -> dict[int, Model]:
    return {
        n: Model(build(folder / f"tp{n}.so", f"-DN={n}", "-fPIC", "-shared", name="two_phase.c"))
        for n in TWO_PHASE
    }


@pytest.fixture(scope="module")
def symmetric(folder: Path) -> dict[int, Model]:
    flags = ("-DSYMMETRY=1", "-fPIC", "-shared")
    return {n: Model(build(folder / f"s{n}.so", f"-DN={n}", *flags, name="two_phase.c")) for n in ORBITS}


@pytest.fixture(scope="module")
def counters(folder: Path) -> Model:
    return Model(build(folder / "counters.so", "-fPIC", "-shared", name="counters.c"))


@pytest.fixture(scope="module")
def clock(folder: Path) -> Model:
    flags = ("-DCOUNTERS=1", "-DTOP=11", "-fPIC", "-shared")
    return Model(build(folder / "clock.so", *flags, name="counters.c"))


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("n", TWO_PHASE)
def test_two_phase_commit_has_the_counts_of_tlc(two_phase: dict[int, Model], n: int, workers: int) -> None:
    """Distinct, generated and depth, and the outcome that all commit is reached in the last level."""
    search = two_phase[n].run(workers=workers)
    assert (search.reason, search.totals) == (EXHAUSTED, TWO_PHASE[n])
    reached = search.witness(SOMETIMES)
    assert reached is not None
    assert reached[0] == TWO_PHASE[n][2]


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("n", ORBITS)
def test_symmetry_keeps_one_state_of_each_orbit(symmetric: dict[int, Model], n: int, workers: int) -> None:
    """TLC's three numbers with symmetry; the orbits stand for all states; off, it is as without."""
    search = symmetric[n].run(workers=workers, symmetry=1)
    assert search.totals == ORBITS[n]
    assert (search.counts.represented_low, search.counts.represented_high) == (TWO_PHASE[n][0], 0)
    off = symmetric[n].run(workers=workers)
    assert (off.totals, off.counts.represented_low) == (TWO_PHASE[n], TWO_PHASE[n][0])


def test_a_trace_with_symmetry_is_one_of_representatives(symmetric: dict[int, Model]) -> None:
    """Each state but the first is the representative of a successor of the one before."""
    model = symmetric[3]
    search = model.run(symmetry=1)
    reached = search.witness(SOMETIMES)
    assert reached is not None
    trace = search.trace(reached[1][0], reached[0])
    assert isinstance(trace, list)
    assert len(trace) == 11
    for before, after in pairwise(trace):
        out = model.array(1)
        canonical = set()
        for transition in model.successors(before):
            model.c.quorate_canonical(model.array(1, transition.words), out)
            canonical.add(tuple(out))
        assert after in canonical


def test_a_clock_is_visited_in_order(clock: Model) -> None:
    """Twelve hours, one after the other, and then a deadlock."""
    search = clock.run()
    assert search.states() == [(hour,) for hour in range(12)]
    assert (search.totals, search.witness(3)) == ((12, 12, 12), (12, ((11,),)))
    assert search.trace((11,), 12) == [(hour,) for hour in range(12)]


@pytest.mark.parametrize("workers", [1, 3])
def test_a_table_of_eight_slots_grows_until_all_fits(two_phase: dict[int, Model], workers: int) -> None:
    """Growth loses nothing and doubles nothing, and the states are all different."""
    search = two_phase[5].run(workers=workers, table_slots=8)
    assert search.totals == TWO_PHASE[5]
    assert search.counts.growths > 5
    assert len(set(search.states())) == 8832


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("limit", [1, 2, 77, 5000, 8831])
def test_stores_exactly_as_many_states_as_asked(
    two_phase: dict[int, Model], workers: int, limit: int
) -> None:
    """The budget of states is met to the state, and said to be the reason."""
    search = two_phase[5].run(workers=workers, max_states=limit)
    assert (search.reason, search.counts.distinct) == (STATES, limit)
    assert len(set(search.states())) == limit


def test_a_budget_of_exactly_all_states_is_no_limit(two_phase: dict[int, Model]) -> None:
    """Nothing is cut off when the last state that fits is the last there is."""
    for workers in (1, 4):
        search = two_phase[5].run(workers=workers, max_states=8832)
        assert (search.reason, search.totals) == (EXHAUSTED, TWO_PHASE[5])


@pytest.mark.parametrize("workers", [1, 2])
def test_a_memory_budget_ends_the_search_in_good_order(counters: Model, workers: int) -> None:
    """Within the budget, most of it used, and all that was found still there."""
    budget = 4 << 20
    search = counters.run(workers=workers, memory_bytes=budget)
    counts = search.counts
    assert search.reason == MEMORY
    assert counts.peak_bytes <= budget
    assert counts.distinct * 8 + counts.table_slots * 8 > budget * 0.8
    states = search.states()
    assert (len(states), len(set(states))) == (counts.distinct, counts.distinct)


@pytest.mark.parametrize("depth", [1, 2, 7, 17])
def test_a_depth_budget_keeps_the_last_level_unexpanded(two_phase: dict[int, Model], depth: int) -> None:
    """States of that depth are stored and wait; the result says so."""
    search = two_phase[5].run(max_depth=depth)
    assert (search.reason, search.counts.depth) == (DEPTH, depth)
    assert search.counts.queue > 0


def test_a_deeper_budget_than_the_search_is_no_limit(two_phase: dict[int, Model]) -> None:
    """One level more than there is: everything was expanded."""
    assert two_phase[5].run(max_depth=18).reason == EXHAUSTED


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("workers", [1, 2])
def test_stops_in_the_middle_soon_and_consistent(counters: Model, workers: int, order: int) -> None:
    """A stopped search has its states, its queue and its counts, and runs no thread any more.

    Deadlocks are not asked for: depth first finds the one that there is after 40,951 states, some
    milliseconds, and then ends by itself.
    """
    search = counters.search(workers=workers, order=order, memory_bytes=4 << 30, deadlock=0)
    search.start()
    while search.progress.states < 10_000:
        assert search.wait(0.001) == RUNNING
    search.c.quorate_stop(search.handle)
    assert search.wait(2) == FINISHED
    counts = search.counts
    assert search.reason == STOPPED
    assert 0 < counts.queue < counts.distinct
    assert len(set(search.states())) == counts.distinct
    taken, added = search.actions()
    assert (sum(taken), sum(added)) == (counts.generated, counts.distinct)


def test_a_search_may_be_freed_while_it_runs(counters: Model) -> None:
    """Its threads end first."""
    search = counters.search(workers=2)
    search.start()
    del search


@pytest.mark.parametrize("bits", [32, 40, 64])
@pytest.mark.parametrize("workers", [1, 2])
def test_compaction_keeps_states_and_says_how_sure_it_is(
    two_phase: dict[int, Model], workers: int, bits: int
) -> None:
    """The counts agree, the effective bits exceed those of the fingerprints, and traces still work."""
    search = two_phase[5].run(workers=workers, compact_bits=bits, table_slots=64)
    counts = search.counts
    assert search.totals == TWO_PHASE[5]
    assert (counts.fingerprint_bits, counts.growths > 3) == (bits, True)
    assert bits + 5 < counts.effective_bits < bits + 26
    assert 8832 // 4 < counts.compared < 8832 * 40
    reached = search.witness(SOMETIMES)
    assert reached is not None
    trace = search.trace(reached[1][0], reached[0])
    assert isinstance(trace, list)
    assert len(trace) == 17


def test_compaction_to_32_bits_halves_the_table(counters: Model) -> None:
    """In the same budget it stores at least three times as many one-word states."""
    exact = counters.run(memory_bytes=1 << 20).counts.distinct
    assert counters.run(memory_bytes=1 << 20, compact_bits=32).counts.distinct > 3 * exact


def test_compaction_depends_on_the_seed(two_phase: dict[int, Model]) -> None:
    """Another seed gives other fingerprints: a run can be repeated independently."""
    compared = {two_phase[5].run(compact_bits=32, seed=seed).totals for seed in range(3)}
    assert compared == {TWO_PHASE[5]}


@pytest.mark.parametrize(
    "options",
    [
        {"order": 3},
        {"compact_bits": 31},
        {"compact_bits": 65},
        {"compact_bits": 32, "order": 1},
        {"order": 2},
        {"order": 2, "behaviours": 1},
        {"symmetry": 1},
        {"workers": 100_000},
    ],
)
def test_options_that_make_no_sense_are_refused(clock: Model, options: dict[str, int]) -> None:
    """By a code, before anything begins."""
    search = clock.search(**options)
    assert (search.handle, search.error) == (None, -3)


def test_no_memory_at_all_is_a_code_or_a_reason(two_phase: dict[int, Model]) -> None:
    """A budget below what any search needs ends at once, and aborts nothing."""
    search = two_phase[3].run(memory_bytes=1)
    assert (search.reason, search.counts.distinct) == (MEMORY, 0)


def test_progress_ends_with_the_counts(two_phase: dict[int, Model]) -> None:
    """What progress shows last is what was counted."""
    search = two_phase[5].run(workers=2)
    progress, counts = search.progress, search.counts
    assert (progress.states, progress.generated, progress.depth) == search.totals
    assert (progress.queue, progress.bytes) == (0, counts.bytes)


def test_properties_that_are_not_asked_are_not_found(two_phase: dict[int, Model]) -> None:
    """Masks choose what is asked."""
    assert two_phase[3].run(sometimes=0).witness(SOMETIMES) is None


def test_a_search_starts_once(clock: Model) -> None:
    """A second start, or going on without a question, is an error code."""
    search = clock.run()
    assert (search.c.quorate_start(search.handle), search.c.quorate_resume(search.handle)) == (-4, -4)


@pytest.mark.slow
def test_many_runs_by_many_workers_never_store_a_state_twice(folder: Path) -> None:
    """Races over the last slots of a line are rare: it takes millions of states to see one."""
    flags = ("-DN=8", "-O3", "-fPIC", "-shared")
    model = Model(build(folder / "tp8.so", *flags, name="two_phase.c"))
    for _ in range(8):
        assert model.run(workers=4, table_slots=8).totals == (1745408, 18507778, 26)
