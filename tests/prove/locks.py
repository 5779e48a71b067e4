"""Small locks whose safety is not inductive by itself: each needs a lemma or two that nobody wrote."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import Between, Map, Model, Size, Sort, action, always, evolve, frozen, initial, sometimes


class Client(Sort, label="c"):
    """Who wants the lock."""


# -- a lock that is tested and set ----------------------------------------------------------------


class Stage(Enum):
    """What a client is doing."""

    IDLE = "idle"
    WAITING = "waiting"
    INSIDE = "inside"


@frozen
class Mutex:
    """The lock, and its clients."""

    owner: Client | None
    stage: Map[Client, Stage]


@frozen
class TestAndSet(Model[Mutex]):
    """A client enters when it has written its name into the free lock."""

    __test__ = False  # no class of tests
    clients: Size[Client] = 3

    @initial
    def start(self) -> Mutex:
        return Mutex(None, Map.fill(self.every(Client), Stage.IDLE))

    @action
    def client_waits(self, s: Mutex, c: Client) -> Mutex | None:
        return evolve(s, stage=s.stage.set(c, Stage.WAITING)) if s.stage[c] is Stage.IDLE else None

    @action
    def client_enters(self, s: Mutex, c: Client) -> Mutex | None:
        if s.stage[c] is not Stage.WAITING or s.owner is not None:
            return None
        return evolve(s, owner=c, stage=s.stage.set(c, Stage.INSIDE))

    @action
    def client_leaves(self, s: Mutex, c: Client) -> Mutex | None:
        return evolve(s, owner=None, stage=s.stage.set(c, Stage.IDLE)) if s.stage[c] is Stage.INSIDE else None

    @always
    def mutual_exclusion(self, s: Mutex) -> bool:
        return all(
            a == b or s.stage[a] is not Stage.INSIDE or s.stage[b] is not Stage.INSIDE
            for a in s.stage
            for b in s.stage
        )

    @sometimes
    def somebody_is_inside(self, s: Mutex) -> bool:
        return s.owner is not None


@frozen
class TestAndSetWithQuestion(TestAndSet):
    """The same, with a predicate that may only be asked while somebody owns the lock."""

    def owner_is_inside(self, s: Mutex) -> bool:
        assert s.owner is not None
        return s.stage[s.owner] is Stage.INSIDE

    def somebody_owns(self, s: Mutex) -> bool:
        return s.owner is not None

    @always
    def the_owner_is_inside(self, s: Mutex) -> bool:
        return not self.somebody_owns(s) or self.owner_is_inside(s)


# -- a lease with fencing tokens ------------------------------------------------------------------

Token = Annotated[int, Between(0, "leases")]


@frozen
class Write:
    """A client asks the storage to write, and shows its token."""

    client: Client
    token: Token


@frozen
class Lease:
    """The lock service, what its clients believe to hold, and the storage."""

    holder: Client | None
    issued: Token
    held: Map[Client, Token]  # 0 for none; may have expired
    sent: frozenset[Write]
    seen: Token  # the highest token that the storage has seen


@frozen
class FencedLease(Model[Lease]):
    """Leases expire unseen; the storage turns away tokens that are older than one it has seen."""

    clients: Size[Client] = 2
    leases: Annotated[int, Between(1, 9)] = 2

    @initial
    def start(self) -> Lease:
        return Lease(None, 0, Map.fill(self.every(Client), 0), frozenset(), 0)

    @action
    def service_grants(self, s: Lease, c: Client) -> Lease | None:
        if s.holder is not None or s.issued == self.leases:
            return None
        return evolve(s, holder=c, issued=s.issued + 1, held=s.held.set(c, s.issued + 1))

    @action
    def lease_expires(self, s: Lease) -> Lease | None:
        return None if s.holder is None else evolve(s, holder=None)

    @action
    def client_writes(self, s: Lease, c: Client) -> Lease | None:
        return evolve(s, sent=s.sent | {Write(c, s.held[c])}) if s.held[c] > 0 else None

    @action
    def storage_accepts(self, s: Lease, c: Client, t: Token) -> Lease | None:
        if Write(c, t) not in s.sent or t < s.seen:
            return None
        return evolve(s, seen=t)

    @always
    def storage_saw_what_was_issued(self, s: Lease) -> bool:
        return s.seen <= s.issued

    @always
    def no_two_hold_one_token(self, s: Lease) -> bool:
        return all(a == b or s.held[a] == 0 or s.held[a] != s.held[b] for a in s.held for b in s.held)

    @sometimes
    def a_write_is_accepted(self, s: Lease) -> bool:
        return s.seen > 0


# -- Peterson's algorithm -------------------------------------------------------------------------


class Step(Enum):
    """How far a process has come."""

    IDLE = "idle"
    ASKED = "asked"
    WAITING = "waiting"
    CRITICAL = "critical"


@frozen
class Processes:
    """Two processes, their flags, and who gives way to the other."""

    at: Map[Client, Step]
    flag: Map[Client, bool]
    polite: Client | None


@frozen
class Peterson(Model[Processes]):
    """Each raises its flag, gives way to the other, and enters if the other does not want to or gives way."""

    clients: Size[Client] = 2

    @initial
    def start(self) -> Processes:
        everybody = self.every(Client)
        return Processes(Map.fill(everybody, Step.IDLE), Map.fill(everybody, False), None)

    @action
    def process_asks(self, s: Processes, c: Client) -> Processes | None:
        if s.at[c] is not Step.IDLE:
            return None
        return evolve(s, at=s.at.set(c, Step.ASKED), flag=s.flag.set(c, True))

    @action
    def process_gives_way(self, s: Processes, c: Client) -> Processes | None:
        return evolve(s, at=s.at.set(c, Step.WAITING), polite=c) if s.at[c] is Step.ASKED else None

    @action
    def process_enters(self, s: Processes, c: Client) -> Processes | None:
        if s.at[c] is not Step.WAITING or not self.may_enter(s, c):
            return None
        return evolve(s, at=s.at.set(c, Step.CRITICAL))

    def may_enter(self, s: Processes, c: Client) -> bool:
        return s.polite != c or all(d == c or not s.flag[d] for d in self.every(Client))

    @action
    def process_leaves(self, s: Processes, c: Client) -> Processes | None:
        if s.at[c] is not Step.CRITICAL:
            return None
        return evolve(s, at=s.at.set(c, Step.IDLE), flag=s.flag.set(c, False))

    @always
    def mutual_exclusion(self, s: Processes) -> bool:
        return all(
            a == b or s.at[a] is not Step.CRITICAL or s.at[b] is not Step.CRITICAL for a in s.at for b in s.at
        )

    @sometimes
    def somebody_is_critical(self, s: Processes) -> bool:
        return any(s.at[c] is Step.CRITICAL for c in s.at)


# -- a ticket lock --------------------------------------------------------------------------------

Ticket = Annotated[int, Between(0, "tickets")]


@frozen
class Counter:
    """The next ticket, the one that is served, and what everybody holds; 0 is no ticket."""

    next: Ticket
    serving: Ticket
    ticket: Map[Client, Ticket]
    inside: frozenset[Client]


@frozen
class TicketLock(Model[Counter]):
    """Who wants to enter draws a ticket, and waits until it is called."""

    clients: Size[Client] = 2
    tickets: Annotated[int, Between(1, 9)] = 4

    @initial
    def start(self) -> Counter:
        return Counter(1, 1, Map.fill(self.every(Client), 0), frozenset())

    @action
    def client_draws(self, s: Counter, c: Client) -> Counter | None:
        if s.ticket[c] != 0 or s.next == self.tickets:
            return None
        return evolve(s, next=s.next + 1, ticket=s.ticket.set(c, s.next))

    @action
    def client_enters(self, s: Counter, c: Client) -> Counter | None:
        return evolve(s, inside=s.inside | {c}) if s.ticket[c] == s.serving else None

    @action
    def client_leaves(self, s: Counter, c: Client) -> Counter | None:
        if c not in s.inside:
            return None
        return evolve(s, serving=s.serving + 1, ticket=s.ticket.set(c, 0), inside=s.inside - {c})

    @always
    def mutual_exclusion(self, s: Counter) -> bool:
        return len(s.inside) <= 1

    @sometimes
    def somebody_is_inside(self, s: Counter) -> bool:
        return len(s.inside) > 0
