"""Candidates for lemmas: true where a small instance goes, minimal, pasteable, and enough for small protocols."""

from __future__ import annotations

import importlib.util
import itertools
import re
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.compile.model import compile_model
from checker.interpret.machine import Machine
from checker.ir.program import Program
from checker.ir.verify import verify
from checker.lang.declarations import Declaration, declare
from checker.lang.model import Model
from checker.prove.candidates import Candidate, candidates
from checker.prove.lemmas.chance import random_value
from checker.prove.lemmas.enumeration import enumerated
from checker.prove.lemmas.hitting import Table, minimal_clauses
from checker.prove.lemmas.instances import reachable_states, small_instance
from checker.prove.lemmas.scope import scope_of
from checker.prove.vocabulary import vocabulary
from specs.consensus.paxos import Consensus, Paxos, Voting
from specs.consensus.raft import Raft
from specs.transactions.two_phase_commit import TwoPhaseCommit, TwoPhaseCommitUnilateralAbort
from tests.prove.houdini import Holds, States
from tests.prove.locks import FencedLease, Peterson, TestAndSet, TestAndSetWithQuestion, TicketLock

MODELS: list[Model[Any]] = [
    TwoPhaseCommit(),
    Consensus(),
    TestAndSet(),
    FencedLease(),
    Peterson(),
    TicketLock(),
]
LARGER: list[Model[Any]] = [Voting(), Paxos(), Raft()]

NEVER = time.monotonic() + 10**6


def compiled(model: Model[Any]) -> tuple[Declaration, Program]:
    declaration = declare(model)
    return declaration, compile_model(declaration)


def guessed(model: Model[Any], **options: Any) -> list[Candidate]:
    declaration, program = compiled(model)
    instance = reachable_states(model, limit=400, seconds=0.5)
    return candidates(program, declaration, instance, seconds=30.0, **options)


def holds(candidate: Candidate, model: Model[Any]) -> Holds:
    """The formula of a candidate as CPython reads it."""
    known = {**candidate.scope.known, "self": model}
    found: Holds = eval(f"lambda {candidate.scope.state.source}: {candidate.text}", known)
    return found


def always(declaration: Declaration) -> list[Holds]:
    model = declaration.model
    functions = [one.function for one in declaration.properties if one.kind == "always"]
    return [lambda state, function=function: function(model, state) for function in functions]  # type: ignore[misc]


def texts(found: list[Candidate]) -> set[str]:
    return {candidate.text for candidate in found}


# -- enough for a proof ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model", [TwoPhaseCommit(rms=2), TestAndSet(), FencedLease(), Peterson(), TicketLock()], ids=repr
)
def test_what_is_not_inductive_alone_is_with_candidates(model: Model[Any]) -> None:
    """Of the candidates that are left when steps drop the others, every property follows."""
    declaration = declare(model)
    states, properties = States(declaration), always(declaration)
    assert states.inductive(properties) == []
    found = [holds(candidate, model) for candidate in guessed(model)]
    left = states.inductive([*found, *properties])
    numbers = [len(found) + place for place in range(len(properties))]
    assert [number for number in numbers if number in left] == numbers


def test_no_candidates_save_a_broken_protocol() -> None:
    """What is violated does not survive, whatever is guessed beside it."""
    model = TwoPhaseCommitUnilateralAbort(rms=2)
    declaration = declare(model)
    found, properties = [holds(candidate, model) for candidate in guessed(model)], always(declaration)
    left = States(declaration).inductive([*found, *properties])
    assert len(found) > 50
    assert [len(found) + place in left for place in range(len(properties))] == [False, True]


# -- what candidates are --------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_candidates_hold_in_the_states_and_no_part_of_them_does(model: Model[Any]) -> None:
    """Each clause holds in every given state, by the IR, and fails in some without any of its literals."""
    declaration, program = compiled(model)
    instance = reachable_states(model, limit=100)
    machine = Machine(program)
    for candidate in candidates(program, declaration, instance, limit=150):
        state = candidate.scope.state.source
        body = machine.code(candidate.body)
        assert all(body({state: each}) for each in instance.states), candidate.text
        for literals in itertools.combinations(candidate.literals, len(candidate.literals) - 1):
            if literals:
                part = holds(attrs.evolve(candidate, literals=literals), model)
                assert not all(part(each) for each in instance.states), candidate.text


def test_two_phase_commit_in_its_own_words() -> None:
    """The lemmas that its proof needs are among the candidates, and a false one is not."""
    found = texts(guessed(TwoPhaseCommit()))
    every = "for a in self.every(RM)"
    assert {
        f"all(s.phase[a] is not Phase.COMMITTED or Decided(Outcome.COMMIT) in s.sent {every})",
        f"all(s.phase[a] is not Phase.PREPARED or Prepared(a) in s.sent {every})",
        f"all(a not in s.heard or Prepared(a) in s.sent {every})",
        "Decided(Outcome.COMMIT) not in s.sent or self.may_commit(s)",
        "s.decision is not Outcome.COMMIT or Decided(Outcome.COMMIT) in s.sent",
    } <= found
    assert f"all(Prepared(a) not in s.sent or a in s.heard {every})" not in found


def test_what_types_say_already_is_no_candidate() -> None:
    """Neither a decision that is one of three, nor that a set without members lacks each of them."""
    found = texts(guessed(TwoPhaseCommit()))
    assert [text for text in found if text.count("s.decision is O") == 2 and "decision is None" in text] == []
    assert [text for text in found if "len(s.heard) > 0 or a not in s.heard" in text] == []


def test_variables_exchanged_make_no_second_candidate() -> None:
    """Of two clauses that differ in which variable is which, one is kept."""
    found = guessed(TestAndSet())
    both = [one for one in found if len(one.frame.variables) == 2]
    once = [frozenset(said.source for said in one.literals) for one in both]
    names = re.compile(r"\b[ab]\b")
    twice = [
        frozenset(names.sub(lambda name: {"a": "b", "b": "a"}[name.group()], source) for source in literals)
        for literals in once
    ]
    assert both != []
    assert [
        sorted(one) for one, other in zip(once, twice, strict=True) if other != one and other in once
    ] == []


def test_the_simplest_come_first_and_always_the_same() -> None:
    """The order is by cost, a limit keeps the cheapest, and two runs agree."""
    found = guessed(TwoPhaseCommit())
    assert [one.cost for one in found] == sorted(one.cost for one in found)
    assert [one.text for one in guessed(TwoPhaseCommit(), limit=20)] == [one.text for one in found[:20]]
    assert {len(one.literals) for one in found} == {2, 3}


def test_names_are_new_and_different() -> None:
    """No two candidates have one name, and none that the model has."""
    found = guessed(TwoPhaseCommit())
    names = [one.name for one in found]
    assert len(set(names)) == len(names)
    assert [name for name in names if not name.isidentifier() or hasattr(TwoPhaseCommit, name)] == []


def test_two_phase_commit_takes_moments() -> None:
    """From the model to its candidates in a few seconds, on any machine."""
    began = time.monotonic()
    declaration, program = compiled(TwoPhaseCommit(rms=7))
    found = candidates(program, declaration, small_instance(declaration))
    assert len(found) > 100
    assert time.monotonic() - began < 8


def test_it_stops_when_told_and_when_its_time_is_over() -> None:
    """A search that is stopped returns what it has."""
    declaration, program = compiled(TwoPhaseCommit())
    instance = reachable_states(declaration.model)
    assert candidates(program, declaration, instance, stopped=lambda: True) == []
    assert candidates(program, declaration, instance, seconds=0.0) == []


# -- the two faces --------------------------------------------------------------------------------


def pasted(model: Model[Any], found: list[Candidate], folder: Path) -> tuple[Path, Model[Any]]:
    """The model with candidates pasted into a class derived from its own, in a module of its own."""
    module, cls = type(model).__module__, type(model).__name__
    methods = "\n\n".join(
        "\n".join("    " + line for line in candidate.source.splitlines()) for candidate in found
    )
    lines = [
        f"from {module} import *\n\nfrom checker.lang import frozen, lemma\n\n\n@frozen",
        f"class Pasted({cls}):\n    __test__ = False\n\n{methods}\n",
    ]
    file = folder / f"pasted_{cls.lower()}.py"
    file.write_text("\n".join(lines))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = loaded
    spec.loader.exec_module(loaded)
    return file, loaded.Pasted(**{a.name: getattr(model, a.name) for a in attrs.fields(type(model))})


@pytest.mark.parametrize("model", [*MODELS, *LARGER], ids=repr)
def test_the_source_compiles_to_the_predicate(model: Model[Any], tmp_path: Path) -> None:
    """Pasted into the spec, a candidate says in every state what its IR says, and the IR is well made."""
    declaration, program = compiled(model)
    instance = reachable_states(model, limit=40, seconds=0.3)
    found = candidates(program, declaration, instance, limit=400, seconds=2.0)
    found = [*found[:20], *Random(1).sample(found[20:], min(60, len(found[20:])))]
    assert found != []
    made = tuple(candidate.predicate for candidate in found)
    verify(attrs.evolve(program, properties=made))

    _, derived = pasted(model, found, tmp_path)
    other = compile_model(declare(derived))
    theirs = {one.name: one for one in other.properties}
    chance, ours, again = Random(2), Machine(program), Machine(other)
    states = [*instance.states[:10], *[random_value(program.state, chance) for _ in range(20)]]
    for one in made:
        two = theirs[one.name]
        assert two.kind == one.kind == "lemma"
        left, right = ours.code(one.body), again.code(two.body)
        given = [(left({one.states[0]: s}), right({two.states[0]: s})) for s in states]
        assert given == [(answer, answer) for answer, _ in given], one.doc


@pytest.mark.parametrize("model", [TwoPhaseCommit(), FencedLease(), Voting()], ids=repr)
def test_the_source_is_as_the_formatter_would_have_it(model: Model[Any], tmp_path: Path) -> None:
    """A user who pastes lemmas has nothing to tidy up."""
    declaration, program = compiled(model)
    found = candidates(program, declaration, reachable_states(model, limit=300), seconds=2.0)
    found = [*found[:30], *Random(1).sample(found[30:], min(100, len(found[30:])))]
    file, _ = pasted(model, found, tmp_path)
    config = f"--config={Path(__file__).parents[2] / 'pyproject.toml'}"
    ruff = [sys.executable, "-m", "ruff"]
    formatted = subprocess.run(
        [*ruff, "format", "--diff", config, str(file)], capture_output=True, text=True, check=False
    )
    assert formatted.stdout == ""
    rules = "--ignore=F403,F405,D,I"  # of the file around the lemmas
    linted = subprocess.run(
        [*ruff, "check", config, rules, str(file)], capture_output=True, text=True, check=False
    )
    assert linted.stdout.strip() == "All checks passed!"


def test_candidates_of_a_small_instance_are_for_a_larger_program() -> None:
    """What is guessed from three resource managers is well typed for five, and true of the first states of it."""
    declaration, program = compiled(TwoPhaseCommit(rms=5))
    instance = small_instance(declaration)
    assert instance.model == TwoPhaseCommit(rms=3)
    found = candidates(program, declaration, instance, limit=60)
    verify(attrs.evolve(program, properties=tuple(one.predicate for one in found)))
    machine = Machine(program)
    bodies = [machine.code(one.body) for one in found]
    states = reachable_states(declaration.model, limit=200).states
    assert [one.text for one, body in zip(found, bodies, strict=True)
            if not all(body({"s": state}) for state in states)] == []  # fmt: skip


# -- the vocabulary -------------------------------------------------------------------------------


def words(model: Model[Any]) -> set[str]:
    declaration, program = compiled(model)
    return {atom.source for atom in vocabulary(scope_of(program, declaration))}


def test_the_vocabulary_of_a_spec() -> None:
    """Fields, messages, functions, and what holds for all: one of each kind."""
    assert {
        "s.phase[a] is Phase.PREPARED",
        "s.decision is None",
        "a in s.heard",
        "Prepared(b) in s.sent",
        "Decided(Outcome.ABORT) in s.sent",
        "len(s.sent) == 0",
        "self.may_commit(s)",
        "a == b",
        "all(Prepared(rm) in s.sent for rm in self.every(RM))",
    } <= words(TwoPhaseCommit())
    assert {"s.owner == a", "s.owner is None"} <= words(TestAndSet())
    assert {"s.held[c] <= s.issued", "Write(c, t) in s.sent", "s.held[c] == s.held[d]"} & words(FencedLease())
    assert {"self.voted_in(s, a, c)", "s.max_bal[a] < c"} <= words(Voting())
    assert {"w.nodes[n].role is Role.LEADER", "w.nodes[n].voted_for == p", "self.leads(w, n)"} <= words(
        Raft()
    )


def test_a_predicate_that_raises_is_no_candidate() -> None:
    """A function of the spec that fails in some state is left out; one that answers everywhere is used."""
    model = TestAndSetWithQuestion()
    assert {"self.owner_is_inside(s)", "self.somebody_owns(s)"} <= words(model)
    found = texts(guessed(model))
    assert [text for text in found if "owner_is_inside" in text] == []
    assert [text for text in found if "somebody_owns" in text] != []


# -- instances ------------------------------------------------------------------------------------


def test_a_small_instance_has_three_of_each_sort() -> None:
    """Sizes shrink to three, never grow, and all states are there."""
    instance = small_instance(declare(TwoPhaseCommit(rms=9)))
    assert (instance.model, len(instance.states), instance.complete) == (TwoPhaseCommit(rms=3), 288, True)
    assert small_instance(declare(TestAndSet(clients=1))).model == TestAndSet(clients=1)


def test_an_enumeration_that_is_cut_gives_reachable_states() -> None:
    """A limit below the number of states gives no more than so many, and all of them are reached."""
    every = reachable_states(TwoPhaseCommit(rms=3))
    some = reachable_states(TwoPhaseCommit(rms=3), limit=50)
    assert (len(every.states), every.complete) == (288, True)
    assert 40 <= len(some.states) <= 50
    assert set(some.states) <= set(every.states)


def test_generated_code_enumerates_what_cpython_does() -> None:
    """Both engines give the same set of states, and a sample is spread over all levels."""
    states, complete = enumerated(declare(TwoPhaseCommit(rms=3)), 1000, 10.0, None)
    assert (set(states), complete) == (set(reachable_states(TwoPhaseCommit(rms=3)).states), True)
    sample, complete = enumerated(declare(TwoPhaseCommit(rms=3)), 10, 10.0, None)
    assert (len(sample), complete) == (10, True)
    assert sample == states[::29]


# -- minimal clauses ------------------------------------------------------------------------------


@given(
    st.integers(1, 5).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, 2**n - 1), min_size=1)))
)
def test_minimal_clauses_are_those_that_brute_force_finds(case: tuple[int, set[int]]) -> None:
    """All sets of up to three literals that hold in every column, but those with a part that does."""
    atoms, columns = case

    def true(literal: int, column: int) -> bool:
        return (column >> literal // 2 & 1) != literal % 2

    found: list[tuple[int, ...]] = []
    for size in (1, 2, 3):
        for clause in itertools.combinations(range(2 * atoms), size):
            opposite = any(literal ^ 1 in clause for literal in clause)
            covered = all(any(true(literal, column) for literal in clause) for column in columns)
            if covered and not opposite and not any(set(known) <= set(clause) for known in found):
                found.append(clause)
    table = Table(atoms, sorted(columns))
    assert sorted(minimal_clauses(table, 3, NEVER)) == sorted(found)
    assert all(table.holds(clause) for clause in found)
