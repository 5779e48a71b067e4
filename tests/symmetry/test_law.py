"""A spec that tells members of a sort apart is told so, wherever it does; one that does not never is."""

from __future__ import annotations

from functools import partial
from itertools import combinations

import pytest

import checker
from checker.lang.errors import SpecError
from checker.report.errors import render_error
from checker.symmetry import reduction
from tests.conftest import Golden
from tests.symmetry.models import Flaw, Peer, Waiting, Web
from tests.symmetry.test_search import assert_traces_show

check = partial(checker.check, engine="python")

FLAWS = [
    (Flaw.ACTION, "peer_comes"),
    (Flaw.INITIAL, "nobody"),
    (Flaw.PROPERTY, "the_first_is_not_alone"),
    (Flaw.STEP, "the_first_stays"),
    (Flaw.BOUNDARY, "the_second_comes_late"),
    (Flaw.FINAL, "the_third_is_there"),
    (Flaw.ORDER, "all_are_served"),
    (Flaw.TWICE, "peer_leaves"),
]


@pytest.mark.parametrize(("flaw", "culprit"), FLAWS)
def test_a_breach_names_its_culprit(flaw: Flaw, culprit: str) -> None:
    """Whoever names a member is named, at the place where it is defined, with two peers exchanged."""
    with pytest.raises(SpecError) as raised:
        check(Waiting(flaw=flaw), keep_going=True)
    problem = raised.value.problem
    assert problem.code == "symmetry/broken"
    assert problem.what == f"`{culprit}` of `Waiting` tells the members of `Peer` apart"
    assert problem.at is not None
    assert problem.at.file.endswith("tests/symmetry/models.py")
    assert problem.notes[1].count("->") == 2


@pytest.mark.parametrize(("flaw", "culprit"), FLAWS)
def test_without_symmetry_nothing_is_asked_of_the_spec(flaw: Flaw, culprit: str) -> None:
    """Such a spec is checked as it stands."""
    result = check(Waiting(flaw=flaw), keep_going=True, symmetry=False)
    assert result.symmetry is None
    assert result.states.represented is None
    assert culprit in {prop.name for prop in result.properties} | {a.name for a in result.actions} | {
        "nobody", "the_second_comes_late", "the_third_is_there",
    }  # fmt: skip


def test_a_property_that_is_not_asked_breaks_nothing() -> None:
    """Only what the search relies on is checked."""
    result = check(Waiting(flaw=Flaw.PROPERTY), properties=["all_are_there"])
    assert result.holds


def test_a_spec_without_flaw_keeps_the_law() -> None:
    """All states are checked where there are few, and nothing is found."""
    result = check(Waiting())
    assert result.holds
    assert result.symmetry is not None
    assert (result.symmetry.sorts, result.symmetry.samples) == ((("Peer", 3),), result.states.distinct)
    assert (result.states.distinct, result.states.represented) == (4, 8)


@pytest.mark.parametrize("flaw", [Flaw.ACTION, Flaw.STEP, Flaw.INITIAL, Flaw.PROPERTY])
def test_a_breach_as_a_reader_sees_it(flaw: Flaw, golden: Golden) -> None:
    """The law, the state, the permutation, what differs, and what to write instead."""
    with pytest.raises(SpecError) as raised:
        check(Waiting(flaw=flaw), keep_going=True)
    golden(f"symmetry/{flaw.value}.txt", render_error(raised.value))


def test_later_states_are_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones all, then one in so many."""
    monkeypatch.setattr(reduction, "ALWAYS", 5)
    monkeypatch.setattr(reduction, "ONE_IN", 10)
    rules = ((0, 0, 1, 1), (1, 0, 2, 0), (2, 1, 0, 2), (1, 1, 1, 1))
    result = check(Web(rules=rules), keep_going=True)
    assert result.symmetry is not None
    assert result.symmetry.samples == 5 + result.states.distinct // 10


def test_a_breach_that_no_sample_met_gives_no_false_behaviour(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path through orbits that nothing follows is the same error, not a trace."""
    monkeypatch.setattr(reduction, "ALWAYS", 0)
    monkeypatch.setattr(reduction, "ONE_IN", 10**9)
    told = []
    for gate in (1, 2, 3):
        model = Waiting(flaw=Flaw.GATE, gate=gate)
        try:
            result = check(model, properties=["all_are_there", "deadlock_freedom"])
        except SpecError as error:
            told.append(error.problem.code)
        else:
            assert_traces_show(model, result)
    assert set(told) == {"symmetry/broken"}


# -- constants --


def test_a_constant_that_names_a_member_takes_its_sort_out() -> None:
    """No symmetry over that sort, and a note that says why."""
    result = check(Waiting(favourite=Peer(2)))
    assert result.symmetry is None
    assert result.states.distinct == 8
    assert result.notes[0] == (
        "no symmetry over `Peer`: the constant `favourite` tells its members apart, so states that "
        "differ in their names only are all explored."
    )


def test_a_constant_that_treats_all_alike_leaves_the_symmetry() -> None:
    """All pairs stay all pairs, whoever is exchanged."""
    pairs = frozenset(frozenset(pair) for pair in combinations([Peer(1), Peer(2), Peer(3)], 2))
    assert check(Waiting(pairs=pairs)).states.distinct == 4
    assert check(Waiting(pairs=pairs - {frozenset({Peer(1), Peer(2)})})).states.distinct == 8


def test_a_sort_of_one_has_nothing_to_exchange() -> None:
    """No symmetry, and nothing is said."""
    result = check(Waiting(peers=1))
    assert (result.symmetry, result.states.represented) == (None, None)
    assert not any("symmetry" in note for note in result.notes)
