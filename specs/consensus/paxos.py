"""Paxos: how to choose a value by messages.

Source: Leslie Lamport, "The Part-Time Parliament", ACM TOCS 16(2), 1998, and his TLA+ module Paxos
in "How to Win a Turing Award" (the course PaxosHowToWinATuringAward).

Paxos implements Voting, which implements Consensus; `specs.consensus.consensus` has both, and with
them why a vote is safe.

Modelling decisions.

- Messages are never removed: `msgs` holds every message ever sent.  So a message may arrive late,
  twice or never, in any order, and losing one needs no action.
- There are no leaders and no processes for them.  Whoever leads ballot b, all that matters is that
  at most one value is proposed in it, which `phase2a` ensures by looking at `msgs`; a real system
  gives each ballot to one proposer.
- A step of an acceptor is atomic: what it promises or accepts is on its disk before its message is
  out.  An acceptor that stops is one that takes no more steps.
- Quorums are the smallest majorities, as in Voting.
"""

from __future__ import annotations

from typing import Annotated

from checker.lang import (
    Between,
    Map,
    Model,
    Size,
    action,
    always,
    evolve,
    frozen,
    initial,
    lemma,
    majorities,
    one_of,
    refines,
    sometimes,
)
from specs.consensus.consensus import (
    Acceptor,
    Ballot,
    BallotOrNone,
    Consensus,
    ConsensusState,
    Evidence,
    Quorum,
    Value,
    Vote,
    Voting,
    VotingState,
    VotingTwoValuesPerBallot,
    VotingWithoutSafety,
)

__all__ = [
    "Acceptor", "Ballot", "BallotOrNone", "Consensus", "ConsensusState", "Evidence", "Message", "OneA", "OneB",
    "Paxos", "PaxosHalfIsEnough", "PaxosIgnoresPromise", "PaxosIgnoresReports", "PaxosState", "Quorum", "TwoA",
    "TwoB", "Value", "Vote", "Voting", "VotingState", "VotingTwoValuesPerBallot", "VotingWithoutSafety",
]  # fmt: skip


@frozen
class OneA:
    """From the leader of a ballot to all acceptors: join my ballot."""

    bal: Ballot


@frozen
class OneB:
    """A promise: I take part in no ballot below this one, and here is the last vote I cast."""

    acc: Acceptor
    bal: Ballot
    mbal: BallotOrNone
    mval: Value | None


@frozen
class TwoA:
    """From the leader of a ballot to all acceptors: vote for this value."""

    bal: Ballot
    val: Value


@frozen
class TwoB:
    """A vote."""

    acc: Acceptor
    bal: Ballot
    val: Value


Message = OneA | OneB | TwoA | TwoB


@frozen
class PaxosState:
    """What each acceptor remembers, and every message ever sent."""

    max_bal: Map[Acceptor, BallotOrNone]  # the highest ballot it has taken part in
    max_vbal: Map[Acceptor, BallotOrNone]  # the highest ballot it has voted in
    max_val: Map[Acceptor, Value | None]  # what it voted for there
    msgs: frozenset[Message]


@frozen
class Paxos(Model[PaxosState]):
    """The Synod protocol: single-decree Paxos."""

    acceptors: Size[Acceptor] = 3
    values: Size[Value] = 2
    max_ballot: Annotated[int, Between(0, 9)] = 1

    def quorums(self) -> frozenset[Quorum]:
        return majorities(self.every(Acceptor))

    @initial
    def start(self) -> PaxosState:
        return PaxosState(
            max_bal=Map.fill(self.every(Acceptor), -1),
            max_vbal=Map.fill(self.every(Acceptor), -1),
            max_val=Map.fill(self.every(Acceptor), None),
            msgs=frozenset(),
        )

    @action
    def phase1a(self, s: PaxosState, b: Ballot) -> PaxosState | None:
        """The leader of ballot b asks everybody to join it."""
        return evolve(s, msgs=s.msgs | {OneA(b)})

    @action
    def phase1b(self, s: PaxosState, a: Acceptor, b: Ballot) -> PaxosState | None:
        """An acceptor that is asked to join a higher ballot promises to, and reports its last vote."""
        if OneA(b) not in s.msgs or b <= s.max_bal[a]:
            return None
        promise = OneB(a, b, s.max_vbal[a], s.max_val[a])
        return evolve(s, max_bal=s.max_bal.set(a, b), msgs=s.msgs | {promise})

    def last_votes(self, s: PaxosState, b: Ballot, quorum: Quorum) -> frozenset[OneB | None]:
        """The highest votes that a quorum reports to ballot b; {None} where it reports none.

        Empty until the whole quorum has answered.
        """
        answers = frozenset(m for m in s.msgs if isinstance(m, OneB) and m.bal == b and m.acc in quorum)
        if not all(any(m.acc == a for m in answers) for a in quorum):
            return frozenset()
        voted = frozenset(m for m in answers if m.mbal >= 0)
        if len(voted) == 0:
            return frozenset({None})
        return frozenset(m for m in voted if all(m.mbal >= other.mbal for other in voted))

    @action
    def phase2a(
        self,
        s: PaxosState,
        b: Ballot,
        v: Value,
        quorum: Quorum = one_of(quorums),
        last: OneB | None = one_of(last_votes),
    ) -> PaxosState | None:
        """The leader of b proposes a value: the last one that a quorum reports, or any."""
        if any(isinstance(m, TwoA) and m.bal == b for m in s.msgs) or not self.may_propose(v, last):
            return None
        return evolve(s, msgs=s.msgs | {TwoA(b, v)})

    def may_propose(self, v: Value, last: OneB | None) -> bool:
        """Whether v may be proposed when this is the highest vote reported."""
        return last is None or last.mval == v

    @action
    def phase2b(self, s: PaxosState, a: Acceptor, b: Ballot, v: Value) -> PaxosState | None:
        """An acceptor votes for a proposal, unless it has promised not to."""
        if TwoA(b, v) not in s.msgs or not self.may_accept(s, a, b):
            return None
        return evolve(
            s,
            max_bal=s.max_bal.set(a, b),
            max_vbal=s.max_vbal.set(a, b),
            max_val=s.max_val.set(a, v),
            msgs=s.msgs | {TwoB(a, b, v)},
        )

    def may_accept(self, s: PaxosState, a: Acceptor, b: int) -> bool:
        """Whether an acceptor's promises let it vote in ballot b."""
        return b >= s.max_bal[a]

    def chosen(self, s: PaxosState) -> frozenset[Value]:
        """The values for which some quorum voted in one ballot."""
        return frozenset(
            v
            for v in self.every(Value)
            if any(
                all(TwoB(a, b, v) in s.msgs for a in quorum)
                for quorum in self.quorums()
                for b in range(self.max_ballot + 1)
            )
        )

    @always
    def agreement(self, s: PaxosState) -> bool:
        """At most one value is chosen."""
        return len(self.chosen(s)) <= 1

    @always
    def one_proposal_per_ballot(self, s: PaxosState) -> bool:
        """At most one value is proposed in a ballot."""
        return all(
            m.val == n.val
            for m in s.msgs
            for n in s.msgs
            if isinstance(m, TwoA) and isinstance(n, TwoA) and m.bal == n.bal
        )

    @always
    def only_proposals_get_votes(self, s: PaxosState) -> bool:
        """Every vote is for what was proposed in its ballot."""
        return all(TwoA(m.bal, m.val) in s.msgs for m in s.msgs if isinstance(m, TwoB))

    @always
    def last_vote_is_remembered(self, s: PaxosState) -> bool:
        """What an acceptor remembers as its last vote is the highest that it has cast."""
        return all(
            s.max_vbal[a] >= m.bal for a in s.max_vbal for m in s.msgs if isinstance(m, TwoB) and m.acc == a
        )

    # Why this holds.  Agreement follows from the last lemma as in Voting, and so does that each vote is one
    # of Voting.  The others say that reports can be relied on: each of them is true, complete, and stays so.

    @lemma
    def last_votes_lie_behind(self, s: PaxosState) -> bool:
        """Nobody has voted above the highest ballot it has taken part in."""
        # Otherwise a new vote might be lower than the one remembered, which it replaces.
        return all(s.max_vbal[a] <= s.max_bal[a] for a in s.max_bal)

    @lemma
    def last_votes_were_cast(self, s: PaxosState) -> bool:
        """Where an acceptor remembers a last vote, it has cast that vote."""
        # What it remembers is what it will report.
        return all(
            any(s.max_val[a] == v and TwoB(a, b, v) in s.msgs for v in self.every(Value))
            for a in s.max_vbal
            for b in range(self.max_ballot + 1)
            if s.max_vbal[a] == b
        )

    @lemma
    def promises_are_kept(self, s: PaxosState) -> bool:
        """Nobody is in a ballot below one that it has promised to take part in."""
        # So no vote is cast below it any more, and a report to its leader stays complete.
        return all(m.bal <= s.max_bal[m.acc] for m in s.msgs if isinstance(m, OneB))

    @lemma
    def reported_votes_were_cast(self, s: PaxosState) -> bool:
        """Every vote that is reported has been cast."""
        # So it was for what was proposed in its ballot, and that was safe there.
        return all(
            any(m.mval == v and TwoB(m.acc, m.mbal, v) in s.msgs for v in self.every(Value))
            for m in s.msgs
            if isinstance(m, OneB) and m.mbal >= 0
        )

    @lemma
    def reports_leave_no_vote_out(self, s: PaxosState) -> bool:
        """Between the vote that it reports and the ballot that it joins, an acceptor has cast none."""
        # So nothing was chosen there: the leader need not look further back than the last vote.
        return not any(
            self.voted_in(s, m.acc, c)
            for m in s.msgs
            if isinstance(m, OneB)
            for c in range(m.mbal + 1, m.bal)
        )

    @lemma
    def proposals_are_safe(self, s: PaxosState) -> bool:
        """Where a value is proposed, the votes of a quorum show that no earlier ballot chooses another."""
        # This is what the leader learns from a quorum, and since votes are for proposals, it is why
        # agreement holds.  It is also what Voting asks for before a vote.
        return all(self.shown_safe(s, m.bal, m.val) for m in s.msgs if isinstance(m, TwoA))

    def shown_safe(self, s: PaxosState, b: int, v: Value) -> bool:
        """Whether a quorum has left the ballots below b behind, and its last vote there, if any, was for v."""
        return any(
            all(s.max_bal[a] >= b for a in quorum)
            and not any(self.voted_in(s, a, d) for a in quorum for d in range(c + 1, b))
            and (c == -1 or any(TwoB(a, c, v) in s.msgs for a in quorum))
            for quorum in self.quorums()
            for c in range(-1, b)
        )

    def voted_in(self, s: PaxosState, a: Acceptor, b: int) -> bool:
        return any(TwoB(a, b, v) in s.msgs for v in self.every(Value))

    @sometimes
    def something_is_chosen(self, s: PaxosState) -> bool:
        return len(self.chosen(s)) > 0

    @sometimes
    def a_vote_is_reported(self, s: PaxosState) -> bool:
        """A later ballot learns of an earlier vote: the case that makes Paxos more than voting."""
        return any(isinstance(m, OneB) and m.mbal >= 0 for m in s.msgs)

    @refines(Voting)
    def as_voting(self, s: PaxosState) -> VotingState:
        return VotingState(
            votes=Map(
                {
                    a: frozenset(Vote(m.bal, m.val) for m in s.msgs if isinstance(m, TwoB) and m.acc == a)
                    for a in self.every(Acceptor)
                }
            ),
            max_bal=s.max_bal,
        )


@frozen
class PaxosIgnoresPromise(Paxos):
    """Broken: an acceptor votes although it has promised a higher ballot not to."""

    def may_accept(self, s: PaxosState, a: Acceptor, b: int) -> bool:
        return True


@frozen
class PaxosIgnoresReports(Paxos):
    """Broken: the leader proposes its own value, whatever votes the quorum reports."""

    def may_propose(self, v: Value, last: OneB | None) -> bool:
        return True


@frozen
class PaxosHalfIsEnough(Paxos):
    """Broken: half of the acceptors count as a quorum, and two halves need have nobody in common."""

    acceptors: Size[Acceptor] = 2

    def quorums(self) -> frozenset[Quorum]:
        return frozenset(
            quorum for bigger in majorities(self.every(Acceptor)) for quorum in [bigger - {a} for a in bigger]
        )
