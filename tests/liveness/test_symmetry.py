"""Symmetry on against off: the same verdicts, and lassos of real steps wherever orbits were searched."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.lang import (
    Formula,
    Map,
    Model,
    Size,
    Sort,
    action,
    all_of,
    always,
    enabled,
    eventually,
    eventually_always,
    evolve,
    fairness,
    frozen,
    implies,
    infinitely_often,
    initial,
    leads_to,
    strongly_fair,
    taken,
    temporal,
    weakly_fair,
)
from checker.lang.declarations import declare
from tests.liveness.engines import ENGINES, holding, lasso_of, run, shown
from tests.liveness.engines import temporal as judged
from tests.liveness.models.channels import Barrier
from tests.liveness.models.mutex import TestAndSet
from tests.liveness.tableau import refuted
from tests.liveness.twin import fairness_of, graph_of
from tests.symmetry.models import Threads, Web

each_engine = pytest.mark.parametrize("engine", ENGINES)


class Guest(Sort, label="g"):
    """Somebody at a table."""


@frozen
class Round:
    """Who holds the cup, who has drunk, and who sits next to whom."""

    cup: Guest
    drunk: frozenset[Guest]
    after: Map[Guest, Guest]


@frozen
class Cup(Model[Round]):
    """A cup goes round a table.  All states of passing it on are one orbit."""

    guests: Size[Guest] = 3

    @initial
    def seated(self, cup: Guest, after: Map[Guest, Guest]) -> Round | None:
        first = after[cup]
        ring = {cup, first, after[first]}
        if len(ring) < self.guests or after[after[first]] != cup:
            return None
        return Round(cup, frozenset(), after)

    @action(fair="weak")
    def passes(self, s: Round) -> Round:
        return evolve(s, cup=s.after[s.cup])

    @action
    def drinks(self, s: Round) -> Round | None:
        return evolve(s, drunk=s.drunk | {s.cup})

    @temporal
    def it_stays_somewhere(self) -> Formula[Round]:
        return eventually_always(~taken(self.passes))

    @temporal
    def it_is_passed_for_ever(self) -> Formula[Round]:
        return infinitely_often(taken(self.passes))

    @temporal
    def all_drink(self) -> Formula[Round]:
        return implies(strongly_fair(self.drinks), eventually(lambda s: len(s.drunk) == self.guests))

    @temporal
    def all_drink_if_drinking_is_weakly_fair(self) -> Formula[Round]:
        return implies(weakly_fair(self.drinks), eventually(lambda s: len(s.drunk) == self.guests))

    @temporal
    def somebody_new_drinks_where_the_cup_is(self) -> Formula[Round]:
        return leads_to(lambda s: s.cup not in s.drunk, lambda s: s.cup in s.drunk)


@each_engine
def test_a_loop_of_orbits_is_repeated_until_it_is_one_of_states(engine: str) -> None:
    """Passing the cup on leads from the orbit to itself; it is back at the first guest after three steps."""
    result = run(Cup(), engine)
    assert result.symmetry is not None
    assert result.states.distinct < run(Cup(), engine, symmetry=False).states.distinct
    states, loop = shown(judged(result)["it_stays_somewhere"])
    assert (len(states) - 1 - loop, states[-1]) == (3, states[loop])
    assert len({s.cup for s in states[loop:]}) == 3


@each_engine
def test_a_step_within_an_orbit_is_a_step(engine: str) -> None:
    """Passing on changes the state though not its orbit: it is enabled and taken, so no behaviour stops."""
    found = {symmetry: holding(run(Cup(), engine, symmetry=symmetry)) for symmetry in (True, False)}
    assert found[True] == found[False]
    assert found[True] == {
        "it_stays_somewhere": False,
        "it_is_passed_for_ever": True,
        "all_drink": True,
        "all_drink_if_drinking_is_weakly_fair": False,
        "somebody_new_drinks_where_the_cup_is": False,
    }


@frozen
class Named(Cup):
    """The same, and everybody is asked about."""

    @temporal
    def drinks_in_the_end(self, g: Guest) -> Formula[Round]:
        return eventually(lambda s: g in s.drunk)


@frozen
class Favoured(Cup):
    """The same, and one is favoured."""

    @fairness
    def each_keeps_passing(self) -> Formula[Round]:
        return all_of(*(weakly_fair(taken(self.passes, where=self._is(g))) for g in self.every(Guest)))

    def _is(self, g: Guest) -> Any:
        return lambda s: s.cup == g


class Mood(Enum):
    """How somebody feels."""

    CALM = 0
    EAGER = 1


@frozen
class Moods:
    """How everybody feels."""

    mood: Map[Guest, Mood]


@frozen
class PerGuest(Model[Moods]):
    """Fairness of an action for each guest tells guests apart, though no formula does."""

    guests: Size[Guest] = 2

    @initial
    def calm(self) -> Moods:
        return Moods(Map.fill(self.every(Guest), Mood.CALM))

    @action(fair="weak", per="g")
    def changes(self, s: Moods, g: Guest) -> Moods:
        return Moods(s.mood.set(g, Mood.CALM if s.mood[g] is Mood.EAGER else Mood.EAGER))

    @temporal
    def never_all_eager(self) -> Formula[Moods]:
        return always(lambda s: any(m is Mood.CALM for m in s.mood.values()))

    @temporal
    def unrest_for_ever(self) -> Formula[Moods]:
        return infinitely_often(lambda s: any(m is Mood.EAGER for m in s.mood.values()))


@each_engine
@pytest.mark.parametrize("model", [Named(), Favoured(), PerGuest()], ids=lambda model: type(model).__name__)
def test_symmetry_is_off_where_members_are_told_apart_and_a_note_says_so(
    model: Model[Any], engine: str
) -> None:
    """A parameter, a `where` and fairness `per` a member all name members; the verdicts are those without."""
    result = run(model, engine)
    assert result.symmetry is None
    assert [note for note in result.notes if "symmetry" in note.lower()] != []
    assert holding(result) == holding(run(model, engine, symmetry=False))
    graph = graph_of(declare(model))
    for prop in judged(result).values():
        if not prop.holds:
            lasso_of(graph, prop)


@each_engine
@pytest.mark.parametrize("model", [Barrier(), Cup()], ids=lambda model: type(model).__name__)
def test_fairness_of_whole_actions_keeps_symmetry_and_verdicts(model: Model[Any], engine: str) -> None:
    """What speaks of no member is searched by orbits, and comes out as without."""
    result = run(model, engine)
    assert result.symmetry is not None
    assert holding(result) == holding(run(model, engine, symmetry=False))


@pytest.mark.parametrize("model", [Cup(), TestAndSet(), Barrier()], ids=lambda model: type(model).__name__)
@pytest.mark.skipif("native" not in ENGINES, reason="several workers are the native engine's")
def test_any_number_of_workers_finds_the_same_lasso(model: Model[Any]) -> None:
    """Verdicts, lassos and what is said of them are those of one worker."""
    told = []
    for workers in (1, 2, 3):
        result = run(model, "native", workers=workers)
        told.append([(p.name, p.verdict, p.why, p.trace) for p in judged(result).values()])
    assert told[0] == told[1] == told[2]


# -- random models ---------------------------------------------------------------------------------


@frozen
class Asked(Web):
    """A web of peers, and questions that tell no peer apart."""

    strength: int = 0

    @fairness
    def as_told(self) -> Formula[Threads]:
        whole = taken(self.peer_changes)
        linking = taken(self.peer_changes, where=lambda s, after: len(after.links) > len(s.links))
        choices = (
            all_of(),
            weakly_fair(whole),
            strongly_fair(linking),
            weakly_fair(linking) & weakly_fair(whole),
        )
        return choices[self.strength]

    def somebody_is_up(self, s: Threads) -> bool:
        return any(level > 0 for level in s.level.values())

    @temporal
    def rises(self) -> Formula[Threads]:
        return eventually(self.somebody_is_up)

    @temporal
    def stays_up(self) -> Formula[Threads]:
        return eventually_always(self.somebody_is_up)

    @temporal
    def comes_to_rest(self) -> Formula[Threads]:
        return eventually(~enabled(self.peer_changes)) | eventually_always(~taken(self.peer_changes))

    @temporal
    def links_come_and_go(self) -> Formula[Threads]:
        return leads_to(lambda s: len(s.links) > 0, lambda s: len(s.links) == 0)

    @temporal
    def changes_link(self) -> Formula[Threads]:
        return infinitely_often(taken(self.peer_changes, where=lambda s, after: s.links != after.links))


LEVELS = st.integers(0, 2)
RULES = st.lists(st.tuples(LEVELS, LEVELS, LEVELS, LEVELS), min_size=1, max_size=4).map(tuple)
WEBS = st.builds(
    Asked,
    peers=st.integers(2, 3),
    rules=RULES,
    several=st.booleans(),
    most_links=st.sampled_from([1, 2]),
    strength=st.integers(0, 3),
)


def agree(model: Asked) -> None:
    """Orbits and states give the same verdicts, and a lasso of orbits refutes what it is said to refute."""
    with_orbits = run(model, keep_going=True)
    assert with_orbits.symmetry is not None
    assert holding(with_orbits) == holding(run(model, symmetry=False, keep_going=True))
    declaration = declare(model)
    graph, fair = graph_of(declaration), fairness_of(declaration)
    for prop, asked in zip(judged(with_orbits).values(), declaration.temporal, strict=True):
        if prop.trace is not None:
            lasso = lasso_of(graph, prop)
            assert not lasso.true(asked.function(model))
            assert [one for one in fair if not lasso.is_fair(one)] == []
        elif len(graph.steps) <= 20:
            assert not refuted(graph, asked.function(model), fair)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WEBS)
def test_symmetry_changes_no_verdict_of_a_random_web(model: Asked) -> None:
    """Whatever the rules, orbits say what states say."""
    agree(model)


@pytest.mark.slow
@settings(max_examples=800, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WEBS)
def test_symmetry_changes_no_verdict_of_many_random_webs(model: Asked) -> None:
    """The same, of many more."""
    agree(model)
