"""The graph of a model's states, as the search for fair lassos sees it, whichever engine made it.

States are numbered.  Each has a letter; each edge is a step that changes the state, with the marks that
it bears.  What leaves bounds or boundary, or leads to a state that a budget kept out, is no edge; it only
makes its marks enabled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from attrs import frozen

from checker.lang.temporal import Strength
from checker.liveness.automaton import Automaton
from checker.liveness.letters import Letters
from checker.system import State, Symmetry, System


@frozen
class Constraint:
    """Weak or strong fairness of the steps that bear a mark."""

    strength: Strength
    mark: int


@frozen
class Path:
    """A lasso through a graph: the numbers of its states, and the marks of each step.

    After the last state it goes on at place `loop`.  Where the last state is at that place it stops there;
    otherwise the last state is the one at `loop` again, so that there is one step less than states.
    """

    states: tuple[int, ...]
    marks: tuple[int, ...]
    loop: int

    @property
    def stops(self) -> bool:
        """Whether the behaviour ends, rather than going round."""
        return self.loop == len(self.states) - 1


class StateGraph(Protocol):
    """A graph of states, and the search for a fair lasso in it."""

    @property
    def states(self) -> int:
        """How many states it has."""

    @property
    def edges(self) -> int:
        """How many different edges it has: those with the same ends and marks are one."""

    def state(self, number: int) -> State:
        """A state as it is stored: with symmetry, the one that stands for its orbit."""

    def ever(self) -> tuple[int, int]:
        """Which atoms are true of some state, and which of all states, as bits."""

    def find(self, automaton: Automaton, fair: Sequence[Constraint]) -> Path | None:
        """A short lasso from an initial state that the automaton accepts and that is fair; None if there
        is none in the graph.  Raises OutOfBudget."""


@frozen
class Source:
    """What a graph is made from: the stored states, those at which behaviours begin, and how a state is
    stored (None: as it is, without symmetry)."""

    system: System
    letters: Letters
    states: Sequence[State]
    symmetry: Symmetry | None
    poll: Callable[[], None]

    def stored(self, state: State) -> State:
        """What a state within its types is stored as."""
        return state if self.symmetry is None else self.symmetry.orbit(state).form
