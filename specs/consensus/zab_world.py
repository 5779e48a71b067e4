"""Servers that run Zab, seen from outside: the state of an ensemble, and its past.

No server can see what is here.  The properties in `specs.consensus.zab` are said in these words.
"""

from __future__ import annotations

from typing import Annotated, Never

from checker.lang import Between, Capacity, MaxLen, World, frozen
from specs.consensus.zab_messages import Epoch, History, Message, Node, Transaction
from specs.consensus.zab_server import Oracle, Server


@frozen
class Primary:
    """A leader whose epoch was established."""

    epoch: Epoch
    leader: Node


@frozen
class Broadcast:
    """A primary broadcast a transaction, when it had delivered this much."""

    transaction: Transaction
    after: History


@frozen
class Past:
    """What has happened, which no server can know as a whole."""

    primaries: frozenset[Primary]
    broadcasts: Annotated[tuple[Broadcast, ...], MaxLen("requests")]  # in their order
    delivered: Annotated[frozenset[History], Capacity(2)]  # the longest sequences that were delivered
    iterations: Annotated[int, Between(0, "iterations")]  # so many were begun


State = World[Node, Server, Message, Oracle, Never, Past]
