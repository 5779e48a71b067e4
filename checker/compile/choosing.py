"""`next(...)`: the first item of what a generator gives, TLA+'s CHOOSE where one item alone is possible.

A sequence has a first item.  A set has none: there the one item is taken if there is one alone, and
otherwise the run is stuck here, so that CPython takes whichever it comes to.
"""

from __future__ import annotations

import ast

from checker.compile import build
from checker.compile.body import Body
from checker.compile.faults import outside
from checker.compile.iteration import collected, domain
from checker.compile.scope import Scope
from checker.compile.sequences import arguments
from checker.ir.nodes import BOOL, INT, Comprehension, Equal, Expr, For, Index, Length, Less, Local, Stuck
from checker.lang.types import NOTHING, FiniteType, SeqType, SetType


def first_of(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`next(xs)`, `next(xs, default)`."""
    arguments(body, node, 1, 2)
    here = domain(body, _iterated(body, node.args[0], scope), scope.inner(), wanted=wanted)
    default = scope.view(body.expr(node.args[1], scope, wanted)) if len(node.args) > 1 else None
    if body.unit.kinds.empty(here.item.type):
        return default or Stuck("there is no item", type=NOTHING, at=body.at(node))
    body.immutable(here.item, body.at(node))
    items = collected(body, here, SeqType if here.ordered else SetType, node)
    choose = _first if here.ordered else _sole
    if default is None:
        return body.named(items, "items", lambda found: choose(body, found, None, node))
    return body.named(
        default,
        "default",
        lambda other: body.named(items, "items", lambda found: choose(body, found, other, node)),
    )


def _iterated(body: Body, node: ast.expr, scope: Scope) -> ast.expr:
    """What `next` goes through: a generator, or what stands in `iter(...)`."""
    if isinstance(node, ast.GeneratorExp):
        return node
    if (
        isinstance(node, ast.Call)
        and body.source.static(node.func, scope.names) is iter
        and len(node.args) == 1
    ):
        return node.args[0]
    raise outside(
        "subset/arguments",
        "`next` takes a generator",
        "An iterator is no value: the compiler must see what it goes through.",
        "Write next(x for x in xs if ...).",
        body.at(node),
    )


def _first(body: Body, items: Expr, default: Expr | None, node: ast.Call) -> Expr:
    """The first item of a sequence."""
    assert isinstance(items.type, SeqType)
    at = body.at(node)
    item = Index(items, build.number(0), type=items.type.item, at=at)
    if default is None:
        return item
    some = Less(build.number(0), Length(items, type=INT, at=at), True, type=BOOL, at=at)
    return build.condition(some, item, default, at)


def _sole(body: Body, items: Expr, default: Expr | None, node: ast.Call) -> Expr:
    """The only member of a set."""
    assert isinstance(items.type, SetType)
    at, kind = body.at(node), items.type.item
    one = Local(body.names.fresh("item"), type=kind, at=at)
    listed = Comprehension((For(one.name, items),), one, type=SeqType(kind, None), at=at)
    length = Length(items, type=INT, at=at)
    alone = Equal(length, build.number(1), type=BOOL, at=at)
    item = Index(listed, build.number(0), type=kind, at=at)
    found = build.condition(alone, item, Stuck("there is more than one item, or none", type=kind, at=at), at)
    if default is None:
        return found
    none = Equal(length, build.number(0), type=BOOL, at=at)
    return build.condition(none, default, found, at)
