"""The command `quorate`: names of commands to the modules that hold them.

The rule it keeps: nothing heavy is imported before a command runs, so that `--help` answers at
once.  It knows what becomes of errors: a mistake in the spec or the call is told and ends with 2,
a fault of ours says so and ends with 70.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "list": "checker.cli.listing",
    "show": "checker.cli.show",
    "check": "checker.cli.check",
    "simulate": "checker.cli.simulate",
    "assumptions": "checker.cli.assumptions",
    "prove": "checker.cli.prove",
    "replay": "checker.cli.replay",
    "compile": "checker.cli.compile",
}

EXIT_INTERNAL = 70
"""The exit code of a fault of Quorate's own: EX_SOFTWARE of sysexits."""

EPILOG = """Exit codes: 0 every property holds, 1 something is violated, 2 the spec or the call is wrong,
3 inconclusive, 70 a fault of Quorate's own."""


class Roof(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in the order of the help text."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, or None."""
        module = COMMANDS.get(cmd_name)
        return None if module is None else import_module(module).command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments begin with; for an unknown one, the nearest."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from checker.lang.errors import nearest

            raise click.UsageError(f"there is no command `{name}`: {nearest(name, COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and tell what went wrong."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except (KeyboardInterrupt, click.Abort):
            click.echo("interrupted before anything was found out", err=True)
            ctx.exit(3)  # inconclusive; 1 would say that something is violated
        except Exception as error:
            ctx.exit(_tell(error))


def _tell(error: Exception) -> int:
    """Print an error to standard error; the exit code."""
    from checker.cli.output import wants_colour, width_of
    from checker.lang.errors import InternalError, QuorateError
    from checker.report.errors import render_error

    if isinstance(error, QuorateError):
        colour = wants_colour(sys.stderr)
        click.echo(
            render_error(error, colour=colour, width=width_of(sys.stderr)), err=True, nl=False, color=colour
        )
        return 2
    import traceback

    ours = error if isinstance(error, InternalError) else InternalError(f"{type(error).__name__}: {error}")
    click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    click.echo(f"\nerror[internal]: {ours}\nPlease report it, with the spec and this command.", err=True)
    return EXIT_INTERNAL


@click.group(cls=Roof, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="quorate", prog_name="quorate")
def group() -> None:
    """Check protocols of distributed systems: every interleaving, every state.

    SPEC is an id that `quorate list` shows, or path/to/file.py[:ClassName].
    """


def main() -> None:
    """The entry point of `quorate` and of `python -m checker`."""
    for stream in (sys.stdout, sys.stderr):
        # Arrows and lanes are not worth a crash on a terminal that lacks them.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        group(prog_name="quorate")
    except OSError as error:
        # Only help texts come here; what a command meets is told by the group.
        from checker.cli.streams import give_up, unwritable

        give_up(sys.stdout)
        click.echo(f"error[call/cannot-write]: {unwritable(error.strerror or str(error))}", err=True)
        sys.exit(2)
