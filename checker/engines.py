"""Which engine explores a model: the reference engine, native code, or first the one and then the other.

With `auto` CPython begins: it looks at everything that a spec can do wrong, and a model of a few
hundred states is done before a compiler would be.  Larger ones are handed to native code, which
starts afresh.  Where it cannot run, because there is no compiler or the spec uses what it does not
know, the reference engine goes on, and the result says why.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from attrs import evolve, frozen

from checker.explore.budget import Meter, out_of_states, out_of_time
from checker.explore.exploration import Exploration, Finding
from checker.explore.search import Checks, Search
from checker.explore.simulate import Simulation
from checker.lang.declarations import Declaration
from checker.lang.errors import CallError, SpecError
from checker.lang.types import SortType
from checker.liveness.check import Liveness, findings, undecided
from checker.liveness.graph import Source
from checker.liveness.letters import Letters
from checker.liveness.listed import listed_graph
from checker.reference.system import ReferenceSystem
from checker.symmetry.reduction import Reduction, reduction_of
from checker.system import OutOfBudget

if TYPE_CHECKING:
    from checker.native.compiler import Compiler
    from checker.native.host import Host
    from checker.native.library import Running
    from checker.native.model import NativeModel

Engine = Literal["auto", "python", "native"]
Order = Literal["bfs", "dfs"]

MOST_WORKERS = 1024
"""Threads of one native search."""

TRIAL_STATES = 500
"""With `auto`, models of no more states than this never see a compiler."""

TRIAL_S = 1.0
"""Nor do those that CPython explores in so many seconds; no trial takes longer."""

TRIAL_STEPS = 50_000
"""With `auto`, random behaviours of no more steps than this in all are walked by CPython."""


@frozen
class Task:
    """A search to be done; `checks_of` makes the predicates of a reference system."""

    declaration: Declaration
    checks_of: Callable[[ReferenceSystem], Checks]
    meter: Meter
    order: Order = "bfs"
    keep_going: bool = False
    symmetry: bool = True
    seed: int | None = None
    workers: int | None = None
    compact_bits: int | None = None
    liveness: Liveness | None = None


@frozen
class Walks:
    """Random behaviours to be walked: how many, of how many states at most, and from which seed."""

    behaviours: int
    depth: int
    seed: int


@frozen
class Explored:
    """What was found, by which engine, over which sorts symmetry was used, and what is to be remarked."""

    exploration: Exploration
    engine: str
    sorts: tuple[tuple[str, int], ...]
    notes: tuple[str, ...] = ()


def explore(task: Task, engine: Engine) -> Explored:
    """Do a search with an engine.

    Raises SpecError and CallError; with `engine="native"` also where only native code is unable.
    """
    if task.workers is not None and not 1 <= task.workers <= MOST_WORKERS:
        raise CallError(
            "call/workers",
            f"{task.workers} workers cannot search",
            instead=f"Ask for 1 to {MOST_WORKERS}, or leave it out: as many as there are processors.",
        )
    if task.compact_bits and task.order == "dfs":
        raise CallError(
            "call/contradiction",
            "a depth-first search cannot keep fingerprints instead of states",
            why="It goes back to states that it has left, and needs them in full.",
            instead="Search breadth first, or leave --compact out.",
        )
    if task.compact_bits and task.liveness is not None:
        raise CallError(
            "call/contradiction",
            "temporal properties need the states themselves, and --compact keeps fingerprints",
            instead="Leave --compact out, or name other properties with --property.",
        )
    if engine == "python":
        _only_native(task)
        return by_reference(task)
    if engine == "native":
        return by_native(task)
    trial = None if task.compact_bits or task.workers else _trial(task)
    if trial is not None:
        return trial
    if task.compact_bits:
        return by_native(task)
    return _native_or_else(lambda: by_native(task), lambda: by_reference(task))


def walk(task: Task, walks: Walks, engine: Engine) -> Explored:
    """Walk random behaviours with an engine; the same seed gives the same ones with the same engine.

    Raises SpecError and CallError as `explore` does.
    """
    small = walks.behaviours * walks.depth <= TRIAL_STEPS and task.workers is None
    if engine == "python" or (engine == "auto" and small):
        _only_native(task)
        return walk_by_reference(task, walks)
    if engine == "native":
        return by_native(task, walks)
    return _native_or_else(lambda: by_native(task, walks), lambda: walk_by_reference(task, walks))


def _native_or_else(native: Callable[[], Explored], reference: Callable[[], Explored]) -> Explored:
    """What native code finds, or the reference engine where native code is unable, with the reason."""
    try:
        return native()
    except (SpecError, CallError) as error:
        if not error.problem.code.startswith(("native/", "subset/")):
            raise
        found = reference()
        return evolve(found, notes=(*found.notes, _why_not(error)))


def _only_native(task: Task) -> None:
    """CallError for what the reference engine does not have."""
    asked = {"compact": task.compact_bits, "workers": task.workers if task.workers != 1 else None}
    for option, given in asked.items():
        if given is not None:
            raise CallError(
                "call/contradiction",
                f"the reference engine knows no --{option}",
                why="It keeps whole states, and one thread visits them.",
                instead=f"Leave --{option} out, or use --engine native.",
            )


def _why_not(error: SpecError | CallError) -> str:
    """One line on why the reference engine had to do."""
    problem = error.problem
    at = f" ({problem.at})" if problem.at else ""
    return f"the native engine cannot run this{at}: {problem.what}. {problem.instead}".strip()


# -- the reference engine -------------------------------------------------------------------------


def by_reference(task: Task, trial: Meter | None = None) -> Explored:
    """Search by running the spec's own functions, within the budget of a trial if there is one."""
    meter = trial or task.meter
    system = ReferenceSystem(task.declaration, task.seed, meter.poll)
    checks = task.checks_of(system)
    reduction, notes = _reduction(task, system, checks)
    search = Search(system, checks, meter, task.order, keep_going=task.keep_going, symmetry=reduction)
    found = search.run()
    if task.liveness is not None and (found.complete or (found.stopped and not trial)):
        again = ReferenceSystem(task.declaration, poll=task.meter.poll)
        source = Source(again, task.liveness.letters, search.states, reduction, task.meter.poll)
        found = _with_findings(task.liveness, found, source)
    return Explored(found, "python", reduction.sorts if reduction else (), notes)


def _with_findings(liveness: Liveness, found: Exploration, source: Source) -> Exploration:
    """An exploration with what the graph of its states says of temporal properties."""
    return _found_out(
        liveness, found, lambda: findings(liveness, listed_graph(source), source, whole=found.complete)
    )


def _found_out(
    liveness: Liveness, found: Exploration, find: Callable[[], tuple[Finding, ...]]
) -> Exploration:
    """An exploration with findings, the time that they took, and the budget that ran out meanwhile."""
    began = time.monotonic()
    try:
        known = find()
    except OutOfBudget as spent:
        known = undecided(liveness, spent.reason)
    seconds = found.seconds + time.monotonic() - began
    stopped = found.stopped or next((one.stopped for one in known if one.stopped), None)
    return evolve(found, findings=known, stopped=stopped, seconds=seconds)


def walk_by_reference(task: Task, walks: Walks) -> Explored:
    """Walk random behaviours by running the spec's own functions."""
    system = ReferenceSystem(task.declaration, poll=task.meter.poll)
    checks = task.checks_of(system)
    run = Simulation(system, checks, task.meter, walks.behaviours, walks.depth, walks.seed)
    return Explored(run.run(), "python", ())


def _reduction(
    task: Task, system: ReferenceSystem, checks: Checks
) -> tuple[Reduction | None, tuple[str, ...]]:
    if not task.symmetry:
        return None, ()
    apart = None if task.liveness is None else task.liveness.apart
    return reduction_of(task.declaration, system, [*checks.always, *checks.sometimes], checks.steps, apart)


def _trial(task: Task) -> Explored | None:
    """What the reference engine finds within a few hundred states, or None if there are more."""
    budget = task.meter.budget
    if budget.max_states is not None and budget.max_states <= TRIAL_STATES:
        return by_reference(task)
    found = by_reference(task, task.meter.limited(TRIAL_STATES, TRIAL_S))
    over = (out_of_states(TRIAL_STATES), out_of_time(TRIAL_S))
    return None if found.exploration.stopped in over else found


# -- the native engine ----------------------------------------------------------------------------


def by_native(task: Task, walks: Walks | None = None) -> Explored:
    """Search, or walk random behaviours, by generated code.

    Raises SpecError `subset/...` or `native/...` where the spec cannot be compiled, CallError
    `native/...` where the machine cannot compile.
    """
    from checker.native.engine import CannotStart, NativeSearch, Request

    system = ReferenceSystem(task.declaration)
    checks = task.checks_of(system)
    reduction, notes = _reduction(task, system, checks)
    letters = None if task.liveness is None else task.liveness.letters
    model = compiled(task.declaration, reduction.group.sorts if reduction else (), letters)
    request = Request(task.order, task.workers, task.compact_bits, task.keep_going)
    if walks is not None:
        request = Request("walks", task.workers, None, False, walks.seed, walks.behaviours, walks.depth)
    after = None if task.liveness is None else partial(_findings_by_native, task, model, reduction)
    try:
        found = NativeSearch(model, system, checks, task.meter, request, reduction, after).run()
    except CannotStart:
        raise SpecError(
            "native/initial-states",
            f"the initial states of `{task.declaration.name}` cannot be computed by generated code",
            why="One of them needs a value that does not fit its storage, or raises an exception.",
            instead="Run with --engine python, which shows where.",
        ) from None
    return Explored(found, "native", reduction.sorts if reduction else (), notes)


def _findings_by_native(
    task: Task,
    model: NativeModel,
    reduction: Reduction | None,
    found: Exploration,
    running: Running,
    host: Host,
) -> Exploration:
    """What the graph of a native search says of temporal properties, added to what was found."""
    from checker.native.engine import processors
    from checker.native.graph import Making, native_graph
    from checker.native.model import NativeSymmetry

    liveness = task.liveness
    if liveness is None or not (found.complete or found.stopped):
        return found
    symmetry = None if reduction is None else NativeSymmetry(model, reduction)
    system = ReferenceSystem(task.declaration, poll=task.meter.poll)
    source = Source(system, liveness.letters, (), symmetry, task.meter.poll)
    workers = task.workers or processors()
    making = Making(running, host, liveness.letters, task.meter, workers, symmetry is not None)

    def find() -> tuple[Finding, ...]:
        graph = native_graph(making)
        try:
            return findings(liveness, graph, source, whole=found.complete)
        finally:
            graph.close()

    return _found_out(liveness, found, find)


def compiled(
    declaration: Declaration, sorts: Sequence[SortType] = (), letters: Letters | None = None
) -> NativeModel:
    """The model as a loaded library, compiled now or before; with symmetry over some sorts, and with
    letters if a graph is to be made."""
    from checker.compile.model import compile_model
    from checker.ir.passes.pipeline import optimised
    from checker.native.model import native_model
    from checker.refinement.program import with_refinements

    compiler = compiler_at_hand()
    return native_model(
        optimised(with_refinements(compile_model(declaration, letters), declaration, letters)),
        compiler,
        sorts,
    )


def compiler_at_hand() -> Compiler:
    """The machine's C compiler, or that of a wheel; CallError where there is none."""
    from checker.native.compiler import HOW_TO_GET_ONE, find_compiler

    compiler = find_compiler()
    if compiler is None:
        raise CallError(
            "native/no-compiler",
            "there is no C compiler on this machine",
            why="The native engine makes C of a spec.",
            instead=HOW_TO_GET_ONE,
        )
    return compiler
