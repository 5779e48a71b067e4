"""Hints: what more fairness a violated claim would hold under.

Candidates are the actions as a whole, and each for the values of one parameter.  One assumption is tried
first; a candidate that the lasso in hand satisfies does not help, and of the others the graph is asked
again.  Where no single one is enough, all are assumed, and then weakened one after the other as far as the
claim still holds.  A hint says what would follow from an assumption, never that it is true of the world.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator

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

STRENGTHS: tuple[Strength, Strength] = ("weak", "strong")


@frozen
class Candidate:
    """Steps to which behaviours might be fair: one mark, or several of which each is a case."""

    action: str
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
    found = [
        Candidate(action.name, f"`{action.name}`", (number,))
        for number, action in enumerate(declaration.actions)
    ]
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
            found.append(Candidate(action.name, f"`{action.name}` for each `{parameter.name}`", marks))
    return tuple(found)


def _values(parameter: Parameter) -> list[object]:
    if not isinstance(parameter.type, SortType | EnumType | BoolType):
        return []
    values = list(parameter.type.members())
    return values if 1 < len(values) <= MOST_VALUES else []


Helps = Callable[[tuple[Constraint, ...]], bool]


def hints(lasso: Lasso, offered: tuple[Candidate, ...], helps: Helps, seconds: float) -> tuple[str, ...]:
    """Assumptions each of which would make the claim hold, the weakest that were found.

    `helps` asks whether it would; no more is tried once so many seconds have passed.
    """
    ends = time.monotonic() + seconds
    for strength in STRENGTHS:
        single = list(_helping(lasso, offered, helps, strength, ends))
        if single:
            return tuple(f"it holds under {strength} fairness of {title}." for title in single[:MOST_HINTS])
    together = _together(offered, helps, ends)
    return (f"it holds under {' and '.join(together)}.",) if together else ()


def _together(offered: tuple[Candidate, ...], helps: Helps, ends: float) -> list[str]:
    """Several assumptions that make the claim hold together, none of which could be weaker; none if all
    that there are do not."""
    actions: dict[str, list[Candidate]] = {}
    for one in offered:
        actions.setdefault(one.action, []).append(one)
    kept: dict[str, tuple[str, tuple[Constraint, ...]]] = {}
    for action, own in actions.items():
        kept[action] = (
            f"strong fairness of {own[-1].title}",
            tuple(c for one in own for c in one.constraints("strong")),
        )
    if time.monotonic() > ends or not helps(_all(kept.values())):
        return []
    for action, own in actions.items():
        options = [("", ())] + [
            (f"{strength} fairness of {one.title}", one.constraints(strength))
            for strength in STRENGTHS
            for one in own
        ]
        for option in options:
            if time.monotonic() > ends:
                break
            if helps(_all({**kept, action: option}.values())):
                kept[action] = option
                break
    return [title for title, _ in kept.values() if title]


def _all(chosen: Iterable[tuple[str, tuple[Constraint, ...]]]) -> tuple[Constraint, ...]:
    return tuple(one for _, constraints in chosen for one in constraints)


def _helping(
    lasso: Lasso,
    offered: tuple[Candidate, ...],
    helps: Helps,
    strength: Strength,
    ends: float,
) -> Iterator[str]:
    known: set[str] = set()
    for one in offered:
        if one.action in known or time.monotonic() > ends:
            continue  # the action as a whole is enough
        if any(_forbids(lasso, strength, mark) for mark in one.marks) and helps(one.constraints(strength)):
            known.add(one.action)
            yield one.title


def _forbids(lasso: Lasso, strength: Strength, mark: int) -> bool:
    """Whether the lasso would not be fair."""
    enabled = [bool(lasso.enabled[place] >> mark & 1) for place in lasso.round]
    if any(lasso.taken(place) >> mark & 1 for place in lasso.round):
        return False
    return all(enabled) if strength == "weak" else any(enabled)
