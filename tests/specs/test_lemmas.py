"""The lemmas of the specs: true, inductive together with the properties, and each of them needed.

No solver takes part in this.  Where a model is small enough, every value of the type of its state is
looked at, reachable or not.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from checker import check
from checker.lang import Map, Model
from checker.lang.declarations import Declaration, Property, declare
from checker.reference.system import ReferenceSystem
from specs.consensus.paxos import (
    Acceptor,
    Consensus,
    Message,
    OneA,
    OneB,
    Paxos,
    PaxosState,
    TwoA,
    TwoB,
    Value,
    Vote,
    Voting,
    VotingState,
)
from specs.transactions.two_phase_commit import TwoPhaseCommit

INSTANCES = [TwoPhaseCommit(), TwoPhaseCommit(rms=5), Voting(), Voting(max_ballot=2), Paxos()]


@pytest.mark.parametrize("engine", ["python", "native"])
@pytest.mark.parametrize("model", INSTANCES, ids=repr)
def test_lemmas_hold_in_every_reachable_state(model: Model[Any], engine: Any) -> None:
    """They are asked for alone, so that none is forgotten behind a property."""
    names = [lemma.name for lemma in declare(model).lemmas]
    result = check(model, properties=names, engine=engine)
    assert [(prop.name, str(prop.verdict)) for prop in result.properties] == [
        (name, "exhaustive for this size") for name in names
    ]


def test_consensus_needs_no_lemma() -> None:
    """Its one property is inductive by itself."""
    assert declare(Consensus()).lemmas == ()
    assert counterexamples(Consensus(), None) == set()


# -- every state of the type --


def conjuncts(declaration: Declaration) -> list[Property]:
    return [*(prop for prop in declaration.properties if prop.kind == "always"), *declaration.lemmas]


@cache
def states(model: Model[Any]) -> tuple[tuple[Any, frozenset[str]], ...]:
    """Every value of the type of the state, with the names of the conjuncts that are false there."""
    return tuple((state, false(model, state)) for state in declare(model).state.members())


def false(model: Model[Any], state: Any) -> frozenset[str]:
    return frozenset(p.name for p in conjuncts(declare_once(model)) if not p.function(model, state))


declare_once = cache(declare)


def counterexamples(model: Model[Any], dropped: str | None) -> set[tuple[str, str]]:
    """By which actions which conjuncts become false, from states where all are true but one that is dropped."""
    system = ReferenceSystem(declare(model))
    known = dict(states(model))
    allowed = frozenset({dropped})
    return {
        (system.action_names[action], name)
        for state, wrong in known.items()
        if wrong <= allowed
        for action, _, successor in system.successors(state)
        for name in known[successor] - allowed
    }


SMALL = [TwoPhaseCommit(rms=2), Voting(acceptors=2, max_ballot=1)]


@pytest.mark.parametrize("model", SMALL, ids=repr)
def test_properties_and_lemmas_are_inductive(model: Model[Any]) -> None:
    """From no state that satisfies them all does a step lead to one that does not; nor is it a deadlock."""
    assert counterexamples(model, None) == set()
    system = ReferenceSystem(declare(model))
    assert all(not false(model, state) for state in system.initial())
    inside = [state for state, wrong in states(model) if not wrong]
    assert [s for s in inside if not any(system.successors(s)) and not system.final(s)] == []


@pytest.mark.parametrize("lemma", [lemma.name for lemma in declare(TwoPhaseCommit()).lemmas])
def test_each_lemma_of_two_phase_commit_is_needed(lemma: str) -> None:
    """Without it, something is not inductive."""
    assert counterexamples(TwoPhaseCommit(rms=2), lemma) != set()


def test_a_conjunct_that_follows_from_the_others_is_not_needed() -> None:
    """So the test before this one tells the difference."""
    assert counterexamples(TwoPhaseCommit(rms=2), "no_disagreement") == set()


# -- states that a lemma excludes, and nothing else does --

A1, A2, A3 = sorted(Voting().every(Acceptor), key=repr)
V1, V2 = sorted(Voting().every(Value), key=repr)


def paxos(max_bal: tuple[int, int, int], *messages: Message, last: dict[Acceptor, Vote]) -> PaxosState:
    """A state of three acceptors, with the last votes that they remember."""
    votes = {a: last.get(a) for a in (A1, A2, A3)}
    return PaxosState(
        max_bal=Map(dict(zip(votes, max_bal, strict=True))),
        max_vbal=Map({a: vote.bal if vote else -1 for a, vote in votes.items()}),
        max_val=Map({a: vote.val if vote else None for a, vote in votes.items()}),
        msgs=frozenset(messages),
    )


VOTES_FOR_WHAT_IS_NOT_SAFE = VotingState(
    votes=Map({A1: frozenset({Vote(0, V1), Vote(1, V2)}), A2: frozenset({Vote(1, V2)}), A3: frozenset()}),
    max_bal=Map({A1: 1, A2: 1, A3: -1}),
)
"""The second value is chosen in ballot 1, although the first may yet be in ballot 0."""

EXCLUDED: dict[str, tuple[Model[Any], Any, str, str]] = {
    "votes_are_for_safe_values": (Voting(), VOTES_FOR_WHAT_IS_NOT_SAFE, "vote_for", "agreement"),
    "last_votes_lie_behind": (
        Paxos(),
        paxos((0, 1, 1), TwoA(0, V1), TwoA(1, V1), TwoB(A1, 1, V1), last={A1: Vote(1, V1)}),
        "phase2b",
        "last_vote_is_remembered",
    ),
    "last_votes_were_cast": (
        Paxos(),
        paxos((0, -1, -1), OneA(1), last={A1: Vote(0, V1)}),
        "phase1b",
        "reported_votes_were_cast",
    ),
    "promises_are_kept": (
        Paxos(),
        paxos((-1, 0, 0), OneB(A1, 1, -1, None), TwoA(0, V1), last={}),
        "phase2b",
        "reports_leave_no_vote_out",
    ),
    "reported_votes_were_cast": (
        Paxos(),
        paxos(
            (1, 1, -1), OneB(A1, 1, 0, V1), OneB(A2, 1, 0, V2), TwoA(0, V2), TwoB(A2, 0, V2),
            last={A2: Vote(0, V2)},
        ),
        "phase2a",
        "proposals_are_safe",
    ),
    "reports_leave_no_vote_out": (
        Paxos(),
        paxos(
            (1, 1, -1), OneB(A1, 1, -1, None), OneB(A2, 1, -1, None), TwoA(0, V2), TwoB(A2, 0, V2),
            last={A2: Vote(0, V2)},
        ),
        "phase2a",
        "proposals_are_safe",
    ),
    "proposals_are_safe": (
        Paxos(),
        paxos(
            (1, 1, -1), TwoA(0, V1), TwoA(1, V2), TwoB(A1, 0, V1), TwoB(A1, 1, V2), TwoB(A2, 1, V2),
            last={A1: Vote(1, V2), A2: Vote(1, V2)},
        ),
        "phase2b",
        "agreement",
    ),
}  # fmt: skip
"""For each lemma: a state where it alone is false, and by which action what becomes false there."""


@pytest.mark.parametrize("lemma", EXCLUDED)
def test_each_lemma_of_the_paxos_family_is_needed(lemma: str) -> None:
    """It alone excludes a state from which one step breaks a property, or another lemma."""
    model, state, action, broken = EXCLUDED[lemma]
    assert declare(model).state.fault(state) is None
    assert false(model, state) == {lemma}
    system = ReferenceSystem(declare(model))
    found = {
        (system.action_names[index], name)
        for index, _, successor in system.successors(state)
        for name in false(model, successor) - {lemma}
    }
    assert (action, broken) in found


def test_every_lemma_of_the_paxos_family_is_looked_at() -> None:
    """A new one needs a state of its own in the table."""
    assert {lemma.name for model in (Voting(), Paxos()) for lemma in declare(model).lemmas} == set(EXCLUDED)
