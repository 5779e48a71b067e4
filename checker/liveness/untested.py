"""Claims that hold because nothing tests them, as remarks that say no more than is so.

A premise that no fair behaviour satisfies, or a cause that is true in no state, leaves a claim with nothing
to say.  A property makes a claim for each value of its parameters and each part of a conjunction, so that
nothing tests *it* only where nothing tests any of them; else the values and the part are named.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from checker.lang.temporal import Always, Implication, LeadsTo, Now
from checker.liveness.claims import Claim
from checker.liveness.letters import Letters
from checker.liveness.titles import formula_title, predicate_title

MOST_VALUES = 4
"""So many values of parameters are named, and the number of the others."""

NO_PREMISE = "no fair behaviour satisfies its premise"


@frozen
class Untested:
    """A claim that nothing tests, and why; `reasons` say so with the values of parameters and without."""

    claim: Claim
    reasons: tuple[str, str]


def no_premise(claim: Claim) -> Untested:
    """A claim whose premise no fair behaviour satisfies."""
    return Untested(claim, (NO_PREMISE, NO_PREMISE))


def no_cause(claim: Claim, letters: Letters, some: int) -> Untested | None:
    """A claim whose cause is none of `some`, the atoms that are true in some state; None for any other."""
    cause = _cause(claim)
    if cause is None or some >> letters.atom(cause.predicate) & 1:
        return None
    titles = [predicate_title(cause.predicate, values=values) for values in (True, False)]
    there, bare = (f"`{title}` is true in no reachable state" for title in titles)
    return Untested(claim, (there, bare))


def _cause(claim: Claim) -> Now[object] | None:
    """The predicate whose truth a claim waits for before it says anything."""
    formula = claim.formula
    while isinstance(formula, Always):
        formula = formula.operand
    cause = formula.cause if isinstance(formula, LeadsTo) else None
    if isinstance(formula, Implication) and formula is not claim.formula:
        cause = formula.premise
    return cause if isinstance(cause, Now) else None


def remarks(claims: Sequence[Claim], untested: Sequence[Untested]) -> tuple[str, ...]:
    """What to say of the claims of one property, some of which nothing tests."""
    alike: dict[tuple[str, str], list[Untested]] = {}
    for one in untested:
        key = one.reasons[1], _part(one.claim, claims, values=False)
        alike.setdefault(key, []).append(one)
    every = len(untested) == len(claims)
    return tuple(_remark(claims, own, every) for own in alike.values())


def _remark(claims: Sequence[Claim], alike: Sequence[Untested], every: bool) -> str:
    """One remark on claims that nothing tests for the same reason; `every` claim of the property is like them,
    for this reason or another."""
    claim, name = alike[0].claim, alike[0].claim.name
    instances = tuple(dict.fromkeys(one.claim.instance for one in alike))
    all_values = len(instances) == len({one.instance for one in claims})
    reason = alike[0].reasons[len(instances) > 1]
    part = _part(claim, claims, values=len(instances) == 1)
    about = f"{part} of `{name}`" if part else f"`{name}`"
    if every and all_values:
        about = f"`{name}`"
    if claim.kept is not None:
        asked = claim.kept.title if len(alike) == 1 else f"{claim.kept.kind} for {len(alike):,} values"
        return (
            f"no fair behaviour enables again and again what {asked} is about, so nothing tests that "
            f"`{name}` keeps it."
        )
    if reason == NO_PREMISE:
        reason = f"no fair behaviour satisfies the premise of {about}"
        about = "it"
    if all_values:
        return f"{reason}, so nothing tests {about}."
    return f"for {_few(instances)}: {reason}, so nothing tests {about} there."


def _part(claim: Claim, claims: Sequence[Claim], *, values: bool) -> str:
    """Which part of the property a claim is; nothing where it has one only."""
    if claim.kept is not None:
        return claim.kept.title if values else claim.kept.kind
    if sum(one.instance == claim.instance for one in claims) == 1:
        return ""
    return f"the part `{formula_title(claim.formula, values=values)}`"


def _few(instances: Sequence[str]) -> str:
    shown = "; ".join(instances[:MOST_VALUES])
    more = len(instances) - MOST_VALUES
    return f"{shown}; {more:,} more" if more > 0 else shown
