"""The C compiler: which one there is, and how it is called.

In this order: what the environment variable CC names, `cc`, `gcc` or `clang` of the machine, and the
one that the wheel `ziglang` brings (`pip install 'quorate[compiler]'`).  What CFLAGS names is added to
the flags.  Nothing here knows what is compiled.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from attrs import frozen

from checker.lang.errors import CallError

FLAGS = ("-O3", "-march=native", "-std=gnu11", "-shared", "-fPIC", "-pthread", "-w")
_ZIG_FLAGS = ("-fno-sanitize=undefined",)  # which its debug builds would turn on

HOW_TO_GET_ONE = (
    "Install one: `apt-get install gcc` on Debian, `xcode-select --install` on a Mac, or anywhere "
    "`pip install 'quorate[compiler]'`."
)


@frozen
class Compiler:
    """A C compiler: the command that runs it, and the file behind it."""

    command: tuple[str, ...]
    binary: str

    @property
    def identity(self) -> str:
        """What changes when the compiler or the machine that it makes code for does."""
        file = Path(self.binary).stat()
        return f"{self.command} {file.st_size} {file.st_mtime_ns} {_processor()}"

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags for a shared library that is as fast as this machine allows, and then the user's."""
        zig = _ZIG_FLAGS if "ziglang" in self.command else ()
        return (*FLAGS, *zig, *shlex.split(os.environ.get("CFLAGS", "")))

    def run(self, source: Path, library: Path, include: Path) -> None:
        """Compile one file to a shared library; CallError with what the compiler said if it fails.

        Ctrl-C does not reach the compiler: it ends in a second or two, and what it made is kept.
        """
        command = [*self.command, *self.flags, f"-I{include}", str(source), "-o", str(library)]
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, start_new_session=True
        )
        if done.returncode != 0 or not library.exists():
            said = [line for line in done.stderr.splitlines() if "error" in line.lower()][:5]
            raise CallError(
                "native/compiler-fails",
                f"the C compiler `{shlex.join(self.command)}` does not compile the generated code",
                why="; ".join(said) or f"It ended with {done.returncode} and said nothing.",
                instead="See that it compiles a small program (are the C headers installed?), and that CC and "
                "CFLAGS are right; or run with --engine python. If other programs compile, please report it.",
            )


def find_compiler() -> Compiler | None:
    """The compiler to use, or None where there is none.

    Raises CallError if CC names a command that does not exist.
    """
    named = os.environ.get("CC")
    if named:
        command = tuple(shlex.split(named))
        binary = shutil.which(command[0])
        if binary is None:
            raise CallError(
                "native/no-such-compiler",
                f"the environment variable CC names `{named}`, and there is no such command",
                instead="Unset CC to use the machine's own compiler, or set it to one that exists.",
            )
        return Compiler(command, binary)
    for name in ("cc", "gcc", "clang"):
        binary = shutil.which(name)
        if binary is not None:
            return Compiler((name,), binary)
    if importlib.util.find_spec("ziglang") is not None:
        return Compiler((sys.executable, "-m", "ziglang", "cc"), sys.executable)
    return None


def _processor() -> str:
    """What tells this processor from one that lacks some of its instructions."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        import platform

        return f"{platform.machine()} {platform.processor()}"
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")
