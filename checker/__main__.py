"""`python -m checker` is the command `quorate`, from a bare checkout too."""

from __future__ import annotations

from checker.cli.app import main

if __name__ == "__main__":
    main()
