"""`quorate assumptions`: which assumption each property of a model needs."""

from __future__ import annotations

from typing import Any, Literal

import click

from checker.cli import options
from checker.cli.streams import Command


@click.command("assumptions", cls=Command, short_help="Which assumption each property needs.")
@options.spec
@options.constants
@options.properties
@click.option(
    "--max-states",
    type=options.POSITIVE,
    default=300_000,
    show_default=True,
    metavar="N",
    help="Look at so many states for each assumption.",
)
@options.timeout
@options.engine
@options.workers
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="The form of the table.",
)
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Check SPEC as it is, and again without each of its assumptions; show each property against each.

    The assumptions are the constants that the spec marks, what it says of fairness, and the durable fields
    of a node, each of which is made volatile while a node crashes.  --timeout is for each of them.

    `quorate check SPEC --without NAME` shows the counterexample of a cell.
    """
    ctx.exit(run(**given))


def run(
    *,
    spec: str,
    constants: tuple[str, ...],
    properties: tuple[str, ...],
    max_states: int,
    timeout: float | None,
    engine: Literal["auto", "python", "native"],
    workers: int | None,
    form: str,
) -> int:
    """Audit as the options say; the exit code is that of the model as it is."""
    from checker.assumptions.audit import Limits, audit
    from checker.cli.output import Destination, wants_colour, width_of
    from checker.cli.streams import reports
    from checker.cli.watch import watching
    from checker.constants import instantiate
    from checker.library import find
    from checker.report.assumptions import render, render_json

    model = instantiate(find(spec), constants)
    with watching() as watch:
        found = audit(
            model,
            properties=list(properties) or None,
            limits=Limits(max_states, timeout, engine, workers),
            name=spec,
            progress=watch.sink,
            stopped=watch.stopped,
        )
    stream = reports()
    text = (
        render(found, width=width_of(stream), colour=wants_colour(stream))
        if form == "text"
        else render_json(found)
    )
    Destination().echo(text)
    return found.exit_code
