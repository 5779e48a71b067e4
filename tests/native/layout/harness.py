"""Calls the operations of the layout: many types in one small C library, values carried as packed words.

Every type is carried by its roomiest type, the largest with the same C type, so that values beyond
the declared bounds reach C too.  `escape` ends a call with `Escape`.
"""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from checker.lang.errors import SpecError
from checker.lang.types import (
    BagType,
    BoolType,
    FiniteType,
    IntType,
    MapType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
    UnionType,
)
from checker.native.layout.codec import Codec
from checker.native.layout.layouts import Layouts
from checker.native.layout.packer import code, decoded
from checker.native.layout.shapes import WORD, size, storage_bits
from checker.native.layout.state import words_of

PRELUDE = """
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
typedef struct Worker { void *landing[5]; } Worker;
static __attribute__((noreturn, noinline, unused)) void escape(Worker *w)
{
    __builtin_longjmp(w->landing, 1);
}
"""

INT = IntType(None, None)
NUMBER = IntType(-(2**63), 2**63 - 1)
BOOL = BoolType()


class Escape(Exception):
    """C gave up, or Python says that it must."""


def roomiest(layouts: Layouts, kind: FiniteType) -> FiniteType:
    """The largest type with the same C type that can be packed."""
    shapes = layouts.shapes
    match kind:
        case IntType():
            bits = storage_bits(kind)
            return IntType(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        case RecordType(cls=cls, fields=fields):
            return RecordType(cls, tuple((name, roomiest(layouts, inner)) for name, inner in fields))
        case UnionType(options=options):
            return UnionType(tuple(roomiest(layouts, option) for option in options))
        case TupleType(items=items):
            return TupleType(tuple(roomiest(layouts, item) for item in items))
        case SeqType(item=item):
            return SeqType(roomiest(layouts, item), layouts.capacity(kind))
        case SetType(item=item):
            if shapes.representation(kind) != "array":
                return SetType(item)
            return SetType(roomiest(layouts, item), layouts.capacity(kind))
        case MapType(key=key, value=value):
            return MapType(key, roomiest(layouts, value))
        case BagType(item=item):
            roomy, room = roomiest(layouts, item), layouts.capacity(kind)
            possible = size(roomy)
            return BagType(roomy, 24 if possible is not None and possible <= room else room, None)
        case _:
            return kind


@frozen
class Operation:
    """An operation to call: its name and kinds, what its C parameters hold, and what comes out.

    `place` is the parameter that is changed in place and comes out, if there is one.
    """

    name: str
    kinds: tuple[FiniteType, ...]
    operands: tuple[FiniteType, ...]
    result: FiniteType
    in_place: bool = False
    pointer: bool = False


class Library:
    """A compiled library of operations."""

    def __init__(self, layouts: Layouts, operations: Sequence[Operation], folder: Path) -> None:
        self.layouts = layouts
        self._codecs: dict[FiniteType, Codec] = {}
        self._numbers = {operation: number for number, operation in enumerate(dict.fromkeys(operations))}
        functions = [self._function(operation, number) for operation, number in self._numbers.items()]
        self.text = PRELUDE + layouts.definitions() + "\n".join(functions)
        self._library = compiled(self.text, folder)

    def call(self, operation: Operation, *values: Any) -> Any:
        """The result of an operation; raises Escape where C escapes."""
        given: list[int] = []
        for kind, value in zip(operation.operands, values, strict=True):
            given += self.words(kind, value)
        out = self.codec(operation.result).words
        words, result = (ctypes.c_uint64 * max(len(given), 1))(*given), (ctypes.c_uint64 * out)()
        if self._library[f"call_{self._numbers[operation]}"](words, result):
            raise Escape
        return self.codec(operation.result).decode(list(result))

    def codec(self, kind: FiniteType) -> Codec:
        """The codec of the roomiest type."""
        if kind not in self._codecs:
            self._codecs[kind] = Codec(self.layouts, self.carrier(kind))
        return self._codecs[kind]

    def carrier(self, kind: FiniteType) -> FiniteType:
        """The type as which values of a type are carried."""
        return NUMBER if kind == INT else roomiest(self.layouts, kind)

    def carries(self, kind: FiniteType, value: Any) -> bool:
        """Whether a value is not too large for the tests to carry."""
        return self.carrier(kind).fault(value) is None

    def words(self, kind: FiniteType, value: Any) -> tuple[int, ...]:
        """A value as words."""
        words = self.codec(kind).encode(value)
        assert words is not None, f"{value!r} is too much for {self.carrier(kind)}"
        return words

    # -- C --

    def _function(self, operation: Operation, number: int) -> str:
        layouts, lines, at, arguments = self.layouts, [], 0, []
        result = operation.result
        for place, kind in enumerate(operation.operands):
            lines.append(f"    {layouts.name(kind)} v{place};")
            lines.append(f"    {unpacked(layouts, self.carrier(kind), f'v{place}', f'(in + {at})')}")
            arguments.append(layouts.argument(kind, f"v{place}"))
            at += words_of(layouts.widths.of(self.carrier(kind)))
        if operation.name == "next":
            lines.append(walk(layouts, operation.kinds[0]))
            made = "made"
        elif operation.in_place:
            arguments[0] = "&v0"
            lines.append(f"    {layouts.call(operation.name, operation.kinds, *arguments)};")
            made = "v0"
        elif layouts.is_scalar(result) or operation.pointer:
            star = "*" if operation.pointer else ""
            call = layouts.call(operation.name, operation.kinds, *arguments)
            lines.append(f"    {layouts.name(result)} made = {star}{call};")
            made = "made"
        else:
            call = layouts.call(operation.name, operation.kinds, "&made", *arguments)
            lines.append(f"    {layouts.name(result)} made;\n    {call};")
            made = "made"
        lines.append(f"    (void){made};")
        lines.append(f"    {packed(layouts, self.carrier(result), made)}")
        body = "\n".join(lines)
        return (
            f"static void run_{number}(Worker *w, const uint64_t *in, uint64_t *out)\n"
            f"{{\n    (void)w, (void)in;\n{body}\n}}\n"
            f"int call_{number}(const uint64_t *in, uint64_t *out)\n"
            "{\n    Worker worker;\n    if (__builtin_setjmp(worker.landing)) return 1;\n"
            f"    run_{number}(&worker, in, out);\n    return 0;\n}}\n"
        )


def walk(layouts: Layouts, kind: FiniteType) -> str:
    """The statements that count the members of a collection; -1 if they come in a wrong order, or twice."""
    assert isinstance(kind, SetType | BagType)
    name, scalar = layouts.name(kind.item), layouts.is_scalar(kind.item)
    order = layouts.call("order", kind.item, "before", "item")
    passed = layouts.argument(kind, "v0")
    return f"""
    int cursor = 0;
    int64_t made = 0;
    {name if scalar else f"const {name} *"} item = 0, {"" if scalar else "*"}before = 0;
    while (made >= 0 && {layouts.call("next", kind, passed, "&cursor", "&item")}) {{
        if (made > 0 && {order} >= 0) made = -2;
        if (!{layouts.call("has", kind, passed, "item")}) made = -2;
        before = item;
        made++;
    }}"""


def unpacked(layouts: Layouts, kind: FiniteType, place: str, words: str) -> str:
    """The statement that unpacks words into a variable."""
    if layouts.is_scalar(kind):
        return f"{place} = {decoded(layouts, kind, f'{words}[0]')};"
    if layouts.widths.of(kind) <= WORD:
        return f"{layouts.call('decode', kind, f'&{place}', f'{words}[0]')};"
    return f"{layouts.call('unpack', kind, f'&{place}', words, '0')};"


def packed(layouts: Layouts, kind: FiniteType, place: str) -> str:
    """The statements that pack a variable into `out`."""
    width = layouts.widths.of(kind)
    if width <= WORD:
        return f"out[0] = {code(layouts, kind, place) if width else '0'};"
    zero = f"for (int i = 0; i < {words_of(width)}; i++) out[i] = 0;"
    return f"{zero}\n    {layouts.call('pack', kind, f'&{place}', 'out', '0')};"


def compiled(text: str, folder: Path, *flags: str) -> ctypes.CDLL:
    """The C as a loaded library; any warning is an error."""
    source, library = folder / "layout.c", folder / "layout.so"
    source.write_text(text)
    command = ["cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O0", *flags]
    done = subprocess.run(
        [*command, "-shared", "-fPIC", "-o", library, source], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[:4000]
    return ctypes.CDLL(str(library))


def carried(layouts: Layouts, kinds: Sequence[FiniteType]) -> list[FiniteType]:
    """Those of the types whose roomiest type can be packed."""
    found = []
    for kind in kinds:
        try:
            layouts.widths.of(roomiest(layouts, kind))
            layouts.widths.of(kind)
        except SpecError:
            continue
        found.append(kind)
    return found
