"""Raft: leader election, log replication and commitment.

Source: Diego Ongaro and John Ousterhout, "In Search of an Understandable Consensus Algorithm
(Extended Version)", 2014, figure 2, with the rule of section 5.4.2.

`RaftServer` is the protocol: what one server does on a message, a timeout or a request.  `Raft`
puts servers into a world with an unreliable network and crashes, and says what must hold there.

Modelling decisions.

- Timers carry no time: an election timer may fire whenever it is set.  Raft's safety does not
  depend on time; only its liveness does.
- Log indices count from 1, as in the paper; index 0 stands before the first entry.
- The state machine is left out: whatever it is, it applies the entries up to `commit_index` in
  order.  `last_applied` would only say how far it has come.
- A leader sends AppendEntries when it is elected and when its heartbeat timer fires; the timer may
  fire right after a client's request, so nothing sends in between.
- Votes and progress of a server that is no candidate, or no leader, are reset.  The paper leaves
  them lying there, without effect; resetting them makes equal states equal.
- Terms, logs and messages under way are bounded by constants.  A step beyond a bound is not taken,
  and the result says that it was there to take.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Never

from checker.lang import (
    Between,
    CancelTimer,
    Cluster,
    Durable,
    Map,
    MaxLen,
    NodeProtocol,
    Packet,
    Send,
    SetTimer,
    Size,
    Sort,
    Step,
    Volatile,
    World,
    always,
    evolve,
    frozen,
    lemma,
    sometimes,
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


# -- in a world where things go wrong -------------------------------------------------------------


@frozen
class Election:
    """A server became leader."""

    term: Term
    leader: Node


@frozen
class Committed:
    """A leader committed an entry, in a term of its own."""

    index: Index
    entry: Entry
    term: Term


@frozen
class History:
    """What has happened, which no server can know as a whole (figure 3 speaks of it)."""

    elections: frozenset[Election]
    committed: frozenset[Committed]


State = World[Node, Server, Message, Timer, Never, History]


# -- what the lemmas speak of ---------------------------------------------------------------------


@frozen
class Vote:
    """A vote that counts, or still may: a server gave it to a candidate in a term."""

    voter: Node
    candidate: Node
    term: Term


@frozen
class Stretch:
    """A stretch of a log: some entries, the index that they follow, and the term of the entry there."""

    after: Index
    term: Term
    entries: Log


@frozen
class Acknowledged:
    """What a leader knows, or will hear: a follower has its log up to an index."""

    leader: Node
    follower: Node
    index: Index


@frozen
class Settled:
    """A log that every leader of a later term has, as far as it goes."""

    term: Term
    log: Log


@frozen
class Raft(RaftServer, Cluster[Node, Server, Message, Timer, Command, Never, History]):
    """A cluster of Raft servers, and the guarantees of the paper's figure 3."""

    lossy: bool = True
    crashes: Annotated[int, Between(0, 9)] = 1
    requests: Annotated[int, Between(0, 9)] = 2
    max_in_flight: Annotated[int, Between(1, 64)] = 1

    def begin_history(self) -> History:
        return History(elections=frozenset(), committed=frozenset())

    def remember(self, history: History, me: Node, before: Server, after: Server) -> History:
        if after.role is not Role.LEADER:
            return history
        new = range(before.commit_index + 1, after.commit_index + 1)
        return History(
            elections=history.elections | {Election(after.current_term, me)},
            committed=history.committed
            | {Committed(index, after.log[index - 1], after.current_term) for index in new},
        )

    @always
    def election_safety(self, w: State) -> bool:
        """At most one leader can be elected in a given term."""
        return all(
            x.leader == y.leader for x in w.history.elections for y in w.history.elections if x.term == y.term
        )

    @always
    def leader_append_only(self, before: State, after: State) -> bool:
        """A leader never overwrites or deletes entries in its log; it only appends."""
        return all(
            after.nodes[n].log[: len(before.nodes[n].log)] == before.nodes[n].log
            for n in before.nodes
            if self.leads(before, n) and self.leads(after, n)
        )

    @always
    def log_matching(self, w: State) -> bool:
        """Two logs with the same term at an index are the same up to that index."""
        return all(
            w.nodes[a].log[: i + 1] == w.nodes[b].log[: i + 1]
            for a in w.nodes
            for b in w.nodes
            for i in range(min(len(w.nodes[a].log), len(w.nodes[b].log)))
            if w.nodes[a].log[i].term == w.nodes[b].log[i].term
        )

    @always
    def leader_completeness(self, w: State) -> bool:
        """What was committed in a term is in the log of every leader of a later term."""
        return all(
            self.holds(w.nodes[n].log, c)
            for c in w.history.committed
            for n in w.nodes
            if self.leads(w, n) and w.nodes[n].current_term >= c.term
        )

    @always
    def committed_entries_are_safe(self, w: State) -> bool:
        """Whoever has a log that could win an election holds every committed entry (section 5.4.1).

        This is why leader completeness holds, and it fails earlier: before the election that would
        lose the entry.
        """
        return all(
            self.holds(w.nodes[n].log, c)
            for c in w.history.committed
            for n in w.nodes
            if self.could_win(w, n)
        )

    @always
    def state_machine_safety(self, w: State) -> bool:
        """No server ever applies an entry at an index where another has applied a different one."""
        return all(
            self.holds(w.nodes[n].log, c)
            for c in w.history.committed
            for n in w.nodes
            if w.nodes[n].commit_index >= c.index
        ) and all(
            x.entry == y.entry for x in w.history.committed for y in w.history.committed if x.index == y.index
        )

    def holds(self, log: Log, c: Committed) -> bool:
        """Whether a log has a committed entry in its place."""
        return len(log) >= c.index and log[c.index - 1] == c.entry

    def could_win(self, w: State, n: Node) -> bool:
        """Whether a majority, the server included, has logs that are not more up-to-date."""
        behind = [v for v in w.nodes if self.freshness(w, v) <= self.freshness(w, n)]
        return 2 * len(behind) > self.nodes

    def freshness(self, w: State, n: Node) -> tuple[int, int]:
        """The term of the last entry and the length of the log, as section 5.4.1 compares them."""
        return self.last_term(w.nodes[n].log), len(w.nodes[n].log)

    @sometimes
    def a_leader_is_elected(self, w: State) -> bool:
        return any(self.leads(w, n) for n in w.nodes)

    @sometimes
    def an_entry_is_committed(self, w: State) -> bool:
        return len(w.history.committed) > 0

    @sometimes
    def an_entry_of_an_earlier_term_is_committed(self, w: State) -> bool:
        """A leader commits an entry that a leader before it received, along with one of its own."""
        return any(c.entry.term < c.term for c in w.history.committed)

    @sometimes
    def logs_conflict(self, w: State) -> bool:
        """Two servers hold different entries at one index; one of them will be overwritten."""
        return any(
            x != y
            for a in w.nodes
            for b in w.nodes
            for x, y in zip(w.nodes[a].log, w.nodes[b].log, strict=False)
        )

    def leads(self, w: State, n: Node) -> bool:
        return w.nodes[n].role is Role.LEADER

    # lemmas for election safety

    @lemma
    def a_vote_binds(self, w: State) -> bool:
        """Who has voted in a term votes for nobody else in it."""
        # A server forgets for whom it voted when it goes on to a later term; all that is left are the
        # votes under way and those that candidates have counted, and they must be worth something.
        return all(self.is_bound(w, vote.voter, vote.candidate, vote.term) for vote in self.votes(w))

    @lemma
    def votes_are_given_once(self, w: State) -> bool:
        """No two candidates have votes of one server in one term."""
        # Two majorities have a member in common: one of them cannot have its vote.
        return all(
            x.candidate == y.candidate
            for x in self.votes(w)
            for y in self.votes(w)
            if x.voter == y.voter and x.term == y.term
        )

    @lemma
    def a_majority_elected_each_leader(self, w: State) -> bool:
        """For each leader there was a majority that has no vote for anybody else in that term."""
        # A leader forgets who voted for it.  This is what is left to see of its majority, and it keeps
        # every other candidate of the term from having one.
        return all(
            self.is_most(frozenset(v for v in w.nodes if self.may_have_elected(w, v, e)))
            for e in w.history.elections
        )

    @lemma
    def leaders_have_been_elected(self, w: State) -> bool:
        """Whoever leads has been elected in its term."""
        # Otherwise a leader without election would become one by its next step.
        return all(
            Election(w.nodes[n].current_term, n) in w.history.elections for n in w.nodes if self.leads(w, n)
        )

    # lemmas for log matching

    @lemma
    def timers_follow_roles(self, w: State) -> bool:
        """Who runs waits for heartbeats, or sends them if it leads; who is down has no timer set."""
        # Whoever has a heartbeat timer sends entries as a leader does, without asking what it is.
        return all(w.timers[n] == self.due(w, n) for n in w.nodes)

    @lemma
    def no_leader_is_down(self, w: State) -> bool:
        """A server that is down does not lead."""
        # A server that starts sets its election timer.
        return not any(self.leads(w, n) for n in w.down)

    @lemma
    def nobody_stands_after_winning(self, w: State) -> bool:
        """Who was elected in a term has not left it as a candidate: it leads, follows or went on."""
        # A leader that is elected again in its term, after a crash, could create entries a second time.
        return all(self.has_won(w.nodes[e.leader], e.term) for e in w.history.elections)

    @lemma
    def entries_come_from_elected_leaders(self, w: State) -> bool:
        """The term of every entry is one in which somebody was elected."""
        # So there are no entries of its term when a leader is elected.
        return all(
            any(e.term == self.term_in(s, index) for e in w.history.elections)
            for s in self.stretches(w)
            for index in self.indices(s)
            if index > 0
        )

    @lemma
    def leaders_have_all_entries_of_their_term(self, w: State) -> bool:
        """Whatever entry there is of a leader's term, the leader has it in its place."""
        # So the entry that a leader appends is the first one of this term at this index.
        return all(
            self.has_entry(w.nodes[n].log, index, w.nodes[n].current_term)
            for n in w.nodes
            if self.leads(w, n)
            for s in self.stretches(w)
            for index in self.indices(s)
            if self.term_in(s, index) == w.nodes[n].current_term
        )

    @lemma
    def terms_never_decrease_in_logs(self, w: State) -> bool:
        """The terms of the entries of a log do not decrease."""
        # Logs are compared by their last terms, and commitment looks at one entry for all before it.
        return all(
            self.term_in(s, index) <= self.term_in(s, index + 1)
            for s in self.stretches(w)
            for index in range(s.after, self.end(s))
        )

    @lemma
    def entries_are_not_of_the_future(self, w: State) -> bool:
        """No entry is of a later term than the server that has it or the leader that sends it."""
        # A leader appends an entry of its own term, which must not be less than those before it.
        return all(self.last_term(w.nodes[n].log) <= w.nodes[n].current_term for n in w.nodes) and all(
            self.term_in(self.stretch(p.message), self.end(self.stretch(p.message))) <= p.message.term
            for p in self.messages(w)
            if isinstance(p.message, AppendEntries)
        )

    @lemma
    def stretches_match(self, w: State) -> bool:
        """Where an entry of a term stands, every log with a later one of that term has it too."""
        # Log matching for logs and for what is under way to be appended to them.  Entries of one term
        # come from one log, that of its leader, so this is also true of different indices.
        return all(
            self.match_up_to(x, i, y)
            for x in self.stretches(w)
            for y in self.stretches(w)
            for i in self.indices(x)
            if any(self.term_in(y, j) == self.term_in(x, i) for j in self.indices(y) if i <= j)
        )

    # lemmas for leader completeness

    @lemma
    def candidates_tell_the_truth(self, w: State) -> bool:
        """Votes are asked for by candidates, with the truth about their logs."""
        # Votes are given for what a candidate says about its log.
        return all(
            self.is_request_of(w.nodes[p.sender], p.message)
            for p in self.messages(w)
            if isinstance(p.message, RequestVote)
        )

    @lemma
    def votes_are_for_terms_that_have_begun(self, w: State) -> bool:
        """No candidate has a vote for a term that it has not reached."""
        # Such a vote would be for a log that nobody knows yet.
        return all(w.nodes[vote.candidate].current_term >= vote.term for vote in self.votes(w))

    @lemma
    def only_the_elected_append(self, w: State) -> bool:
        """Entries are sent by an elected leader, and acknowledged to one."""
        # Nobody has acknowledged anything to a leader that is elected only now.
        return all(
            Election(p.message.term, p.sender) in w.history.elections
            for p in self.messages(w)
            if isinstance(p.message, AppendEntries)
        ) and all(
            Election(p.message.term, p.to) in w.history.elections
            for p in self.messages(w)
            if isinstance(p.message, AppendReply) and p.message.success
        )

    @lemma
    def leaders_send_from_their_logs(self, w: State) -> bool:
        """What is under way from a leader in its term is part of its log."""
        # A follower acknowledges what it was sent, which must be what the leader takes it for.
        return all(
            self.is_part(self.stretch(p.message), w.nodes[p.sender].log)
            for p in self.messages(w)
            if isinstance(p.message, AppendEntries)
            and self.leads(w, p.sender)
            and p.message.term == w.nodes[p.sender].current_term
        )

    @lemma
    def leaders_know_nobody_ahead(self, w: State) -> bool:
        """A leader sends from within its log."""
        # It could not say which entry comes before those that it sends.
        return all(
            w.nodes[n].next_index[peer] <= len(w.nodes[n].log) + 1
            for n in w.nodes
            if self.leads(w, n)
            for peer in w.nodes
        )

    @lemma
    def leaders_count_themselves_once(self, w: State) -> bool:
        """No leader acknowledges anything to itself."""
        # It counts itself among those that hold an entry, in any case.
        return all(a.leader != a.follower for a in self.acknowledged(w)) and all(
            p.sender != p.to for p in self.messages(w)
        )

    @lemma
    def followers_acknowledge_in_the_leaders_term(self, w: State) -> bool:
        """Who has acknowledged is in the leader's term or a later one, and the leader has the entry."""
        # Otherwise it might take orders from an earlier leader.
        return all(
            w.nodes[a.follower].current_term >= w.nodes[a.leader].current_term
            and a.index <= len(w.nodes[a.leader].log)
            for a in self.acknowledged(w)
        )

    @lemma
    def acknowledged_entries_are_kept(self, w: State) -> bool:
        """Who has acknowledged an entry of the leader's term still has it, and all before it."""
        # That is why a leader may count on it.
        return all(
            w.nodes[a.follower].log[: a.index] == w.nodes[a.leader].log[: a.index] for a in self.firm(w)
        )

    @lemma
    def acknowledging_binds_the_vote(self, w: State) -> bool:
        """Who has acknowledged an entry gives its later votes to candidates that have it."""
        # That is why later leaders have it.
        return all(self.votes_for_holders(w, a.follower, self.promise(w, a)) for a in self.firm(w))

    @lemma
    def later_leaders_have_what_is_settled(self, w: State) -> bool:
        """A leader of a later term has everything that is settled."""
        # This is leader completeness, said early enough: before the entry is committed.
        return all(
            self.begins_with(w.nodes[n].log, s.log)
            for s in self.settled(w)
            for n in w.nodes
            if self.leads(w, n) and w.nodes[n].current_term > s.term
        )

    @lemma
    def later_logs_have_what_is_settled(self, w: State) -> bool:
        """A log with an entry of a later term has everything that is settled."""
        # A candidate with such a log is voted for whatever else it has.
        return all(
            self.begins_with(w.nodes[n].log, s.log)
            for s in self.settled(w)
            for n in w.nodes
            if self.last_term(w.nodes[n].log) > s.term
        )

    @lemma
    def later_messages_agree_with_what_is_settled(self, w: State) -> bool:
        """What is sent in the same term or a later one overwrites nothing that is settled."""
        # It may come from a leader that is gone, so its log says nothing about it.
        return all(
            self.agrees(self.stretch(p.message), s)
            for s in self.settled(w)
            for p in self.messages(w)
            if isinstance(p.message, AppendEntries) and p.message.term >= s.term
        )

    # lemmas for state machine safety

    @lemma
    def a_majority_holds_what_is_committed(self, w: State) -> bool:
        """A majority holds every entry committed by counting, and votes for nobody without it."""
        # Every later leader needs the vote of one of them.
        return all(
            self.is_most(frozenset(v for v in w.nodes if self.upholds(w, v, c)))
            for c in w.history.committed
            if c.entry.term == c.term
        )

    @lemma
    def commitment_is_by_counting(self, w: State) -> bool:
        """What is committed stands before an entry that its leader committed by counting."""
        # Entries of earlier terms are committed along with one of the leader's own.
        return all(
            any(
                y.term == c.term
                and y.entry.term == y.term
                and y.index >= c.index
                and all(self.holds(w.nodes[n].log, c) for n in w.nodes if self.holds(w.nodes[n].log, y))
                for y in w.history.committed
            )
            for c in w.history.committed
        )

    @lemma
    def only_the_elected_commit(self, w: State) -> bool:
        """What was committed in a term was committed by a leader of that term, at an index from 1."""
        # Nothing is committed in the term of a leader that is elected only now.
        return all(
            c.index >= 1 and any(e.term == c.term for e in w.history.elections) for c in w.history.committed
        )

    @lemma
    def commit_indices_are_covered(self, w: State) -> bool:
        """Whatever a server takes for committed, it holds, and some leader committed it."""
        # A server knows an index only, not who committed what there.
        return all(
            any(
                c.index == index and c.term <= w.nodes[n].current_term and self.holds(w.nodes[n].log, c)
                for c in w.history.committed
            )
            for n in w.nodes
            for index in range(1, w.nodes[n].commit_index + 1)
        )

    @lemma
    def announced_commit_indices_are_covered(self, w: State) -> bool:
        """Whatever a leader announces as committed was committed in its term or earlier."""
        # A follower believes it.
        return all(
            any(c.index == index and c.term <= p.message.term for c in w.history.committed)
            for p in self.messages(w)
            if isinstance(p.message, AppendEntries)
            for index in range(1, p.message.leader_commit + 1)
        )

    # the words in which the lemmas speak

    def messages(self, w: State) -> frozenset[Packet[Node, Message]]:
        """Everything under way, without order or on links."""
        return frozenset(w.in_flight) | frozenset(
            Packet(sender, to, message) for (sender, to), link in w.links.items() for message in link
        )

    def due(self, w: State, n: Node) -> frozenset[Timer]:
        """The timers that should be set for a server."""
        if n in w.down:
            return frozenset()
        return frozenset({Timer.HEARTBEAT if self.leads(w, n) else Timer.ELECTION})

    def is_most(self, nodes: frozenset[Node]) -> bool:
        """Whether these are a majority, whatever a server takes for one."""
        return 2 * len(nodes) > self.nodes

    def votes(self, w: State) -> frozenset[Vote]:
        """The votes under way, and those that candidates have counted."""
        granted = frozenset(
            Vote(p.sender, p.to, p.message.term)
            for p in self.messages(w)
            if isinstance(p.message, VoteReply) and p.message.granted
        )
        return granted | frozenset(
            Vote(v, n, w.nodes[n].current_term) for n in w.nodes for v in w.nodes[n].votes
        )

    def is_bound(self, w: State, voter: Node, candidate: Node, term: Term) -> bool:
        """Whether a server can vote for nobody else in a term: it voted, or has left the term."""
        server = w.nodes[voter]
        return server.current_term > term or (server.current_term == term and server.voted_for == candidate)

    def may_have_elected(self, w: State, voter: Node, e: Election) -> bool:
        """Whether a server is bound to a leader and has no vote for anybody else in that term."""
        return self.is_bound(w, voter, e.leader, e.term) and not any(
            vote.voter == voter and vote.term == e.term and vote.candidate != e.leader
            for vote in self.votes(w)
        )

    def has_won(self, leader: Server, term: Term) -> bool:
        """Whether a server has reached a term, and is no candidate in it."""
        return leader.current_term > term or (
            leader.current_term == term and leader.role is not Role.CANDIDATE
        )

    def stretch(self, m: AppendEntries) -> Stretch:
        return Stretch(m.prev_log_index, m.prev_log_term, m.entries)

    def stretches(self, w: State) -> frozenset[Stretch]:
        """Every log, and whatever is under way to be appended to one."""
        logs = frozenset(Stretch(0, 0, w.nodes[n].log) for n in w.nodes)
        return logs | frozenset(
            self.stretch(p.message) for p in self.messages(w) if isinstance(p.message, AppendEntries)
        )

    def end(self, s: Stretch) -> int:
        """The index of the last entry of a stretch."""
        return s.after + len(s.entries)

    def indices(self, s: Stretch) -> range:
        """The indices at which a stretch tells the term."""
        return range(s.after, self.end(s) + 1)

    def term_in(self, s: Stretch, index: int) -> int:
        """The term of the entry at one of these indices."""
        return s.term if index == s.after else s.entries[index - s.after - 1].term

    def match_up_to(self, x: Stretch, index: int, y: Stretch) -> bool:
        """Whether two stretches are the same up to an index of the first.

        A second that begins later can only be seen not to have begun a later term.
        """
        begin = max(x.after, y.after)
        if begin > index:
            return y.term == self.term_in(x, index)
        return (
            self.term_in(x, begin) == self.term_in(y, begin)
            and x.entries[begin - x.after : index - x.after] == y.entries[begin - y.after : index - y.after]
        )

    def is_request_of(self, candidate: Server, m: RequestVote) -> bool:
        """Whether a server is or was the candidate that asks; if it is, the log must be as it says."""
        if m.term != candidate.current_term or candidate.role is not Role.CANDIDATE:
            return m.term <= candidate.current_term
        return (m.last_log_index, m.last_log_term) == (len(candidate.log), self.last_term(candidate.log))

    def is_part(self, s: Stretch, log: Log) -> bool:
        """Whether a stretch is part of a log."""
        return self.has_entry(log, s.after, s.term) and log[s.after : self.end(s)] == s.entries

    def begins_with(self, log: Log, beginning: Log) -> bool:
        return log[: len(beginning)] == beginning

    def acknowledged(self, w: State) -> frozenset[Acknowledged]:
        """What leaders have been told in their term, and what is under way to them."""
        told = frozenset(
            Acknowledged(n, peer, w.nodes[n].match_index[peer])
            for n in w.nodes
            if self.leads(w, n)
            for peer in w.nodes
            if w.nodes[n].match_index[peer] > 0
        )
        return told | frozenset(
            Acknowledged(p.to, p.sender, p.message.match_index)
            for p in self.messages(w)
            if isinstance(p.message, AppendReply)
            and p.message.success
            and self.leads(w, p.to)
            and p.message.term == w.nodes[p.to].current_term
        )

    def firm(self, w: State) -> frozenset[Acknowledged]:
        """The acknowledgements by which a leader may still commit an entry of its term."""
        return frozenset(
            a
            for a in self.acknowledged(w)
            if self.has_entry(w.nodes[a.leader].log, a.index, w.nodes[a.leader].current_term)
            and not self.is_overruled(w, a)
        )

    def is_overruled(self, w: State, a: Acknowledged) -> bool:
        """Whether a later leader may have been elected without the follower's vote."""
        return self.is_most(
            frozenset(
                v
                for v in w.nodes
                if v != a.follower and w.nodes[v].current_term > w.nodes[a.leader].current_term
            )
        )

    def promise(self, w: State, a: Acknowledged) -> Settled:
        """What a follower has acknowledged."""
        return Settled(w.nodes[a.leader].current_term, w.nodes[a.leader].log[: a.index])

    def settled(self, w: State) -> frozenset[Settled]:
        """What is acknowledged, or committed by counting."""
        return frozenset(self.promise(w, a) for a in self.firm(w)) | frozenset(
            Settled(c.term, w.nodes[n].log[: c.index])
            for c in w.history.committed
            if c.entry.term == c.term
            for n in w.nodes
            if self.holds(w.nodes[n].log, c)
        )

    def votes_for_holders(self, w: State, voter: Node, s: Settled) -> bool:
        """Whether all candidates of later terms that have a server's vote have what is settled."""
        return all(
            self.begins_with(w.nodes[vote.candidate].log, s.log)
            for vote in self.votes(w)
            if vote.voter == voter
            and vote.term > s.term
            and w.nodes[vote.candidate].role is Role.CANDIDATE
            and w.nodes[vote.candidate].current_term == vote.term
        )

    def agrees(self, s: Stretch, settled: Settled) -> bool:
        """Whether appending a stretch to a log that has what is settled leaves it there.

        A stretch that begins later must follow an entry that no log without it has.
        """
        last = len(settled.log)
        if s.after >= last:
            return s.term >= settled.term
        end = min(self.end(s), last)
        return (
            self.term_at(settled.log, s.after) == s.term
            and settled.log[s.after : end] == s.entries[: end - s.after]
        )

    def upholds(self, w: State, v: Node, c: Committed) -> bool:
        """Whether a server has a committed entry, will keep it, and votes for nobody without it."""
        return (
            self.holds(w.nodes[v].log, c)
            and w.nodes[v].current_term >= c.term
            and self.votes_for_holders(w, v, Settled(c.term, w.nodes[v].log[: c.index]))
        )


# -- broken variants ------------------------------------------------------------------------------


@frozen
class RaftCommitsEarlierTerms(Raft):
    """Broken: entries of earlier terms are committed by counting replicas (the paper's figure 8)."""

    max_term: Annotated[int, Between(1, 99)] = 3
    max_log: Annotated[int, Between(1, 99)] = 1
    lossy: bool = False
    max_in_flight: Annotated[int, Between(1, 64)] = 3

    def may_commit(self, leader: Server, index: int) -> bool:
        return True


@frozen
class RaftForgetsVote(Raft):
    """Broken: a server does not store its vote, and after a crash votes again in the same term."""

    def recover(self, me: Node, node: Server) -> Server:
        return evolve(super().recover(me, node), voted_for=None)


@frozen
class RaftVotesTwice(Raft):
    """Broken: a server votes for every candidate of a term, not only for the first."""

    def may_vote_for(self, server: Server, candidate: Node) -> bool:
        return True


@frozen
class RaftVotesForAnyLog(Raft):
    """Broken: a vote is granted to a candidate whose log lacks what may have been committed."""

    def is_up_to_date(self, server: Server, m: RequestVote) -> bool:
        return True


@frozen
class RaftFirstVoteLeads(Raft):
    """Broken: one vote is enough to lead, and one has its own: whoever is fastest leads."""

    def is_majority(self, nodes: frozenset[Node]) -> bool:
        return len(nodes) > 0


@frozen
class RaftKeepsConflicts(Raft):
    """Broken: a follower keeps its own entries where they conflict with the leader's."""

    def merge(self, log: Log, index: int, entries: Log) -> Log:
        return log + entries[len(log) - index :]
