"""From an attempt at a proof to verdicts: for each property the strongest that something shows, and no more.

violated                    a real behaviour refutes it, run by CPython
proved for this size        it is part of an inductive invariant, and no step from there raises
exhaustive …                a search of the reachable states came to its end
bounded to depth k          no behaviour of so many states violates it
unknown                     none of these, and why
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from checker.explore.exploration import Exploration, Violation
from checker.explore.search import DEADLOCK
from checker.judge import STRENGTH, judge
from checker.lang.declarations import Declaration, Property
from checker.lang.errors import InternalError
from checker.prove.attempt import Attempt
from checker.result.proof import WELL_DEFINED, InductionFailure
from checker.result.result import Evidence, PropertyResult, Verdict

SEARCHED = (Evidence.EXHAUSTIVE, Evidence.WITHIN_BOUNDS)


@frozen
class Verdicts:
    """Judges the properties of one attempt."""

    declaration: Declaration
    attempt: Attempt
    lemmas: tuple[Property, ...]
    """The lemmas that are reported."""

    def all(self, selected: Sequence[Property], deadlock: bool) -> tuple[PropertyResult, ...]:
        """A result for each property, in the order of the spec, then for the lemmas."""
        found = [self._property(prop) for prop in selected]
        if deadlock:
            found.append(self._safety(DEADLOCK, self._blank(DEADLOCK)))
        shown = {prop.name for prop in selected}
        return (*found, *(self._property(lemma) for lemma in self.lemmas if lemma.name not in shown))

    def _blank(self, name: str) -> PropertyResult:
        """A property of which nothing is known."""
        if name == DEADLOCK:
            doc = "Every reachable state that is not final has a successor."
            return PropertyResult(DEADLOCK, "deadlock", doc, _UNKNOWN, "")
        known = (*self.declaration.properties, *self.declaration.lemmas)
        prop = next(prop for prop in known if prop.name == name)
        return PropertyResult(prop.name, prop.kind, prop.doc, _UNKNOWN, "")

    def _property(self, prop: Property) -> PropertyResult:
        blank = self._blank(prop.name)
        return self._sometimes(prop, blank) if prop.kind == "sometimes" else self._safety(prop.name, blank)

    # -- what must hold in every state --

    def _safety(self, name: str, blank: PropertyResult) -> PropertyResult:
        refuted, attempt = self._refuted(name), self.attempt
        if refuted is not None:
            if name in attempt.proved:
                raise InternalError(f"`{name}` is proved, and a behaviour violates it: {refuted.evidence}")
            return refuted
        if name in attempt.proved:
            return evolve(blank, verdict=Verdict(Evidence.PROVED), evidence=attempt.proved[name])
        if name in attempt.invariant and WELL_DEFINED in attempt.invariant:
            within = "; for states within the bounds only" if attempt.bounds else ""
            ground = f"part of the inductive invariant{within}"
            return evolve(blank, verdict=Verdict(Evidence.PROVED), evidence=ground)
        searched = self._searched(name)
        if searched is not None and searched.verdict.evidence in SEARCHED:
            return evolve(searched, evidence=f"{self._why_not(name)}; {searched.evidence}")
        bounded = attempt.bounded
        if bounded is not None and bounded.depth > 0 and bounded.looked_for(name):
            ends = f"; {bounded.stopped}" if bounded.stopped else ""
            text = f"no behaviour of up to {bounded.depth} states violates it{ends}"
            return evolve(blank, verdict=Verdict(Evidence.BOUNDED, bounded.depth), evidence=text)
        return evolve(blank, evidence=self._why_not(name))

    def _refuted(self, name: str) -> PropertyResult | None:
        """The result of a property that a real behaviour violates."""
        searched = self._searched(name)
        if searched is not None and searched.verdict.evidence is Evidence.VIOLATED:
            return searched
        bounded = self.attempt.bounded
        if bounded is not None and name in bounded.found:
            return self._shown(name)
        real = next((f for f in self.attempt.failures if f.conjunct == name and f.reachable), None)
        return None if real is None else self._from(real)

    def _from(self, real: InductionFailure) -> PropertyResult:
        """The result of a property that a step from an initial state violates, or an initial state."""
        blank = self._blank(real.conjunct)
        steps = len(real.trace.steps) - 1
        ground = f"a counterexample of {steps} step{'s' * (steps != 1)}"
        trace = evolve(real.trace, kind="counterexample")
        return evolve(blank, verdict=Verdict(Evidence.VIOLATED), evidence=ground, why=real.why, trace=trace)

    def _why_not(self, name: str) -> str:
        attempt = self.attempt
        if attempt.method == "bmc" or (attempt.stopped and not attempt.conditions):
            return f"not decided: {attempt.stopped or (attempt.bounded and attempt.bounded.stopped) or 'not looked for'}"
        if name in attempt.why_not:
            return f"not decided: {attempt.why_not[name]}"
        if WELL_DEFINED in attempt.why_not and name in attempt.invariant:
            return f"inductive, but that no step raises was not decided: {attempt.why_not[WELL_DEFINED]}"
        if name in attempt.invariant:
            return "inductive, but a step from a state of the invariant raises"
        return "not inductive" if not attempt.stopped else f"not inductive; {attempt.stopped}"

    # -- what must be reachable --

    def _sometimes(self, prop: Property, blank: PropertyResult) -> PropertyResult:
        bounded = self.attempt.bounded
        if bounded is not None and prop.name in bounded.found:
            return self._shown(prop.name)
        searched = self._searched(prop.name)
        if searched is not None:
            return searched
        depth = f" to depth {bounded.depth}" if bounded is not None else ""
        return evolve(blank, evidence=f"not reached{depth}")

    # -- what others found --

    def _searched(self, name: str) -> PropertyResult | None:
        searched = self.attempt.searched
        if searched is None:
            return None
        return next((prop for prop in searched.properties if prop.name == name), None)

    def _shown(self, name: str) -> PropertyResult:
        """The result of a property for which bounded checking found a behaviour."""
        bounded = self.attempt.bounded
        assert bounded is not None
        found = Violation(name, bounded.found[name])
        known = (*self.declaration.properties, *self.declaration.lemmas)
        selected = [prop for prop in known if prop.name == name]
        reached = bool(selected) and selected[0].kind == "sometimes"
        seen = Exploration(
            distinct=1,
            generated=1,
            depth=bounded.depth,
            seconds=0.0,
            violations=() if reached else (found,),
            reached=(found,) if reached else (),
            actions={},
            bounds=(),
            stopped="bounded",
            complete=False,
        )
        result = judge(
            self.declaration, selected, seen, spec="", engine="z3", mode="check", deadlock=name == DEADLOCK
        )
        return result.properties[0]


_UNKNOWN = Verdict(Evidence.UNKNOWN)


def overall(judged: Sequence[PropertyResult]) -> Verdict:
    """The weakest verdict; a `sometimes` that is reached weakens none."""
    counted = [prop.verdict for prop in judged if not (prop.kind == "sometimes" and prop.holds)]
    everything = counted or [prop.verdict for prop in judged]
    return min(everything, key=lambda verdict: STRENGTH.index(verdict.evidence), default=_UNKNOWN)
