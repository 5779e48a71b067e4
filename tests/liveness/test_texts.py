"""What reports say of formulas: titles, reasons, places of errors, and who tells members apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import checker
from checker.lang import (
    Formula,
    Map,
    Model,
    Size,
    Sort,
    action,
    all_of,
    eventually,
    eventually_always,
    evolve,
    fairness,
    frozen,
    infinitely_often,
    initial,
    strongly_fair,
    taken,
    temporal,
    weakly_fair,
)
from checker.lang.errors import SpecError
from checker.liveness.titles import formula_title, steps_title
from tests.liveness.engines import ENGINES, run
from tests.liveness.engines import temporal as judged
from tests.liveness.test_errors import Count, Counting, refused, with_property

each_engine = pytest.mark.parametrize("engine", ENGINES)


# -- titles ----------------------------------------------------------------------------------------


def test_a_lambda_that_says_nothing_of_a_state_is_shown_whole() -> None:
    """`True` alone would be read as a formula."""
    assert formula_title(eventually(lambda s: True)) == "eventually(lambda s: True)"


def test_a_where_that_asks_for_nothing_is_left_out() -> None:
    """Any step is any step."""
    assert steps_title(taken(Counting.adds, where=lambda s, t: True)) == "adds"
    assert steps_title(taken(where=lambda s, after: True)) == "any step"
    assert steps_title(taken(where=lambda s: s.n == 1)) == "any step where s.n == 1"


def test_a_predicate_that_takes_no_state_is_shown_with_what_it_takes() -> None:
    """What it returns is not what is wrong with it."""
    error = refused(with_property(lambda m: eventually(lambda s, t: True)))
    assert error.problem.what == "`lambda s, t: True` does not take one state"


# -- where an answer is no truth value -------------------------------------------------------------


def is_high(s: Count) -> Any:
    """No truth value where it is 1."""
    if s.n == 1:
        return 3
    return s.n == 2


def is_high_too(self: Any, s: Count) -> Any:
    """The same as a method."""
    return 4 if s.n else False


NO_BOOL: dict[str, Callable[[Any], Any]] = {
    "a lambda": lambda m: eventually(lambda s: None),
    "a lambda, later": lambda m: eventually(lambda s: None if s.n else False),
    "a function": lambda m: eventually(is_high),
    "a method": lambda m: eventually(m.is_high),
    "a where": lambda m: infinitely_often(taken(m.sets, where=lambda s, to: to)),
}


@pytest.mark.parametrize("what", NO_BOOL)
def test_a_predicate_that_answers_no_bool_is_shown_in_the_spec(what: str) -> None:
    """The place is the expression of a lambda, or the `return` that was left through."""
    error = refused(with_property(NO_BOOL[what], is_high=is_high_too))
    place = error.problem.at
    assert place is not None
    lines = Path(__file__).read_text().splitlines()
    expected = {
        "a lambda": "None",
        "a lambda, later": "None if s.n else False",
        "a function": "3",
        "a method": "return 4 if s.n else False",
        "a where": "to",
    }
    assert error.problem.code == "property/not-a-bool"
    assert (Path(place.file).name, lines[place.line - 1][place.column - 1 : (place.end or 0) - 1]) == (
        "test_texts.py",
        expected[what],
    )


@pytest.mark.parametrize("what", ["a lambda", "a lambda, later", "a where"])
def test_both_engines_show_the_same_place(what: str) -> None:
    """The compiler refuses the type before anything runs, CPython the first value; both at the expression."""
    places = []
    for engine in ENGINES:
        with pytest.raises(SpecError) as caught:
            checker.check(with_property(NO_BOOL[what]), engine=engine, deadlock=False)  # type: ignore[arg-type]
        places.append(caught.value.problem.at)
    assert len(places) == 2
    assert places[0] == places[1]


# -- reasons ---------------------------------------------------------------------------------------


@each_engine
def test_a_behaviour_that_stops_is_not_said_to_come_again(engine: str) -> None:
    """Its last state stays; nothing comes round."""
    model = with_property(lambda m: eventually_always(lambda s: s.n == 2))
    prop = judged(run(model, engine))["asked"]
    assert prop.trace is not None
    assert prop.trace.stops
    assert prop.why == ("`s.n == 2` is not true from some time on: it is false in state 0, where it stops",)


def test_a_behaviour_that_goes_round_is_said_to_come_again() -> None:
    """The state at fault is one of the loop."""
    model = with_property(lambda m: eventually_always(~taken(m.sets)))
    (why,) = judged(run(model))["asked"].why
    assert why.endswith(", which comes again and again")


# -- who tells members apart -----------------------------------------------------------------------


class Cat(Sort, label="c"):
    """Somebody who sleeps."""


@frozen
class Awake:
    """Who is awake."""

    awake: Map[Cat, bool]


@frozen
class Cats(Model[Awake]):
    """Cats fall asleep and wake up."""

    cats: Size[Cat] = 2

    @initial
    def asleep(self) -> Awake:
        return Awake(Map.fill(self.every(Cat), False))

    @action
    def turns(self, s: Awake, c: Cat) -> Awake:
        return evolve(s, awake=s.awake.set(c, not s.awake[c]))


@frozen
class NamedByAProperty(Cats):
    """A property names cats."""

    @temporal
    def wakes(self, c: Cat) -> Formula[Awake]:
        return eventually(lambda s: s.awake[c])


@frozen
class NamedByFairness(Cats):
    """Fairness of the model names cats."""

    @action(fair="weak", per="c")
    def turns(self, s: Awake, c: Cat) -> Awake:
        return evolve(s, awake=s.awake.set(c, not s.awake[c]))

    @temporal
    def one_wakes(self) -> Formula[Awake]:
        return eventually(lambda s: any(s.awake.values()))


@pytest.mark.parametrize(
    ("model", "who"),
    [
        (NamedByAProperty(), "the temporal property `wakes`, by `s.awake[c] (c = c1)`,"),
        (NamedByFairness(), "weak fairness of turns(c1)"),
    ],
    ids=lambda value: type(value).__name__,
)
@each_engine
def test_the_note_on_symmetry_names_who_tells_members_apart(model: Model[Any], who: str, engine: str) -> None:
    """The property or the assumption of fairness."""
    (note,) = [note for note in run(model, engine).notes if note.startswith("no symmetry")]
    assert note.startswith(f"no symmetry over `Cat`: {who} tells its members apart")


# -- why a lasso is fair ---------------------------------------------------------------------------


@frozen
class EachCat(Cats):
    """Fairness for each cat, in several ways of saying which."""

    cats: Size[Cat] = 3

    @fairness
    def all_turn(self) -> Formula[Awake]:
        return all_of(*(one for c in self.every(Cat) for one in self.turning(c)))

    def turning(self, c: Cat) -> list[Formula[Awake]]:
        return [
            weakly_fair(self.turns, c),
            strongly_fair(self.turns, c=c),
            weakly_fair(taken(self.turns, where=lambda s: s.awake[c])),
        ]

    @temporal
    def all_stay_awake(self) -> Formula[Awake]:
        return eventually_always(lambda s: all(s.awake.values()))


def test_assumptions_of_one_kind_differ_in_values_only() -> None:
    """Given by place, by name, or in what a `where` takes from around it."""
    prop = judged(run(EachCat()))["all_stay_awake"]
    assert prop.trace is not None
    kinds: dict[str, int] = {}
    for one in prop.trace.fairness:
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
    assert kinds == {
        "weak fairness of turns(c)": 3,
        "strong fairness of turns(c)": 3,
        "weak fairness of turns where s.awake[c]": 3,
    }
