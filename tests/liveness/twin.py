"""A second checker of temporal properties, for models of a few states: the definition, and a textbook.

It knows formulas as data and runs the model's own functions; nothing of it comes from the checker's search
for lassos.  A behaviour is a sequence of positions, each a state with the step that is taken there, or with
none for ever after.  `Lasso` asks the definition of linear temporal logic of one ultimately periodic
behaviour; `tests.liveness.tableau` asks it of all.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from itertools import product
from typing import Any

from attrs import frozen

from checker.lang.declarations import Declaration
from checker.lang.temporal import (
    Always,
    Conjunction,
    Disjunction,
    Enabled,
    Eventually,
    Fair,
    Formula,
    Implication,
    LeadsTo,
    Negation,
    NextState,
    Now,
    Pattern,
    Taken,
    Until,
    conjuncts,
)
from checker.reference.system import ReferenceSystem

State = Any


@frozen
class Step:
    """A step that changes the state; one that is not `inside` leaves the bounds, so none can take it."""

    before: State
    action: str
    arguments: tuple[tuple[str, Any], ...]
    after: State
    inside: bool = True


Position = tuple[State, Step | None]
"""A state, and the step that is taken there; None: the behaviour has stopped."""


@frozen
class Graph:
    """All behaviours of a model: where they begin, and the steps out of each state, nearest states first."""

    initial: tuple[State, ...]
    steps: dict[State, tuple[Step, ...]]

    def follows(self, position: Position) -> list[Position]:
        """The positions that may come next."""
        step = position[1]
        return [position] if step is None else self.positions(step.after)

    def positions(self, state: State) -> list[Position]:
        """What a behaviour may do in a state."""
        return [(state, None), *((state, step) for step in self.steps[state] if step.inside)]

    def can(self, steps: Taken[Any], state: State) -> bool:
        """Whether one of some steps is enabled."""
        return any(matches(steps, step) for step in self.steps[state])


def graph_of(declaration: Declaration) -> Graph:
    """The behaviours of a model, by its own functions."""
    system = ReferenceSystem(declaration)
    names = [action.name for action in declaration.actions]
    initial = tuple(dict.fromkeys(state for state in system.initial() if system.inside(state)))
    steps: dict[State, tuple[Step, ...]] = {}
    waiting = list(initial)
    while waiting:
        state = waiting.pop(0)
        if state in steps:
            continue
        found = []
        for action, arguments, after in system.successors(state):
            if after != state:
                named = tuple(zip(system.parameter_names[action], arguments, strict=True))
                inside = system.fault(after, state) is None and system.inside(after)
                found.append(Step(state, names[action], named, after, inside))
        steps[state] = tuple(dict.fromkeys(found))
        waiting += [step.after for step in found if step.inside]
    return Graph(initial, steps)


def matches(steps: Taken[Any], step: Step) -> bool:
    """Whether a step is one of some steps."""
    return any(_is_one(pattern, step) for pattern in steps.patterns)


def _is_one(pattern: Pattern, step: Step) -> bool:
    given = dict(step.arguments)
    if pattern.action not in (None, step.action):
        return False
    fixed = {**dict(zip(given, pattern.positional, strict=False)), **dict(pattern.arguments)}
    if any(given[name] != value for name, value in fixed.items()):
        return False
    if pattern.where is None:
        return True
    names = list(inspect.signature(pattern.where).parameters)[1:]
    if "after" in names and not step.inside:
        return True
    return pattern.where(step.before, **{name: {"after": step.after, **given}[name] for name in names})


def fairness_of(declaration: Declaration) -> list[Fair[Any]]:
    """What a model assumes of its behaviours."""
    found: list[Fair[Any]] = []
    for action in declaration.actions:
        types = {parameter.name: parameter.type for parameter in action.parameters}
        for values in product(*(list(types[name].members()) for name in action.per)):
            if action.fair is not None:
                pattern = Pattern(action.name, tuple(zip(action.per, values, strict=True)))
                found.append(Fair(action.fair, Taken((pattern,))))
    for method in declaration.fairness:
        formula = method.function(declaration.model)
        found += [part for part in conjuncts(formula) if isinstance(part, Fair)]
    return found


# -- one behaviour, by the definition -------------------------------------------------------------


@frozen
class Lasso:
    """A behaviour: some positions, of which those from `loop` on come again and again."""

    graph: Graph
    positions: tuple[Position, ...]
    loop: int

    def is_fair(self, fair: Fair[Any]) -> bool:
        """Whether it satisfies an assumption."""
        around = self.positions[self.loop :]
        taken = any(step is not None and matches(fair.steps, step) for _, step in around)
        enabled = [self.graph.can(fair.steps, state) for state, _ in around]
        return taken or not (all(enabled) if fair.strength == "weak" else any(enabled))

    def future(self, at: int) -> list[int]:
        """The positions from one on, up to the first that repeats."""
        last = len(self.positions)
        return [*range(at, last), *range(self.loop, min(at, last))]

    def true(self, formula: Formula[Any], at: int = 0) -> bool:
        """Whether a formula is true at a position."""
        state, step = self.positions[at]
        match formula:
            case Now(predicate):
                return predicate(state)
            case Taken():
                return step is not None and matches(formula, step)
            case Enabled(steps):
                return self.graph.can(steps, state)
            case Negation(inner):
                return not self.true(inner, at)
            case Conjunction(parts):
                return all(self.true(part, at) for part in parts)
            case Disjunction(parts):
                return any(self.true(part, at) for part in parts)
            case Implication(premise, conclusion):
                return not self.true(premise, at) or self.true(conclusion, at)
            case NextState(inner):
                return self.true(inner, at + 1 if at + 1 < len(self.positions) else self.loop)
            case Always(inner):
                return all(self.true(inner, later) for later in self.future(at))
            case Eventually(inner):
                return any(self.true(inner, later) for later in self.future(at))
            case Until(meanwhile, goal, weak):
                for later in self.future(at):
                    if self.true(goal, later):
                        return True
                    if not self.true(meanwhile, later):
                        return False
                return weak
            case LeadsTo(cause, effect):
                causes = [later for later in self.future(at) if self.true(cause, later)]
                return all(any(self.true(effect, then) for then in self.future(c)) for c in causes)
            case Fair():
                return self.is_fair(formula)
        raise AssertionError(formula)


def lassos(graph: Graph, longest: int) -> Iterator[Lasso]:
    """All lassos with so many positions at most."""
    waiting: list[list[Position]] = [[p] for state in graph.initial for p in graph.positions(state)]
    while waiting:
        path = waiting.pop(0)
        follows = graph.follows(path[-1])
        yield from (Lasso(graph, tuple(path), place) for place, p in enumerate(path) if p in follows)
        if len(path) < longest and path[-1][1] is not None:
            waiting += [[*path, later] for later in follows]
