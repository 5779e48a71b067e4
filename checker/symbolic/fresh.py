"""New symbolic values: a type with variables in it, and the condition under which they make sense.

Sets and bags over a small universe have a condition for each possible member; over a larger one as many
symbolic members as their capacity.  Variables are named after the part of the value that they decide, so
that a formula given to another solver can be read.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

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
from checker.symbolic import integers
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit, TooLarge
from checker.symbolic.comparing import equal
from checker.symbolic.lifting import countable, members
from checker.symbolic.values import BagOf, Cases, Number, Product, Seq, SetOf, Table, Truth, Union, Value

UNIVERSE = 1024
"""Up to so many possible members a set or bag has a condition for each of them."""

KEYS = 4096
"""The most keys that a map may have."""


def fresh(c: Circuit, kind: FiniteType, name: str) -> tuple[Value, Lit]:
    """A new value of a type, whose variables are named after it; and whether they make sense."""
    match kind:
        case BoolType():
            return Truth(c.variable(name)), TRUE
        case IntType():
            return _fresh_integer(c, kind, name)
        case EnumType() | SortType() | NoneType():
            return one_of(c, list(kind.members()), name)
        case RecordType():
            return _fresh_product(c, [(part, f"{name}.{field}") for field, part in kind.fields])
        case TupleType():
            return _fresh_product(c, [(part, f"{name}[{at}]") for at, part in enumerate(kind.items)])
        case UnionType():
            return _fresh_union(c, kind, name)
        case SeqType():
            return _fresh_sequence(c, kind, name)
        case MapType():
            return _fresh_map(c, kind, name)
        case SetType():
            return _fresh_set(c, kind, name)
        case BagType():
            return _fresh_bag(c, kind, name)


def one_of(c: Circuit, values: list[Any], name: str) -> tuple[Cases, Lit]:
    """One of some known values."""
    if not values:
        return Cases({}), FALSE
    if len(values) == 1:
        return Cases({values[0]: TRUE}), TRUE
    if len(values) == 2:
        lit = c.variable(f"{name} = {shown(values[1])}")
        return Cases({values[0]: -lit, values[1]: lit}), TRUE
    lits = {value: c.variable(f"{name} = {shown(value)}") for value in values}
    return Cases(lits), c.exactly_one(lits.values())


def shown(value: Any) -> str:
    """A value in the name of a variable."""
    return value.name if isinstance(value, Enum) else str(value)


def _fresh_integer(c: Circuit, kind: IntType, name: str) -> tuple[Value, Lit]:
    if kind.low is None or kind.high is None:
        raise TooLarge(f"{name} is an integer without bounds")
    return integers.fresh(c, kind.low, kind.high, name)


def _fresh_product(c: Circuit, parts: list[tuple[FiniteType, str]]) -> tuple[Value, Lit]:
    made = [fresh(c, part, name) for part, name in parts]
    return Product(tuple(value for value, _ in made)), c.all(valid for _, valid in made)


def _fresh_union(c: Circuit, kind: UnionType, name: str) -> tuple[Value, Lit]:
    tag, valid = one_of(c, list(range(len(kind.options))), f"{name} kind")
    options, conditions = [], [valid]
    for place, option in enumerate(kind.options):
        value, makes_sense = fresh(c, option, name if len(kind.options) == 1 else f"{name}({option})")
        options.append((tag.cases[place], value))
        conditions.append(c.implies(tag.cases[place], makes_sense))
    return Union(tuple(options)), c.all(conditions)


def _fresh_sequence(c: Circuit, kind: SeqType, name: str) -> tuple[Value, Lit]:
    if kind.limit is None:
        raise TooLarge(f"{name} is a sequence without a largest length")
    entries, conditions, before = [], [], TRUE
    for place in range(kind.limit):
        here = c.variable(f"{name} has [{place}]")
        value, valid = fresh(c, kind.item, f"{name}[{place}]")
        conditions += [c.implies(here, before), c.implies(here, valid)]
        entries.append((here, value))
        before = here
    return Seq(tuple(entries), dense=True), c.all(conditions)


def _fresh_map(c: Circuit, kind: MapType, name: str) -> tuple[Value, Lit]:
    if countable(kind.key) > KEYS:
        raise TooLarge(f"{name} has more than {KEYS:,} keys")
    made = [fresh(c, kind.value, f"{name}[{shown(key)}]") for key in members(kind.key)]
    return Table(tuple(value for value, _ in made)), c.all(valid for _, valid in made)


def _fresh_set(c: Circuit, kind: SetType, name: str) -> tuple[Value, Lit]:
    if countable(kind.item) <= UNIVERSE:
        known = {member: c.variable(f"{shown(member)} in {name}") for member in members(kind.item)}
        few = TRUE
        if kind.capacity is not None and kind.capacity < len(known):
            few = -c.at_least(kind.capacity + 1, known.values())
        return SetOf(known), few
    if kind.capacity is None:
        raise TooLarge(f"{name} may have any of {countable(kind.item):,} members, and has no capacity")
    slots, valid = _slots(c, kind.item, kind.capacity, name)
    return SetOf({}, slots), valid


def _slots(c: Circuit, item: FiniteType, number: int, name: str) -> tuple[tuple[tuple[Lit, Value], ...], Lit]:
    """So many symbolic members, those that are there first and different from each other."""
    slots: list[tuple[Lit, Value]] = []
    conditions = []
    for place in range(number):
        here = c.variable(f"{name} has #{place + 1}")
        value, valid = fresh(c, item, f"{name}#{place + 1}")
        conditions.append(c.implies(here, valid))
        if slots:
            conditions.append(c.implies(here, slots[-1][0]))
        conditions += [-c.both(here, equal(c, item, value, other)) for _, other in slots]
        slots.append((here, value))
    return tuple(slots), c.all(conditions)


def _fresh_bag(c: Circuit, kind: BagType, name: str) -> tuple[Value, Lit]:
    limits = [limit for limit in (kind.capacity, kind.max_count) if limit is not None]
    if not limits:
        raise TooLarge(f"{name} is a bag without bounds")
    each = min(limits)
    if countable(kind.item) <= UNIVERSE // 4:
        made = {
            item: integers.fresh(c, 0, each, f"copies of {shown(item)} in {name}")
            for item in members(kind.item)
        }
        bag = BagOf({item: number for item, (number, _) in made.items()})
        conditions = [valid for _, valid in made.values()]
    else:
        if kind.capacity is None:
            raise TooLarge(f"{name} may have any of {countable(kind.item):,} members, and has no capacity")
        slots, valid = _slots(c, kind.item, kind.capacity, name)
        conditions, loose = [valid], []
        for place, (here, value) in enumerate(slots):
            copies, valid = integers.fresh(c, 1, each, f"copies of {name}#{place + 1}")
            conditions.append(c.implies(here, valid))
            loose.append((value, integers.total(c, [(here, copies)])))
        bag = BagOf({}, tuple(loose), tidy=True)
    if kind.capacity is not None:
        copies = integers.total(c, [(TRUE, number) for number in counts_of(bag)])
        conditions.append(integers.between(c, copies, None, kind.capacity))
    return bag, c.all(conditions)


def counts_of(bag: BagOf) -> list[Number]:
    """The numbers of copies in a bag, which add up to its total."""
    return [*bag.known.values(), *(copies for _, copies in bag.loose)]
