"""Mistakes in declarations and node protocols are located errors or notes, never silence."""

from __future__ import annotations

import itertools
import time
from typing import Annotated, Any

import pytest

from checker import check, simulate
from checker.lang import (
    Between,
    Cluster,
    Durable,
    MaxLen,
    Model,
    NodeProtocol,
    Send,
    Size,
    Sort,
    Step,
    World,
    action,
    always,
    evolve,
    frozen,
    initial,
    one_of,
    sometimes,
    subset_of,
)
from checker.lang.errors import SpecError
from specs.transactions.two_phase_commit import TwoPhaseCommit


class Node(Sort, label="n"):
    """A server."""


@frozen
class Ping:
    """Are you there?"""


@frozen
class Server:
    heard: Durable[bool]


@frozen
class Talk(NodeProtocol[Node, Server, Ping, None, Ping]):
    nodes: Size[Node] = 2

    def boot(self, me: Node) -> Server:
        return Server(heard=False)

    def request(self, me: Node, node: Server, command: Ping) -> Step[Server, Node, Ping, None] | None:
        return node, tuple(Send(peer, Ping()) for peer in self.every(Node) if peer != me)

    def receive(self, me: Node, node: Server, sender: Node, message: Ping) -> Step[Server, Node, Ping, None]:
        return evolve(node, heard=True), ()


@frozen
class Talking(Talk, Cluster[Node, Server, Ping, None, Ping]):
    @sometimes
    def heard(self, w: World[Node, Server, Ping, None]) -> bool:
        return any(w.nodes[n].heard for n in w.nodes)


@frozen
class NoEffects(Talking):
    def receive(self, me: Node, node: Server, sender: Node, message: Ping) -> Any:
        return node


@frozen
class NoSend(Talking):
    def receive(self, me: Node, node: Server, sender: Node, message: Ping) -> Any:
        return node, (Ping(),)


@frozen
class Misspelt(Talking):
    def recieve(self, me: Node, node: Server, sender: Node, message: Ping) -> Any:
        return node, ()


def code_of(model: Model[Any]) -> str:
    with pytest.raises(SpecError) as raised:
        check(model, deadlock=False)
    assert raised.value.problem.at is not None
    return raised.value.problem.code


@pytest.mark.parametrize("model", [NoEffects(), NoSend()])
def test_a_handler_that_returns_no_step_is_located(model: Model[Any]) -> None:
    """The place is the handler in the user's file, not the environment."""
    with pytest.raises(SpecError) as raised:
        check(model, deadlock=False)
    problem = raised.value.problem
    assert problem.code == "protocol/bad-step"
    assert problem.at is not None
    assert problem.at.file == __file__


def test_a_misspelt_handler_is_noted() -> None:
    """It would never be called, and the protocol would do nothing on that event."""
    notes = check(Misspelt(), deadlock=False).notes
    assert "nothing calls `recieve`: did you mean the handler `receive`?" in notes


Small = Annotated[int, Between(0, 9)]


@frozen
class State:
    n: Small = 0
    some: frozenset[Annotated[int, Between(0, 40)]] = frozenset()


@frozen
class Base(Model[State]):
    @initial
    def start(self) -> State:
        return State()

    @action
    def count(self, s: State) -> State | None:
        return evolve(s, n=min(3, s.n + 1))


CALLS = itertools.count()


@frozen
class Counting(Base):
    """Its property is true every other time."""

    @always
    def every_other_time(self, s: State) -> bool:
        return next(CALLS) % 2 == 0


@frozen
class TrueIsOne(Base):
    """Python calls the two states equal."""

    @action
    def truth(self, s: State) -> State | None:
        return evolve(s, n=True)


@frozen
class FarAway(Base):
    def far(self) -> range:
        return range(0, 100, 50)

    @action
    def jump(self, s: State, to: Small = one_of(far)) -> State | None:
        return s


@frozen
class Backwards(Base):
    wrong: Annotated[int, Between(3, 0)] = 0


@frozen
class TwoSizes(Base):
    nodes: Size[Node] = 2
    servers: Size[Node] = 3


@frozen
class Misplaced:
    some: Annotated[frozenset[Small], MaxLen(2)]


@frozen
class MisplacedBound(Model[Misplaced]):
    @initial
    def start(self) -> Misplaced:
        return Misplaced(frozenset())

    @action
    def stay(self, s: Misplaced) -> Misplaced | None:
        return s


@pytest.mark.parametrize(
    ("model", "code"),
    [
        (Counting(), "property/nondeterministic"),
        (TrueIsOne(), "state/wrong-type"),
        (FarAway(), "action/outside-parameter"),
        (Backwards(), "bound/empty"),
        (TwoSizes(), "sort/two-sizes"),
        (MisplacedBound(), "bound/misplaced"),
    ],
)
def test_a_mistake_has_a_code_and_a_place(model: Model[Any], code: str) -> None:
    """Each of these once passed in silence."""
    assert code_of(model) == code


Both = Annotated[Annotated[int, Between(0, 9)], Between(0, 2)]


@frozen
class Narrow:
    n: Both


@frozen
class Narrowed(Model[Narrow]):
    @initial
    def start(self) -> Narrow:
        return Narrow(0)

    @action
    def count(self, s: Narrow) -> Narrow | None:
        return Narrow(s.n + 1)


def test_two_bounds_are_both_kept() -> None:
    """A narrower bound on an alias narrows it."""
    result = check(Narrowed(), deadlock=False)
    assert result.states.distinct == 3
    assert [bound.bound for bound in result.bounds_reached] == ["n: 0..2"]


@frozen
class Explodes(Base):
    """One action with more witnesses than there is time."""

    @initial
    def full(self) -> State:
        return State(0, frozenset(range(40)))

    @action
    def drop(self, s: State, gone: frozenset[int] = subset_of(State.some)) -> State | None:
        return None if len(gone) < 41 else s


@pytest.mark.parametrize("search", ["bfs", "dfs"])
def test_a_budget_ends_an_action_in_the_middle(search: Any) -> None:
    """2^40 witnesses do not keep a search from stopping when its time is over."""
    began = time.monotonic()
    result = check(Explodes(), search=search, timeout_s=0.3)
    assert result.exit_code == 3
    assert "time budget" in str(result.stopped)
    assert time.monotonic() - began < 20


def test_a_budget_ends_a_walk_in_the_middle() -> None:
    """Also a single walk without end."""
    result = simulate(Base(), behaviours=1, depth=10**9, timeout_s=0.3)
    assert "time budget" in str(result.stopped)


def test_the_budget_of_states_is_kept_to_the_state() -> None:
    """Also in the middle of an expansion."""
    result = check(TwoPhaseCommit(rms=40), max_states=5)
    assert (result.states.distinct, result.exit_code) == (5, 3)
