"""Evaluates a function's source step by step and keeps the reasons.

`reason_for(function, arguments)` runs a predicate by walking its syntax tree, and returns the tree
of reasons for its value: of a false conjunction the false conjunct, of a quantifier the witness, of
a call of another predicate the reasons inside it.  What it does not take apart, it evaluates with
Python itself and reports with the values of its parts.  A walk is a second opinion, never the
verdict: when it cannot follow the source, it says less.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
from collections.abc import Callable, Iterator
from typing import Any

from attrs import field, frozen

from checker.lang import source
from checker.lang.values import order

MAX_CALLS = 6
"""Calls of predicates are followed so deep."""


@frozen
class Reason:
    """Why an expression has its truth value.

    `text` is its source; `bindings` are the witnesses of a quantifier; `values` the values of its
    parts; `parts` the reasons that decide it.
    """

    text: str
    value: bool
    bindings: tuple[tuple[str, Any], ...] = ()
    values: tuple[tuple[str, Any], ...] = ()
    parts: tuple[Reason, ...] = ()
    note: str = ""


class Returned(Exception):
    """A `return` was reached: its value, and the reason where that is a truth value."""

    def __init__(self, value: Any, reason: Reason | None) -> None:
        self.value = value
        self.reason = reason


@frozen
class Walk:
    """The outcome of walking a function: its value, why, and the tests on the way."""

    value: Any
    reason: Reason | None
    tests: tuple[Reason, ...] = field(factory=tuple)
    returned: bool = True


def walk(function: Callable[..., Any], arguments: tuple[Any, ...], depth: int = 0) -> Walk | None:
    """Run a function by its source; None where the source is missing or cannot be followed."""
    found = source.function_node(function)
    if found is None:
        return None
    node = found[1]
    try:
        given = inspect.signature(function).bind(*arguments)
        given.apply_defaults()
        walker = Walker(function, dict(given.arguments), depth)
    except (TypeError, ValueError):
        return None
    try:
        walker.run(node.body)
    except Returned as result:
        return Walk(result.value, result.reason, tuple(walker.tests))
    except Exception:
        return None
    return Walk(None, None, tuple(walker.tests), returned=False)


class Walker:
    """Walks one call of one function."""

    def __init__(self, function: Callable[..., Any], local: dict[str, Any], depth: int) -> None:
        self.globals: dict[str, Any] = dict(getattr(function, "__globals__", {}))
        closure = getattr(function, "__closure__", None) or ()
        names = function.__code__.co_freevars
        self.globals.update({name: cell.cell_contents for name, cell in zip(names, closure, strict=True)})
        if "__class__" in names:
            self.globals["super"] = lambda: builtins.super(
                self.globals["__class__"], next(iter(local.values()))
            )
        self.local = local
        self.depth = depth
        self.tests: list[Reason] = []
        self.loops: dict[str, Any] = {}
        self.source = "".join(linecache.getlines(function.__code__.co_filename))

    # -- statements --

    def run(self, body: list[ast.stmt]) -> None:
        """Walk statements one after the other."""
        for statement in body:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        """Walk one statement."""
        match node:
            case ast.Return(value=None):
                raise Returned(None, None)
            case ast.Return(value=ast.expr() as value):
                self.returning(value)
            case ast.If(test=test, body=body, orelse=orelse):
                reason = self.because(test)
                self.tests.append(reason)
                self.run(body if reason.value else orelse)
            case ast.For(target=target, iter=iterable, body=body, orelse=orelse):
                for item in self.canonical(self.value(iterable)):
                    self.bind(target, item)
                    self.loops.update((name, self.local[name]) for name in _names(target))
                    self.run(body)
                self.run(orelse)
            case ast.Match():
                self.matching(node)
            case _:
                self.execute(node)

    def returning(self, value: ast.expr) -> None:
        """Leave through a `return` with this value."""
        if isinstance(value, ast.IfExp):
            reason = self.because(value.test)
            self.tests.append(reason)
            self.returning(value.body if reason.value else value.orelse)
        result = self.value(value)
        if not isinstance(result, bool):
            raise Returned(result, None)
        if isinstance(value, ast.Constant):
            raise Returned(
                result,
                Reason(f"return {result}", result, tuple(self.loops.items()), (), tuple(self.tests[-1:])),
            )
        raise Returned(result, self.because(value))

    def matching(self, node: ast.Match) -> None:
        """Let Python choose the case, then walk its body."""
        cases = [
            ast.match_case(case.pattern, case.guard, [_assign("__case__", place)])
            for place, case in enumerate(node.cases)
        ]
        self.local.pop("__case__", None)
        self.execute(ast.Match(node.subject, cases))
        chosen = self.local.pop("__case__", None)
        if chosen is not None:
            self.run(node.cases[chosen].body)

    def execute(self, node: ast.stmt) -> None:
        """Let Python run a statement in the scope of the call."""
        module = ast.fix_missing_locations(ast.Module([node], []))
        scope = {**self.globals, **self.local}
        exec(compile(module, "<walk>", "exec"), scope)  # noqa: S102 - the spec's own statement
        for name, value in scope.items():
            if name != "__builtins__" and self.globals.get(name, scope) is not value:
                self.local[name] = value

    def bind(self, target: ast.expr, item: Any) -> None:
        """Give an item to the target of a loop."""
        self.local["__item__"] = item
        assign = ast.Assign([target], ast.Name("__item__", ast.Load()))
        self.execute(ast.copy_location(assign, target))
        self.local.pop("__item__", None)

    # -- expressions --

    def value(self, node: ast.expr) -> Any:
        """What Python makes of an expression."""
        expression = ast.fix_missing_locations(ast.Expression(node))
        code = compile(expression, "<walk>", "eval")
        return eval(code, {**self.globals, **self.local})  # noqa: S307 - the spec's own expression

    def because(self, node: ast.expr) -> Reason:
        """The reason for the truth value of an expression."""
        match node:
            case ast.BoolOp(op=op, values=values):
                return self.connective(node, values, stops_at=isinstance(op, ast.Or))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.because(operand)
                return self.negation(node, inner)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                chosen = self.because(test)
                decided = self.because(body if chosen.value else orelse)
                return Reason(self.text(node), decided.value, parts=(chosen, decided))
            case ast.Call(func=ast.Name(id="any" | "all" as name), args=[ast.GeneratorExp() as each]):
                if self.is_builtin(name):
                    return self.quantifier(node, each, stops_at=name == "any")
            case ast.Call():
                followed = self.call(node)
                if followed is not None:
                    return followed
            case ast.Compare():
                return self.comparison(node)
        value = bool(self.value(node))
        return Reason(self.text(node), value, values=self.parts_of(node))

    def negation(self, node: ast.expr, inner: Reason) -> Reason:
        """What decides the operand decides its negation."""
        if not inner.parts:
            return Reason(self.text(node), not inner.value, parts=(inner,))
        return Reason(self.text(node), not inner.value, inner.bindings, inner.values, inner.parts, inner.note)

    def connective(self, node: ast.expr, values: list[ast.expr], *, stops_at: bool) -> Reason:
        """The operand that decides `and` or `or`, or all of them."""
        parts = []
        for value in values:
            reason = self.because(value)
            if reason.value is stops_at:
                return Reason(self.text(node), stops_at, parts=(reason,))
            parts.append(reason)
        return Reason(self.text(node), not stops_at, parts=tuple(parts))

    def quantifier(self, node: ast.expr, each: ast.GeneratorExp, *, stops_at: bool) -> Reason:
        """`any` is decided by a witness, `all` by a counterexample; otherwise nothing stands out."""
        outside = dict(self.local)
        count = 0
        try:
            for bindings in self.assignments(each.generators):
                count += 1
                if bool(self.value(each.elt)) is stops_at:
                    inner = self.because(each.elt)
                    parts = inner.parts if isinstance(each.elt, ast.BoolOp) else (inner,)
                    filters = [test for generator in each.generators for test in generator.ifs]
                    parts = (*parts, *[self.because(test) for test in filters])
                    return Reason(self.text(node), stops_at, bindings, parts=parts)
        finally:
            self.local = outside
        note = "there is nothing to range over" if count == 0 else f"of {count} tried"
        return Reason(self.text(node), not stops_at, note=note)

    def assignments(self, generators: list[ast.comprehension]) -> Iterator[tuple[tuple[str, Any], ...]]:
        """Every assignment of a comprehension's variables, set in `local` while it is yielded."""
        if not generators:
            yield ()
            return
        first, rest = generators[0], generators[1:]
        for item in self.canonical(self.value(first.iter)):
            self.bind(first.target, item)
            if all(self.value(test) for test in first.ifs):
                here = tuple((name, self.local[name]) for name in _names(first.target))
                for more in self.assignments(rest):
                    yield here + more

    def call(self, node: ast.Call) -> Reason | None:
        """Follow a call of a predicate that belongs to a spec."""
        if self.depth >= MAX_CALLS or node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            return None
        function = self.value(node.func)
        arguments = tuple(self.value(argument) for argument in node.args)
        plain = getattr(function, "__func__", function)
        if not hasattr(plain, "__code__"):
            return None
        owner = (function.__self__,) if plain is not function else ()
        inner = walk(plain, (*owner, *arguments), self.depth + 1)
        if inner is None or inner.reason is None:
            return None
        bindings = tuple(
            (self.text(argument), value)
            for argument, value in zip(node.args, arguments, strict=True)
            if _is_short(value) and self.text(argument) != repr(value)
        )
        return Reason(self.text(node), inner.reason.value, values=bindings, parts=(inner.reason,))

    def comparison(self, node: ast.Compare) -> Reason:
        """A comparison with the values of its sides."""
        value = bool(self.value(node))
        return Reason(self.text(node), value, values=self.parts_of(node))

    def parts_of(self, node: ast.expr) -> tuple[tuple[str, Any], ...]:
        """The values of the operands, other than those that are plain to see."""
        operands = [node.left, *node.comparators] if isinstance(node, ast.Compare) else [node]
        found = []
        for operand in operands:
            if isinstance(operand, ast.Constant) or _names_a_constant(operand) or _is_empty(operand):
                continue
            value = self.value(operand)
            if not isinstance(node, ast.Compare) and isinstance(value, bool):
                continue
            found.append((self.text(operand), value))
            found += [(self.text(inner), self.value(inner)) for inner in _inner(operand)]
        return tuple(dict(found).items())

    def is_builtin(self, name: str) -> bool:
        """Whether a name still means what Python means by it."""
        return name not in self.local and self.globals.get(name, getattr(builtins, name)) is getattr(
            builtins, name
        )

    @staticmethod
    def canonical(collection: Any) -> Any:
        """A collection in an order that does not depend on hashes."""
        return sorted(collection, key=order) if isinstance(collection, frozenset) else collection

    def text(self, node: ast.expr) -> str:
        """An expression as it stands in the source, on one line."""
        written = ast.get_source_segment(self.source, node)
        if written is None or "#" in written:
            return ast.unparse(node)
        return " ".join(written.split()).replace("( ", "(").replace(" )", ")")


def _assign(name: str, value: Any) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], ast.Constant(value))


def _names_a_constant(node: ast.expr) -> bool:
    """Whether an expression is a member of an Enum, by its looks: `Phase.COMMITTED`."""
    return (
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id[:1].isupper()
    )


def _names(target: ast.expr) -> list[str]:
    return [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]


def _inner(node: ast.expr) -> list[ast.expr]:
    """The parts of an operand whose values tell more: of `len(xs)` the xs, of `a - b` both."""
    match node:
        case ast.Call(func=ast.Name(), args=[only], keywords=[]) if not isinstance(only, ast.GeneratorExp):
            return [only]
        case ast.BinOp(left=left, right=right):
            sides = [left, right]
            return [side for side in sides if not isinstance(side, ast.Constant)] + [
                inner for side in sides for inner in _inner(side)
            ]
    return []


def _is_empty(node: ast.expr) -> bool:
    """Whether an expression is an empty collection: `frozenset()`, `Bag()`, `()`."""
    return (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.args) or (
        isinstance(node, ast.Tuple) and not node.elts
    )


def _is_short(value: Any) -> bool:
    return not hasattr(value, "__attrs_attrs__")
