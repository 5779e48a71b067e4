"""Symbolic evaluation of atoms, control, truth values, integers, records, unions and tuples."""

from __future__ import annotations

from typing import Any, cast

from checker.ir import nodes
from checker.ir.nodes import Expr
from checker.lang.types import IntType, RecordType, UnionType
from checker.symbolic import integers
from checker.symbolic.choosing import choose
from checker.symbolic.circuit import FALSE, TRUE
from checker.symbolic.comparing import equal, less
from checker.symbolic.converting import converted, option_place
from checker.symbolic.lifting import lift
from checker.symbolic.machine import Environment, Machine, Row
from checker.symbolic.strict import named, strict
from checker.symbolic.values import NOWHERE, Nowhere, Number, Product, Truth, Union, Value

# -- atoms and control ----------------------------------------------------------------------------


def _literal(_: Machine, node: nodes.Literal, __: Environment) -> Value:
    return lift(node.type, node.value)


def _constant(m: Machine, node: nodes.Constant, _: Environment) -> Value:
    kind, value = m.constants[node.name]
    return converted(m.circuit, lift(kind, value), kind, node.type)


def _local(_: Machine, node: nodes.Local, env: Environment) -> Value:
    return env[node.name]


def _let(m: Machine, node: nodes.Let, env: Environment) -> Value:
    env[node.name] = m.value(node.value, env)
    return m.value(node.body, env)


def _if(m: Machine, node: nodes.If, env: Environment) -> Value:
    tested = m.value(node.test, env)
    if isinstance(tested, Nowhere):
        return NOWHERE
    test = cast(Truth, tested).lit
    return choose(m.circuit, test, m.under(test, node.then, env), m.under(-test, node.other, env))


def _stuck(m: Machine, _: nodes.Stuck, __: Environment) -> Value:
    m.fail(TRUE)
    return NOWHERE


def _call(m: Machine, node: nodes.Call, env: Environment) -> Value:
    return m.call(node.function, tuple([m.value(argument, env) for argument in node.arguments]))


# -- truth values and integers --------------------------------------------------------------------


def _not(_: Machine, __: nodes.Not, operand: Truth) -> Value:
    return Truth(-operand.lit)


def _and(m: Machine, node: nodes.And, env: Environment) -> Value:
    return _until(m, node.operands, env, stop=FALSE)


def _or(m: Machine, node: nodes.Or, env: Environment) -> Value:
    return _until(m, node.operands, env, stop=TRUE)


def _until(m: Machine, operands: tuple[Expr, ...], env: Environment, *, stop: int) -> Value:
    """Operands from left to right; each is evaluated only where none before it was `stop`."""
    going = TRUE
    for operand in operands:
        with m.where(going):
            lit = m.truth(operand, env)
        going = m.circuit.both(going, -lit if stop == TRUE else lit)
        if going == FALSE:
            break
    return Truth(-going if stop == TRUE else going)


def _equal(m: Machine, node: nodes.Equal, left: Value, right: Value) -> Value:
    return Truth(equal(m.circuit, node.left.type, left, right))


def _less(m: Machine, node: nodes.Less, left: Value, right: Value) -> Value:
    return Truth(less(m.circuit, node.left.type, left, right, strict=node.strict))


def _arithmetic(m: Machine, node: nodes.Arithmetic, left: Number, right: Number) -> Value:
    match node.operator:
        case "+":
            return integers.add(m.circuit, left, right)
        case "-":
            return integers.subtract(m.circuit, left, right)
        case "*":
            return integers.multiply(m.circuit, left, right)
    partial = {"//": integers.floor_divide, "%": integers.modulo, "**": integers.power}[node.operator]
    found, stuck = partial(m.circuit, left, right)
    m.fail(stuck)
    return NOWHERE if stuck == TRUE else found


def _extreme(m: Machine, node: nodes.Extreme, *operands: Value) -> Value:
    if isinstance(node.operands[0].type, IntType):
        return integers.extreme(m.circuit, node.which, [cast(Number, operand) for operand in operands])
    best, kind = operands[0], node.operands[0].type
    for other in operands[1:]:
        pair = (other, best) if node.which == "min" else (best, other)
        best = choose(m.circuit, less(m.circuit, kind, *pair, strict=True), other, best)
    return best


# -- records and unions ---------------------------------------------------------------------------


def _make_product(_: Machine, __: Any, *parts: Value) -> Value:
    return Product(parts)


def _field(_: Machine, node: nodes.Field, record: Product) -> Value:
    return record.parts[place_of(node.record.type, node.name)]


def place_of(kind: Any, name: str) -> int:
    """Which field of a record has a name."""
    return [field for field, _ in cast(RecordType, kind).fields].index(name)


def _update(_: Machine, node: nodes.Update, record: Product, *values: Value) -> Value:
    parts = list(record.parts)
    for (name, _expr), value in zip(node.changes, values, strict=True):
        parts[place_of(node.type, name)] = value
    return Product(tuple(parts))


def _update_operands(node: nodes.Update) -> tuple[Expr | None, ...]:
    return (node.record, *(value for _, value in node.changes))


def _is(_: Machine, node: nodes.Is, value: Value) -> Value:
    if not isinstance(value, Union):
        return Truth(TRUE)
    return Truth(value.options[option_place(cast(UnionType, node.value.type), node.option)][0])


def _as(m: Machine, node: nodes.As, value: Value) -> Value:
    if not isinstance(value, Union):
        return value
    lit, held = value.options[option_place(cast(UnionType, node.value.type), node.type)]
    m.fail(-lit)
    return NOWHERE if lit == FALSE else held


def _coerce(m: Machine, node: nodes.Coerce, value: Value) -> Value:
    return converted(m.circuit, value, node.value.type, node.type)


def _item(_: Machine, node: nodes.Item, value: Product) -> Value:
    return value.parts[node.place]


BINARY = named("left", "right")

SCALARS: dict[type[Any], Row] = {
    nodes.Literal: _literal,
    nodes.Constant: _constant,
    nodes.Local: _local,
    nodes.Let: _let,
    nodes.If: _if,
    nodes.Stuck: _stuck,
    nodes.Call: _call,
    nodes.Not: strict(named("operand"), _not),
    nodes.And: _and,
    nodes.Or: _or,
    nodes.Equal: strict(BINARY, _equal),
    nodes.Less: strict(BINARY, _less),
    nodes.Arithmetic: strict(BINARY, _arithmetic),
    nodes.Extreme: strict(named("operands"), _extreme),
    nodes.MakeRecord: strict(named("values"), _make_product),
    nodes.Field: strict(named("record"), _field),
    nodes.Update: strict(_update_operands, _update),
    nodes.Is: strict(named("value"), _is),
    nodes.As: strict(named("value"), _as),
    nodes.Coerce: strict(named("value"), _coerce),
    nodes.MakeTuple: strict(named("items"), _make_product),
    nodes.Item: strict(named("tuple"), _item),
}
