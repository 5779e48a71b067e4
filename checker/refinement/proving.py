"""A refinement as a proof sees it: a property of steps that is asked of initial states as well.

To a proof a refinement is a step property with a function that answers for one state, an initial one, or
for two; its results become those of refinements again.  Where the abstract model has fairness, what is proved
is the part about initial states and steps, under its own name, and the part about fairness stays unknown.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from attrs import evolve, frozen

from checker.explore.exploration import Move, Violation
from checker.lang.declarations import FAIRNESS, Declaration, Property, Refinement
from checker.lang.model import Model
from checker.refinement.abstract import abstract_of
from checker.refinement.check import Refining, refining
from checker.refinement.explain import beside_states, explain_refinement
from checker.refinement.fairness import fairness_formulas
from checker.refinement.mapping import Mapping
from checker.result.proof import InductionFailure
from checker.result.result import Evidence, PropertyResult, Verdict
from checker.result.trace import Trace
from checker.system import OutOfBudget, State

BEGINNINGS_S = 10.0
"""CPython looks at initial states so long; a proof by induction shows the same of all of them."""


@frozen(eq=False)
class Asked:
    """What answers for a refinement in place of a method of the model."""

    mapping: Mapping

    def __call__(self, _: Model[object], *states: State) -> bool:
        """Whether an initial state, or a step, has a counterpart."""
        return self.mapping.begins(*states) if len(states) == 1 else self.mapping.allows(*states)

    def explain(self, behaviour: Sequence[Move]) -> list[str]:
        """Why the end of a behaviour has none."""
        return explain_refinement(self.mapping, behaviour)


@frozen(eq=False)
class Proving:
    """The refinements that are to be proved; `declaration` has them among its properties."""

    refined: Refining
    declaration: Declaration
    own: tuple[Property, ...]
    """The properties that are methods of the model."""
    added: tuple[Property, ...]
    fairness: dict[str, PropertyResult]
    """What is left open of refinements that were asked for as a whole, by the names of the parts proved."""

    @property
    def mappings(self) -> dict[str, Mapping]:
        """The refinements by their names."""
        return {one.name: one for one in self.refined.mappings}

    def judged(self, results: Sequence[PropertyResult]) -> tuple[PropertyResult, ...]:
        """Results as those of refinements, where they are; what is open of one comes after it."""
        found: list[PropertyResult] = []
        for one in results:
            found.append(self._result(one) if one.name in self.mappings else one)
            found += [self.fairness[one.name]] if one.name in self.fairness else []
        return tuple(found)

    def _result(self, result: PropertyResult) -> PropertyResult:
        mapping = self.mappings[result.name]
        result = evolve(result, kind="refinement", trace=self._beside(result.trace, mapping))
        bounded = result.verdict.evidence is Evidence.BOUNDED
        if bounded and self.refined.stopped is not None:  # steps were looked at, and not all beginnings
            ground = f"not every initial state was looked at: {self.refined.stopped}"
            return evolve(result, verdict=Verdict(Evidence.UNKNOWN), evidence=ground)
        return result

    @property
    def refuted(self) -> dict[str, Violation]:
        """The refinements that an initial state refutes; a proof has nothing to say of them."""
        return {violation.name: violation for violation in self.refined.violations}

    def shown(self, failure: InductionFailure) -> InductionFailure:
        """A counterexample to induction with what it is mapped to."""
        mapping = self.mappings.get(failure.conjunct)
        return failure if mapping is None else evolve(failure, trace=self._beside(failure.trace, mapping))

    @staticmethod
    def _beside(trace: Trace | None, mapping: Mapping) -> Trace:
        if trace is None or trace.beside is not None:
            return trace  # type: ignore[return-value]
        return evolve(trace, beside=beside_states(mapping, [step.state for step in trace.steps], trace.kind))


def proving(declaration: Declaration, chosen: Sequence[Refinement]) -> Proving:
    """The chosen refinements of a model as a proof takes them."""
    until = time.monotonic() + BEGINNINGS_S

    def poll() -> None:
        if time.monotonic() > until:
            raise OutOfBudget(f"CPython looks at them for {BEGINNINGS_S:g} s")

    parts = {one.whole: _provable(declaration, one) for one in chosen}
    refined = refining(declaration, [part for part, _ in parts.values()], poll)
    open_ = {part.name: left for part, left in parts.values() if left is not None}
    added = tuple(Property(one.name, "step", Asked(one), one.refinement.doc) for one in refined.mappings)
    given = evolve(refined.declaration, properties=(*declaration.properties, *added))
    return Proving(refined, given, declaration.properties, added, open_)


def _provable(declaration: Declaration, refinement: Refinement) -> tuple[Refinement, PropertyResult | None]:
    """The part of a refinement that Z3 is asked of, and what that leaves open; None where it is all."""
    mapping = Mapping(declaration, refinement, abstract_of(declaration, refinement))
    if refinement.steps_only or not fairness_formulas(mapping):
        return refinement, None
    kept = f"the fairness of {mapping.abstract.name} is kept"
    ground = f"Z3 proves steps, not that {kept}; `quorate check` decides it"
    name, doc = f"{refinement.name}{FAIRNESS}", refinement.doc
    return refinement.steps, PropertyResult(name, "refinement", doc, Verdict(Evidence.UNKNOWN), ground)
