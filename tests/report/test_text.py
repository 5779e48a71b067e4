"""The text report, to the letter, and what it must and must not say."""

from __future__ import annotations

import re

import attrs
import pytest

from checker import check
from checker.lang import Map
from checker.library import find
from checker.report.text import Section, render, render_sections
from checker.report.trace import change_lines, path_parts
from checker.result.trace import Change, changes
from specs.transactions.two_phase_commit import TwoPhaseCommit, TwoPhaseCommitUnilateralAbort


def still(result):
    """A result without how long it took."""
    return attrs.evolve(result, seconds=0.0)


@pytest.fixture(scope="module")
def ping_pong(request):
    return find(str(request.config.rootpath / "tests/cli/specs/ping_pong.py"))


@pytest.fixture(scope="module")
def counter(request):
    return find(str(request.config.rootpath / "tests/cli/specs/counter.py"))


def test_a_model_that_holds(golden):
    golden("report/holds.txt", render(still(check(TwoPhaseCommit()))))


def test_a_violation(golden):
    golden("report/violated.txt", render(still(check(TwoPhaseCommitUnilateralAbort()))))


def test_bounds_and_lanes(ping_pong, golden):
    result = still(check(ping_pong(nodes=3, rallies=8), symmetry=False))
    golden("report/lanes.txt", render(result))


def test_a_budget_that_ran_out(counter, golden):
    golden("report/stopped.txt", render(still(check(counter(), max_states=2))))


def test_witnesses(counter, golden):
    golden("report/witnesses.txt", render(still(check(counter(limit=2))), witnesses=True))


def test_a_deadlock(counter, golden):
    golden("report/deadlock.txt", render(still(check(counter(paces=frozenset())))))


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_the_report_keeps_its_width(width, ping_pong):
    for model, symmetry in ((TwoPhaseCommitUnilateralAbort(), True), (ping_pong(nodes=4, rallies=8), False)):
        text = render(check(model, symmetry=symmetry), width=width)
        assert [line for line in text.splitlines() if len(line) > width] == []


def test_colours_are_added_and_nothing_else():
    result = check(TwoPhaseCommitUnilateralAbort())
    coloured = render(result, colour=True)
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured).split() == render(result).split()


@pytest.mark.parametrize("options", [{}, {"max_states": 2}, {"properties": ["stays_below"]}])
def test_no_verdict_is_a_bare_ok(counter, options):
    text = render(check(counter(), **options)).lower()
    assert not re.search(r"\b(ok|passed|success)\b", text)


def test_a_path_is_taken_apart_at_fields_and_keys():
    assert path_parts("nodes[n1].log") == ["nodes", "[n1]", "log"]
    assert path_parts("links[(n1, n2)][Box(a=[1.5])].x") == ["links", "[(n1, n2)]", "[Box(a=[1.5])]", "x"]
    assert path_parts("") == []


def shown(found):
    return [line.text for line in change_lines(found, 100, 0)]


def test_changes_are_nested_under_their_common_prefix():
    found = [
        Change("nodes[n1].term", 1, 2),
        Change("nodes[n1].votes", frozenset(), frozenset({1})),
        Change("nodes[n2].term", 1, 3),
        Change("count", 0, 1),
    ]
    assert shown(found) == [
        "nodes",
        "  [n1]",
        "    term   1 → 2",
        "    votes  {} → {1}",
        "  [n2].term  1 → 3",
        "count  0 → 1",
    ]


def test_sets_show_what_they_gain_and_lose():
    assert shown(changes(frozenset({1, 2}), frozenset({2, 3}), "sent")) == ["sent  -1", "      +3"]


def test_a_sequence_shows_what_is_appended():
    assert shown(changes((1, 2), (1, 2, 3), "log")) == ["log  (1, 2) then 3"]
    assert shown(changes((), (1,), "log")) == ["log  () → (1,)"]
    assert shown(changes(Map({1: (1,)}), Map({1: ()}), "log")) == ["log[1]  (1,) → ()"]


@pytest.mark.parametrize("width", [60, 70, 80])
def test_sections_are_wrapped_and_nothing_is_cut(width):
    """The text, the remark and the rows of a section fit the width, with all their words."""
    doc = "Every value that is chosen was proposed. " * 4
    remark = "A value is chosen once a majority of acceptors has voted for it in an earlier ballot. " * 2
    row = "No two acceptors vote for different values in the same ballot, nor in an earlier one. " * 2
    drawn = render_sections(
        "family x", f"{doc}\n\n  indented", [Section("paxos", (("a", row),), remark)], width=width
    )
    lines = drawn.splitlines()
    assert max(map(len, lines)) <= width
    assert "  indented" in lines
    assert " ".join(drawn.split()) == " ".join(f"family x {doc} indented paxos {remark} a {row}".split())
