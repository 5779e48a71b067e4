"""Raft's pre-vote: whoever was cut off does not depose the leader when it comes back.

Source: Diego Ongaro, "Consensus: Bridging Theory and Practice", PhD thesis, Stanford, 2014, section 9.6,
"Preventing disruptions when a server rejoins the cluster".

A Raft server that hears no leader raises its term and asks for votes.  One that is cut off does so again
and again, and its term runs away.  When it comes back the others see the higher term, and their leader,
which did nothing wrong, must step down.

With pre-vote a server asks first whether it would get the votes, and raises its term only if a majority
says so.  A server that hears a leader says no.  Nothing is promised by a pre-vote: who has granted one
may grant another, and its term and its vote stay as they are.

The guarantee: as long as a majority has always heard its leader and nobody crashes, the leader leads on.
Election safety is what it was, since a vote is what it was.

    raft_pre_vote_server.py  the protocol of one server
    raft_pre_vote.py         the servers in a world, what they guarantee, and broken variants

Modelling decisions.

- Elections alone.  Logs are left out, as if all were equal; a real pre-vote also compares logs, as a vote
  does.  `specs.consensus.raft` has the logs.
- At first some server leads in term 1, and all but one have heard of it.  That one was cut off before, and
  is in an earlier term.  Everything else follows from that: losses of messages are the partition.
- A timer carries no time.  `hears_leader` says whether a heartbeat came since the election timer last fired.
  Whose timer fires has lost its leader, however short the timeout was.
- Nobody crashes by default; a term and a vote are durable as in Raft.
"""

from __future__ import annotations

from typing import Annotated, Never

from checker.lang import (
    Between,
    Cluster,
    Map,
    World,
    always,
    evolve,
    frozen,
    one_of,
    sometimes,
    subset_of,
)
from checker.lang.world import Given
from specs.consensus.raft_pre_vote_server import Message, Next, PreVoteReply, PreVoteServer, Role, Server
from specs.consensus.raft_server import Node, Timer
from specs.consensus.raft_world import Election


@frozen
class Outset:
    """How it begins: who leads, and who was cut off."""

    leader: Node
    outside: Node


@frozen
class History:
    """Who was elected, and which servers of the outset have never lost patience."""

    elections: frozenset[Election]
    patient: frozenset[Node]


State = World[Node, Server, Message, Timer, Never, History]


@frozen
class RaftPreVote(PreVoteServer, Cluster[Node, Server, Message, Timer, Never, Never, History]):
    """A leader that a majority hears, and a server that comes back."""

    lossy: bool = True
    max_in_flight: Annotated[int, Between(1, 64)] = 2
    requests: Annotated[int, Between(0, 9)] = 0

    def outsets(self) -> frozenset[Outset]:
        return frozenset(begin for begin in self.every(Outset) if begin.leader != begin.outside)

    def boots(
        self,
        lost: frozenset[Given[Node]] = subset_of(Cluster.first_sends),
        begin: Outset = one_of(outsets),
    ) -> State:
        """Some server leads in term 1; all but one have voted for it, and hear it."""
        w: State = super().boots(lost)
        nodes = Map({n: self.at_first(n, w.nodes[n], begin) for n in w.nodes})
        return evolve(
            w,
            nodes=nodes,
            timers=w.timers.set(begin.leader, frozenset({Timer.HEARTBEAT})),
            history=History(
                elections=frozenset({Election(1, begin.leader)}),
                patient=self.every(Node) - {begin.outside},
            ),
        )

    def at_first(self, n: Node, server: Server, begin: Outset) -> Server:
        if n == begin.outside:
            return server
        leads = n == begin.leader
        return evolve(
            server,
            current_term=1,
            voted_for=begin.leader,
            role=Role.LEADER if leads else Role.FOLLOWER,
            hears_leader=not leads,
        )

    def begin_history(self) -> History:
        return History(elections=frozenset(), patient=frozenset())

    def remember(self, history: History, me: Node, before: Server, after: Server) -> History:
        elected = after.role is Role.LEADER and before.role is not Role.LEADER
        gave_up = after.role in {Role.PRE_CANDIDATE, Role.CANDIDATE}
        return History(
            elections=history.elections | {Election(after.current_term, me)}
            if elected
            else history.elections,
            patient=history.patient - {me} if gave_up else history.patient,
        )

    @always
    def election_safety(self, w: State) -> bool:
        """At most one leader can be elected in a given term."""
        return all(
            x.leader == y.leader for x in w.history.elections for y in w.history.elections if x.term == y.term
        )

    @always
    def a_leader_that_is_heard_stays(self, w: State) -> bool:
        """As long as a majority has always heard its leader, nobody deposes it."""
        return not self.is_steady(w) or any(
            w.nodes[n].role is Role.LEADER and w.nodes[n].current_term == 1 for n in w.nodes
        )

    @always
    def nobody_raises_a_term_alone(self, w: State) -> bool:
        """As long as a majority has always heard its leader, nobody is in a later term."""
        return not self.is_steady(w) or all(w.nodes[n].current_term <= 1 for n in w.nodes)

    def is_steady(self, w: State) -> bool:
        """Whether a majority has always heard its leader, or led, and nobody has crashed."""
        return 2 * len(w.history.patient) > self.nodes and w.crashes == 0

    @sometimes
    def another_leader_is_elected(self, w: State) -> bool:
        """Once the others miss the leader as well, they elect another: pre-vote does not prevent that."""
        return len(w.history.elections) > 1

    @sometimes
    def who_was_outside_hears_the_leader(self, w: State) -> bool:
        """It comes back, and follows."""
        return self.is_steady(w) and all(
            w.nodes[n].hears_leader or w.nodes[n].role is Role.LEADER for n in w.nodes
        )

    @sometimes
    def a_pre_vote_is_refused(self, w: State) -> bool:
        """A server that hears its leader says no."""
        return any(
            isinstance(p.message, PreVoteReply) and not p.message.granted and w.nodes[p.sender].hears_leader
            for p in w.in_flight
        )


# -- broken variants ------------------------------------------------------------------------------


@frozen
class RaftPreVoteLeftOut(RaftPreVote):
    """Broken: no pre-vote, as in plain Raft: whoever was cut off comes back and deposes the leader.

    Section 9.6 of the thesis names this as one downside of Raft's leader election algorithm.
    """

    def on_election_timeout(self, me: Node, server: Server) -> Next:
        return self.start_election(me, server)


@frozen
class RaftPreVoteFromAnybody(RaftPreVote):
    """Broken: a server that hears its leader grants pre-votes all the same.

    Section 9.6 lets a server grant one only if it has not heard from a valid leader for a while.
    """

    def misses_leader(self, server: Server) -> bool:
        return True


@frozen
class RaftPreVoteRaisesTerm(RaftPreVote):
    """Broken: a server that is asked for a pre-vote takes over the term, as with any other message.

    The authors of etcd guard against it, with a comment in raft.go: a term never changes because of a
    request for a pre-vote.
    """

    def only_asks(self, m: Message) -> bool:
        return False
