"""The search for candidates: from atoms and states to the simplest clauses that hold in all of them.

For each choice of variables the truth of its atoms becomes a table, and the table's minimal clauses are
what there is to say.  Four kinds are left out: those that do not use all the variables, for a smaller
choice has them; the second of two that differ in the names of variables alone; those with `a != b`, which
say it of one variable in a roundabout way; and those that never fail in random states either, for they say
nothing about the protocol.
"""

from __future__ import annotations

import heapq
import re
import time
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from attrs import frozen

from checker.lang.declarations import declare
from checker.prove.lemmas.chance import random_value
from checker.prove.lemmas.evaluating import Evaluator, Frame, frames
from checker.prove.lemmas.hitting import Clause, Table, minimal_clauses
from checker.prove.lemmas.instances import Instance
from checker.prove.lemmas.scope import Scope
from checker.prove.lemmas.truths import Truths
from checker.prove.lemmas.words import Atom, Said
from checker.prove.vocabulary import vocabulary

LONGEST = 3
"""The most literals of a clause."""

RANDOM_STATES = 400
"""So many states that need not be reachable tell whether a clause says anything."""

OFTEN = 10.0
"""A clause that never fails in random states says nothing if it were expected to fail so often."""

MOST_KEPT = 400_000
"""The search ends when so many clauses are found."""


@frozen
class Found:
    """A clause over the variables of a frame; `cost` is first its literals, then how complex it is."""

    cost: tuple[int, int]
    frame: Frame
    literals: tuple[Said, ...]


class ClauseSearch:
    """One search over the states of an instance; it ends early when the clock passes `until`."""

    def __init__(self, scope: Scope, instance: Instance, until: float, stopped: Callable[[], bool]) -> None:
        self._scope = scope
        self._until = until
        self._stopped = stopped
        seconds = max(0.0, until - time.monotonic()) / 4
        anything = _random_states(instance)
        evaluator = Evaluator(scope, instance.model)
        ranged = {part for frame in frames(scope) for part in frame.parts}
        words = [atom for atom in vocabulary(scope) if atom.uses in ranged]
        atoms = evaluator.evaluable(words, [*instance.states, *anything])
        try:
            self._reached = Truths(evaluator, atoms, instance.states, seconds)
            self._anything = Truths(evaluator, atoms, anything, seconds)
        except Exception:  # a function of the spec raises in a state that was not tried
            atoms = [atom for atom in atoms if not atom.may_raise]
            self._reached = Truths(evaluator, atoms, instance.states, seconds)
            self._anything = Truths(evaluator, atoms, anything, seconds)

    def simplest(self, limit: int) -> list[Found]:
        """So many clauses, the simplest first; the same ones in every run that is not cut off."""
        every = list(frames(self._scope))
        found: list[Found] = []
        for place, frame in enumerate(every):
            now = time.monotonic()
            if now >= self._until or self._stopped() or len(found) > MOST_KEPT:
                break
            share = now + (self._until - now) / (len(every) - place)
            found.extend(self._in_frame(frame, share, MOST_KEPT - len(found)))
        return heapq.nsmallest(limit, found, key=lambda one: one.cost)

    def _in_frame(self, frame: Frame, until: float, most: int) -> Iterator[Found]:
        atoms = self._reached.atoms(frame)
        denials = [2 * place + 1 for place, atom in enumerate(atoms) if atom.guard is not None]
        reached = Table(len(atoms), sorted(set(self._reached.columns(frame))), denials)
        anything = Table(len(atoms), self._anything.columns(frame))
        variants = _Variants(frame, atoms)
        for count, clause in enumerate(minimal_clauses(reached, LONGEST, until)):
            if count > most or (not count & 255 and self._stopped()):
                return
            used = frozenset(name for literal in clause for name in atoms[literal // 2].uses)
            if used != frame.names or not variants.is_first(clause) or _says_nothing(anything, clause):
                continue
            said = tuple(Said(atoms[literal // 2], literal % 2 == 0) for literal in clause)
            if any(_tells_apart(frame, one) for one in said):
                continue
            weight = len(frame.variables) + sum(one.atom.weight for one in said)
            yield Found((len(said), weight), frame, said)


def _tells_apart(frame: Frame, said: Said) -> bool:
    """Whether a literal says that the two variables differ: all it adds holds of one variable in place of two."""
    if said.holds or len(frame.variables) < 2:
        return False
    one, two = (variable.name for variable in frame.variables)
    return said.atom.source in (f"{one} == {two}", f"{two} == {one}")


def _random_states(instance: Instance) -> list[Any]:
    """States of the instance's type that need not be reachable, the same in every run."""
    chance = Random(0)
    kind = declare(instance.model).state
    try:
        return [random_value(kind, chance) for _ in range(RANDOM_STATES)]
    except Exception:
        return []  # a type without bounds, or a class that refuses some values


def _says_nothing(anything: Table, clause: Clause) -> bool:
    """Whether a clause does not fail in random states, though it could be expected to."""
    if not anything.columns or not anything.holds(clause):
        return False
    return len(clause) == 1 or anything.expected(clause) >= OFTEN


class _Variants:
    """Tells which of two clauses that differ in the names of variables alone comes first."""

    def __init__(self, frame: Frame, atoms: Sequence[Atom]) -> None:
        self._exchanged: dict[int, int] | None = None
        kinds = {variable.type for variable in frame.variables}
        if len(frame.variables) == 2 and len(kinds) == 1:
            one, two = (variable.name for variable in frame.variables)
            self._exchanged = _exchanged(atoms, one, two)

    def is_first(self, clause: Clause) -> bool:
        """Whether a clause comes before, or is, the one with its variables exchanged."""
        if self._exchanged is None:
            return True
        other = [self._exchanged.get(literal) for literal in clause]
        return None in other or clause <= tuple(sorted(place for place in other if place is not None))


def _exchanged(atoms: Sequence[Atom], one: str, two: str) -> dict[int, int]:
    """For each literal, the one that says the same with two variables exchanged."""
    places: dict[str, int] = {}
    for place, atom in enumerate(atoms):
        for source, literal in ((atom.source, 2 * place), (atom.denied, 2 * place + 1),
                                (atom.flipped[0], 2 * place), (atom.flipped[1], 2 * place + 1)):  # fmt: skip
            places.setdefault(source, literal)
    names = re.compile(rf"(?<![.\w])({one}|{two})(?!\w)")
    other = {one: two, two: one}
    found = {}
    for place, atom in enumerate(atoms):
        for literal, source in ((2 * place, atom.source), (2 * place + 1, atom.denied)):
            changed = names.sub(lambda match: other[match.group()], source)
            if changed in places:
                found[literal] = places[changed]
    return found
