"""The environment: composes a node protocol with a network, timers, clients and crashes.

    @frozen
    class Raft(RaftServer, Cluster[Node, Server, Message, Timer, Command]):
        '''The protocol of RaftServer in a hostile world.'''

is a model whose state is a `World`.  What may go wrong is said by constants:

    fifo           messages between two nodes arrive in the order they were sent; otherwise in any
    lossy          messages, and replies to clients, may be lost
    duplicating    a message may arrive again and again
    crashes        a bound: so many crashes in all; each resets exactly the volatile fields
    restarts       whether a crashed node comes back
    requests       a bound: so many requests from clients in all
    max_in_flight  a bound: so many messages under way (in each direction of each link, for fifo)

Modelling decisions.

- The network holds what was sent and not yet received.  A message that is delayed is one whose
  delivery comes late.  What is lost is lost as it is sent: the receiver cannot tell that from a loss
  on the way, and the network holds less.
- There is no clock.  A timer that is set may fire at any time: early, late, or never.
- A crash may fall inside a step, after the durable fields are written: some of the messages and
  replies are out, the others never will be.  On links with order, those that are out to one node are
  the first ones.  With a lossy network this is the same as losing them and crashing after the step,
  so it is an action of its own only where nothing is lost.  No crash interrupts the very first start.
- A node that is down receives nothing, and its messages wait.  So without `lossy` a message outlives
  the crash of its receiver, which is more than TCP promises: check with `lossy` what must run on it.
- A partition is a loss of everything between two groups, so `lossy` covers it.
- A node that is down is already what the crash has left, so that two crashes that leave the same are
  the same.

The environment is written in the language, like any spec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Generic, assert_never, cast

from checker.lang.bounds import Between, Relaxed
from checker.lang.model import Model, action, initial, one_of, subset_of
from checker.lang.protocol import (
    C,
    CancelTimer,
    H,
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
)
from checker.lang.values import Bag, Map, order
from checker.lang.world import (
    Answer,
    Asking,
    Copy,
    Firing,
    Given,
    Occurrence,
    Outgoing,
    Packet,
    Starting,
    World,
)

if TYPE_CHECKING:
    from attrs import evolve, frozen
else:
    from checker.lang.records import evolve, frozen


@frozen(slots=False)
class Cluster(NodeProtocol[N, S, M, T, C, R], Model[World[N, S, M, T, R, H]], Generic[N, S, M, T, C, R, H]):
    """A model of nodes that all run one protocol.  Derive from the protocol and from this class.

    Type parameters: those of the protocol, and the type of the history, if there is one.
    """

    fifo: Annotated[bool, Relaxed(False, "messages overtake each other")] = False
    lossy: Annotated[bool, Relaxed(True, "messages are lost, or a partition holds them back")] = False
    duplicating: Annotated[bool, Relaxed(True, "messages arrive repeatedly")] = False
    crashes: Annotated[int, Between(0, 9), Relaxed(1, "a node crashes")] = 0
    restarts: Annotated[bool, Relaxed(False, "a node that has crashed stays down", along="crashes")] = True
    requests: Annotated[int, Between(0, 9)] = 1
    max_in_flight: Annotated[int, Between(1, 64)] = 4

    # -- what properties remember --

    def begin_history(self) -> H:
        """The history before anything has happened."""
        return cast(H, None)

    def remember(self, history: H, me: N, before: S, after: S) -> H:
        """The history after a node has taken a step.  Only properties look at it."""
        return history

    # -- how it begins --

    def first_sends(self) -> frozenset[Given[N]]:
        """What the nodes' first steps give out and a lossy network may lose."""
        if not self.lossy:
            return frozenset()
        nodes = self.every(N)  # type: ignore[misc]  # the type that the protocol gives for it
        return frozenset(out for n in nodes for out in self.outgoing(n, self.start(n, self.boot(n))))

    @initial
    def boots(self, lost: frozenset[Given[N]] = subset_of(first_sends)) -> World[N, S, M, T, R, H]:
        """Every node boots and starts."""
        nodes = self.every(N)  # type: ignore[misc]  # the type that the protocol gives for it
        world: World[N, S, M, T, R, H] = World(
            nodes=Map({node: self.boot(node) for node in nodes}),
            in_flight=Bag(),
            links=Map({(a, b): () for a in nodes for b in nodes}),
            timers=Map({node: frozenset() for node in nodes}),
            down=frozenset(),
            crashes=0,
            requests=0,
            replies=frozenset(),
            history=self.begin_history(),
        )
        for node in world.nodes:
            step = self.start(node, world.nodes[node])
            world = self.after(world, node, self.losing(node, step, lost))
        return world

    # -- what happens --

    def deliverable(self, w: World[N, S, M, T, R, H]) -> frozenset[Packet[N, M]]:
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
        self, w: World[N, S, M, T, R, H], packet: Packet[N, M] = one_of(deliverable)
    ) -> World[N, S, M, T, R, H] | None:
        """A message arrives and is gone from the network."""
        return self.after(self.without(w, packet), packet.to, self.on_packet(w, packet))

    @action(when="duplicating")
    def network_delivers_a_copy(
        self, w: World[N, S, M, T, R, H], packet: Packet[N, M] = one_of(deliverable)
    ) -> World[N, S, M, T, R, H] | None:
        """A message arrives, and will arrive again."""
        return self.after(w, packet.to, self.on_packet(w, packet))

    @action
    def timer_fires(self, w: World[N, S, M, T, R, H], node: N, timer: T) -> World[N, S, M, T, R, H] | None:
        """A timer that is set fires."""
        if node in w.down or timer not in w.timers[node]:
            return None
        step = self.timeout(node, w.nodes[node], timer)
        return self.after(self.fired(w, node, timer), node, step)

    @action(when="requests > 0")
    def client_requests(
        self, w: World[N, S, M, T, R, H], node: N, command: C
    ) -> World[N, S, M, T, R, H] | None:
        """A request reaches a node that can take it."""
        if node in w.down:
            return None
        step = self.request(node, w.nodes[node], command)
        if step is None:
            return None
        return self.after(evolve(w, requests=w.requests + 1), node, step)

    @action(when="crashes > 0")
    def node_crashes(self, w: World[N, S, M, T, R, H], node: N) -> World[N, S, M, T, R, H] | None:
        """A node stops between two steps."""
        if node in w.down:
            return None
        return self.crashed(w, node, w.nodes[node])

    @action(when="crashes > 0 and restarts")
    def node_restarts(self, w: World[N, S, M, T, R, H], node: N) -> World[N, S, M, T, R, H] | None:
        """A node that was down runs again, with what its stable storage has kept."""
        if node not in w.down:
            return None
        return self.after(self.up(w, node), node, self.start(node, w.nodes[node]))

    # -- steps of which not everything gets out --

    def possible(self, w: World[N, S, M, T, R, H]) -> frozenset[Occurrence[N, M, T, C]]:
        """Everything that may make a node take a step."""
        packets = self.deliverable(w)
        return (
            packets
            | frozenset(Copy(packet) for packet in packets if self.duplicating)
            | frozenset(Firing(n, timer) for n in w.timers if n not in w.down for timer in w.timers[n])
            | frozenset(Starting(n) for n in w.down if self.restarts)
            | frozenset(
                Asking(n, command)
                for n in w.nodes
                if n not in w.down and w.requests < self.requests
                for command in self.every(C)  # type: ignore[misc]  # likewise
            )
        )

    def outgoing(self, me: N, step: Step[S, N, M, T, R]) -> frozenset[Given[N]]:
        """The messages and replies of a step."""
        sends = frozenset(
            Outgoing(me, place, effect.to) for place, effect in enumerate(step[1]) if isinstance(effect, Send)
        )
        answers = frozenset(
            Answer(me, place) for place, effect in enumerate(step[1]) if isinstance(effect, Reply)
        )
        return sends | answers

    def would_send(self, w: World[N, S, M, T, R, H], begun: Occurrence[N, M, T, C]) -> frozenset[Given[N]]:
        """What the step that has begun would give out."""
        _, me, step = self.begun_step(w, begun)
        return self.outgoing(me, step)

    @action(when="lossy")
    def network_loses(
        self,
        w: World[N, S, M, T, R, H],
        begun: Occurrence[N, M, T, C] = one_of(possible),
        lost: frozenset[Given[N]] = subset_of(would_send),
    ) -> World[N, S, M, T, R, H] | None:
        """A node takes a step, and some of what it sends is lost."""
        if len(lost) == 0:
            return None
        taken, me, step = self.begun_step(w, begun)
        return self.after(taken, me, self.losing(me, step, lost))

    def interruptible(self, w: World[N, S, M, T, R, H]) -> frozenset[Occurrence[N, M, T, C]]:
        """Every step in the middle of which a node may crash."""
        return self.possible(w) if w.crashes < self.crashes else frozenset()

    @action(when="crashes > 0 and not lossy")
    def node_crashes_while_sending(
        self,
        w: World[N, S, M, T, R, H],
        begun: Occurrence[N, M, T, C] = one_of(interruptible),
        lost: frozenset[Given[N]] = subset_of(would_send),
    ) -> World[N, S, M, T, R, H] | None:
        """A node stops inside a step: its state is on disk, and some of what it sends is not out."""
        taken, me, step = self.begun_step(w, begun)
        if len(lost) == 0 or (self.fifo and self.overtakes(self.outgoing(me, step) - lost, lost)):
            return None
        return self.crashed(self.after(taken, me, self.losing(me, step, lost)), me, step[0])

    def overtakes(self, sent: frozenset[Given[N]], lost: frozenset[Given[N]]) -> bool:
        """Whether something got out to a node although an earlier message to it did not."""
        return any(
            later.to == earlier.to and later.place > earlier.place
            for later in sent
            for earlier in lost
            if isinstance(later, Outgoing) and isinstance(earlier, Outgoing)
        )

    def losing(self, me: N, step: Step[S, N, M, T, R], lost: frozenset[Given[N]]) -> Step[S, N, M, T, R]:
        """A step without some of what it gives out."""
        if len(lost) == 0:
            return step
        node, effects = step
        places = frozenset(out.place for out in lost if out.sender == me)
        return node, tuple(effect for place, effect in enumerate(effects) if place not in places)

    def begun_step(
        self, w: World[N, S, M, T, R, H], begun: Occurrence[N, M, T, C]
    ) -> tuple[World[N, S, M, T, R, H], N, Step[S, N, M, T, R]]:
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
            case Starting(me):
                return self.up(w, me), me, self.start(me, w.nodes[me])

    # -- how the world changes --

    def on_packet(self, w: World[N, S, M, T, R, H], packet: Packet[N, M]) -> Step[S, N, M, T, R]:
        """What the receiver of a message does."""
        return self.receive(packet.to, w.nodes[packet.to], packet.sender, packet.message)

    def up(self, w: World[N, S, M, T, R, H], node: N) -> World[N, S, M, T, R, H]:
        """The world after a node has come back."""
        return evolve(w, down=w.down - {node})

    def fired(self, w: World[N, S, M, T, R, H], node: N, timer: T) -> World[N, S, M, T, R, H]:
        """The world after a timer has fired."""
        return evolve(w, timers=w.timers.set(node, w.timers[node] - {timer}))

    def without(self, w: World[N, S, M, T, R, H], packet: Packet[N, M]) -> World[N, S, M, T, R, H]:
        """The world after a message has left the network."""
        if self.fifo:
            link = (packet.sender, packet.to)
            return evolve(w, links=w.links.set(link, w.links[link][1:]))
        return evolve(w, in_flight=w.in_flight.remove(packet))

    def with_message(self, w: World[N, S, M, T, R, H], packet: Packet[N, M]) -> World[N, S, M, T, R, H]:
        """The world after a message has entered the network."""
        if self.fifo:
            link = (packet.sender, packet.to)
            return evolve(w, links=w.links.set(link, (*w.links[link], packet.message)))
        if self.duplicating and packet in w.in_flight:
            return w  # the copies of the first stand for those of the second
        return evolve(w, in_flight=w.in_flight.add(packet))

    def crashed(self, w: World[N, S, M, T, R, H], me: N, node: S) -> World[N, S, M, T, R, H]:
        """The world after a node has stopped in this state."""
        return evolve(
            w,
            nodes=w.nodes.set(me, self.recover(me, node)),
            timers=w.timers.set(me, frozenset()),
            down=w.down | {me},
            crashes=w.crashes + 1,
        )

    def after(self, w: World[N, S, M, T, R, H], me: N, step: Step[S, N, M, T, R]) -> World[N, S, M, T, R, H]:
        """The world after a node has taken a step."""
        node, effects = step
        history = self.remember(w.history, me, w.nodes[me], node)
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
                case _:
                    assert_never(effect)
        return evolve(
            w,
            nodes=w.nodes.set(me, node),
            timers=w.timers.set(me, timers),
            replies=replies,
            history=history,
        )

    # -- traces --

    def lanes(self, s: World[N, S, M, T, R, H]) -> tuple[Any, ...]:
        """A lane for each node."""
        return tuple(s.nodes)

    def lane_event(
        self, action: str, arguments: dict[str, Any]
    ) -> tuple[Any, str] | tuple[Any, str, Any] | None:
        """Deliveries as arrows from the sender, everything else at its node."""
        given = sorted(arguments.get("lost", ()), key=order)
        lost = ", ".join(f"to {out.to}" if isinstance(out, Outgoing) else "the reply" for out in given)
        about = {
            "network_loses": f" (lost: {lost})",
            "node_crashes_while_sending": f" (crash before: {lost})",
        }.get(action, "")
        for value in arguments.values():
            packet = value.packet if isinstance(value, Copy) else value
            if isinstance(packet, Packet):
                return packet.to, f"{packet.message}{about}", packet.sender
            if isinstance(value, Firing):
                return value.node, f"{getattr(value.timer, 'name', value.timer)}{about}"
            if isinstance(value, Asking):
                return value.node, f"{value.command}{about}"
            if isinstance(value, Starting):
                return value.node, f"starts{about}"
        rest = [str(getattr(v, "name", v)) for k, v in arguments.items() if k != "node"]
        return (arguments["node"], " ".join([action, *rest])) if "node" in arguments else None
