"""What the fairness of an abstract model asks of the model that refines it, as temporal formulas.

Each assumption of fairness that the abstract model declares must hold of what a fair behaviour is mapped to.
That is said of the behaviour itself:

    weak fairness      again and again such an abstract step is not enabled, or is taken
    strong fairness    if it is enabled again and again, it is taken again and again

where an abstract step is *enabled* in a state if one from what the state is mapped to changes that, and
*taken* by a step that is mapped to such an abstract step.  A step that is mapped to none stutters and takes
nothing.

Engines that compile predicates find in `Seen` which refinement, and which of its abstract assumptions, a
predicate is made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import field, frozen

from checker.lang.declarations import FAIRNESS, Declaration, Refinement, Temporal
from checker.lang.model import Model
from checker.lang.temporal import (
    Formula,
    all_of,
    any_of,
    implies,
    infinitely_often,
    now,
    taken,
)
from checker.lang.values import Sort
from checker.liveness.apart import sorts_of_mark
from checker.liveness.claims import Assumption, Kept, model_fairness
from checker.liveness.letters import Letters
from checker.refinement.abstract import abstract_of
from checker.refinement.mapping import Mapping
from checker.system import State

MOST_ENABLED = 100_000
"""So many abstract states are remembered with what is enabled there, before starting afresh."""


@frozen(eq=False)
class Marks:
    """The marks of abstract steps: which are enabled in an abstract state, and which a step takes."""

    mapping: Mapping
    letters: Letters
    _steps: dict[State, dict[State, int]] = field(factory=dict)

    def steps(self, abstract: State) -> dict[State, int]:
        """The marks of the abstract steps out of a state that change it, by where they lead.

        Steps that leave the bounds of types are enabled too, as everywhere.
        """
        found = self._steps.get(abstract)
        if found is None:
            if len(self._steps) >= MOST_ENABLED:
                self._steps.clear()
            found = self._steps[abstract] = self._listed(abstract)
        return found

    def _listed(self, abstract: State) -> dict[State, int]:
        found: dict[State, int] = {}
        system = self.mapping.system
        for action, arguments, after in system.successors(abstract):
            if after != abstract:
                inside = system.fault(after, None) is None
                bits = self.letters.step(abstract, action, arguments, after, inside=inside)
                found[after] = found.get(after, 0) | bits
        return found


@frozen(eq=False)
class Seen:
    """One mark of abstract steps, seen through a mapping: the predicates of the formulas are its methods."""

    marks: Marks
    mark: int

    __quorate_stands_in__ = True
    """For the compiler: see `checker.compile.letters.stands_in`."""

    @property
    def title(self) -> str:
        """The abstract steps, and whose they are."""
        return f"{self.marks.letters.marks[self.mark].title} of {self.marks.mapping.abstract.name}"

    @property
    def __quorate_titles__(self) -> dict[str, str]:
        """What reports call its methods: see `checker.liveness.titles`."""
        return {
            "enabled": f"enabled({self.title})",
            "disabled": f"~enabled({self.title})",
            "taken": f"it is {self.title}",
        }

    @property
    def actions(self) -> tuple[int, ...] | None:
        """The abstract actions all of whose steps have the mark; None where it asks for more than these."""
        chosen = self.marks.letters.marks[self.mark].chosen
        if any(one.arguments or one.where is not None for one in chosen):
            return None
        return tuple(one.action for one in chosen)

    @property
    def __quorate_told_apart__(self) -> tuple[type[Sort], ...]:
        """The sorts whose members it tells apart: those that the abstract steps name."""
        return tuple(sorts_of_mark(self.marks.letters.marks[self.mark]))

    def enabled(self, s: State) -> bool:
        """Whether such an abstract step is enabled in what a state is mapped to."""
        here = self.marks.mapping.image(s)
        return any(bits >> self.mark & 1 for bits in self.marks.steps(here).values())

    def disabled(self, s: State) -> bool:
        """Whether none is."""
        return not self.enabled(s)

    def taken(self, s: State, after: State) -> bool:
        """Whether a step is mapped to such an abstract step."""
        mapping = self.marks.mapping
        here, there = mapping.image(s), mapping.image(after)
        return here != there and bool(self.marks.steps(here).get(there, 0) >> self.mark & 1)


def fairness_formulas(mapping: Mapping) -> tuple[tuple[str, Formula[Any]], ...]:
    """What must hold of every fair behaviour for the fairness of the abstract model, each with its title.

    Raises SpecError for what is wrong with the fairness of the abstract model.
    """
    return tuple((assumption.title, kept.said) for assumption, kept in _kept(mapping))


def _kept(mapping: Mapping) -> Iterator[tuple[Assumption, Kept]]:
    letters = Letters(mapping.abstract)
    assumed = model_fairness(mapping.abstract, letters)
    marks = Marks(mapping, letters)
    for assumption in assumed:
        yield assumption, _of(assumption, Seen(marks, assumption.constraint.mark))


def _of(assumption: Assumption, seen: Seen) -> Kept:
    step, whose = taken(where=seen.taken), f" of {seen.marks.mapping.abstract.name}"
    title, kind = assumption.title + whose, assumption.kind + whose
    if assumption.constraint.strength == "weak":
        said = infinitely_often(any_of(now(seen.disabled), step))
        return Kept(title, kind, ~now(seen.disabled), said)
    said = implies(infinitely_often(seen.enabled), infinitely_often(step))
    return Kept(title, kind, now(seen.enabled), said)


def as_temporal(mapping: Mapping) -> Temporal | None:
    """The fairness of a refinement as a temporal property of its name; None where there is none to keep."""
    kept = () if mapping.refinement.steps_only else tuple(one for _, one in _kept(mapping))
    if not kept:
        return None

    def keeps_fairness(_: Model[Any]) -> Formula[Any]:
        return all_of(*kept)

    return Temporal(mapping.name, keeps_fairness, (), mapping.refinement.doc)


def fairness_of(mappings: Sequence[Mapping]) -> tuple[Temporal, ...]:
    """What the refinements of a run ask of its fair behaviours."""
    return tuple(made for made in map(as_temporal, mappings) if made is not None)


def without_fairness(
    declaration: Declaration, chosen: Sequence[Refinement]
) -> tuple[tuple[Refinement, ...], tuple[str, ...]]:
    """The parts of refinements that are about initial states and steps, and remarks on what that leaves out.

    Nothing is left out of one whose abstract model has no fairness.
    """
    parts: list[Refinement] = []
    notes: list[str] = []
    for one in chosen:
        mapping = Mapping(declaration, one, abstract_of(declaration, one))
        if one.steps_only or not fairness_formulas(mapping):
            parts.append(one)
            continue
        parts.append(one.steps)
        notes.append(
            f"left out: `{one.name}{FAIRNESS}`, that the fairness of {mapping.abstract.name} is kept; with "
            "--compact no graph of states is there."
        )
    return tuple(parts), tuple(notes)
