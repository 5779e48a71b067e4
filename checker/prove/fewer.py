"""Few of the lemmas that were found: those that a proof rests on, and no single one that can be left out.

What goals rest on is followed from claim to claim, as far as it goes; the rest is not needed.  Then lemmas
are dropped, the costliest half first, then halves of halves, down to single ones, as long as the goals
stay proved.  A drop asks only about claims that rested on what is dropped.  What cannot be dropped now can
never be, so each lemma is tried once.  This is done twice, from what the proof happens to rest on and from
the cheapest lemmas that prove it; what is less to read is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from checker.prove.candidates import Candidate
from checker.prove.consecution import Consecution, Unanswered

SHARE = 0.6
"""Dropping takes at most this part of the time that is left: the proof has to be made again with the lemmas."""


class Support:
    """What goals rest on: what they follow from over one step, what that follows from, and so on."""

    def __init__(self, steps: Consecution) -> None:
        self._steps = steps

    def of(self, goals: Sequence[str], among: frozenset[str]) -> frozenset[str] | None:
        """A part of some conjuncts that is preserved by itself, with the goals; None if there is none.

        Goals over states are among the conjuncts, or do not follow.
        """
        left = among
        if any(goal in self._steps.theory.invariants and goal not in left for goal in goals):
            return None
        while True:
            reached, lost = self._reached(goals, left)
            if lost is None:
                return reached
            if lost in goals:
                return None
            left -= {lost}

    def _reached(self, goals: Sequence[str], among: frozenset[str]) -> tuple[frozenset[str], str | None]:
        """What goals rest on among conjuncts, or one that they rest on and that does not follow itself."""
        reached = frozenset(goals) & among
        waiting, seen = list(goals), set(goals)
        while waiting:
            name = waiting.pop()
            for claim in self._steps.claims(name):
                core = self._steps.rests_on(claim, reached)
                if core is None:
                    core = self._steps.rests_on(claim, among)
                if core is None:
                    return reached, name
                reached |= core
                waiting += sorted(core - seen)
                seen |= core
        return reached, None


def fewer(
    steps: Consecution, goals: Sequence[str], kept: Sequence[str], found: Sequence[Candidate]
) -> list[Candidate]:
    """Some of the found lemmas among those kept, which prove the goals just as well.

    Where the time ends early they are as few as were come to: those that the proof rests on, at the worst all.
    """
    session = steps.session
    by_name = {candidate.name: candidate for candidate in found if candidate.name in set(kept)}
    everything, support = frozenset(kept), Support(steps)
    ends = [everything, everything]
    rest = session.left()
    with session.within(None if rest is None else rest * SHARE, "making lemmas fewer"):
        try:
            for place, begin in enumerate((_needed, _cheapest)):
                for less in _dropped(support, goals, everything, by_name, begin):
                    ends[place] = less
                    needed = sum(name in less for name in by_name)
                    session.begin(f"looking for lemmas: {needed} of {len(by_name)} prove it")
        except Unanswered:
            pass
    chosen = [[candidate for name, candidate in by_name.items() if name in left] for left in ends]
    return min(chosen, key=_effort)


def _effort(lemmas: Sequence[Candidate]) -> tuple[int, int]:
    """How much there is to read."""
    return sum(len(lemma.literals) + 1 for lemma in lemmas), sum(lemma.cost[1] for lemma in lemmas)


def _dropped(
    support: Support,
    goals: Sequence[str],
    kept: frozenset[str],
    by_name: dict[str, Candidate],
    begin: Callable[[Support, Sequence[str], frozenset[str], Sequence[str]], Iterator[frozenset[str]]],
) -> Iterator[frozenset[str]]:
    """Smaller and smaller parts of what is kept that prove the goals."""
    costly = sorted(by_name.values(), key=lambda one: one.cost, reverse=True)
    order = [candidate.name for candidate in costly]
    left = kept
    for left in begin(support, goals, kept, order):
        yield left
    waiting = [order]
    while waiting:
        part = [name for name in waiting.pop(0) if name in left]
        without = support.of(goals, left - frozenset(part)) if part else None
        if without is not None:
            left = without
            yield left
        elif len(part) > 1:
            middle = len(part) // 2
            waiting[:0] = [part[:middle], part[middle:]]


def _needed(
    support: Support, goals: Sequence[str], kept: frozenset[str], order: Sequence[str]
) -> Iterator[frozenset[str]]:
    """What the goals happen to rest on among all."""
    found = support.of(goals, kept)
    if found is not None:
        yield found


def _cheapest(
    support: Support, goals: Sequence[str], kept: frozenset[str], order: Sequence[str]
) -> Iterator[frozenset[str]]:
    """The same, and among fewer and fewer of the cheapest, as long as they do."""
    low, high = 0, len(order)
    found = support.of(goals, kept)
    while found is not None:
        yield found
        while low < high:
            middle = (low + high + 1) // 2
            found = support.of(goals, kept - frozenset(order[:middle]))
            if found is not None:
                low = middle
                break
            high = middle - 1
        else:
            return
