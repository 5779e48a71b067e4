"""The proof of Raft, first part: lemmas for election safety and log matching.

A lemma is an auxiliary invariant: no promise of the protocol, but what must be known of a state to
see that no step leads out of the promises.  All lemmas and properties together are inductive:
where all hold, they hold after every step.  The second part, `specs.consensus.raft_commit_lemmas`,
goes on to commitment.

A proof by induction starts from any state of the type, reachable or not.  So what is clear to who
knows how a state came about has to be said here, of messages under way as well as of servers.
"""

from __future__ import annotations

from checker.lang import frozen, lemma
from specs.consensus.raft_server import AppendEntries, Node, Role, Server, Term, Timer
from specs.consensus.raft_world import Election, RaftWords, State, Stretch


@frozen
class RaftLogLemmas(RaftWords):
    """Auxiliary invariants of the proof that terms have one leader and logs match; no model."""

    # -- election safety --
    #
    # The argument of section 5.2: a server votes for one candidate in a term, a leader has the votes
    # of a majority, and two majorities have a member in common.  The proof says the same of what is
    # left of votes.  A voter forgets its vote in the next term, and a leader forgets who voted for
    # it.  But a vote that is under way or counted shows that its voter can give no other in that
    # term, and behind a leader there stays a majority that has given none to anybody else.

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

    def may_have_elected(self, w: State, voter: Node, e: Election) -> bool:
        """Whether a server is bound to a leader and has no vote for anybody else in that term."""
        return self.is_bound(w, voter, e.leader, e.term) and not any(
            vote.voter == voter and vote.term == e.term and vote.candidate != e.leader
            for vote in self.votes(w)
        )

    # -- log matching --
    #
    # The argument of section 5.3 has two halves.  A leader creates one entry at an index in its term,
    # and never moves it: with election safety, all entries of a term are then parts of one log.  The
    # first seven lemmas say so: only who was elected in a term acts as its leader, once; there is no
    # entry of the term that it does not have, and none of it after one of a later term.  And a
    # follower takes entries only after an entry of the same index and term, up to which, by
    # induction, the logs are already the same.  `stretches_match` is this induction, with
    # AppendEntries that are under way among the logs.

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

    def due(self, w: State, n: Node) -> frozenset[Timer]:
        """The timers that should be set for a server."""
        if n in w.down:
            return frozenset()
        return frozenset({Timer.HEARTBEAT if self.leads(w, n) else Timer.ELECTION})

    def has_won(self, leader: Server, term: Term) -> bool:
        """Whether a server has reached a term, and is no candidate in it."""
        return leader.current_term > term or (
            leader.current_term == term and leader.role is not Role.CANDIDATE
        )

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
