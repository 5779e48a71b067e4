"""The types of one program in C: names, structs, and on demand the operations on their values.

The rule kept: two types with one C name hold their values in the same way, so that one may stand for
the other without a conversion.  Every definition comes out once, after all that it needs.  How an
operation is done is in the modules beside this one, each a table from operation and representation
to what writes it; nothing here knows expressions or the search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from checker.ir.nodes import Expr
from checker.ir.program import Choice, Program
from checker.ir.walk import everything
from checker.lang.errors import InternalError
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
from checker.native.layout import (
    arrays,
    bags,
    bit_sets,
    bounds,
    comparing,
    converting,
    literals,
    names,
    packing,
    ranks,
    sequences,
    structs,
)
from checker.native.layout.canonical import canonical_options, option_order
from checker.native.layout.function import Definition, Rows
from checker.native.layout.limits import Limits
from checker.native.layout.shapes import (
    Shapes,
    inside,
    size,
    storage_bits,
)
from checker.native.layout.widths import Widths

BUILT_IN = {"bool": "bool", "int": "int64_t"}
"""The representations that are types of C."""

LONGEST_UNION = 30
"""Names of unions that would be longer say the first option and how many more there are."""

_TYPES = {"type", "tag"}

EXACT = {"rank", "unrank", "support", "bound", "code", "decode", "pack", "unpack"}
"""Operations that go by the bounds of a type, not only by its shape."""

OPERATIONS: Rows = {
    **comparing.ROWS,
    **ranks.ROWS,
    **converting.ROWS,
    **bit_sets.ROWS,
    **arrays.ROWS,
    **sequences.ROWS,
    **bags.ROWS,
    **bounds.ROWS,
    **packing.ROWS,
}
"""What writes an operation, by its name and the representation of its first type."""


class Layouts:
    """The C of the types of a program; `kinds` are types beside those that the program mentions."""

    def __init__(self, program: Program | None = None, kinds: Iterable[FiniteType] = ()) -> None:
        held = (program.state,) if program else tuple(kinds)
        mentioned = tuple(dict.fromkeys([*kinds, *(types_of(program) if program else ())]))
        self.shapes = Shapes(held)
        self.limits = Limits(self.shapes, mentioned, tuple(expressions(program)) if program else ())
        self.widths = Widths(self.shapes, self.limits)
        self.names = names.Names(letters=program is not None and program.marks is not None)
        self._defined: dict[Any, Definition] = {}
        self._tags: dict[FiniteType, int] = {}
        if program:
            self.names.claim(("type", self.shape(program.state)), "State")
        self._number_tags(mentioned)

    # -- types --

    def shape(self, kind: FiniteType) -> FiniteType:
        """What the type has in common with all those of the same C type."""
        return self.shapes.shape(kind)

    def representation(self, kind: FiniteType) -> str:
        """How its values are held: "bool", "int", "enum", "sort", "none", "codes", "bits" (scalars),
        "union", "record", "tuple", "sequence", "words", "array", "map" or "bag"."""
        return self.shapes.representation(kind)

    def is_scalar(self, kind: FiniteType) -> bool:
        """Whether its values are passed by value."""
        return self.shapes.is_scalar(kind)

    def name(self, kind: FiniteType) -> str:
        """The C type of a local variable or parameter; defines it."""
        representation = self.representation(kind)
        if representation in BUILT_IN:
            return BUILT_IN[representation]
        return self._definition(("type", self.shape(kind)), lambda: self._type(representation, kind)).name

    def storage(self, kind: FiniteType) -> str:
        """The C type of a field or item."""
        return f"int{storage_bits(kind)}_t" if isinstance(kind, IntType) else self.name(kind)

    def label(self, kind: FiniteType) -> str:
        """The name of the type inside the names of operations that all types of its shape share."""
        shape = self.shape(kind)
        wanted = LABELS[type(shape)](self, shape)
        if len(wanted) > 48:
            wanted = wanted[:40].rstrip("_") + "_etc"
        return self.names.name(("type", shape), wanted)

    def exact_label(self, kind: FiniteType) -> str:
        """The name of the type inside the names of operations that depend on its bounds."""
        if isinstance(kind, IntType):
            return self._int_label(kind)
        return self.names.name(("exact", kind), f"of_{self.label(kind)}").removeprefix("of_")

    def set_item_label(self, kind: SetType) -> str:
        """The name of the items of a set: bit sets depend on all of their item type."""
        exact = self.representation(kind) != "array"
        return self.exact_label(kind.item) if exact else self.label(kind.item)

    def field(self, kind: RecordType, name: str) -> str:
        """The C name of a field of a record."""
        return names.identifier(name)

    def member(self, option: FiniteType) -> str:
        """The name of an option inside the `as` of a union."""
        return names.identifier(names.snake(self.label(option)))

    def tag(self, option: FiniteType) -> str:
        """The constant in the `tag` of a union that says that this option is there."""
        shape = self.shape(option)
        self._number_tags([UnionType((option,))])
        name = f"TAG_{names.snake(self.label(option)).upper()}"
        self._define(("tag", shape), lambda: Definition(name, f"enum {{ {name} = {self._tags[shape]} }};\n"))
        return name

    def constant(self, kind: EnumType, value: Any) -> str:
        """The C constant of a member of an Enum."""
        self.name(kind)
        wanted = names.constant(self.label(kind), value.name)
        return self.names.name(("constant", kind, value.name), wanted)

    def keys(self, kind: MapType) -> int:
        """How many keys a map has."""
        return self.limits.keys(kind)

    def capacity(self, kind: SeqType | SetType | BagType) -> int:
        """How many items the C struct of a sequence, array set or bag has room for."""
        return self.limits.room(kind)

    def universe(self, kind: FiniteType) -> int:
        """How many values a type has that is an item of a bit set, or a key."""
        found = size(kind)
        if found is None:
            raise InternalError(f"too many values to number: {kind}")
        return found

    # -- operations --

    def operation(self, operation: str, *kinds: FiniteType) -> str:
        """The name of the C function that does this to values of these types; defines it."""
        return self._operation(operation, kinds).name

    def can_escape(self, operation: str, *kinds: FiniteType) -> bool:
        """Whether that function takes the worker first, and may not return."""
        return self._operation(operation, kinds).escapes

    def call(self, operation: str, kinds: FiniteType | tuple[FiniteType, ...], *arguments: str) -> str:
        """A call of that function, with the worker `w` where it needs it."""
        found = self._operation(operation, kinds if isinstance(kinds, tuple) else (kinds,))
        return f"{found.name}({', '.join(['w', *arguments] if found.escapes else arguments)})"

    def helper(self, definition: Definition) -> Definition:
        """Defines a piece of C of its own, once, by its name."""
        return self._define(("helper", definition.name), lambda: definition)

    def literal(self, kind: FiniteType, value: Any) -> str:
        """A value as a C constant: an expression for scalars, an initialiser in braces otherwise."""
        return literals.literal(self, kind, value)

    def definitions(self) -> str:
        """The C of everything that was asked for so far: types, then functions, as they depend."""
        types = [made.text for key, made in self._defined.items() if key[0] in _TYPES]
        functions = [made.text for key, made in self._defined.items() if key[0] not in _TYPES]
        return "\n".join([*types, *functions])

    # -- how values are passed --

    def parameter(self, kind: FiniteType, name: str) -> str:
        """A parameter of that type."""
        return f"{self.name(kind)} {name}" if self.is_scalar(kind) else f"const {self.name(kind)} *{name}"

    def argument(self, kind: FiniteType, place: str) -> str:
        """What to pass for the value in a variable, field or item."""
        return place if self.is_scalar(kind) else address(place)

    def place(self, kind: FiniteType, parameter: str) -> str:
        """The value of a parameter as something with members."""
        return parameter if self.is_scalar(kind) else f"(*{parameter})"

    def result(self, kind: FiniteType) -> tuple[str, list[str]]:
        """The result type of a function that gives such a value, and its first parameters."""
        if self.is_scalar(kind):
            return self.name(kind), []
        return "void", [f"{self.name(kind)} *out"]

    # -- inside --

    def _operation(self, operation: str, kinds: tuple[FiniteType, ...]) -> Definition:
        row = OPERATIONS.get((operation, self.representation(kinds[0])))
        row = row or OPERATIONS.get((operation, "any"))
        if row is None:
            raise InternalError(f"no operation {operation} on {', '.join(map(str, kinds))}")
        key = kinds if operation in EXACT else tuple(self.shape(kind) for kind in kinds)
        return self._definition((operation, key), lambda: row(self, *kinds))

    def _definition(self, key: Any, make: Any) -> Definition:
        return self._define(key, make)

    def _define(self, key: Any, make: Any) -> Definition:
        """What is defined under a key; it comes after all that making it has defined."""
        known = self._defined.get(key)
        if known is None:
            known = make()
            self._defined[key] = known
        return known

    def _type(self, representation: str, kind: FiniteType) -> Definition:
        return structs.STRUCTS[representation](self, kind, self.label(kind))

    def _number_tags(self, kinds: Iterable[FiniteType]) -> None:
        options = {
            self.shape(option): None
            for kind in kinds
            for inner in inside(kind)
            if isinstance(inner, UnionType)
            for option in canonical_options(inner)
        }
        for option in sorted((o for o in options if o not in self._tags), key=option_order):
            self._tags[option] = len(self._tags)

    def _int_label(self, kind: IntType) -> str:
        def number(bound: int | None) -> str:
            return "any" if bound is None else str(bound).replace("-", "minus")

        return f"Int_{number(kind.low)}_to_{number(kind.high)}"


def address(place: str) -> str:
    """The address of a place in C."""
    return place[2:-1] if place.startswith("(*") and place.endswith(")") else f"&{place}"


def expressions(program: Program) -> Iterator[Expr]:
    """Every expression of a program, operands included."""
    bodies: list[Expr] = [function.body for function in program.functions]
    for transition in (*program.initial, *program.actions):
        bodies += [transition.body, *[c.domain for c in transition.choices if c.domain is not None]]
        bodies += [guard for _, guard in transition.guards]
    bodies += program.conditions()
    for body in bodies:
        yield from everything(body)


def types_of(program: Program) -> Iterator[FiniteType]:
    """Every type that a program mentions."""
    yield program.state
    yield from (kind for _, kind, _ in program.constants)
    yield from (p.type for function in program.functions for p in function.parameters)
    choices: list[Choice] = [c for t in (*program.initial, *program.actions) for c in t.choices]
    yield from (choice.type for choice in choices)
    yield from (node.type for node in expressions(program))


def _union_label(layouts: Layouts, kind: UnionType) -> str:
    options = [layouts.label(o) for o in sorted(kind.options, key=lambda o: isinstance(o, NoneType))]
    if not options:
        return "Nothing"
    joined = "_or_".join(options)
    return joined if len(joined) <= LONGEST_UNION else f"{options[0]}_or_{len(options) - 1}_more"


LABELS: dict[type[Any], Callable[[Layouts, Any], str]] = {
    BoolType: lambda layouts, kind: "Bool",
    IntType: lambda layouts, kind: f"Int{storage_bits(kind)}",
    EnumType: lambda layouts, kind: kind.cls.__name__,
    SortType: lambda layouts, kind: kind.cls.__name__,
    NoneType: lambda layouts, kind: "None",
    RecordType: lambda layouts, kind: kind.cls.__name__,
    UnionType: _union_label,
    TupleType: lambda layouts, kind: "_".join(["Tuple", *[layouts.label(item) for item in kind.items]]),
    SeqType: lambda layouts, kind: f"Seq_{layouts.label(kind.item)}",
    SetType: lambda layouts, kind: f"Set_{layouts.set_item_label(kind)}",
    MapType: lambda layouts, kind: f"Map_{layouts.exact_label(kind.key)}_{layouts.label(kind.value)}",
    BagType: lambda layouts, kind: f"Bag_{layouts.label(kind.item)}",
}
"""The name of a type in C, by its class."""
