"""Bounds: which types have any, which include which, and what keeps a computed value within them.

One table from node to rule, for the nodes that can promise something; any other node promises nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from checker.ir import nodes
from checker.ir.nodes import Expr, Qualifier
from checker.ir.typing import option_for, options
from checker.lang.types import (
    BagType,
    FiniteType,
    IntType,
    MapType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)

Knowing = frozenset[str]


class Knower(Protocol):
    """What a rule may ask about operands."""

    def within(self, node: Expr, known: Knowing) -> bool:
        """Whether a value surely lies within its type."""

    def fits(self, node: Expr, kind: FiniteType, known: Knowing) -> bool:
        """Whether a value surely lies within another type."""

    def of_call(self, node: nodes.Call, known: Knowing) -> tuple[Expr, Knowing]:
        """The body that a call evaluates, with what is known in it."""

    def knowing(self, qualifiers: tuple[Qualifier, ...], known: Knowing) -> Knowing:
        """What is known after these qualifiers."""


_KNOWN: dict[int, tuple[FiniteType, bool]] = {}
"""What `has_bounds` has said of types, by `id`; to compare types costs more than the answer."""


def has_bounds(kind: FiniteType) -> bool:
    """Whether a value of the right shape may leave a type."""
    found = _KNOWN.get(id(kind))
    if found is None:
        found = _KNOWN[id(kind)] = (kind, _has_bounds(kind))
    return found[1]


def _has_bounds(kind: FiniteType) -> bool:
    match kind:
        case IntType(low=low, high=high):
            return low is not None or high is not None
        case SeqType(item=item, limit=limit):
            return limit is not None or has_bounds(item)
        case SetType(item=item, capacity=capacity):
            return capacity is not None or has_bounds(item)
        case BagType(item=item, capacity=capacity, max_count=most):
            return capacity is not None or most is not None or has_bounds(item)
        case MapType(value=value):
            return has_bounds(value)  # its keys are those of its type
        case TupleType(items=items) | UnionType(options=items):
            return any(map(has_bounds, items))
        case RecordType(fields=fields):
            return any(has_bounds(inner) for _, inner in fields)
        case _:
            return False


def _no_more(limit: int | None, than: int | None) -> bool:
    """Whether a limit allows no more than another."""
    return than is None or (limit is not None and limit <= than)


def contains(target: FiniteType, source: FiniteType) -> bool:
    """Whether every value within one type is within another, bounds included."""
    if target is source or target == source:
        return True
    if isinstance(target, UnionType) or isinstance(source, UnionType):
        return all(_in_option(target, option) for option in options(source))
    match source, target:
        case IntType(low=a, high=b), IntType(low=c, high=d):
            return (c is None or (a is not None and a >= c)) and _no_more(b, d)
        case SeqType(), SeqType():
            return _no_more(source.limit, target.limit) and contains(target.item, source.item)
        case SetType(), SetType():
            return _no_more(source.capacity, target.capacity) and contains(target.item, source.item)
        case BagType(), BagType():
            fewer = _no_more(source.capacity, target.capacity) and _no_more(
                source.max_count, target.max_count
            )
            return fewer and contains(target.item, source.item)
        case TupleType(), SeqType():
            long = _no_more(len(source.items), target.limit)
            return long and all(contains(target.item, item) for item in source.items)
        case TupleType(), TupleType():
            return len(source.items) == len(target.items) and all(map(contains, target.items, source.items))
        case MapType(), MapType():
            return target.key == source.key and contains(target.value, source.value)
        case RecordType(), RecordType():
            fields = zip(target.fields, source.fields, strict=False)
            return source.cls is target.cls and all(contains(a, b) for (_, a), (_, b) in fields)
        case _:
            return False


def _in_option(target: FiniteType, option: FiniteType) -> bool:
    place = option_for(option, target)
    return place is not None and contains(place, option)


# -- rules ----------------------------------------------------------------------------------------

Rule = Callable[[Knower, Any, Knowing], bool]


def _local(_: Knower, node: nodes.Local, known: Knowing) -> bool:
    return node.name in known


def _literal(_: Knower, node: nodes.Literal, known: Knowing) -> bool:
    return node.type.fault(node.value) is None


def _let(k: Knower, node: nodes.Let, known: Knowing) -> bool:
    return k.fits(node.body, node.type, k.knowing((nodes.With(node.name, node.value),), known))


def _if(k: Knower, node: nodes.If, known: Knowing) -> bool:
    return k.fits(node.then, node.type, known) and k.fits(node.other, node.type, known)


def _call(k: Knower, node: nodes.Call, known: Knowing) -> bool:
    body, inner = k.of_call(node, known)
    return k.fits(body, node.type, inner)


def _record(k: Knower, node: nodes.MakeRecord, known: Knowing) -> bool:
    kind = node.type
    assert isinstance(kind, RecordType)
    pairs = zip(node.values, kind.fields, strict=True)
    return all(k.fits(value, inner, known) for value, (_, inner) in pairs)


def _update(k: Knower, node: nodes.Update, known: Knowing) -> bool:
    assert isinstance(node.type, RecordType)
    fields = dict(node.type.fields)
    changed = all(k.fits(value, fields[name], known) for name, value in node.changes)
    return changed and k.fits(node.record, node.type, known)


def _part_of(name: str) -> Rule:
    """What is taken out of a value, at the type it has there, is within bounds if the value is."""
    return lambda k, node, known: k.within(getattr(node, name), known)


def _same_as(name: str) -> Rule:
    """What is no more than one of the operands."""
    return lambda k, node, known: k.fits(getattr(node, name), node.type, known)


def _items(k: Knower, node: nodes.MakeSeq | nodes.MakeSet, known: Knowing) -> bool:
    kind: Any = node.type
    limit = kind.limit if isinstance(kind, SeqType) else kind.capacity
    return _no_more(len(node.items), limit) and all(k.fits(item, kind.item, known) for item in node.items)


def _tuple(k: Knower, node: nodes.MakeTuple, known: Knowing) -> bool:
    assert isinstance(node.type, TupleType)
    return all(k.fits(item, kind, known) for item, kind in zip(node.items, node.type.items, strict=True))


def _set_operation(k: Knower, node: nodes.SetOperation, known: Knowing) -> bool:
    if node.operator in ("&", "-"):
        return k.fits(node.left, node.type, known)
    return _is_open(node.type) and k.within(node.left, known) and k.within(node.right, known)


def _concat(k: Knower, node: nodes.Concat, known: Knowing) -> bool:
    return _is_open(node.type) and all(k.fits(part, node.type, known) for part in node.parts)


def _is_open(kind: FiniteType) -> bool:
    """Whether a collection may hold any number of items."""
    match kind:
        case SeqType(limit=None) | SetType(capacity=None) | BagType(capacity=None, max_count=None):
            return True
        case _:
            return False


def _every(_: Knower, node: nodes.Every, known: Knowing) -> bool:
    return _is_open(node.type)


def _map(k: Knower, node: nodes.Fill | nodes.Put, known: Knowing) -> bool:
    assert isinstance(node.type, MapType)
    kept = isinstance(node, nodes.Fill) or k.fits(node.map, node.type, known)
    return kept and k.fits(node.value, node.type.value, known)


def _comprehension(k: Knower, node: nodes.Comprehension, known: Knowing) -> bool:
    kind: Any = node.type
    return _is_open(kind) and k.fits(node.element, kind.item, k.knowing(node.qualifiers, known))


def _map_comprehension(k: Knower, node: nodes.MapComprehension, known: Knowing) -> bool:
    assert isinstance(node.type, MapType)
    return k.fits(node.value, node.type.value, k.knowing(node.qualifiers, known))


RULES: dict[type[Any], Rule] = {
    nodes.Literal: _literal,
    nodes.Constant: lambda k, node, known: True,
    nodes.Local: _local,
    nodes.Let: _let,
    nodes.If: _if,
    nodes.Call: _call,
    nodes.MakeRecord: _record,
    nodes.Field: _part_of("record"),
    nodes.Update: _update,
    nodes.As: _part_of("value"),
    nodes.Coerce: _same_as("value"),
    nodes.MakeTuple: _tuple,
    nodes.Item: _part_of("tuple"),
    nodes.MakeSeq: _items,
    nodes.Concat: _concat,
    nodes.Index: _part_of("sequence"),
    nodes.Slice: _same_as("sequence"),
    nodes.Every: _every,
    nodes.MakeSet: _items,
    nodes.SetOperation: _set_operation,
    nodes.Fill: _map,
    nodes.Get: _part_of("map"),
    nodes.Put: _map,
    nodes.Keys: lambda k, node, known: _is_open(node.type),
    nodes.Support: lambda k, node, known: _is_open(node.type) and k.within(node.bag, known),
    nodes.Comprehension: _comprehension,
    nodes.MapComprehension: _map_comprehension,
}


def is_within(knower: Knower, node: Expr, known: Knowing) -> bool:
    """Whether the value of a node surely lies within its type; asked only of types with bounds."""
    rule = RULES.get(type(node))
    return rule is not None and rule(knower, node, known)
