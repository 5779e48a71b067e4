"""What a search sees of a model: a transition system, whichever backend made it.

The reference backend runs the spec's Python functions.  A search never asks how a successor came
about, only which action and arguments led to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from attrs import frozen

from checker.lang.types import Fault

State = Any
Arguments = tuple[Any, ...]
Transition = tuple[int, Arguments, State]
"""The action's index, its arguments, and the successor."""


@frozen
class Predicate:
    """A named predicate over one state, or over two for a step property."""

    name: str
    holds: Callable[..., bool]


class OutOfBudget(Exception):
    """Raised within a system when a budget ran out in the middle of an action's witnesses."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class System(Protocol):
    """A transition system with its properties."""

    @property
    def action_names(self) -> Sequence[str]:
        """The actions, in the order of the spec."""

    @property
    def parameter_names(self) -> Sequence[Sequence[str]]:
        """The names of each action's parameters."""

    def initial(self) -> Iterator[State]:
        """Every initial state, once for each witness."""

    def successors(self, state: State) -> Iterator[Transition]:
        """Every transition out of a state, once for each satisfied witness."""

    def fault(self, state: State, before: State | None) -> Fault | None:
        """Why a state leaves its types, or None; `before` is a state known to be within them."""

    def inside(self, state: State) -> bool:
        """Whether a state lies within the boundary."""

    def final(self, state: State) -> bool:
        """Whether a behaviour may end here."""

    def describe(self, action: int, arguments: Arguments) -> str:
        """A transition as a reader wants it; a negative action is the choice of an initial state."""

    def not_in_type(
        self, fault: Fault, state: State, before: State | None, action: int, arguments: Arguments
    ) -> Exception:
        """The error to raise for a state that holds a value of the wrong type."""

    def unhashable(self, state: State, before: State | None, action: int, arguments: Arguments) -> Exception:
        """The error to raise for a state that holds a value that could be changed in place."""


class Orbit(Protocol):
    """All the states that a state becomes when identities are exchanged."""

    @property
    def form(self) -> State:
        """The one of them that stands for all."""

    @property
    def size(self) -> int:
        """How many they are."""


class Symmetry(Protocol):
    """What a search that stores orbits instead of states needs to know."""

    @property
    def samples(self) -> int:
        """How many states were checked against the law that symmetry rests on."""

    def orbit(self, state: State) -> Orbit:
        """The orbit of a state that lies within its types."""

    def begun(self) -> None:
        """Called when all initial states are taken in; may raise an error."""

    def expanded(self, state: State) -> None:
        """Called for each form that was expanded; may raise an error."""

    def lost(self, form: State, state: State) -> Exception:
        """The error to raise where a step from a form is none from another state of its orbit."""
