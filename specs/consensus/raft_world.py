"""A cluster of Raft servers seen from outside: its state, its history, and words to speak of them.

No server can see what is here.  The properties in `specs.consensus.raft` and the lemmas of their
proof are said in these words.  Nothing here is part of the protocol: no server acts on it.
"""

from __future__ import annotations

from typing import Never

from checker.lang import Packet, World, frozen
from specs.consensus.raft_server import (
    AppendEntries,
    Entry,
    Index,
    Log,
    Message,
    Node,
    RaftServer,
    Role,
    Server,
    Term,
    Timer,
    VoteReply,
)

# -- the history ----------------------------------------------------------------------------------


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


# -- what there is in a state ---------------------------------------------------------------------


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
class RaftWords(RaftServer):
    """What can be said of a cluster, and no server knows."""

    # servers

    def leads(self, w: State, n: Node) -> bool:
        return w.nodes[n].role is Role.LEADER

    def is_most(self, nodes: frozenset[Node]) -> bool:
        """Whether these are a majority, whatever a server takes for one."""
        return 2 * len(nodes) > self.nodes

    def messages(self, w: State) -> frozenset[Packet[Node, Message]]:
        """Everything under way, without order or on links."""
        return frozenset(w.in_flight) | frozenset(
            Packet(sender, to, message) for (sender, to), link in w.links.items() for message in link
        )

    # votes

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

    # logs

    def holds(self, log: Log, c: Committed) -> bool:
        """Whether a log has a committed entry in its place."""
        return len(log) >= c.index and log[c.index - 1] == c.entry

    def begins_with(self, log: Log, beginning: Log) -> bool:
        return log[: len(beginning)] == beginning

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
