"""Two-phase commit among resource managers that never recover.

Source: Jim Gray and Leslie Lamport, "Consensus on Transaction Commit", ACM TODS 31(1), 2006,
section 3, and Lamport's TLA+ module TwoPhase.

A transaction manager (TM) asks each resource manager (RM) whether it can commit.  It commits once
every RM has said that it is prepared, and it may abort at any time before.  What this is for is
TransactionCommit, in `specs.transactions.transaction_commit`.

Modelling decisions.

- Messages are never removed: `sent` holds every message that was ever sent.  A message may then be
  received late, or twice, or never, and losing one needs no action of its own.
- The request to prepare is not modelled: an RM prepares of its own accord.  An RM that answers
  late is one whose action comes late.
- Fair behaviours are those in which a TM that does not commit aborts in the end, and in which RMs learn
  what they can.  Nobody has to prepare, and the TM never has to commit: it may always abort.
- Nobody crashes.  A TM that stops is a behaviour in which it takes no more steps, and safety must
  hold in that one too.  What goes wrong then is availability: see the protocol's page.
"""

from __future__ import annotations

from enum import Enum

from checker.lang import (
    Formula,
    Map,
    Model,
    Size,
    action,
    all_of,
    always,
    eventually,
    evolve,
    fairness,
    frozen,
    initial,
    lemma,
    refines,
    sometimes,
    temporal,
    weakly_fair,
)
from specs.transactions.transaction_commit import RM, Phase, TransactionCommit, TransactionState

__all__ = [
    "RM", "Decided", "Message", "Outcome", "Phase", "Prepared", "State", "TransactionCommit",
    "TransactionState", "TwoPhaseCommit", "TwoPhaseCommitDecidesEarly", "TwoPhaseCommitUnilateralAbort",
]  # fmt: skip


class Outcome(Enum):
    """What the transaction manager can decide."""

    COMMIT = "commit"
    ABORT = "abort"


@frozen
class Prepared:
    """From a resource manager: I can commit, and shall if you say so."""

    rm: RM


@frozen
class Decided:
    """From the transaction manager, to all."""

    outcome: Outcome


Message = Prepared | Decided


@frozen
class State:
    """The whole system."""

    phase: Map[RM, Phase]  # what each resource manager has done
    decision: Outcome | None  # what the transaction manager has decided, once it has
    heard: frozenset[RM]  # who the transaction manager knows to be prepared
    sent: frozenset[Message]  # every message ever sent


@frozen
class TwoPhaseCommit(Model[State]):
    """Two-phase commit: all resource managers commit, or all abort."""

    rms: Size[RM] = 3

    @initial
    def start(self) -> State:
        return State(
            phase=Map.fill(self.every(RM), Phase.WORKING),
            decision=None,
            heard=frozenset(),
            sent=frozenset(),
        )

    @action
    def tm_receives_prepared(self, s: State, rm: RM) -> State | None:
        if s.decision is not None or Prepared(rm) not in s.sent:
            return None
        return evolve(s, heard=s.heard | {rm})

    @action
    def tm_commits(self, s: State) -> State | None:
        if s.decision is not None or not self.may_commit(s):
            return None
        return evolve(s, decision=Outcome.COMMIT, sent=s.sent | {Decided(Outcome.COMMIT)})

    def may_commit(self, s: State) -> bool:
        """Whether the transaction manager has heard from every resource manager."""
        return all(rm in s.heard for rm in self.every(RM))

    @action
    def tm_aborts(self, s: State) -> State | None:
        if s.decision is not None:
            return None
        return evolve(s, decision=Outcome.ABORT, sent=s.sent | {Decided(Outcome.ABORT)})

    @action
    def rm_prepares(self, s: State, rm: RM) -> State | None:
        if s.phase[rm] is not Phase.WORKING:
            return None
        return evolve(s, phase=s.phase.set(rm, Phase.PREPARED), sent=s.sent | {Prepared(rm)})

    @action
    def rm_chooses_to_abort(self, s: State, rm: RM) -> State | None:
        if s.phase[rm] is not Phase.WORKING:
            return None
        return evolve(s, phase=s.phase.set(rm, Phase.ABORTED))

    @action
    def rm_learns_commit(self, s: State, rm: RM) -> State | None:
        if Decided(Outcome.COMMIT) not in s.sent:
            return None
        return evolve(s, phase=s.phase.set(rm, Phase.COMMITTED))

    @action
    def rm_learns_abort(self, s: State, rm: RM) -> State | None:
        if Decided(Outcome.ABORT) not in s.sent:
            return None
        return evolve(s, phase=s.phase.set(rm, Phase.ABORTED))

    @always
    def no_disagreement(self, s: State) -> bool:
        """No resource manager has committed while another has aborted."""
        return not any(
            s.phase[a] is Phase.COMMITTED and s.phase[b] is Phase.ABORTED for a in s.phase for b in s.phase
        )

    @always
    def commits_only_what_all_prepared(self, s: State) -> bool:
        """The transaction manager commits only once every resource manager was prepared."""
        return s.decision is not Outcome.COMMIT or all(Prepared(rm) in s.sent for rm in self.every(RM))

    @fairness
    def whoever_can_end_it_does(self) -> Formula[State]:
        """The transaction manager does not wait for ever, and what it has decided is learned."""
        return all_of(
            weakly_fair(self.tm_aborts),
            weakly_fair(self.rm_learns_commit),
            weakly_fair(self.rm_learns_abort),
        )

    @temporal
    def everyone_decides(self) -> Formula[State]:
        """In the end every resource manager has committed or aborted."""
        return eventually(self.all_have_decided)

    def all_have_decided(self, s: State) -> bool:
        return all(s.phase[rm] in {Phase.COMMITTED, Phase.ABORTED} for rm in s.phase)

    # Why this holds.  Whoever has committed was told to, so that is the decision (the first two lemmas),
    # and all said that they were prepared (the property above, by the third).  Whoever said so aborts
    # only if told to (the last two), and there is one decision.

    @lemma
    def what_is_sent_is_the_decision(self, s: State) -> bool:
        """An outcome has been sent if and only if the transaction manager has decided it."""
        # Resource managers act on what was sent, and the transaction manager on what it has decided.
        return all((Decided(outcome) in s.sent) == (s.decision is outcome) for outcome in Outcome)

    @lemma
    def only_the_decision_commits(self, s: State) -> bool:
        """Nobody has committed unless the transaction manager has decided so."""
        # Otherwise somebody might have committed whom nobody told to, and others might still abort.
        return s.decision is Outcome.COMMIT or all(s.phase[rm] is not Phase.COMMITTED for rm in s.phase)

    @lemma
    def only_the_prepared_are_heard(self, s: State) -> bool:
        """The transaction manager has heard from nobody who has not said that it is prepared."""
        # It commits by whom it has heard from.
        return all(Prepared(rm) in s.sent for rm in s.heard)

    @lemma
    def the_prepared_work_no_more(self, s: State) -> bool:
        """Whoever has said that it is prepared is no longer working."""
        # Otherwise it might still choose to abort.
        return all(s.phase[rm] is not Phase.WORKING for rm in s.phase if Prepared(rm) in s.sent)

    @lemma
    def the_prepared_abort_only_if_told(self, s: State) -> bool:
        """Whoever has said that it is prepared has not aborted, unless that is the decision."""
        # Whoever aborts by choice is then one who never said so, and without it there is no commit.
        return s.decision is Outcome.ABORT or all(
            s.phase[rm] is not Phase.ABORTED for rm in s.phase if Prepared(rm) in s.sent
        )

    @sometimes
    def all_commit(self, s: State) -> bool:
        return all(s.phase[rm] is Phase.COMMITTED for rm in s.phase)

    @sometimes
    def all_abort(self, s: State) -> bool:
        return all(s.phase[rm] is Phase.ABORTED for rm in s.phase)

    @refines(TransactionCommit)
    def as_transaction_commit(self, s: State) -> TransactionState:
        """What the resource managers do, without how they come to know."""
        return TransactionState(phase=s.phase)


@frozen
class TwoPhaseCommitDecidesEarly(TwoPhaseCommit):
    """Broken: the transaction manager commits when a majority is prepared, as in a vote."""

    def may_commit(self, s: State) -> bool:
        return 2 * len(s.heard) > self.rms


@frozen
class TwoPhaseCommitUnilateralAbort(TwoPhaseCommit):
    """Broken: a resource manager that waits too long for the decision aborts, though prepared."""

    def rm_chooses_to_abort(self, s: State, rm: RM) -> State | None:
        if s.phase[rm] not in {Phase.WORKING, Phase.PREPARED}:
            return None
        return evolve(s, phase=s.phase.set(rm, Phase.ABORTED))
