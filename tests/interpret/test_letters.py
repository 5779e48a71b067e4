"""Letters in the IR: the interpreter gives the bits of CPython, and the verifier knows what letters may do."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from checker.compile.model import compile_model
from checker.interpret.system import InterpretedSystem
from checker.ir.nodes import BOOL, INT, Literal
from checker.ir.passes.later import wait_for_domains
from checker.ir.passes.pipeline import optimised
from checker.ir.printer import printed
from checker.ir.program import Program
from checker.ir.verify import verify
from checker.lang.errors import InternalError
from checker.lang.temporal import taken
from checker.liveness.letters import Letters
from checker.reference.system import ReferenceSystem
from tests.native.graphs import Choose, letters_of
from tests.native.lettered import Counters, Lamps, around, members


def program_of(model: Any, choose: Choose) -> tuple[Letters, Program]:
    letters = letters_of(model, choose)
    return letters, compile_model(letters.declaration, letters)


@pytest.mark.parametrize("model", [Lamps(), Counters()], ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("choose", [members, around], ids=lambda c: c.__name__)
def test_the_interpreter_gives_the_letters_of_cpython(model: Any, choose: Choose) -> None:
    """Of every state and step near the start, before and after all passes."""
    letters, program = program_of(model, choose)
    system = ReferenceSystem(letters.declaration)
    for stage in (program, optimised(program), wait_for_domains(optimised(program))):
        verify(stage)
        twin = InterpretedSystem(stage)
        states = dict.fromkeys(system.initial())
        for state in list(states):
            states.update(dict.fromkeys(after for _, _, after in system.successors(state)))
        seen = set()
        for state in states:
            assert twin.atoms_of(state) == letters.atoms_of(state)
            for action, arguments, after in system.successors(state):
                for inside in (True, False):
                    found = twin.marks_of(state, action, arguments, after, inside=inside)
                    assert found == letters.step(state, action, arguments, after, inside=inside)
                    seen.add(found)
        assert len(seen) > 4


def test_letters_are_printed() -> None:
    """With the members that they name, and the conditions apart."""
    _, program = program_of(Counters(), around)
    text = printed(program)
    assert "atom atom_0(s: State)" in text
    assert "mark 3 of add(s: State, node: Node, by: 0..2)\n  by == 1" in text
    assert "mark 4 of add(s: State, node: Node, by: 0..2, after: State)\n  by == 1\n  where " in text


def test_members_stand_in_letters_alone() -> None:
    """The same condition as a property is refused."""
    _, program = program_of(Lamps(), members)
    verify(program)
    moved = [evolve(atom, kind="always") for atom in program.atoms]
    with pytest.raises(InternalError, match="identity of a sort"):
        verify(evolve(program, properties=tuple(moved)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"fixed": Literal(1, type=INT)}, "what is fixed is of type int"),
        ({"where": Literal(1, type=INT)}, "the condition is of type int"),
        ({"action": 9}, "no action 9"),
        ({"mark": 900}, "no mark 900"),
        ({"choices": ()}, "its choices are not the action's"),
        ({"after": "s", "where": Literal(True, type=BOOL)}, "bound twice"),
    ],
    ids=["fixed", "where", "action", "mark", "choices", "after"],
)
def test_a_marking_that_breaks_a_rule_is_refused(changes: dict[str, Any], message: str) -> None:
    """Types, names, and what it belongs to."""
    _, program = program_of(Lamps(), lambda model, letters: letters.mark(taken(model.add)) and None)
    marking = evolve(program.markings[0], **changes)
    with pytest.raises(InternalError, match=message):
        verify(evolve(program, markings=(marking,)))
