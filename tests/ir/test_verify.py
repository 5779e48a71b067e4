"""The verifier accepts a program that keeps the rules, and refuses each way of breaking one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from attrs import evolve

from checker.ir.nodes import (
    BOOL,
    INT,
    Aggregate,
    And,
    Arithmetic,
    As,
    Call,
    Coerce,
    Comprehension,
    Constant,
    Equal,
    Every,
    Expr,
    Field,
    Fold,
    For,
    If,
    Is,
    Item,
    Length,
    Less,
    Let,
    Literal,
    Local,
    MakeTuple,
    Not,
    Quantifier,
    Range,
    Update,
    Where,
    With,
)
from checker.ir.program import Choice, Function, Predicate, Transition, Variable
from checker.ir.rules import RULES
from checker.ir.verify import verify
from checker.ir.walk import NODES
from checker.lang.errors import InternalError
from checker.lang.types import IntType, NoneType, SeqType, SetType, TupleType, UnionType
from tests.ir import samples
from tests.ir.samples import NUMBER, PROGRAM, RMS, RMS_CONSTANT, S, of

TRUE = Literal(True, type=BOOL)
PAIR = TupleType((INT, INT))
NUMBERS = SeqType(INT, None)


def test_every_class_of_node_has_a_rule() -> None:
    """A new node cannot be forgotten."""
    assert set(RULES) == set(NODES)


def test_a_program_that_keeps_the_rules_is_accepted() -> None:
    """The program that the other tests break is right as it stands."""
    verify(PROGRAM)


def holding(body: Expr) -> Any:
    """The program with one more predicate, whose body this is."""
    return evolve(PROGRAM, properties=(Predicate("asked", "always", ("s",), body),))


def about(value: Expr) -> Expr:
    """A truth value that contains a value."""
    return Equal(value, value, type=BOOL)


def fold(body: Expr, until: Expr | None = None) -> Expr:
    """A loop over the numbers below three, with one accumulator `a`."""
    domain = Range(Literal(0, type=INT), NUMBER, type=NUMBERS)
    return Fold(("a",), (NUMBER,), "i", domain, until, body, type=TupleType((INT,)))


def local(name: str, kind: Any = INT) -> Local:
    return Local(name, type=kind)


ACCEPTED = {
    "let": Let("x", NUMBER, Less(local("x"), RMS_CONSTANT, True, type=BOOL), type=BOOL),
    "fold": Equal(fold(MakeTuple((Arithmetic("+", local("a"), local("i"), type=INT),), type=TupleType((INT,))),
                       Less(local("a"), NUMBER, False, type=BOOL)),
                  MakeTuple((NUMBER,), type=TupleType((INT,))), type=BOOL),
    "with": Quantifier("any", (For("r", of("heard")), With("x", NUMBER),
                               Where(Equal(local("x"), NUMBER, type=BOOL))), TRUE, type=BOOL),
    "count": Equal(Aggregate("count", (For("r", of("heard")),), None, type=INT), NUMBER, type=BOOL),
    "lexicographic": Less(MakeTuple((NUMBER, NUMBER), type=PAIR), MakeTuple((NUMBER, NUMBER), type=PAIR), True,
                          type=BOOL),
    "as": Equal(As(of("decision"), type=samples.PHASE), samples.READY, type=BOOL),
    "bounds of integers": Equal(Literal(5, type=IntType(0, 9)), NUMBER, type=BOOL),
}  # fmt: skip


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_fits_is_accepted(name: str) -> None:
    """Each form with the names it binds."""
    verify(holding(ACCEPTED[name]))


REFUSED: dict[str, tuple[Expr, str]] = {
    "unknown name": (about(local("x")), "`x` is not known here"),
    "name out of scope": (And((Quantifier("any", (For("r", of("heard")),), TRUE, type=BOOL),
                               about(local("r", RMS))), type=BOOL), "`r` is not known here"),
    "a name before it is bound": (Quantifier("any", (Where(about(local("r", RMS))), For("r", of("heard"))),
                                             TRUE, type=BOOL), "`r` is not known here"),
    "the item in the condition of a loop": (
        about(fold(MakeTuple((NUMBER,), type=TupleType((INT,))), about(local("i")))), "`i` is not known here"),
    "another type for a name": (Let("x", NUMBER, about(local("x", BOOL)), type=BOOL), "and should be int"),
    "bound twice": (Let("s", NUMBER, TRUE, type=BOOL), "`s` is bound twice"),
    "bound twice side by side": (Quantifier("any", (For("r", of("heard")), For("r", of("heard"))), TRUE,
                                            type=BOOL), "`r` is bound twice"),
    "unknown constant": (about(Constant("nodes", type=INT)), "no constant `nodes`"),
    "unknown function": (Call("may_abort", (S,), type=BOOL), "no function `may_abort`"),
    "too few arguments": (Call("may_commit", (), type=BOOL), "takes 1 arguments"),
    "wrong argument": (Call("may_commit", (NUMBER,), type=BOOL), "the argument s is of type int"),
    "wrong result": (about(Call("may_commit", (S,), type=INT)), "the node's type is int"),
    "an identity": (about(Literal(samples.RM(1), type=RMS)), "identity of a sort"),
    "an identity inside": (about(Literal(frozenset({samples.RM(1)}), type=SetType(RMS))), "identity of a sort"),
    "a literal of another type": (about(Literal(True, type=INT)), "True is no value of int"),
    "a test that is none": (If(NUMBER, TRUE, TRUE, type=BOOL), "the condition is of type int"),
    "branches of two types": (about(If(TRUE, NUMBER, samples.READY, type=INT)), "where it does not is of type Phase"),
    "not of a number": (Not(NUMBER, type=BOOL), "the operand is of type int"),
    "and of nothing": (And((), type=BOOL), "no operands"),
    "equality of two types": (Equal(NUMBER, TRUE, type=BOOL), "the right side is of type bool"),
    "order of members": (Less(samples.READY, samples.WORKING, True, type=BOOL), "Phase has no order"),
    "a computed integer with bounds": (about(Arithmetic("+", NUMBER, NUMBER, type=IntType(0, 3))),
                                       "a computed integer has the type int"),
    "unknown field": (about(Field(S, "phases", type=INT)), "State has no field phases"),
    "a field at another type": (about(Field(S, "phase", type=INT)), "the node's type is int"),
    "a field of no record": (about(Field(NUMBER, "phase", type=INT)), "which is no RecordType"),
    "a field changed twice": (about(Update(S, (("heard", of("heard")), ("heard", of("heard"))),
                                            type=samples.STATE)), "it changes a field twice"),
    "a field changed to another type": (about(Update(S, (("heard", NUMBER),), type=samples.STATE)),
                                        "the new heard is of type int"),
    "is none of the options": (Is(of("decision"), INT, type=BOOL), "int is no option"),
    "is of no union": (Is(NUMBER, INT, type=BOOL), "which is no UnionType"),
    "as none of the options": (about(As(of("decision"), type=INT)), "int is no option"),
    "a coercion that does not fit": (about(Coerce(of("decision"), type=samples.PHASE)),
                                     "values of Phase | None are not all of Phase"),
    "an item beyond a tuple": (about(Item(MakeTuple((NUMBER,), type=TupleType((INT,))), 1, type=INT)),
                               "has no item 1"),
    "a range with step 0": (about(Range(NUMBER, NUMBER, 0, type=NUMBERS)), "its step is 0"),
    "the length of a number": (about(Length(NUMBER, type=INT)), "int is no collection"),
    "every integer": (about(Every(type=SetType(INT))), "int has no bounds"),
    "a comprehension of no collection": (
        about(Comprehension((For("r", of("heard")),), NUMBER, type=INT)), "int is no set, sequence or bag"),
    "an element of another type": (
        about(Comprehension((For("r", of("heard")),), NUMBER, type=SetType(RMS))), "the element is of type int"),
    "over no collection": (Quantifier("all", (For("r", NUMBER),), TRUE, type=BOOL), "int is no collection"),
    "a count with a body": (about(Aggregate("count", (), NUMBER, type=INT)), "a count with a wrong body"),
    "a sum with a default": (about(Aggregate("sum", (), NUMBER, NUMBER, type=INT)), "a sum has no default"),
    "a loop whose body is something else": (about(fold(NUMBER)), "the body is of type int"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_breaks_a_rule_is_refused(name: str) -> None:
    """Each rule is asked for, and the message names what is wrong."""
    expression, message = REFUSED[name]
    with pytest.raises(InternalError, match=re.escape(message)):
        verify(holding(expression))


def test_the_error_shows_the_node_in_its_function() -> None:
    """The printed function has the offending node marked."""
    with pytest.raises(InternalError) as caught:
        verify(holding(And((TRUE, Not(NUMBER, type=BOOL)), type=BOOL)))
    assert str(caught.value).partition("wrong at ")[2] == (
        "Not: the operand is of type int, and should be of bool\n\nalways asked(s: State)\n  True and ⟦not 3⟧"
    )


def action(**changes: Any) -> Any:
    """The program with its first action changed."""
    return evolve(PROGRAM, actions=(evolve(samples.PREPARES, **changes), *PROGRAM.actions[1:]))


def test_guards_know_only_the_choices_before_them() -> None:
    """A guard that is asked before a choice cannot use it."""
    guard = about(local("rm", RMS))
    verify(action(guards=((1, guard), (0, about(of("heard"))))))
    with pytest.raises(InternalError, match="`rm` is not known here"):
        verify(action(guards=((0, guard),)))
    with pytest.raises(InternalError, match="more choices than there are"):
        verify(action(guards=((2, guard),)))
    with pytest.raises(InternalError, match="a guard is of type int"):
        verify(action(guards=((1, NUMBER),)))


WRONG_PROGRAMS: dict[str, tuple[Any, str]] = {
    "an action without a state": (action(state=None), "actions do"),
    "a body that is a state": (action(body=S), "should be of State | None"),
    "a choice over no collection": (action(choices=(Choice("rm", RMS, NUMBER),)), "no collection"),
    "a choice of another type": (action(choices=(Choice("rm", RMS, of("sent")),)), "its domain holds Prepared"),
    "subsets that are no sets": (action(choices=(Choice("rm", RMS, of("heard"), True),)), "and no set"),
    "two actions of one name": (evolve(PROGRAM, actions=(samples.PREPARES, samples.PREPARES)), "rm_prepares"),
    "a function with no name in C": (
        evolve(PROGRAM, functions=(*PROGRAM.functions, Function("über", (), TRUE, "u"))), "no C identifier"),
    "a step property over one state": (
        evolve(PROGRAM, properties=(Predicate("p", "step", ("s",), TRUE),)), "wrong number of states"),
    "a property that is no truth value": (
        evolve(PROGRAM, properties=(Predicate("p", "always", ("s",), NUMBER),)), "its body is of type int"),
    "an initial state with a state before": (
        evolve(PROGRAM, initial=(Transition("start", "s", (), samples.NOTHING),)), "have no state before"),
    "a recursion": (
        evolve(PROGRAM, functions=(*PROGRAM.functions,
                                   Function("f", (Variable("x", INT),), Call("g", (), type=BOOL), "f"),
                                   Function("g", (), Call("f", (NUMBER,), type=BOOL), "g"))), "f → g → f"),
    "a result without None": (
        action(body=Coerce(S, type=UnionType((samples.STATE, NoneType(), INT)))), "should be of State | None"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_PROGRAMS)
def test_a_program_with_a_wrong_part_is_refused(name: str) -> None:
    """Names, choices, results and calls of the parts of a program."""
    program, message = WRONG_PROGRAMS[name]
    with pytest.raises(InternalError, match=re.escape(message)):
        verify(program)
