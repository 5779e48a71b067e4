"""The whole generated translation unit: what the runtime must know, types, functions, interface."""

from __future__ import annotations

from collections.abc import Sequence

from checker.ir.program import Program
from checker.lang.types import SortType
from checker.native.emit.actions import interface
from checker.native.emit.unit import Unit
from checker.native.layout.layouts import Layouts
from checker.native.layout.state import PackedState, packed_state
from checker.native.symmetry.unit import Part, symmetry_part

QUIET = """\
/* Items of an array beyond its length are never read, which compilers cannot know. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
"""


def emit(program: Program, layouts: Layouts, sorts: Sequence[SortType] = ()) -> str:
    """The C of a model, with representatives of orbits if members of some sorts may be exchanged."""
    unit = Unit(program, layouts)
    layouts.name(program.state)
    called = interface(unit)
    packed = packed_state(layouts, program.state)
    symmetry = symmetry_part(layouts, program.state, sorts)
    parts = [
        _head(program),
        _defines(unit, packed, symmetry),
        QUIET,
        '#include "model.h"\n',
        unit.text(),
        packed.text,
        symmetry.text if symmetry else "",
        called,
        '#include "search.c"\n',
        '#include "graph.c"\n' if program.marks is not None else "",
    ]
    return "\n".join(part for part in parts if part)


def _head(program: Program) -> str:
    """What the file is."""
    given = ", ".join(f"{name}={value!r}" for name, _, value in program.constants)
    return (
        f"/* {program.name}({given}): generated from the spec.\n"
        " *\n"
        " * Types and the operations on them come first, then the functions of the spec under their own\n"
        " * names, then its actions and properties, and last what the search calls. */\n"
    )


def _letters(program: Program) -> dict[str, int]:
    if program.marks is None:
        return {}
    return {"LETTERS": 1, "ATOMS": len(program.atoms), "MARKS": program.marks}


def _defines(unit: Unit, packed: PackedState, symmetry: Part | None) -> str:
    """What the runtime must know of the model before anything else."""
    program = unit.program
    values = {
        "STATE_WORDS": packed.words,
        "STATE_BITS": packed.bits,
        "ACTIONS": len(program.actions),
        "BOUNDS": len(packed.bounds),
        "ALWAYS": len(program.asked("always")),
        "STEPS": len(program.asked("step")),
        "SOMETIMES": len(program.asked("sometimes")),
        "HAS_BOUNDARY": int(bool(program.boundary)),
        "HAS_FINAL": int(bool(program.final)),
        "CAN_ESCAPE": int(unit.escapes),
        "SYMMETRY": int(symmetry is not None),
        **(symmetry.defines if symmetry else {}),
        **_letters(program),
    }
    return "".join(f"#define {name} {value}\n" for name, value in values.items())
