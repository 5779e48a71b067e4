"""Collections that are built step by step: made empty, then one item after the other.

Knows the operations of the layout that change a value where it lies, and no nodes.
"""

from __future__ import annotations

from checker.lang.types import SetType
from checker.native.emit.body import Body
from checker.native.emit.value import Value


def append(body: Body, place: Value, item: Value) -> None:
    """Add an item at the end of a sequence that is being built."""
    text = body.types.argument(body, item)
    body.write(body.operation("append", (place.type,), place.address, text) + ";")


def add(body: Body, place: Value, item: Value) -> None:
    """Add a member to a set, or a copy to a bag, that is being built."""
    text = body.types.argument(body, item)
    if isinstance(place.type, SetType):
        body.write(body.operation("add", (place.type,), place.address, text) + ";")
    else:
        body.write(body.operation("put", (place.type,), place.address, text, "1") + ";")


def empty(body: Body, place: Value) -> None:
    """Make a collection empty."""
    text = body.operation(
        "empty", (place.type,), *([] if body.types.is_scalar(place.type) else [place.address])
    )
    target = f"*{place.pointer}" if place.pointer else place.text
    body.write(f"{target} = {text};" if body.types.is_scalar(place.type) else f"{text};")
