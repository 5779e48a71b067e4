"""The opposite of a truth value whose place a loop knows is at another place."""

from __future__ import annotations

import checker
from checker.lang import Map, Model, action, always, frozen, initial


@frozen
class Pair:
    """Something for each truth value."""

    of: Map[bool, bool]


@frozen
class Opposites(Model[Pair]):
    """Each side is set only while the opposite one is not, and cleared where the other is."""

    @initial
    def begin(self) -> Pair:
        return Pair(Map.fill((False, True), False))

    @action
    def sets(self, s: Pair, side: bool) -> Pair | None:
        return None if s.of[not side] or s.of[side] else Pair(s.of.set(side, True))

    @action
    def clears_the_opposite(self, s: Pair, side: bool) -> Pair | None:
        return Pair(s.of.set(not side, False)) if s.of[not side] else None

    @always
    def not_both(self, s: Pair) -> bool:
        return not any(s.of[side] and s.of[not side] for side in s.of)


def test_a_map_is_asked_for_the_opposite_of_a_parameter() -> None:
    """`s.of[not side]` is the other entry in generated code as it is in CPython."""
    python, native = (
        checker.check(Opposites(), engine=engine, deadlock=False) for engine in ("python", "native")
    )
    assert python.states == native.states
    assert [(a.name, a.taken) for a in python.actions] == [(a.name, a.taken) for a in native.actions]
    assert native.verdict.evidence.holds
