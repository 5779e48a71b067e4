"""`quorate replay` of lassos: the loop is followed, must close, and is judged as a whole."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def lock(specs):
    return f"{specs / 'lock.py'}:Lock"


@pytest.fixture
def recorded(quorate, lock, tmp_path):
    """The trace file of a lasso: one client takes the lock again and again, the other waits."""
    file = tmp_path / "lasso.json"
    assert quorate("check", lock, "--property", "served", "--trace", file).exit_code == 1
    return file


def data_of(file):
    return json.loads(file.read_text())


def edited(file, change):
    """A JSON file, changed in place."""
    data = data_of(file)
    change(data)
    file.write_text(json.dumps(data))
    return file


def test_a_lasso_is_replayed_and_its_loop_shown_again(quorate, lock, recorded, golden):
    result = quorate("replay", lock, recorded)
    assert result.exit_code == 0
    golden("replay/lasso.txt", result.stdout)


def test_the_loop_that_is_shown_has_the_recorded_steps(quorate, lock, recorded):
    data = data_of(recorded)
    lines = quorate("replay", lock, recorded).stdout.splitlines()
    begins = lines.index(f"the loop begins in state {data['loop']}, and goes on for ever")
    actions = [step["action"] for step in data["steps"]][data["loop"] + 1 :]
    shown = [line.split()[1].partition("(")[0] for line in lines[begins + 1 : begins + 1 + len(actions)]]
    assert shown == actions


def test_a_lasso_that_is_no_longer_fair_says_what_it_breaks(quorate, specs, recorded):
    """With strong fairness, the lasso is still a behaviour, and refutes nothing."""
    result = quorate("replay", f"{specs / 'lock.py'}:PatientLock", recorded)
    assert "`served` is false of this behaviour, but it is not fair, so it does not count" in result.stdout
    assert "it breaks strong fairness of grant(c" in result.stdout
    assert result.exit_code == 0


def test_a_lasso_that_no_longer_refutes_its_property_says_so(quorate, lock, recorded):
    """A behaviour in which nobody ever asks: nobody waits in vain."""
    edited(recorded, lambda data: data.update(steps=data["steps"][:1], loop=0))
    assert quorate("replay", lock, recorded).stdout == (
        "the trace is a behaviour of Lock: 0 steps replayed\n"
        "it stops in state 0, for ever\n"
        "`served` is true of this behaviour\n"
    )


def test_a_lasso_that_stops_where_fairness_asks_for_more_is_not_fair(quorate, lock, recorded):
    edited(recorded, lambda data: data.update(steps=data["steps"][:2], loop=1))
    result = quorate("replay", lock, recorded)
    assert "it stops in state 1, for ever" in result.stdout
    assert "it breaks weak fairness of grant(c" in result.stdout


def test_a_loop_that_does_not_close_is_reported_with_what_differs(quorate, lock, recorded, golden):
    edited(recorded, lambda data: data["steps"].pop())
    result = quorate("replay", lock, recorded)
    assert result.exit_code == 1
    golden("replay/open-loop.txt", result.stdout)


def test_a_loop_whose_step_is_not_of_the_spec_diverges_there(quorate, lock, recorded):
    edited(recorded, lambda data: data["steps"][-1].update(action="release", arguments={"c": "c1"}))
    result = quorate("replay", lock, recorded)
    last = len(data_of(recorded)["steps"]) - 1
    assert f"it diverges at step {last} of {last}" in result.stdout
    assert result.exit_code == 1


@pytest.mark.parametrize("loop", [-1, 99, "3", True, 1.5, []])
def test_a_loop_that_begins_nowhere_is_a_mistake_in_the_call(quorate, lock, recorded, loop):
    result = quorate("replay", lock, edited(recorded, lambda data: data.update(loop=loop)))
    assert result.stderr.startswith("error[replay/no-trace]")
    assert f"its loop begins at {json.dumps(loop)}" in result.stderr
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_step_that_changes_nothing_is_no_step_of_a_lasso(quorate, tmp_path):
    """A loop of one step that leaves the state as it is would be no behaviour that goes on."""
    spec = tmp_path / "idle.py"
    spec.write_text(IDLE)
    step = {"arguments": {}, "state": {"on": False}}
    trace = tmp_path / "idle.json"
    trace.write_text(json.dumps({"steps": [{"action": None, **step}, {"action": "wait", **step}], "loop": 0}))
    result = quorate("replay", spec, trace)
    assert "wait() changes nothing, so it is no step of a lasso" in result.stdout
    assert "nothing is available" not in result.stdout
    assert result.exit_code == 1
    data = data_of(trace)
    trace.write_text(json.dumps({**data, "loop": None}))
    assert quorate("replay", spec, trace).exit_code == 0


IDLE = """
from checker.lang import Model, action, always, frozen, initial


@frozen
class State:
    on: bool


@frozen
class Idle(Model[State]):
    @initial
    def start(self) -> State:
        return State(False)

    @action
    def wait(self, s: State) -> State | None:
        return s

    @always
    def is_off(self, s: State) -> bool:
        return not s.on
"""


def test_a_result_keeps_its_lasso(quorate, lock, tmp_path):
    """A whole result is replayed like a trace file."""
    file = tmp_path / "result.json"
    quorate("check", lock, "--format", "json", "--output", file)
    assert "goes on for ever" in quorate("replay", lock, file, "--property", "served").stdout


# -- lassos of refinements ------------------------------------------------------------------------


def replayed(quorate, specs, tmp_path, recorded_by, model, change=None):
    """What a replay under one model says of the lasso that refutes the refinement of another."""
    file = tmp_path / "light.json"
    spec = specs / "light.py"
    asked = ("--property", "as_light", "--no-deadlock", "--trace", file)
    assert quorate("check", f"{spec}:{recorded_by}", *asked).exit_code == 1
    if change is not None:
        edited(file, change)
    return quorate("replay", f"{spec}:{model}", file)


@pytest.mark.parametrize("model", ["Battery", "IdleBattery"])
def test_a_lasso_that_breaks_abstract_fairness_is_false_and_fair(quorate, specs, tmp_path, model, golden):
    """It goes round, or stops at once; all of its steps are steps of the abstract model."""
    result = replayed(quorate, specs, tmp_path, model, model)
    assert result.exit_code == 0
    assert "is true" not in result.stdout
    golden(f"replay/refinement-{model}.txt", result.stdout)


def test_a_lasso_that_the_model_forbids_does_not_refute_its_refinement(quorate, specs, tmp_path):
    """What stops at once is not fair to a battery that is charged."""
    result = replayed(quorate, specs, tmp_path, "IdleBattery", "Battery")
    assert "`as_light` is false of this behaviour, but it is not fair, so it does not count" in result.stdout
    assert "it breaks weak fairness of charges" in result.stdout


def test_a_lasso_that_keeps_abstract_fairness_is_true(quorate, specs, tmp_path):
    """A lamp that is lit and stays so."""

    def lit(data):
        states = [(False, 0), (False, 1), (False, 2), (True, 0), (True, 1), (True, 2)]
        actions = [None, "charges", "charges", "lights", "charges", "charges"]
        data["steps"] = [
            {"action": action, "arguments": {}, "state": {"on": on, "charge": charge}}
            for action, (on, charge) in zip(actions, states, strict=True)
        ]
        data["loop"] = len(states) - 1

    result = replayed(quorate, specs, tmp_path, "IdleBattery", "IdleBattery", lit)
    assert result.stdout.splitlines()[-1] == "`as_light` is true of this behaviour"


def test_of_the_steps_alone_a_lasso_is_no_counterexample(quorate, specs, tmp_path):
    result = replayed(
        quorate, specs, tmp_path, "Battery", "Battery", lambda data: data.update(property="as_light.steps")
    )
    assert result.stdout.splitlines()[-1] == "`as_light.steps` is true of this behaviour"


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("FlashingBattery", "`as_light` is false for the initial state"),
        ("BlinkingBattery", "`as_light` is false for step 1"),
    ],
)
def test_a_lasso_whose_steps_are_none_of_the_abstract_model_is_false_there(
    quorate, specs, tmp_path, model, told
):
    """Before anything is said of fairness, and not of the last step alone."""
    on = model == "FlashingBattery"

    def charged(data):
        data["steps"] = [
            {"action": action, "arguments": {}, "state": {"on": on, "charge": charge}}
            for action, charge in ((None, 0), ("charges", 1), ("charges", 2))
        ]
        data["loop"] = 2

    result = replayed(quorate, specs, tmp_path, "Battery", model, charged)
    assert result.stdout.splitlines()[-1] == told
