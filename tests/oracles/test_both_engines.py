"""Models against numbers that TLC counted, on both engines.

As in test_tla_models.py, each is a TLA+ model with the same variables and actions, most of them from
the examples that come with TLA+.  TLC counted each of them twice, without and with SYMMETRY over all
sorts; where it enumerates the disjuncts of a guard or the witnesses of a quantifier in one, so does
the model here, or the guard was written as `(...) = TRUE` there.
"""

from __future__ import annotations

from typing import Any

import pytest

from checker import check
from checker.engines import Engine
from checker.lang.model import Model
from checker.result.result import Counts
from tests.oracles.models.bridge import Bridge
from tests.oracles.models.klotski import Klotski
from tests.oracles.models.paxos_commit import PaxosCommit
from tests.oracles.models.safra import Safra
from tests.oracles.models.snapshots import KeyValueStore

ENGINES: list[Engine] = ["python", "native"]

# Without SYMMETRY, and with it: distinct, generated, depth.
BOTH = [
    pytest.param(Safra(n=2), (496, 2_014, 13), (496, 2_014, 13), id="numbered nodes, constraint"),
    pytest.param(KeyValueStore(keys=1, txs=3), (3_345, 34_579, 15), (366, 3_770, 15), id="three sorts"),
    pytest.param(Bridge(rights=1), (470, 1_947, 22), (255, 1_049, 22), id="a union of sorts"),
    pytest.param(PaxosCommit(rms=1), (1_461, 8_844, 15), (376, 2_262, 15), id="six kinds of messages"),
]

# The same, for one engine: larger ones.
NATIVE = [
    pytest.param(Safra(), (19_474, 125_367, 25), (19_474, 125_367, 25), id="numbered nodes, constraint"),
    pytest.param(KeyValueStore(), (28_305, 314_965, 17), (3_654, 40_607, 17), id="three sorts"),
    pytest.param(Bridge(), (3_605, 20_181, 29), (1_065, 5_941, 29), id="a union of sorts"),
    pytest.param(Klotski(), (25_955, 88_049, 168), (25_955, 88_049, 168), id="sets of sets of places"),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("model", "states", "orbits"), BOTH)
def test_both_engines_count_as_tlc_does(
    model: Model[Any], states: tuple[int, int, int], orbits: tuple[int, int, int], engine: Engine
) -> None:
    """States without symmetry; orbits, and the states that they stand for, with it."""
    _compare(model, states, orbits, engine)


@pytest.mark.slow
@pytest.mark.parametrize(("model", "states", "orbits"), NATIVE)
def test_the_native_engine_counts_as_tlc_does(
    model: Model[Any], states: tuple[int, int, int], orbits: tuple[int, int, int]
) -> None:
    """Larger models, with two workers."""
    _compare(model, states, orbits, "native", workers=2)


@pytest.mark.slow
def test_paxos_commit_with_two_resource_managers() -> None:
    """TLC counts its orbits in two minutes."""
    found = check(PaxosCommit(), deadlock=False, engine="native").states
    assert found == Counts(119_992, 1_382_227, 28, represented=1_321_761)


def _compare(
    model: Model[Any],
    states: tuple[int, int, int],
    orbits: tuple[int, int, int],
    engine: Engine,
    workers: int = 1,
) -> None:
    plain = check(model, deadlock=False, symmetry=False, engine=engine, workers=workers)
    assert plain.states == Counts(*states)
    assert plain.holds
    found = check(model, deadlock=False, engine=engine, workers=workers).states
    assert (found.distinct, found.generated, found.depth) == orbits
    assert (found.represented or found.distinct) == states[0]
