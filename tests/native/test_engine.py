"""The native engine as a user meets it: the same results as CPython, within budgets, with clear errors."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from math import comb, factorial
from typing import Any

import pytest

from checker import check, simulate
from checker.lang.errors import CallError, SpecError
from checker.report.text import render
from checker.result.result import Evidence, Result
from specs.consensus.paxos import Paxos
from specs.transactions.two_phase_commit import TwoPhaseCommit, TwoPhaseCommitUnilateralAbort
from tests.native.specs import (
    AssertsNothingMore,
    Detour,
    Endless,
    FailsAndRaises,
    Falls,
    Fenced,
    Judges,
    Ladder,
    Misjudges,
    Nothing,
    Overfull,
    Passing,
    Queueing,
    Returning,
    Stumbles,
    TooWide,
    Writing,
)


def both(model: Any, **options: Any) -> tuple[Result, Result]:
    """The results of both engines."""
    return check(model, engine="python", **options), check(model, engine="native", **options)


def seen(result: Result) -> tuple[Any, ...]:
    """What must not depend on the engine."""
    bounds = {(b.kind, b.bound, b.times, b.first_depth) for b in result.bounds_reached}
    properties = [(p.name, p.verdict, len(p.trace.steps) if p.trace else None) for p in result.properties]
    taken = {action.name: action.taken for action in result.actions}
    return result.verdict, result.states, bounds, properties, taken, result.stopped


@pytest.mark.parametrize(
    "model",
    [Detour(), Judges(), Fenced(), Passing(), Returning(), TwoPhaseCommit(), Paxos()],
    ids=lambda m: type(m).__name__,
)
@pytest.mark.parametrize("symmetry", [True, False], ids=["symmetry", "whole"])
@pytest.mark.parametrize("keep_going", [True, False], ids=["on", "first"])
def test_both_engines_say_the_same(model: Any, symmetry: bool, keep_going: bool) -> None:
    """Verdicts, counts, bounds, traces' lengths; values beyond storage classes are no exception."""
    python, native = both(model, symmetry=symmetry, keep_going=keep_going)
    assert seen(native) == seen(python)
    assert (python.engine, native.engine) == ("python", "native")


@pytest.mark.parametrize("model", [Stumbles(), Misjudges()], ids=["action", "property"])
def test_what_raises_in_python_is_the_same_error_from_native_code(model: Any) -> None:
    """The very message of the reference engine: code, place and text."""
    problems = []
    for engine in ("python", "native"):
        with pytest.raises(SpecError) as raised:
            check(model, engine=engine)  # type: ignore[arg-type]
        problem = raised.value.problem
        problems.append((problem.code, problem.what, problem.at))
    assert problems[0] == problems[1]


def test_a_violation_in_the_last_level_leaves_nothing_open() -> None:
    """Everything is expanded then, so the other properties have verdicts of their own."""
    for workers in (1, 2):
        found = check(Returning(), engine="native", workers=workers)
        verdicts = {prop.name: prop.verdict.evidence for prop in found.properties}
        assert verdicts == {
            "forgets": Evidence.EXHAUSTIVE,
            "slowly": Evidence.VIOLATED,
            "remembers": Evidence.VIOLATED,
            "deadlock_freedom": Evidence.EXHAUSTIVE,
        }


def test_states_are_counted_where_permutations_are_countless() -> None:
    """Thirty-six nodes have more permutations than 128 bits count, and few states in every orbit."""
    found = check(Passing(nodes=36), engine="native")
    assert found.states.distinct == 36
    assert found.states.represented == sum(comb(36, held) * held for held in range(1, 37))


def test_more_states_than_can_be_counted_are_no_fault() -> None:
    """The verdicts stand; how many states the orbits stand for is not known."""
    found = check(Queueing(), engine="native")
    assert found.states.distinct == 41
    assert found["deadlock_freedom"].verdict.evidence is Evidence.VIOLATED
    assert found.states.represented is None
    assert any("more states than 128 bits count" in note for note in found.notes)
    assert "41 orbits stand for more states than 128 bits count" in " ".join(render(found).split())
    assert check(Queueing(nodes=20), engine="native").states.represented == sum(
        factorial(20) // factorial(left) for left in range(21)
    )


def problem_of(run: Callable[[], Result]) -> tuple[Any, ...]:
    """What is told of a spec that is wrong."""
    with pytest.raises(SpecError) as raised:
        run()
    problem = raised.value.problem
    return problem.code, problem.what, problem.at, problem.why, problem.instead


@pytest.mark.parametrize("search", ["bfs", "dfs"])
def test_an_initial_state_outside_its_types_is_an_error(search: Any) -> None:
    """The very error of the reference engine, and no bound that was reached."""
    model = Overfull(most=2)
    python = problem_of(lambda: check(model, engine="python", search=search))
    native = problem_of(lambda: check(model, engine="native", search=search))
    assert native == python
    assert python[0] == "state/outside-bounds"
    assert "an initial state puts 4" in python[1]


def test_random_behaviours_from_outside_their_types_are_an_error() -> None:
    """All of them begin with the initial states, so none is walked."""
    model = Overfull(most=2)
    python = problem_of(lambda: simulate(model, behaviours=5, engine="python"))
    native = problem_of(lambda: simulate(model, behaviours=5, engine="native"))
    assert native == python
    assert python[0] == "state/outside-bounds"


def test_any_number_of_workers_finds_the_same() -> None:
    """Distinct, generated, depth, taken, bounds and traces' lengths."""
    model = TwoPhaseCommit(rms=6)
    one, *more = [check(model, engine="native", symmetry=False, workers=n) for n in (1, 2, 4)]
    assert [seen(result) for result in more] == [seen(one)] * 2
    assert one.states.distinct == 50_816


def test_a_violation_is_as_short_with_many_workers() -> None:
    """The shortest counterexample, whoever finds it."""
    for workers in (1, 3):
        result = check(TwoPhaseCommitUnilateralAbort(), engine="native", workers=workers)
        trace = result["no_disagreement"].trace
        assert trace is not None
        assert len(trace.steps) - 1 == 9


def test_depth_first_visits_the_same_states() -> None:
    """All of them, though by other paths."""
    found = check(TwoPhaseCommit(rms=5), engine="native", symmetry=False, search="dfs")
    assert (found.states.distinct, found.states.generated) == (8832, 58_146)
    assert str(found.verdict) == "exhaustive for this size"


@pytest.mark.parametrize(
    ("budget", "stopped"),
    [
        ({"max_states": 1000}, "the budget of 1000 states ran out"),
        ({"max_depth": 5}, "the depth budget of 5 ran out"),
        ({"timeout_s": 0.3}, "the time budget of 0.3 s ran out"),
    ],
    ids=["states", "depth", "time"],
)
def test_a_budget_that_runs_out_is_unknown(budget: dict[str, Any], stopped: str) -> None:
    """What was found so far is reported, and that it is not all."""
    found = check(Endless(), engine="native", **budget)
    assert found.stopped == stopped
    assert found.verdict.evidence is Evidence.UNKNOWN
    assert found.exit_code == 3
    assert found.states.distinct > 0


def test_memory_that_runs_out_is_unknown() -> None:
    """A clean end within the budget, not the process's."""
    import psutil

    before = psutil.Process().memory_info().rss
    limit = before + 200_000_000
    found = check(Endless(), engine="native", memory_gib=limit / 2**30)
    assert found.stopped is not None
    assert found.stopped.startswith("the memory budget of ")
    assert found.verdict.evidence is Evidence.UNKNOWN
    assert found.states.distinct > 1_000_000


def test_a_search_can_be_interrupted() -> None:
    """What `stopped` asks for is done soon, and the result says so."""
    began = time.monotonic()
    found = check(Endless(), engine="native", stopped=lambda: time.monotonic() > began + 0.5)
    assert found.stopped == "interrupted"
    assert found.states.generated > 0


def test_progress_is_reported_while_it_runs() -> None:
    """Often enough for a live line, and growing."""
    told: list[int] = []
    check(Endless(), engine="native", timeout_s=1, progress=lambda now: told.append(now.generated))
    assert len(told) > 3
    assert told == sorted(told)


def test_compaction_states_its_probability_and_never_calls_itself_exhaustive() -> None:
    """The same counts here, but evidence within bounds."""
    found = check(TwoPhaseCommit(rms=6), engine="native", symmetry=False, compact_bits=48)
    assert found.states.distinct == 50_816
    assert found.compaction is not None
    assert found.compaction.bits == 48
    assert 0 < found.compaction.missed < 1e-6
    assert str(found.verdict) == "exhaustive within bounds"
    violated = check(TwoPhaseCommitUnilateralAbort(), engine="native", compact_bits=32)
    trace = violated["no_disagreement"].trace
    assert trace is not None
    assert len(trace.steps) - 1 == 9


def test_the_engine_is_chosen_by_the_size_of_the_model() -> None:
    """Small ones never see a compiler."""
    assert check(TwoPhaseCommit()).engine == "python"
    assert check(TwoPhaseCommit(rms=5), symmetry=False).engine == "native"


def test_what_only_native_code_has_is_refused_by_the_reference_engine() -> None:
    """Not ignored in silence."""
    with pytest.raises(CallError, match="knows no --compact"):
        check(TwoPhaseCommit(), engine="python", compact_bits=40)
    with pytest.raises(CallError, match="knows no --workers"):
        check(TwoPhaseCommit(), engine="python", workers=2)


def test_without_a_compiler_the_reference_engine_does_it_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """With how to get one; asked for by name, the native engine refuses."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None)
    found = check(TwoPhaseCommit(rms=4), symmetry=False)
    assert found.engine == "python"
    (note,) = [note for note in found.notes if "native engine" in note]
    assert "there is no C compiler on this machine" in note
    assert "quorate[compiler]" in note
    with pytest.raises(CallError, match="no C compiler"):
        check(TwoPhaseCommit(), engine="native")


def test_a_compiler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """CC is the user's own word."""
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(CallError, match="CC names `no-such-compiler`"):
        check(TwoPhaseCommit(), engine="native")


def test_a_parameter_may_range_over_very_many_values() -> None:
    """Nobody numbers them: there is a loop for each of their parts."""
    python, native = both(Writing(nodes=3), symmetry=False, max_depth=2)
    assert seen(native) == seen(python)
    assert native.states.distinct == 1 + 3 * 3 * 1000


def test_a_state_that_is_too_wide_is_told_at_its_field() -> None:
    """With what to declare; `auto` goes on with the reference engine."""
    with pytest.raises(SpecError) as raised:
        check(TooWide(), engine="native")
    problem = raised.value.problem
    assert problem.code == "native/too-large"
    assert problem.what.startswith("the field `sent` of `Unbounded` is too large")
    assert problem.at is not None
    assert check(TooWide()).engine == "python"


def test_random_behaviours_do_not_depend_on_the_number_of_workers() -> None:
    """The same seed, the same walks; another seed, others."""

    def walked(seed: int, workers: int) -> Any:
        found = simulate(Paxos(), behaviours=200, depth=30, seed=seed, engine="native", workers=workers)
        assert found.engine == "native"
        assert found.verdict.evidence is Evidence.SAMPLED
        return [(a.name, a.taken) for a in found.actions], found.states

    assert walked(1, 1) == walked(1, 3)
    assert walked(1, 1) != walked(2, 1)


def test_random_behaviours_find_violations() -> None:
    """With a real behaviour to show for it."""
    found = simulate(TwoPhaseCommitUnilateralAbort(), behaviours=5000, depth=40, engine="native")
    trace = found["no_disagreement"].trace
    assert trace is not None
    assert found.exit_code == 1
    assert trace.steps[0].action is None


def test_many_random_behaviours_are_native_code_s_to_walk() -> None:
    """A few are not worth a compiler."""
    assert simulate(Paxos(), behaviours=10).engine == "python"
    assert simulate(Paxos(), behaviours=2000).engine == "native"


def test_calls_that_make_no_sense_are_told() -> None:
    """Not found out by the runtime."""
    with pytest.raises(CallError, match="depth-first search cannot keep fingerprints"):
        check(TwoPhaseCommit(), engine="native", search="dfs", compact_bits=40)


def test_what_is_violated_is_asked_no_more() -> None:
    """Though it would raise in another state of the same level: both engines show the violation."""
    python, native = both(FailsAndRaises())
    for found in (python, native):
        trace = found["holds"].trace
        assert trace is not None
        assert len(trace.steps) == 31


def replayed(model: Any, result: Result, name: str) -> list[Any]:
    """The states of a trace, when the spec's own functions have taken every step of it."""
    trace = result[name].trace
    assert trace is not None
    assert trace.steps[0].state == model.ground()
    for before, step in pairwise(trace.steps):
        assert getattr(model, step.action)(before.state, **dict(step.arguments)) == step.state
    return [step.state for step in trace.steps]


@pytest.mark.parametrize("symmetry", [True, False], ids=["symmetry", "whole"])
@pytest.mark.parametrize("wide", [1, 10**9], ids=["native", "escapes"])
@pytest.mark.parametrize("search", ["bfs", "dfs"])
def test_long_behaviours_are_steps_of_the_spec(symmetry: bool, wide: int, search: Any) -> None:
    """Rebuilt from stored forms, also through the actions that generated code leaves to CPython."""
    model = Falls(most=60, wide=wide)
    found = check(model, engine="native", symmetry=symmetry, search=search, keep_going=True)
    for name in ("not_at_the_top", "not_onto_the_top", "top"):
        states = replayed(model, found, name)
        assert len(states) == 121
        assert set(states[-1].at.values()) == {60}
    assert any("CPython ran `climbs`" in note for note in found.notes) == (wide > 1)


def test_a_witness_that_takes_too_long_is_left_out_and_the_verdict_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A depth of 200,001 states is known at once; how it was reached is not, when the time is over."""
    monkeypatch.setattr("checker.native.outcome.GRACE_S", 0.2)
    check(Ladder(most=100_000), engine="native", max_states=10)
    began = time.monotonic()
    found = check(Ladder(most=100_000), engine="native", timeout_s=1.0)
    assert time.monotonic() - began < 4
    assert found.stopped is None
    assert found.holds
    top = found["top"]
    assert (top.verdict.evidence, top.trace) == (Evidence.WITHIN_BOUNDS, None)
    assert top.evidence == "reached at depth 200001"
    assert (
        "how `top` was reached is left out: half of what was left of the time budget of 1 s ran out before "
        "the 200,001 states were found again that lead there."
    ) in found.notes
    assert "left out" in " ".join(render(found).split())


def test_a_counterexample_is_rebuilt_when_the_time_is_over() -> None:
    """What refutes a property is wanted, whatever is left of the time."""
    asked = ["not_at_the_top"]
    check(Falls(most=25_000), engine="native", max_states=10, properties=asked)
    found = check(Falls(most=25_000), engine="native", timeout_s=0.4, properties=asked)
    trace = found["not_at_the_top"].trace
    assert trace is not None
    assert len(trace.steps) == 50_001


@pytest.mark.parametrize("act", [check, simulate], ids=["check", "simulate"])
def test_no_initial_state_is_the_same_error_from_both_engines(act: Callable[..., Result]) -> None:
    """No verdict on nothing, and no talk of a boundary that is not there."""
    problems = []
    for engine in ("python", "native"):
        with pytest.raises(SpecError) as raised:
            act(Nothing(), engine=engine)
        problems.append(raised.value.problem)
    assert problems[0] == problems[1]
    assert problems[0].code == "model/no-initial-state"


@pytest.mark.parametrize("engine", ["python", "native"])
def test_an_exception_without_text_ends_the_sentence(engine: Any) -> None:
    """No colon with nothing behind it."""
    with pytest.raises(SpecError) as raised:
        check(AssertsNothingMore(), engine=engine)
    what = "the action `forget` of `AssertsNothingMore` raised AssertionError"
    assert raised.value.problem.what == what
