"""Clients wait for a lock; under weak fairness one of them may wait for ever."""

from enum import Enum

from checker.lang import (
    Formula,
    Map,
    Model,
    Size,
    Sort,
    action,
    evolve,
    fairness,
    frozen,
    initial,
    leads_to,
    temporal,
    weakly_fair,
)


class Client(Sort, label="c"):
    """Somebody who wants the lock."""


class Phase(Enum):
    IDLE = "idle"
    WAITING = "waiting"
    HOLDING = "holding"


@frozen
class State:
    phase: Map[Client, Phase]


@frozen
class Lock(Model[State]):
    """A lock that is granted to whoever waits for it."""

    clients: Size[Client] = 2

    @initial
    def start(self) -> State:
        return State(Map.fill(self.every(Client), Phase.IDLE))

    @action
    def ask(self, s: State, c: Client) -> State | None:
        if s.phase[c] is not Phase.IDLE:
            return None
        return evolve(s, phase=s.phase.set(c, Phase.WAITING))

    @action(fair="weak", per="c")
    def grant(self, s: State, c: Client) -> State | None:
        return self.granted(s, c)

    def granted(self, s: State, c: Client) -> State | None:
        if s.phase[c] is not Phase.WAITING or Phase.HOLDING in s.phase.values():
            return None
        return evolve(s, phase=s.phase.set(c, Phase.HOLDING))

    @action
    def release(self, s: State, c: Client) -> State | None:
        if s.phase[c] is not Phase.HOLDING:
            return None
        return evolve(s, phase=s.phase.set(c, Phase.IDLE))

    @fairness
    def nobody_keeps_it(self) -> Formula[State]:
        """Whoever holds the lock gives it back."""
        return weakly_fair(self.release)

    @temporal
    def served(self, c: Client) -> Formula[State]:
        """Whoever waits for the lock gets it."""
        return leads_to(lambda s: s.phase[c] is Phase.WAITING, lambda s: s.phase[c] is Phase.HOLDING)


@frozen
class PatientLock(Lock):
    """Whoever could get the lock again and again does."""

    @action(fair="strong", per="c")
    def grant(self, s: State, c: Client) -> State | None:
        return self.granted(s, c)
