"""A refinement keeps the fairness of its abstract model, or a fair lasso shows that it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import pytest

from checker.api import check, prove
from checker.lang import (
    Between,
    Formula,
    Model,
    Size,
    Sort,
    action,
    all_of,
    fairness,
    frozen,
    initial,
    refines,
    weakly_fair,
)
from checker.lang.errors import CallError
from checker.prove.attempt import Method
from checker.result.result import Evidence, Result
from specs.consensus.paxos import Voting
from specs.transactions.two_phase_commit import TwoPhaseCommit

ENGINES = ["python", "native"]


class Lamp(Sort, label="l"):
    """A lamp."""


@frozen
class Lit:
    on: bool


@frozen
class Light(Model[Lit]):
    """A lamp that is switched on again and again."""

    @initial
    def dark(self) -> Lit:
        return Lit(False)

    @action(fair="weak")
    def lights(self, s: Lit) -> Lit | None:
        return None if s.on else Lit(True)

    @action
    def darkens(self, s: Lit) -> Lit | None:
        return Lit(False) if s.on else None


@frozen
class Power:
    on: bool
    charge: Annotated[int, Between(0, 2)]


@frozen
class Battery(Model[Power]):
    """A lamp that has to be charged before it is lit."""

    @initial
    def empty(self) -> Power:
        return Power(False, 0)

    @action
    def charges(self, s: Power) -> Power | None:
        return Power(s.on, s.charge + 1) if s.charge < 2 else None

    @action
    def lights(self, s: Power) -> Power | None:
        return Power(True, 0) if s.charge == 2 and not s.on else None

    @action
    def darkens(self, s: Power) -> Power | None:
        return Power(False, s.charge) if s.on else None

    @refines(Light)
    def as_light(self, s: Power) -> Lit:
        """What is seen of it."""
        return Lit(s.on)


@frozen
class FairBattery(Battery):
    """The same, charged and lit as long as it can be."""

    @fairness
    def works(self) -> Formula[Power]:
        return all_of(weakly_fair(self.charges), weakly_fair(self.lights))


@frozen
class HalfFairBattery(Battery):
    """The same, lit if it is charged, which nobody need do."""

    @fairness
    def works(self) -> Formula[Power]:
        return weakly_fair(self.lights)


@frozen
class Lamps:
    lit: frozenset[Lamp]


@frozen
class Row(Model[Lamps]):
    """Lamps each of which is lit in the end."""

    lamps: Size[Lamp] = 2

    @initial
    def dark(self) -> Lamps:
        return Lamps(frozenset())

    @action(fair="weak", per="lamp")
    def lights(self, s: Lamps, lamp: Lamp) -> Lamps | None:
        return None if lamp in s.lit else Lamps(s.lit | {lamp})


@frozen
class OneOfARow(Row):
    """Fair to the row as a whole, which lights one lamp after the other."""

    @action(fair="weak")
    def lights(self, s: Lamps, lamp: Lamp) -> Lamps | None:
        return None if lamp in s.lit else Lamps(s.lit | {lamp})

    @refines(Row)
    def as_row(self, s: Lamps) -> Lamps:
        return s


@frozen
class DarkRow(OneOfARow):
    """Fair to nothing."""

    @action
    def lights(self, s: Lamps, lamp: Lamp) -> Lamps | None:
        return None if lamp in s.lit else Lamps(s.lit | {lamp})


def verdict(model: Model, engine: str, name: str) -> tuple[Evidence, Result]:
    found = check(model, engine=engine, deadlock=False, properties=[name])
    return found[name].verdict.evidence, found


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("model", "name", "expected"),
    [
        (FairBattery(), "as_light", Evidence.EXHAUSTIVE),
        (HalfFairBattery(), "as_light", Evidence.VIOLATED),
        (Battery(), "as_light", Evidence.VIOLATED),
        (OneOfARow(), "as_row", Evidence.EXHAUSTIVE),
        (DarkRow(), "as_row", Evidence.VIOLATED),
        (TwoPhaseCommit(rms=3), "as_transaction_commit", Evidence.EXHAUSTIVE),
        (TwoPhaseCommit(rms=5), "as_transaction_commit", Evidence.EXHAUSTIVE),
    ],
)
def test_fairness_is_kept_or_not(model: Model, name: str, expected: Evidence, engine: str) -> None:
    """Steps alone are those of the abstract model in every case; its fairness decides."""
    assert verdict(model, engine, name)[0] is expected


@pytest.mark.parametrize("engine", ENGINES)
def test_a_lasso_shows_what_is_not_kept(engine: str) -> None:
    """The lasso stops where the abstract step stays enabled, with the abstract behaviour beside it."""
    found = verdict(HalfFairBattery(), engine, "as_light")[1]["as_light"]
    assert found.trace is not None
    assert found.trace.beside is not None
    assert (found.kind, found.trace.stops, len(found.trace.beside.steps)) == (
        "refinement",
        True,
        len(found.trace.steps),
    )
    assert found.why[0] == "the fairness of Light is not kept"


def test_symmetry_is_kept_where_abstract_fairness_names_nobody() -> None:
    """Two-phase commit is checked by orbits, its refinement with it; a row of lamps is not."""
    two_phase = check(TwoPhaseCommit(rms=3), engine="python", properties=["as_transaction_commit"])
    row = check(OneOfARow(), engine="python", properties=["as_row"])
    assert (two_phase.symmetry is not None, row.symmetry is None) == (True, True)


@pytest.mark.parametrize("method", ["auto", "induction", "k-induction"])
@pytest.mark.parametrize("model", [FairBattery(), Battery()], ids=repr)
def test_a_proof_is_of_the_steps_and_leaves_fairness_unknown(model: Model, method: Method) -> None:
    """Whether it is kept or not: Z3 is not asked, so the refinement as a whole is not proved."""
    found = prove(model, properties=["as_light"], method=method)
    assert {one.name: one.verdict.evidence for one in found.properties} == {
        "as_light.steps": Evidence.PROVED,
        "as_light.fairness": Evidence.UNKNOWN,
    }
    assert {one.kind for one in found.properties} == {"refinement"}
    assert (found.verdict.evidence, found.exit_code) == (Evidence.UNKNOWN, 3)
    assert "`quorate check` decides it" in found["as_light.fairness"].evidence


def test_whoever_asks_for_the_steps_alone_gets_them_proved() -> None:
    """That is all that was asked, so the run is conclusive; and nothing claims more."""
    found = prove(Battery(), properties=["as_light.steps"])
    assert [(one.name, one.verdict.evidence) for one in found.properties] == [
        ("as_light.steps", Evidence.PROVED)
    ]
    assert found.exit_code == 0


def test_bounded_checking_leaves_fairness_unknown() -> None:
    """Steps are looked at to a depth."""
    found = prove(FairBattery(), properties=["as_light"], method="bmc", depth=4)
    assert [one.verdict.evidence for one in found.properties] == [Evidence.BOUNDED, Evidence.UNKNOWN]
    assert found.exit_code == 3


def test_a_proof_of_a_refinement_that_asks_for_no_fairness_has_no_parts() -> None:
    """It is proved as a whole, under its own name; its steps may be asked for all the same."""
    whole, part = (prove(Voting(), properties=[name]) for name in ("as_consensus", "as_consensus.steps"))
    for found, name in ((whole, "as_consensus"), (part, "as_consensus.steps")):
        named = {one.name: one.verdict.evidence for one in found.properties if one.kind == "refinement"}
        assert named == {name: Evidence.PROVED}
    assert (whole.exit_code, part.exit_code) == (0, 0)


@frozen
class IdleWithoutLemmas(TwoPhaseCommit):
    """Nobody need do anything, which breaks the fairness of the abstract model and no step of it."""

    what_is_sent_is_the_decision = None  # type: ignore[assignment]

    @fairness
    def whoever_can_end_it_does(self) -> Formula[Power]:
        return weakly_fair(self.rm_learns_commit)


def test_the_search_of_a_proof_is_for_steps_alone() -> None:
    """What is not inductive is searched for in the reachable states: a lasso would say nothing of steps."""
    found = prove(IdleWithoutLemmas(rms=2), properties=["as_transaction_commit"], method="induction")
    assert check(IdleWithoutLemmas(rms=2))["as_transaction_commit"].verdict.evidence is Evidence.VIOLATED
    named = {one.name: one.verdict.evidence for one in found.properties if one.kind == "refinement"}
    assert named == {
        "as_transaction_commit.steps": Evidence.EXHAUSTIVE,
        "as_transaction_commit.fairness": Evidence.UNKNOWN,
    }
    assert [one.reachable for one in found.proof.failures if one.conjunct.startswith("as_")] == [False]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("model", [FairBattery(), Battery()], ids=repr)
def test_a_search_can_be_asked_for_the_steps_alone(model: Model, engine: str) -> None:
    """It then says nothing of fairness, kept or not."""
    evidence, found = verdict(model, engine, "as_light.steps")
    assert (evidence, found.exit_code) == (Evidence.EXHAUSTIVE, 0)
    assert "fairness" not in found["as_light.steps"].evidence


def test_the_whole_includes_its_steps() -> None:
    """Both names together are the whole, once."""
    found = check(FairBattery(), properties=["as_light", "as_light.steps"], engine="python")
    assert [one.name for one in found.properties] == ["as_light"]


@pytest.mark.parametrize("run", [check, prove])
def test_fairness_alone_cannot_be_asked_for(run: Callable[..., Result]) -> None:
    """What it would mean without the steps is not said anywhere."""
    with pytest.raises(CallError, match=r"`as_light\.fairness` cannot be asked for alone") as raised:
        run(FairBattery(), properties=["as_light.fairness"])
    assert "`as_light`" in (raised.value.problem.instead or "")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_lasso_that_stops_at_once_begins_in_an_initial_state_of_the_abstract_model(engine: str) -> None:
    """Its only state has a counterpart; what is missing comes after it."""
    found = verdict(HalfFairBattery(), engine, "as_light")[1]["as_light"]
    assert found.trace is not None
    assert found.trace.beside is not None
    assert found.trace.beside.counterparts == ("initial",)


def test_compaction_leaves_fairness_out_and_says_so() -> None:
    """Without a graph there is no word on fairness: what is judged has the name of its part."""
    found = check(TwoPhaseCommit(rms=3), engine="native", compact_bits=48)
    assert found["as_transaction_commit.steps"].holds
    assert "as_transaction_commit" not in {prop.name for prop in found.properties}
    assert any("left out: `as_transaction_commit.fairness`" in note for note in found.notes)
    assert any("`everyone_decides`" in note for note in found.notes)
