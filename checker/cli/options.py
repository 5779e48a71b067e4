"""Arguments and options that several commands share."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

POSITIVE = click.IntRange(min=1)


LARGEST = 1e12
"""Seconds or gigabytes beyond which a budget is a slip of the keyboard."""


class Finite(click.FloatRange):
    """A real number in a range; `nan` and `inf`, which Python reads as numbers, are none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number that a text means."""
        number = float(super().convert(value, param, ctx))
        if number > LARGEST and math.isfinite(number):
            self.fail(f"`{value}` is more than {LARGEST:g}; leave the option out for its default", param, ctx)
        if not math.isfinite(number):
            self.fail(f"`{value}` is no finite number; leave the option out for its default", param, ctx)
        return number


POSITIVE_REAL = Finite(min=0, min_open=True)

spec: Callable[[F], F] = click.argument("spec")

constants: Callable[[F], F] = click.option(
    "-c",
    "--constant",
    "constants",
    multiple=True,
    metavar="NAME=VALUE",
    help="Give a constant of the model a value; may be repeated.",
)

properties: Callable[[F], F] = click.option(
    "--property",
    "properties",
    multiple=True,
    metavar="NAME",
    help="Look at this property or lemma only; may be repeated. `deadlock_freedom` is one.",
)

lemmas: Callable[[F], F] = click.option(
    "--lemmas", is_flag=True, help="Look at the lemmas too, which otherwise only proofs use."
)

timeout: Callable[[F], F] = click.option(
    "--timeout", type=POSITIVE_REAL, metavar="S", help="Stop after so many seconds."
)

memory: Callable[[F], F] = click.option(
    "--memory",
    type=POSITIVE_REAL,
    metavar="GB",
    help="Stop at so much memory, in units of 2^30 bytes. [default: 80 % of what is free]",
)

deadlock: Callable[[F], F] = click.option(
    "--deadlock/--no-deadlock",
    default=True,
    help="Whether a state without successor that is not final is a violation. [default: it is]",
)


engine: Callable[[F], F] = click.option(
    "--engine",
    type=click.Choice(["auto", "python", "native"]),
    default="auto",
    show_default=True,
    help="What runs the spec: CPython, or C made of it. `auto` begins with the first, for small models.",
)

workers: Callable[[F], F] = click.option(
    "--workers",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="Threads of the native engine. [default: all processors]",
)

form: Callable[[F], F] = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    show_default=True,
    help="The form of the report.",
)

output: Callable[[F], F] = click.option(
    "--output",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write the report to a file instead of standard output.",
)

trace: Callable[[F], F] = click.option(
    "--trace",
    "trace_file",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write the first counterexample for `quorate replay`, or as ITF if FILE ends in .itf.json.",
)

witnesses: Callable[[F], F] = click.option(
    "--witnesses", is_flag=True, help="Show how each `sometimes` was reached, in text reports."
)
