"""Lemmas on the command line: apart from the properties, and judged only where they are asked for."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest


def kinds(output: str) -> dict[str, str]:
    return {prop["name"]: prop["kind"] for prop in json.loads(output)["properties"]}


def test_show_has_a_section_for_lemmas(quorate, specs):
    text = quorate("show", specs / "lemmas.py").stdout
    before, after = text.split("lemmas\n")
    assert "never_nine" in before
    assert "is_even" not in before
    assert [line.split() for line in after.splitlines()[:2]] == [
        ["is_even", "Nothing", "makes", "it", "odd."],
        ["stays_below_six", "False", "after", "three", "steps."],
    ]


def test_list_names_lemmas_in_a_row_of_their_own(quorate):
    words = quorate("list").stdout.split()
    place = words.index("votes_are_for_safe_values")
    assert words[place - 1] == "lemmas"
    assert words.count("votes_are_for_safe_values") == 1


def test_a_spec_without_lemmas_shows_none(quorate, specs):
    assert "lemma" not in quorate("show", specs / "counter.py").stdout


def test_check_leaves_lemmas_out(quorate, specs):
    result = quorate("check", specs / "lemmas.py", "--format", "json")
    assert kinds(result.stdout) == {
        "never_nine": "always",
        "full": "sometimes",
        "deadlock_freedom": "deadlock",
    }
    assert result.exit_code == 0


@pytest.mark.parametrize("engine", ["python", "native"])
def test_one_lemma_can_be_checked_by_its_name(quorate, specs, engine):
    given = ["check", specs / "lemmas.py", "--property", "is_even", "--engine", engine]
    result = quorate(*given, "--format", "json")
    assert kinds(result.stdout) == {"is_even": "lemma"}
    assert result.exit_code == 0


def test_all_lemmas_can_be_checked_and_a_false_one_has_a_trace(quorate, specs, tmp_path):
    trace = tmp_path / "trace.json"
    result = quorate("check", specs / "lemmas.py", "--lemmas", "--format", "json", "--trace", trace)
    data = json.loads(result.stdout)
    assert kinds(result.stdout)["is_even"] == "lemma"
    refuted = next(prop for prop in data["properties"] if prop["verdict"] == "violated")
    assert (refuted["name"], refuted["kind"]) == ("stays_below_six", "lemma")
    assert refuted["why"].startswith("false: s.n < 6\n")
    assert result.exit_code == 1
    again = quorate("replay", specs / "lemmas.py", trace)
    assert "`stays_below_six` is false in the last state" in again.stdout


def test_text_and_junit_name_lemmas_as_such(quorate, specs):
    text = quorate("check", specs / "lemmas.py", "--lemmas").stdout
    assert next(line.split()[:3] for line in text.splitlines() if line.startswith("stays_below_six")) == [
        "stays_below_six", "lemma", "violated"
    ]  # fmt: skip
    suite = ET.fromstring(quorate("check", specs / "lemmas.py", "--lemmas", "--format", "junit").stdout)
    failed = [case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None]
    assert failed == ["stays_below_six"]


def test_simulate_judges_lemmas_where_asked(quorate, specs):
    given = ["simulate", specs / "lemmas.py", "--behaviours", "3", "--depth", "9", "--format", "json"]
    assert "is_even" not in kinds(quorate(*given).stdout)
    result = quorate(*given, "--lemmas")
    assert kinds(result.stdout)["is_even"] == "lemma"
    assert result.exit_code == 1


def test_compile_shows_lemmas_in_the_ir_and_not_in_the_c_that_check_runs(quorate, specs):
    assert "lemma is_even(s: State)" in quorate("compile", specs / "lemmas.py", "--show", "ir").stdout
    code = quorate("compile", specs / "lemmas.py", "--show", "c").stdout
    assert "never_nine" in code
    assert "is_even" not in code
