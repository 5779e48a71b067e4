"""Hints: one more assumption of fairness under which a violated claim would hold.

Candidates are the actions as a whole, and each for the values of one parameter.  A candidate that the
lasso in hand satisfies does not help; of the others the graph is asked again.  A hint says what would
follow from an assumption, never that it is true of the world.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator

from attrs import frozen

from checker.lang.declarations import Declaration
from checker.lang.parameters import Parameter
from checker.lang.temporal import Pattern, Strength, Taken
from checker.lang.types import BoolType, EnumType, SortType
from checker.lang.values import Sort
from checker.liveness.graph import Constraint
from checker.liveness.lasso import Lasso
from checker.liveness.letters import Letters

MOST_VALUES = 8
"""Parameters with more values than this are not asked about one by one."""

MOST_HINT_MARKS = 64
"""So many marks are added for hints, and no more."""

MOST_HINTS = 3


@frozen
class Candidate:
    """Steps to which behaviours might be fair: one mark, or several of which each is a case."""

    title: str
    marks: tuple[int, ...]

    def constraints(self, strength: Strength) -> tuple[Constraint, ...]:
        """What to assume."""
        return tuple(Constraint(strength, mark) for mark in self.marks)


def candidates(
    declaration: Declaration, letters: Letters, apart: Collection[type[Sort]] | None
) -> tuple[Candidate, ...]:
    """What hints may speak of; adds the marks for it to the letters.

    Members of sorts are told apart only where they are anyway: of the sorts in `apart`, None for all.
    """
    found = [Candidate(f"`{action.name}`", (number,)) for number, action in enumerate(declaration.actions)]
    added = 0
    for action in declaration.actions:
        for parameter in action.parameters:
            values = _values(parameter)
            if apart is not None and isinstance(parameter.type, SortType) and parameter.type.cls not in apart:
                continue
            if not values or added + len(values) > MOST_HINT_MARKS:
                continue
            added += len(values)
            marks = tuple(
                letters.mark(Taken((Pattern(action.name, ((parameter.name, value),)),))) for value in values
            )
            found.append(Candidate(f"`{action.name}` for each `{parameter.name}`", marks))
    return tuple(found)


def _values(parameter: Parameter) -> list[object]:
    if not isinstance(parameter.type, SortType | EnumType | BoolType):
        return []
    values = list(parameter.type.members())
    return values if 1 < len(values) <= MOST_VALUES else []


def hints(
    lasso: Lasso,
    offered: tuple[Candidate, ...],
    helps: Callable[[tuple[Constraint, ...]], bool],
    seconds: float,
) -> tuple[str, ...]:
    """Assumptions each of which alone would make the claim hold, weak ones if there are any.

    `helps` asks whether it would; it is asked no more once so many seconds have passed.
    """
    ends = time.monotonic() + seconds
    strengths: tuple[Strength, Strength] = ("weak", "strong")
    for strength in strengths:
        single = list(_helping(lasso, offered, helps, strength, ends))
        if single:
            titles = single[:MOST_HINTS]
            return tuple(f"it holds under {strength} fairness of {title}." for title in titles)
        everything = tuple(one for action in offered for one in action.constraints(strength))
        if time.monotonic() < ends and helps(everything):
            each = ", for each of their parameters" if any(len(one.marks) > 1 for one in offered) else ""
            return (f"it holds under {strength} fairness of all actions{each}.",)
    return ()


def _helping(
    lasso: Lasso,
    offered: tuple[Candidate, ...],
    helps: Callable[[tuple[Constraint, ...]], bool],
    strength: Strength,
    ends: float,
) -> Iterator[str]:
    known: set[str] = set()
    for one in offered:
        action = one.title.split("`")[1]
        if action in known or time.monotonic() > ends:
            continue  # the action as a whole is enough
        if any(_forbids(lasso, strength, mark) for mark in one.marks) and helps(one.constraints(strength)):
            known.add(action)
            yield one.title


def _forbids(lasso: Lasso, strength: Strength, mark: int) -> bool:
    """Whether the lasso would not be fair."""
    enabled = [bool(lasso.enabled[place] >> mark & 1) for place in lasso.round]
    if any(lasso.taken(place) >> mark & 1 for place in lasso.round):
        return False
    return all(enabled) if strength == "weak" else any(enabled)
