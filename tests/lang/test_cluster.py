"""The environment does what it says: each fault can happen, and nothing else does."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import pytest

from checker import check
from checker.lang import (
    Between,
    Cluster,
    Durable,
    NodeProtocol,
    Reply,
    Send,
    SetTimer,
    Size,
    Sort,
    Step,
    Volatile,
    World,
    always,
    evolve,
    frozen,
    sometimes,
)
from checker.result.result import Result


class Node(Sort, label="n"):
    """A server."""


class Letter(Enum):
    A = "a"
    B = "b"


class Timer(Enum):
    GO = "go"


@frozen
class Server:
    got: Volatile[frozenset[Letter]]
    done: Durable[bool]


@frozen
class Do:
    """What a client asks."""


Next = Step[Server, Node, Letter, Timer, bool]
W = World[Node, Server, Letter, Timer, bool]


@frozen
class Posts(NodeProtocol[Node, Server, Letter, Timer, Do, bool]):
    """Whoever is asked, or started, posts letters to the others and answers."""

    nodes: Size[Node] = 2
    at_start: bool = False

    def boot(self, me: Node) -> Server:
        return Server(got=frozenset(), done=False)

    def post(self, me: Node, *letters: Letter) -> tuple[Send[Node, Letter], ...]:
        return tuple(Send(n, letter) for n in self.every(Node) if n != me for letter in letters)

    def start(self, me: Node, server: Server) -> Next:
        if not self.at_start:
            return server, ()
        return server, (*self.post(me, Letter.A), SetTimer(Timer.GO))

    def timeout(self, me: Node, server: Server, timer: Timer) -> Next:
        return server, self.post(me, Letter.B)

    def request(self, me: Node, server: Server, command: Do) -> Next | None:
        return evolve(server, done=True), (*self.post(me, Letter.A, Letter.B), Reply(True))

    def receive(self, me: Node, server: Server, sender: Node, message: Letter) -> Next:
        return evolve(server, got=server.got | {message}), ()


@frozen
class Post(Posts, Cluster[Node, Server, Letter, Timer, Do, bool]):
    """What may be seen in such a world."""

    max_in_flight: Annotated[int, Between(1, 64)] = 8

    @always
    def a_before_b(self, w: W) -> bool:
        return all(Letter.A in w.nodes[n].got or Letter.B not in w.nodes[n].got for n in w.nodes)

    @sometimes
    def done_but_not_answered(self, w: W) -> bool:
        return any(w.nodes[n].done for n in w.nodes) and True not in w.replies

    @sometimes
    def a_crash_forgets(self, w: W) -> bool:
        return w.crashes > 0 and any(w.nodes[n].done and n in w.down for n in w.nodes)


def outcome(model: Post) -> dict[str, str]:
    """The verdicts by property, without deadlocks; every search is finished."""
    result = check(model, deadlock=False, keep_going=True)
    assert result.stopped is None
    return {prop.name: str(prop.verdict) for prop in result.properties}


def holds(result: Result, name: str) -> bool:
    return result[name].holds


def test_links_with_order_keep_it_when_nothing_fails() -> None:
    """Two letters to one node arrive as they were sent."""
    assert outcome(Post(fifo=True))["a_before_b"] == "exhaustive within bounds"
    assert outcome(Post())["a_before_b"] == "violated"


def test_links_with_order_keep_it_when_the_sender_crashes() -> None:
    """Only the last letters to a node can be missing, not the first alone."""
    assert outcome(Post(fifo=True, crashes=1, restarts=False))["a_before_b"] == "exhaustive within bounds"


def test_a_lossy_link_with_order_may_lose_the_first_letter() -> None:
    """What arrives is in order, but the first may be missing."""
    assert outcome(Post(fifo=True, lossy=True))["a_before_b"] == "violated"


def test_what_the_first_step_sends_may_be_lost() -> None:
    """Also what nodes send as they start, which nothing else would show: A is sent once."""
    assert outcome(Post(fifo=True, at_start=True, requests=0))["a_before_b"] == "exhaustive for this size"
    assert outcome(Post(fifo=True, at_start=True, requests=0, lossy=True))["a_before_b"] == "violated"


def test_a_crash_may_come_between_the_disk_and_the_answer() -> None:
    """The classic reason to retry: it is done, and nobody was told."""
    without = check(Post(), deadlock=False, keep_going=True)
    assert not holds(without, "done_but_not_answered")
    crashing = check(Post(crashes=1), deadlock=False, keep_going=True)
    assert holds(crashing, "done_but_not_answered")
    losing = check(Post(lossy=True), deadlock=False, keep_going=True)
    assert holds(losing, "done_but_not_answered")


def test_a_crash_resets_exactly_the_volatile_fields() -> None:
    """What is durable is still there in a node that is down; what is volatile is as in `boot`."""
    model = Post(crashes=1, restarts=False)
    result = check(model, deadlock=False, keep_going=True)
    trace = result["a_crash_forgets"].trace
    assert trace is not None
    world = trace.steps[-1].state
    assert [world.nodes[n] for n in world.down] == [Server(got=frozenset(), done=True)]


@pytest.mark.parametrize(("limit", "model"), [("requests", Post()), ("crashes", Post(requests=0, crashes=1))])
def test_a_budget_that_is_used_up_is_a_bound_reached(limit: str, model: Post) -> None:
    """One more crash, or request, was there to happen."""
    result = check(model, properties=["a_before_b"], keep_going=True)
    assert [bound.bound.partition(":")[0] for bound in result.bounds_reached] == [limit]


def test_a_duplicating_network_delivers_again_and_again() -> None:
    """A copy stays behind, so that a message may arrive after a later one."""
    once = check(Post(at_start=True, requests=0), deadlock=False)
    again = check(Post(at_start=True, requests=0, duplicating=True), deadlock=False)
    names = [action.name for action in again.actions]
    assert "network_delivers_a_copy" in names
    assert "network_delivers_a_copy" not in [action.name for action in once.actions]
