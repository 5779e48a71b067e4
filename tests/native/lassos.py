"""Made-up graphs for the search for lassos, and the definition of a right answer.

Formulas are evaluated position by position on the lasso, from the definition of linear temporal logic:
no automaton, no product, no component.
"""

from __future__ import annotations

import ctypes
import random
from collections.abc import Callable, Sequence
from ctypes import POINTER, c_uint32, c_uint64
from typing import Any

from checker.liveness.automaton import Automaton
from checker.liveness.graph import Constraint, Path, Source
from checker.liveness.listed import ListedGraph
from checker.liveness.normal import (
    FALSE,
    TRUE,
    Bit,
    Both,
    Either,
    Next,
    Normal,
    Release,
    StrongUntil,
    both,
    either,
    release,
    until,
)
from checker.native.cycles.search import find
from checker.native.cycles.view import GraphView

PLENTY = 1 << 30

Steps = Sequence[Sequence[tuple[int, int]]]
"""Of each state: the next ones, and the marks of the steps."""


def nothing() -> None:
    """Polls nothing."""


def graph(
    steps: Steps,
    *,
    atoms: Sequence[int] | None = None,
    enabled: Sequence[int] | None = None,
    initial: Sequence[int] = (0,),
) -> ListedGraph:
    """A graph in lists; what is not given as enabled is what the steps bear."""
    source = Source(None, None, (), None, nothing)  # type: ignore[arg-type]  # no model made it
    offered = [0 for _ in steps]
    for number, leaving in enumerate(steps):
        for _, marks in leaving:
            offered[number] |= marks
    return ListedGraph(
        source,
        list(initial),
        list(atoms or [0] * len(steps)),
        list(enabled or offered),
        [tuple(leaving) for leaving in steps],
    )


def view(listed: ListedGraph, *, atom_words: int = 1, mark_words: int = 1) -> GraphView:
    """The same graph as arrays."""
    states: dict[tuple[int, int], int] = {}
    marks: dict[int, int] = {}
    offsets, targets, labels = [0], [], []
    for leaving in listed.steps:
        targets += [target for target, _ in leaving]
        labels += [marks.setdefault(taken, len(marks)) for _, taken in leaving]
        offsets.append(len(targets))
    letters = zip(listed.atoms, listed.enabled, strict=True)
    of_state = [states.setdefault(letter, len(states)) for letter in letters]
    rows = [word for atoms, on in states for word in (*_words(atoms, atom_words), *_words(on, mark_words))]
    return GraphView(
        len(listed.atoms), len(targets), len(listed.initial), len(states), len(marks), atom_words, mark_words,
        array(c_uint64, offsets), array(c_uint32, targets), array(c_uint32, labels), array(c_uint32, of_state),
        array(c_uint32, listed.initial), array(c_uint64, rows),
        array(c_uint64, [word for taken in marks for word in _words(taken, mark_words)]),
    )  # fmt: skip


def array(kind: Any, items: Sequence[int]) -> Any:
    """A C array of numbers."""
    return ctypes.cast((kind * max(1, len(items)))(*items), POINTER(kind))


def _words(bits: int, words: int) -> list[int]:
    assert bits >> (64 * words) == 0
    return [bits >> (64 * place) & (1 << 64) - 1 for place in range(words)]


def search(
    listed: ListedGraph, automaton: Automaton, fair: Sequence[Constraint] = (), *, mark_words: int = 1
) -> Path | None:
    """What the search in C finds in a graph of lists."""
    made = view(listed, mark_words=mark_words)
    return find(made, automaton, fair, memory_bytes=PLENTY, poll=nothing)


# -- the definition -------------------------------------------------------------------------------


def wrong(path: Path, listed: ListedGraph, formula: Normal | None, fair: Sequence[Constraint]) -> str:
    """What is wrong with a path, by the definitions; nothing where it is a fair lasso of the formula."""
    if path.states[0] not in listed.initial:
        return "it does not begin in an initial state"
    if len(path.marks) != len(path.states) - 1 or not 0 <= path.loop < len(path.states):
        return "its parts do not fit together"
    for before, taken, after in zip(path.states, path.marks, path.states[1:], strict=False):
        if (after, taken) not in listed.steps[before]:
            return f"there is no step from {before} to {after} with marks {taken:b}"
    if not path.stops and path.states[path.loop] != path.states[-1]:
        return "its loop does not close"
    lasso = _Lasso(path, listed)
    if formula is not None and not lasso.true(formula)[0]:
        return "the formula is false of it"
    return next((f"it is unfair: {one}" for one in fair if not lasso.fair(one)), "")


class _Lasso:
    """The letters of a path, position by position, and where it goes on."""

    def __init__(self, path: Path, listed: ListedGraph) -> None:
        places = len(path.states) if path.stops else len(path.states) - 1
        states = path.states[:places]
        self.letters = {
            "atom": [listed.atoms[state] for state in states],
            "enabled": [listed.enabled[state] for state in states],
            "taken": [*path.marks, 0][:places],
        }
        self.after = [*range(1, places), path.loop]
        self.round = range(path.loop, places)

    def fair(self, one: Constraint) -> bool:
        """Whether the round is fair."""
        on = [self.letters["enabled"][place] >> one.mark & 1 for place in self.round]
        taken = any(self.letters["taken"][place] >> one.mark & 1 for place in self.round)
        return taken or not (all(on) if one.strength == "weak" else any(on))

    def true(self, formula: Normal) -> list[bool]:
        """Where a formula is true."""
        places = range(len(self.after))
        match formula:
            case Bit(kind, number, positive):
                return [(self.letters[kind][place] >> number & 1) == positive for place in places]
            case Both(parts):
                found = [self.true(part) for part in parts]
                return [all(one[place] for one in found) for place in places]
            case Either(parts):
                found = [self.true(part) for part in parts]
                return [any(one[place] for one in found) for place in places]
            case Next(operand):
                inner = self.true(operand)
                return [inner[self.after[place]] for place in places]
            case StrongUntil(meanwhile, goal):
                left, right = self.true(meanwhile), self.true(goal)
                return self._fixpoint(False, lambda place, later: right[place] or (left[place] and later))
            case Release(releasing, goal):
                left, right = self.true(releasing), self.true(goal)
                return self._fixpoint(True, lambda place, later: right[place] and (left[place] or later))
        raise AssertionError(formula)

    def _fixpoint(self, begun: bool, rule: Callable[[int, bool], bool]) -> list[bool]:
        value = [begun] * len(self.after)
        for _ in value:
            value = [rule(place, value[self.after[place]]) for place in range(len(value))]
        return value


# -- chance ---------------------------------------------------------------------------------------


def random_graph(chance: random.Random, states: int, *, marks: int = 3) -> ListedGraph:
    """A graph with random steps; some marks are enabled though no step bears them."""
    steps = []
    likely = [chance.choice((0.1, 0.3, 0.5, 1.0)) for _ in range(marks)]
    for state in range(states):
        others = [other for other in range(states) if other != state]
        count = min(chance.choice((0, 1, 1, 2, 2, 3)), 3 if others else 0)
        found = {(chance.choice(others), _bits(chance, likely)) for _ in range(count)}
        steps.append(sorted(found))
    enabled = []
    for leaving in steps:
        on = _bits(chance, [0.1] * marks)
        for _, taken in leaving:
            on |= taken
        enabled.append(on)
    initial = sorted({chance.randrange(states) for _ in range(chance.choice((1, 1, 2)))})
    atoms = [_bits(chance, [0.5, 0.5]) for _ in steps]
    return graph(steps, atoms=atoms, enabled=enabled, initial=initial)


def _bits(chance: random.Random, likely: Sequence[float]) -> int:
    return sum((chance.random() < one) << place for place, one in enumerate(likely))


def random_formula(chance: random.Random, depth: int) -> Normal:
    """A formula over two atoms and three marks."""
    if depth == 0 or chance.random() < 0.1:
        kind = chance.choice(("atom", "atom", "enabled", "taken"))
        return Bit(kind, chance.randrange(2), chance.random() < 0.5)  # type: ignore[arg-type]
    left, right = (random_formula(chance, depth - 1) for _ in range(2))
    make: Callable[[], Normal] = chance.choice(
        (
            lambda: both(left, right),
            lambda: either(left, right),
            lambda: until(left, right),
            lambda: release(left, right),
            lambda: until(TRUE, left),
            lambda: release(FALSE, left),
            lambda: release(FALSE, until(TRUE, left)),
            lambda: Next(left),
        )
    )
    return make()


def random_fairness(chance: random.Random, *, marks: int = 3) -> list[Constraint]:
    """Up to four constraints."""
    return [
        Constraint(chance.choice(("weak", "strong")), chance.randrange(marks))
        for _ in range(chance.choice((0, 1, 2, 2, 3, 4)))
    ]
