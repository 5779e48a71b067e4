"""`frozen` and `evolve` of attrs, as the specs use them; type checkers see attrs' own.

`frozen` also remembers a record's hash, which a search asks for again and again.  `evolve` is
attrs' with a message that names the nearest field.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import attrs

from checker.lang.errors import nearest

frozen = partial(attrs.frozen, cache_hash=True)

_names: dict[type[Any], tuple[str, ...]] = {}


def evolve(record: Any, /, **changes: Any) -> Any:
    """The record with other values in some of its fields; TypeError for an unknown field."""
    cls = type(record)
    names = _names.get(cls)
    if names is None:
        names = _names[cls] = tuple(a.alias or a.name for a in attrs.fields(cls) if a.init)
    given = len(changes)
    for name in names:
        if name not in changes:
            changes[name] = getattr(record, name)
    if len(changes) != len(names):
        wrong = next(name for name in list(changes)[:given] if name not in names)
        raise TypeError(f"`{cls.__name__}` has no field `{wrong}`: {nearest(wrong, names)}")
    return cls(**changes)
