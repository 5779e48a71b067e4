"""From a formula in normal form to a generalised Büchi automaton that accepts its behaviours.

States are sets of formulas that are still to hold; a transition reads one letter, the state and the step
that leaves it, and says what remains to be shown afterwards (Couvreur, "On-the-fly verification of linear
temporal logic", FM 1999).  Each Until has an acceptance set: the transitions that do not put its goal off.
A behaviour is accepted by a run that takes transitions of every set again and again.

Two simplifications keep automata small.  Where something is to hold for ever it need not also be asked
once.  And a transition that asks less, promises no more and leaves fewer formulas stands for the others:
fewer formulas accept more, transition by transition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from checker.lang.errors import SpecError
from checker.liveness.normal import (
    FALSE,
    TRUE,
    Bit,
    Both,
    Either,
    Next,
    Normal,
    Release,
    StrongUntil,
)

MOST_STATES = 2000
"""An automaton with more states than this is refused: the product with a model would be hopeless."""


@frozen
class Edge:
    """A transition: the bits that it needs, the state that it leads to, and its acceptance sets."""

    bits: frozenset[Bit]
    target: int
    accepts: int


@frozen
class Automaton:
    """A generalised Büchi automaton; state 0 is where it begins, `sets` how many acceptance sets it has."""

    edges: tuple[tuple[Edge, ...], ...]
    sets: int

    @property
    def states(self) -> int:
        """How many states it has."""
        return len(self.edges)


ANYTHING = Automaton(((Edge(frozenset(), 0, 0),),), 0)
"""Accepts every behaviour."""


@frozen(cache_hash=True)
class _Move:
    """One way to satisfy some formulas: what is needed now, what remains, which Untils are put off."""

    bits: frozenset[Bit]
    rest: frozenset[Normal]
    put_off: frozenset[StrongUntil]

    def covers(self, other: _Move) -> bool:
        """Whether this asks no more than another in every respect."""
        return self.bits <= other.bits and self.rest <= other.rest and self.put_off <= other.put_off


_NOTHING: frozenset[Normal] = frozenset()
_DONE = _Move(frozenset(), _NOTHING, frozenset())


def automaton_of(formula: Normal) -> Automaton:
    """The automaton of a formula.  Raises SpecError for one that has too many states."""
    start = _tidied(_conjuncts(formula))
    numbers: dict[frozenset[Normal], int] = {start: 0}
    waiting = [start]
    moves: list[list[_Move]] = []
    while waiting:
        moves.append(_fewest(_moves(waiting.pop(0))))
        for move in moves[-1]:
            if move.rest not in numbers:
                numbers[move.rest] = len(numbers)
                waiting.append(move.rest)
        if len(numbers) > MOST_STATES:
            raise SpecError(
                "temporal/too-large",
                f"the automaton of this formula has more than {MOST_STATES} states",
                why="Each state of the model is explored together with each state of the automaton.",
                instead="Split the property into several; give fairness with weakly_fair and strongly_fair at "
                "the top, which costs no states.",
            )
    untils = _untils(moves)
    return Automaton(
        tuple(
            tuple(Edge(move.bits, numbers[move.rest], _accepts(move, untils)) for move in found)
            for found in moves
        ),
        len(untils),
    )


def _untils(moves: Iterable[Iterable[_Move]]) -> list[StrongUntil]:
    """The Untils that anything puts off: all others are accepted anyway."""
    found: dict[StrongUntil, None] = {}
    for group in moves:
        for move in group:
            found.update(dict.fromkeys(sorted(move.put_off, key=repr)))
    return list(found)


def _accepts(move: _Move, untils: list[StrongUntil]) -> int:
    return sum(1 << place for place, one in enumerate(untils) if one not in move.put_off)


def _conjuncts(formula: Normal) -> frozenset[Normal]:
    return formula.parts if isinstance(formula, Both) else frozenset({formula})


def _tidied(formulas: frozenset[Normal]) -> frozenset[Normal]:
    """Without what another formula says anyway: p beside always p."""
    for_ever = {part for one in formulas if isinstance(one, Release) and one.releasing == FALSE
                for part in _conjuncts(one.goal)}  # fmt: skip
    return frozenset(one for one in formulas if one not in for_ever)


def _moves(formulas: frozenset[Normal]) -> Iterator[_Move]:
    """All ways to satisfy all of some formulas."""
    found = [_DONE]
    for formula in sorted(formulas, key=repr):
        ways = _fewest(_ways(formula))
        found = _fewest(joined for move in found for way in ways for joined in _joined(move, way))
    for move in found:
        yield _Move(move.bits, _tidied(move.rest), move.put_off)


def _ways(formula: Normal) -> Iterator[_Move]:
    """All ways to satisfy one formula."""
    match formula:
        case Bit():
            yield _Move(frozenset({formula}), _NOTHING, frozenset())
        case Both(parts):
            yield from _moves(parts)
        case Either(parts):
            for part in sorted(parts, key=repr):
                yield from _ways(part)
        case Next(operand):
            if operand != FALSE:
                yield _Move(frozenset(), frozenset() if operand == TRUE else _conjuncts(operand), frozenset())
        case StrongUntil(meanwhile, goal):
            yield from _ways(goal)
            later = _Move(frozenset(), frozenset({formula}), frozenset({formula}))
            yield from (joined for way in _ways(meanwhile) for joined in _joined(way, later))
        case Release(releasing, goal):
            later = _Move(frozenset(), frozenset({formula}), frozenset())
            ends = [*_ways(releasing), later]
            yield from (joined for way in _ways(goal) for end in ends for joined in _joined(way, end))


def _joined(left: _Move, right: _Move) -> Iterator[_Move]:
    """Both moves as one, unless they contradict each other."""
    bits = left.bits | right.bits
    if not any(Bit(bit.kind, bit.number, not bit.true) in bits for bit in bits):
        yield _Move(bits, left.rest | right.rest, left.put_off | right.put_off)


def _fewest(moves: Iterable[_Move]) -> list[_Move]:
    """Without the moves that another one covers."""
    kept: list[_Move] = []
    for move in moves:
        if not any(other.covers(move) for other in kept):
            kept = [other for other in kept if not move.covers(other)]
            kept.append(move)
    return kept
