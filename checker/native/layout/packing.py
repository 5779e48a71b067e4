"""Packing in C: a value as bits at fixed places, and back, for each representation.

The widths are those of `widths`; the same bits in Python are those of `codec`.  Only values within their
bounds are packed; `bounds` has looked first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from checker.lang.types import BagType, FiniteType, MapType, SeqType, SetType, UnionType
from checker.native.layout.canonical import canonical_options
from checker.native.layout.comparing import alternative, members_of
from checker.native.layout.function import Definition, Rows, block, cases
from checker.native.layout.packer import Offset, Packer, grouped
from checker.native.layout.ranks import ranked, unranked
from checker.native.layout.shapes import WORD
from checker.native.layout.structs import words

if TYPE_CHECKING:
    from checker.native.layout.layouts import Layouts


# -- aggregates -----------------------------------------------------------------------------------


def _field_offsets(layouts: Layouts, kind: FiniteType) -> list[tuple[str, FiniteType, Offset]]:
    at, found = 0, []
    for name, inner in members_of(layouts, kind):
        found.append((name, inner, Offset(at)))
        at += layouts.widths.of(inner)
    return found


def _pack_fields(layouts: Layouts, kind: FiniteType) -> Definition:
    p = Packer(layouts, kind)
    rows = _field_offsets(layouts, kind)
    return p.packing([p.put(inner, f"value->{name}", offset) for name, inner, offset in rows])


def _unpack_fields(layouts: Layouts, kind: FiniteType) -> Definition:
    p = Packer(layouts, kind)
    rows = _field_offsets(layouts, kind)
    return p.unpacking([p.take(inner, f"out->{name}", offset) for name, inner, offset in rows])


def _pack_union(layouts: Layouts, kind: UnionType) -> Definition:
    p, width, rows = Packer(layouts, kind), layouts.widths.tag(kind), []
    for number, option in enumerate(canonical_options(kind)):
        member = alternative(layouts, option)
        lines = [p.put_code(f"UINT64_C({number})", width, Offset(0))] if number else []
        lines += [p.put(option, f"value->{member}", Offset(width))] if member else []
        rows.append((layouts.tag(option), "\n".join([*filter(None, lines), "break;"])))
    return p.packing([cases("value->tag", rows)])


def _unpack_union(layouts: Layouts, kind: UnionType) -> Definition:
    p, width, rows = Packer(layouts, kind), layouts.widths.tag(kind), []
    options = canonical_options(kind)
    for number, option in enumerate(options):
        member = alternative(layouts, option)
        lines = [f"out->tag = {layouts.tag(option)};"]
        lines += [p.take(option, f"out->{member}", Offset(width))] if member else []
        label = "default" if number == len(options) - 1 else str(number)
        rows.append((label, "\n".join([*lines, "break;"])))
    switch = cases(p.take_code(width, Offset(0)), rows).replace("case default:", "default:")
    return p.unpacking([switch])


def _loop(count: str, statement: str) -> str:
    return block(f"for (int i = 0; i < {count}; i++)", statement) if statement else ""


def _pack_items(layouts: Layouts, kind: SeqType | SetType) -> Definition:
    p, length = Packer(layouts, kind), layouts.widths.length(kind)
    each = Offset(length, layouts.widths.of(kind.item))
    return p.packing(
        [
            p.put_code("(uint64_t)value->length", length, Offset(0)),
            _loop("value->length", p.put(kind.item, "value->item[i]", each))
            if layouts.widths.most(kind)
            else "",
        ]
    )


def _unpack_items(layouts: Layouts, kind: SeqType | SetType) -> Definition:
    p, length = Packer(layouts, kind), layouts.widths.length(kind)
    each = Offset(length, layouts.widths.of(kind.item))
    return p.unpacking(
        [
            f"out->length = (int32_t){grouped(p.take_code(length, Offset(0)))};",
            _loop("out->length", p.take(kind.item, "out->item[i]", each))
            if layouts.widths.most(kind)
            else "",
        ]
    )


def _pack_map(layouts: Layouts, kind: MapType) -> Definition:
    p, each = Packer(layouts, kind), Offset(0, layouts.widths.of(kind.value))
    keys = layouts.keys(kind)
    return p.packing([_loop(str(keys), p.put(kind.value, "value->at[i]", each)) if keys else ""])


def _unpack_map(layouts: Layouts, kind: MapType) -> Definition:
    p, each = Packer(layouts, kind), Offset(0, layouts.widths.of(kind.value))
    keys = layouts.keys(kind)
    return p.unpacking([_loop(str(keys), p.take(kind.value, "out->at[i]", each)) if keys else ""])


# -- bit sets -------------------------------------------------------------------------------------


def _pieces(layouts: Layouts, kind: SetType) -> list[tuple[str, int, Offset]]:
    """The words of a bit set of several words, with the width and place of each."""
    count, total = words(layouts, kind), layouts.widths.of(kind)
    return [(f"bits[{n}]", min(WORD, total - WORD * n), Offset(WORD * n)) for n in range(count)]


def _pack_bits(layouts: Layouts, kind: SetType) -> Definition:
    p = Packer(layouts, kind)
    if layouts.widths.is_listed(kind):
        return _pack_listed(layouts, kind)
    if layouts.is_scalar(kind):
        return p.packing([p.put_code("value", p.width, Offset(0))])
    return p.packing([p.put_code(f"value->{name}", n, at) for name, n, at in _pieces(layouts, kind)])


def _unpack_bits(layouts: Layouts, kind: SetType) -> Definition:
    p = Packer(layouts, kind)
    if layouts.widths.is_listed(kind):
        return _unpack_listed(layouts, kind)
    if layouts.is_scalar(kind):
        return p.unpacking([f"return {p.take_code(p.width, Offset(0))};"])
    return p.unpacking([f"out->{name} = {p.take_code(n, at)};" for name, n, at in _pieces(layouts, kind)])


def _pack_listed(layouts: Layouts, kind: SetType) -> Definition:
    """A bit set with a small capacity: how many, then the rank of each."""
    p, length = Packer(layouts, kind), layouts.widths.length(kind)
    scalar = layouts.is_scalar(kind)
    rank = "__builtin_ctzll(left)" if scalar else "(n * 64 + __builtin_ctzll(left))"
    each = Offset(length, layouts.widths.listed_item(kind), "place")
    inner = [
        p.put_code(f"(uint64_t){rank}", each.stride, each),
        "place++;",
    ]
    source = "value" if scalar else "value->bits[n]"
    members = block(f"for (uint64_t left = {source}; left; left &= left - 1)", [x for x in inner if x])
    if not scalar:
        members = block(f"for (int n = 0; n < {words(layouts, kind)}; n++)", members)
    return p.packing(["unsigned place = 0;", members, p.put_code("(uint64_t)place", length, Offset(0))])


def _unpack_listed(layouts: Layouts, kind: SetType) -> Definition:
    p, length = Packer(layouts, kind), layouts.widths.length(kind)
    each = Offset(length, layouts.widths.listed_item(kind))
    scalar = layouts.is_scalar(kind)
    rank = p.take_code(each.stride, each)
    count = f"(int){grouped(p.take_code(length, Offset(0)))}"
    if scalar:
        loop = _loop("length", f"set |= UINT64_C(1) << {grouped(rank)};")
        return p.unpacking([f"int length = {count};", "uint64_t set = 0;", loop, "return set;"])
    add = f"uint64_t rank = {rank};\nout->bits[rank / 64] |= UINT64_C(1) << rank % 64;"
    clear = f"{layouts.call('empty', kind, 'out')};"
    return p.unpacking([f"int length = {count};", clear, _loop("length", add)])


# -- bags -----------------------------------------------------------------------------------------


def _pack_bag(layouts: Layouts, kind: BagType) -> Definition:
    p, widths = Packer(layouts, kind), layouts.widths
    if widths.is_counted(kind):
        rank = ranked(layouts, kind.item, "value->entry[i].item")
        each = Offset(0, widths.count(kind), "(unsigned)rank")
        put = p.put_code("(uint64_t)value->entry[i].count", widths.count(kind), each)
        return p.packing([_loop("value->length", f"int rank = {rank};\n{put}" if put else "")])
    length, item = widths.length(kind), widths.of(kind.item)
    if not widths.most(kind):
        return p.packing([])
    stride = item + widths.count(kind)
    lines = [
        p.put(kind.item, "value->entry[i].item", Offset(length, stride)),
        p.put_code(
            "(uint64_t)(value->entry[i].count - 1)", widths.count(kind), Offset(length + item, stride)
        ),
    ]
    loop = _loop("value->length", "\n".join(filter(None, lines)))
    return p.packing([p.put_code("(uint64_t)value->length", length, Offset(0)), loop])


def _unpack_bag(layouts: Layouts, kind: BagType) -> Definition:
    p, widths = Packer(layouts, kind), layouts.widths
    if widths.is_counted(kind):
        return _unpack_counted(layouts, kind, p)
    length, item = widths.length(kind), widths.of(kind.item)
    if not widths.most(kind):
        return p.unpacking(["out->length = 0;"])
    stride = item + widths.count(kind)
    count = grouped(p.take_code(widths.count(kind), Offset(length + item, stride)))
    lines = [
        p.take(kind.item, "out->entry[i].item", Offset(length, stride)),
        f"out->entry[i].count = (int32_t){count} + 1;",
    ]
    loop = _loop("out->length", "\n".join(filter(None, lines)))
    return p.unpacking([f"out->length = (int32_t){grouped(p.take_code(length, Offset(0)))};", loop])


def _unpack_counted(layouts: Layouts, kind: BagType, p: Packer) -> Definition:
    width, possible = layouts.widths.count(kind), layouts.universe(kind.item)
    if not width or not possible:
        return p.unpacking(["out->length = 0;"])
    star = "" if layouts.is_scalar(kind.item) else "*"
    body = [
        f"int32_t count = (int32_t){grouped(p.take_code(width, Offset(0, width)))};",
        "if (count == 0) continue;",
        f"out->entry[out->length].item = {star}{unranked(layouts, kind.item, 'i')};",
        "out->entry[out->length++].count = count;",
    ]
    return p.unpacking(["out->length = 0;", _loop(str(possible), "\n".join(body))])


_PAIRS: dict[str, tuple[Callable[..., Definition], Callable[..., Definition]]] = {
    "record": (_pack_fields, _unpack_fields),
    "tuple": (_pack_fields, _unpack_fields),
    "union": (_pack_union, _unpack_union),
    "sequence": (_pack_items, _unpack_items),
    "array": (_pack_items, _unpack_items),
    "bits": (_pack_bits, _unpack_bits),
    "words": (_pack_bits, _unpack_bits),
    "map": (_pack_map, _unpack_map),
    "bag": (_pack_bag, _unpack_bag),
}

ROWS: Rows = {
    **{(name, held): pair[0] for held, pair in _PAIRS.items() for name in ("code", "pack")},
    **{(name, held): pair[1] for held, pair in _PAIRS.items() for name in ("decode", "unpack")},
}
