"""`quorate check`: explore every reachable state of a model and report."""

from __future__ import annotations

from typing import Any, Literal

import click

from checker.cli import options
from checker.cli.streams import Command


@click.command("check", cls=Command, short_help="Explore every reachable state and judge the properties.")
@click.argument("spec", required=False)
@click.option("--all", "everything", is_flag=True, help="Check every spec of the library, one line for each.")
@options.constants
@click.option(
    "--without",
    metavar="NAME",
    help="Leave out one assumption; `quorate assumptions` shows their names.",
)
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

    SPEC is an id that `quorate list` shows, or path/to/file.py[:ClassName].  With --all it is every spec of
    the library in turn, and whether each gives what is expected of it; the broken ones are to fail.
    """
    if given.pop("everything"):
        from checker.cli import everything

        everything.refuse(ctx)
        ctx.exit(everything.run(given["timeout"], given["engine"], given["workers"]))
    if given["spec"] is None:
        raise click.MissingParameter(ctx=ctx, param=ctx.command.params[0])
    ctx.exit(run(**given))


def run(
    *,
    spec: str,
    constants: tuple[str, ...],
    without: str | None,
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
    from checker.lang.model import identify
    from checker.library import find

    if without is not None and trace_file is not None:
        raise _no_trace()
    names = list(properties) or None
    model: Any = instantiate(find(spec), constants)
    title = None
    if without is not None:
        from checker.assumptions.relax import without as relaxed

        assumption = relaxed(model, without)
        model, title = assumption.declaration, f"{identify(type(model))} without {assumption.name}"
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
            name=title,
            progress=watch.sink,
            stopped=watch.stopped,
        )
    destination.write(result)
    return result.exit_code


def _no_trace() -> Exception:
    from checker.lang.errors import CallError
    from checker.library import on_command_line

    return CallError(
        "call/contradiction",
        "--trace and --without do not go together",
        why="A trace is replayed by its spec, and this one is no behaviour of it.",
        instead="Leave one of them out; for a constant, -c NAME=VALUE does what --without does.",
        at=on_command_line("--trace"),
    )
