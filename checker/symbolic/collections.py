"""Symbolic evaluation of sequences, sets, maps and bags."""

from __future__ import annotations

from itertools import combinations
from typing import Any, cast

from checker.ir import nodes
from checker.ir.nodes import Expr
from checker.lang.types import FiniteType, MapType, SetType
from checker.symbolic import bags, integers, sequences
from checker.symbolic.bags import number_of_different, support
from checker.symbolic.choosing import choose, select
from checker.symbolic.circuit import FALSE, TRUE, Lit, TooLarge
from checker.symbolic.comparing import (
    bag_included,
    copies_of,
    different,
    entries_of,
    equal,
    included,
    keyed,
    member,
)
from checker.symbolic.lifting import lift, members
from checker.symbolic.machine import Machine, Row
from checker.symbolic.sets import gather
from checker.symbolic.strict import named, strict
from checker.symbolic.values import NOWHERE, BagOf, Cases, Number, Product, Seq, SetOf, Table, Truth, Value

SUBSETS = 4096
"""The most subsets of a set that are listed."""

NUMBERS = 100_000
"""The most numbers in a range."""


def item_of(kind: FiniteType) -> FiniteType:
    """The type of what a collection holds."""
    return kind.key if isinstance(kind, MapType) else cast(SetType, kind).item


# -- sequences ------------------------------------------------------------------------------------


def _make_seq(_: Machine, __: nodes.MakeSeq, *items: Value) -> Value:
    return Seq(tuple((TRUE, item) for item in items), dense=True)


def _concat(m: Machine, _: nodes.Concat, *parts: Seq) -> Value:
    entries = [entry for part in parts for entry in part.entries]
    dense = all(all(lit == TRUE for lit, _ in part.entries) for part in parts[:-1]) and parts[-1].dense
    return Seq(tuple(entries), dense or len(entries) < 2)


def _index(m: Machine, _: nodes.Index, given: Seq, index: Number) -> Value:
    value, there = sequences.at_place(m.circuit, given, index)
    m.fail(-there)
    return value


def _slice(m: Machine, _: nodes.Slice, given: Seq, low: Number | None, high: Number | None) -> Value:
    return sequences.sliced(m.circuit, given, low, high)


def _range(m: Machine, node: nodes.Range, low: Number, high: Number) -> Value:
    """Without bounds that are known, one possible beginning after the other."""
    if not isinstance(low, Cases) or not isinstance(high, Cases):
        raise TooLarge("a range has ends of more than 64 possible values")
    c, step = m.circuit, node.step
    starts, ends = low.cases, high.cases
    if not starts or not ends:
        return Seq((), dense=True)
    begins: list[tuple[int, Lit]] = list(starts.items())
    if abs(step) == 1:  # one run through all numbers, of which the first ones may be absent
        begins = [(min(starts) if step > 0 else max(starts), TRUE)]
    last = max(ends) if step > 0 else min(ends)
    many = sum(max(0, -((begin - last) // step)) for begin, _ in begins)
    if many > NUMBERS:
        raise TooLarge(f"a range has up to {many:,} numbers")
    entries: list[tuple[Lit, Value]] = []
    for begin, chosen in begins:
        for number in range(begin, last, step):
            at = integers.constant(number)
            pair = (at, high) if step > 0 else (high, at)
            inside = integers.less(c, *pair, strict=True)
            if abs(step) == 1:
                pair = (low, at) if step > 0 else (at, low)
                chosen = integers.less(c, *pair, strict=False)
            entries.append((c.both(chosen, inside), at))
    return Seq(tuple(entry for entry in entries if entry[0] != FALSE), dense=len(starts) == 1)


def _zip(m: Machine, node: nodes.Zip, *parts: Seq) -> Value:
    c, dense = m.circuit, [sequences.densified(m.circuit, part) for part in parts]
    shortest = min(len(part.entries) for part in dense)
    entries = [
        (c.all(part.entries[at][0] for part in dense), Product(tuple(part.entries[at][1] for part in dense)))
        for at in range(shortest)
    ]
    if node.strict:
        lengths = [sequences.length(c, part) for part in dense]
        m.fail(-c.all(integers.equal(c, lengths[0], other) for other in lengths[1:]))
    return Seq(tuple(entries), dense=True)


def _enumerate(m: Machine, node: nodes.Enumerate, given: Seq) -> Value:
    dense = sequences.densified(m.circuit, given)
    return Seq(
        tuple(
            (lit, Product((integers.constant(node.start + at), value)))
            for at, (lit, value) in enumerate(dense.entries)
        ),
        dense=True,
    )


# -- all kinds ------------------------------------------------------------------------------------


def _length(m: Machine, node: nodes.Length, given: Value) -> Value:
    c, kind = m.circuit, node.collection.type
    match given:
        case Seq():
            return sequences.length(c, given)
        case SetOf():
            return integers.count(c, different(c, item_of(kind), given))
        case BagOf():
            return number_of_different(c, item_of(kind), given)
        case _:
            return integers.constant(len(members(item_of(kind))))


def _member(m: Machine, node: nodes.Member, item: Value, given: Value) -> Value:
    c, kind = m.circuit, item_of(node.collection.type)
    match given:
        case Seq():
            return Truth(c.any(c.both(lit, equal(c, kind, item, held)) for lit, held in given.entries))
        case SetOf():
            return Truth(member(c, kind, item, given))
        case BagOf():
            return Truth(member(c, kind, item, support(c, given)))
        case _:
            return Truth(c.any(lit for _, lit in keyed(c, cast(MapType, node.collection.type), item)))


# -- sets -----------------------------------------------------------------------------------------


def _every(_: Machine, node: nodes.Every) -> Value:
    return SetOf(dict.fromkeys(members(item_of(node.type)), TRUE))


def _make_set(m: Machine, node: nodes.MakeSet, *items: Value) -> Value:
    return gather(m.circuit, item_of(node.type), [(TRUE, item) for item in items])


def _set_operation(m: Machine, node: nodes.SetOperation, left: SetOf, right: SetOf) -> Value:
    c, item = m.circuit, item_of(node.type)
    if node.operator == "|":
        return gather(c, item, left.loose + right.loose, [left.known, right.known])
    if node.operator == "&":
        return kept(m, item, left, right, inside=True)
    if node.operator == "-":
        return kept(m, item, left, right, inside=False)
    one, other = kept(m, item, left, right, inside=False), kept(m, item, right, left, inside=False)
    return gather(c, item, one.loose + other.loose, [one.known, other.known])


def kept(m: Machine, item: FiniteType, left: SetOf, right: SetOf, *, inside: bool) -> SetOf:
    """The members of the left set that are in the right one, or those that are not."""
    c = m.circuit
    known = {}
    for value, lit in left.known.items():
        there = member(c, item, lift(item, value), right)
        known[value] = c.both(lit, there if inside else -there)
    loose = []
    for lit, held in left.loose:
        there = member(c, item, held, right)
        loose.append((c.both(lit, there if inside else -there), held))
    return SetOf(
        {value: lit for value, lit in known.items() if lit != FALSE},
        tuple(entry for entry in loose if entry[0] != FALSE),
    )


def _subset(m: Machine, node: nodes.Subset, left: SetOf, right: SetOf) -> Value:
    c, item = m.circuit, item_of(node.left.type)
    found = included(c, item, left, right)
    if node.strict:
        found = c.both(found, -included(c, item, right, left))
    return Truth(found)


def _subsets(m: Machine, node: nodes.Subsets, base: SetOf, size: Number | None) -> Value:
    c, inner = m.circuit, cast(SetType, node.type).item
    if size is not None:
        m.fail(integers.less(c, size, integers.constant(0), strict=True))
    if base.loose or 1 << len(base.known) > SUBSETS:
        return _loose_subsets(m, inner, base, size)
    found: dict[Any, Lit] = {}
    names = list(base.known)
    for count in range(len(names) + 1):
        wanted = TRUE if size is None else integers.equal(c, size, integers.constant(count))
        if wanted == FALSE:
            continue
        for chosen in combinations(names, count):
            lit = c.all((wanted, *(base.known[name] for name in chosen)))
            if lit != FALSE:
                found[frozenset(chosen)] = lit
    return SetOf(found)


def _loose_subsets(m: Machine, inner: FiniteType, base: SetOf, size: Number | None) -> Value:
    """Subsets of a set whose members are symbolic themselves."""
    c, item = m.circuit, item_of(inner)
    some = entries_of(item, base)
    if 1 << len(some) > SUBSETS:
        raise TooLarge(f"a set of up to {len(some)} members has too many subsets")
    loose = []
    for count in range(len(some) + 1):
        for chosen in combinations(some, count):
            subset = gather(c, item, [(TRUE, held) for _, held in chosen])
            lit = c.all(lit for lit, _ in chosen)
            if size is not None:
                lit = c.both(lit, integers.equal(c, size, integers.count(c, different(c, item, subset))))
            if lit != FALSE:
                loose.append((lit, cast(Value, subset)))
    return SetOf({}, tuple(loose))


# -- maps -----------------------------------------------------------------------------------------


def _fill(_: Machine, node: nodes.Fill, value: Value) -> Value:
    return Table((value,) * len(members(cast(MapType, node.type).key)))


def _get(m: Machine, node: nodes.Get, given: Table, key: Value) -> Value:
    places = keyed(m.circuit, cast(MapType, node.map.type), key)
    m.fail(-m.circuit.any(lit for _, lit in places))
    return select(m.circuit, [(lit, given.values[place]) for place, lit in places])


def _put(m: Machine, node: nodes.Put, given: Table, key: Value, value: Value) -> Value:
    places = keyed(m.circuit, cast(MapType, node.map.type), key)
    m.fail(-m.circuit.any(lit for _, lit in places))
    if not places:
        return NOWHERE
    values = list(given.values)
    for place, lit in places:
        values[place] = choose(m.circuit, lit, value, values[place])
    return Table(tuple(values))


def _keys(_: Machine, node: nodes.Keys, __: Table) -> Value:
    return SetOf(dict.fromkeys(members(cast(MapType, node.map.type).key), TRUE))


# -- bags -----------------------------------------------------------------------------------------


def _count_of(m: Machine, node: nodes.CountOf, bag: BagOf, item: Value) -> Value:
    return copies_of(m.circuit, item_of(node.bag.type), item, bag)


def _bag_add(m: Machine, node: nodes.BagAdd, bag: BagOf, item: Value, copies: Number) -> Value:
    m.fail(integers.less(m.circuit, copies, integers.constant(0), strict=True))
    return bags.added(m.circuit, item_of(node.type), bag, item, copies)


def _bag_remove(m: Machine, node: nodes.BagRemove, bag: BagOf, item: Value, copies: Number) -> Value:
    """A negative number of copies is added, as Python does it."""
    c, kind, zero = m.circuit, item_of(node.type), integers.constant(0)
    m.fail(integers.less(c, copies_of(c, kind, item, bag), copies, strict=True))
    fewer = integers.extreme(c, "max", [copies, zero])
    more = integers.extreme(c, "max", [integers.subtract(c, zero, copies), zero])
    found = bags.without(c, kind, bag, item, fewer)
    return found if more == zero else bags.added(c, kind, found, item, more)


def _bag_operation(m: Machine, node: nodes.BagOperation, left: BagOf, right: BagOf) -> Value:
    combine = bags.sum_of if node.operator == "+" else bags.difference
    return combine(m.circuit, item_of(node.type), left, right)


def _bag_included(m: Machine, node: nodes.BagIncluded, left: BagOf, right: BagOf) -> Value:
    return Truth(bag_included(m.circuit, item_of(node.left.type), left, right))


def _total(m: Machine, _: nodes.Total, bag: BagOf) -> Value:
    return bags.total(m.circuit, bag)


def _support(m: Machine, _: nodes.Support, bag: BagOf) -> Value:
    return support(m.circuit, bag)


def _no_operands(_: Any) -> tuple[Expr | None, ...]:
    return ()


COLLECTIONS: dict[type[Any], Row] = {
    nodes.MakeSeq: strict(named("items"), _make_seq),
    nodes.Concat: strict(named("parts"), _concat),
    nodes.Index: strict(named("sequence", "index"), _index),
    nodes.Slice: strict(named("sequence", "low", "high"), _slice),
    nodes.Range: strict(named("low", "high"), _range),
    nodes.Zip: strict(named("sequences"), _zip),
    nodes.Enumerate: strict(named("sequence"), _enumerate),
    nodes.Length: strict(named("collection"), _length),
    nodes.Member: strict(named("item", "collection"), _member),
    nodes.Every: strict(_no_operands, _every),
    nodes.MakeSet: strict(named("items"), _make_set),
    nodes.SetOperation: strict(named("left", "right"), _set_operation),
    nodes.Subset: strict(named("left", "right"), _subset),
    nodes.Subsets: strict(named("base", "size"), _subsets),
    nodes.Fill: strict(named("value"), _fill),
    nodes.Get: strict(named("map", "key"), _get),
    nodes.Put: strict(named("map", "key", "value"), _put),
    nodes.Keys: strict(named("map"), _keys),
    nodes.CountOf: strict(named("bag", "item"), _count_of),
    nodes.BagAdd: strict(named("bag", "item", "copies"), _bag_add),
    nodes.BagRemove: strict(named("bag", "item", "copies"), _bag_remove),
    nodes.BagOperation: strict(named("left", "right"), _bag_operation),
    nodes.BagIncluded: strict(named("left", "right"), _bag_included),
    nodes.Total: strict(named("bag"), _total),
    nodes.Support: strict(named("bag"), _support),
}
