"""The search for fair lassos in C, against the one in plain Python and against the definition."""

from __future__ import annotations

import random
import subprocess
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.lang.errors import InternalError, SpecError
from checker.liveness.automaton import ANYTHING, Automaton, Edge, automaton_of
from checker.liveness.graph import Constraint
from checker.liveness.graph import Path as Lasso
from checker.liveness.normal import FALSE, TRUE, Bit, Next, Normal, both, release, until
from checker.native.cycles import search as cycles
from checker.native.cycles.search import find
from checker.system import OutOfBudget
from tests.native.lassos import (
    PLENTY,
    Steps,
    graph,
    nothing,
    random_fairness,
    random_formula,
    random_graph,
    search,
    view,
    wrong,
)

WEAK_0, STRONG_0 = Constraint("weak", 0), Constraint("strong", 0)


def atom(number: int) -> Normal:
    """An atom is true now."""
    return Bit("atom", number, True)


def again_and_again(formula: Normal) -> Normal:
    """True infinitely often."""
    return release(FALSE, until(TRUE, formula))


def ring(states: int, marks: int = 1) -> Steps:
    """Steps that go round."""
    return [[((state + 1) % states, marks)] for state in range(states)]


# -- against the other search, and the definition -------------------------------------------------


@settings(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(1, 9), st.integers(0, 4), st.integers(0, 2**32))
def test_finds_a_lasso_just_where_there_is_one(states: int, depth: int, seed: int) -> None:
    """Both searches agree whether there is one, and what each finds is one by the definition."""
    chance = random.Random(seed)
    made = random_graph(chance, states)
    formula, fair = random_formula(chance, depth), random_fairness(chance)
    automaton = automaton_of(formula)
    found, listed = search(made, automaton, fair), made.find(automaton, fair)
    assert (found is None) == (listed is None)
    for path in (found, listed):
        assert path is None or wrong(path, made, formula, fair) == ""


def test_is_hardly_ever_longer_than_the_other_search() -> None:
    """Over many graphs it finds shorter lassos, not longer ones."""
    ours, theirs, longest = 0, 0, 0
    for seed in range(1500):
        chance = random.Random(seed)
        made, automaton = random_graph(chance, 9), automaton_of(random_formula(chance, 3))
        fair = random_fairness(chance)
        found, listed = search(made, automaton, fair), made.find(automaton, fair)
        if found is not None and listed is not None:
            ours, theirs = ours + len(found.states), theirs + len(listed.states)
            longest = max(longest, len(found.states) - len(listed.states))
    assert ours < theirs
    assert longest <= 3


# -- stopping -------------------------------------------------------------------------------------


def test_a_behaviour_may_stop_at_once() -> None:
    """Without fairness nothing forces the first step."""
    assert search(graph(ring(3)), ANYTHING) == Lasso((0,), (), 0)


@pytest.mark.parametrize("fair", [WEAK_0, STRONG_0])
def test_fairness_forbids_to_stop_where_a_step_is_enabled(fair: Constraint) -> None:
    """It goes on to where nothing is enabled, and stops there."""
    made = graph([[(1, 1)], [(2, 1)], []])
    assert search(made, ANYTHING, [fair]) == Lasso((0, 1, 2), (1, 1), 2)


def test_a_step_that_is_no_edge_still_forbids_to_stop() -> None:
    """A step that leaves the boundary is enabled for ever and never taken."""
    assert search(graph([[]], enabled=[1]), ANYTHING, [WEAK_0]) is None


def test_stops_only_where_the_automaton_accepts_no_step_for_ever() -> None:
    """A step again and again, or something after the next step, is more than stopping gives."""
    made = graph([[(1, 1)], []], atoms=[0, 1])
    assert search(made, automaton_of(again_and_again(Bit("taken", 0, True)))) is None
    assert search(made, automaton_of(both(Next(atom(0)), Bit("taken", 0, False)))) is None
    assert search(made, automaton_of(Next(atom(0)))) == Lasso((0, 1), (1,), 1)
    both_ways = both(again_and_again(atom(0)), again_and_again(Bit("atom", 1, False)))
    assert search(made, automaton_of(both_ways)) == Lasso((0, 1), (1,), 1)


def test_stopping_runs_through_several_states_of_the_automaton() -> None:
    """A run that stays in one state of the graph may still have to move on."""
    edges = (
        (Edge(frozenset(), 1, 0),),
        (Edge(frozenset(), 2, 1),),
        (Edge(frozenset(), 1, 2), Edge(frozenset({Bit("atom", 0, True)}), 2, 3)),
    )
    assert search(graph([[]]), Automaton(edges, 2)) == Lasso((0,), (), 0)
    dead = (*edges[:2], (Edge(frozenset(), 2, 1), Edge(frozenset({Bit("atom", 0, True)}), 2, 3)))
    assert search(graph([[]]), Automaton(dead, 2)) is None


# -- going round ----------------------------------------------------------------------------------


def test_meets_every_acceptance_set() -> None:
    """Three things again and again, in states that lie apart, make one loop."""
    made = graph(ring(6, 0), atoms=[0, 1, 0, 2, 0, 4])
    wanted = both(*(again_and_again(atom(number)) for number in range(3)))
    found = search(made, automaton_of(wanted))
    assert found is not None
    assert (wrong(found, made, wanted, []), len(found.states), found.stops) == ("", 7, False)
    missing = graph(ring(6, 0), atoms=[0, 1, 0, 2, 0, 0])
    assert search(missing, automaton_of(wanted)) is None


def test_weak_fairness_is_served_where_the_step_is_not_enabled() -> None:
    """A loop need not take what is disabled now and then; what is enabled all along it must."""
    forever = again_and_again(Bit("taken", 1, True))
    steps = [[(1, 2)], [(0, 2)]]
    assert search(graph(steps, enabled=[3, 2]), automaton_of(forever), [WEAK_0]) is not None
    assert search(graph(steps, enabled=[3, 3]), automaton_of(forever), [WEAK_0]) is None
    assert search(graph(steps, enabled=[3, 2]), automaton_of(forever), [STRONG_0]) is None


def cascade(states: int, fair_from: int) -> tuple[Steps, list[int]]:
    """A line with steps to and fro, where each state is unfair once the one before it is gone.

    Mark n is enabled in state n alone, and only the step to it from the state before bears it.
    """
    steps: list[list[tuple[int, int]]] = [[] for _ in range(states)]
    for state in range(states - 1):
        steps[state].append((state + 1, 1 << state + 1))
        steps[state + 1].append((state, 0))
    return steps, [1 << state if state < fair_from else 0 for state in range(states)]


@pytest.mark.parametrize("fair_from", [2, 3, 70, 199])
def test_strong_fairness_takes_components_apart_again_and_again(fair_from: int) -> None:
    """One state after another is left out, until the rest is fair."""
    steps, enabled = cascade(201, fair_from)
    made = graph(steps, enabled=enabled)
    fair = [Constraint("strong", number) for number in range(201)]
    moving = Automaton(((Edge(frozenset(), 0, 0), Edge(frozenset({Bit("atom", 0, True)}), 0, 1)),), 1)
    made.atoms = [1] * 200 + [0]
    found = search(made, moving, fair, mark_words=4)
    assert found is not None
    assert found.loop == fair_from
    assert wrong(found, made, None, fair) == ""


def test_strong_fairness_leaves_nothing_of_a_whole_cascade() -> None:
    """Where all are left out in the end, there is no lasso but one that stops, and that is unfair too."""
    steps, enabled = cascade(200, 200)
    fair = [Constraint("strong", number) for number in range(200)]
    assert search(graph(steps, enabled=enabled), ANYTHING, fair, mark_words=4) is None


def test_a_part_that_is_left_may_fall_into_several() -> None:
    """Two rings that meet in a bad state; the farther one alone is fair to the other constraint."""
    steps = [[(1, 0)], [(2, 0), (3, 0)], [(1, 0), (5, 2)], [(4, 0)], [(3, 4), (1, 0)], [(2, 2)]]
    made = graph(steps, enabled=[0, 1, 2 | 8, 4, 4, 2])
    fair = [Constraint("strong", 0), Constraint("strong", 3), Constraint("weak", 2), Constraint("weak", 1)]
    found = search(made, ANYTHING, fair)
    assert found == Lasso((0,), (), 0)
    busy = automaton_of(again_and_again(Bit("enabled", 2, True)))
    found = search(made, busy, fair)
    assert found is not None
    assert set(found.states[found.loop :]) == {3, 4}
    assert wrong(found, made, None, fair) == ""


def test_hundreds_of_constraints_make_one_loop() -> None:
    """Each of 300 steps is strongly or weakly fair and enabled everywhere, so the loop takes all."""
    count = 300
    everything = (1 << count) - 1
    steps = [[((state + 1) % count, 1 << state), ((state + 7) % count, 0)] for state in range(count)]
    made = graph(steps, enabled=[everything] * count)
    fair = [Constraint("weak" if number % 2 else "strong", number) for number in range(count)]
    found = search(made, ANYTHING, fair, mark_words=5)
    assert found is not None
    assert wrong(found, made, None, fair) == ""
    assert {marks.bit_length() - 1 for marks in found.marks} >= set(range(count))
    made.steps[299] = ((0, 0),)
    assert search(made, ANYTHING, fair, mark_words=5) is None


def test_marks_beyond_a_word_are_told_apart() -> None:
    """In guards and in constraints, mark 70 is not mark 6."""
    made = graph([[(1, 1 << 70)], [(0, 1 << 6)]])
    for mark, other in ((70, 6), (6, 70)):
        only = release(FALSE, both(Bit("enabled", mark, True), Bit("taken", mark, True)))
        assert search(made, automaton_of(only), mark_words=2) is None
        now = both(Bit("enabled", mark, True), Bit("taken", mark, True), Bit("taken", other, False))
        assert (search(made, automaton_of(now), mark_words=2) is None) == (mark == 6)
    assert search(made, ANYTHING, [Constraint("weak", 70)], mark_words=2) == Lasso((0, 1), (1 << 70,), 1)
    both_fair = [Constraint("weak", 70), Constraint("strong", 6)]
    found = search(made, ANYTHING, both_fair, mark_words=2)
    assert found == Lasso((0, 1, 0), (1 << 70, 1 << 6), 0)


# -- the choice of a lasso ------------------------------------------------------------------------


def test_any_initial_state_may_begin_it() -> None:
    """Only the second one leads to a lasso; of two that do, the first."""
    made = graph([[], [(2, 0)], []], atoms=[0, 0, 1], initial=[0, 1])
    assert search(made, automaton_of(Next(atom(0)))) == Lasso((1, 2), (0,), 1)
    assert search(made, automaton_of(Bit("atom", 0, False))) == Lasso((0,), (), 0)


def test_a_longer_stem_is_taken_where_its_loop_is_shorter() -> None:
    """A ring of twenty begins at once, one of two a step later."""
    steps = [list(leaving) for leaving in ring(20)]
    steps[0].append((20, 1))
    steps += [[(21, 1)], [(20, 1)]]
    found = search(graph(steps), ANYTHING, [WEAK_0])
    assert found == Lasso((0, 20, 21, 20), (1, 1, 1), 1)


def test_a_shorter_loop_is_not_worth_a_stem_that_is_longer_still() -> None:
    """A ring of four at once, and one of two six steps later; or a place to stop."""
    steps = [[(1, 1), (4, 1)], [(2, 1)], [(3, 1)], [(0, 1)]]
    steps += [[(5, 1)], [(6, 1)], [(7, 1)], [(8, 1)], [(9, 1)], [(10, 1)], [(9, 1)]]
    near = Lasso((0, 1, 2, 3, 0), (1, 1, 1, 1), 0)
    assert search(graph(steps), ANYTHING, [WEAK_0]) == near
    assert search(graph([*steps[:8], [], [], []]), ANYTHING, [WEAK_0]) == near


def test_a_step_to_the_same_state_would_be_a_loop() -> None:
    """No graph has one; if one had, nothing would be missed."""
    made = graph([[(1, 1)], [(1, 1)]])
    assert search(made, ANYTHING, [WEAK_0]) == Lasso((0, 1, 1), (1, 1), 1)


def test_to_stop_is_preferred_where_it_is_no_longer() -> None:
    """Round in two steps, or two steps to where it stops."""
    steps = [[(1, 1), (2, 1)], [(0, 1)], [(3, 1)], []]
    assert search(graph(steps), ANYTHING, [WEAK_0]) == Lasso((0, 2, 3), (1, 1), 2)


def test_finds_the_same_again() -> None:
    """Nothing depends on chance."""
    for seed in range(50):
        made = random_graph(random.Random(seed), 30)
        fair = random_fairness(random.Random(seed))
        assert search(made, ANYTHING, fair) == search(made, ANYTHING, fair)


# -- the edges of what it takes -------------------------------------------------------------------


def test_a_graph_without_states_has_no_lasso() -> None:
    """Nor has one at which nothing begins."""
    assert search(graph([], initial=[]), ANYTHING) is None
    assert search(graph(ring(3), initial=[]), ANYTHING) is None


def test_an_automaton_that_accepts_nothing_finds_nothing() -> None:
    """One state without edges."""
    assert search(graph(ring(3)), automaton_of(FALSE)) is None


def test_a_deep_graph_needs_no_stack() -> None:
    """A chain of 300,000 states that ends in a loop, and a ring as long."""
    deep = [[(state + 1, 1)] for state in range(300_000)] + [[(299_999, 1)]]
    found = search(graph(deep), ANYTHING, [WEAK_0])
    assert found is not None
    assert (found.loop, len(found.states)) == (299_999, 300_002)
    long = search(graph(ring(300_000)), ANYTHING, [WEAK_0])
    assert long is not None
    assert (long.loop, len(long.states)) == (0, 300_001)


def test_a_large_automaton_costs_memory_only_where_it_is_reached() -> None:
    """Twelve million nodes could be, and few are: six million bytes will do, not the fifty for all."""
    edges = tuple((Edge(frozenset(), min(place + 1, 199), 0),) for place in range(2000))
    made = view(graph(ring(6000)))
    found = find(made, Automaton(edges, 0), [WEAK_0], memory_bytes=6_000_000, poll=nothing)
    assert found is not None
    assert (found.loop, len(found.states)) == (199, 6200)
    deep = tuple((Edge(frozenset(), min(place + 1, 1999), 0),) for place in range(2000))
    with pytest.raises(OutOfBudget):
        find(made, Automaton(deep, 0), [WEAK_0], memory_bytes=6_000_000, poll=nothing)


def test_where_memory_ends_there_is_a_refusal_or_the_right_answer() -> None:
    """With any budget; a little is refused, in the words of the whole budget, and much is not."""
    fair = [Constraint("strong", number) for number in range(64)]
    steps = [[((state + 1) % 3000, 1 << state % 64), (state * 7 % 2999, 1)] for state in range(3000)]
    made = view(graph(steps))
    right = find(made, ANYTHING, fair, memory_bytes=PLENTY, poll=nothing)
    assert right is not None
    outcomes = []
    for budget in (int(1.3**exponent) for exponent in range(60)):
        try:
            assert find(made, ANYTHING, fair, memory_bytes=budget, poll=nothing) == right
            outcomes.append(True)
        except OutOfBudget:
            outcomes.append(False)
    assert outcomes == sorted(outcomes)
    assert len(set(outcomes)) == 2
    with pytest.raises(OutOfBudget, match="the memory budget of 3 GiB ran out"):
        find(made, ANYTHING, fair, memory_bytes=1000, limit_bytes=3 << 30, poll=nothing)


def test_more_acceptance_sets_than_bits_are_refused() -> None:
    """64 are taken, 65 are not."""

    def with_sets(sets: int) -> Automaton:
        return Automaton(((Edge(frozenset(), 0, (1 << sets) - 1),),), sets)

    assert search(graph([[]]), with_sets(64)) == Lasso((0,), (), 0)
    with pytest.raises(SpecError, match="65 acceptance sets"):
        search(graph([[]]), with_sets(65))


def test_bits_that_the_graph_does_not_have_are_our_own_fault() -> None:
    """A guard or a constraint beyond the rows would read somebody else's memory."""
    with pytest.raises(InternalError, match="bit 64"):
        search(graph([[]]), ANYTHING, [Constraint("weak", 64)])
    for kind in ("atom", "enabled", "taken"):
        with pytest.raises(InternalError, match="bit 64"):
            search(graph([[]]), automaton_of(Bit(kind, 64, False)))


@pytest.mark.parametrize("error", [OutOfBudget("time is over"), KeyboardInterrupt()])
def test_what_poll_raises_ends_the_search(error: BaseException) -> None:
    """A search of many seconds is over at once, and its thread with it."""
    steps, enabled = cascade(4096, 4096)
    fair = [Constraint("strong", number) for number in range(4096)]
    made = view(graph(steps, enabled=enabled), mark_words=64)
    polled: list[float] = []

    def poll() -> None:
        polled.append(time.monotonic())
        if len(polled) == 3:
            raise error

    with pytest.raises(type(error)):
        find(made, ANYTHING, fair, memory_bytes=PLENTY, poll=poll)
    assert len(polled) == 3
    assert time.monotonic() - polled[-1] < 5  # of minutes; wide, since machines are shared
    assert "cycles" not in {thread.name for thread in threading.enumerate()}


# -- the C itself ---------------------------------------------------------------------------------


def test_compiles_without_a_warning(tmp_path: Path) -> None:
    """As standard C, with all warnings."""
    flags = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    done = subprocess.run(
        ["cc", *flags, str(cycles.PARTS / "cycles.c"), "-o", str(tmp_path / "out.so")],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
