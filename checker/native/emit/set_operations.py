"""Union, intersection and difference of sets in C.

The rule kept: each operand is evaluated once.  A union of what is only built to be added to another set is
built in one place, member after member; other operands are values, and one operation takes both.
"""

from __future__ import annotations

from checker.ir.nodes import Coerce, Comprehension, Expr, MakeSet, SetOperation
from checker.ir.typing import same
from checker.native.emit import building, ranges, records
from checker.native.emit import value as v
from checker.native.emit.body import Body
from checker.native.emit.value import Value

_NAMES = {"|": "union", "&": "intersection", "-": "difference", "^": "symmetric"}
_BITS = {"|": "({} | {})", "&": "({} & {})", "-": "({} & ~{})", "^": "({} ^ {})"}


def set_operation(body: Body, node: SetOperation) -> Value:
    """An expression for sets of one word, otherwise a new variable."""
    if body.types.representation(node.type) != "bits":
        place = body.variable(node.type, body.hint)
        set_operation_into(body, node, place)
        return place
    hint, left = body.hint, body.value(node.left)
    if isinstance(node.right, MakeSet) and node.operator in "|-":
        place = body.variable(node.type, hint, left.text)
        records.change(body, node, node.left, place)
        return place
    right = body.value(node.right)
    text = _BITS[node.operator].format(left.within(v.UNARY), right.within(v.UNARY))
    return Value(text, node.type)


def set_operation_into(body: Body, node: SetOperation, place: Value) -> None:
    """The result at a place, which neither operand reads."""
    if node.operator == "|" and _united(body, node, place):
        return
    if isinstance(node.right, MakeSet) and node.operator == "-" and len(node.right.items) <= 2:
        body.into(node.left, place)
        records.change(body, node, node.left, place)
        return
    left, right = (body.types.argument(body, body.value(side)) for side in (node.left, node.right))
    body.write(body.operation(_NAMES[node.operator], (node.type,), place.address, left, right) + ";")


def _united(body: Body, node: SetOperation, place: Value) -> bool:
    """One side built at the place and the other added to it, if one of them can be added."""
    base, added = _opened(body, node.left), _opened(body, node.right)
    if not _can_be_added(body, added):
        base, added = added, base
        if not _can_be_added(body, added):
            return False
    body.into(base, place)
    _add_all(body, added, place)
    return True


def _opened(body: Body, node: Expr) -> Expr:
    """The set without the conversion around it, where its members can be converted one by one."""
    if not isinstance(node, Coerce):
        return node
    if same(node.value.type, node.type):
        return _opened(body, node.value)
    made_so = records.made_wider(body, node)
    return node if made_so is None else _opened(body, made_so)


def _can_be_added(body: Body, node: Expr) -> bool:
    """Whether a set is spelled out, so that its members can go elsewhere instead of into it."""
    if isinstance(node, SetOperation):
        sides = (node.left, node.right)
        return node.operator == "|" and all(_can_be_added(body, _opened(body, side)) for side in sides)
    if isinstance(node, Comprehension):
        in_array = body.types.representation(node.type) == "array"
        at_once = not in_array and ranges.sieves_alone(body, node.qualifiers) is not None
        return not at_once and body.unit.closed_value(body, node) is None
    return isinstance(node, MakeSet)


def _add_all(body: Body, node: Expr, place: Value) -> None:
    """Add the members of a set that is spelled out to what lies at a place."""
    if isinstance(node, SetOperation):
        for side in (node.left, node.right):
            _add_all(body, _opened(body, side), place)
    elif isinstance(node, MakeSet):
        for item in node.items:
            building.add(body, place, body.value(item))
    else:
        assert isinstance(node, Comprehension)
        element = node.element
        ranges.qualified(
            body, node.qualifiers, lambda: building.add(body, place, body.value(element)), repeats=True
        )
