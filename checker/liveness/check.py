"""Temporal properties checked on the graph of an exploration: the way into this package for engines.

`Liveness` is made before a search, for it says which letters the graph must have and which sorts symmetry
has to leave alone.  `findings` asks a graph once it is there.  A claim holds where no fair lasso of the
graph refutes it; what that is worth, given bounds and budgets, others judge.  A refutation is believed
only when the lasso was rebuilt by the spec's own functions, is fair, and makes the claim false by the
definition.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from attrs import field, frozen

from checker.explore.exploration import Finding
from checker.lang.declarations import Declaration, Temporal
from checker.lang.errors import InternalError
from checker.lang.values import Sort
from checker.liveness.apart import sorts_told_apart
from checker.liveness.automaton import ANYTHING, automaton_of
from checker.liveness.claims import Claim, claims_of, model_fairness
from checker.liveness.evaluate import Evaluation
from checker.liveness.explain import why_fair, why_false
from checker.liveness.graph import Constraint, Source, StateGraph
from checker.liveness.hints import Candidate, candidates, hints
from checker.liveness.lasso import Lasso, real_lasso
from checker.liveness.letters import Letters
from checker.liveness.untested import Untested, no_cause, no_premise, remarks
from checker.system import OutOfBudget

LEAST_HINT_S = 2.0
"""Hints are looked for at least so long, and no longer than a few times what the refutation took."""


@frozen(eq=False)
class Liveness:
    """The temporal claims of one run, and the letters that they need."""

    letters: Letters
    claims: tuple[Claim, ...]
    apart: dict[type[Sort], str]
    """Sorts whose members some claim tells apart, with the words that do."""
    offered: tuple[Candidate, ...] = field(factory=tuple)


def liveness_of(
    declaration: Declaration, properties: Sequence[Temporal], *, symmetry: bool = True
) -> Liveness | None:
    """What is to be checked for some temporal properties; None for none.

    With `symmetry` the search may exchange the members of all sorts that nothing here tells apart.
    Raises SpecError for what is wrong with their formulas, or with fairness.
    """
    if not properties:
        return None
    letters = Letters(declaration)
    fairness = model_fairness(declaration, letters)
    claims = [claim for prop in properties for claim in claims_of(declaration, prop, letters, fairness)]
    apart = sorts_told_apart(letters)
    offered = candidates(declaration, letters, None if not symmetry else set(apart))
    return Liveness(letters, tuple(claims), apart, offered)


def findings(liveness: Liveness, graph: StateGraph, source: Source, *, whole: bool) -> tuple[Finding, ...]:
    """What a graph says of every property; `whole` says that no state of the model is missing but for bounds.

    Raises OutOfBudget where it runs out before anything is known.
    """
    by_name: dict[str, list[Claim]] = {}
    for claim in liveness.claims:
        by_name.setdefault(claim.name, []).append(claim)
    return tuple(
        _Property(liveness, graph, source, whole).finding(name, own) for name, own in by_name.items()
    )


def undecided(liveness: Liveness, reason: str) -> tuple[Finding, ...]:
    """What is known of every property where a budget ran out before there was a graph."""
    return tuple(_undecided(name, reason) for name in dict.fromkeys(claim.name for claim in liveness.claims))


def _undecided(name: str, reason: str) -> Finding:
    return Finding(name, None, reason, stopped=reason)


@frozen
class _Property:
    """Checks the claims of one property after the other."""

    liveness: Liveness
    graph: StateGraph
    source: Source
    whole: bool

    def finding(self, name: str, claims: Sequence[Claim]) -> Finding:
        """What is found out about a property: the first refutation ends it."""
        untested: list[Untested] = []
        empty: str | None = None
        try:
            for place, claim in enumerate(claims):
                began = time.monotonic()
                path = self.graph.find(automaton_of(claim.counter), claim.constraints)
                if path is not None:
                    forms = [self.graph.state(number) for number in path.states]
                    lasso = real_lasso(self.source, path, forms)
                    return self._violated(claims[place:], lasso, time.monotonic() - began)
                empty = empty or self._empty(claim)  # another claim may be refuted all the same
                untested += () if empty else self._untested(claim)
        except OutOfBudget as spent:
            return _undecided(name, spent.reason)
        if empty is not None:
            return Finding(name, None, empty)
        seen = f"{self.graph.states:,} states and {self.graph.edges:,} steps"
        return Finding(name, True, f"no fair lasso in {seen} refutes it", remarks=remarks(claims, untested))

    def _violated(self, claims: Sequence[Claim], lasso: Lasso, seconds: float) -> Finding:
        """What to say of the first of these claims; the others were not looked at yet."""
        claim = claims[0]
        evaluation = Evaluation(lasso, self.liveness.letters)
        if evaluation.of(claim.formula)[0] or not all(evaluation.fair(one) for one in claim.constraints):
            raise InternalError(
                f"a lasso that was found for `{claim.name}` does not refute it: {lasso.moves!r}"
            )
        stem, round_ = lasso.loop, len(lasso.round)
        steps = f"{stem} step{'s' * (stem != 1)}"
        ground = f"a fair lasso: {steps}, then a loop of {round_}"
        if lasso.stops:
            ground = f"a fair behaviour that stops after {steps}"
        return Finding(
            claim.name,
            False,
            ground,
            lasso.moves,
            lasso.loop,
            why_false(claim, evaluation),
            why_fair(claim.assumptions, lasso),
            self._hints(claims, lasso, max(LEAST_HINT_S, 3 * seconds)),
        )

    def _hints(self, claims: Sequence[Claim], lasso: Lasso, seconds: float) -> tuple[str, ...]:
        claim = claims[0]
        counters = [(automaton_of(one.counter), one.constraints) for one in claims]
        premise = ANYTHING if claim.premise is None else automaton_of(claim.premise)

        def helps(more: tuple[Constraint, ...]) -> bool:
            """Whether all claims would hold, the first not for want of behaviours that satisfy its premise."""
            if any(self.graph.find(automaton, (*fair, *more)) is not None for automaton, fair in counters):
                return False
            return self.graph.find(premise, (*claim.constraints, *more)) is not None

        if not self.whole:
            return ()
        try:
            return hints(lasso, self.liveness.offered, helps, seconds)
        except OutOfBudget:
            return ()

    # -- holding for nothing --

    def _empty(self, claim: Claim) -> str | None:
        """Why a claim that nothing refutes says nothing: no behaviour at all is fair within the bounds."""
        if self.graph.find(ANYTHING, claim.constraints) is not None:
            return None
        return "no fair behaviour stays within the bounds: it would hold for want of behaviours"

    def _untested(self, claim: Claim) -> list[Untested]:
        """The claim, if nothing tests it; of a part of the graph that is not known."""
        if not self.whole:
            return []
        premise = None if claim.premise is None else automaton_of(claim.premise)
        if premise is not None and self.graph.find(premise, claim.constraints) is None:
            return [no_premise(claim)]
        found = no_cause(claim, self.liveness.letters, self.graph.ever()[0])
        return [] if found is None else [found]
