"""`for` statements: a fold over what they range over.

The accumulators are the names that the loop changes and somebody reads afterwards, in the loop or
behind it.  `break` and `return` add accumulators of their own: whether the loop has stopped, and what
the function returns (None, or the result in a tuple of one).
"""

from __future__ import annotations

import ast

from attrs import evolve, frozen

from checker.compile import build
from checker.compile.body import Body
from checker.compile.faults import outside
from checker.compile.flow import Flow, block
from checker.compile.iteration import Domain, collected, domain
from checker.compile.meet import assigned, read
from checker.compile.scope import Scope
from checker.compile.targets import unpack
from checker.ir.nodes import BOOL, INT, As, Expr, Fold, For, Is, Item, Literal, Local, MakeTuple
from checker.ir.typing import fits, is_open, join, same
from checker.lang.types import FiniteType, IntType, NoneType, SeqType, TupleType, UnionType

ROUNDS = 8
"""So often the types of accumulators may grow before they are taken to grow for ever."""


@frozen
class _Loop:
    """A loop: its statement, what it ranges over, and the names that it carries from round to round."""

    node: ast.For
    domain: Domain
    carried: tuple[str, ...]
    stops: bool
    result: FiniteType | None  # of the function, where the loop may return


def loop(body: Body, node: ast.For, scope: Scope, flow: Flow) -> Expr:
    """A `for` statement and all that comes after it."""
    if node.orelse:
        raise outside(
            "subset/statement",
            "`else` of a loop is outside the subset",
            "It is easily taken for the `else` of an `if`.",
            "Set a variable before `break`, and ask for it after the loop.",
            body.at(node.orelse[0]),
        )
    name = node.target.id if isinstance(node.target, ast.Name) else "item"
    ranged = domain(body, node.iter, scope, name)
    scope = scope.settled()
    changed = assigned([node.target, *node.body])
    if body.unit.kinds.empty(ranged.item.type):
        return flow.rest(scope)
    used = read(flow.following) | read(node.body) | flow.needed
    carried = tuple(n for n in changed if n in used and isinstance(scope.names.get(n), Expr))
    returns = any(isinstance(inner, ast.Return) for inner in ast.walk(node))
    if returns and (body.result is None or is_open(body.result)):
        raise outside(
            "subset/needs-type",
            f"`{body.source.title}` returns from inside a loop, and does not say what",
            "The loop carries its result from round to round, so its type must be known beforehand.",
            "Annotate the result of the function: def f(...) -> bool.",
            body.at(node),
        )
    whole = _Loop(node, ranged, carried, _breaks(node.body), body.result if returns else None)
    return _after(body, whole, _fold(body, whole, scope, flow, changed), scope.without(changed), flow)


def _breaks(statements: list[ast.stmt]) -> bool:
    """Whether a `break` among statements is one of this loop."""
    for statement in statements:
        if isinstance(statement, ast.Break):
            return True
        if not isinstance(statement, ast.For):
            children = [n for n in ast.iter_child_nodes(statement) if isinstance(n, ast.stmt)]
            cases = [
                s for n in ast.iter_child_nodes(statement) if isinstance(n, ast.match_case) for s in n.body
            ]
            if _breaks([*children, *cases]):
                return True
    return False


def _fold(body: Body, whole: _Loop, scope: Scope, flow: Flow, changed: list[str]) -> Fold:
    initial = [scope.view(value) for n in whole.carried if isinstance(value := scope.names[n], Expr)]
    kinds: list[FiniteType] = [INT if isinstance(v.type, IntType) else v.type for v in initial]
    for _ in range(ROUNDS):
        found = _round(body, whole, kinds, scope.without(changed), flow)
        grown = [
            old if same(new, old) or fits(new, old) else join(old, new)
            for old, new in zip(kinds, found.kinds, strict=True)
        ]
        if grown == kinds:
            return found.fold(body, whole, initial, kinds)
        kinds = grown
    raise outside(
        "subset/needs-type",
        "the type of what this loop collects grows with every round",
        "A tuple in a tuple in a tuple has no type of bounded size.",
        "Annotate the variable before the loop.",
        body.at(whole.node),
    )


@frozen
class _Round:
    """One round, compiled: the names of accumulators, the new values of those of the source."""

    names: tuple[str, ...]
    kinds: list[FiniteType]
    element: str
    over: Expr
    body: Expr

    def fold(self, body: Body, whole: _Loop, initial: list[Expr], kinds: list[FiniteType]) -> Fold:
        """The loop, for accumulators of these types."""
        first = [build.sure(value, kind) for value, kind in zip(initial, kinds, strict=True)]
        until: list[Expr] = []
        if whole.stops:
            until.append(Local(self.names[len(first)], type=BOOL))
            first.append(build.NO)
            kinds = [*kinds, BOOL]
        if whole.result is not None:
            option = _result_type(whole.result)
            until.append(Is(Local(self.names[len(first)], type=option), option.options[1], type=BOOL))
            first.append(Literal(None, type=option))
            kinds = [*kinds, option]
        whole_type = TupleType(tuple(kinds))
        made = build.sure(self.body, whole_type)
        ends = build.disjunction(until) if until else None
        at = body.at(whole.node)
        return Fold(self.names, tuple(first), self.element, self.over, ends, made, type=whole_type, at=at)


def _result_type(result: FiniteType) -> UnionType:
    """Nothing yet, or the result in a tuple of one (which tells it from None, if that is the result)."""
    return UnionType((NoneType(), TupleType((result,))))


def _round(body: Body, whole: _Loop, kinds: list[FiniteType], scope: Scope, flow: Flow) -> _Round:
    names = [body.names.fresh(name) for name in whole.carried]
    for name, local, kind in zip(whole.carried, names, kinds, strict=True):
        scope = scope.binding(name, Local(local, type=kind, at=body.at(whole.node)))
    if whole.stops:
        names.append(body.names.fresh("stopped"))
    option = None if whole.result is None else _result_type(whole.result)
    if option is not None:
        names.append(body.names.fresh("returned"))
    seen: list[list[FiniteType]] = []

    def end(scope: Scope, *, stopped: bool = False, result: Expr | None = None) -> Expr:
        scope = scope.settled()
        values = [_at_end(body, whole, scope, name) for name in whole.carried]
        seen.append([value.type for value in values])
        if whole.stops:
            values.append(build.YES if stopped else build.NO)
        if option is not None:
            some = None if result is None else MakeTuple((result,), type=TupleType((result.type,)))
            values.append(Literal(None, type=option) if some is None else build.sure(some, option))
        return MakeTuple(tuple(values), type=TupleType(tuple(value.type for value in values)))

    inner = Flow(
        rest=end,
        leave=lambda scope, value: end(scope, result=value),
        again=end,
        stop=lambda scope: end(scope, stopped=True),
        following=(),
        needed=flow.needed | frozenset(whole.carried),
    )
    element, over, item = _element(body, whole)
    made = unpack(body, whole.node.target, item, scope, lambda s: block(body, whole.node.body, s, inner))
    found = list(kinds)
    for types in seen:
        found = [join(old, new) for old, new in zip(found, types, strict=True)]
    return _Round(tuple(names), found, element, over, made)


def _at_end(body: Body, whole: _Loop, scope: Scope, name: str) -> Expr:
    value = scope.named(name)
    assert isinstance(value, Expr), f"{name} has no value at the end of a round"
    return scope.view(value)


def _element(body: Body, whole: _Loop) -> tuple[str, Expr, Expr]:
    """The local that takes each element, the collection, and the item that it stands for."""
    ranged = whole.domain
    if len(ranged.qualifiers) == 1 and isinstance(only := ranged.qualifiers[0], For):
        return only.name, only.domain, ranged.item
    everything = collected(body, ranged, SeqType, whole.node.iter)
    name = body.names.fresh("item")
    return name, everything, Local(name, type=ranged.item.type)


def _after(body: Body, whole: _Loop, fold: Fold, scope: Scope, flow: Flow) -> Expr:
    """What follows the loop, for the accumulators' last values."""
    assert isinstance(fold.type, TupleType)
    kinds = fold.type.items
    local = Local(body.names.fresh("after"), type=fold.type, at=fold.at)

    def item(place: int) -> Expr:
        return Item(local, place, type=kinds[place], at=fold.at)

    def each(place: int, scope: Scope) -> Expr:
        if place < len(whole.carried):
            return body.bind(whole.carried[place], item(place), scope, lambda s: each(place + 1, s))
        if whole.result is None:
            return flow.rest(scope)
        last = item(len(kinds) - 1)
        assert isinstance(last.type, UnionType)
        some = last.type.options[1]
        result = Item(As(last, type=some), 0, type=whole.result, at=fold.at)
        there = Is(last, some, type=BOOL, at=fold.at)
        return build.condition(there, flow.leave(scope, result), flow.rest(scope), fold.at)

    return build.let(local.name, fold, each(0, evolve(scope)))
