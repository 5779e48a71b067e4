"""Paxos among nodes: every node proposes, accepts and remembers, and any of them may crash.

Source: Leslie Lamport, "Paxos Made Simple", ACM SIGACT News 32(4), 2001: sections 2.2 (phases 1
and 2), 2.3 (learning) and 2.5 (what is stored).

A client asks a node to have a value chosen.  The node starts a ballot of its own.  In phase 1 it asks
all nodes to promise that they take part in no lower ballot, and to report their last vote.  Once a
majority has answered it knows what may have been chosen already: it must propose the value of the
highest vote reported, and is free only where there is none.  In phase 2 it asks all to vote for that
value.  A value is chosen once a majority has voted for it in one ballot.

Whatever is lost, late or repeated and whoever crashes, at most one value is chosen.  That something is
chosen takes more: `PaxosNodesReliable` says what.

`specs.consensus.paxos` has the same protocol without nodes, and the proof.  Each step of a node is a
step there, or changes nothing that it knows of.

    paxos_node.py   the protocol of one node
    paxos_nodes.py  the nodes in a world, what they guarantee, and broken variants

Modelling decisions.

- A node sends to itself as to any other, over the network.  So one step plays one role: that of a
  proposer, of an acceptor, or of a learner.
- Ballots belong to nodes.  Which has which is drawn when the nodes are installed, and then stays.
- What a node promises and votes for, and which of its ballots it has started, is on disk before it
  sends.  What it proposes and who has answered is not: after a crash it leaves that ballot alone.
- Votes go to the proposer, which learns what is chosen.  It tells nobody else: another node learns by
  a ballot of its own.
- An acceptor ignores a ballot below its promise.  Many implementations answer, to save time.
- A timer carries no time: a proposer may lose patience at any moment, and starts its next ballot.
"""

from __future__ import annotations

from typing import Annotated, Never

from checker.lang import (
    Between,
    Cluster,
    Formula,
    Map,
    World,
    always,
    evolve,
    fairness,
    final,
    frozen,
    leads_to,
    one_of,
    refines,
    sometimes,
    subset_of,
    temporal,
    weakly_fair,
)
from checker.lang.world import Given
from specs.consensus.consensus import Acceptor, Ballot, Quorum, Value, Vote
from specs.consensus.paxos import Message as PaxosMessage
from specs.consensus.paxos import OneA, OneB, Paxos, PaxosState, TwoA, TwoB
from specs.consensus.paxos_node import Local, Message, PaxosNode, Timer


@frozen
class Ownership:
    """Whose each ballot is."""

    owner: Map[Ballot, Acceptor]

    def of_node(self, n: Acceptor) -> frozenset[int]:
        return frozenset(b for b in self.owner if self.owner[b] == n)


@frozen
class History:
    """Every message ever sent, as `specs.consensus.paxos` knows them."""

    msgs: frozenset[PaxosMessage]


State = World[Acceptor, Local, Message, Timer, Never, History]


@frozen
class PaxosNodes(PaxosNode, Cluster[Acceptor, Local, Message, Timer, Value, Never, History]):
    """Nodes that crash and come back, on a network that loses messages: at most one value is chosen."""

    lossy: bool = True
    crashes: Annotated[int, Between(0, 9)] = 1
    requests: Annotated[int, Between(0, 9)] = 2
    max_in_flight: Annotated[int, Between(1, 64)] = 2

    def ownerships(self) -> frozenset[Ownership]:
        return self.every(Ownership)

    def boots(
        self,
        lost: frozenset[Given[Acceptor]] = subset_of(Cluster.first_sends),
        ballots: Ownership = one_of(ownerships),
    ) -> State:
        """Every node boots, and knows its ballots."""
        w: State = super().boots(lost)
        return evolve(w, nodes=Map({n: evolve(w.nodes[n], mine=ballots.of_node(n)) for n in w.nodes}))

    def begin_history(self) -> History:
        return History(msgs=frozenset())

    def remember(self, history: History, me: Acceptor, before: Local, after: Local) -> History:
        return History(msgs=history.msgs | self.newly_sent(me, before, after))

    def newly_sent(self, me: Acceptor, before: Local, after: Local) -> frozenset[PaxosMessage]:
        """What a step of a node is in the words of Paxos: one message, or none."""
        if after.tried != before.tried:
            return frozenset({OneA(after.tried)})
        if after.proposed is not None and after.proposed != before.proposed:
            return frozenset({TwoA(after.tried, after.proposed)})
        if after.voted is not None and after.voted != before.voted:
            return frozenset({TwoB(me, after.voted.bal, after.voted.val)})
        if after.promised != before.promised:
            return frozenset({self.report(me, after.promised, before.voted)})
        return frozenset()

    def report(self, me: Acceptor, bal: int, last: Vote | None) -> OneB:
        return OneB(me, bal, -1, None) if last is None else OneB(me, bal, last.bal, last.val)

    def chosen(self, w: State) -> frozenset[Value]:
        """The values for which a majority has voted in one ballot, whoever knows of it."""
        return frozenset(
            v
            for v in self.every(Value)
            for b in range(self.max_ballot + 1)
            if self.is_most(frozenset(a for a in w.nodes if TwoB(a, b, v) in w.history.msgs))
        )

    def is_most(self, nodes: Quorum) -> bool:
        """Whether these are a majority, whatever a node takes for one."""
        return 2 * len(nodes) > self.acceptors

    @always
    def agreement(self, w: State) -> bool:
        """At most one value is chosen."""
        return len(self.chosen(w)) <= 1

    @always
    def only_what_is_chosen_is_learned(self, w: State) -> bool:
        """Whoever learns a value learns one that is chosen."""
        return all(w.nodes[n].learned is None or w.nodes[n].learned in self.chosen(w) for n in w.nodes)

    @always
    def one_proposal_per_ballot(self, w: State) -> bool:
        """At most one value is proposed in a ballot."""
        return all(
            m.val == n.val
            for m in w.history.msgs
            for n in w.history.msgs
            if isinstance(m, TwoA) and isinstance(n, TwoA) and m.bal == n.bal
        )

    @always
    def promises_are_kept(self, before: State, after: State) -> bool:
        """Nobody goes back to a lower ballot, or votes in one, crash or not."""
        return all(after.nodes[n].promised >= before.nodes[n].promised for n in before.nodes)

    @always
    def last_vote_is_remembered(self, w: State) -> bool:
        """What a node remembers as its last vote is the highest that it has cast."""
        return all(self.last_ballot(w, m.acc) >= m.bal for m in w.history.msgs if isinstance(m, TwoB))

    def last_ballot(self, w: State, n: Acceptor) -> int:
        """The ballot of a node's last vote; -1 before it has voted."""
        last = w.nodes[n].voted
        return -1 if last is None else last.bal

    @sometimes
    def something_is_learned(self, w: State) -> bool:
        return any(w.nodes[n].learned is not None for n in w.nodes)

    @sometimes
    def something_is_chosen_and_nobody_knows(self, w: State) -> bool:
        """The votes are cast, and the answers are lost or still under way."""
        return len(self.chosen(w)) > 0 and all(w.nodes[n].learned is None for n in w.nodes)

    @sometimes
    def another_value_than_wanted_is_proposed(self, w: State) -> bool:
        """A proposer gives up what its client asked for, since a vote was reported: the heart of Paxos."""
        return any(
            w.nodes[n].proposed is not None and w.nodes[n].proposed != w.nodes[n].wants for n in w.nodes
        )

    @sometimes
    def two_nodes_propose_at_a_time(self, w: State) -> bool:
        return any(
            a != b and w.nodes[a].proposed is not None and w.nodes[b].proposed is not None
            for a in w.nodes
            for b in w.nodes
        )

    @final
    def nobody_waits(self, w: State) -> bool:
        """No message is under way, and no proposer will try again.

        Clients may have been given up: the ballots of this model are used up, or a crash has made
        a node forget what it was asked.  A real one has no last ballot, and its client asks again.
        """
        return len(w.in_flight) == 0 and all(len(w.timers[n]) == 0 for n in w.nodes)

    @refines(Paxos)
    def as_paxos(self, w: State) -> PaxosState:
        """What the disks hold, and what was sent."""
        return PaxosState(
            max_bal=w.nodes.map(lambda local: local.promised),
            max_vbal=Map({n: self.last_ballot(w, n) for n in w.nodes}),
            max_val=w.nodes.map(lambda local: None if local.voted is None else local.voted.val),
            msgs=w.history.msgs,
        )


@frozen
class PaxosNodesReliable(PaxosNodes):
    """Paxos where nothing is lost and nobody crashes: something is chosen.

    That takes one more thing: a proposer that nobody overtakes.  Two that overtake each other, each
    before the other has its votes, may go on for ever (section 2.4: "a distinguished proposer must be
    selected").  Here the bound on ballots provides it: the highest ballot stays the highest.
    """

    lossy: bool = False
    crashes: Annotated[int, Between(0, 9)] = 0
    max_in_flight: Annotated[int, Between(1, 64)] = 5

    @fairness
    def messages_arrive(self) -> Formula[State]:
        """As long as a message can be delivered, some message will be."""
        return weakly_fair(self.network_delivers)

    @temporal
    def something_is_chosen_in_the_end(self) -> Formula[State]:
        """Once a client has asked, some value is chosen, sooner or later."""
        return leads_to(lambda w: w.requests > 0, lambda w: len(self.chosen(w)) > 0)

    @temporal
    def what_is_chosen_is_learned(self) -> Formula[State]:
        """Once a client has asked, somebody learns what is chosen, sooner or later."""
        return leads_to(lambda w: w.requests > 0, self.something_is_learned)


# -- broken variants ------------------------------------------------------------------------------


@frozen
class PaxosNodesForgetPromise(PaxosNodes):
    """Broken: a promise is not written to disk, and after a crash the node votes in a lower ballot.

    Section 2.5 asks for stable storage "to maintain the information that the acceptor must remember".
    """

    def recover(self, me: Acceptor, node: Local) -> Local:
        return evolve(super().recover(me, node), promised=-1)


@frozen
class PaxosNodesForgetVote(PaxosNodes):
    """Broken: a vote is not written to disk, and after a crash the node reports that it has none."""

    def recover(self, me: Acceptor, node: Local) -> Local:
        return evolve(super().recover(me, node), voted=None)


@frozen
class PaxosNodesReuseBallot(PaxosNodes):
    """Broken: a proposer does not write down which ballot it has started, and starts it again.

    Then promises that it got before the crash, and that arrive once more, count for another value.  (An
    acceptor promises a ballot once, so where no message arrives twice the second attempt comes to nothing.)
    """

    duplicating: bool = True
    max_ballot: Annotated[int, Between(0, 9)] = 0

    def recover(self, me: Acceptor, node: Local) -> Local:
        return evolve(super().recover(me, node), tried=-1)
