"""Statements: assignments, branches, assertions, and the ways out of a block.

A block becomes one expression: the value of the function for what its names stand for.  How blocks
follow each other is in `checker.compile.flow`, how branches meet again in `checker.compile.meet`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from checker.compile import build
from checker.compile.body import Body
from checker.compile.conditions import Condition, condition
from checker.compile.faults import outside
from checker.compile.flow import Flow, Statement, returned
from checker.compile.meet import Branch, branches
from checker.compile.scope import Scope, impossible
from checker.compile.targets import assign
from checker.ir.nodes import Expr, Stuck
from checker.lang.errors import Location
from checker.lang.types import NOTHING

# -- simple statements ----------------------------------------------------------------------------


def _pass(body: Body, node: ast.Pass, scope: Scope, flow: Flow) -> Expr:
    return flow.rest(scope)


def _expression(body: Body, node: ast.Expr, scope: Scope, flow: Flow) -> Expr:
    """A docstring; or an expression whose value nobody looks at, which can only be stuck."""
    if isinstance(node.value, ast.Constant):
        return flow.rest(scope)
    value = body.expr(node.value, scope)
    if isinstance(value, Stuck):
        return value
    return build.let(body.names.fresh("unused"), value, flow.rest(scope))


def _assignment(body: Body, node: ast.Assign, scope: Scope, flow: Flow) -> Expr:
    if len(node.targets) == 1:
        return assign(body, node.targets[0], node.value, None, scope, flow.rest)
    name = body.names.fresh("value")

    def each(targets: list[ast.expr], scope: Scope) -> Expr:
        if not targets:
            return flow.rest(scope.without([name]))
        return assign(
            body, targets[0], ast.copy_location(ast.Name(name, ast.Load()), node.value), None, scope,
            lambda scope: each(targets[1:], scope),
        )  # fmt: skip

    return body.bind(name, body.expr(node.value, scope), scope, lambda scope: each(node.targets, scope))


def _annotated(body: Body, node: ast.AnnAssign, scope: Scope, flow: Flow) -> Expr:
    if node.value is None:
        return flow.rest(scope)
    kind = body.hint(node.annotation, f"`{ast.unparse(node.target)}`")
    return assign(body, node.target, node.value, kind, scope, flow.rest)


def _augmented(body: Body, node: ast.AugAssign, scope: Scope, flow: Flow) -> Expr:
    target = node.target
    if not isinstance(target, ast.Name):
        return assign(body, target, node.value, None, scope, flow.rest)  # refused there
    known = scope.named(target.id)
    if isinstance(known, Expr) and build.mutable(scope.view(known).type):
        raise _changed_in_place(body, node, target.id)
    read = ast.copy_location(ast.Name(target.id, ast.Load()), target)
    value = ast.copy_location(ast.BinOp(read, node.op, node.value), node)
    return assign(body, target, value, None, scope, flow.rest)


def _changed_in_place(body: Body, node: ast.AugAssign, name: str) -> Exception:
    written = ast.unparse(ast.BinOp(ast.Name(name), node.op, node.value))
    return outside(
        "subset/mutable",
        f"`{ast.unparse(node)}` changes a list or a set in place",
        "Whoever else has the same list or set would see it change; values of a spec never do.",
        f"Write {name} = {written}.",
        body.at(node),
    )


def _return(body: Body, node: ast.Return, scope: Scope, flow: Flow) -> Expr:
    return flow.leave(scope, returned(body, scope, node))


def _assert(body: Body, node: ast.Assert, scope: Scope, flow: Flow) -> Expr:
    found = condition(body, node.test, scope)
    return way_of(
        found,
        lambda: flow.rest(scope.knowing(found.yes)),
        lambda: Stuck("the assertion fails", type=NOTHING, at=body.at(node)),
        body.at(node),
    )


def _raise(body: Body, node: ast.Raise, scope: Scope, flow: Flow) -> Expr:
    return Stuck("the spec raises an exception", type=NOTHING, at=body.at(node))


def _again(body: Body, node: ast.Continue, scope: Scope, flow: Flow) -> Expr:
    assert flow.again is not None
    return flow.again(scope)


def _stop(body: Body, node: ast.Break, scope: Scope, flow: Flow) -> Expr:
    assert flow.stop is not None
    return flow.stop(scope)


# -- branches -------------------------------------------------------------------------------------


def _if(body: Body, node: ast.If, scope: Scope, flow: Flow) -> Expr:
    found = condition(body, node.test, scope)
    scope = scope.settled()
    ways = [
        Branch(node.body, scope.knowing(found.yes)),
        Branch(node.orelse, scope.knowing(found.no)),
    ]
    at = body.at(node.test)

    def choose(made: list[Callable[[], Expr]]) -> Expr:
        return way_of(found, made[0], made[1], at)

    return branches(body, ways, scope, flow, choose)


def way_of(found: Condition, then: Callable[[], Expr], other: Callable[[], Expr], at: Location) -> Expr:
    """One of two ways; one that no value takes is not compiled."""
    if found.value == build.YES or impossible(found.no):
        if found.value == build.YES:
            return then()
        return build.condition(found.value, then(), Stuck("no value gets here", type=NOTHING, at=at), at)
    if found.value == build.NO:
        return other()
    if impossible(found.yes):
        return build.condition(found.value, Stuck("no value gets here", type=NOTHING, at=at), other(), at)
    return build.condition(found.value, then(), other(), at)


SIMPLE: dict[type[ast.stmt], Statement] = {
    ast.Pass: _pass,
    ast.Expr: _expression,
    ast.Assign: _assignment,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.Assert: _assert,
    ast.Raise: _raise,
    ast.Continue: _again,
    ast.Break: _stop,
    ast.If: _if,
}
