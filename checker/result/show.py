"""Values as a reader of the spec would write them, on one line.

Members of an Enum go by their name alone, sets and maps are in canonical order, records as calls.
A record class may say how it wants to be seen, as in `shown_as: ClassVar[str] = "{sender}→{to}"`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

import attrs

from checker.lang.values import Bag, Map, order


def show(value: Any) -> str:
    """One line for any value of the language; `repr` for anything else."""
    if isinstance(value, Enum):
        return value.name
    kind = type(value)
    if kind is tuple:
        return "(" + ", ".join(map(show, value)) + ("," if len(value) == 1 else "") + ")"
    if kind is frozenset or kind is set:  # a spec may write {A, B} to ask for membership
        return "{" + ", ".join(map(show, sorted(value, key=order))) + "}"
    if kind is Map:
        return "{" + ", ".join(f"{show(key)}: {show(item)}" for key, item in value.items()) + "}"
    if kind is Bag:
        counted = sorted(value.items(), key=lambda item: order(item[0]))
        return "[" + ", ".join(show(m) + (f" x{n}" if n > 1 else "") for m, n in counted) + "]"
    if attrs.has(kind):
        fields = [(a.name, getattr(value, a.name)) for a in attrs.fields(kind)]
        template = getattr(kind, "shown_as", None)
        if template is not None:
            return str(template).format(**{name: show(item) for name, item in fields})
        return call(kind.__name__, fields)
    return repr(value)


def call(name: str, arguments: Iterable[tuple[str, Any]]) -> str:
    """A call with named arguments; a single argument that says enough goes without its name."""
    given = list(arguments)
    if len(given) == 1 and not isinstance(given[0][1], bool | int):
        return f"{name}({show(given[0][1])})"
    return f"{name}({', '.join(f'{key}={show(value)}' for key, value in given)})"
