"""What the nodes about sequences, sets, maps and bags demand, and those that range over them.

The other half of `checker.ir.rules`, with the same rule: one node, and the types of its operands.
"""

from __future__ import annotations

from typing import Any

from checker.ir import nodes
from checker.ir.demands import Rule, Wrong, collection, each, exactly, has, like, must_be, need, of, ordered
from checker.ir.nodes import BOOL, INT, Expr, For, Qualifier, Where
from checker.ir.scopes import item_of
from checker.ir.typing import same
from checker.lang.types import BagType, FiniteType, IntType, MapType, SeqType, SetType, TupleType

# -- sequences ------------------------------------------------------------------------------------


def _make_seq(node: nodes.MakeSeq) -> None:
    item = of(node.type, SeqType, "the node").item
    each(node.items, (item,) * len(node.items), "item")


def _concat(node: nodes.Concat) -> None:
    for part in node.parts:
        like(part.type, node.type, "a part")


def _index(node: nodes.Index) -> None:
    exactly(node, of(node.sequence.type, SeqType, "the sequence").item)
    must_be(node.index, INT, "the index")


def _slice(node: nodes.Slice) -> None:
    like(node.sequence.type, node.type, "the sequence")
    for bound in (node.low, node.high):
        if bound is not None:
            must_be(bound, INT, "a bound")


def _range(node: nodes.Range) -> None:
    need(isinstance(of(node.type, SeqType, "the node").item, IntType), "a range holds integers")
    must_be(node.low, INT, "the lower bound")
    must_be(node.high, INT, "the upper bound")
    need(node.step != 0, "its step is 0")


def _zip(node: nodes.Zip) -> None:
    need(bool(node.sequences), "it has no sequences")
    items = tuple(of(part.type, SeqType, "a sequence").item for part in node.sequences)
    _tuples(node, items)


def _enumerate(node: nodes.Enumerate) -> None:
    _tuples(node, (INT, of(node.sequence.type, SeqType, "the sequence").item))


def _tuples(node: Expr, items: tuple[FiniteType, ...]) -> None:
    kind = of(of(node.type, SeqType, "the node").item, TupleType, "an item of the node")
    need(len(kind.items) == len(items), f"its tuples have {len(kind.items)} items, and should {len(items)}")
    for found, wanted in zip(kind.items, items, strict=True):
        need(same(found, wanted), f"its tuples hold {found} where they should hold {wanted}")


# -- collections, sets ----------------------------------------------------------------------------


def _length(node: nodes.Length) -> None:
    has(node, INT)
    collection(node.collection)


def _member(node: nodes.Member) -> None:
    has(node, BOOL)
    must_be(node.item, collection(node.collection), "the item")


def _every(node: nodes.Every) -> None:
    item = of(node.type, SetType, "the node").item
    try:
        item.count()
    except OverflowError:
        raise Wrong(f"{item} has no bounds") from None


def _make_set(node: nodes.MakeSet) -> None:
    item = of(node.type, SetType, "the node").item
    each(node.items, (item,) * len(node.items), "item")


def _set_operation(node: nodes.SetOperation) -> None:
    of(node.type, SetType, "the node")
    must_be(node.left, node.type, "the left side")
    must_be(node.right, node.type, "the right side")


def _subset(node: nodes.Subset) -> None:
    has(node, BOOL)
    of(node.left.type, SetType, "the left side")
    must_be(node.right, node.left.type, "the right side")


def _subsets(node: nodes.Subsets) -> None:
    inner = of(of(node.type, SetType, "the node").item, SetType, "a member")
    need(same(inner.item, of(node.base.type, SetType, "the base").item), "its members hold something else")
    if node.size is not None:
        must_be(node.size, INT, "the size")


# -- maps and bags --------------------------------------------------------------------------------


def _fill(node: nodes.Fill) -> None:
    must_be(node.value, of(node.type, MapType, "the node").value, "the value")


def _get(node: nodes.Get) -> None:
    kind = of(node.map.type, MapType, "the map")
    exactly(node, kind.value)
    must_be(node.key, kind.key, "the key")


def _put(node: nodes.Put) -> None:
    has(node, node.map.type)
    kind = of(node.type, MapType, "the map")
    must_be(node.key, kind.key, "the key")
    must_be(node.value, kind.value, "the value")


def _keys(node: nodes.Keys) -> None:
    key = of(node.map.type, MapType, "the map").key
    need(same(of(node.type, SetType, "the node").item, key), f"the keys are of type {key}")


def _count_of(node: nodes.CountOf) -> None:
    has(node, INT)
    must_be(node.item, of(node.bag.type, BagType, "the bag").item, "the item")


def _bag_change(node: nodes.BagAdd | nodes.BagRemove) -> None:
    has(node, node.bag.type)
    must_be(node.item, of(node.type, BagType, "the bag").item, "the item")
    must_be(node.copies, INT, "the number of copies")


def _bag_operation(node: nodes.BagOperation) -> None:
    of(node.type, BagType, "the node")
    must_be(node.left, node.type, "the left side")
    must_be(node.right, node.type, "the right side")


def _bag_included(node: nodes.BagIncluded) -> None:
    has(node, BOOL)
    of(node.left.type, BagType, "the left side")
    must_be(node.right, node.left.type, "the right side")


def _total(node: nodes.Total) -> None:
    has(node, INT)
    of(node.bag.type, BagType, "the bag")


def _support(node: nodes.Support) -> None:
    item = of(node.bag.type, BagType, "the bag").item
    need(same(of(node.type, SetType, "the node").item, item), f"the members are of type {item}")


# -- what ranges over collections -----------------------------------------------------------------


def _qualifiers(qualifiers: tuple[Qualifier, ...]) -> None:
    for qualifier in qualifiers:
        if isinstance(qualifier, For):
            collection(qualifier.domain)
        elif isinstance(qualifier, Where):
            must_be(qualifier.test, BOOL, "a condition")


def _quantifier(node: nodes.Quantifier) -> None:
    has(node, BOOL)
    _qualifiers(node.qualifiers)
    must_be(node.body, BOOL, "the body")


def _comprehension(node: nodes.Comprehension) -> None:
    _qualifiers(node.qualifiers)
    need(isinstance(node.type, SetType | SeqType | BagType), f"{node.type} is no set, sequence or bag")
    item = item_of(node.type)
    assert item is not None
    must_be(node.element, item, "the element")


def _map_comprehension(node: nodes.MapComprehension) -> None:
    _qualifiers(node.qualifiers)
    kind = of(node.type, MapType, "the node")
    must_be(node.key, kind.key, "the key")
    must_be(node.value, kind.value, "the value")


def _aggregate(node: nodes.Aggregate) -> None:
    _qualifiers(node.qualifiers)
    need(node.default is None or node.which in ("min", "max"), f"a {node.which} has no default")
    need((node.body is None) == (node.which == "count"), f"a {node.which} with a wrong body")
    if node.which in ("sum", "count"):
        has(node, INT)
    ordered(node.type)
    for expression, what in ((node.body, "the body"), (node.default, "the default")):
        if expression is not None:
            must_be(expression, node.type, what)


def _fold(node: nodes.Fold) -> None:
    need(len(node.accumulators) == len(node.initial), "accumulators and initial values do not pair up")
    each(node.initial, of(node.type, TupleType, "the node").items, "initial value")
    collection(node.domain)
    must_be(node.body, node.type, "the body")
    if node.until is not None:
        must_be(node.until, BOOL, "the condition")


COLLECTION_RULES: dict[type[Any], Rule] = {
    nodes.MakeSeq: _make_seq,
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
    nodes.BagAdd: _bag_change,
    nodes.BagRemove: _bag_change,
    nodes.BagOperation: _bag_operation,
    nodes.BagIncluded: _bag_included,
    nodes.Total: _total,
    nodes.Support: _support,
    nodes.Quantifier: _quantifier,
    nodes.Comprehension: _comprehension,
    nodes.MapComprehension: _map_comprehension,
    nodes.Aggregate: _aggregate,
    nodes.Fold: _fold,
}
