"""Which names an expression binds around its operands, and which it leaves free.

The rule: what a node binds is said here once; the verifier, the interpreter's tests and the passes ask
here.  Nothing is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.ir.nodes import (
    Aggregate,
    Comprehension,
    Expr,
    Fold,
    For,
    Let,
    Local,
    MapComprehension,
    Qualifier,
    Quantifier,
    Where,
    With,
)
from checker.ir.walk import operands
from checker.lang.types import BagType, FiniteType, MapType, SeqType, SetType, TupleType

Bound = tuple[tuple[str, FiniteType], ...]
"""Names with their types, in the order in which they are bound."""


def item_of(kind: FiniteType) -> FiniteType | None:
    """What `For` takes from a collection of this type; None for what is no collection."""
    match kind:
        case SeqType(item=item) | SetType(item=item) | BagType(item=item):
            return item
        case MapType(key=key):
            return key
        case _:
            return None


def parts(node: Expr) -> Iterator[tuple[Expr, Bound]]:
    """Each direct operand, in the order of evaluation, with what the node binds around it."""
    match node:
        case Let(name=name, value=value, body=body):
            yield value, ()
            yield body, ((name, value.type),)
        case Fold():
            yield from _parts_of_fold(node)
        case Quantifier(qualifiers=qualifiers, body=body):
            yield from _ranging(qualifiers, (body,))
        case Comprehension(qualifiers=qualifiers, element=element):
            yield from _ranging(qualifiers, (element,))
        case MapComprehension(qualifiers=qualifiers, key=key, value=value):
            yield from _ranging(qualifiers, (key, value))
        case Aggregate(qualifiers=qualifiers, body=body, default=default):
            yield from _ranging(qualifiers, () if body is None else (body,))
            if default is not None:
                yield default, ()
        case _:
            for operand in operands(node):
                yield operand, ()


def _parts_of_fold(node: Fold) -> Iterator[tuple[Expr, Bound]]:
    kinds = node.type.items if isinstance(node.type, TupleType) else ()
    held = tuple(zip(node.accumulators, kinds, strict=False))
    for value in node.initial:
        yield value, ()
    yield node.domain, ()
    if node.until is not None:
        yield node.until, held
    yield node.body, (*held, *_bound_by(For(node.name, node.domain)))


def _ranging(qualifiers: tuple[Qualifier, ...], bodies: tuple[Expr, ...]) -> Iterator[tuple[Expr, Bound]]:
    bound: Bound = ()
    for qualifier in qualifiers:
        for operand in operands(qualifier):
            yield operand, bound
        bound = (*bound, *_bound_by(qualifier))
    for body in bodies:
        yield body, bound


def _bound_by(qualifier: Qualifier) -> Bound:
    match qualifier:
        case For(name=name, domain=domain):
            item = item_of(domain.type)
            return () if item is None else ((name, item),)
        case With(name=name, value=value):
            return ((name, value.type),)
        case Where():
            return ()


def free(node: Expr) -> frozenset[str]:
    """The names of the variables that an expression uses and does not bind itself."""
    if isinstance(node, Local):
        return frozenset({node.name})
    found: set[str] = set()
    for operand, bound in parts(node):
        found |= free(operand) - {name for name, _ in bound}
    return frozenset(found)
