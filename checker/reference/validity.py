"""Whether values belong to their types, asked again and again by a search.

`checker_of(kind)` gives the same answer as `kind.fault`, and remembers the parts of values that it
has seen to be valid: from one state to the next, most records and sets are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.lang.types import (
    BagType,
    Fault,
    FiniteType,
    MapType,
    RecordType,
    SeqType,
    SetType,
    UnionType,
)
from checker.lang.values import Bag, Map

Check = Callable[[Any], Fault | None]

CACHE_LIMIT = 100_000
"""So many valid values of one type are remembered before starting afresh."""


def checker_of(kind: FiniteType) -> Check:
    """A function that says why a value does not belong to a type; None where it does."""
    match kind:
        case RecordType():
            return _remembering(_record(kind))
        case SetType():
            return _remembering(kind.fault)
        case MapType():
            return _map(kind)
        case BagType():
            return _bag(kind)
        case UnionType():
            return _union(kind)
        case SeqType():
            return _remembering(kind.fault)
        case _:
            return kind.fault


def _remembering(check: Check) -> Check:
    valid: set[Any] = set()

    def remembered(value: Any) -> Fault | None:
        if value in valid:
            return None
        found = check(value)
        if found is None:
            if len(valid) >= CACHE_LIMIT:
                valid.clear()
            valid.add(value)
        return found

    return remembered


def _record(kind: RecordType) -> Check:
    fields = [(name, checker_of(inner)) for name, inner in kind.fields]

    def check(value: Any) -> Fault | None:
        if type(value) is not kind.cls:
            return kind.fault(value)
        for name, inner in fields:
            found = inner(getattr(value, name))
            if found is not None:
                return found.under(f".{name}")
        return None

    return check


def _map(kind: MapType) -> Check:
    inner = checker_of(kind.value)
    known: list[Map[Any, Any]] = []

    def check(value: Any) -> Fault | None:
        if type(value) is not Map or not known or not value.has_keys_of(known[0]):
            found = kind.fault(value)
            if found is None and not known:
                known.append(value)
            return found
        for key, item in value.pairs():
            found = inner(item)
            if found is not None:
                return found.under(f"[{key!r}]")
        return None

    return check


def _bag(kind: BagType) -> Check:
    inner = checker_of(kind.item)

    def check(value: Any) -> Fault | None:
        if type(value) is not Bag or any(inner(item) is not None for item in value):
            return kind.fault(value)
        return kind.excess(value)

    return check


def _union(kind: UnionType) -> Check:
    records = {option.cls: checker_of(option) for option in kind.options if isinstance(option, RecordType)}

    def check(value: Any) -> Fault | None:
        option = records.get(type(value))
        return kind.fault(value) if option is None else option(value)

    return check
