"""Questions about symbolic values: equality, order, membership, and whether bounds are kept.

Two values that are compared have one type; where parts of it are known Python values and others symbolic,
the type says how to see the former as the latter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

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
from checker.symbolic import integers
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit
from checker.symbolic.expanding import expand
from checker.symbolic.lifting import lift, members
from checker.symbolic.sequences import densified
from checker.symbolic.values import (
    BagOf,
    Bits,
    Cases,
    Nowhere,
    Number,
    Product,
    Seq,
    SetOf,
    Table,
    Truth,
    Union,
    Value,
)

Compare = Callable[[Circuit, Any, Any, Any], Lit]


# -- equality -------------------------------------------------------------------------------------


def equal(c: Circuit, kind: FiniteType, left: Value, right: Value) -> Lit:
    """Whether two values of one type are equal."""
    if left == right:
        return TRUE
    if isinstance(left, Nowhere) or isinstance(right, Nowhere):
        return FALSE
    return EQUALITIES[type(left)](c, kind, left, right)


def _same_truth(c: Circuit, _: FiniteType, left: Truth, right: Truth) -> Lit:
    return c.same(left.lit, right.lit)


def _same_case(c: Circuit, kind: FiniteType, left: Number, right: Number) -> Lit:
    if isinstance(kind, IntType):
        return integers.equal(c, left, right)
    one, other = cast(Cases, left).cases, cast(Cases, right).cases
    return c.any(c.both(lit, other[value]) for value, lit in one.items() if value in other)


def _same_product(c: Circuit, kind: RecordType | TupleType, left: Product, right: Product) -> Lit:
    triples = zip(parts_of(kind), left.parts, right.parts, strict=True)
    return c.all(equal(c, part, one, other) for part, one, other in triples)


def parts_of(kind: RecordType | TupleType) -> tuple[FiniteType, ...]:
    """The types of a record's fields or a tuple's items."""
    if isinstance(kind, TupleType):
        return kind.items
    return tuple(part for _, part in kind.fields)


def _same_option(c: Circuit, kind: UnionType, left: Union, right: Union) -> Lit:
    found = []
    for option, (one, held), (other, beside) in zip(kind.options, left.options, right.options, strict=True):
        both = c.both(one, other)
        if both != FALSE:
            found.append(c.both(both, equal(c, option, held, beside)))
    return c.any(found)


def _same_sequence(c: Circuit, kind: SeqType, left: Seq, right: Seq) -> Lit:
    one, other = densified(c, left).entries, densified(c, right).entries
    conditions = []
    for place in range(max(len(one), len(other))):
        here, item = one[place] if place < len(one) else (FALSE, None)
        there, beside = other[place] if place < len(other) else (FALSE, None)
        conditions.append(c.same(here, there))
        if item is not None and beside is not None:
            conditions.append(c.implies(here, equal(c, kind.item, item, beside)))
    return c.all(conditions)


def _same_map(c: Circuit, kind: MapType, left: Table, right: Table) -> Lit:
    pairs = zip(left.values, right.values, strict=True)
    return c.all(equal(c, kind.value, one, other) for one, other in pairs)


def _same_set(c: Circuit, kind: SetType, left: SetOf, right: SetOf) -> Lit:
    if not left.loose and not right.loose:
        keys = dict.fromkeys((*left.known, *right.known))
        return c.all(c.same(left.known.get(key, FALSE), right.known.get(key, FALSE)) for key in keys)
    return c.both(included(c, kind.item, left, right), included(c, kind.item, right, left))


def included(c: Circuit, item: FiniteType, left: SetOf, right: SetOf) -> Lit:
    """Whether every member of the left set is one of the right set."""
    return c.all(c.implies(lit, member(c, item, value, right)) for lit, value in entries_of(item, left))


def entries_of(item: FiniteType, collection: SetOf) -> list[tuple[Lit, Value]]:
    """The members of a set with their conditions; some may be equal."""
    return [*((lit, lift(item, value)) for value, lit in collection.known.items()), *collection.loose]


def _same_bag(c: Circuit, kind: BagType, left: BagOf, right: BagOf) -> Lit:
    return c.both(bag_included(c, kind.item, left, right), bag_included(c, kind.item, right, left))


def bag_included(c: Circuit, item: FiniteType, left: BagOf, right: BagOf) -> Lit:
    """Whether the right bag has at least as many copies of everything as the left one."""
    held = [*(lift(item, value) for value in left.known), *(value for value, _ in left.loose)]
    return c.all(
        integers.less(c, copies_of(c, item, value, left), copies_of(c, item, value, right), strict=False)
        for value in held
    )


def copies_of(c: Circuit, item: FiniteType, value: Value, bag: BagOf) -> Number:
    """How many copies of a value a bag holds."""
    parts = [(lit, bag.known[known]) for known, lit in _matching(c, item, value, bag.known)]
    parts += [(equal(c, item, value, held), copies) for held, copies in bag.loose]
    return integers.total(c, [part for part in parts if part[0] != FALSE])


def member(c: Circuit, item: FiniteType, value: Value, collection: SetOf) -> Lit:
    """Whether a value is a member of a set."""
    found = [
        c.both(lit, collection.known[known]) for known, lit in _matching(c, item, value, collection.known)
    ]
    found += [c.both(lit, equal(c, item, value, held)) for lit, held in collection.loose]
    return c.any(found)


def _matching(c: Circuit, item: FiniteType, value: Value, known: dict[Any, Any]) -> list[tuple[Any, Lit]]:
    """Which of some Python values a value may equal, with the condition."""
    expanded = expand(c, item, value, 2 * len(known) + 16)
    if expanded is not None:
        return [(key, lit) for key, lit in expanded.items() if key in known]
    pairs = [(key, equal(c, item, value, lift(item, key))) for key in known]
    return [(key, lit) for key, lit in pairs if lit != FALSE]


EQUALITIES: dict[type[Any], Compare] = {
    Truth: _same_truth,
    Cases: _same_case,
    Bits: _same_case,
    Product: _same_product,
    Union: _same_option,
    Seq: _same_sequence,
    Table: _same_map,
    SetOf: _same_set,
    BagOf: _same_bag,
}


# -- order ----------------------------------------------------------------------------------------


def less(c: Circuit, kind: FiniteType, left: Value, right: Value, *, strict: bool) -> Lit:
    """Whether one value comes before another: integers, or tuples and sequences of them."""
    match left, right:
        case Product(one), Product(other):
            return _less_product(c, parts_of(cast(TupleType, kind)), one, other, strict=strict)
        case Seq(), Seq():
            return _less_sequence(c, cast(SeqType, kind).item, left, right, strict=strict)
        case Truth(one), Truth(other):
            return c.both(-one, other) if strict else c.either(-one, other)
        case _:
            return integers.less(c, cast(Number, left), cast(Number, right), strict=strict)


def _less_product(
    c: Circuit,
    kinds: tuple[FiniteType, ...],
    left: tuple[Value, ...],
    right: tuple[Value, ...],
    *,
    strict: bool,
) -> Lit:
    found = FALSE if strict else TRUE
    for kind, one, other in reversed(list(zip(kinds, left, right, strict=True))):
        before = less(c, kind, one, other, strict=True)
        found = c.either(before, c.both(equal(c, kind, one, other), found))
    return found


def _less_sequence(c: Circuit, item: FiniteType, left: Seq, right: Seq, *, strict: bool) -> Lit:
    one, other = list(densified(c, left).entries), list(densified(c, right).entries)
    found = FALSE if strict else TRUE
    for place in reversed(range(max(len(one), len(other)))):
        here, held = one[place] if place < len(one) else (FALSE, None)
        there, beside = other[place] if place < len(other) else (FALSE, None)
        ended = c.both(-here, TRUE if not strict else there)
        if held is None or beside is None:
            found = c.either(c.both(-here, there), c.both(c.both(-here, -there), found))
            continue
        before = less(c, item, held, beside, strict=True)
        onward = c.either(before, c.both(equal(c, item, held, beside), found))
        found = c.ite(here, c.both(there, onward), ended)
    return found


# -- bounds ---------------------------------------------------------------------------------------


def within(c: Circuit, kind: FiniteType, value: Value) -> Lit:
    """Whether a value keeps the bounds of a type that it has but for them."""
    return BOUNDS[type(value)](c, kind, value) if type(value) in BOUNDS else TRUE


def _number_within(c: Circuit, kind: FiniteType, value: Number) -> Lit:
    return integers.between(c, value, kind.low, kind.high) if isinstance(kind, IntType) else TRUE


def _product_within(c: Circuit, kind: RecordType | TupleType, value: Product) -> Lit:
    return c.all(within(c, part, held) for part, held in zip(parts_of(kind), value.parts, strict=True))


def _option_within(c: Circuit, kind: UnionType, value: Union) -> Lit:
    pairs = zip(kind.options, value.options, strict=True)
    return c.all(c.implies(lit, within(c, option, held)) for option, (lit, held) in pairs if lit != FALSE)


def _sequence_within(c: Circuit, kind: SeqType, value: Seq) -> Lit:
    items = [c.implies(lit, within(c, kind.item, held)) for lit, held in value.entries]
    if kind.limit is not None and len(value.entries) > kind.limit:
        items.append(-c.at_least(kind.limit + 1, [lit for lit, _ in value.entries]))
    return c.all(items)


def _map_within(c: Circuit, kind: MapType, value: Table) -> Lit:
    return c.all(within(c, kind.value, held) for held in value.values)


def _set_within(c: Circuit, kind: SetType, value: SetOf) -> Lit:
    items = [-lit for member, lit in value.known.items() if kind.item.fault(member) is not None]
    items += [c.implies(lit, within(c, kind.item, held)) for lit, held in value.loose]
    if kind.capacity is not None and kind.capacity < len(value.known) + len(value.loose):
        items.append(-c.at_least(kind.capacity + 1, different(c, kind.item, value)))
    return c.all(items)


def different(c: Circuit, item: FiniteType, collection: SetOf) -> list[Lit]:
    """A condition for each member of a set, of which as many hold as the set has members."""
    found = list(collection.known.values())
    before = SetOf(collection.known)
    for lit, held in collection.loose:
        found.append(c.both(lit, -member(c, item, held, before)))
        before = SetOf(before.known, (*before.loose, (lit, held)))
    return [lit for lit in found if lit != FALSE]


def _bag_within(c: Circuit, kind: BagType, value: BagOf) -> Lit:
    some = [(lift(kind.item, known), copies) for known, copies in value.known.items()] + list(value.loose)
    zero = integers.constant(0)
    items = [c.implies(-integers.equal(c, copies, zero), within(c, kind.item, held)) for held, copies in some]
    if kind.capacity is not None:
        copies = integers.total(c, [(TRUE, copies) for _, copies in some])
        items.append(integers.between(c, copies, None, kind.capacity))
    if kind.max_count is not None:
        items += [
            integers.between(c, copies_of(c, kind.item, held, value), None, kind.max_count)
            for held, _ in some
        ]
    return c.all(items)


BOUNDS: dict[type[Any], Callable[[Circuit, Any, Any], Lit]] = {
    Cases: _number_within,
    Bits: _number_within,
    Product: _product_within,
    Union: _option_within,
    Seq: _sequence_within,
    Table: _map_within,
    SetOf: _set_within,
    BagOf: _bag_within,
}


def keyed(c: Circuit, kind: MapType, key: Value) -> list[tuple[int, Lit]]:
    """The places in a `Table` that a key may stand for, each with its condition."""
    places = {known: place for place, known in enumerate(members(kind.key))}
    return [(places[known], lit) for known, lit in _matching(c, kind.key, key, places)]
