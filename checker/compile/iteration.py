"""What `for` ranges over, in statements and in comprehensions.

A domain is a list of qualifiers and the item that they lead to: one `For` over a collection, with an
item that may be computed from what it takes (`m.items()`), or all qualifiers of a generator.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from enum import Enum

from attrs import frozen

from checker.compile import build
from checker.compile.body import Body
from checker.compile.conditions import condition
from checker.compile.faults import outside
from checker.compile.scope import Scope
from checker.compile.sources import MISSING
from checker.compile.targets import as_sequence, parts
from checker.ir.nodes import (
    INT,
    Comprehension,
    CountOf,
    Expr,
    For,
    Get,
    Literal,
    Local,
    MakeTuple,
    Qualifier,
    Range,
    Where,
    With,
)
from checker.lang.types import (
    BagType,
    EnumType,
    FiniteType,
    MapType,
    SeqType,
    SetType,
    TupleType,
)


@frozen
class Domain:
    """Qualifiers, and the item for each choice that they give; `ordered` if the order matters."""

    qualifiers: tuple[Qualifier, ...]
    item: Expr
    ordered: bool


def domain(
    body: Body, node: ast.expr, scope: Scope, name: str = "item", wanted: FiniteType | None = None
) -> Domain:
    """What an expression ranges over; `name` is what the item is called, `wanted` its wanted type."""
    if isinstance(node, ast.GeneratorExp):
        qualifiers, inner, ordered = comprehended(body, node.generators, scope)
        return Domain(qualifiers, body.expr(node.elt, inner.inner(), wanted), ordered)
    members = _enum(body, node, scope)
    if members is not None:
        return over(body, members, scope, node, name)
    if _is_view(body, node, scope):
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Attribute)
        owner = scope.view(body.expr(node.func.value, scope))
        found = _VIEWS[node.func.attr](body, owner, name)
        if found is not None:
            return found
    return over(body, body.expr(node, scope), scope, node, name)


def _is_view(body: Body, node: ast.expr, scope: Scope) -> bool:
    """Whether an expression is `m.items()` or another view of a map or a bag."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)) or node.args:
        return False
    if node.func.attr not in _VIEWS or body.is_model(node.func.value, scope):
        return False
    return body.source.static(node.func.value, scope.names) is MISSING


def is_lazy(body: Body, node: ast.expr, scope: Scope) -> bool:
    """Whether an expression gives its items one by one, and is no value by itself."""
    return (
        isinstance(node, ast.GeneratorExp)
        or _is_view(body, node, scope)
        or _enum(body, node, scope) is not None
    )


def _enum(body: Body, node: ast.expr, scope: Scope) -> Expr | None:
    """The members of an Enum whose class is named, in the order of their definition."""
    found = body.source.static(node, scope.names)
    if not (isinstance(found, type) and issubclass(found, Enum)):
        return None
    kind = body.unit.kinds.interned(EnumType(found))
    return Literal(tuple(found), type=SeqType(kind, None), at=body.at(node))


def collection(body: Body, node: ast.expr, scope: Scope, wanted: FiniteType | None = None) -> Expr:
    """The collection that an expression stands for; what is no value by itself becomes a sequence."""
    if is_lazy(body, node, scope):
        return collected(body, domain(body, node, scope.inner()), SeqType, node)
    return as_sequence(scope.view(body.expr(node, scope, wanted)))


def over(body: Body, value: Expr, scope: Scope, node: ast.expr, name: str = "item") -> Domain:
    """What a collection ranges over."""
    value = as_sequence(scope.view(value))
    item = item_type(value.type)
    if item is None:
        raise outside(
            "subset/type",
            f"`{value.type}` is no collection",
            "A `for` ranges over a set, a sequence, the keys of a map, or the different members of a bag.",
            "Range over one of these.",
            body.at(node),
        )
    local = Local(body.names.fresh(name), type=item, at=body.at(node))
    return Domain((For(local.name, value),), local, isinstance(value.type, SeqType))


def item_type(kind: FiniteType) -> FiniteType | None:
    """The type of what a collection gives one by one; None for what is no collection."""
    match kind:
        case SeqType(item=item) | SetType(item=item) | BagType(item=item):
            return item
        case MapType(key=key):
            return key
        case _:
            return None


# -- views of maps and bags -----------------------------------------------------------------------


def _items(body: Body, owner: Expr, name: str) -> Domain | None:
    """`items()` and `pairs()`: the pairs of key and value, or of member and count."""
    if isinstance(owner.type, BagType):
        member = Local(body.names.fresh("member"), type=owner.type.item, at=owner.at)
        count: Expr = CountOf(owner, member, type=INT, at=owner.at)
    elif isinstance(owner.type, MapType):
        member = Local(body.names.fresh("key"), type=owner.type.key, at=owner.at)
        count = Get(owner, member, type=owner.type.value, at=owner.at)
    else:
        return None
    pair = TupleType((member.type, count.type))
    return Domain((For(member.name, owner),), MakeTuple((member, count), type=pair, at=owner.at), False)


def _values(body: Body, owner: Expr, name: str) -> Domain | None:
    if not isinstance(owner.type, MapType):
        return None
    key = Local(body.names.fresh("key"), type=owner.type.key, at=owner.at)
    return Domain((For(key.name, owner),), Get(owner, key, type=owner.type.value, at=owner.at), False)


def _elements(body: Body, owner: Expr, name: str) -> Domain | None:
    """Every copy of every member of a bag."""
    if not isinstance(owner.type, BagType):
        return None
    member = Local(body.names.fresh(name), type=owner.type.item, at=owner.at)
    copies = Range(build.number(0), CountOf(owner, member, type=INT), type=SeqType(INT, None), at=owner.at)
    return Domain((For(member.name, owner), For(body.names.fresh("copy"), copies)), member, False)


_VIEWS: dict[str, Callable[[Body, Expr, str], Domain | None]] = {
    "items": _items,
    "pairs": _items,
    "values": _values,
    "elements": _elements,
}


# -- comprehensions -------------------------------------------------------------------------------


def comprehended(
    body: Body, generators: list[ast.comprehension], scope: Scope
) -> tuple[tuple[Qualifier, ...], Scope, bool]:
    """The qualifiers of a comprehension, what is known inside it, and whether it has an order."""
    found: list[Qualifier] = []
    ordered = True
    for generator in generators:
        name = generator.target.id if isinstance(generator.target, ast.Name) else "item"
        here = domain(body, generator.iter, scope.inner(), name)
        ordered = ordered and here.ordered
        found.extend(here.qualifiers)
        scope = bound(body, generator.target, here.item, scope, found)
        for test in generator.ifs:
            walrus: list[tuple[str, Local, Expr]] = []
            told = condition(body, test, scope.opened(walrus))
            _new_names(body, walrus, scope, test)
            found.extend(With(local.name, value) for _, local, value in walrus)
            found.append(Where(told.value))
            scope = scope.with_walrus(walrus).knowing(told.yes)
    kept = tuple(q for q in found if not (isinstance(q, Where) and q.test == build.YES))
    return kept, scope, ordered


def _new_names(body: Body, walrus: list[tuple[str, Local, Expr]], scope: Scope, test: ast.expr) -> None:
    """Refuse `:=` in a comprehension for a name that has a value: Python changes it for good."""
    for name, _, _ in walrus:
        if scope.named(name) is not None:
            raise outside(
                "subset/walrus",
                f"`:=` in a comprehension changes `{name}`, which has a value already",
                "The name would keep what the last round gives it, if there is a round at all.",
                "Take another name in the comprehension.",
                body.at(test),
            )


def bound(body: Body, target: ast.expr, item: Expr, scope: Scope, found: list[Qualifier]) -> Scope:
    """The scope in which a target stands for an item; what must be computed becomes qualifiers."""
    if not isinstance(target, ast.Name) and not isinstance(item, MakeTuple) and not build.simple(item):
        local = Local(body.names.fresh("item"), type=item.type, at=item.at)
        found.append(With(local.name, item))
        item = local
    for name, part in parts(body, target, item, scope):
        value = part
        if not isinstance(part, Local):
            value = Local(body.names.fresh(name), type=part.type, at=part.at)
            found.append(With(value.name, part))
        scope = scope.binding(name, value)
    return scope


def collected(
    body: Body,
    here: Domain,
    kind: type[SeqType] | type[SetType],
    node: ast.AST,
    item: FiniteType | None = None,
) -> Expr:
    """All items of a domain as a sequence or a set."""
    value = here.item if item is None else build.coerced(here.item, item) or here.item
    if len(here.qualifiers) == 1 and isinstance(only := here.qualifiers[0], For):
        whole = only.domain
        if isinstance(whole.type, kind) and value == Local(only.name, type=value.type):
            return whole
    made = SeqType(value.type, None) if kind is SeqType else SetType(value.type)
    return Comprehension(here.qualifiers, value, type=made, at=body.at(node))
