"""Sets that are built for a wider type from the start, instead of being converted once they are there.

The rule kept: a conversion moves inward only where the members go through it one by one, and two
conversions become one only for records, which are what they are in every union.  A rewriting of the IR
that knows nothing of C.
"""

from __future__ import annotations

from attrs import evolve

from checker.ir.nodes import Coerce, Comprehension, Expr, MakeSet, SetOperation
from checker.ir.typing import same
from checker.lang.types import FiniteType, RecordType, SetType, UnionType


def widened(node: Coerce) -> Expr | None:
    """The set with the conversion moved to its members or its parts; None where it has to stay."""
    kind, inside = node.type, node.value
    if not isinstance(kind, SetType):
        return None
    if isinstance(inside, Coerce):
        given = inside.value.type
        plain = isinstance(given, SetType) and _is_plain(given.item, kind.item)
        return _converted(inside.value, kind) if plain else None
    if isinstance(inside, SetOperation) and inside.operator == "|":
        return evolve(
            inside, left=_converted(inside.left, kind), right=_converted(inside.right, kind), type=kind
        )
    if isinstance(inside, MakeSet):
        return evolve(inside, items=tuple(_converted(item, kind.item) for item in inside.items), type=kind)
    if isinstance(inside, Comprehension):
        return evolve(inside, element=_converted(inside.element, kind.item), type=kind)
    return None


def _converted(node: Expr, kind: FiniteType) -> Expr:
    """The node as a value of another type, with one conversion if that is enough."""
    if isinstance(node, Coerce) and _is_plain(node.value.type, kind):
        node = node.value
    return node if same(node.type, kind) else Coerce(node, type=kind)


def _is_plain(kind: FiniteType, target: FiniteType) -> bool:
    """Whether values of a type are records that the target lists among its options."""
    if not isinstance(target, UnionType):
        return kind == target
    options = kind.options if isinstance(kind, UnionType) else (kind,)
    return all(isinstance(option, RecordType) and option in target.options for option in options)
