"""The meaning of atoms, control, truth values, integers, records, unions and tuples."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import attrs

from checker.interpret.stuck import Coder, Environment, Evaluate, Row, Stuck, stuck_where
from checker.ir import nodes
from checker.lang.types import (
    BagType,
    BoolType,
    FiniteType,
    IntType,
    MapType,
    NoneType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)
from checker.lang.values import Bag, Map

# -- atoms and control ----------------------------------------------------------------------------


def _literal(_: Coder, node: nodes.Literal) -> Evaluate:
    return lambda env: node.value


def _constant(m: Coder, node: nodes.Constant) -> Evaluate:
    value = m.constants[node.name]
    return lambda env: value


def _local(_: Coder, node: nodes.Local) -> Evaluate:
    return operator.itemgetter(node.name)


def _let(m: Coder, node: nodes.Let) -> Evaluate:
    value, body = m.code(node.value), m.code(node.body)

    def evaluate(env: Environment) -> Any:
        env[node.name] = value(env)
        return body(env)

    return evaluate


def _if(m: Coder, node: nodes.If) -> Evaluate:
    test, then, other = m.code(node.test), m.code(node.then), m.code(node.other)
    return lambda env: then(env) if test(env) else other(env)


def _stuck(_: Coder, node: nodes.Stuck) -> Evaluate:
    def evaluate(env: Environment) -> Any:
        raise Stuck(node.reason, node.at)

    return evaluate


def _call(m: Coder, node: nodes.Call) -> Evaluate:
    function, arguments = m.function(node.function), [m.code(argument) for argument in node.arguments]
    return lambda env: function(*[argument(env) for argument in arguments])


# -- truth values and integers --------------------------------------------------------------------


def _not(m: Coder, node: nodes.Not) -> Evaluate:
    operand = m.code(node.operand)
    return lambda env: not operand(env)


def _and(m: Coder, node: nodes.And) -> Evaluate:
    operands = [m.code(operand) for operand in node.operands]
    return lambda env: all(operand(env) for operand in operands)


def _or(m: Coder, node: nodes.Or) -> Evaluate:
    operands = [m.code(operand) for operand in node.operands]
    return lambda env: any(operand(env) for operand in operands)


def binary(m: Coder, function: Callable[[Any, Any], Any], left: nodes.Expr, right: nodes.Expr) -> Evaluate:
    """An operation on two operands, the left one evaluated first."""
    one, other = m.code(left), m.code(right)
    return lambda env: function(one(env), other(env))


def _equal(m: Coder, node: nodes.Equal) -> Evaluate:
    return binary(m, operator.eq, node.left, node.right)


def _less(m: Coder, node: nodes.Less) -> Evaluate:
    return binary(m, operator.lt if node.strict else operator.le, node.left, node.right)


def power(base: int, exponent: int) -> int:
    """`base ** exponent` within the integers."""
    if exponent < 0:
        raise ValueError(f"{base} ** {exponent} is no integer")
    return int(base**exponent)


ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": power,
}


def _arithmetic(m: Coder, node: nodes.Arithmetic) -> Evaluate:
    left, right, operate = m.code(node.left), m.code(node.right), ARITHMETIC[node.operator]

    def evaluate(env: Environment) -> int:
        one, other = left(env), right(env)
        with stuck_where(node, ZeroDivisionError, ValueError):
            return operate(one, other)

    return evaluate


EXTREMES: dict[str, Callable[..., Any]] = {"min": min, "max": max}


def _extreme(m: Coder, node: nodes.Extreme) -> Evaluate:
    operands, choose = [m.code(operand) for operand in node.operands], EXTREMES[node.which]
    return lambda env: choose([operand(env) for operand in operands])


# -- records and unions ---------------------------------------------------------------------------


def _make_record(m: Coder, node: nodes.MakeRecord) -> Evaluate:
    cls: Any = getattr(node.type, "cls", None)
    names = [attribute.alias for attribute in attrs.fields(cls)]
    values = [m.code(value) for value in node.values]
    return lambda env: cls(**dict(zip(names, [value(env) for value in values], strict=True)))


def _field(m: Coder, node: nodes.Field) -> Evaluate:
    record, get = m.code(node.record), operator.attrgetter(node.name)
    return lambda env: get(record(env))


def _update(m: Coder, node: nodes.Update) -> Evaluate:
    cls: Any = getattr(node.type, "cls", None)
    given = {attribute.name: attribute.alias for attribute in attrs.fields(cls)}
    record = m.code(node.record)
    changes = [(given[name], m.code(value)) for name, value in node.changes]

    def evaluate(env: Environment) -> Any:
        before = record(env)
        return attrs.evolve(before, **{name: value(env) for name, value in changes})

    return evaluate


def is_of(kind: FiniteType) -> Callable[[Any], bool]:
    """Whether a value is of a kind, as far as options of a union are told apart: by its Python type."""
    match kind:
        case BoolType():
            python: Any = bool
        case IntType():
            python = int
        case NoneType():
            python = type(None)
        case TupleType() | SeqType():
            python = tuple
        case SetType():
            python = frozenset
        case MapType():
            python = Map
        case BagType():
            python = Bag
        case UnionType():
            tests = [is_of(option) for option in kind.options]
            return lambda value: any(test(value) for test in tests)
        case _:
            python = kind.cls
    return lambda value: type(value) is python


def _is(m: Coder, node: nodes.Is) -> Evaluate:
    value, test = m.code(node.value), is_of(node.option)
    return lambda env: test(value(env))


def _as(m: Coder, node: nodes.As) -> Evaluate:
    value, test = m.code(node.value), is_of(node.type)

    def evaluate(env: Environment) -> Any:
        found = value(env)
        if not test(found):
            raise Stuck(f"{found!r} is no {node.type}", node.at)
        return found

    return evaluate


def _coerce(m: Coder, node: nodes.Coerce) -> Evaluate:
    return m.code(node.value)  # Python's values do not know at which type they are seen


# -- tuples ---------------------------------------------------------------------------------------


def several(m: Coder, items: tuple[nodes.Expr, ...], make: Callable[[Any], Any]) -> Evaluate:
    """A collection of some expressions' values."""
    codes = [m.code(item) for item in items]
    return lambda env: make([code(env) for code in codes])


def _make_tuple(m: Coder, node: nodes.MakeTuple | nodes.MakeSeq) -> Evaluate:
    return several(m, node.items, tuple)


def _item(m: Coder, node: nodes.Item) -> Evaluate:
    whole, get = m.code(node.tuple), operator.itemgetter(node.place)
    return lambda env: get(whole(env))


SCALARS: dict[type[Any], Row] = {
    nodes.Literal: _literal,
    nodes.Constant: _constant,
    nodes.Local: _local,
    nodes.Let: _let,
    nodes.If: _if,
    nodes.Stuck: _stuck,
    nodes.Call: _call,
    nodes.Not: _not,
    nodes.And: _and,
    nodes.Or: _or,
    nodes.Equal: _equal,
    nodes.Less: _less,
    nodes.Arithmetic: _arithmetic,
    nodes.Extreme: _extreme,
    nodes.MakeRecord: _make_record,
    nodes.Field: _field,
    nodes.Update: _update,
    nodes.Is: _is,
    nodes.As: _as,
    nodes.Coerce: _coerce,
    nodes.MakeTuple: _make_tuple,
    nodes.MakeSeq: _make_tuple,
    nodes.Item: _item,
}
