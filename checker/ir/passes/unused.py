"""Leaves out the functions that nothing calls."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from checker.ir.nodes import Call, Expr
from checker.ir.program import Program
from checker.ir.walk import everything


def drop_unused(program: Program) -> Program:
    """The program without functions that no action or predicate leads to."""
    used: set[str] = set()
    waiting = list(_bodies(program))
    while waiting:
        for node in everything(waiting.pop()):
            if isinstance(node, Call) and node.function not in used:
                used.add(node.function)
                waiting.append(program.function(node.function).body)
    if len(used) == len(program.functions):
        return program
    return evolve(program, functions=tuple(f for f in program.functions if f.name in used))


def _bodies(program: Program) -> Iterator[Expr]:
    """Every expression outside functions."""
    for transition in (*program.initial, *program.actions):
        yield transition.body
        yield from (guard for _, guard in transition.guards)
        yield from (choice.domain for choice in transition.choices if choice.domain is not None)
    for predicate in (*program.properties, *program.final, *program.boundary):
        yield predicate.body
