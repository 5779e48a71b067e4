"""`quorate replay`: a recorded trace is a behaviour, or diverges at a step for a reason."""

from __future__ import annotations

import json
import re

import pytest


@pytest.fixture
def recorded(quorate, specs, tmp_path):
    """The trace file of a counterexample of three steps."""
    file = tmp_path / "trace.json"
    quorate("check", specs / "counter.py", "-c", "paces={SLOW,FAST}", "--trace", file)
    return file


def edit(file, change):
    """Change a JSON file in place."""
    data = json.loads(file.read_text())
    change(data)
    file.write_text(json.dumps(data))


def test_a_recorded_trace_is_a_behaviour_of_its_spec(quorate, specs, recorded):
    result = quorate("replay", specs / "counter.py", recorded)
    assert result.stdout == (
        "the trace is a behaviour of Counter: 3 steps replayed\n`stays_below` is false in the last state\n"
    )
    assert result.exit_code == 0


def test_a_whole_result_is_replayed_with_its_constants(quorate, specs, tmp_path):
    file = tmp_path / "result.json"
    arguments = ("-c", "jump=5", "--keep-going", "--format", "json", "--output", file)
    quorate("check", specs / "counter.py", *arguments)
    assert "`stays_below` is false" in quorate("replay", specs / "counter.py", file).stdout
    chosen = quorate("replay", specs / "counter.py", file, "--property", "reaches_limit")
    assert "`reaches_limit` is true in the last state" in chosen.stdout
    assert chosen.exit_code == 0


@pytest.mark.parametrize("spec", ["paxos-ignores-promise", "two-phase-commit-unilateral-abort"])
def test_every_broken_variant_replays_its_own_counterexample(quorate, spec, tmp_path):
    file = tmp_path / "trace.json"
    assert quorate("check", spec, "--trace", file).exit_code == 1
    result = quorate("replay", spec, file)
    assert re.search("is false (in the last state|for the last step)", result.stdout)
    assert result.exit_code == 0


def test_a_step_that_refines_nothing_still_does_and_refines_in_the_right_protocol(quorate, tmp_path):
    """The trace of a refinement is judged by its last step."""
    file = tmp_path / "trace.json"
    spec = "two-phase-commit-unilateral-abort"
    assert quorate("check", spec, "--property", "as_transaction_commit", "--trace", file).exit_code == 1
    told = "`as_transaction_commit` is {} for the {}"
    assert told.format("false", "last step") in quorate("replay", spec, file).stdout
    edit(file, lambda data: data["steps"].pop())
    assert told.format("true", "last step") in quorate("replay", spec, file).stdout
    edit(file, lambda data: data.update(steps=data["steps"][:1]))
    assert told.format("true", "initial state") in quorate("replay", spec, file).stdout


def test_a_deadlock_is_still_one(quorate, specs, tmp_path):
    file = tmp_path / "trace.json"
    quorate("check", specs / "counter.py", "-c", "paces={}", "--trace", file)
    assert "the last state is a deadlock" in quorate("replay", specs / "counter.py", file).stdout


def test_the_counterexample_of_a_variant_diverges_on_the_right_protocol(quorate, tmp_path, golden):
    """What it could not do, the guard that said no, and what there was instead."""
    file = tmp_path / "trace.json"
    quorate("check", "two-phase-commit-unilateral-abort", "--trace", file)
    result = quorate("replay", "two-phase-commit", file)
    assert result.exit_code == 1
    golden("replay/disabled.txt", result.stdout)


DIVERGENCES = {
    "successor": lambda data: data["steps"][2]["state"].update(count=2),
    "initial": lambda data: data["steps"][0]["state"].update(count=1),
    "unknown-action": lambda data: data["steps"][1].update(action="tickz"),
    "parameters": lambda data: data["steps"][1].update(arguments={"speed": "SLOW"}),
    "disabled": lambda data: data["steps"].append(data["steps"][3]),
    "constants": lambda data: data["constants"].update(paces={"#set": ["SLOW"]}),
}


@pytest.mark.parametrize("name", DIVERGENCES)
def test_a_changed_trace_diverges_where_it_was_changed(quorate, specs, recorded, golden, name):
    edit(recorded, DIVERGENCES[name])
    result = quorate("replay", specs / "counter.py", recorded)
    assert result.exit_code == 1
    golden(f"replay/changed-{name}.txt", result.stdout)


def test_constants_of_the_call_go_before_those_of_the_file(quorate, specs, recorded):
    result = quorate("replay", specs / "counter.py", recorded, "-c", "limit=9")
    assert "`stays_below` is true in the last state" in result.stdout
    assert result.exit_code == 0


BAD_FILES = {
    "not JSON": ("{", "replay/not-json"),
    "a list": ("[]", "replay/no-trace"),
    "another object": ("{}", "replay/no-trace"),
    "ITF": ('{"vars": [], "states": []}', "replay/no-trace"),
    "no steps": ('{"steps": []}', "replay/no-trace"),
    "a schema of another version": (
        '{"schema": "quorate.trace/2", "steps": [{"action": null, "state": {"count": 0, "last": null}}]}',
        "replay/no-trace",
    ),
    "a schema that is none": ('{"schema": [], "steps": []}', "replay/no-trace"),
    "a step that is none": ('{"steps": [3]}', "replay/no-trace"),
    "arguments that are none": (
        '{"steps": [{"action": null, "state": {}, "arguments": 3}]}',
        "replay/no-trace",
    ),
    "no trace": ('{"properties": [{"name": "x", "trace": null}]}', "replay/no-trace"),
    "unknown constant": (
        '{"constants": {"limits": 3}, "steps": [{"action": null, "state": {}}]}',
        "constant/unknown",
    ),
    "constants that are none": (
        '{"constants": [], "steps": [{"action": null, "state": {}}]}',
        "replay/no-trace",
    ),
    "a field missing": ('{"steps": [{"action": null, "state": {}}]}', "trace/fields"),
    "a value out of bounds": (
        '{"steps": [{"action": null, "state": {"count": 77, "last": null}}]}',
        "trace/outside-type",
    ),
    "a value of another type": (
        '{"steps": [{"action": null, "state": {"count": "x", "last": null}}]}',
        "trace/bad-value",
    ),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_file_that_holds_no_fitting_trace_is_a_mistake_in_the_call(quorate, specs, tmp_path, what):
    text, code = BAD_FILES[what]
    file = tmp_path / "bad.json"
    file.write_text(text)
    result = quorate("replay", specs / "counter.py", file)
    assert result.stderr.startswith(f"error[{code}]")
    assert result.stdout == ""
    assert result.exit_code == 2


def test_an_unknown_property_names_the_nearest(quorate, specs, tmp_path):
    file = tmp_path / "result.json"
    quorate("check", specs / "counter.py", "-c", "jump=5", "--format", "json", "--output", file)
    result = quorate("replay", specs / "counter.py", file, "--property", "stays_bellow")
    assert "Did you mean `stays_below`?" in result.stderr
    assert result.exit_code == 2


def test_a_trace_file_of_another_property_says_so(quorate, specs, recorded):
    """The property that was asked for is not silently exchanged for the one of the file."""
    result = quorate("replay", specs / "counter.py", recorded, "--property", "reaches_limit")
    assert "error[replay/no-such-property]: the trace is of `stays_below`, not of" in result.stderr
    assert result.stdout == ""
    assert result.exit_code == 2
    named = quorate("replay", specs / "counter.py", recorded, "--property", "stays_below")
    assert named.exit_code == 0


def test_an_unknown_schema_is_named_with_those_that_are_known(quorate, specs, recorded):
    """A file of another version is not read as if it were of this one."""
    edit(recorded, lambda data: data.update(schema="quorate.trace/2"))
    said = quorate("replay", specs / "counter.py", recorded).stderr
    assert 'its schema is "quorate.trace/2", and this version reads quorate.trace/1' in said


def test_simulate_refuses_contradicting_options(quorate, specs):
    """As `check` does."""
    options = ("--property", "deadlock_freedom", "--no-deadlock")
    result = quorate("simulate", specs / "counter.py", *options)
    assert result.stderr.startswith("error[call/contradiction]")
    assert result.exit_code == 2
