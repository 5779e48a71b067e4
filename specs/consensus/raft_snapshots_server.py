"""Raft with snapshots, one server: what it does on a message, a timeout or a client's request.

Source: Diego Ongaro and John Ousterhout, "In Search of an Understandable Consensus Algorithm
(Extended Version)", 2014, figure 2 and section 7 with figure 13; Diego Ongaro, "Consensus: Bridging
Theory and Practice", PhD thesis, Stanford, 2014, chapter 5.

Elections and replication are those of `specs.consensus.raft_server`, but a log may lack its beginning.
The modelling decisions are in `specs.consensus.raft_snapshots`, where servers meet a network.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import (
    Between,
    CancelTimer,
    Durable,
    Map,
    NodeProtocol,
    Send,
    SetTimer,
    Size,
    Step,
    Volatile,
    evolve,
    frozen,
)
from specs.consensus.raft_server import (
    AppendEntries,
    AppendReply,
    Command,
    Entry,
    Index,
    Log,
    Node,
    RequestVote,
    Role,
    Term,
    VoteReply,
)


class Timer(Enum):
    """What a server can wait for."""

    ELECTION = "election"
    HEARTBEAT = "heartbeat"
    COMPACTION = "compaction"


# -- messages, besides those of Raft --------------------------------------------------------------


@frozen
class InstallSnapshot:
    """From the leader to a follower that lacks entries which the leader's log no longer has."""

    term: Term
    snapshot: Log


Message = RequestVote | VoteReply | AppendEntries | AppendReply | InstallSnapshot


# -- the protocol ---------------------------------------------------------------------------------


@frozen
class Server:
    """What a server holds."""

    current_term: Durable[Term]
    voted_for: Durable[Node | None]
    snapshot: Durable[Log]  # what the state machine has made of the first entries: see the decisions
    log: Durable[Log]  # the entries that follow
    role: Volatile[Role]
    commit_index: Volatile[Index]
    votes: Volatile[frozenset[Node]]
    next_index: Volatile[Map[Node, Annotated[int, Between(1, "max_log + 1")]]]
    match_index: Volatile[Map[Node, Index]]


Next = Step[Server, Node, Message, Timer]


@frozen
class SnapshotServer(NodeProtocol[Node, Server, Message, Timer, Command]):
    """The rules for servers, with section 7."""

    nodes: Size[Node] = 3
    commands: Size[Command] = 1
    max_term: Annotated[int, Between(1, 99)] = 2
    max_log: Annotated[int, Between(1, 99)] = 2

    def boot(self, me: Node) -> Server:
        return Server(
            current_term=0,
            voted_for=None,
            snapshot=(),
            log=(),
            role=Role.FOLLOWER,
            commit_index=0,
            votes=frozenset(),
            next_index=Map.fill(self.every(Node), 1),
            match_index=Map.fill(self.every(Node), 0),
        )

    def start(self, me: Node, server: Server) -> Next:
        """What is in the snapshot is committed: the state machine begins with it."""
        return self.settled(evolve(server, commit_index=len(server.snapshot)))

    def timeout(self, me: Node, server: Server, timer: Timer) -> Next:
        match timer:
            case Timer.ELECTION:
                return self.start_election(me, server)
            case Timer.HEARTBEAT:
                return server, (*self.append_to_all(me, server), SetTimer(Timer.HEARTBEAT))
            case Timer.COMPACTION:
                return self.settled(self.compacted(server))

    def request(self, me: Node, server: Server, command: Command) -> Next | None:
        """A leader appends a client's command to its log; anybody else cannot take it."""
        if server.role is not Role.LEADER:
            return None
        leader = evolve(server, log=(*server.log, Entry(server.current_term, command)))
        return self.settled(self.advance_commit(leader))

    def receive(self, me: Node, server: Server, sender: Node, message: Message) -> Next:
        """All servers: a higher term than one's own makes a follower in that term."""
        if message.term > server.current_term:
            server = self.follower(evolve(server, current_term=message.term, voted_for=None))
        match message:
            case RequestVote():
                return self.on_request_vote(server, sender, message)
            case VoteReply():
                return self.on_vote_reply(me, server, sender, message)
            case AppendEntries():
                return self.on_append_entries(server, sender, message)
            case AppendReply():
                return self.on_append_reply(server, sender, message)
            case InstallSnapshot():
                return self.on_install_snapshot(server, sender, message)

    # snapshots

    def compacted(self, server: Server) -> Server:
        """The log without what the state machine has applied, which the snapshot holds from now on."""
        return self.with_snapshot(server, self.whole(server)[: self.snapshot_end(server)])

    def snapshot_end(self, server: Server) -> int:
        """The last index that a snapshot may cover: what is committed."""
        return server.commit_index

    def with_snapshot(self, server: Server, snapshot: Log) -> Server:
        """The server with a snapshot in place of the entries that it covers."""
        return evolve(server, snapshot=snapshot, log=self.whole(server)[len(snapshot) :])

    def on_install_snapshot(self, server: Server, sender: Node, m: InstallSnapshot) -> Next:
        """Take the leader's snapshot, unless one's own covers as much (figure 13)."""
        if m.term < server.current_term:
            return self.answered(server, Send(sender, AppendReply(server.current_term, False, 0)))
        follower = self.follower(server)
        last = len(m.snapshot)
        reply = Send(sender, AppendReply(m.term, True, last))
        if last <= len(follower.snapshot):
            return self.answered(follower, reply)
        if self.keeps_tail(follower, m.snapshot):
            follower = self.with_snapshot(follower, m.snapshot)
        else:
            follower = evolve(follower, snapshot=m.snapshot, log=())
        return self.answered(evolve(follower, commit_index=max(follower.commit_index, last)), reply)

    def keeps_tail(self, server: Server, snapshot: Log) -> bool:
        """Whether the log has the snapshot's last entry: then what follows it stays (figure 13, rule 6)."""
        return self.has_entry(server, len(snapshot), snapshot[-1].term)

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
        ask = RequestVote(candidate.current_term, self.last_index(server), self.last_term(server))
        return candidate, (*self.to_all(me, ask), *self.timers(candidate))

    def on_request_vote(self, server: Server, sender: Node, m: RequestVote) -> Next:
        granted = (
            m.term == server.current_term
            and server.voted_for in (None, sender)
            and self.is_up_to_date(server, m)
        )
        voter = evolve(server, voted_for=sender) if granted else server
        return self.answered(voter, Send(sender, VoteReply(server.current_term, granted)))

    def is_up_to_date(self, server: Server, m: RequestVote) -> bool:
        """Whether a candidate's log is at least as up-to-date as the server's (section 5.4.1)."""
        mine, theirs = self.last_term(server), m.last_log_term
        return theirs > mine or (theirs == mine and m.last_log_index >= self.last_index(server))

    def on_vote_reply(self, me: Node, server: Server, sender: Node, m: VoteReply) -> Next:
        if server.role is not Role.CANDIDATE or m.term != server.current_term or not m.granted:
            return self.settled(server)
        candidate = evolve(server, votes=server.votes | {sender})
        if 2 * len(candidate.votes) <= self.nodes:
            return self.settled(candidate)
        leader = evolve(
            self.follower(candidate),
            role=Role.LEADER,
            next_index=Map.fill(self.every(Node), self.last_index(candidate) + 1),
        )
        return leader, (*self.append_to_all(me, leader), *self.timers(leader))

    # replication

    def append_to_all(self, me: Node, leader: Server) -> tuple[Send[Node, Message], ...]:
        return tuple(self.append_to(leader, peer) for peer in self.every(Node) if peer != me)

    def append_to(self, leader: Server, peer: Node) -> Send[Node, Message]:
        """The entries from `next_index` on; the snapshot, where some of them are no longer in the log."""
        previous = leader.next_index[peer] - 1
        if previous < len(leader.snapshot):
            return Send(peer, InstallSnapshot(leader.current_term, leader.snapshot))
        entries = leader.log[previous - len(leader.snapshot) :]
        prev_term = self.term_at(leader, previous)
        return Send(
            peer, AppendEntries(leader.current_term, previous, prev_term, entries, leader.commit_index)
        )

    def on_append_entries(self, server: Server, sender: Node, m: AppendEntries) -> Next:
        if m.term < server.current_term:
            return self.answered(server, Send(sender, AppendReply(server.current_term, False, 0)))
        follower = self.follower(server)
        if not self.has_entry(follower, m.prev_log_index, m.prev_log_term):
            return self.answered(follower, Send(sender, AppendReply(m.term, False, 0)))
        last = m.prev_log_index + len(m.entries)
        covered = max(0, len(follower.snapshot) - m.prev_log_index)  # so many entries are in the snapshot
        index = max(0, m.prev_log_index - len(follower.snapshot))
        appended = evolve(
            follower,
            log=self.merge(follower.log, index, m.entries[covered:]),
            commit_index=max(follower.commit_index, min(m.leader_commit, last)),
        )
        return self.answered(appended, Send(sender, AppendReply(m.term, True, last)))

    def merge(self, log: Log, index: int, entries: Log) -> Log:
        """Append what is new after `index`; an entry that conflicts goes, with all that follow it."""
        if log[index : index + len(entries)] == entries:
            return log
        return log[:index] + entries

    def on_append_reply(self, server: Server, sender: Node, m: AppendReply) -> Next:
        if server.role is not Role.LEADER or m.term != server.current_term:
            return self.settled(server)
        if m.success:
            return self.settled(self.advance_commit(self.matched(server, sender, m.match_index)))
        back = max(1, server.next_index[sender] - 1)
        leader = evolve(server, next_index=server.next_index.set(sender, back))
        return self.answered(leader, self.append_to(leader, sender))

    def matched(self, leader: Server, peer: Node, index: int) -> Server:
        """What a success tells: the follower has everything up to `index`."""
        match = max(leader.match_index[peer], index)
        return evolve(
            leader,
            match_index=leader.match_index.set(peer, match),
            next_index=leader.next_index.set(peer, max(leader.next_index[peer], match + 1)),
        )

    def advance_commit(self, leader: Server) -> Server:
        """Commit the highest entry of the leader's own term that a majority holds."""
        known = max(leader.commit_index, len(leader.snapshot))
        committable = [
            index
            for index in range(known + 1, self.last_index(leader) + 1)
            if 2 * (len([p for p in leader.match_index if leader.match_index[p] >= index]) + 1) > self.nodes
            and self.term_at(leader, index) == leader.current_term
        ]
        return evolve(leader, commit_index=max(committable, default=leader.commit_index))

    # helpers

    def whole(self, server: Server) -> Log:
        """Every entry that is in the snapshot or in the log.  Only the state machine knows the former."""
        return server.snapshot + server.log

    def last_index(self, server: Server) -> int:
        return len(server.snapshot) + len(server.log)

    def last_term(self, server: Server) -> int:
        return self.term_at(server, self.last_index(server))

    def term_at(self, server: Server, index: int) -> int:
        """The term of an entry in the log, or of the last one in the snapshot; 0 before the first."""
        assert index >= len(server.snapshot), "entries inside the snapshot are gone"
        if index == 0:
            return 0
        if index == len(server.snapshot):
            return server.snapshot[-1].term
        return server.log[index - len(server.snapshot) - 1].term

    def has_entry(self, server: Server, index: int, term: int) -> bool:
        """Whether a server has an entry of this term at this index; what a snapshot covers matches."""
        if index < len(server.snapshot):
            return True
        return index <= self.last_index(server) and self.term_at(server, index) == term

    def follower(self, server: Server) -> Server:
        """The server as a follower, who keeps no count of votes and no track of others' logs."""
        return evolve(
            server,
            role=Role.FOLLOWER,
            votes=frozenset(),
            next_index=Map.fill(self.every(Node), 1),
            match_index=Map.fill(self.every(Node), 0),
        )

    def settled(self, server: Server) -> Next:
        return server, self.timers(server)

    def answered(self, server: Server, reply: Send[Node, Message]) -> Next:
        return server, (reply, *self.timers(server))

    def timers(self, server: Server) -> tuple[SetTimer[Timer] | CancelTimer[Timer], ...]:
        """Leaders send heartbeats, others wait for them; who has applied anything may compact its log."""
        if server.role is Role.LEADER:
            return CancelTimer(Timer.ELECTION), SetTimer(Timer.HEARTBEAT), self.compaction(server)
        return CancelTimer(Timer.HEARTBEAT), SetTimer(Timer.ELECTION), self.compaction(server)

    def compaction(self, server: Server) -> SetTimer[Timer] | CancelTimer[Timer]:
        if self.snapshot_end(server) > len(server.snapshot):
            return SetTimer(Timer.COMPACTION)
        return CancelTimer(Timer.COMPACTION)

    def to_all(self, me: Node, message: Message) -> tuple[Send[Node, Message], ...]:
        return tuple(Send(peer, message) for peer in self.every(Node) if peer != me)
