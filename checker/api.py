"""`check`, `simulate` and `prove`: the whole pipeline as three functions.

from checker import check
assert check(Raft(nodes=3)).holds
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from attrs import evolve

from checker.choice import only_safety, select
from checker.engines import Engine, Order, Task, Walks, explore, walk
from checker.explore.budget import Budget, Meter, ProgressSink
from checker.explore.search import Checks
from checker.judge import judge
from checker.lang.declarations import Declaration, Property, declare
from checker.lang.model import Model, identify
from checker.liveness.check import liveness_of
from checker.reference.system import ReferenceSystem
from checker.refinement.check import refining
from checker.refinement.fairness import fairness_of, without_fairness
from checker.result.result import Result

if TYPE_CHECKING:
    from checker.prove.attempt import Method
    from checker.result.proof import ProofSink


def check(
    model: Model[Any] | Declaration,
    *,
    properties: Sequence[str] | None = None,
    lemmas: bool = False,
    search: Order = "bfs",
    max_states: int | None = None,
    max_depth: int | None = None,
    timeout_s: float | None = None,
    memory_gib: float | None = None,
    seed: int | None = None,
    engine: Engine = "auto",
    workers: int | None = None,
    compact_bits: int | None = None,
    symmetry: bool = True,
    deadlock: bool = True,
    keep_going: bool = False,
    name: str | None = None,
    progress: ProgressSink | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Result:
    """Explore every reachable state of a model, or of what one declares, and judge its properties.

    `properties` names those to look at, all of them by default; "deadlock_freedom" is one, and "as_x.steps"
    is the refinement "as_x" without the fairness of its abstract model.  Lemmas are looked at only where they
    are named there, or all of them with `lemmas`.

    The search ends with the level of the first violation unless `keep_going`.  A budget that runs out
    gives a result whose verdict is `unknown`.  With a `seed`, witnesses are tried in another order: the
    counts are the same, the counterexample may be another of the same length.  With `symmetry`, states
    that differ only in the names of identities are explored once for all of them.

    `engine="native"` compiles the spec to C; `workers` of its threads search, as many as there are
    processors unless told otherwise.  With `compact_bits` it keeps fingerprints of so many bits
    instead of states, and the result states the probability that one was missed.

    Raises SpecError for a mistake in the spec and CallError for one in the call.
    """
    declaration = model if isinstance(model, Declaration) else declare(model)
    chosen = select(declaration, properties, deadlock, lemmas=lemmas)
    if compact_bits:
        chosen = only_safety(chosen, properties, "with --compact no graph of states is there")
        parts, left_out = without_fairness(declaration, chosen.refinements)
        chosen = evolve(chosen, refinements=parts, notes=(*chosen.notes, *left_out))
    meter = Meter(Budget(max_states, max_depth, timeout_s, memory_gib), progress, stopped)
    refined = refining(declaration.without_lemmas(but=chosen.properties), chosen.refinements, meter.poll)
    declaration = refined.declaration

    def asked(system: ReferenceSystem) -> Checks:
        return refined.asked(checks_of(system, chosen.properties, chosen.deadlock))

    kept = () if compact_bits else fairness_of(refined.mappings)
    temporal = (*chosen.temporal, *kept)
    liveness = liveness_of(declaration, temporal, symmetry=symmetry)
    task = Task(
        declaration, asked, meter, search, keep_going, symmetry, seed, workers, compact_bits, liveness
    )
    done = explore(task, engine)
    return _remember(
        judge(
            declaration,
            [*chosen.properties, *chosen.temporal, *refined.mappings],
            refined.found(done.exploration),
            spec=name or identify(type(declaration.model)),
            engine=done.engine,
            mode="check",
            deadlock=chosen.deadlock,
            notes=(*chosen.notes, *done.notes),
            sorts=done.sorts,
        )
    )


def simulate(
    model: Model[Any],
    *,
    behaviours: int = 100,
    depth: int = 100,
    seed: int = 0,
    properties: Sequence[str] | None = None,
    lemmas: bool = False,
    timeout_s: float | None = None,
    memory_gib: float | None = None,
    engine: Engine = "auto",
    workers: int | None = None,
    deadlock: bool = True,
    name: str | None = None,
    progress: ProgressSink | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Result:
    """Walk so many random behaviours of at most `depth` states and judge what they show.

    The verdict on a property that none of them violates is `sampled`, never that it holds.  The same
    seed gives the same behaviours with the same engine, whatever the number of workers.  The native
    engine keeps no states, so it counts no distinct ones.
    """
    declaration = declare(model)
    chosen = only_safety(
        select(declaration, properties, deadlock, lemmas=lemmas),
        properties,
        "a random behaviour ends too soon",
    )
    meter = Meter(Budget(timeout_s=timeout_s, memory_gib=memory_gib), progress, stopped)
    refined = refining(declaration.without_lemmas(but=chosen.properties), chosen.refinements, meter.poll)
    declaration = refined.declaration
    task = Task(
        declaration=declaration,
        checks_of=lambda system: refined.asked(checks_of(system, chosen.properties, chosen.deadlock)),
        meter=meter,
        symmetry=False,
        workers=workers,
    )
    done = walk(task, Walks(behaviours, depth, seed), engine)
    return _remember(
        judge(
            declaration,
            [*chosen.properties, *refined.mappings],
            refined.found(done.exploration),
            spec=name or identify(type(model)),
            engine=done.engine,
            mode="simulate",
            deadlock=chosen.deadlock,
            notes=(f"seed {seed}: the same seed gives the same behaviours.", *done.notes, *chosen.notes),
        )
    )


def prove(
    model: Model[Any],
    *,
    properties: Sequence[str] | None = None,
    method: Method = "auto",
    depth: int | None = None,
    timeout_s: float | None = None,
    query_timeout_s: float | None = None,
    memory_gib: float | None = None,
    seed: int = 0,
    find_lemmas: bool | None = None,
    emit: str | None = None,
    recheck: bool = False,
    deadlock: bool = True,
    name: str | None = None,
    progress: ProofSink | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Result:
    """Prove properties of a model with Z3: by induction, so for behaviours of any length.

    All `always` properties and lemmas of the model may help; `properties` names those to be proved, all of
    them by default.  What is not inductive is searched for in the reachable states, with `find_lemmas` (the
    default for "auto") given lemmas that are looked for, then tried over several states in a row and to a
    bounded `depth`.  Of a refinement "as_x" whose abstract model has fairness, "as_x.steps" is proved, and
    "as_x.fairness" stays unknown.  `emit` is a folder for the verification conditions as SMT-LIB 2; with
    `recheck` cvc5 is asked each of them as well.

    Raises SpecError for a mistake in the spec, or what lies outside the subset of Python that can be
    compiled, and CallError for a mistake in the call.
    """
    from checker.prove.api import Asked, proof_of
    from checker.refinement.proving import proving

    declaration = declare(model)
    chosen = only_safety(
        select(declaration, properties, deadlock), properties, "a proof here is of invariants and steps"
    )

    def search(names: Sequence[str], seconds: float) -> Result:
        return check(
            model,
            properties=names,
            timeout_s=seconds,
            memory_gib=memory_gib,
            keep_going=True,
            name=name,
            stopped=stopped,
        )

    refined = proving(declaration, chosen.refinements)
    asked = Asked(
        declaration=refined.declaration,
        selected=(*chosen.properties, *refined.added),
        deadlock=chosen.deadlock,
        everything=properties is None,
        spec=name or identify(type(model)),
        plan=(method, depth, find_lemmas),
        emit=emit,
        recheck=recheck,
        refined=refined,
    )
    budgets = (timeout_s, query_timeout_s, memory_gib)
    found = proof_of(asked, budgets, seed, progress, stopped, search)
    return _remember(evolve(found, notes=(*found.notes, *chosen.notes)))


def checks_of(system: ReferenceSystem, selected: Sequence[Property], deadlock: bool) -> Checks:
    """The selected properties as a search asks them."""

    def kind(*wanted: str) -> Any:
        return tuple(system.predicates([prop.name for prop in selected if prop.kind in wanted]))

    return Checks(kind("always", "lemma"), kind("step"), kind("sometimes"), deadlock)


recent: list[Result] = []
"""The last results since the current test began; the pytest plugin shows those that do not hold."""


def _remember(result: Result) -> Result:
    recent.append(result)
    del recent[:-32]
    return result
