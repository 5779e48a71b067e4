"""How one packed value is written down in C: the statements that put its parts into place, and take them.

A type of at most 64 bits has `code_` and `decode_`: its value as one number, shifts and ors in a
register.  A wider one has `pack_` and `unpack_`, which put its parts at an offset into an array of
words that was zero before.  Which parts a type has is in `packing`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checker.lang.types import (
    FiniteType,
    IntType,
    SetType,
)
from checker.native.layout.function import Definition, function
from checker.native.layout.literals import word
from checker.native.layout.shapes import WORD

if TYPE_CHECKING:
    from checker.native.layout.layouts import Layouts

ACCESS = Definition(
    "put_bits",
    """\
/* Puts the low `count` bits of a code at bit `at` of some words that are zero there. */
static inline void put_bits(uint64_t *words, unsigned at, unsigned count, uint64_t code)
{
    words[at / 64] |= code << at % 64;
    if (at % 64 + count > 64) words[at / 64 + 1] |= code >> (64 - at % 64);
}

/* The `count` bits at bit `at` of some words, 1 to 64 of them. */
static inline uint64_t get_bits(const uint64_t *words, unsigned at, unsigned count)
{
    uint64_t code = words[at / 64] >> at % 64;
    if (at % 64 + count > 64) code |= words[at / 64 + 1] << (64 - at % 64);
    return count == 64 ? code : code & ((UINT64_C(1) << count) - 1);
}
""",
)


class Offset:
    """A place among bits: a number, and so many steps of a loop variable."""

    def __init__(self, base: int, stride: int = 0, variable: str = "i") -> None:
        self.base = base
        self.stride = stride
        self.variable = variable

    def __str__(self) -> str:
        if not self.stride:
            return str(self.base)
        steps = self.variable if self.stride == 1 else f"{self.variable} * {self.stride}"
        return f"{self.base} + {steps}" if self.base else steps

    def shifted(self, code: str, operator: str) -> str:
        """A code moved to this place, or from it."""
        if not self.stride and not self.base:
            return code
        return f"{code} {operator} {self}" if not self.stride else f"{code} {operator} ({self})"


class Packer:
    """Writes the statements that put the parts of one value into place, or take them from there."""

    def __init__(self, layouts: Layouts, kind: FiniteType) -> None:
        self.layouts = layouts
        self.kind = kind
        self.width = layouts.widths.of(kind)
        self.narrow = self.width <= WORD

    # -- writing --

    def put(self, kind: FiniteType, place: str, offset: Offset) -> str:
        """The statement that packs the value at a place; empty for one without bits."""
        width = self.layouts.widths.of(kind)
        if width == 0:
            return ""
        if width > WORD:
            packed = self.layouts.call("pack", kind, f"&{place}", "words", f"at + {offset}")
            return f"{packed};"
        return self.put_code(code(self.layouts, kind, place), width, offset)

    def put_code(self, expression: str, width: int, offset: Offset) -> str:
        """The statement that packs a number of so many bits."""
        if width == 0:
            return ""
        if self.narrow:
            return f"code |= {offset.shifted(expression, '<<')};"
        self.layouts.helper(ACCESS)
        return f"put_bits(words, at + {offset}, {width}, {expression});"

    def packing(self, lines: list[str]) -> Definition:
        """The `code_` or `pack_` function with such a body."""
        layouts, body = self.layouts, [line for line in lines if line]
        parameter = layouts.parameter(self.kind, "value")
        body = body if any("value" in line for line in body) else ["(void)value;", *body]
        name = layouts.exact_label(self.kind)
        if self.narrow:
            if body and body[0].startswith("code |= "):
                body = [body[0].replace("code |= ", "uint64_t code = ", 1), *body[1:], "return code;"]
            else:
                body = ["uint64_t code = 0;", *body, "return code;"]
            return function(f"code_{name}", "uint64_t", [parameter], body)
        return function(f"pack_{name}", "void", [parameter, "uint64_t *words", "unsigned at"], body)

    # -- reading --

    def take(self, kind: FiniteType, place: str, offset: Offset) -> str:
        """The statement that unpacks a value into a place; empty where there is nothing to write."""
        layouts, width = self.layouts, self.layouts.widths.of(kind)
        if width > WORD:
            return f"{layouts.call('unpack', kind, f'&{place}', 'words', f'at + {offset}')};"
        found = self.take_code(width, offset)
        if layouts.is_scalar(kind):
            return f"{place} = {decoded(layouts, kind, found)};"
        return f"{layouts.call('decode', kind, f'&{place}', found)};"

    def take_code(self, width: int, offset: Offset) -> str:
        """A number of so many bits, as a C expression."""
        if width == 0:
            return "0"
        if not self.narrow:
            self.layouts.helper(ACCESS)
            return f"get_bits(words, at + {offset}, {width})"
        shifted = offset.shifted("code", ">>")
        if width == WORD or (not offset.stride and offset.base + width == self.width):
            return shifted
        return f"{shifted} & {mask(width)}"

    def unpacking(self, lines: list[str]) -> Definition:
        """The `decode_` or `unpack_` function with such a body."""
        layouts, body = self.layouts, [line for line in lines if line]
        text = "\n".join(body)
        void = [
            f"(void){name};"
            for name in ("out", "code" if self.narrow else "words")
            if not _mentions(text, name)
        ]
        name = layouts.exact_label(self.kind)
        result, parameters = layouts.result(self.kind)
        void = [line for line in void if "out" not in line or parameters]
        if self.narrow:
            parameters = [*parameters, "uint64_t code"]
            return function(f"decode_{name}", result, parameters, [*void, *body])
        parameters = [*parameters, "const uint64_t *words", "unsigned at"]
        return function(f"unpack_{name}", result, parameters, [*void, *body])


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", text) is not None


def mask(width: int) -> str:
    """The number with so many bits set."""
    return f"{2**width - 1:#x}" if width < 32 else f"UINT64_C({2**width - 1:#x})"


def grouped(expression: str) -> str:
    """An expression that binds tighter than a cast."""
    return f"({expression})" if expression.startswith("code ") else expression


# -- scalars, in place ----------------------------------------------------------------------------


def code(layouts: Layouts, kind: FiniteType, place: str) -> str:
    """The value at a place as a number of the width of its type, at most 64 bits."""
    if isinstance(kind, IntType):
        low = kind.low or 0
        if low == 0:
            return f"(uint64_t){place}"
        return f"((uint64_t){place} {'-' if low > 0 else '+'} {word(abs(low))})"
    if isinstance(kind, SetType) and layouts.is_scalar(kind) and not layouts.widths.is_listed(kind):
        return place
    if layouts.is_scalar(kind) and not isinstance(kind, SetType):
        return f"(uint64_t){place}"
    return layouts.call("code", kind, layouts.argument(kind, place))


def decoded(layouts: Layouts, kind: FiniteType, number: str) -> str:
    """A scalar from the number that it was packed as."""
    if isinstance(kind, SetType):
        listed = layouts.widths.is_listed(kind)
        return layouts.call("decode", kind, number) if listed else number
    number = grouped(number)
    if isinstance(kind, IntType):
        low = kind.low or 0
        if low == 0:
            return f"({layouts.storage(kind)}){number}"
        return f"({layouts.storage(kind)})({number} {'+' if low > 0 else '-'} {word(abs(low))})"
    return f"({layouts.name(kind)}){number}"
