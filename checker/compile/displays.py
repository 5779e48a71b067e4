"""Displays and comprehensions: tuples, lists, sets, written item by item or by a rule.

A list is a tuple here: values are never changed in place.
"""

from __future__ import annotations

import ast

from attrs import evolve

from checker.compile import build
from checker.compile.body import Body
from checker.compile.faults import outside
from checker.compile.iteration import collected, comprehended, domain, is_lazy
from checker.compile.operators import concatenated, set_operation
from checker.compile.scope import Scope
from checker.compile.targets import as_sequence
from checker.ir.nodes import Comprehension, Expr, Literal, MakeSet, MakeTuple
from checker.ir.typing import options
from checker.lang.types import BagType, FiniteType, SeqType, SetType, TupleType


def item_of(
    wanted: FiniteType | None, kinds: type[SeqType] | type[SetType] | type[BagType]
) -> FiniteType | None:
    """The type of items that is wanted, where a collection of a kind is."""
    found = [kind for kind in options(wanted) if isinstance(kind, kinds)] if wanted is not None else []
    return found[0].item if len(found) == 1 else None


def sequence(body: Body, node: ast.Tuple | ast.List, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`(a, b)`, `[a, b]`, `(*a, b)`."""
    if isinstance(node, ast.List):
        return _list(body, node, scope, wanted)
    if any(isinstance(part, ast.Starred) for part in node.elts):
        return _with_stars(body, node, scope, item_of(wanted, SeqType))
    hints = _hints(len(node.elts), wanted)
    items = tuple(
        body.immutable(scope.view(body.expr(part, scope, hint)), body.at(part))
        for part, hint in zip(node.elts, hints, strict=True)
    )
    kind = TupleType(tuple(value.type for value in items))
    if all(isinstance(value, Literal) for value in items):
        values = tuple(value.value for value in items if isinstance(value, Literal))
        return Literal(values, type=kind, at=body.at(node))
    return MakeTuple(items, type=kind, at=body.at(node))


def _list(body: Body, node: ast.List, scope: Scope, wanted: FiniteType | None) -> Expr:
    """A list: a sequence that may not be part of a value."""
    hint = item_of(wanted, SeqType)
    if any(isinstance(part, ast.Starred) for part in node.elts):
        found = as_sequence(_with_stars(body, node, scope, hint))
    else:
        items = [scope.view(body.expr(part, scope, hint)) for part in node.elts]
        kind = SeqType(body.join([value.type for value in items], body.at(node)), None)
        found = build.sequence(items, kind, body.at(node))
    return listed(found)


def listed(value: Expr) -> Expr:
    """A sequence or a set as one that Python could change in place."""
    kind = value.type
    return (
        evolve(value, type=evolve(kind, text=build.MUTABLE)) if isinstance(kind, SeqType | SetType) else value
    )


def _hints(count: int, wanted: FiniteType | None) -> list[FiniteType | None]:
    for kind in options(wanted) if wanted is not None else ():
        if isinstance(kind, TupleType) and len(kind.items) == count:
            return list(kind.items)
        if isinstance(kind, SeqType):
            return [kind.item] * count
    return [None] * count


def _with_stars(body: Body, node: ast.Tuple | ast.List, scope: Scope, hint: FiniteType | None) -> Expr:
    parts: list[Expr] = []
    plain: list[Expr] = []

    def close() -> None:
        if plain:
            kind = TupleType(tuple(value.type for value in plain))
            parts.append(MakeTuple(tuple(plain), type=kind, at=body.at(node)))
            plain.clear()

    for part in node.elts:
        if not isinstance(part, ast.Starred):
            plain.append(body.expr(part, scope, hint))
            continue
        close()
        wanted = None if hint is None else SeqType(hint, None)
        parts.append(_starred(body, part.value, scope, wanted))
    close()
    if hint is not None:
        fitting = [build.coerced(part, SeqType(hint, None)) for part in parts]
        if all(one is not None for one in fitting):
            parts = [one for one in fitting if one is not None]
    return concatenated(body, parts, node)


def _starred(body: Body, node: ast.expr, scope: Scope, wanted: FiniteType | None) -> Expr:
    if not is_lazy(body, node, scope):
        value = scope.view(body.expr(node, scope, wanted))
        if isinstance(value.type, TupleType | SeqType):
            return value
    return collected(body, domain(body, node, scope), SeqType, node)


def set_display(body: Body, node: ast.Set, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`{a, b}`, `{*a, b}`."""
    hint = item_of(wanted, SetType)
    items = [
        body.immutable(scope.view(body.expr(part, scope, hint)), body.at(part))
        for part in node.elts
        if not isinstance(part, ast.Starred)
    ]
    whole = None
    if items:
        kind = body.join([value.type for value in items], body.at(node))
        made = tuple(build.sure(value, kind) for value in items)
        whole = _set(made, SetType(kind), body, node)
    for part in node.elts:
        if isinstance(part, ast.Starred):
            more = collected(body, domain(body, part.value, scope), SetType, part)
            whole = more if whole is None else set_operation(body, "|", whole, more, node)
    assert whole is not None
    return listed(whole)


def _set(items: tuple[Expr, ...], kind: SetType, body: Body, node: ast.expr) -> Expr:
    if all(isinstance(value, Literal) for value in items):
        values = frozenset(value.value for value in items if isinstance(value, Literal))
        return Literal(values, type=kind, at=body.at(node))
    return MakeSet(items, type=kind, at=body.at(node))


def list_comprehension(body: Body, node: ast.ListComp, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`[f(x) for x in xs if p(x)]`."""
    return _comprehension(body, node, scope, item_of(wanted, SeqType), SeqType)


def set_comprehension(body: Body, node: ast.SetComp, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`{f(x) for x in xs if p(x)}`."""
    return _comprehension(body, node, scope, item_of(wanted, SetType), SetType)


def _comprehension(
    body: Body,
    node: ast.ListComp | ast.SetComp,
    scope: Scope,
    hint: FiniteType | None,
    kind: type[SeqType] | type[SetType],
) -> Expr:
    qualifiers, inner, _ = comprehended(body, node.generators, scope)
    element = inner.view(body.expr(node.elt, inner.inner(), hint))
    element = element if hint is None else build.coerced(element, hint) or element
    if kind is SetType:
        body.immutable(element, body.at(node.elt))
    text = build.MUTABLE
    made = SeqType(element.type, None, text) if kind is SeqType else SetType(element.type, None, text)
    return Comprehension(qualifiers, element, type=made, at=body.at(node))


def generator(body: Body, node: ast.GeneratorExp, scope: Scope, wanted: FiniteType | None) -> Expr:
    """A generator by itself, which is no value."""
    raise outside(
        "subset/expression",
        "a generator is no value of the language",
        "It can be read only once, so it could be no part of a state.",
        "Write tuple(...) or frozenset(...) around it.",
        body.at(node),
    )
