"""What a model says of itself is its own docstring."""

from __future__ import annotations

from checker.lang import Model, action, frozen, initial
from checker.lang.declarations import declare


@frozen
class State:
    on: bool


@frozen
class Switch(Model[State]):
    """A light."""

    @initial
    def start(self) -> State:
        return State(False)

    @action
    def turns(self, s: State) -> State:
        return State(not s.on)


@frozen
class Silent(Switch):
    pass


def test_a_model_says_what_its_class_says():
    """A class without a docstring says nothing, least of all what the class it derives from says."""
    assert declare(Switch()).doc == "A light."
    assert declare(Silent()).doc == ""
