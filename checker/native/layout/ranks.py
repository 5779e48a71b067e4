"""Ranks: the place of a value among all values of its type, in canonical order, in C.

Bit sets and maps are indexed by them.  A value outside its type has the rank -1.  Ranks are computed
in mixed radix; values of a rank are read from tables.
"""

from __future__ import annotations

from itertools import accumulate
from textwrap import indent
from typing import TYPE_CHECKING

from checker.lang.types import (
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
from checker.native.layout.function import Definition, Rows, block, cases, function, wrapped
from checker.native.layout.shapes import ATOMS, universe

if TYPE_CHECKING:
    from checker.native.layout.layouts import Layouts

DIRECT = 10
"""A set over at most so many possible members has its rank in a table indexed by its bits."""


def always_inside(layouts: Layouts, kind: FiniteType) -> bool:
    """Whether C cannot hold a value outside this type, so that a rank is never -1."""
    representation = layouts.representation(kind)
    if isinstance(kind, ATOMS) or representation == "codes":
        return True
    if isinstance(kind, RecordType | TupleType):
        return all(always_inside(layouts, inner) for _, inner in members_of(layouts, kind))
    if isinstance(kind, UnionType):
        return all(always_inside(layouts, option) for option in kind.options)
    if isinstance(kind, MapType):
        return always_inside(layouts, kind.value)
    return isinstance(kind, SetType) and representation == "bits" and kind.capacity is None


def ranked(layouts: Layouts, kind: FiniteType, place: str) -> str:
    """The rank of the value at a place, as a C expression."""
    if isinstance(kind, ATOMS) or layouts.representation(kind) == "codes":
        return place
    return layouts.call("rank", kind, layouts.argument(kind, place))


def _rank(layouts: Layouts, kind: FiniteType, body: str) -> Definition:
    parameter = layouts.parameter(kind, "value")
    if not layouts.universe(kind):
        body = "(void)value;\nreturn -1;"
    return function(f"rank_{layouts.exact_label(kind)}", "int", [parameter], body)


def _rank_atom(layouts: Layouts, kind: FiniteType) -> Definition:
    return _rank(layouts, kind, "return value;")


def _rank_int(layouts: Layouts, kind: IntType) -> Definition:
    return _rank(
        layouts, kind, f"return value < {kind.low} || value > {kind.high} ? -1 : (int)(value - ({kind.low}));"
    )


def _step(layouts: Layouts, kind: FiniteType, place: str) -> list[str]:
    """The statements that take one more digit into `rank`, with `part` for what may be outside."""
    count = layouts.universe(kind)
    if always_inside(layouts, kind):
        return [f"rank = rank * {count} + {ranked(layouts, kind, place)};"]
    return [
        f"part = {ranked(layouts, kind, place)};",
        "if (part < 0) return -1;",
        f"rank = rank * {count} + part;",
    ]


def _begin(layouts: Layouts, kinds: list[FiniteType]) -> str:
    surely = all(always_inside(layouts, kind) for kind in kinds)
    return "int rank = 0;" if surely else "int rank = 0, part;"


def _rank_fields(layouts: Layouts, kind: RecordType | TupleType) -> Definition:
    if not layouts.universe(kind):
        return _rank(layouts, kind, "")
    members = members_of(layouts, kind)
    if not members:
        return _rank(layouts, kind, "(void)value;\nreturn 0;")
    lines = [_begin(layouts, [inner for _, inner in members])]
    for name, inner in members:
        lines += _step(layouts, inner, f"value->{name}")
    return _rank(layouts, kind, "\n".join([*lines, "return rank;"]))


def _rank_map(layouts: Layouts, kind: MapType) -> Definition:
    if not layouts.universe(kind):
        return _rank(layouts, kind, "")
    if not layouts.keys(kind):
        return _rank(layouts, kind, "(void)value;\nreturn 0;")
    loop = block(
        f"for (int i = 0; i < {layouts.keys(kind)}; i++)", _step(layouts, kind.value, "value->at[i]")
    )
    return _rank(layouts, kind, "\n".join([_begin(layouts, [kind.value]), loop, "return rank;"]))


def offsets(layouts: Layouts, kind: UnionType) -> list[int]:
    """The rank of the first value of each option, in canonical order."""
    counts = [layouts.universe(option) for option in canonical_options(kind)]
    return list(accumulate(counts, initial=0))[:-1]


def _rank_union(layouts: Layouts, kind: UnionType) -> Definition:
    rows, parts = [], False
    for option, offset in zip(canonical_options(kind), offsets(layouts, kind), strict=True):
        member = alternative(layouts, option)
        value = "0" if member is None else ranked(layouts, option, f"value->{member}")
        plus = f"{offset} + " if offset else ""
        if always_inside(layouts, option):
            rows.append((layouts.tag(option), f"return {plus}{value};"))
        else:
            parts = True
            rows.append((layouts.tag(option), f"part = {value};\nreturn part < 0 ? -1 : {plus}part;"))
    begin = ["int part;"] if parts else []
    return _rank(layouts, kind, "\n".join([*begin, cases("value->tag", rows), "return -1;"]))


def _rank_sequence(layouts: Layouts, kind: SeqType) -> Definition:
    items, limit = layouts.universe(kind.item) if kind.limit else 0, kind.limit or 0
    if not items:
        return _rank(layouts, kind, "return value->length == 0 ? 0 : -1;")
    starts = list(accumulate((items**length for length in range(limit)), initial=0))
    loop = block("for (int i = 0; i < value->length; i++)", _step(layouts, kind.item, "value->item[i]"))
    body = [
        f"static const int start[] = {{ {', '.join(map(str, starts))} }};",
        _begin(layouts, [kind.item]),
        f"if (value->length > {limit}) return -1;",
        loop,
        "return start[value->length] + rank;",
    ]
    return _rank(layouts, kind, "\n".join(body))


def _rank_bits(layouts: Layouts, kind: SetType) -> Definition:
    items = universe(kind.item) if layouts.universe(kind.item) <= DIRECT else None
    if items is None:
        return _rank_searched(layouts, kind)
    ranks = {value: rank for rank, value in enumerate(universe(kind))}
    table = [
        str(ranks.get(frozenset(item for place, item in enumerate(items) if mask >> place & 1), -1))
        for mask in range(2 ** len(items))
    ]
    body = f"static const int16_t rank[] = {{\n{indent(wrapped(table), '    ')}\n}};\nreturn rank[value];"
    return _rank(layouts, kind, body)


def _rank_searched(layouts: Layouts, kind: FiniteType) -> Definition:
    count = layouts.universe(kind)
    if not count:
        return _rank(layouts, kind, "")
    table = members_table(layouts, kind)
    order = layouts.call("order", kind, "value", layouts.argument(kind, f"{table}[middle]"))
    body = f"""
int low = 0, high = {count} - 1;
while (low <= high) {{
    int middle = (low + high) / 2, difference = {order};
    if (difference == 0) return middle;
    if (difference < 0) high = middle - 1;
    else low = middle + 1;
}}
return -1;"""
    return _rank(layouts, kind, body)


def members_table(layouts: Layouts, kind: FiniteType) -> str:
    """The name of the table of all values of a type, by rank."""
    name = f"MEMBERS_OF_{layouts.exact_label(kind)}"
    values = [layouts.literal(kind, value) for value in universe(kind)]
    text = f"static const {layouts.storage(kind)} {name}[] = {{\n{indent(wrapped(values), '    ')}\n}};\n"
    return layouts.helper(Definition(name, text)).name


# -- and back -------------------------------------------------------------------------------------


def unranked(layouts: Layouts, kind: FiniteType, rank: str) -> str:
    """The value with a rank as a C expression; a const pointer to an aggregate."""
    if isinstance(kind, ATOMS) or layouts.representation(kind) == "codes":
        return rank
    return layouts.call("unrank", kind, rank)


def _unrank(layouts: Layouts, kind: FiniteType) -> Definition:
    scalar = layouts.is_scalar(kind)
    result = layouts.name(kind) if scalar else f"const {layouts.name(kind)} *"
    if isinstance(kind, ATOMS) or layouts.representation(kind) == "codes":
        value = "rank"
    elif isinstance(kind, IntType):
        value = f"rank + ({kind.low})"
    elif not layouts.universe(kind):
        value = "(void)rank, 0" if scalar else "(void)rank, NULL"
    else:
        value = f"{'' if scalar else '&'}{members_table(layouts, kind)}[rank]"
    name = f"unrank_{layouts.exact_label(kind)}"
    return function(name, result, ["int rank"], f"return {value};")


ROWS: Rows = {
    **{("rank", atom): _rank_atom for atom in ("bool", "enum", "sort", "none", "codes")},
    ("rank", "int"): _rank_int,
    ("rank", "record"): _rank_fields,
    ("rank", "tuple"): _rank_fields,
    ("rank", "map"): _rank_map,
    ("rank", "union"): _rank_union,
    ("rank", "sequence"): _rank_sequence,
    ("rank", "bits"): _rank_bits,
    ("rank", "words"): _rank_searched,
    ("rank", "array"): _rank_searched,
    ("rank", "bag"): _rank_searched,
    ("unrank", "any"): _unrank,
}
