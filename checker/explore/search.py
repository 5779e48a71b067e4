"""Exhaustive search: breadth first, which finds shortest counterexamples, or depth first.

One loop serves both; they differ in which waiting state comes next.  Every state is stored in full
and compared in full.  With symmetry, the form of each orbit is stored and expanded instead of its
states; bounds, boundary and properties are asked of the states themselves.  The counting rules are
those of TLC: a successor is generated once for every satisfied witness; a state beyond the boundary
is generated and checked, but neither stored nor counted as distinct; the depth counts levels, the
initial one 1.

A violation ends a depth-first search at once.  A breadth-first one finishes the level that it is
expanding, so that what is found does not depend on the order within a level.
"""

from __future__ import annotations

from array import array
from functools import partial
from typing import Literal

from attrs import frozen

from checker.explore.behaviour import (
    Behaviours,
    Shows,
    is_deadlock,
    refutes,
    refutes_step,
    satisfies,
)
from checker.explore.bounds import BoundsMet
from checker.explore.budget import Meter, out_of_depth, out_of_states
from checker.explore.exploration import (
    ActionCount,
    Exploration,
    Move,
    Violation,
)
from checker.lang.types import Fault
from checker.system import Arguments, OutOfBudget, Predicate, State, Symmetry, System

Order = Literal["bfs", "dfs"]
DEADLOCK = "deadlock_freedom"

ALIASES = 200_000
"""So many states are remembered to be of orbits that are known, before starting afresh."""


@frozen
class Checks:
    """What to look for: invariants, step properties, `sometimes`, and deadlocks."""

    always: tuple[Predicate, ...] = ()
    steps: tuple[Predicate, ...] = ()
    sometimes: tuple[Predicate, ...] = ()
    deadlock: bool = True


class Search:
    """One search over one system."""

    def __init__(
        self,
        system: System,
        checks: Checks,
        meter: Meter,
        order: Order = "bfs",
        *,
        keep_going: bool = False,
        symmetry: Symmetry | None = None,
    ) -> None:
        self.system = system
        self.checks = checks
        self.meter = meter
        self.order = order
        self.keep_going = keep_going
        self.symmetry = symmetry
        self.generated = 0
        self.represented = 0
        self.counts = [ActionCount() for _ in system.action_names]
        self.states: list[State] = []
        self._seen: set[State] = set()
        self._aliases: set[State] = set()
        self._parents = array("q")
        self._depths = array("l")
        self._waiting: list[int] = []
        self._violations: dict[str, Violation] = {}
        self._reached: dict[str, Violation] = {}
        self._behaviours = Behaviours(system, symmetry, self.states, self._parents)
        self._bounds = BoundsMet(system)
        self._always = list(checks.always)
        self._steps = list(checks.steps)
        self._sometimes = list(checks.sometimes)
        self._deadlock = checks.deadlock
        self._stop: str | None = None
        self._cut: str | None = None
        self._done = False
        self._deepest = 0
        self._level = 0
        self._last_level: int | None = None

    def run(self) -> Exploration:
        """Search until every state is expanded, a property is refuted, or a budget runs out."""
        try:
            self._begin()
            self._explore()
        except OutOfBudget as spent:
            self._stop = spent.reason
        return self._exploration()

    def _begin(self) -> None:
        """Take in the initial states."""
        for state in self.system.initial():
            if self._spent(len(self.states)):
                return
            self.generated += 1
            try:
                known = state in self._seen
            except TypeError:
                raise self.system.unhashable(state, None, -1, ()) from None
            if not known:
                self._arrive(state, -1, -1, ())
            if self._done:
                return
        if self.symmetry is not None:
            self.symmetry.begun()

    def _explore(self) -> None:
        """Expand waiting states until none is left or something ends the search."""
        depth_first = self.order == "dfs"
        next_waiting = 0
        max_depth = self.meter.budget.max_depth
        while not self._done and not self._stop:
            queue = len(self._waiting) if depth_first else len(self.states) - next_waiting
            if queue == 0 or self._spent(queue):
                return
            if depth_first:
                index = self._waiting.pop()
            else:
                index, next_waiting = next_waiting, next_waiting + 1
            self._level = self._depths[index]
            if self._last_level is not None and self._level > self._last_level:
                self._done = True
                return
            if max_depth is not None and self._level >= max_depth:
                self._cut = out_of_depth(max_depth)
                continue
            self._expand(index)

    def _spent(self, queue: int) -> bool:
        """Whether a budget ran out that ends the search here and now."""
        if self.meter.due():
            self._stop = self.meter.look(len(self.states), self.generated, self._deepest, queue)
        return self._stop is not None or self._full()

    def _full(self) -> bool:
        """Whether as many states are stored as may be."""
        most = self.meter.budget.max_states
        if most is None or len(self.states) < most:
            return False
        self._stop = out_of_states(most)
        return True

    def _expand(self, index: int) -> None:
        """Generate every successor of a stored state."""
        state = self.states[index]
        seen, aliases, counts, steps = self._seen, self._aliases, self.counts, self._steps
        blocked = True
        for action, arguments, successor in self.system.successors(state):
            blocked = False
            self.generated += 1
            counts[action].taken += 1
            try:
                known = successor in seen or successor in aliases
            except TypeError:
                raise self.system.unhashable(successor, state, action, arguments) from None
            within = known or self._arrive(successor, index, action, arguments)
            if self._stop:
                return
            if within and steps and successor != state:
                self._check_step(index, action, arguments, successor)
            if self._done:
                return
        if blocked and self._deadlock and not self.system.final(state):
            self._deadlock = False
            with self.meter.patient():
                path = self._behaviours.to(index, partial(is_deadlock, self.system))
            self._violate(DEADLOCK, path)
        if self.symmetry is not None:
            self.symmetry.expanded(state)

    def _arrive(self, state: State, parent: int, action: int, arguments: Arguments) -> bool:
        """Look at a state for the first time: its types, its boundary, its properties.

        False for one that leaves the bounds of its types: nothing more can be asked of it.
        """
        fault = self.system.fault(state, None if parent < 0 else self.states[parent])
        if fault is not None:
            self._out_of_bounds(fault, state, parent, action, arguments)
            return False
        if not self.system.inside(state):
            self._bounds.beyond_boundary(action, arguments, self._depth_after(parent))
            self._check_state(state, parent, action, arguments)
            return True
        form, size = self._orbit(state)
        if size and not (parent >= 0 and self._full()):
            self._store(form, size, parent, action)
            self._check_state(state, parent, action, arguments)
        return True

    def _orbit(self, state: State) -> tuple[State, int]:
        """What to store for a state, and how many states it stands for: none if it is stored already."""
        if self.symmetry is None:
            return state, 1
        orbit = self.symmetry.orbit(state)
        if orbit.form not in self._seen:
            return orbit.form, orbit.size
        if len(self._aliases) >= ALIASES:
            self._aliases.clear()
        self._aliases.add(state)
        return orbit.form, 0

    def _store(self, state: State, size: int, parent: int, action: int) -> None:
        self.represented += size
        self._seen.add(state)
        self.states.append(state)
        self._parents.append(parent)
        depth = self._depth_after(parent)
        self._depths.append(depth)
        self._deepest = max(self._deepest, depth)
        if self.order == "dfs":
            self._waiting.append(len(self.states) - 1)
        if action >= 0:
            self.counts[action].added += 1

    def _out_of_bounds(
        self, fault: Fault, state: State, parent: int, action: int, arguments: Arguments
    ) -> None:
        before = None if parent < 0 else self.states[parent]
        if fault.bound is None or parent < 0:
            raise self.system.not_in_type(fault, state, before, action, arguments)
        self._bounds.beyond_type(fault, action, arguments, self._depth_after(parent))

    def _depth_after(self, parent: int) -> int:
        return 1 if parent < 0 else self._depths[parent] + 1

    # -- properties --

    def _check_state(self, state: State, parent: int, action: int, arguments: Arguments) -> None:
        for predicate in list(self._always):
            if not predicate.holds(state):
                self._always.remove(predicate)
                with self.meter.patient():
                    path = self._path_to(state, parent, action, arguments, refutes(predicate))
                self._violate(predicate.name, path)
        for predicate in list(self._sometimes):
            if predicate.holds(state):
                self._sometimes.remove(predicate)
                self._reach(predicate, state, parent, action, arguments)

    def _check_step(self, index: int, action: int, arguments: Arguments, successor: State) -> None:
        for predicate in list(self._steps):
            if not predicate.holds(self.states[index], successor):
                self._steps.remove(predicate)
                with self.meter.patient():
                    path = self._path_to(successor, index, action, arguments, refutes_step(predicate))
                self._violate(predicate.name, path)

    def _reach(
        self, predicate: Predicate, state: State, parent: int, action: int, arguments: Arguments
    ) -> None:
        """A `sometimes` was reached; that is known also where no time is left to say how."""
        name = predicate.name
        try:
            path = self._path_to(state, parent, action, arguments, satisfies(predicate))
        except OutOfBudget as spent:
            self._reached[name] = Violation(name, (), spent.reason, self._depth_after(parent))
            raise
        self._reached[name] = Violation(name, path)

    def _violate(self, name: str, behaviour: tuple[Move, ...]) -> None:
        self._violations[name] = Violation(name, behaviour)
        if self.keep_going:
            return
        if self.order == "bfs":
            self._last_level = self._level
        else:
            self._done = True

    # -- behaviours --

    def _path_to(
        self, state: State, parent: int, action: int, arguments: Arguments, shows: Shows
    ) -> tuple[Move, ...]:
        if parent < 0:
            return (Move(state),)
        return self._behaviours.beyond(parent, action, arguments, state, shows)

    def _exploration(self) -> Exploration:
        return Exploration(
            distinct=len(self.states),
            generated=self.generated,
            depth=self._deepest,
            seconds=self.meter.seconds,
            violations=tuple(self._violations.values()),
            reached=tuple(self._reached.values()),
            actions=dict(zip(self.system.action_names, self.counts, strict=True)),
            bounds=self._bounds.reached(),
            stopped=self._stop or self._cut,
            complete=not (self._stop or self._cut or self._done),
            represented=None if self.symmetry is None else self.represented,
            samples=0 if self.symmetry is None else self.symmetry.samples,
        )
