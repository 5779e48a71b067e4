"""Exchanging identities in a value: `move_`, the action of a permutation on the values of a type.

`goal` gives the place to which each identity goes.  The rule kept: what comes out is held as if it had
been built anew, so arrays are sorted again and bit sets and maps filled by rank; equal values look equal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.lang.types import BagType, FiniteType, MapType, SeqType, SetType, SortType, UnionType
from checker.native.layout.canonical import canonical_options
from checker.native.layout.comparing import alternative, comparison, members_of
from checker.native.layout.function import block, cases
from checker.native.layout.layouts import Layouts
from checker.native.layout.ranks import ranked
from checker.native.symmetry.forms import each_member, key_place
from checker.native.symmetry.identities import Identities
from checker.native.symmetry.text import definition


class Moves:
    """The `move_` functions of one program, made on demand."""

    def __init__(self, layouts: Layouts, identities: Identities) -> None:
        self.layouts = layouts
        self.identities = identities
        self._made: dict[FiniteType, str] = {}

    def statement(self, kind: FiniteType, place: str, source: str) -> str:
        """The statement that writes what a permutation makes of the value at one place to another."""
        if not self.identities.holds(kind):
            return f"{place} = {source};"
        if isinstance(kind, SortType):
            return f"{place} = ({self.layouts.name(kind)})({self.identities.moved(kind, source)});"
        given = self.layouts.argument(kind, source)
        if self.layouts.is_scalar(kind):
            return f"{place} = {self.function(kind)}({given}, goal);"
        return f"{self.function(kind)}({self.layouts.argument(kind, place)}, {given}, goal);"

    def local(self, kind: FiniteType, source: str) -> list[str]:
        """The statements that put what a permutation makes of a value into a new variable `moved`."""
        return [f"{self.layouts.name(kind)} moved;", self.statement(kind, "moved", source)]

    def function(self, kind: FiniteType) -> str:
        """The function that exchanges identities in the values of a type that may hold some."""
        made = self._made.get(kind)
        if made is None:
            lines = ROWS[self.layouts.representation(kind)](self, kind)
            made = self.layouts.names.name(("move", kind), f"move_{self.layouts.exact_label(kind)}")
            result, parameters = self.layouts.result(kind)
            parameters = [*parameters, self.layouts.parameter(kind, "value"), "const Place *goal"]
            self.layouts.helper(definition(made, result, parameters, lines))
            self._made[kind] = made
        return made


def _codes(moves: Moves, kind: UnionType) -> list[str]:
    identities, name, lines = moves.identities, moves.layouts.name(kind), []
    for sort, low, test in identities.in_codes(kind):
        moved = identities.moved(sort, f"value - {low}" if low else "value")
        result = f"return ({name})({f'{low} + ' if low else ''}{moved});"
        lines.append(f"if ({test}) {result}" if test else result)
    return [*lines, *(["return value;"] if lines[-1].startswith("if") else [])]


def _fields(moves: Moves, kind: FiniteType) -> list[str]:
    return [
        moves.statement(part, f"out->{name}", f"value->{name}")
        for name, part in members_of(moves.layouts, kind)
    ]


def _union(moves: Moves, kind: UnionType) -> list[str]:
    layouts, rows = moves.layouts, []
    for option in canonical_options(kind):
        if moves.identities.holds(option):
            member = alternative(layouts, option)
            step = moves.statement(option, f"out->{member}", f"value->{member}")
            rows.append((layouts.tag(option), f"out->tag = value->tag;\n{step}\nreturn;"))
    return [cases("value->tag", rows), "*out = *value;"]


def _sequence(moves: Moves, kind: SeqType) -> list[str]:
    step = moves.statement(kind.item, "out->item[i]", "value->item[i]")
    return ["out->length = value->length;", f"for (int i = 0; i < value->length; i++) {step}"]


def _bits(moves: Moves, kind: SetType) -> list[str]:
    """Member by member, by rank."""
    layouts = moves.layouts
    scalar = layouts.is_scalar(kind)
    rank = ranked(layouts, kind.item, "moved")
    put = "out |= UINT64_C(1) << rank;" if scalar else "out->bits[rank / 64] |= UINT64_C(1) << rank % 64;"
    lines = [*moves.local(kind.item, layouts.place(kind.item, "item")), f"int rank = {rank};", put]
    begin = f"{layouts.name(kind)} out = 0;" if scalar else f"{layouts.call('empty', kind, 'out')};"
    return [begin, *each_member(layouts, kind, lines), *(["return out;"] if scalar else [])]


def _array(moves: Moves, kind: SetType) -> list[str]:
    """Sorted again, each item into its place among those before it."""
    order = comparison(moves.layouts, kind.item, "out->item[place - 1]", "moved")
    lines = [
        *moves.local(kind.item, "value->item[i]"),
        "int place = i;",
        f"for (; place > 0 && {order} > 0; place--)",
        "    out->item[place] = out->item[place - 1];",
        "out->item[place] = moved;",
    ]
    return ["out->length = value->length;", block("for (int i = 0; i < value->length; i++)", lines)]


def _map(moves: Moves, kind: MapType) -> list[str]:
    layouts, identities = moves.layouts, moves.identities
    keys = layouts.keys(kind)
    if not keys:
        return ["(void)out, (void)value, (void)goal;"]
    loop = f"for (int i = 0; i < {keys}; i++)"
    if not identities.holds(kind.key):
        return [f"{loop} {moves.statement(kind.value, 'out->at[i]', 'value->at[i]')}"]
    if isinstance(kind.key, SortType):
        slot = identities.moved(kind.key, "i")
        return [f"{loop} {moves.statement(kind.value, f'out->at[{slot}]', 'value->at[i]')}"]
    lines = [
        *moves.local(kind.key, key_place(layouts, kind)),
        f"int slot = {ranked(layouts, kind.key, 'moved')};",
        moves.statement(kind.value, "out->at[slot]", "value->at[i]"),
    ]
    return [block(loop, lines)]


def _bag(moves: Moves, kind: BagType) -> list[str]:
    order = comparison(moves.layouts, kind.item, "out->entry[place - 1].item", "moved")
    lines = [
        *moves.local(kind.item, "value->entry[i].item"),
        "int place = i;",
        f"for (; place > 0 && {order} > 0; place--)",
        "    out->entry[place] = out->entry[place - 1];",
        "out->entry[place].item = moved;",
        "out->entry[place].count = value->entry[i].count;",
    ]
    return ["out->length = value->length;", block("for (int i = 0; i < value->length; i++)", lines)]


ROWS: dict[str, Callable[[Moves, Any], list[str]]] = {
    "codes": _codes,
    "record": _fields,
    "tuple": _fields,
    "union": _union,
    "sequence": _sequence,
    "bits": _bits,
    "words": _bits,
    "array": _array,
    "map": _map,
    "bag": _bag,
}
"""One row for each representation that may hold identities, but identities themselves."""
