"""Representatives of the states of one type: a small C library without a search, and the dumb way beside it."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Iterator, Sequence
from itertools import permutations, product
from pathlib import Path
from typing import Any

import attrs

from checker.lang import Bag, Map, Sort
from checker.lang.types import FiniteType, RecordType, SortType
from checker.native.cache import RUNTIME
from checker.native.layout.codec import Codec
from checker.native.layout.layouts import Layouts
from checker.native.layout.state import packed_state
from checker.native.symmetry.unit import symmetry_part

PRELUDE = """
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#define MAYBE_UNUSED __attribute__((unused))
typedef struct Worker { int unused; } Worker;
static __attribute__((noreturn, unused)) void escape(Worker *w) { (void)w; __builtin_trap(); }
typedef unsigned __int128 Count;
#define COUNTLESS (~(Count)0)
#include "words.h"
#include "symmetry.h"
"""

EXPORT = """
void canonical(const uint64_t *words, uint64_t *out, uint64_t *size)
{
    Count count = model_canonical(words, out);
    size[0] = (uint64_t)count;
    size[1] = (uint64_t)(count >> 64);
}
"""

COUNTLESS = 2**128 - 1


@attrs.frozen
class Box:
    """A state with one field, of whatever type a test chooses."""

    content: Any


def box(content: FiniteType) -> RecordType:
    """The type of a state whose field has a type."""
    return RecordType(Box, (("content", content),))


def text_of(state: RecordType, sorts: Sequence[SortType]) -> str:
    """The C that finds representatives of the values of a record type."""
    layouts = Layouts(kinds=[state])
    name = layouts.name(state)
    packed = packed_state(layouts, state)
    part = symmetry_part(layouts, state, sorts)
    assert part is not None
    defines = {"STATE_WORDS": str(packed.words), "SYMMETRY": "1", **part.defines}
    head = "".join(f"#define {key} {value}\n" for key, value in defines.items())
    own = f"typedef {name} State;\n" if name != "State" else ""
    return "\n".join([head, PRELUDE, layouts.definitions(), own, packed.text, part.text, EXPORT])


class Representatives:
    """A compiled library for one type of states.

    `runtime` may be a folder with another version of the runtime; any warning is an error.
    """

    def __init__(
        self,
        state: RecordType,
        sorts: Sequence[SortType],
        folder: Path,
        *flags: str,
        runtime: Path = RUNTIME,
    ) -> None:
        self.text = text_of(state, sorts)
        self.codec = Codec(Layouts(kinds=[state]), state)
        source, library = folder / "state.c", folder / "state.so"
        source.write_text(self.text)
        command = ["cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-O0", *flags]
        command += [f"-I{runtime}", "-shared", "-fPIC", "-o", str(library), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[:3000]
        self._call = ctypes.CDLL(str(library)).canonical
        self._call.restype = None

    @property
    def has_columns(self) -> bool:
        """Whether columns are sorted, and nothing is searched."""
        return "column_mask" in self.text

    def orbit(self, state: Any) -> tuple[Any, int]:
        """The representative of a state, and the size of its orbit."""
        words = self.codec.encode(state)
        assert words is not None, f"{state!r} leaves its bounds"
        given, room = (ctypes.c_uint64 * len(words))(*words), (ctypes.c_uint64 * len(words))()
        size = (ctypes.c_uint64 * 2)()
        self._call(given, room, size)
        return self.codec.decode(list(room)), size[0] | size[1] << 64


def changed_runtime(folder: Path, before: str, after: str) -> Path:
    """A folder with another version of the runtime, in which some text is another."""
    found = 0
    for file in RUNTIME.glob("*.[ch]"):
        text = file.read_text()
        found += text.count(before)
        (folder / file.name).write_text(text.replace(before, after))
    assert found == 1, f"{before!r} occurs {found} times"
    return folder


# -- the dumb way ---------------------------------------------------------------------------------


def renamed(value: Any, images: dict[Any, Any]) -> Any:
    """Identities exchanged by looking at values alone, not at types."""
    kind = type(value)
    if isinstance(value, Sort):
        return images.get(value, value)
    if kind is tuple or kind is frozenset:
        return kind(renamed(item, images) for item in value)
    if kind is Map:
        return Map([(renamed(k, images), renamed(v, images)) for k, v in value.items()])
    if kind is Bag:
        return Bag(renamed(item, images) for item in value.elements())
    if attrs.has(kind):
        return kind(*[renamed(getattr(value, field.name), images) for field in attrs.fields(kind)])
    return value


def every_renaming(sorts: Sequence[SortType]) -> Iterator[dict[Any, Any]]:
    """All ways to exchange the members of some sorts."""
    members = [list(sort.members()) for sort in sorts]
    for chosen in product(*[permutations(some) for some in members]):
        yield {
            old: new
            for some, goals in zip(members, chosen, strict=True)
            for old, new in zip(some, goals, strict=True)
        }


def orbit_of(state: Any, sorts: Sequence[SortType]) -> set[Any]:
    """All that a state becomes."""
    return {renamed(state, images) for images in every_renaming(sorts)}
