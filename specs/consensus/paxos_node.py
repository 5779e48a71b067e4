"""Paxos, one node: what it does on a message, a timeout or a client's request.

Source: Leslie Lamport, "Paxos Made Simple", ACM SIGACT News 32(4), 2001, section 2.

The modelling decisions are in `specs.consensus.paxos_nodes`, where nodes meet a network.  Nothing here
knows of other nodes but by their messages.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import (
    Between,
    CancelTimer,
    Durable,
    NodeProtocol,
    Send,
    SetTimer,
    Size,
    Step,
    Volatile,
    evolve,
    frozen,
)
from specs.consensus.consensus import Acceptor, Ballot, BallotOrNone, Quorum, Value, Vote


class Timer(Enum):
    """What a node can wait for."""

    RETRY = "retry"


# -- messages -------------------------------------------------------------------------------------


@frozen
class Prepare:
    """Phase 1a, from a proposer to all: promise to take part in no ballot below this one."""

    bal: Ballot


@frozen
class Promise:
    """Phase 1b, the answer: the promise, and the last vote that was cast."""

    bal: Ballot
    last: Vote | None


@frozen
class Accept:
    """Phase 2a, from a proposer to all: vote for this value."""

    bal: Ballot
    val: Value


@frozen
class Accepted:
    """Phase 2b, the answer: a vote for what was proposed in this ballot."""

    bal: Ballot


Message = Prepare | Promise | Accept | Accepted


# -- the protocol ---------------------------------------------------------------------------------


@frozen
class Local:
    """What a node holds."""

    # as an acceptor
    promised: Durable[BallotOrNone]  # the highest ballot that it has taken part in
    voted: Durable[Vote | None]  # its last vote
    # as a proposer
    mine: Durable[frozenset[Ballot]]  # the ballots that it may start, and nobody else
    tried: Durable[BallotOrNone]  # the last of them that it has started
    wants: Volatile[Value | None]  # what a client asks for, as long as it tries to have that chosen
    last: Volatile[Vote | None]  # in phase 1: the highest vote reported
    proposed: Volatile[Value | None]  # in phase 2: what it has asked all to vote for
    heard: Volatile[frozenset[Acceptor]]  # who has answered its last question
    # as a learner
    learned: Volatile[Value | None]


Next = Step[Local, Acceptor, Message, Timer]


@frozen
class PaxosNode(NodeProtocol[Acceptor, Local, Message, Timer, Value]):
    """What one node does; every node plays every role."""

    acceptors: Size[Acceptor] = 3
    values: Size[Value] = 2
    max_ballot: Annotated[int, Between(0, 9)] = 1

    def boot(self, me: Acceptor) -> Local:
        return Local(
            promised=-1,
            voted=None,
            mine=frozenset(),
            tried=-1,
            wants=None,
            last=None,
            proposed=None,
            heard=frozenset(),
            learned=None,
        )

    def receive(self, me: Acceptor, local: Local, sender: Acceptor, message: Message) -> Next:
        match message:
            case Prepare():
                return self.on_prepare(local, sender, message)
            case Promise():
                return self.on_promise(local, sender, message)
            case Accept():
                return self.on_accept(local, sender, message)
            case Accepted():
                return self.on_accepted(local, sender, message)

    # proposers

    def request(self, me: Acceptor, local: Local, command: Value) -> Next | None:
        """A client asks for a value: start a ballot, unless one is going on or none is left."""
        if local.wants is not None or local.learned is not None or len(self.ballots_left(local)) == 0:
            return None
        return self.start_ballot(evolve(local, wants=command))

    def timeout(self, me: Acceptor, local: Local, timer: Timer) -> Next:
        """Whoever has waited too long for answers tries again, in the next of its ballots."""
        if len(self.ballots_left(local)) == 0:
            return local, ()
        return self.start_ballot(local)

    def ballots_left(self, local: Local) -> frozenset[int]:
        """The ballots that a node has not started: it uses none twice."""
        return frozenset(b for b in local.mine if b > local.tried)

    def start_ballot(self, local: Local) -> Next:
        """Phase 1a."""
        bal = min(self.ballots_left(local))
        asking = evolve(local, tried=bal, last=None, proposed=None, heard=frozenset())
        return asking, (*self.to_all(Prepare(bal)), SetTimer(Timer.RETRY))

    def on_promise(self, local: Local, sender: Acceptor, m: Promise) -> Next:
        """Phase 2a: once a majority has promised, propose."""
        if local.wants is None or m.bal != local.tried or local.proposed is not None:
            return local, ()
        answered = evolve(local, heard=local.heard | {sender}, last=self.later(local.last, m.last))
        if not self.is_quorum(answered.heard):
            return answered, ()
        value = self.to_propose(local.wants, answered.last)
        return evolve(answered, last=None, proposed=value, heard=frozenset()), self.to_all(
            Accept(m.bal, value)
        )

    def later(self, one: Vote | None, other: Vote | None) -> Vote | None:
        """The vote of the higher ballot, if there is one."""
        if one is None or other is None:
            return one or other
        return other if other.bal > one.bal else one

    def to_propose(self, wanted: Value, last: Vote | None) -> Value:
        """The value of the highest vote reported; what a client wants, only where none is."""
        return wanted if last is None else last.val

    def on_accepted(self, local: Local, sender: Acceptor, m: Accepted) -> Next:
        """Learn: what a majority has voted for is chosen."""
        if local.proposed is None or m.bal != local.tried:
            return local, ()
        counted = evolve(local, heard=local.heard | {sender})
        if not self.is_quorum(counted.heard):
            return counted, ()
        done = evolve(counted, wants=None, proposed=None, heard=frozenset(), learned=local.proposed)
        return done, (CancelTimer(Timer.RETRY),)

    # acceptors

    def on_prepare(self, local: Local, sender: Acceptor, m: Prepare) -> Next:
        """Phase 1b: promise, and report the last vote."""
        if m.bal <= local.promised:
            return local, ()
        return evolve(local, promised=m.bal), (Send(sender, Promise(m.bal, local.voted)),)

    def on_accept(self, local: Local, sender: Acceptor, m: Accept) -> Next:
        """Phase 2b: vote, unless a higher ballot was promised not to."""
        if m.bal < local.promised:
            return local, ()
        voted = evolve(local, promised=m.bal, voted=Vote(m.bal, m.val))
        return voted, (Send(sender, Accepted(m.bal)),)

    # helpers

    def is_quorum(self, nodes: Quorum) -> bool:
        return 2 * len(nodes) > self.acceptors

    def to_all(self, message: Message) -> tuple[Send[Acceptor, Message], ...]:
        return tuple(Send(node, message) for node in self.every(Acceptor))
