"""The refinements that one run looks at: what a search asks, and what is asked of initial states before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import evolve, frozen

from checker.explore.exploration import Exploration, Move, Violation
from checker.explore.search import Checks
from checker.lang.declarations import Declaration, Refinement
from checker.reference.system import ReferenceSystem
from checker.refinement.abstract import abstracts_of
from checker.refinement.mapping import Mapping, mappings_of, misbegun
from checker.system import OutOfBudget


@frozen(eq=False)
class Refining:
    """Some refinements of a model, with the initial states that refute one of them.

    `declaration` is the model with these refinements alone.  `stopped` says what ran out before all initial
    states were looked at.
    """

    declaration: Declaration
    mappings: tuple[Mapping, ...]
    violations: tuple[Violation, ...]
    stopped: str | None = None

    def asked(self, checks: Checks) -> Checks:
        """What a search looks for, with the steps of refinements."""
        refuted = {violation.name for violation in self.violations}
        steps = tuple(one.predicate for one in self.mappings if one.name not in refuted)
        return evolve(checks, steps=(*checks.steps, *steps))

    def found(self, exploration: Exploration) -> Exploration:
        """What a search found, with what initial states have shown before."""
        violations = (*self.violations, *exploration.violations)
        if self.stopped is None:
            return evolve(exploration, violations=violations)
        return evolve(
            exploration, violations=violations, stopped=exploration.stopped or self.stopped, complete=False
        )


def refining(
    declaration: Declaration, chosen: Sequence[Refinement], poll: Callable[[], None] = lambda: None
) -> Refining:
    """The chosen refinements of a model, their initial states looked at.

    Raises SpecError for what is wrong with any refinement of the model, chosen or not.
    """
    abstracts = abstracts_of(declaration)
    declaration = evolve(declaration, refinements=tuple(chosen))
    mappings = mappings_of(declaration, abstracts)
    violations: list[Violation] = []
    try:
        for mapping in mappings:
            system = ReferenceSystem(declaration, poll=poll)
            state = misbegun(mapping, system.initial(), lambda state, of=system: of.fault(state, None))  # type: ignore[misc]
            if state is not None:
                violations.append(Violation(mapping.name, (Move(state),)))
    except OutOfBudget as spent:
        return Refining(declaration, mappings, tuple(violations), spent.reason)
    return Refining(declaration, mappings, tuple(violations))
