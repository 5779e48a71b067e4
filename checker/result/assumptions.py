"""What an audit of assumptions found: each property of a model, with each assumption left out."""

from __future__ import annotations

from typing import Any, Literal

from attrs import frozen

from checker.result.result import PropertyKind, Verdict

AssumptionKind = Literal["constant", "fairness", "durable"]


@frozen
class Cell:
    """What became of one property without one assumption.

    `steps` is the length of the counterexample, of a lasso up to the end of its loop; `lasso` says that
    it goes on, or stops, for ever.
    """

    property: str
    verdict: Verdict
    steps: int | None = None
    lasso: bool = False


@frozen
class WithoutOne:
    """The model without one assumption, or as it is where `kind` is None.

    `without` says what is the case without it; `states` counts the distinct states, or orbits, that were
    looked at; `stopped` says what ran out, and `error` why the model could not be looked at at all.
    """

    kind: AssumptionKind | None
    name: str
    without: str
    cells: tuple[Cell, ...]
    states: int | None = None
    stopped: str | None = None
    error: str | None = None


@frozen
class Audit:
    """The whole table.

    `properties` are names with kinds; `waived` are the assumptions that could be made and are not, each with
    what happens all the same; `as_it_is` is the model with all of its assumptions.
    """

    spec: str
    constants: tuple[tuple[str, Any], ...]
    properties: tuple[tuple[str, PropertyKind], ...]
    waived: tuple[tuple[str, str], ...]
    as_it_is: WithoutOne
    rows: tuple[WithoutOne, ...]
    max_states: int | None

    @property
    def exit_code(self) -> int:
        """That of the model with all of its assumptions: 0 holds, 1 violated, 3 inconclusive."""
        verdicts = [cell.verdict.evidence for cell in self.as_it_is.cells]
        if any(evidence.value == "violated" for evidence in verdicts):
            return 1
        return 0 if all(evidence.holds for evidence in verdicts) else 3
