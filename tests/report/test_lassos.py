"""Lassos, their fairness, and refinements beside their abstract models, as text, JSON, ITF and JUnit."""

from __future__ import annotations

import json
from enum import Enum
from xml.etree import ElementTree as ET

import attrs
import pytest

from checker.lang import frozen
from checker.lang.types import EnumType, IntType, RecordType
from checker.report import as_itf, as_json, junit
from checker.report.lanes import draw
from checker.report.text import render
from checker.result.result import Counts, Evidence, PropertyResult, Result, Verdict
from checker.result.trace import Assumed, Event, Step, Trace


class Client(Enum):
    C1 = 1
    C2 = 2


@frozen
class State:
    holder: Client
    waits: int


@frozen
class Held:
    turns: int


STATE = RecordType(State, (("holder", EnumType(Client)), ("waits", IntType(0, 9))))
HELD = RecordType(Held, (("turns", IntType(0, 9)),))


def step(action, holder, waits):
    """A step by client 1 to a state."""
    return Step(
        action, (("c", Client.C1),), State(holder, waits), Event(Client.C1, action), (EnumType(Client),)
    )


STEPS = (
    Step(None, (), State(Client.C1, 0)),
    step("ask", Client.C1, 1),
    step("grant", Client.C2, 0),
    step("ask_again", Client.C1, 1),
)
FAIRNESS = (
    Assumed("weak fairness of ask(c=C1)", "taken at step 3", (3,)),
    Assumed("strong fairness of leave", "not enabled in the whole loop"),
)
GOES_ROUND = Trace("counterexample", STEPS, STATE, loop=1, fairness=FAIRNESS)
STOPS = Trace("counterexample", STEPS, STATE, loop=3)
HINT = "it holds under weak fairness of `leave`."


def result(trace, kind="temporal", hints=()):
    """A result with one violated property."""
    prop = PropertyResult(
        "served",
        kind,
        "Whoever asks is served.",
        Verdict(Evidence.VIOLATED),
        "a fair lasso",
        ("`holds` is not true from state 1 on",),
        trace,
        hints,
    )
    return Result(
        "lock",
        (),
        "python",
        "check",
        Verdict(Evidence.VIOLATED),
        Counts(3, 4, 3),
        0.0,
        (prop,),
        (),
        (),
        None,
        (),
    )


def story(trace, **given):
    """The lines of the report from the counterexample on."""
    lines = render(result(trace), **given).splitlines()
    return lines[next(i for i, line in enumerate(lines) if line.startswith("  counterexample")) :]


def test_a_lasso_that_goes_round_shows_its_loop_why_it_is_fair_and_the_hint(golden):
    golden("report/lasso.txt", render(result(GOES_ROUND, hints=(HINT,))))


def test_the_loop_stands_between_its_two_marks():
    """The first mark follows the state at which the loop begins, the second the last step."""
    lines = story(GOES_ROUND)
    marks = [number for number, line in enumerate(lines) if "──" in line]
    assert [lines[number].strip() for number in marks] == [
        "── the loop begins here, in state 1",
        "── back in state 1, and so on for ever",
    ]
    inside = [line.strip() for line in lines[marks[0] : marks[1]]]
    heads = [line for line in inside if line[:1].isdigit()]
    assert heads == ["2  grant(C1)", "3  ask_again(C1)"]


def test_a_loop_that_begins_at_the_start_is_marked_after_the_initial_state():
    lines = story(attrs.evolve(GOES_ROUND, loop=0))
    heads = [line.strip() for line in lines if "──" in line or line.strip()[:1].isdigit()]
    assert heads[:3] == ["0  an initial state", "── the loop begins here, in state 0", "1  ask(C1)"]
    assert lines[0] == "  counterexample of 0 steps, then a loop of 3 for ever"


def test_a_lasso_that_stops_says_so_and_has_no_loop():
    lines = story(STOPS)
    assert lines[0] == "  counterexample of 3 steps, and there it stops for ever"
    assert [line.strip() for line in lines if "──" in line] == ["── here it stops for ever"]
    assert "back in" not in "\n".join(lines)


def test_a_behaviour_that_stops_at_once_is_a_lasso_of_one_state():
    lines = story(attrs.evolve(STOPS, steps=STEPS[:1], loop=0))
    assert lines[0] == "  counterexample of no step: it never begins"
    assert "  ── here it stops for ever" in lines


def test_a_lasso_without_assumptions_says_that_nothing_is_assumed():
    text = "\n".join(story(STOPS))
    assert "no fairness is assumed: a behaviour may stop anywhere" in text
    assert "fair, because" not in text


def test_a_behaviour_that_is_no_lasso_says_nothing_of_loops_or_fairness():
    lines = story(attrs.evolve(STOPS, loop=None))
    assert lines[0] == "  counterexample of 3 steps"
    assert [line for line in lines if "──" in line or "fair" in line] == []


def test_reasons_stand_in_a_column_of_their_own_or_below_where_that_is_too_narrow():
    wide, narrow = story(GOES_ROUND, width=100), story(GOES_ROUND, width=60)
    assert "    weak fairness of ask(c=C1)   taken at step 3" in wide
    assert "    strong fairness of leave     not enabled in the whole loop" in wide
    at = narrow.index("    weak fairness of ask(c=C1)")
    assert narrow[at + 1] == "        taken at step 3"


@pytest.mark.parametrize("width", [60, 100, 120, 160])
def test_a_lasso_and_a_refinement_keep_the_width_of_the_report(width):
    for trace in (GOES_ROUND, REFUTED):
        text = render(
            result(trace, hints=("it holds under " + "weak fairness of all that there is, " * 5,)),
            width=width,
        )
        assert [line for line in text.splitlines() if len(line) > width] == []


def served(title, how, kind="weak fairness of deliver(m)"):
    """An assumption of fairness to one of many values."""
    return Assumed(title, how, (), kind)


def reasons(fairness):
    """The lines of the report on why a lasso is fair."""
    lines = story(attrs.evolve(GOES_ROUND, fairness=tuple(fairness)))
    return [" ".join(line.split()) for line in lines[lines.index("  fair, because") + 1 :]]


NEVER = "not enabled in the whole loop"
MANY = [served(f"weak fairness of deliver({m})", NEVER) for m in range(200)]


def test_assumptions_of_one_kind_that_are_satisfied_in_the_same_way_are_one_line():
    assert reasons(MANY) == [f"weak fairness of deliver(m) for all 200 values {NEVER}"]


def test_those_that_differ_are_shown_apart_and_others_not_with_them():
    """The place of a group is that of the first of it."""
    taken = served("weak fairness of deliver(200)", "taken at step 3")
    other = [served(f"strong fairness of send({m})", NEVER, "strong fairness of send(m)") for m in range(5)]
    leave = Assumed("weak fairness of leave", NEVER)
    assert reasons([MANY[0], taken, *MANY[1:], leave, *other]) == [
        f"weak fairness of deliver(m) for 200 of 201 values {NEVER}",
        "weak fairness of deliver(200) taken at step 3",
        f"weak fairness of leave {NEVER}",
        f"strong fairness of send(m) for all 5 values {NEVER}",
    ]


def test_a_few_of_a_kind_are_each_a_line_and_so_are_those_of_no_kind():
    few = [f"weak fairness of deliver({m}) {NEVER}" for m in range(4)]
    assert reasons(MANY[:4]) == few
    unknown = [f"weak fairness of deliver({m}) {NEVER}" for m in range(20)]
    assert reasons([attrs.evolve(one, kind="") for one in MANY[:20]]) == unknown


def test_json_has_every_assumption_on_its_own():
    (prop,) = json.loads(as_json.render(result(attrs.evolve(GOES_ROUND, fairness=tuple(MANY)))))["properties"]
    assert len(prop["trace"]["fairness"]) == 200


# -- lanes ----------------------------------------------------------------------------------------


def test_lanes_have_a_rule_before_and_after_the_loop():
    lines = draw(attrs.evolve(GOES_ROUND, lanes=tuple(Client)), 80)
    assert lines == [
        "       C1      C2",
        "  1    ●       │       ask",
        "═══════╪═══════╪══════ the loop begins, in state 1",
        "  2    ●       │       grant",
        "  3    ●       │       ask_again",
        "═══════╪═══════╪══════ back in state 1, and so on",
    ]


def test_lanes_of_a_behaviour_that_stops_end_with_a_rule():
    lines = draw(attrs.evolve(STOPS, lanes=tuple(Client)), 80)
    assert [line for line in lines if "═" in line] == [lines[-1]]
    assert lines[-1].endswith(" here it stops for ever")


# -- refinement -----------------------------------------------------------------------------------

ABSTRACT = Trace(
    "behaviour",
    (
        Step(None, (), Held(0)),
        Step(None, (), Held(0)),
        Step("pass_on", (("c", Client.C2),), Held(1), None, (EnumType(Client),)),
        Step(None, (), Held(7)),
    ),
    HELD,
    model="Turns",
    counterparts=("initial", "stutter", "step", "none"),
)
REFUTED = Trace("counterexample", STEPS, STATE, beside=ABSTRACT)


@pytest.mark.parametrize("width", [100, 120])
def test_a_refinement_shows_both_behaviours(width, golden):
    """In two columns, or each abstract step below its own."""
    golden(f"report/refinement-{width}.txt", render(result(REFUTED, "refinement"), width=width))


def abstract_heads(trace, width):
    """What the report says of each abstract step."""
    lines = render(result(trace, "refinement"), width=width).splitlines()
    told = [line.partition("│ ")[2].rstrip() for line in lines if "│ " in line]
    return [text for text in told if text and not text.startswith(" ")]


@pytest.mark.parametrize("width", [100, 140])
def test_each_step_is_an_abstract_one_or_a_stutter_or_the_one_that_none_does(width):
    assert abstract_heads(REFUTED, width) == [
        "Turns: an initial state",
        "Turns: stutters",
        "Turns: pass_on(C2)",
        "no step of Turns does this",
    ]


def alone(counterpart, **more):
    """A behaviour of one state, which is this to the abstract model."""
    abstract = attrs.evolve(ABSTRACT, steps=ABSTRACT.steps[3:], counterparts=(counterpart,))
    return attrs.evolve(REFUTED, steps=STEPS[:1], beside=abstract, **more)


@pytest.mark.parametrize(
    ("counterpart", "told"),
    [
        ("none", "no initial state of Turns"),
        ("initial", "Turns: an initial state"),
        ("state", "Turns: a state"),
    ],
)
def test_a_first_state_alone_is_what_it_is_to_the_abstract_model(counterpart, told):
    """A lasso that stops at once begins well; only a first state that has no counterpart does not."""
    for trace in (alone(counterpart), alone(counterpart, loop=0)):
        assert abstract_heads(trace, 100) == [told]
        (prop,) = json.loads(as_json.render(result(trace, "refinement")))["properties"]
        (step,) = prop["trace"]["beside"]["steps"]
        assert step["counterpart"] == (None if counterpart == "none" else counterpart)


def test_what_is_violated_is_named_by_its_kind():
    assert "\nthe temporal property served is violated\n" in render(result(GOES_ROUND))
    assert "\nthe refinement served is violated\n" in render(result(REFUTED, "refinement"))
    assert "\nserved is violated\n" in render(result(REFUTED, "always"))


# -- files ----------------------------------------------------------------------------------------


def test_json_has_the_loop_the_fairness_and_the_hints():
    (prop,) = json.loads(as_json.render(result(GOES_ROUND, hints=(HINT,))))["properties"]
    assert prop["hints"] == [HINT]
    trace = prop["trace"]
    assert (trace["loop"], len(trace["steps"]), trace["beside"]) == (1, 4, None)
    assert trace["fairness"] == [
        {"assumption": "weak fairness of ask(c=C1)", "how": "taken at step 3", "steps": [3]},
        {"assumption": "strong fairness of leave", "how": "not enabled in the whole loop", "steps": []},
    ]


def test_json_has_the_abstract_behaviour():
    (prop,) = json.loads(as_json.render(result(REFUTED, "refinement")))["properties"]
    beside = prop["trace"]["beside"]
    assert (prop["kind"], prop["trace"]["loop"], beside["model"]) == ("refinement", None, "Turns")
    assert [(step["action"], step["state"]["turns"], step["counterpart"]) for step in beside["steps"]] == [
        (None, 0, "initial"),
        (None, 0, "stutter"),
        ("pass_on", 1, "step"),
        (None, 7, None),
    ]
    assert all("counterpart" not in step for step in prop["trace"]["steps"])


def test_a_trace_file_has_the_loop():
    whole = result(GOES_ROUND)
    assert json.loads(as_json.render_trace(whole, whole.properties[0]))["loop"] == 1


def test_itf_has_the_loop_of_a_lasso_and_of_nothing_else():
    lasso, plain = result(GOES_ROUND), result(REFUTED)
    found = json.loads(as_itf.render_trace(lasso, lasso.properties[0]))
    assert found["loop"] == 1
    without = [{k: v for k, v in state.items() if k != "#meta"} for state in found["states"]]
    assert without[-1] == without[1]
    assert "loop" not in json.loads(as_itf.render_trace(plain, plain.properties[0]))


def test_junit_tells_of_the_loop_the_fairness_and_the_hint():
    failure = ET.fromstring(junit.render(result(GOES_ROUND, hints=(HINT,)))).find(".//failure")
    for text in ("then a loop of 2 for ever", "back in state 1", "strong fairness of leave", f"hint: {HINT}"):
        assert text in failure.text
