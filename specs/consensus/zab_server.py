"""Zab, one server: what it does when its oracle names a leader, on a message, or on a client's request.

Source: Flavio Junqueira, Benjamin Reed and Marco Serafini, "Zab: High-performance broadcast for
primary-backup systems", DSN 2011, section IV; the steps are named as there, `f` for a follower and
`l` for the leader.  Names of fields as in André Medeiros, "ZooKeeper's atomic broadcast protocol: Theory
and practice", 2012.

The modelling decisions are in `specs.consensus.zab`, where servers meet a network.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import (
    Between,
    Durable,
    Map,
    NodeProtocol,
    Send,
    SetTimer,
    Size,
    Step,
    Volatile,
    evolve,
    frozen,
)
from specs.consensus.zab_messages import (
    Ack,
    AckEpoch,
    AckNewLeader,
    CEpoch,
    Commit,
    Count,
    Epoch,
    History,
    Message,
    NewEpoch,
    NewLeader,
    Node,
    Propose,
    Transaction,
    Value,
)


class Phase(Enum):
    """How far a server has come in this iteration of the protocol."""

    ELECTION = "election"
    DISCOVERY = "discovery"
    SYNCHRONIZATION = "synchronization"
    BROADCAST = "broadcast"


@frozen
class Oracle:
    """Phase 0: the oracle of this server names a leader, rightly or not."""

    leader: Node


# -- the protocol ---------------------------------------------------------------------------------


@frozen
class Server:
    """What a server holds."""

    accepted_epoch: Durable[Epoch]  # f.p: the last epoch that it has promised
    current_epoch: Durable[Epoch]  # f.a: the last epoch whose initial history it has taken over
    history: Durable[History]  # what it has accepted
    phase: Volatile[Phase]
    leader: Volatile[Node | None]  # whom its oracle has named
    delivered: Volatile[Count]  # so much of the history has been delivered
    # of a leader:
    followers: Volatile[frozenset[Node]]  # Q: who takes part in this iteration, itself included
    highest: Volatile[Epoch]  # the highest promise that they have reported, until a quorum has
    acks: Volatile[frozenset[Node]]  # who of them has acknowledged the epoch, or the initial history
    best_epoch: Volatile[Epoch]  # of the acknowledgements so far, the best current epoch ...
    best_history: Volatile[History]  # ... and the history that came with it
    stored: Volatile[Map[Node, Count]]  # so much of the leader's history each follower is known to have


Next = Step[Server, Node, Message, Oracle]


@frozen
class ZabServer(NodeProtocol[Node, Server, Message, Oracle, Value]):
    """Phases 0 to 3, of a follower and of a leader.  A leader follows itself, without messages."""

    nodes: Size[Node] = 3
    values: Size[Value] = 1
    max_epoch: Annotated[int, Between(1, 9)] = 2

    def boot(self, me: Node) -> Server:
        return Server(
            accepted_epoch=0,
            current_epoch=0,
            history=(),
            phase=Phase.ELECTION,
            leader=None,
            delivered=0,
            followers=frozenset(),
            highest=0,
            acks=frozenset(),
            best_epoch=0,
            best_history=(),
            stored=Map.fill(self.every(Node), 0),
        )

    def start(self, me: Node, server: Server) -> Next:
        return server, tuple(SetTimer(Oracle(n)) for n in self.every(Node))

    def timeout(self, me: Node, server: Server, timer: Oracle) -> Next:
        """A new iteration, with the leader that the oracle names (step f.1.1)."""
        looking = evolve(self.looking(me, server), phase=Phase.DISCOVERY, leader=timer.leader)
        if timer.leader != me:
            return looking, (Send(timer.leader, CEpoch(server.accepted_epoch)), SetTimer(timer))
        leader = evolve(looking, followers=frozenset({me}), highest=server.accepted_epoch)
        return leader, (SetTimer(timer),)

    def receive(self, me: Node, server: Server, sender: Node, message: Message) -> Next:
        """A leader listens to followers, and a follower to its leader alone."""
        if server.leader == me:
            return self.as_leader(me, server, sender, message)
        if server.leader == sender:
            return self.as_follower(server, sender, message)
        return server, ()

    def as_leader(self, me: Node, server: Server, sender: Node, message: Message) -> Next:
        match message:
            case CEpoch():
                return self.on_cepoch(me, server, sender, message)
            case AckEpoch():
                return self.on_ack_epoch(me, server, sender, message)
            case AckNewLeader():
                return self.on_ack_new_leader(me, server, sender, message)
            case Ack():
                return self.on_ack(me, server, sender, message)
            case _:
                return server, ()

    def as_follower(self, server: Server, sender: Node, message: Message) -> Next:
        match message:
            case NewEpoch():
                return self.on_new_epoch(server, sender, message)
            case NewLeader():
                return self.on_new_leader(server, sender, message)
            case Propose():
                return self.on_propose(server, sender, message)
            case Commit():
                return self.on_commit(server, message)
            case _:
                return server, ()

    # phase 1, discovery

    def on_cepoch(self, me: Node, leader: Server, sender: Node, m: CEpoch) -> Next:
        """With a quorum, propose an epoch later than all (l.1.2); a latecomer is brought up to date (l.3.5)."""
        if leader.phase is Phase.BROADCAST:
            joined = evolve(
                leader, followers=leader.followers | {sender}, stored=leader.stored.set(sender, 0)
            )
            epoch = leader.current_epoch
            return joined, (Send(sender, NewEpoch(epoch)), Send(sender, NewLeader(epoch, leader.history)))
        if leader.phase is not Phase.DISCOVERY or self.is_quorum(leader.followers):
            return leader, ()  # turned away; it will try again
        heard = evolve(
            leader,
            followers=leader.followers | {sender},
            highest=max(leader.highest, m.accepted_epoch),
        )
        if not self.is_quorum(heard.followers):
            return heard, ()
        proposing = evolve(
            heard,
            accepted_epoch=heard.highest + 1,
            highest=0,
            acks=frozenset({me}),
            best_epoch=heard.current_epoch,
            best_history=heard.history,
        )
        return proposing, self.to_followers(me, proposing, NewEpoch(proposing.accepted_epoch))

    def on_new_epoch(self, follower: Server, sender: Node, m: NewEpoch) -> Next:
        """Promise a later epoch, and say what was accepted in earlier ones (f.1.3)."""
        if follower.phase is not Phase.DISCOVERY or m.epoch <= follower.accepted_epoch:
            return follower, ()
        promised = evolve(follower, accepted_epoch=m.epoch)
        return promised, (Send(sender, AckEpoch(promised.current_epoch, promised.history)),)

    def on_ack_epoch(self, me: Node, leader: Server, sender: Node, m: AckEpoch) -> Next:
        """With all promises, the best history is the initial one of the epoch (l.1.4, l.2.1)."""
        if leader.phase is not Phase.DISCOVERY or sender not in leader.followers:
            return leader, ()
        heard = evolve(leader, acks=leader.acks | {sender})
        if self.is_better(m.current_epoch, m.history, leader.best_epoch, leader.best_history):
            heard = evolve(heard, best_epoch=m.current_epoch, best_history=m.history)
        if heard.acks != heard.followers:
            return heard, ()
        synchronizing = evolve(
            heard,
            current_epoch=heard.accepted_epoch,
            history=heard.best_history,
            phase=Phase.SYNCHRONIZATION,
            acks=frozenset({me}),
            best_epoch=0,
            best_history=(),
        )
        message = NewLeader(synchronizing.current_epoch, synchronizing.history)
        return synchronizing, self.to_followers(me, synchronizing, message)

    def is_better(self, epoch: int, history: History, than: int, other: History) -> bool:
        """Whether a history comes from a later epoch, or from the same one and goes further (l.1.4)."""
        return epoch > than or (epoch == than and self.zxid(history) > self.zxid(other))

    # phase 2, synchronisation

    def on_new_leader(self, follower: Server, sender: Node, m: NewLeader) -> Next:
        """Take over epoch and history in one, if this epoch is the one that was promised (f.2.2)."""
        if not self.is_promised(follower, m):
            return follower, ()
        synchronized = evolve(follower, current_epoch=m.epoch, history=m.history, phase=Phase.SYNCHRONIZATION)
        return synchronized, (Send(sender, AckNewLeader(m.epoch, len(m.history))),)

    def is_promised(self, follower: Server, m: NewLeader) -> bool:
        """Whether this is the epoch that a follower has promised, in this iteration."""
        return follower.phase is Phase.DISCOVERY and follower.accepted_epoch == m.epoch

    def on_ack_new_leader(self, me: Node, leader: Server, sender: Node, m: AckNewLeader) -> Next:
        """With a quorum the epoch is established (l.2.3); later ones are told what is committed (l.3.6)."""
        if m.epoch != leader.current_epoch or sender not in leader.followers:
            return leader, ()
        stored = evolve(leader, stored=leader.stored.set(sender, m.length))
        if leader.phase is Phase.BROADCAST:
            committed, told = self.advance(me, stored)
            return committed, (*told, Send(sender, Commit(m.epoch, committed.delivered)))
        if leader.phase is not Phase.SYNCHRONIZATION:
            return leader, ()
        heard = evolve(stored, acks=leader.acks | {sender})
        if not self.is_quorum(heard.acks):
            return heard, ()
        established = evolve(heard, phase=Phase.BROADCAST, acks=frozenset(), delivered=m.length)
        return established, self.to_followers(me, established, Commit(m.epoch, established.delivered))

    # phase 3, broadcast

    def request(self, me: Node, server: Server, command: Value) -> Next | None:
        """The primary broadcasts: its own history first, then to the followers (l.3.1)."""
        if server.leader != me or not self.may_broadcast(server):
            return None
        epoch = server.current_epoch
        counter = 1 + len([t for t in server.history if t.epoch == epoch])
        transaction = Transaction(epoch, counter, command)
        leader = evolve(server, history=(*server.history, transaction))
        return leader, self.to_followers(me, leader, Propose(epoch, transaction))

    def may_broadcast(self, leader: Server) -> bool:
        """A primary begins when its epoch is established (l.2.3)."""
        return leader.phase is Phase.BROADCAST

    def on_propose(self, follower: Server, sender: Node, m: Propose) -> Next:
        """Store, and acknowledge (f.3.2)."""
        if not self.takes_part(follower, m.epoch):
            return follower, ()
        appended = evolve(follower, history=(*follower.history, m.transaction))
        return appended, (Send(sender, Ack(m.epoch, len(appended.history))),)

    def on_ack(self, me: Node, leader: Server, sender: Node, m: Ack) -> Next:
        if leader.phase is not Phase.BROADCAST or m.epoch != leader.current_epoch:
            return leader, ()
        return self.advance(me, evolve(leader, stored=leader.stored.set(sender, m.length)))

    def advance(self, me: Node, leader: Server) -> Next:
        """Commit what a quorum has stored, and deliver it (l.3.3)."""
        length = max(
            [n for n in range(leader.delivered, len(leader.history) + 1) if self.is_stored(leader, n)],
            default=leader.delivered,
        )
        if length == leader.delivered:
            return leader, ()
        committed = evolve(leader, delivered=length)
        return committed, self.to_followers(me, committed, Commit(leader.current_epoch, length))

    def is_stored(self, leader: Server, length: int) -> bool:
        """Whether a quorum, the leader included, has stored so much."""
        return 2 * (len([n for n in leader.stored if leader.stored[n] >= length > 0]) + 1) > self.nodes

    def on_commit(self, follower: Server, m: Commit) -> Next:
        """Deliver, in the order of the history (f.2.4, f.3.4)."""
        if not self.takes_part(follower, m.epoch):
            return follower, ()
        return evolve(follower, phase=Phase.BROADCAST, delivered=max(follower.delivered, m.length)), ()

    # helpers

    def takes_part(self, follower: Server, epoch: int) -> bool:
        """Whether a follower has taken over the history of this epoch, in this iteration."""
        return follower.phase in {Phase.SYNCHRONIZATION, Phase.BROADCAST} and follower.current_epoch == epoch

    def looking(self, me: Node, server: Server) -> Server:
        """The server before an iteration: what is durable, and how much it has delivered."""
        return evolve(
            self.boot(me),
            accepted_epoch=server.accepted_epoch,
            current_epoch=server.current_epoch,
            history=server.history,
            delivered=server.delivered,
        )

    def zxid(self, history: History) -> tuple[int, int]:
        """The identifier of the last transaction; zeros where there is none."""
        return (0, 0) if len(history) == 0 else (history[-1].epoch, history[-1].counter)

    def is_quorum(self, nodes: frozenset[Node]) -> bool:
        return 2 * len(nodes) > self.nodes

    def to_followers(self, me: Node, leader: Server, message: Message) -> tuple[Send[Node, Message], ...]:
        return tuple(Send(n, message) for n in leader.followers if n != me)
