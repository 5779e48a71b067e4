"""Constants as text: `NAME=VALUE` from the command line, read by the type that the model gives them.

    3   -1            integers
    true yes 1        truth values, and false no 0
    COMMIT            a member of an Enum, also as Outcome.COMMIT
    None              nothing
    (1, 2)            tuples; the parentheses may be left out
    {COMMIT, ABORT}   sets

Whatever cannot be read is a `CallError` that points into the text.  Bounds are checked where the
model is declared, not here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, cast

import attrs

from checker.lang import source
from checker.lang.declarations import constant_types, describe
from checker.lang.errors import CallError, suggestion
from checker.lang.model import Model, constants_of
from checker.lang.types import (
    BoolType,
    EnumType,
    FiniteType,
    IntType,
    NoneType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)
from checker.library import on_command_line
from checker.result.codec import decode

_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class _Unreadable(ValueError):
    """A stretch of text that is not a value of the type expected there."""

    def __init__(self, kind: FiniteType, start: int, end: int) -> None:
        super().__init__(str(kind))
        self.kind = kind
        self.start = start
        self.end = end


def instantiate(cls: type[Model[Any]], assignments: Sequence[str] = ()) -> Model[Any]:
    """The model with these constants, each written NAME=VALUE, and defaults for the others."""
    if not hasattr(cls, "__attrs_attrs__"):
        return cls()  # `declare` says what is missing
    fields = {attribute.name: attribute for attribute in attrs.fields(cast(Any, cls))}
    given = dict(_split(cls, list(fields), text) for text in assignments)
    rough = {
        name: _guess(given[name]) if name in given else attribute.default
        for name, attribute in fields.items()
        if name in given or attribute.default is not attrs.NOTHING
    }
    missing = [name for name in fields if name not in rough]
    if missing:
        raise CallError(
            "constant/missing",
            f"the constant `{missing[0]}` of `{cls.__name__}` has no value, and it has no default",
            instead=f"Add -c {missing[0]}=VALUE.",
        )
    types = constant_types(cls, rough)
    return _made(cls, {name: parse(text, types[name]) for name, text in given.items()})


def _made(cls: type[Model[Any]], constants: Mapping[str, Any]) -> Model[Any]:
    """The model; a CallError where its own `__attrs_post_init__` refuses the constants."""
    try:
        return cls(**constants)
    except Exception as error:
        own = getattr(sys.modules.get(cls.__module__), "__file__", None)
        raise CallError(
            "constant/refused",
            f"`{cls.__name__}` refuses these constants: {type(error).__name__}: {error}",
            why="The class itself says which constants go together.",
            instead="Choose other constants with -c NAME=VALUE.",
            at=source.at_raise(error, lambda name: name == own),
        ) from error


def instantiate_recorded(
    cls: type[Model[Any]], recorded: Mapping[str, Any], assignments: Sequence[str] = ()
) -> Model[Any]:
    """The model with the constants that a report holds as JSON; assignments go before them."""
    model = instantiate(cls, assignments)
    named = {text.partition("=")[0].strip() for text in assignments}
    known = constants_of(model)
    for name in recorded:
        if name not in known:
            raise CallError(
                "constant/unknown",
                f"the trace gives the constant `{name}`, which `{cls.__name__}` has not",
                why="The trace may have been made with another spec, or by another version of it.",
                instead=suggestion(name, known),
            )
    left = {name: data for name, data in recorded.items() if name not in named}
    rough = {name: data for name, data in left.items() if isinstance(data, bool | int)}
    types = constant_types(cls, known | rough)
    decoded = {name: decode(data, types[name], f"constants.{name}") for name, data in left.items()}
    return _made(type(model), known | decoded)


def _split(cls: type[Any], known: Sequence[str], text: str) -> tuple[str, str]:
    name, equals, _ = text.partition("=")
    name = name.strip()
    if not equals or not name:
        raise CallError(
            "constant/no-value",
            f"`{text}` gives no constant a value",
            instead="Write -c NAME=VALUE, as in -c nodes=3.",
            at=on_command_line(f"-c {text}", 3),
        )
    if name not in known:
        raise CallError(
            "constant/unknown",
            f"`{cls.__name__}` has no constant `{name}`",
            instead=suggestion(name, known),
            at=on_command_line(f"-c {text}", 3, 3 + len(name)),
        )
    return name, text


def _guess(assignment: str) -> Any:
    """A value good enough for bounds that name the constant, before its type is known."""
    text = assignment.partition("=")[2].strip()
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    return _TRUTH.get(text.lower(), 1)


def parse(assignment: str, kind: FiniteType) -> Any:
    """The value in NAME=VALUE; CallError where it is none of the type."""
    name, _, text = assignment.partition("=")
    offset = len(name) + 1
    try:
        return _value(text, offset, kind)
    except _Unreadable as error:
        culprit = assignment[error.start : error.end]
        raise CallError(
            "constant/bad-value",
            f"the constant `{name.strip()}` cannot be `{culprit}`"
            if culprit
            else f"the constant `{name.strip()}` lacks a value",
            why=f"It should be: {describe(error.kind)}.",
            instead=_advice(error.kind, culprit),
            at=on_command_line(f"-c {assignment}", 3 + error.start, 3 + max(error.end, error.start + 1)),
        ) from None


def _value(text: str, offset: int, kind: FiniteType) -> Any:
    """The value of a stretch of text that begins at `offset` of the assignment."""
    word = text.strip()
    start = offset + (len(text) - len(text.lstrip()) if word else 0)
    fail = _Unreadable(kind, start, start + len(word))
    match kind:
        case IntType():
            if re.fullmatch(r"[-+]?\d+(_\d+)*", word):
                return int(word)
        case BoolType():
            if word.lower() in _TRUTH:
                return _TRUTH[word.lower()]
        case NoneType():
            if word in ("None", "none", "null"):
                return None
        case EnumType(cls=cls):
            member = word.rpartition(".")[2]
            if member in cls.__members__:
                return cls[member]
        case UnionType(options=options):
            for option in options:
                try:
                    return _value(text, offset, option)
                except _Unreadable:
                    continue
        case SetType(item=item):
            if word.startswith("{") and word.endswith("}"):
                return frozenset(_value(t, o, item) for t, o in _items(word, start, "{}"))
        case SeqType(item=item):
            return tuple(_value(t, o, item) for t, o in _items(word, start, "()"))
        case TupleType(items=items):
            parts = _items(word, start, "()")
            if len(parts) == len(items):
                return tuple(_value(t, o, each) for (t, o), each in zip(parts, items, strict=True))
        case _:
            pass
    raise fail


def _items(word: str, start: int, brackets: str) -> list[tuple[str, int]]:
    """The items of a list, split at the commas outside brackets, each with its place."""
    if word[:1] == brackets[0] and word[-1:] == brackets[1]:
        word, start = word[1:-1], start + 1
    found: list[tuple[str, int]] = []
    depth = begin = 0
    for place, letter in enumerate(word):
        depth += (letter in "({") - (letter in ")}")
        if letter == "," and depth == 0:
            found.append((word[begin:place], start + begin))
            begin = place + 1
    if word[begin:].strip():
        found.append((word[begin:], start + begin))
    return found


def _advice(kind: FiniteType, culprit: str) -> str:
    """What to write instead, with an example of the type."""
    match kind:
        case EnumType(cls=cls):
            return suggestion(culprit.rpartition(".")[2], cls.__members__)
        case IntType():
            return "Write an integer, as in 3."
        case BoolType():
            return "Write true or false."
        case NoneType():
            return "Write None."
        case SetType():
            return "Write the members in braces, as in {1, 2}."
        case SeqType():
            return "Write the items in parentheses, as in (1, 2)."
        case TupleType(items=items):
            return f"Write {len(items)} items in parentheses, as in (1, 2)."
        case _:
            return "Give this constant in Python: derive a class with another default."
