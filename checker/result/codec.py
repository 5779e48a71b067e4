"""Values as JSON and back, directed by their types, in the manner of Apalache's Informal Trace Format.

    bool, int        as they are; an integer beyond 2^53 as {"#bigint": "…"}
    Enum, Sort       strings: the member's name; "n1"
    record           {"field": …}
    sequence         […]
    tuple            {"#tup": […]}
    set              {"#set": […]}, in canonical order
    Map              {"#map": [[key, value], …]}
    Bag              {"#map": [[member, copies], …]}
    None             null; in ITF {"tag": "None", "value": {"#tup": []}}
    X | None         what stands for X, or null
    other unions     {"tag": "Prepared", "value": …}; in ITF all unions are

The rule it keeps: `decode(encode(value, kind), kind) == value`, and whatever else is decoded gives
a `CallError` that names the path to the culprit.  It knows no traces and no files.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

import attrs

from checker.lang.containers import sorted_members
from checker.lang.errors import CallError, suggestion
from checker.lang.types import (
    BagType,
    BoolType,
    EnumType,
    FiniteType,
    IntType,
    MapType,
    NoneType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    TupleType,
    UnionType,
)
from checker.lang.values import Bag, Map, order

EXACT = 1 << 53
"""Integers beyond this are not exact in every JSON reader."""

UNIT = {"tag": "None", "value": {"#tup": []}}
"""None in ITF."""


def encode(value: Any, kind: FiniteType, *, itf: bool = False) -> Any:
    """A value of a type as JSON; with `itf`, None and every union carry a tag."""

    def inner(item: Any, item_kind: FiniteType) -> Any:
        return encode(item, item_kind, itf=itf)

    match kind:
        case BoolType():
            return value
        case IntType():
            return value if abs(value) <= EXACT else {"#bigint": str(value)}
        case EnumType():
            return value.name
        case SortType():
            return repr(value)
        case NoneType():
            return UNIT if itf else None
        case RecordType(fields=fields):
            return {name: inner(getattr(value, name), field) for name, field in fields}
        case UnionType():
            return _encode_union(value, kind, itf)
        case TupleType(items=items):
            return {"#tup": [inner(item, each) for item, each in zip(value, items, strict=True)]}
        case SeqType(item=each):
            return [inner(item, each) for item in value]
        case SetType(item=each):
            return {"#set": [inner(item, each) for item in sorted_members(value)]}
        case MapType(key=key_kind, value=value_kind):
            return {"#map": [[inner(k, key_kind), inner(v, value_kind)] for k, v in value.items()]}
        case BagType(item=each):
            counted = sorted(value.items(), key=lambda pair: order(pair[0]))
            return {"#map": [[inner(item, each), copies] for item, copies in counted]}


def _encode_union(value: Any, kind: UnionType, itf: bool) -> Any:
    chosen = kind.option_of(value)
    encoded = encode(value, chosen, itf=itf)
    if isinstance(chosen, NoneType) or (optional(kind) is not None and not itf):
        return encoded
    return {"tag": tags(kind)[kind.options.index(chosen)], "value": encoded}


def encode_plain(value: Any) -> Any:
    """A constant as JSON, without its type: constants hold no records and no identities."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, tuple):
        return [encode_plain(item) for item in value]
    if isinstance(value, frozenset):
        return {"#set": [encode_plain(item) for item in sorted(value, key=order)]}
    if value is None or isinstance(value, bool | int):
        return value
    return repr(value)


def optional(kind: UnionType) -> FiniteType | None:
    """The one type of a union besides None, or None where it is another kind of union."""
    rest = [option for option in kind.options if not isinstance(option, NoneType)]
    return rest[0] if len(rest) == 1 else None


def tags(kind: UnionType) -> list[str]:
    """The tag of each option of a union, no two alike."""
    names = [_tag(option) for option in kind.options]
    return [
        name if names.count(name) == 1 else f"{name}#{place}" for place, name in enumerate(names, start=1)
    ]


def _tag(option: FiniteType) -> str:
    match option:
        case EnumType(cls=cls) | SortType(cls=cls) | RecordType(cls=cls):
            return cls.__name__
        case _:
            return type(option).__name__.removesuffix("Type")


def decode(data: Any, kind: FiniteType, path: str = "") -> Any:
    """The value of a type that JSON stands for, in our own form or in ITF.

    `path` is where the JSON stands, for messages.  Raises CallError for anything that is not a
    value of the type, within its bounds.
    """
    value = _decode(data, kind, path)
    fault = kind.fault(value)
    if fault is not None:
        raise CallError(
            "trace/outside-type",
            f"{_join(path, fault.path)} is {fault.value!r}, outside its type: {fault.bound or fault.expected}",
            why="The trace may have been made with other constants, or by another version of the spec.",
            instead="Give the constants that the trace was made with.",
        )
    return value


def _join(path: str, more: str) -> str:
    return f"`{path}{more if more.startswith('[') or not path else '.' + more.lstrip('.')}`" if more else (
        f"`{path}`" if path else "the value"
    )  # fmt: skip


def _decode(data: Any, kind: FiniteType, path: str) -> Any:
    match kind:
        case BoolType():
            return data if isinstance(data, bool) else _bad(data, kind, path)
        case IntType():
            return _decode_int(data, kind, path)
        case EnumType() | SortType():
            return _decode_name(data, kind, path)
        case NoneType():
            return None if data is None or data == UNIT else _bad(data, kind, path)
        case RecordType():
            return _decode_record(data, kind, path)
        case UnionType():
            return _decode_union(data, kind, path)
        case TupleType(items=items):
            given = data if isinstance(data, list) else _wrapped(data, "#tup", kind, path)
            if len(given) != len(items):
                _bad(data, kind, path)
            return tuple(
                _decode(item, each, f"{path}[{n}]")
                for n, (item, each) in enumerate(zip(given, items, strict=True))
            )
        case SeqType(item=each):
            given = data if isinstance(data, list) else _wrapped(data, "#tup", kind, path)
            return tuple(_decode(item, each, f"{path}[{n}]") for n, item in enumerate(given))
        case SetType(item=each):
            given = _wrapped(data, "#set", kind, path)
            return frozenset(
                _unique([_decode(item, each, f"{path}{{{n}}}") for n, item in enumerate(given)], path)
            )
        case MapType(key=key_kind, value=value_kind):
            pairs = _pairs(data, kind, path)
            keys = _unique([_decode(key, key_kind, f"{path}[key {n}]") for n, (key, _) in pairs], path)
            values = [
                _decode(item, value_kind, f"{path}[{key!r}]")
                for key, (_, (_, item)) in zip(keys, pairs, strict=True)
            ]
            return Map(zip(keys, values, strict=True))
        case BagType(item=each):
            return _decode_bag(data, kind, each, path)


def _decode_bag(data: Any, kind: BagType, each: FiniteType, path: str) -> Any:
    pairs = _pairs(data, kind, path)
    items = _unique([_decode(item, each, f"{path}[member {n}]") for n, (item, _) in pairs], path)
    copies = [_decode(count, IntType(1, None), f"{path}[{item!r}]") for item, (_, (_, count)) in zip(
        items, pairs, strict=True)]  # fmt: skip
    if any(count < 1 for count in copies):
        _bad(data, kind, path)
    return Bag.of_counts(dict(zip(items, copies, strict=True)))


def _decode_int(data: Any, kind: FiniteType, path: str) -> int:
    if isinstance(data, dict) and set(data) == {"#bigint"}:
        try:
            return int(data["#bigint"])
        except (TypeError, ValueError):
            _bad(data, kind, path)
    if isinstance(data, bool) or not isinstance(data, int):
        _bad(data, kind, path)
    return int(data)


def _decode_name(data: Any, kind: EnumType | SortType, path: str) -> Any:
    name: Callable[[Any], str] = (lambda m: m.name) if isinstance(kind, EnumType) else repr
    known = {name(member): member for member in kind.members()}
    if not isinstance(data, str):
        _bad(data, kind, path)
    if data not in known:
        raise CallError(
            "trace/unknown-member",
            f"{_join(path, '')} is {data!r}, which is no member of `{kind}`",
            why="The trace may have been made with other constants, or by another version of the spec.",
            instead=suggestion(data, known),
        )
    return known[data]


def _decode_record(data: Any, kind: RecordType, path: str) -> Any:
    names = [name for name, _ in kind.fields]
    if not isinstance(data, dict):
        _bad(data, kind, path)
    given = [name for name in data if name != "#meta"]
    for name in [*(n for n in names if n not in given), *(n for n in given if n not in names)]:
        lacks = name in names
        raise CallError(
            "trace/fields",
            f"{_join(path, '')} {'lacks' if lacks else 'has'} the field `{name}`"
            + (f" of `{kind}`" if lacks else f", which `{kind}` has not"),
            why="The trace may have been made by another version of the spec.",
            instead=f"The fields of `{kind}` are: {', '.join(f'`{n}`' for n in names) or 'none'}.",
        )
    values = {
        name: _decode(data[name], each, f"{path}.{name}" if path else name) for name, each in kind.fields
    }
    aliases = {attribute.name: attribute.alias or attribute.name for attribute in attrs.fields(kind.cls)}
    return kind.cls(**{aliases[name]: value for name, value in values.items()})


def _decode_union(data: Any, kind: UnionType, path: str) -> Any:
    if (data is None or data == UNIT) and any(isinstance(option, NoneType) for option in kind.options):
        return None
    known = dict(zip(tags(kind), kind.options, strict=True))
    tagged = isinstance(data, dict) and set(data) == {"tag", "value"} and isinstance(data["tag"], str)
    if tagged and data["tag"] in known:
        return _decode(data["value"], known[data["tag"]], path)
    single = optional(kind)
    if single is not None:
        return _decode(data, single, path)
    if isinstance(data, dict) and "tag" in data:
        raise CallError(
            "trace/unknown-tag",
            f"{_join(path, '')} has the tag {data['tag']!r}, which is none of `{kind}`",
            instead=suggestion(str(data["tag"]), known),
        )
    return _bad(data, kind, path)


def _wrapped(data: Any, mark: str, kind: FiniteType, path: str) -> list[Any]:
    if isinstance(data, dict) and set(data) == {mark} and isinstance(data[mark], list):
        return list(data[mark])
    return list(_bad(data, kind, path))


def _pairs(data: Any, kind: FiniteType, path: str) -> list[tuple[int, tuple[Any, Any]]]:
    pairs = _wrapped(data, "#map", kind, path)
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        _bad(data, kind, path)
    return [(place, (pair[0], pair[1])) for place, pair in enumerate(pairs)]


def _unique(items: list[Any], path: str) -> list[Any]:
    if len(set(items)) != len(items):
        raise CallError(
            "trace/repeated",
            f"{_join(path, '')} holds a member, or a key, more than once",
            instead="Write each once.",
        )
    return items


def _bad(data: Any, kind: FiniteType, path: str) -> Any:
    text = repr(data)
    raise CallError(
        "trace/bad-value",
        f"{_join(path, '')} is {text if len(text) <= 60 else text[:59] + '…'}, which is not JSON for: {kind}",
        why="Every type has one form in JSON.",
        instead='See docs/results.md, "Values".',
    )
