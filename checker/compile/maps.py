"""Maps and bags: how they are made, and changed at many keys at once.

A map is total: the type of its keys says which keys there are.  Where the source gives keys one by
one, or by a rule, the map is stuck unless every key of the type comes.
"""

from __future__ import annotations

import ast

from checker.compile import build
from checker.compile.body import Body
from checker.compile.faults import outside
from checker.compile.iteration import comprehended, domain, over
from checker.compile.keys import key_type
from checker.compile.records import Given
from checker.compile.scope import Scope
from checker.compile.targets import item as item_at
from checker.ir.nodes import (
    BOOL,
    INT,
    BagAdd,
    BagRemove,
    Comprehension,
    CountOf,
    Every,
    Expr,
    Fill,
    Fold,
    For,
    Get,
    Item,
    Keys,
    Literal,
    Local,
    MakeSeq,
    MakeTuple,
    MapComprehension,
    Member,
    Put,
    Qualifier,
    Quantifier,
    Where,
)
from checker.ir.typing import options, same
from checker.lang.types import (
    NOTHING,
    BagType,
    FiniteType,
    MapType,
    SeqType,
    SetType,
    TupleType,
)
from checker.lang.values import Bag


def wanted_map(wanted: FiniteType | None) -> MapType | None:
    """The map type among the options of the wanted one."""
    found = [kind for kind in options(wanted) if isinstance(kind, MapType)] if wanted is not None else []
    return found[0] if len(found) == 1 else None


# -- maps -----------------------------------------------------------------------------------------


def fill(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`Map.fill(keys, value)`."""
    given = Given.of(body, node)
    if len(given.places) != 2:
        raise _two(body, node)
    hint = wanted_map(wanted)
    keys = scope.view(body.expr(given.places[0], scope))
    value = scope.view(body.expr(given.places[1], scope, hint.value if hint else None))
    if hint is not None:
        value = build.coerced(value, hint.value) or value
    body.immutable(value, body.at(given.places[1]))
    here = over(body, keys, scope, given.places[0], "key")
    kind = MapType(key_type(body, hint, here.item, here.qualifiers, node), value.type)
    at = body.at(node)
    whole = isinstance(keys, Every | Keys) or isinstance(keys.type, MapType)
    if whole and same(here.item.type, kind.key):
        return Fill(value, type=kind, at=at)
    key = body.fitted(here.item, scope, kind.key, at)

    def rule(found: Expr) -> Expr:
        return MapComprehension(here.qualifiers, key, found, type=kind, at=at)

    return body.named(value, "value", rule)


def _two(body: Body, node: ast.Call) -> Exception:
    return outside("subset/arguments", "Map.fill takes keys and a value", "It gives all keys the same value.",
                   "Write Map.fill(self.every(Node), 0).", body.at(node))  # fmt: skip


def make_map(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`Map({key: value for ...})`, `Map({a: x, b: y})`, `Map(pairs)`."""
    given = Given.of(body, node)
    if len(given.places) != 1:
        raise outside("subset/arguments", "Map takes a dict", "It has a value for every key.",
                      "Write Map({key: value for key in keys}).", body.at(node))  # fmt: skip
    hint = wanted_map(wanted)
    source = given.places[0]
    if isinstance(source, ast.Dict) and None in source.keys:
        return _changed_display(body, source, scope, wanted)
    qualifiers, key, value = pairs(body, source, scope, hint)
    body.immutable(value, body.at(node))
    kind = MapType(key_type(body, hint, key, qualifiers, node), value.type)
    key = body.fitted(key, scope, kind.key, body.at(node))
    return MapComprehension(qualifiers, key, value, type=kind, at=body.at(node))


def _changed_display(body: Body, node: ast.Dict, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`Map({**m, key: value})`."""
    first = body.expr(node.values[0], scope, wanted)
    if node.keys[0] is not None or not isinstance(first.type, MapType):
        raise outside("subset/expression", "this dict is spread where it may not be", "Keys that come later win.",
                      "Write Map({**m, key: value}), with one map at the front.", body.at(node))  # fmt: skip
    found = first
    for key, value in zip(node.keys[1:], node.values[1:], strict=True):
        if key is None:
            raise outside("subset/expression", "two maps are put together", "Maps have all keys of their type.",
                          "Write m.update({...}).", body.at(value))  # fmt: skip
        found = put(body, found, body.expr(key, scope, first.type.key), value, scope)
    return found


def put(body: Body, owner: Expr, key: Expr, node: ast.expr, scope: Scope) -> Expr:
    """A map with another value at one key."""
    assert isinstance(owner.type, MapType)
    key = body.fitted(key, scope, owner.type.key, body.at(node))
    value = body.fit(node, scope, owner.type.value)
    return Put(owner, key, value, type=owner.type, at=body.at(node))


def pairs(
    body: Body, node: ast.expr, scope: Scope, hint: MapType | None
) -> tuple[tuple[Qualifier, ...], Expr, Expr]:
    """What a dict, or an expression that gives pairs, ranges over, with key and value."""
    key_hint, value_hint = (hint.key, hint.value) if hint is not None else (None, None)
    if isinstance(node, ast.DictComp):
        qualifiers, inner, _ = comprehended(body, node.generators, scope)
        inner = inner.inner()
        key = inner.view(body.expr(node.key, inner, key_hint))
        return qualifiers, key, _hinted(inner.view(body.expr(node.value, inner, value_hint)), value_hint)
    if isinstance(node, ast.Dict):
        return _display(body, node, scope, key_hint, value_hint)
    pair_hint = None if hint is None else TupleType((hint.key, hint.value))
    here = domain(body, node, scope, wanted=pair_hint)
    if not isinstance(here.item.type, TupleType) or len(here.item.type.items) != 2:
        raise outside("subset/type", "these are no pairs of key and value", "A map is made of such pairs.",
                      "Write Map({key: value for key in keys}).", body.at(node))  # fmt: skip
    return here.qualifiers, item_at(here.item, 0), _hinted(item_at(here.item, 1), value_hint)


def _hinted(value: Expr, hint: FiniteType | None) -> Expr:
    return value if hint is None else build.coerced(value, hint) or value


def _display(
    body: Body, node: ast.Dict, scope: Scope, key_hint: FiniteType | None, value_hint: FiniteType | None
) -> tuple[tuple[Qualifier, ...], Expr, Expr]:
    keys = [scope.view(body.expr(key, scope, key_hint)) for key in node.keys if key is not None]
    values = [_hinted(scope.view(body.expr(v, scope, value_hint)), value_hint) for v in node.values]
    at = body.at(node)
    kind = TupleType((body.join([k.type for k in keys], at), body.join([v.type for v in values], at)))
    made = [
        build.sure(MakeTuple((key, value), type=TupleType((key.type, value.type)), at=at), kind)
        for key, value in zip(keys, values, strict=True)
    ]
    pair = Local(body.names.fresh("pair"), type=kind, at=at)
    items = MakeSeq(tuple(made), type=SeqType(kind, None), at=at)
    key = Item(pair, 0, type=kind.items[0], at=at)
    return (For(pair.name, items),), key, Item(pair, 1, type=kind.items[1], at=at)


def updated(body: Body, owner: Expr, node: ast.expr, scope: Scope) -> Expr:
    """`m.update({...})`: other values at some keys, one after the other."""
    assert isinstance(owner.type, MapType)
    if isinstance(node, ast.Dict) and None not in node.keys:
        found = owner
        for key, value in zip(node.keys, node.values, strict=True):
            assert key is not None
            found = put(body, found, body.expr(key, scope, owner.type.key), value, scope)
        return found
    kind, at = owner.type, body.at(node)
    qualifiers, new_key, new_value = pairs(body, node, scope, kind)
    new_key = body.fitted(new_key, scope, kind.key, at)
    new_value = body.fitted(new_value, scope, kind.value, at)
    name = body.names.fresh("map")
    whole = Local(name, type=kind, at=at)
    if len(qualifiers) == 1 and isinstance(only := qualifiers[0], For):
        element, over_what = only.name, only.domain
    else:
        pair = MakeTuple((new_key, new_value), type=TupleType((new_key.type, new_value.type)), at=at)
        over_what = Comprehension(qualifiers, pair, type=SeqType(pair.type, None), at=at)
        element = body.names.fresh("pair")
        taken = Local(element, type=pair.type, at=at)
        new_key = Item(taken, 0, type=new_key.type, at=at)
        new_value = Item(taken, 1, type=new_value.type, at=at)
    tuple_type = TupleType((kind,))
    round_ = MakeTuple((Put(whole, new_key, new_value, type=kind, at=at),), type=tuple_type, at=at)
    fold = Fold((name,), (owner,), element, over_what, None, round_, type=tuple_type, at=at)
    return Item(fold, 0, type=kind, at=at)


def all_maps(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`maps(keys, values)`: all maps from some keys to some values."""
    given = Given.of(body, node)
    if len(given.places) != 2:
        raise outside("subset/arguments", "maps takes keys and values", "It gives the set of all maps between them.",
                      "Write maps(self.every(Node), self.every(Phase)).", body.at(node))  # fmt: skip
    keys, values = (scope.view(body.expr(argument, scope)) for argument in given.places)
    at = body.at(node)
    if not isinstance(keys, Every | Keys) or not isinstance(values.type, SetType):
        raise outside("subset/arguments", "the keys are not all of their type", "A map has every value of its keys' type "
                      "as a key.", "Write maps(self.every(Node), ...).", at)  # fmt: skip
    assert isinstance(keys.type, SetType)
    kind = MapType(keys.type.item, values.type.item)
    every = Every(type=SetType(kind), at=at)
    if isinstance(values, Every):
        return every

    def chosen(found: Expr) -> Expr:
        one = Local(body.names.fresh("map"), type=kind, at=at)
        key = Local(body.names.fresh("key"), type=kind.key, at=at)
        inside = Member(Get(one, key, type=kind.value, at=at), found, type=BOOL, at=at)
        test = Quantifier("all", (For(key.name, one),), inside, type=BOOL, at=at)
        return Comprehension((For(one.name, every), Where(test)), one, type=SetType(kind), at=at)

    return body.named(values, "values", chosen)


# -- bags -----------------------------------------------------------------------------------------


def make_bag(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`Bag()`, `Bag(items)`."""
    given = Given.of(body, node)
    at = body.at(node)
    if not given.places:
        return Literal(Bag(), type=BagType(NOTHING, None, None), at=at)
    found = [kind for kind in options(wanted) if isinstance(kind, BagType)] if wanted is not None else []
    hint = found[0].item if len(found) == 1 else None
    here = domain(body, given.places[0], scope, wanted=hint)
    item = _hinted(here.item, hint)
    return Comprehension(here.qualifiers, item, type=BagType(item.type, None, None), at=at)


def of_counts(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`Bag.of_counts({member: count})`."""
    given = Given.of(body, node)
    at = body.at(node)
    qualifiers, key, value = pairs(body, given.places[0], scope, None)
    kind = BagType(key.type, None, None)
    pair = MakeTuple((key, value), type=TupleType((key.type, INT)), at=at)
    several = Comprehension(qualifiers, pair, type=SeqType(pair.type, None), at=at)
    taken = Local(body.names.fresh("pair"), type=pair.type, at=at)
    bag = Local(body.names.fresh("bag"), type=kind, at=at)
    member = Item(taken, 0, type=key.type, at=at)
    # A key that comes twice has the count that came last: it is taken out before it is put in.
    held = CountOf(bag, member, type=INT, at=at)
    without = BagRemove(bag, member, held, type=kind, at=at)
    added = BagAdd(without, member, Item(taken, 1, type=INT, at=at), type=kind, at=at)
    tuple_type = TupleType((kind,))
    round_ = MakeTuple((added,), type=tuple_type, at=at)
    first = Literal(Bag(), type=kind, at=at)
    fold = Fold((bag.name,), (first,), taken.name, several, None, round_, type=tuple_type, at=at)
    return Item(fold, 0, type=kind, at=at)
