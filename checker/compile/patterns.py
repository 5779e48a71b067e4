"""`match`: a chain of cases, each a test on the subject and names for parts of it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from attrs import field, frozen

from checker.compile import build
from checker.compile.body import Body
from checker.compile.comparisons import equality
from checker.compile.conditions import Condition, among, condition, is_of
from checker.compile.faults import outside
from checker.compile.flow import Flow
from checker.compile.meet import Branch, branches
from checker.compile.records import field_of
from checker.compile.scope import Facts, Scope, both, either, impossible, path
from checker.compile.sources import MISSING
from checker.compile.statements import way_of
from checker.compile.targets import as_sequence, item
from checker.ir.nodes import BOOL, INT, Equal, Expr, Index, Length, Less, Literal, MakeTuple, Or, Slice, Stuck
from checker.lang.types import NOTHING, EnumType, NoneType, SeqType, TupleType, UnionType


@frozen
class Matched:
    """Whether a pattern matches, what its success and its failure tell, and the names that it binds."""

    test: Expr
    yes: Facts = field(factory=dict)
    no: Facts = field(factory=dict)
    names: tuple[tuple[str, Expr], ...] = ()


def match(body: Body, node: ast.Match, scope: Scope, flow: Flow) -> Expr:
    """A `match` statement and all that comes after it."""
    subject = body.expr(node.subject, scope)
    scope = scope.settled()
    items = list(subject.items) if isinstance(subject, MakeTuple) else [subject]
    held: list[tuple[str, Expr]] = []

    def hold(value: Expr) -> Expr:
        if build.simple(value):
            return value
        local = body.names.fresh("subject")
        held.append((local, value))
        return build.local(local, value)

    items = [hold(value) for value in items]
    if isinstance(subject, MakeTuple):
        subject = MakeTuple(tuple(items), type=subject.type, at=subject.at)
    else:
        subject = items[0]
    found = _cases(body, node, subject, scope, flow)
    for name, value in reversed(held):
        found = build.let(name, value, found)
    return found


def _cases(body: Body, node: ast.Match, subject: Expr, scope: Scope, flow: Flow) -> Expr:
    tests: list[Condition] = []
    ways: list[Branch] = []
    left = scope
    for case in node.cases:
        found = matched(body, case.pattern, subject, left)
        test = Condition(found.test, found.yes, found.no)
        if case.guard is not None and found.test != build.NO:
            test = _guarded(body, case.guard, found, left)
        tests.append(test)
        ways.append(Branch(case.body, left.knowing(test.yes), found.names))
        left = left.knowing(test.no)
        if test.value == build.YES or impossible(test.no):
            break
    else:
        if _all_members(subject, left, tests):
            tests[-1] = Condition(build.YES, tests[-1].yes)
        else:
            tests.append(Condition(build.YES))
            ways.append(Branch([], left))

    def choose(made: list[Callable[[], Expr]]) -> Expr:
        return _chain(list(zip(tests, made, strict=True)), body.at(node))

    return branches(body, ways, scope, flow, choose)


def _all_members(subject: Expr, scope: Scope, tests: list[Condition]) -> bool:
    """Whether the cases ask for every member of the subject's Enum, one by one or by `|`."""
    kinds = scope.possible(subject)
    if len(kinds) != 1 or not isinstance(kinds[0], EnumType):
        return False
    seen = set()
    for test in tests:
        for part in test.value.operands if isinstance(test.value, Or) else (test.value,):
            if (
                isinstance(part, Equal)
                and isinstance(part.right, Literal)
                and path(part.left) == path(subject)
            ):
                seen.add(part.right.value)
    return path(subject) is not None and set(kinds[0].cls) <= seen


def _chain(cases: list[tuple[Condition, Callable[[], Expr]]], at: Any) -> Expr:
    (test, made), *others = cases
    if not others:
        return made() if not impossible(test.yes) else Stuck("no case matches", type=NOTHING, at=at)
    return way_of(test, made, lambda: _chain(others, at), at)


def _guarded(body: Body, guard: ast.expr, found: Matched, scope: Scope) -> Condition:
    """A pattern with a condition; its failure tells nothing."""
    inner = scope.knowing(found.yes).inner()
    for name, value in found.names:
        inner = inner.binding(name, value)
    told = condition(body, guard, inner)
    return Condition(build.conjunction([found.test, told.value], body.at(guard)), both(found.yes, told.yes))


# -- patterns -------------------------------------------------------------------------------------


def matched(body: Body, node: ast.pattern, value: Expr, scope: Scope) -> Matched:
    """A value against a pattern."""
    handler = _PATTERNS.get(type(node))
    if handler is None:
        raise _unknown(body, node)
    return handler(body, node, scope.view(value) if isinstance(node, ast.MatchAs) else value, scope)


def _unknown(body: Body, node: ast.pattern) -> Exception:
    return outside(
        "subset/pattern",
        f"this pattern ({type(node).__name__}) is outside the subset",
        "A pattern asks for a class, a value, or the items of a tuple.",
        "Write the condition as a guard: `case x if ...`.",
        body.at(node),
    )


def _as(body: Body, node: ast.MatchAs, value: Expr, scope: Scope) -> Matched:
    if node.pattern is None:
        return Matched(build.YES, names=((node.name, value),) if node.name is not None else ())
    inner = matched(body, node.pattern, value, scope)
    if node.name is None:
        return inner
    seen = scope.knowing(inner.yes).view(value)
    return Matched(inner.test, inner.yes, inner.no, ((node.name, seen), *inner.names))


def _or(body: Body, node: ast.MatchOr, value: Expr, scope: Scope) -> Matched:
    found: list[Matched] = []
    here = scope
    for part in node.patterns:
        one = matched(body, part, value, here)
        found.append(one)
        here = here.knowing(one.no)
    no: Facts = {}
    for one in found:
        no = both(no, one.no)
    yes, names = found[-1].yes, dict(found[-1].names)
    for one in reversed(found[:-1]):
        yes = either(one.yes, yes)
        own = dict(one.names)
        names = {name: build.condition(one.test, own[name], other) for name, other in names.items()}
    test = build.disjunction([one.test for one in found], body.at(node))
    return Matched(test, yes, no, tuple(names.items()))


def _value(body: Body, node: ast.MatchValue, value: Expr, scope: Scope) -> Matched:
    found = body.expr(node.value, scope)
    seen = scope.view(value)
    test = equality(body, seen, found, scope, node)
    told = among(body, value, scope, lambda kind: type(kind) is type(found.type), node)
    return Matched(test, told.yes)


def _singleton(body: Body, node: ast.MatchSingleton, value: Expr, scope: Scope) -> Matched:
    if node.value is None:
        told = among(body, value, scope, lambda kind: isinstance(kind, NoneType), node)
        return Matched(told.value, told.yes, told.no)
    literal = Literal(node.value, type=BOOL, at=body.at(node))
    return Matched(equality(body, scope.view(value), literal, scope, node))


def _class(body: Body, node: ast.MatchClass, value: Expr, scope: Scope) -> Matched:
    cls = body.source.static(node.cls, scope.names)
    if cls is MISSING or not isinstance(cls, type):
        raise outside(
            "subset/pattern",
            "this pattern names something that is no class",
            "Which class is asked for must be known before the model runs.",
            "Name a class that is defined at the top level of a module.",
            body.at(node.cls),
        )
    told = among(body, value, scope, lambda kind: is_of(kind, cls), node)
    if told.value == build.NO:
        return Matched(build.NO, told.yes, told.no)
    inner = scope.knowing(told.yes)
    seen = inner.view(value)
    if node.patterns and cls in (bool, int, tuple, frozenset):
        return _joined(body, [(node.patterns[0], seen)], told, inner)
    names = list(getattr(cls, "__match_args__", ()))[: len(node.patterns)] + list(node.kwd_attrs)
    if len(names) != len(node.patterns) + len(node.kwd_attrs):
        raise outside(
            "subset/pattern",
            f"`{cls.__name__}` has fewer fields than this pattern",
            "Patterns inside the parentheses are for the fields of the record, in their order.",
            "Leave some out, or name them: Class(field=pattern).",
            body.at(node),
        )
    inside = [*node.patterns, *node.kwd_patterns]
    parts = [
        (part, field_of(body, seen, name, inner, part)) for name, part in zip(names, inside, strict=True)
    ]
    return _joined(body, parts, told, inner)


def _joined(body: Body, parts: Iterable[tuple[ast.pattern, Expr]], told: Condition, scope: Scope) -> Matched:
    """A test on the whole and patterns for its parts, which are asked only where the test holds."""
    tests, yes = [told.value], told.yes
    names: list[tuple[str, Expr]] = []
    sure = True
    for pattern, value in parts:
        found = matched(body, pattern, value, scope)
        tests.append(found.test)
        yes = both(yes, found.yes)
        names.extend(found.names)
        scope = scope.knowing(found.yes)
        sure = sure and found.test == build.YES
    no = told.no if sure else {}
    return Matched(build.conjunction(tests), yes, no, tuple(names))


def _sequence(body: Body, node: ast.MatchSequence, value: Expr, scope: Scope) -> Matched:
    told = among(body, value, scope, lambda kind: isinstance(kind, TupleType | SeqType), node)
    if told.value == build.NO:
        return Matched(build.NO, told.yes, told.no)
    inner = scope.knowing(told.yes)
    seen = inner.view(value)
    if isinstance(seen.type, UnionType):
        raise _unknown(body, node)
    count = len(node.patterns)
    star = next((i for i, part in enumerate(node.patterns) if isinstance(part, ast.MatchStar)), None)
    if isinstance(seen.type, TupleType) and star is None:
        if len(seen.type.items) != count:
            return Matched(build.NO)
        parts = [(part, item(seen, place)) for place, part in enumerate(node.patterns)]
        return _joined(body, parts, told, inner)
    parts, length = _from_sequence(body, node, seen, star)
    test = build.conjunction([told.value, length], body.at(node))
    return _joined(body, parts, Condition(test, told.yes), inner)


def _from_sequence(
    body: Body, node: ast.MatchSequence, value: Expr, star: int | None
) -> tuple[list[tuple[ast.pattern, Expr]], Expr]:
    """The items of a sequence for the patterns inside, and whether it is long enough."""

    value = as_sequence(value)
    kind, at, count = value.type, body.at(node), len(node.patterns)
    assert isinstance(kind, SeqType)
    length = Length(value, type=INT, at=at)
    parts: list[tuple[ast.pattern, Expr]] = []
    for place, part in enumerate(node.patterns):
        if isinstance(part, ast.MatchStar):
            high = place + 1 - count
            end = build.number(high) if high else None
            rest = Slice(value, build.number(place), end, type=kind, at=at)
            parts.append((ast.copy_location(ast.MatchAs(None, part.name), part), rest))
        else:
            index = place if star is None or place < star else place - count
            parts.append((part, Index(value, build.number(index), type=kind.item, at=at)))
    if star is None:
        return parts, Equal(length, build.number(count), type=BOOL, at=at)
    return parts, Less(build.number(count - 1), length, False, type=BOOL, at=at)


_PATTERNS: dict[type[ast.pattern], Callable[[Body, Any, Expr, Scope], Matched]] = {
    ast.MatchAs: _as,
    ast.MatchOr: _or,
    ast.MatchValue: _value,
    ast.MatchSingleton: _singleton,
    ast.MatchClass: _class,
    ast.MatchSequence: _sequence,
}
