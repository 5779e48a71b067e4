"""Paxos Commit: transaction commit that no single failure blocks.

Source: Jim Gray and Leslie Lamport, "Consensus on Transaction Commit", ACM TODS 31(1), 2006, section 4, and
Lamport's TLA+ module PaxosCommit.

For each resource manager (RM) there is one instance of Paxos, which chooses whether that RM is prepared or has
aborted.  All instances have the same acceptors.  The RM itself proposes in ballot 0 of its instance, without
phase 1.  If it says nothing for too long, a leader starts a higher ballot, learns what may have been chosen, and
otherwise proposes that the RM has aborted.  The transaction commits if the value of every instance is
"prepared", and aborts if that of one is "aborted".

Guaranteed: no RM commits while another aborts, whatever fails.  As long as a majority of the acceptors works, and
a leader that nobody overtakes, every RM comes to know a decision.  With one acceptor it is two-phase commit, in
which the acceptor is the coordinator; then nothing helps if that one fails.

Modelling decisions.

- As in Lamport's module: messages are never removed, so that they may arrive late, twice or never, in any
  order; an RM that fails does nothing more.
- Any number of leaders may share a ballot above 0; `phase2a` sees to it that only one value is proposed in it,
  by looking at the messages.  A real system gives each ballot to one leader.
- A step of an acceptor is atomic: what it promises or votes is on its disk before its message is out.
- An acceptor that fails stays down.  `failures` bounds how many do.  One that comes back is one that was slow.
- With one ballot above 0, nobody overtakes its leader: so `max_ballot` = 1 stands for a leader that is elected
  once and for all, and with more ballots nothing is said of how long it takes.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import (
    Between,
    Formula,
    Map,
    Model,
    Relaxed,
    Size,
    Sort,
    action,
    all_of,
    always,
    eventually,
    evolve,
    fairness,
    final,
    frozen,
    initial,
    majorities,
    one_of,
    refines,
    sometimes,
    temporal,
    weakly_fair,
)
from specs.transactions.transaction_commit import RM, Phase, TransactionCommit, TransactionState


class Acceptor(Sort):
    """A node that votes, and remembers how."""


class Value(Enum):
    """What is chosen about a resource manager."""

    PREPARED = "prepared"
    ABORTED = "aborted"


class Outcome(Enum):
    """What can be decided about the transaction."""

    COMMIT = "commit"
    ABORT = "abort"


Ballot = Annotated[int, Between(0, "max_ballot")]
BallotOrNone = Annotated[int, Between(-1, "max_ballot")]
Quorum = frozenset[Acceptor]


# -- messages -------------------------------------------------------------------------------------


@frozen
class Phase1a:
    """From a leader to all acceptors: join this ballot in the instance of this RM."""

    ins: RM
    bal: Ballot


@frozen
class Phase1b:
    """A promise to take part in no lower ballot, with the last vote: `bal` is -1 if there was none."""

    ins: RM
    mbal: Ballot
    bal: BallotOrNone
    val: Value | None
    acc: Acceptor


@frozen
class Phase2a:
    """A proposal: in ballot 0 by the RM itself, in a higher one by its leader."""

    ins: RM
    bal: Ballot
    val: Value


@frozen
class Phase2b:
    """A vote."""

    acc: Acceptor
    ins: RM
    bal: Ballot
    val: Value


@frozen
class Decided:
    """From a leader, to all resource managers: commit, or abort."""

    outcome: Outcome


Message = Phase1a | Phase1b | Phase2a | Phase2b | Decided


# -- the protocol ---------------------------------------------------------------------------------


@frozen
class Cast:
    """What an acceptor remembers of one instance: the ballot it is in, and its last vote."""

    mbal: Ballot
    bal: BallotOrNone
    val: Value | None


@frozen
class State:
    """The resource managers, the acceptors, and every message ever sent."""

    phase: Map[RM, Phase]
    cast: Map[Acceptor, Map[RM, Cast]]
    failed: frozenset[Acceptor]
    msgs: frozenset[Message]


@frozen
class PaxosCommit(Model[State]):
    """One instance of Paxos for each resource manager."""

    rms: Size[RM] = 2
    acceptors: Size[Acceptor] = 3
    max_ballot: Annotated[int, Between(0, 3)] = 1
    failures: Annotated[int, Between(0, 9), Relaxed(2, "two acceptors fail")] = 1

    def majorities(self) -> frozenset[Quorum]:
        """The smallest majorities: what a larger one has, one of these has."""
        return majorities(self.every(Acceptor))

    @initial
    def start(self) -> State:
        nothing = Cast(mbal=0, bal=-1, val=None)
        return State(
            phase=Map.fill(self.every(RM), Phase.WORKING),
            cast=Map.fill(self.every(Acceptor), Map.fill(self.every(RM), nothing)),
            failed=frozenset(),
            msgs=frozenset(),
        )

    # -- the resource managers --

    @action
    def rm_prepares(self, s: State, rm: RM) -> State | None:
        """Propose in ballot 0 of its own instance that it is prepared."""
        if s.phase[rm] is not Phase.WORKING:
            return None
        return evolve(
            s,
            phase=s.phase.set(rm, Phase.PREPARED),
            msgs=s.msgs | {Phase2a(rm, 0, Value.PREPARED)},
        )

    @action
    def rm_chooses_to_abort(self, s: State, rm: RM) -> State | None:
        """Abort of its own accord, which it may do until it is prepared, and propose that it has."""
        if not self.may_choose_to_abort(s, rm):
            return None
        return evolve(s, phase=s.phase.set(rm, Phase.ABORTED), msgs=s.msgs | {Phase2a(rm, 0, Value.ABORTED)})

    def may_choose_to_abort(self, s: State, rm: RM) -> bool:
        return s.phase[rm] is Phase.WORKING

    @action
    def rm_learns_commit(self, s: State, rm: RM) -> State | None:
        if Decided(Outcome.COMMIT) not in s.msgs:
            return None
        return evolve(s, phase=s.phase.set(rm, Phase.COMMITTED))

    @action
    def rm_learns_abort(self, s: State, rm: RM) -> State | None:
        if Decided(Outcome.ABORT) not in s.msgs:
            return None
        return evolve(s, phase=s.phase.set(rm, Phase.ABORTED))

    # -- the leaders --

    @action
    def leader_sends_1a(self, s: State, rm: RM, b: Ballot) -> State | None:
        """The leader of a ballot above 0 takes over the instance of an RM."""
        if b == 0:
            return None
        return evolve(s, msgs=s.msgs | {Phase1a(rm, b)})

    @action
    def leader_sends_2a(
        self, s: State, rm: RM, b: Ballot, quorum: Quorum = one_of(majorities)
    ) -> State | None:
        """It proposes what may have been chosen already, and otherwise that the RM has aborted."""
        if b == 0 or any(isinstance(m, Phase2a) and m.ins == rm and m.bal == b for m in s.msgs):
            return None
        heard = frozenset(
            m for m in s.msgs if isinstance(m, Phase1b) and m.ins == rm and m.mbal == b and m.acc in quorum
        )
        if frozenset(m.acc for m in heard) != quorum:
            return None
        return evolve(s, msgs=s.msgs | {Phase2a(rm, b, self.proposal(heard))})

    def proposal(self, heard: frozenset[Phase1b]) -> Value:
        """The value of the highest vote that the promises report; without any, that the RM has aborted."""
        highest = max([m.bal for m in heard], default=-1)
        if any(m.bal == highest and m.val is Value.PREPARED for m in heard):
            return Value.PREPARED
        return Value.ABORTED

    @action
    def leader_decides(self, s: State, outcome: Outcome) -> State | None:
        """Tell all resource managers, once enough is chosen."""
        enough = self.may_commit(s) if outcome is Outcome.COMMIT else self.may_abort(s)
        if not enough:
            return None
        return evolve(s, msgs=s.msgs | {Decided(outcome)})

    def may_commit(self, s: State) -> bool:
        """Whether it is chosen of every RM that it is prepared."""
        return all(self.is_chosen(s, rm, Value.PREPARED) for rm in s.phase)

    def may_abort(self, s: State) -> bool:
        """Whether it is chosen of some RM that it has aborted."""
        return any(self.is_chosen(s, rm, Value.ABORTED) for rm in s.phase)

    def is_chosen(self, s: State, rm: RM, value: Value) -> bool:
        """Whether a majority has voted for a value in one ballot."""
        return any(
            all(Phase2b(a, rm, b, value) in s.msgs for a in quorum)
            for b in range(self.max_ballot + 1)
            for quorum in self.majorities()
        )

    # -- the acceptors --

    @action
    def acceptor_sends_1b(self, s: State, a: Acceptor, rm: RM, b: Ballot) -> State | None:
        """An acceptor that is asked to join a higher ballot promises to, and reports its last vote."""
        cast = s.cast[a][rm]
        if a in s.failed or Phase1a(rm, b) not in s.msgs or b <= cast.mbal:
            return None
        promise = Phase1b(rm, b, cast.bal, cast.val, a)
        return evolve(
            s,
            cast=s.cast.set(a, s.cast[a].set(rm, evolve(cast, mbal=b))),
            msgs=s.msgs | {promise},
        )

    @action
    def acceptor_sends_2b(self, s: State, a: Acceptor, rm: RM, b: Ballot, v: Value) -> State | None:
        """An acceptor votes for a proposal, unless it has promised not to."""
        cast = s.cast[a][rm]
        if a in s.failed or Phase2a(rm, b, v) not in s.msgs or not self.may_vote(cast, b):
            return None
        return evolve(
            s,
            cast=s.cast.set(a, s.cast[a].set(rm, Cast(mbal=b, bal=b, val=v))),
            msgs=s.msgs | {Phase2b(a, rm, b, v)},
        )

    def may_vote(self, cast: Cast, b: Ballot) -> bool:
        """Whether a ballot is none that the acceptor has promised to leave alone."""
        return b >= cast.mbal

    @action(when="failures > 0")
    def acceptor_fails(self, s: State, a: Acceptor) -> State | None:
        """An acceptor stops for ever."""
        if a in s.failed or len(s.failed) == self.failures:
            return None
        return evolve(s, failed=s.failed | {a})

    # -- what is guaranteed --

    @always
    def no_disagreement(self, s: State) -> bool:
        """No resource manager has committed while another has aborted."""
        return not any(
            s.phase[a] is Phase.COMMITTED and s.phase[b] is Phase.ABORTED for a in s.phase for b in s.phase
        )

    @always
    def one_value_is_chosen(self, s: State) -> bool:
        """Of no RM is it chosen both that it is prepared and that it has aborted."""
        return not any(
            self.is_chosen(s, rm, Value.PREPARED) and self.is_chosen(s, rm, Value.ABORTED) for rm in s.phase
        )

    @always
    def one_decision(self, s: State) -> bool:
        """Not both are decided, to commit and to abort."""
        return not (Decided(Outcome.COMMIT) in s.msgs and Decided(Outcome.ABORT) in s.msgs)

    @always
    def commits_only_what_all_prepared(self, s: State) -> bool:
        """No commit is decided unless every RM has proposed that it is prepared."""
        return Decided(Outcome.COMMIT) not in s.msgs or all(
            Phase2a(rm, 0, Value.PREPARED) in s.msgs for rm in s.phase
        )

    @refines(TransactionCommit)
    def as_transaction_commit(self, s: State) -> TransactionState:
        """A resource manager is as far as it is; all the rest is how it comes to know what it may do."""
        return TransactionState(phase=s.phase)

    # -- what happens in the end --

    @fairness
    def those_that_work_go_on(self) -> Formula[State]:
        return all_of(self.acceptors_answer(), self.a_leader_works(), self.decisions_arrive())

    def acceptors_answer(self) -> Formula[State]:
        """As long as an acceptor that works is asked something, some acceptor answers.

        Everybody answers once, so that in the end all that work have.
        """
        return all_of(weakly_fair(self.acceptor_sends_1b), weakly_fair(self.acceptor_sends_2b))

    def a_leader_works(self) -> Formula[State]:
        """Some leader starts a ballot for each RM, completes it, and decides as soon as it may."""
        return all_of(
            weakly_fair(self.leader_sends_1a),
            weakly_fair(self.leader_sends_2a),
            weakly_fair(self.leader_decides),
        )

    def decisions_arrive(self) -> Formula[State]:
        """A decision reaches every resource manager."""
        return all_of(weakly_fair(self.rm_learns_commit), weakly_fair(self.rm_learns_abort))

    @temporal
    def everybody_decides(self) -> Formula[State]:
        """Every resource manager commits or aborts, even if some never said a word."""
        return eventually(self.all_have_decided)

    def all_have_decided(self, s: State) -> bool:
        return all(s.phase[rm] in {Phase.COMMITTED, Phase.ABORTED} for rm in s.phase)

    # -- what can happen --

    @sometimes
    def all_commit(self, s: State) -> bool:
        return all(s.phase[rm] is Phase.COMMITTED for rm in s.phase)

    @sometimes
    def all_commit_though_an_acceptor_fails(self, s: State) -> bool:
        return len(s.failed) > 0 and all(s.phase[rm] is Phase.COMMITTED for rm in s.phase)

    @sometimes
    def a_prepared_rm_is_declared_aborted(self, s: State) -> bool:
        """An RM was prepared, and so slow that a leader has had it aborted."""
        return any(s.phase[rm] is Phase.PREPARED and self.is_chosen(s, rm, Value.ABORTED) for rm in s.phase)

    @sometimes
    def a_leader_completes_a_commit(self, s: State) -> bool:
        """A leader takes over, finds that an RM was prepared, and all commit."""
        return any(Phase2a(rm, 1, Value.PREPARED) in s.msgs for rm in s.phase) and self.all_commit(s)

    @final
    def nothing_is_left_to_do(self, s: State) -> bool:
        """All have decided, or nobody works."""
        return self.all_have_decided(s)


# -- what goes wrong ------------------------------------------------------------------------------


@frozen
class PaxosCommitOneAcceptor(PaxosCommit):
    """Broken: there is one acceptor, and it fails: two-phase commit, which blocks.

    Gray and Lamport 2006, section 6: two-phase commit is Paxos Commit that tolerates no failure, with the
    coordinator as the only acceptor.
    """

    acceptors: Size[Acceptor] = 1


@frozen
class PaxosCommitHalfIsEnough(PaxosCommit):
    """Broken: half of four acceptors are taken for a majority, and two halves have nobody in common.

    The mistake of every quorum that is computed as n / 2: Gray and Lamport's "F+1 out of 2F+1" needs the odd one.
    """

    rms: Size[RM] = 1
    acceptors: Size[Acceptor] = 2

    def majorities(self) -> frozenset[Quorum]:
        return frozenset(frozenset({a}) for a in self.every(Acceptor))


@frozen
class PaxosCommitLeaderAborts(PaxosCommit):
    """Broken: a leader that takes over proposes to abort, and ignores the votes that the promises report.

    It is how introductory texts make two-phase commit "non-blocking": after a timeout, a new coordinator
    aborts.  Dale Skeen, "Nonblocking Commit Protocols", SIGMOD 1981, shows that it must first ask.
    """

    rms: Size[RM] = 1

    def proposal(self, heard: frozenset[Phase1b]) -> Value:
        return Value.ABORTED


@frozen
class PaxosCommitIgnoresPromise(PaxosCommit):
    """Broken: an acceptor votes in a ballot below one that it has joined."""

    rms: Size[RM] = 1

    def may_vote(self, cast: Cast, b: Ballot) -> bool:
        return b > cast.bal


@frozen
class PaxosCommitUnilateralAbort(PaxosCommit):
    """Broken: a resource manager that is prepared loses patience and aborts."""

    def may_choose_to_abort(self, s: State, rm: RM) -> bool:
        return s.phase[rm] in {Phase.WORKING, Phase.PREPARED}
