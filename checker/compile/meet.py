"""Where several ways through a function go on and meet again.

If no way returns, the values of the names that the ways change are carried over in a tuple.  If some
do, what follows is compiled once for each way that goes on where it is short; otherwise it becomes a
function of its own, so that many branches one after the other cost no more than their sum.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence

from attrs import evolve, frozen

from checker.compile import build
from checker.compile.body import Body
from checker.compile.flow import Flow, block
from checker.compile.scope import Scope, renamed_path
from checker.ir.nodes import INT, Call, Expr, Item, Literal, Local, MakeTuple
from checker.ir.program import Function, Variable
from checker.ir.typing import fits
from checker.lang.errors import InternalError
from checker.lang.types import FiniteType, IntType, TupleType

SHORT = 30
"""So many nodes of syntax are compiled twice rather than made a function."""


@frozen
class Branch:
    """One way: its statements, what is known at their beginning, and names that get values there."""

    statements: Sequence[ast.stmt]
    scope: Scope
    names: tuple[tuple[str, Expr], ...] = ()


Choose = Callable[[list[Callable[[], Expr]]], Expr]
"""Makes the value of all branches from what compiles each of them."""


def branches(body: Body, ways: list[Branch], scope: Scope, flow: Flow, choose: Choose) -> Expr:
    """The value of a statement with several ways, and all that comes after it."""
    going_on = [way for way in ways if falls(way.statements)]
    if len(going_on) <= 1:
        return choose([_way(body, way, flow) for way in ways])
    if not any(leaves(way.statements) for way in ways):
        return _carried(body, ways, scope, flow, choose)
    if sum(1 for statement in flow.following for _ in ast.walk(statement)) > SHORT:
        changed = assigned([statement for way in ways for statement in way.statements])
        flow = evolve(flow, rest=_Lifted(body, scope, flow, frozenset(changed)).rest)
    return choose([_way(body, way, flow) for way in ways])


def _way(body: Body, way: Branch, flow: Flow) -> Callable[[], Expr]:
    def enter(names: tuple[tuple[str, Expr], ...], scope: Scope) -> Expr:
        if not names:
            return block(body, way.statements, scope, flow)
        (name, value), *others = names
        return body.bind(name, value, scope, lambda scope: enter(tuple(others), scope))

    return lambda: enter(way.names, way.scope)


# -- what statements do ---------------------------------------------------------------------------


def falls(statements: Sequence[ast.stmt]) -> bool:
    """Whether a block may come to its end."""
    return all(_falls(statement) for statement in statements)


def _falls(node: ast.stmt) -> bool:
    match node:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return False
        case ast.If(body=then, orelse=other):
            return falls(then) or falls(other)
        case ast.Match(cases=cases):
            last = cases[-1]
            whole = last.guard is None and isinstance(last.pattern, ast.MatchAs) and not last.pattern.pattern
            return not whole or any(falls(case.body) for case in cases)
        case _:
            return True


def leaves(statements: Sequence[ast.stmt]) -> bool:
    """Whether a block may be left by `return`, `continue` or `break` before its end."""
    return any(_leaves(statement, in_loop=False) for statement in statements)


def _leaves(node: ast.AST, *, in_loop: bool) -> bool:
    if isinstance(node, ast.Return):
        return True
    if isinstance(node, ast.Continue | ast.Break):
        return not in_loop
    if isinstance(node, ast.expr):
        return False
    inside = in_loop or isinstance(node, ast.For)
    return any(_leaves(child, in_loop=inside) for child in ast.iter_child_nodes(node))


def assigned(nodes: Iterable[ast.AST]) -> list[str]:
    """The names that statements give a value, in order, each once."""
    found: dict[str, None] = {}
    for node in nodes:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                found[inner.id] = None
            elif isinstance(inner, ast.MatchAs | ast.MatchStar) and inner.name is not None:
                found[inner.name] = None
    return list(found)


def read(nodes: Iterable[ast.AST]) -> set[str]:
    """The names whose values statements use."""
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}


# -- carrying values over -------------------------------------------------------------------------


class _LostError(Exception):
    """A name that has no value at the end of some way."""


def _carried(body: Body, ways: list[Branch], scope: Scope, flow: Flow, choose: Choose) -> Expr:
    changed = assigned([statement for way in ways for statement in way.statements])
    changed += [name for way in ways for name, _ in way.names if name not in changed]
    used = read(flow.following) | flow.needed
    names = [name for name in changed if name in used]
    while True:
        try:
            value = choose([_way(body, way, _collecting(flow, names)) for way in ways])
            break
        except _LostError as lost:
            names = [name for name in names if name != lost.args[0]]
    if body.unit.kinds.empty(value.type):
        return value
    after = scope.without(name for name in changed if name in scope.names or name in used)
    if not names:
        if isinstance(value, Literal):
            return flow.rest(after)
        return build.let(body.names.fresh("unused"), value, flow.rest(after))
    return spread(body, names, value, after, flow.rest)


def _collecting(flow: Flow, names: list[str]) -> Flow:
    def collect(scope: Scope) -> Expr:
        values = []
        for name in names:
            value = scope.named(name)
            if not isinstance(value, Expr):
                raise _LostError(name)
            values.append(scope.view(value))
        return together(values)

    def never(scope: Scope, value: Expr) -> Expr:
        raise InternalError("a way that does not return returns")

    needed = flow.needed | frozenset(names)
    return Flow(collect, never, following=flow.following, needed=needed)


def together(values: list[Expr]) -> Expr:
    """Some values as one."""
    if not values:
        return build.YES
    if len(values) == 1:
        return values[0]
    return MakeTuple(tuple(values), type=TupleType(tuple(value.type for value in values)))


def spread(body: Body, names: list[str], value: Expr, scope: Scope, rest: Callable[[Scope], Expr]) -> Expr:
    """What follows when names stand for the values that were put together."""
    if len(names) == 1:
        return body.bind(names[0], value, scope, rest)
    assert isinstance(value.type, TupleType)
    kinds = value.type.items
    whole = body.names.fresh("_".join(names) if len(names) == 2 else "changed")
    local = Local(whole, type=value.type)

    def each(place: int, scope: Scope) -> Expr:
        if place == len(names):
            return rest(scope)
        item = Item(local, place, type=kinds[place], at=value.at)
        return body.bind(names[place], item, scope, lambda scope: each(place + 1, scope))

    return build.let(whole, value, each(0, scope))


# -- a function for what follows ------------------------------------------------------------------


class _Lifted:
    """What follows a statement, as a function of the names that it uses.

    There is one function for each choice of types that the ways come with.
    """

    def __init__(self, body: Body, before: Scope, flow: Flow, changed: frozenset[str]):
        self.body = body
        self.before = before
        self.flow = flow
        self.changed = changed
        self.used = read(flow.following) | flow.needed
        self.made: list[tuple[tuple[str, ...], Function]] = []

    def rest(self, scope: Scope) -> Expr:
        """A call with the values that names have at the end of one way."""
        scope = scope.settled()
        values = {
            name: scope.view(value)
            for name, value in scope.names.items()
            if name in self.used and isinstance(value, Expr) and not self._is_fixed(name, value)
        }
        names = tuple(values)
        found = next((made for known, made in self.made if known == names and _fits(made, values)), None)
        if found is None:
            found = self._make(scope, values)
            self.made.append((names, found))
        arguments = tuple(
            build.sure(value, parameter.type)
            for value, parameter in zip(values.values(), found.parameters, strict=True)
        )
        return Call(found.name, arguments, type=found.body.type, at=found.at)

    def _is_fixed(self, name: str, value: Expr) -> bool:
        """Whether a name stands for the same known value on every way."""
        return isinstance(value, Literal) and name not in self.changed

    def _make(self, scope: Scope, values: dict[str, Expr]) -> Function:
        body = self.body
        parameters, inner, renamed = [], scope, {}
        for name, value in values.items():
            kind: FiniteType = INT if isinstance(value.type, IntType) else value.type
            variable = Variable(body.names.fresh(name), kind)
            parameters.append(variable)
            inner = inner.binding(name, Local(variable.name, type=kind))
            before = self.before.names.get(name)
            if isinstance(before, Local) and before == value:
                renamed[before.name] = variable.name
        facts = {
            path: kinds
            for where, kinds in self.before.facts.items()
            if (path := renamed_path(where, renamed)) is not None
        }
        unused = {n for n, bound in inner.names.items() if isinstance(bound, Expr) and n not in self.used}
        inner = evolve(inner.without(unused), facts=facts)
        value = self.flow.rest(inner)
        title = f"{body.source.title}, continued"
        at = body.at(self.flow.following[0])
        name = body.unit.fresh_name(f"{body.source.function.__name__}_rest")
        function = Function(name, tuple(parameters), value, title, at=at)
        body.unit.functions.append(function)
        return function


def _fits(function: Function, values: dict[str, Expr]) -> bool:
    return all(
        fits(value.type, parameter.type)
        for parameter, value in zip(function.parameters, values.values(), strict=True)
    )
