"""Small models for symmetry: one whose rules a test chooses, and one that breaks the law as told."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import (
    Between,
    Map,
    MaxLen,
    Model,
    Size,
    Sort,
    action,
    always,
    boundary,
    evolve,
    final,
    frozen,
    initial,
    one_of,
    sometimes,
)


class Peer(Sort, label="p"):
    """Somebody in a web."""


Level = Annotated[int, Between(0, 2)]
Rule = tuple[int, int, int, int]


@frozen
class Link:
    """From one to another."""

    source: Peer
    target: Peer


@frozen
class Threads:
    """Who is at which level, and who points to whom."""

    level: Map[Peer, Level]
    links: frozenset[Link]


@frozen
class Web(Model[Threads]):
    """Peers change by given rules, each a tuple (own level, level of another, new level, what to do).

    What to do is 0 for nothing, 1 to link to the other, 2 to cut the link.  New levels may lie beyond
    the type, links beyond the boundary; whether the properties hold depends on the rules.
    """

    peers: Size[Peer] = 3
    rules: tuple[Rule, ...] = ()
    several: bool = False
    most_links: int = 9

    def all_rules(self, s: Threads) -> tuple[Rule, ...]:
        return self.rules

    @initial
    def quiet(self) -> Threads:
        return Threads(Map.fill(self.every(Peer), 0), frozenset())

    @initial
    def one_is_up(self, peer: Peer) -> Threads | None:
        if not self.several:
            return None
        return Threads(Map.fill(self.every(Peer), 0).set(peer, 1), frozenset())

    @action
    def peer_changes(
        self, s: Threads, peer: Peer, other: Peer, rule: Rule = one_of(all_rules)
    ) -> Threads | None:
        own, near, new, what = rule
        if peer == other or (s.level[peer], s.level[other]) != (own, near):
            return None
        link = frozenset({Link(peer, other)})
        links = s.links | link if what == 1 else s.links - link if what == 2 else s.links
        return Threads(s.level.set(peer, new), links)

    @always
    def nobody_high_is_linked_twice(self, s: Threads) -> bool:
        return not any(s.level[p] == 2 and sum(x.source == p for x in s.links) > 1 for p in s.level)

    @always
    def nobody_falls(self, before: Threads, after: Threads) -> bool:
        return not any(before.level[p] == 2 and after.level[p] == 0 for p in before.level)

    @sometimes
    def a_circle(self, s: Threads) -> bool:
        return any(Link(x.target, x.source) in s.links for x in s.links)

    @boundary
    def few_links(self, s: Threads) -> bool:
        return len(s.links) <= self.most_links

    @final
    def somebody_is_high(self, s: Threads) -> bool:
        return any(s.level[p] == 2 for p in s.level)


class Flaw(Enum):
    """Where a model names a member."""

    NONE = "nowhere"
    ACTION = "action"
    INITIAL = "initial"
    PROPERTY = "property"
    STEP = "step"
    BOUNDARY = "boundary"
    FINAL = "final"
    ORDER = "order"
    TWICE = "twice"
    GATE = "gate"


@frozen
class Line:
    """Who has come, and in which order they are served."""

    come: frozenset[Peer]
    served: Annotated[tuple[Peer, ...], MaxLen("peers")]


@frozen
class Waiting(Model[Line]):
    """Peers come and are served, all at once; somewhere the first of them is told apart."""

    peers: Size[Peer] = 3
    flaw: Flaw = Flaw.NONE
    gate: int = 1
    favourite: Peer | None = None
    pairs: frozenset[frozenset[Peer]] = frozenset()

    def times(self, s: Line) -> range:
        return range(2)

    @initial
    def nobody(self) -> Line:
        return Line(frozenset({Peer(1)}) if self.flaw is Flaw.INITIAL else frozenset(), ())

    @action
    def peer_comes(self, s: Line, peer: Peer) -> Line | None:
        if peer in s.come or (self.flaw is Flaw.ACTION and peer == Peer(1) and len(s.come) == 1):
            return None
        if self.flaw is Flaw.GATE and len(s.come) == 1 and s.come != {Peer(self.gate)}:
            return None
        return evolve(s, come=s.come | {peer})

    @action
    def all_are_served(self, s: Line) -> Line | None:
        if s.served != () or len(s.come) < self.peers:
            return None
        if self.flaw is Flaw.ORDER:
            return evolve(s, served=tuple(s.come))
        return evolve(s, come=frozenset())

    @action
    def peer_leaves(self, s: Line, peer: Peer, time: int = one_of(times)) -> Line | None:
        if (
            peer not in s.come
            or self.flaw is Flaw.GATE
            or (time == 1 and not (self.flaw is Flaw.TWICE and peer == Peer(2)))
        ):
            return None
        return evolve(s, come=s.come - {peer})

    @always
    def the_first_is_not_alone(self, s: Line) -> bool:
        return self.flaw is not Flaw.PROPERTY or s.come != {Peer(1)}

    @always
    def the_first_stays(self, before: Line, after: Line) -> bool:
        return self.flaw is not Flaw.STEP or Peer(1) not in before.come or Peer(1) in after.come

    @sometimes
    def all_are_there(self, s: Line) -> bool:
        return len(s.come) == self.peers

    @boundary
    def the_second_comes_late(self, s: Line) -> bool:
        return self.flaw is not Flaw.BOUNDARY or s.come != {Peer(2)}

    @final
    def the_third_is_there(self, s: Line) -> bool:
        if self.flaw is Flaw.GATE:
            return len(s.come) == self.peers
        return self.flaw is not Flaw.FINAL or Peer(3) in s.come
