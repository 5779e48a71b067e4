"""Mutual exclusion: who tries gets in, somebody who tries gets in, and what each of that assumes."""

from __future__ import annotations

from enum import Enum

from checker.lang import (
    Formula,
    Map,
    Model,
    Size,
    Sort,
    action,
    all_of,
    always,
    evolve,
    fairness,
    frozen,
    implies,
    initial,
    leads_to,
    strongly_fair,
    taken,
    temporal,
    weakly_fair,
)


class At(Enum):
    """Where a process of Peterson's algorithm is."""

    IDLE = 0
    FLAGGED = 1
    WAITING = 2
    INSIDE = 3


@frozen
class Two:
    """Two processes, told apart by a bool."""

    at: Map[bool, At]
    flag: Map[bool, bool]
    turn: bool


@frozen
class Peterson(Model[Two]):
    """Peterson 1981.  Nobody has to try; who tries goes on."""

    @initial
    def begin(self) -> Two:
        return Two(Map.fill((False, True), At.IDLE), Map.fill((False, True), False), False)

    @action
    def tries(self, s: Two, p: bool) -> Two | None:
        if s.at[p] is not At.IDLE:
            return None
        return evolve(s, at=s.at.set(p, At.FLAGGED), flag=s.flag.set(p, True))

    @action
    def yields(self, s: Two, p: bool) -> Two | None:
        return evolve(s, at=s.at.set(p, At.WAITING), turn=not p) if s.at[p] is At.FLAGGED else None

    @action
    def enters(self, s: Two, p: bool) -> Two | None:
        if s.at[p] is not At.WAITING or (s.flag[not p] and s.turn != p):
            return None
        return evolve(s, at=s.at.set(p, At.INSIDE))

    @action
    def leaves(self, s: Two, p: bool) -> Two | None:
        if s.at[p] is not At.INSIDE:
            return None
        return evolve(s, at=s.at.set(p, At.IDLE), flag=s.flag.set(p, False))

    def goes_on(self, p: bool) -> Formula[Two]:
        return weakly_fair(taken(self.yields, p) | taken(self.enters, p) | taken(self.leaves, p))

    @always
    def never_both(self, s: Two) -> bool:
        return not (s.at[False] is At.INSIDE and s.at[True] is At.INSIDE)

    @temporal
    def gets_in_if_both_go_on(self, p: bool) -> Formula[Two]:
        both = all_of(self.goes_on(False), self.goes_on(True))
        return implies(both, leads_to(lambda s: s.flag[p], lambda s: s.at[p] is At.INSIDE))

    @temporal
    def gets_in_if_it_goes_on(self, p: bool) -> Formula[Two]:
        return implies(self.goes_on(p), leads_to(lambda s: s.flag[p], lambda s: s.at[p] is At.INSIDE))

    @temporal
    def gets_in_if_somebody_goes_on(self, p: bool) -> Formula[Two]:
        steps = taken(self.yields) | taken(self.enters) | taken(self.leaves)
        return implies(weakly_fair(steps), leads_to(lambda s: s.flag[p], lambda s: s.at[p] is At.INSIDE))

    @temporal
    def gets_in(self, p: bool) -> Formula[Two]:
        return leads_to(lambda s: s.flag[p], lambda s: s.at[p] is At.INSIDE)


# -- test and set ----------------------------------------------------------------------------------


class Process(Sort, label="p"):
    """Who wants the lock."""


class Want(Enum):
    """What a process is about."""

    NOTHING = 0
    LOCK = 1
    HELD = 2


@frozen
class Lock:
    """What each process is about; the lock is free where nobody holds it."""

    want: Map[Process, Want]


@frozen
class TestAndSet(Model[Lock]):
    """A lock that whoever is quickest gets."""

    __test__ = False

    processes: Size[Process] = 2

    @initial
    def begin(self) -> Lock:
        return Lock(Map.fill(self.every(Process), Want.NOTHING))

    @action
    def tries(self, s: Lock, p: Process) -> Lock | None:
        return Lock(s.want.set(p, Want.LOCK)) if s.want[p] is Want.NOTHING else None

    @action
    def takes(self, s: Lock, p: Process) -> Lock | None:
        if s.want[p] is not Want.LOCK or any(w is Want.HELD for w in s.want.values()):
            return None
        return Lock(s.want.set(p, Want.HELD))

    @action(fair="weak")
    def frees(self, s: Lock, p: Process) -> Lock | None:
        return Lock(s.want.set(p, Want.NOTHING)) if s.want[p] is Want.HELD else None

    @temporal
    def somebody_gets_it(self) -> Formula[Lock]:
        somebody = leads_to(
            lambda s: any(w is Want.LOCK for w in s.want.values()),
            lambda s: any(w is Want.HELD for w in s.want.values()),
        )
        return implies(weakly_fair(self.takes), somebody)

    @temporal
    def gets_it_under_weak_fairness(self, p: Process) -> Formula[Lock]:
        gets = leads_to(lambda s: s.want[p] is Want.LOCK, lambda s: s.want[p] is Want.HELD)
        return implies(all_of(*(weakly_fair(self.takes, q) for q in self.every(Process))), gets)

    @temporal
    def gets_it_under_strong_fairness(self, p: Process) -> Formula[Lock]:
        gets = leads_to(lambda s: s.want[p] is Want.LOCK, lambda s: s.want[p] is Want.HELD)
        return implies(strongly_fair(self.takes, p), gets)

    @temporal
    def gets_it_under_strong_fairness_of_all_together(self, p: Process) -> Formula[Lock]:
        gets = leads_to(lambda s: s.want[p] is Want.LOCK, lambda s: s.want[p] is Want.HELD)
        return implies(strongly_fair(self.takes), gets)


# -- Dijkstra 1965 ---------------------------------------------------------------------------------


class Line(Enum):
    """Where a process of Dijkstra's algorithm is."""

    OUTSIDE = 0
    LOOKS = 1
    STEPS_BACK = 2
    CLAIMS = 3
    COMPARES = 4
    INSIDE = 5


@frozen
class Table:
    """Dijkstra's b (here `wants`, negated), c (`claims`, negated) and k (`first`)."""

    at: Map[Process, Line]
    claims: frozenset[Process]
    first: Process


@frozen
class Dijkstra(Model[Table]):
    """Dijkstra's solution of 1965: somebody gets in, but nobody in particular."""

    processes: Size[Process] = 2

    @initial
    def begin(self, first: Process) -> Table:
        return Table(Map.fill(self.every(Process), Line.OUTSIDE), frozenset(), first)

    @action
    def tries(self, s: Table, p: Process) -> Table | None:
        return evolve(s, at=s.at.set(p, Line.LOOKS)) if s.at[p] is Line.OUTSIDE else None

    @action
    def goes_on(self, s: Table, p: Process) -> Table | None:
        if s.at[p] is Line.LOOKS:
            mine = s.first == p
            return evolve(s, at=s.at.set(p, Line.CLAIMS if mine else Line.STEPS_BACK))
        if s.at[p] is Line.STEPS_BACK:
            free = s.at[s.first] is Line.OUTSIDE
            there = evolve(s, at=s.at.set(p, Line.LOOKS), claims=s.claims - {p})
            return evolve(there, first=p) if free else there
        if s.at[p] is Line.CLAIMS:
            return evolve(s, at=s.at.set(p, Line.COMPARES), claims=s.claims | {p})
        if s.at[p] is Line.COMPARES:
            alone = s.claims == {p}
            return evolve(s, at=s.at.set(p, Line.INSIDE if alone else Line.LOOKS))
        if s.at[p] is Line.INSIDE:
            return evolve(s, at=s.at.set(p, Line.OUTSIDE), claims=s.claims - {p})
        return None

    @fairness
    def everybody_goes_on(self) -> Formula[Table]:
        return all_of(*(weakly_fair(self.goes_on, p) for p in self.every(Process)))

    @always
    def never_two(self, s: Table) -> bool:
        return sum(at is Line.INSIDE for at in s.at.values()) <= 1

    @temporal
    def somebody_gets_in(self) -> Formula[Table]:
        return leads_to(
            lambda s: any(at is not Line.OUTSIDE for at in s.at.values()),
            lambda s: any(at is Line.INSIDE for at in s.at.values()),
        )

    @temporal
    def gets_in(self, p: Process) -> Formula[Table]:
        return leads_to(lambda s: s.at[p] is not Line.OUTSIDE, lambda s: s.at[p] is Line.INSIDE)
