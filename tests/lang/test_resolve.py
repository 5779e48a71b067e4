"""From annotations to finite types: every form, and every mistake with its code and place."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum, Flag, IntEnum
from pathlib import Path
from typing import Annotated, Any, Generic, Never, Optional, TypeVar, Union

import attrs
import pytest

from checker.lang import (
    Bag,
    Between,
    Capacity,
    Durable,
    Map,
    MaxCount,
    MaxLen,
    Model,
    Size,
    Sort,
    Volatile,
    action,
    frozen,
    initial,
)
from checker.lang.errors import Location, SpecError
from checker.lang.hints import Place
from checker.lang.model import resolver
from checker.lang.types import (
    NOTHING,
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

T = TypeVar("T")
U = TypeVar("U")


class Node(Sort, label="n"):
    """Some identity."""


class Ghost(Sort):
    """An identity of which no model says how many there are."""


class Colour(Enum):
    """Some enumeration."""

    RED = 1


class Level(IntEnum):
    """An enumeration whose members equal numbers."""

    LOW = 1


class Rights(Flag):
    """An enumeration whose members can be combined."""

    READ = 1
    WRITE = 2


@frozen
class Box(Generic[T]):
    """A generic record."""

    content: T
    spare: T | None
    many: Annotated[tuple[T, ...], MaxLen("room")]


@frozen
class Labelled(Box[U]):
    """A generic record that extends another one."""

    label: bool


@frozen
class Closed(Labelled[Node]):
    """A record that fills the parameter in."""

    more: Map[Node, bool]


@frozen
class Empty:
    """A record without fields."""


@frozen
class Recursive:
    inner: Recursive | None


@frozen
class Left:
    right: tuple[Right, bool]


@frozen
class Right:
    left: Left | None


@attrs.define
class Mutable:
    n: bool


class Undecorated(Empty):
    n: bool


@frozen
class HasHidden:
    seen: bool
    hidden: bool = attrs.field(eq=False)


@frozen
class HasComputed:
    seen: bool
    computed: bool = attrs.field(init=False, default=True)


class Plain:
    """No record at all."""


@frozen
class State:
    """The state of the model below."""

    done: bool


@frozen
class Sized(Model[State]):
    """Only constants matter here."""

    nodes: Size[Node] = 3
    room: Annotated[int, Between(0, 9)] = 2
    wide: bool = True

    @initial
    def start(self) -> State:
        return State(False)

    @action
    def stay(self, s: State) -> State | None:
        return s


def resolve(hint: Any, **options: Any) -> FiniteType:
    """The type of an annotation under the constants of `Sized()`."""
    return resolver(Sized()).resolve(hint, Place("the field", lambda: HERE), **options)


HERE = Location("here.py", 7, 3, 9)
NODES = SortType(Node, 3)


def box(cls: type[Any], content: FiniteType, *more: tuple[str, FiniteType]) -> RecordType:
    spare = UnionType((content, NoneType()))
    return RecordType(
        cls, (("content", content), ("spare", spare), ("many", SeqType(content, 2, "room")), *more)
    )


@pytest.mark.parametrize(
    ("hint", "kind"),
    [
        (bool, BoolType()),
        (None, NoneType()),
        (type(None), NoneType()),
        (Never, NOTHING),
        (Colour, EnumType(Colour)),
        (Node, NODES),
        (Empty, RecordType(Empty, ())),
        (Annotated[int, Between(0, 5)], IntType(0, 5)),
        (Annotated[int, Between(-1, "room")], IntType(-1, 2)),
        (Annotated[int, Between("room - 3", "2 * room + nodes")], IntType(-1, 7)),
        (Annotated[int, Between(0, "nodes if wide else 0")], IntType(0, 3)),
        (Annotated[int, Between(0, "0 if not wide or room > 1 else 5")], IntType(0, 0)),
        (Annotated[int, Between(0, "max(room, nodes) // 2 % 5 ** 2")], IntType(0, 1)),
        (Annotated[Annotated[int, Between(0, 5)], "a remark"], IntType(0, 5)),
        (Node | None, UnionType((NODES, NoneType()))),
        (Optional[Node], UnionType((NODES, NoneType()))),  # noqa: UP045 - this form too
        (Union[Node, Colour, None], UnionType((NODES, EnumType(Colour), NoneType()))),  # noqa: UP007 - and this one
        ((Node | None) | Colour, UnionType((NODES, NoneType(), EnumType(Colour)))),
        (Node | Never, NODES),  # noqa: RUF020 - this is what is tested
        (tuple[bool, Node], TupleType((BoolType(), NODES))),
        (tuple[()], TupleType(())),
        (Annotated[tuple[Node, ...], MaxLen("room")], SeqType(NODES, 2)),
        (frozenset[Node], SetType(NODES)),
        (Annotated[frozenset[Node], Capacity("nodes - 1")], SetType(NODES, 2)),
        (frozenset[frozenset[Node]], SetType(SetType(NODES))),
        (Map[Node, Map[Node, bool]], MapType(NODES, MapType(NODES, BoolType()))),
        (Annotated[Bag[Node], Capacity(4)], BagType(NODES, 4, None)),
        (Annotated[Bag[Node], MaxCount(2)], BagType(NODES, None, 2)),
        (Annotated[Bag[Node], MaxCount(2), Capacity("room")], BagType(NODES, 2, 2)),
        (Durable[Node], NODES),
        (Volatile[Annotated[int, Between(0, 1)]], IntType(0, 1)),
        (Box[bool], box(Box, BoolType())),
        (Box[Node | Colour], RecordType(Box, (
            ("content", UnionType((NODES, EnumType(Colour)))),
            ("spare", UnionType((NODES, EnumType(Colour), NoneType()))),
            ("many", SeqType(UnionType((NODES, EnumType(Colour))), 2)),
        ))),
        (Box[Box[bool]], box(Box, box(Box, BoolType()))),
        (Labelled[bool], box(Labelled, BoolType(), ("label", BoolType()))),
        (Closed, box(Closed, NODES, ("label", BoolType()), ("more", MapType(NODES, BoolType())))),
    ],
)  # fmt: skip
def test_every_form_of_annotation(hint: Any, kind: FiniteType) -> None:
    """Strings are evaluated, bounds computed, type parameters filled in, unions flattened."""
    assert resolve(hint) == kind


@pytest.mark.parametrize(
    ("hint", "kind"),
    [
        (int, IntType(None, None)),
        (tuple[int, ...], SeqType(IntType(None, None), None)),
        (Bag[Node], BagType(NODES, None, None)),
        (frozenset[int], SetType(IntType(None, None))),
    ],
)
def test_what_ranges_over_a_collection_needs_no_bounds(hint: Any, kind: FiniteType) -> None:
    """The collection has them already."""
    assert resolve(hint, bounded=False) == kind


def test_a_bound_remembers_how_it_was_written() -> None:
    """Messages show the number and the expression."""
    assert str(resolve(Annotated[int, Between(0, "2 * room")])) == "0..4 (0 .. 2 * room)"
    assert str(resolve(Annotated[int, Between(0, 4)])) == "0..4"


@pytest.mark.parametrize(
    ("hint", "code", "words"),
    [
        (int, "type/unbounded-int", "Between"),
        (tuple[Node, ...], "type/unbounded-sequence", "MaxLen"),
        (Bag[Node], "type/unbounded-bag", "Capacity"),
        (Ghost, "sort/no-size", "Size[Ghost]"),
        (str, "type/unsupported", "Enum"),
        (list[Node], "type/unsupported", "tuple[Item, ...]"),
        (dict[Node, bool], "type/unsupported", "Map[Key, Value]"),
        (set[Node], "type/unsupported", "frozenset[Item]"),
        (float, "type/unsupported", "integer"),
        (Plain, "type/unsupported", "@frozen"),
        (Any, "type/unsupported", "docs/writing-a-spec.md"),
        (Callable[[], bool], "type/unsupported", "docs/writing-a-spec.md"),
        (Rights, "type/unsupported", "Enum"),
        (frozenset, "type/no-arguments", "frozenset[Node]"),
        (Map, "type/no-arguments", "Map[Node, int]"),
        (Bag, "type/no-arguments", "Bag[Message]"),
        (Annotated[int, Between(0, "rooms")], "bound/unknown-constant", "`room`"),
        (Annotated[int, Between(0, "room +")], "bound/not-a-number", "Between"),
        (Annotated[int, Between(0, "room // 0")], "bound/not-a-number", "Between"),
        (Annotated[int, Between(0, "wide")], "bound/not-a-number", "Between"),
        (Annotated[int, Between(0, "open('x')")], "bound/not-a-number", "Between"),
        (Annotated[tuple[Node, ...], MaxLen("room - 5")], "bound/negative", "0 or more"),
        (Annotated[frozenset[Node], Capacity(-1)], "bound/negative", "0 or more"),
        (tuple[Node, ...] | None, "type/unbounded-sequence", "MaxLen"),
        (bool | Annotated[int, Between(0, 1)], "type/ambiguous-union", "record"),
        (Level | Annotated[int, Between(0, 1)], "type/ambiguous-union", "record"),
        (frozenset[Node] | frozenset[bool], "type/ambiguous-union", "record"),
        (tuple[Node] | tuple[bool], "type/ambiguous-union", "record"),
        (Box[bool] | Box[Node], "type/ambiguous-union", "record"),
    ],
)
def test_an_annotation_without_a_finite_meaning(hint: Any, code: str, words: str) -> None:
    """The error has its code, its place, and says what to write instead."""
    with pytest.raises(SpecError) as raised:
        resolve(hint)
    problem = raised.value.problem
    assert problem.code == code
    assert words in problem.instead
    assert problem.at == HERE
    assert "the field" in problem.what


def place_of(pattern: str) -> tuple[int, str]:
    """The line of this file, and its text, that a pattern matches first."""
    for number, line in enumerate(Path(__file__).read_text().splitlines(), 1):
        if re.search(pattern, line):
            return number, line
    raise AssertionError(pattern)


@pytest.mark.parametrize(
    ("hint", "code", "line", "carets"),
    [
        (Recursive, "type/recursive", "^class Recursive", "Recursive"),
        (Left, "type/recursive", "^class Left", "Left"),
        (Mutable, "type/mutable-record", "^class Mutable", "Mutable"),
        (Undecorated, "type/mutable-record", "^class Undecorated", "Undecorated"),
        (HasHidden, "type/special-field", "    hidden: bool", "hidden: bool = attrs.field(eq=False)"),
        (HasComputed, "type/special-field", "    computed: bool",
         "computed: bool = attrs.field(init=False, default=True)"),
        (Box, "type/unsupported", "    content: T", "content: T"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_record_is_shown_in_the_record(hint: Any, code: str, line: str, carets: str) -> None:
    """The place is that of the class or field that is wrong, not of who uses it."""
    with pytest.raises(SpecError) as raised:
        resolve(hint)
    problem = raised.value.problem
    number, text = place_of(line)
    assert problem.code == code
    assert problem.at is not None
    assert (problem.at.file, problem.at.line) == (__file__, number)
    assert text[problem.at.column - 1 : (problem.at.end or 0) - 1] == carets
