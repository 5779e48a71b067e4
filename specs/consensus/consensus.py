"""Consensus and Voting: what is to be done, and why it is safe.

Source: Leslie Lamport, "The Part-Time Parliament", ACM TOCS 16(2), 1998, and his TLA+ modules
Consensus and Voting in "How to Win a Turing Award" (the course PaxosHowToWinATuringAward).

Three models, each of which implements the one before it:

    Consensus   a value is chosen, once
    Voting      acceptors vote in numbered ballots, and look at each other's votes
    Paxos       acceptors learn what they need to know from messages: `specs.consensus.paxos`

Modelling decisions.

- A vote is one step that looks at the votes of a whole quorum.  No message carries them: what an
  acceptor would have to learn is all that matters here.
- Quorums are the smallest majorities.  All that is used of them is that any two have a member in
  common; larger ones are as good, and only make more of the same transitions.
"""

from __future__ import annotations

from typing import Annotated

from checker.lang import (
    Between,
    Map,
    Model,
    Size,
    Sort,
    action,
    always,
    evolve,
    final,
    frozen,
    initial,
    lemma,
    majorities,
    one_of,
    refines,
    sometimes,
)


class Acceptor(Sort, label="a"):
    """A process that remembers what it has promised and accepted."""


class Value(Sort, label="v"):
    """A value that may be chosen."""


Ballot = Annotated[int, Between(0, "max_ballot")]
BallotOrNone = Annotated[int, Between(-1, "max_ballot")]
"""A ballot, or -1: before any ballot."""

Quorum = frozenset[Acceptor]


# -- Consensus: what ------------------------------------------------------------------------------


@frozen
class ConsensusState:
    """Nothing but what has been chosen."""

    chosen: frozenset[Value]


@frozen
class Consensus(Model[ConsensusState]):
    """At most one value is ever chosen."""

    values: Size[Value] = 3

    @initial
    def start(self) -> ConsensusState:
        return ConsensusState(chosen=frozenset())

    @action
    def choose(self, s: ConsensusState, v: Value) -> ConsensusState | None:
        if s.chosen != frozenset():
            return None
        return ConsensusState(chosen=frozenset({v}))

    @always
    def agreement(self, s: ConsensusState) -> bool:
        """At most one value is chosen."""
        return len(s.chosen) <= 1

    @sometimes
    def something_is_chosen(self, s: ConsensusState) -> bool:
        return len(s.chosen) > 0

    @final
    def decided(self, s: ConsensusState) -> bool:
        return len(s.chosen) > 0


# -- Voting: why ----------------------------------------------------------------------------------


@frozen
class Vote:
    """One acceptor's vote: for this value, in this ballot."""

    bal: Ballot
    val: Value


@frozen
class Evidence:
    """Why a value is safe in a ballot b: no other was or will be chosen in an earlier one.

    All of the quorum have left the ballots below b behind, and none of them voted between `last`
    and b.  Either they never voted below b (`last` is -1), or `voter` voted for the value in
    `last`, where it was safe too.
    """

    quorum: Quorum
    last: BallotOrNone
    voter: Acceptor | None


@frozen
class VotingState:
    """Who voted for what, and which ballots each has left behind."""

    votes: Map[Acceptor, frozenset[Vote]]
    max_bal: Map[Acceptor, BallotOrNone]  # no vote will be cast in a lower ballot


@frozen
class Voting(Model[VotingState]):
    """Acceptors vote for a value only where no other can have been chosen in an earlier ballot."""

    acceptors: Size[Acceptor] = 3
    values: Size[Value] = 2
    max_ballot: Annotated[int, Between(0, 9)] = 1

    def quorums(self) -> frozenset[Quorum]:
        return majorities(self.every(Acceptor))

    @initial
    def start(self) -> VotingState:
        return VotingState(
            votes=Map.fill(self.every(Acceptor), frozenset()),
            max_bal=Map.fill(self.every(Acceptor), -1),
        )

    @action
    def increase_max_bal(self, s: VotingState, a: Acceptor, b: Ballot) -> VotingState | None:
        if b <= s.max_bal[a]:
            return None
        return evolve(s, max_bal=s.max_bal.set(a, b))

    def evidence(self, s: VotingState, b: int, v: Value) -> frozenset[Evidence]:
        """Everything that shows v to be safe at b; nothing where it is not."""
        return frozenset(
            Evidence(quorum, c, voter)
            for quorum in self.quorums()
            if all(s.max_bal[a] >= b for a in quorum)
            for c in range(-1, b)
            if not any(self.voted_in(s, a, d) for a in quorum for d in range(c + 1, b))
            for voter in self.voters_for(s, quorum, c, v)
        )

    def voters_for(self, s: VotingState, quorum: Quorum, c: int, v: Value) -> frozenset[Acceptor | None]:
        """Who of a quorum voted for v in ballot c; {None} for -1, where nobody needs to have."""
        if c == -1:
            return frozenset({None})
        return frozenset(a for a in quorum if self.voted_for(s, a, c, v))

    @action
    def vote_for(
        self, s: VotingState, a: Acceptor, b: Ballot, v: Value, because: Evidence = one_of(evidence)
    ) -> VotingState | None:
        if s.max_bal[a] > b or self.voted_in(s, a, b) or self.another_value_has_votes(s, b, v):
            return None
        return evolve(s, votes=s.votes.set(a, s.votes[a] | {Vote(b, v)}), max_bal=s.max_bal.set(a, b))

    def voted_in(self, s: VotingState, a: Acceptor, b: int) -> bool:
        return any(vote.bal == b for vote in s.votes[a])

    def voted_for(self, s: VotingState, a: Acceptor, b: int, v: Value) -> bool:
        return any(vote.bal == b and vote.val == v for vote in s.votes[a])

    def another_value_has_votes(self, s: VotingState, b: int, v: Value) -> bool:
        """Whether somebody voted in ballot b for a value other than v."""
        return any(vote.bal == b and vote.val != v for a in s.votes for vote in s.votes[a])

    def chosen(self, s: VotingState) -> frozenset[Value]:
        """The values for which some quorum voted in one ballot."""
        return frozenset(
            v
            for v in self.every(Value)
            if any(
                all(self.voted_for(s, a, b, v) for a in quorum)
                for quorum in self.quorums()
                for b in range(self.max_ballot + 1)
            )
        )

    @always
    def agreement(self, s: VotingState) -> bool:
        """At most one value is chosen."""
        return len(self.chosen(s)) <= 1

    @always
    def one_value_per_ballot(self, s: VotingState) -> bool:
        """All votes of one ballot are for the same value."""
        return all(
            x.val == y.val
            for a in s.votes
            for x in s.votes[a]
            for c in s.votes
            for y in s.votes[c]
            if x.bal == y.bal
        )

    @always
    def votes_lie_behind(self, s: VotingState) -> bool:
        """Nobody has voted above the ballot it has reached."""
        return all(vote.bal <= s.max_bal[a] for a in s.votes for vote in s.votes[a])

    def safe(self, s: VotingState, b: int, v: Value) -> bool:
        """Whether no value but v was or will be chosen in any ballot below b."""
        return all(
            any(
                all(self.voted_for(s, a, c, v) or self.never_votes_in(s, a, c) for a in quorum)
                for quorum in self.quorums()
            )
            for c in range(b)
        )

    def never_votes_in(self, s: VotingState, a: Acceptor, c: int) -> bool:
        """Whether an acceptor has left ballot c behind without a vote."""
        return s.max_bal[a] > c and not self.voted_in(s, a, c)

    @lemma
    def votes_are_for_safe_values(self, s: VotingState) -> bool:
        """Whoever votes for a value in a ballot knows that no other is chosen in an earlier one."""
        # This is why agreement holds.  If some quorum voted for w in ballot c, then no other value has
        # a vote in a later one: every quorum has a member in common with that one, which voted in c,
        # and not for another value.  What was safe stays so, since nobody votes in a ballot left behind.
        return all(self.safe(s, vote.bal, vote.val) for a in s.votes for vote in s.votes[a])

    @sometimes
    def something_is_chosen(self, s: VotingState) -> bool:
        return len(self.chosen(s)) > 0

    @sometimes
    def one_acceptor_votes_twice(self, s: VotingState) -> bool:
        return any(len(s.votes[a]) > 1 for a in s.votes)

    @final
    def no_ballot_is_left(self, s: VotingState) -> bool:
        """The ballots of this model are used up; a real one has no last ballot."""
        return all(s.max_bal[a] == self.max_ballot for a in s.max_bal)

    @refines(Consensus)
    def as_consensus(self, s: VotingState) -> ConsensusState:
        return ConsensusState(chosen=self.chosen(s))


@frozen
class VotingWithoutSafety(Voting):
    """Broken: a vote is cast without looking at what may have been chosen in earlier ballots."""

    def evidence(self, s: VotingState, b: int, v: Value) -> frozenset[Evidence]:
        return frozenset({Evidence(frozenset(), -1, None)})


@frozen
class VotingTwoValuesPerBallot(Voting):
    """Broken: votes for different values are cast in one ballot."""

    def another_value_has_votes(self, s: VotingState, b: int, v: Value) -> bool:
        return False
