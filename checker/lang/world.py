"""The state of a cluster, and what can happen in it: the records of `checker.lang.cluster`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic

from checker.lang.bounds import Between, Capacity, MaxLen
from checker.lang.protocol import C, H, M, N, R, S, T, padded
from checker.lang.values import Bag, Map

if TYPE_CHECKING:
    from attrs import frozen
else:
    from checker.lang.records import frozen


@frozen
class Packet(Generic[N, M]):
    """A message under way."""

    shown_as: ClassVar[str] = "{sender}→{to} {message}"
    sender: N
    to: N
    message: M


@frozen
class Copy(Generic[N, M]):
    """A message that arrives and will arrive again."""

    shown_as: ClassVar[str] = "a copy of {packet}"
    packet: Packet[N, M]


@frozen
class Firing(Generic[N, T]):
    """A timer that fires."""

    shown_as: ClassVar[str] = "{node} {timer}"
    node: N
    timer: T


@frozen
class Asking(Generic[N, C]):
    """A request that reaches a node."""

    shown_as: ClassVar[str] = "{node} {command}"
    node: N
    command: C


@frozen
class Starting(Generic[N]):
    """A node that runs again after a crash."""

    shown_as: ClassVar[str] = "{node} starts"
    node: N


Occurrence = Packet[N, M] | Copy[N, M] | Firing[N, T] | Asking[N, C] | Starting[N]
"""What makes a node take a step."""


Place = Annotated[int, Between(0, 99)]
"""The place of an effect among those of a step."""


@frozen
class Outgoing(Generic[N]):
    """A message that a step sends: the one at this place among its effects."""

    shown_as: ClassVar[str] = "to {to}"
    sender: N
    place: Place
    to: N


@frozen
class Answer(Generic[N]):
    """A reply that a step gives to a client: the one at this place among its effects."""

    shown_as: ClassVar[str] = "the reply"
    sender: N
    place: Place


Given = Outgoing[N] | Answer[N]
"""What a step gives out, and what may be lost of it."""


@frozen
class World(Generic[N, S, M, T, R, H]):
    """The whole cluster: what every node holds, and what lies between them."""

    nodes: Map[N, S]
    in_flight: Annotated[Bag[Packet[N, M]], Capacity("0 if fifo else max_in_flight")]
    links: Map[tuple[N, N], Annotated[tuple[M, ...], MaxLen("max_in_flight if fifo else 0")]]
    timers: Map[N, frozenset[T]]  # those that are set
    down: frozenset[N]
    crashes: Annotated[int, Between(0, "crashes")]  # so many so far
    requests: Annotated[int, Between(0, "requests")]
    replies: frozenset[R]  # every answer ever given to a client
    history: H  # what properties remember of the past; no node knows it

    if not TYPE_CHECKING:

        def __class_getitem__(cls, given: Any) -> Any:
            return super().__class_getitem__(padded(given, cls.__parameters__))
