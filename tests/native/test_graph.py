"""Graphs of native searches: letters, steps and numbers as CPython has them, with any number of workers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from checker.compile.model import compile_model
from checker.explore.budget import Budget, Meter
from checker.ir.passes.pipeline import optimised
from checker.lang.errors import SpecError
from checker.lang.temporal import taken
from checker.library import find, library
from checker.liveness.letters import Letters
from checker.native.cache import RUNTIME
from checker.native.generate import generated
from checker.native.graph import Making, NativeGraph, native_graph
from checker.system import OutOfBudget
from tests.native.emit.harness import WARNINGS
from tests.native.graphs import Compared, compared, everything, letters_of, symmetric
from tests.native.lettered import Counters, Lamps, Leapfrog, Node, around, members
from tests.native.specs import Detour, Fenced, Judges, Ladder, Passing, Returning, Writing

SMALL: dict[str, dict[str, Any]] = {
    "raft": {"nodes": 2},
    "two-phase-commit": {"rms": 3},
    "two-phase-commit-sites": {},
}
SLOW = {"raft", "raft-elections"}
"""Specs whose code takes long to compile, as do broken variants, of which there are many."""

SPECS = [
    pytest.param(entry.id, marks=[pytest.mark.slow] if entry.id in SLOW or entry.variant_of else [])
    for entry in library()[0]
]


def same(found: Compared) -> Compared:
    """The two graphs of a search are equal, and not trivial."""
    assert found.native == found.python
    assert found.sorted
    assert len(found.native.states) > 1
    return found


@pytest.mark.parametrize("spec", SPECS)
def test_the_graph_of_a_spec_is_that_of_cpython(spec: str) -> None:
    """Every spec of the library: atoms, enabled and taken steps, initial states, of some hundred states."""
    same(compared(find(spec)(**SMALL.get(spec, {})), everything, budget=Budget(max_states=400)))


@pytest.mark.parametrize("model", [Lamps(), Counters()], ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("choose", [members, around], ids=lambda c: c.__name__)
@pytest.mark.parametrize("order", ["bfs", "dfs"])
def test_lambdas_with_members_and_conditions(model: Any, choose: Any, order: Any) -> None:
    """What lambdas take from around them, arguments by name and place, unions of steps, states after."""
    found = same(compared(model, choose, order=order))
    assert len(set(found.native.atoms)) > 1
    assert len({mark for steps in found.native.steps for _, mark in steps}) > 4


@pytest.mark.parametrize(
    "model",
    [Detour(), Judges(), Fenced(), Ladder(wide=10**9, most=20), Returning()],
    ids=lambda m: type(m).__name__,
)
def test_escapes_bounds_and_boundary(model: Any) -> None:
    """Actions left to CPython; steps that leave bounds or the boundary enable, and are no edges."""
    same(compared(model))


def test_actions_that_generated_code_cannot_run_are_answered() -> None:
    """The test above means something: CPython was asked, about actions and about atoms."""
    assert compared(Detour()).escapes > 0
    with_atoms = compared(Returning(), around_escaping)
    assert same(with_atoms).escapes >= len(with_atoms.native.states)
    assert len(set(with_atoms.native.atoms)) > 1


def around_escaping(model: Any, letters: Letters) -> None:
    """An atom and a mark that need more than 64 bits."""
    letters.atom(lambda s: s.count * 10**30 > 3 * 10**30)
    letters.mark(taken(model.back, where=lambda s, after: s.count * 10**30 > 4 * 10**30))


@pytest.mark.parametrize("model", [Passing(nodes=4), Lamps(), Ladder(wide=10**9, nodes=3, most=14)],
                         ids=lambda m: type(m).__name__)  # fmt: skip
def test_with_symmetry_states_are_forms(model: Any) -> None:
    """From form to form; a step to another state of the same orbit is one."""
    found = same(compared(model, symmetric, symmetry=True))
    assert len(found.native.states) < len(compared(model, symmetric).native.states)


def test_what_cpython_offers_is_stored_as_a_form() -> None:
    """With symmetry, where generated code cannot run an action."""
    found = same(compared(Leapfrog(), symmetric, symmetry=True))
    assert found.escapes > 10
    assert [len(steps) for steps in found.native.steps] == [1] * 28 + [0]


def test_states_are_numbered_in_the_order_of_their_words() -> None:
    """All of them depth first, each level of its own breadth first."""
    deep = same(compared(Counters(most=40), around, order="dfs"))
    assert deep.words == sorted(deep.words)
    wide = same(compared(Counters(most=40), around))
    assert (sorted(wide.words), wide.words == sorted(wide.words)) == (deep.words, False)
    assert wide.native.initial == list(range(len(wide.native.initial)))


def test_a_step_within_an_orbit_is_a_step() -> None:
    """It changes the state, though not its form."""
    found = same(compared(Lamps(), symmetric, symmetry=True))
    assert any(target == number for number, steps in enumerate(found.native.steps) for target, _ in steps)


@pytest.mark.parametrize("symmetry", [False, True], ids=["whole", "symmetry"])
def test_the_arrays_do_not_depend_on_the_workers(symmetry: bool) -> None:
    """Numbers of states and of labels, and the order of edges."""
    model = find("paxos")(values=1) if not symmetry else Passing(nodes=9)
    choose = symmetric if symmetry else everything
    arrays = [compared_arrays(model, choose, symmetry, workers) for workers in (1, 2, 3)]
    assert arrays[1] == arrays[0]
    assert arrays[2] == arrays[0]
    assert arrays[0][0][0] > (8 if symmetry else 300)


def compared_arrays(model: Any, choose: Any, symmetry: bool, workers: int) -> tuple[Any, ...]:
    return compared(model, choose, symmetry=symmetry, workers=workers).arrays


def test_escapes_do_not_disturb_the_numbers() -> None:
    """What CPython adds is sorted in like the rest."""
    found = [same(compared(Ladder(wide=10**9, most=40), members_of_hands, workers=n)) for n in (1, 3)]
    assert found[1].arrays == found[0].arrays
    assert found[0].escapes > 0


def members_of_hands(model: Any, letters: Letters) -> None:
    """Marks and atoms for one hand each."""
    for node in letters.declaration.actions[0].parameters[0].type.members():
        letters.atom(lambda s, node=node: s.at[node] > 2)
        letters.mark(taken(model.climbs, node))


def test_a_search_that_ended_at_a_budget_has_a_graph_of_what_it_stored() -> None:
    """Steps to states that are not stored enable, and are no edges."""
    found = same(compared(Counters(most=30), around, budget=Budget(max_states=100)))
    assert found.found.stopped is not None
    assert len(found.native.states) == 100
    assert any(
        enabled and not steps for enabled, steps in zip(found.native.enabled, found.native.steps, strict=True)
    )


def test_more_marks_and_atoms_than_a_word_holds() -> None:
    """Bits beyond 64."""
    found = same(compared(Counters(), many))
    assert max(found.native.atoms).bit_length() > 64
    assert max(found.native.enabled).bit_length() > 128


def many(model: Any, letters: Letters) -> None:
    """Hundreds of marks and atoms."""
    for n in range(70):
        letters.atom(lambda s, n=n: (s.x + n) % 3 == 0)
    for n in range(150):
        letters.mark(taken(model.add, where=numbered(n)))


def numbered(n: int) -> Any:
    """A condition that is its own for each number."""
    return lambda s, by: (s.x + by + n) % 5 == 0


def test_memory_counts_against_the_budget() -> None:
    """A graph that does not fit ends with a reason, wherever it notices, and keeps to what it was given."""
    refused: list[tuple[str, bool]] = []

    def work(making: Making) -> None:
        room = 1000
        while True:
            graph = NativeGraph(making)
            try:
                graph.make(room)
            except OutOfBudget as spent:
                refused.append((spent.reason, graph.bytes[1] <= room))
            else:
                assert graph.bytes[0] <= graph.bytes[1] <= room
                graph.close()
                return
            finally:
                graph.close()
            room = room * 21 // 20

    same(compared(Ladder(wide=10**9, most=40), members_of_hands, work=work))
    assert len(refused) > 20
    assert all(kept and reason.startswith("the memory budget") for reason, kept in refused)


def test_a_graph_can_be_stopped() -> None:
    """What the meter says ends it; nothing of C runs on."""

    def work(making: Making) -> None:
        meter = Meter(Budget(), stopped=lambda: True)
        meter.CHECK_EVERY_S = meter._next = 0.0
        with pytest.raises(OutOfBudget, match="interrupted"):
            native_graph(evolve(making, meter=meter))

    same(compared(Counters(most=30), around, work=work))


def test_what_an_atom_does_wrong_is_the_error_of_cpython() -> None:
    """A predicate that raises somewhere ends with the message of the reference engine."""
    with pytest.raises(SpecError) as raised:
        compared(Counters(), lambda model, letters: letters.atom(lambda s: 6 // (s.x - 2) >= 0) and None)
    assert "ZeroDivisionError" in raised.value.problem.what or "raise" in raised.value.problem.what


@pytest.mark.parametrize(
    ("predicate", "code"),
    [
        (lambda s: s.x in {1: 2}, "subset/"),
        (lambda s: "a" < "b", "subset/"),
        (lambda s: Node(9) == Node(1), "subset/"),
    ],
    ids=["dict", "string", "a member named here"],
)
def test_what_is_outside_the_subset_is_a_located_error(predicate: Any, code: str) -> None:
    """So that the reference engine takes over."""
    with pytest.raises(SpecError) as raised:
        compared(Counters(), lambda model, letters: letters.atom(predicate) and None)
    assert raised.value.problem.code.startswith(code)
    assert raised.value.problem.at is not None


def test_a_method_of_another_model_is_refused() -> None:
    """Its constants are not those of the model that is compiled."""
    with pytest.raises(SpecError) as raised:
        compared(Counters(), lambda model, letters: letters.atom(Counters(most=7).low) and None)
    assert raised.value.problem.code == "subset/call"


@pytest.mark.parametrize(
    "model", [Lamps(), Counters(), Ladder(wide=10**9, most=20)], ids=lambda m: type(m).__name__
)
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_the_code_has_no_warnings(model: Any, compiler: str, tmp_path: Path) -> None:
    """With letters and the runtime's part for them."""
    if shutil.which(compiler) is None:
        pytest.skip(f"no {compiler}")
    choose = members_of_hands if isinstance(model, Ladder) else members
    letters = letters_of(model, choose)
    text = generated(optimised(compile_model(letters.declaration, letters))).text
    source = tmp_path / "unit.c"
    source.write_text(text)
    command = [compiler, "-std=gnu11", "-O1", *WARNINGS, f"-I{RUNTIME}", "-shared", "-fPIC", "-pthread"]
    done = subprocess.run(
        [*command, str(source), "-o", str(tmp_path / "unit.so")], capture_output=True, text=True
    )
    assert done.stderr == ""


def test_a_large_universe_of_choices() -> None:
    """Arguments that are records with members of sorts inside."""

    def choose(model: Any, letters: Letters) -> None:
        first = next(iter(letters.declaration.actions[0].parameters[0].type.members()))
        letters.mark(taken(model.writes, first))
        letters.atom(lambda s: first in s.sent)

    found = same(compared(Writing(nodes=2, room=1), choose, budget=Budget(max_states=20)))
    assert sum(mark >> 1 & 1 for steps in found.native.steps for _, mark in steps) == 1
