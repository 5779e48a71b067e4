"""Operations on bit sets: in one word (`bits`, a scalar) or in several (`words`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.lang.types import SetType
from checker.native.layout.function import Definition, Rows, function
from checker.native.layout.literals import word
from checker.native.layout.ranks import always_inside, ranked, unranked
from checker.native.layout.shapes import WORD
from checker.native.layout.structs import words

if TYPE_CHECKING:
    from checker.native.layout.layouts import Layouts


def _set(layouts: Layouts, kind: SetType, name: str = "set") -> str:
    return layouts.parameter(kind, name)


def _item(layouts: Layouts, kind: SetType) -> str:
    return layouts.parameter(kind.item, "item")


def _rank(layouts: Layouts, kind: SetType) -> str:
    """The rank of a parameter `item`."""
    return ranked(layouts, kind.item, layouts.place(kind.item, "item"))


def _named(layouts: Layouts, operation: str, kind: SetType) -> str:
    return f"{operation}_{layouts.label(kind)}"


def _bit(layouts: Layouts, kind: SetType, rank: str) -> tuple[str, str]:
    """The word of a set that has a rank's bit, and the bit."""
    if layouts.representation(kind) == "bits":
        return "set", f"UINT64_C(1) << {rank}"
    return f"set->bits[{rank} / 64]", f"UINT64_C(1) << {rank} % 64"


def _has(layouts: Layouts, kind: SetType) -> Definition:
    holder, _ = _bit(layouts, kind, "rank")
    shift = "rank" if layouts.representation(kind) == "bits" else "rank % 64"
    test = f"({holder} >> {shift} & 1)"
    inside = "" if always_inside(layouts, kind.item) else "rank >= 0 && "
    body = f"int rank = {_rank(layouts, kind)};\nreturn {inside}{test};"
    return function(_named(layouts, "has", kind), "bool", [_set(layouts, kind), _item(layouts, kind)], body)


def _change(layouts: Layouts, kind: SetType, operation: str, outside: str, change: str) -> Definition:
    holder, bit = _bit(layouts, kind, "rank")
    place = f"*{holder}" if holder == "set" else holder
    surely = always_inside(layouts, kind.item)
    check = "" if surely else f"if (rank < 0) {outside};\n"
    body = f"int rank = {_rank(layouts, kind)};\n{check}{place} {change.format(bit=bit)};"
    parameters = [f"{layouts.name(kind)} *set", _item(layouts, kind)]
    escapes = "escape" in check
    return function(_named(layouts, operation, kind), "void", parameters, body, escapes=escapes)


def _add(layouts: Layouts, kind: SetType) -> Definition:
    return _change(layouts, kind, "add", "escape(w)", "|= {bit}")


def _remove(layouts: Layouts, kind: SetType) -> Definition:
    return _change(layouts, kind, "remove", "return", "&= ~({bit})")


def _next(layouts: Layouts, kind: SetType) -> Definition:
    item = layouts.name(kind.item)
    target = f"{item} *item" if layouts.is_scalar(kind.item) else f"const {item} **item"
    parameters = [_set(layouts, kind), "int *cursor", target]
    found = f"*item = {unranked(layouts, kind.item, '*cursor')};\n(*cursor)++;\nreturn true;"
    if layouts.representation(kind) == "bits":
        body = "if (*cursor >= 64 || !(set >> *cursor)) return false;\n"
        body += f"*cursor += __builtin_ctzll(set >> *cursor);\n{found}"
    else:
        body = f"""
while (*cursor < {words(layouts, kind) * WORD}) {{
    uint64_t left = set->bits[*cursor / 64] >> *cursor % 64;
    if (left) {{
        *cursor += __builtin_ctzll(left);
        *item = {unranked(layouts, kind.item, "*cursor")};
        (*cursor)++;
        return true;
    }}
    *cursor = (*cursor / 64 + 1) * 64;
}}
return false;"""
    return function(_named(layouts, "next", kind), "bool", parameters, body)


# -- sets as a whole ------------------------------------------------------------------------------


def _each_word(layouts: Layouts, kind: SetType, statement: str) -> str:
    return f"for (int i = 0; i < {words(layouts, kind)}; i++) {statement}"


def _empty(layouts: Layouts, kind: SetType) -> Definition:
    result, parameters = layouts.result(kind)
    scalar = layouts.is_scalar(kind)
    body = "return 0;" if scalar else _each_word(layouts, kind, "out->bits[i] = 0;")
    return function(_named(layouts, "empty", kind), result, parameters, body)


def _every(layouts: Layouts, kind: SetType) -> Definition:
    result, parameters = layouts.result(kind)
    count = layouts.universe(kind.item)
    if layouts.is_scalar(kind):
        body = f"return {word(2**count - 1)};"
    else:
        masks = [2 ** min(count - WORD * n, WORD) - 1 for n in range(words(layouts, kind))]
        body = "\n".join(f"out->bits[{n}] = {word(mask)};" for n, mask in enumerate(masks))
    return function(_named(layouts, "every", kind), result, parameters, body)


def _size(layouts: Layouts, kind: SetType) -> Definition:
    if layouts.is_scalar(kind):
        body = "return __builtin_popcountll(set);"
    else:
        count = _each_word(layouts, kind, "size += __builtin_popcountll(set->bits[i]);")
        body = f"int64_t size = 0;\n{count}\nreturn size;"
    return function(_named(layouts, "size", kind), "int64_t", [_set(layouts, kind)], body)


def _combined(layouts: Layouts, kind: SetType, operation: str, formula: str) -> Definition:
    result, parameters = layouts.result(kind)
    if layouts.is_scalar(kind):
        body = f"return {formula.format(a='a', b='b')};"
    else:
        body = _each_word(layouts, kind, f"out->bits[i] = {formula.format(a='a->bits[i]', b='b->bits[i]')};")
    operands = [_set(layouts, kind, "a"), _set(layouts, kind, "b")]
    return function(_named(layouts, operation, kind), result, [*parameters, *operands], body)


def _subset(layouts: Layouts, kind: SetType) -> Definition:
    operands = [_set(layouts, kind, "a"), _set(layouts, kind, "b")]
    if layouts.is_scalar(kind):
        body = "return (a & ~b) == 0;"
    else:
        outside = _each_word(layouts, kind, "outside |= a->bits[i] & ~b->bits[i];")
        body = f"uint64_t outside = 0;\n{outside}\nreturn outside == 0;"
    return function(_named(layouts, "subset", kind), "bool", operands, body)


def _meets(layouts: Layouts, kind: SetType) -> Definition:
    operands = [_set(layouts, kind, "a"), _set(layouts, kind, "b")]
    if layouts.is_scalar(kind):
        body = "return (a & b) != 0;"
    else:
        common = _each_word(layouts, kind, "common |= a->bits[i] & b->bits[i];")
        body = f"uint64_t common = 0;\n{common}\nreturn common != 0;"
    return function(_named(layouts, "meets", kind), "bool", operands, body)


_COMBINED = {
    "union": "{a} | {b}",
    "intersection": "{a} & {b}",
    "difference": "{a} & ~{b}",
    "symmetric": "{a} ^ {b}",
}


def _combination(operation: str, formula: str):  # type: ignore[no-untyped-def] # a row of the table
    return lambda layouts, kind: _combined(layouts, kind, operation, formula)


_SINGLE = {
    "empty": _empty,
    "has": _has,
    "add": _add,
    "remove": _remove,
    "next": _next,
    "every": _every,
    "size": _size,
    "subset": _subset,
    "meets": _meets,
    **{operation: _combination(operation, formula) for operation, formula in _COMBINED.items()},
}

ROWS: Rows = {(operation, held): row for operation, row in _SINGLE.items() for held in ("bits", "words")}
