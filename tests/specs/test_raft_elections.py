"""Raft's elections: a leader is elected, every assumption is needed, and counting terms anew changes nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from checker import check
from checker.lang import Bag, Formula, Map, all_of, evolve, frozen, temporal
from checker.result.result import Evidence, PropertyResult
from checker.result.trace import Trace
from specs.consensus.raft_elections import RaftElections, RaftElectionsDuel, RaftElectionsHurry, State
from specs.consensus.raft_server import Node, Timer, VoteReply

LEADER = "a_leader_is_eventually_elected"
ONE, TWO, THREE = Node(1), Node(2), Node(3)


def elected(model: RaftElections) -> PropertyResult:
    """The verdict on whether a leader is elected."""
    return check(model, engine="python", properties=[LEADER])[LEADER]


def lasso(model: RaftElections, name: str = LEADER) -> Trace:
    """The fair behaviour that violates a property."""
    found = check(model, engine="python", properties=[name])[name]
    assert found.verdict.evidence is Evidence.VIOLATED
    assert found.trace is not None
    assert found.trace.loop is not None
    return found.trace


def loop_of(trace: Trace) -> list[State]:
    """The states of a loop, each once."""
    assert trace.loop is not None
    states = [step.state for step in trace.steps[trace.loop :]]
    return states if trace.stops else states[1:]


def raises(trace: Trace) -> set[Node]:
    """Who starts an election in the loop."""
    assert trace.loop is not None
    return {
        dict(step.arguments)["node"]
        for step in trace.steps[trace.loop + 1 :]
        if step.action == "timer_fires" and dict(step.arguments)["timer"] is Timer.ELECTION
    }


def nobody_leads(model: RaftElections, states: list[State]) -> bool:
    """Whether no server leads in any of these states."""
    return not any(model.somebody_leads(w) for w in states)


# -- what it takes --------------------------------------------------------------------------------


@frozen
class VotesGetLost(RaftElections):
    """Without the assumption that requests for votes, and votes, arrive."""

    def votes_arrive(self) -> Formula[State]:
        return all_of()


@frozen
class TimersStandStill(RaftElections):
    """Without the assumption that election timers fire."""

    def election_timers_fire(self) -> Formula[State]:
        return all_of()


@frozen
class NothingIsTimely(RaftElections):
    """With the claim that no fair behaviour has the timing that is assumed."""

    @temporal
    def nothing_is_timely(self) -> Formula[State]:
        return ~all_of(self.answers_come_in_time(), self.timeouts_are_spread())


def test_a_leader_is_elected_under_what_is_assumed() -> None:
    """No fair lasso."""
    assert elected(RaftElections(max_in_flight=3)).verdict.evidence is Evidence.WITHIN_BOUNDS


def test_there_are_behaviours_as_they_are_assumed() -> None:
    """The assumptions do not contradict each other: timely behaviours are fair, and go on for ever."""
    trace = lasso(NothingIsTimely(max_in_flight=3), "nothing_is_timely")
    assert not trace.stops


def test_without_votes_that_arrive_the_first_election_never_ends() -> None:
    """A candidate has asked, and nothing happens any more."""
    trace = lasso(VotesGetLost(max_in_flight=3))
    assert trace.stops
    assert [step.action for step in trace.steps] == [None, "timer_fires"]


def test_without_timers_that_fire_nobody_ever_asks() -> None:
    """The behaviour stops where it begins."""
    trace = lasso(TimersStandStill(max_in_flight=3))
    assert trace.stops
    assert len(trace.steps) == 1


def test_without_answers_in_time_one_candidate_starts_over_for_ever() -> None:
    """A single candidate raises its term, and votes of earlier terms come too late."""
    model = RaftElectionsHurry(max_in_flight=3)
    trace = lasso(model)
    assert len(raises(trace)) == 1
    assert nobody_leads(model, loop_of(trace))


def test_without_timeouts_that_are_spread_two_candidates_duel_for_ever() -> None:
    """At least two candidates take turns raising the term, each before the other has its votes."""
    model = RaftElectionsDuel()
    trace = lasso(model)
    assert not trace.stops
    assert len(raises(trace)) >= 2
    assert nobody_leads(model, loop_of(trace))
    for before, step in zip(trace.steps, trace.steps[1:], strict=False):
        if step.action == "timer_fires" and dict(step.arguments)["timer"] is Timer.ELECTION:
            assert not model.is_asking(before.state, dict(step.arguments)["node"])


# -- counting terms anew --------------------------------------------------------------------------


@frozen
class AsItIs(RaftElections):
    """Terms grow, and messages that are void lie in the network."""

    def tidied(self, w: State) -> State:
        return w

    def lowered(self, w: State) -> State:
        return w


AS_IT_IS, COUNTED_ANEW = AsItIs(), RaftElections()


def counted(w: State) -> State:
    """The state that stands for this one."""
    return COUNTED_ANEW.lowered(COUNTED_ANEW.tidied(w))


def successors(model: RaftElections, w: State) -> list[State]:
    """Every state that a step leads to."""
    delivered = [model.network_delivers(w, packet) for packet in sorted(set(w.in_flight), key=repr)]
    fired = [model.timer_fires(w, n, timer) for n in (ONE, TWO, THREE) for timer in Timer]
    return [after for after in (*delivered, *fired) if after is not None]


def walks(seed: int) -> Iterator[tuple[State, State]]:
    """Steps of a cluster as it is, from a walk that keeps few messages under way."""
    chance = random.Random(seed)
    w = AS_IT_IS.boots(frozenset())
    for _ in range(40):
        after = chance.choice([s for s in successors(AS_IT_IS, w) if s.in_flight.total() <= 7])
        yield w, after
        w = after


@pytest.mark.parametrize("seed", range(20))
def test_counting_terms_anew_changes_nothing(seed: int) -> None:
    """A state and the one that stands for it have the same steps, up to those that nobody notices."""
    for w, _ in walks(seed):
        here = counted(w)
        expected = {counted(after) for after in successors(AS_IT_IS, w)}
        assert set(successors(COUNTED_ANEW, here)) | {here} == expected | {here}


@pytest.mark.parametrize("seed", range(20))
def test_who_leads_and_who_asks_is_the_same(seed: int) -> None:
    """The predicates of the property see no difference, but for answers that are void."""
    for w, _ in walks(seed):
        here, tidy = counted(w), COUNTED_ANEW.tidied(w)
        for n in w.nodes:
            assert COUNTED_ANEW.leads(here, n) == COUNTED_ANEW.leads(w, n)
            assert COUNTED_ANEW.is_asking(here, n) == COUNTED_ANEW.is_asking(tidy, n)


def test_what_is_void_stays_void() -> None:
    """A message that would change nothing now changes nothing later."""
    seen = 0
    for seed in range(20):
        for before, after in walks(seed):
            void = {p for p in before.in_flight if COUNTED_ANEW.is_void(before, p)}
            seen += len(void)
            assert all(COUNTED_ANEW.is_void(after, p) for p in void)
    assert seen > 100


def test_the_walks_leave_the_terms_that_are_counted() -> None:
    """Terms as they are grow beyond any that are counted: else nothing above is tested."""
    highest = max(w.nodes[n].current_term for seed in range(20) for w, _ in walks(seed) for n in w.nodes)
    assert highest > RaftElections().max_term


def test_a_message_of_a_term_that_all_have_left_is_refused() -> None:
    """It is of term 0, and tells its sender the receiver's term."""
    start = COUNTED_ANEW.boots(frozenset())
    assert {start.nodes[n].current_term for n in start.nodes} == {1}
    asked = COUNTED_ANEW.timer_fires(start, ONE, Timer.ELECTION)
    assert asked is not None
    ahead = {TWO: 4, THREE: 3}
    nodes = Map({n: evolve(s, current_term=ahead.get(n, s.current_term)) for n, s in asked.nodes.items()})
    (stale,) = {p for p in asked.in_flight if p.to == TWO}
    left = COUNTED_ANEW.lowered(
        evolve(asked, nodes=nodes.set(ONE, evolve(nodes[ONE], current_term=3)), in_flight=Bag([stale]))
    )
    (packet,) = set(left.in_flight)
    assert (packet.message.term, left.nodes[ONE].current_term, left.nodes[TWO].current_term) == (0, 1, 2)
    refused = COUNTED_ANEW.network_delivers(left, packet)
    assert refused is not None
    assert [p.message for p in refused.in_flight] == [VoteReply(term=2, granted=False)]
