"""Quantifiers, comprehensions and aggregates in C: nested loops that stop as soon as they may.

As the result of a function a quantifier returns from inside its loops; elsewhere it sets a variable and
leaves them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.ir.nodes import (
    INT,
    Aggregate,
    Comprehension,
    Every,
    For,
    Keys,
    Local,
    MapComprehension,
    Not,
    Qualifier,
    Quantifier,
    Where,
)
from checker.ir.passes.bodies import negated as opposite
from checker.ir.passes.conditions import conjuncts
from checker.lang.types import IntType, MapType, SeqType, SetType
from checker.native.emit import building, loops, ranges, sieves
from checker.native.emit import value as v
from checker.native.emit.body import Body
from checker.native.emit.sinks import Into, Return, Sink
from checker.native.emit.value import Value, negated


def decisive(node: Quantifier) -> tuple[Qualifier, ...]:
    """The choices that decide a quantifier: the first that makes the body of `any` true, of `all` false."""
    body = node.body if node.kind == "any" else opposite(node.body)
    return (*node.qualifiers, *map(Where, conjuncts(body)))


def _quantifier(body: Body, node: Quantifier) -> Value:
    every, qualifiers = node.kind == "all", decisive(node)
    at_once = ranges.met(body, qualifiers)
    if at_once is not None:
        return negated(at_once) if every else at_once
    found = body.flag(body.hint or ("all_hold" if every else "any_holds"), every)
    outside = body.loops
    label = body.names.fresh("decided")
    jumps = False

    def decide() -> None:
        nonlocal jumps
        body.write(f"{found.text} = {'false' if every else 'true'};")
        if body.loops == outside + 1:
            body.write("break;")
        elif body.loops > outside + 1:
            jumps = True
            body.write(f"goto {label};")

    def decide_if(test: Value) -> None:
        with body.writer.block(f"if ({test.text})"):
            decide()

    ranges.qualified(body, qualifiers, decide, repeats=True, if_met=decide_if)
    if jumps:
        body.write(f"{label}:;")
    return found


def _quantifier_in_tail(body: Body, node: Quantifier, sink: Sink) -> None:
    if isinstance(sink, Return):
        _returned(body, node, holds=True)
    else:
        sink.accept(body, _quantifier(body, node))


def _negation_in_tail(body: Body, node: Not, sink: Sink) -> None:
    """The negation of a quantifier returns from inside its loops too."""
    if isinstance(sink, Return) and isinstance(node.operand, Quantifier):
        _returned(body, node.operand, holds=False)
    else:
        sink.accept(body, body.value(node))


def _returned(body: Body, node: Quantifier, *, holds: bool) -> None:
    early, late = ("true", "false") if (node.kind == "all") != holds else ("false", "true")
    qualifiers = decisive(node)
    at_once = ranges.met(body, qualifiers)
    if at_once is not None:
        body.write(f"return {(at_once if early == 'true' else negated(at_once)).text};")
        return
    ranges.qualified(
        body,
        qualifiers,
        lambda: body.write(f"return {early};"),
        repeats=True,
        if_met=lambda test: body.write(f"if ({test.text}) return {early};"),
    )
    body.write(f"return {late};")


def _passed_on(body: Body, node: Comprehension, place: Value) -> bool:
    """The members of a set that pass sieves, and nothing else of them, need no loop."""
    found = ranges.sieves_alone(body, node.qualifiers)
    if found is None:
        return False
    ranged, passed = found
    if not isinstance(node.element, Local) or node.element.name != ranged.name:
        return False
    if body.types.name(node.type) != body.types.name(ranged.domain.type):
        return False
    sieves.through(body, body.value(ranged.domain), ranged.name, passed, place)
    return True


def _comprehension_into(body: Body, node: Comprehension, place: Value) -> None:
    if isinstance(node.type, SetType) and _passed_on(body, node, place):
        return
    building.empty(body, place)
    sequence = isinstance(node.type, SeqType)

    def add() -> None:
        element = body.value(node.element)
        if sequence:
            building.append(body, place, element)
        else:
            building.add(body, place, element)

    ranges.qualified(body, node.qualifiers, add, repeats=isinstance(node.type, SetType))


def _comprehension(body: Body, node: Comprehension) -> Value:
    place = body.variable(node.type, body.hint)
    _comprehension_into(body, node, place)
    return place


def map_comprehension_into(body: Body, node: MapComprehension, place: Value) -> None:
    """Each key must come; that needs no looking after where the only loop goes through all keys."""
    kind = node.type
    assert isinstance(kind, MapType)
    keys = body.types.size(kind.key)
    seen = "" if _takes_every_key(node) else body.names.fresh("seen")
    if seen:
        body.write(f"bool {seen}[{max(keys, 1)}] = {{ false }};")

    def put() -> None:
        slot = body.types.slot(body, place, body.value(node.key))
        if seen:
            where = body.names.fresh("slot")
            number = slot.text[len(place.member("at")) + 1 : -1]
            body.write(f"int {where} = {number};")
            body.write(f"{seen}[{where}] = true;")
            slot = body.types.at_slot(place, where)
        body.into(node.value, slot, stored=True)

    ranges.qualified(body, node.qualifiers, put)
    if seen:
        loops.counted(
            body, "slot", "0", str(keys), lambda slot: body.write(f"if (!{seen}[{slot}]) {body.escape()}")
        )


def _takes_every_key(node: MapComprehension) -> bool:
    if len(node.qualifiers) != 1 or not isinstance(node.qualifiers[0], For):
        return False
    ranged = node.qualifiers[0]
    if not isinstance(node.key, Local) or node.key.name != ranged.name:
        return False
    assert isinstance(node.type, MapType)
    kind = ranged.domain.type
    if isinstance(ranged.domain, Every | Keys):
        return isinstance(kind, SetType) and kind.item == node.type.key
    return isinstance(kind, MapType) and kind.key == node.type.key


# -- aggregates -----------------------------------------------------------------------------------


def _aggregate(body: Body, node: Aggregate) -> Value:
    return AGGREGATES[node.which](body, node)


def _count(body: Body, node: Aggregate) -> Value:
    count = body.variable(INT, body.hint or "count", "0")
    ranges.qualified(body, node.qualifiers, lambda: body.write(f"{count.text}++;"))
    return Value(count.text, INT, low=0, high=v.INT64_HIGH // 4)


def _sum(body: Body, node: Aggregate) -> Value:
    assert node.body is not None
    term = node.body
    total = body.variable(INT, body.hint or "sum", "0")

    def add() -> None:
        value = body.value(term)
        if value.low >= v.INT32_LOW and value.high <= v.INT32_HIGH:
            body.write(f"{total.text} += {value.text};")
        else:
            body.write(f"{total.text} = {body.helper('checked_add', total.text, value.text)};")

    ranges.qualified(body, node.qualifiers, add)
    return total


def _extreme(body: Body, node: Aggregate) -> Value:
    """The least or greatest so far; `any` says whether there is one."""
    assert node.body is not None
    term = node.body
    default = body.value(node.default, "default_value") if node.default is not None else None
    scalar = body.types.is_scalar(node.type)
    best = body.variable(node.type, body.hint or node.which, "0" if scalar else "")
    found = body.flag("found", False)

    def look() -> None:
        value = body.materialised(body.named(body.value(term), "candidate"))
        body.write(f"if (!{found.text} || {_better(body, node, value, best)}) {best.text} = {value.text};")
        body.write(f"{found.text} = true;")

    ranges.qualified(body, node.qualifiers, look, repeats=True)
    if default is None:
        body.escape_unless(found.text)
    else:
        with body.writer.block(f"if (!{found.text})"):
            Into(best).accept(body, default)
    return best


def _better(body: Body, node: Aggregate, value: Value, best: Value) -> str:
    sign = "<" if node.which == "min" else ">"
    if isinstance(node.type, IntType):
        return f"{value.within(v.SHIFT)} {sign} {best.text}"
    return f"{body.operation('order', (node.type,), value.address, best.address)} {sign} 0"


AGGREGATES: dict[str, Callable[[Body, Aggregate], Value]] = {
    "count": _count,
    "sum": _sum,
    "min": _extreme,
    "max": _extreme,
}

VALUES: dict[type[Any], Callable[[Body, Any], Value]] = {
    Quantifier: _quantifier,
    Comprehension: _comprehension,
    Aggregate: _aggregate,
}
BUILDS: dict[type[Any], Callable[[Body, Any, Value], None]] = {
    Comprehension: _comprehension_into,
    MapComprehension: map_comprehension_into,
}
TAILS: dict[type[Any], Callable[[Body, Any, Sink], None]] = {
    Quantifier: _quantifier_in_tail,
    Not: _negation_in_tail,
}
