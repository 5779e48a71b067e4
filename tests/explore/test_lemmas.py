"""Lemmas in searches: left out unless they are asked for, and then judged like any `always`."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from checker import check, simulate
from checker.compile.model import compile_model
from checker.ir.printer import printed
from checker.ir.verify import verify
from checker.lang import Between, Model, action, always, evolve, frozen, initial, lemma, sometimes
from checker.lang.declarations import declare
from checker.lang.errors import CallError
from checker.native.generate import generated
from checker.replay import read_trace, replay
from checker.report.as_json import result_data
from checker.result.result import Evidence, Result
from checker.testing.machine import state_machine


@frozen
class State:
    """A number, and whether it is odd."""

    n: Annotated[int, Between(0, 9)]
    odd: bool


@frozen
class Pairs(Model[State]):
    """Counts by twos."""

    @initial
    def start(self) -> State:
        return State(0, False)

    @action
    def add(self, s: State) -> State | None:
        return evolve(s, n=s.n + 2, odd=(s.n + 2) % 2 == 1) if s.n < 8 else evolve(s, n=0)

    @lemma
    def n_is_even(self, s: State) -> bool:
        """Nothing makes it odd."""
        return s.n % 2 == 0

    @lemma
    def n_stays_small(self, s: State) -> bool:
        """False: it is 6 after three steps."""
        return s.n < self.limit()

    def limit(self) -> int:
        return 6

    @lemma
    def n_is_below_ten(self, s: State) -> bool:
        return s.n < 10

    @always
    def never_odd(self, s: State) -> bool:
        return not s.odd

    @sometimes
    def full(self, s: State) -> bool:
        return s.n == 8


@frozen
class Reaches(Pairs):
    """Its lemmas say less: one is overridden, one is gone."""

    n_is_below_ten = None  # type: ignore[assignment]

    def limit(self) -> int:
        return 10


@frozen
class Unread(Pairs):
    """Has a lemma that the compiler cannot read."""

    @lemma
    def printed_is_short(self, s: State) -> bool:
        return len(f"{s.n}") == 1


LEMMAS = ["n_is_even", "n_stays_small", "n_is_below_ten"]
PROMISES = ["never_odd", "full", "deadlock_freedom"]


def names(result: Result) -> list[str]:
    return [prop.name for prop in result.properties]


@pytest.fixture(params=["python", "native"])
def engine(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_a_search_leaves_lemmas_out(engine: Any) -> None:
    """A false one too: it is no promise."""
    result = check(Pairs(), engine=engine)
    assert names(result) == PROMISES
    assert result.verdict.evidence is Evidence.EXHAUSTIVE


def test_a_lemma_that_is_asked_for_by_its_name_is_judged_alone(engine: Any) -> None:
    """The others are left out, and so are the promises."""
    result = check(Pairs(), properties=["n_is_below_ten"], engine=engine)
    assert [(p.name, p.kind, str(p.verdict)) for p in result.properties] == [
        ("n_is_below_ten", "lemma", "exhaustive for this size")
    ]
    assert result.holds


def test_all_lemmas_are_judged_after_the_promises(engine: Any) -> None:
    """A false one fails, as an `always` does, at its shortest counterexample and with the reason."""
    result = check(Pairs(), lemmas=True, keep_going=True, engine=engine)
    assert names(result) == ["never_odd", "full", *LEMMAS, "deadlock_freedom"]
    assert [prop.name for prop in result.violated] == ["n_stays_small"]
    assert result.exit_code == 1
    refuted = result["n_stays_small"]
    assert refuted.trace is not None
    assert [step.state.n for step in refuted.trace.steps] == [0, 2, 4, 6]
    assert refuted.why[0] == "false: s.n < self.limit()"
    assert refuted.why[-1].startswith("true until step 3")


def test_lemmas_are_added_to_the_properties_that_are_named(engine: Any) -> None:
    """As `--property never_odd --lemmas` does."""
    result = check(Reaches(), properties=["never_odd"], lemmas=True, engine=engine)
    assert names(result) == ["never_odd", "n_is_even", "n_stays_small"]


def test_a_variant_inherits_lemmas_and_overrides_what_they_call(engine: Any) -> None:
    """What is false for the base may be true for the variant."""
    result = check(Reaches(), lemmas=True, engine=engine)
    assert names(result) == ["never_odd", "full", "n_is_even", "n_stays_small", "deadlock_freedom"]
    assert result.holds


def test_a_name_that_is_none_suggests_a_lemma() -> None:
    """Lemmas may be named wherever properties may."""
    with pytest.raises(CallError) as caught:
        check(Pairs(), properties=["n_is_ever"])
    assert "n_is_even" in caught.value.problem.instead


@pytest.mark.parametrize("walker", ["python", "native"])
def test_random_behaviours_judge_lemmas_too(walker: Any) -> None:
    """Where they are asked for."""
    assert names(simulate(Pairs(), behaviours=5, depth=9, engine=walker)) == PROMISES
    result = simulate(Pairs(), behaviours=5, depth=9, engine=walker, lemmas=True)
    assert [prop.name for prop in result.violated] == ["n_stays_small"]


def test_a_state_machine_checks_a_lemma_that_is_named() -> None:
    """And none by itself."""
    assert [p.name for p in state_machine(Pairs()).checks.always] == ["never_odd"]
    walked = state_machine(Pairs(), ["n_stays_small"])
    assert [p.name for p in walked.checks.always] == ["n_stays_small"]
    with pytest.raises(AssertionError, match="n_stays_small` of Pairs is violated: False: it is 6"):
        walked.TestCase("runTest").runTest()


def test_a_counterexample_to_a_lemma_can_be_replayed() -> None:
    """The replay says that the lemma is false at its end."""
    data = result_data(check(Pairs(), properties=["n_stays_small"]))
    done = replay(declare(Pairs()), read_trace(data))
    assert done.conclusion == ("`n_stays_small` is false in the last state",)


# -- what is compiled --


def test_a_program_has_the_lemmas_after_the_properties() -> None:
    """As predicates of their own kind, which are printed as such."""
    program = compile_model(declare(Pairs()))
    verify(program)
    assert [(p.name, p.kind) for p in program.properties] == [
        ("never_odd", "always"),
        ("full", "sometimes"),
        *[(name, "lemma") for name in LEMMAS],
    ]
    assert [p.name for p in program.asked("always")] == ["never_odd", *LEMMAS]
    assert [p.name for p in program.asked("sometimes")] == ["full"]
    assert "\n\nlemma n_is_below_ten(s: State)\n  s.n < 10\n\n" in printed(program)


def test_generated_code_numbers_lemmas_after_every_always() -> None:
    """So that leaving them out changes no other number."""
    declaration = declare(Pairs())
    made = generated(compile_model(declaration))
    assert made.always == ("never_odd", *LEMMAS)
    assert generated(compile_model(declaration.without_lemmas())).always == ("never_odd",)


def test_a_lemma_that_cannot_be_compiled_harms_no_search_that_leaves_it_out() -> None:
    """Only what is asked for is compiled."""
    assert check(Unread(), engine="native").engine == "native"
    asked = check(Unread(), properties=["printed_is_short"], workers=1)
    assert (asked.engine, asked.holds) == ("python", True)
    assert any("the native engine cannot run this" in note for note in asked.notes)
