"""Rings: detecting that a computation has ended, electing a leader, and dining."""

from __future__ import annotations

from typing import Annotated

from checker.lang import (
    Between,
    Formula,
    Map,
    Model,
    action,
    all_of,
    always,
    eventually,
    eventually_always,
    evolve,
    fairness,
    frozen,
    implies,
    infinitely_often,
    initial,
    leads_to,
    strongly_fair,
    taken,
    temporal,
    weakly_fair,
)

Place = Annotated[int, Between(0, "size - 1")]


@frozen
class Probe:
    """Who is active and black, where the token is, and whether it is black."""

    active: frozenset[Place]
    black: frozenset[Place]
    token: Place
    stained: bool


@frozen
class Ewd840(Model[Probe]):
    """Dijkstra, Feijen and van Gasteren 1983: the token goes down the ring and reports to node 0."""

    size: Annotated[int, Between(2, 4)] = 3

    @initial
    def begin(self, active: frozenset[Place], black: frozenset[Place]) -> Probe:
        return Probe(active, black, 0, True)

    @action
    def starts_probe(self, s: Probe) -> Probe | None:
        if s.token != 0 or not (s.stained or 0 in s.black):
            return None
        return evolve(s, token=self.size - 1, stained=False, black=s.black - {0})

    @action
    def passes_token(self, s: Probe, i: Place) -> Probe | None:
        if s.token != i or i == 0 or (i in s.active and i not in s.black and not s.stained):
            return None
        return evolve(s, token=i - 1, stained=s.stained or i in s.black, black=s.black - {i})

    @action
    def sends(self, s: Probe, i: Place, j: Place) -> Probe | None:
        if i not in s.active or i == j:
            return None
        return evolve(s, active=s.active | {j}, black=s.black | {i} if j > i else s.black)

    @action
    def rests(self, s: Probe, i: Place) -> Probe | None:
        return evolve(s, active=s.active - {i}) if i in s.active else None

    def detected(self, s: Probe) -> bool:
        return s.token == 0 and not s.stained and 0 not in s.black and 0 not in s.active

    def system(self) -> Formula[Probe]:
        return weakly_fair(taken(self.starts_probe) | taken(self.passes_token))

    @always
    def detection_is_right(self, s: Probe) -> bool:
        return not self.detected(s) or s.active == frozenset()

    @temporal
    def is_detected(self) -> Formula[Probe]:
        return implies(self.system(), leads_to(lambda s: s.active == frozenset(), self.detected))

    @temporal
    def is_detected_without_fairness(self) -> Formula[Probe]:
        return leads_to(lambda s: s.active == frozenset(), self.detected)

    @temporal
    def is_detected_by_starting_alone(self) -> Formula[Probe]:
        detected = leads_to(lambda s: s.active == frozenset(), self.detected)
        return implies(weakly_fair(self.starts_probe), detected)

    @temporal
    def ends_without_messages(self) -> Formula[Probe]:
        quiet = eventually_always(~taken(self.sends))
        return implies(self.system() & quiet, eventually(lambda s: s.active == frozenset()))

    @temporal
    def ends_without_messages_if_nodes_rest(self) -> Formula[Probe]:
        quiet = eventually_always(~taken(self.sends))
        return implies(weakly_fair(self.rests) & quiet, eventually(lambda s: s.active == frozenset()))


@frozen
class Votes:
    """What is on its way to each node, who has begun, and who was elected."""

    inbox: Map[Place, frozenset[Place]]
    begun: frozenset[Place]
    elected: frozenset[Place]


@frozen
class ChangRoberts(Model[Votes]):
    """Chang and Roberts 1979: numbers go round, only the largest comes back."""

    size: Annotated[int, Between(2, 4)] = 3

    @initial
    def begin(self) -> Votes:
        return Votes(Map.fill(self.every(Place), frozenset()), frozenset(), frozenset())

    def to_next(self, s: Votes, i: int, number: int) -> Map[Place, frozenset[Place]]:
        after = (i + 1) % self.size
        return s.inbox.set(after, s.inbox[after] | {number})

    @action
    def begins(self, s: Votes, i: Place) -> Votes | None:
        if i in s.begun:
            return None
        return evolve(s, inbox=self.to_next(s, i, i), begun=s.begun | {i})

    @action
    def receives(self, s: Votes, i: Place, number: Place) -> Votes | None:
        if number not in s.inbox[i]:
            return None
        read = evolve(s, inbox=s.inbox.set(i, s.inbox[i] - {number}))
        if number == i:
            return evolve(read, elected=read.elected | {i})
        if number < i:
            return read
        return evolve(read, inbox=self.to_next(read, i, number))

    @always
    def only_the_largest(self, s: Votes) -> bool:
        return s.elected <= {self.size - 1}

    @temporal
    def somebody_is_elected(self) -> Formula[Votes]:
        fair = weakly_fair(self.begins) & weakly_fair(self.receives)
        return implies(fair, eventually(lambda s: s.elected != frozenset()))

    @temporal
    def somebody_is_elected_if_only_receiving_is_fair(self) -> Formula[Votes]:
        return implies(weakly_fair(self.receives), eventually(lambda s: s.elected != frozenset()))

    @temporal
    def somebody_is_elected_once_the_largest_begins(self) -> Formula[Votes]:
        last = self.size - 1
        elected = leads_to(lambda s: last in s.begun, lambda s: s.elected != frozenset())
        return implies(weakly_fair(self.receives), elected)


@frozen
class Dinner:
    """Who is hungry, and which philosopher holds each fork; fork i is to the left of philosopher i."""

    hungry: frozenset[Place]
    holder: Map[Place, Place | None]


@frozen
class Philosophers(Model[Dinner]):
    """Dijkstra's dining philosophers; the last one takes the right fork first unless `alike`."""

    size: Annotated[int, Between(2, 4)] = 3
    alike: bool = False

    def forks(self, i: int) -> tuple[int, int]:
        left, right = i, (i + 1) % self.size
        return (right, left) if i == self.size - 1 and not self.alike else (left, right)

    def eats(self, s: Dinner, i: int) -> bool:
        return all(s.holder[fork] == i for fork in self.forks(i))

    @initial
    def begin(self) -> Dinner:
        return Dinner(frozenset(), Map.fill(self.every(Place), None))

    @action
    def gets_hungry(self, s: Dinner, i: Place) -> Dinner | None:
        return evolve(s, hungry=s.hungry | {i}) if i not in s.hungry else None

    @action
    def takes_first(self, s: Dinner, i: Place) -> Dinner | None:
        first = self.forks(i)[0]
        if i not in s.hungry or s.holder[first] is not None:
            return None
        return evolve(s, holder=s.holder.set(first, i))

    @action
    def takes_second(self, s: Dinner, i: Place) -> Dinner | None:
        first, second = self.forks(i)
        if s.holder[first] != i or s.holder[second] is not None:
            return None
        return evolve(s, holder=s.holder.set(second, i))

    @action
    def is_done(self, s: Dinner, i: Place) -> Dinner | None:
        if not self.eats(s, i):
            return None
        first, second = self.forks(i)
        return Dinner(s.hungry - {i}, s.holder.set(first, None).set(second, None))

    @fairness
    def everybody_acts(self) -> Formula[Dinner]:
        acts = (self.takes_first, self.takes_second, self.is_done)
        return all_of(*(weakly_fair(act, i) for act in acts for i in range(self.size)))

    @temporal
    def somebody_eats(self) -> Formula[Dinner]:
        return leads_to(lambda s: s.hungry != frozenset(), lambda s: any(self.eats(s, i) for i in s.hungry))

    @temporal
    def eats_in_the_end(self, i: Place) -> Formula[Dinner]:
        return leads_to(lambda s: i in s.hungry, lambda s: self.eats(s, i))

    @temporal
    def eats_if_forks_are_given_fairly(self, i: Place) -> Formula[Dinner]:
        acts = (self.takes_first, self.takes_second)
        fair = all_of(*(strongly_fair(act, j) for act in acts for j in range(self.size)))
        return implies(fair, leads_to(lambda s: i in s.hungry, lambda s: self.eats(s, i)))

    @temporal
    def nobody_eats_for_ever(self) -> Formula[Dinner]:
        return infinitely_often(lambda s: not any(self.eats(s, i) for i in s.hungry))
