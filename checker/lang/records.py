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
        names = [attribute.alias or attribute.name for attribute in attrs.fields(cls)]
        for name in changes:
            if name not in names:
                known = nearest(name, names)
                raise TypeError(f"`{cls.__name__}` has no field `{name}`: {known}") from None
        raise


def _evolver(cls: type[Any]) -> Callable[..., Any]:
    """The function that `evolve` would be for this class alone; searches call it at every step."""
    fields = [(a.name, a.alias or a.name) for a in attrs.fields(cls)]
    parameters = "".join(f", {given}=__same__" for _, given in fields)
    values = ", ".join(
        f"{given}=__record__.{name} if {given} is __same__ else {given}" for name, given in fields
    )
    scope: dict[str, Any] = {"__cls__": cls, "__same__": object()}
    code = f"def evolver(__record__, /{parameters}): return __cls__({values})"
    exec(code, scope)  # noqa: S102 - names of fields
    return cast(Callable[..., Any], scope["evolver"])


def is_frozen(cls: type[Any]) -> bool:
    """Whether attrs made this very class frozen, so that its own annotations are fields."""
    decorated = "__attrs_attrs__" in vars(cls) or not vars(cls).get("__annotations__")
    return decorated and getattr(cls.__setattr__, "__name__", "") == "_frozen_setattrs"
