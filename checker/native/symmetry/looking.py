"""How the identities in a value are seen: `look_`, which adds to the mark of each what is seen of it.

Where an identity occurs is told by a `context`, a number that its mark grows by: the context of a
value changes from field to field and from item to item of a sequence, and from one member of a set to
the next by the member's form alone.  The rule kept: exchange identities in the value and, in the same
way, in the colouring, and the marks move along.

Where a member may hold an identity in two places, what it holds is added up for that member first, so
that two places in one member are seen as something else than one place in each of two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.lang.types import BagType, FiniteType, MapType, SeqType, SetType, SortType, UnionType
from checker.native.layout.canonical import canonical_options
from checker.native.layout.comparing import alternative, members_of
from checker.native.layout.function import block, cases
from checker.native.layout.layouts import Layouts
from checker.native.symmetry.forms import (
    Form,
    Forms,
    copies_form,
    each_member,
    entry_form,
    key_place,
)
from checker.native.symmetry.identities import Identities
from checker.native.symmetry.text import definition

Seen = list[tuple[FiniteType, str]]
"""Places that are seen together, with their types."""


class Looks:
    """The `look_` functions of one program, made on demand."""

    def __init__(self, layouts: Layouts, identities: Identities) -> None:
        self.layouts = layouts
        self.identities = identities
        self.forms = Forms(layouts, identities)
        self._made: dict[FiniteType, str] = {}

    def statement(self, kind: FiniteType, place: str, context: str, mark: str = "mark") -> str:
        """The statement that adds to marks what is seen of the value at a place."""
        if isinstance(kind, SortType):
            return f"{mark}[{self.identities.place(kind, place)}] += {context};"
        given = self.layouts.argument(kind, place)
        return f"{self.function(kind)}({given}, colour, {context}, {mark});"

    def in_order(self, seen: Seen, context: str, mark: str = "mark") -> list[str]:
        """The statements for parts that have places of their own."""
        held = [(kind, place) for kind, place in seen if self.identities.holds(kind)]
        if len(held) == 1:
            return [self.statement(*held[0], context, mark)]
        return [
            self.statement(kind, place, f"blend({context}, {number})", mark)
            for number, (kind, place) in enumerate(held, start=1)
        ]

    def member(self, seen: Seen, form: Form) -> list[str]:
        """The statements for the parts of one member among others that have no order."""
        if not self.identities.repeats(*[kind for kind, _ in seen]):
            return [f"uint64_t inside = blend(context, {form.text});", *self.in_order(seen, "inside")]
        return [
            "uint64_t inner[IDENTITIES] = { 0 };",
            *self.in_order(seen, "1", "inner"),
            f"marks_gather(mark, inner, blend(context, {form.text}));",
        ]

    def function(self, kind: FiniteType) -> str:
        """The function that looks at the values of a type that may hold identities."""
        made = self._made.get(kind)
        if made is None:
            lines = ROWS[self.layouts.representation(kind)](self, kind)
            made = self.layouts.names.name(("look", kind), f"look_{self.layouts.exact_label(kind)}")
            lines = lines if any("colour" in line for line in lines) else ["(void)colour;", *lines]
            parameters = [self.layouts.parameter(kind, "value"), "const Place *colour", "uint64_t context"]
            self.layouts.helper(definition(made, "void", [*parameters, "uint64_t *mark"], lines))
            self._made[kind] = made
        return made


def _codes(looks: Looks, kind: UnionType) -> list[str]:
    lines = []
    for sort, low, test in looks.identities.in_codes(kind):
        statement = looks.statement(sort, f"value - {low}" if low else "value", "context")
        lines.append(f"if ({test}) {statement}" if test else statement)
    return lines


def _fields(looks: Looks, kind: FiniteType) -> list[str]:
    return looks.in_order(
        [(part, f"value->{name}") for name, part in members_of(looks.layouts, kind)], "context"
    )


def _union(looks: Looks, kind: UnionType) -> list[str]:
    """Which option is there is told by the place in the order of those that hold identities."""
    rows = []
    for number, option in enumerate(canonical_options(kind), start=1):
        if looks.identities.holds(option):
            place = f"value->{alternative(looks.layouts, option)}"
            line = looks.statement(option, place, f"blend(context, {number})")
            rows.append((looks.layouts.tag(option), f"{line}\nbreak;"))
    return [cases("value->tag", rows)]


def _sequence(looks: Looks, kind: SeqType) -> list[str]:
    line = looks.statement(kind.item, "value->item[i]", "blend(context, (uint64_t)i)")
    return [f"for (int i = 0; i < value->length; i++) {line}"]


def _set(looks: Looks, kind: SetType) -> list[str]:
    place = looks.layouts.place(kind.item, "item")
    if isinstance(kind.item, SortType):
        return each_member(looks.layouts, kind, [looks.statement(kind.item, place, "context")])
    lines = looks.member([(kind.item, place)], looks.forms.of(kind.item, place))
    return each_member(looks.layouts, kind, lines)


def _map(looks: Looks, kind: MapType) -> list[str]:
    keys = looks.layouts.keys(kind)
    if not keys:
        return ["(void)value, (void)context, (void)mark;"]
    loop = f"for (int i = 0; i < {keys}; i++)"
    if not looks.identities.holds(kind.key):
        return [f"{loop} {looks.statement(kind.value, 'value->at[i]', 'blend(context, (uint64_t)i)')}"]
    seen: Seen = [(kind.key, key_place(looks.layouts, kind)), (kind.value, "value->at[i]")]
    return [block(loop, looks.member(seen, entry_form(looks.forms, kind)))]


def _bag(looks: Looks, kind: BagType) -> list[str]:
    seen: Seen = [(kind.item, "value->entry[i].item")]
    return [
        block("for (int i = 0; i < value->length; i++)", looks.member(seen, copies_form(looks.forms, kind)))
    ]


ROWS: dict[str, Callable[[Looks, Any], list[str]]] = {
    "codes": _codes,
    "record": _fields,
    "tuple": _fields,
    "union": _union,
    "sequence": _sequence,
    "bits": _set,
    "words": _set,
    "array": _set,
    "map": _map,
    "bag": _bag,
}
"""One row for each representation that may hold identities, but identities themselves."""
