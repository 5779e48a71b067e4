"""Operations on bags: arrays of items with their numbers of copies, in canonical order of the items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.lang.types import BagType, SetType
from checker.native.layout.comparing import comparison
from checker.native.layout.converting import stored
from checker.native.layout.function import Definition, Rows, function

if TYPE_CHECKING:
    from checker.native.layout.layouts import Layouts


def _named(layouts: Layouts, operation: str, kind: BagType) -> str:
    return f"{operation}_{layouts.label(kind)}"


def _bag(layouts: Layouts, kind: BagType, name: str = "bag") -> str:
    return layouts.parameter(kind, name)


def _item(layouts: Layouts, kind: BagType) -> str:
    return layouts.parameter(kind.item, "item")


def _order(layouts: Layouts, kind: BagType) -> str:
    """How the item at `place` compares with the parameter `item`."""
    return comparison(layouts, kind.item, "bag->entry[place].item", layouts.place(kind.item, "item"))


def _place(layouts: Layouts, kind: BagType) -> str:
    """A call that finds the first place of a bag whose item is not below a given one."""
    name = _named(layouts, "place_in", kind)
    body = f"""
int place = 0;
while (place < bag->length && {_order(layouts, kind)} < 0) place++;
return place;"""
    made = function(name, "int", [_bag(layouts, kind), _item(layouts, kind)], body)
    return f"{layouts.helper(made).name}(bag, item)"


def _empty(layouts: Layouts, kind: BagType) -> Definition:
    return function(_named(layouts, "empty", kind), *layouts.result(kind), "out->length = 0;")


def _count(layouts: Layouts, kind: BagType) -> Definition:
    body = f"""
int place = {_place(layouts, kind)};
return place < bag->length && {_order(layouts, kind)} == 0 ? bag->entry[place].count : 0;"""
    parameters = [_bag(layouts, kind), _item(layouts, kind)]
    return function(_named(layouts, "count", kind), "int64_t", parameters, body)


def _has(layouts: Layouts, kind: BagType) -> Definition:
    body = f"return {layouts.call('count', kind, 'bag', 'item')} > 0;"
    parameters = [_bag(layouts, kind), _item(layouts, kind)]
    return function(_named(layouts, "has", kind), "bool", parameters, body)


def _put(layouts: Layouts, kind: BagType) -> Definition:
    body = f"""
if (copies < 0 || copies > INT32_MAX) escape(w);
if (copies == 0) return;
int place = {_place(layouts, kind)};
if (place == bag->length || {_order(layouts, kind)} != 0) {{
    if (bag->length == {layouts.capacity(kind)}) escape(w);
    for (int i = bag->length++; i > place; i--) bag->entry[i] = bag->entry[i - 1];
    bag->entry[place].item = {stored(layouts, kind.item, layouts.place(kind.item, "item"))};
    bag->entry[place].count = 0;
}}
if (copies > INT32_MAX - bag->entry[place].count) escape(w);
bag->entry[place].count += (int32_t)copies;"""
    parameters = [f"{layouts.name(kind)} *bag", _item(layouts, kind), "int64_t copies"]
    return function(_named(layouts, "put", kind), "void", parameters, body, escapes=True)


def _take(layouts: Layouts, kind: BagType) -> Definition:
    body = f"""
if (copies < 0) escape(w);
if (copies == 0) return;
int place = {_place(layouts, kind)};
if (place == bag->length || {_order(layouts, kind)} != 0) escape(w);
if (copies > bag->entry[place].count) escape(w);
bag->entry[place].count -= (int32_t)copies;
if (bag->entry[place].count > 0) return;
bag->length--;
for (int i = place; i < bag->length; i++) bag->entry[i] = bag->entry[i + 1];"""
    parameters = [f"{layouts.name(kind)} *bag", _item(layouts, kind), "int64_t copies"]
    return function(_named(layouts, "take", kind), "void", parameters, body, escapes=True)


def _entry(layouts: Layouts, kind: BagType) -> str:
    return layouts.argument(kind.item, "b->entry[i].item")


def _plus(layouts: Layouts, kind: BagType) -> Definition:
    put = layouts.call("put", kind, "out", _entry(layouts, kind), "b->entry[i].count")
    body = f"*out = *a;\nfor (int i = 0; i < b->length; i++) {put};"
    return _two(layouts, kind, "plus", body, escapes=True)


def _minus(layouts: Layouts, kind: BagType) -> Definition:
    count = layouts.call("count", kind, "a", _entry(layouts, kind))
    take = layouts.call("take", kind, "out", _entry(layouts, kind), "copies")
    body = f"""
*out = *a;
for (int i = 0; i < b->length; i++) {{
    int64_t had = {count}, copies = b->entry[i].count < had ? b->entry[i].count : had;
    {take};
}}"""
    return _two(layouts, kind, "minus", body, escapes=True)


def _two(layouts: Layouts, kind: BagType, operation: str, body: str, *, escapes: bool) -> Definition:
    result, parameters = layouts.result(kind)
    operands = [_bag(layouts, kind, "a"), _bag(layouts, kind, "b")]
    name = _named(layouts, operation, kind)
    return function(name, result, [*parameters, *operands], body, escapes=escapes)


def _included(layouts: Layouts, kind: BagType) -> Definition:
    count = layouts.call("count", kind, "b", layouts.argument(kind.item, "a->entry[i].item"))
    body = f"""
for (int i = 0; i < a->length; i++)
    if (a->entry[i].count > {count}) return false;
return true;"""
    operands = [_bag(layouts, kind, "a"), _bag(layouts, kind, "b")]
    return function(_named(layouts, "included", kind), "bool", operands, body)


def _total(layouts: Layouts, kind: BagType) -> Definition:
    body = """
int64_t total = 0;
for (int i = 0; i < bag->length; i++) total += bag->entry[i].count;
return total;"""
    return function(_named(layouts, "total", kind), "int64_t", [_bag(layouts, kind)], body)


def _next(layouts: Layouts, kind: BagType) -> Definition:
    item = layouts.name(kind.item)
    scalar = layouts.is_scalar(kind.item)
    target = f"{item} *item" if scalar else f"const {item} **item"
    body = f"""
if (*cursor >= bag->length) return false;
*item = {"" if scalar else "&"}bag->entry[(*cursor)++].item;
return true;"""
    parameters = [_bag(layouts, kind), "int *cursor", target]
    return function(_named(layouts, "next", kind), "bool", parameters, body)


def _support(layouts: Layouts, kind: BagType) -> Definition:
    target = SetType(kind.item)
    result, parameters = layouts.result(target)
    scalar = layouts.is_scalar(target)
    place = "&made" if scalar else "out"
    begin = layouts.call("empty", target, *([] if scalar else ["out"]))
    add = layouts.call("add", target, place, layouts.argument(kind.item, "bag->entry[i].item"))
    lines = [
        f"{layouts.name(target)} made = {begin};" if scalar else f"{begin};",
        f"for (int i = 0; i < bag->length; i++) {add};",
        "return made;" if scalar else "",
    ]
    name = f"support_{layouts.exact_label(kind)}"
    escapes = layouts.can_escape("add", target)
    return function(name, result, [*parameters, _bag(layouts, kind)], "\n".join(lines), escapes=escapes)


ROWS: Rows = {
    ("empty", "bag"): _empty,
    ("count", "bag"): _count,
    ("has", "bag"): _has,
    ("put", "bag"): _put,
    ("take", "bag"): _take,
    ("plus", "bag"): _plus,
    ("minus", "bag"): _minus,
    ("included", "bag"): _included,
    ("total", "bag"): _total,
    ("next", "bag"): _next,
    ("support", "bag"): _support,
}
