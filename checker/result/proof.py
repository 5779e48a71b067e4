"""What a proof consists of, as frozen data: its obligations, what refuted them, and what it rests on.

The rule it keeps: it says what was found and never what follows from it.  Verdicts are in the `Result` that
holds the proof; reports show both.  It knows no solver.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from attrs import frozen

from checker.result.trace import Trace

Method = Literal["induction", "k-induction", "bmc"]
"""How a proof is made; "bmc" is bounded model checking, which proves nothing beyond its depth."""

Outcome = Literal["proved", "refuted", "unknown"]
"""What became of an obligation."""

WELL_DEFINED = "well_defined"
"""The conjunct that no action and no property raises."""

TO_INDUCTION = "counterexample to induction"
"""The kind of a trace that begins in any state."""


@frozen
class Obligation:
    """One thing to be shown: that the initial states satisfy a conjunct, or that an action preserves it.

    `conjunct` names a property, a lemma, `deadlock_freedom` or `well_defined`.  `action` is empty for the
    initial states.  `solvers` are those that agreed on the outcome, with their versions.  `reason` says of
    an unknown outcome what ran out.
    """

    conjunct: str
    action: str
    outcome: Outcome
    seconds: float
    solvers: tuple[str, ...] = ()
    reason: str = ""


@frozen
class InductionFailure:
    """A counterexample to induction: a step from states that satisfy the invariant to one that does not.

    `trace` holds two states, one where an initial state fails, and more with k-induction; its `kind` is
    "counterexample to induction".  `why` says in lines how the conjunct fails.  `reachable` says whether
    its first state is reachable, None where that is not known, and `explanation` what that means.
    `differing` is how many fields of the first state differ from the initial state; with `minimal`, no
    counterexample to induction of this conjunct and action has fewer.
    """

    conjunct: str
    action: str
    trace: Trace
    why: tuple[str, ...] = ()
    reachable: bool | None = None
    explanation: str = ""
    differing: int = 0
    minimal: bool = False


@frozen
class FoundLemma:
    """A lemma that was found: `source` to paste into the spec, and `text`, which says it in one line."""

    name: str
    source: str
    text: str


@frozen
class Proof:
    """A proof, or an attempt at one.

    `invariant` names the conjuncts of the inductive invariant; it is empty where there is none.  `depth` is
    the k of k-induction, or how many steps were unrolled; None for induction.  `bounds` describes the bounds
    that an action can leave from a state that satisfies the invariant: a proof is about the states within
    them.  `solvers` names those that were asked, with their versions.  `emitted` is the folder that the
    verification conditions were written to.  `candidates` counts the lemmas that were tried.
    """

    method: Method
    invariant: tuple[str, ...]
    obligations: tuple[Obligation, ...]
    failures: tuple[InductionFailure, ...] = ()
    found: tuple[FoundLemma, ...] = ()
    depth: int | None = None
    bounds: tuple[str, ...] = ()
    solvers: tuple[str, ...] = ()
    seed: int = 0
    emitted: str | None = None
    queries: int = 0
    memory_mib: float = 0.0
    candidates: int = 0

    @property
    def conjuncts(self) -> tuple[str, ...]:
        """The conjuncts that something was to be shown of, in the order in which they came."""
        return tuple(dict.fromkeys(each.conjunct for each in self.obligations))

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that something was to be shown of, in the order in which they came; "" comes first."""
        names = dict.fromkeys(each.action for each in self.obligations)
        return tuple(sorted(names, key=lambda name: name != ""))


@frozen
class ProofProgress:
    """How far a proof has come: what a live display needs.

    `phase` says in words what is being done.  `conjuncts` and `actions` are those that obligations are still
    expected of, where that is known; the display shows their places as open.
    """

    phase: str
    obligations: tuple[Obligation, ...]
    seconds: float
    conjuncts: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    memory_mib: float = 0.0


ProofSink = Callable[[ProofProgress], None]
