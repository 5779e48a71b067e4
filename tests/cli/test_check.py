"""`quorate check` and `simulate`: counts, forms of the report, exit codes, files."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest


def test_two_phase_commit_with_five_gives_lamports_numbers(quorate):
    result = quorate("check", "two-phase-commit", "-c", "rms=5", "--no-symmetry", "--format", "json")
    data = json.loads(result.stdout)
    assert data["states"] == {"distinct": 8832, "generated": 58146, "depth": 17, "represented": None}
    assert data["symmetry"] is None
    assert result.exit_code == 0
    assert result.stderr == ""


def test_symmetry_is_on_by_default_and_stands_for_as_many_states(quorate):
    result = quorate("check", "two-phase-commit", "-c", "rms=5", "--format", "json")
    data = json.loads(result.stdout)
    assert data["states"] == {"distinct": 314, "generated": 2048, "depth": 17, "represented": 8832}
    assert data["symmetry"] == {"sorts": {"RM": 5}, "samples": 102}
    text = quorate("check", "two-phase-commit", "-c", "rms=5").stdout
    assert "314 orbits stand for 8,832 states" in " ".join(text.split())


def test_json_has_every_documented_key(quorate, specs):
    data = json.loads(quorate("check", specs / "counter.py", "--format", "json").stdout)
    assert set(data) == {
        "schema", "spec", "constants", "engine", "mode", "verdict", "exit_code", "stopped", "states",
        "seconds", "properties", "actions", "bounds_reached", "notes", "symmetry", "workers", "compaction",
        "proof",
    }  # fmt: skip
    assert data["schema"] == "quorate.result/1"
    assert data["constants"] == {
        "limit": 4, "paces": {"#set": ["SLOW"]}, "skipping": False, "jump": None, "marks": []
    }  # fmt: skip
    assert data["verdict"] == "exhaustive for this size"
    assert set(data["properties"][0]) == {"name", "kind", "verdict", "evidence", "why", "trace", "hints"}
    assert data["actions"]["ticks"] == {"taken": 4, "added": 4}


def test_a_violation_exits_1_with_why_and_trace(quorate, specs):
    result = quorate("check", specs / "counter.py", "-c", "paces={SLOW, Pace.FAST}", "--format", "json")
    prop = json.loads(result.stdout)["properties"][0]
    assert result.exit_code == 1
    assert prop["verdict"] == "violated"
    assert prop["why"].startswith("false: s.count <= self.limit\n")
    assert [step["action"] for step in prop["trace"]["steps"]] == [None, "ticks", "ticks", "ticks"]
    assert prop["trace"]["steps"][3] == {
        "action": "ticks",
        "arguments": {"pace": "FAST"},
        "state": {"count": 5, "last": "FAST"},
        "changes": [{"path": "count", "before": "3", "after": "5"}],
    }


@pytest.mark.parametrize(
    ("options", "exit_code"),
    [
        ((), 0),
        (("--search", "dfs"), 0),
        (("--seed", "7"), 0),
        (("--max-states", "2"), 3),
        (("--max-depth", "3"), 3),
        (("--timeout", "1000", "--memory", "64"), 0),
        (("-c", "jump=2"), 0),
        (("-c", "jump=5"), 1),
        (("-c", "jump=9"), 0),
        (("-c", "jump=5", "--property", "only_grows"), 0),
        (("-c", "jump=5", "--keep-going"), 1),
        (("-c", "paces={}"), 1),
        (("-c", "paces={}", "--no-deadlock", "--property", "stays_below"), 0),
        (("-c", "paces={}", "--property", "deadlock_freedom"), 1),
        (("-c", "paces={}", "--property", "reaches_limit"), 1),
    ],
)
def test_exit_code_says_whether_every_property_holds(quorate, specs, options, exit_code):
    assert quorate("check", specs / "counter.py", *options).exit_code == exit_code


@pytest.mark.parametrize("form", ["text", "json", "junit"])
def test_output_goes_to_the_file_and_nothing_to_standard_output(quorate, specs, form, tmp_path):
    file = tmp_path / "report"
    result = quorate("check", specs / "counter.py", "--format", form, "--output", file)
    assert result.stdout == ""
    assert "exhaustive for this size" in result.stderr
    assert "stays_below" in file.read_text()


def test_a_bound_that_was_reached_is_told(quorate, specs):
    result = quorate("check", specs / "counter.py", "-c", "jump=9")
    assert "exhaustive within bounds" in result.stdout
    assert "count: 0..5 (0 .. limit + 1)   once, first at depth 2 by jumps()" in result.stdout


def test_an_action_never_taken_is_loud(quorate, specs):
    assert "NEVER TAKEN" in quorate("check", specs / "counter.py").stdout


def test_witnesses_are_shown_on_request_only(quorate, specs):
    plain = quorate("check", specs / "counter.py").stdout
    assert "reaches_limit is reached at depth 5" not in plain
    assert (
        "reaches_limit is reached at depth 5" in quorate("check", specs / "counter.py", "--witnesses").stdout
    )


def test_junit_passes_fails_and_never_hides_what_is_open(quorate, specs):
    spec = specs / "counter.py"
    held = ET.fromstring(quorate("check", spec, "--format", "junit").stdout)
    assert held.attrib["failures"] == held.attrib["errors"] == "0"
    assert [case.attrib["name"] for case in held.iter("testcase")] == [
        "stays_below", "only_grows", "reaches_limit", "deadlock_freedom",
    ]  # fmt: skip
    violated = ET.fromstring(quorate("check", spec, "-c", "jump=5", "--format", "junit").stdout)
    (failure,) = violated.iter("failure")
    assert "false: s.count <= self.limit" in failure.text
    assert "jumps()" in failure.text
    cut = ET.fromstring(quorate("check", spec, "--max-states", "2", "--format", "junit").stdout)
    assert cut.attrib["errors"] == "4"
    assert not list(cut.iter("skipped"))


def test_the_first_counterexample_is_written_as_itf(quorate, specs, tmp_path):
    file = tmp_path / "trace.itf.json"
    quorate("check", specs / "counter.py", "-c", "jump=5", "--trace", file)
    itf = json.loads(file.read_text())
    assert itf["vars"] == ["count", "last"]
    assert itf["#meta"]["format"] == "ITF"
    none = {"tag": "None", "value": {"#tup": []}}
    assert itf["states"] == [
        {"#meta": {"index": 0}, "count": 0, "last": none},
        {"#meta": {"index": 1, "action": "jumps", "arguments": {}}, "count": 5, "last": none},
    ]


def test_no_counterexample_writes_no_file(quorate, specs, tmp_path):
    result = quorate("check", specs / "counter.py", "--trace", tmp_path / "trace.json")
    assert result.exit_code == 0
    assert "no counterexample" in result.stderr
    assert not list(tmp_path.iterdir())


def test_simulation_is_sampled_and_inconclusive(quorate, specs):
    result = quorate("simulate", specs / "counter.py", "--behaviours", "3", "--format", "json")
    data = json.loads(result.stdout)
    assert data["mode"] == "simulate"
    assert data["verdict"] == "sampled"
    assert result.exit_code == 3


def test_simulation_finds_violations_and_repeats_itself(quorate, specs, timeless):
    arguments = ("simulate", specs / "counter.py", "-c", "paces={SLOW,FAST}", "--seed", "5")
    first, again = quorate(*arguments), quorate(*arguments)
    assert first.exit_code == 1
    assert timeless(first.stdout) == timeless(again.stdout)


def test_simulation_shows_a_behaviour(quorate, specs):
    shown = quorate("simulate", specs / "counter.py", "--depth", "3", "--show").stdout
    story = shown.partition("the first behaviour of seed 0")[2]
    assert [line.split()[0] for line in story.splitlines() if "ticks" in line] == ["1", "2"]


@pytest.mark.parametrize(("there", "end"), [(True, "; the file that is there is from before"), (False, "")])
def test_without_a_counterexample_an_old_trace_file_is_named(quorate, specs, tmp_path, there, end):
    """Nothing is removed, and nobody takes the old trace for a new one."""
    file = tmp_path / "trace.json"
    if there:
        file.write_text("old")
    result = quorate("check", specs / "counter.py", "--trace", file)
    assert result.stderr == f"no counterexample, so {file} was not written{end}\n"
    assert file.exists() == there
    assert not there or file.read_text() == "old"
