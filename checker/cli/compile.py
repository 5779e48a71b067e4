"""`quorate compile`: what the native engine makes of a spec, to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

from checker.cli import options
from checker.cli.streams import Command

if TYPE_CHECKING:
    from checker.native.generate import Generated


@click.command("compile", cls=Command, short_help="What becomes of a spec: its IR, its C, its packed state.")
@options.spec
@options.constants
@click.option(
    "--show",
    "what",
    type=click.Choice(["summary", "ir", "c"]),
    default="summary",
    show_default=True,
    help="Print the typed IR or the generated C; by default, how states are packed and where the library is.",
)
@click.option("--plain", is_flag=True, help="The IR as it was read, before any pass.")
@click.option("--no-symmetry", is_flag=True, help="The C of a search that visits every state.")
def command(**given: Any) -> None:
    """Compile SPEC for the native engine and show what it became.

    SPEC is an id that `quorate list` shows, or path/to/file.py[:ClassName].
    """
    run(**given)


def run(
    *,
    spec: str,
    constants: tuple[str, ...],
    what: Literal["summary", "ir", "c"],
    plain: bool,
    no_symmetry: bool,
) -> None:
    """Compile as `quorate check` would, and show; the IR also has the lemmas, which it leaves out."""
    from checker.cli.output import Destination
    from checker.compile.model import compile_model
    from checker.constants import instantiate
    from checker.ir.passes.pipeline import optimised
    from checker.ir.printer import printed
    from checker.lang.declarations import declare
    from checker.library import find

    if plain and what != "ir":
        raise click.UsageError("--plain goes with --show ir")
    declaration = declare(instantiate(find(spec), constants))
    program = compile_model(declaration if what == "ir" else declaration.without_lemmas())
    if not plain:
        program = optimised(program)
    if what == "ir":
        text = printed(program)
    else:
        from checker.native.generate import generated
        from checker.symmetry.group import group_of

        group = None if no_symmetry else group_of(declaration)[0]
        made = generated(program, group.sorts if group else ())
        text = made.text if what == "c" else summary(program.name, made)
    Destination().echo(text if text.endswith("\n") else f"{text}\n")


def summary(name: str, made: Generated) -> str:
    """How states are packed, the bounds that they have, and the library that was built."""
    from checker.engines import compiler_at_hand
    from checker.native import cache

    packed = made.packed
    library = cache.library(made.text, name, compiler_at_hand())
    lines = [
        f"{name}: {packed.bits} bits a state, in {packed.words} word{'s' * (packed.words != 1)} of 64",
        f"{len(made.text.splitlines()):,} lines of C, compiled to {library}",
    ]
    if packed.bounds:
        lines += ["bounds that a step may leave:", *[f"  {bound}" for bound in packed.bounds]]
    return "\n".join(lines)
