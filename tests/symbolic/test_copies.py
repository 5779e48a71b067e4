"""Bags made of every copy in other bags: copies that are all made alike are counted, not made one by one."""

from __future__ import annotations

import pytest

from checker.ir import nodes
from checker.ir.nodes import BOOL, INT, Expr, For, Local, Qualifier, Where
from checker.lang.types import BagType, FiniteType, IntType, SeqType
from checker.symbolic.circuit import Circuit, TooLarge
from checker.symbolic.fresh import fresh
from checker.symbolic.ranging import at_once
from checker.symbolic.rows import machine
from tests.interpret.test_nodes import number
from tests.ir.samples import PROGRAM
from tests.symbolic.test_nodes import agree

ANY_BAG, ANY_SEQ = BagType(INT, None, None), SeqType(INT, None)
ONE, OTHER = Local("one", type=ANY_BAG), Local("other", type=ANY_BAG)
X, Y, Z, COPY = (Local(name, type=INT) for name in "xyzi")


def copies(name: str, item: Expr, bag: Expr, low: int = 0, step: int = 1) -> For:
    """A range over the copies of an item in a bag."""
    high = nodes.CountOf(bag, item, type=INT)
    return For(name, nodes.Range(number(low), high, step, type=ANY_SEQ))


def bag_of(element: Expr, *qualifiers: Qualifier) -> nodes.Comprehension:
    return nodes.Comprehension(qualifiers, element, type=ANY_BAG)


def quotient(left: Expr, right: Expr) -> Expr:
    return nodes.Arithmetic("//", left, right, type=INT)


def less(left: Expr, right: Expr) -> Where:
    return Where(nodes.Less(left, right, True, type=BOOL))


EVERY = (For("x", ONE), copies("i", X, ONE))
"""What `one.elements()` ranges over."""

COUNTED: dict[str, nodes.Comprehension] = {
    "all": bag_of(X, *EVERY),
    "some of which become equal": bag_of(quotient(X, number(2)), *EVERY),
    "some of which are left out": bag_of(X, *EVERY, less(X, number(2))),
    "of two bags": bag_of(X, *EVERY, For("y", OTHER), copies("j", Y, OTHER)),
    "in another bag, which may hold none": bag_of(X, For("x", ONE), copies("i", X, OTHER)),
    "that are stuck for an item, if it is there": bag_of(
        quotient(number(6), X), For("x", ONE), copies("i", X, OTHER)
    ),
    "asked about what is stuck for an item, if it is there": bag_of(
        X, For("x", ONE), copies("i", X, OTHER), less(number(1), quotient(number(6), X))
    ),
    "that each have others": bag_of(
        Y, *EVERY, For("y", bag_of(Z, For("z", ONE), copies("k", Z, ONE))), copies("j", Y, OTHER)
    ),
}

NAMED: dict[str, nodes.Comprehension] = {
    "each with its number": bag_of(COPY, *EVERY),
    "but the first": bag_of(X, *EVERY, less(number(0), COPY)),
    "each with those before it": bag_of(X, *EVERY, For("j", nodes.Range(number(0), COPY, type=ANY_SEQ))),
    "from the second on": bag_of(X, For("x", ONE), copies("i", X, ONE, low=1)),
    "every other": bag_of(X, For("x", ONE), copies("i", X, ONE, step=2)),
}
"""Copies that are not all made alike."""

BAGS: dict[str, FiniteType] = {
    "few": BagType(IntType(0, 2), 3, None),
    "many": BagType(IntType(0, 2), None, 100),
    "symbolic": BagType(IntType(-100, 2000), 3, 2),
}


def numbers_in(node: nodes.Comprehension) -> list[str]:
    """The names of what is counted."""
    return at_once(node)[1]


@pytest.mark.parametrize("bag", BAGS)
@pytest.mark.parametrize("case", COUNTED)
def test_copies_that_are_made_alike_are_counted(case: str, bag: str) -> None:
    """However many there can be; and what is stuck for none of them is not stuck."""
    node = COUNTED[case]
    assert numbers_in(node) == [q.name for q in node.qualifiers if isinstance(q, For) and q.name in "ij"]
    agree(node, {"one": BAGS[bag], "other": BAGS[bag]}, 60)


@pytest.mark.parametrize("bag", ["few", "symbolic"])
@pytest.mark.parametrize("case", NAMED)
def test_copies_that_differ_are_made_one_by_one(case: str, bag: str) -> None:
    """What uses the number of a copy gets it."""
    assert numbers_in(NAMED[case]) == []
    agree(NAMED[case], {"one": BAGS[bag], "other": BAGS[bag]}, 60)


@pytest.mark.parametrize("case", NAMED)
def test_too_many_copies_that_differ_are_refused(case: str) -> None:
    """They would have to be made one by one."""
    circuit = Circuit(200_000)
    one, _ = fresh(circuit, BAGS["many"], "one")
    with pytest.raises(TooLarge, match="a range has ends of more than 64 possible values"):
        machine(PROGRAM, circuit).value(NAMED[case], {"one": one})
