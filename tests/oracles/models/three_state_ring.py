"""A line of machines with three states each that heals itself: every state is initial.

Source: Edsger W. Dijkstra, "Self-stabilizing systems in spite of distributed control", CACM
17(11), 1974, the solution with three-state machines.
"""

from typing import Annotated

from checker.lang import Between, Map, Model, action, always, frozen, initial, sometimes

Place = Annotated[int, Between(0, "last")]
Middle = Annotated[int, Between(1, "last - 1")]
Digit = Annotated[int, Between(0, 2)]


@frozen
class State:
    x: Map[Place, Digit]


@frozen
class ThreeStateRing(Model[State]):
    last: int = 6

    @initial
    def start(self, x: Map[Place, Digit]) -> State:
        return State(x)

    def is_behind(self, s: State, i: int, j: int) -> bool:
        """Whether the machine at i is one step behind the one at j."""
        return (s.x[i] + 1) % 3 == s.x[j]

    def bottom_may(self, s: State) -> bool:
        return self.is_behind(s, 0, 1)

    def top_may(self, s: State) -> bool:
        below = self.last - 1
        return s.x[below] == s.x[0] and not self.is_behind(s, below, self.last)

    @action
    def bottom_steps(self, s: State) -> State | None:
        return State(s.x.set(0, (s.x[0] + 2) % 3)) if self.bottom_may(s) else None

    @action
    def top_steps(self, s: State) -> State | None:
        return State(s.x.set(self.last, (s.x[self.last - 1] + 1) % 3)) if self.top_may(s) else None

    @action
    def middle_follows_left(self, s: State, i: Middle) -> State | None:
        return State(s.x.set(i, s.x[i - 1])) if self.is_behind(s, i, i - 1) else None

    @action
    def middle_follows_right(self, s: State, i: Middle) -> State | None:
        return State(s.x.set(i, s.x[i + 1])) if self.is_behind(s, i, i + 1) else None

    def privileges(self, s: State) -> int:
        middle = range(1, self.last)
        left_or_right = sum(self.is_behind(s, i, i - 1) or self.is_behind(s, i, i + 1) for i in middle)
        return left_or_right + self.bottom_may(s) + self.top_may(s)

    @always
    def somebody_may_step(self, s: State) -> bool:
        return self.privileges(s) >= 1

    @always
    def once_healed_always_healed(self, before: State, after: State) -> bool:
        return self.privileges(before) != 1 or self.privileges(after) == 1

    @sometimes
    def healed(self, s: State) -> bool:
        return self.privileges(s) == 1
