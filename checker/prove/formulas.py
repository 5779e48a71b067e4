"""Formulas of many candidates at once: each atom is made once for each state and each choice of variables.

Candidates share their atoms, and a clause adds nothing but one gate to them.  What comes out is what
`Theory.holds` makes of a candidate's predicate, evaluated from left to right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from checker.prove.candidates import Candidate
from checker.prove.lemmas.evaluating import Frame
from checker.prove.lemmas.words import Said
from checker.prove.lemmas.writing import in_order
from checker.prove.theory import Claim, Theory
from checker.symbolic.circuit import FALSE, TRUE, Lit
from checker.symbolic.lifting import lift
from checker.symbolic.values import Truth, Value

Chosen = tuple[tuple[str, Any], ...]
"""Values of variables, with their names."""


class Formulas:
    """Where the conjuncts of a theory hold, and where candidates do."""

    def __init__(self, theory: Theory, found: Iterable[Candidate]) -> None:
        self.theory = theory
        self.circuit = theory.circuit
        self._candidates = {candidate.name: candidate for candidate in found}
        self._known: dict[tuple[str, int], Lit] = {}
        self._literals: dict[tuple[str, int, Chosen], tuple[Lit, Lit]] = {}
        self._choices: dict[Frame, list[Chosen]] = {}
        self._states: dict[int, Value] = {}  # so that no other takes a number that stands for one

    def holds(self, name: str, state: Value) -> Lit:
        """Whether a conjunct over states holds of one, without raising."""
        if name not in self._candidates:
            return self.theory.holds(name, state)
        self._states[id(state)] = state
        key = (name, id(state))
        if key not in self._known:
            candidate = self._candidates[name]
            literals = in_order(candidate.literals)
            choices = self._chosen(candidate.frame)
            self._known[key] = self.circuit.all(
                self._clause(candidate, literals, state, chosen) for chosen in choices
            )
        return self._known[key]

    def here(self, name: str) -> Lit:
        """Whether a conjunct over states holds in the state of the theory."""
        return self.circuit.all(self.holds(name, frame.value) for frame in self.theory.path.frames)

    def preserved(self, name: str, action: str) -> Claim:
        """That an action preserves a conjunct, or that a step of it satisfies one."""
        if name not in self._candidates:
            return self.theory.preserved(name, action)
        step = self.theory.step(action)
        context = (*self.theory.somewhere, step.taken, step.within)
        return Claim(name, action, context, -self.holds(name, step.successor), step)

    def _chosen(self, frame: Frame) -> list[Chosen]:
        """Every choice of values for the variables of a frame."""
        if frame not in self._choices:
            names = [variable.name for variable in frame.variables]
            values = product(*(list(variable.type.members()) for variable in frame.variables))
            self._choices[frame] = [tuple(zip(names, some, strict=True)) for some in values]
        return self._choices[frame]

    def _clause(self, candidate: Candidate, literals: Sequence[Said], state: Value, chosen: Chosen) -> Lit:
        found, going = [], TRUE
        for said in literals:
            holds, stuck = self._literal(candidate, said, state, chosen)
            found.append(self.circuit.both(going, holds))
            going = self.circuit.both(going, -stuck)
        return self.circuit.any(found)

    def _literal(self, candidate: Candidate, said: Said, state: Value, chosen: Chosen) -> tuple[Lit, Lit]:
        """Where a literal holds, and where it raises."""
        used = tuple((name, value) for name, value in chosen if name in said.atom.uses)
        key = (said.source, id(state), used)
        if key not in self._literals:
            types = {variable.name: variable.type for variable in candidate.frame.variables}
            env = {candidate.scope.state.source: state}
            env |= {name: lift(types[name], value) for name, value in used}
            value, stuck = self.theory.model.machine.alone(said.expr, env)
            lit = value.lit if isinstance(value, Truth) else FALSE
            self._literals[key] = (self.circuit.both(lit, -stuck), stuck)
        return self._literals[key]
