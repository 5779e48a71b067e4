"""The proof of Raft, second part: lemmas for leader completeness and state machine safety.

They rest on the first part, `specs.consensus.raft_log_lemmas`, and follow the argument of the
paper's section 5.4.3.  That argument looks back from a leader without a committed entry to how it
was elected.  An inductive proof cannot look back: each lemma says what is still to be seen of a
step of the argument in the state that it has led to.
"""

from __future__ import annotations

from checker.lang import frozen, lemma
from specs.consensus.raft_log_lemmas import RaftLogLemmas
from specs.consensus.raft_server import (
    AppendEntries,
    AppendReply,
    Index,
    Log,
    Node,
    RequestVote,
    Role,
    Server,
    Term,
)
from specs.consensus.raft_world import Committed, Election, State, Stretch


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
class RaftCommitLemmas(RaftLogLemmas):
    """Auxiliary invariants of the proof that what is committed stays so; no model."""

    # -- leader completeness --
    #
    # The paper assumes a leader of a later term, the first one that lacks a committed entry, and
    # looks for the voter who both accepted the entry and voted for this leader (its steps 2 and 3).
    # The voter still had the entry when it voted (4), so the leader's log was as up-to-date as one
    # with the entry (5), and so has it: by its length (6), or since it ends with an entry of a later
    # leader, who had it (7).
    #
    # In a state, who accepted an entry is who has acknowledged it, to a leader who may yet commit it.
    # What it acknowledged is settled: it keeps it (4), and gives later votes only to candidates who
    # have it (5 and 6); whoever has an entry of a later term has it, too (7); so all later leaders
    # do.  The first six lemmas say that messages, and what a leader notes of others, are what they
    # seem to be.

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

    def is_request_of(self, candidate: Server, m: RequestVote) -> bool:
        """Whether a server is or was the candidate that asks; if it is, the log must be as it says."""
        if m.term != candidate.current_term or candidate.role is not Role.CANDIDATE:
            return m.term <= candidate.current_term
        return (m.last_log_index, m.last_log_term) == (len(candidate.log), self.last_term(candidate.log))

    def is_part(self, s: Stretch, log: Log) -> bool:
        """Whether a stretch is part of a log."""
        return self.has_entry(log, s.after, s.term) and log[s.after : self.end(s)] == s.entries

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

    # -- state machine safety --
    #
    # The end of section 5.4.3: who applies an entry has the log of a leader up to it, and the entry
    # is committed; leaders of later terms have the same entry there, so nobody applies another.  But a
    # server knows no more than an index.  The lemmas say that behind every index that a server or a
    # message takes for committed there is an entry that a leader committed (the last two); that this
    # entry stands in the log before one that the leader committed by counting (9); and that a majority
    # has that one (2), and votes for nobody without it.

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

    def upholds(self, w: State, v: Node, c: Committed) -> bool:
        """Whether a server has a committed entry, will keep it, and votes for nobody without it."""
        return (
            self.holds(w.nodes[v].log, c)
            and w.nodes[v].current_term >= c.term
            and self.votes_for_holders(w, v, Settled(c.term, w.nodes[v].log[: c.index]))
        )
