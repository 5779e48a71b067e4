"""Methods of maps, bags, sets and sequences."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from checker.compile import build
from checker.compile.body import Body
from checker.compile.builtins import as_set
from checker.compile.comparisons import equality
from checker.compile.expressions import key_of
from checker.compile.faults import outside, unknown_method
from checker.compile.iteration import collected, domain
from checker.compile.maps import put, updated
from checker.compile.operators import set_operation
from checker.compile.scope import Scope
from checker.compile.sequences import arguments
from checker.compile.targets import as_sequence
from checker.ir.nodes import (
    BOOL,
    INT,
    Aggregate,
    BagAdd,
    BagRemove,
    Equal,
    Expr,
    For,
    Get,
    Keys,
    Length,
    Local,
    MapComprehension,
    Member,
    SetOperation,
    Subset,
    Support,
    Total,
    Where,
)
from checker.ir.typing import options
from checker.lang.types import (
    NOTHING,
    BagType,
    FiniteType,
    MapType,
    SeqType,
    SetType,
    TupleType,
)

Method = Callable[[Body, Expr, ast.Call, Scope, FiniteType | None], Expr]


def method(
    body: Body, owner: Expr, node: ast.Call, function: ast.Attribute, scope: Scope, wanted: FiniteType | None
) -> Expr:
    """A method of a value that is no record."""
    if owner.type == NOTHING:
        return owner
    handler = METHODS.get((type(owner.type), function.attr))
    if handler is None:
        known = [name for kind, name in METHODS if any(type(k) is kind for k in options(owner.type))]
        raise unknown_method(function.attr, owner.type, known, body.at(function))
    return handler(body, owner, node, scope, wanted)


# -- maps -----------------------------------------------------------------------------------------


def _get(body: Body, owner: Expr, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`m.get(key, default)`."""
    arguments(body, node, 2, 2)
    assert isinstance(owner.type, MapType)
    kind = owner.type
    key = scope.view(body.expr(node.args[0], scope, kind.key))
    default = scope.view(body.expr(node.args[1], scope, kind.value))
    at = body.at(node)

    def choose(map_: Expr) -> Callable[[Expr], Expr]:
        def chosen(one: Expr) -> Expr:
            found = build.coerced(one, kind.key)
            if found is None:
                return default
            there = Member(found, map_, type=BOOL, at=at)
            return build.condition(there, Get(map_, found, type=kind.value, at=at), default, at)

        return chosen

    return body.named(
        owner, "map", lambda map_: body.named(key, "key", lambda k: body.each_option(k, scope, choose(map_)))
    )


def _set(body: Body, owner: Expr, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 2, 2)
    assert isinstance(owner.type, MapType)
    return put(body, owner, key_of(body, node.args[0], owner.type.key, scope), node.args[1], scope)


def _update(body: Body, owner: Expr, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 1, 1)
    return updated(body, owner, node.args[0], scope)


def _map(body: Body, owner: Expr, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`m.map(lambda value: ...)`."""
    arguments(body, node, 1, 1)
    change = node.args[0]
    if not isinstance(change, ast.Lambda) or len(change.args.args) != 1:
        raise outside("subset/call", "map takes a lambda of one parameter", "The compiler reads what it computes.",
                      "Write m.map(lambda value: ...).", body.at(change))  # fmt: skip
    assert isinstance(owner.type, MapType)
    at = body.at(node)

    def changed(map_: Expr) -> Expr:
        assert isinstance(owner.type, MapType)
        key = Local(body.names.fresh("key"), type=owner.type.key, at=at)
        value = Get(map_, key, type=owner.type.value, at=at)
        name = change.args.args[0].arg
        hint = next((k.value for k in options(wanted) if isinstance(k, MapType)), None) if wanted else None
        inner = scope.inner()

        def made(local: Expr) -> Expr:
            found = inner.binding(name, local)
            result = found.view(body.expr(change.body, found, hint))
            return result if hint is None else build.coerced(result, hint) or result

        element = body.named(value, name, made)
        kind = MapType(owner.type.key, element.type)
        return MapComprehension((For(key.name, map_),), key, element, type=kind, at=at)

    return body.named(owner, "map", changed)


def _keys(body: Body, owner: Expr, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 0, 0)
    assert isinstance(owner.type, MapType)
    return Keys(owner, type=SetType(owner.type.key), at=body.at(node))


def _view(body: Body, owner: Expr, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`items()`, `values()`, `pairs()`, `elements()` where a value is needed: all of them, one by one."""
    arguments(body, node, 0, 0)
    return collected(body, domain(body, node, scope), SeqType, node)


def _same_keys(body: Body, owner: Expr, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 1, 1)
    other = body.expr(node.args[0], scope)
    assert isinstance(owner.type, MapType)
    return build.YES if isinstance(other.type, MapType) and other.type.key == owner.type.key else build.NO


# -- bags -----------------------------------------------------------------------------------------


def _copies(which: type[BagAdd] | type[BagRemove]) -> Method:
    def compiled(body: Body, owner: Expr, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
        named = arguments(body, node, 1, 2, "copies")
        assert isinstance(owner.type, BagType)
        written = node.args[1] if len(node.args) > 1 else named.get("copies")
        copies = body.integer(written, scope) if written is not None else build.number(1)
        item = body.expr(node.args[0], scope, owner.type.item)
        bag = owner
        if owner.type.item == NOTHING:
            bag = build.sure(owner, BagType(item.type, None, None))
        assert isinstance(bag.type, BagType)
        member = body.fitted(item, scope, bag.type.item, body.at(node.args[0]))
        return which(bag, member, copies, type=bag.type, at=body.at(node))

    return compiled


def _total(body: Body, owner: Expr, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 0, 0)
    return Total(owner, type=INT, at=body.at(node))


def _support(body: Body, owner: Expr, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 0, 0)
    assert isinstance(owner.type, BagType)
    return Support(owner, type=SetType(owner.type.item), at=body.at(node))


# -- sets -----------------------------------------------------------------------------------------


def _combined(symbol: Any) -> Method:
    def compiled(body: Body, owner: Expr, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
        assert isinstance(owner.type, SetType)
        arguments(body, node, 0, 99)
        found = owner
        for argument in node.args:
            other = as_set(body, argument, scope, None, argument)
            found = set_operation(body, symbol, found, other, node)
        return found

    return compiled


def _related(*, reverse: bool) -> Method:
    def compiled(body: Body, owner: Expr, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
        arguments(body, node, 1, 1)
        other = as_set(body, node.args[0], scope, None, node.args[0])
        kind = body.join([owner.type, other.type], body.at(node))
        left, right = build.sure(owner, kind), build.sure(other, kind)
        if reverse:
            left, right = right, left
        return Subset(left, right, False, type=BOOL, at=body.at(node))

    return compiled


def _disjoint(body: Body, owner: Expr, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 1, 1)
    other = as_set(body, node.args[0], scope, None, node.args[0])
    both = set_operation(body, "&", owner, other, node)
    assert isinstance(both, SetOperation)
    return Equal(Length(both, type=INT), build.number(0), type=BOOL, at=body.at(node))


def _itself(body: Body, owner: Expr, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    arguments(body, node, 0, 0)
    return owner


# -- sequences ------------------------------------------------------------------------------------


def _count(body: Body, owner: Expr, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`s.count(x)`."""
    arguments(body, node, 1, 1)
    sequence = as_sequence(owner)
    assert isinstance(sequence.type, SeqType)
    kind = sequence.type.item

    def counted(value: Expr) -> Expr:
        item = Local(body.names.fresh("item"), type=kind, at=body.at(node))
        test = equality(body, item, value, scope, node)
        qualifiers = (For(item.name, sequence), Where(test))
        return Aggregate("count", qualifiers, None, type=INT, at=body.at(node))

    return body.named(body.expr(node.args[0], scope, kind), "value", counted)


METHODS: dict[tuple[type[Any], str], Method] = {
    (MapType, "get"): _get,
    (MapType, "set"): _set,
    (MapType, "update"): _update,
    (MapType, "map"): _map,
    (MapType, "keys"): _keys,
    (MapType, "values"): _view,
    (MapType, "items"): _view,
    (MapType, "pairs"): _view,
    (MapType, "has_keys_of"): _same_keys,
    (BagType, "add"): _copies(BagAdd),
    (BagType, "remove"): _copies(BagRemove),
    (BagType, "total"): _total,
    (BagType, "support"): _support,
    (BagType, "items"): _view,
    (BagType, "elements"): _view,
    (SetType, "union"): _combined("|"),
    (SetType, "intersection"): _combined("&"),
    (SetType, "difference"): _combined("-"),
    (SetType, "symmetric_difference"): _combined("^"),
    (SetType, "issubset"): _related(reverse=False),
    (SetType, "issuperset"): _related(reverse=True),
    (SetType, "isdisjoint"): _disjoint,
    (SetType, "copy"): _itself,
    (SeqType, "count"): _count,
    (TupleType, "count"): _count,
}
"""What is known of each kind of value, by the name of the method."""
