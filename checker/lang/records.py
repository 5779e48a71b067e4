"""`frozen` and `evolve` of attrs, as the specs use them; type checkers see attrs' own.

`frozen` also remembers a record's hash, which a search asks for again and again.  `evolve` is
attrs' with a message that names the nearest field.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import attrs

from checker.lang.errors import nearest

frozen = partial(attrs.frozen, cache_hash=True)

_evolvers: dict[type[Any], Callable[..., Any]] = {}


def evolve(record: Any, /, **changes: Any) -> Any:
    """The record with other values in some of its fields; TypeError for an unknown field."""
    cls = type(record)
    try:
        evolver = _evolvers[cls]
    except KeyError:
        evolver = _evolvers[cls] = _evolver(cls)
    try:
        return evolver(record, **changes)
    except TypeError:
        names = [attribute.name for attribute in attrs.fields(cls)]
        for name in changes:
            if name not in names:
                known = nearest(name, names)
                raise TypeError(f"`{cls.__name__}` has no field `{name}`: {known}") from None
        raise


def _evolver(cls: type[Any]) -> Callable[..., Any]:
    """The function that `evolve` would be for this class alone; searches call it at every step."""
    names = [attribute.name for attribute in attrs.fields(cls)]
    parameters = "".join(f", {name}=same" for name in names)
    values = ", ".join(f"record.{name} if {name} is same else {name}" for name in names)
    scope: dict[str, Any] = {"cls": cls, "same": object()}
    exec(f"def evolver(record, /{parameters}): return cls({values})", scope)  # noqa: S102 - names of fields
    return cast(Callable[..., Any], scope["evolver"])
