"""Where a generator's choices come from: Hypothesis, which can shrink them, or a plain seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Chance:
    """Choices among so many; the first is the simplest."""

    def __init__(self, below: Callable[[int], int]) -> None:
        self.below = below

    def of(self, options: Sequence[T]) -> T:
        return options[self.below(len(options)) if len(options) > 1 else 0]

    def coin(self, one_in: int = 2) -> bool:
        return self.below(one_in) == one_in - 1

    @classmethod
    def seeded(cls, seed: int) -> Chance:
        return cls(Random(seed).randrange)

    @classmethod
    def drawn(cls, draw: Any) -> Chance:
        return cls(lambda count: draw(st.integers(0, count - 1)))
