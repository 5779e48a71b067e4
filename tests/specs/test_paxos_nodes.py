"""Paxos among nodes: what choosing takes, what a node does, and what counts as chosen."""

from __future__ import annotations

from checker import check
from checker.lang import Formula, Map, Send, SetTimer, all_of, evolve, frozen
from checker.result.result import Evidence
from specs.consensus.consensus import Acceptor, Value, Vote
from specs.consensus.paxos import OneA, OneB, TwoA, TwoB
from specs.consensus.paxos_node import Accept, Accepted, Prepare, Promise, Timer
from specs.consensus.paxos_nodes import (
    History,
    Ownership,
    PaxosNodes,
    PaxosNodesForgetPromise,
    PaxosNodesReliable,
    State,
)
from specs.consensus.paxos_sketch import PaxosSketch, PaxosSketchPicksAgain

MODEL = PaxosNodes()
ONE, TWO, THREE = Acceptor(1), Acceptor(2), Acceptor(3)
V1, V2 = Value(1), Value(2)
FRESH = evolve(MODEL.boot(ONE), mine=frozenset({0, 1}))
ASKING, ASKED = MODEL.request(ONE, FRESH, V1) or (FRESH, ())


@frozen
class MessagesGetLost(PaxosNodesReliable):
    """Without the assumption that messages arrive."""

    def messages_arrive(self) -> Formula[State]:
        return all_of()


def said(*sent: OneA | OneB | TwoA | TwoB) -> State:
    """A world in which nothing has happened, but this was sent."""
    owner = Map({0: ONE, 1: TWO})
    return evolve(MODEL.boots(frozenset(), Ownership(owner)), history=History(msgs=frozenset(sent)))


# -- what choosing takes --------------------------------------------------------------------------


def test_where_messages_arrive_something_is_chosen_and_learned() -> None:
    """Two nodes, no loss and no crash: no fair lasso."""
    result = check(PaxosNodesReliable(acceptors=2, max_in_flight=2, requests=1), engine="python")
    for name in ("something_is_chosen_in_the_end", "what_is_chosen_is_learned"):
        assert result[name].verdict.evidence is Evidence.WITHIN_BOUNDS


def test_without_messages_that_arrive_nothing_need_be_chosen() -> None:
    """The behaviour stops with a message under way."""
    model = MessagesGetLost(acceptors=2, max_in_flight=2, requests=1)
    found = check(model, engine="python", properties=["something_is_chosen_in_the_end"])
    (violated,) = found.violated
    assert violated.trace is not None
    assert violated.trace.stops
    assert violated.trace.steps[-1].state.in_flight.total() > 0


def test_the_sketch_that_votes_once_never_chooses_two_values() -> None:
    """It is stuck, not wrong; the one that picks again is wrong, not stuck."""
    assert not check(PaxosSketch(), engine="python", properties=["agreement"]).violated
    again = check(PaxosSketchPicksAgain(), engine="python", properties=["something_is_chosen_in_the_end"])
    assert again.violated


# -- a node, as plain functions -------------------------------------------------------------------


def test_a_node_that_is_asked_starts_its_first_ballot() -> None:
    """It asks all nodes, itself included, and takes no second request."""
    assert (ASKING.tried, ASKING.wants) == (0, V1)
    assert (*(Send(n, Prepare(0)) for n in (ONE, TWO, THREE)), SetTimer(Timer.RETRY)) == ASKED
    assert MODEL.request(ONE, ASKING, V2) is None


def test_a_node_without_a_ballot_of_its_own_takes_no_request() -> None:
    """Ballots belong to nodes."""
    assert MODEL.request(TWO, MODEL.boot(TWO), V1) is None


def test_a_promise_reports_the_last_vote_and_is_kept() -> None:
    """Asked again for the same ballot or a lower one, the node is silent, and it votes in none below."""
    voted, _ = MODEL.receive(TWO, MODEL.boot(TWO), ONE, Accept(0, V1))
    promised, effects = MODEL.receive(TWO, voted, THREE, Prepare(1))
    assert effects == (Send(THREE, Promise(1, Vote(0, V1))),)
    assert MODEL.receive(TWO, promised, ONE, Prepare(1)) == (promised, ())
    assert MODEL.receive(TWO, promised, ONE, Accept(0, V1)) == (promised, ())


def test_a_proposer_proposes_the_highest_vote_of_a_majority() -> None:
    """Its own value gives way; with no vote reported it proposes its own."""
    asking = evolve(ASKING, tried=1)
    one, effects = MODEL.receive(ONE, asking, TWO, Promise(1, Vote(0, V2)))
    assert effects == ()
    _, effects = MODEL.receive(ONE, one, THREE, Promise(1, None))
    assert effects == tuple(Send(n, Accept(1, V2)) for n in (ONE, TWO, THREE))
    one, _ = MODEL.receive(ONE, asking, TWO, Promise(1, None))
    _, effects = MODEL.receive(ONE, one, THREE, Promise(1, None))
    assert effects == tuple(Send(n, Accept(1, V1)) for n in (ONE, TWO, THREE))


def test_a_proposer_learns_from_a_majority_of_votes_in_its_ballot() -> None:
    """A vote in an earlier ballot does not count."""
    proposing = evolve(ASKING, tried=1, proposed=V1)
    assert MODEL.receive(ONE, proposing, TWO, Accepted(0)) == (proposing, ())
    one, _ = MODEL.receive(ONE, proposing, TWO, Accepted(1))
    assert one.learned is None
    both, _ = MODEL.receive(ONE, one, THREE, Accepted(1))
    assert (both.learned, both.wants) == (V1, None)


def test_a_late_promise_is_no_vote() -> None:
    """Whoever answers phase 1 after it has ended is not counted in phase 2."""
    proposing = evolve(ASKING, proposed=V1)
    assert MODEL.receive(ONE, proposing, THREE, Promise(0, None)) == (proposing, ())


def test_a_crash_leaves_what_is_promised_voted_and_tried() -> None:
    """And nothing of what a client has asked; the broken variant forgets its promise."""
    busy = evolve(ASKING, promised=1, voted=Vote(0, V1))
    left = MODEL.recover(ONE, busy)
    assert (left.promised, left.voted, left.tried, left.mine) == (1, Vote(0, V1), 0, frozenset({0, 1}))
    assert (left.wants, left.heard) == (None, frozenset())
    assert PaxosNodesForgetPromise().recover(ONE, busy).promised == -1


# -- what the history says ------------------------------------------------------------------------


def test_a_majority_in_one_ballot_chooses() -> None:
    """Two of three, in one ballot and for one value."""
    assert MODEL.chosen(said(TwoB(ONE, 0, V1), TwoB(TWO, 0, V1))) == frozenset({V1})


def test_votes_of_different_ballots_or_values_choose_nothing() -> None:
    """Nor does one vote."""
    assert MODEL.chosen(said(TwoB(ONE, 0, V1), TwoB(TWO, 1, V1))) == frozenset()
    assert MODEL.chosen(said(TwoB(ONE, 0, V1), TwoB(TWO, 0, V2))) == frozenset()
    assert MODEL.chosen(said(TwoB(ONE, 0, V1))) == frozenset()


def test_two_majorities_for_two_values_break_agreement() -> None:
    """And two proposals in one ballot break what makes votes comparable."""
    votes = [TwoB(ONE, 0, V1), TwoB(TWO, 0, V1), TwoB(TWO, 1, V2), TwoB(THREE, 1, V2)]
    assert not MODEL.agreement(said(*votes))
    assert not MODEL.one_proposal_per_ballot(said(TwoA(0, V1), TwoA(0, V2)))
    assert not MODEL.last_vote_is_remembered(said(TwoB(ONE, 0, V1)))
