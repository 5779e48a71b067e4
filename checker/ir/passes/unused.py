"""Leaves out the functions that nothing calls."""

from __future__ import annotations

from attrs import evolve

from checker.ir.nodes import Call
from checker.ir.passes.bodies import outside_functions
from checker.ir.program import Program
from checker.ir.walk import everything


def drop_unused(program: Program) -> Program:
    """The program without functions that no action or predicate leads to."""
    used: set[str] = set()
    waiting = list(outside_functions(program))
    while waiting:
        for node in everything(waiting.pop()):
            if isinstance(node, Call) and node.function not in used:
                used.add(node.function)
                waiting.append(program.function(node.function).body)
    if len(used) == len(program.functions):
        return program
    return evolve(program, functions=tuple(f for f in program.functions if f.name in used))
