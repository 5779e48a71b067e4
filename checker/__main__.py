"""`python -m checker` is the command `quorate`, from a bare checkout too.

A bare checkout may lack what `pip install` would have brought; that is said in one line.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

NEEDED = ("attrs", "click", "psutil", "rich")
"""The packages that the command imports: the dependencies in pyproject.toml."""


def missing() -> str | None:
    """What to tell a user whose Python lacks packages; None where it lacks none."""
    absent = [name for name in NEEDED if find_spec(name) is None]
    if not absent:
        return None
    return f"quorate needs {', '.join(absent)}: run `{sys.executable} -m pip install {' '.join(absent)}`"


if __name__ == "__main__":
    told = missing()
    if told is not None:
        print(told, file=sys.stderr)
        sys.exit(2)
    from checker.cli.app import main

    main()
