"""The packed state of a program: how wide it is, its bounds by number, and the functions of the runtime.

`state_pack` and `state_unpack` are what `runtime/model.h` declares.  The texts of bounds are those of
the reference engine, so that a result does not tell which engine it came from.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from checker.lang import source
from checker.lang.errors import SpecError
from checker.lang.types import RecordType
from checker.native.layout.bounds import sites
from checker.native.layout.function import wrapped
from checker.native.layout.layouts import Layouts
from checker.native.layout.shapes import WORD


@frozen
class PackedState:
    """What the generated program says of its states.

    `bounds` are the texts of the bounds numbered from 1; `text` is the C of `state_pack` and
    `state_unpack`, which comes after the definitions of the layouts.
    """

    bits: int
    words: int
    bounds: tuple[str, ...]
    text: str


def packed_state(layouts: Layouts, kind: RecordType) -> PackedState:
    """The packing of a program's states, whose C type is `State`."""
    bits = _bits(layouts, kind)
    texts = [str(site).removeprefix(".") for site in sites(layouts, kind)]
    numbered = tuple(dict.fromkeys(texts))
    pack = _pack(layouts, kind, bits, [numbered.index(text) + 1 for text in texts])
    text = f"{pack}\n{_unpack(layouts, kind, bits)}"
    return PackedState(bits, words_of(bits), numbered, text)


def _bits(layouts: Layouts, kind: RecordType) -> int:
    """How wide a state is; SpecError at the field that is too wide."""
    for name, inner in kind.fields:
        try:
            layouts.widths.of(inner)
        except SpecError as error:
            problem = error.problem
            raise SpecError(
                problem.code,
                f"the field `{name}` of `{kind}` is too large: {problem.what}",
                why=problem.why,
                instead=problem.instead,
                at=source.at_field(kind.cls, name),
            ) from error
    return layouts.widths.of(kind)


def words_of(bits: int) -> int:
    """How many words so many bits take; at least one."""
    return max(-(-bits // WORD), 1)


def _pack(layouts: Layouts, kind: RecordType, bits: int, numbers: Sequence[int]) -> str:
    lines = []
    if numbers:
        lines.append(f"int bound = {layouts.call('bound', kind, 's')};")
        if list(numbers) == list(range(1, len(numbers) + 1)):
            lines.append("if (bound) return bound;")
        else:
            table = wrapped(map(str, [0, *numbers]))
            lines.insert(0, f"static const uint16_t number[] = {{ {table} }};    /* places share bounds */")
            lines.append("if (bound) return number[bound];")
    if bits <= WORD:
        lines.append(f"words[0] = {layouts.call('code', kind, 's')};")
    else:
        count = words_of(bits)
        lines += [
            f"uint64_t packed[{count}] = {{ 0 }};",
            f"{layouts.call('pack', kind, 's', 'packed', '0')};",
            f"for (int i = 0; i < {count}; i++) words[i] = packed[i];",
        ]
    body = "\n".join(f"    {line}" for line in [*lines, "return 0;"])
    return f"static inline int state_pack(const State *s, uint64_t *words)\n{{\n{body}\n}}\n"


def _unpack(layouts: Layouts, kind: RecordType, bits: int) -> str:
    if bits <= WORD:
        line = layouts.call("decode", kind, "s", "words[0]")
    else:
        line = layouts.call("unpack", kind, "s", "words", "0")
    return f"static inline void state_unpack(const uint64_t *words, State *s)\n{{\n    {line};\n}}\n"
