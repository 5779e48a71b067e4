"""All subsets of a set: a mask counts through them.

A set of more than 63 members has too many subsets to look at; the host is left to find that out.
"""

from __future__ import annotations

from collections.abc import Callable

from checker.ir.nodes import Expr, Subsets
from checker.lang.types import BagType, FiniteType, MapType, SeqType, SetType
from checker.native.emit import building, loops, ranges
from checker.native.emit.body import Body
from checker.native.emit.value import Value, at_pointer


def each_subset(
    body: Body, name: str, base: Expr, kind: SetType, inside: Callable[[], None], size: Expr | None = None
) -> None:
    """The loop in which `name` takes each subset of a collection's members, as a set of a type."""
    wanted = body.named(body.value(size), "wanted") if size is not None else None
    if wanted is not None:
        body.escape_unless(f"{wanted.text} >= 0")
    members, count = _members(body, name, base)
    mask = body.names.fresh(f"{name}_mask")

    def with_mask() -> None:
        if wanted is not None:
            body.write(f"if (__builtin_popcountll({mask}) != {wanted.text}) continue;")
        place = body.variable(kind, name)
        building.empty(body, place)
        loops.counted(body, "place", "0", count, lambda number: _take(body, place, members, mask, number))
        body.known[name] = place
        inside()

    loops.loop(body, f"uint64_t {mask} = 0; {mask} < UINT64_C(1) << {count}; {mask}++", with_mask)


def _take(body: Body, place: Value, members: tuple[str, FiniteType], mask: str, number: str) -> None:
    array, kind = members
    scalar = body.types.is_scalar(kind)
    item = Value(f"{array}[{number}]", kind) if scalar else at_pointer(f"{array}[{number}]", kind)
    with body.writer.block(f"if ({mask} >> {number} & 1)"):
        building.add(body, place, item)


def _members(body: Body, name: str, base: Expr) -> tuple[tuple[str, FiniteType], str]:
    """The members as an array of values or pointers, and how many there are."""
    kind = item_type(base.type)
    domain = _as_set(body, name, body.named(body.value(base), f"{name}_base"))
    count = body.names.fresh(f"{name}_members")
    array = body.names.fresh(f"{name}_member")
    pointer = "" if body.types.is_scalar(kind) else "const "
    star = "" if body.types.is_scalar(kind) else "*"
    body.write(f"{pointer}{body.types.name(kind)} {star}{array}[63];")
    body.write(f"int {count} = 0;")

    def collect() -> None:
        value = body.known["member"]
        body.write(f"if ({count} == 63) {body.escape()}")
        text = value.text if body.types.is_scalar(kind) else value.address
        body.write(f"{array}[{count}++] = {text};")

    ranges.over_value(body, "member", domain, collect)
    return (array, kind), count


def _as_set(body: Body, name: str, items: Value) -> Value:
    """The set of the items of a sequence, where one may come twice; other collections as they are."""
    if not isinstance(items.type, SeqType):
        return items
    place = body.variable(SetType(items.type.item), f"{name}_set")
    building.empty(body, place)
    ranges.over_value(body, "item", items, lambda: building.add(body, place, body.known["item"]))
    return place


def item_type(kind: FiniteType) -> FiniteType:
    """The type of what a collection holds; of a map, its keys."""
    if isinstance(kind, MapType):
        return kind.key
    assert isinstance(kind, SetType | SeqType | BagType)
    return kind.item


def subsets_into(body: Body, node: Subsets, place: Value) -> None:
    """The set of all subsets, where it must exist as such."""
    assert isinstance(node.type, SetType)
    assert isinstance(node.type.item, SetType)
    building.empty(body, place)
    each_subset(
        body,
        "chosen",
        node.base,
        node.type.item,
        lambda: building.add(body, place, body.known["chosen"]),
        node.size,
    )
