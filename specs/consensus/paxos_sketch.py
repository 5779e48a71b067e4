"""Consensus as introductory texts sketch it: pick a leader, let it decide, count votes.

Source: no paper.  The sketch, in one sentence: each node picks a random leader, the leader sends its
decision, more than half vote for it: accepted.  What it lacks is in Leslie Lamport, "Paxos Made Simple",
ACM SIGACT News 32(4), 2001, section 2.2: numbered ballots, and a first phase in which a proposer learns
what may have been chosen already.

Two nodes may pick different leaders, for nothing in the sketch rules it out.  What then?  It does not say
whether a node that has voted may vote again, so there are two readings.

    PaxosSketch            a node picks and votes once.  Votes are split, and nothing is ever accepted.
    PaxosSketchPicksAgain  a node picks again where it has waited too long.  Two values are accepted.

So the sketch is either stuck or wrong.

Modelling decisions.

- No message is lost and nobody crashes: the sketch fails without that.
- A decision that is sent stays there to be received, so that a message may be late.
- A node leads if somebody has picked it.  It decides once, for any value.
"""

from __future__ import annotations

from checker.lang import (
    Formula,
    Map,
    Model,
    Size,
    action,
    all_of,
    always,
    eventually,
    evolve,
    fairness,
    final,
    frozen,
    initial,
    sometimes,
    temporal,
    variant_of,
    weakly_fair,
)
from specs.consensus.consensus import Acceptor, Value
from specs.consensus.paxos_nodes import PaxosNodes


@frozen
class State:
    """Whom each node follows, what leaders have decided, and who has voted for what."""

    leader: Map[Acceptor, Acceptor | None]
    decision: Map[Acceptor, Value | None]
    votes: Map[Acceptor, frozenset[Value]]


@variant_of(PaxosNodes)
@frozen
class PaxosSketch(Model[State]):
    """Broken: the sketch of introductory texts: random leaders split the vote, and nothing is chosen."""

    acceptors: Size[Acceptor] = 3
    values: Size[Value] = 3

    @initial
    def start(self) -> State:
        return State(
            leader=Map.fill(self.every(Acceptor), None),
            decision=Map.fill(self.every(Acceptor), None),
            votes=Map.fill(self.every(Acceptor), frozenset()),
        )

    @action
    def node_picks_leader(self, s: State, n: Acceptor, leader: Acceptor) -> State | None:
        """A node picks any node, itself included."""
        if not self.may_pick(s, n):
            return None
        return evolve(s, leader=s.leader.set(n, leader))

    def may_pick(self, s: State, n: Acceptor) -> bool:
        """Whether a node is free to pick a leader: once."""
        return s.leader[n] is None

    @action
    def leader_sends_decision(self, s: State, n: Acceptor, v: Value) -> State | None:
        """Whoever has been picked decides, and sends it to all."""
        if n not in s.leader.values() or s.decision[n] is not None:
            return None
        return evolve(s, decision=s.decision.set(n, v))

    @action
    def node_votes(self, s: State, n: Acceptor) -> State | None:
        """A node votes for what its leader has decided."""
        leader = s.leader[n]
        if leader is None:
            return None
        decision = s.decision[leader]
        if decision is None or decision in s.votes[n]:
            return None
        return evolve(s, votes=s.votes.set(n, s.votes[n] | {decision}))

    def chosen(self, s: State) -> frozenset[Value]:
        """The values that are accepted: more than half have voted for them."""
        most = self.acceptors // 2 + 1
        return frozenset(v for v in self.every(Value) if len([n for n in s.votes if v in s.votes[n]]) >= most)

    @fairness
    def whoever_can_act_acts(self) -> Formula[State]:
        """Nodes pick, leaders decide, votes are cast."""
        return all_of(
            weakly_fair(self.node_picks_leader),
            weakly_fair(self.leader_sends_decision),
            weakly_fair(self.node_votes),
        )

    @always
    def agreement(self, s: State) -> bool:
        """At most one value is chosen."""
        return len(self.chosen(s)) <= 1

    @temporal
    def something_is_chosen_in_the_end(self) -> Formula[State]:
        """Some value is chosen, sooner or later."""
        return eventually(lambda s: len(self.chosen(s)) > 0)

    @sometimes
    def something_is_chosen(self, s: State) -> bool:
        return len(self.chosen(s)) > 0

    @final
    def all_have_voted(self, s: State) -> bool:
        return all(len(s.votes[n]) > 0 for n in s.votes)


@frozen
class PaxosSketchPicksAgain(PaxosSketch):
    """Broken: the sketch of introductory texts: whoever waits too long picks again, and votes again."""

    values: Size[Value] = 2

    def may_pick(self, s: State, n: Acceptor) -> bool:
        return True
