"""What each pass changes, and above all what it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from checker.ir import nodes
from checker.ir.nodes import (
    BOOL,
    INT,
    And,
    Equal,
    Every,
    Expr,
    For,
    If,
    Literal,
    Local,
    Or,
    Quantifier,
    Where,
    With,
)
from checker.ir.passes.conditions import split_conditions
from checker.ir.passes.facts import Facts
from checker.ir.passes.fold import fold_constants
from checker.ir.passes.guards import hoist_guards
from checker.ir.passes.pipeline import PASSES, optimised
from checker.ir.passes.unused import drop_unused
from checker.ir.passes.within import contains
from checker.ir.printer import printed_definition, printed_expression
from checker.ir.program import Choice, Function, Predicate, Program, Variable
from checker.ir.verify import verify
from checker.lang.types import IntType, MapType, NoneType, SeqType, SetType, TupleType, UnionType
from tests.ir import samples
from tests.ir.samples import NOTHING, PHASE, PREPARES, PROGRAM, RESULT, RMS, STATE, S, of, some

TRUE, FALSE = (Literal(value, type=BOOL) for value in (True, False))
STUCK = nodes.Stuck("boom", type=BOOL)


def rm(name: str) -> Local:
    return Local(name, type=RMS)


def ready(name: str) -> Expr:
    """A condition on one resource manager."""
    return Equal(nodes.Get(of("phase"), rm(name), type=PHASE), samples.READY, type=BOOL)


def both(*conditions: Expr) -> Expr:
    return And(conditions, type=BOOL)


def negated(condition: Expr) -> Expr:
    return nodes.Not(condition, type=BOOL)


def number(value: int) -> Expr:
    return Literal(value, type=INT)


HEARD = of("heard")
STUCK_SET = nodes.If(STUCK, HEARD, HEARD, type=HEARD.type)


def through(one: Any, body: Expr) -> str:
    """The text of a predicate's body after a pass, which keeps the rules."""
    before = evolve(PROGRAM, properties=(Predicate("asked", "always", ("s",), body),))
    verify(before)
    after = one(before)
    verify(after)
    return " ".join(printed_expression(after.properties[0].body).split())


def test_every_pass_keeps_the_rules() -> None:
    """The program after each of them is verified."""
    program = PROGRAM
    for one in PASSES:
        program = one(program)
        verify(program)
    assert program == optimised(PROGRAM)


# -- fold_constants -------------------------------------------------------------------------------

X = Local("x", type=INT)
EMPTY = Literal(frozenset(), type=HEARD.type)
NUMBERS = Literal((1, 2, 3), type=SeqType(INT, None))


def same(left: Expr, right: Expr) -> Expr:
    return Equal(left, right, type=BOOL)


def arithmetic(operator: Any, left: Expr, right: Expr) -> Expr:
    return nodes.Arithmetic(operator, left, right, type=INT)


FOLDED: list[tuple[Expr, str]] = [
    (same(samples.RMS_CONSTANT, number(2)), "True"),
    (same(arithmetic("+", number(1), number(2)), number(3)), "True"),
    (same(arithmetic("//", number(1), number(0)), number(3)), "1 // 0 == 3"),
    (both(TRUE, same(HEARD, EMPTY)), "s.heard == {}"),
    (both(same(HEARD, EMPTY), FALSE), "False"),
    (both(STUCK, FALSE), 'stuck("boom") and False'),
    (both(FALSE, STUCK), "False"),
    (Or((same(HEARD, EMPTY), TRUE, STUCK), type=BOOL), "True"),
    (If(TRUE, same(HEARD, EMPTY), STUCK, type=BOOL), "s.heard == {}"),
    (If(same(HEARD, EMPTY), FALSE, TRUE, type=BOOL), "s.heard != {}"),
    (nodes.Let("x", number(2), same(X, arithmetic("*", number(1), X)), type=BOOL), "True"),
    (nodes.Let("x", nodes.Length(HEARD, type=INT), TRUE, type=BOOL), "True"),
    (nodes.Let("x", nodes.Index(NUMBERS, number(7), type=INT), TRUE, type=BOOL), "let x = [1, 2, 3][7] in True"),
    (nodes.Let("x", nodes.Length(HEARD, type=INT), same(X, number(0)), type=BOOL), "let x = len(s.heard) in x == 0"),
    (nodes.Is(nodes.Coerce(samples.READY, type=samples.DECISION), PHASE, type=BOOL), "True"),
    (nodes.Is(nodes.Coerce(samples.READY, type=samples.DECISION), NoneType(), type=BOOL), "False"),
    (same(nodes.As(nodes.Coerce(samples.READY, type=samples.DECISION), type=PHASE), samples.READY), "True"),
    (same(nodes.SetOperation("|", EMPTY, HEARD, type=HEARD.type), HEARD), "s.heard == s.heard"),
    (same(nodes.SetOperation("-", EMPTY, HEARD, type=HEARD.type), HEARD), "{} - s.heard == s.heard"),
    (Quantifier("any", (For("r", HEARD), Where(FALSE)), STUCK, type=BOOL), "False"),
    (Quantifier("all", (For("r", EMPTY),), STUCK, type=BOOL), "True"),
    (Quantifier("any", (For("r", STUCK_SET), Where(FALSE)), TRUE, type=BOOL),
     'any r in (if stuck("boom") then s.heard else s.heard), where False: True'),
    (Quantifier("all", (For("r", HEARD), Where(TRUE)), ready("r"), type=BOOL), "all r in s.heard: s.phase[r] == PREPARED"),
    (same(nodes.Item(nodes.MakeTuple((number(1), nodes.Length(HEARD, type=INT)), type=TupleType((INT, INT))), 1,
                     type=INT), number(0)), "len(s.heard) == 0"),
    (same(nodes.Item(nodes.MakeTuple((nodes.Index(NUMBERS, number(9), type=INT), number(2)),
                                     type=TupleType((INT, INT))), 1, type=INT), number(0)), "([1, 2, 3][9], 2).1 == 0"),
]  # fmt: skip


@pytest.mark.parametrize("case", FOLDED, ids=[text for _, text in FOLDED])
def test_folding_computes_what_is_known_and_loses_no_error(case: tuple[Expr, str]) -> None:
    """What is left out could not have been stuck."""
    body, expected = case
    assert through(fold_constants, body) == expected


def test_a_constant_that_holds_an_identity_stays_a_constant() -> None:
    """No literal may name one."""
    constant = nodes.Constant("leader", type=RMS)
    body = Quantifier("any", (For("r", HEARD),), same(rm("r"), constant), type=BOOL)
    program = evolve(PROGRAM, constants=(*PROGRAM.constants, ("leader", RMS, samples.RM(1))),
                     properties=(Predicate("asked", "always", ("s",), body),))  # fmt: skip
    assert fold_constants(program).properties[0].body == body


# -- split_conditions -----------------------------------------------------------------------------

A, B = For("a", HEARD), For("b", HEARD)
STUCK_B = For("b", STUCK_SET)

SPLIT: list[tuple[Expr, str]] = [
    (Quantifier("any", (A, B), both(ready("a"), ready("b")), type=BOOL),
     "any a in s.heard, where s.phase[a] == PREPARED, b in s.heard: s.phase[b] == PREPARED"),
    (Quantifier("all", (A, B), Or((negated(ready("a")), ready("b")), type=BOOL), type=BOOL),
     "all a in s.heard, where s.phase[a] == PREPARED, b in s.heard: s.phase[b] == PREPARED"),
    (Quantifier("all", (A, B), negated(both(ready("a"), ready("b"))), type=BOOL),
     "all a in s.heard, where s.phase[a] == PREPARED, b in s.heard: s.phase[b] != PREPARED"),
    (Quantifier("any", (A, B, Where(both(ready("b"), ready("a")))), TRUE, type=BOOL),
     "any a in s.heard, where s.phase[a] == PREPARED, b in s.heard, where s.phase[b] == PREPARED: True"),
    (Quantifier("any", (A, STUCK_B, Where(ready("a"))), TRUE, type=BOOL),
     'any a in s.heard, b in (if stuck("boom") then s.heard else s.heard), where s.phase[a] == PREPARED: True'),
    (Quantifier("any", (A, B, Where(STUCK)), TRUE, type=BOOL), 'any a in s.heard, b in s.heard, where stuck("boom"): True'),
    (Quantifier("any", (A, B, Where(both(STUCK, ready("a")))), TRUE, type=BOOL),
     'any a in s.heard, b in s.heard, where stuck("boom"), where s.phase[a] == PREPARED: True'),
    (Quantifier("any", (A, With("x", number(1)), Where(STUCK)), TRUE, type=BOOL),
     'any a in s.heard, where stuck("boom"), x = 1: True'),
    (Quantifier("any", (A, With("x", nodes.Index(NUMBERS, number(9), type=INT)), Where(ready("a"))), TRUE, type=BOOL),
     "any a in s.heard, x = [1, 2, 3][9], where s.phase[a] == PREPARED: True"),
]  # fmt: skip


@pytest.mark.parametrize("case", SPLIT, ids=[str(i) for i in range(len(SPLIT))])
def test_conditions_move_out_of_inner_loops_unless_something_may_be_stuck(case: tuple[Expr, str]) -> None:
    """Neither a domain that raises is skipped nor a condition asked that Python would not ask."""
    body, expected = case
    assert through(split_conditions, body) == expected


# -- hoist_guards ---------------------------------------------------------------------------------


def hoisted(test: Expr, domain: Expr | None = None, kind: Any = RMS) -> str:
    """An action of two choices that refuses where a condition holds."""
    body = If(test, NOTHING, some(S), type=RESULT)
    action = evolve(PREPARES, choices=(Choice("a", RMS), Choice("b", kind, domain)), body=body)
    before = evolve(PROGRAM, actions=(action,))
    verify(before)
    after = hoist_guards(before)
    verify(after)
    return printed_definition(after.actions[0]).partition("\n")[2]


UNDECIDED = nodes.Is(of("decision"), NoneType(), type=BOOL)


def test_a_condition_is_asked_as_soon_as_its_choices_are_fixed() -> None:
    """One about the state before all, one about the first choice after it, the rest stays."""
    assert hoisted(Or((negated(UNDECIDED), ready("b"), ready("a")), type=BOOL)) == (
        "  guard knowing state: s.decision is None\n"
        "  guard knowing a: s.phase[a] != PREPARED\n"
        "  if s.phase[b] == PREPARED then None else s"
    )


def test_a_condition_that_may_be_stuck_stays_and_so_do_those_behind_it() -> None:
    """Python would raise where a guard would have answered."""
    assert hoisted(Or((STUCK, ready("a")), type=BOOL)) == (
        '  if stuck("boom") or s.phase[a] == PREPARED then None else s'
    )


def test_no_condition_moves_in_front_of_a_domain_that_may_be_stuck() -> None:
    """Python computes the domain first, and raises there."""
    assert hoisted(ready("a"), STUCK_SET) == "  if s.phase[a] == PREPARED then None else s"
    assert hoisted(ready("a"), HEARD).startswith("  guard knowing a: s.phase[a] != PREPARED")


def test_no_condition_moves_in_front_of_a_domain_that_may_leave_bounds() -> None:
    """A domain that holds what its parameter may not take is an error, enabled or not."""
    digits = Literal(frozenset({1}), type=SetType(INT))
    assert hoisted(ready("a"), digits, INT).startswith("  guard")
    assert not hoisted(ready("a"), digits, IntType(0, 3)).startswith("  guard")
    narrow = Literal(frozenset({1}), type=SetType(IntType(0, 2)))
    assert hoisted(ready("a"), narrow, IntType(0, 3)).startswith("  guard")


# -- drop_unused ----------------------------------------------------------------------------------


def test_functions_that_nothing_calls_are_left_out() -> None:
    """Those that are called, from wherever, stay."""
    inner = Function("inner", (), TRUE, "inner")
    outer = Function("outer", (), nodes.Call("inner", (), type=BOOL), "outer")
    lost = Function("lost", (), nodes.Call("outer", (), type=BOOL), "lost")
    asked = Predicate("asked", "final", ("s",), nodes.Call("outer", (), type=BOOL))
    program = evolve(PROGRAM, functions=(*PROGRAM.functions, lost, inner, outer), final=(asked,))
    assert [f.name for f in drop_unused(program).functions] == ["may_commit", "inner", "outer"]


def test_a_function_that_only_a_guard_or_a_domain_calls_stays() -> None:
    """They are expressions of the program like any other."""
    call = nodes.Call("asked", (), type=BOOL)
    asked = Function("asked", (), TRUE, "asked")
    domain = Choice("r", RMS, If(call, HEARD, HEARD, type=HEARD.type))
    for change in ({"guards": ((0, call),)}, {"choices": (domain,)}):
        program = evolve(PROGRAM, functions=(asked,), actions=(evolve(PREPARES, **change),))
        assert [f.name for f in drop_unused(program).functions] == ["asked"]


# -- facts ----------------------------------------------------------------------------------------

DIGIT = IntType(0, 3)
TABLE = Local("table", type=MapType(DIGIT, INT))


def at(key: Expr) -> Expr:
    return nodes.Get(TABLE, key, type=INT)


def facts(program: Program = PROGRAM) -> Facts:
    return Facts(program)


def test_an_integer_key_is_harmless_only_within_the_type_of_the_keys() -> None:
    """A choice is, a computed integer is not, nor is a field of a record that was just made."""
    known = frozenset({"d", "wide"})
    assert not facts().may_be_stuck(at(Local("d", type=DIGIT)), known)
    assert facts().may_be_stuck(at(Local("d", type=DIGIT)), frozenset())
    assert facts().may_be_stuck(at(Local("wide", type=IntType(0, 4))), known)
    assert facts().may_be_stuck(at(arithmetic("+", Local("d", type=DIGIT), number(1))), known)
    assert not facts().may_be_stuck(at(Literal(2, type=DIGIT)), known)
    assert facts().may_be_stuck(at(Literal(4, type=DIGIT)), known)


def test_what_ranges_over_every_value_of_a_type_is_within_it() -> None:
    """And so is what ranges over a collection that is within its type."""
    d = Local("d", type=DIGIT)
    body = same(at(d), number(0))
    every = Quantifier("all", (For("d", Every(type=SetType(DIGIT))),), body, type=BOOL)
    held = Quantifier("all", (For("d", Local("held", type=SetType(DIGIT))),), body, type=BOOL)
    assert not facts().may_be_stuck(every, frozenset())
    assert facts().may_be_stuck(held, frozenset())
    assert not facts().may_be_stuck(held, frozenset({"held"}))


DECISION = of("decision")
DECIDED = nodes.Is(DECISION, PHASE, type=BOOL)
READY = same(nodes.As(DECISION, type=PHASE), samples.READY)


@pytest.mark.parametrize("safe", [
    both(DECIDED, READY),
    both(negated(UNDECIDED), READY),
    Or((UNDECIDED, READY), type=BOOL),
    Or((negated(DECIDED), READY), type=BOOL),
    If(DECIDED, READY, TRUE, type=BOOL),
    If(UNDECIDED, TRUE, READY, type=BOOL),
    Quantifier("any", (For("r", HEARD), Where(DECIDED)), READY, type=BOOL),
])  # fmt: skip
def test_an_option_is_safe_where_a_condition_has_told_which_it_is(safe: Expr) -> None:
    """By what held, or by what did not."""
    assert not facts().may_be_stuck(safe, frozenset())


@pytest.mark.parametrize("unsafe", [
    READY,
    both(READY, DECIDED),
    both(UNDECIDED, READY),
    Or((DECIDED, READY), type=BOOL),
    If(UNDECIDED, READY, TRUE, type=BOOL),
    both(Or((DECIDED, UNDECIDED), type=BOOL), READY),
    Quantifier("any", (Where(READY), Where(DECIDED)), TRUE, type=BOOL),
])  # fmt: skip
def test_an_option_is_not_safe_where_nothing_or_the_wrong_thing_was_asked(unsafe: Expr) -> None:
    """Before the condition, on its other side, or after one that tells something else."""
    assert facts().may_be_stuck(unsafe, frozenset())


def test_a_condition_does_not_move_in_front_of_the_one_that_makes_it_safe() -> None:
    """It may leave the inner loop, but not the condition that has told the option."""
    body = Quantifier("any", (For("a", HEARD), Where(DECIDED), B, Where(READY)), ready("b"), type=BOOL)
    assert through(split_conditions, body) == (
        "any where s.decision is Phase, where s.decision as Phase == PREPARED, a in s.heard, b in s.heard: "
        "s.phase[b] == PREPARED"
    )


def test_sizes_that_are_counted_are_never_negative() -> None:
    """So the subsets of such a size are never stuck; those of a difference may be."""

    def subsets(size: Expr) -> Expr:
        every = Every(type=SetType(RMS))
        return nodes.Subsets(every, size, type=SetType(SetType(RMS)))

    half = arithmetic("+", arithmetic("//", nodes.Length(HEARD, type=INT), number(2)), number(1))
    assert not facts().may_be_stuck(subsets(half), frozenset())
    assert facts().may_be_stuck(subsets(arithmetic("-", half, number(1))), frozenset())


def test_a_call_is_stuck_if_its_body_may_be_with_what_it_is_given() -> None:
    """The same function is harmless for one argument and not for another."""
    body = same(nodes.Get(Fill(), Local("k", type=DIGIT), type=INT), number(0))
    program = evolve(PROGRAM, functions=(Function("look", (Variable("k", DIGIT),), body, "look"),))

    def call(argument: Expr) -> Expr:
        return nodes.Call("look", (argument,), type=BOOL)

    assert not facts(program).may_be_stuck(call(Literal(1, type=DIGIT)), frozenset())
    assert facts(program).may_be_stuck(call(nodes.Length(HEARD, type=INT)), frozenset())


def Fill() -> Expr:  # noqa: N802 - reads as a node
    return nodes.Fill(number(0), type=MapType(DIGIT, INT))


CONTAINED: list[tuple[Any, Any, bool]] = [
    (INT, DIGIT, True),
    (DIGIT, INT, False),
    (IntType(0, 5), DIGIT, True),
    (IntType(1, 5), DIGIT, False),
    (SeqType(INT, 3), SeqType(INT, 2), True),
    (SeqType(INT, 2), SeqType(INT, None), False),
    (SetType(DIGIT), SetType(DIGIT, 2), True),
    (SetType(DIGIT, 2), SetType(DIGIT), False),
    (SetType(IntType(0, 5)), SetType(DIGIT), True),
    (UnionType((DIGIT, NoneType())), DIGIT, True),
    (UnionType((DIGIT, NoneType())), IntType(0, 4), False),
    (SeqType(DIGIT, 2), TupleType((DIGIT, DIGIT)), True),
    (SeqType(DIGIT, 1), TupleType((DIGIT, DIGIT)), False),
    (STATE, STATE, True),
    (RMS, PHASE, False),
]


@pytest.mark.parametrize("case", CONTAINED, ids=[f"{b} in {a}" for a, b, _ in CONTAINED])
def test_a_type_contains_another_only_with_its_bounds(case: tuple[Any, Any, bool]) -> None:
    """Unlike `fits`, which looks at shapes alone."""
    target, source, expected = case
    assert contains(target, source) is expected
