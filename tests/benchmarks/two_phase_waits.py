"""Two-phase commit whose transaction manager may wait for ever: `everyone_decides` is violated."""

from __future__ import annotations

from checker.lang import Formula, all_of, fairness, frozen, weakly_fair
from specs.transactions.two_phase_commit import State, TwoPhaseCommit


@frozen
class TwoPhaseCommitWaits(TwoPhaseCommit):
    """Nobody is fair to `tm_aborts`."""

    @fairness
    def whoever_can_end_it_does(self) -> Formula[State]:
        """What has been decided is learned."""
        return all_of(weakly_fair(self.rm_learns_commit), weakly_fair(self.rm_learns_abort))


@frozen
class TwoPhaseCommitUnfair(TwoPhaseCommit):
    """Nobody is fair to anything."""

    @fairness
    def whoever_can_end_it_does(self) -> Formula[State]:
        """Nothing has to happen."""
        return all_of()
