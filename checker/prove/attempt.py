"""What is to be tried, and what has been found out so far: the data that the stages of a proof share.

The rule it keeps: an attempt holds what was shown, each with what shows it; which stage comes next, and what
follows for a verdict, is for others to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from attrs import define, evolve, field, frozen

from checker.prove.bounded import Bounded
from checker.prove.candidates import Candidate
from checker.prove.session import Conditions
from checker.result.proof import InductionFailure, Obligation
from checker.result.result import Evidence, PropertyResult, Result

Method = Literal["auto", "induction", "k-induction", "bmc"]

Searching = Callable[[Sequence[str], float], Result]
"""Searches the reachable states for violations of some properties, for so many seconds."""

SEARCH_S = 20.0
"""The most time for the search of step 2."""

LEMMAS_S = 30.0
"""The most time that `auto` spends on looking for lemmas."""

K_S = 30.0
"""The most time that `auto` spends on each number of states in a row."""

BOUNDED_S = 60.0
"""The most time that `auto` spends on unrolling."""

AUTO_K = 3
"""How many states in a row `auto` tries."""

DEPTH = {"auto": 10, "k-induction": 5, "bmc": 10, "induction": 1}
"""How deep a method goes unless told otherwise."""


@frozen
class Plan:
    """What is to be done."""

    method: Method = "auto"
    depth: int | None = None
    find_lemmas: bool | None = None

    @property
    def limit(self) -> int:
        """How deep, or how many states in a row."""
        return self.depth or DEPTH[self.method]

    @property
    def finds(self) -> bool:
        """Whether lemmas are looked for."""
        return self.method == "auto" if self.find_lemmas is None else self.find_lemmas


@define
class Attempt:
    """All that was found out."""

    proved: dict[str, str] = field(factory=dict)
    """What is proved, and how, in words."""
    invariant: tuple[str, ...] = ()
    method: Literal["induction", "k-induction", "bmc"] = "induction"
    k: int | None = None
    obligations: tuple[Obligation, ...] = ()
    failures: list[InductionFailure] = field(factory=list)
    why_not: dict[str, str] = field(factory=dict)
    found: list[Candidate] = field(factory=list)
    tried: int = 0
    searched: Result | None = None
    bounded: Bounded | None = None
    bounds: tuple[str, ...] = ()
    conditions: list[Conditions] = field(factory=list)
    stopped: str = ""
    tried_k: int = 1
    """How many states in a row were tried."""


def settled(failure: InductionFailure, searched: Result) -> InductionFailure:
    """A counterexample to induction with what a search says about it."""
    if failure.reachable:
        return failure
    found = next((prop for prop in searched.properties if prop.name == failure.conjunct), None)
    if found is not None and found.verdict.evidence is Evidence.VIOLATED and found.trace:
        return _real(failure, found)
    if searched.stopped is not None:
        why = f"The search of the reachable states did not come to its end: {searched.stopped}"
        return evolve(failure, explanation=why)
    seen = "" if found is None else f" ({found.evidence})"
    why = f"A search found that no reachable state violates {failure.conjunct}{seen}, so a lemma is missing that "
    return evolve(failure, reachable=False, explanation=f"{why}excludes this one")


def _real(failure: InductionFailure, found: PropertyResult) -> InductionFailure:
    """The last step of a real behaviour in place of one from any state."""
    assert found.trace is not None
    steps = found.trace.steps
    begins = [evolve(step, action=None, arguments=(), event=None, types=()) for step in steps[-2:-1]]
    last = evolve(found.trace, kind=failure.trace.kind, steps=(*begins, steps[-1]), beside=None)
    what = "The lemma is false" if found.kind == "lemma" else "A real bug"
    number = len(steps) - 1
    return evolve(
        failure,
        action=steps[-1].action or "",
        trace=last,
        why=found.why,
        reachable=True,
        minimal=False,
        explanation=f"{what}: a behaviour of {number} step{'s' * (number != 1)} from an initial state ends like this",
    )
