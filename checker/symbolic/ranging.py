"""Symbolic evaluation of quantifiers, comprehensions, aggregates and loops: all of them unrolled.

A collection gives its possible items, each with the condition under which it is one.  What is evaluated
for an item is evaluated under that condition.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Any, cast

from attrs import evolve

from checker.ir import nodes
from checker.ir.nodes import BOOL, For, Qualifier, Where, With
from checker.ir.scopes import free
from checker.lang.types import BagType, FiniteType, MapType, SeqType
from checker.symbolic import bags, integers
from checker.symbolic.choosing import select
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit
from checker.symbolic.collections import item_of
from checker.symbolic.comparing import different, entries_of, keyed, less
from checker.symbolic.lifting import members
from checker.symbolic.machine import Environment, Machine, Row
from checker.symbolic.sequences import sequence
from checker.symbolic.sets import gather
from checker.symbolic.values import (
    NOWHERE,
    BagOf,
    Nowhere,
    Number,
    Product,
    Seq,
    SetOf,
    Table,
    Truth,
    Value,
)


def items(c: Circuit, kind: FiniteType, collection: Value) -> list[tuple[Lit, Value]]:
    """What a loop over a collection visits, each once: items with the condition that they are visited."""
    match collection:
        case Seq(entries):
            return list(entries)
        case SetOf():
            return once(c, item_of(kind), collection)
        case BagOf():
            return once(c, item_of(kind), bags.support(c, collection))
        case Table():
            keys = SetOf(dict.fromkeys(members(cast(MapType, kind).key), TRUE))
            return entries_of(item_of(kind), keys)
        case _:
            return []


def once(c: Circuit, item: FiniteType, collection: SetOf) -> list[tuple[Lit, Value]]:
    """The members of a set, none of them twice."""
    entries = entries_of(item, collection)
    if not collection.loose:
        return entries
    known = len(collection.known)
    found, before = entries[:known], SetOf(collection.known)
    for lit, held in collection.loose:
        longer = SetOf(before.known, (*before.loose, (lit, held)))
        alone = different(c, item, longer)
        found.append((alone[-1] if len(alone) > len(different(c, item, before)) else FALSE, held))
        before = longer
    return [entry for entry in found if entry[0] != FALSE]


def choices(
    m: Machine, qualifiers: tuple[Qualifier, ...], env: Environment
) -> closing[Generator[Lit, None, None]]:
    """The same as `ranging`; the machine's path is what it was as soon as the caller leaves, even by raising."""
    return closing(ranging(m, qualifiers, env))


def ranging(
    m: Machine, qualifiers: tuple[Qualifier, ...], env: Environment, given: Lit = TRUE
) -> Generator[Lit, None, None]:
    """The condition of each choice that qualifiers range over, with its names in the environment.

    The machine's path is that of the choice while the caller looks at it.
    """
    if not qualifiers:
        yield given
        return
    first, rest = qualifiers[0], qualifiers[1:]
    if isinstance(first, For):
        domain = m.value(first.domain, env)
        if isinstance(domain, Nowhere):
            return
        for lit, item in items(m.circuit, first.domain.type, domain):
            if m.circuit.both(m.path, lit) == FALSE:
                continue
            env[first.name] = item
            with m.where(lit):
                yield from ranging(m, rest, env, m.circuit.both(given, lit))
        return
    if isinstance(first, Where):
        test = m.truth(first.test, env)
        if test != FALSE:
            with m.where(test):
                yield from ranging(m, rest, env, m.circuit.both(given, test))
        return
    env[first.name] = m.value(first.value, env)
    yield from ranging(m, rest, env, given)


def _quantifier(m: Machine, node: nodes.Quantifier, env: Environment) -> Value:
    """Asked for one choice after the other until one decides: what comes later is not stuck then."""
    c, forall = m.circuit, node.kind == "all"
    going, before = TRUE, m.stuck
    m.stuck = FALSE
    with choices(m, node.qualifiers, env) as given_each:
        for given in given_each:
            body = m.truth(node.body, env)
            before, m.stuck = _also(c, before, going, m.stuck), FALSE
            going = c.both(going, c.implies(given, body) if forall else -c.both(given, body))
            if going == FALSE:
                break
    m.stuck = _also(c, before, going, m.stuck)
    return Truth(going if forall else -going)


def _also(c: Circuit, before: Lit, going: Lit, stuck: Lit) -> Lit:
    return c.either(before, c.both(going, stuck))


def _comprehension(m: Machine, node: nodes.Comprehension, env: Environment) -> Value:
    if isinstance(node.type, BagType):
        return _bag_comprehension(m, node, env)
    c, found = m.circuit, []
    with choices(m, node.qualifiers, env) as given_each:
        for given in given_each:
            element = m.value(node.element, env)
            if not isinstance(element, Nowhere):
                found.append((given, element))
    if isinstance(node.type, SeqType):
        return sequence(found)
    return gather(c, item_of(node.type), found)


def _bag_comprehension(m: Machine, node: nodes.Comprehension, env: Environment) -> Value:
    """Copies that are all made alike are made at once: what counts them is a number, and no range."""
    c, item, bag = m.circuit, item_of(node.type), BagOf({})
    qualifiers, numbers = at_once(node)
    with choices(m, qualifiers, env) as given_each:
        for given in given_each:
            copies: Number = integers.constant(1)
            for name in numbers:
                copies = integers.multiply(c, copies, cast(Number, env[name]))
            element = m.value(node.element, env)
            if not isinstance(element, Nowhere):
                bag = bags.added(c, item, bag, element, integers.total(c, [(given, copies)]))
    return bag


def at_once(node: nodes.Comprehension) -> tuple[tuple[Qualifier, ...], list[str]]:
    """The qualifiers with the number of copies in place of each range over the copies in a bag whose name
    nothing uses, as in `elements()`; and the names of these numbers."""
    found: list[Qualifier] = []
    numbers: list[str] = []
    for place, qualifier in enumerate(node.qualifiers):
        match qualifier:
            case For(
                name, nodes.Range(low=nodes.Literal(value=0) as none, high=nodes.CountOf() as copies, step=1)
            ):
                if name not in free(evolve(node, qualifiers=node.qualifiers[place + 1 :])):
                    there = nodes.Less(none, nodes.Local(name, type=copies.type), strict=True, type=BOOL)
                    found += [With(name, copies), Where(there)]
                    numbers.append(name)
                    continue
        found.append(qualifier)
    return tuple(found), numbers


def _map_comprehension(m: Machine, node: nodes.MapComprehension, env: Environment) -> Value:
    kind, c = cast(MapType, node.type), m.circuit
    keys = members(kind.key)
    options: list[list[tuple[Lit, Value]]] = [[] for _ in keys]
    with choices(m, node.qualifiers, env) as given_each:
        for given in given_each:
            key = m.value(node.key, env)
            value = m.value(node.value, env)
            if isinstance(key, Nowhere):
                continue
            places = keyed(c, kind, key)
            m.fail(-c.any(lit for _, lit in places))
            for place, lit in places:
                options[place].append((c.both(given, lit), value))
    values = []
    for found in options:
        m.fail(-c.any(lit for lit, _ in found))
        values.append(_last(c, found))
    return NOWHERE if any(isinstance(value, Nowhere) for value in values) else Table(tuple(values))


def _last(c: Circuit, options: list[tuple[Lit, Value]]) -> Value:
    """Of the options whose conditions hold the last."""
    after, alone = FALSE, []
    for lit, value in reversed(options):
        alone.append((c.both(lit, -after), value))
        after = c.either(after, lit)
    return select(c, alone)


def _aggregate(m: Machine, node: nodes.Aggregate, env: Environment) -> Value:
    c = m.circuit
    if node.body is None:
        return integers.count(c, list(ranging(m, node.qualifiers, env)))
    default = None if node.default is None else m.value(node.default, env)
    if isinstance(default, Nowhere):
        return NOWHERE
    found = []
    with choices(m, node.qualifiers, env) as given_each:
        for given in given_each:
            value = m.value(node.body, env)
            if not isinstance(value, Nowhere):
                found.append((given, value))
    if node.which == "sum":
        return integers.total(c, cast(list[tuple[Lit, Number]], found))
    return _best(m, node, found, default)


def _best(
    m: Machine, node: nodes.Aggregate, found: Sequence[tuple[Lit, Value]], default: Value | None
) -> Value:
    """The least or greatest value, round by round."""
    c, kind = m.circuit, cast(Any, node.body).type
    there, best = FALSE, cast(Value, NOWHERE)
    for lit, value in found:
        if there == FALSE:
            there, best = lit, value
            continue
        pair = (value, best) if node.which == "min" else (best, value)
        better = c.both(lit, c.either(-there, less(c, kind, *pair, strict=True)))
        best = select(c, [(better, value), (-better, best)])
        there = c.either(there, lit)
    if default is not None:
        return select(c, [(there, best), (-there, default)])
    m.fail(-there)
    return best


def _fold(m: Machine, node: nodes.Fold, env: Environment) -> Value:
    c = m.circuit
    held = [m.value(value, env) for value in node.initial]
    domain = m.value(node.domain, env)
    if isinstance(domain, Nowhere):
        return NOWHERE
    going = TRUE
    for lit, item in items(c, node.domain.type, domain):
        round_ = c.both(going, lit)
        env.update(zip(node.accumulators, held, strict=True))
        if node.until is not None:
            with m.where(round_):
                stop = m.truth(node.until, env)
            going = c.both(going, -c.both(round_, stop))
            round_ = c.both(round_, -stop)
        if c.both(m.path, round_) == FALSE:
            continue
        env[node.name] = item
        after = m.under(round_, node.body, env)
        if isinstance(after, Product):
            held = [
                select(c, [(round_, new), (-round_, old)]) for new, old in zip(after.parts, held, strict=True)
            ]
    return NOWHERE if any(isinstance(value, Nowhere) for value in held) else Product(tuple(held))


RANGING: dict[type[Any], Row] = {
    nodes.Quantifier: _quantifier,
    nodes.Comprehension: _comprehension,
    nodes.MapComprehension: _map_comprehension,
    nodes.Aggregate: _aggregate,
    nodes.Fold: _fold,
}
