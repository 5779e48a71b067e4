"""Whether any behaviour of a small model refutes a formula: exact both ways, and naive.

A tableau of the formula guesses at each position what is true from the next one on (Lichtenstein and Pnueli
1985; Clarke, Grumberg and Hamaguchi 1994), and a fixpoint looks for a fair path through it (Emerson and Lei
1986).  A position and what is true after it say what is true at it, so guesses are judged backwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any

from attrs import frozen

from checker.lang.declarations import declare
from checker.lang.model import Model
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
    Taken,
    Until,
)
from tests.liveness.twin import Graph, fairness_of, graph_of, matches

Node = tuple[int, int]
"""A position's number, and a guess: which of the tableau's formulas are true at the next position."""


@frozen
class Condition:
    """Where a path stays in the end, and where it is again and again: sets of position numbers."""

    stays: frozenset[int]
    again: tuple[frozenset[int], ...] = ()


def refuted(graph: Graph, formula: Formula[Any], fairness: Iterable[Fair[Any]]) -> bool:
    """Whether some fair behaviour makes a formula false."""
    guessed = list(dict.fromkeys(part for part in subformulas(formula) if isinstance(part, Fair)))
    for truth in product((False, True), repeat=len(guessed)):
        tableau = _Tableau(graph, formula, dict(zip(guessed, truth, strict=True)))
        wanted = [*((fair, True) for fair in fairness), *zip(guessed, truth, strict=True)]
        for conditions in product(*(tableau.conditions(fair, true) for fair, true in wanted)):
            if tableau.has_path(conditions):
                return True
    return False


def subformulas(formula: Formula[Any]) -> Iterator[Formula[Any]]:
    """A formula's parts, itself last."""
    match formula:
        case Negation(inner) | NextState(inner) | Always(inner) | Eventually(inner):
            yield from subformulas(inner)
        case Conjunction(parts) | Disjunction(parts):
            for part in parts:
                yield from subformulas(part)
        case Implication(left, right) | Until(left, right, _) | LeadsTo(left, right):
            yield from subformulas(left)
            yield from subformulas(right)
    yield formula


def guesses(formula: Formula[Any]) -> int:
    """How many formulas a tableau has to guess: it has two to this power of nodes for each position."""
    return len(_guessed(formula))


def _guessed(formula: Formula[Any]) -> list[Formula[Any]]:
    """What has to be guessed of the next position."""
    found: dict[Formula[Any], None] = {}
    for part in subformulas(formula):
        match part:
            case NextState(inner):
                found[inner] = None
            case Always() | Eventually() | Until():
                found[part] = None
            case LeadsTo(_, effect):
                found[Eventually(effect)] = None
                found[part] = None
    return list(found)


class _Tableau:
    """The product of a graph with the tableau of a formula; sets of guesses are the bits of a number."""

    def __init__(self, graph: Graph, formula: Formula[Any], fair: dict[Fair[Any], bool]) -> None:
        self.graph = graph
        self.fair = fair
        self.positions = [p for state in graph.steps for p in graph.positions(state)]
        numbers = {position: number for number, position in enumerate(self.positions)}
        self.after = [[numbers[p] for p in graph.follows(position)] for position in self.positions]
        self.guessed = _guessed(formula)
        self.all = (1 << (1 << len(self.guessed))) - 1
        self._truth: dict[tuple[Formula[Any], int], int] = {}
        self._sources: dict[int, dict[int, list[int]]] = {}
        self.arcs: dict[Node, list[Node]] = {}
        begins = [numbers[p] for state in graph.initial for p in graph.positions(state)]
        self._explore([(k, g) for k in begins for g in _bits(self.all & ~self.truth(formula, k))])
        self.promises = [self._kept(one) for one in self.guessed]

    # -- what is true where --

    def guess(self, formula: Formula[Any]) -> int:
        """The guesses by which a formula is true at the next position."""
        place = self.guessed.index(formula)
        return sum(1 << guess for guess in range(1 << len(self.guessed)) if guess >> place & 1)

    def truth(self, formula: Formula[Any], position: int) -> int:
        """The guesses with which a formula is true at a position."""
        key = formula, position
        if key not in self._truth:
            self._truth[key] = self._true(formula, position)
        return self._truth[key]

    def _true(self, formula: Formula[Any], k: int) -> int:
        state, step = self.positions[k]
        match formula:
            case Now(predicate):
                return self.all if predicate(state) else 0
            case Taken():
                return self.all if step is not None and matches(formula, step) else 0
            case Enabled(steps):
                return self.all if self.graph.can(steps, state) else 0
            case Fair():
                return self.all if self.fair[formula] else 0
            case Negation(inner):
                return self.all & ~self.truth(inner, k)
            case Conjunction(parts):
                return _fold(lambda a, b: a & b, (self.truth(part, k) for part in parts), self.all)
            case Disjunction(parts):
                return _fold(lambda a, b: a | b, (self.truth(part, k) for part in parts), 0)
            case Implication(premise, conclusion):
                return self.all & ~self.truth(premise, k) | self.truth(conclusion, k)
            case NextState(inner):
                return self.guess(inner)
            case Always(inner):
                return self.truth(inner, k) & self.guess(formula)
            case Eventually(inner):
                return self.truth(inner, k) | self.guess(formula)
            case Until(meanwhile, goal, _):
                return self.truth(goal, k) | self.truth(meanwhile, k) & self.guess(formula)
            case LeadsTo(cause, effect):
                answered = self.all & ~self.truth(cause, k) | self.truth(Eventually(effect), k)
                return answered & self.guess(formula)
        raise AssertionError(formula)

    def _kept(self, formula: Formula[Any]) -> dict[int, int]:
        """For each position, the guesses with which a formula's promise is kept or was not made: one that
        says "at some time", or whose negation does."""

        def at(k: int) -> int:
            true = self.truth(formula, k)
            match formula:
                case Eventually(inner):
                    return ~true | self.truth(inner, k)
                case Always(inner):
                    return true | ~self.truth(inner, k)
                case Until(_, goal, False):
                    return ~true | self.truth(goal, k)
                case Until(meanwhile, goal, True):
                    return true | ~self.truth(meanwhile, k) & ~self.truth(goal, k)
                case LeadsTo(cause, effect):
                    return true | self.truth(cause, k) & ~self.truth(Eventually(effect), k)
            return self.all

        return {k: at(k) for k in range(len(self.positions))}

    # -- the graph --

    def _explore(self, begins: list[Node]) -> None:
        waiting = list(dict.fromkeys(begins))
        while waiting:
            node = waiting.pop()
            if node not in self.arcs:
                self.arcs[node] = [
                    (k, guess) for k in self.after[node[0]] for guess in self._guessing(k).get(node[1], ())
                ]
                waiting += self.arcs[node]

    def _guessing(self, k: int) -> dict[int, list[int]]:
        """What must have been guessed before a position, by what is guessed at it."""
        if k not in self._sources:
            found: dict[int, list[int]] = {}
            for guess in range(1 << len(self.guessed)):
                true = (self.truth(one, k) >> guess & 1 for one in self.guessed)
                found.setdefault(sum(bit << place for place, bit in enumerate(true)), []).append(guess)
            self._sources[k] = found
        return self._sources[k]

    def conditions(self, fair: Fair[Any], true: bool) -> list[Condition]:
        """The ways for fairness to be kept, or not to be."""
        every = range(len(self.positions))
        enabled = frozenset(k for k in every if self.graph.can(fair.steps, self.positions[k][0]))
        taken = frozenset(k for k in every if (s := self.positions[k][1]) and matches(fair.steps, s))
        idle, everywhere = frozenset(every) - enabled, frozenset(every)
        if fair.strength == "weak":
            return [Condition(everywhere, (idle | taken,))] if true else [Condition(enabled - taken)]
        if true:
            return [Condition(idle), Condition(everywhere, (taken,))]
        return [Condition(everywhere - taken, (enabled,))]

    def has_path(self, conditions: Iterable[Condition]) -> bool:
        """Whether a path from the beginning keeps every promise, and all conditions."""
        wanted = list(conditions)
        hull = {node for node in self.arcs if all(node[0] in one.stays for one in wanted)}
        goals: list[Callable[[Node], bool]] = [
            *(lambda n, p=promise: p[n[0]] >> n[1] & 1 for promise in self.promises),  # type: ignore[misc]
            *(lambda n, a=again: n[0] in a for one in wanted for again in one.again),  # type: ignore[misc]
            lambda _: True,
        ]
        while True:
            before = len(hull)
            for goal in goals:
                hull = self._before(self._to({node for node in hull if goal(node)}, hull), hull)
            if len(hull) == before:
                return bool(hull)

    def _to(self, goal: set[Node], within: set[Node]) -> set[Node]:
        """The nodes from which a way within a set leads to a goal."""
        found = set(goal)
        while more := self._before(found, within) - found:
            found |= more
        return found

    def _before(self, targets: set[Node], within: set[Node]) -> set[Node]:
        """The nodes of a set that have an arc to some nodes."""
        return {node for node in within if any(arc in targets for arc in self.arcs[node])}


def _bits(number: int) -> list[int]:
    return [place for place in range(number.bit_length()) if number >> place & 1]


def _fold(join: Callable[[int, int], int], parts: Iterable[int], start: int) -> int:
    for part in parts:
        start = join(start, part)
    return start


def verdicts(model: Model[Any]) -> dict[str, bool]:
    """Whether each temporal property of a model holds."""
    declaration = declare(model)
    graph, fairness = graph_of(declaration), fairness_of(declaration)
    found = {}
    for prop in declaration.temporal:
        values = product(*(list(parameter.type.members()) for parameter in prop.parameters))
        formulas = [prop.function(model, *chosen) for chosen in values]
        found[prop.name] = not any(refuted(graph, formula, fairness) for formula in formulas)
    return found
