"""Asks the conditions of an action before its later choices are enumerated, where they know enough.

`if C then None else …`, with C about the state and the first choices, says that nothing comes of any later
choice.  C becomes a guard (`Transition.guards`), asked once these choices are fixed.

Nothing may be lost by it: a guard that fails skips the domains of later choices and the conditions in
front of it, and where a domain is empty it is asked though Python does not.  So a condition moves only if
it is never stuck, the domains that it passes are never stuck and hold nothing outside the bounds of
their choice, and the conditions that it overtakes are never stuck.
"""

from __future__ import annotations

from attrs import evolve

from checker.ir.nodes import BOOL, Expr, If, Or
from checker.ir.passes.bodies import Knowing, is_nothing, known_before, negated
from checker.ir.passes.conditions import all_of, conjuncts
from checker.ir.passes.facts import Facts
from checker.ir.passes.within import contains, has_bounds
from checker.ir.program import Choice, Program, Transition
from checker.ir.scopes import free, item_of
from checker.lang.types import SetType


def hoist_guards(program: Program) -> Program:
    """The program with every condition of an action asked as early as may be."""
    facts = Facts(program)
    return evolve(
        program,
        initial=tuple(_hoisted(transition, facts) for transition in program.initial),
        actions=tuple(_hoisted(transition, facts) for transition in program.actions),
    )


def _hoisted(transition: Transition, facts: Facts) -> Transition:
    known = known_before(transition)
    last = len(transition.choices)
    first = last  # the earliest place from which no domain could be stuck
    while first > 0 and _is_safe(transition.choices[first - 1], facts, known[first - 1]):
        first -= 1
    if first == last:
        return transition
    names = [choice.name for choice in transition.choices]
    guards: list[tuple[int, Expr]] = []
    overtaken_safe = True

    def place_of(condition: Expr) -> int:
        """After how many choices a condition is asked; `last` where it stays in the body."""
        nonlocal overtaken_safe
        used = free(condition)
        needed = max((names.index(name) + 1 for name in used if name in names), default=0)
        safe = not facts.may_be_stuck(condition, known[-1])
        if safe and overtaken_safe and needed < last:
            return max(needed, first)
        overtaken_safe = overtaken_safe and safe
        return last

    def peeled(body: Expr) -> Expr:
        """The body without the conditions that have become guards."""
        if not isinstance(body, If) or is_nothing(body.then) == is_nothing(body.other):
            return body
        refused = is_nothing(body.then)
        rest = body.other if refused else body.then
        kept = []
        asked = conjuncts(negated(body.test) if refused else body.test)
        for condition in asked:
            place = place_of(condition)
            if place < last:
                guards.append((place, condition))
            else:
                kept.append(condition)
        inner = peeled(rest)
        if not kept:
            return inner
        test = body.test if len(kept) == len(asked) else all_of(tuple(kept), body.test)
        if not refused:
            return evolve(body, test=test, then=inner)
        return evolve(body, test=body.test if test is body.test else refusal(kept, test), other=inner)

    body = peeled(transition.body)
    return evolve(transition, body=body, guards=(*transition.guards, *guards))


def refusal(conditions: list[Expr], like: Expr) -> Expr:
    """A condition that holds if one of these does not."""
    if len(conditions) == 1:
        return negated(conditions[0])
    return Or(tuple(map(negated, conditions)), type=BOOL, at=like.at)


def _is_safe(choice: Choice, facts: Facts, known: Knowing) -> bool:
    """Whether enumerating a choice surely raises nothing."""
    if choice.domain is None:
        return True
    kind = choice.type.item if choice.subsets and isinstance(choice.type, SetType) else choice.type
    item = item_of(choice.domain.type)
    inside = item is not None and contains(kind, item) and facts.within(choice.domain, known)
    return not facts.may_be_stuck(choice.domain, known) and (inside or not has_bounds(kind))
