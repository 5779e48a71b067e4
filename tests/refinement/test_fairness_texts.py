"""What reports say of abstract fairness: which assumption, of which model, and what the loop does."""

from __future__ import annotations

from typing import Any

import pytest

from checker.api import check
from checker.lang import (
    Model,
    Size,
    Sort,
    action,
    evolve,
    frozen,
    initial,
    refines,
)
from tests.refinement.test_fairness import Lamp, Switch, SwitchWeak
from tests.refinement.test_fairness_kept import HalfFairBattery

ENGINES = ["python", "native"]
each_engine = pytest.mark.parametrize("engine", ENGINES)


class Client(Sort, label="c"):
    """Somebody who wants a lock."""


@frozen
class Lock:
    """Who wants it and who has it."""

    wants: frozenset[Client]
    has: frozenset[Client]


@frozen
class FairLock(Model[Lock]):
    """Whoever wants it again and again has it again and again."""

    clients: Size[Client] = 2

    @initial
    def free(self) -> Lock:
        return Lock(frozenset(), frozenset())

    @action
    def asks(self, s: Lock, c: Client) -> Lock | None:
        return evolve(s, wants=s.wants | {c}) if c not in s.wants | s.has else None

    @action(fair="strong", per="c")
    def grant(self, s: Lock, c: Client) -> Lock | None:
        return Lock(s.wants - {c}, frozenset({c})) if c in s.wants and not s.has else None

    @action
    def returns(self, s: Lock, c: Client) -> Lock | None:
        return evolve(s, has=s.has - {c}) if c in s.has else None


@frozen
class WeakLock(Model[Lock]):
    """The same, weakly fair: one client may take it again and again while the other waits."""

    clients: Size[Client] = 2

    @initial
    def free(self) -> Lock:
        return Lock(frozenset(), frozenset())

    @action(fair="weak", per="c")
    def asks(self, s: Lock, c: Client) -> Lock | None:
        return evolve(s, wants=s.wants | {c}) if c not in s.wants | s.has else None

    @action(fair="weak", per="c")
    def takes(self, s: Lock, c: Client) -> Lock | None:
        return Lock(s.wants - {c}, frozenset({c})) if c in s.wants and not s.has else None

    @action(fair="weak", per="c")
    def returns(self, s: Lock, c: Client) -> Lock | None:
        return evolve(s, has=s.has - {c}) if c in s.has else None

    @refines(FairLock)
    def as_lock(self, s: Lock) -> Lock:
        return s


@frozen
class NoLock(WeakLock):
    """Nobody ever takes it, though there is fairness of each grant to keep."""

    @action(fair="weak", per="c")
    def asks(self, s: Lock, c: Client) -> Lock | None:
        return None


@frozen
class LampUnlit(Switch):
    """Nobody is ever there."""

    @action
    def move(self, s: Lamp) -> Lamp | None:
        return None


@frozen
class SwitchThere(Switch):
    """Somebody comes and stays, and nothing need be done."""

    @action(fair="weak")
    def move(self, s: Lamp) -> Lamp | None:
        return evolve(s, there=True)


def found(model: Model[Any], name: str, engine: str = "python") -> Any:
    """The whole result, and that of a refinement."""
    result = check(model, engine=engine, deadlock=False, properties=[name])  # type: ignore[arg-type]
    return result, result[name]


def enabled_in(why: str) -> list[int]:
    """The states that a reason names."""
    return [int(number) for number in why.partition("in state")[2].partition(" of")[0].lstrip("s").split(",")]


@each_engine
def test_the_reason_names_the_assumption_its_model_and_the_states_of_the_loop(engine: str) -> None:
    """The abstract step is enabled where the lasso says, and taken nowhere in the loop."""
    _, prop = found(WeakLock(), "as_lock", engine)
    head, why = prop.why
    assert head == "the fairness of FairLock is not kept"
    client = prop.why[1].partition("grant(")[2][:2]
    assert why.startswith(f"strong fairness of grant({client}) of FairLock: enabled in state")
    assert why.endswith(" of the loop, taken never")
    trace = prop.trace
    can = [
        number
        for number, step in enumerate(trace.steps[:-1])
        if number >= trace.loop
        and not step.state.has
        and any(str(one) == client or repr(one) == client for one in step.state.wants)
    ]
    assert enabled_in(why) == can


@pytest.mark.parametrize(
    ("model", "name", "why"),
    [
        (
            HalfFairBattery(),
            "as_light",
            "weak fairness of lights of Light: enabled in state 0, where it stops",
        ),
        (
            SwitchThere(),
            "as_lamp",
            "strong fairness of lights of FairLamp: enabled in state 1, where it stops",
        ),
        (SwitchWeak(), "as_lamp", "strong fairness of lights of FairLamp: enabled in state 1 of the loop"),
    ],
    ids=lambda value: type(value).__name__,
)
@each_engine
def test_the_reason_says_whether_the_behaviour_stops(
    model: Model[Any], name: str, why: str, engine: str
) -> None:
    """None of the names that formulas have inside of us are in it."""
    _, prop = found(model, name, engine)
    assert prop.why[1:] == (f"{why}, taken never",)


@each_engine
def test_the_note_on_symmetry_names_the_refinement_and_the_assumption(engine: str) -> None:
    """It is the abstract model's fairness that names clients."""
    result, _ = found(WeakAsAWhole(), "as_lock", engine)
    notes = [note for note in result.notes if note.startswith("no symmetry")]
    assert len(notes) == 1
    assert notes[0].startswith(
        "no symmetry over `Client`: the refinement `as_lock`, by strong fairness of grant(c1) of FairLock, "
        "tells its members apart"
    )


@frozen
class WeakAsAWhole(WeakLock):
    """Fair to actions as a whole: of its own it names no client."""

    @action(fair="weak")
    def asks(self, s: Lock, c: Client) -> Lock | None:
        return evolve(s, wants=s.wants | {c}) if c not in s.wants | s.has else None

    @action(fair="weak")
    def takes(self, s: Lock, c: Client) -> Lock | None:
        return Lock(s.wants - {c}, frozenset({c})) if c in s.wants and not s.has else None

    @action(fair="weak")
    def returns(self, s: Lock, c: Client) -> Lock | None:
        return evolve(s, has=s.has - {c}) if c in s.has else None


@pytest.mark.parametrize(
    ("model", "name", "asked", "keeps"),
    [
        (NoLock(), "as_lock", "strong fairness of grant(c) of FairLock for 2 values", "as_lock"),
        (LampUnlit(), "as_lamp", "strong fairness of lights of FairLamp", "as_lamp"),
    ],
    ids=lambda value: type(value).__name__,
)
@each_engine
def test_abstract_fairness_that_asks_nothing_is_noted_in_words_of_the_spec(
    model: Model[Any], name: str, asked: str, keeps: str, engine: str
) -> None:
    """It is kept by want of anything to be fair to."""
    result, prop = found(model, name, engine)
    assert prop.holds
    assert [note for note in result.notes if "tests" in note] == [
        f"no fair behaviour enables again and again what {asked} is about, so nothing tests that "
        f"`{keeps}` keeps it."
    ]
