"""All passes in their order."""

from __future__ import annotations

from collections.abc import Callable

from checker.ir.passes.conditions import split_conditions
from checker.ir.passes.fold import fold_constants
from checker.ir.passes.guards import hoist_guards
from checker.ir.passes.unused import drop_unused
from checker.ir.program import Program

Pass = Callable[[Program], Program]

PASSES: tuple[Pass, ...] = (fold_constants, split_conditions, hoist_guards, drop_unused)
"""Each takes a program that keeps the rules of the IR to another that means the same."""


def optimised(program: Program) -> Program:
    """The program after all passes."""
    for one in PASSES:
        program = one(program)
    return program
