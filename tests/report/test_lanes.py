"""Traces as lanes: columns, arrows, labels that are never cut."""

from __future__ import annotations

from enum import Enum

from checker.lang import frozen
from checker.lang.types import EnumType, RecordType
from checker.report.lanes import draw
from checker.result.trace import Event, Step, Trace


class Node(Enum):
    A = 1
    B = 2
    C = 3


@frozen
class State:
    at: Node


STATE = RecordType(State, (("at", EnumType(Node)),))


def trace(*events):
    """A trace of these events, one for each step."""
    steps = [Step(None, (), State(Node.A))]
    steps += [Step("acts", (("node", Node.B),), State(Node.A), event) for event in events]
    return Trace("behaviour", tuple(steps), STATE, tuple(Node))


def test_arrows_lead_from_the_sender_to_the_receiver():
    events = (
        Event(Node.A, "starts"),
        Event(Node.C, "ask", Node.A),
        Event(Node.A, "answer", Node.C),
        Event(Node.B, "hello", Node.C),
        Event(Node.B, "itself", Node.B),
        None,
    )
    assert draw(trace(*events), 80) == [
        "       A       B       C",
        "  1    ●       │       │       starts",
        "  2    ○───────┼──────▶●       ask",
        "  3    ●◀──────┼───────○       answer",
        "  4    │       ●◀──────○       hello",
        "  5    │       ●       │       itself",
        "  6    │       │       │       acts(B)",
    ]


def test_a_long_label_wraps_and_is_not_cut():
    label = "AppendEntries with a great many words that go on and on until the line is full"
    lines = draw(trace(Event(Node.B, label, Node.A)), 60)
    assert all(len(line) <= 60 for line in lines)
    assert " ".join(line[31:].strip() for line in lines[1:]) == label
    assert lines[2].startswith("       │       │       │ ")


def test_what_happens_outside_the_lanes_says_where():
    assert draw(trace(Event("client", "asks")), 80)[1].endswith("'client': asks")


def test_no_lanes_no_diagram():
    assert draw(Trace("behaviour", (), STATE, ()), 80) == []


def test_too_many_lanes_for_the_width_give_no_diagram():
    assert draw(trace(None), 30) == []
