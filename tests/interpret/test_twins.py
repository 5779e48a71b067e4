"""CPython and the interpreter give the same answer in every state, before and after each pass.

On every spec of the library and every broken variant, in states that a search reaches first and in
random ones: all transitions with their arguments, all predicates, and where there is no answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from checker.compile.model import compile_model
from checker.explore.budget import Budget, Meter
from checker.explore.search import Checks, Search
from checker.interpret.system import InterpretedSystem
from checker.ir.passes.pipeline import PASSES
from checker.ir.printer import printed
from checker.ir.program import Program
from checker.ir.verify import verify
from checker.lang.declarations import Declaration, declare
from checker.library import find, library
from checker.reference.system import ReferenceSystem
from tests.conftest import Golden
from tests.programs.twins import by_cpython, by_interpreter, reachable, sampled

ENTRIES, _ = library()
SPECS = [entry.id for entry in ENTRIES]

SMALL: dict[str, list[dict[str, Any]]] = {
    "raft": [
        {"nodes": 2},
        {"nodes": 2, "crashes": 1, "duplicating": True, "lossy": True},
        {"nodes": 2, "crashes": 1, "lossy": False, "fifo": True, "max_in_flight": 2},
    ],
    "raft-commits-earlier-terms": [{"nodes": 2}],
}
"""Constants that bring out other paths, or that keep a spec small."""

INSTANCES = [(spec, constants) for spec in SPECS for constants in SMALL.get(spec, [{}])]


def declared(spec: str, constants: dict[str, Any]) -> Declaration:
    return declare(find(spec)(**constants))


def stages(program: Program) -> Iterator[tuple[str, Program]]:
    """The program as it was compiled, and after each pass; all of them keep the rules."""
    verify(program)
    yield "compiled", program
    for one in PASSES:
        program = one(program)
        verify(program)
        yield one.__name__, program


def states_of(declaration: Declaration, number: int) -> list[tuple[Any, Any]]:
    """Pairs of states to ask about: reached ones and random ones."""
    found = [*reachable(declaration, number), *sampled(declaration, number)]
    return list(zip(found, found[1:] + found[:1], strict=True))


@pytest.mark.parametrize(
    "instance", INSTANCES, ids=[" ".join([s, *map(str, c.items())]) for s, c in INSTANCES]
)
def test_specs_mean_the_same_to_cpython_and_to_the_interpreter(instance: tuple[str, dict[str, Any]]) -> None:
    """State by state: every outcome of every action, every predicate; the initial states; after every pass."""
    declaration = declared(*instance)
    pairs = states_of(declaration, 12)
    expected = [by_cpython(declaration, pair) for pair in pairs]
    for name, program in stages(compile_model(declaration)):
        system = InterpretedSystem(program)
        assert Counter(system.initial()) == Counter(ReferenceSystem(declaration).initial())
        for pair, outcomes in zip(pairs, expected, strict=True):
            assert (name, by_interpreter(system, declaration, pair)) == (name, outcomes)


@pytest.mark.parametrize("instance", [
    ("two-phase-commit", {"rms": 2}), ("consensus", {}), ("voting", {"acceptors": 2}),
    ("paxos", {"acceptors": 2, "values": 1}),
])  # fmt: skip
def test_a_search_on_the_interpreter_is_the_one_on_the_reference_engine(
    instance: tuple[str, dict[str, Any]],
) -> None:
    """The same states, counts and depth, with guards that skip choices in the last program."""
    declaration = declared(*instance)
    expected = Search(ReferenceSystem(declaration), Checks(), Meter(Budget()))
    counts = expected.run()
    for _, program in stages(compile_model(declaration)):
        search = Search(InterpretedSystem(program), Checks(), Meter(Budget()))
        found = search.run()
        assert (found.distinct, found.generated, found.depth) == (
            counts.distinct,
            counts.generated,
            counts.depth,
        )
        assert found.actions == counts.actions
        assert set(search.states) == set(expected.states)


@pytest.mark.parametrize("spec", SPECS)
def test_the_ir_of_the_specs(spec: str, golden: Golden) -> None:
    """What the front end makes of each original, to be reviewed as a text."""
    entry = next(entry for entry in ENTRIES if entry.id == spec)
    if entry.variant_of is None:
        golden(f"ir/{spec}.txt", printed(compile_model(declared(spec, {}))))
