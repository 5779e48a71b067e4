"""Conditions on the members of small sets as sieves: bit sets of the members that satisfy them.

`m for m in s.msgs if isinstance(m, OneB) and m.bal == b` need not look at the members one by one.  Which
of all possible ones are a OneB of ballot b is known beforehand, for each b; the set is intersected with that,
and what is left is gone through.

The rule kept: a condition becomes a sieve only if it has a value for every member that the sieves before
it let through and for every value of what it compares with, so none is asked that Python would not
have asked without an error.  What the conditions are about is left to the interpreter of the IR.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from checker.interpret.machine import Machine
from checker.interpret.stuck import Stuck
from checker.ir import nodes
from checker.ir.nodes import BOOL, Equal, Expr, Local, Qualifier, Where
from checker.ir.printer import printed_expression
from checker.ir.scopes import free
from checker.ir.walk import everything, operands, rebuilt
from checker.lang.types import FiniteType, IntType, RecordType, SetType
from checker.native.emit import value as v
from checker.native.emit.sinks import Into
from checker.native.emit.value import Value
from checker.native.layout.shapes import ATOMS, SMALL_UNIVERSE, size, universe

if TYPE_CHECKING:
    from checker.native.emit.body import Body

PLAIN = (
    nodes.And, nodes.As, nodes.Coerce, nodes.Constant, nodes.Equal, nodes.Field, nodes.Is, nodes.Item, nodes.Less,
    nodes.Literal, nodes.Local, nodes.Member, nodes.Not, nodes.Or,
)  # fmt: skip
"""Conditions of other nodes are not looked into."""

MOST_ROWS = 64
OTHER = "the other"
"""The name under which a sieve knows what it compares members with."""


@frozen
class Sieve:
    """Which members satisfy a condition: a bit mask for each value of `other`, or one if there is none.

    `low` is the first of the values where they are integers; of others no member has one.
    """

    condition: Expr
    other: Expr | None
    masks: tuple[int, ...]
    low: int | None = None


def sifted(body: Body, domain: Expr, name: str, conditions: list[Expr]) -> list[Sieve]:
    """The sieves for as many conditions on the members of a set as can be, from the first on."""
    kind = domain.type
    if not isinstance(kind, SetType) or body.types.representation(kind) not in ("bits", "words"):
        return []
    if (size(kind.item) or SMALL_UNIVERSE + 1) > SMALL_UNIVERSE:
        return []
    found: list[Sieve] = []
    for condition in conditions:
        made = _sieve(body, kind, name, condition, _passed(found, kind))
        if made is None:
            break
        found.append(made)
    return found


def _passed(sieves: list[Sieve], kind: SetType) -> int:
    """The members that sieves let through which compare with nothing."""
    mask: int = 2 ** len(universe(kind.item)) - 1
    for sieve in sieves:
        if sieve.other is None:
            mask &= sieve.masks[0]
    return mask


def _sieve(body: Body, kind: SetType, name: str, condition: Expr, passed: int) -> Sieve | None:
    names = free(condition)
    if name not in names or not all(isinstance(node, PLAIN) for node in everything(condition)):
        return None
    others = list(dict.fromkeys(_others(condition, name)))
    if len(others) > 1:
        return None
    other = others[0] if others else None
    rows = [None] if other is None else _rows(body, condition, other, name)
    if rows is None or not _is_harmless(body, other):
        return None
    asked = condition if other is None else _replaced(condition, other)
    try:
        masks = tuple(_mask(body.unit.machine, kind, name, asked, row, passed) for row in rows)
    except Stuck:
        return None
    return Sieve(condition, other, masks, rows[0] if type(rows[0]) is int else None)


def _others(node: Expr, name: str) -> Iterator[Expr]:
    """The parts of a condition that do not speak of the member, and are not known."""
    names = free(node)
    if name in names:
        for operand in operands(node):
            yield from _others(operand, name)
    elif names:
        yield node


def _rows(body: Body, condition: Expr, other: Expr, name: str) -> list[Any] | None:
    """The values that the other may have; None where they are too many, or it may have more."""
    kind = other.type
    if isinstance(kind, IntType):
        if not isinstance(condition, Equal) or other not in (condition.left, condition.right):
            return None  # only of equality is known that it never holds for other numbers
        kind = condition.left.type if other == condition.right else condition.right.type
    elif isinstance(kind, SetType) and body.types.representation(kind) == "bits":
        items = universe(kind.item)
        if 2 ** len(items) > MOST_ROWS:
            return None
        return [
            frozenset(item for place, item in enumerate(items) if mask >> place & 1)
            for mask in range(2 ** len(items))
        ]
    elif not isinstance(kind, ATOMS) and body.types.representation(kind) != "codes":
        return None
    return list(universe(kind)) if size(kind, MOST_ROWS) else None


def _is_harmless(body: Body, other: Expr | None) -> bool:
    """Whether the other can be computed beforehand, by an expression that never escapes."""
    if other is None:
        return True
    with body.trial():
        body.escapes = False
        _, lines = body.aside(other)
        return not lines and not body.escapes


def _replaced(node: Expr, other: Expr) -> Expr:
    if node == other:
        return Local(OTHER, type=other.type)
    return rebuilt(node, lambda operand: _replaced(operand, other))


def _mask(machine: Machine, kind: SetType, name: str, condition: Expr, row: Any, passed: int) -> int:
    """The members for which a condition holds, of those that come this far."""
    holds, mask = machine.code(condition), 0
    for place, member in enumerate(universe(kind.item)):
        if passed >> place & 1 and holds({name: member, OTHER: row}):
            mask |= 1 << place
    return mask


# -- in C -----------------------------------------------------------------------------------------


def combined(sieves: list[Sieve], kind: SetType) -> list[Sieve]:
    """As few sieves as do: those that compare with nothing become part of each of the others, or one."""
    passed = _passed(sieves, kind)
    alone = tuple(sieve.condition for sieve in sieves if sieve.other is None)

    def all_of(*conditions: Expr) -> Expr:
        return conditions[0] if len(conditions) == 1 else nodes.And(conditions, type=BOOL)

    comparing = [
        evolve(s, masks=tuple(mask & passed for mask in s.masks), condition=all_of(*alone, s.condition))
        for s in sieves
        if s.other is not None
    ]
    return comparing or [Sieve(all_of(*alone), None, (passed,))]


def through(body: Body, members: Value, name: str, sieves: list[Sieve], place: Value | None = None) -> Value:
    """What of a set passes some sieves; in a variable, unless there is a place for it."""
    kind = members.type
    assert isinstance(kind, SetType)
    *before, last = combined(sieves, kind)
    for sieve in before:
        members = _intersection(body, members, name, sieve, None)
    return _intersection(body, members, name, last, place)


def _intersection(body: Body, members: Value, name: str, sieve: Sieve, place: Value | None) -> Value:
    mask = _in_c(body, members.type, name, sieve)
    if not body.types.is_scalar(members.type):
        place = place or body.variable(members.type, f"{name}_candidates")
        given = place.address, members.address, mask.address
        body.write(body.operation("intersection", (members.type,), *given) + ";")
        return place
    passing = Value(f"{members.within(v.AND + 1)} & {mask.within(v.AND + 1)}", members.type, v.AND)
    if place is None:
        return body.named(passing, f"{name}_candidates")
    Into(place).accept(body, passing)
    return place


def meets(body: Body, members: Value, name: str, sieves: list[Sieve]) -> Value:
    """Whether anything in a set passes some sieves."""
    assert isinstance(members.type, SetType)
    *before, last = combined(sieves, members.type)
    for sieve in before:
        members = _intersection(body, members, name, sieve, None)
    mask = _in_c(body, members.type, name, last)
    arguments = body.types.argument(body, members), body.types.argument(body, mask)
    return Value(body.operation("meets", (members.type,), *arguments), BOOL)


def _in_c(body: Body, kind: FiniteType, name: str, sieve: Sieve) -> Value:
    """The sieve as a constant, or as the row of a table for the value of the other."""
    assert isinstance(kind, SetType)
    table = body.unit.table_of_sets(kind, sieve.masks, _title(sieve, name), _wanted(sieve, kind, name))
    if sieve.other is None:
        return Value(table, kind)
    index = body.value(sieve.other)
    if sieve.low is None:
        return Value(_row(table, sieve, index.text), kind)
    high = sieve.low + len(sieve.masks) - 1
    place = index.text if sieve.low == 0 else f"{index.within(v.SUM)} - ({sieve.low})"
    if sieve.low <= index.low and index.high <= high:
        return Value(_row(table, sieve, place), kind)
    inside = f"{sieve.low} <= {index.within(v.SHIFT)} && {index.within(v.SHIFT)} <= {high}"
    none = body.unit.table_of_sets(kind, (0,), "No member", "NO_MEMBER")
    if body.types.is_scalar(kind):
        return Value(f"({inside} ? {_row(table, sieve, place)} : 0)", kind)
    pointer = body.names.fresh(f"{name}_sieve")
    body.write(
        f"const {body.types.name(kind)} *{pointer} = {inside} ? &{_row(table, sieve, place)} : &{none};"
    )
    return Value(f"(*{pointer})", kind, pointer=pointer)


def _row(table: str, sieve: Sieve, place: str) -> str:
    """The row at a place; the only one is no array."""
    return f"{table}[{place}]" if len(sieve.masks) > 1 else table


def _title(sieve: Sieve, name: str) -> str:
    """What a table says about itself."""
    shown = " ".join(printed_expression(sieve.condition).split())
    each = "" if sieve.other is None else f", for each {' '.join(printed_expression(sieve.other).split())}"
    return f"The members {name} with {shown}{each}"


def _wanted(sieve: Sieve, kind: SetType, name: str) -> str:
    """A name for the table, from the fields that the condition reads."""
    inside = list(everything(sieve.condition))
    fields = [n.name for n in inside if isinstance(n, nodes.Field) and name in free(n)]
    options = [n.option for n in inside if isinstance(n, nodes.Is)]
    options += [n.type for n in inside if isinstance(n, nodes.As) and name in free(n)]
    what = [str(kind.item) if isinstance(kind.item, RecordType) else str(options[0]) if options else name]
    return "_".join([*what, *(["by"] if fields else []), *fields])


def split(qualifiers: tuple[Qualifier, ...]) -> tuple[list[Expr], tuple[Qualifier, ...]]:
    """The conditions that come first, and what comes after them."""
    count = next((n for n, q in enumerate(qualifiers) if not isinstance(q, Where)), len(qualifiers))
    return [q.test for q in qualifiers[:count] if isinstance(q, Where)], qualifiers[count:]
