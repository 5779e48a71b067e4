"""The parts of a state that a reader compares: fields, entries of maps, members of sets, messages under way.

A counterexample to induction is small when few parts of its first state differ from the initial state.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from checker.lang.types import BagType, FiniteType, MapType, RecordType, TupleType, UnionType
from checker.lang.values import Bag
from checker.symbolic import integers
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit
from checker.symbolic.comparing import equal, parts_of
from checker.symbolic.lifting import lift, members
from checker.symbolic.values import BagOf, Product, Seq, SetOf, Table, Union, Value


def differing(c: Circuit, kind: FiniteType, value: Value, usual: Any) -> list[Lit]:
    """For each part of a value, whether it is other than that of the usual value."""
    return [lit for lit in _parts(c, kind, value, usual) if lit != FALSE]


def _parts(c: Circuit, kind: FiniteType, value: Value, usual: Any) -> Iterator[Lit]:
    match value:
        case Product(parts):
            for part, held, expected in zip(
                parts_of(cast(TupleType, kind)), parts, _held(kind, usual), strict=True
            ):
                yield from _parts(c, part, held, expected)
        case Table(values):
            of = cast(MapType, kind)
            for key, held in zip(members(of.key), values, strict=True):
                yield from _parts(c, of.value, held, usual[key])
        case SetOf(known, loose):
            for member, lit in known.items():
                yield -lit if member in usual else lit
            yield from (lit for lit, _ in loose)
            yield from (TRUE for member in usual if member not in known)
        case BagOf():
            yield from _copies(c, cast(BagType, kind), value, usual)
        case Seq(entries) if not usual:
            yield from (lit for lit, _ in entries)
        case Union(options) if usual is None:
            yield c.any(
                lit for (lit, _), option in zip(options, cast(UnionType, kind).options, strict=True)
                if option.fault(None) is not None
            )  # fmt: skip
        case _:
            yield -equal(c, kind, value, lift(kind, usual))


def _held(kind: FiniteType, usual: Any) -> list[Any]:
    if isinstance(kind, TupleType):
        return list(usual)
    return [getattr(usual, name) for name, _ in cast(RecordType, kind).fields]


def _copies(c: Circuit, kind: BagType, value: BagOf, usual: Bag[Any]) -> Iterator[Lit]:
    none = integers.constant(0)
    for member, copies in value.known.items():
        yield -integers.equal(c, copies, integers.constant(usual[member]))
    for _, copies in value.loose:
        yield -integers.equal(c, copies, none)


def number(kind: FiniteType, state: Any, usual: Any) -> int:
    """How many parts of a known state differ."""
    return sum(lit == TRUE for lit in _parts(Circuit(), kind, lift(kind, state), usual))
