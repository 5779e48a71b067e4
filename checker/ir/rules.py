"""What each node demands of its operands' types and of its own: one row for each class.

A rule looks at one node and the types written on its operands; names, scopes and what a program is made
of are `checker.ir.verify`'s.  The rules of collections are in `checker.ir.collection_rules`.
"""

from __future__ import annotations

from typing import Any

from checker.ir import nodes
from checker.ir.collection_rules import COLLECTION_RULES
from checker.ir.demands import Rule, each, exactly, has, must_be, need, of, ordered
from checker.ir.nodes import BOOL, INT, Expr
from checker.ir.typing import fits
from checker.lang.types import RecordType, TupleType, UnionType

# -- atoms and control ----------------------------------------------------------------------------


def _literal(node: nodes.Literal) -> None:
    fault = node.type.fault(node.value)
    outside = fault is not None and fault.bound is None
    need(not outside, f"{node.value!r} is no value of {node.type}")


def _let(node: nodes.Let) -> None:
    has(node, node.body.type)


def _if(node: nodes.If) -> None:
    must_be(node.test, BOOL, "the condition")
    must_be(node.then, node.type, "the value where it holds")
    must_be(node.other, node.type, "the value where it does not")


def _free(node: Expr) -> None:
    """What the verifier itself looks at, for it needs the program or the names around."""


# -- truth values and integers --------------------------------------------------------------------


def _not(node: nodes.Not) -> None:
    has(node, BOOL)
    must_be(node.operand, BOOL, "the operand")


def _connective(node: nodes.And | nodes.Or) -> None:
    has(node, BOOL)
    need(bool(node.operands), "it has no operands")
    for operand in node.operands:
        must_be(operand, BOOL, "an operand")


def _equal(node: nodes.Equal) -> None:
    has(node, BOOL)
    must_be(node.right, node.left.type, "the right side")


def _less(node: nodes.Less) -> None:
    _equal(nodes.Equal(node.left, node.right, type=node.type))
    ordered(node.left.type)


def _arithmetic(node: nodes.Arithmetic) -> None:
    need(node.type == INT, f"a computed integer has the type {INT}, and not {node.type}")
    must_be(node.left, INT, "the left side")
    must_be(node.right, INT, "the right side")


def _extreme(node: nodes.Extreme) -> None:
    ordered(node.type)
    need(bool(node.operands), "it has no operands")
    for operand in node.operands:
        must_be(operand, node.type, "an operand")


# -- records, unions, tuples ----------------------------------------------------------------------


def _make_record(node: nodes.MakeRecord) -> None:
    kind = of(node.type, RecordType, "the node")
    each(node.values, tuple(inner for _, inner in kind.fields), "field")


def _field(node: nodes.Field) -> None:
    fields = dict(of(node.record.type, RecordType, "the record").fields)
    need(node.name in fields, f"{node.record.type} has no field {node.name}")
    exactly(node, fields[node.name])


def _update(node: nodes.Update) -> None:
    has(node, node.record.type)
    fields = dict(of(node.type, RecordType, "the record").fields)
    names = [name for name, _ in node.changes]
    need(len(set(names)) == len(names), "it changes a field twice")
    for name, value in node.changes:
        need(name in fields, f"{node.type} has no field {name}")
        must_be(value, fields[name], f"the new {name}")


def _is(node: nodes.Is) -> None:
    has(node, BOOL)
    options = of(node.value.type, UnionType, "the value").options
    need(node.option in options, f"{node.option} is no option of {node.value.type}")


def _as(node: nodes.As) -> None:
    options = of(node.value.type, UnionType, "the value").options
    need(node.type in options, f"{node.type} is no option of {node.value.type}")


def _coerce(node: nodes.Coerce) -> None:
    need(fits(node.value.type, node.type), f"values of {node.value.type} are not all of {node.type}")


def _make_tuple(node: nodes.MakeTuple) -> None:
    each(node.items, of(node.type, TupleType, "the node").items, "item")


def _item(node: nodes.Item) -> None:
    items = of(node.tuple.type, TupleType, "the tuple").items
    need(0 <= node.place < len(items), f"{node.tuple.type} has no item {node.place}")
    exactly(node, items[node.place])


RULES: dict[type[Any], Rule] = {
    nodes.Literal: _literal,
    nodes.Constant: _free,
    nodes.Local: _free,
    nodes.Let: _let,
    nodes.If: _if,
    nodes.Stuck: _free,
    nodes.Call: _free,
    nodes.Not: _not,
    nodes.And: _connective,
    nodes.Or: _connective,
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
    nodes.Item: _item,
    **COLLECTION_RULES,
}
"""One row for each class of expression; a test fails while one is missing."""
