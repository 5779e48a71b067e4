"""Operations on sequences, and the one of maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.lang.types import MapType, SeqType
from checker.native.layout.comparing import equality
from checker.native.layout.converting import stored
from checker.native.layout.function import Definition, Rows, function
from checker.native.layout.ranks import always_inside, ranked

if TYPE_CHECKING:
    from checker.native.layout.layouts import Layouts


def _named(layouts: Layouts, operation: str, kind: SeqType | MapType) -> str:
    return f"{operation}_{layouts.label(kind)}"


def _sequence(layouts: Layouts, kind: SeqType, name: str = "sequence") -> str:
    return layouts.parameter(kind, name)


def _empty(layouts: Layouts, kind: SeqType) -> Definition:
    return function(_named(layouts, "empty", kind), *layouts.result(kind), "out->length = 0;")


def _has(layouts: Layouts, kind: SeqType) -> Definition:
    test = equality(layouts, kind.item, "sequence->item[i]", layouts.place(kind.item, "item"))
    body = f"""
for (int i = 0; i < sequence->length; i++)
    if ({test}) return true;
return false;"""
    parameters = [_sequence(layouts, kind), layouts.parameter(kind.item, "item")]
    return function(_named(layouts, "has", kind), "bool", parameters, body)


def _append(layouts: Layouts, kind: SeqType) -> Definition:
    value = stored(layouts, kind.item, layouts.place(kind.item, "item"))
    body = f"""
if (sequence->length == {layouts.capacity(kind)}) escape(w);
sequence->item[sequence->length++] = {value};"""
    parameters = [f"{layouts.name(kind)} *sequence", layouts.parameter(kind.item, "item")]
    return function(_named(layouts, "append", kind), "void", parameters, body, escapes=True)


def _at(layouts: Layouts, kind: SeqType) -> Definition:
    body = """
if (index < 0) index += sequence->length;
if (index < 0 || index >= sequence->length) escape(w);
return &sequence->item[index];"""
    return function(
        _named(layouts, "at", kind),
        f"const {layouts.storage(kind.item)} *",
        [_sequence(layouts, kind), "int64_t index"],
        body,
        escapes=True,
    )


def _concat(layouts: Layouts, kind: SeqType) -> Definition:
    body = f"""
if (a->length + b->length > {layouts.capacity(kind)}) escape(w);
for (int i = 0; i < a->length; i++) out->item[i] = a->item[i];
for (int i = 0; i < b->length; i++) out->item[a->length + i] = b->item[i];
out->length = a->length + b->length;"""
    result, parameters = layouts.result(kind)
    operands = [_sequence(layouts, kind, "a"), _sequence(layouts, kind, "b")]
    return function(_named(layouts, "concat", kind), result, [*parameters, *operands], body, escapes=True)


def _slice(layouts: Layouts, kind: SeqType) -> Definition:
    body = """
int64_t length = sequence->length;
if (low < 0) low = low + length < 0 ? 0 : low + length;
if (high < 0) high += length;
if (high > length) high = length;
out->length = 0;
for (int64_t i = low; i < high; i++) out->item[out->length++] = sequence->item[i];"""
    result, parameters = layouts.result(kind)
    operands = [_sequence(layouts, kind), "int64_t low", "int64_t high"]
    return function(_named(layouts, "slice", kind), result, [*parameters, *operands], body)


# -- maps -----------------------------------------------------------------------------------------


def _slot(layouts: Layouts, kind: MapType) -> Definition:
    rank = ranked(layouts, kind.key, layouts.place(kind.key, "key"))
    parameter = [layouts.parameter(kind.key, "key")]
    layouts.keys(kind)
    if always_inside(layouts, kind.key):
        return function(_named(layouts, "slot", kind), "int", parameter, f"return {rank};")
    body = f"int rank = {rank};\nif (rank < 0) escape(w);\nreturn rank;"
    return function(_named(layouts, "slot", kind), "int", parameter, body, escapes=True)


def _has_key(layouts: Layouts, kind: MapType) -> Definition:
    rank = ranked(layouts, kind.key, layouts.place(kind.key, "key"))
    layouts.keys(kind)
    parameters = [layouts.parameter(kind, "map"), layouts.parameter(kind.key, "key")]
    test = "true" if always_inside(layouts, kind.key) else f"{rank} >= 0"
    body = f"(void)map, (void)key;\nreturn {test};"
    return function(_named(layouts, "has", kind), "bool", parameters, body)


ROWS: Rows = {
    ("empty", "sequence"): _empty,
    ("has", "sequence"): _has,
    ("append", "sequence"): _append,
    ("at", "sequence"): _at,
    ("concat", "sequence"): _concat,
    ("slice", "sequence"): _slice,
    ("slot", "map"): _slot,
    ("has", "map"): _has_key,
}
