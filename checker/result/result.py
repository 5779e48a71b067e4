"""The one result type: what was asked, what was found, and on what evidence.

A verdict names its evidence, from the list of `Evidence` and no other, so that none is ever a bare
"OK".  Everything is frozen; reports read a result and never how it was found.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal

from attrs import frozen

from checker.explore.exploration import BoundReached, Compaction
from checker.result.proof import Proof
from checker.result.trace import Trace


class Evidence(Enum):
    """What stands behind a verdict, strongest first."""

    PROVED_ANY = "proved for any size"
    PROVED = "proved for this size"
    EXHAUSTIVE = "exhaustive for this size"
    WITHIN_BOUNDS = "exhaustive within bounds"
    BOUNDED = "bounded to depth k"
    SAMPLED = "sampled"
    VIOLATED = "violated"
    UNKNOWN = "unknown"

    @property
    def holds(self) -> bool:
        """Whether the property is known to hold, in the sense that the evidence names."""
        return self in _HOLDS


_HOLDS = {Evidence.PROVED_ANY, Evidence.PROVED, Evidence.EXHAUSTIVE, Evidence.WITHIN_BOUNDS}


@frozen
class Verdict:
    """A verdict: its evidence, and the depth k where that is `bounded to depth k`."""

    evidence: Evidence
    depth: int | None = None

    def __str__(self) -> str:
        text = self.evidence.value
        return text if self.depth is None else text.replace(" k", f" {self.depth}")


PropertyKind = Literal["always", "step", "sometimes", "deadlock", "lemma", "temporal", "refinement"]


@frozen
class PropertyResult:
    """One property: its verdict, the evidence in words, and for a violation why, with a trace.

    `trace` is the counterexample of a violated property, or the witness of a `sometimes` that was
    reached.  `why` explains the violation in lines of text.  `hints` say what more would have to be assumed
    for a temporal property to hold.
    """

    name: str
    kind: PropertyKind
    doc: str
    verdict: Verdict
    evidence: str
    why: tuple[str, ...] = ()
    trace: Trace | None = None
    hints: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the property is known to hold; a `sometimes` that was reached does, in any search."""
        reached = self.trace is not None or self.verdict.evidence is Evidence.BOUNDED
        return self.verdict.evidence.holds or (self.kind == "sometimes" and reached)


@frozen
class Counts:
    """States with TLC's meaning: distinct, generated, and depth in levels (the initial one is 1).

    With symmetry, `distinct` is the number of orbits, and `represented` that of the states in them:
    what `distinct` is without symmetry. It is None where none was used, and for too many to count.
    """

    distinct: int
    generated: int
    depth: int
    represented: int | None = None


@frozen
class SymmetryUsed:
    """The sorts whose members a search exchanged, with their sizes.

    `samples` is how many states were checked against the law that symmetry rests on.
    """

    sorts: tuple[tuple[str, int], ...]
    samples: int


@frozen
class ActionResult:
    """How often an action was taken, and how many states it was the first to reach."""

    name: str
    taken: int
    added: int


@frozen
class Result:
    """What one run found out about one model.

    `verdict` is the weakest of the properties'; `stopped` says what ran out, if anything did;
    `notes` are remarks that a reader should not miss; `symmetry` is None where none was used;
    `compaction` is None where whole states were compared.  `proof` is there for `prove` alone, which counts
    no states and no actions taken.
    """

    spec: str
    constants: tuple[tuple[str, Any], ...]
    engine: str
    mode: Literal["check", "simulate", "prove"]
    verdict: Verdict
    states: Counts | None
    seconds: float
    properties: tuple[PropertyResult, ...]
    actions: tuple[ActionResult, ...]
    bounds_reached: tuple[BoundReached, ...]
    stopped: str | None
    notes: tuple[str, ...]
    symmetry: SymmetryUsed | None = None
    workers: int = 1
    compaction: Compaction | None = None
    proof: Proof | None = None

    @property
    def holds(self) -> bool:
        """Whether every property is known to hold; False also where that is not known."""
        if self.properties:
            return all(prop.holds for prop in self.properties)
        return self.verdict.evidence.holds

    @property
    def violated(self) -> tuple[PropertyResult, ...]:
        """The properties that are violated."""
        return tuple(p for p in self.properties if p.verdict.evidence is Evidence.VIOLATED)

    @property
    def exit_code(self) -> int:
        """0: every property holds; 1: something is violated; 3: inconclusive."""
        if self.verdict.evidence is Evidence.VIOLATED:
            return 1
        return 0 if self.holds else 3

    def __getitem__(self, name: str) -> PropertyResult:
        """The result of one property; KeyError where there is none of that name."""
        for prop in self.properties:
            if prop.name == name:
                return prop
        raise KeyError(name)

    def __repr__(self) -> str:
        failing = ", ".join(p.name for p in self.violated)
        about = f": {failing}" if failing else ""
        return f"<Result of {self.spec}: {self.verdict}{about}>"
