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
    Relaxed,
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
    fairness,
    final,
    initial,
    lemma,
    one_of,
    refines,
    sometimes,
    subset_of,
    temporal,
    variant_of,
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
from checker.lang.temporal import (
    Formula,
    all_of,
    any_of,
    enabled,
    eventually,
    eventually_always,
    implies,
    infinitely_often,
    leads_to,
    next_state,
    now,
    strongly_fair,
    taken,
    until,
    weak_until,
    weakly_fair,
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
    "Formula",
    "Map",
    "MaxCount",
    "MaxLen",
    "Model",
    "NodeProtocol",
    "Packet",
    "Receive",
    "Relaxed",
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
    "all_of",
    "always",
    "any_of",
    "boundary",
    "enabled",
    "eventually",
    "eventually_always",
    "evolve",
    "fairness",
    "final",
    "frozen",
    "implies",
    "infinitely_often",
    "initial",
    "leads_to",
    "lemma",
    "majorities",
    "maps",
    "next_state",
    "now",
    "one_of",
    "refines",
    "sometimes",
    "strongly_fair",
    "subset_of",
    "subsets",
    "taken",
    "temporal",
    "until",
    "variant_of",
    "weak_until",
    "weakly_fair",
]
