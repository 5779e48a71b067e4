"""A refinement keeps the fairness of its abstract model, or a fair lasso shows that it does not."""

from __future__ import annotations

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
from checker.result.result import Evidence, Result
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


def test_a_proof_says_that_fairness_is_left_out() -> None:
    """A proof of a refinement is about initial states and steps, and says so."""
    found = prove(FairBattery(), properties=["as_light"])
    assert any("fairness of Light is kept is not looked at" in note for note in found.notes)


def test_compaction_leaves_fairness_out_and_says_so() -> None:
    """Without a graph there is no word on fairness."""
    found = check(TwoPhaseCommit(rms=3), engine="native", compact_bits=48)
    assert any("fairness of TransactionCommit is kept is not looked at" in note for note in found.notes)
    assert any("`everyone_decides`" in note for note in found.notes)
