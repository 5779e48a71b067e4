"""The types of generated programs, as they are written in a spec."""

from __future__ import annotations

from attrs import field, frozen


@frozen
class Kind:
    """A type: `text` is the annotation with its bounds, `loose` the one of a local or parameter.

    Two kinds fit each other exactly if their `loose` is the same: bounds do not matter inside.
    """

    text: str = field(eq=False)
    loose: str


@frozen
class Int(Kind):
    low: int = field(default=0, eq=False)
    high: int = field(default=0, eq=False)


@frozen
class Option(Kind):
    inner: Kind


@frozen
class Record(Kind):
    fields: tuple[tuple[str, Kind], ...]


@frozen
class Union(Kind):
    options: tuple[Record, ...]


@frozen
class Tuple(Kind):
    items: tuple[Kind, ...]


@frozen
class Seq(Kind):
    item: Kind


@frozen
class Set(Kind):
    item: Kind


@frozen
class Map(Kind):
    key: Kind
    value: Kind


@frozen
class Bag(Kind):
    item: Kind


BOOL = Kind("bool", "bool")
COLOR = Kind("Color", "Color")
NODE = Kind("Node", "Node")
COLORS = ("RED", "GREEN", "BLUE")


def integer(low: int, high: int) -> Int:
    return Int(f"Annotated[int, Between({low}, {high})]", "int", low, high)


INT = integer(0, 3)


def option(inner: Kind) -> Option:
    return Option(f"{inner.text} | None", f"{inner.loose} | None", inner)


def tuple_of(*items: Kind) -> Tuple:
    return Tuple(
        _arguments("tuple", *[i.text for i in items]), _arguments("tuple", *[i.loose for i in items]), items
    )


def sequence(item: Kind, limit: int) -> Seq:
    return Seq(f"Annotated[tuple[{item.text}, ...], MaxLen({limit})]", f"tuple[{item.loose}, ...]", item)


def set_of(item: Kind, capacity: int | None = None) -> Set:
    plain = f"frozenset[{item.text}]"
    text = plain if capacity is None else f"Annotated[{plain}, Capacity({capacity})]"
    return Set(text, f"frozenset[{item.loose}]", item)


def map_of(key: Kind, value: Kind) -> Map:
    return Map(f"Map[{key.text}, {value.text}]", f"Map[{key.text}, {value.loose}]", key, value)


def bag(item: Kind, capacity: int) -> Bag:
    return Bag(f"Annotated[Bag[{item.text}], Capacity({capacity})]", f"Bag[{item.loose}]", item)


def _arguments(name: str, *texts: str) -> str:
    return f"{name}[{', '.join(texts)}]"
