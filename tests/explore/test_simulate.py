"""Random behaviours: reproducible by seed, honest about being samples, as strict as a search."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from checker import simulate
from checker.lang import Between, Model, action, evolve, frozen, initial
from checker.lang.errors import SpecError
from checker.result.result import Evidence, Result
from specs.transactions.two_phase_commit import TwoPhaseCommit, TwoPhaseCommitUnilateralAbort
from tests.explore.models import At, Clock, Counter, Graph


@frozen
class Number:
    """One number."""

    n: Annotated[int, Between(0, 9)]


@frozen
class Text(Model[Number]):
    """Puts a string where a number belongs."""

    @initial
    def zero(self) -> Number:
        return Number(0)

    @action
    def next(self, s: Number) -> Number | None:
        return evolve(s, n="one")  # type: ignore[arg-type]


@frozen
class List(Text):
    """Puts a list where a number belongs."""

    def next(self, s: Number) -> Number | None:
        return evolve(s, n=[1])  # type: ignore[arg-type]


@frozen
class TextFirst(Text):
    """Starts with a string where a number belongs."""

    def zero(self) -> Number:
        return Number("zero")  # type: ignore[arg-type]


def shown(result: Result) -> Any:
    """All of a result but the time it took."""
    return (
        result.states,
        result.actions,
        result.bounds_reached,
        [(prop.name, prop.verdict, prop.evidence, prop.why, prop.trace) for prop in result.properties],
    )


def test_the_same_seed_gives_the_same_behaviours() -> None:
    """Two runs agree in everything but the seconds; another seed walks elsewhere."""
    model = TwoPhaseCommitUnilateralAbort(rms=3)
    first, second, other = (simulate(model, seed=seed, behaviours=500) for seed in (7, 7, 8))
    assert shown(first) == shown(second)
    assert first.states != other.states


def test_a_violation_that_is_found_is_violated() -> None:
    """A sample is enough to refute, with the walk as the trace."""
    model = TwoPhaseCommitUnilateralAbort(rms=2)
    result = simulate(model, behaviours=1000, depth=30, properties=["no_disagreement"])
    assert result["no_disagreement"].verdict.evidence is Evidence.VIOLATED
    assert result["no_disagreement"].trace is not None
    assert result.exit_code == 1


def test_a_sample_never_says_that_a_property_holds() -> None:
    """What no walk refutes is `sampled`, and the exit code is that of an inconclusive run."""
    result = simulate(TwoPhaseCommit(rms=2), behaviours=50)
    assert result["no_disagreement"].verdict.evidence is Evidence.SAMPLED
    assert not result["no_disagreement"].holds
    assert result.exit_code == 3


def test_walks_have_at_most_so_many_states() -> None:
    """Depth 5 is the initial state and four steps."""
    result = simulate(Clock(), behaviours=3, depth=5)
    assert result.states.depth == 5
    assert result.states.generated == 15


def test_a_budget_ends_a_simulation() -> None:
    """Time that runs out is unknown, not sampled."""
    result = simulate(Clock(), behaviours=10**9, timeout_s=0.2)
    assert result.stopped == "the time budget of 0.2 s ran out"
    assert result["deadlock_freedom"].verdict.evidence is Evidence.UNKNOWN


def test_a_deadlock_is_found_and_a_final_state_is_none() -> None:
    """A walk that cannot go on is a deadlock, unless it may end there."""
    edges = ((0, 1),)
    stuck = simulate(Graph(edges=edges, ends=frozenset()), behaviours=1)
    assert stuck["deadlock_freedom"].verdict.evidence is Evidence.VIOLATED
    ended = simulate(Graph(edges=edges, ends=frozenset({1})), behaviours=1)
    assert ended["deadlock_freedom"].verdict.evidence is Evidence.SAMPLED


def test_a_bound_is_reported_and_ends_a_walk() -> None:
    """The counter reaches the bound of its type in every walk."""
    result = simulate(Counter(most=3), behaviours=5, depth=20)
    (bound,) = result.bounds_reached
    assert bound.bound == "n: 0..3 (0 .. most)"
    assert bound.times >= 5


def test_an_initial_state_outside_the_boundary_is_checked_too() -> None:
    """A model that starts outside is not sampled on nothing."""
    graph = Graph(edges=((0, 1),), walls=frozenset({0}), forbidden=frozenset({0}))
    result = simulate(graph, behaviours=5)
    assert result["avoids_the_forbidden"].verdict.evidence is Evidence.VIOLATED
    assert result.bounds_reached[0].kind == "boundary"
    assert result["avoids_the_forbidden"].trace is not None
    assert [step.state for step in result["avoids_the_forbidden"].trace.steps] == [At(0)]


@pytest.mark.parametrize(
    ("model", "code"),
    [(Text(), "state/wrong-type"), (List(), "state/mutable"), (TextFirst(), "state/wrong-type")],
)
def test_a_value_of_the_wrong_type_is_a_mistake(model: Model[Any], code: str) -> None:
    """A simulation trusts a spec no more than a search does."""
    with pytest.raises(SpecError) as raised:
        simulate(model)
    assert raised.value.problem.code == code
