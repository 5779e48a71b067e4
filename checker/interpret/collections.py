"""The meaning of sequences, sets, maps and bags."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import chain
from typing import Any

from checker.interpret.scalars import binary, several
from checker.interpret.stuck import Coder, Environment, Evaluate, Row, stuck_where
from checker.ir import nodes
from checker.ir.nodes import Expr
from checker.lang.collections import subsets
from checker.lang.values import Bag, Map


def unary(m: Coder, function: Callable[[Any], Any], operand: Expr) -> Evaluate:
    """An operation on one operand."""
    code = m.code(operand)
    return lambda env: function(code(env))


def partial(m: Coder, node: Expr, function: Callable[..., Any], *operands: Expr) -> Evaluate:
    """An operation that is stuck where Python raises for what it is given."""
    codes = [m.code(operand) for operand in operands]

    def evaluate(env: Environment) -> Any:
        values = [code(env) for code in codes]
        with stuck_where(node, IndexError, KeyError, ValueError):
            return function(*values)

    return evaluate


# -- sequences ------------------------------------------------------------------------------------


def _concat(m: Coder, node: nodes.Concat) -> Evaluate:
    return several(m, node.parts, lambda parts: tuple(chain.from_iterable(parts)))


def _index(m: Coder, node: nodes.Index) -> Evaluate:
    return partial(m, node, operator.getitem, node.sequence, node.index)


def _slice(m: Coder, node: nodes.Slice) -> Evaluate:
    sequence = m.code(node.sequence)
    low, high = (None if bound is None else m.code(bound) for bound in (node.low, node.high))

    def evaluate(env: Environment) -> Any:
        whole = sequence(env)
        return whole[slice(None if low is None else low(env), None if high is None else high(env))]

    return evaluate


def _range(m: Coder, node: nodes.Range) -> Evaluate:
    return binary(m, lambda low, high: tuple(range(low, high, node.step)), node.low, node.high)


def _zip(m: Coder, node: nodes.Zip) -> Evaluate:
    return partial(m, node, lambda *parts: tuple(zip(*parts, strict=node.strict)), *node.sequences)


def _enumerate(m: Coder, node: nodes.Enumerate) -> Evaluate:
    return unary(m, lambda sequence: tuple(enumerate(sequence, node.start)), node.sequence)


# -- all kinds, sets ------------------------------------------------------------------------------


def _length(m: Coder, node: nodes.Length) -> Evaluate:
    return unary(m, len, node.collection)


def _member(m: Coder, node: nodes.Member) -> Evaluate:
    item, collection = m.code(node.item), m.code(node.collection)
    return lambda env: item(env) in collection(env)


def _every(_: Coder, node: nodes.Every) -> Evaluate:
    item: Any = getattr(node.type, "item", None)
    members = frozenset(item.members())
    return lambda env: members


def _make_set(m: Coder, node: nodes.MakeSet) -> Evaluate:
    return several(m, node.items, frozenset)


SET_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "|": operator.or_,
    "&": operator.and_,
    "-": operator.sub,
    "^": operator.xor,
}


def _set_operation(m: Coder, node: nodes.SetOperation) -> Evaluate:
    return binary(m, SET_OPERATIONS[node.operator], node.left, node.right)


def _subset(m: Coder, node: nodes.Subset) -> Evaluate:
    return binary(m, operator.lt if node.strict else operator.le, node.left, node.right)


def _subsets(m: Coder, node: nodes.Subsets) -> Evaluate:
    return partial(m, node, subsets, node.base, *([] if node.size is None else [node.size]))


# -- maps -----------------------------------------------------------------------------------------


def _fill(m: Coder, node: nodes.Fill) -> Evaluate:
    key: Any = getattr(node.type, "key", None)
    keys = tuple(key.members())
    return unary(m, lambda value: Map.fill(keys, value), node.value)


def _get(m: Coder, node: nodes.Get) -> Evaluate:
    return partial(m, node, operator.getitem, node.map, node.key)


def _put(m: Coder, node: nodes.Put) -> Evaluate:
    return partial(m, node, Map.set, node.map, node.key, node.value)


def _keys(m: Coder, node: nodes.Keys) -> Evaluate:
    return unary(m, Map.keys, node.map)


# -- bags -----------------------------------------------------------------------------------------


def _count_of(m: Coder, node: nodes.CountOf) -> Evaluate:
    return binary(m, operator.getitem, node.bag, node.item)


def _bag_add(m: Coder, node: nodes.BagAdd) -> Evaluate:
    return partial(m, node, Bag.add, node.bag, node.item, node.copies)


def _bag_remove(m: Coder, node: nodes.BagRemove) -> Evaluate:
    return partial(m, node, Bag.remove, node.bag, node.item, node.copies)


def _bag_operation(m: Coder, node: nodes.BagOperation) -> Evaluate:
    return binary(m, operator.add if node.operator == "+" else operator.sub, node.left, node.right)


def _bag_included(m: Coder, node: nodes.BagIncluded) -> Evaluate:
    return binary(m, operator.le, node.left, node.right)


def _total(m: Coder, node: nodes.Total) -> Evaluate:
    return unary(m, Bag.total, node.bag)


def _support(m: Coder, node: nodes.Support) -> Evaluate:
    return unary(m, Bag.support, node.bag)


COLLECTIONS: dict[type[Any], Row] = {
    nodes.Concat: _concat,
    nodes.Index: _index,
    nodes.Slice: _slice,
    nodes.Range: _range,
    nodes.Zip: _zip,
    nodes.Enumerate: _enumerate,
    nodes.Length: _length,
    nodes.Member: _member,
    nodes.Every: _every,
    nodes.MakeSet: _make_set,
    nodes.SetOperation: _set_operation,
    nodes.Subset: _subset,
    nodes.Subsets: _subsets,
    nodes.Fill: _fill,
    nodes.Get: _get,
    nodes.Put: _put,
    nodes.Keys: _keys,
    nodes.CountOf: _count_of,
    nodes.BagAdd: _bag_add,
    nodes.BagRemove: _bag_remove,
    nodes.BagOperation: _bag_operation,
    nodes.BagIncluded: _bag_included,
    nodes.Total: _total,
    nodes.Support: _support,
}
