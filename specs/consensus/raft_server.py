"""Raft, one server: what it does on a message, a timeout or a client's request.

Source: Diego Ongaro and John Ousterhout, "In Search of an Understandable Consensus Algorithm
(Extended Version)", 2014, figure 2, with the rule of section 5.4.2.

The modelling decisions are in `specs.consensus.raft`, where servers meet a network.  Nothing here
knows of other servers but by their messages.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import (
    Between,
    CancelTimer,
    Durable,
    Map,
    MaxLen,
    NodeProtocol,
    Send,
    SetTimer,
    Size,
    Sort,
    Step,
    Volatile,
    evolve,
    frozen,
)


class Node(Sort, label="n"):
    """A server of the cluster."""


class Command(Sort, label="c"):
    """What a client asks the replicated state machine to do."""


Term = Annotated[int, Between(0, "max_term")]
Index = Annotated[int, Between(0, "max_log")]


@frozen
class Entry:
    """A log entry: the command, and the term in which a leader received it."""

    term: Term
    command: Command


Log = Annotated[tuple[Entry, ...], MaxLen("max_log")]


class Role(Enum):
    """What a server takes itself for."""

    FOLLOWER = "follower"
    CANDIDATE = "candidate"
    LEADER = "leader"


class Timer(Enum):
    """What a server can wait for."""

    ELECTION = "election"
    HEARTBEAT = "heartbeat"


# -- messages -------------------------------------------------------------------------------------


@frozen
class RequestVote:
    """From a candidate to gather votes."""

    term: Term
    last_log_index: Index
    last_log_term: Term


@frozen
class VoteReply:
    """The answer to RequestVote."""

    term: Term
    granted: bool


@frozen
class AppendEntries:
    """From the leader to replicate log entries; also used as heartbeat."""

    term: Term
    prev_log_index: Index
    prev_log_term: Term
    entries: Log
    leader_commit: Index


@frozen
class AppendReply:
    """The answer to AppendEntries: on success, how far the logs are known to match."""

    term: Term
    success: bool
    match_index: Index


Message = RequestVote | VoteReply | AppendEntries | AppendReply


# -- the protocol ---------------------------------------------------------------------------------


@frozen
class Server:
    """What a server holds (figure 2, "State")."""

    current_term: Durable[Term]  # the latest term it has seen
    voted_for: Durable[Node | None]  # the candidate that got its vote in this term
    log: Durable[Log]
    role: Volatile[Role]
    commit_index: Volatile[Index]  # the highest entry known to be committed
    votes: Volatile[frozenset[Node]]  # of a candidate: who has voted for it
    next_index: Volatile[Map[Node, Annotated[int, Between(1, "max_log + 1")]]]  # of a leader
    match_index: Volatile[Map[Node, Index]]  # of a leader: what is known to be replicated where


Next = Step[Server, Node, Message, Timer]


@frozen
class RaftServer(NodeProtocol[Node, Server, Message, Timer, Command]):
    """The rules for servers (figure 2)."""

    nodes: Size[Node] = 3
    commands: Size[Command] = 1
    max_term: Annotated[int, Between(1, 99)] = 2
    max_log: Annotated[int, Between(1, 99)] = 2

    def boot(self, me: Node) -> Server:
        return Server(
            current_term=0,
            voted_for=None,
            log=(),
            role=Role.FOLLOWER,
            commit_index=0,
            votes=frozenset(),
            next_index=Map.fill(self.every(Node), 1),
            match_index=Map.fill(self.every(Node), 0),
        )

    def start(self, me: Node, server: Server) -> Next:
        return server, (SetTimer(Timer.ELECTION),)

    def timeout(self, me: Node, server: Server, timer: Timer) -> Next:
        match timer:
            case Timer.ELECTION:
                return self.start_election(me, server)
            case Timer.HEARTBEAT:
                return server, (*self.append_to_all(me, server), SetTimer(Timer.HEARTBEAT))

    def request(self, me: Node, server: Server, command: Command) -> Next | None:
        """A leader appends a client's command to its log; anybody else cannot take it."""
        if server.role is not Role.LEADER:
            return None
        leader = evolve(server, log=(*server.log, Entry(server.current_term, command)))
        return self.advance_commit(leader), ()

    def receive(self, me: Node, server: Server, sender: Node, message: Message) -> Next:
        """All servers: a higher term than one's own makes a follower in that term."""
        if message.term > server.current_term:
            server = self.follower(evolve(server, current_term=message.term, voted_for=None))
        return self.handle(me, server, sender, message)

    def handle(self, me: Node, server: Server, sender: Node, message: Message) -> Next:
        match message:
            case RequestVote():
                return self.on_request_vote(me, server, sender, message)
            case VoteReply():
                return self.on_vote_reply(me, server, sender, message)
            case AppendEntries():
                return self.on_append_entries(me, server, sender, message)
            case AppendReply():
                return self.on_append_reply(me, server, sender, message)

    # elections

    def start_election(self, me: Node, server: Server) -> Next:
        """Candidates: raise the term, vote for oneself, ask the others."""
        candidate = evolve(
            self.follower(server),
            current_term=server.current_term + 1,
            voted_for=me,
            role=Role.CANDIDATE,
            votes=frozenset({me}),
        )
        ask = RequestVote(candidate.current_term, len(server.log), self.last_term(server.log))
        if self.is_majority(candidate.votes):
            return self.become_leader(me, candidate)
        return candidate, (*self.to_all(me, ask), SetTimer(Timer.ELECTION))

    def on_request_vote(self, me: Node, server: Server, sender: Node, m: RequestVote) -> Next:
        granted = (
            m.term == server.current_term
            and self.may_vote_for(server, sender)
            and self.is_up_to_date(server, m)
        )
        reply = Send(sender, VoteReply(server.current_term, granted))
        if not granted:
            return server, (reply, *self.timers(server))
        return evolve(server, voted_for=sender), (reply, *self.timers(server))

    def may_vote_for(self, server: Server, candidate: Node) -> bool:
        """Whether the server's vote in this term is still free, or already this candidate's."""
        return server.voted_for in (None, candidate)

    def is_up_to_date(self, server: Server, m: RequestVote) -> bool:
        """Whether a candidate's log is at least as up-to-date as the server's (section 5.4.1)."""
        mine, theirs = self.last_term(server.log), m.last_log_term
        return theirs > mine or (theirs == mine and m.last_log_index >= len(server.log))

    def on_vote_reply(self, me: Node, server: Server, sender: Node, m: VoteReply) -> Next:
        if server.role is not Role.CANDIDATE or m.term != server.current_term or not m.granted:
            return server, self.timers(server)
        candidate = evolve(server, votes=server.votes | {sender})
        if self.is_majority(candidate.votes):
            return self.become_leader(me, candidate)
        return candidate, self.timers(server)

    def become_leader(self, me: Node, server: Server) -> Next:
        """Leaders: nothing is known about the others' logs; tell them at once."""
        leader = evolve(
            self.follower(server),
            role=Role.LEADER,
            next_index=Map.fill(self.every(Node), len(server.log) + 1),
        )
        return leader, (*self.append_to_all(me, leader), *self.timers(leader))

    def is_majority(self, nodes: frozenset[Node]) -> bool:
        return 2 * len(nodes) > self.nodes

    # replication

    def append_to_all(self, me: Node, leader: Server) -> tuple[Send[Node, Message], ...]:
        return tuple(self.append_to(leader, peer) for peer in self.every(Node) if peer != me)

    def append_to(self, leader: Server, peer: Node) -> Send[Node, Message]:
        """AppendEntries with everything from `next_index` on."""
        previous = leader.next_index[peer] - 1
        entries = leader.log[previous:]
        prev_term = self.term_at(leader.log, previous)
        message = AppendEntries(leader.current_term, previous, prev_term, entries, leader.commit_index)
        return Send(peer, message)

    def on_append_entries(self, me: Node, server: Server, sender: Node, m: AppendEntries) -> Next:
        if m.term < server.current_term:
            return server, (Send(sender, AppendReply(server.current_term, False, 0)), *self.timers(server))
        follower = self.follower(server)
        if not self.has_entry(follower.log, m.prev_log_index, m.prev_log_term):
            return follower, (Send(sender, AppendReply(m.term, False, 0)), *self.timers(follower))
        last = m.prev_log_index + len(m.entries)
        appended = evolve(
            follower,
            log=self.merge(follower.log, m.prev_log_index, m.entries),
            commit_index=max(follower.commit_index, min(m.leader_commit, last)),
        )
        return appended, (Send(sender, AppendReply(m.term, True, last)), *self.timers(appended))

    def merge(self, log: Log, index: int, entries: Log) -> Log:
        """Append what is new after `index`; an entry that conflicts goes, with all that follow it."""
        if log[index : index + len(entries)] == entries:
            return log
        return log[:index] + entries

    def on_append_reply(self, me: Node, server: Server, sender: Node, m: AppendReply) -> Next:
        if server.role is not Role.LEADER or m.term != server.current_term:
            return server, self.timers(server)
        if m.success:
            return self.advance_commit(self.matched(server, sender, m.match_index)), self.timers(server)
        back = max(1, server.next_index[sender] - 1)
        leader = evolve(server, next_index=server.next_index.set(sender, back))
        return leader, (self.append_to(leader, sender), *self.timers(leader))

    def matched(self, leader: Server, peer: Node, index: int) -> Server:
        """What a success tells: the follower has everything up to `index`."""
        match = max(leader.match_index[peer], index)
        return evolve(
            leader,
            match_index=leader.match_index.set(peer, match),
            next_index=leader.next_index.set(peer, max(leader.next_index[peer], match + 1)),
        )

    def advance_commit(self, leader: Server) -> Server:
        """Commit the highest entry that a majority holds, if it may be committed by counting."""
        committable = [
            index
            for index in range(leader.commit_index + 1, len(leader.log) + 1)
            if self.is_replicated(leader, index) and self.may_commit(leader, index)
        ]
        return evolve(leader, commit_index=max(committable, default=leader.commit_index))

    def is_replicated(self, leader: Server, index: int) -> bool:
        """Whether a majority, the leader included, holds the entry at an index."""
        holders = [peer for peer in leader.match_index if leader.match_index[peer] >= index]
        return 2 * (len(holders) + 1) > self.nodes

    def may_commit(self, leader: Server, index: int) -> bool:
        """Only entries of the leader's own term are committed by counting (section 5.4.2)."""
        return self.term_at(leader.log, index) == leader.current_term

    # helpers

    def follower(self, server: Server) -> Server:
        """The server as a follower, who keeps no count of votes and no track of others' logs."""
        return evolve(
            server,
            role=Role.FOLLOWER,
            votes=frozenset(),
            next_index=Map.fill(self.every(Node), 1),
            match_index=Map.fill(self.every(Node), 0),
        )

    def timers(self, server: Server) -> tuple[SetTimer[Timer] | CancelTimer[Timer], ...]:
        """A leader sends heartbeats; anybody else waits for them."""
        if server.role is Role.LEADER:
            return CancelTimer(Timer.ELECTION), SetTimer(Timer.HEARTBEAT)
        return CancelTimer(Timer.HEARTBEAT), SetTimer(Timer.ELECTION)

    def to_all(self, me: Node, message: Message) -> tuple[Send[Node, Message], ...]:
        return tuple(Send(peer, message) for peer in self.every(Node) if peer != me)

    def term_at(self, log: Log, index: int) -> int:
        """The term of the entry at an index; 0 before the first."""
        return 0 if index == 0 else log[index - 1].term

    def last_term(self, log: Log) -> int:
        return self.term_at(log, len(log))

    def has_entry(self, log: Log, index: int, term: int) -> bool:
        """Whether a log has an entry of this term at this index."""
        return index <= len(log) and self.term_at(log, index) == term
