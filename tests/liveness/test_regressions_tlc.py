"""Mistakes that TLC made in liveness, and still makes with symmetry, each as a small model that would show it here.

Every model is our own; what went wrong is told in the tests' docstrings.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import pytest

from checker.lang import (
    Between,
    Formula,
    Map,
    Model,
    Size,
    Sort,
    action,
    always,
    eventually,
    eventually_always,
    evolve,
    frozen,
    implies,
    infinitely_often,
    initial,
    leads_to,
    now,
    taken,
    temporal,
    weakly_fair,
)
from checker.lang.declarations import declare
from tests.liveness.engines import ENGINES, lasso_of, run, verdicts
from tests.liveness.engines import temporal as judged
from tests.liveness.tableau import verdicts as twin_verdicts
from tests.liveness.twin import graph_of

each_engine = pytest.mark.parametrize("engine", ENGINES)


@frozen
class Tick:
    """A number."""

    x: Annotated[int, Between(0, 3)]


# -- TLC, issues 971, 201, 604 ---------------------------------------------------------------------


@frozen
class Lamp:
    """On or off."""

    on: bool


@frozen
class Switch(Model[Lamp]):
    """Anybody may switch at any time."""

    @initial
    def dark(self) -> Lamp:
        return Lamp(False)

    @action
    def set_to(self, s: Lamp, on: bool) -> Lamp:
        return Lamp(on)

    @temporal
    def lit_at_most_once(self) -> Formula[Lamp]:
        off_for_good = always(lambda s: not s.on)
        return always(implies(lambda s: s.on, always(implies(lambda s: not s.on, off_for_good))))

    @temporal
    def lit_again_and_again(self) -> Formula[Lamp]:
        return infinitely_often(lambda s: s.on)

    @temporal
    def lit_or_dark(self) -> Formula[Lamp]:
        return always(now(lambda s: s.on) | (lambda s: not s.on))


TEAMS = [
    (engine, workers) for engine in ENGINES for workers in ((None,) if engine == "python" else (1, 2, 3))
]


@pytest.mark.parametrize(("engine", "workers"), TEAMS)
def test_tlc_971_several_workers_miss_no_violation(engine: str, workers: int | None) -> None:
    """Two states that lead to each other: whoever explores which first, the loop between them is there."""
    expected = {"lit_at_most_once": False, "lit_again_and_again": False, "lit_or_dark": True}
    assert verdicts(Switch(), engine, workers=workers) == expected


@frozen
class BothWays(Model[Tick]):
    """One action turns the ring, the other leads anywhere, so also back."""

    @initial
    def zero(self) -> Tick:
        return Tick(0)

    @action(fair="weak")
    def turn(self, s: Tick) -> Tick | None:
        return Tick((s.x + 1) % 3)

    @action
    def leap(self, s: Tick, to: Annotated[int, Between(0, 2)]) -> Tick | None:
        return Tick(to)

    @temporal
    def is_fair(self) -> Formula[Tick]:
        return weakly_fair(self.turn)

    @temporal
    def turns_for_ever(self) -> Formula[Tick]:
        return infinitely_often(taken(self.turn))

    @temporal
    def leaps_for_ever(self) -> Formula[Tick]:
        return infinitely_often(taken(self.leap))


@each_engine
def test_tlc_201_steps_are_told_apart_from_their_reverse(engine: str) -> None:
    """Fairness that is assumed holds, though the loop could be had from edges of another component's way."""
    assert verdicts(BothWays(), engine) == {"is_fair": True, "turns_for_ever": True, "leaps_for_ever": False}


@frozen
class Constant(Model[Tick]):
    """Formulas whose parts are always true, or never."""

    @initial
    def zero(self) -> Tick:
        return Tick(0)

    @action(fair="weak")
    def leap(self, s: Tick, to: Annotated[int, Between(0, 3)]) -> Tick | None:
        return Tick(to)

    @temporal
    def eventually_true(self) -> Formula[Tick]:
        return eventually(lambda s: True)

    @temporal
    def eventually_false(self) -> Formula[Tick]:
        return eventually(lambda s: False)

    @temporal
    def stays_true(self) -> Formula[Tick]:
        return eventually_always(lambda s: True)

    @temporal
    def false_leads_anywhere(self) -> Formula[Tick]:
        return leads_to(lambda s: False, lambda s: s.x > 3)

    @temporal
    def always_false_leads_anywhere(self) -> Formula[Tick]:
        return always(leads_to(lambda s: False, lambda s: s.x > 3))

    @temporal
    def true_leads_nowhere(self) -> Formula[Tick]:
        return leads_to(lambda s: True, lambda s: False)


@each_engine
def test_tlc_604_constant_parts_make_no_violation_and_hide_none(engine: str) -> None:
    """A formula of constants is judged like any other."""
    assert verdicts(Constant(), engine) == {
        "eventually_true": True,
        "eventually_false": False,
        "stays_true": True,
        "false_leads_anywhere": True,
        "always_false_leads_anywhere": True,
        "true_leads_nowhere": False,
    }


# -- TLC, issues 59, 644, 816: symmetry ------------------------------------------------------------


class Node(Sort, label="n"):
    """Who takes part."""


class Word(Sort, label="w"):
    """What is said."""


@frozen
class Air:
    """What was said, and who heard what."""

    said: Word | None
    heard: Map[Node, Word | None]


@frozen
class Broadcast(Model[Air]):
    """One word is said, and everybody hears it in the end."""

    nodes: Size[Node] = 2
    words: Size[Word] = 2

    @initial
    def silence(self) -> Air:
        return Air(None, Map.fill(self.every(Node), None))

    @action
    def say(self, s: Air, word: Word) -> Air | None:
        return evolve(s, said=word) if s.said is None else None

    @action(fair="weak")
    def hear(self, s: Air, node: Node, word: Word) -> Air | None:
        if s.said != word or s.heard[node] is not None:
            return None
        return evolve(s, heard=s.heard.set(node, word))

    @temporal
    def what_is_said_is_heard(self) -> Formula[Air]:
        return leads_to(lambda s: s.said is not None, lambda s: all(w == s.said for w in s.heard.values()))

    @temporal
    def something_is_said(self) -> Formula[Air]:
        return eventually(lambda s: s.said is not None)


@each_engine
@pytest.mark.parametrize("symmetry", [False, True])
def test_tlc_644_symmetry_invents_no_violation(engine: str, symmetry: bool) -> None:
    """Exchanged words and nodes make no behaviour in which somebody never hears."""
    result = run(Broadcast(), engine, symmetry=symmetry)
    assert (result.symmetry is not None) == symmetry
    assert verdicts(Broadcast(), engine, symmetry=symmetry) == {
        "what_is_said_is_heard": True,
        "something_is_said": False,
    }


class Lit(Enum):
    """The state of a node."""

    COLD = 0
    HOT = 1


@frozen
class Fire:
    """Who is hot; one after the other becomes it."""

    at: Map[Node, Lit]


@frozen
class Juggling(Model[Fire]):
    """One node is hot, and hands that on: in one orbit, by steps that lead from it to itself."""

    nodes: Size[Node] = 3

    @initial
    def somebody(self, first: Node) -> Fire:
        return Fire(Map.fill(self.every(Node), Lit.COLD).set(first, Lit.HOT))

    @action(fair="weak")
    def hand_on(self, s: Fire, node: Node, other: Node) -> Fire | None:
        if s.at[node] is not Lit.HOT or node == other:
            return None
        return Fire(s.at.set(node, Lit.COLD).set(other, Lit.HOT))

    @temporal
    def it_moves_for_ever(self) -> Formula[Fire]:
        return infinitely_often(taken(self.hand_on))

    @temporal
    def it_comes_to_rest(self) -> Formula[Fire]:
        return eventually_always(~taken(self.hand_on))


@frozen
class Watched(Juggling):
    """The same; somebody in particular is waited for."""

    @temporal
    def everybody_is_hot_at_times(self, node: Node) -> Formula[Fire]:
        return infinitely_often(lambda s: s.at[node] is Lit.HOT)


@each_engine
def test_tlc_59_symmetry_hides_no_violation(engine: str) -> None:
    """Two nodes may hand on between them for ever, and the third waits: it must not be taken for either."""
    expected = {"it_moves_for_ever": True, "it_comes_to_rest": False}
    assert verdicts(Juggling(), engine) == expected
    result = run(Watched(), engine)
    assert verdicts(Watched(), engine) == {**expected, "everybody_is_hot_at_times": False}
    assert result.symmetry is None


@each_engine
def test_tlc_816_a_lasso_under_symmetry_has_no_step_that_cannot_be(engine: str) -> None:
    """Every step that is shown is one of the model without symmetry, and the loop closes on a state."""
    result = run(Juggling(), engine)
    assert result.symmetry is not None
    graph = graph_of(declare(Juggling()))
    lasso = lasso_of(graph, judged(result)["it_comes_to_rest"])
    assert not lasso.true(Juggling().it_comes_to_rest())
    assert len(lasso.positions) - lasso.loop >= 2


MODELS = (Switch(), BothWays(), Constant(), Broadcast(), Juggling(), Watched())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_the_twin_says_the_same_of_these_models(model: Model[object]) -> None:
    """What these tests expect was not only thought out: the tableau says it too."""
    assert verdicts(model) == twin_verdicts(model)
