"""From a model to the result of a proof: the stages put together."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from attrs import evolve, frozen

from checker.compile.model import compile_model
from checker.ir.program import Program
from checker.judge import trace_of
from checker.lang.declarations import Declaration, Property
from checker.lang.errors import InternalError
from checker.prove.attempt import Attempt, Method, Plan, Searching
from checker.prove.bounded import AT_DEPTH
from checker.prove.candidates import Candidate
from checker.prove.evidence import Second, ask_again, write
from checker.prove.lemmas.scope import imports
from checker.prove.prover import Prover
from checker.prove.session import DEFAULT_QUERY_S, Session
from checker.prove.theory import INITIAL
from checker.prove.verdicts import Verdicts, overall
from checker.refinement.explain import explain_refinement
from checker.refinement.program import with_refinements
from checker.refinement.proving import Proving
from checker.result.proof import WELL_DEFINED, FoundLemma, Obligation, Proof, ProofSink
from checker.result.result import Evidence, PropertyResult, Result, Verdict
from checker.solve.z3_library import version

DEFAULT_MEMORY_MB = 4000

RECURSION = 20_000
"""Python's limit while formulas are built: specs nest deeper than its default allows."""


@frozen
class Asked:
    """What is to be proved of which model, and what for."""

    declaration: Declaration
    selected: tuple[Property, ...]
    deadlock: bool
    everything: bool
    spec: str
    plan: tuple[Method, int | None, bool | None]
    emit: str | None = None
    recheck: bool = False
    refined: Proving | None = None


def proof_of(
    asked: Asked,
    budgets: tuple[float | None, float | None, float | None],
    seed: int,
    progress: ProofSink | None,
    stopped: Callable[[], bool] | None,
    search: Searching,
) -> Result:
    """The result of a proof; `budgets` are seconds, seconds for a query, and GiB."""
    timeout_s, query_timeout_s, memory_gib = budgets
    memory_mb = DEFAULT_MEMORY_MB if memory_gib is None else max(64, int(memory_gib * 1024))
    session = Session(seed, timeout_s, query_timeout_s, memory_mb, progress, stopped)
    session.begin("compiling")
    program = _program(asked)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, RECURSION))
    try:
        prover = Prover(
            asked.declaration, program, asked.selected, asked.deadlock, session, Plan(*asked.plan), search
        )
        attempt = prover.run()
        second = _evidence(asked, attempt, session)
    finally:
        sys.setrecursionlimit(limit)
    return _result(asked, attempt, session, second)


def _program(asked: Asked) -> Program:
    """The program, with the refinements that are to be proved among its properties."""
    refined = asked.refined
    if refined is None:
        return compile_model(asked.declaration)
    own = evolve(asked.declaration, properties=refined.own)
    return with_refinements(compile_model(own), own)


def _evidence(asked: Asked, attempt: Attempt, session: Session) -> Second | None:
    """Write the verification conditions down and ask the second solver, as far as that is wanted."""
    total = sum(len(part.questions) for part in attempt.conditions)
    if total == 0:
        return None
    constants = ", ".join(f"{one.name} = {one.value!r}" for one in asked.declaration.constants)
    about = f"{asked.spec} ({constants}), by {attempt.method}"
    folder = None if asked.emit is None else Path(asked.emit)
    if asked.recheck:
        session.begin("asking cvc5")
        return ask_again(
            attempt.conditions,
            folder,
            about,
            timeout_s=session.query_timeout_s or DEFAULT_QUERY_S,
            stopped=lambda: bool(session.out_of_budget()),
            told=lambda done: session.begin(f"asking cvc5: {done} of {total}"),
        )
    if folder is not None:
        write(attempt.conditions, folder, about)
    return None


def _agreed(attempt: Attempt, first: str, second: Second | None) -> tuple[Obligation, ...]:
    """The obligations with the solvers that agreed on each.

    What holds of the first states is asked for each depth, of several conjuncts at once: the second solver
    agrees on it for one of them only where it agrees on all depths.
    """
    again: dict[tuple[str, str], bool] = {}
    depths: list[tuple[list[str], bool]] = []
    for question, answer in () if second is None else second.answers:
        key, agrees = (question.conjunct, question.action), answer.status == "unsat"
        again[key] = again.get(key, True) and agrees
        if question.action.startswith(AT_DEPTH):
            depths.append(([WELL_DEFINED, *question.conjunct.split(", ")], agrees))
    found = []
    for each in attempt.obligations:
        solvers: tuple[str, ...] = (first,) if each.solvers else ()
        agreed = again.get((each.conjunct, each.action), attempt.method == "bmc")
        if each.action == INITIAL:
            agreed = agreed and all(agrees and each.conjunct in names for names, agrees in depths)
        if second is not None and each.outcome == "proved" and agreed:
            solvers = (first, second.name)
        found.append(evolve(each, solvers=solvers))
    return tuple(found)


def _pasteable(declaration: Declaration, found: Candidate) -> FoundLemma:
    """A found lemma as source, headed by what it needs that its module has not imported."""
    needed = [f"# {each}" for each in imports(type(declaration.model), found.source)]
    return FoundLemma(found.name, "\n".join([*needed, found.source]), found.text)


def _remarks(asked: Asked, attempt: Attempt) -> list[str]:
    """What a reader should not miss: what was tried in vain, and what the written evidence is about."""
    remarks = []
    if attempt.tried_k > (attempt.k or 1) and attempt.method != "bmc":
        remarks.append(
            f"k-induction was tried with up to {attempt.tried_k} states in a row, and proves nothing more."
        )
    if not (asked.emit or asked.recheck):
        return remarks
    if not attempt.conditions:
        return [
            *remarks,
            "there is no proof, so there are no verification conditions to write or to ask again.",
        ]
    written = sum(len(part.questions) for part in attempt.conditions)
    if any(each.outcome != "proved" for each in attempt.obligations):
        remarks.append(
            f"the {written} verification conditions that were written or asked again are those of what is "
            "proved; what is refuted or unknown has none."
        )
    return remarks


def _begun(refined: Proving, declaration: Declaration, result: PropertyResult) -> PropertyResult:
    """The result of a refinement that an initial state refutes, whatever the steps do."""
    violation = refined.refuted.get(result.name)
    if violation is None or result.verdict.evidence is Evidence.VIOLATED:
        return result
    if result.verdict.evidence is Evidence.PROVED:
        raise InternalError(f"`{result.name}` is proved, and an initial state refutes it: {violation!r}")
    trace = trace_of(declaration, violation.behaviour, "counterexample")
    why = tuple(explain_refinement(refined.mappings[result.name], violation.behaviour))
    ground = "a counterexample of 0 steps"
    return evolve(result, verdict=Verdict(Evidence.VIOLATED), evidence=ground, why=why, trace=trace)


def _result(asked: Asked, attempt: Attempt, session: Session, second: Second | None) -> Result:
    declaration = asked.declaration
    lemmas = tuple(
        lemma for lemma in declaration.lemmas if asked.everything or lemma.name in attempt.invariant
    )
    if attempt.method == "bmc":
        lemmas = ()
    judged = Verdicts(declaration, attempt, lemmas).all(asked.selected, asked.deadlock)
    failures = tuple(attempt.failures)
    if asked.refined is not None:
        judged = asked.refined.judged(tuple(_begun(asked.refined, declaration, one) for one in judged))
        failures = tuple(map(asked.refined.shown, failures))
    first = f"Z3 {version()}"
    proof = Proof(
        method=attempt.method,
        invariant=attempt.invariant,
        obligations=_agreed(attempt, first, second),
        failures=failures,
        found=tuple(_pasteable(declaration, one) for one in attempt.found),
        depth=attempt.k,
        bounds=attempt.bounds,
        solvers=(first,) if second is None else (first, second.name),
        seed=session.seed,
        emitted=asked.emit if attempt.conditions else None,
        queries=session.queries,
        memory_mib=session.memory_mib,
        candidates=attempt.tried,
    )
    return Result(
        spec=asked.spec,
        constants=tuple((constant.name, constant.value) for constant in declaration.constants),
        engine="z3",
        mode="prove",
        verdict=overall(judged),
        states=None,
        seconds=session.seconds,
        properties=judged,
        actions=(),
        bounds_reached=(),
        stopped=attempt.stopped or None,
        notes=(*declaration.notes, *_remarks(asked, attempt)),
        proof=proof,
    )
