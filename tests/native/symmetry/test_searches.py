"""Native searches with symmetry: what TLC and the reference engine count, and only real behaviours."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from checker import check
from checker.lang import Model, Size, Sort, action, evolve, frozen, initial
from checker.lang.declarations import declare
from checker.reference.system import ReferenceSystem
from checker.result.result import Evidence, Result
from checker.symmetry.group import group_of
from checker.symmetry.orbits import Orbits
from specs.consensus.paxos import Consensus, Paxos, PaxosHalfIsEnough, Voting, VotingTwoValuesPerBallot
from specs.consensus.raft import Raft, RaftVotesTwice
from specs.transactions.two_phase_commit import TwoPhaseCommit, TwoPhaseCommitUnilateralAbort
from tests.native.symmetry.harness import Representatives
from tests.oracles.models.courier import Courier
from tests.oracles.models.gossip import Gossip
from tests.oracles.models.shifts import Shifts
from tests.oracles.models.tickets import Tickets
from tests.oracles.models.views import Views
from tests.symmetry.models import Waiting, Web
from tests.symmetry.test_search import assert_traces_show, lengths

WEB = Web(peers=3, rules=((0, 0, 1, 1), (1, 0, 2, 1), (2, 1, 0, 2), (0, 2, 2, 1)), several=True)
WIDE_WEB = Web(peers=4, rules=((0, 0, 1, 1), (1, 0, 2, 1), (2, 1, 0, 2)), several=True, most_links=4)


def native(model: Model[Any], **options: Any) -> Result:
    """The result of the native engine, all properties judged."""
    return check(model, engine="native", keep_going=True, **options)


def counts(result: Result) -> tuple[int, int, int, int | None]:
    """TLC's three numbers, and for how many states the orbits stand."""
    states = result.states
    return states.distinct, states.generated, states.depth, states.represented


class Member(Sort, label="m"):
    """Somebody who may chair."""


class Room(Sort, label="r"):
    """Where they meet."""


@frozen
class Meeting:
    """Who is there, and where, if somewhere."""

    there: frozenset[Member]
    room: Room | None


@frozen
class Rota(Model[Meeting]):
    """Members come in any order; only those who may chair choose the room."""

    members: Size[Member] = 3
    rooms: Size[Room] = 2
    chairs: frozenset[Member] = frozenset()

    @initial
    def nobody(self) -> Meeting:
        return Meeting(frozenset(), None)

    @action
    def member_comes_or_goes(self, s: Meeting, member: Member) -> Meeting:
        return evolve(s, there=s.there ^ {member})

    @action
    def chair_chooses(self, s: Meeting, member: Member, room: Room) -> Meeting | None:
        return evolve(s, room=room) if member in self.chairs & s.there else None


# -- the states that specs reach ------------------------------------------------------------------


def reachable(model: Model[Any], most: int) -> Iterator[Any]:
    """The first states of a model, breadth first, that lie within their types."""
    system = ReferenceSystem(declare(model))
    queue = deque(dict.fromkeys(system.initial()))
    seen = set(queue)
    while queue and len(seen) < most:
        state = queue.popleft()
        yield state
        for _, _, after in system.successors(state):
            if after not in seen and system.fault(after, state) is None:
                seen.add(after)
                queue.append(after)
    yield from queue


REACHED = [
    pytest.param(TwoPhaseCommit(rms=4), True, id="two-phase commit"),
    pytest.param(Consensus(), True, id="consensus"),
    pytest.param(Voting(), False, id="voting"),
    pytest.param(Paxos(max_ballot=2), False, id="paxos"),
    pytest.param(Raft(max_in_flight=2), False, id="raft"),
    pytest.param(Raft(fifo=True), False, id="raft in order"),
    pytest.param(Courier(), True, id="courier"),
    pytest.param(Gossip(), False, id="gossip"),
    pytest.param(Shifts(), False, id="shifts"),
    pytest.param(Tickets(), False, id="tickets"),
    pytest.param(Views(), False, id="views"),
    pytest.param(WEB, False, id="web"),
    pytest.param(Waiting(), False, id="waiting"),
]


@pytest.mark.parametrize(("model", "sorted_columns"), REACHED)
def test_reachable_states_have_the_orbits_of_python(
    tmp_path: Path, model: Model[Any], sorted_columns: bool
) -> None:
    """The same states are of one orbit, the sizes agree, and the form is a member of the orbit."""
    declaration = declare(model)
    group, _ = group_of(declaration)
    assert group is not None
    library = Representatives(declaration.state, group.sorts, tmp_path)
    orbits = Orbits(group, declaration.state)
    forms: dict[Any, set[Any]] = {}
    for state in islice(reachable(model, 250), 400):
        form, size = library.orbit(state)
        expected = orbits.orbit(state)
        assert (size, orbits.orbit(form).form) == (expected.size, expected.form)
        forms.setdefault(expected.form, set()).add(form)
    assert {len(found) for found in forms.values()} == {1}
    assert library.has_columns == sorted_columns


# -- searches -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rms", "orbits", "generated"), [(3, 80, 318), (6, 553, 4_328), (7, 920, 8_410)])
def test_two_phase_commit_has_the_orbits_of_tlc(rms: int, orbits: int, generated: int) -> None:
    """And they stand for 6^N + 4^N + 2^N states."""
    states = 6**rms + 4**rms + 2**rms
    assert counts(native(TwoPhaseCommit(rms=rms))) == (orbits, generated, 3 * rms + 2, states)


def test_twenty_resource_managers_end_in_seconds() -> None:
    """More than 10^15 states in some ten thousand orbits."""
    result = native(TwoPhaseCommit(rms=20))
    assert counts(result) == (54_922, 1_454_413, 62, 6**20 + 4**20 + 2**20)
    assert result.verdict.evidence is Evidence.EXHAUSTIVE


def test_paxos_has_the_orbits_of_tlc() -> None:
    """Over acceptors and values at once."""
    assert counts(native(Paxos(max_ballot=1))) == (443, 2_697, 17, 3_921)


@pytest.mark.slow
def test_larger_paxos_has_the_orbits_of_tlc() -> None:
    """With one more ballot."""
    assert counts(native(Paxos(max_ballot=2))) == (17_153, 127_002, 25, 185_369)


BOTH = [
    pytest.param(Voting(), id="voting"),
    pytest.param(Courier(), id="courier"),
    pytest.param(Tickets(), id="tickets"),
    pytest.param(Views(), id="views"),
    pytest.param(WEB, id="web"),
    pytest.param(WIDE_WEB, id="wide web", marks=pytest.mark.slow),
    pytest.param(Gossip(), id="gossip"),
    pytest.param(Raft(), id="raft", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("model", BOTH)
def test_both_engines_find_the_same_orbits(model: Model[Any]) -> None:
    """Counts, verdicts, bounds and lengths of traces; and as many states as without symmetry."""
    found, expected = native(model), check(model, engine="python", keep_going=True)
    assert counts(found) == counts(expected)
    assert [(p.name, p.verdict) for p in found.properties] == [
        (p.name, p.verdict) for p in expected.properties
    ]
    assert lengths(found) == lengths(expected)
    assert {(b.bound, b.times, b.first_depth) for b in found.bounds_reached} == {
        (b.bound, b.times, b.first_depth) for b in expected.bounds_reached
    }
    assert_traces_show(model, found)
    if found.states.represented is not None:
        assert found.states.represented == native(model, symmetry=False).states.distinct


def test_the_number_of_workers_changes_nothing() -> None:
    """Orbits are found by whoever comes first; what is counted stays."""
    one, two, four = (native(WEB, workers=workers) for workers in (1, 2, 4))
    assert counts(one) == counts(two) == counts(four)
    assert lengths(one) == lengths(two) == lengths(four)


def test_depth_first_finds_the_same_orbits() -> None:
    """Another order, as many orbits and states, and real behaviours too."""
    breadth, depth = native(WEB), native(WEB, search="dfs")
    assert (depth.states.distinct, depth.states.generated, depth.states.represented) == (
        breadth.states.distinct,
        breadth.states.generated,
        breadth.states.represented,
    )
    assert_traces_show(WEB, depth)


VIOLATED = [
    pytest.param(TwoPhaseCommitUnilateralAbort(), id="two-phase commit"),
    pytest.param(VotingTwoValuesPerBallot(), id="voting"),
    pytest.param(PaxosHalfIsEnough(), id="paxos"),
    pytest.param(RaftVotesTwice(), id="raft", marks=pytest.mark.slow),
    pytest.param(Courier(), id="deadlock with a bag"),
    pytest.param(Tickets(), id="beyond a constraint"),
]


@pytest.mark.parametrize("model", VIOLATED)
def test_counterexamples_are_real_and_shortest(model: Model[Any]) -> None:
    """Every step is one that the spec makes, and no search without symmetry finds a shorter way."""
    found, expected = check(model, engine="native"), check(model, engine="python", symmetry=False)
    assert [p.name for p in found.violated] == [p.name for p in expected.violated] != []
    assert_traces_show(model, found)
    assert [len(p.trace.steps) for p in found.violated if p.trace] == [
        len(p.trace.steps) for p in expected.violated if p.trace
    ]


def test_a_constant_that_tells_members_apart_takes_their_sort_out() -> None:
    """Then every state of that sort is explored, and members of the other sort are still exchanged."""
    rota = Rota(chairs=frozenset(islice(Rota().every(Member), 1)))
    found, every = native(rota), native(rota, symmetry=False)
    assert counts(found) == counts(check(rota, engine="python", keep_going=True))
    assert every.states.distinct == 3 * 2**3
    assert (found.states.distinct, found.states.represented) == (2**3 * 2, 3 * 2**3)
