"""The abstract model of a refinement: its constants, and what does not fit together."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from checker import check
from checker.lang import Between, Model, Size, Sort, action, frozen, initial, refines
from checker.lang.declarations import declare
from checker.lang.errors import SpecError
from checker.refinement.abstract import abstract_of
from specs.consensus.paxos import Paxos
from tests.refinement.models import Table, TableInALargerHall


class Node(Sort):
    """A sort that both models have."""


@frozen
class Number:
    """A state."""

    n: Annotated[int, Between(0, "most")]


@frozen
class Above(Model[Number]):
    """The abstract model."""

    nodes: Size[Node] = 2
    most: Annotated[int, Between(1, 4)] = 1
    extra: int = 7

    @initial
    def start(self) -> Number:
        return Number(0)

    @action
    def up(self, s: Number) -> Number | None:
        return None if s.n == self.most else Number(s.n + 1)


@frozen
class Needy(Model[Number]):
    """An abstract model with a constant that has no default."""

    needed: int

    @initial
    def start(self) -> Number:
        return Number(0)

    @action
    def stay(self, s: Number) -> Number | None:
        return None


@frozen
class Below(Model[Number]):
    """The model that refines it."""

    most: Annotated[int, Between(1, 9)] = 3
    half: int = 1

    @initial
    def start(self) -> Number:
        return Number(0)

    @action
    def up(self, s: Number) -> Number | None:
        return None if s.n == self.most else Number(s.n + 1)


def below(*, abstract: Any = Above, result: Any = Number, sizes: bool = False, **given: str) -> Model[Any]:
    """A model with a refinement that is declared in this way."""

    @refines(abstract, **given)
    def as_above(self: Any, s: Number) -> Any:
        return s

    as_above.__annotations__ = {"s": Number, "return": result}
    body: dict[str, Any] = {"as_above": as_above, "__annotations__": {}, "__module__": __name__}
    if sizes:
        body["__annotations__"]["other"] = Size[Node]
        body["other"] = 3
    made = frozen(type("Made", (Below,), body))
    instance: Model[Any] = made()
    return instance


def constants(model: Model[Any]) -> dict[str, Any]:
    """Those of the abstract model."""
    declaration = declare(model)
    found = abstract_of(declaration, declaration.refinements[0])
    return {one.name: one.value for one in found.constants}


def test_constants_are_those_of_the_same_name() -> None:
    """What the concrete model does not have keeps its default."""
    assert constants(below()) == {"nodes": 2, "most": 3, "extra": 7}
    assert constants(Paxos(acceptors=5, max_ballot=3)) == {"acceptors": 5, "values": 2, "max_ballot": 3}


def test_constants_are_given_as_expressions() -> None:
    """Over the constants of the concrete model, also those of the same name."""
    assert constants(below(most="most - half", extra="10 * most")) == {"nodes": 2, "most": 2, "extra": 30}
    assert constants(TableInALargerHall(most=4)) == {"seats": 2, "most": 5}


@pytest.mark.parametrize(
    ("made", "code", "said"),
    [
        ({"mots": "3"}, "refinement/unknown-constant", "gives `mots`"),
        ({"most": "most + unknown"}, "bound/unknown-constant", "names `unknown`"),
        ({"most": "most +"}, "bound/not-a-number", "has no value"),
        ({"most": "5"}, "refinement/constant-outside-type", "is 5, not one of"),
        ({"sizes": True}, "refinement/sort-size", "`Node` has 3 members in `Made`, and 2 in `Above`"),
        ({"result": Table}, "refinement/result", "leads to `Table`"),
        ({"abstract": Needy}, "refinement/missing-constant", "says nothing of the constant `needed`"),
        ({"abstract": Number}, "refinement/not-a-model", "which is no model"),
    ],
)
def test_what_does_not_fit_together_is_told_at_the_mapping(
    made: dict[str, Any], code: str, said: str
) -> None:
    """Before anything is explored, on every engine, and also where the refinement is not asked about."""
    with pytest.raises(SpecError, match=said) as raised:
        check(below(**made), properties=["deadlock_freedom"])
    assert raised.value.problem.code == code
    assert raised.value.problem.at is not None
    assert raised.value.problem.instead


def test_the_same_size_is_no_mistake() -> None:
    """A sort may have its size from constants of different names."""
    assert constants(below(sizes=True, nodes="other"))["nodes"] == 3
