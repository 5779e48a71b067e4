"""The expressions of the IR: a closed union of frozen classes.

The IR says what a spec's functions compute, with the quantifiers as written: records, sets, maps,
comprehensions, case analysis, update.  There are no statements, no loops with state (but `Fold`) and
no exceptions; statements of the source have become `Let`, `If` and `Fold`.

Rules that every node keeps, and `checker.ir.verify` checks:

- `type` is a `FiniteType`.  Operands fit exactly; where the source relies on one type being part of
  another there is a `Coerce`.  Integers are the exception: their bounds never matter inside an
  expression, for a value may leave its bounds on the way and only states are checked against them.
  A computed integer has the type `INT`; an integer of a record keeps the type of its field.
- Names are unique within a function: no two binders bind the same name.
- Everything is strict and pure but for `And`, `Or`, `If`, quantifiers and `Fold.until`, which look no
  further than they must.  Where Python would raise, an expression is *stuck*; evaluating it has no
  value.  A backend may find out late that it is stuck, but never return a value instead.
- Sets, bags and the keys of maps are visited in an order that a backend chooses.

Nothing here knows Python source or any backend.  What each node means is defined by
`checker.interpret`, and before it by CPython running the spec.
"""

from __future__ import annotations

from typing import Any
from typing import Literal as OneOf

from attrs import field, frozen

from checker.lang.errors import Location
from checker.lang.types import (
    BoolType,
    FiniteType,
    IntType,
)

INT = IntType(None, None)
"""The type of every computed integer."""

BOOL = BoolType()


@frozen(kw_only=True)
class _Node:
    """What all expressions have: a type, and the place in the source that they come from."""

    type: FiniteType
    at: Location | None = field(default=None, eq=False, repr=False)


# -- atoms ----------------------------------------------------------------------------------------


@frozen
class Literal(_Node):
    """A value that is known: a number, a truth value, a member of an Enum, None, an empty set, …

    Never an identity of a sort, nor a value that holds one: the language has no way to name one.  Only the
    letters of a program (`Program.atoms` and `markings`) may, for a temporal property speaks of a member.
    """

    value: Any


@frozen
class Constant(_Node):
    """A constant of the model, by its name; its value is in `Program.constants`."""

    name: str


@frozen
class Local(_Node):
    """A variable: a parameter, or what `Let`, `Fold` or a qualifier binds."""

    name: str


# -- control --------------------------------------------------------------------------------------


@frozen
class Let(_Node):
    """`body`, in which `name` stands for `value`."""

    name: str
    value: Expr
    body: Expr


@frozen
class If(_Node):
    """`then` where `test` holds, otherwise `other`; only one of them is evaluated."""

    test: Expr
    then: Expr
    other: Expr


@frozen
class Stuck(_Node):
    """Where Python raises: a failed `assert`, `raise`, `assert_never`."""

    reason: str


@frozen
class Call(_Node):
    """A function of the program, by its name in `Program.functions`, applied to arguments."""

    function: str
    arguments: tuple[Expr, ...]


# -- truth values ---------------------------------------------------------------------------------


@frozen
class Not(_Node):
    """The negation of a truth value."""

    operand: Expr


@frozen
class And(_Node):
    """Whether all hold; asked from left to right until one does not."""

    operands: tuple[Expr, ...]


@frozen
class Or(_Node):
    """Whether one holds; asked from left to right until one does."""

    operands: tuple[Expr, ...]


@frozen
class Equal(_Node):
    """Whether two values of one type are equal, by what they contain."""

    left: Expr
    right: Expr


@frozen
class Less(_Node):
    """`left < right`, or `left <= right` if not `strict`: integers, or tuples of them in
    lexicographic order."""

    left: Expr
    right: Expr
    strict: bool


# -- integers -------------------------------------------------------------------------------------


@frozen
class Arithmetic(_Node):
    """An integer operation with Python's meaning: `//` and `%` round down; by zero they are stuck."""

    operator: OneOf["+", "-", "*", "//", "%", "**"]
    left: Expr
    right: Expr


@frozen
class Extreme(_Node):
    """The least or greatest of some integers (or tuples of them); at least one operand."""

    which: OneOf["min", "max"]
    operands: tuple[Expr, ...]


# -- records and unions ---------------------------------------------------------------------------


@frozen
class MakeRecord(_Node):
    """A record of the class of its `RecordType`, one value for each field in order."""

    values: tuple[Expr, ...]


@frozen
class Field(_Node):
    """A field of a record."""

    record: Expr
    name: str


@frozen
class Update(_Node):
    """The record with other values for some of its fields."""

    record: Expr
    changes: tuple[tuple[str, Expr], ...]


@frozen
class Is(_Node):
    """Whether a value of a union belongs to one of its options (`option` is a member of
    `UnionType.options`)."""

    value: Expr
    option: FiniteType


@frozen
class As(_Node):
    """A value of a union as one of its options, which is the type of this node; stuck if it is none."""

    value: Expr


@frozen
class Coerce(_Node):
    """The same value at another type that has it too: an option as its union, a union as a larger
    one, a tuple as a sequence, a collection of one type of items as one of another; inside records,
    tuples and collections likewise."""

    value: Expr


# -- tuples and sequences -------------------------------------------------------------------------


@frozen
class MakeTuple(_Node):
    """A tuple of fixed length: `TupleType`."""

    items: tuple[Expr, ...]


@frozen
class Item(_Node):
    """The item of a `TupleType` at a fixed place, counted from 0."""

    tuple: Expr
    place: int


@frozen
class MakeSeq(_Node):
    """A sequence with these items: `SeqType`."""

    items: tuple[Expr, ...]


@frozen
class Concat(_Node):
    """Sequences one after the other."""

    parts: tuple[Expr, ...]


@frozen
class Index(_Node):
    """An item of a sequence; a negative index counts from the end, one outside is stuck."""

    sequence: Expr
    index: Expr


@frozen
class Slice(_Node):
    """`sequence[low:high]`, with Python's meaning of missing, negative and large bounds."""

    sequence: Expr
    low: Expr | None
    high: Expr | None


@frozen
class Range(_Node):
    """`range(low, high, step)` as a sequence of integers; `step` is a number other than 0."""

    low: Expr
    high: Expr
    step: int = 1


@frozen
class Zip(_Node):
    """Sequences side by side, as a sequence of tuples; as long as the shortest, or stuck if `strict`
    and they differ in length."""

    sequences: tuple[Expr, ...]
    strict: bool


@frozen
class Enumerate(_Node):
    """A sequence as one of pairs of place, counted from `start`, and item."""

    sequence: Expr
    start: int = 0


# -- collections of all kinds ---------------------------------------------------------------------


@frozen
class Length(_Node):
    """How many items a sequence has, members a set, keys a map, different members a bag."""

    collection: Expr


@frozen
class Member(_Node):
    """Whether an item belongs to a sequence, set or bag, or is a key of a map."""

    item: Expr
    collection: Expr


# -- sets -----------------------------------------------------------------------------------------


@frozen
class Every(_Node):
    """The set of all values of the item type of this node's `SetType`."""


@frozen
class MakeSet(_Node):
    """The set of these items."""

    items: tuple[Expr, ...]


@frozen
class SetOperation(_Node):
    """Two sets of one type combined."""

    operator: OneOf["|", "&", "-", "^"]
    left: Expr
    right: Expr


@frozen
class Subset(_Node):
    """Whether `left` is a subset of `right`; `strict`: and not equal."""

    left: Expr
    right: Expr
    strict: bool


@frozen
class Subsets(_Node):
    """The set of all subsets of a set, or of those with `size` members."""

    base: Expr
    size: Expr | None = None


# -- maps -----------------------------------------------------------------------------------------


@frozen
class Fill(_Node):
    """The map of this node's type that has one value at every key."""

    value: Expr


@frozen
class Get(_Node):
    """The value at a key of a map; stuck where the key is outside its type."""

    map: Expr
    key: Expr


@frozen
class Put(_Node):
    """The map with another value at one key; stuck where the key is outside its type."""

    map: Expr
    key: Expr
    value: Expr


@frozen
class Keys(_Node):
    """The set of keys of a map."""

    map: Expr


# -- bags -----------------------------------------------------------------------------------------


@frozen
class CountOf(_Node):
    """How many copies of an item a bag holds."""

    bag: Expr
    item: Expr


@frozen
class BagAdd(_Node):
    """The bag with so many more copies of an item; stuck for a negative number."""

    bag: Expr
    item: Expr
    copies: Expr


@frozen
class BagRemove(_Node):
    """The bag with so many fewer copies of an item; stuck where it has not so many."""

    bag: Expr
    item: Expr
    copies: Expr


@frozen
class BagOperation(_Node):
    """Two bags of one type added; or the copies of the left one beyond those of the right one."""

    operator: OneOf["+", "-"]
    left: Expr
    right: Expr


@frozen
class BagIncluded(_Node):
    """Whether the right bag has at least as many copies of everything as the left one."""

    left: Expr
    right: Expr


@frozen
class Total(_Node):
    """How many copies a bag holds in all."""

    bag: Expr


@frozen
class Support(_Node):
    """The set of different members of a bag."""

    bag: Expr


# -- what ranges over collections -----------------------------------------------------------------


@frozen
class For:
    """`name` takes each item of a sequence, member of a set, key of a map, different member of a bag."""

    name: str
    domain: Expr


@frozen
class Where:
    """Only where this holds."""

    test: Expr


@frozen
class With:
    """`name` stands for a value from here on."""

    name: str
    value: Expr


Qualifier = For | Where | With


@frozen
class Quantifier(_Node):
    """Whether the body holds for all, or for any, of what the qualifiers range over."""

    kind: OneOf["all", "any"]
    qualifiers: tuple[Qualifier, ...]
    body: Expr


@frozen
class Comprehension(_Node):
    """The set, sequence or bag (by this node's type) of the element for each choice.  A sequence
    ranges over sequences, in their order, or over sets in any order."""

    qualifiers: tuple[Qualifier, ...]
    element: Expr


@frozen
class MapComprehension(_Node):
    """The map that takes each key to its value, the last one where a key comes twice; stuck unless
    every key of the type comes."""

    qualifiers: tuple[Qualifier, ...]
    key: Expr
    value: Expr


@frozen
class Aggregate(_Node):
    """The sum, least or greatest of integers (or tuples of them), or how many choices there are.

    For `min` and `max` over nothing: `default`, or stuck without one.  `count` has no body (None).
    """

    which: OneOf["sum", "min", "max", "count"]
    qualifiers: tuple[Qualifier, ...]
    body: Expr | None
    default: Expr | None = None


@frozen
class Fold(_Node):
    """A loop that assigns: starting from `initial`, the accumulators become the items of `body`'s
    tuple for each item of the domain, until `until` (asked before each round) holds.

    The type is the `TupleType` of the accumulators; each has the type of its initial value.
    """

    accumulators: tuple[str, ...]
    initial: tuple[Expr, ...]
    name: str
    domain: Expr
    until: Expr | None
    body: Expr


Expr = (
    Literal | Constant | Local | Let | If | Stuck | Call
    | Not | And | Or | Equal | Less | Arithmetic | Extreme
    | MakeRecord | Field | Update | Is | As | Coerce
    | MakeTuple | Item | MakeSeq | Concat | Index | Slice | Range | Zip | Enumerate
    | Length | Member
    | Every | MakeSet | SetOperation | Subset | Subsets
    | Fill | Get | Put | Keys
    | CountOf | BagAdd | BagRemove | BagOperation | BagIncluded | Total | Support
    | Quantifier | Comprehension | MapComprehension | Aggregate | Fold
)  # fmt: skip
