"""Why a value does not belong to a type."""

from __future__ import annotations

from typing import Any

from attrs import frozen


@frozen
class Fault:
    """Why a value does not belong to a type.

    `bound` names the bound that a value of the right shape exceeds; it is None where the value is
    of the wrong type altogether.  `path` leads to the culprit inside the value.
    """

    path: str
    value: Any
    expected: str
    bound: str | None = None

    def under(self, prefix: str) -> Fault:
        """The same fault, seen from a value that holds the faulty one."""
        return Fault(prefix + self.path, self.value, self.expected, self.bound)
