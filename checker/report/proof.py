"""A proof as text: what was done, its obligations, what refuted it, and what to do next.

The rule it keeps: every word follows from the data of the result, and no verdict is decided here.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.text import Text

from checker.report.advice import advice
from checker.report.behaviour import trace_lines
from checker.report.layout import lines_of
from checker.report.obligations import OUTCOMES, obligations_table
from checker.report.trace import Line, line, wrapped
from checker.result.proof import InductionFailure, Method, Obligation, Proof
from checker.result.result import Result

FIRST: dict[Method, str] = {"induction": "initial", "k-induction": "first steps", "bmc": "all steps"}
"""The title of the column of what is to be shown from the initial states on."""


def proof_parts(result: Result, proof: Proof, width: int) -> list[RenderableType]:
    """What a proof rests on, its obligations, and the lemmas that were found."""
    parts: list[RenderableType] = [lines_of(_summary(result, proof, width))]
    if proof.obligations:
        parts += [Text(), obligations_table(proof.obligations, FIRST[proof.method], width)]
    rest = [*_open(proof.obligations, width), *_bounds(proof, width), *_found(proof)]
    return [*parts, lines_of(rest)] if rest else parts


def failures_of(result: Result, proof: Proof, width: int) -> list[Line]:
    """The counterexamples to induction."""
    return [
        each
        for failure in proof.failures
        for each in failure_lines(failure, width, repeated=_repeated(failure, result))
    ]


def next_lines(result: Result, proof: Proof, width: int) -> list[Line]:
    """What to do next, at the end of a report."""
    found = advice(result, proof)
    if not found:
        return []
    return [
        line(),
        line("what to do next", "bold"),
        *(each for text in found for each in wrapped(text, width, 2)),
    ]


# -- what was done --


def _summary(result: Result, proof: Proof, width: int) -> list[Line]:
    method = proof.method if proof.depth is None else f"{proof.method}, depth {proof.depth}"
    asked = ", ".join(proof.solvers) or result.engine
    counted = [
        f"{number:,} {'hold that far' if (proof.method, outcome) == ('bmc', 'proved') else outcome}"
        for outcome in OUTCOMES
        if (number := sum(each.outcome == outcome for each in proof.obligations))
    ]
    text = (
        f"{method} by {asked}: {_several(len(proof.obligations), 'obligation')}"
        f"{', ' if counted else ''}{', '.join(counted)}; {result.seconds:.2f} s, "
        f"{_several(proof.queries, 'query', 'queries')}, {proof.memory_mib:,.0f} MiB, seed {proof.seed}"
    )
    lines = wrapped(text, width)
    if proof.invariant:
        lines += wrapped(f"inductive invariant: {', '.join(proof.invariant)}", width)
    lines += [each for said in _agreed(proof.obligations) for each in wrapped(said, width)]
    if proof.candidates:
        lines += wrapped(
            f"lemmas: {_several(proof.candidates, 'candidate')} tried, {len(proof.found)} kept", width
        )
    if proof.emitted is not None:
        lines += wrapped(f"verification conditions: {proof.emitted}", width)
    return lines


def _agreed(obligations: Sequence[Obligation]) -> list[str]:
    """Which solvers agreed on what they found out, and how often."""
    groups: dict[tuple[str, ...], int] = {}
    for each in obligations:
        if len(each.solvers) > 1 and each.outcome != "unknown":
            groups[each.solvers] = groups.get(each.solvers, 0) + 1
    return [
        f"agreed: {', '.join(solvers[:-1])} and {solvers[-1]} on {number:,} of {_several(len(obligations), 'obligation')}"
        for solvers, number in groups.items()
    ]


def _open(obligations: Iterable[Obligation], width: int) -> list[Line]:
    """What is not known, and why."""
    lines = []
    for each in obligations:
        if each.outcome == "unknown":
            where = each.action or "the initial states"
            lines += wrapped(f"unknown: {each.conjunct}, {where}: {each.reason}", width, 0, "yellow")
    return [line(), *lines] if lines else []


def _found(proof: Proof) -> list[Line]:
    """Lemmas that were found, as source that can be pasted."""
    if not proof.found:
        return []
    kept = _several(len(proof.found), "lemma")
    lines = [line(), line(f"{kept} found, to paste into the class of the spec", "bold")]
    for lemma in proof.found:
        source = textwrap.indent(textwrap.dedent(lemma.source).strip("\n"), " " * 4)
        lines += [line(), *map(line, source.splitlines())]
    return lines


def _bounds(proof: Proof, width: int) -> list[Line]:
    if not proof.bounds:
        return []
    title = (
        "bounds that a step can leave: such a step is not taken, and the proof is about states within them"
    )
    lines = [line(), *wrapped(title, width, 0, "bold yellow")]
    return lines + [each for text in proof.bounds for each in wrapped(text, width, 2)]


# -- counterexamples to induction --


def failure_lines(failure: InductionFailure, width: int, repeated: bool = False) -> list[Line]:
    """A counterexample to induction: why it is one, its states, and whether it can happen.

    One that is `repeated` is the end of a behaviour that the report shows anyway.
    """
    lines = [line(), *wrapped(f"{failure.trace.kind}: {_claim(failure)}", width, 0, "bold yellow")]
    if failure.why:
        lines += [line(), line("  why", "bold")]
        lines += [each for text in failure.why for each in wrapped(text, width, 4, hang=4)]
    lines.append(line())
    if repeated:
        lines += wrapped("it ends the counterexample that follows", width, 2)
    else:
        start = "a state that satisfies the invariant" if failure.action else "an initial state"
        lines += trace_lines(failure.trace, width, start)
        lines += [line(), *wrapped(_size(failure), width, 2)] if failure.action else [line()]
    told = {True: "reachable: yes", False: "reachable: no", None: "reachable: not known"}[failure.reachable]
    return [*lines, *wrapped(f"{told}. {failure.explanation}".rstrip(". ") + ".", width, 2, "bold")]


def _claim(failure: InductionFailure) -> str:
    if not failure.action:
        return f"an initial state violates {failure.conjunct}"
    if len(failure.trace.steps) == 1:
        return f"a state that satisfies the invariant violates {failure.conjunct}"
    return f"{failure.action} does not preserve {failure.conjunct}"


def _size(failure: InductionFailure) -> str:
    fewest = "; none differs in fewer" if failure.minimal else ""
    return f"its first state differs from the initial state in {_several(failure.differing, 'part')}{fewest}"


def _repeated(failure: InductionFailure, result: Result) -> bool:
    """Whether a counterexample of the report ends with the steps of this one."""
    size = len(failure.trace.steps)
    states = [step.state for step in failure.trace.steps]
    return any(
        prop.name == failure.conjunct
        and prop.trace is not None
        and len(prop.trace.steps) >= size
        and [step.state for step in prop.trace.steps[-size:]] == states
        for prop in result.violated
    )


def _several(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
