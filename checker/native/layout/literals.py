"""Values that are known as C constants: expressions for scalars, initialisers for aggregates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from checker.lang.errors import InternalError
from checker.lang.types import FiniteType, RecordType, UnionType
from checker.lang.values import number_of
from checker.native.layout.canonical import canonical_options, in_order, place_of_option
from checker.native.layout.comparing import alternative, members_of
from checker.native.layout.ranks import offsets
from checker.native.layout.shapes import WORD, universe
from checker.native.layout.structs import words

if TYPE_CHECKING:
    from checker.native.layout.layouts import Layouts


def literal(layouts: Layouts, kind: FiniteType, value: Any) -> str:
    """A value of a type, or one that only leaves its bounds, as C."""
    layouts.name(kind)
    return _ROWS[layouts.representation(kind)](layouts, kind, value)


def _int(layouts: Layouts, kind: Any, value: int) -> str:
    if not -(2**63) <= value < 2**63:
        raise InternalError(f"{value} does not fit 64 bits")
    if value == -(2**63):
        return "INT64_MIN"
    return str(value) if abs(value) < 2**31 else f"INT64_C({value})"


def _codes(layouts: Layouts, kind: UnionType, value: Any) -> str:
    place = place_of_option(kind, value)
    rank = universe(canonical_options(kind)[place]).index(value)
    return str(offsets(layouts, kind)[place] + rank)


def _union(layouts: Layouts, kind: UnionType, value: Any) -> str:
    option = canonical_options(kind)[place_of_option(kind, value)]
    tag, member = f".tag = {layouts.tag(option)}", alternative(layouts, option)
    return f"{{ {tag} }}" if member is None else f"{{ {tag}, .{member} = {literal(layouts, option, value)} }}"


def _record(layouts: Layouts, kind: RecordType, value: Any) -> str:
    fields = [
        f".{layouts.field(kind, name)} = {literal(layouts, inner, getattr(value, name))}"
        for name, inner in kind.fields
    ]
    return _braces(fields)


def _braces(items: list[str]) -> str:
    return f"{{ {', '.join(items)} }}" if items else "{}"


def _tuple(layouts: Layouts, kind: Any, value: Any) -> str:
    members = zip(members_of(layouts, kind), value, strict=True)
    return _braces([literal(layouts, inner, item) for (_, inner), item in members])


def _items(layouts: Layouts, kind: Any, value: Any) -> str:
    listed = value if isinstance(value, tuple) else in_order(kind.item, value)
    _fits(layouts, kind, len(listed))
    items = [literal(layouts, kind.item, item) for item in listed]
    return f"{{ .length = {len(items)}, .item = {_braces(items)} }}" if items else "{ .length = 0 }"


def _fits(layouts: Layouts, kind: Any, length: int) -> None:
    if length > layouts.capacity(kind):
        raise InternalError(f"a constant of {length} items has no room in {kind}")


def _mask(kind: Any, value: Any) -> int:
    places = {item: place for place, item in enumerate(universe(kind.item))}
    return sum(1 << places[item] for item in value)


def _bits(layouts: Layouts, kind: Any, value: Any) -> str:
    return set_of(layouts, kind, _mask(kind, value))


def set_of(layouts: Layouts, kind: Any, mask: int) -> str:
    """The bit set of the members with these ranks."""
    if layouts.representation(kind) == "bits":
        return word(mask)
    pieces = [mask >> WORD * n & 2**WORD - 1 for n in range(words(layouts, kind))]
    return f"{{ .bits = {{ {', '.join(map(word, pieces))} }} }}"


def word(value: int) -> str:
    """An unsigned number of up to 64 bits."""
    return str(value) if value < 2**31 else f"UINT64_C({value:#x})"


def _map(layouts: Layouts, kind: Any, value: Any) -> str:
    items = [literal(layouts, kind.value, value[key]) for key in universe(kind.key)]
    return f"{{ .at = {_braces(items)} }}"


def _bag(layouts: Layouts, kind: Any, value: Any) -> str:
    entries = [(item, value[item]) for item in in_order(kind.item, value)]
    _fits(layouts, kind, len(entries))
    listed = [f"{{ {literal(layouts, kind.item, item)}, {count} }}" for item, count in entries]
    return f"{{ .length = {len(listed)}, .entry = {_braces(listed)} }}" if listed else "{ .length = 0 }"


_ROWS: dict[str, Callable[[Layouts, Any, Any], str]] = {
    "bool": lambda layouts, kind, value: "true" if value else "false",
    "int": _int,
    "enum": lambda layouts, kind, value: layouts.constant(kind, value),
    "sort": lambda layouts, kind, value: str(number_of(value) - 1),
    "none": lambda layouts, kind, value: "0",
    "codes": _codes,
    "union": _union,
    "record": _record,
    "tuple": _tuple,
    "sequence": _items,
    "array": _items,
    "bits": _bits,
    "words": _bits,
    "map": _map,
    "bag": _bag,
}
"""One row for each representation."""
