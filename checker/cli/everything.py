"""`quorate check --all`: every model of the library, one line each."""

from __future__ import annotations

import time
from typing import Literal

import click
from click.core import ParameterSource


def run(timeout: float | None, engine: Literal["auto", "python", "native"], workers: int | None) -> int:
    """Check the library; 0 if every model gives what the manifest says, 1 if one does not, 3 if interrupted."""
    from checker.cli.output import Destination, wants_colour
    from checker.cli.streams import reports
    from checker.cli.watch import watching
    from checker.everything import check_all
    from checker.report.everything import line_of, total

    destination = Destination()
    colour = wants_colour(reports())
    begun = time.monotonic()
    found = []
    with watching() as watch:
        for one in check_all(
            timeout_s=timeout,
            engine=engine,
            workers=workers,
            progress=watch.sink,
            stopped=watch.stopped,
        ):
            found.append(one)
            destination.echo(line_of(one, colour=colour))
        pressed = watch.pressed
    destination.echo(total(found, time.monotonic() - begun, interrupted=pressed))
    if pressed:
        return 3
    return 1 if any(one.difference for one in found) else 0


ALLOWED = {"everything", "timeout", "engine", "workers"}
"""What --all goes with."""


def refuse(ctx: click.Context) -> None:
    """Raises UsageError for a SPEC, or an option about one, beside --all."""
    for param in ctx.command.params:
        given = ctx.get_parameter_source(str(param.name)) is not ParameterSource.DEFAULT
        if given and param.name not in ALLOWED:
            named = "SPEC" if isinstance(param, click.Argument) else param.opts[0]
            raise click.UsageError(f"--all checks the library with what its manifest says; leave {named} out")
