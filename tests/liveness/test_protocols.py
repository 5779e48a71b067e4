"""Protocols whose liveness is known: what holds under the right fairness, and what fails without."""

from __future__ import annotations

from typing import Any

import pytest

from checker.lang.declarations import declare
from checker.lang.model import Model
from tests.liveness.engines import ENGINES, holding, lasso_of, run, temporal
from tests.liveness.models.allocators import SchedulingAllocator, SimpleAllocator
from tests.liveness.models.channels import AlternatingBit, Barrier, Euclid, Handshake
from tests.liveness.models.mutex import Dijkstra, Peterson, TestAndSet
from tests.liveness.models.rings import ChangRoberts, Ewd840, Philosophers
from tests.liveness.tableau import verdicts as twin_verdicts
from tests.liveness.twin import fairness_of, graph_of

KNOWN: dict[Model[Any], dict[str, bool]] = {
    Peterson(): {
        "gets_in_if_both_go_on": True,
        "gets_in_if_it_goes_on": False,
        "gets_in_if_somebody_goes_on": True,
        "gets_in": False,
    },
    TestAndSet(): {
        "somebody_gets_it": True,
        "gets_it_under_weak_fairness": False,
        "gets_it_under_strong_fairness": True,
        "gets_it_under_strong_fairness_of_all_together": False,
    },
    Dijkstra(): {"somebody_gets_in": True, "gets_in": False},
    SimpleAllocator(): {
        "obtains_under_strong_fairness": True,
        "is_satisfied_again_and_again": True,
        "obtains_under_weak_fairness": False,
        "obtains_if_only_the_satisfied_return": False,
    },
    SchedulingAllocator(): {"obtains": True, "obtains_without_being_scheduled": False},
    Ewd840(): {
        "is_detected": True,
        "is_detected_without_fairness": False,
        "is_detected_by_starting_alone": False,
        "ends_without_messages": False,
        "ends_without_messages_if_nodes_rest": True,
    },
    ChangRoberts(): {
        "somebody_is_elected": True,
        "somebody_is_elected_if_only_receiving_is_fair": False,
        "somebody_is_elected_once_the_largest_begins": True,
    },
    Philosophers(): {
        "somebody_eats": True,
        "eats_in_the_end": False,
        "eats_if_forks_are_given_fairly": True,
        "nobody_eats_for_ever": True,
    },
    Philosophers(alike=True): {
        "somebody_eats": False,
        "eats_in_the_end": False,
        "eats_if_forks_are_given_fairly": False,
        "nobody_eats_for_ever": True,
    },
    Handshake(): {
        "goes_on": True,
        "goes_on_if_only_sending_is_fair": False,
        "takes_turns": True,
        "is_acknowledged_next": False,
        "one_or_the_other": True,
    },
    AlternatingBit(): {
        "delivers_under_strong_fairness": True,
        "delivers_under_weak_fairness": False,
        "delivers_if_nothing_is_lost": True,
        "delivers_if_only_data_gets_through": False,
    },
    Barrier(): {"opens_again_and_again": True, "opens_without_fairness": False, "both_parities": True},
    Euclid(): {"ends": True, "ends_with_three": True, "ends_without_fairness": False, "never_stops": False},
}

MODELS = [pytest.param(model, id=f"{type(model).__name__}-{n}") for n, model in enumerate(KNOWN)]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("model", MODELS)
def test_the_verdicts_on_known_protocols_are_the_known_ones(model: Model[Any], engine: str) -> None:
    """Fairness that is enough is enough, and without it there is a lasso of real steps that is fair."""
    result = run(model, engine)
    assert holding(result) == KNOWN[model]
    assert [p.name for p in result.properties if p.kind != "temporal" and not p.holds] == []
    declaration = declare(model)
    graph, fairness = graph_of(declaration), fairness_of(declaration)
    for prop in temporal(result).values():
        if not prop.holds:
            lasso = lasso_of(graph, prop)
            assert [one for one in fairness if not lasso.is_fair(one)] == []
            asked = next(one for one in declaration.temporal if one.name == prop.name)
            if not asked.parameters:
                assert not lasso.true(asked.function(model))


SMALL = (
    Peterson(),
    TestAndSet(),
    Handshake(),
    AlternatingBit(),
    Barrier(workers=2),
    Euclid(),
    ChangRoberts(size=2),
)


@pytest.mark.parametrize("model", SMALL, ids=lambda model: type(model).__name__)
def test_the_twin_knows_the_same_of_small_protocols(model: Model[Any]) -> None:
    """The tableau, which knows no symmetry, says the same of them."""
    assert holding(run(model)) == twin_verdicts(model)
