"""Equality and the canonical order of values, in C.

The order is that of `checker.lang.values.order`: engines use it to keep collections sorted, so that
equal ones look equal.  For integers and tuples of them it is the order of Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.lang.types import BagType, FiniteType, MapType, RecordType, SeqType, SetType, UnionType
from checker.native.layout.canonical import canonical_options
from checker.native.layout.function import Definition, Rows, block, cases, function
from checker.native.layout.structs import words

if TYPE_CHECKING:
    from checker.native.layout.layouts import Layouts


def equality(layouts: Layouts, kind: FiniteType, a: str, b: str) -> str:
    """Whether the values at two places are equal, as a C expression."""
    if layouts.is_scalar(kind):
        return f"{a} == {b}"
    return layouts.call("equal", kind, layouts.argument(kind, a), layouts.argument(kind, b))


def comparison(layouts: Layouts, kind: FiniteType, a: str, b: str) -> str:
    """How the values at two places compare, as a C expression."""
    return layouts.call("order", kind, layouts.argument(kind, a), layouts.argument(kind, b))


def _two(layouts: Layouts, kind: FiniteType) -> list[str]:
    return [layouts.parameter(kind, "a"), layouts.parameter(kind, "b")]


# -- equality -------------------------------------------------------------------------------------


def _equal(layouts: Layouts, kind: FiniteType, body: str) -> Definition:
    return function(f"equal_{layouts.label(kind)}", "bool", _two(layouts, kind), body)


def _equal_scalar(layouts: Layouts, kind: FiniteType) -> Definition:
    return _equal(layouts, kind, "return a == b;")


def members_of(layouts: Layouts, kind: FiniteType) -> list[tuple[str, FiniteType]]:
    """The members of the struct of a record or tuple, with their types, in order."""
    if isinstance(kind, RecordType):
        return [(layouts.field(kind, name), inner) for name, inner in kind.fields]
    return [(f"item_{place}", item) for place, item in enumerate(getattr(kind, "items", ()))]


def _equal_fields(layouts: Layouts, kind: FiniteType) -> Definition:
    tests = [equality(layouts, inner, f"a->{n}", f"b->{n}") for n, inner in members_of(layouts, kind)]
    if not tests:
        return _equal(layouts, kind, "(void)a, (void)b;\nreturn true;")
    return _equal(layouts, kind, "return " + "\n    && ".join(tests) + ";")


def _equal_union(layouts: Layouts, kind: UnionType) -> Definition:
    rows = []
    for option in canonical_options(kind):
        if (member := alternative(layouts, option)) is not None:
            test = equality(layouts, option, f"a->{member}", f"b->{member}")
            rows.append((layouts.tag(option), f"return {test};"))
    body = ["if (a->tag != b->tag) return false;", cases("a->tag", rows), "return true;"]
    return _equal(layouts, kind, "\n".join(line for line in body if line))


def alternative(layouts: Layouts, option: FiniteType) -> str | None:
    """The member of a union that holds an option; None where the tag says it all."""
    return None if layouts.representation(option) == "none" else f"as.{layouts.member(option)}"


def _equal_items(layouts: Layouts, kind: SeqType | SetType) -> Definition:
    test = equality(layouts, kind.item, "a->item[i]", "b->item[i]")
    body = f"""
if (a->length != b->length) return false;
for (int i = 0; i < a->length; i++)
    if (!({test})) return false;
return true;"""
    return _equal(layouts, kind, body)


def _equal_words(layouts: Layouts, kind: SetType) -> Definition:
    body = f"""
uint64_t difference = 0;
for (int i = 0; i < {words(layouts, kind)}; i++) difference |= a->bits[i] ^ b->bits[i];
return difference == 0;"""
    return _equal(layouts, kind, body)


def _equal_map(layouts: Layouts, kind: MapType) -> Definition:
    test = equality(layouts, kind.value, "a->at[i]", "b->at[i]")
    body = f"""
for (int i = 0; i < {layouts.keys(kind)}; i++)
    if (!({test})) return false;
return true;"""
    return _equal(layouts, kind, body if layouts.keys(kind) else "(void)a, (void)b;\nreturn true;")


def _equal_bag(layouts: Layouts, kind: BagType) -> Definition:
    test = equality(layouts, kind.item, "a->entry[i].item", "b->entry[i].item")
    body = f"""
if (a->length != b->length) return false;
for (int i = 0; i < a->length; i++)
    if (a->entry[i].count != b->entry[i].count || !({test})) return false;
return true;"""
    return _equal(layouts, kind, body)


# -- order ----------------------------------------------------------------------------------------


def _order(layouts: Layouts, kind: FiniteType, body: str) -> Definition:
    return function(f"order_{layouts.label(kind)}", "int", _two(layouts, kind), body)


def _order_scalar(layouts: Layouts, kind: FiniteType) -> Definition:
    return _order(layouts, kind, "return (a > b) - (a < b);")


def _order_bits(layouts: Layouts, kind: SetType) -> Definition:
    body = """
int difference = __builtin_popcountll(a) - __builtin_popcountll(b);
if (difference) return difference;
uint64_t first = (a ^ b) & -(a ^ b);
return (b & first) != 0 ? 1 : -(first != 0);"""
    return _order(layouts, kind, body)


def _order_words(layouts: Layouts, kind: SetType) -> Definition:
    body = f"""
int difference = 0;
for (int i = 0; i < {words(layouts, kind)}; i++)
    difference += __builtin_popcountll(a->bits[i]) - __builtin_popcountll(b->bits[i]);
if (difference) return difference;
for (int i = 0; i < {words(layouts, kind)}; i++) {{
    uint64_t differs = a->bits[i] ^ b->bits[i];
    if (differs) return b->bits[i] & differs & -differs ? 1 : -1;
}}
return 0;"""
    return _order(layouts, kind, body)


def _order_fields(layouts: Layouts, kind: FiniteType) -> Definition:
    rows = [comparison(layouts, inner, f"a->{n}", f"b->{n}") for n, inner in members_of(layouts, kind)]
    if not rows:
        return _order(layouts, kind, "(void)a, (void)b;\nreturn 0;")
    lines = [f"int difference = {rows[0]};"]
    lines += [f"if (difference == 0) difference = {row};" for row in rows[1:]]
    return _order(layouts, kind, "\n".join([*lines, "return difference;"]))


def _order_union(layouts: Layouts, kind: UnionType) -> Definition:
    rows = []
    for option in canonical_options(kind):
        if (member := alternative(layouts, option)) is not None:
            result = comparison(layouts, option, f"a->{member}", f"b->{member}")
            rows.append((layouts.tag(option), f"return {result};"))
    body = ["if (a->tag != b->tag) return a->tag - b->tag;", cases("a->tag", rows), "return 0;"]
    return _order(layouts, kind, "\n".join(line for line in body if line))


def _order_items(layouts: Layouts, kind: SeqType | SetType) -> Definition:
    result = comparison(layouts, kind.item, "a->item[i]", "b->item[i]")
    body = f"""
int difference = a->length - b->length;
for (int i = 0; difference == 0 && i < a->length; i++)
    difference = {result};
return difference;"""
    return _order(layouts, kind, body)


def _order_map(layouts: Layouts, kind: MapType) -> Definition:
    result = comparison(layouts, kind.value, "a->at[i]", "b->at[i]")
    body = f"""
int difference = 0;
for (int i = 0; difference == 0 && i < {layouts.keys(kind)}; i++)
    difference = {result};
return difference;"""
    return _order(layouts, kind, body if layouts.keys(kind) else "(void)a, (void)b;\nreturn 0;")


def _order_bag(layouts: Layouts, kind: BagType) -> Definition:
    result = comparison(layouts, kind.item, "a->entry[i].item", "b->entry[i].item")
    total = "difference += a->entry[i].count;", "difference -= b->entry[i].count;"
    body = [
        "int64_t difference = 0;",
        f"for (int i = 0; i < a->length; i++) {total[0]}",
        f"for (int i = 0; i < b->length; i++) {total[1]}",
        block(
            "for (int i = 0; difference == 0 && i < a->length && i < b->length; i++)",
            f"difference = {result};\n"
            "if (difference == 0) difference = a->entry[i].count - b->entry[i].count;",
        ),
        "return (difference > 0) - (difference < 0);",
    ]
    return _order(layouts, kind, "\n".join(body))


ROWS: Rows = {
    **{
        ("equal", scalar): _equal_scalar
        for scalar in ("bool", "int", "enum", "sort", "none", "codes", "bits")
    },
    ("equal", "record"): _equal_fields,
    ("equal", "tuple"): _equal_fields,
    ("equal", "union"): _equal_union,
    ("equal", "sequence"): _equal_items,
    ("equal", "array"): _equal_items,
    ("equal", "words"): _equal_words,
    ("equal", "map"): _equal_map,
    ("equal", "bag"): _equal_bag,
    **{("order", scalar): _order_scalar for scalar in ("bool", "int", "enum", "sort", "none", "codes")},
    ("order", "bits"): _order_bits,
    ("order", "record"): _order_fields,
    ("order", "tuple"): _order_fields,
    ("order", "union"): _order_union,
    ("order", "sequence"): _order_items,
    ("order", "array"): _order_items,
    ("order", "words"): _order_words,
    ("order", "map"): _order_map,
    ("order", "bag"): _order_bag,
}
