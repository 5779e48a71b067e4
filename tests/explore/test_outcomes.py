"""What a search may say at its end: bounds reached, budgets that ran out, deadlocks, `sometimes`."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from checker import check
from checker.explore.bounds import general_path
from checker.explore.budget import Meter
from checker.explore.exploration import BoundReached
from checker.lang import (
    Between,
    Capacity,
    MaxLen,
    Model,
    action,
    always,
    boundary,
    evolve,
    final,
    frozen,
    initial,
    sometimes,
)
from checker.lang.errors import SpecError
from checker.result.result import Counts, Evidence
from specs.transactions.two_phase_commit import TwoPhaseCommit, TwoPhaseCommitUnilateralAbort
from tests.explore.models import Clock, Counter, Graph

ENDLESS = Counter(most=10**9)


@frozen
class Tally:
    """A number and what was seen on the way to it."""

    n: Annotated[int, Between(0, 9)]
    seen: Annotated[frozenset[Annotated[int, Between(0, 9)]], Capacity(2)]
    log: Annotated[tuple[Annotated[int, Between(0, 9)], ...], MaxLen("room")]


@frozen
class Counts3(Model[Tally]):
    """Counts to three, remembers in a set or a log, and may be given too little room for it."""

    room: int = 3
    wall: int = 9

    @initial
    def zero(self) -> Tally:
        return Tally(0, frozenset(), ())

    @action
    def logs(self, s: Tally) -> Tally | None:
        return evolve(s, n=s.n + 1, log=(*s.log, s.n)) if s.n < 3 else None

    @action
    def forgets(self, s: Tally) -> Tally | None:
        return evolve(s, log=())

    @always
    def counts_to_three(self, s: Tally) -> bool:
        return s.n <= 3

    @always
    def is_not_wrong_of_what_is_too_long(self, s: Tally) -> bool:
        assert len(s.log) <= self.room, "a property must not see a state that is outside its types"
        return True

    @always
    def grows_by_one_at_most(self, before: Tally, after: Tally) -> bool:
        assert len(after.log) <= self.room, "nor must a step property"
        return after.n <= before.n + 1

    @sometimes
    def gets_to_three(self, s: Tally) -> bool:
        return s.n == 3

    @sometimes
    def gets_to_four(self, s: Tally) -> bool:
        return s.n == 4

    @boundary
    def before_the_wall(self, s: Tally) -> bool:
        return s.n < self.wall


@frozen
class ViolatesBehindTheWall(Counts3):
    """Violates its invariant exactly in the states outside the boundary."""

    wall: int = 2

    def counts_to_three(self, s: Tally) -> bool:
        return s.n < 2


@frozen
class StartsOutside(Counts3):
    """Its initial state is outside the bounds of its types."""

    def zero(self) -> Tally:
        return Tally(10, frozenset(), ())


# -- bounds --


def test_a_type_bound_that_is_reached_is_reported_with_its_count() -> None:
    """0..3 counted up by 1 or 2: three successors are beyond the bound, the first from n = 2."""
    result = check(Counter(most=3))
    assert result.states == Counts(distinct=4, generated=9, depth=3)
    assert result.bounds_reached == (
        BoundReached("type", "n: 0..3 (0 .. most)", times=3, first="count(by=2)", first_depth=3),
    )
    assert result.verdict.evidence is Evidence.WITHIN_BOUNDS
    assert result.exit_code == 0


def test_bounds_of_collections_are_reported_too() -> None:
    """A log that is too long is a bound, and what lies beyond is not judged."""
    result = check(Counts3(room=1))
    (bound,) = result.bounds_reached
    assert (bound.kind, bound.bound) == ("type", "log: length <= 1 (room)")
    assert bound.times == 2
    assert result["gets_to_four"].verdict.evidence is Evidence.UNKNOWN
    assert result["gets_to_three"].holds
    assert result.exit_code == 3


def test_no_bound_is_reported_where_none_was_reached() -> None:
    """The same model with enough room is searched exhaustively."""
    result = check(Counts3(room=3))
    assert result.bounds_reached == ()
    assert result["counts_to_three"].verdict.evidence is Evidence.EXHAUSTIVE


def test_the_boundary_has_the_meaning_of_a_constraint() -> None:
    """A state outside is generated; it is not stored, counted as distinct, or expanded."""
    result = check(Graph(edges=((0, 1), (0, 2), (1, 3), (2, 3), (3, 4)), walls=frozenset({3})))
    assert result.states == Counts(distinct=3, generated=5, depth=2)
    assert result.bounds_reached == (
        BoundReached("boundary", "the declared boundary", times=2, first="walk(to=3)", first_depth=3),
    )
    assert result.verdict.evidence is Evidence.WITHIN_BOUNDS


def test_properties_are_checked_outside_the_boundary() -> None:
    """The violation is in the first state outside, and its trace leads there."""
    result = check(ViolatesBehindTheWall())["counts_to_three"]
    assert result.verdict.evidence is Evidence.VIOLATED
    assert result.trace is not None
    assert [step.state.n for step in result.trace.steps] == [0, 1, 2]


def test_an_initial_state_outside_the_boundary_is_checked_and_left() -> None:
    """It counts as generated; nothing is explored from it, and the bound is reported."""
    result = check(Graph(edges=((0, 1),), starts=(0, 2), walls=frozenset({0, 2}), forbidden=frozenset({2})))
    assert result.states == Counts(distinct=0, generated=2, depth=0)
    assert result["avoids_the_forbidden"].verdict.evidence is Evidence.VIOLATED
    assert result.bounds_reached[0].first == "an initial state"


def test_an_initial_state_outside_its_types_is_a_mistake() -> None:
    """Nothing can be explored from it, so it is no mere bound."""
    with pytest.raises(SpecError) as raised:
        check(StartsOutside())
    assert raised.value.problem.code == "state/outside-bounds"


@pytest.mark.parametrize(
    ("path", "general"),
    [
        ("log", "log"),
        ("sent{}.ballot", "sent{}.ballot"),
        ("each[n1].log[3].term", "each[].log[].term"),
        ("each[key (n1, [2])]", "each[]"),
    ],
)
def test_bounds_are_counted_by_field_and_not_by_key(path: str, general: str) -> None:
    """The same bound of two nodes is one bound, reached twice."""
    assert general_path(path) == general


# -- budgets --


@pytest.mark.parametrize(
    ("budget", "reason"),
    [
        ({"max_states": 100}, "the budget of 100 states ran out"),
        ({"max_depth": 7}, "the depth budget of 7 ran out"),
        ({"timeout_s": 0.2}, "the time budget of 0.2 s ran out"),
        ({"memory_gib": 0.001}, "the memory budget of 0.001 GiB ran out"),
    ],
)
@pytest.mark.parametrize("search", ["bfs", "dfs"])
def test_a_budget_that_runs_out_leaves_everything_unknown(
    budget: dict[str, Any], reason: str, search: Any
) -> None:
    """Neither a crash nor "holds": the verdict is unknown, says what ran out, and exits with 3."""
    result = check(ENDLESS, search=search, **budget)
    assert result.stopped == reason
    assert result.verdict.evidence is Evidence.UNKNOWN
    assert result.exit_code == 3
    assert not result.holds
    assert all(prop.verdict.evidence is Evidence.UNKNOWN for prop in result.properties)


def test_a_depth_budget_counts_levels() -> None:
    """Depth 3 holds the initial level and two more."""
    result = check(TwoPhaseCommit(rms=2), max_depth=3)
    assert result.states.depth == 3
    assert result.exit_code == 3


def test_a_budget_also_stops_endless_initial_states() -> None:
    """The search asks its meter while it is still taking in where a model may start."""
    result = check(Clock(hours=100), max_states=10)
    assert result.states == Counts(distinct=10, generated=10, depth=1)
    assert result.exit_code == 3


def test_an_interruption_is_a_budget_that_ran_out() -> None:
    """Ctrl-C in a terminal ends with what is known so far."""
    result = check(ENDLESS, stopped=lambda: True)
    assert result.stopped == "interrupted"
    assert result.exit_code == 3


def test_a_violation_counts_even_where_a_budget_ran_out() -> None:
    """What was refuted before is violated; the rest is unknown."""
    result = check(TwoPhaseCommitUnilateralAbort(rms=2), keep_going=True, max_states=78, symmetry=False)
    assert result["no_disagreement"].verdict.evidence is Evidence.VIOLATED
    assert result["commits_only_what_all_prepared"].verdict.evidence is Evidence.UNKNOWN
    assert result.exit_code == 1


def test_progress_is_reported_while_searching() -> None:
    """The sink sees growing numbers, memory among them."""
    seen: list[Any] = []
    check(ENDLESS, timeout_s=0.45, progress=seen.append)
    assert len(seen) >= 2
    assert seen[0].states < seen[-1].states
    assert seen[-1].memory_bytes > 0


# -- sometimes --


def test_a_sometimes_that_no_state_satisfies_is_violated() -> None:
    """An exhaustive search that meets no bound shows that it cannot happen."""
    result = check(Counts3())
    assert result["gets_to_four"].verdict.evidence is Evidence.VIOLATED
    assert result.exit_code == 1


def test_a_sometimes_out_of_reach_of_the_bounds_is_unknown() -> None:
    """Beyond a boundary it might happen, so nothing is said."""
    result = check(Counts3(wall=3))
    assert result["gets_to_four"].verdict.evidence is Evidence.UNKNOWN
    assert result["gets_to_three"].holds
    assert result.exit_code == 3


def test_a_sometimes_that_was_reached_has_a_witness() -> None:
    """The shortest behaviour that leads there."""
    trace = check(Counts3())["gets_to_three"].trace
    assert trace is not None
    assert trace.kind == "witness"
    assert [step.state.n for step in trace.steps] == [0, 1, 2, 3]


# -- deadlocks --


def test_a_state_without_successors_is_a_deadlock() -> None:
    """The trace leads there, and why lists the actions."""
    result = check(Graph(edges=((0, 1), (1, 2)), ends=frozenset({1})))["deadlock_freedom"]
    assert result.verdict.evidence is Evidence.VIOLATED
    assert result.trace is not None
    assert [step.state.vertex for step in result.trace.steps] == [0, 1, 2]
    assert any("walk" in line for line in result.why)


def test_a_final_state_is_no_deadlock() -> None:
    """Where the protocol may end, it may."""
    assert check(Graph(edges=((0, 1), (1, 2)), ends=frozenset({2}))).holds


def test_deadlocks_can_be_left_out() -> None:
    """Without the check there is no such property."""
    result = check(Graph(edges=((0, 1),), ends=frozenset()), deadlock=False)
    assert result.holds
    assert [prop.name for prop in result.properties] == ["avoids_the_forbidden"]


def test_a_self_loop_is_no_deadlock() -> None:
    """A successor is a successor, even the state itself."""
    assert check(Graph(edges=((0, 0),), ends=frozenset())).holds


# -- keep going --


def test_the_search_ends_at_the_first_violation() -> None:
    """Other properties are then unknown, not said to hold."""
    graph = Graph(edges=((0, 1), (1, 2), (2, 3)), forbidden=frozenset({1}), ends=frozenset())
    result = check(graph)
    assert result["avoids_the_forbidden"].verdict.evidence is Evidence.VIOLATED
    assert result["deadlock_freedom"].verdict.evidence is Evidence.UNKNOWN
    assert result.states == Counts(distinct=2, generated=2, depth=2)


def test_keep_going_judges_every_property() -> None:
    """The search goes on to its end, with one trace for each violation."""
    graph = Graph(edges=((0, 1), (1, 2), (2, 3)), forbidden=frozenset({1}), ends=frozenset())
    result = check(graph, keep_going=True)
    assert [prop.name for prop in result.violated] == ["avoids_the_forbidden", "deadlock_freedom"]
    result = check(TwoPhaseCommitUnilateralAbort(rms=2), keep_going=True)
    assert result["commits_only_what_all_prepared"].verdict.evidence is Evidence.EXHAUSTIVE
    assert result.exit_code == 1


def test_only_selected_properties_are_judged() -> None:
    """A violated property that was not asked for is not mentioned."""
    result = check(TwoPhaseCommitUnilateralAbort(rms=2), properties=["all_commit"])
    assert [prop.name for prop in result.properties] == ["all_commit"]
    assert result.holds


_asked: list[int] = []


@frozen
class Number:
    """How high it is."""

    n: Annotated[int, Between(0, 900)]


@frozen
class Rising(Model[Number]):
    """A long way up to a height at which somebody notices."""

    @initial
    def zero(self) -> Number:
        return Number(0)

    @action
    def up(self, s: Number) -> Number | None:
        return Number(s.n + 1) if s.n < 900 else None

    @final
    def top(self, s: Number) -> bool:
        return s.n == 900

    @sometimes
    def arrives(self, s: Number) -> bool:
        if s.n == 900:
            _asked.append(s.n)
        return s.n == 900

    @always
    def stays_below(self, s: Number) -> bool:
        return not self.arrives(s)


@pytest.mark.parametrize("name", ["arrives", "stays_below"])
def test_what_was_found_stays_when_a_budget_ends_the_rebuilding(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A `sometimes` is reached without a witness then; a counterexample is rebuilt all the same."""
    monkeypatch.setattr(Meter, "CHECK_EVERY_S", 0.0)
    _asked.clear()
    found = check(Rising(), engine="python", properties=[name], stopped=lambda: bool(_asked))
    result = found[name]
    if name == "stays_below":
        assert result.verdict.evidence is Evidence.VIOLATED
        assert result.trace is not None
        assert len(result.trace.steps) == 901
        return
    assert found.stopped == "interrupted"
    assert (str(result.verdict), result.trace, result.holds) == ("bounded to depth 901", None, True)
    assert result.evidence == "reached at depth 901"
    assert any(note.startswith("how `arrives` was reached is left out: interrupted") for note in found.notes)
