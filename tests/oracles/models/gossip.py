"""Nodes age and tell each other how old they are: records in a set, maps inside a map."""

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
    one_of,
    sometimes,
)


class Node(Sort):
    """Grows older."""


Age = Annotated[int, Between(0, "oldest")]


@frozen
class Rumour:
    teller: Node
    about: Node
    age: Age


@frozen
class State:
    told: frozenset[Rumour]
    age: Map[Node, Age]
    seen: Map[Node, Map[Node, Age]]


@frozen
class Gossip(Model[State]):
    nodes: Size[Node] = 2
    oldest: int = 2

    @initial
    def start(self, age: Map[Node, Annotated[int, Between(0, 1)]]) -> State:
        unknown = Map.fill(self.every(Node), 0)
        return State(frozenset(), age, seen=Map({n: unknown.set(n, age[n]) for n in age}))

    @action
    def node_ages(self, s: State, n: Node) -> State | None:
        if s.age[n] == self.oldest:
            return None
        age = s.age[n] + 1
        return evolve(s, age=s.age.set(n, age), seen=s.seen.set(n, s.seen[n].set(n, age)))

    @action
    def node_tells(self, s: State, n: Node, about: Node) -> State | None:
        if s.seen[n][about] == 0:
            return None
        return evolve(s, told=s.told | {Rumour(n, about, s.seen[n][about])})

    @action
    def node_hears(self, s: State, n: Node, rumour: Rumour = one_of(State.told)) -> State | None:
        if rumour.teller == n or rumour.age < s.seen[n][rumour.about]:
            return None
        seen = s.seen.set(n, s.seen[n].set(rumour.about, rumour.age))
        return evolve(s, told=s.told - {rumour}, seen=seen)

    @always
    def nobody_is_thought_older(self, s: State) -> bool:
        return all(s.seen[n][m] <= s.age[m] for n in s.seen for m in s.seen)

    @always
    def nobody_forgets(self, before: State, after: State) -> bool:
        return all(after.seen[n][m] >= before.seen[n][m] for n in before.seen for m in before.seen)

    @sometimes
    def all_known(self, s: State) -> bool:
        return all(s.seen[n][m] == self.oldest for n in s.seen for m in s.seen)
