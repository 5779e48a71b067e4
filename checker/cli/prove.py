"""`quorate prove`: prove the properties of a model by a solver, beyond the depth of any search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

from checker.cli import options
from checker.cli.streams import Command

if TYPE_CHECKING:
    from checker.result.result import Result


@click.command("prove", cls=Command, short_help="Prove the properties by induction, with a solver.")
@options.spec
@options.constants
@options.properties
@click.option(
    "--method",
    type=click.Choice(["auto", "induction", "k-induction", "bmc"]),
    default="auto",
    show_default=True,
    help="How: by induction, by induction over several steps, or by bounded model checking, which looks at "
    "all behaviours to a depth and proves nothing beyond it.",
)
@click.option(
    "--depth", type=options.POSITIVE, metavar="K", help="Steps for k-induction, or of bounded model checking."
)
@options.timeout
@click.option(
    "--query-timeout",
    type=options.POSITIVE_REAL,
    metavar="S",
    help="Give up a question to the solver after so many seconds. [default: 120, or those of --timeout]",
)
@click.option(
    "--memory",
    type=options.POSITIVE_REAL,
    metavar="GB",
    help="Stop at so much memory, in units of 2^30 bytes. [default: 3.9 for the solver]",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, metavar="N", help="The chance that the solver takes."
)
@click.option(
    "--find-lemmas/--no-find-lemmas",
    default=None,
    help="Whether to look for lemmas where those of the spec are not enough.",
)
@click.option(
    "--emit",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Write every verification condition into a folder, as SMT-LIB 2.",
)
@click.option("--recheck", is_flag=True, help="Ask a second solver, cvc5, the same questions.")
@options.deadlock
@options.form
@options.output
@options.trace
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Prove the properties of SPEC for its constants, at any depth.

    The properties and lemmas of the spec together have to be inductive: the initial states satisfy them,
    and every action preserves them. What fails is shown as a counterexample to induction.

    SPEC is an id that `quorate list` shows, or path/to/file.py[:ClassName].
    """
    ctx.exit(run(**given))


def run(
    *,
    spec: str,
    constants: tuple[str, ...],
    properties: tuple[str, ...],
    method: Literal["auto", "induction", "k-induction", "bmc"],
    depth: int | None,
    timeout: float | None,
    query_timeout: float | None,
    memory: float | None,
    seed: int,
    find_lemmas: bool | None,
    emit: str | None,
    recheck: bool,
    deadlock: bool,
    form: str,
    output: str | None,
    trace_file: str | None,
) -> int:
    """Prove as the options say; the exit code."""
    from checker.cli.output import Destination, prepare_folder
    from checker.cli.watch import watching_proof
    from checker.constants import instantiate
    from checker.library import find

    if depth is not None and method == "induction":
        raise click.UsageError("--depth goes with --method k-induction, bmc or auto")
    if find_lemmas and method == "bmc":
        raise click.UsageError("--find-lemmas goes with a proof by induction, not with --method bmc")
    model = instantiate(find(spec), constants)
    destination = Destination(form, output, trace_file)
    destination.prepare()
    if emit is not None:
        prepare_folder("--emit", emit)

    from checker.api import prove

    with watching_proof() as watch:
        result: Result = prove(
            model,
            properties=list(properties) or None,
            method=method,
            depth=depth,
            timeout_s=timeout,
            query_timeout_s=query_timeout,
            memory_gib=memory,
            seed=seed,
            find_lemmas=find_lemmas,
            emit=emit,
            recheck=recheck,
            deadlock=deadlock,
            progress=watch.sink,
            stopped=watch.stopped,
        )
    destination.write(result)
    return result.exit_code
