"""Refinements checked: verdicts, traces, and the same answers from every engine."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import attrs
import pytest

from checker import check, simulate
from checker.compile.model import compile_model
from checker.engines import Engine
from checker.interpret.system import InterpretedSystem
from checker.ir.passes.pipeline import optimised
from checker.ir.verify import verify
from checker.lang import Model
from checker.lang.declarations import declare
from checker.lang.errors import CallError
from checker.reference.system import ReferenceSystem
from checker.refinement.abstract import abstract_of
from checker.refinement.mapping import Mapping
from checker.refinement.program import initially, with_refinements
from checker.report.text import render
from checker.result.result import Evidence
from specs.consensus.paxos import (
    Paxos,
    PaxosHalfIsEnough,
    PaxosIgnoresPromise,
    PaxosIgnoresReports,
    Voting,
    VotingTwoValuesPerBallot,
    VotingWithoutSafety,
)
from specs.transactions.two_phase_commit import (
    TwoPhaseCommit,
    TwoPhaseCommitDecidesEarly,
    TwoPhaseCommitUnilateralAbort,
)
from tests.refinement.models import (
    Table,
    TableBeginsLate,
    TableInALargerHall,
    TableServesStrangers,
)

MODELS: list[tuple[Model[Any], int | None]] = [
    (TwoPhaseCommit(), None),
    (TwoPhaseCommitDecidesEarly(), 6),
    (TwoPhaseCommitUnilateralAbort(), 9),
    (Voting(), None),
    (VotingWithoutSafety(), 4),
    (VotingTwoValuesPerBallot(), 9),
    (Paxos(acceptors=2), None),
    (PaxosIgnoresPromise(), 7),
    (PaxosIgnoresReports(), 10),
    (PaxosHalfIsEnough(), 4),
    (Table(), None),
    (TableInALargerHall(), None),
    (TableServesStrangers(), 1),
    (TableBeginsLate(), 0),
]
"""Models with a refinement, and the length of a shortest behaviour that refutes it."""

NAMED = [pytest.param(model, steps, id=type(model).__name__) for model, steps in MODELS]


def name_of(model: Model[Any]) -> str:
    """The mapping of a model."""
    return declare(model).refinements[0].name


@pytest.mark.parametrize("symmetry", [True, False])
@pytest.mark.parametrize("engine", ["python", "native"])
@pytest.mark.parametrize(("model", "steps"), NAMED)
def test_a_refinement_holds_or_has_a_shortest_counterexample(
    model: Model[Any], steps: int | None, engine: Engine, symmetry: bool
) -> None:
    """The same from both engines, with symmetry and without; the abstract behaviour stands beside."""
    result = check(model, engine=engine, symmetry=symmetry, properties=[name_of(model)])
    (found,) = result.properties
    assert found.kind == "refinement"
    if steps is None:
        assert found.holds
        return
    assert found.verdict.evidence is Evidence.VIOLATED
    assert found.trace is not None
    assert found.trace.beside is not None
    assert len(found.trace.steps) - 1 == steps
    assert_beside(model, [step.state for step in found.trace.steps], found.trace.beside.steps)
    assert found.why


def assert_beside(model: Model[Any], states: list[Any], steps: Any) -> None:
    """Each abstract step but the last is one of the abstract model, or changes nothing."""
    declaration = declare(model)
    refinement = declaration.refinements[0]
    abstract = abstract_of(declaration, refinement)
    system = ReferenceSystem(abstract)
    assert [step.state for step in steps] == [refinement.function(model, state) for state in states]
    for before, step in pairwise(steps[:-1]):
        if step.action is None:
            assert before.state == step.state
        else:
            number = system.action_names.index(step.action)
            arguments = tuple(value for _, value in step.arguments)
            assert (arguments, step.state) in list(system.transitions(number, before.state))
    assert steps[-1].action is None


@pytest.mark.parametrize(("model", "steps"), NAMED)
def test_the_ir_says_the_same_of_any_two_states(model: Model[Any], steps: int | None) -> None:
    """Not of steps alone: any two reachable states, and each as an initial one; before and after all passes."""
    declaration = declare(model)
    refinement = declaration.refinements[0]
    mapping = Mapping(declaration, refinement, abstract_of(declaration, refinement))
    plain = with_refinements(compile_model(declaration), declaration)
    begins = attrs.evolve(initially(plain, refinement.name), name="begins")
    plain = attrs.evolve(plain, properties=(*plain.properties, begins))
    verify(plain)
    states = some_states(model, 60)
    for program in (plain, optimised(plain)):
        verify(program)
        asked, begins_too = InterpretedSystem(program).predicates([refinement.name, "begins"])
        for before in states[::3]:
            assert begins_too.holds(before) == mapping.begins(before)
            for after in states:
                assert asked.holds(before, after) == mapping.allows(before, after)


def some_states(model: Model[Any], most: int) -> list[Any]:
    """Reachable states, breadth first."""
    system = ReferenceSystem(declare(model))
    found = dict.fromkeys(system.initial())
    waiting = list(found)
    while waiting and len(found) < most:
        for _, _, after in system.successors(waiting.pop(0)):
            if after not in found and system.fault(after, None) is None:
                found[after] = None
                waiting.append(after)
    return list(found)


def test_refinements_are_chosen_by_name_like_other_properties() -> None:
    """By default they are looked at; where another is named, they are not."""
    assert "as_consensus" in [prop.name for prop in check(VotingWithoutSafety()).violated]
    result = check(VotingWithoutSafety(), properties=["one_value_per_ballot"])
    assert [prop.name for prop in result.properties] == ["one_value_per_ballot"]
    assert result.holds
    with pytest.raises(CallError, match="no property `as_consensu`"):
        check(Voting(), properties=["as_consensu"])


def test_an_initial_state_without_counterpart_does_not_end_the_search() -> None:
    """The other properties are judged as if it were not there; a budget of no time leaves them unknown."""
    result = check(TableBeginsLate(), engine="python")
    assert result["as_party"].verdict.evidence is Evidence.VIOLATED
    assert result["deadlock_freedom"].holds
    hurried = check(Voting(), engine="python", timeout_s=0.0)
    assert hurried["as_consensus"].verdict.evidence is Evidence.UNKNOWN


@pytest.mark.parametrize("engine", ["python", "native"])
def test_random_behaviours_refute_and_never_show_a_refinement(engine: Engine) -> None:
    """What no behaviour refutes is sampled."""
    broken = simulate(TableServesStrangers(), engine=engine, behaviours=50, depth=20)
    assert broken["as_party"].verdict.evidence is Evidence.VIOLATED
    sound = simulate(Voting(), engine=engine, behaviours=20, depth=10)
    assert sound["as_consensus"].verdict.evidence is Evidence.SAMPLED


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("promise", PaxosIgnoresPromise()),
        ("reports", PaxosIgnoresReports()),
        ("two-phase", TwoPhaseCommitDecidesEarly()),
        ("beginning", TableBeginsLate()),
    ],
)
def test_a_violation_as_a_reader_sees_it(name: str, model: Model[Any], golden: Any) -> None:
    """Which step has no counterpart, what it changes there, and which abstract step comes nearest."""
    result = check(model, engine="python", properties=[name_of(model)])
    golden(f"refinement/{name}.txt", render(attrs.evolve(result, seconds=0.0)))
