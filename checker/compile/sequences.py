"""The functions of Python that make sequences; and how all known functions take their arguments."""

from __future__ import annotations

import ast
from typing import Any, cast

import attrs

from checker.compile import build
from checker.compile.body import Body
from checker.compile.displays import listed
from checker.compile.faults import outside
from checker.compile.iteration import collected, domain, is_lazy, over
from checker.compile.scope import Scope
from checker.compile.targets import as_sequence
from checker.ir.nodes import (
    INT,
    Arithmetic,
    Comprehension,
    Enumerate,
    Expr,
    For,
    Index,
    Length,
    Literal,
    Local,
    Range,
    Zip,
)
from checker.ir.typing import options
from checker.lang.types import (
    FiniteType,
    SeqType,
    SetType,
    TupleType,
)


def arguments(body: Body, node: ast.Call, least: int, most: int, *names: str) -> dict[str, ast.expr]:
    """The keyword arguments of a call, which must be among these, with so many others."""
    starred = next((a for a in node.args if isinstance(a, ast.Starred)), None)
    unknown = next((k for k in node.keywords if k.arg not in names), None)
    if starred is not None or unknown is not None or not least <= len(node.args) <= most:
        what = f"`{unknown.arg}=`" if unknown is not None and unknown.arg else "these arguments"
        raise outside(
            "subset/arguments",
            f"`{ast.unparse(node.func)}` does not take {what} in the subset",
            "The compiler knows each of Python's functions in its plainest form.",
            "See docs/python-subset.md for the arguments that it takes.",
            body.at(unknown.value if unknown is not None else node),
        )
    return {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg is not None}


def item_hint(wanted: FiniteType | None, kind: type[Any]) -> FiniteType | None:
    """The type of items that is wanted, where a collection of a kind is."""
    found = [k for k in options(wanted) if isinstance(k, kind)] if wanted is not None else []
    return cast(FiniteType, found[0].item) if len(found) == 1 else None


def range_of(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`range(low, high, step)`."""
    arguments(body, node, 1, 3)
    bounds = [body.integer(argument, scope) for argument in node.args]
    low = bounds[0] if len(bounds) > 1 else build.number(0)
    high = bounds[1] if len(bounds) > 1 else bounds[0]
    step = 1
    if len(bounds) == 3:
        last = bounds[2]
        if not isinstance(last, Literal) or last.value == 0:
            raise outside("subset/arguments", "the step of this range is not a number other than 0",
                          "In which direction a range goes must be known beforehand.",
                          "Write a number, as in range(10, 0, -1).", body.at(node.args[2]))  # fmt: skip
        step = last.value
    return Range(low, high, step, type=SeqType(INT, None), at=body.at(node))


def _sequence(body: Body, node: ast.expr, scope: Scope) -> Expr:
    """A sequence whose order is known."""
    if is_lazy(body, node, scope):
        here = domain(body, node, scope)
        if here.ordered:
            return collected(body, here, SeqType, node)
    else:
        value = as_sequence(scope.view(body.expr(node, scope)))
        if isinstance(value.type, SeqType):
            return value
    raise outside(
        "subset/order",
        "the items of this have no order",
        "Members of sets and keys of maps come in any order, so a spec may not count them off.",
        "Use a sequence, or quantify over the members.",
        body.at(node),
    )


def enumerated(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`enumerate(xs, start)`."""
    named = arguments(body, node, 1, 2, "start")
    sequence = _sequence(body, node.args[0], scope)
    assert isinstance(sequence.type, SeqType)
    written = node.args[1] if len(node.args) > 1 else named.get("start")
    start = body.integer(written, scope) if written is not None else build.number(0)
    if not isinstance(start, Literal):
        raise outside("subset/arguments", "`start` is not a number", "It is known beforehand where counting starts.",
                      "Write a number, or add to the place.", body.at(node))  # fmt: skip
    pair = TupleType((INT, sequence.type.item))
    return Enumerate(sequence, start.value, type=SeqType(pair, None), at=body.at(node))


def zipped(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`zip(xs, ys, strict=...)`."""
    named = arguments(body, node, 1, 99, "strict")
    sequences = [_sequence(body, argument, scope) for argument in node.args]
    strict = body.expr(named["strict"], scope) if "strict" in named else build.NO
    if not isinstance(strict, Literal):
        raise outside("subset/arguments", "`strict` is not a truth value", "It is known beforehand.",
                      "Write strict=True or strict=False.", body.at(node))  # fmt: skip
    items = tuple(one.type.item for one in sequences if isinstance(one.type, SeqType))
    kind = SeqType(TupleType(items), None)
    return Zip(tuple(sequences), bool(strict.value), type=kind, at=body.at(node))


def backwards(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`reversed(xs)`."""
    arguments(body, node, 1, 1)
    at = body.at(node)

    def turned(sequence: Expr) -> Expr:
        assert isinstance(sequence.type, SeqType)
        last = Arithmetic("-", Length(sequence, type=INT, at=at), build.number(1), type=INT, at=at)
        places = Range(last, build.number(-1), -1, type=SeqType(INT, None), at=at)
        place = Local(body.names.fresh("place"), type=INT, at=at)
        item = Index(sequence, place, type=sequence.type.item, at=at)
        return Comprehension((For(place.name, places),), item, type=SeqType(item.type, None), at=at)

    return body.named(_sequence(body, node.args[0], scope), "sequence", turned)


def tuple_of(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`tuple(xs)`."""
    arguments(body, node, 0, 1)
    if not node.args:
        return Literal((), type=TupleType(()), at=body.at(node))
    argument = node.args[0]
    if not is_lazy(body, argument, scope):
        value = scope.view(body.expr(argument, scope, wanted))
        if isinstance(value.type, TupleType | SeqType):
            return settled(value)
        return collected(body, over(body, value, scope, argument), SeqType, node)
    hint = item_hint(wanted, SeqType)
    here = domain(body, argument, scope, wanted=hint)
    body.immutable(here.item, body.at(argument))
    return collected(body, here, SeqType, node, hint)


def settled(value: Expr) -> Expr:
    """The same items in what cannot be changed in place."""
    kind = value.type
    if build.mutable(kind) and isinstance(kind, SeqType | SetType):
        return attrs.evolve(value, type=attrs.evolve(kind, text=""))
    return value


def list_of(body: Body, node: ast.Call, scope: Scope, wanted: FiniteType | None) -> Expr:
    """`list(xs)`."""
    return listed(as_sequence(tuple_of(body, node, scope, wanted)))
