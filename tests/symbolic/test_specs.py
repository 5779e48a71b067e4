"""Every spec of the library as formulas: what each action makes of a state, and what holds of it.

All choices of every action are tried in states that random walks meet, and compared with the interpreter,
whose answers are CPython's (tests/interpret) and the native engine's (tests/native).
"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from checker.compile.model import compile_model
from checker.interpret.system import InterpretedSystem
from checker.lang.declarations import declare
from checker.library import find, library
from tests.symbolic.twins import Twins, same_in_all

SPECS = [entry.id for entry in library()[0]]

OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("two-phase-commit", {"rms": 2}),
    ("voting", {"acceptors": 2, "values": 1}),
    ("paxos", {"acceptors": 3, "values": 2, "max_ballot": 2}),
    ("raft", {"nodes": 2}),
    ("raft", {"nodes": 2, "duplicating": True, "lossy": True, "max_log": 1}),
    ("raft", {"nodes": 2, "lossy": False, "fifo": True, "max_in_flight": 2}),
]
"""Constants that bring out other paths."""

MANY: list[tuple[str, dict[str, Any]]] = [
    ("raft", {}),
    ("raft", {"fifo": True}),
    ("raft", {"lossy": False, "max_in_flight": 3}),
    ("raft", {"duplicating": True}),
    ("raft", {"nodes": 3, "max_term": 4, "max_log": 3}),
]

FEW_SUBSETS = ("two-phase-commit", "consensus", "voting", "paxos")
"""Specs whose actions have so few choices that all of them can be listed in one formula."""


LARGE = ("raft", "zab")
"""Specs of which formulas take long to make; those of Zab take minutes each, and are not made at all here."""


def walked(system: InterpretedSystem, walks: int, steps: int) -> list[Any]:
    """States at the end of random walks."""
    random = Random(1)
    found = []
    for _ in range(walks):
        state = random.choice(list(system.initial()))
        for _ in range(random.randrange(steps)):
            after = [t for _, _, t in system.successors(state) if system.fault(t, None) is None]
            state = random.choice(after) if after else state
        found.append(state)
    return list(dict.fromkeys(found))


def agree(spec: str, constants: dict[str, Any], walks: int) -> None:
    twins = Twins.of(compile_model(declare(find(spec)(**constants))))
    states = walked(twins.system, walks, 30)
    same_in_all(twins, states, enabled=spec.startswith(FEW_SUBSETS) or constants.get("nodes") == 2)


@pytest.mark.parametrize("spec", [spec for spec in SPECS if not spec.startswith(LARGE)])
def test_a_spec_means_the_same_as_a_formula(spec: str) -> None:
    """With the constants it has by default."""
    agree(spec, {}, 30)


@pytest.mark.parametrize(("spec", "constants"), OTHERS, ids=[f"{s} {c}" for s, c in OTHERS])
def test_a_spec_means_the_same_as_a_formula_with_other_constants(
    spec: str, constants: dict[str, Any]
) -> None:
    """Fewer participants, more ballots, other networks."""
    agree(spec, constants, 6 if spec == "raft" else 20)


@pytest.mark.slow
@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec.startswith("raft-")])
def test_a_broken_raft_means_the_same_as_a_formula(spec: str) -> None:
    """Each with the constants it has by default."""
    agree(spec, {}, 20)


@pytest.mark.slow
@pytest.mark.parametrize(("spec", "constants"), MANY, ids=[f"{s} {c}" for s, c in MANY])
def test_a_large_spec_means_the_same_as_a_formula(spec: str, constants: dict[str, Any]) -> None:
    """Raft with three nodes, over every kind of network."""
    agree(spec, constants, 20)
