"""The part of a translation unit that symmetry needs: its numbers, its functions, and which search.

States with columns are sorted by `columns.c` of the runtime; for all others `symmetry.c` searches for
the least image.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from checker.lang.types import RecordType, SortType
from checker.native.layout.function import block, wrapped
from checker.native.layout.layouts import Layouts
from checker.native.symmetry.columns import columns, masks
from checker.native.symmetry.identities import Identities
from checker.native.symmetry.looking import Looks
from checker.native.symmetry.moving import Moves
from checker.native.symmetry.text import definition


@frozen
class Part:
    """What the runtime must know before it is included, and what comes after all definitions."""

    defines: dict[str, str]
    text: str


def symmetry_part(layouts: Layouts, state: RecordType, sorts: Sequence[SortType]) -> Part | None:
    """The symmetry of a program's states over some sorts; None if there are none.

    To be asked for before the definitions of the layouts are written down.
    """
    if not sorts:
        return None
    identities = Identities(layouts, sorts)
    starts = wrapped(map(str, identities.starts))
    named = ", ".join(str(sort) for sort in sorts)
    lines = [
        f"/* The identities that may be exchanged, those of {named}:",
        " * the place of the first of its sort for each. */",
        f"static const Place identity_start[IDENTITIES] = {{ {starts} }};\n",
    ]
    found = columns(layouts, identities, state)
    if found is not None:
        lines += [_columns(layouts, state, found), '#include "columns.c"\n']
    else:
        lines += [_look(layouts, identities, state), _move(layouts, identities, state)]
        lines += ['#include "symmetry.c"\n']
    return Part(_defines(identities, state), "\n".join(lines))


def _defines(identities: Identities, state: RecordType) -> dict[str, str]:
    order = identities.order if identities.order < 2**128 else 0
    return {
        "IDENTITIES": str(identities.count),
        "GROUP_ORDER_HIGH": f"UINT64_C({order >> 64})",
        "GROUP_ORDER_LOW": f"UINT64_C({order & (2**64 - 1)})",
        "JOINT": str(int(any(identities.is_joint(kind) for _, kind in state.fields))),
    }


def _columns(layouts: Layouts, state: RecordType, found: tuple[tuple[int, ...], ...]) -> str:
    rows = [
        "{ " + ", ".join(f"UINT64_C({mask:#x})" for mask in row) + " }"
        for row in masks(layouts, state, found)
    ]
    listed = ",\n    ".join(rows)
    return (
        "/* The bits of a packed state that belong to each identity. */\n"
        f"static const uint64_t column_mask[IDENTITIES][STATE_WORDS] = {{\n    {listed}\n}};\n"
    )


def _look(layouts: Layouts, identities: Identities, state: RecordType) -> str:
    """Fields in which no identity is seen beside another need no second look."""
    looks = Looks(layouts, identities)
    once: list[str] = []
    always: list[str] = []
    for number, (name, kind) in enumerate(state.fields, start=1):
        if identities.holds(kind):
            line = looks.statement(kind, f"s->{layouts.field(state, name)}", f"blend(0, {number})")
            (always if identities.is_joint(kind) else once).append(line)
    lines = [block("if (!again)", once)] if once and always else once
    void = "" if once and always else "(void)again;"
    parameters = ["const State *s", "const Place *colour", "bool again", "uint64_t *mark"]
    colour = "" if any("colour" in line for line in (*once, *always)) else "(void)colour;"
    body = [line for line in (colour, void, *lines, *always) if line]
    return definition("state_look", "void", parameters, body).text


def _move(layouts: Layouts, identities: Identities, state: RecordType) -> str:
    moves = Moves(layouts, identities)
    call = [f"{moves.function(state)}(out, s, goal);"]
    return definition("state_move", "void", ["State *out", "const State *s", "const Place *goal"], call).text
