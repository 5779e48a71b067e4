"""A new value that is tied to another is that one, and there is always a way to be it."""

from __future__ import annotations

import pytest

from checker.lang.types import FiniteType
from checker.solve.z3_solver import Z3Solver
from checker.symbolic.choosing import select
from checker.symbolic.circuit import Circuit
from checker.symbolic.fresh import fresh
from checker.symbolic.lifting import decode, lift, lits_of
from checker.symbolic.tidy import tidied
from checker.symbolic.tying import ROWS, tied
from checker.symbolic.values import Value
from tests.symbolic.pinned import Simulation
from tests.symbolic.test_values import KINDS, WIDER, every_kind, unknown, values_of


@every_kind
def test_what_is_tied_is_equal(kind: FiniteType) -> None:
    """Whatever both are; tying may ask for more than equality, never for less."""
    values = values_of(kind, 9)
    pairs = [(a, b) for a in values for b in values]
    c = Circuit()
    given, one = unknown(c, kind, "x", [a for a, _ in pairs])
    new, other = unknown(c, kind, "y", [b for _, b in pairs])
    sim = Simulation(c, [a | b for a, b in zip(one, other, strict=True)])
    for what in (given, tidied(c, kind, given)):
        word = sim.word(tied(c, kind, new, what))
        assert [pair for place, pair in enumerate(pairs) if word >> place & 1 and pair[0] != pair[1]] == []


def found(c: Circuit, kind: FiniteType, given: Value, pins: list[dict[int, bool]]) -> list[object]:
    """The only values that a new value may have where it is tied to a given one."""
    names = list(c.names)
    new, valid = fresh(c, kind, "new")
    lit = tied(c, kind, new, given)
    answers = []
    with Z3Solver(c) as solver:
        solver.require(valid)
        solver.require(lit)
        for pin in pins:
            answer = solver.check([variable if pin.get(variable, False) else -variable for variable in names])
            assert answer.status == "sat"
            answers.append(decode(c.evaluate(answer.assignment, lits_of(new)), kind, new))
    return answers


@every_kind
def test_a_new_value_can_be_what_it_is_tied_to(kind: FiniteType) -> None:
    """A value of variables, a known one, and one of several."""
    values = values_of(kind, 8)
    c = Circuit()
    given, pins = unknown(c, kind, "x", values)
    assert found(c, kind, tidied(c, kind, given), pins) == values
    assert found(c, kind, tidied(c, kind, lift(kind, values[0])), [{}]) == [values[0]]
    test, known = c.variable("test"), values[-1]
    chosen = tidied(c, kind, select(c, [(test, given), (-test, lift(kind, known))]))
    assert found(c, kind, chosen, [pin | {test: True} for pin in pins]) == values
    assert found(c, kind, chosen, [pin | {test: False} for pin in pins]) == [known] * len(values)


@pytest.mark.parametrize(("kind", "wider"), WIDER, ids=[str(kind) for kind, _ in WIDER])
def test_a_new_value_can_be_one_of_a_wider_type(kind: FiniteType, wider: FiniteType) -> None:
    """As after a step: computed without bounds, and then within them."""
    values = values_of(kind, 8)
    c = Circuit()
    given, pins = unknown(c, wider, "x", values)
    assert found(c, kind, tidied(c, kind, given), pins) == values


def test_every_row_is_tried() -> None:
    """A new one cannot be forgotten."""
    assert set(ROWS) <= {type(fresh(Circuit(), kind, "x")[0]) for kind in KINDS}
