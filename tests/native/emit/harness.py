"""Functions of the IR compiled to C and called: do they give the value that is expected of them?

For each pair of an expression and a value there are two functions: one with the expression as its
body, and one that compares what it gives with the value.  All of them are one shared library; an escape
comes back as an answer of its own.
"""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from checker.ir.nodes import BOOL, Call, Equal, Expr, Literal, Local
from checker.ir.program import Function, Program, Variable
from checker.ir.walk import everything
from checker.native.emit.body import Body
from checker.native.emit.unit import Unit
from checker.native.layout.layouts import Layouts

ESCAPED = 2

STUB = """\
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
typedef struct State State;
typedef struct Worker { void *landing[5]; } Worker;
static __attribute__((noinline, noreturn)) void escape(Worker *w)
{
    __builtin_longjmp(w->landing, 1);
}
"""

WARNINGS = ["-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-Wno-maybe-uninitialized"]


def free(node: Expr, environment: dict[str, Any]) -> list[Local]:
    """The names of the environment that an expression mentions, each once."""
    found = {n.name: n for n in everything(node) if isinstance(n, Local) and n.name in environment}
    return list(found.values())


def functions(cases: Sequence[tuple[Expr, Any]], environment: dict[str, Any]) -> list[Function]:
    """Two functions for each case: the expression, and whether its value is the expected one."""
    made = []
    for number, (node, expected) in enumerate(cases):
        names = free(node, environment)
        variables = tuple(Variable(n.name, n.type) for n in names)
        arguments = tuple(Literal(environment[n.name], type=n.type) for n in names)
        call = Call(f"case_{number}", arguments, type=node.type)
        other = call if expected is None else Literal(expected, type=node.type)
        test = Equal(call, other, type=BOOL)
        made.append(Function(f"case_{number}", variables, node, f"case_{number}"))
        made.append(Function(f"check_{number}", (), test, f"check_{number}"))
    return made


class Unfolded(Unit):
    """A unit that leaves everything to C; with known arguments all of it could be computed beforehand."""

    def closed_value(self, body: Body, node: Expr) -> None:
        """None, as for expressions whose names are not known."""


def unit_of(program: Program, checks: Sequence[str]) -> str:
    """The C of some functions without parameters, and one that calls them by number."""
    layouts = Layouts(program)
    unit = Unfolded(program, layouts)
    calls = []
    for number, name in enumerate(checks):
        made = unit.function(name)
        calls.append(f"    case {number}: return {made.name}({'&worker' if made.escapes else ''});\n")
    return (
        f"{STUB}\n{unit.text()}\n"
        "int check(int number);\n"
        "int check(int number)\n{\n    Worker worker;\n"
        "    if (__builtin_setjmp(worker.landing)) return 2;\n"
        f"    switch (number) {{\n{''.join(calls)}    default: return -1;\n    }}\n}}\n"
    )


def compiled(text: str, folder: Path, *flags: str) -> ctypes.CDLL:
    """The C as a loaded library; warnings are errors."""
    source, library = folder / "unit.c", folder / "unit.so"
    source.write_text(text)
    command = ["gcc", "-std=gnu11", "-O1", *WARNINGS, *flags, "-shared", "-fPIC"]
    done = subprocess.run([*command, str(source), "-o", str(library)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[:6000]
    return ctypes.CDLL(str(library))
