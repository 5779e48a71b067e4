"""The language: everything that a spec file imports, and nothing heavier than attrs.

See docs/writing-a-spec.md for a tour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.lang.bounds import (
    Between,
    Capacity,
    Durable,
    MaxCount,
    MaxLen,
    Size,
    Volatile,
)
from checker.lang.cluster import Cluster
from checker.lang.collections import majorities, maps, subsets
from checker.lang.model import (
    Model,
    action,
    always,
    boundary,
    final,
    initial,
    lemma,
    one_of,
    refines,
    sometimes,
    subset_of,
)
from checker.lang.protocol import (
    CancelTimer,
    NodeProtocol,
    Receive,
    Reply,
    Request,
    Send,
    SetTimer,
    Start,
    Step,
    Timeout,
)
from checker.lang.values import Bag, Map, Sort
from checker.lang.world import Packet, World

if TYPE_CHECKING:
    from attrs import evolve, frozen
else:
    from checker.lang.records import evolve, frozen

__all__ = [
    "Bag",
    "Between",
    "CancelTimer",
    "Capacity",
    "Cluster",
    "Durable",
    "Map",
    "MaxCount",
    "MaxLen",
    "Model",
    "NodeProtocol",
    "Packet",
    "Receive",
    "Reply",
    "Request",
    "Send",
    "SetTimer",
    "Size",
    "Sort",
    "Start",
    "Step",
    "Timeout",
    "Volatile",
    "World",
    "action",
    "always",
    "boundary",
    "evolve",
    "final",
    "frozen",
    "initial",
    "lemma",
    "majorities",
    "maps",
    "one_of",
    "refines",
    "sometimes",
    "subset_of",
    "subsets",
]
