"""What counts at the edges: states that begin twice, begin outside, lead to themselves or outside."""

from typing import Annotated

from checker.lang import Between, Model, action, always, boundary, evolve, frozen, initial


@frozen
class State:
    x: Annotated[int, Between(0, 6)]
    y: Annotated[int, Between(0, 2)]


@frozen
class Corner(Model[State]):
    limit: int = 6

    @initial
    def along_x(self, x: Annotated[int, Between(0, 5)]) -> State:
        return State(x, 0)

    @initial
    def along_y(self, y: Annotated[int, Between(0, 2)]) -> State:
        return State(0, y)

    @action
    def goes_up(self, s: State) -> State | None:
        return evolve(s, x=s.x + 1) if s.x < 6 else None

    @action
    def jumps(self, s: State, way: Annotated[int, Between(1, 2)]) -> State | None:
        return evolve(s, x=6) if s.x == 2 else None

    @action
    def stays(self, s: State) -> State | None:
        return s if s.x == 1 else None

    @action
    def returns(self, s: State, x: Annotated[int, Between(0, 1)]) -> State | None:
        return State(x, 0) if s.x == 4 else None

    @boundary
    def near(self, s: State) -> bool:
        return s.x <= self.limit

    @always
    def below_seven(self, s: State) -> bool:
        return s.x < 7

    @always
    def below_five(self, s: State) -> bool:
        """False in an initial state outside the boundary."""
        return s.x < 5

    @always
    def below_six(self, s: State) -> bool:
        return s.x < 6

    @always
    def small_steps(self, before: State, after: State) -> bool:
        """False for a step that leaves the boundary."""
        return after.x - before.x < 4
