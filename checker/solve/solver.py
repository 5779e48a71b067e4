"""The contract of a solver: literals that must hold, and whether they can.

The rule: an answer is "sat", "unsat" or "unknown" with the reason in words, never silence and never a
guess.  Circuits grow between checks; a solver takes in the gates that it is given, when it is given them.
Nothing here knows Z3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol

from attrs import field, frozen

from checker.symbolic.circuit import Circuit, Lit

Status = Literal["sat", "unsat", "unknown"]


@frozen
class Answer:
    """What a check came to.

    For "sat", `assignment` gives the truth of the variables that were taken in; a variable that is not
    in it may have either value, and counts as false.  Who needs gates uses `Circuit.evaluate`.  For
    "unsat", `core` are assumptions that cannot hold together with what is required: none of them if
    what is required cannot hold at all.  For "unknown", `reason` says what ran out.
    """

    status: Status
    seconds: float
    reason: str = ""
    assignment: Mapping[int, bool] = field(factory=dict, repr=False)
    core: tuple[Lit, ...] = ()


class Solver(Protocol):
    """Collects what must hold, and says whether it can.  Used by one thread at a time."""

    def require(self, lit: Lit) -> None:
        """From now on this must hold."""

    def check(self, assumptions: Sequence[Lit] = (), timeout_s: float | None = None) -> Answer:
        """Whether all that is required and, this once, the assumptions can hold together."""

    def close(self) -> None:
        """Give back the memory; no other call may follow."""


def gates_below(circuit: Circuit, roots: Iterable[Lit], known: Mapping[int, object]) -> list[int]:
    """The variables and gates that these depend on and that are not yet known: inputs before gates."""
    gates = circuit.gates
    found: set[int] = set()
    waiting = [abs(root) for root in roots]
    while waiting:
        number = waiting.pop()
        if number in found or number in known:
            continue
        found.add(number)
        gate = gates.get(number)
        if gate is not None:
            waiting.extend(map(abs, gate.inputs))
    return sorted(found)
