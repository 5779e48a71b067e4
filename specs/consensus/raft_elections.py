"""Raft's elections: a leader is eventually elected, and what that takes.

Source: Diego Ongaro and John Ousterhout, "In Search of an Understandable Consensus Algorithm
(Extended Version)", 2014, section 5.2, and section 5.6, "Timing and availability".

Raft elects a leader as long as

    broadcast time  <<  election timeout

and election timeouts are random, so that candidates seldom get in each other's way.  There is no clock
here.  What the two conditions are for is said of the order of events instead:

    answers_come_in_time   from some time on, no candidate runs out of time while its own requests, or
                           answers to them, are under way
    timeouts_are_spread    from some time on, no server runs out of time while another one's requests,
                           or answers to them, are under way

Besides, requests for votes and answers arrive, and as long as none is under way the timer of some
server fires that waits for a leader.  That is all it takes, and nothing of it can be left out.  Without
the first condition a candidate starts one election after another and never waits for the votes.  Without
the second candidates duel: each raises the term before the other has its votes.

The servers are those of `specs.consensus.raft_server`, and safety is the business of
`specs.consensus.raft`.

Modelling decisions.

- Nobody crashes and nothing is lost.  The conditions hold from some time on; before that timers fire as
  they like, and leave terms, votes and messages in any disorder.
- No client asks for anything, and logs are empty.  Which log is more up-to-date decides who can be
  elected, not whether somebody is.
- Terms are counted from the lowest one that a server is in, which is 1; all terms below are 0.  While
  candidates duel, terms grow for ever, and only so does a duel come back to where it was.  It changes
  nothing: a server only compares terms and adds 1 to its own, and no server will ever be again in one
  of the terms that are counted as 0.  See `lowered`.
- A message that would change nothing where it arrives, now or later, is taken out of the network at
  once.  See `is_void`.
- Messages under way are bounded; four are the fewest with which candidates can duel.  How far terms are
  apart is bounded as well, but with these constants they never come that far: the result does not name
  `current_term` among the bounds reached.
"""

from __future__ import annotations

from typing import Annotated, Never

from checker.lang import (
    Bag,
    Between,
    Cluster,
    Formula,
    Map,
    Packet,
    World,
    all_of,
    always,
    eventually_always,
    evolve,
    fairness,
    frozen,
    implies,
    infinitely_often,
    sometimes,
    taken,
    temporal,
    weakly_fair,
)
from specs.consensus.raft_server import (
    AppendReply,
    Command,
    Message,
    Next,
    Node,
    RaftServer,
    RequestVote,
    Role,
    Server,
    Timer,
    VoteReply,
)

State = World[Node, Server, Message, Timer, Never, None]


@frozen
class RaftElections(RaftServer, Cluster[Node, Server, Message, Timer, Command]):
    """Raft servers that have nothing to do but to elect a leader."""

    max_term: Annotated[int, Between(1, 99)] = 5
    max_log: Annotated[int, Between(1, 99)] = 1
    requests: Annotated[int, Between(0, 9)] = 0
    max_in_flight: Annotated[int, Between(1, 64)] = 4

    # -- what is assumed --

    @fairness
    def votes_arrive_and_timers_fire(self) -> Formula[State]:
        return all_of(self.votes_arrive(), self.election_timers_fire())

    def votes_arrive(self) -> Formula[State]:
        """As long as an election is under way, some request for a vote, or some answer, arrives.

        That some message arrives would say less: a leader whom others have left behind could keep the
        network busy with its heartbeats.  Only the bound on messages under way rules that out here.
        """
        return weakly_fair(
            taken(
                self.network_delivers,
                where=lambda w, packet: isinstance(packet.message, (RequestVote, VoteReply)),
            )
        )

    def election_timers_fire(self) -> Formula[State]:
        """As long as no election is under way and somebody waits for a leader, somebody's timer fires.

        It says nothing of timers during an election: when those must not fire is said below.
        """
        return weakly_fair(
            taken(
                self.timer_fires,
                timer=Timer.ELECTION,
                where=lambda w: not any(self.is_asking(w, n) for n in w.nodes),
            )
        )

    def answers_come_in_time(self) -> Formula[State]:
        """In the end, no server runs out of time while an election of its own is under way."""
        return eventually_always(
            ~taken(self.timer_fires, timer=Timer.ELECTION, where=lambda w, node: self.is_asking(w, node))
        )

    def timeouts_are_spread(self) -> Formula[State]:
        """In the end, no server runs out of time while another one's election is under way."""
        return eventually_always(
            ~taken(
                self.timer_fires,
                timer=Timer.ELECTION,
                where=lambda w, node: any(self.is_asking(w, n) for n in w.nodes if n != node),
            )
        )

    def is_asking(self, w: State, n: Node) -> bool:
        """Whether requests for votes from this server, or answers to them, are under way."""
        return any(
            (isinstance(p.message, RequestVote) and p.sender == n)
            or (isinstance(p.message, VoteReply) and p.to == n)
            for p in w.in_flight
        )

    # -- what is promised --

    @temporal
    def a_leader_is_eventually_elected(self) -> Formula[State]:
        """Again and again, a server leads, and in no term that others have left."""
        return implies(
            all_of(self.answers_come_in_time(), self.timeouts_are_spread()),
            infinitely_often(self.somebody_leads),
        )

    def somebody_leads(self, w: State) -> bool:
        return any(self.leads(w, n) for n in w.nodes)

    def leads(self, w: State, n: Node) -> bool:
        """Whether a server is a leader, and nobody is in a later term."""
        term = w.nodes[n].current_term
        return w.nodes[n].role is Role.LEADER and all(w.nodes[m].current_term <= term for m in w.nodes)

    @always
    def election_safety(self, w: State) -> bool:
        """At most one leader can be elected in a given term."""
        return all(
            a == b
            for a in w.nodes
            for b in w.nodes
            if w.nodes[a].role is Role.LEADER
            and w.nodes[b].role is Role.LEADER
            and w.nodes[a].current_term == w.nodes[b].current_term
        )

    @sometimes
    def a_leader_is_elected(self, w: State) -> bool:
        return self.somebody_leads(w)

    @sometimes
    def a_leader_is_left_behind(self, w: State) -> bool:
        """Two servers lead at the same time, in different terms."""
        return any(
            a != b and w.nodes[a].role is Role.LEADER and w.nodes[b].role is Role.LEADER
            for a in w.nodes
            for b in w.nodes
        )

    @sometimes
    def votes_are_split(self, w: State) -> bool:
        """Every server is a candidate of the same term, and has voted for itself."""
        return all(w.nodes[n].role is Role.CANDIDATE for n in w.nodes) and all(
            w.nodes[a].current_term == w.nodes[b].current_term for a in w.nodes for b in w.nodes
        )

    # -- a world that comes back to where it was --

    def after(self, w: State, me: Node, step: Next) -> State:
        return self.lowered(self.tidied(super().after(w, me, step)))

    def tidied(self, w: State) -> State:
        """The world without the messages that are void."""
        return evolve(w, in_flight=Bag(p for p in w.in_flight.elements() if not self.is_void(w, p)))

    def is_void(self, w: State, packet: Packet[Node, Message]) -> bool:
        """Whether a message changes nothing where it arrives, now or later.

        It is an answer, for a request is always answered.  It is of a term that its receiver has come
        to or passed, and terms never fall.  In its term the receiver may still begin to lead; then it
        would answer a refusal of AppendEntries, even one of entries from an earlier term.
        """
        server, m = w.nodes[packet.to], packet.message
        if server.role is Role.CANDIDATE and isinstance(m, AppendReply) and m.term == server.current_term:
            return False
        return self.receive(packet.to, server, packet.sender, m) == (server, self.timers(server))

    def lowered(self, w: State) -> State:
        """The world with the lowest term that a server is in as 1, and 0 for all terms below.

        A message with a term below everybody's is refused, whatever the term: all such terms are one.
        """
        by = min(w.nodes[n].current_term for n in w.nodes) - 1
        if by == 0:
            return w
        return evolve(
            w,
            nodes=Map({n: evolve(w.nodes[n], current_term=w.nodes[n].current_term - by) for n in w.nodes}),
            in_flight=Bag(evolve(p, message=self.earlier(p.message, by)) for p in w.in_flight.elements()),
        )

    def earlier(self, message: Message, by: int) -> Message:
        return evolve(message, term=max(0, message.term - by))


# -- what happens without an assumption -----------------------------------------------------------


@frozen
class RaftElectionsDuel(RaftElections):
    """Broken: timeouts are not spread, and candidates duel for ever."""

    def timeouts_are_spread(self) -> Formula[State]:
        return all_of()


@frozen
class RaftElectionsHurry(RaftElections):
    """Broken: timeouts are too short, and a candidate never waits for its votes."""

    def answers_come_in_time(self) -> Formula[State]:
        return all_of()
