"""Raft: leader election, log replication and commitment.

Source: Diego Ongaro and John Ousterhout, "In Search of an Understandable Consensus Algorithm
(Extended Version)", 2014, figure 2, with the rule of section 5.4.2.

`RaftServer` is the protocol: what one server does on a message, a timeout or a request.  `Raft`
puts servers into a world with an unreliable network and crashes, and says what must hold there.

    raft_server.py         the protocol: figure 2
    raft.py                the cluster, what it guarantees (figure 3), and broken variants
    raft_world.py          the state of a cluster, its history, and words to speak of them
    raft_log_lemmas.py     why it holds: election safety, log matching
    raft_commit_lemmas.py  why it holds: leader completeness, state machine safety

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

from typing import Annotated, Never

from checker.lang import Between, Cluster, Size, always, evolve, frozen, sometimes
from specs.consensus.raft_commit_lemmas import RaftCommitLemmas
from specs.consensus.raft_server import (
    AppendEntries,
    AppendReply,
    Command,
    Entry,
    Index,
    Log,
    Message,
    Next,
    Node,
    RaftServer,
    RequestVote,
    Role,
    Server,
    Term,
    Timer,
    VoteReply,
)
from specs.consensus.raft_world import Committed, Election, History, State

__all__ = [
    "AppendEntries", "AppendReply", "Command", "Committed", "Election", "Entry", "History", "Index", "Log",
    "Message", "Next", "Node", "Raft", "RaftCommitsEarlierTerms", "RaftFirstVoteLeads", "RaftForgetsVote",
    "RaftKeepsConflicts", "RaftServer", "RaftSketch", "RaftVotesForAnyLog", "RaftVotesTwice", "RequestVote",
    "Role", "Server",
    "State", "Term", "Timer", "VoteReply",
]  # fmt: skip


@frozen
class Raft(RaftCommitLemmas, Cluster[Node, Server, Message, Timer, Command, Never, History]):
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


@frozen
class RaftSketch(Raft):
    """Broken: the sketch of introductory texts: any vote makes a leader, and all nodes must have the entry.

    In its words: the first node with any vote leads, and when all nodes have synchronised the log the
    decision is accepted.  A candidate has its own vote, so two may lead in one term and overwrite each
    other's entries, accepted ones too.  And while one node is down, nothing is accepted.
    """

    commands: Size[Command] = 2
    max_term: Annotated[int, Between(1, 99)] = 1
    max_log: Annotated[int, Between(1, 99)] = 1
    max_in_flight: Annotated[int, Between(1, 64)] = 2

    def is_majority(self, nodes: frozenset[Node]) -> bool:
        return len(nodes) > 0

    def is_replicated(self, leader: Server, index: int) -> bool:
        holders = [peer for peer in leader.match_index if leader.match_index[peer] >= index]
        return len(holders) + 1 == self.nodes
