"""Truth values in C: connectives that ask no further than they must, equality and order.

A connective stays an expression (`a && b`) where none of its operands needs statements.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.ir.nodes import And, Coerce, Equal, Expr, Less, Literal, Not, Or
from checker.lang.types import FiniteType, NoneType, UnionType
from checker.native.emit import value as v
from checker.native.emit.body import Body
from checker.native.emit.sinks import Return, Sink
from checker.native.emit.value import Value, negated


def _not(body: Body, node: Not) -> Value:
    return negated(body.value(node.operand))


def _and(body: Body, node: And) -> Value:
    return _connective(body, node, truth=True)


def _or(body: Body, node: Or) -> Value:
    return _connective(body, node, truth=False)


def _connective(body: Body, node: And | Or, *, truth: bool) -> Value:
    """Operands are asked as long as they come out as `truth`; those without statements side by side."""
    runs: list[tuple[list[str], Value]] = []
    with body.scope():
        for operand in node.operands:
            value, lines = body.aside(operand, deeper=1 if runs else 0)
            if lines or not runs:
                runs.append((lines, value))
            else:
                runs[-1] = (runs[-1][0], _joined(body, runs[-1][1], value, truth))
            body.assume(operand, truth)
    body.writer.paste(runs[0][0])
    if len(runs) == 1:
        return runs[0][1]
    return _in_turn(body, runs, truth)


def _in_turn(body: Body, runs: list[tuple[list[str], Value]], truth: bool) -> Value:
    """Later operands need statements, which are only run if the earlier ones ask for more."""
    found = body.names.fresh("holds")
    body.write(f"bool {found} = {runs[0][1].text};")
    asked = Value(found, body.types.boolean)
    for lines, value in runs[1:]:
        test = asked if truth else negated(asked)
        with body.writer.block(f"if ({test.text})"):
            body.writer.paste(lines)
            body.write(f"{found} = {value.text};")
    return asked


def _joined(body: Body, left: Value, right: Value, truth: bool) -> Value:
    """Two operands side by side, and the opposite by De Morgan; C wants parentheses around && in ||."""
    text, rank = _side_by_side(left, right, truth)
    inverse, inverse_rank = _side_by_side(negated(left), negated(right), not truth)
    return Value(text, body.types.boolean, rank, inverse=inverse, inverse_rank=inverse_rank)


def _side_by_side(left: Value, right: Value, truth: bool) -> tuple[str, int]:
    if truth:
        return f"{left.within(v.AND)} && {right.within(v.AND)}", v.AND
    inside = [f"({x.text})" if x.rank == v.AND else x.within(v.OR) for x in (left, right)]
    return " || ".join(inside), v.OR


def _and_in_tail(body: Body, node: And, sink: Sink) -> None:
    _in_tail(body, node, sink, truth=True)


def _or_in_tail(body: Body, node: Or, sink: Sink) -> None:
    _in_tail(body, node, sink, truth=False)


def _in_tail(body: Body, node: And | Or, sink: Sink, *, truth: bool) -> None:
    """As the result of a function: an early return where operands need statements."""
    if not isinstance(sink, Return) or not any(body.needs_statements(operand) for operand in node.operands):
        sink.accept(body, body.value(node))
        return
    with body.scope():
        for operand in node.operands[:-1]:
            test = body.value(operand)
            asked = negated(test) if truth else test
            body.write(f"if ({asked.text}) return {'false' if truth else 'true'};")
            body.assume(operand, truth)
        body.deliver(node.operands[-1], sink)


def equal(body: Body, node: Equal) -> Value:
    """Equality; with one option of a union: whether it is that option, and equal to it."""
    for one, other in ((node.right, node.left), (node.left, node.right)):
        opened = as_option(one)
        if opened is not None and not body.types.is_scalar(one.type):
            return _equals_option(body, other, *opened)
    return equality(body, body.value(node.left), body.value(node.right))


def option_of(kind: UnionType, value: Any) -> FiniteType:
    """The option that a value belongs to, also one that leaves its bounds."""
    faults = [(option, option.fault(value)) for option in kind.options]
    exact = [option for option, fault in faults if fault is None]
    near = [option for option, fault in faults if fault is not None and (fault.bound or fault.path)]
    return (exact or near)[0]


def as_option(node: Expr) -> tuple[FiniteType, Expr] | None:
    """A node of a union type that is surely one option of it: the option, and the value as such."""
    if not isinstance(node.type, UnionType):
        return None
    if isinstance(node, Literal):
        option = option_of(node.type, node.value)
        return option, Literal(node.value, type=option, at=node.at)
    if isinstance(node, Coerce) and node.value.type in node.type.options:
        return node.value.type, node.value
    return None


def _equals_option(body: Body, union: Expr, option: FiniteType, wanted: Expr) -> Value:
    value = body.value(union)
    expected = body.value(wanted)
    test = body.types.is_option(body, value, option)
    if isinstance(option, NoneType):
        return test
    return _joined(body, test, equality(body, body.types.as_option(body, value, option), expected), True)


def equality(body: Body, left: Value, right: Value) -> Value:
    """Whether two values of one type are equal."""
    kind = left.type
    if isinstance(kind, NoneType):
        return Value("true", body.types.boolean, inverse="false")
    if body.types.is_scalar(kind):
        one, other = left.within(v.SHIFT), right.within(v.SHIFT)
        return Value(
            f"{one} == {other}",
            body.types.boolean,
            v.EQUALITY,
            inverse=f"{one} != {other}",
            inverse_rank=v.EQUALITY,
        )
    left, right = body.materialised(left), body.materialised(right)
    text = body.operation("equal", (kind,), left.address, right.address)
    return Value(text, body.types.boolean)


def _less(body: Body, node: Less) -> Value:
    left, right = body.value(node.left), body.value(node.right)
    sign, opposite = ("<", ">=") if node.strict else ("<=", ">")
    if not body.types.is_scalar(node.left.type):
        left, right = body.materialised(left), body.materialised(right)
        left = Value(
            body.operation("order", (node.left.type,), left.address, right.address), body.types.boolean
        )
        right = Value("0", body.types.boolean)
    one, other = left.within(v.SHIFT), right.within(v.SHIFT)
    return Value(
        f"{one} {sign} {other}",
        body.types.boolean,
        v.RELATION,
        inverse=f"{one} {opposite} {other}",
        inverse_rank=v.RELATION,
    )


VALUES: dict[type[Any], Callable[[Body, Any], Value]] = {
    Not: _not,
    And: _and,
    Or: _or,
    Equal: equal,
    Less: _less,
}
TAILS: dict[type[Any], Callable[[Body, Any, Sink], None]] = {And: _and_in_tail, Or: _or_in_tail}
