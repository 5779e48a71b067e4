"""Zab, ZooKeeper's atomic broadcast: a primary and its backups deliver the same transactions in one order.

Source: Flavio Junqueira, Benjamin Reed and Marco Serafini, "Zab: High-performance broadcast for
primary-backup systems", DSN 2011.  Pseudocode closer to ZooKeeper: André Medeiros, "ZooKeeper's atomic
broadcast protocol: Theory and practice", 2012.

A prospective leader goes through three phases.  In discovery a quorum promises to take part in no
earlier epoch, and reports what it has accepted; the best of these histories becomes the initial history
of the new epoch.  In synchronisation the followers take it over.  Once a quorum has, the epoch is
established, and the leader is its primary.  Then it broadcasts: a transaction that a quorum has stored
is committed, and all deliver it in the order in which the primary sent it.

Safety needs connections that lose nothing in the middle and keep order, and three things on disk: the
promised epoch, the current epoch and the history.  It holds whoever crashes, and whatever the oracles say.

    zab_messages.py  the messages, and what they are made of
    zab_server.py    the protocol of one server: phases 0 to 3
    zab_world.py     what properties know of an ensemble, and no server does
    zab.py           servers in a world, what they guarantee (section III), and broken variants

Modelling decisions.

- Phase 0 guarantees nothing, so the oracle of any server may name any server at any time.  It is a timer
  for each possible leader: whichever fires is named.
- Connections are as the paper has them: first in, first out, and what is received belongs to one
  iteration.  A server that begins an iteration closes its connections, and what was under way to it, or
  from it to the leader it now follows, is gone.  A connection that breaks is such a new iteration.
  What is under way to a server that crashes is gone as well.
- A leader follows itself without messages: it promises, stores and acknowledges in its own steps.
- A follower that comes while a leader waits for others is turned away.  Its oracle names the leader again.
- A latecomer is sent what is proposed after its NEWLEADER at once, and not only when it has acknowledged:
  otherwise it would miss what is proposed in between.
- A NEWLEADER for another epoch than the one promised is ignored: a new iteration may begin at any time.
- Acknowledgements and commits name a length of the history, and stand for all up to it.
- Oracles name so many leaders in all (`iterations`): that bounds how many epochs and followers there are.
- Every server has delivered a beginning of its history, and the application is rebuilt from it after a
  crash: `delivered` is volatile.
"""

from __future__ import annotations

from typing import Annotated, Never

from checker.lang import Between, Cluster, Send, always, evolve, frozen, sometimes
from specs.consensus.zab_messages import History, Message, NewLeader, Node, Value
from specs.consensus.zab_server import Next, Oracle, Phase, Server, ZabServer
from specs.consensus.zab_world import Broadcast, Past, Primary, State


@frozen
class Zab(ZabServer, Cluster[Node, Server, Message, Oracle, Value, Never, Past]):
    """Servers that crash, and oracles that are often wrong: but not for ever, they name so many leaders."""

    iterations: Annotated[int, Between(1, 99)] = 5

    fifo: bool = True
    crashes: Annotated[int, Between(0, 9)] = 1
    requests: Annotated[int, Between(0, 9)] = 1
    max_in_flight: Annotated[int, Between(1, 64)] = 2

    # -- connections --

    def timer_fires(self, w: State, node: Node, timer: Oracle) -> State | None:
        """The oracle of a node names a leader, and the node begins an iteration."""
        begun = evolve(w, history=evolve(w.history, iterations=w.history.iterations + 1))
        return super().timer_fires(self.reconnected(begun, node, timer.leader), node, timer)

    def reconnected(self, w: State, node: Node, leader: Node) -> State:
        """Nothing of an earlier iteration is under way to a node, or from it to its leader."""
        return evolve(
            w,
            links=w.links.update(
                {(a, b): () for (a, b) in w.links if b == node or (a == node and b == leader)}
            ),
        )

    def crashed(self, w: State, me: Node, node: Server) -> State:
        """A node that stops receives nothing of what is under way to it."""
        stopped = super().crashed(w, me, node)
        return evolve(stopped, links=stopped.links.update({(a, b): () for (a, b) in w.links if b == me}))

    # -- what properties remember --

    def begin_history(self) -> Past:
        return Past(primaries=frozenset(), broadcasts=(), delivered=frozenset(), iterations=0)

    def remember(self, history: Past, me: Node, before: Server, after: Server) -> Past:
        leads = after.leader == me
        begins = leads and after.phase is Phase.BROADCAST and before.phase is not Phase.BROADCAST
        sends = leads and after.phase is before.phase and len(after.history) > len(before.history)
        return evolve(
            history,
            primaries=history.primaries | {Primary(after.current_epoch, me)} if begins else history.primaries,
            broadcasts=(
                *history.broadcasts,
                Broadcast(after.history[-1], before.history[: before.delivered]),
            )
            if sends
            else history.broadcasts,
            delivered=self.with_sequence(history.delivered, after.history[: after.delivered]),
        )

    def with_sequence(self, delivered: frozenset[History], sequence: History) -> frozenset[History]:
        """These sequences and one more, without those that only begin another."""
        if any(s[: len(sequence)] == sequence for s in delivered) or len(sequence) == 0:
            return delivered
        return frozenset(s for s in delivered if sequence[: len(s)] != s) | {sequence}

    # -- what an atomic broadcast promises (section III.C) --

    @always
    def integrity(self, w: State) -> bool:
        """Whatever is delivered was broadcast by a primary."""
        return all(
            any(b.transaction == t for b in w.history.broadcasts) for s in w.history.delivered for t in s
        )

    @always
    def total_order(self, w: State) -> bool:
        """What one delivers before a transaction, all who deliver that transaction deliver before it."""
        return all(
            x in t[:k]
            for s in w.history.delivered
            for t in w.history.delivered
            for k, z in enumerate(t)
            for j, y in enumerate(s)
            for x in s[:j]
            if y == z
        )

    @always
    def agreement(self, w: State) -> bool:
        """Of two transactions that are delivered, at different places, one is delivered at both."""
        return all(
            y in s or x in t for s in w.history.delivered for t in w.history.delivered for x in s for y in t
        )

    # -- what makes it a primary-backup broadcast --

    @always
    def local_primary_order(self, w: State) -> bool:
        """What a primary broadcast before a transaction is delivered before it."""
        return all(
            earlier.transaction in s[:j]
            for s in w.history.delivered
            for j, t in enumerate(s)
            for i, later in enumerate(w.history.broadcasts)
            for earlier in w.history.broadcasts[:i]
            if later.transaction == t and earlier.transaction.epoch == t.epoch
        )

    @always
    def global_primary_order(self, w: State) -> bool:
        """What an earlier primary broadcast is delivered before what a later one did."""
        return all(x.epoch <= y.epoch for s in w.history.delivered for j, y in enumerate(s) for x in s[:j])

    @always
    def primary_integrity(self, w: State) -> bool:
        """A primary broadcasts after it has delivered whatever of earlier primaries is ever delivered."""
        return all(
            t in b.after
            for b in w.history.broadcasts
            for s in w.history.delivered
            for t in s
            if t.epoch < b.transaction.epoch
        )

    # -- why --

    @always
    def one_primary_in_an_epoch(self, w: State) -> bool:
        """No epoch is established twice."""
        return all(
            p.leader == q.leader
            for p in w.history.primaries
            for q in w.history.primaries
            if p.epoch == q.epoch
        )

    @always
    def delivered_transactions_survive(self, w: State) -> bool:
        """Whichever quorum answers the next leader, the history it chooses has all that was delivered."""
        return all(
            w.nodes[n].history[: len(s)] == s
            for n in w.nodes
            if self.could_be_chosen(w, n)
            for s in w.history.delivered
        )

    @always
    def what_is_delivered_stays(self, before: State, after: State) -> bool:
        """A server never changes what it has delivered."""
        return all(
            after.nodes[n].history[: before.nodes[n].delivered]
            == before.nodes[n].history[: before.nodes[n].delivered]
            for n in before.nodes
        )

    def could_be_chosen(self, w: State, n: Node) -> bool:
        """Whether no history in some quorum is better than this one."""
        mine = w.nodes[n]
        return self.is_quorum(
            frozenset(
                v
                for v in w.nodes
                if not self.is_better(
                    w.nodes[v].current_epoch, w.nodes[v].history, mine.current_epoch, mine.history
                )
            )
        )

    @sometimes
    def all_deliver(self, w: State) -> bool:
        """A transaction is delivered by everybody."""
        return all(w.nodes[n].delivered > 0 for n in w.nodes)

    @sometimes
    def a_later_primary_delivers(self, w: State) -> bool:
        """What an earlier primary has left is delivered when the epoch after it is established."""
        return any(
            t.epoch < w.nodes[n].current_epoch
            for n in w.nodes
            for t in w.nodes[n].history[: w.nodes[n].delivered]
        )

    @sometimes
    def a_transaction_is_dropped(self, w: State) -> bool:
        """Nobody has a transaction any more that was broadcast: it had not reached a quorum."""
        return any(
            all(b.transaction not in w.nodes[n].history for n in w.nodes) for b in w.history.broadcasts
        )

    @sometimes
    def two_servers_broadcast(self, w: State) -> bool:
        """A primary does not know yet that a later epoch is established."""
        return any(
            w.nodes[a].leader == a
            and w.nodes[b].leader == b
            and w.nodes[a].phase is Phase.BROADCAST
            and w.nodes[b].phase is Phase.BROADCAST
            for a in w.nodes
            for b in w.nodes
            if a != b
        )


# -- broken variants ------------------------------------------------------------------------------


@frozen
class ZabForgetsPromise(Zab):
    """Broken: a follower acknowledges an epoch without storing it, and after a crash promises it again.

    Section IV of the paper counts the last promise among what must be kept on stable storage.
    """

    max_epoch: Annotated[int, Between(1, 9)] = 1
    iterations: Annotated[int, Between(1, 99)] = 4

    def recover(self, me: Node, node: Server) -> Server:
        return evolve(super().recover(me, node), accepted_epoch=0)


@frozen
class ZabBroadcastsEarly(Zab):
    """Broken: a leader broadcasts before synchronisation ends.

    The paper lets it begin only when a quorum has taken over the initial history (step l.2.3).
    """

    iterations: Annotated[int, Between(1, 99)] = 4
    crashes: Annotated[int, Between(0, 9)] = 0
    requests: Annotated[int, Between(0, 9)] = 2

    def may_broadcast(self, leader: Server) -> bool:
        return leader.phase in {Phase.SYNCHRONIZATION, Phase.BROADCAST}


@frozen
class ZabEpochBeforeHistory(Zab):
    """Broken: a follower stores the current epoch first and the initial history later, not both in one.

    ZooKeeper did so: ZOOKEEPER-4643, "Committed txns may be improperly truncated if follower crashes right
    after updating currentEpoch but before persisting txns to disk".  A message to itself stands here for
    the queue in which the history waits to be written.
    """

    iterations: Annotated[int, Between(1, 99)] = 4

    def receive(self, me: Node, server: Server, sender: Node, message: Message) -> Next:
        if isinstance(message, NewLeader) and server.leader is not None and server.leader != me:
            if sender == me:
                return super().receive(me, server, server.leader, message)
            if sender == server.leader and self.is_promised(server, message):
                return evolve(server, current_epoch=message.epoch), (Send(me, message),)
        return super().receive(me, server, sender, message)


@frozen
class ZabLongestHistory(Zab):
    """Broken: a leader takes over the history with the highest zxid, whatever epoch it is confirmed in.

    Step l.1.4 compares the current epochs first, and zxids only where these are equal.
    """

    max_epoch: Annotated[int, Between(1, 9)] = 3
    iterations: Annotated[int, Between(1, 99)] = 6
    crashes: Annotated[int, Between(0, 9)] = 0
    requests: Annotated[int, Between(0, 9)] = 2

    def is_better(self, epoch: int, history: History, than: int, other: History) -> bool:
        return self.zxid(history) > self.zxid(other)
