"""Channels and small programs: handshakes, alternating bits, barriers, and loops that end."""

from __future__ import annotations

from typing import Annotated

from checker.lang import (
    Between,
    Formula,
    Model,
    Size,
    Sort,
    action,
    always,
    enabled,
    eventually,
    eventually_always,
    evolve,
    frozen,
    implies,
    infinitely_often,
    initial,
    next_state,
    strongly_fair,
    taken,
    temporal,
    weak_until,
    weakly_fair,
)


@frozen
class Bits:
    """Two bits that follow each other."""

    sent: bool
    acknowledged: bool


@frozen
class Handshake(Model[Bits]):
    """The two-phase handshake: send, acknowledge, send."""

    @initial
    def begin(self) -> Bits:
        return Bits(False, False)

    @action
    def sends(self, s: Bits) -> Bits | None:
        return evolve(s, sent=not s.sent) if s.sent == s.acknowledged else None

    @action
    def acknowledges(self, s: Bits) -> Bits | None:
        return evolve(s, acknowledged=s.sent) if s.sent != s.acknowledged else None

    @temporal
    def goes_on(self) -> Formula[Bits]:
        fair = weakly_fair(taken(self.sends) | taken(self.acknowledges))
        return implies(fair, infinitely_often(taken(self.sends)) & infinitely_often(taken(self.acknowledges)))

    @temporal
    def goes_on_if_only_sending_is_fair(self) -> Formula[Bits]:
        return implies(weakly_fair(self.sends), infinitely_often(taken(self.acknowledges)))

    @temporal
    def takes_turns(self) -> Formula[Bits]:
        """After sending, nothing is sent before an acknowledgement."""
        return always(
            implies(taken(self.sends), next_state(weak_until(~taken(self.sends), taken(self.acknowledges))))
        )

    @temporal
    def is_acknowledged_next(self) -> Formula[Bits]:
        return always(implies(taken(self.sends), next_state(taken(self.acknowledges))))

    @temporal
    def one_or_the_other(self) -> Formula[Bits]:
        return always(enabled(self.sends) | enabled(self.acknowledges)) & always(
            ~(enabled(self.sends) & enabled(self.acknowledges))
        )


@frozen
class Wire:
    """The bits of sender and receiver, and what is on the two channels."""

    sender: bool
    receiver: bool
    data: bool | None
    ack: bool | None


@frozen
class AlternatingBit(Model[Wire]):
    """Bartlett, Scantlebury and Wilkinson 1969, over channels that hold and may lose one message each."""

    @initial
    def begin(self) -> Wire:
        return Wire(False, False, None, None)

    @action(fair="weak")
    def sends(self, s: Wire) -> Wire | None:
        return evolve(s, data=s.sender) if s.data is None else None

    @action
    def loses_data(self, s: Wire) -> Wire | None:
        return evolve(s, data=None) if s.data is not None else None

    @action
    def receives(self, s: Wire) -> Wire | None:
        if s.data is None or s.ack is not None:
            return None
        fresh = s.data == s.receiver
        return evolve(s, data=None, ack=s.data, receiver=not s.receiver if fresh else s.receiver)

    @action
    def loses_ack(self, s: Wire) -> Wire | None:
        return evolve(s, ack=None) if s.ack is not None else None

    @action
    def hears(self, s: Wire) -> Wire | None:
        if s.ack is None:
            return None
        return evolve(s, ack=None, sender=not s.sender if s.ack == s.sender else s.sender)

    def delivers(self) -> Formula[Wire]:
        return infinitely_often(taken(self.receives, where=lambda s: s.data == s.receiver))

    @temporal
    def delivers_under_strong_fairness(self) -> Formula[Wire]:
        return implies(strongly_fair(self.receives) & strongly_fair(self.hears), self.delivers())

    @temporal
    def delivers_under_weak_fairness(self) -> Formula[Wire]:
        return implies(weakly_fair(self.receives) & weakly_fair(self.hears), self.delivers())

    @temporal
    def delivers_if_nothing_is_lost(self) -> Formula[Wire]:
        lossless = eventually_always(~(taken(self.loses_data) | taken(self.loses_ack)))
        fair = weakly_fair(self.receives) & weakly_fair(self.hears)
        return implies(fair & lossless, self.delivers())

    @temporal
    def delivers_if_only_data_gets_through(self) -> Formula[Wire]:
        return implies(strongly_fair(self.receives) & weakly_fair(self.hears), self.delivers())


class Worker(Sort, label="w"):
    """Who meets at the barrier."""


@frozen
class Meeting:
    """Who has come, and the parity of the round."""

    come: frozenset[Worker]
    odd: bool


@frozen
class Barrier(Model[Meeting]):
    """All come, then all go on; who comes first is open."""

    workers: Size[Worker] = 3

    @initial
    def begin(self) -> Meeting:
        return Meeting(frozenset(), False)

    @action
    def comes(self, s: Meeting, w: Worker) -> Meeting | None:
        return evolve(s, come=s.come | {w}) if w not in s.come else None

    @action(fair="weak")
    def opens(self, s: Meeting) -> Meeting | None:
        return Meeting(frozenset(), not s.odd) if len(s.come) == self.workers else None

    @temporal
    def opens_again_and_again(self) -> Formula[Meeting]:
        return implies(weakly_fair(self.comes), infinitely_often(taken(self.opens)))

    @temporal
    def opens_without_fairness(self) -> Formula[Meeting]:
        return infinitely_often(taken(self.opens))

    @temporal
    def both_parities(self) -> Formula[Meeting]:
        return implies(weakly_fair(self.comes), infinitely_often(lambda s: s.odd))


@frozen
class Numbers:
    """Two numbers."""

    x: Annotated[int, Between(1, 12)]
    y: Annotated[int, Between(1, 12)]


@frozen
class Euclid(Model[Numbers]):
    """The greatest common divisor by subtraction: a program that ends."""

    @initial
    def begin(self) -> Numbers:
        return Numbers(12, 9)

    @action
    def subtracts(self, s: Numbers) -> Numbers | None:
        if s.x == s.y:
            return None
        return evolve(s, x=s.x - s.y) if s.x > s.y else evolve(s, y=s.y - s.x)

    @temporal
    def ends(self) -> Formula[Numbers]:
        return implies(weakly_fair(self.subtracts), eventually_always(lambda s: s.x == s.y))

    @temporal
    def ends_with_three(self) -> Formula[Numbers]:
        return implies(weakly_fair(self.subtracts), eventually(lambda s: (s.x, s.y) == (3, 3)))

    @temporal
    def ends_without_fairness(self) -> Formula[Numbers]:
        return eventually(lambda s: s.x == s.y)

    @temporal
    def never_stops(self) -> Formula[Numbers]:
        return implies(weakly_fair(self.subtracts), infinitely_often(taken(self.subtracts)))
