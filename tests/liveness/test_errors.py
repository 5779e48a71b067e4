"""What is wrong in temporal properties and fairness is refused, by its code and at its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest

import checker
from checker.lang import (
    Between,
    Formula,
    Model,
    action,
    always,
    enabled,
    eventually,
    fairness,
    frozen,
    implies,
    initial,
    leads_to,
    next_state,
    one_of,
    strongly_fair,
    taken,
    temporal,
    until,
    weakly_fair,
)
from checker.lang.errors import SpecError
from checker.lang.temporal import Always

Small = Annotated[int, Between(0, 2)]


@frozen
class Count:
    """A number."""

    n: Small


@frozen
class Counting(Model[Count]):
    """Counts, and may be set."""

    @initial
    def zero(self) -> Count:
        return Count(0)

    @action
    def adds(self, s: Count) -> Count | None:
        return Count(s.n + 1) if s.n < 2 else None

    @action
    def sets(self, s: Count, to: Small) -> Count:
        return Count(to)

    @action(when="False")
    def unused(self, s: Count) -> Count:
        return s

    def is_two(self, s: Count) -> bool:
        return s.n == 2

    def helper(self, s: Count) -> Count:
        return s


def with_property(function: Any, **more: Any) -> Model[Any]:
    """The model with one temporal property, which returns what a function makes of the model."""

    def asked(self: Counting) -> Formula[Count]:
        return function(self)  # type: ignore[no-any-return]

    body = {"asked": temporal(asked), "__module__": __name__, **more}
    return frozen(type("Asking", (Counting,), body))()  # type: ignore[no-any-return]


def refused(model: Model[Any]) -> SpecError:
    """The error that checking a model ends with."""
    with pytest.raises(SpecError) as caught:
        checker.check(model, engine="python", deadlock=False)
    return caught.value


def two(s: Count) -> bool:
    """A predicate."""
    return s.n == 2


WRONG: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "no formula but None": ("temporal/no-formula", lambda m: None),
    "no formula but a bool": ("temporal/no-formula", lambda m: True),
    "no formula but a predicate": ("temporal/no-formula", lambda m: two),
    "it raises": ("temporal/raises", lambda m: 1 // 0),
    "the state is asked before there is one": ("temporal/raises", lambda m: eventually(m.nothing)),
    "and": ("temporal/truth-value", lambda m: eventually(two) and always(two)),
    "or": ("temporal/truth-value", lambda m: eventually(two) or always(two)),
    "not": ("temporal/truth-value", lambda m: not eventually(two)),
    "if": ("temporal/truth-value", lambda m: always(two) if eventually(two) else None),
    "a value as a part": ("temporal/not-a-formula", lambda m: eventually(True)),
    "a call as a part": ("temporal/not-a-formula", lambda m: leads_to(two, two(Count(0)))),
    "a class as a part": ("temporal/not-a-formula", lambda m: until(two, Count)),
    "a part of a junction": ("temporal/not-a-formula", lambda m: eventually(two) & 3),
    "an action as a predicate": ("temporal/predicate", lambda m: eventually(m.sets)),
    "a predicate over two": ("temporal/predicate", lambda m: always(lambda a, b: a == b)),
    "a predicate over none": ("temporal/predicate", lambda m: always(lambda: True)),
    "no action": ("temporal/unknown-action", lambda m: eventually(taken(m.helper))),
    "a property as an action": ("temporal/unknown-action", lambda m: weakly_fair(m.is_two)),
    "an unknown parameter": ("temporal/unknown-parameter", lambda m: eventually(taken(m.sets, two=2))),
    "a parameter where there are none": (
        "temporal/unknown-parameter",
        lambda m: eventually(taken(m.adds, to=2)),
    ),
    "a value outside the type": ("temporal/outside-type", lambda m: eventually(taken(m.sets, 3))),
    "a value of another type": ("temporal/outside-type", lambda m: eventually(enabled(m.sets, to="two"))),
    "a bool for an integer": ("temporal/outside-type", lambda m: eventually(enabled(m.sets, to=True))),
    "too many arguments": ("temporal/arguments", lambda m: strongly_fair(m.sets, 1, 2)),
    "an argument twice": ("temporal/arguments", lambda m: weakly_fair(m.sets, 1, to=1)),
    "arguments for chosen steps": ("temporal/arguments", lambda m: weakly_fair(taken(m.sets), 1)),
    "a where with an unknown name": (
        "temporal/where",
        lambda m: eventually(taken(m.sets, where=lambda s, t: t == 2)),
    ),
    "a where with a parameter of nobody": (
        "temporal/where",
        lambda m: eventually(taken(where=lambda s, to: to == 2)),
    ),
    "a where without a state": ("temporal/where", lambda m: eventually(taken(m.sets, where=lambda: True))),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_formula_over_this_model_is_refused(what: str) -> None:
    """The error has its code and says where in this file it is."""
    code, function = WRONG[what]
    error = refused(with_property(function))
    assert error.problem.code == code
    assert error.problem.at is not None
    assert error.problem.at.file.endswith("test_errors.py")


def test_a_predicate_that_raises_is_an_error_in_every_state() -> None:
    """An exception in an atom is no truth value: neither true nor false is made of it."""
    error = refused(with_property(lambda m: eventually(lambda s: 1 // s.n == 5)))
    assert error.problem.code == "property/raises"


@pytest.mark.parametrize("answer", [None, 1, "yes"])
def test_a_predicate_that_answers_no_bool_is_an_error(answer: Any) -> None:
    """Python's truth of other values is not taken for an answer."""
    error = refused(with_property(lambda m: always(lambda s: answer)))
    assert error.problem.code == "property/not-a-bool"


def test_a_where_that_answers_no_bool_is_an_error() -> None:
    """The same of the predicate over a step."""
    error = refused(with_property(lambda m: eventually(taken(m.sets, where=lambda s, to: to))))
    assert error.problem.code == "property/not-a-bool"


def test_a_formula_whose_automaton_is_too_large_is_refused() -> None:
    """A pattern of many steps ahead is refused, rather than explored for ever."""

    def deep(m: Counting) -> Formula[Count]:
        at: Any = two
        for _ in range(14):
            at = next_state(at)
        return always(implies(two, at)) & eventually(always(implies(at, two)))

    def pattern(m: Counting) -> Formula[Count]:
        return ~eventually(always(until(two, leads_to(two, deep(m)))))

    assert refused(with_property(pattern)).problem.code == "temporal/too-large"


# -- fairness --------------------------------------------------------------------------------------

UNFAIR: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "another formula": ("fairness/not-fairness", lambda m: eventually(two)),
    "another formula beside fairness": (
        "fairness/not-fairness",
        lambda m: weakly_fair(m.adds) & always(two),
    ),
    "a choice": ("fairness/not-fairness", lambda m: weakly_fair(m.adds) | strongly_fair(m.sets)),
    "a negation": ("fairness/not-fairness", lambda m: ~weakly_fair(m.adds)),
    "steps": ("fairness/not-fairness", lambda m: taken(m.adds)),
    "nothing": ("temporal/no-formula", lambda m: None),
    "an unknown action": ("temporal/unknown-action", lambda m: weakly_fair(m.helper)),
}


@pytest.mark.parametrize("what", UNFAIR)
def test_what_is_not_fairness_is_refused(what: str) -> None:
    """A model assumes fairness and nothing else."""
    code, function = UNFAIR[what]

    def assumed(self: Counting) -> Formula[Count]:
        return function(self)  # type: ignore[no-any-return]

    error = refused(with_property(lambda m: eventually(two), assumed=fairness(assumed)))
    assert error.problem.code == code
    assert error.problem.at is not None


def test_fairness_for_each_value_needs_a_parameter_of_that_name() -> None:
    """`per` names parameters of the action."""

    def steps(self: Counting, s: Count, to: Small) -> Count | None:
        return Count(to)

    marked = action(fair="weak", per="too")(steps)
    error = refused(with_property(lambda m: eventually(two), steps=marked))
    assert error.problem.code == "fairness/action"


def test_fairness_for_each_value_of_what_a_state_offers_is_for_each_of_its_type() -> None:
    """Which values a state offers is not known beforehand; their type is."""

    def held(self: Counting, s: Count) -> tuple[int, ...]:
        return (0, 1, 2)

    def steps(self: Counting, s: Count, to: Small = one_of(held)) -> Count | None:
        return Count(to)

    def verdict(**more: Any) -> list[bool]:
        marked = action(**more)(steps)
        model = with_property(lambda m: weakly_fair(m.steps, to=2), held=held, steps=marked)
        result = checker.check(model, engine="python", deadlock=False)
        return [prop.verdict.evidence.holds for prop in result.properties]

    assert verdict(fair="weak", per="to") == [True]
    assert verdict(fair="weak") == [False]


def test_a_formula_in_a_class_body_is_refused() -> None:
    """It would be checked by nobody."""
    error = refused(with_property(lambda m: eventually(two), lost=Always(eventually(two))))
    assert error.problem.code == "temporal/in-class-body"


def test_an_action_that_is_left_out_is_known_and_never_taken() -> None:
    """An action that these constants leave out is no mistake: no step is one of its."""
    result = checker.check(with_property(lambda m: always(~taken(m.unused))), engine="python", deadlock=False)
    assert [prop.verdict.evidence.holds for prop in result.properties] == [True]


def test_a_partial_function_is_for_the_reference_engine_alone() -> None:
    """The native engine says what to write instead."""
    from functools import partial

    def has(self: Counting, n: int, s: Count) -> bool:
        return s.n == n

    model = with_property(lambda self: eventually(partial(has, self, 2)))
    assert not checker.check(model, engine="python").holds
    with pytest.raises(SpecError, match=r"made with `partial`[\s\S]*Write a lambda"):
        checker.check(model, engine="native")
