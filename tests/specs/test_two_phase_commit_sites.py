"""Two-phase commit among sites: who blocks and why, what deciding takes, and what a site does."""

from __future__ import annotations

import pytest

from checker import check
from checker.lang import CancelTimer, Formula, Send, SetTimer, all_of, evolve, frozen
from checker.result.result import Evidence
from checker.result.trace import Trace
from specs.transactions.two_phase_commit_sites import (
    Decided,
    Outcome,
    Phase,
    Prepare,
    Site,
    State,
    Timer,
    Transaction,
    TwoPhaseCommitSites,
    TwoPhaseCommitSitesForgetStart,
    TwoPhaseCommitSitesStayDown,
    Vote,
)

MODEL = TwoPhaseCommitSites()
ONE, TWO, THREE = Site(1), Site(2), Site(3)
WORKING = MODEL.boot(ONE)
ASKED, ASKING = MODEL.request(ONE, WORKING, Transaction(1)) or (WORKING, ())
PATIENCE = Timer.PATIENCE


def lasso(model: TwoPhaseCommitSites) -> Trace:
    """The fair behaviour in which a site never decides."""
    found = check(model, engine="python", properties=["everyone_decides"])["everyone_decides"]
    assert found.verdict.evidence is Evidence.VIOLATED
    assert found.trace is not None
    return found.trace


def prepared(w: State) -> set[Site]:
    """Who is up and waits for a decision."""
    return {n for n in w.nodes if n not in w.down and w.nodes[n].phase is Phase.PREPARED}


# -- what deciding takes --------------------------------------------------------------------------


@frozen
class MessagesGetLost(TwoPhaseCommitSites):
    """Without the assumption that messages arrive."""

    def messages_arrive(self) -> Formula[State]:
        return all_of()


@frozen
class PatienceNeverEnds(TwoPhaseCommitSites):
    """Without the assumption that who may give up does."""

    def patience_ends(self) -> Formula[State]:
        return all_of()


@frozen
class SitesNeedNotComeBack(TwoPhaseCommitSites):
    """Without the assumption that a site that is down restarts, though it could."""

    def sites_come_back(self) -> Formula[State]:
        return all_of()


@pytest.mark.parametrize(
    "model",
    [
        TwoPhaseCommitSites(crashes=0),
        TwoPhaseCommitSites(restarts=True),
        TwoPhaseCommitSites(sites=2, crashes=2),
        TwoPhaseCommitSites(sites=2, requests=2),
        TwoPhaseCommitSites(crashes=0, restarts=False),
    ],
)
def test_everyone_decides_if_whoever_crashes_comes_back(model: TwoPhaseCommitSites) -> None:
    """No fair lasso, and no disagreement."""
    result = check(model, engine="python", symmetry=False)
    assert result["everyone_decides"].verdict.evidence in {Evidence.EXHAUSTIVE, Evidence.WITHIN_BOUNDS}
    assert result["no_disagreement"].verdict.evidence in {Evidence.EXHAUSTIVE, Evidence.WITHIN_BOUNDS}


def test_a_coordinator_that_stays_down_blocks_the_others_for_ever() -> None:
    """Somebody has promised to commit; nothing is under way, no timer is set, and nothing can happen."""
    trace = lasso(TwoPhaseCommitSitesStayDown())
    last = trace.steps[-1].state
    (down,) = last.down
    assert trace.stops
    assert prepared(last)
    assert last.nodes[down].coordinates
    assert not any(last.timers[n] for n in last.timers)
    assert not any(packet.to not in last.down for packet in last.in_flight)


def test_a_coordinator_that_could_come_back_but_does_not_blocks_as_well() -> None:
    """That it can restart is not enough."""
    trace = lasso(SitesNeedNotComeBack())
    assert trace.stops
    assert trace.steps[-1].state.down
    assert prepared(trace.steps[-1].state)


def test_a_coordinator_that_forgets_what_it_began_blocks_though_it_comes_back() -> None:
    """Everybody is up, and nobody remembers that somebody waits."""
    last = lasso(TwoPhaseCommitSitesForgetStart()).steps[-1].state
    assert not last.down
    assert not any(last.nodes[n].coordinates for n in last.nodes)
    assert prepared(last)


def test_without_messages_that_arrive_somebody_waits_for_ever() -> None:
    """What it waits for is under way, or the vote that the decision waits for."""
    last = lasso(MessagesGetLost()).steps[-1].state
    assert last.in_flight.total() > 0


def test_without_patience_that_ends_nobody_need_begin() -> None:
    """The behaviour stops where it begins, with every site at work."""
    trace = lasso(PatienceNeverEnds())
    assert trace.stops
    assert len(trace.steps) == 1


def test_messages_that_are_lost_leave_a_site_blocked() -> None:
    """Nobody asks again, so that the network loses nothing is an assumption that counts."""
    trace = lasso(TwoPhaseCommitSites(sites=2, lossy=True, crashes=0))
    assert any(step.action == "network_loses" for step in trace.steps)
    assert prepared(trace.steps[-1].state)


# -- a site, as plain functions -------------------------------------------------------------------


def test_the_site_that_is_asked_writes_it_down_and_asks_the_others() -> None:
    """It coordinates from then on, and is asked no more."""
    assert evolve(WORKING, coordinates=True) == ASKED
    assert set(ASKING) == {Send(TWO, Prepare()), Send(THREE, Prepare())}
    assert MODEL.request(ONE, ASKED, Transaction(1)) is None


def test_a_site_that_works_promises_and_stops_its_timer() -> None:
    """From then on it waits."""
    local, effects = MODEL.receive(TWO, WORKING, ONE, Prepare())
    assert local.phase is Phase.PREPARED
    assert effects == (Send(ONE, Vote(yes=True)), CancelTimer(PATIENCE))
    assert MODEL.timeout(TWO, local, PATIENCE) == (local, ())
    assert MODEL.start(TWO, MODEL.recover(TWO, local)) == (local, ())


def test_a_site_that_has_aborted_says_no() -> None:
    """And stays so."""
    aborted, effects = MODEL.timeout(TWO, WORKING, PATIENCE)
    assert (aborted.phase, effects) == (Phase.ABORTED, (CancelTimer(PATIENCE),))
    assert MODEL.receive(TWO, aborted, ONE, Prepare()) == (aborted, (Send(ONE, Vote(yes=False)),))


def test_a_coordinator_commits_with_the_last_vote() -> None:
    """One yes of two changes nothing but the count; the second decides for all."""
    one, effects = MODEL.receive(ONE, ASKED, TWO, Vote(yes=True))
    assert (one, effects) == (evolve(ASKED, yes=frozenset({TWO})), ())
    both, effects = MODEL.receive(ONE, one, THREE, Vote(yes=True))
    assert both.phase is Phase.COMMITTED
    assert {e for e in effects if isinstance(e, Send)} == {
        Send(TWO, Decided(Outcome.COMMIT)),
        Send(THREE, Decided(Outcome.COMMIT)),
    }


def test_a_coordinator_that_comes_back_decides_or_says_again_what_it_decided() -> None:
    """Undecided, it aborts; the votes that it had counted are gone."""
    counted, _ = MODEL.receive(ONE, ASKED, TWO, Vote(yes=True))
    left = MODEL.recover(ONE, counted)
    assert left == ASKED
    aborted, effects = MODEL.start(ONE, left)
    assert aborted.phase is Phase.ABORTED
    told = {e for e in effects if isinstance(e, Send)}
    assert told == {Send(TWO, Decided(Outcome.ABORT)), Send(THREE, Decided(Outcome.ABORT))}
    assert set(MODEL.start(ONE, MODEL.recover(ONE, aborted))[1]) == told


def test_two_coordinators_say_no_to_each_other() -> None:
    """A site that coordinates makes no promise to another."""
    assert MODEL.receive(ONE, ASKED, TWO, Prepare()) == (ASKED, (Send(TWO, Vote(yes=False)),))


def test_a_site_waits_from_its_start() -> None:
    """Its timer is set."""
    assert MODEL.start(ONE, WORKING) == (WORKING, (SetTimer(PATIENCE),))
