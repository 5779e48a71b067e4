"""Random behaviours: many walks from the initial states, each step one of the enabled transitions.

Every transition is equally likely.  Sampling finds violations; it never shows that a property
holds.  The same seed gives the same behaviours.
"""

from __future__ import annotations

from random import Random

from checker.explore.bounds import BoundsMet
from checker.explore.budget import Meter
from checker.explore.exploration import (
    ActionCount,
    Exploration,
    Move,
    Violation,
)
from checker.explore.search import DEADLOCK, Checks
from checker.system import OutOfBudget, State, System


class Simulation:
    """Walks a system at random.

    `behaviours` is the number of walks and `depth` the most states in each, the initial one
    included.  A walk ends early where nothing is enabled or every successor leaves the bounds.
    """

    def __init__(
        self, system: System, checks: Checks, meter: Meter, behaviours: int, depth: int, seed: int
    ) -> None:
        self.system = system
        self.checks = checks
        self.meter = meter
        self.behaviours = behaviours
        self.depth = depth
        self.random = Random(seed)
        self.seen: set[State] = set()
        self.generated = 0
        self.walked = 0
        self.deepest = 0
        self.counts = [ActionCount() for _ in system.action_names]
        self._bounds = BoundsMet(system)
        self.violation: Violation | None = None
        self.reached: dict[str, Violation] = {}
        self.last: tuple[Move, ...] = ()
        self._sometimes = list(checks.sometimes)

    def run(self) -> Exploration:
        """Walk until the behaviours are done, a property is refuted, or a budget runs out."""
        stop: str | None = None
        try:
            stop = self._walks()
        except OutOfBudget as spent:
            stop = spent.reason
        return Exploration(
            distinct=len(self.seen),
            generated=self.generated,
            depth=self.deepest,
            seconds=self.meter.seconds,
            violations=(self.violation,) if self.violation else (),
            reached=tuple(self.reached.values()),
            actions=dict(zip(self.system.action_names, self.counts, strict=True)),
            bounds=self._bounds.reached(),
            stopped=stop,
            complete=False,
            behaviours=self.walked,
            last=self.last,
        )

    def _walks(self) -> str | None:
        """Walk again and again; the reason to stop before all behaviours are done, if there is one."""
        starts = list(self.system.initial())
        for state in starts:
            self._belongs(Move(state), None, 1)
        while self.walked < self.behaviours and self.violation is None:
            self._walk(self.random.choice(starts))
            self.walked += 1
            if self.meter.due():
                left = self.behaviours - self.walked
                reason = self.meter.look(len(self.seen), self.generated, self.deepest, left)
                if reason is not None:
                    return reason
        return None

    def _walk(self, start: State) -> None:
        path = [Move(start)]
        self.generated += 1
        self._check(path)
        if not self.system.inside(start):
            self._bounds.beyond_boundary(-1, (), 1)
        else:
            while len(path) < self.depth and self.violation is None and self._step(path):
                pass
        self.deepest = max(self.deepest, len(path))
        self.last = tuple(path)

    def _step(self, path: list[Move]) -> bool:
        """Take one random step; False where the walk ends."""
        self.meter.poll()
        state = path[-1].state
        transitions = list(self.system.successors(state))
        if not transitions:
            if self.checks.deadlock and not self.system.final(state):
                self.violation = Violation(DEADLOCK, tuple(path))
            return False
        self.random.shuffle(transitions)
        for action, arguments, successor in transitions:
            move = Move(successor, action, arguments)
            if not self._belongs(move, state, len(path) + 1):
                continue
            self.generated += 1
            self.counts[action].taken += 1
            path.append(move)
            self._check_step(path)
            self._check(path)
            if not self.system.inside(successor):
                self._bounds.beyond_boundary(action, arguments, len(path))
                return False
            return True
        return False

    def _belongs(self, move: Move, before: State | None, depth: int) -> bool:
        """Whether a state is within its types; raises an error for a value of the wrong one."""
        state, action = move.state, -1 if move.action is None else move.action
        try:
            fault = self.system.fault(state, before)
        except TypeError:
            raise self.system.unhashable(state, before, action, move.arguments) from None
        if fault is None:
            return True
        if fault.bound is None or before is None:
            raise self.system.not_in_type(fault, state, before, action, move.arguments)
        self._bounds.beyond_type(fault, action, move.arguments, depth)
        return False

    def _check_step(self, path: list[Move]) -> None:
        if path[-2].state == path[-1].state:
            return
        for predicate in self.checks.steps:
            if not predicate.holds(path[-2].state, path[-1].state):
                self.violation = Violation(predicate.name, tuple(path))
                return

    def _check(self, path: list[Move]) -> None:
        state = path[-1].state
        if state in self.seen:
            return
        self.seen.add(state)
        if path[-1].action is not None:
            self.counts[path[-1].action].added += 1
        for predicate in self.checks.always:
            if self.violation is None and not predicate.holds(state):
                self.violation = Violation(predicate.name, tuple(path))
        for predicate in list(self._sometimes):
            if predicate.holds(state):
                self._sometimes.remove(predicate)
                self.reached[predicate.name] = Violation(predicate.name, tuple(path))
