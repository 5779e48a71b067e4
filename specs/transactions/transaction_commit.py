"""Transaction commit: what it is for all to commit, or all to abort.

Source: Jim Gray and Leslie Lamport, "Consensus on Transaction Commit", ACM TODS 31(1), 2006,
section 2, and Lamport's TLA+ module TCommit.

Each resource manager (RM) prepares or aborts; in the end all have committed or all have aborted.
How an RM comes to know what the others have done is left to protocols that implement this one:
`specs.transactions.two_phase_commit` does, and says so with a refinement mapping.

Modelling decisions.

- A step looks at all resource managers at once.  No message carries what it sees.
- Deciding is two actions, to commit and to abort, where the paper has one with two cases.
- An RM may abort of its own accord until it is prepared; once it is prepared, it may still abort as
  long as nobody has committed.
- Behaviours are fair to decisions: while somebody can decide, it is not put off for ever.
"""

from __future__ import annotations

from enum import Enum

from checker.lang import Map, Model, Size, Sort, action, always, evolve, final, frozen, initial, sometimes


class RM(Sort):
    """A resource manager: one of the parties that commit together or not at all."""


class Phase(Enum):
    """How far a resource manager has come."""

    WORKING = "working"
    PREPARED = "prepared"
    COMMITTED = "committed"
    ABORTED = "aborted"


@frozen
class TransactionState:
    """Nothing but how far each has come."""

    phase: Map[RM, Phase]


@frozen
class TransactionCommit(Model[TransactionState]):
    """All resource managers commit, or all abort."""

    rms: Size[RM] = 3

    @initial
    def start(self) -> TransactionState:
        return TransactionState(phase=Map.fill(self.every(RM), Phase.WORKING))

    @action
    def prepares(self, s: TransactionState, rm: RM) -> TransactionState | None:
        if s.phase[rm] is not Phase.WORKING:
            return None
        return evolve(s, phase=s.phase.set(rm, Phase.PREPARED))

    @action(fair="weak")
    def decides_to_commit(self, s: TransactionState, rm: RM) -> TransactionState | None:
        if s.phase[rm] is not Phase.PREPARED or not self.may_commit(s):
            return None
        return evolve(s, phase=s.phase.set(rm, Phase.COMMITTED))

    @action(fair="weak")
    def decides_to_abort(self, s: TransactionState, rm: RM) -> TransactionState | None:
        if s.phase[rm] not in {Phase.WORKING, Phase.PREPARED} or not self.may_abort(s):
            return None
        return evolve(s, phase=s.phase.set(rm, Phase.ABORTED))

    def may_commit(self, s: TransactionState) -> bool:
        """Whether all are prepared, or have committed already."""
        return all(s.phase[rm] in {Phase.PREPARED, Phase.COMMITTED} for rm in s.phase)

    def may_abort(self, s: TransactionState) -> bool:
        """Whether nobody has committed."""
        return all(s.phase[rm] is not Phase.COMMITTED for rm in s.phase)

    @always
    def no_disagreement(self, s: TransactionState) -> bool:
        """No resource manager has committed while another has aborted."""
        return not any(
            s.phase[a] is Phase.COMMITTED and s.phase[b] is Phase.ABORTED for a in s.phase for b in s.phase
        )

    @always
    def decisions_are_kept(self, before: TransactionState, after: TransactionState) -> bool:
        """Whoever has decided does not change its mind."""
        return all(
            after.phase[rm] is before.phase[rm]
            for rm in before.phase
            if before.phase[rm] in {Phase.COMMITTED, Phase.ABORTED}
        )

    @sometimes
    def all_commit(self, s: TransactionState) -> bool:
        return all(s.phase[rm] is Phase.COMMITTED for rm in s.phase)

    @sometimes
    def all_abort(self, s: TransactionState) -> bool:
        return all(s.phase[rm] is Phase.ABORTED for rm in s.phase)

    @sometimes
    def the_prepared_abort(self, s: TransactionState) -> bool:
        """Some have aborted while others are still prepared: being prepared is no promise to commit."""
        phases = frozenset(s.phase[rm] for rm in s.phase)
        return Phase.PREPARED in phases and Phase.ABORTED in phases

    @final
    def everybody_has_decided(self, s: TransactionState) -> bool:
        return all(s.phase[rm] in {Phase.COMMITTED, Phase.ABORTED} for rm in s.phase)


@frozen
class TransactionCommitWithoutLooking(TransactionCommit):
    """Broken: a resource manager that is prepared commits, whatever the others have done."""

    def may_commit(self, s: TransactionState) -> bool:
        return True


@frozen
class TransactionCommitAbortsLate(TransactionCommit):
    """Broken: a resource manager that is prepared aborts although another has committed."""

    def may_abort(self, s: TransactionState) -> bool:
        return True
