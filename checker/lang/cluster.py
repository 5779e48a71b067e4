"""The environment: composes a node protocol with a network, timers, clients and crashes.

    @frozen
    class Raft(RaftServer, Cluster[Node, Server, Message, Timer, Command]):
        '''The protocol of RaftServer in a hostile world.'''

is a model whose state is a `World`.  What may go wrong is said by constants:

    fifo           messages between two nodes arrive in the order they were sent; otherwise in any
    lossy          messages may be lost
    duplicating    a message may arrive again and again
    crashes        so many crashes may happen in all; each resets exactly the volatile fields
    restarts       whether a crashed node comes back
    requests       so many requests may come from clients in all
    max_in_flight  a bound: so many messages under way (in each direction of each link, for fifo)

Modelling decisions.

- The network holds what was sent and not yet received.  A message that is delayed is one whose
  delivery comes late.  What is lost is lost as it is sent: nobody can tell the difference to a loss
  on the way, and the network holds less.
- There is no clock.  A timer that is set may fire at any time: early, late, or never.
- A crash may also fall inside a step, after the durable fields are written and before some of the
  messages are sent.  With a lossy network that is the same as the loss of the messages and a crash
  after the step, so it is an action of its own only where nothing is lost.
- A node that is down receives nothing; its messages wait.  Its state is already what the crash has
  left, so that two crashes that leave the same are the same.

The environment is written in the language, like any spec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic

from checker.lang.bounds import Between, Capacity, MaxLen
from checker.lang.hints import type_arguments
from checker.lang.model import Model, action, initial, one_of, subset_of
from checker.lang.protocol import (
    C,
    CancelTimer,
    M,
    N,
    NodeProtocol,
    R,
    Reply,
    S,
    Send,
    SetTimer,
    Step,
    T,
    padded,
)
from checker.lang.values import Bag, Map, order

if TYPE_CHECKING:
    from attrs import evolve, frozen
else:
    from checker.lang.records import evolve, frozen


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


Occurrence = Packet[N, M] | Copy[N, M] | Firing[N, T] | Asking[N, C]
"""What makes a node take a step."""


@frozen
class World(Generic[N, S, M, T, R]):
    """The whole cluster: what every node holds, and what lies between them."""

    nodes: Map[N, S]
    in_flight: Annotated[Bag[Packet[N, M]], Capacity("0 if fifo else max_in_flight")]
    links: Map[tuple[N, N], Annotated[tuple[M, ...], MaxLen("max_in_flight if fifo else 0")]]
    timers: Map[N, frozenset[T]]  # those that are set
    down: frozenset[N]
    crashes: Annotated[int, Between(0, "crashes")]  # so many so far
    requests: Annotated[int, Between(0, "requests")]
    replies: frozenset[R]  # every answer ever given to a client

    if not TYPE_CHECKING:

        def __class_getitem__(cls, given: Any) -> Any:
            return super().__class_getitem__(padded(given, 5))


@frozen(slots=False)
class Cluster(NodeProtocol[N, S, M, T, C, R], Model[World[N, S, M, T, R]]):
    """A model of nodes that all run one protocol.  Derive from the protocol and from this class."""

    fifo: bool = False
    lossy: bool = False
    duplicating: bool = False
    crashes: Annotated[int, Between(0, 9)] = 0
    restarts: bool = True
    requests: Annotated[int, Between(0, 9)] = 1
    max_in_flight: Annotated[int, Between(1, 64)] = 4

    def every_node(self) -> frozenset[N]:
        """The nodes of the cluster: all of the sort."""
        return self.every(self._given("N"))

    def every_command(self) -> frozenset[C]:
        """Everything that a client may ask for."""
        return self.every(self._given("C"))

    def _given(self, parameter: str) -> Any:
        """What the protocol gives for one of its type parameters."""
        given = type_arguments(type(self), NodeProtocol)
        return next(value for name, value in given.items() if name.__name__ == parameter)

    @initial
    def boots(self) -> World[N, S, M, T, R]:
        """Every node boots."""
        nodes = self.every_node()
        world: World[N, S, M, T, R] = World(
            nodes=Map({node: self.boot(node) for node in nodes}),
            in_flight=Bag(),
            links=Map({(a, b): () for a in nodes for b in nodes}),
            timers=Map({node: frozenset() for node in nodes}),
            down=frozenset(),
            crashes=0,
            requests=0,
            replies=frozenset(),
        )
        for node in world.nodes:
            world = self.after(world, node, self.start(node, world.nodes[node]))
        return world

    # -- what happens --

    def deliverable(self, w: World[N, S, M, T, R]) -> frozenset[Packet[N, M]]:
        """The messages that may arrive next."""
        if self.fifo:
            return frozenset(
                Packet(sender, to, w.links[sender, to][0])
                for sender, to in w.links
                if len(w.links[sender, to]) > 0 and to not in w.down
            )
        return frozenset(packet for packet in w.in_flight if packet.to not in w.down)

    @action
    def network_delivers(
        self, w: World[N, S, M, T, R], packet: Packet[N, M] = one_of(deliverable)
    ) -> World[N, S, M, T, R] | None:
        """A message arrives and is gone from the network."""
        return self.after(self.without(w, packet), packet.to, self.on_packet(w, packet))

    @action(when="duplicating")
    def network_delivers_a_copy(
        self, w: World[N, S, M, T, R], packet: Packet[N, M] = one_of(deliverable)
    ) -> World[N, S, M, T, R] | None:
        """A message arrives, and will arrive again."""
        return self.after(w, packet.to, self.on_packet(w, packet))

    @action
    def timer_fires(self, w: World[N, S, M, T, R], node: N, timer: T) -> World[N, S, M, T, R] | None:
        """A timer that is set fires."""
        if node in w.down or timer not in w.timers[node]:
            return None
        step = self.timeout(node, w.nodes[node], timer)
        return self.after(self.fired(w, node, timer), node, step)

    @action(when="requests > 0")
    def client_requests(self, w: World[N, S, M, T, R], node: N, command: C) -> World[N, S, M, T, R] | None:
        """A request reaches a node that can take it."""
        if node in w.down or w.requests == self.requests:
            return None
        step = self.request(node, w.nodes[node], command)
        if step is None:
            return None
        return self.after(evolve(w, requests=w.requests + 1), node, step)

    @action(when="crashes > 0")
    def node_crashes(self, w: World[N, S, M, T, R], node: N) -> World[N, S, M, T, R] | None:
        """A node stops between two steps."""
        if node in w.down or w.crashes == self.crashes:
            return None
        return self.crashed(w, node, w.nodes[node])

    @action(when="crashes > 0 and restarts")
    def node_restarts(self, w: World[N, S, M, T, R], node: N) -> World[N, S, M, T, R] | None:
        """A node that was down runs again, with what its stable storage has kept."""
        if node not in w.down:
            return None
        up = evolve(w, down=w.down - {node})
        return self.after(up, node, self.start(node, w.nodes[node]))

    # -- steps whose messages are not all sent --

    def possible(self, w: World[N, S, M, T, R]) -> frozenset[Occurrence[N, M, T, C]]:
        """Everything that may make a node take a step."""
        packets = self.deliverable(w)
        return (
            packets
            | frozenset(Copy(packet) for packet in packets if self.duplicating)
            | frozenset(Firing(n, timer) for n in w.timers if n not in w.down for timer in w.timers[n])
            | frozenset(
                Asking(n, command)
                for n in w.nodes
                if n not in w.down and w.requests < self.requests
                for command in self.every_command()
            )
        )

    def sends(self, w: World[N, S, M, T, R], begun: Occurrence[N, M, T, C]) -> frozenset[Send[N, M]]:
        """The messages that the step would send."""
        _, _, step = self.begun_step(w, begun)
        return frozenset(effect for effect in step[1] if isinstance(effect, Send))

    @action(when="lossy")
    def network_loses(
        self,
        w: World[N, S, M, T, R],
        begun: Occurrence[N, M, T, C] = one_of(possible),
        lost: frozenset[Send[N, M]] = subset_of(sends),
    ) -> World[N, S, M, T, R] | None:
        """A node takes a step, and some of the messages that it sends are lost."""
        if len(lost) == 0:
            return None
        taken, me, step = self.begun_step(w, begun)
        return self.after(taken, me, self.losing(step, lost))

    def interruptible(self, w: World[N, S, M, T, R]) -> frozenset[Occurrence[N, M, T, C]]:
        """Every step in the middle of which a node may crash."""
        return self.possible(w) if w.crashes < self.crashes else frozenset()

    @action(when="crashes > 0 and not lossy")
    def node_crashes_while_sending(
        self,
        w: World[N, S, M, T, R],
        begun: Occurrence[N, M, T, C] = one_of(interruptible),
        lost: frozenset[Send[N, M]] = subset_of(sends),
    ) -> World[N, S, M, T, R] | None:
        """A node stops inside a step: its state is on disk, and some of its messages are not out."""
        if len(lost) == 0:
            return None
        taken, me, step = self.begun_step(w, begun)
        return self.crashed(self.after(taken, me, self.losing(step, lost)), me, step[0])

    def losing(self, step: Step[S, N, M, T, R], lost: frozenset[Send[N, M]]) -> Step[S, N, M, T, R]:
        """A step without some of its messages."""
        node, effects = step
        return node, tuple(effect for effect in effects if effect not in lost)

    def begun_step(
        self, w: World[N, S, M, T, R], begun: Occurrence[N, M, T, C]
    ) -> tuple[World[N, S, M, T, R], N, Step[S, N, M, T, R]]:
        """The world in which a node takes a step, which node, and the step."""
        match begun:
            case Packet(to=me):
                return self.without(w, begun), me, self.on_packet(w, begun)
            case Copy(packet):
                return w, packet.to, self.on_packet(w, packet)
            case Firing(me, timer):
                return self.fired(w, me, timer), me, self.timeout(me, w.nodes[me], timer)
            case Asking(me, command):
                step = self.request(me, w.nodes[me], command)
                return evolve(w, requests=w.requests + 1), me, step or (w.nodes[me], ())

    # -- how the world changes --

    def on_packet(self, w: World[N, S, M, T, R], packet: Packet[N, M]) -> Step[S, N, M, T, R]:
        """What the receiver of a message does."""
        return self.receive(packet.to, w.nodes[packet.to], packet.sender, packet.message)

    def fired(self, w: World[N, S, M, T, R], node: N, timer: T) -> World[N, S, M, T, R]:
        """The world after a timer has fired."""
        return evolve(w, timers=w.timers.set(node, w.timers[node] - {timer}))

    def without(self, w: World[N, S, M, T, R], packet: Packet[N, M]) -> World[N, S, M, T, R]:
        """The world after a message has left the network."""
        if self.fifo:
            link = (packet.sender, packet.to)
            return evolve(w, links=w.links.set(link, w.links[link][1:]))
        return evolve(w, in_flight=w.in_flight.remove(packet))

    def with_message(self, w: World[N, S, M, T, R], packet: Packet[N, M]) -> World[N, S, M, T, R]:
        """The world after a message has entered the network."""
        if self.fifo:
            link = (packet.sender, packet.to)
            return evolve(w, links=w.links.set(link, (*w.links[link], packet.message)))
        if self.duplicating and packet in w.in_flight:
            return w  # the copies of the first stand for those of the second
        return evolve(w, in_flight=w.in_flight.add(packet))

    def crashed(self, w: World[N, S, M, T, R], me: N, node: S) -> World[N, S, M, T, R]:
        """The world after a node has stopped in this state."""
        return evolve(
            w,
            nodes=w.nodes.set(me, self.recover(me, node)),
            timers=w.timers.set(me, frozenset()),
            down=w.down | {me},
            crashes=w.crashes + 1,
        )

    def after(self, w: World[N, S, M, T, R], me: N, step: Step[S, N, M, T, R]) -> World[N, S, M, T, R]:
        """The world after a node has taken a step."""
        node, effects = step
        timers, replies = w.timers[me], w.replies
        for effect in effects:
            match effect:
                case Send(to, message):
                    w = self.with_message(w, Packet(me, to, message))
                case SetTimer(timer):
                    timers = timers | {timer}
                case CancelTimer(timer):
                    timers = timers - {timer}
                case Reply(value):
                    replies = replies | {value}
        return evolve(w, nodes=w.nodes.set(me, node), timers=w.timers.set(me, timers), replies=replies)

    # -- traces --

    def lanes(self, s: World[N, S, M, T, R]) -> tuple[Any, ...]:
        """A lane for each node."""
        return tuple(s.nodes)

    def lane_event(
        self, action: str, arguments: dict[str, Any]
    ) -> tuple[Any, str] | tuple[Any, str, Any] | None:
        """Deliveries as arrows from the sender, everything else at its node."""
        lost = ", ".join(f"{send.to}" for send in sorted(arguments.get("lost", ()), key=order))
        note = {
            "network_loses": f" (lost: to {lost})",
            "node_crashes_while_sending": f" (crash: not to {lost})",
        }
        about = note.get(action, "")
        for value in arguments.values():
            packet = value.packet if isinstance(value, Copy) else value
            if isinstance(packet, Packet):
                return packet.to, f"{packet.message}{about}", packet.sender
            if isinstance(value, Firing):
                return value.node, f"{getattr(value.timer, 'name', value.timer)}{about}"
            if isinstance(value, Asking):
                return value.node, f"{value.command}{about}"
        rest = [str(getattr(v, "name", v)) for k, v in arguments.items() if k != "node"]
        return (arguments["node"], " ".join([action, *rest])) if "node" in arguments else None
