"""What checking every model of the library found."""

from __future__ import annotations

from attrs import frozen

from checker.result.result import Result


@frozen
class Checked:
    """One model: what came out, and how that differs from what was expected; None if it does not.

    `result` is None where the model could not be checked.
    """

    spec: str
    result: Result | None
    difference: str | None
