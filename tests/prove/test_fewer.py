"""Found lemmas: few, none of them idle, in words; and formulas that say what the candidates say."""

from __future__ import annotations

import re
from typing import Any

import pytest

from checker.compile.model import compile_model
from checker.lang import Model
from checker.lang.declarations import declare
from checker.prove.candidates import Candidate, candidates
from checker.prove.consecution import Consecution
from checker.prove.formulas import Formulas
from checker.prove.houdini import useful_lemmas
from checker.prove.induction import Inductor
from checker.prove.lemmas.instances import small_instance
from checker.prove.lemmas.writing import LONGEST_NAME
from checker.prove.session import Session
from checker.prove.theory import Theory
from checker.result.result import Evidence
from specs.consensus.paxos import Voting
from specs.transactions.two_phase_commit import TwoPhaseCommit
from tests.prove.blind import prove_blindly
from tests.prove.counts import Optimistic, ReadWriteLock, ReadWriteLockForgetful
from tests.prove.locks import FencedLease, Peterson, TicketLock


def guessed(model: Model[Any], limit: int = 5000) -> tuple[Theory, list[Candidate]]:
    """The theory of a model without its own lemmas, and its candidates."""
    declaration = declare(model)
    program = compile_model(declaration)
    found = candidates(program, declaration, small_instance(declaration), limit=limit, seconds=30.0)
    return Theory(program, extra=[one.predicate for one in found]), found


def goals(model: Model[Any]) -> list[str]:
    return [one.name for one in declare(model).properties if one.kind == "always"]


def proved(model: Model[Any], lemmas: list[Candidate]) -> bool:
    """Whether the goals are in the largest inductive part, by the prover that asks claim by claim."""
    theory = Theory(compile_model(declare(model)), extra=[one.predicate for one in lemmas])
    with Inductor(theory, Session()) as inductor:
        done = inductor.largest(list(theory.invariants))
    return set(goals(model)) <= set(done.invariant)


@pytest.mark.parametrize(
    "model", [Peterson(), TicketLock(), FencedLease(), ReadWriteLock(), Optimistic()], ids=repr
)
def test_no_found_lemma_can_be_left_out(model: Model[Any]) -> None:
    """Together they prove the properties, and without any single one they do not."""
    theory, found = guessed(model)
    useful = useful_lemmas(theory, Session(), goals(model), found)
    assert useful != []
    assert proved(model, useful)
    assert [
        one.text for one in useful if proved(model, [other for other in useful if other is not one])
    ] == []


def test_a_count_is_compared_with_a_size() -> None:
    """The one lemma that the lock needs."""
    theory, found = guessed(ReadWriteLock())
    useful = useful_lemmas(theory, Session(), goals(ReadWriteLock()), found)
    assert [(one.name, one.text) for one in useful] == [
        ("count_is_number_of_readers", "s.count == len(s.readers)")
    ]


def test_what_may_be_missing_is_looked_into() -> None:
    """What a thread has read is said of those that have read."""
    model = Optimistic()
    theory, found = guessed(model)
    useful = useful_lemmas(theory, Session(), goals(model), found)
    assert [one.text for one in useful] == [
        "all(s.read[a] is None or s.read[a].version == s.read[a].value for a in self.every(Thread))"
    ]
    twice = [one.text for one in found if one.text.count("s.read[a] is None or") > 1]
    assert twice == []


def test_a_count_that_is_wrong_is_not_proved() -> None:
    """The same words do not save a lock that miscounts."""
    result = prove_blindly(ReadWriteLockForgetful(), "induction", find_lemmas=True)
    assert result["a_writer_is_alone"].verdict.evidence is Evidence.UNKNOWN


@pytest.mark.parametrize(
    "model", [TwoPhaseCommit(rms=2), FencedLease(), Optimistic(top=3), Voting()], ids=repr
)
def test_formulas_made_together_say_what_each_candidate_says(model: Model[Any]) -> None:
    """In any state, and after any step, whether the atoms raise or not."""
    theory, found = guessed(model, limit=150)
    formulas, circuit = Formulas(theory, found), theory.circuit
    states = [theory.state, theory.step(theory.actions[0]).successor]
    differ = [
        -circuit.same(formulas.holds(one.name, state), theory.holds(one.name, state))
        for one in found
        for state in states
    ]
    with Session().solver(circuit) as solver:
        for lit in theory.somewhere:
            solver.require(lit)
        assert len(differ) > 20
        assert solver.check([circuit.any(differ)]).status == "unsat"


def test_a_question_is_asked_once() -> None:
    """What follows from some follows from more, and what does not follow from all does not from fewer."""
    theory, found = guessed(ReadWriteLock())
    session = Session()
    names = frozenset({"a_writer_is_alone", "count_is_number_of_readers"})
    with Consecution(theory, session, found) as steps:
        claim = theory.preserved("a_writer_is_alone", "writer_enters")
        rests_on = steps.rests_on(claim, names)
        assert rests_on == {"count_is_number_of_readers"}
        assert steps.rests_on(claim, frozenset({"a_writer_is_alone"})) is None
        asked = session.queries
        assert steps.rests_on(claim, names | {"another"}) == rests_on
        assert steps.rests_on(claim, frozenset()) is None
        assert session.queries == asked


def test_nothing_is_found_without_time() -> None:
    """An attempt whose time is over gives nothing back."""
    theory, found = guessed(Peterson())
    assert useful_lemmas(theory, Session(timeout_s=0.0), goals(Peterson()), found) == []


@pytest.mark.parametrize("model", [TwoPhaseCommit(), FencedLease(), Optimistic(), Voting()], ids=repr)
def test_every_name_is_made_of_words(model: Model[Any]) -> None:
    """However long the clause, its name is short, and no bare number."""
    _, found = guessed(model, limit=1000)
    names = [one.name for one in found]
    assert [name for name in names if re.fullmatch(r"lemma(_\d+)?", name)] == []
    assert [name for name in names if len(re.sub(r"_\d+$", "", name)) > LONGEST_NAME] == []
