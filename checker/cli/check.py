"""`quorate check`: explore every reachable state of a model and report."""

from __future__ import annotations

from typing import Any, Literal

import click

from checker.cli import options
from checker.cli.streams import Command


@click.command("check", cls=Command, short_help="Explore every reachable state and judge the properties.")
@options.spec
@options.constants
@options.properties
@options.lemmas
@click.option(
    "--search",
    type=click.Choice(["bfs", "dfs"]),
    default="bfs",
    show_default=True,
    help="Breadth first finds shortest counterexamples; depth first does not.",
)
@click.option("--max-states", type=options.POSITIVE, metavar="N", help="Stop after so many states.")
@click.option("--max-depth", type=options.POSITIVE, metavar="N", help="Go no deeper than so many states.")
@options.timeout
@options.memory
@click.option("--seed", type=int, metavar="N", help="Try witnesses in another order; counts stay the same.")
@options.engine
@options.workers
@click.option(
    "--compact",
    type=click.IntRange(32, 64),
    metavar="BITS",
    help="Keep fingerprints instead of states: less memory, and a stated probability to miss a state.",
)
@click.option("--no-symmetry", is_flag=True, help="Count every state, also those that differ in names only.")
@click.option("--keep-going", is_flag=True, help="Do not end at the first violation.")
@options.deadlock
@options.form
@options.output
@options.trace
@options.witnesses
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Explore every reachable state of SPEC and judge its properties.

    SPEC is an id that `quorate list` shows, or path/to/file.py[:ClassName].
    """
    ctx.exit(run(**given))


def run(
    *,
    spec: str,
    constants: tuple[str, ...],
    properties: tuple[str, ...],
    lemmas: bool,
    search: Literal["bfs", "dfs"],
    max_states: int | None,
    max_depth: int | None,
    timeout: float | None,
    memory: float | None,
    seed: int | None,
    engine: Literal["auto", "python", "native"],
    workers: int | None,
    compact: int | None,
    no_symmetry: bool,
    keep_going: bool,
    deadlock: bool,
    form: str,
    output: str | None,
    trace_file: str | None,
    witnesses: bool,
) -> int:
    """Check as the options say; the exit code."""
    from checker.api import check
    from checker.cli.output import Destination
    from checker.cli.watch import watching
    from checker.constants import instantiate
    from checker.library import find

    names = list(properties) or None
    model = instantiate(find(spec), constants)
    destination = Destination(form, output, trace_file, witnesses)
    destination.prepare()
    with watching() as watch:
        result = check(
            model,
            properties=names,
            lemmas=lemmas,
            search=search,
            max_states=max_states,
            max_depth=max_depth,
            timeout_s=timeout,
            memory_gib=memory,
            seed=seed,
            engine=engine,
            workers=workers,
            compact_bits=compact,
            symmetry=not no_symmetry,
            deadlock=deadlock,
            keep_going=keep_going,
            progress=watch.sink,
            stopped=watch.stopped,
        )
    destination.write(result)
    return result.exit_code
