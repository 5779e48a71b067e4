"""`quorate simulate`: walk random behaviours of a model and report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

from checker.cli import options
from checker.cli.streams import Command

if TYPE_CHECKING:
    from checker.lang.model import Model
    from checker.result.trace import Trace


@click.command(
    "simulate", cls=Command, short_help="Walk random behaviours; finds violations, proves nothing."
)
@options.spec
@options.constants
@options.properties
@options.lemmas
@click.option(
    "--behaviours", type=options.POSITIVE, default=100, show_default=True, help="So many behaviours."
)
@click.option(
    "--depth", type=options.POSITIVE, default=100, show_default=True, help="The most states in each."
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    help="The same seed, the same behaviours.",
)
@options.timeout
@options.memory
@options.deadlock
@options.engine
@options.workers
@click.option("--show", is_flag=True, help="Show the first behaviour, after a text report.")
@options.form
@options.output
@options.trace
@options.witnesses
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Walk random behaviours of SPEC and judge what they show.

    A property that none of them violates is `sampled`, never proved: without a violation the exit
    code is 3.
    """
    ctx.exit(run(**given))


def run(
    *,
    spec: str,
    constants: tuple[str, ...],
    properties: tuple[str, ...],
    lemmas: bool,
    behaviours: int,
    depth: int,
    seed: int,
    timeout: float | None,
    memory: float | None,
    deadlock: bool,
    engine: Literal["auto", "python", "native"],
    workers: int | None,
    show: bool,
    form: str,
    output: str | None,
    trace_file: str | None,
    witnesses: bool,
) -> int:
    """Simulate as the options say; the exit code."""
    from checker.api import simulate
    from checker.cli.output import Destination
    from checker.cli.watch import watching
    from checker.constants import instantiate
    from checker.library import find

    if show and (form != "text" or output is not None):
        raise click.UsageError("--show goes with a text report on standard output")
    if show and engine == "native":
        raise click.UsageError("--show needs the reference engine: leave --engine native out")
    names = list(properties) or None
    model = instantiate(find(spec), constants)
    destination = Destination(form, output, trace_file, witnesses)
    destination.prepare()
    with watching() as watch:
        result = simulate(
            model,
            behaviours=behaviours,
            depth=depth,
            seed=seed,
            properties=names,
            lemmas=lemmas,
            timeout_s=timeout,
            memory_gib=memory,
            engine="python" if show else engine,
            workers=workers,
            deadlock=deadlock,
            progress=watch.sink,
            stopped=watch.stopped,
        )
    destination.write(result)
    if show:
        title = f"\nthe first behaviour of seed {seed}"
        destination.echo_trace(first_behaviour(model, depth, seed), title)
    return result.exit_code


def first_behaviour(model: Model[Any], depth: int, seed: int) -> Trace:
    """The first of the behaviours that a seed gives, without looking at any property."""
    from checker.explore.budget import Budget, Meter
    from checker.explore.search import Checks
    from checker.explore.simulate import Simulation
    from checker.judge import trace_of
    from checker.lang.declarations import declare
    from checker.reference.system import ReferenceSystem

    declaration = declare(model)
    system = ReferenceSystem(declaration)
    walk = Simulation(system, Checks(deadlock=False), Meter(Budget()), 1, depth, seed).run()
    return trace_of(declaration, walk.last, "behaviour")
