"""Searches with symmetry against searches without: the same verdicts, and only real behaviours."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import checker
from checker.lang.declarations import declare
from checker.lang.model import Model
from checker.reference.system import ReferenceSystem
from checker.refinement.abstract import abstract_of
from checker.refinement.mapping import Mapping
from checker.result.result import Result
from checker.result.trace import Trace
from checker.system import Predicate
from specs.consensus.paxos import PaxosHalfIsEnough, VotingTwoValuesPerBallot
from specs.consensus.raft import RaftVotesTwice
from specs.transactions.two_phase_commit import TwoPhaseCommit, TwoPhaseCommitUnilateralAbort
from tests.oracles.models.courier import Courier
from tests.oracles.models.tickets import Tickets
from tests.oracles.models.views import Views
from tests.symmetry.models import Web

check = partial(checker.check, engine="python")

LEVELS, NEW, WHAT = st.integers(0, 2), st.integers(0, 3), st.integers(0, 2)
RULES = st.lists(st.tuples(LEVELS, LEVELS, NEW, WHAT), min_size=1, max_size=5).map(tuple)
WEBS = st.builds(
    Web, peers=st.integers(2, 3), rules=RULES, several=st.booleans(), most_links=st.sampled_from([1, 3, 9])
)


def assert_is_a_behaviour(model: Model[Any], trace: Trace) -> None:
    """It begins in an initial state, and each step is one that the reference system makes."""
    system = ReferenceSystem(declare(model))
    assert trace.steps[0].state in list(system.initial())
    for before, after in pairwise(trace.steps):
        arguments = tuple(value for _, value in after.arguments)
        made = [(system.action_names[i], a, s) for i, a, s in system.successors(before.state)]
        assert (after.action, arguments, after.state) in made


def asked_of(model: Model[Any], name: str) -> Predicate:
    """A property, or a refinement as one of steps, as CPython answers it."""
    declaration = declare(model)
    for one in declaration.refinements:
        if one.name == name:
            return Mapping(declaration, one, abstract_of(declaration, one)).predicate
    (found,) = ReferenceSystem(declaration).predicates([name])
    return found


def assert_traces_show(model: Model[Any], result: Result) -> None:
    """Every counterexample refutes its property, and every witness satisfies it."""
    system = ReferenceSystem(declare(model))
    for prop in result.properties:
        if prop.trace is None:
            continue
        assert_is_a_behaviour(model, prop.trace)
        states = [step.state for step in prop.trace.steps]
        if prop.kind == "deadlock":
            assert list(system.successors(states[-1])) == []
            assert not system.final(states[-1])
        else:
            asked = asked_of(model, prop.name)
            given_states = states[-2:] if prop.kind in ("step", "refinement") else states[-1:]
            assert asked.holds(*given_states) == (prop.kind == "sometimes")


def lengths(result: Result) -> list[int]:
    """How long the traces of the properties are; 0 for none."""
    return [len(prop.trace.steps) if prop.trace else 0 for prop in result.properties]


@given(WEBS)
@settings(max_examples=120, deadline=None)
def test_symmetry_changes_counts_and_nothing_else(model: Web) -> None:
    """Verdicts, lengths of shortest traces, depth and bounds stay; the orbits hold all the states."""
    orbits, states = check(model, keep_going=True), check(model, keep_going=True, symmetry=False)
    assert orbits.states.represented == states.states.distinct
    assert orbits.states.depth == states.states.depth
    assert [p.verdict for p in orbits.properties] == [p.verdict for p in states.properties]
    assert lengths(orbits) == lengths(states)
    assert {b.bound for b in orbits.bounds_reached} == {b.bound for b in states.bounds_reached}
    assert [a.taken > 0 for a in orbits.actions] == [a.taken > 0 for a in states.actions]
    assert_traces_show(model, orbits)


@given(WEBS)
@settings(max_examples=40, deadline=None)
def test_depth_first_finds_the_same_orbits(model: Web) -> None:
    """Another order, as many orbits and states, and real behaviours too."""
    breadth, depth = (check(model, keep_going=True, search=order) for order in ORDERS)
    assert breadth.states.distinct == depth.states.distinct
    assert breadth.states.represented == depth.states.represented
    assert breadth.states.generated == depth.states.generated
    assert_traces_show(model, depth)


ORDERS: tuple[Literal["bfs", "dfs"], ...] = ("bfs", "dfs")

VIOLATED = [
    pytest.param(TwoPhaseCommitUnilateralAbort(), id="two-phase commit"),
    pytest.param(VotingTwoValuesPerBallot(), id="voting"),
    pytest.param(PaxosHalfIsEnough(), id="paxos"),
    pytest.param(RaftVotesTwice(), id="raft"),
    pytest.param(Courier(), id="deadlock with a bag"),
    pytest.param(Tickets(), id="beyond a constraint"),
]


@pytest.mark.parametrize("model", VIOLATED)
def test_counterexamples_are_real_and_shortest(model: Model[Any]) -> None:
    """Every step is one that the spec makes, and no search without symmetry finds a shorter way."""
    found, expected = check(model), check(model, symmetry=False)
    assert [p.name for p in found.violated] == [p.name for p in expected.violated] != []
    assert_traces_show(model, found)
    assert [len(p.trace.steps) for p in found.violated if p.trace] == [
        len(p.trace.steps) for p in expected.violated if p.trace
    ]


def test_a_seed_changes_no_number() -> None:
    """Another order of witnesses finds other forms first, and as many of them."""
    plain, seeded = check(Views()), check(Views(), seed=7)
    assert plain.states == seeded.states


def test_a_budget_counts_what_is_stored() -> None:
    """So many orbits are stored, and what they stand for is what these stand for."""
    result = check(TwoPhaseCommit(rms=3), max_states=3)
    assert result.stopped == "the budget of 3 states ran out"
    # At first; aborted by the manager; one of three prepared.
    assert (result.states.distinct, result.states.represented) == (3, 1 + 1 + 3)


def test_depth_is_cut_alike() -> None:
    """A budget of depth leaves the same states out."""
    for most in range(1, 8):
        orbits = check(TwoPhaseCommit(rms=4), max_depth=most)
        states = check(TwoPhaseCommit(rms=4), max_depth=most, symmetry=False)
        assert orbits.states.represented == states.states.distinct


def test_many_resource_managers_are_no_matter() -> None:
    """Millions of states in some thousand orbits: the closed form is 6^N + 4^N + 2^N."""
    states = check(TwoPhaseCommit(rms=8)).states
    assert (states.distinct, states.represented) == (1_461, 6**8 + 4**8 + 2**8)
