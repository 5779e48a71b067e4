"""Operations on sets over large universes: arrays that are kept in canonical order, without repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.lang.types import SetType
from checker.native.layout.comparing import comparison
from checker.native.layout.converting import stored
from checker.native.layout.function import Definition, Rows, function

if TYPE_CHECKING:
    from checker.native.layout.layouts import Layouts


def _named(layouts: Layouts, operation: str, kind: SetType) -> str:
    return f"{operation}_{layouts.label(kind)}"


def _pointer(layouts: Layouts, kind: SetType, name: str) -> str:
    return f"const {layouts.name(kind)} *{name}"


def _item(layouts: Layouts, kind: SetType) -> tuple[str, str]:
    """The parameter `item`, and its value as a place."""
    return layouts.parameter(kind.item, "item"), layouts.place(kind.item, "item")


def place_of(layouts: Layouts, kind: SetType) -> str:
    """The function that finds the first place of a set whose item is not below a given one."""
    parameter, value = _item(layouts, kind)
    name = _named(layouts, "place_in", kind)
    test = comparison(layouts, kind.item, "set->item[place]", value)
    body = f"int place = 0;\nwhile (place < set->length && {test} < 0) place++;\nreturn place;"
    return layouts.helper(function(name, "int", [_pointer(layouts, kind, "set"), parameter], body)).name


def _has(layouts: Layouts, kind: SetType) -> Definition:
    parameter, value = _item(layouts, kind)
    order = comparison(layouts, kind.item, "set->item[place]", value)
    body = f"int place = {place_of(layouts, kind)}(set, item);\nreturn place < set->length && {order} == 0;"
    return function(_named(layouts, "has", kind), "bool", [_pointer(layouts, kind, "set"), parameter], body)


def _add(layouts: Layouts, kind: SetType) -> Definition:
    parameter, value = _item(layouts, kind)
    order = comparison(layouts, kind.item, "set->item[place]", value)
    body = f"""
int place = {place_of(layouts, kind)}(set, item);
if (place < set->length && {order} == 0) return;
if (set->length == {layouts.capacity(kind)}) escape(w);
for (int i = set->length++; i > place; i--) set->item[i] = set->item[i - 1];
set->item[place] = {stored(layouts, kind.item, value)};"""
    parameters = [f"{layouts.name(kind)} *set", parameter]
    return function(_named(layouts, "add", kind), "void", parameters, body, escapes=True)


def _remove(layouts: Layouts, kind: SetType) -> Definition:
    parameter, value = _item(layouts, kind)
    order = comparison(layouts, kind.item, "set->item[place]", value)
    body = f"""
int place = {place_of(layouts, kind)}(set, item);
if (place == set->length || {order} != 0) return;
set->length--;
for (int i = place; i < set->length; i++) set->item[i] = set->item[i + 1];"""
    parameters = [f"{layouts.name(kind)} *set", parameter]
    return function(_named(layouts, "remove", kind), "void", parameters, body)


def _next(layouts: Layouts, kind: SetType) -> Definition:
    item = layouts.name(kind.item)
    scalar = layouts.is_scalar(kind.item)
    target = f"{item} *item" if scalar else f"const {item} **item"
    body = f"""
if (*cursor >= set->length) return false;
*item = {"" if scalar else "&"}set->item[(*cursor)++];
return true;"""
    parameters = [_pointer(layouts, kind, "set"), "int *cursor", target]
    return function(_named(layouts, "next", kind), "bool", parameters, body)


def _empty(layouts: Layouts, kind: SetType) -> Definition:
    return function(_named(layouts, "empty", kind), *layouts.result(kind), "out->length = 0;")


def _every(layouts: Layouts, kind: SetType) -> Definition:
    """Too many to hold, or without end: the host finds out which."""
    return function(
        _named(layouts, "every", kind), *layouts.result(kind), "(void)out;\nescape(w);", escapes=True
    )


def _size(layouts: Layouts, kind: SetType) -> Definition:
    return function(
        _named(layouts, "size", kind), "int64_t", [_pointer(layouts, kind, "set")], "return set->length;"
    )


# -- two sets -------------------------------------------------------------------------------------


def _merged(
    layouts: Layouts, kind: SetType, operation: str, left: bool, both: bool, right: bool
) -> Definition:
    """Go through two sets side by side and keep what is only left, in both, or only right."""
    order = comparison(layouts, kind.item, "a->item[i]", "b->item[j]")
    room = layouts.capacity(kind)
    escapes = left and right
    check = f"if (length == {room}) escape(w);\n    " if escapes else ""

    body = f"""
int length = 0, i = 0, j = 0;
while (i < a->length || j < b->length) {{
    int difference = i == a->length ? 1 : j == b->length ? -1 : {order};
    bool keep = difference < 0 ? {c_bool(left)} : difference == 0 ? {c_bool(both)} : {c_bool(right)};
    const {layouts.storage(kind.item)} *item = difference <= 0 ? &a->item[i] : &b->item[j];
    i += difference <= 0;
    j += difference >= 0;
    if (!keep) continue;
    {check}out->item[length++] = *item;
}}
out->length = length;"""
    result, parameters = layouts.result(kind)
    operands = [_pointer(layouts, kind, "a"), _pointer(layouts, kind, "b")]
    return function(_named(layouts, operation, kind), result, [*parameters, *operands], body, escapes=escapes)


def c_bool(value: bool) -> str:
    """A truth value in C."""
    return "true" if value else "false"


def _subset(layouts: Layouts, kind: SetType) -> Definition:
    order = comparison(layouts, kind.item, "a->item[i]", "b->item[j]")
    body = f"""
if (a->length > b->length) return false;
for (int i = 0, j = 0; i < a->length; i++, j++) {{
    while (j < b->length && {order} > 0) j++;
    if (j == b->length || {order} != 0) return false;
}}
return true;"""
    operands = [_pointer(layouts, kind, "a"), _pointer(layouts, kind, "b")]
    return function(_named(layouts, "subset", kind), "bool", operands, body)


ROWS: Rows = {
    ("empty", "array"): _empty,
    ("has", "array"): _has,
    ("add", "array"): _add,
    ("remove", "array"): _remove,
    ("next", "array"): _next,
    ("every", "array"): _every,
    ("size", "array"): _size,
    ("subset", "array"): _subset,
    ("union", "array"): lambda layouts, kind: _merged(layouts, kind, "union", True, True, True),
    ("intersection", "array"): lambda layouts, kind: _merged(
        layouts, kind, "intersection", False, True, False
    ),
    ("difference", "array"): lambda layouts, kind: _merged(layouts, kind, "difference", True, False, False),
    ("symmetric", "array"): lambda layouts, kind: _merged(layouts, kind, "symmetric", True, False, True),
}
