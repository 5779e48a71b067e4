"""Raft's pre-vote, one server: what it does on a message or a timeout.

Source: Diego Ongaro, "Consensus: Bridging Theory and Practice", PhD thesis, Stanford, 2014, section 9.6.

The modelling decisions are in `specs.consensus.raft_pre_vote`, where servers meet a network.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import (
    Between,
    CancelTimer,
    Durable,
    NodeProtocol,
    Send,
    SetTimer,
    Size,
    Step,
    Volatile,
    evolve,
    frozen,
)
from specs.consensus.raft_server import Node, Term, Timer


class Role(Enum):
    """What a server takes itself for."""

    FOLLOWER = "follower"
    PRE_CANDIDATE = "pre-candidate"
    CANDIDATE = "candidate"
    LEADER = "leader"


# -- messages -------------------------------------------------------------------------------------


@frozen
class PreVote:
    """From a server that hears no leader: would you vote for me in this term, which is not mine yet?"""

    term: Term


@frozen
class PreVoteReply:
    """The answer: yes, in the term that was asked for; or no, with the voter's own term."""

    term: Term
    granted: bool


@frozen
class RequestVote:
    """From a candidate to gather votes."""

    term: Term


@frozen
class VoteReply:
    """The answer to RequestVote."""

    term: Term
    granted: bool


@frozen
class Heartbeat:
    """From the leader: AppendEntries without entries."""

    term: Term


@frozen
class HeartbeatReply:
    """The answer, which tells an old leader of a later term."""

    term: Term


Message = PreVote | PreVoteReply | RequestVote | VoteReply | Heartbeat | HeartbeatReply


# -- the protocol ---------------------------------------------------------------------------------


@frozen
class Server:
    """What a server holds."""

    current_term: Durable[Term]
    voted_for: Durable[Node | None]
    role: Volatile[Role]
    hears_leader: Volatile[bool]  # whether a heartbeat came since its election timer last fired
    votes: Volatile[frozenset[Node]]  # of a candidate, and of a pre-candidate: who says yes


Next = Step[Server, Node, Message, Timer]


@frozen
class PreVoteServer(NodeProtocol[Node, Server, Message, Timer]):
    """What one server does to elect a leader."""

    nodes: Size[Node] = 3
    max_term: Annotated[int, Between(1, 99)] = 2

    def boot(self, me: Node) -> Server:
        return Server(
            current_term=0, voted_for=None, role=Role.FOLLOWER, hears_leader=False, votes=frozenset()
        )

    def start(self, me: Node, server: Server) -> Next:
        return server, (SetTimer(Timer.ELECTION),)

    def timeout(self, me: Node, server: Server, timer: Timer) -> Next:
        match timer:
            case Timer.ELECTION:
                return self.on_election_timeout(me, server)
            case Timer.HEARTBEAT:
                return server, (
                    *self.to_others(me, Heartbeat(server.current_term)),
                    SetTimer(Timer.HEARTBEAT),
                )

    def receive(self, me: Node, server: Server, sender: Node, message: Message) -> Next:
        """A higher term makes a follower in that term, except where it is only asked about."""
        if message.term > server.current_term and not self.only_asks(message):
            server = self.follower(server, message.term)
        match message:
            case PreVote():
                return self.on_pre_vote(server, sender, message)
            case PreVoteReply():
                return self.on_pre_vote_reply(me, server, sender, message)
            case RequestVote():
                return self.on_request_vote(server, sender, message)
            case VoteReply():
                return self.on_vote_reply(me, server, sender, message)
            case Heartbeat():
                return self.on_heartbeat(server, sender, message)
            case HeartbeatReply():
                return server, self.timers(server)

    def only_asks(self, m: Message) -> bool:
        """Whether nobody need be in the term of a message: it belongs to a pre-vote, or to a yes to one."""
        return isinstance(m, PreVote) or (isinstance(m, PreVoteReply) and m.granted)

    def on_election_timeout(self, me: Node, server: Server) -> Next:
        """Ask who would vote for this server, before the term is raised."""
        asking = evolve(server, role=Role.PRE_CANDIDATE, hears_leader=False, votes=frozenset({me}))
        ask = PreVote(server.current_term + 1)
        return asking, (*self.to_others(me, ask), *self.timers(asking))

    def on_pre_vote(self, server: Server, sender: Node, m: PreVote) -> Next:
        """Yes, if it is a later term and no leader is heard.  Nothing of the server changes."""
        if m.term > server.current_term and self.misses_leader(server):
            return server, (Send(sender, PreVoteReply(m.term, True)), *self.timers(server))
        return server, (Send(sender, PreVoteReply(server.current_term, False)), *self.timers(server))

    def misses_leader(self, server: Server) -> bool:
        """Whether a server neither leads nor hears a leader."""
        return server.role is not Role.LEADER and not server.hears_leader

    def on_pre_vote_reply(self, me: Node, server: Server, sender: Node, m: PreVoteReply) -> Next:
        if server.role is not Role.PRE_CANDIDATE or not m.granted or m.term != server.current_term + 1:
            return server, self.timers(server)
        asking = evolve(server, votes=server.votes | {sender})
        if self.is_majority(asking.votes):
            return self.start_election(me, asking)
        return asking, self.timers(asking)

    def start_election(self, me: Node, server: Server) -> Next:
        """Raise the term, vote for oneself, ask the others: as in Raft."""
        candidate = evolve(
            server,
            current_term=server.current_term + 1,
            voted_for=me,
            role=Role.CANDIDATE,
            hears_leader=False,
            votes=frozenset({me}),
        )
        ask = RequestVote(candidate.current_term)
        return candidate, (*self.to_others(me, ask), *self.timers(candidate))

    def on_request_vote(self, server: Server, sender: Node, m: RequestVote) -> Next:
        granted = m.term == server.current_term and server.voted_for in (None, sender)
        voter = evolve(server, voted_for=sender) if granted else server
        return voter, (Send(sender, VoteReply(server.current_term, granted)), *self.timers(voter))

    def on_vote_reply(self, me: Node, server: Server, sender: Node, m: VoteReply) -> Next:
        if server.role is not Role.CANDIDATE or m.term != server.current_term or not m.granted:
            return server, self.timers(server)
        candidate = evolve(server, votes=server.votes | {sender})
        if not self.is_majority(candidate.votes):
            return candidate, self.timers(candidate)
        leader = evolve(candidate, role=Role.LEADER, votes=frozenset())
        return leader, (*self.to_others(me, Heartbeat(leader.current_term)), *self.timers(leader))

    def on_heartbeat(self, server: Server, sender: Node, m: Heartbeat) -> Next:
        """Follow the leader of one's term; tell one of an earlier term about the later one."""
        if m.term == server.current_term:
            server = evolve(server, role=Role.FOLLOWER, hears_leader=True, votes=frozenset())
        return server, (Send(sender, HeartbeatReply(server.current_term)), *self.timers(server))

    # helpers

    def follower(self, server: Server, term: int) -> Server:
        """The server as a follower of whoever will lead in a later term."""
        return evolve(
            server,
            current_term=term,
            voted_for=None,
            role=Role.FOLLOWER,
            hears_leader=False,
            votes=frozenset(),
        )

    def is_majority(self, nodes: frozenset[Node]) -> bool:
        return 2 * len(nodes) > self.nodes

    def timers(self, server: Server) -> tuple[SetTimer[Timer] | CancelTimer[Timer], ...]:
        """A leader sends heartbeats; anybody else waits for them."""
        if server.role is Role.LEADER:
            return CancelTimer(Timer.ELECTION), SetTimer(Timer.HEARTBEAT)
        return CancelTimer(Timer.HEARTBEAT), SetTimer(Timer.ELECTION)

    def to_others(self, me: Node, message: Message) -> tuple[Send[Node, Message], ...]:
        return tuple(Send(peer, message) for peer in self.every(Node) if peer != me)
