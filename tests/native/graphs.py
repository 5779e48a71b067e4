"""The graph of a native search beside the one that CPython makes of the same states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from attrs import frozen

from checker.engines import compiled
from checker.explore.budget import Budget, Meter
from checker.explore.exploration import Exploration
from checker.explore.search import Checks
from checker.lang.declarations import declare
from checker.lang.temporal import taken
from checker.liveness.automaton import Automaton, automaton_of
from checker.liveness.claims import claims_of, model_fairness
from checker.liveness.graph import Constraint, Source
from checker.liveness.letters import Letters
from checker.liveness.listed import ListedGraph, listed_graph
from checker.native.engine import NativeSearch, Request
from checker.native.graph import Making, NativeGraph, native_graph
from checker.native.host import Host
from checker.native.library import Running
from checker.native.model import NativeModel, NativeSymmetry
from checker.reference.system import ReferenceSystem
from checker.symmetry.reduction import reduction_of

Choose = Callable[[Any, Letters], None]
"""Adds letters for a model."""


Question = tuple[Automaton, tuple[Constraint, ...]]
"""A lasso to be found: what accepts it, and to what it is fair."""


@frozen
class Drawn:
    """A graph as plain lists: of each state its atoms, its enabled marks, its steps; and the first ones."""

    states: list[Any]
    atoms: list[int]
    enabled: list[int]
    steps: list[list[tuple[int, int]]]
    initial: list[int]
    ever: tuple[int, int]


@frozen
class Compared:
    """What one search has given: the graph as generated code and as CPython make it."""

    native: Drawn
    python: Drawn
    escapes: int
    arrays: tuple[Any, ...]
    words: list[tuple[int, ...]]
    found: Exploration

    @property
    def sorted(self) -> bool:
        """Whether the edges of each state are in the order of targets and labels, each once."""
        _, offsets, targets, labels, *_ = self.arrays
        edges = list(zip(targets, labels, strict=True))
        parts = [edges[a:b] for a, b in pairwise(offsets)]
        return all(part == sorted(set(part)) for part in parts)


def letters_of(model: Any, choose: Choose) -> Letters:
    """The letters of a model: those that it declares, and some more."""
    declaration = declare(model)
    letters = Letters(declaration)
    fairness = model_fairness(declaration, letters)
    for prop in declaration.temporal:
        claims_of(declaration, prop, letters, fairness)
    choose(model, letters)
    return letters


def questions_of(letters: Letters) -> list[Question]:
    """What refutes the temporal properties that a model declares, under its fairness and without."""
    fairness = model_fairness(letters.declaration, letters)
    found: list[Question] = []
    for prop in letters.declaration.temporal:
        for claim in claims_of(letters.declaration, prop, letters, fairness):
            automaton = automaton_of(claim.counter)
            found += [(automaton, claim.constraints), (automaton, ())]
    return found


def everything(model: Any, letters: Letters) -> None:
    """A letter of each kind for whatever a model declares."""
    for prop in letters.declaration.properties:
        if prop.kind != "step":
            letters.atom(getattr(model, prop.name))
    for action in letters.declaration.actions:
        function = getattr(model, action.name)
        for parameter in action.parameters[:1]:
            for value in _some(parameter.type):
                letters.mark(taken(function, **{parameter.name: value}))
                letters.mark(taken(function, value) | taken(where=lambda s, after: after != s))
    letters.mark(taken(where=lambda s, after: s == after))


def _some(kind: Any) -> Sequence[Any]:
    return [value for value, _ in zip(kind.members(), range(2), strict=False)]


def symmetric(model: Any, letters: Letters) -> None:
    """Letters that name nobody."""
    for prop in letters.declaration.properties:
        if prop.kind != "step":
            letters.atom(getattr(model, prop.name))
    letters.mark(taken(where=lambda s, after: s == after))


def compared(
    model: Any,
    choose: Choose = everything,
    *,
    symmetry: bool = False,
    workers: int = 2,
    budget: Budget | None = None,
    order: Any = "bfs",
    work: Callable[[Making], None] = lambda making: None,
) -> Compared:
    """Search a model and make both graphs of what was stored; ask both for what refutes its properties."""
    letters = letters_of(model, choose)
    declaration = letters.declaration
    questions = questions_of(letters)
    system, meter = ReferenceSystem(declaration), Meter(budget or Budget())
    reduction = reduction_of(declaration, system, [], [])[0] if symmetry else None
    library = compiled(declaration, reduction.group.sorts if reduction else (), letters)
    kept: list[Any] = []

    def after(found: Exploration, running: Running, host: Host) -> None:
        making = Making(running, host, letters, Meter(Budget()), workers, symmetry)
        work(making)
        kept.append(_both(library, making, reduction, found, questions))

    request = Request(order, workers, keep_going=True)
    NativeSearch(library, system, Checks(), meter, request, reduction, after).run()
    return kept[0]  # type: ignore[no-any-return]


def _both(
    library: NativeModel, making: Making, reduction: Any, found: Exploration, questions: Sequence[Question]
) -> Compared:
    graph = native_graph(making)
    numbers = range(graph.states)
    states = [graph.state(number) for number in numbers]
    native = Drawn(
        states,
        [graph.letter(number)[0] for number in numbers],
        [graph.letter(number)[1] for number in numbers],
        [sorted(graph.steps(number)) for number in numbers],
        graph.initial(),
        graph.ever(),
    )
    moved = NativeSymmetry(library, reduction) if reduction else None
    declaration = making.letters.declaration
    source = Source(ReferenceSystem(declaration), making.letters, states, moved, lambda: None)
    listed = listed_graph(source)
    python = Drawn(
        states,
        listed.atoms,
        listed.enabled,
        [sorted(steps) for steps in listed.steps],
        sorted(listed.initial),
        listed.ever(),
    )
    escapes = graph.escapes
    for automaton, fair in questions:
        _same_answer(graph, listed, automaton, fair)
    arrays, words = _arrays(graph), [graph.words(number) for number in numbers]
    graph.close()
    return Compared(native, python, escapes, arrays, words, found)


def _same_answer(graph: NativeGraph, listed: ListedGraph, automaton: Automaton, fair: Any) -> None:
    """Both searches find a lasso or neither does; that of C is a way through CPython's graph."""
    path = graph.find(automaton, fair)
    assert (path is None) == (listed.find(automaton, fair) is None)
    if path is not None:
        assert path.states[0] in listed.initial
        steps = zip(path.states, path.marks, path.states[1:], strict=False)
        assert all((after, marks) in listed.steps[before] for before, marks, after in steps)


def _arrays(graph: Any) -> tuple[Any, ...]:
    """Everything that C shows of a graph."""
    view = graph.view
    width = view.atom_words + view.mark_words
    return (
        [view.states, view.edges, view.initial_count, view.state_labels, view.step_labels],
        view.offsets[: view.states + 1],
        view.targets[: view.edges],
        view.step_label[: view.edges],
        view.state_label[: view.states],
        view.initial[: view.initial_count],
        view.state_bits[: view.state_labels * width],
        view.step_bits[: view.step_labels * view.mark_words],
    )
