"""What stands left of an assignment, after `for`, and in a comprehension: names and tuples of them."""

from __future__ import annotations

import ast
from collections.abc import Callable

from checker.compile import build
from checker.compile.body import Body
from checker.compile.faults import outside
from checker.compile.scope import Scope
from checker.ir.nodes import (
    BOOL,
    INT,
    As,
    Equal,
    Expr,
    Index,
    Item,
    Length,
    Less,
    Literal,
    Local,
    MakeTuple,
    Slice,
    Stuck,
)
from checker.ir.typing import joined, options
from checker.lang.types import NOTHING, FiniteType, IntType, SeqType, TupleType, UnionType

Rest = Callable[[Scope], Expr]


def assign(
    body: Body, target: ast.expr, node: ast.expr, kind: FiniteType | None, scope: Scope, rest: Rest
) -> Expr:
    """What follows when the value of an expression is assigned to a target."""
    if isinstance(target, ast.Name):
        if isinstance(kind, IntType):
            value = body.integer(node, scope)
        else:
            value = body.expr(node, scope) if kind is None else body.fit(node, scope, kind)
        return _follow(body, [(target.id, value)], scope.settled(), rest)
    value = body.expr(node, scope)
    return unpack(body, target, value, scope.settled(), rest)


def unpack(body: Body, target: ast.expr, value: Expr, scope: Scope, rest: Rest) -> Expr:
    """What follows when a value is assigned to a target."""
    if isinstance(target, ast.Name):
        return _follow(body, [(target.id, value)], scope, rest)
    if isinstance(value, MakeTuple) or build.simple(value):
        return _follow(body, parts(body, target, value, scope), scope, rest)
    whole = body.names.fresh("parts")
    local = Local(whole, type=value.type, at=value.at)
    inner = _follow(body, parts(body, target, local, scope), scope, rest)
    return build.let(whole, value, inner)


def _follow(body: Body, pairs: list[tuple[str, Expr]], scope: Scope, rest: Rest) -> Expr:
    """What follows when names get values, all computed before any name changes."""
    if not pairs:
        return rest(scope)
    (name, value), *others = pairs
    if body.unit.kinds.empty(value.type):
        return build.coerced(value, NOTHING) or value
    return body.bind(name, value, scope, lambda scope: _follow(body, others, scope, rest))


def parts(body: Body, target: ast.expr, value: Expr, scope: Scope) -> list[tuple[str, Expr]]:
    """The names of a target with the parts of a value that they get; the value is simple, or a tuple
    that is being made."""
    match target:
        case ast.Name(id=name):
            return [(name, value)]
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            return _parts(body, target, targets, scope.view(value), scope)
        case ast.Attribute(attr=name):
            instead = f"Write evolve(..., {name}=...), which gives another record."
        case ast.Subscript():
            instead = "Write m.set(key, value), which gives another map."
        case _:
            instead = "Assign to a name, or to a tuple of names."
    raise outside("subset/statement", "a value cannot be changed in place", "Values are immutable.", instead,
                  body.at(target))  # fmt: skip


def _parts(
    body: Body, target: ast.expr, targets: list[ast.expr], value: Expr, scope: Scope
) -> list[tuple[str, Expr]]:
    if isinstance(value.type, UnionType):
        value = _tuple_option(body, target, value, scope)
    star = next((place for place, part in enumerate(targets) if isinstance(part, ast.Starred)), None)
    if isinstance(value.type, TupleType) and star is None:
        if len(value.type.items) != len(targets):
            raise _wrong_length(body, target, value, len(targets))
        items = [item(value, place) for place in range(len(targets))]
    elif isinstance(value.type, TupleType | SeqType):
        items = _from_sequence(value, len(targets), star)
    elif value.type == NOTHING:
        items = [value] * len(targets)
    else:
        raise _wrong_length(body, target, value, len(targets))
    found = []
    for part, inner in zip(targets, items, strict=True):
        found.extend(parts(body, part.value if isinstance(part, ast.Starred) else part, inner, scope))
    return found


def _tuple_option(body: Body, target: ast.expr, value: Expr, scope: Scope) -> Expr:
    """The tuple that a value of a union must be for Python to unpack it."""
    kinds = [kind for kind in scope.possible(value) if isinstance(kind, TupleType | SeqType)]
    if not kinds:
        raise _wrong_length(body, target, value, 2)
    return As(value, type=kinds[0], at=value.at)


def item(value: Expr, place: int) -> Expr:
    """The item of a tuple at a place."""
    if isinstance(value, MakeTuple):
        return value.items[place]
    assert isinstance(value.type, TupleType)
    if isinstance(value, Literal):
        return Literal(value.value[place], type=value.type.items[place], at=value.at)
    return Item(value, place, type=value.type.items[place], at=value.at)


def as_sequence(value: Expr) -> Expr:
    """A tuple of fixed length as a sequence; a sequence as it is."""
    if isinstance(value.type, TupleType):
        return build.sure(value, SeqType(joined(value.type.items), None))
    return value


def _from_sequence(value: Expr, count: int, star: int | None) -> list[Expr]:
    """The items of a sequence for so many targets; stuck where it has too few or too many."""
    sequence = as_sequence(value)
    kind = sequence.type
    assert isinstance(kind, SeqType)
    length = Length(sequence, type=INT, at=value.at)
    if star is None:
        enough: Expr = Equal(length, build.number(count), type=BOOL, at=value.at)
    else:
        enough = Less(build.number(count - 1), length, False, type=BOOL, at=value.at)
    stuck = Stuck("the sequence has another length", type=NOTHING, at=value.at)
    found: list[Expr] = []
    for place in range(count):
        if place == star:
            high = place + 1 - count
            end = build.number(high) if high else None
            part: Expr = Slice(sequence, build.number(place), end, type=kind, at=value.at)
        else:
            index = place if star is None or place < star else place - count
            part = Index(sequence, build.number(index), type=kind.item, at=value.at)
        found.append(build.condition(enough, part, stuck, value.at))
    return found


def _wrong_length(body: Body, target: ast.expr, value: Expr, count: int) -> Exception:
    kinds = " | ".join(str(kind) for kind in options(value.type))
    return outside(
        "subset/type",
        f"`{kinds}` cannot be unpacked into {count} parts",
        "A tuple is unpacked into as many names as it has items.",
        "Give as many names as there are items, or take the items by their index.",
        body.at(target),
    )
