"""The table of the symbolic evaluator: one row for each class of expression."""

from __future__ import annotations

from typing import Any

from checker.ir.program import Program
from checker.symbolic.circuit import Circuit
from checker.symbolic.collections import COLLECTIONS
from checker.symbolic.machine import Machine, Row
from checker.symbolic.ranging import RANGING
from checker.symbolic.scalars import SCALARS

ROWS: dict[type[Any], Row] = {**SCALARS, **COLLECTIONS, **RANGING}


def machine(program: Program, circuit: Circuit) -> Machine:
    """The evaluator of a program's expressions."""
    return Machine(program, circuit, ROWS)
