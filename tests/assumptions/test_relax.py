"""What a model assumes is found, and left out one at a time."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

import pytest

from checker import check
from checker.assumptions.relax import assumptions_of, waived_by, without
from checker.lang import (
    Between,
    Cluster,
    Durable,
    Formula,
    Model,
    NodeProtocol,
    Relaxed,
    SetTimer,
    Size,
    Sort,
    Step,
    Volatile,
    World,
    action,
    all_of,
    always,
    eventually,
    eventually_always,
    evolve,
    fairness,
    frozen,
    implies,
    initial,
    taken,
    temporal,
    weakly_fair,
)
from checker.lang.declarations import Declaration
from checker.lang.errors import CallError
from checker.result.result import Evidence, Result
from specs.consensus.raft_elections import RaftElections
from specs.transactions.two_phase_commit import TwoPhaseCommit
from specs.transactions.two_phase_commit_sites import TwoPhaseCommitSites

# -- a model whose every assumption is needed by one property ---------------------------------------


@frozen
class State:
    """Three lamps."""

    left: bool
    middle: bool
    right: bool


@frozen
class Lamps(Model[State]):
    """Lamps that go on, each by itself."""

    storms: Annotated[bool, Relaxed(True, "a storm puts a lamp out")] = False
    wind: Annotated[bool, Relaxed(True, "the storm comes from the right", along="storms")] = False

    @initial
    def dark(self) -> State:
        """All are off."""
        return State(left=False, middle=False, right=False)

    @action(fair="weak")
    def left_goes_on(self, s: State) -> State | None:
        """The left one, once."""
        return None if s.left else evolve(s, left=True)

    @action
    def middle_goes_on(self, s: State) -> State | None:
        """The middle one, once."""
        return None if s.middle else evolve(s, middle=True)

    @action
    def right_goes_on(self, s: State) -> State | None:
        """The right one, once."""
        return None if s.right else evolve(s, right=True)

    @action(when="storms")
    def storm_comes(self, s: State) -> State | None:
        """It puts out the left one, or the right one."""
        if self.wind:
            return evolve(s, right=False)
        return evolve(s, left=False)

    @fairness
    def fair(self) -> Formula[State]:
        """One part by its name, one inline."""
        return all_of(self.somebody_sees_to_the_right(), weakly_fair(self.middle_goes_on))

    def somebody_sees_to_the_right(self) -> Formula[State]:
        """Somebody switches the right lamp on."""
        return weakly_fair(self.right_goes_on)

    def storms_end(self) -> Formula[State]:
        """In the end there is no storm."""
        return eventually_always(~taken(self.storm_comes)) if self.storms else all_of()

    @always
    def never_goes_out(self, before: State, after: State) -> bool:
        """The left lamp stays on."""
        return after.left or not before.left

    @temporal
    def right_is_on(self) -> Formula[State]:
        """The right lamp is on in the end."""
        return implies(self.storms_end(), eventually(lambda s: s.right))

    def ends(self) -> Formula[State]:
        """A conclusion, and no assumption."""
        return eventually(lambda s: s.left)

    @temporal
    def middle_is_on(self) -> Formula[State]:
        """The middle lamp is on in the end."""
        return eventually(lambda s: s.middle)

    @temporal
    def left_is_on(self) -> Formula[State]:
        """The left lamp is on at some time."""
        return self.ends()


def looked_at(what: Model[Any] | Declaration) -> Result:
    """All is judged, but deadlocks."""
    return check(what, keep_going=True, engine="python", deadlock=False)


def table(model: Model[Any]) -> dict[str, tuple[str, set[str]]]:
    """Of each assumption its kind, and what is violated without it."""
    return {
        one.name: (
            one.kind,
            {p.name for p in looked_at(one.declaration).violated},
        )
        for one in assumptions_of(model)
    }


def test_each_assumption_is_left_out_alone() -> None:
    """Only what needs it is violated; a conclusion is no assumption."""
    assert looked_at(Lamps()).holds
    assert table(Lamps()) == {
        "storms": ("constant", {"never_goes_out"}),
        "wind": ("constant", set()),
        "left_goes_on": ("fairness", {"left_is_on"}),
        "somebody_sees_to_the_right": ("fairness", {"right_is_on"}),
        "fair: weak middle_goes_on": ("fairness", {"middle_is_on"}),
        "storms_end": ("fairness", set()),
    }


def test_what_is_assumed_only_along_with_another_is_relaxed_with_it() -> None:
    """Wind without storms would mean nothing."""
    found = {one.name: one.declaration.model for one in assumptions_of(Lamps())}
    assert found["wind"] == Lamps(storms=True, wind=True)
    assert "storms=true" in next(one.without for one in assumptions_of(Lamps()) if one.name == "wind")


def test_what_is_not_assumed_is_told_and_not_left_out() -> None:
    """Wind is told only where there are storms that it could come with."""
    assert [(one.name, one.without) for one in waived_by(Lamps(storms=True))] == [
        ("storms=true", "a storm puts a lamp out")
    ]
    assert waived_by(Lamps()) == []
    assert "storms" not in {one.name for one in assumptions_of(Lamps(storms=True))}


def test_premises_of_properties_come_after_what_is_fair() -> None:
    """Raft's elections have two of each, and three durable fields."""
    names = [one.name for one in assumptions_of(RaftElections())]
    assert names[-7:-3] == [
        "votes_arrive",
        "election_timers_fire",
        "answers_come_in_time",
        "timeouts_are_spread",
    ]


def test_a_model_without_assumptions_has_none() -> None:
    """Nothing is made up."""
    assert [one.kind for one in assumptions_of(TwoPhaseCommit()) if one.kind != "fairness"] == []


def test_an_unknown_name_gets_the_nearest() -> None:
    """As everywhere."""
    with pytest.raises(CallError, match=r"makes no assumption `storm`[\s\S]*storms"):
        without(Lamps(), "storm")


# -- durable fields ---------------------------------------------------------------------------------


class Node(Sort, label="n"):
    """A node."""


class Wake(Enum):
    """The only timer."""

    UP = "up"


@frozen
class Notes:
    """What it was told, on disk and in memory."""

    kept: Durable[Annotated[int, Between(0, 2)]]
    other: Durable[bool]
    seen: Volatile[bool]


Next = Step[Notes, Node, None, Wake, None]
Noted = World[Node, Notes, None, Wake, None, None]


@frozen
class Keeper(NodeProtocol[Node, Notes, None, Wake, None, None]):
    """Counts how often it was woken."""

    nodes: Size[Node] = 1

    def boot(self, me: Node) -> Notes:
        """Nothing is known."""
        return Notes(kept=0, other=False, seen=False)

    def start(self, me: Node, node: Notes) -> Next:
        """Wait to be woken."""
        return node, (SetTimer(Wake.UP),)

    def timeout(self, me: Node, node: Notes, timer: Wake) -> Next:
        """Count, twice at most."""
        return evolve(node, kept=min(2, node.kept + 1), other=True, seen=True), ()


@frozen
class Keepers(Keeper, Cluster[Node, Notes, None, Wake, None, None]):
    """One that keeps what it counts."""

    crashes: int = 0
    requests: int = 0

    @always
    def counts_upwards(self, before: Noted, after: Noted) -> bool:
        """What was counted stays."""
        return all(after.nodes[n].kept >= before.nodes[n].kept for n in after.nodes)


@pytest.mark.parametrize("engine", ["python", "native"])
def test_a_field_that_is_lost_in_a_crash_is_as_at_boot(engine: object) -> None:
    """Each by itself, on both engines, in a model that crashes though this one does not."""
    found = {one.name: one for one in assumptions_of(Keepers()) if one.kind == "durable"}
    assert list(found) == ["kept", "other"]
    results = {name: check(one.declaration, engine=engine) for name, one in found.items()}  # type: ignore[arg-type]
    assert [prop.name for prop in results["kept"].violated] == ["counts_upwards"]
    assert not results["other"].violated
    crashed = found["kept"].declaration.model
    assert crashed.crashes == 1  # type: ignore[attr-defined]
    node = Notes(kept=2, other=True, seen=True)
    me = next(iter(Keepers().every(Node)))
    assert crashed.recover(me, node) == Notes(kept=0, other=True, seen=False)  # type: ignore[attr-defined]
    assert Keepers().recover(me, node) == Notes(kept=2, other=True, seen=False)


def test_engines_agree_on_a_model_that_forgets() -> None:
    """States are counted alike."""
    phase = without(TwoPhaseCommitSites(), "phase").declaration
    runs = [check(phase, keep_going=True, engine=e, symmetry=False) for e in ("python", "native")]  # type: ignore[arg-type]
    assert runs[0].states == runs[1].states
    assert {p.name for p in runs[0].violated} == {p.name for p in runs[1].violated}
    assert runs[0]["no_disagreement"].verdict.evidence is Evidence.VIOLATED


@frozen
class Numbered(Model[State]):
    """Constants that are worse when larger, and when smaller."""

    faults: Annotated[int, Between(0, 9), Relaxed(1, "something fails")] = 0
    quorum: Annotated[int, Between(0, 9), Relaxed(1, "one is enough")] = 2

    @initial
    def begins(self) -> State:
        return State(left=False, middle=False, right=False)

    @action
    def idles(self, s: State) -> State:
        return s


@pytest.mark.parametrize(
    ("constants", "assumed"),
    [({}, ["faults", "quorum"]), ({"faults": 3}, ["quorum"]), ({"quorum": 0}, ["faults"])],
    ids=str,
)
def test_the_default_says_which_way_is_worse(constants: dict[str, int], assumed: list[str]) -> None:
    """What is at least as bad as without the assumption is not assumed, whichever way that is."""
    model = Numbered(**constants)
    assert [one.name for one in assumptions_of(model)] == assumed
    assert len(waived_by(model)) == 2 - len(assumed)
