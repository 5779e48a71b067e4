"""What a mapping gives, and what it can do wrong: the reference engine."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from checker import check
from checker.lang import Model, refines
from checker.lang.declarations import declare
from checker.lang.errors import SpecError
from checker.refinement.abstract import abstract_of
from checker.refinement.mapping import Mapping
from specs.transactions.two_phase_commit import RM, Phase, TwoPhaseCommit
from tests.refinement.models import Booked, Hall, Party, Table, TableOverflows

NUMBERS = count()


def mapping_of(model: Model[Any]) -> Mapping:
    """The first refinement of a model."""
    declaration = declare(model)
    return Mapping(
        declaration, declaration.refinements[0], abstract_of(declaration, declaration.refinements[0])
    )


def test_a_step_may_be_an_abstract_one_or_none() -> None:
    """A step that changes what is mapped in another way is refused, also one of two abstract steps."""
    mapping = mapping_of(TwoPhaseCommit(rms=2))
    (start,) = mapping.declaration.initial
    state = start.function(mapping.declaration.model)
    a, b = sorted(state.phase, key=repr)

    def with_phases(first: Phase, second: Phase) -> Any:
        return type(state)(state.phase.set(a, first).set(b, second), None, frozenset(), frozenset())

    stutter = type(state)(state.phase, None, frozenset(), state.sent | {RM})
    assert mapping.allows(state, stutter)
    assert mapping.allows(state, with_phases(Phase.PREPARED, Phase.WORKING))
    assert not mapping.allows(state, with_phases(Phase.PREPARED, Phase.PREPARED))
    assert not mapping.allows(state, with_phases(Phase.COMMITTED, Phase.WORKING))
    assert mapping.begins(state)
    assert not mapping.begins(with_phases(Phase.PREPARED, Phase.WORKING))


def raises(self: Any, s: Booked) -> Hall:
    return [][0]  # type: ignore[no-any-return]


def gives_none(self: Any, s: Booked) -> Hall:
    return None  # type: ignore[return-value]


def changes_its_mind(self: Any, s: Booked) -> Hall:
    return (
        Table.as_party(self, s)
        if next(NUMBERS) % 2
        else Hall(1, frozenset(), Table().as_party(s).orders, None)
    )


def gives_a_list(self: Any, s: Booked) -> Hall:
    return Hall(0, [], Table().as_party(s).orders, None)  # type: ignore[arg-type]


def gives_a_string(self: Any, s: Booked) -> Hall:
    return Hall("none", frozenset(), Table().as_party(s).orders, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("function", "code"),
    [
        (raises, "refinement/raises"),
        (gives_none, "refinement/wrong-type"),
        (changes_its_mind, "refinement/nondeterministic"),
        (gives_a_list, "refinement/wrong-type"),
        (gives_a_string, "refinement/wrong-type"),
    ],
)
def test_a_mapping_that_gives_no_abstract_state_is_a_mistake(function: Any, code: str) -> None:
    """It is told with the state and the place, and is no violation."""
    model = type("Wrong", (Table,), {"as_party": refines(Party)(function), "__module__": __name__})()
    with pytest.raises(SpecError) as raised:
        check(model, engine="python")
    assert raised.value.problem.code == code
    assert raised.value.problem.at is not None
    assert raised.value.problem.at.file == __file__
    assert raised.value.problem.notes[0].startswith("It happened in the state Booked(")


@pytest.mark.parametrize("engine", ["python", "native"])
def test_a_mapping_beyond_the_abstract_bounds_is_a_mistake(engine: Any) -> None:
    """Silence would compare nothing there; the message says which field and which constant."""
    with pytest.raises(SpecError, match=r"puts 2 .* into `guests` of `Party`") as raised:
        check(TableOverflows(), engine=engine, deadlock=False)
    assert raised.value.problem.code == "refinement/outside-bounds"
    assert '@refines(Party, seats="...")' in raised.value.problem.instead
