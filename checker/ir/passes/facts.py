"""What is surely so of an expression, whatever the state: that it is never stuck, and stays in bounds.

Both are conservative.  *Within*: the value, where there is one, lies within the bounds of the type that
the node has; integers are computed without bounds, so this is followed from states, choices and literals,
which lie within theirs.  *May be stuck*: whether evaluation may find no value; an integer key of a map,
say, is harmless only if it is within a type that the map's keys include, and a value is safely seen as one
option of a union where conditions asked before have told so.

A pass may skip or advance only what is never stuck, so that an error of the spec is never lost or made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from checker.ir.nodes import (
    Aggregate,
    And,
    Arithmetic,
    As,
    BagAdd,
    BagRemove,
    Call,
    CountOf,
    Expr,
    Fold,
    For,
    Get,
    If,
    Index,
    Length,
    Let,
    Literal,
    MapComprehension,
    Or,
    Put,
    Qualifier,
    Stuck,
    Subsets,
    Total,
    Where,
    With,
    Zip,
)
from checker.ir.passes.bodies import Knowing
from checker.ir.passes.narrowing import surely_is, when_false, when_true
from checker.ir.passes.within import contains, has_bounds, is_within
from checker.ir.program import Program
from checker.ir.walk import operands
from checker.lang.types import FiniteType, MapType


class Facts:
    """What is surely so in one program."""

    def __init__(self, program: Program) -> None:
        self._functions = {function.name: function for function in program.functions}
        self._stuck: dict[tuple[int, Knowing], bool] = {}
        self._within: dict[tuple[int, Knowing], bool] = {}
        self._nodes: list[Expr] = []  # keeps what was looked at alive, so that an `id` stays its own

    # -- within --

    def within(self, node: Expr, known: Knowing) -> bool:
        """Whether the value of an expression surely lies within its type."""
        if not has_bounds(node.type):
            return True
        key = (id(node), known)
        if key not in self._within:
            self._nodes.append(node)
            self._within[key] = is_within(self, node, known)
        return self._within[key]

    def fits(self, node: Expr, kind: FiniteType, known: Knowing) -> bool:
        """Whether the value surely lies within another type."""
        return contains(kind, node.type) and self.within(node, known)

    def of_call(self, node: Call, known: Knowing) -> tuple[Expr, Knowing]:
        """The body that a call evaluates, and which of its parameters are within their types."""
        function = self._functions[node.function]
        pairs = zip(function.parameters, node.arguments, strict=True)
        return function.body, frozenset(p.name for p, given in pairs if self.fits(given, p.type, known))

    def knowing(self, qualifiers: tuple[Qualifier, ...], known: Knowing) -> Knowing:
        """What is known after these qualifiers."""
        for qualifier in qualifiers:
            known = self.after(qualifier, known)
        return known

    def after(self, qualifier: Qualifier, known: Knowing) -> Knowing:
        """What is known after one qualifier."""
        match qualifier:
            case For(name=name, domain=domain) if isinstance(domain.type, MapType):
                return known | {name}  # the keys of a map are all of its type
            case For(name=name, domain=value) | With(name=name, value=value):
                return known | {name} if self.within(value, known) else known
            case Where(test=test):
                return known | when_true(test)

    # -- stuck --

    def may_be_stuck(self, node: Expr, known: Knowing) -> bool:
        """Whether an expression may have no value."""
        key = (id(node), known)
        if key not in self._stuck:
            self._nodes.append(node)
            self._stuck[key] = self._itself(node, known) or any(
                self.may_be_stuck(operand, inner) for operand, inner in self.inside(node, known)
            )
        return self._stuck[key]

    def inside(self, node: Expr, known: Knowing) -> Iterator[tuple[Expr, Knowing]]:
        """The operands, each with what is known where it stands."""
        qualifiers: tuple[Qualifier, ...] = getattr(node, "qualifiers", ())
        match node:
            case Let(name=name, value=value, body=body):
                yield value, known
                yield body, self.after(With(name, value), known)
            case Fold(name=name, domain=domain):
                inner = self.after(For(name, domain), known)
                yield from ((operand, inner) for operand in operands(node))
            case _ if qualifiers:
                for place, qualifier in enumerate(qualifiers):
                    here = self.knowing(qualifiers[:place], known)
                    yield from ((operand, here) for operand in operands(qualifier))
                inner = self.knowing(qualifiers, known)
                ranging = {id(operand) for q in qualifiers for operand in operands(q)}
                yield from ((o, inner) for o in operands(node) if id(o) not in ranging)
            case And(operands=conditions):
                yield from self._one_after_the_other(conditions, known, when_true)
            case Or(operands=conditions):
                yield from self._one_after_the_other(conditions, known, when_false)
            case If(test=test, then=then, other=other):
                yield test, known
                yield then, known | when_true(test)
                yield other, known | when_false(test)
            case Call():
                yield from ((argument, known) for argument in node.arguments)
                yield self.of_call(node, known)
            case _:
                yield from ((operand, known) for operand in operands(node))

    @staticmethod
    def _one_after_the_other(
        conditions: tuple[Expr, ...], known: Knowing, told: Callable[[Expr], Knowing]
    ) -> Iterator[tuple[Expr, Knowing]]:
        """Conditions, each asked only after those before it had one and the same answer."""
        for condition in conditions:
            yield condition, known
            known = known | told(condition)

    def _itself(self, node: Expr, known: Knowing) -> bool:
        """Whether the very node may be stuck though its operands are not."""
        match node:
            case As():
                return not surely_is(node, known)
            case Stuck() | Index() | BagRemove():
                return True
            case Get(map=collection, key=key) | Put(map=collection, key=key):
                assert isinstance(collection.type, MapType)
                return not self.fits(key, collection.type.key, known)
            case Arithmetic(operator="//" | "%", right=right):
                return not (isinstance(right, Literal) and right.value != 0)
            case Arithmetic(operator="**", right=number) | BagAdd(copies=number):
                return not _is_natural(number)
            case Subsets(size=size):
                return size is not None and not _is_natural(size)
            case Zip(strict=strict):
                return strict
            case Aggregate(which="min" | "max", default=default):
                return default is None
            case MapComprehension():
                return True
            case _:
                return False


def _is_natural(node: Expr) -> bool:
    """Whether an integer is surely no less than 0."""
    match node:
        case Literal(value=value):
            return bool(value >= 0)
        case Length() | Total() | CountOf() | Aggregate(which="count"):
            return True
        case Arithmetic(operator="+" | "*" | "//", left=left, right=right):
            return _is_natural(left) and _is_natural(right)
        case _:
            return False
