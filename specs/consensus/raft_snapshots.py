"""Raft with log compaction: what is committed is thrown away, and laggards get a snapshot.

Source: Diego Ongaro and John Ousterhout, "In Search of an Understandable Consensus Algorithm
(Extended Version)", 2014, section 7 and figure 13; Diego Ongaro, "Consensus: Bridging Theory and
Practice", PhD thesis, Stanford, 2014, chapter 5.

A log cannot grow for ever.  Each server now and then writes down the state of its state machine, the
snapshot, and drops the entries that made it.  A follower that needs an entry which the leader has
dropped is sent the leader's snapshot, by InstallSnapshot.

What Raft guarantees stays: over snapshot and log together, all servers apply the same entries.

    raft_snapshots_server.py  the protocol of one server
    raft_snapshots.py         the servers in a world, what they guarantee, and broken variants

Modelling decisions.

- The state machine's state is shown as the entries that it has applied.  So the properties can look
  through a snapshot.  Servers cannot: all that they use of one is its last index, its last term, and
  what it was made from.
- A snapshot is written at any moment after something new is committed; that is what the timer COMPACTION
  says.  It is written in one step with the cut of the log.
- A snapshot is sent in one message; figure 13 sends it in chunks.
- The answer to InstallSnapshot is that to AppendEntries, so that the leader knows how far its follower has
  come.  Figure 13 leaves that open.
- After a crash a server knows that what its snapshot covers is committed, and no more.
- Everything else is decided as in `specs.consensus.raft`.
"""

from __future__ import annotations

from typing import Annotated, Never

from checker.lang import Between, Cluster, World, always, evolve, frozen, sometimes
from specs.consensus.raft_server import Command, Log, Node, Role
from specs.consensus.raft_snapshots_server import InstallSnapshot, Message, Server, SnapshotServer, Timer
from specs.consensus.raft_world import Committed, Election, History

State = World[Node, Server, Message, Timer, Never, History]


@frozen
class RaftSnapshots(SnapshotServer, Cluster[Node, Server, Message, Timer, Command, Never, History]):
    """A cluster of Raft servers that compact their logs."""

    lossy: bool = True
    crashes: Annotated[int, Between(0, 9)] = 0
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
            | {Committed(index, self.whole(after)[index - 1], after.current_term) for index in new},
        )

    @always
    def election_safety(self, w: State) -> bool:
        """At most one leader can be elected in a given term."""
        return all(
            x.leader == y.leader for x in w.history.elections for y in w.history.elections if x.term == y.term
        )

    @always
    def log_matching(self, w: State) -> bool:
        """Two servers with the same term at an index have the same entries up to that index."""
        return all(
            self.whole(w.nodes[a])[: i + 1] == self.whole(w.nodes[b])[: i + 1]
            for a in w.nodes
            for b in w.nodes
            for i in range(min(self.last_index(w.nodes[a]), self.last_index(w.nodes[b])))
            if self.whole(w.nodes[a])[i].term == self.whole(w.nodes[b])[i].term
        )

    @always
    def terms_never_fall(self, w: State) -> bool:
        """From one entry to the next, the term stays or rises: elections compare the last one alone."""
        return all(
            x.term <= y.term
            for n in w.nodes
            for x, y in zip(self.whole(w.nodes[n]), self.whole(w.nodes[n])[1:], strict=False)
        )

    @always
    def leader_completeness(self, w: State) -> bool:
        """What was committed in a term, every leader of a later term has."""
        return all(
            self.holds(self.whole(w.nodes[n]), c)
            for c in w.history.committed
            for n in w.nodes
            if w.nodes[n].role is Role.LEADER and w.nodes[n].current_term >= c.term
        )

    @always
    def committed_entries_are_safe(self, w: State) -> bool:
        """Whoever has a log that could win an election has every committed entry."""
        return all(
            self.holds(self.whole(w.nodes[n]), c)
            for c in w.history.committed
            for n in w.nodes
            if self.could_win(w, n)
        )

    @always
    def state_machine_safety(self, w: State) -> bool:
        """No server ever applies an entry at an index where another has applied a different one."""
        return all(
            self.holds(self.whole(w.nodes[n]), c)
            for c in w.history.committed
            for n in w.nodes
            if self.applied(w.nodes[n]) >= c.index
        ) and all(
            x.entry == y.entry for x in w.history.committed for y in w.history.committed if x.index == y.index
        )

    @always
    def snapshots_hold_what_is_committed(self, w: State) -> bool:
        """Every entry that went into a snapshot has been committed."""
        return all(
            any(c.index == i + 1 and c.entry == w.nodes[n].snapshot[i] for c in w.history.committed)
            for n in w.nodes
            for i in range(len(w.nodes[n].snapshot))
        )

    @always
    def what_was_applied_stays(self, before: State, after: State) -> bool:
        """A snapshot never loses what it has, crash or not."""
        return all(
            after.nodes[n].snapshot[: len(before.nodes[n].snapshot)] == before.nodes[n].snapshot
            for n in before.nodes
        )

    def applied(self, server: Server) -> int:
        """How many entries the state machine has applied."""
        return max(server.commit_index, len(server.snapshot))

    def holds(self, log: Log, c: Committed) -> bool:
        """Whether a committed entry is in its place."""
        return len(log) >= c.index and log[c.index - 1] == c.entry

    def could_win(self, w: State, n: Node) -> bool:
        """Whether a majority, the server included, has logs that are not more up-to-date."""
        behind = [v for v in w.nodes if self.freshness(w.nodes[v]) <= self.freshness(w.nodes[n])]
        return 2 * len(behind) > self.nodes

    def freshness(self, server: Server) -> tuple[int, int]:
        """The term of the last entry and how many there are, as section 5.4.1 compares them."""
        return self.last_term(server), self.last_index(server)

    @sometimes
    def a_log_is_compacted(self, w: State) -> bool:
        return any(len(w.nodes[n].snapshot) > 0 for n in w.nodes)

    @sometimes
    def a_laggard_gets_a_snapshot(self, w: State) -> bool:
        """A snapshot is on its way to somebody who has nothing of it."""
        return any(
            isinstance(p.message, InstallSnapshot) and self.last_index(w.nodes[p.to]) == 0
            for p in w.in_flight
        )

    @sometimes
    def entries_follow_a_snapshot(self, w: State) -> bool:
        return any(len(w.nodes[n].snapshot) > 0 and len(w.nodes[n].log) > 0 for n in w.nodes)


# -- broken variants ------------------------------------------------------------------------------


@frozen
class RaftSnapshotsOfUncommitted(RaftSnapshots):
    """Broken: a snapshot covers the whole log, also what is not committed and may yet be overwritten.

    Section 7 lets a snapshot cover committed entries alone.
    """

    def snapshot_end(self, server: Server) -> int:
        return self.last_index(server)


@frozen
class RaftSnapshotsDropTail(RaftSnapshots):
    """Broken: who installs a snapshot drops its whole log, also entries that follow what it covers.

    They may be acknowledged, and committed.  Rule 6 of figure 13 keeps them: a snapshot may be late.
    """

    max_term: Annotated[int, Between(1, 99)] = 1
    max_in_flight: Annotated[int, Between(1, 64)] = 2

    def keeps_tail(self, server: Server, snapshot: Log) -> bool:
        return False


@frozen
class RaftSnapshotsKeepConflicts(RaftSnapshots):
    """Broken: who installs a snapshot keeps what follows it, though its own entries were others.

    Rule 7 of figure 13 discards the entire log, unless it has the snapshot's last entry.
    """

    requests: Annotated[int, Between(0, 9)] = 3

    def keeps_tail(self, server: Server, snapshot: Log) -> bool:
        return True


@frozen
class RaftSnapshotsCutEarly(RaftSnapshots):
    """Broken: the log is cut before the snapshot is on disk, and a crash leaves neither.

    Section 7 lets a server delete entries once it has completed writing the snapshot.
    """

    crashes: Annotated[int, Between(0, 9)] = 1
    max_log: Annotated[int, Between(1, 99)] = 1
    requests: Annotated[int, Between(0, 9)] = 1

    def recover(self, me: Node, node: Server) -> Server:
        return evolve(super().recover(me, node), snapshot=(), log=() if len(node.snapshot) > 0 else node.log)
