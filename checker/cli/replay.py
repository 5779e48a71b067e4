"""`quorate replay`: follow a recorded trace through a spec, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from checker.cli import options
from checker.cli.streams import Command, reports

if TYPE_CHECKING:
    from checker.replay import Recorded


@click.command("replay", cls=Command, short_help="Follow a saved trace through a spec; says where they part.")
@options.spec
@click.argument("trace", type=click.Path(dir_okay=False))
@options.constants
@click.option("--property", "name", metavar="NAME", help="Of a whole result, the trace of this property.")
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Follow the trace in TRACE, a file of `check --trace` or `--format json`, through SPEC.

    Constants are those of the file, unless -c gives others. Exit code 0: the trace is a behaviour
    of the spec; 1: it is not.
    """
    ctx.exit(run(**given))


def run(*, spec: str, trace: str, constants: tuple[str, ...], name: str | None) -> int:
    """Replay as the options say; the exit code."""
    from checker.cli.output import Destination, wants_colour, width_of
    from checker.constants import instantiate_recorded
    from checker.lang.declarations import declare
    from checker.library import find
    from checker.replay import replay
    from checker.report.replay import render

    cls = find(spec)
    recorded = _read(trace, name)
    model = instantiate_recorded(cls, recorded.constants, constants)
    found = replay(declare(model), recorded)
    stream = reports()
    Destination().echo(render(found, width=width_of(stream), colour=wants_colour(stream)))
    return 0 if found.divergence is None else 1


def _read(file: str, name: str | None) -> Recorded:
    import json
    from pathlib import Path

    from checker.lang.errors import CallError, Location
    from checker.library import on_command_line
    from checker.replay import read_trace

    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CallError(
            "replay/no-file",
            f"the file `{file}` cannot be read: {getattr(error, 'strerror', None) or error}",
            instead="Give a file that `quorate check --trace FILE.json` wrote.",
            at=on_command_line(file),
        ) from error
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise CallError(
            "replay/not-json",
            f"the file `{file}` is not JSON: {getattr(error, 'msg', error)}",
            instead="Give a file that `quorate check --trace FILE.json` wrote.",
            at=Location(file, line, getattr(error, "colno", 1)),
        ) from error
    return read_trace(data, name)
