"""Zab's messages, and what they are made of.

Source: Flavio Junqueira, Benjamin Reed and Marco Serafini, "Zab: High-performance broadcast for
primary-backup systems", DSN 2011, section IV.
"""

from __future__ import annotations

from typing import Annotated

from checker.lang import Between, MaxLen, Sort, frozen


class Node(Sort, label="n"):
    """A server of the ensemble."""


class Value(Sort, label="v"):
    """What a client asks to be broadcast."""


Epoch = Annotated[int, Between(0, "max_epoch")]
Count = Annotated[int, Between(0, "requests")]  # of transactions


@frozen
class Transaction:
    """A value with its identifier (the zxid): the epoch of the primary, and a counter within it."""

    epoch: Epoch
    counter: Count
    value: Value


History = Annotated[tuple[Transaction, ...], MaxLen("requests")]


# -- messages -------------------------------------------------------------------------------------


@frozen
class CEpoch:
    """CEPOCH, from a follower: the last epoch that it has promised."""

    accepted_epoch: Epoch


@frozen
class NewEpoch:
    """NEWEPOCH, from a prospective leader: promise this epoch."""

    epoch: Epoch


@frozen
class AckEpoch:
    """ACK-E, the promise: with the epoch of the leader last followed, and the history."""

    current_epoch: Epoch
    history: History


@frozen
class NewLeader:
    """NEWLEADER, from a prospective leader: this is the initial history of the epoch."""

    epoch: Epoch
    history: History


@frozen
class AckNewLeader:
    """ACK-LD: the history of the leader is now the follower's; so many transactions are in it."""

    epoch: Epoch
    length: Count


@frozen
class Propose:
    """PROPOSE, from the leader: a new transaction."""

    epoch: Epoch
    transaction: Transaction


@frozen
class Ack:
    """ACK: the follower has stored the transactions up to this one."""

    epoch: Epoch
    length: Count


@frozen
class Commit:
    """COMMIT, and the COMMIT-LD that ends synchronisation: deliver the history up to here.

    The two are one message here, for a follower does the same on both.
    """

    epoch: Epoch
    length: Count


Message = CEpoch | NewEpoch | AckEpoch | NewLeader | AckNewLeader | Propose | Ack | Commit
