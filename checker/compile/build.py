"""Making nodes: the smallest expression that says a thing, with coercions where types ask for them.

Nothing here knows Python source.  Where a value cannot be seen at a type the answer is None, and the
caller, who knows the place, says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from attrs import evolve

from checker.ir.nodes import (
    BOOL,
    INT,
    And,
    Coerce,
    Comprehension,
    Constant,
    Equal,
    Expr,
    Field,
    If,
    Is,
    Item,
    Length,
    Less,
    Let,
    Literal,
    Local,
    MakeRecord,
    MakeSeq,
    MakeSet,
    MakeTuple,
    MapComprehension,
    Not,
    Or,
    Stuck,
)
from checker.ir.typing import closed, fits, is_open, join, option_for, options, same
from checker.lang.errors import Location
from checker.lang.types import (
    NOTHING,
    BagType,
    BoolType,
    FiniteType,
    IntType,
    MapType,
    NoneType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)

MUTABLE = "mutable"
"""The `text` of a type whose values Python could change in place: lists and sets.  They are sequences
and sets like others, but may not become part of a value."""


def mutable(kind: FiniteType) -> bool:
    """Whether values of a type are lists or sets of Python."""
    return isinstance(kind, SeqType | SetType) and kind.text == MUTABLE


YES = Literal(True, type=BOOL)
NO = Literal(False, type=BOOL)
NONE = Literal(None, type=NoneType())


def number(value: int, at: Location | None = None) -> Literal:
    """A number that is known."""
    return Literal(value, type=INT, at=at)


def local(name: str, value: Expr) -> Local:
    """The variable that stands for a value."""
    return Local(name, type=value.type, at=value.at)


def simple(value: Expr) -> bool:
    """Whether an expression may be written twice: it is short, and evaluating it cannot be stuck."""
    if isinstance(value, Local | Literal | Constant):
        return True
    if isinstance(value, Field):
        return simple(value.record)
    return isinstance(value, Item) and simple(value.tuple)


def let(name: str, value: Expr, body: Expr) -> Expr:
    """`body` in which a name stands for a value."""
    if isinstance(body, Local) and body.name == name:
        return evolve(value, type=body.type)  # a list that is returned as a tuple keeps its items
    return Let(name, value, body, type=body.type, at=value.at)


def condition(test: Expr, then: Expr, other: Expr, at: Location | None = None) -> Expr:
    """One of two values, both seen at the least type that both fit."""
    if isinstance(test, Literal):
        return then if test.value else other
    kind = join(then.type, other.type)
    if mutable(then.type) or mutable(other.type):
        kind = evolve(kind, text=MUTABLE) if isinstance(kind, SeqType | SetType) else kind
    return If(test, sure(then, kind), sure(other, kind), type=kind, at=at)


def conjunction(operands: Iterable[Expr], at: Location | None = None) -> Expr:
    """Whether all hold; nested ones are one."""
    flat: list[Expr] = []
    for operand in operands:
        flat.extend(operand.operands if isinstance(operand, And) else (operand,))
    return _chain(flat, YES, NO, lambda found: And(found, type=BOOL, at=at))


def disjunction(operands: Iterable[Expr], at: Location | None = None) -> Expr:
    """Whether one holds; nested ones are one."""
    flat: list[Expr] = []
    for operand in operands:
        flat.extend(operand.operands if isinstance(operand, Or) else (operand,))
    return _chain(flat, NO, YES, lambda found: Or(found, type=BOOL, at=at))


def _chain(
    operands: list[Expr], neutral: Literal, deciding: Literal, make: Callable[[tuple[Expr, ...]], Expr]
) -> Expr:
    found: list[Expr] = []
    for operand in operands:
        if operand == neutral:
            continue
        found.append(operand)
        if operand == deciding:
            break
    if not found:
        return neutral
    return found[0] if len(found) == 1 else make(tuple(found))


def negation(operand: Expr, at: Location | None = None) -> Expr:
    """Whether something does not hold."""
    if isinstance(operand, Literal):
        return NO if operand.value else YES
    return operand.operand if isinstance(operand, Not) else Not(operand, type=BOOL, at=at)


def belongs(value: Expr, kinds: Iterable[FiniteType], at: Location | None = None) -> Expr:
    """Whether a value belongs to one of some options of its type."""
    wanted = tuple(kinds)
    if not isinstance(value.type, UnionType):
        return YES if any(same(value.type, kind) for kind in wanted) else NO
    if all(any(same(option, kind) for kind in wanted) for option in value.type.options):
        return YES
    return disjunction([Is(value, kind, type=BOOL, at=at) for kind in wanted], at)


def equal(left: Expr, right: Expr, at: Location | None = None) -> Expr:
    """Whether two values are equal; their types have something in common."""
    kind = join(left.type, right.type)
    if isinstance(left, Literal) and left.value is None:
        left, right = right, left
    if isinstance(right, Literal) and right.value is None:
        return belongs(left, [NoneType()], at)
    return Equal(sure(left, kind), sure(right, kind), type=BOOL, at=at)


def truth(value: Expr, at: Location | None = None) -> Expr | None:
    """Whether Python takes a value for true; None where that would have to be computed in parts."""
    match value.type:
        case BoolType():
            return value
        case IntType():
            return negation(Equal(value, number(0), type=BOOL, at=at), at)
        case SeqType() | SetType() | MapType() | BagType():
            return Less(number(0), Length(value, type=INT, at=at), True, type=BOOL, at=at)
        case _:
            return None


def sure(value: Expr, kind: FiniteType) -> Expr:
    """A value at a type that it is known to fit."""
    found = coerced(value, kind)
    assert found is not None, f"{value.type} does not fit {kind}"
    return found


def coerced(value: Expr, kind: FiniteType) -> Expr | None:
    """A value at another type, which parts of it that are being made take on at once; None where
    it does not fit."""
    kind = closed(kind, value.type)
    if same(value.type, kind):
        return value
    if value.type == NOTHING:
        if is_open(kind):
            return value
        if isinstance(value, Stuck):
            return evolve(value, type=kind)
        return Stuck("there is no such value", type=kind, at=value.at)
    if not fits(value.type, kind):
        return None
    inside = _INSIDE.get(type(value))
    if inside is not None:
        return inside(value, kind)
    if isinstance(kind, UnionType) and not isinstance(value.type, UnionType):
        option = option_for(value.type, kind)
        assert option is not None
        return Coerce(sure(value, option), type=kind, at=value.at)
    return Coerce(value, type=kind, at=value.at)


Change = Callable[[Expr, FiniteType], Expr]


def _as_option(change: Change) -> Change:
    """For nodes whose type is no union: first the option, then the union."""

    def made(value: Expr, kind: FiniteType) -> Expr:
        if not isinstance(kind, UnionType):
            return change(value, kind)
        option = option_for(value.type, kind)
        assert option is not None
        return Coerce(sure(value, option), type=kind, at=value.at)

    return made


def _literal(value: Expr, kind: FiniteType) -> Expr:
    return evolve(value, type=kind)


def _let(value: Expr, kind: FiniteType) -> Expr:
    node = cast(Let, value)
    return evolve(node, body=sure(node.body, kind), type=kind)


def _if(value: Expr, kind: FiniteType) -> Expr:
    node = cast(If, value)
    return evolve(node, then=sure(node.then, kind), other=sure(node.other, kind), type=kind)


def _coerce(value: Expr, kind: FiniteType) -> Expr:
    inner = cast(Coerce, value).value
    return sure(inner, kind) if fits(inner.type, kind) else Coerce(value, type=kind, at=value.at)


def _tuple(value: Expr, kind: FiniteType) -> Expr:
    items = cast(MakeTuple, value).items
    if isinstance(kind, SeqType):
        return sequence(items, kind, value.at)
    assert isinstance(kind, TupleType)
    made = tuple(sure(item, of) for item, of in zip(items, kind.items, strict=True))
    return MakeTuple(made, type=kind, at=value.at)


def sequence(items: Iterable[Expr], kind: SeqType, at: Location | None) -> Expr:
    """A sequence of given items."""
    made = tuple(sure(item, kind.item) for item in items)
    return MakeSeq(made, type=kind, at=at) if made else Literal((), type=kind, at=at)


def _items(value: Expr, kind: FiniteType) -> Expr:
    node = cast(MakeSeq | MakeSet, value)
    assert isinstance(kind, SeqType | SetType)
    return evolve(node, items=tuple(sure(item, kind.item) for item in node.items), type=kind)


def _record(value: Expr, kind: FiniteType) -> Expr:
    node = cast(MakeRecord, value)
    assert isinstance(kind, RecordType)
    made = tuple(sure(item, of) for item, (_, of) in zip(node.values, kind.fields, strict=True))
    return MakeRecord(made, type=kind, at=value.at)


def _comprehension(value: Expr, kind: FiniteType) -> Expr:
    node = cast(Comprehension, value)
    assert isinstance(kind, SeqType | SetType | BagType)
    return evolve(node, element=sure(node.element, kind.item), type=kind)


def _map_comprehension(value: Expr, kind: FiniteType) -> Expr:
    node = cast(MapComprehension, value)
    assert isinstance(kind, MapType)
    return evolve(node, key=sure(node.key, kind.key), value=sure(node.value, kind.value), type=kind)


_INSIDE: dict[type[object], Change] = {
    Literal: _literal,
    Stuck: _literal,
    Let: _let,
    If: _if,
    Coerce: _coerce,
    MakeTuple: _as_option(_tuple),
    MakeSeq: _as_option(_items),
    MakeSet: _as_option(_items),
    MakeRecord: _as_option(_record),
    Comprehension: _as_option(_comprehension),
    MapComprehension: _as_option(_map_comprehension),
}


def confusable(left: FiniteType, right: FiniteType) -> bool:
    """Whether a truth value of one type meets a number of the other, which Python takes for equal."""
    return any(_confusable(a, b) for a in options(left) for b in options(right))


def _confusable(left: FiniteType, right: FiniteType) -> bool:
    if isinstance(left, RecordType) and isinstance(right, RecordType):
        pairs = zip(left.fields, right.fields, strict=True) if left.cls is right.cls else ()
        return any(confusable(a, b) for (_, a), (_, b) in pairs)
    if isinstance(left, MapType) and isinstance(right, MapType):
        return confusable(left.key, right.key) or confusable(left.value, right.value)
    if {type(left), type(right)} == {BoolType, IntType}:
        return True
    alike = type(left) is type(right) or {type(left), type(right)} == {TupleType, SeqType}
    if isinstance(left, TupleType) and isinstance(right, TupleType):
        same_length = len(left.items) == len(right.items)
        return same_length and any(map(confusable, left.items, right.items))
    return alike and any(confusable(a, b) for a in _parts(left) for b in _parts(right))


def _parts(kind: FiniteType) -> tuple[FiniteType, ...]:
    match kind:
        case TupleType(items=items):
            return items
        case SeqType(item=item) | SetType(item=item) | BagType(item=item):
            return (item,)
        case _:
            return ()


def overlap(left: FiniteType, right: FiniteType) -> bool:
    """Whether some value may belong to both types."""
    return any(fits(a, b) or fits(b, a) or _alike(a, b) for a in options(left) for b in options(right))


def _alike(left: FiniteType, right: FiniteType) -> bool:
    match left, right:
        case TupleType(items=a), TupleType(items=b):
            return len(a) == len(b) and all(overlap(x, y) for x, y in zip(a, b, strict=True))
        case RecordType(), RecordType():
            return left.cls is right.cls
        case (SeqType() | SetType() | BagType(), _) | (_, SeqType() | SetType() | BagType()):
            tuples = isinstance(left, SeqType | TupleType) and isinstance(right, SeqType | TupleType)
            return tuples or type(left) is type(right)
        case MapType(), MapType():
            return overlap(left.value, right.value)
        case _:
            return False
