"""What to write instead, for the exceptions that a spec raises most."""

from __future__ import annotations

from attrs.exceptions import FrozenInstanceError

from checker.lang.errors import suggestion

_INSTEAD_OF_METHOD = {
    ("frozenset", "add"): "A set is immutable: write s.members | {x}.",
    ("frozenset", "remove"): "A set is immutable: write s.members - {x}.",
    ("frozenset", "discard"): "A set is immutable: write s.members - {x}.",
    ("tuple", "append"): "A sequence is immutable: write (*s.items, x).",
    ("tuple", "pop"): "A sequence is immutable: write s.items[0] for the first, s.items[1:] for the rest.",
    ("Bag", "append"): "Write bag.add(x), which gives another bag.",
}

_INSTEAD_OF_ASSIGNMENT = {
    "Map": "A map is immutable: write s.table.set(key, value).",
    "tuple": "A sequence is immutable: write (*s.items[:i], x, *s.items[i + 1:]).",
    "Bag": "A bag is immutable: write bag.add(x) or bag.remove(x).",
}


def advice(error: Exception) -> str:
    """The remedy for an exception, or none where Python's own message must do."""
    if isinstance(error, FrozenInstanceError):
        return "A record is immutable: return evolve(s, field=value)."
    if isinstance(error, AttributeError) and error.name is not None:
        owner = type(error.obj).__name__
        known = _INSTEAD_OF_METHOD.get((owner, error.name))
        return known or suggestion(error.name, [n for n in dir(error.obj) if not n.startswith("_")])
    if isinstance(error, NameError) and error.name is not None:
        return f"Define or import `{error.name}`."
    if isinstance(error, TypeError) and "does not support item assignment" in str(error):
        return _INSTEAD_OF_ASSIGNMENT.get(str(error).split("'")[1], "")
    return ""
