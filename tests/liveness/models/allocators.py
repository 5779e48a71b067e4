"""The allocators of Merz's TLA+ examples, told from their description: a simple one, and one with a schedule."""

from __future__ import annotations

from typing import Annotated

from checker.lang import (
    Formula,
    Map,
    MaxLen,
    Model,
    Size,
    Sort,
    action,
    all_of,
    always,
    evolve,
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


class Client(Sort, label="c"):
    """Who asks."""


class Resource(Sort, label="r"):
    """What is asked for."""


@frozen
class Held:
    """What each client still asks for, and what it holds."""

    asks: Map[Client, frozenset[Resource]]
    holds: Map[Client, frozenset[Resource]]


@frozen
class SimpleAllocator(Model[Held]):
    """Hands out whatever is free and asked for, in any order."""

    clients: Size[Client] = 2
    resources: Size[Resource] = 2

    def free(self, s: Held) -> frozenset[Resource]:
        return frozenset(r for r in self.every(Resource) if not any(r in s.holds[c] for c in s.holds))

    @initial
    def begin(self) -> Held:
        nothing: Map[Client, frozenset[Resource]] = Map.fill(self.every(Client), frozenset())
        return Held(nothing, nothing)

    @action
    def client_asks(self, s: Held, c: Client, what: frozenset[Resource]) -> Held | None:
        if what == frozenset() or s.asks[c] != frozenset() or s.holds[c] != frozenset():
            return None
        return evolve(s, asks=s.asks.set(c, what))

    @action
    def client_gets(self, s: Held, c: Client, what: frozenset[Resource]) -> Held | None:
        if what == frozenset() or not what <= s.asks[c] or not what <= self.free(s):
            return None
        return Held(s.asks.set(c, s.asks[c] - what), s.holds.set(c, s.holds[c] | what))

    @action
    def client_returns(self, s: Held, c: Client, what: frozenset[Resource]) -> Held | None:
        if what == frozenset() or not what <= s.holds[c]:
            return None
        return evolve(s, holds=s.holds.set(c, s.holds[c] - what))

    @always
    def nothing_twice(self, s: Held) -> bool:
        return all(c == d or not (s.holds[c] & s.holds[d]) for c in s.holds for d in s.holds)

    def returns_all(self, c: Client) -> Formula[Held]:
        return weakly_fair(taken(self.client_returns, c, where=lambda s, what: what == s.holds[c]))

    def returns_when_satisfied(self, c: Client) -> Formula[Held]:
        return weakly_fair(
            taken(
                self.client_returns,
                c,
                where=lambda s, what: what == s.holds[c] and s.asks[c] == frozenset(),
            )
        )

    def everybody_returns(self) -> Formula[Held]:
        return all_of(*(self.returns_all(c) for c in self.every(Client)))

    def obtains(self, c: Client, r: Resource) -> Formula[Held]:
        return leads_to(lambda s: r in s.asks[c], lambda s: r in s.holds[c])

    @temporal
    def obtains_under_strong_fairness(self, c: Client, r: Resource) -> Formula[Held]:
        given = all_of(*(strongly_fair(self.client_gets, d) for d in self.every(Client)))
        return implies(self.everybody_returns() & given, self.obtains(c, r))

    @temporal
    def is_satisfied_again_and_again(self, c: Client) -> Formula[Held]:
        given = all_of(*(strongly_fair(self.client_gets, d) for d in self.every(Client)))
        return implies(self.everybody_returns() & given, infinitely_often(lambda s: s.asks[c] == frozenset()))

    @temporal
    def obtains_under_weak_fairness(self, c: Client, r: Resource) -> Formula[Held]:
        given = all_of(*(weakly_fair(self.client_gets, d) for d in self.every(Client)))
        return implies(self.everybody_returns() & given, self.obtains(c, r))

    @temporal
    def obtains_if_only_the_satisfied_return(self, c: Client, r: Resource) -> Formula[Held]:
        given = all_of(*(strongly_fair(self.client_gets, d) for d in self.every(Client)))
        returned = all_of(*(self.returns_when_satisfied(d) for d in self.every(Client)))
        return implies(returned & given, self.obtains(c, r))


@frozen
class Planned:
    """As before; who has asked lately, and in which order the others are served."""

    asks: Map[Client, frozenset[Resource]]
    holds: Map[Client, frozenset[Resource]]
    pool: frozenset[Client]
    schedule: Annotated[tuple[Client, ...], MaxLen("clients")]


@frozen
class SchedulingAllocator(Model[Planned]):
    """Hands out what nobody earlier in the schedule asks for; weak fairness is then enough."""

    clients: Size[Client] = 2
    resources: Size[Resource] = 2

    def free(self, s: Planned) -> frozenset[Resource]:
        return frozenset(r for r in self.every(Resource) if not any(r in s.holds[c] for c in s.holds))

    @initial
    def begin(self) -> Planned:
        nothing: Map[Client, frozenset[Resource]] = Map.fill(self.every(Client), frozenset())
        return Planned(nothing, nothing, frozenset(), ())

    @action
    def client_asks(self, s: Planned, c: Client, what: frozenset[Resource]) -> Planned | None:
        if what == frozenset() or s.asks[c] != frozenset() or s.holds[c] != frozenset():
            return None
        return evolve(s, asks=s.asks.set(c, what), pool=s.pool | {c})

    @action
    def client_gets(self, s: Planned, c: Client, what: frozenset[Resource]) -> Planned | None:
        if what == frozenset() or c not in s.schedule or not what <= s.asks[c] or not what <= self.free(s):
            return None
        if any(
            s.asks[d] & what and all(e != c for e in s.schedule[: place + 1])
            for place, d in enumerate(s.schedule)
        ):
            return None
        done = what == s.asks[c]
        left = tuple(d for d in s.schedule if d != c) if done else s.schedule
        return evolve(
            s, asks=s.asks.set(c, s.asks[c] - what), holds=s.holds.set(c, s.holds[c] | what), schedule=left
        )

    @action
    def client_returns(self, s: Planned, c: Client, what: frozenset[Resource]) -> Planned | None:
        if what == frozenset() or not what <= s.holds[c]:
            return None
        return evolve(s, holds=s.holds.set(c, s.holds[c] - what))

    @action
    def allocator_schedules(self, s: Planned, c: Client) -> Planned | None:
        if c not in s.pool:
            return None
        return evolve(s, pool=s.pool - {c}, schedule=(*s.schedule, c))

    def everything_goes_on(self) -> Formula[Planned]:
        clients = self.every(Client)
        returned = [
            weakly_fair(taken(self.client_returns, c, where=self._all_when_satisfied(c))) for c in clients
        ]
        given = [weakly_fair(self.client_gets, c) for c in clients]
        scheduled = [weakly_fair(self.allocator_schedules, c) for c in clients]
        return all_of(*returned, *given, *scheduled)

    def _all_when_satisfied(self, c: Client):  # type: ignore[no-untyped-def]
        return lambda s, what: what == s.holds[c] and s.asks[c] == frozenset()

    @temporal
    def obtains(self, c: Client, r: Resource) -> Formula[Planned]:
        gets = leads_to(lambda s: r in s.asks[c], lambda s: r in s.holds[c])
        return implies(self.everything_goes_on(), gets)

    @temporal
    def obtains_without_being_scheduled(self, c: Client, r: Resource) -> Formula[Planned]:
        given = all_of(*(weakly_fair(self.client_gets, d) for d in self.every(Client)))
        return implies(given, leads_to(lambda s: r in s.asks[c], lambda s: r in s.holds[c]))
