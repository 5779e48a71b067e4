"""What does not fit into a formula is refused, with words that say what is too large and how large it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from checker.compile.model import compile_model
from checker.ir import nodes
from checker.ir.nodes import INT, Expr, For, Local
from checker.lang.declarations import declare
from checker.lang.types import (
    BagType,
    BoolType,
    FiniteType,
    IntType,
    MapType,
    NoneType,
    SeqType,
    SetType,
    TupleType,
)
from checker.solve.z3_solver import Z3Solver
from checker.symbolic.circuit import FALSE, Circuit, TooLarge
from checker.symbolic.fresh import fresh
from checker.symbolic.lifting import lift, members
from checker.symbolic.model import SymbolicModel
from checker.symbolic.rows import machine
from checker.symbolic.values import Value
from tests.ir.samples import PROGRAM, of
from tests.native.specs import Endless, TooWide, Writing
from tests.symbolic.test_values import HUE, Hue

HUGE = IntType(-(10**18), 10**18)
DIGIT = IntType(0, 9)
PAIRS = TupleType((HUGE, HUGE))

NEW: dict[str, tuple[FiniteType, str]] = {
    "an integer": (IntType(0, None), "x is an integer without bounds"),
    "a sequence": (SeqType(DIGIT, None), "x is a sequence without a largest length"),
    "a map": (MapType(IntType(0, 4096), BoolType()), "x has more than 4,096 keys"),
    "a set": (
        SetType(IntType(1, 1025)),
        "x may have any of 1,025 members, and has no capacity",
    ),
    "a bag": (
        BagType(IntType(1, 300), None, 2),
        "x may have any of 300 members, and has no capacity",
    ),
    "a bag without bounds": (BagType(HUE, None, None), "x is a bag without bounds"),
    "a part": (TupleType((DIGIT, SeqType(DIGIT, None))), r"x\[1\] is a sequence without a largest length"),
}


@pytest.mark.parametrize("kind", NEW)
def test_a_type_without_an_end_is_refused(kind: str) -> None:
    """The message names the part of the state."""
    with pytest.raises(TooLarge, match=NEW[kind][1]):
        fresh(Circuit(), NEW[kind][0], "x")


@pytest.mark.parametrize(
    "kind",
    [
        HUGE,
        PAIRS,
        SeqType(PAIRS, 3),
        SetType(PAIRS, 3),
        BagType(PAIRS, 3, None),
        MapType(IntType(1, 4096), BoolType()),
        SetType(IntType(1, 1024)),
        BagType(IntType(1, 256), None, 2),
    ],
)
def test_what_is_large_but_has_an_end_is_not_refused(kind: FiniteType) -> None:
    """Huge integers have bits, and collections of them as many places as their capacity."""
    circuit = Circuit(100_000)
    fresh(circuit, kind, "x")
    assert circuit.size > 1


def test_a_type_with_too_many_values_is_not_listed() -> None:
    """The values of a parameter that is asked about one by one, and of `self.every`."""
    with pytest.raises(
        TooLarge, match=r"0\.\.100000 has more than 100,000 values, which would have to be listed"
    ):
        members(IntType(0, 100_000))
    assert len(members(IntType(1, 100_000))) == 100_000
    with pytest.raises(TooLarge, match="would have to be listed"):
        members(SetType(IntType(0, 99)))


# -- expressions ----------------------------------------------------------------------------------

NAMES: dict[str, FiniteType] = {
    "far": IntType(-1000, 1000),
    "wide": HUGE,
    "many": SetType(IntType(0, 12)),
    "loose": SetType(IntType(0, 2000), 13),
}


def known(value: int) -> Expr:
    return nodes.Literal(value, type=INT)


def name(text: str) -> Expr:
    return Local(text, type=NAMES[text])


NUMBERS = SeqType(INT, None)
REFUSED: dict[str, tuple[Expr, str]] = {
    "subsets": (
        nodes.Subsets(name("many"), type=SetType(SetType(INT))),
        "a set of up to 13 members has too many subsets",
    ),
    "subsets of what is not known": (
        nodes.Subsets(name("loose"), type=SetType(SetType(INT))),
        "a set of up to 13 members has too many subsets",
    ),
    "range": (nodes.Range(known(0), name("far"), type=NUMBERS), "a range has ends of more than 64 possible values"),
    "long range": (nodes.Range(known(0), known(10**9), type=NUMBERS), "a range has up to 1,000,000,000 numbers"),
    "long range down": (nodes.Range(known(10**9), known(0), -3, type=NUMBERS), "a range has up to 333,333,334 numbers"),
    "power": (nodes.Arithmetic("**", known(10), known(10**6), type=INT), "a power has more than"),
    "exponent": (nodes.Arithmetic("**", known(2), name("far"), type=INT), "a power has an exponent with more than 64"),
}  # fmt: skip


def evaluated(node: Expr, limit: int = 200_000) -> Value:
    circuit = Circuit(limit)
    values = {text: fresh(circuit, kind, text)[0] for text, kind in NAMES.items()}
    return machine(PROGRAM, circuit).value(node, dict(values))


@pytest.mark.parametrize("case", REFUSED)
def test_an_expression_that_would_outgrow_everything_is_refused(case: str) -> None:
    """At once, and not after a long time."""
    node, said = REFUSED[case]
    with pytest.raises(TooLarge, match=said):
        evaluated(node)


def test_huge_integers_are_computed_exactly() -> None:
    """A product of two of them has as many bits as it needs."""
    node = nodes.Arithmetic(
        "*", nodes.Arithmetic("*", known(10**18), known(10**18), type=INT), known(3), type=INT
    )
    assert evaluated(node) == lift(INT, 3 * 10**36)
    assert evaluated(nodes.Range(known(10**18), known(10**18 + 2), type=NUMBERS)) == lift(
        NUMBERS, (10**18, 10**18 + 1)
    )


def test_a_formula_that_outgrows_its_budget_says_so() -> None:
    """The budget is that of the circuit."""
    with pytest.raises(TooLarge, match="the formula has more than 500 gates"):
        evaluated(nodes.Arithmetic("*", name("wide"), name("wide"), type=INT), limit=500)


# -- models ---------------------------------------------------------------------------------------


def model_of(cls: Callable[[], Any]) -> SymbolicModel:
    return SymbolicModel(compile_model(declare(cls())))


def test_a_state_with_a_set_of_anything_is_refused() -> None:
    """Its field is named."""
    with pytest.raises(TooLarge, match=r"s\.sent may have any of 16,000 members, and has no capacity"):
        model_of(TooWide).unknown("s")


def test_an_action_with_too_many_choices_is_not_asked_about_all_of_them() -> None:
    """One choice is a formula all the same."""
    model = model_of(Writing)
    state = model.unknown("s")
    (action,) = model.program.actions
    assert model.step(action, state.value).taken != -1
    model = model_of(Endless)
    state = model.unknown("s")
    (action,) = model.program.actions
    assert model.enabled(action, state.value) not in (1, -1)


def test_a_choice_whose_guard_raises_enables_nothing() -> None:
    """Nor is the step taken by it."""
    action = PROGRAM.actions[0]
    assert action.name == "rm_prepares"
    raising = evolve(action, guards=((1, nodes.Stuck("always", type=nodes.BOOL)),))
    model = SymbolicModel(evolve(PROGRAM, actions=(raising,)))
    state = model.unknown("s")
    assert (model.enabled(raising, state.value), model.step(raising, state.value).taken) == (FALSE, FALSE)
    assert model.enabled(action, state.value) != FALSE


def test_a_guard_that_raises_at_times_enables_where_it_does_not() -> None:
    """The guard holds or raises by what it is told."""
    action = PROGRAM.actions[0]
    decided = nodes.Is(of("decision"), NoneType(), type=nodes.BOOL)
    guard = nodes.If(
        decided,
        nodes.Literal(True, type=nodes.BOOL),
        nodes.Stuck("at times", type=nodes.BOOL),
        type=nodes.BOOL,
    )
    raising = evolve(action, guards=((0, guard),))
    model = SymbolicModel(evolve(PROGRAM, actions=(raising,)))
    state = model.unknown("s")
    none = model.machine.truth(decided, {"s": state.value})
    with Z3Solver(model.circuit) as solver:
        solver.require(state.valid)
        assert solver.check([model.enabled(raising, state.value), -none]).status == "unsat"
        assert solver.check([model.enabled(raising, state.value), none]).status == "sat"


def test_a_machine_can_be_used_after_something_was_too_large() -> None:
    """What was refused inside of a quantifier leaves nothing behind."""
    circuit = Circuit()
    test, valid = fresh(circuit, SetType(HUE), "hues")
    m = machine(PROGRAM, circuit)
    each = For("x", Local("hues", type=SetType(HUE)))
    bad = nodes.Quantifier(
        "all",
        (each,),
        nodes.Equal(nodes.Length(REFUSED["long range"][0], type=INT), known(1), type=nodes.BOOL),
        type=nodes.BOOL,
    )
    good = nodes.Quantifier(
        "any",
        (each,),
        nodes.Equal(Local("x", type=HUE), nodes.Literal(Hue.RED, type=HUE), type=nodes.BOOL),
        type=nodes.BOOL,
    )
    with pytest.raises(TooLarge) as caught:
        m.value(bad, {"hues": test})
    assert m.path == 1
    assert m.value(good, {"hues": test}) == m.alone(good, {"hues": test})[0]
    assert (str(caught.value), valid) == ("a range has up to 1,000,000,000 numbers", 1)
