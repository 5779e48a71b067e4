"""Blocks: what comes after a statement, and what `return`, `continue` and `break` lead to.

What follows a statement is compiled for the scope that the statement leaves (`Flow.rest`).  The
handlers of the statements themselves are in `checker.compile.statements`, `loops` and `patterns`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from attrs import evolve, frozen

from checker.compile import build
from checker.compile.body import Body
from checker.compile.faults import outside
from checker.compile.scope import Scope
from checker.ir.nodes import Expr, Literal, Local, Stuck
from checker.ir.typing import fits, is_open
from checker.lang.errors import Location
from checker.lang.types import NOTHING, NoneType

Rest = Callable[[Scope], Expr]


@frozen
class Flow:
    """Where a block leads: what comes after it, and what `return`, `continue` and `break` do.

    `following` are the statements that come after, `needed` further names that are read after them.
    """

    rest: Rest
    leave: Callable[[Scope, Expr], Expr]
    again: Rest | None = None
    stop: Rest | None = None
    following: tuple[ast.stmt, ...] = ()
    needed: frozenset[str] = frozenset()


Statement = Callable[[Body, Any, Scope, Flow], Expr]


def block(body: Body, statements: Sequence[ast.stmt], scope: Scope, flow: Flow) -> Expr:
    """The value of a block and all that comes after it."""
    if not statements:
        return flow.rest(scope)
    first, *others = statements
    walrus: list[tuple[str, Local, Expr]] = []
    after = evolve(
        flow,
        rest=lambda scope: block(body, others, scope.with_walrus(walrus), flow),
        following=(*others, *flow.following),
    )
    handler = body.unit.statements.get(type(first))
    if handler is None:
        raise _outside(first, body.at(first))
    found = handler(body, first, scope.opened(walrus), after)
    for _, local, value in reversed(walrus):
        found = build.let(local.name, value, found)
    return found


def _outside(node: ast.stmt, at: Location) -> Exception:
    noun, instead = _UNKNOWN.get(type(node), (type(node).__name__.lower(), "See docs/python-subset.md."))
    return outside(
        "subset/statement",
        f"`{noun}` is outside the subset",
        "A function of a spec computes a value, in a number of steps that is known beforehand.",
        instead,
        evolve(at, end=at.column + len(noun.split()[0])) if at.column else at,
    )


_UNKNOWN: dict[type[ast.stmt], tuple[str, str]] = {
    ast.While: ("while", "Write a `for` over a range that is long enough, and leave it with `break`."),
    ast.Try: ("try", "Ask with `if` whether the operation is possible."),
    ast.With: ("with", "Leave it out: a spec has no resources."),
    ast.FunctionDef: ("def", "Define the function at the top level, or as a method of the model."),
    ast.ClassDef: ("class", "Define the class at the top level of the module."),
    ast.Import: ("import", "Import at the top of the module."),
    ast.ImportFrom: ("from", "Import at the top of the module."),
    ast.Global: ("global", "Keep what must be remembered in the state."),
    ast.Nonlocal: ("nonlocal", "Keep what must be remembered in the state."),
    ast.Delete: ("del", "Leave it out: values are never changed in place."),
}


def returned(body: Body, scope: Scope, node: ast.Return | None) -> Expr:
    """The result of a function: of a `return`, or None where a block ends without one."""
    if node is not None and node.value is not None:
        if body.result is None:
            return body.expr(node.value, scope)
        return body.fit(node.value, scope, body.result)
    nothing = Literal(None, type=NoneType(), at=body.at(node) if node is not None else None)
    if body.result is None:
        return nothing
    if not fits(nothing.type, body.result):
        where = body.at(node) if node is not None else body.at(body.source.node)
        kind = NOTHING if is_open(body.result) else body.result
        return Stuck(f"`{body.source.title}` ends without a result", type=kind, at=where)
    return build.sure(nothing, body.result)
