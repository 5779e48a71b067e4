"""A counter with two lemmas, the second of them false."""

from __future__ import annotations

from typing import Annotated

from checker.lang import Between, Model, action, always, evolve, frozen, initial, lemma, sometimes


@frozen
class State:
    n: Annotated[int, Between(0, 9)]


@frozen
class Twos(Model[State]):
    """Counts by twos."""

    @initial
    def start(self) -> State:
        return State(n=0)

    @action
    def adds(self, s: State) -> State:
        return evolve(s, n=s.n + 2 if s.n < 8 else 0)

    @always
    def never_nine(self, s: State) -> bool:
        return s.n != 9

    @lemma
    def is_even(self, s: State) -> bool:
        """Nothing makes it odd."""
        return s.n % 2 == 0

    @lemma
    def stays_below_six(self, s: State) -> bool:
        """False after three steps."""
        return s.n < 6

    @sometimes
    def full(self, s: State) -> bool:
        return s.n == 8
