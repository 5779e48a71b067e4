"""What the passes share: changing every expression of a program, and recognizing small ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from attrs import evolve

from checker.ir.nodes import BOOL, Coerce, Expr, Literal, Not
from checker.ir.program import Choice, Function, Marking, Predicate, Program, Transition

Part = TypeVar("Part", Function, Predicate)
Knowing = frozenset[str]
"""Names whose values surely lie within their types, and what `narrowing` knows of values of unions."""

Change = Callable[[Expr, Knowing], Expr]


def with_bodies(program: Program, change: Change) -> Program:
    """The program with every expression changed, given the names known to lie within their types.

    States and choices are known: a state is stored only if it lies within its types, and what a choice
    takes from its domain is checked.
    """
    return evolve(
        program,
        functions=tuple(evolve(f, body=change(f.body, frozenset())) for f in program.functions),
        initial=tuple(_transition(transition, change) for transition in program.initial),
        actions=tuple(_transition(transition, change) for transition in program.actions),
        properties=_predicates(program.properties, change),
        final=_predicates(program.final, change),
        boundary=_predicates(program.boundary, change),
        atoms=_predicates(program.atoms, change),
        markings=tuple(_marking(marking, change) for marking in program.markings),
    )


def _predicates(parts: tuple[Predicate, ...], change: Change) -> tuple[Predicate, ...]:
    return tuple(evolve(part, body=change(part.body, frozenset(part.states))) for part in parts)


def _transition(transition: Transition, change: Change) -> Transition:
    known = known_before(transition)
    choices: tuple[Choice, ...] = tuple(
        choice if choice.domain is None else evolve(choice, domain=change(choice.domain, known[place]))
        for place, choice in enumerate(transition.choices)
    )
    guards = tuple((place, change(guard, known[place])) for place, guard in transition.guards)
    return evolve(transition, choices=choices, guards=guards, body=change(transition.body, known[-1]))


def _marking(marking: Marking, change: Change) -> Marking:
    """With its conditions changed; the state after is asked about only where it lies within its types."""
    known = frozenset({marking.state, *(choice.name for choice in marking.choices)})
    fixed = change(marking.fixed, known)
    if marking.where is None:
        return evolve(marking, fixed=fixed)
    after = known if marking.after is None else known | {marking.after}
    return evolve(marking, fixed=fixed, where=change(marking.where, after))


def known_before(transition: Transition) -> list[Knowing]:
    """The names known before each choice, and after the last."""
    names = [] if transition.state is None else [transition.state]
    found = [frozenset(names)]
    for choice in transition.choices:
        found.append(found[-1] | {choice.name})
    return found


def outside_functions(program: Program) -> Iterator[Expr]:
    """Every expression outside functions."""
    for transition in (*program.initial, *program.actions):
        yield transition.body
        yield from (guard for _, guard in transition.guards)
        yield from (choice.domain for choice in transition.choices if choice.domain is not None)
    yield from program.conditions()


def bodies(program: Program) -> Iterator[Expr]:
    """Every expression of a program that stands by itself."""
    yield from outside_functions(program)
    yield from (function.body for function in program.functions)


def is_literal(node: Expr, value: Any) -> bool:
    """Whether an expression is this very value, True not being 1."""
    return isinstance(node, Literal) and type(node.value) is type(value) and bool(node.value == value)


def is_nothing(node: Expr) -> bool:
    """Whether an expression is None, at whichever type."""
    while isinstance(node, Coerce):
        node = node.value
    return is_literal(node, None)


def truth(value: bool, like: Expr) -> Literal:
    """A truth value, from where an expression was."""
    return Literal(value, type=BOOL, at=like.at)


def negated(node: Expr) -> Expr:
    """The negation of a truth value."""
    if isinstance(node, Not):
        return node.operand
    if isinstance(node, Literal):
        return truth(not node.value, node)
    return Not(node, type=BOOL, at=node.at)
