"""Sets from conditions and members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from checker.lang.types import FiniteType
from checker.symbolic.circuit import FALSE, Circuit, Lit
from checker.symbolic.expanding import expand
from checker.symbolic.values import SetOf, Value

EXPANDED = 256
"""A symbolic member that may be so many Python values becomes these, each with its condition."""


def gather(
    c: Circuit,
    item: FiniteType,
    entries: Iterable[tuple[Lit, Value]],
    tables: Sequence[dict[Any, Lit]] = (),
) -> SetOf:
    """The set of some members, and of the members in some tables, each present where its condition holds."""
    known: dict[Any, list[Lit]] = {}
    loose: dict[Value, Lit] = {}
    for table in tables:
        for value, lit in table.items():
            known.setdefault(value, []).append(lit)
    for lit, member in entries:
        if lit == FALSE:
            continue
        expanded = expand(c, item, member, EXPANDED)
        if expanded is None:
            loose[member] = c.either(loose.get(member, FALSE), lit)
            continue
        for value, condition in expanded.items():
            known.setdefault(value, []).append(c.both(lit, condition))
    table = {value: found for value, lits in known.items() if (found := c.any(lits)) != FALSE}
    return SetOf(table, tuple((lit, member) for member, lit in loose.items()))
