"""`quorate show` and `list` name temporal properties, fairness, and refinements with their constants."""

from __future__ import annotations

SPEC = '''
from checker.lang import Formula, Model, Size, Sort, action, eventually, frozen, initial, refines, temporal


class Node(Sort):
    """A node."""


@frozen
class State:
    on: bool


@frozen
class Switch(Model[State]):
    nodes: Size[Node] = 2
    levels: int = 1

    @initial
    def start(self) -> State:
        return State(False)

    @action(fair="strong", per="a, b")
    def flip(self, s: State, a: Node, b: Node) -> State | None:
        return State(not s.on)

    @temporal
    def lit(self, n: Node) -> Formula[State]:
        """There will be light."""
        return eventually(lambda s: s.on)


@frozen
class Lamp(Switch):
    """A switch, seen from afar."""

    bulbs: int = 4

    @refines(Switch, levels="bulbs - 1")
    def as_switch(self, s: State) -> State:
        """The lamp is its switch."""
        return s
'''


def sections(text):
    """The rows under each title, words joined by single blanks."""
    found, title = {}, ""
    for line in text.splitlines():
        if line and not line.startswith(" "):
            title = line
        elif line:
            found.setdefault(title, []).append(" ".join(line.split()))
    return found


def test_show_names_temporal_properties_with_their_parameters_and_what_is_fair(quorate, specs):
    found = sections(quorate("show", f"{specs / 'lock.py'}:Lock").stdout)
    assert found["temporal, of every fair behaviour"] == [
        "served(c: Client) Whoever waits for the lock gets it."
    ]
    assert found["fair behaviours"] == [
        "grant: weak fairness for each c",
        "nobody_keeps_it() Whoever holds the lock gives it back.",
    ]


def test_show_gives_the_constants_of_the_abstract_model(quorate, tmp_path):
    spec = tmp_path / "lamp.py"
    spec.write_text(SPEC)
    found = sections(quorate("show", f"{spec}:Lamp").stdout)
    assert found["refines"] == ["Switch(levels = bulbs - 1) by as_switch The lamp is its switch."]
    assert found["fair behaviours"] == ["flip: strong fairness for each a, b"]


def test_a_model_without_them_shows_none_of_these_sections(quorate, specs):
    text = quorate("show", specs / "counter.py").stdout
    assert [word for word in ("temporal", "fair", "refines") if word in text] == []


def test_the_list_names_refinements_among_the_properties(quorate):
    words = " ".join(quorate("list").stdout.split())
    assert "refinement as_consensus" in words
    assert "refinement as_voting" in words
