"""The table from node class to C, gathered from the modules that know each family of nodes."""

from __future__ import annotations

from checker.native.emit import collections, control, integers, quantifiers, records, truth
from checker.native.emit.body import Rows

FAMILIES = (control, truth, integers, records, collections, quantifiers)

ROWS = Rows(
    values={kind: row for family in FAMILIES for kind, row in getattr(family, "VALUES", {}).items()},
    builds={kind: row for family in FAMILIES for kind, row in getattr(family, "BUILDS", {}).items()},
    tails={kind: row for family in FAMILIES for kind, row in getattr(family, "TAILS", {}).items()},
)
