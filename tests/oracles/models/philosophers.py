"""Philosophers who all take the left fork first: the classic deadlock."""

from typing import Annotated

from checker.lang import Between, Map, Model, action, evolve, frozen, initial, sometimes

Seat = Annotated[int, Between(0, "seats - 1")]


@frozen
class State:
    fork: Map[Seat, Seat | None]  # who holds it
    meals: Map[Seat, Annotated[int, Between(0, 2)]]  # modulo 3


@frozen
class Philosophers(Model[State]):
    seats: int = 4

    @initial
    def start(self) -> State:
        everywhere = range(self.seats)
        return State(fork=Map.fill(everywhere, None), meals=Map.fill(everywhere, 0))

    def right(self, i: int) -> int:
        return (i + 1) % self.seats

    @action
    def takes_left(self, s: State, i: Seat) -> State | None:
        if s.fork[i] is not None:
            return None
        return evolve(s, fork=s.fork.set(i, i))

    @action
    def takes_right(self, s: State, i: Seat) -> State | None:
        if s.fork[i] != i or s.fork[self.right(i)] is not None:
            return None
        return evolve(s, fork=s.fork.set(self.right(i), i))

    @action
    def eats(self, s: State, i: Seat) -> State | None:
        if s.fork[i] != i or s.fork[self.right(i)] != i:
            return None
        return State(
            fork=s.fork.update({i: None, self.right(i): None}),
            meals=s.meals.set(i, (s.meals[i] + 1) % 3),
        )

    @sometimes
    def two_eat(self, s: State) -> bool:
        return sum(s.fork[i] == i == s.fork[self.right(i)] for i in s.fork) == 2
