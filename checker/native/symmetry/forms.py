"""Forms: what is left of a value when its identities are replaced by their colours, as a number.

The rule kept: exchange identities in the value and, in the same way, in the colouring, and the form
stays.  So members of sets, bags and maps are summed, never taken in some order, and an identity
enters by its colour alone.  A form of less than 64 bits is exact; a longer one is a hash, and two
values may get the same by accident, which costs time later and never a wrong answer.

`blend`, which mixes two words, is the runtime's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen

from checker.lang.types import BagType, FiniteType, MapType, SeqType, SetType, SortType, UnionType
from checker.native.layout.canonical import canonical_options
from checker.native.layout.comparing import alternative, members_of
from checker.native.layout.function import block, cases
from checker.native.layout.layouts import Layouts
from checker.native.layout.packer import code
from checker.native.layout.ranks import unranked
from checker.native.layout.shapes import WORD
from checker.native.layout.state import words_of
from checker.native.layout.widths import for_numbers
from checker.native.symmetry.identities import Identities
from checker.native.symmetry.text import definition


@frozen
class Form:
    """A form as a C expression: an exact number of so many bits, or a hash of 64."""

    text: str
    bits: int


class Forms:
    """The `form_` functions of one program, made on demand."""

    def __init__(self, layouts: Layouts, identities: Identities) -> None:
        self.layouts = layouts
        self.identities = identities
        self._made: dict[FiniteType, Form] = {}

    def of(self, kind: FiniteType, place: str) -> Form:
        """The form of the value at a place; where the value holds identities, `colour` must be in scope."""
        layouts, identities = self.layouts, self.identities
        if isinstance(kind, SortType) and identities.holds(kind):
            return Form(f"colour[{identities.place(kind, place)}]", for_numbers(identities.count))
        if identities.holds(kind):
            made = self._function(kind)
            return Form(f"{made.text}({layouts.argument(kind, place)}, colour)", made.bits)
        width = layouts.widths.of(kind)
        if width > WORD:
            return Form(f"{self._function(kind).text}({layouts.argument(kind, place)})", WORD)
        return Form(code(layouts, kind, place) if width else "0", width)

    def words(self, forms: Sequence[Form]) -> list[Form]:
        """The forms of several parts in order, side by side in as few words as they fit."""
        words: list[tuple[list[str], int]] = [([], 0)]
        for form in forms:
            texts, used = words[-1]
            if used + form.bits > WORD:
                words.append(([form.text], form.bits))
            elif form.bits:
                texts.append(f"{wide(form.text)} << {used}" if used else _alone(form.text))
                words[-1] = (texts, used + form.bits)
        return [Form(" | ".join(texts) or "0", used) for texts, used in words]

    def together(self, forms: Sequence[Form]) -> Form:
        """The form of several parts in order: an exact number if one word holds it, else a hash."""
        whole, *more = self.words(forms)
        for word in more:
            whole = Form(f"blend({whole.text}, {word.text})", WORD)
        return whole

    def _function(self, kind: FiniteType) -> Form:
        """The function that computes the form: its name, and how many bits it gives."""
        made = self._made.get(kind)
        if made is None:
            held = self.identities.holds(kind)
            row = ROWS[self.layouts.representation(kind)] if held else _packed
            lines, bits = row(self, kind)
            name = self.layouts.names.name(("form", kind), f"form_{self.layouts.exact_label(kind)}")
            parameters = [self.layouts.parameter(kind, "value"), *(["const Place *colour"] if held else [])]
            self.layouts.helper(definition(name, "uint64_t", parameters, lines))
            made = self._made[kind] = Form(name, bits)
        return made


def _alone(text: str) -> str:
    return text if " | " in text else wide(text)


def wide(text: str) -> str:
    """An expression as one of 64 bits without a sign."""
    if " | " in text:
        return f"({text})"
    known = ("(uint64_t)", "((uint64_t)", "form_", "code_", "blend(")
    return text if text.startswith(known) else f"(uint64_t){text}"


Made = tuple[list[str], int]


def _packed(forms: Forms, kind: FiniteType) -> Made:
    """A value without identities that takes several words: all of them, hashed."""
    layouts = forms.layouts
    count = words_of(layouts.widths.of(kind))
    return [
        f"uint64_t words[{count}] = {{ 0 }}, form = 0;",
        f"{layouts.call('pack', kind, 'value', 'words', '0')};",
        f"for (int i = 0; i < {count}; i++) form = blend(form, words[i]);",
        "return form;",
    ], WORD


def _codes(forms: Forms, kind: UnionType) -> Made:
    """Identities by their colours, which are numbered after all that is no identity."""
    identities, count = forms.identities, forms.layouts.universe(kind)
    lines = []
    for sort, low, test in identities.in_codes(kind):
        number = f"value - {low}" if low else "value"
        result = f"return {count} + colour[{identities.place(sort, number)}];"
        lines.append(f"if ({test}) {result}" if test else result)
    return [*lines, *(["return value;"] if lines[-1].startswith("if") else [])], for_numbers(
        count + identities.count
    )


def _fields(forms: Forms, kind: FiniteType) -> Made:
    parts = [forms.of(part, f"value->{name}") for name, part in members_of(forms.layouts, kind)]
    whole, *more = forms.words(parts)
    if not more:
        return [f"return {whole.text};"], whole.bits
    blended = [f"form = blend(form, {word.text});" for word in more]
    return [f"uint64_t form = {whole.text};", *blended, "return form;"], WORD


def _union(forms: Forms, kind: UnionType) -> Made:
    layouts, rows, bits = forms.layouts, [], 0
    width = layouts.widths.tag(kind)
    for number, option in enumerate(canonical_options(kind)):
        member = alternative(layouts, option)
        inner = [] if member is None else [forms.of(option, f"value->{member}")]
        form = forms.together([Form(str(number), width), *inner])
        rows.append((layouts.tag(option), f"return {form.text};"))
        bits = max(bits, form.bits)
    return [cases("value->tag", rows), "__builtin_unreachable();"], bits


def _sequence(forms: Forms, kind: SeqType) -> Made:
    form = forms.of(kind.item, "value->item[i]")
    loop = f"for (int i = 0; i < value->length; i++) form = blend(form, {form.text});"
    return ["uint64_t form = (uint64_t)value->length;", loop, "return form;"], WORD


def each_member(layouts: Layouts, kind: SetType, lines: Sequence[str]) -> list[str]:
    """Statements that run others for each `item` of a set `value`."""
    star = "" if layouts.is_scalar(kind.item) else "*"
    const = "const " if star else ""
    loop = block(f"while ({layouts.call('next', kind, 'value', '&cursor', '&item')})", lines)
    return ["int cursor = 0;", f"{const}{layouts.name(kind.item)} {star}item;", loop]


def _set(forms: Forms, kind: SetType) -> Made:
    form = forms.of(kind.item, forms.layouts.place(kind.item, "item"))
    loop = each_member(forms.layouts, kind, [f"form += blend(1, {form.text});"])
    return ["uint64_t form = 0;", *loop, "return form;"], WORD


def key_place(layouts: Layouts, kind: MapType) -> str:
    """The key number `i` of a map."""
    return layouts.place(kind.key, unranked(layouts, kind.key, "i"))


def entry_form(forms: Forms, kind: MapType) -> Form:
    """The form of the key number `i` of a map `value` with what is there."""
    held = forms.identities.holds(kind.key)
    key = forms.of(kind.key, key_place(forms.layouts, kind)) if held else Form("i", 32)
    return forms.together([key, forms.of(kind.value, "value->at[i]")])


def _map(forms: Forms, kind: MapType) -> Made:
    keys = forms.layouts.keys(kind)
    if not keys:
        return ["(void)value, (void)colour;", "return 0;"], 0
    loop = f"for (int i = 0; i < {keys}; i++) form += blend(2, {entry_form(forms, kind).text});"
    return ["uint64_t form = 0;", loop, "return form;"], WORD


def copies_form(forms: Forms, kind: BagType) -> Form:
    """The form of the member number `i` of a bag `value` with how many there are."""
    item = forms.of(kind.item, "value->entry[i].item")
    return forms.together([Form("(uint32_t)value->entry[i].count", 32), item])


def _bag(forms: Forms, kind: BagType) -> Made:
    loop = f"for (int i = 0; i < value->length; i++) form += blend(3, {copies_form(forms, kind).text});"
    return ["uint64_t form = 0;", loop, "return form;"], WORD


ROWS: dict[str, Callable[[Forms, Any], Made]] = {
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
