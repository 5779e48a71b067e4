"""From what a search found to verdicts that never say more than that.

violated                    a behaviour refutes the property
exhaustive for this size    the search came to its end and met no bound
exhaustive within bounds    it came to its end, but bounds cut off what lies beyond them
sampled                     random behaviours only
unknown                     a budget ran out, or a `sometimes` was not reached within bounds
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from attrs import evolve

from checker.explore.behaviour import uncollected
from checker.explore.exploration import Exploration, Finding, Move, Violation
from checker.explore.search import DEADLOCK
from checker.lang.declarations import Declaration, Property, Temporal
from checker.refinement.explain import beside, explain_refinement
from checker.refinement.mapping import Mapping
from checker.result.result import (
    ActionResult,
    Counts,
    Evidence,
    PropertyKind,
    PropertyResult,
    Result,
    SymmetryUsed,
    Verdict,
)
from checker.result.trace import Assumed, Event, Step, Trace
from checker.why.explain import explain_deadlock, explain_false, explain_step

Mode = Literal["check", "simulate"]

STRENGTH = [
    Evidence.VIOLATED,
    Evidence.UNKNOWN,
    Evidence.SAMPLED,
    Evidence.BOUNDED,
    Evidence.WITHIN_BOUNDS,
    Evidence.EXHAUSTIVE,
    Evidence.PROVED,
    Evidence.PROVED_ANY,
]


def judge(
    declaration: Declaration,
    selected: Sequence[Property | Temporal | Mapping],
    exploration: Exploration,
    *,
    spec: str,
    engine: str,
    mode: Mode,
    deadlock: bool,
    notes: Iterable[str] = (),
    sorts: tuple[tuple[str, int], ...] = (),
) -> Result:
    """The result of a search: one verdict for each property that was looked at.

    `sorts` are those whose members the search exchanged, with their sizes; none without symmetry.
    """
    judge_of = _Judge(declaration, exploration, mode)
    judged = [judge_of.one(prop) for prop in selected]
    if deadlock:
        judged.append(judge_of.deadlock())
    remarks = [*notes, *declaration.notes, *_remarks(exploration, judged, mode)]
    if sorts and exploration.represented is None:
        remarks.append(
            "the orbits stand for more states than 128 bits count, so `represented` is not known; no verdict "
            "depends on it."
        )
    return Result(
        spec=spec,
        constants=tuple((constant.name, constant.value) for constant in declaration.constants),
        engine=engine,
        mode=mode,
        verdict=_weakest(judged, judge_of.evidence()),
        states=_counts(exploration),
        seconds=exploration.seconds,
        properties=tuple(judged),
        actions=tuple(ActionResult(n, c.taken, c.added) for n, c in exploration.actions.items()),
        bounds_reached=exploration.bounds,
        stopped=exploration.stopped,
        notes=tuple(remarks),
        symmetry=SymmetryUsed(sorts, exploration.samples) if sorts else None,
        workers=exploration.workers,
        compaction=exploration.compaction,
    )


def _counts(found: Exploration) -> Counts:
    return Counts(found.distinct, found.generated, found.depth, found.represented)


def _weakest(judged: Sequence[PropertyResult], without: Verdict) -> Verdict:
    if not judged:
        return without
    return min((p.verdict for p in judged), key=lambda v: STRENGTH.index(v.evidence))


def _remarks(exploration: Exploration, judged: Sequence[PropertyResult], mode: Mode) -> list[str]:
    remarks = []
    if exploration.abandoned:
        remarks.append(
            f"{exploration.abandoned:,} behaviours ended early, where generated code could not go on; "
            "--engine python walks them to their end."
        )
    for witness in exploration.reached:
        if witness.left_out:
            remarks.append(
                f"how `{witness.name}` was reached is left out: {witness.left_out} before the "
                f"{witness.depth:,} states were found again that lead there."
            )
    for name, times in exploration.left_to_python:
        remarks.append(
            f"CPython ran `{name}` for {times:,} states in place of generated code, whose storage its values "
            "outgrow: exact, but slower."
        )
    for finding in exploration.findings:
        remarks += finding.remarks
    complete = exploration.stopped is None and not exploration.violations and mode == "check"
    never = [name for name, count in exploration.actions.items() if count.taken == 0]
    if never and complete:
        names = ", ".join(f"`{name}`" for name in never)
        remarks.append(f"never taken: {names}. What they would do has not been checked.")
    if not judged:
        remarks.append("no property was checked at all: this run counted states, and shows nothing else.")
    elif not any(prop.kind in ("sometimes", "temporal") for prop in judged):
        remarks.append(
            "no `sometimes` property was checked, so nothing shows that the model does anything of interest."
        )
    return remarks


class _Judge:
    """Judges the properties of one exploration."""

    def __init__(self, declaration: Declaration, exploration: Exploration, mode: Mode) -> None:
        self.declaration = declaration
        self.found = exploration
        self.mode = mode
        self.refuted = {violation.name: violation for violation in exploration.violations}
        self.reached = {violation.name: violation for violation in exploration.reached}
        self.findings = {finding.name: finding for finding in exploration.findings}

    def evidence(self) -> Verdict:
        """What this search can say of a property that it did not refute."""
        if self.mode == "simulate":
            return Verdict(Evidence.UNKNOWN if self.found.stopped else Evidence.SAMPLED)
        if self._ran_out() or self._cut_short() or self.found.distinct == 0:
            return Verdict(Evidence.UNKNOWN)
        limited = self.found.bounds or self.found.compaction
        return Verdict(Evidence.WITHIN_BOUNDS if limited else Evidence.EXHAUSTIVE)

    def _ran_out(self) -> bool:
        """Whether a budget ended the search, rather than what is done after it."""
        return self.found.stopped is not None and not self.found.complete

    def _cut_short(self) -> bool:
        """Whether the search ended at a violation, with states left to expand."""
        return bool(self.found.violations) and not self.found.complete

    def _ground(self) -> str:
        """The evidence in words."""
        found = self.found
        seen = f"{found.distinct:,} states, depth {found.depth}"
        if found.represented is not None:
            seen = f"{found.represented:,} states in {found.distinct:,} orbits, depth {found.depth}"
        if found.compaction is not None:
            seen += f"; one was missed with a probability of at most {found.compaction.missed:.1g}"
        if self.mode == "simulate":
            return found.stopped or f"{found.behaviours:,} random behaviours, {found.generated:,} steps"
        if self._ran_out():
            return f"{found.stopped}, after {seen}"
        if self._cut_short():
            return "a violation ended the search"
        if found.distinct == 0:
            return "the boundary leaves out every initial state"
        if found.bounds:
            return f"all {seen}; bounds were reached"
        return f"all {seen}"

    def one(self, prop: Property | Temporal | Mapping) -> PropertyResult:
        """The verdict on what was looked at."""
        match prop:
            case Temporal():
                return self.temporal(prop)
            case Mapping():
                return self.refinement(prop)
            case _:
                return self.property(prop)

    def refinement(self, mapping: Mapping) -> PropertyResult:
        """The verdict on one refinement, a violation with the abstract behaviour beside it."""
        name, doc = mapping.name, mapping.refinement.doc
        violation = self.refuted.get(name)
        if violation is None:
            return self._kept(mapping)
        trace = self._trace(violation, "counterexample")
        abstract = beside(mapping, violation.behaviour, "counterexample")
        why = tuple(explain_refinement(mapping, violation.behaviour))
        return self._violated(name, "refinement", doc, why, evolve(trace, beside=abstract))

    def _kept(self, mapping: Mapping) -> PropertyResult:
        """The verdict on a refinement whose steps are those of the abstract model: is its fairness kept?"""
        name, doc = mapping.name, mapping.refinement.doc
        finding = self.findings.get(name)
        if finding is None:
            return PropertyResult(name, "refinement", doc, self.evidence(), self._ground())
        result = evolve(self._temporal(finding, doc), kind="refinement")
        if finding.holds:
            kept = f"{self._ground()}; the fairness of {mapping.abstract.name} is kept"
            return evolve(result, evidence=kept)
        if finding.holds is None:
            return result
        why = (f"the fairness of {mapping.abstract.name} is not kept", *result.why)
        assert result.trace is not None
        return evolve(
            result,
            why=why,
            trace=evolve(result.trace, beside=beside(mapping, finding.behaviour, "counterexample")),
        )

    def property(self, prop: Property) -> PropertyResult:
        """The verdict on one declared property."""
        if prop.kind == "sometimes":
            return self._sometimes(prop)
        violation = self.refuted.get(prop.name)
        if violation is None:
            return PropertyResult(prop.name, prop.kind, prop.doc, self.evidence(), self._ground())
        trace = self._trace(violation, "counterexample")
        if prop.kind == "step":
            why = explain_step(self.declaration, prop, violation.behaviour)
        else:
            why = explain_false(self.declaration, prop, violation.behaviour)
        return self._violated(prop.name, prop.kind, prop.doc, tuple(why), trace)

    def temporal(self, prop: Temporal) -> PropertyResult:
        """The verdict on one temporal property."""
        finding = self.findings.get(prop.name)
        if finding is None:
            verdict = Verdict(Evidence.UNKNOWN)
            return PropertyResult(prop.name, "temporal", prop.doc, verdict, self._ground())
        return self._temporal(finding, prop.doc)

    def _temporal(self, finding: Finding, doc: str) -> PropertyResult:
        name = finding.name
        if finding.holds is None:
            return PropertyResult(name, "temporal", doc, Verdict(Evidence.UNKNOWN), finding.ground)
        if finding.holds:
            verdict, limits = self.evidence(), self._ground()
            ground = (
                finding.ground if verdict.evidence is Evidence.EXHAUSTIVE else f"{finding.ground}; {limits}"
            )
            return PropertyResult(name, "temporal", doc, verdict, ground)
        with uncollected():
            trace = trace_of(self.declaration, finding.behaviour, "counterexample")
        fairness = tuple(Assumed(one.assumption, one.how, one.steps, one.kind) for one in finding.fairness)
        lasso = evolve(trace, loop=finding.loop, fairness=fairness)
        verdict = Verdict(Evidence.VIOLATED)
        return PropertyResult(
            name, "temporal", doc, verdict, finding.ground, finding.why, lasso, finding.hints
        )

    def deadlock(self) -> PropertyResult:
        """The verdict on freedom from deadlock."""
        violation = self.refuted.get(DEADLOCK)
        doc = "Every reachable state that is not final has a successor."
        if violation is None:
            return PropertyResult(DEADLOCK, "deadlock", doc, self.evidence(), self._ground())
        trace = self._trace(violation, "counterexample")
        why = tuple(explain_deadlock(self.declaration, violation.behaviour[-1].state))
        return self._violated(DEADLOCK, "deadlock", doc, why, trace)

    def _violated(
        self,
        name: str,
        kind: PropertyKind,
        doc: str,
        why: tuple[str, ...],
        trace: Trace,
    ) -> PropertyResult:
        steps = len(trace.steps) - 1
        ground = f"a counterexample of {steps} step{'s' * (steps != 1)}"
        return PropertyResult(name, kind, doc, Verdict(Evidence.VIOLATED), ground, why, trace)

    def _sometimes(self, prop: Property) -> PropertyResult:
        witness = self.reached.get(prop.name)
        if witness is not None:
            trace = None if witness.left_out else self._trace(witness, "witness")
            depth = witness.depth
            verdict = self.evidence()
            if verdict.evidence in (Evidence.UNKNOWN, Evidence.SAMPLED):
                verdict = Verdict(Evidence.BOUNDED, depth)
            ground = f"reached at depth {depth}"
            return PropertyResult(prop.name, "sometimes", prop.doc, verdict, ground, (), trace)
        if self.evidence().evidence is Evidence.EXHAUSTIVE:
            why = ("no reachable state satisfies it, so whatever it stands for cannot happen.",)
            ground = f"never reached in {self._ground()}"
            verdict = Verdict(Evidence.VIOLATED)
            return PropertyResult(prop.name, "sometimes", prop.doc, verdict, ground, why)
        verdict = Verdict(Evidence.UNKNOWN)
        ground = f"not reached: {self._ground()}"
        return PropertyResult(prop.name, "sometimes", prop.doc, verdict, ground)

    def _trace(self, violation: Violation, kind: str) -> Trace:
        with uncollected():
            return trace_of(self.declaration, violation.behaviour, kind)


def trace_of(declaration: Declaration, behaviour: Sequence[Move], kind: str) -> Trace:
    """A behaviour of the search as a trace that reports can show."""
    model = declaration.model
    names = [tuple(parameter.name for parameter in action.parameters) for action in declaration.actions]
    types = [tuple(parameter.type for parameter in action.parameters) for action in declaration.actions]
    steps = []
    for move in behaviour:
        if move.action is None:
            steps.append(Step(None, (), move.state))
            continue
        name = declaration.actions[move.action].name
        arguments = tuple(zip(names[move.action], move.arguments, strict=True))
        event = model.lane_event(name, dict(arguments))
        shown = Event(*event) if event else None
        steps.append(Step(name, arguments, move.state, shown, types[move.action]))
    lanes = model.lanes(behaviour[0].state)
    return Trace(kind, tuple(steps), declaration.state, tuple(lanes))
