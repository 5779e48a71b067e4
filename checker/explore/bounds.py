"""The bounds that a search has met: which, how often, and where first."""

from __future__ import annotations

from attrs import evolve

from checker.explore.exploration import BoundReached
from checker.lang.types import Fault
from checker.system import Arguments, System

BOUNDARY = "the declared boundary"
"""How a result names the boundary of a model."""


class BoundsMet:
    """Collects what kept a search from going on, so that nothing is cut off in silence."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._met: dict[str, BoundReached] = {}

    def beyond_type(self, fault: Fault, action: int, arguments: Arguments, depth: int) -> None:
        """A step would leave the bounds of a type; the state it leads to is not taken."""
        self._meet("type", bound_text(fault), action, arguments, depth)

    def beyond_boundary(self, action: int, arguments: Arguments, depth: int) -> None:
        """A state lies outside the declared boundary."""
        self._meet("boundary", BOUNDARY, action, arguments, depth)

    def _meet(self, kind: str, bound: str, action: int, arguments: Arguments, depth: int) -> None:
        known = self._met.get(bound)
        if known is None:
            first = self._system.describe(action, arguments)
            self._met[bound] = BoundReached(kind, bound, 1, first, depth)
        else:
            self._met[bound] = evolve(known, times=known.times + 1)

    def reached(self) -> tuple[BoundReached, ...]:
        """All of them, in the order in which they were met."""
        return tuple(self._met.values())


def bound_text(fault: Fault) -> str:
    """A bound that a state leaves, as it is counted: the general path, and the bound."""
    return f"{general_path(fault.path)}: {fault.bound}"


def general_path(path: str) -> str:
    """The path to a field without the keys that lead there, so that bounds can be counted."""
    out, depth = [], 0
    for character in path:
        if character in "[{":
            depth += 1
            if depth == 1:
                out.append(character)
        elif character in "]}":
            depth -= 1
            if depth == 0:
                out.append(character)
        elif depth == 0:
            out.append(character)
    return "".join(out)
