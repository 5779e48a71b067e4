"""What can go wrong, split by whose fault it is.

A `SpecError` is a mistake in a spec, a `CallError` a mistake in how Quorate was called; both are
told to the user with what is wrong, why it matters and what to write instead, and end with exit
code 2.  An `InternalError` is ours and says so.  Nothing here knows how a message is drawn: that is
`checker.report.errors`.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from attrs import frozen


@frozen
class Location:
    """A stretch of one source line: `line` and the columns count from 1, `end` is exclusive.

    `source` is the text of the line, when it cannot be read from `file` (a command line, say).
    """

    file: str
    line: int
    column: int = 1
    end: int | None = None
    source: str | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@frozen
class Problem:
    """One mistake: a stable code, what is wrong, why that matters, what to write instead."""

    code: str
    what: str
    why: str = ""
    instead: str = ""
    at: Location | None = None
    notes: tuple[str, ...] = ()


class QuorateError(Exception):
    """A mistake that somebody other than Quorate made; `problem` says all there is to say.

    Read `problem.instead` for the remedy.
    """

    def __init__(
        self,
        code: str,
        what: str,
        *,
        why: str = "",
        instead: str = "",
        at: Location | None = None,
        notes: Iterable[str] = (),
    ) -> None:
        self.problem = Problem(code, what, why, instead, at, tuple(notes))
        super().__init__(self._plain())

    def _plain(self) -> str:
        problem = self.problem
        where = f"{problem.at}: " if problem.at else ""
        parts = [f"{where}{problem.what}", problem.why, *problem.notes, problem.instead]
        return "\n".join(part for part in parts if part)


class SpecError(QuorateError):
    """The spec is wrong: mend the source line that the message shows."""


class CallError(QuorateError):
    """The call is wrong (an unknown name, a value out of bounds): change the arguments."""


class InternalError(Exception):
    """A fault of Quorate's own.  Please report it, with the spec and the command."""

    def __str__(self) -> str:
        return f"this is a fault of Quorate, not of your spec: {super().__str__()}"


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that ends a sentence: "did you mean `x`?", or the list of what there is."""
    names = sorted(set(known))
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"did you mean `{close[0]}`?"
    if not names:
        return "there are none."
    return "there are: " + ", ".join(f"`{known}`" for known in names) + "."


def suggestion(name: str, known: Iterable[str]) -> str:
    """`nearest` as a sentence of its own; names keep their capitals."""
    hint = nearest(name, known)
    return hint[:1].upper() + hint[1:]
