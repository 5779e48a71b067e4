"""A counter that stops at a limit, for tests of the command line."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import Between, Model, action, always, evolve, final, frozen, initial, sometimes


class Pace(Enum):
    """How far one step goes."""

    SLOW = 1
    FAST = 2


@frozen
class State:
    """The count, and how the last step went."""

    count: Annotated[int, Between(0, "limit + 1")]
    last: Pace | None


@frozen
class Counter(Model[State]):
    """Counts up to a limit."""

    limit: Annotated[int, Between(1, 20)] = 4
    paces: frozenset[Pace] = frozenset({Pace.SLOW})
    skipping: bool = False
    jump: int | None = None
    marks: tuple[int, ...] = ()

    @initial
    def start(self) -> State:
        return State(count=0, last=None)

    @action
    def ticks(self, s: State, pace: Pace) -> State | None:
        """Count one step further."""
        if pace not in self.paces:
            return None
        if s.count >= self.limit:
            return None
        return evolve(s, count=s.count + pace.value, last=pace)

    @action
    def jumps(self, s: State) -> State | None:
        """Jump to a number, if there is one to jump to."""
        if s.count != 0 or self.jump is None:
            return None
        return evolve(s, count=self.jump)

    @always
    def stays_below(self, s: State) -> bool:
        """The count never passes the limit."""
        return s.count <= self.limit

    @always
    def only_grows(self, before: State, after: State) -> bool:
        """No step counts down."""
        return before.count <= after.count

    @sometimes
    def reaches_limit(self, s: State) -> bool:
        return s.count == self.limit

    @final
    def done(self, s: State) -> bool:
        return s.count >= self.limit
