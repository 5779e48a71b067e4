"""From a program of the IR to its C, with what the host needs to read what comes back.

The way into generated code for the rest of the native engine: the text to compile, the numbers under
which the search knows actions, properties and bounds, and the codec of packed states.  Nothing here
compiles or runs anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from checker.ir.passes.later import wait_for_domains
from checker.ir.program import ASKED, Predicate, Program
from checker.lang.errors import SpecError
from checker.lang.types import SortType
from checker.native.emit.program import emit
from checker.native.layout.codec import Codec
from checker.native.layout.layouts import Layouts
from checker.native.layout.state import PackedState, packed_state


@frozen
class Generated:
    """The C of a model, and what its numbers mean.

    `always` are also lemmas.  Actions and the properties of each kind are numbered from 0 in the order of these names, bounds from
    1 in the order of `packed.bounds`.
    """

    text: str
    codec: Codec
    packed: PackedState
    actions: tuple[str, ...]
    always: tuple[str, ...]
    steps: tuple[str, ...]
    sometimes: tuple[str, ...]


MOST_PROPERTIES = 64
"""Properties of one kind that a search can ask: it keeps those that are open as bits of a word."""


def generated(program: Program, sorts: Sequence[SortType] = ()) -> Generated:
    """The C of a program; SpecError where a type is too large for the native engine, or properties are
    too many.

    `sorts` are those whose members may be exchanged: with any, the search may keep one state for each
    orbit.
    """
    for kind in ASKED:
        _few_enough(program.asked(kind))
    program = wait_for_domains(program)
    layouts = Layouts(program)
    text = emit(program, layouts, sorts)

    return Generated(
        text,
        Codec(layouts, program.state),
        packed_state(layouts, program.state),
        tuple(action.name for action in program.actions),
        tuple(prop.name for prop in program.asked("always")),
        tuple(prop.name for prop in program.asked("step")),
        tuple(prop.name for prop in program.asked("sometimes")),
    )


def _few_enough(properties: Sequence[Predicate]) -> None:
    if len(properties) > MOST_PROPERTIES:
        first = properties[MOST_PROPERTIES]
        raise SpecError(
            "native/too-many-properties",
            f"`{first.name}` is one more than {MOST_PROPERTIES} properties of its kind",
            why="The native engine keeps the properties that are still open as the bits of one word.",
            instead="Split the model's properties over two classes, or run with --engine python.",
            at=first.at,
        )
