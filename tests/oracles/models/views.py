"""Members adopt views that overlap: a set of sets, its subsets, and maps into it."""

from collections.abc import Collection
from typing import Annotated

from checker.lang import (
    Between,
    Map,
    Model,
    Size,
    Sort,
    action,
    always,
    evolve,
    frozen,
    initial,
    maps,
    one_of,
    sometimes,
    subset_of,
)


class Node(Sort):
    """May be a member."""


View = frozenset[Node]
Epoch = Annotated[int, Between(0, 2)]


@frozen
class State:
    views: frozenset[View]
    current: Map[Node, View]
    epochs: tuple[Epoch, Epoch]  # the one before, and this one, modulo 3


@frozen
class Views(Model[State]):
    nodes: Size[Node] = 3

    @initial
    def start(self, view: View) -> State | None:
        if not view:
            return None
        return State(frozenset({view}), Map.fill(self.every(Node), view), (0, 0))

    @action
    def view_is_proposed(self, s: State, view: View, known: View = one_of(State.views)) -> State | None:
        views = s.views | {view}
        if view == known or not view & known or len(views) > 3:
            return None
        return evolve(s, views=views, epochs=(s.epochs[1], (s.epochs[1] + 1) % 3))

    @action
    def node_adopts(self, s: State, n: Node, view: View = one_of(State.views)) -> State | None:
        if s.current[n] == view or n not in view:
            return None
        return evolve(s, current=s.current.set(n, view))

    @action
    def views_are_dropped(self, s: State, some: frozenset[View] = subset_of(State.views)) -> State | None:
        if not some or some == s.views or any(view in some for view in s.current.values()):
            return None
        return evolve(s, views=s.views - some)

    def placements(self, s: State) -> Collection[Map[Node, View]]:
        return maps(self.every(Node), s.views)

    @action
    def nodes_are_placed(self, s: State, placement: Map[Node, View] = one_of(placements)) -> State | None:
        return evolve(s, current=placement) if s.epochs[0] == 2 else None

    @always
    def current_views_are_known(self, s: State) -> bool:
        return all(view in s.views for view in s.current.values())

    @sometimes
    def all_differ(self, s: State) -> bool:
        return len(set(s.current.values())) == self.nodes
