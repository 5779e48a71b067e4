"""How values of each type are reached in C: the layout, seen from expressions.

It turns the layout's names and operations into `Value`s with what is known about them.  Knows
representations, and no nodes but the names of fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.ir.nodes import BOOL, INT
from checker.lang.types import (
    BagType,
    BoolType,
    EnumType,
    FiniteType,
    IntType,
    MapType,
    NoneType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    UnionType,
)
from checker.lang.values import order
from checker.native.emit import value as v
from checker.native.emit.value import Value
from checker.native.layout.layouts import Layouts
from checker.native.layout.names import snake
from checker.native.layout.shapes import storage_bits

if TYPE_CHECKING:
    from checker.native.emit.body import Body


class Access:
    """The types of one program, for the code that is made of its expressions."""

    boolean = BOOL
    canonical = staticmethod(order)

    def __init__(self, layouts: Layouts) -> None:
        self.layouts = layouts
        self.is_scalar = layouts.is_scalar
        self.name = layouts.name
        self.representation = layouts.representation
        self.operation = layouts.operation
        self.can_escape = layouts.can_escape
        self.size = layouts.universe

    def bits(self, kind: IntType) -> int:
        """How many bits an integer of this type has where it is stored."""
        return storage_bits(kind)

    def base_name(self, kind: FiniteType) -> str:
        """A name for a variable that has none in the spec."""
        wanted = BASE_NAMES.get(type(kind))
        return wanted or snake(self.name(kind))

    def most(self, kind: SetType) -> int:
        """More members than this no set of the type has in C."""
        return self.layouts.capacity(kind) if self.representation(kind) == "array" else self.size(kind.item)

    def is_own_rank(self, kind: FiniteType) -> bool:
        """Whether values of the type are held as their rank."""
        return isinstance(kind, SortType | EnumType | BoolType)

    def stored(self, text: str, kind: FiniteType) -> Value:
        """What a field or an item holds."""
        if not isinstance(kind, IntType):
            return Value(text, kind, wide=False)
        bits = self.bits(kind)
        return Value(text, kind, low=-(2 ** (bits - 1)), high=2 ** (bits - 1) - 1, wide=bits == 64)

    def interval(self, kind: FiniteType) -> tuple[int, int]:
        """In which interval the integers of a collection of such items lie."""
        value = self.stored("", kind)
        return value.low, value.high

    # -- members of structs --

    def field(self, record: Value, name: str) -> Value:
        """A field of a record."""
        assert isinstance(record.type, RecordType)
        kind = dict(record.type.fields)[name]
        return self.stored(record.member(self.layouts.field(record.type, name)), kind)

    def item(self, value: Value, place: int) -> Value:
        """An item of a tuple of fixed length."""
        assert isinstance(value.type, TupleType)
        return self.stored(value.member(f"item_{place}"), value.type.items[place])

    def item_of(self, sequence: Value, place: str) -> Value:
        """An item of a sequence at a place that is surely there."""
        assert isinstance(sequence.type, SeqType)
        return self.stored(f"{sequence.member('item')}[{place}]", sequence.type.item)

    def length(self, sequence: Value) -> Value:
        """How many items a sequence has."""
        return Value(sequence.member("length"), INT, low=0, high=v.INT32_HIGH - 1, wide=False)

    def at_slot(self, values: Value, slot: str) -> Value:
        """The value of a map at a slot."""
        assert isinstance(values.type, MapType)
        return self.stored(f"{values.member('at')}[{slot}]", values.type.value)

    def slot(self, body: Body, values: Value, key: Value) -> Value:
        """The value of a map at a key; escapes where there is no such key."""
        kind = values.type
        assert isinstance(kind, MapType)
        if key.place and (key.type == kind.key):
            return self.at_slot(values, key.place)
        if self.is_own_rank(kind.key):
            return self.at_slot(values, key.text)
        low, high = (kind.key.low, kind.key.high) if isinstance(kind.key, IntType) else (None, None)
        if low is not None and high is not None and low <= key.low and key.high <= high:
            return self.at_slot(values, shifted(key, low))
        text = body.operation("slot", (kind,), self.argument(body, key))
        return self.at_slot(values, text)

    def argument(self, body: Body, value: Value) -> str:
        """What to pass to a function for a value."""
        return value.text if self.is_scalar(value.type) else body.materialised(value).address

    def outside(self, body: Body, value: Value) -> str:
        """Whether a value leaves the bounds of its type."""
        kind = value.type
        if not isinstance(kind, IntType):
            return body.operation("bound", (kind,), self.argument(body, value))
        text = value.within(v.SHIFT)
        tests = [f"{text} < {kind.low}"] if kind.low is not None else []
        tests += [f"{text} > {kind.high}"] if kind.high is not None else []
        return " || ".join(tests)

    # -- unions --

    def is_option(self, body: Body, value: Value, option: FiniteType) -> Value:
        """Whether a union holds this option."""
        if self.representation(value.type) == "codes":
            known = self._code_of_none(body, value, option)
            if known is not None:
                return known
            return Value(body.operation("is", (value.type, option), value.text), BOOL)
        tag, number = value.member("tag"), self.layouts.tag(option)
        return Value(
            f"{tag} == {number}", BOOL, v.EQUALITY, inverse=f"{tag} != {number}", inverse_rank=v.EQUALITY
        )

    def _code_of_none(self, body: Body, value: Value, option: FiniteType) -> Value | None:
        if not isinstance(option, NoneType):
            return None
        none = f"{self.layouts.literal(value.type, None)} /* None */"
        text = value.within(v.RELATION)
        return Value(
            f"{text} == {none}", BOOL, v.EQUALITY, inverse=f"{text} != {none}", inverse_rank=v.EQUALITY
        )

    def as_option(self, body: Body, value: Value, option: FiniteType) -> Value:
        """What a union holds, where it is known to be this option."""
        if isinstance(option, NoneType):
            return Value("0", option)
        if self.representation(value.type) == "codes":
            return Value(body.operation("as", (value.type, option), value.text), option)
        held = Value(value.member("as"), value.type)
        return self.stored(held.member(self.layouts.member(option)), option)

    def checked_option(self, body: Body, value: Value, option: FiniteType) -> Value:
        """What a union holds if it is this option; escapes where it is another."""
        assert isinstance(value.type, UnionType)
        if len(value.type.options) == 1:
            return self.as_option(body, value, option)
        if self.representation(value.type) != "codes":
            body.escape_unless(self.is_option(body, value, option).text)
            return self.as_option(body, value, option)
        return Value(body.operation("as", (value.type, option), value.text), option)

    def begin_option(self, body: Body, place: Value, option: FiniteType) -> Value | None:
        """Say that a union holds this option; where to put it, unless there is nothing to put."""
        body.write(f"{place.member('tag')} = {self.layouts.tag(option)};")
        if isinstance(option, NoneType):
            return None
        held = Value(place.member("as"), place.type)
        return self.stored(held.member(self.layouts.member(option)), option)


def shifted(key: Value, low: int) -> str:
    """The place of an integer among those from `low` on."""
    if low == 0:
        return key.text
    return f"{key.within(v.SUM)} {'-' if low > 0 else '+'} {abs(low)}"


BASE_NAMES: dict[type, str] = {
    BoolType: "holds",
    IntType: "number",
    SetType: "members",
    SeqType: "items",
    BagType: "copies",
    MapType: "map",
    TupleType: "pair",
    UnionType: "value",
}
"""Names for variables that have none in the spec, by the kind of their type; else the type's name."""
