"""One SMT-LIB file through one solver, in a process that may hang or die: `recheck` starts it.

`python -m checker.solve.runner SOLVER SEED MEMORY_MB FILE` prints the solver's version and what it said.
The memory limit is the operating system's, where it has one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from checker.solve import cvc5_library, z3_library

OUT_OF_MEMORY = 86
"""The exit code that says so."""

_STACK = 512 << 20

SOLVERS: dict[str, tuple[Callable[[], str], Callable[[str, int], str]]] = {
    "cvc5": (cvc5_library.version, cvc5_library.answer),
    "z3": (z3_library.version, z3_library.answer),
}


def main(name: str, seed: str, memory_mb: str, file: str) -> int:
    """Prints two lines; exit code 0 unless the solver refuses, 86 if memory does not suffice."""
    _limit(int(memory_mb) << 20)
    version, answer = SOLVERS[name]
    print(version(), flush=True)
    try:
        print(" ".join(answer(Path(file).read_text("utf-8"), int(seed)).split()))
    except MemoryError:
        return OUT_OF_MEMORY
    except Exception as error:  # whatever the solver raises is what it says
        print("refused:", " ".join(str(error).split()))
    return 0


def _limit(memory: int) -> None:
    """No more address space than this, and a deep stack for deep formulas."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for what, wanted in ((resource.RLIMIT_STACK, _STACK), (resource.RLIMIT_AS, memory)):
        hard = resource.getrlimit(what)[1]
        if hard != resource.RLIM_INFINITY:
            wanted = min(wanted, hard)
        resource.setrlimit(what, (wanted, hard))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
