"""The C types themselves: one maker for each representation that is not built into C."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import indent
from typing import TYPE_CHECKING, Any

from checker.lang.types import (
    BagType,
    EnumType,
    MapType,
    NoneType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    UnionType,
)
from checker.native.layout.canonical import canonical_options
from checker.native.layout.function import Definition, wrapped
from checker.native.layout.names import constant
from checker.native.layout.shapes import WORD

if TYPE_CHECKING:
    from checker.native.layout.layouts import Layouts


def struct(name: str, members: list[str], comment: str = "") -> Definition:
    """A struct with its name as a type."""
    body = "".join(f"    {member};\n" for member in members)
    return Definition(name, f"{comment}typedef struct {name} {{\n{body}}} {name};\n")


def _enum(layouts: Layouts, kind: EnumType, name: str) -> Definition:
    width = 8 if len(kind.cls) <= 256 else 16
    members = [
        layouts.names.name(("constant", kind, member.name), constant(name, member.name))
        for member in kind.cls
    ]
    listed = f"enum {{\n{indent(wrapped(members), '    ')}\n}};\n" if members else ""
    return Definition(name, f"typedef uint{width}_t {name};\n{listed}")


def _sort(layouts: Layouts, kind: SortType, name: str) -> Definition:
    width = 8 if kind.size <= 256 else 16 if kind.size <= 65536 else 32
    return Definition(
        name, f"typedef uint{width}_t {name};\nenum {{ {name.upper()}_COUNT = {kind.size} }};\n"
    )


def _none(layouts: Layouts, kind: NoneType, name: str) -> Definition:
    return Definition(name, f"typedef uint8_t {name};\n")


def _codes(layouts: Layouts, kind: UnionType, name: str) -> Definition:
    options = ", then ".join(layouts.label(option) for option in canonical_options(kind))
    return Definition(name, f"typedef uint8_t {name};    /* numbered through: {options or 'nothing'} */\n")


def _union(layouts: Layouts, kind: UnionType, name: str) -> Definition:
    options = canonical_options(kind)
    for option in options:
        layouts.tag(option)
    held = [f"{layouts.storage(o)} {layouts.member(o)}" for o in options if not isinstance(o, NoneType)]
    inner = "".join(f"        {member};\n" for member in held)
    return struct(name, ["uint8_t tag", f"union {{\n{inner}    }} as"])


def _record(layouts: Layouts, kind: RecordType, name: str) -> Definition:
    fields = [f"{layouts.storage(inner)} {layouts.field(kind, field)}" for field, inner in kind.fields]
    return struct(name, fields)


def _tuple(layouts: Layouts, kind: TupleType, name: str) -> Definition:
    return struct(name, [f"{layouts.storage(item)} item_{n}" for n, item in enumerate(kind.items)])


def _array(layouts: Layouts, kind: SeqType | SetType, name: str) -> Definition:
    return struct(
        name, ["int32_t length", f"{layouts.storage(kind.item)} item[{layouts.capacity(kind) or 1}]"]
    )


def _bits(layouts: Layouts, kind: SetType, name: str) -> Definition:
    return Definition(
        name, f"typedef uint64_t {name};    /* a bit for each of {layouts.universe(kind.item)} */\n"
    )


def _words(layouts: Layouts, kind: SetType, name: str) -> Definition:
    return struct(name, [f"uint64_t bits[{words(layouts, kind)}]"])


def words(layouts: Layouts, kind: SetType) -> int:
    """How many words a bit set takes."""
    return -(-layouts.universe(kind.item) // WORD)


def _map(layouts: Layouts, kind: MapType, name: str) -> Definition:
    return struct(name, [f"{layouts.storage(kind.value)} at[{layouts.keys(kind) or 1}]"])


def _bag(layouts: Layouts, kind: BagType, name: str) -> Definition:
    item = layouts.storage(kind.item)
    entry = f"struct {{\n        {item} item;\n        int32_t count;\n    }} entry[{layouts.capacity(kind) or 1}]"
    return struct(name, ["int32_t length", entry])


STRUCTS: dict[str, Callable[[Layouts, Any, str], Definition]] = {
    "enum": _enum,
    "sort": _sort,
    "none": _none,
    "codes": _codes,
    "union": _union,
    "record": _record,
    "tuple": _tuple,
    "sequence": _array,
    "array": _array,
    "bits": _bits,
    "words": _words,
    "map": _map,
    "bag": _bag,
}
"""One row for each representation but truth values and integers, which C has."""
