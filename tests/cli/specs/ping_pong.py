"""Two nodes that pass a ball over links with order: a model with lanes."""

from __future__ import annotations

from typing import Annotated, Any

from checker.lang import (
    Between,
    Map,
    MaxLen,
    Model,
    Size,
    Sort,
    action,
    always,
    evolve,
    frozen,
    initial,
    sometimes,
)


class Node(Sort, label="n"):
    """One of those who play."""


@frozen
class Ball:
    """The ball, and how often it was hit."""

    hits: Annotated[int, Between(0, "rallies")]


@frozen
class State:
    """Who has hit it how often, and what is on the way to whom."""

    hits: Map[Node, Annotated[int, Between(0, "rallies")]]
    coming: Map[Node, Annotated[tuple[Ball, ...], MaxLen(1)]]


@frozen
class PingPong(Model[State]):
    """Each node hits the ball on to the next."""

    nodes: Size[Node] = 2
    rallies: int = 4

    @initial
    def start(self) -> State:
        (first, *_) = sorted(self.every(Node), key=repr)
        coming: Map[Node, tuple[Ball, ...]] = Map.fill(self.every(Node), ())
        return State(hits=Map.fill(self.every(Node), 0), coming=coming.set(first, (Ball(0),)))

    @action
    def node_hits(self, s: State, node: Node, to: Node) -> State | None:
        if node is to or s.coming[node] == ():
            return None
        ball = s.coming[node][0]
        return evolve(
            s,
            hits=s.hits.set(node, s.hits[node] + 1),
            coming=s.coming.update({node: (), to: (Ball(ball.hits + 1),)}),
        )

    @always
    def nobody_hits_three_times(self, s: State) -> bool:
        """The ball is lost before anybody hits it for the third time."""
        return all(s.hits[node] < 3 for node in self.every(Node))

    @sometimes
    def all_have_hit(self, s: State) -> bool:
        return all(s.hits[node] > 0 for node in self.every(Node))

    def lanes(self, s: State) -> tuple[Node, ...]:
        return tuple(s.hits)

    def lane_event(
        self, action: str, arguments: dict[str, Any]
    ) -> tuple[Any, str] | tuple[Any, str, Any] | None:
        return arguments["to"], "ball", arguments["node"]
