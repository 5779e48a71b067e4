"""`every` with a type parameter: all values of what the model's class gives for it."""

from __future__ import annotations

from typing import Generic, TypeVar

from checker.lang import Model, Size, Sort, frozen

T = TypeVar("T")


class Apple(Sort):
    """Something to count."""


@frozen
class State:
    ripe: bool


class Basket(Model[State], Generic[T]):
    def all(self) -> frozenset[T]:
        return self.every(T)

    def pairs(self) -> frozenset[tuple[T, bool]]:
        return self.every(tuple[T, bool])


@frozen
class Apples(Basket[Apple]):
    apples: Size[Apple] = 2


def test_a_type_parameter_stands_for_what_the_class_gives() -> None:
    """Also inside another type."""
    assert Apples().all() == {Apple(1), Apple(2)}
    assert Apples(apples=1).pairs() == {(Apple(1), False), (Apple(1), True)}
