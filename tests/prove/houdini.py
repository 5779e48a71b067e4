"""Houdini by brute force: over all states of a type, by CPython; for models with few of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from checker.lang.declarations import Declaration
from checker.reference.system import ReferenceSystem

Holds = Callable[[Any], bool]


class States:
    """All states of a model's type, and the steps between them; a step that leaves the bounds is none."""

    def __init__(self, declaration: Declaration) -> None:
        self.all: list[Any] = list(declaration.state.members())
        self._known = set(self.all)
        self._system = ReferenceSystem(declaration)

    def inductive(self, conjuncts: Sequence[Holds]) -> list[int]:
        """Which of the conjuncts, by number, remain when those that a step breaks are dropped again and again.

        Each state knows one conjunct that does not hold in it, and is looked at again only when that is
        dropped.
        """
        left = set(range(len(conjuncts)))
        excluded: dict[int, list[Any]] = {}
        waiting, inside = self.all, set[Any]()
        while waiting:
            added = []
            for state in waiting:
                wrong = next((number for number in sorted(left) if not conjuncts[number](state)), None)
                if wrong is None:
                    added.append(state)
                else:
                    excluded.setdefault(wrong, []).append(state)
            inside.update(added)
            reached = {s for state in added for _, _, s in self._system.successors(state)} & self._known
            broken = {number for number in left for s in reached - inside if not conjuncts[number](s)}
            left -= broken
            waiting = [state for number in broken for state in excluded.pop(number, [])]
        return sorted(left)
