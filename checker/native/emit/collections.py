"""Operations on sequences, sets, maps and bags in C.

Most are one operation of the layout: a row says which, on which types, with which operands; where the
result is a scalar (a number, a truth value, a set that fits one word) it is an expression, otherwise
it is written to its place.  What is nearly always small is spelled out: membership in a display, a
range or all items of a type is a comparison, never a collection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.ir.nodes import (
    BOOL,
    INT,
    BagAdd,
    BagIncluded,
    BagOperation,
    BagRemove,
    Concat,
    CountOf,
    Enumerate,
    Equal,
    Every,
    Expr,
    Fill,
    Get,
    Index,
    Keys,
    Length,
    Literal,
    Local,
    MakeSeq,
    MakeSet,
    Member,
    Or,
    Put,
    Range,
    SetOperation,
    Slice,
    Subset,
    Subsets,
    Support,
    Total,
    Zip,
)
from checker.ir.typing import same
from checker.lang.types import FiniteType, MapType, SeqType, SetType
from checker.native.emit import loops, ranges, records, set_operations, subsets
from checker.native.emit import value as v
from checker.native.emit.body import Body
from checker.native.emit.building import add, append, empty
from checker.native.emit.value import Value, at_pointer

Asked = tuple[str, tuple[FiniteType, ...], tuple[str, ...]]
"""An operation of the layout, the types it is asked for, and its operands in C."""


def _operands(body: Body, *nodes: Expr) -> tuple[str, ...]:
    return tuple(body.types.argument(body, body.value(node)) for node in nodes)


def _concat(body: Body, node: Concat, place: Value) -> None:
    """The first part, and the others appended to it."""
    first, *rest = node.parts
    body.into(first, place)
    for part in rest:
        if isinstance(part, MakeSeq):
            _append(body, place, part)
        else:
            ranges.each(body, "item", part, lambda: _append_known(body, place), ordered=True)


def _append(body: Body, place: Value, display: MakeSeq) -> None:
    for item in display.items:
        append(body, place, body.value(item))


def _append_known(body: Body, place: Value) -> None:
    append(body, place, body.known["item"])


def _make_seq(body: Body, node: MakeSeq, place: Value) -> None:
    empty(body, place)
    _append(body, place, node)


def _make_set(body: Body, node: MakeSet, place: Value) -> None:
    empty(body, place)
    for item in node.items:
        add(body, place, body.value(item))


def _sequence_of(body: Body, node: Range | Zip | Enumerate, place: Value) -> None:
    """A sequence that is usually only ranged over, as one that exists."""
    empty(body, place)
    ranges.each(body, "item", node, lambda: _append_known(body, place), ordered=True)


def _fill(body: Body, node: Fill, place: Value) -> None:
    assert isinstance(node.type, MapType)
    value = body.value(node.value)
    value = body.named(value, "value") if not value.parts else body.materialised(value)

    def at(slot: str) -> None:
        body.store(value, body.types.at_slot(place, slot))

    loops.counted(body, "slot", "0", str(body.types.size(node.type.key)), at)


def _put(body: Body, node: Put, place: Value) -> None:
    body.into(node.map, place)
    records.change(body, node, node.map, place)


def _changed_bag(body: Body, node: BagAdd | BagRemove, place: Value) -> None:
    body.into(node.bag, place)
    records.change(body, node, node.bag, place)


def _index(body: Body, node: Index) -> Value:
    sequence = body.materialised(body.value(node.sequence))
    where = body.value(node.index)
    assert isinstance(sequence.type, SeqType)
    pointer = body.operation("at", (sequence.type,), sequence.address, where.text)
    if body.types.is_scalar(node.type):
        return body.types.stored(f"*{pointer}", sequence.type.item).typed(node.type)
    return at_pointer(pointer, node.type)


def _get(body: Body, node: Get) -> Value:
    values = body.value(node.map)
    return body.types.slot(body, values, body.value(node.key))


def _slice(body: Body, node: Slice) -> Asked:
    sequence = _operands(body, node.sequence)
    low = body.value(node.low).text if node.low is not None else "0"
    high = body.value(node.high).text if node.high is not None else "INT64_MAX"
    return "slice", (node.type,), (*sequence, low, high)


def _length(body: Body, node: Length) -> Value:
    kind = node.collection.type
    if isinstance(kind, MapType):
        body.value(node.collection)
        return v.number(body.types.size(kind.key), INT)
    if isinstance(node.collection, Every):
        assert isinstance(kind, SetType)
        return v.number(body.types.size(kind.item), INT)
    value = body.materialised(body.value(node.collection))
    if isinstance(kind, SetType):
        most = body.types.most(kind)
        return Value(body.operation("size", (kind,), body.types.argument(body, value)), INT, low=0, high=most)
    return body.types.length(value)


# -- membership -----------------------------------------------------------------------------------


def _member(body: Body, node: Member) -> Value:
    row = _MEMBERS.get(type(node.collection))
    if row is not None:
        found = row(body, node)
        if found is not None:
            return found
    collection = body.value(node.collection)
    item = body.types.argument(body, body.value(node.item))
    values = body.types.argument(body, collection)
    return Value(body.operation("has", (collection.type,), values, item), BOOL)


def _in_display(body: Body, node: Member) -> Value | None:
    assert isinstance(node.collection, MakeSet | MakeSeq)
    items = node.collection.items
    if not items or any(not same(item.type, node.item.type) for item in items):
        return None
    if not isinstance(node.item, Local):
        name = body.names.fresh("item")
        body.bound(name, node.item)
        node = Member(Local(name, type=node.item.type), node.collection, type=BOOL)
    tests = tuple(Equal(node.item, item, type=BOOL) for item in items)
    return body.value(tests[0] if len(tests) == 1 else Or(tests, type=BOOL))


def _in_literal(body: Body, node: Member) -> Value | None:
    """A few known items are compared with one by one."""
    kind = node.collection.type
    assert isinstance(node.collection, Literal)
    if not isinstance(kind, SetType | SeqType) or len(node.collection.value) not in (1, 2, 3, 4):
        return None
    values = sorted(node.collection.value, key=body.types.canonical)
    items = tuple(Literal(value, type=kind.item, at=node.at) for value in values)
    return _in_display(body, Member(node.item, MakeSet(items, type=kind), type=BOOL))


def _in_range(body: Body, node: Member) -> Value | None:
    assert isinstance(node.collection, Range)
    if node.collection.step != 1:
        return None
    item = body.named(body.value(node.item), "item")
    low, high = body.value(node.collection.low), body.value(node.collection.high)
    text = f"{low.within(v.SHIFT)} <= {item.text} && {item.text} < {high.within(v.SHIFT)}"
    return Value(text, BOOL, v.AND)


def _in_keys(body: Body, node: Member) -> Value | None:
    assert isinstance(node.collection, Keys)
    return _member(body, Member(node.item, node.collection.map, type=BOOL))


def _in_union(body: Body, node: Member) -> Value | None:
    """A member of either of two sets, which need not be combined."""
    assert isinstance(node.collection, SetOperation)
    if node.collection.operator != "|" or not isinstance(node.item, Local):
        return None
    sides = (node.collection.left, node.collection.right)
    if body.types.is_scalar(node.collection.type) or any(body.may_be_stuck(side) for side in sides):
        return None
    return body.value(Or(tuple(Member(node.item, side, type=BOOL) for side in sides), type=BOOL))


_MEMBERS: dict[type[Any], Callable[[Body, Any], Value | None]] = {
    MakeSet: _in_display,
    MakeSeq: _in_display,
    Literal: _in_literal,
    Range: _in_range,
    Keys: _in_keys,
    SetOperation: _in_union,
}
"""Collections that need not exist for the question whether something belongs to them."""


# -- sets and bags --------------------------------------------------------------------------------


def _subset(body: Body, node: Subset) -> Value:
    left, right = body.value(node.left), body.value(node.right)
    kind = node.left.type
    operands = [body.types.argument(body, left), body.types.argument(body, right)]
    inside = Value(body.operation("subset", (kind,), *operands), BOOL)
    if not node.strict:
        return inside
    other = body.operation("subset", (kind,), *reversed(operands))
    return Value(f"{inside.text} && !{other}", BOOL, v.AND)


def _bag_operation(body: Body, node: BagOperation) -> Asked:
    operation = "plus" if node.operator == "+" else "minus"
    return operation, (node.type,), _operands(body, node.left, node.right)


ASKED: dict[type[Any], Callable[[Body, Any], Asked]] = {
    Slice: _slice,
    Every: lambda body, node: ("every", (node.type,), ()),
    CountOf: lambda body, node: ("count", (node.bag.type,), _operands(body, node.bag, node.item)),
    BagOperation: _bag_operation,
    BagIncluded: lambda body, node: ("included", (node.left.type,), _operands(body, node.left, node.right)),
    Total: lambda body, node: ("total", (node.bag.type,), _operands(body, node.bag)),
    Support: lambda body, node: ("support", (node.bag.type,), _operands(body, node.bag)),
}
"""Nodes that are one operation of the layout."""


def asked(body: Body, node: Expr) -> Value:
    """A node of `ASKED` as a value."""
    hint = body.hint
    if not body.types.is_scalar(node.type):
        place = body.variable(node.type, hint)
        asked_into(body, node, place)
        return place
    operation, kinds, operands = ASKED[type(node)](body, node)
    low = 0 if isinstance(node, CountOf | Total) else v.INT64_LOW
    return Value(body.operation(operation, kinds, *operands), node.type, low=low)


def asked_into(body: Body, node: Expr, place: Value) -> None:
    """A node of `ASKED`, written to its place."""
    operation, kinds, operands = ASKED[type(node)](body, node)
    body.write(body.operation(operation, kinds, place.address, *operands) + ";")


def _keys_as_set(body: Body, node: Keys, place: Value) -> None:
    asked_into(body, Every(type=node.type), place)


def scalar_set(body: Body, node: Expr) -> Value:
    """A set that is built step by step, also where it is a single word."""
    place = body.variable(node.type, body.hint)
    BUILDS[type(node)](body, node, place)
    return place


def _keys(body: Body, node: Keys) -> Value:
    return asked(body, Every(type=node.type))


VALUES: dict[type[Any], Callable[[Body, Any], Value]] = {
    Index: _index,
    Get: _get,
    Length: _length,
    Member: _member,
    SetOperation: set_operations.set_operation,
    Subset: _subset,
    MakeSet: scalar_set,
    Subsets: scalar_set,
    Keys: _keys,
    **dict.fromkeys(ASKED, asked),
}
BUILDS: dict[type[Any], Callable[[Body, Any, Value], None]] = {
    MakeSeq: _make_seq,
    MakeSet: _make_set,
    Concat: _concat,
    Range: _sequence_of,
    Zip: _sequence_of,
    Enumerate: _sequence_of,
    Fill: _fill,
    Put: _put,
    BagAdd: _changed_bag,
    BagRemove: _changed_bag,
    SetOperation: set_operations.set_operation_into,
    Keys: _keys_as_set,
    Subsets: subsets.subsets_into,
    **dict.fromkeys(ASKED, asked_into),
}
