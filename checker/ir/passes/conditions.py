"""Splits conjunctions under qualifiers, and asks each condition as early as its names are known.

`any(P and Q for a for b)` becomes `any a where P, b: Q` if P speaks of `a` alone.  Python asks P once
for each pair; here it is asked once for each `a`, and no `b` is looked at in vain.

What is moved or skipped must not matter.  A condition moves in front of a `For` only if it is never stuck
(the domain may be empty, and then Python does not ask it) and the domain is never stuck (where the
condition fails, it is no longer evaluated); in front of a `With` if the value is never stuck; in front of
another condition if neither is ever stuck.  Splitting alone changes neither what is asked nor when.
"""

from __future__ import annotations

from attrs import evolve

from checker.ir.nodes import (
    BOOL,
    Aggregate,
    And,
    Comprehension,
    Expr,
    If,
    MapComprehension,
    Not,
    Or,
    Qualifier,
    Quantifier,
    Where,
    With,
)
from checker.ir.passes.bodies import Knowing, is_literal, negated, truth, with_bodies
from checker.ir.passes.facts import Facts
from checker.ir.program import Program
from checker.ir.scopes import free
from checker.ir.walk import operands, rebuilt


def split_conditions(program: Program) -> Program:
    """The program with every condition under qualifiers as small and as early as may be."""
    facts = Facts(program)

    def change(node: Expr, known: Knowing) -> Expr:
        places = {id(operand): inner for operand, inner in facts.inside(node, known)}
        inside = rebuilt(node, lambda operand: change(operand, places.get(id(operand), frozenset())))
        match inside:
            case Quantifier():
                conditions, body = _of_body(inside)
                qualifiers = (*inside.qualifiers, *map(Where, conditions))
                return evolve(inside, qualifiers=_arranged(qualifiers, facts, known), body=body)
            case Comprehension() | MapComprehension() | Aggregate() if inside.qualifiers:
                return evolve(inside, qualifiers=_arranged(inside.qualifiers, facts, known))
            case _:
                return inside

    return with_bodies(program, change)


def _of_body(node: Quantifier) -> tuple[tuple[Expr, ...], Expr]:
    """What must hold of a choice so that the body is asked at all, and the rest of the body."""
    body = node.body
    if node.kind == "any":
        asked = conjuncts(body)
        return asked[:-1], asked[-1]
    match body:
        case Or(operands=asked):
            return tuple(part for o in asked[:-1] for part in conjuncts(negated(o))), asked[-1]
        case Not(operand=And() as inner):
            asked = conjuncts(inner)
            return asked[:-1], negated(asked[-1])
        case If(test=test, then=then, other=other) if is_literal(other, True):
            return conjuncts(test), then
        case _:
            return (), body


def conjuncts(node: Expr) -> tuple[Expr, ...]:
    """The conditions that hold exactly if a condition holds, asked from left to right."""
    match node:
        case And(operands=asked):
            return tuple(part for operand in asked for part in conjuncts(operand))
        case Not(operand=Or(operands=asked)):
            return tuple(part for operand in asked for part in conjuncts(negated(operand)))
        case Not(operand=Not(operand=inner)):
            return conjuncts(inner)
        case If(test=test, then=then, other=other) if is_literal(other, False):
            return (*conjuncts(test), *conjuncts(then))
        case If(test=test, then=then, other=other) if is_literal(then, False):
            return (*conjuncts(negated(test)), *conjuncts(other))
        case _:
            return (node,)


def all_of(conditions: tuple[Expr, ...], like: Expr) -> Expr:
    """One condition that holds if all of them do."""
    if len(conditions) == 1:
        return conditions[0]
    return And(conditions, type=BOOL, at=like.at) if conditions else truth(True, like)


def _arranged(qualifiers: tuple[Qualifier, ...], facts: Facts, known: Knowing) -> tuple[Qualifier, ...]:
    """The qualifiers with each condition split, and moved to the front as far as it may go."""
    found: list[Qualifier] = []
    for qualifier in qualifiers:
        if not isinstance(qualifier, Where):
            found.append(qualifier)
            continue
        for condition in conjuncts(qualifier.test):
            found.insert(_place(condition, found, facts, known), Where(condition))
    return tuple(found)


def _place(condition: Expr, before: list[Qualifier], facts: Facts, known: Knowing) -> int:
    """How far to the front a condition may go: behind what binds its names, at the first gain."""
    names = free(condition)
    best = here = len(before)
    while here > 0:
        qualifier = before[here - 1]
        inner = facts.knowing(tuple(before[: here - 1]), known)
        if not isinstance(qualifier, Where) and qualifier.name in names:
            break
        passed = next(operands(qualifier))
        safe = isinstance(qualifier, With) or not facts.may_be_stuck(condition, inner)
        if not safe or facts.may_be_stuck(passed, inner):
            break
        here -= 1
        if not isinstance(qualifier, Where):
            best = here
    return best
