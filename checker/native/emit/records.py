"""Records, unions and changes of type in C.

An update copies the record once and then writes what changed; what a change leaves of the old value
of a field (a map but for one key, a set and one member more) is not written again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.ir.nodes import (
    As,
    BagAdd,
    BagRemove,
    Coerce,
    Concat,
    Expr,
    Field,
    Get,
    If,
    Is,
    Item,
    Let,
    Local,
    MakeRecord,
    MakeSeq,
    MakeSet,
    MakeTuple,
    Put,
    SetOperation,
    Update,
)
from checker.ir.typing import same
from checker.lang.types import FiniteType, NoneType, RecordType, TupleType, UnionType
from checker.native.emit.body import Body
from checker.native.emit.truth import as_option
from checker.native.emit.value import Value, negated
from checker.native.emit.widening import widened

LONGEST_INITIALISER = 80


def _record_at_once(body: Body, node: MakeRecord) -> Value:
    """A small record as a compound literal; otherwise a variable that is filled field by field."""
    hint = body.hint
    before = body.names.copy(), body.escapes
    with body.writer.aside() as lines:
        text = _initialiser(body, node)
    if text is not None and not lines and len(text) <= LONGEST_INITIALISER:
        return Value(f"({body.types.name(node.type)}){text}", node.type)
    body.names, body.escapes = before
    place = body.variable(node.type, hint)
    _make_record(body, node, place)
    return place


def _initialiser(body: Body, node: Expr) -> str | None:
    """The node as an initialiser, unless it needs more than an expression."""
    kind = node.type
    if isinstance(node, MakeRecord) and isinstance(kind, RecordType):
        fields = [
            (f".{body.types.layouts.field(kind, name)}", _initialiser_of(body, value, inner))
            for (name, inner), value in zip(kind.fields, node.values, strict=True)
        ]
        return None if any(text is None for _, text in fields) else _braces(fields)
    opened = as_option(node)
    if opened is not None and not body.types.is_scalar(kind):
        option, inside = opened
        tag = (".tag", body.types.layouts.tag(option))
        if isinstance(option, NoneType):
            return _braces([tag])
        text = _initialiser_of(body, inside, option)
        return text and _braces([tag, (f".as.{body.types.layouts.member(option)}", text)])
    return None


def _braces(fields: list[tuple[str, str | None]]) -> str:
    return "{ " + ", ".join(f"{name} = {text}" for name, text in fields) + " }"


def _initialiser_of(body: Body, node: Expr, kind: FiniteType) -> str | None:
    if body.types.is_scalar(kind):
        return body.narrowed(body.value(node), kind)
    made = _initialiser(body, node)
    if made is not None or not isinstance(node, Local | Field | Get | As):
        return made
    value = body.materialised(body.value(node))
    return f"*{value.pointer}" if value.pointer else value.text


def _make_record(body: Body, node: MakeRecord, place: Value) -> None:
    assert isinstance(node.type, RecordType)
    for (name, _), value in zip(node.type.fields, node.values, strict=True):
        body.into(value, body.types.field(place, name), stored=True)


def _field(body: Body, node: Field) -> Value:
    return body.types.field(body.materialised(body.value(node.record)), node.name)


def _update(body: Body, node: Update, place: Value) -> None:
    body.into(node.record, place)
    change(body, node, node.record, place)


def change(body: Body, node: Expr, base: Expr, place: Value, *, stored: bool = False) -> None:
    """Write the value of a node to a place that holds the value of `base` already."""
    if node == base:
        return
    row = CHANGES.get(type(node))
    branches_for_scalars = isinstance(node, If) and body.types.is_scalar(node.type)
    if row is None or branches_for_scalars or not row(body, node, base, place):
        body.into(node, place, stored=stored)


def _change_fields(body: Body, node: Update, base: Expr, place: Value) -> bool:
    if node.record != base:
        return False
    assert isinstance(node.type, RecordType)
    kinds = dict(node.type.fields)
    for name, value in node.changes:
        old = Field(base, name, type=kinds[name])
        change(body, value, old, body.types.field(place, name), stored=True)
    return True


def _change_branches(body: Body, node: If, base: Expr, place: Value) -> bool:
    test = body.value(node.test)
    with body.assuming(node.test, True):
        then = body.written(lambda: change(body, node.then, base, place, stored=True))
    with body.assuming(node.test, False):
        other = body.written(lambda: change(body, node.other, base, place, stored=True))
    if then:
        body.writer.branches(test.text, then, other)
    elif other:
        body.writer.branches(negated(test).text, other, [])
    return True


def _change_after_let(body: Body, node: Let, base: Expr, place: Value) -> bool:
    body.bound(node.name, node.value)
    change(body, node.body, base, place, stored=True)
    return True


def _change_at_key(body: Body, node: Put, base: Expr, place: Value) -> bool:
    if node.map != base:
        return False
    slot = body.types.slot(body, place, body.value(node.key))
    old = Get(base, node.key, type=node.value.type)
    change(body, node.value, old, slot, stored=True)
    return True


def _change_members(body: Body, node: SetOperation, base: Expr, place: Value) -> bool:
    """One member more or less of the same set."""
    operation = {"|": "add", "-": "remove"}.get(node.operator)
    if node.left != base or not isinstance(node.right, MakeSet) or operation is None:
        return False
    for item in node.right.items:
        text = body.types.argument(body, body.value(item))
        body.write(body.operation(operation, (node.type,), place.address, text) + ";")
    return True


def _change_copies(body: Body, node: BagAdd | BagRemove, base: Expr, place: Value) -> bool:
    if node.bag != base:
        return False
    item = body.types.argument(body, body.value(node.item))
    copies = body.value(node.copies).text
    name = "put" if isinstance(node, BagAdd) else "take"
    body.write(body.operation(name, (node.type,), place.address, item, copies) + ";")
    return True


def _change_by_appending(body: Body, node: Concat, base: Expr, place: Value) -> bool:
    if node.parts[0] != base or not all(isinstance(part, MakeSeq) for part in node.parts[1:]):
        return False
    for part in node.parts[1:]:
        assert isinstance(part, MakeSeq)
        for item in part.items:
            text = body.types.argument(body, body.value(item))
            body.write(body.operation("append", (node.type,), place.address, text) + ";")
    return True


CHANGES: dict[type[Any], Callable[[Body, Any, Expr, Value], bool]] = {
    Update: _change_fields,
    If: _change_branches,
    Let: _change_after_let,
    Put: _change_at_key,
    SetOperation: _change_members,
    BagAdd: _change_copies,
    BagRemove: _change_copies,
    Concat: _change_by_appending,
}
"""Nodes that keep most of one operand: they can change it where it lies, if that is the base."""


def _is(body: Body, node: Is) -> Value:
    return body.types.is_option(body, body.value(node.value), node.option)


def as_(body: Body, node: As) -> Value:
    """The option of a union; without a check where a test before has decided it."""
    value = body.value(node.value)
    if body.is_known(node.value, node.type):
        return body.types.as_option(body, value, node.type)
    return body.types.checked_option(body, value, node.type)


def _coerce(body: Body, node: Coerce) -> Value:
    if same(node.value.type, node.type):
        return body.value(node.value).typed(node.type)
    if not body.types.is_scalar(node.type):
        return _coerced_at_once(body, node)
    value = body.types.argument(body, body.value(node.value))
    return Value(body.operation("coerce", (node.value.type, node.type), value), node.type)


def _coerced_at_once(body: Body, node: Coerce) -> Value:
    hint = body.hint
    before = body.names.copy(), body.escapes
    with body.writer.aside() as lines:
        text = _initialiser(body, node)
    if text is not None and not lines and len(text) <= LONGEST_INITIALISER:
        return Value(f"({body.types.name(node.type)}){text}", node.type)
    body.names, body.escapes = before
    place = body.variable(node.type, hint)
    coerce_into(body, node, place)
    return place


def coerce_into(body: Body, node: Coerce, place: Value) -> None:
    """An option is built where it belongs in the union; everything else is converted as a whole."""
    union = node.type
    if same(node.value.type, union):
        body.into(node.value, place.typed(node.value.type))
    elif isinstance(union, UnionType) and node.value.type in union.options:
        inner = body.types.begin_option(body, place, node.value.type)
        if inner is not None:
            body.into(node.value, inner, stored=True)
    elif (made_so := made_wider(body, node)) is not None:
        body.into(made_so, place)
    else:
        value = body.types.argument(body, body.value(node.value))
        body.write(body.operation("coerce", (node.value.type, union), place.address, value) + ";")


def made_wider(body: Body, node: Coerce) -> Expr | None:
    """A set in an array is built for the wider type at once; a set of bits is cheap to convert."""
    return widened(node) if body.types.representation(node.value.type) == "array" else None


def _make_tuple(body: Body, node: MakeTuple, place: Value) -> None:
    for number, item in enumerate(node.items):
        body.into(item, body.types.item(place, number), stored=True)


def tuple_of_parts(body: Body, node: MakeTuple) -> Value:
    """A tuple that may never be needed as one object."""
    return Value("", node.type, parts=tuple(body.named(body.value(item), "item") for item in node.items))


def _item(body: Body, node: Item) -> Value:
    value = body.value(node.tuple)
    assert isinstance(node.tuple.type, TupleType)
    return value.parts[node.place] if value.parts else body.types.item(value, node.place)


VALUES: dict[type[Any], Callable[[Body, Any], Value]] = {
    MakeRecord: _record_at_once,
    Field: _field,
    Is: _is,
    As: as_,
    Coerce: _coerce,
    MakeTuple: tuple_of_parts,
    Item: _item,
}
BUILDS: dict[type[Any], Callable[[Body, Any, Value], None]] = {
    MakeRecord: _make_record,
    Update: _update,
    Coerce: coerce_into,
    MakeTuple: _make_tuple,
}
