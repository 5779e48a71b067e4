"""Bounds in C: which bound a state leaves, the first in the order in which `FiniteType.fault` looks.

`bound_` of a type gives 0, or the number, from 1, of the place in the type where a value leaves its
bounds.  A place is a path without the keys that lead there, as the reference engine counts them
(`checker.explore.bounds.general_path`).  Two places with the same text are one bound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from attrs import frozen

from checker.lang.types import (
    BagType,
    FiniteType,
    IntType,
    MapType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)
from checker.native.layout.canonical import canonical_options
from checker.native.layout.comparing import alternative, members_of
from checker.native.layout.function import Definition, Rows, cases, function
from checker.native.layout.shapes import size, storage_bits

if TYPE_CHECKING:
    from checker.native.layout.layouts import Layouts


@frozen
class Site:
    """A place in a type where values may leave a bound: the path to it, and the bound."""

    path: str
    bound: str

    def under(self, prefix: str) -> Site:
        """The same place, seen from a type around it."""
        return Site(prefix + self.path, self.bound)

    def __str__(self) -> str:
        return f"{self.path}: {self.bound}"


def sites(layouts: Layouts, kind: FiniteType) -> list[Site]:
    """All such places of a type, in the order in which they are looked at."""
    row = _SITES.get(layouts.representation(kind))
    return row(layouts, kind) if row else []


def _by(text: str) -> str:
    return f" ({text})" if text else ""


def _inside(layouts: Layouts, kind: FiniteType, prefix: str) -> list[Site]:
    return [site.under(prefix) for site in sites(layouts, kind)]


def _fields_sites(layouts: Layouts, kind: RecordType) -> list[Site]:
    return [site for name, inner in kind.fields for site in _inside(layouts, inner, f".{name}")]


def _tuple_sites(layouts: Layouts, kind: TupleType) -> list[Site]:
    return [site for item in kind.items for site in _inside(layouts, item, "[]")]


def _union_sites(layouts: Layouts, kind: UnionType) -> list[Site]:
    return [site for option in canonical_options(kind) for site in sites(layouts, option)]


def _sequence_sites(layouts: Layouts, kind: SeqType) -> list[Site]:
    length = [Site("", f"length <= {kind.limit}{_by(kind.text)}")] if kind.limit is not None else []
    return _inside(layouts, kind.item, "[]") + length


def _set_sites(layouts: Layouts, kind: SetType) -> list[Site]:
    members = _inside(layouts, kind.item, "{}") if layouts.representation(kind) == "array" else []
    return members + _size_site(kind)


def _size_site(kind: SetType | BagType) -> list[Site]:
    possible = size(kind.item) if isinstance(kind, SetType) else None
    if kind.capacity is None or (possible is not None and possible <= kind.capacity):
        return []
    return [Site("", f"size <= {kind.capacity}{_by(kind.text)}")]


def _bag_sites(layouts: Layouts, kind: BagType) -> list[Site]:
    copies = [] if kind.max_count is None else [Site("[]", f"copies <= {kind.max_count}{_by(kind.text)}")]
    return [*_inside(layouts, kind.item, "{}"), *_size_site(kind), *copies]


_SITES: dict[str, Callable[[Layouts, Any], list[Site]]] = {
    "int": lambda layouts, kind: [Site("", str(kind))] if kind.low is not None else [],
    "record": _fields_sites,
    "tuple": _tuple_sites,
    "union": _union_sites,
    "sequence": _sequence_sites,
    "bits": _set_sites,
    "words": _set_sites,
    "array": _set_sites,
    "map": lambda layouts, kind: _inside(layouts, kind.value, "[]"),
    "bag": _bag_sites,
}
"""One row for each representation whose values may leave bounds."""


# -- in C -----------------------------------------------------------------------------------------


def outside(kind: IntType, place: str) -> str:
    """Whether an integer leaves its bounds, as a C expression; empty where its storage cannot."""
    bits = storage_bits(kind)
    tests = []
    if kind.low is not None and kind.low > -(2 ** (bits - 1)):
        tests.append(f"{place} < {kind.low}")
    if kind.high is not None and kind.high < 2 ** (bits - 1) - 1:
        tests.append(f"{place} > {kind.high}")
    return " || ".join(tests)


def check(layouts: Layouts, kind: FiniteType, place: str, before: int) -> str:
    """The statement that returns where the value at a place leaves a bound; the numbers start after
    `before`.  Empty where it cannot."""
    if isinstance(kind, IntType):
        test = outside(kind, place)
        return f"if ({test}) return {before + 1};" if test else ""
    if not sites(layouts, kind):
        return ""
    call = layouts.call("bound", kind, layouts.argument(kind, place))
    plus = f"{before} + " if before else ""
    return f"if ((bound = {call})) return {plus}bound;"


def _bound(layouts: Layouts, kind: FiniteType, lines: list[str]) -> Definition:
    body = [line for line in lines if line]
    begin = ["int bound;"] if any("bound = " in line for line in body) else []
    used = any("value" in line for line in body)
    parameter = [layouts.parameter(kind, "value")]
    name = f"bound_{layouts.exact_label(kind)}"
    end = [] if body and body[-1].startswith("return") else ["return 0;"]
    return function(name, "int", parameter, [*begin, *([] if used else ["(void)value;"]), *body, *end])


def _fields(layouts: Layouts, kind: FiniteType) -> Definition:
    lines, before = [], 0
    for name, inner in members_of(layouts, kind):
        lines.append(check(layouts, inner, f"value->{name}", before))
        before += len(sites(layouts, inner))
    return _bound(layouts, kind, lines)


def _union(layouts: Layouts, kind: UnionType) -> Definition:
    rows, before = [], 0
    for option in canonical_options(kind):
        statement = check(layouts, option, f"value->{alternative(layouts, option)}", before)
        before += len(sites(layouts, option))
        if statement:
            rows.append((layouts.tag(option), f"{statement}\nbreak;"))
    return _bound(layouts, kind, [cases("value->tag", rows)])


def _loop(count: str, statement: str) -> str:
    return f"for (int i = 0; i < {count}; i++)\n    {statement}" if statement else ""


def _sequence(layouts: Layouts, kind: SeqType) -> Definition:
    number = len(sites(layouts, kind.item)) + 1
    items = _loop("value->length", check(layouts, kind.item, "value->item[i]", 0))
    end = f"if (value->length > {kind.limit}) return {number};" if kind.limit is not None else ""
    return _bound(layouts, kind, [items, end])


def _set(layouts: Layouts, kind: SetType) -> Definition:
    lines, number = [], 1
    if layouts.representation(kind) == "array":
        lines.append(_loop("value->length", check(layouts, kind.item, "value->item[i]", 0)))
        number += len(sites(layouts, kind.item))
    if _size_site(kind):
        lines.append(f"if ({layouts.call('size', kind, 'value')} > {kind.capacity}) return {number};")
    return _bound(layouts, kind, lines)


def _map(layouts: Layouts, kind: MapType) -> Definition:
    statement = check(layouts, kind.value, "value->at[i]", 0) if layouts.keys(kind) else ""
    return _bound(layouts, kind, [_loop(str(layouts.keys(kind)), statement)])


def _bag(layouts: Layouts, kind: BagType) -> Definition:
    number = len(sites(layouts, kind.item)) + 1
    lines = [_loop("value->length", check(layouts, kind.item, "value->entry[i].item", 0))]
    if _size_site(kind):
        total = layouts.call("total", kind, "value")
        lines.append(f"if ({total} > {kind.capacity}) return {number};")
        number += 1
    if kind.max_count is not None:
        test = f"if (value->entry[i].count > {kind.max_count}) return {number};"
        lines.append(_loop("value->length", test))
    return _bound(layouts, kind, lines)


ROWS: Rows = {
    ("bound", "record"): _fields,
    ("bound", "tuple"): _fields,
    ("bound", "union"): _union,
    ("bound", "sequence"): _sequence,
    ("bound", "bits"): _set,
    ("bound", "words"): _set,
    ("bound", "array"): _set,
    ("bound", "map"): _map,
    ("bound", "bag"): _bag,
}
