"""What every benchmark must count: a search with other counts has searched something else.

Two-phase commit has closed forms; tests/benchmarks/test_expected.py compares them with TLC's numbers.
They come from looking at one resource manager at a time.  While the decision is open it is in one of
four conditions (working, aborted, promised, promised and heard), after an abort in one of six, after
a commit in one of two.  With symmetry only how many are in each condition counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

from attrs import frozen


@frozen
class Counts:
    """States as TLC counts them."""

    distinct: int
    generated: int


def two_phase(rms: int) -> Counts:
    """Two-phase commit among so many resource managers."""
    undecided, aborted, committed = 4**rms, 6**rms, 2**rms
    starts, tm_commits = 1, 1
    while_undecided = undecided + rms * undecided  # TM aborts; RMs prepare, abort and are heard
    while_aborted = 2 * rms * 6 ** (rms - 1) + rms * aborted  # working RMs act; all learn the abort
    while_committed = rms * committed  # all learn the commit
    return Counts(
        distinct=undecided + aborted + committed,
        generated=starts + tm_commits + while_undecided + while_aborted + while_committed,
    )


def two_phase_edges(rms: int) -> int:
    """Its edges: steps that change something, different in action or in where they lead."""
    while_undecided = 4**rms + 1 + rms * 3 * 4 ** (rms - 1)
    while_aborted = rms * 5 * 6 ** (rms - 1)  # three of whoever works, one of whoever is prepared
    while_committed = rms * 2 ** (rms - 1)
    return while_undecided + while_aborted + while_committed


def two_phase_orbits(rms: int) -> Counts:
    """The same with symmetry: each orbit once, and the transitions of one representative of each."""
    distinct, generated = 0, 1
    for working, _aborted, promised, heard in ways(rms, 4):
        distinct += 1
        generated += 1 + (heard == rms) + 2 * working + promised + heard
    for working in range(rms + 1):
        orbits = comb(rms - working + 4, 4)  # the others are in five further conditions
        distinct += orbits
        generated += orbits * (2 * working + rms)
    return Counts(distinct + rms + 1, generated + (rms + 1) * rms)


def ways(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to write a total as a sum of so many numbers, in order."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in ways(total - first, parts - 1):
            yield (first, *rest)


PAXOS_TWO_BALLOTS = Counts(3_921, 23_563)
"""3 acceptors, 2 values, ballots 0..1; from TLC."""

PAXOS_THREE_BALLOTS = Counts(185_369, 1_361_380)
"""Ballots 0..2; from TLC."""

PAXOS_FOUR_BALLOTS = Counts(8_220_065, 70_696_917)
"""Ballots 0..3; from `ceiling/paxos.c`, which gives TLC's numbers for fewer ballots."""

RAFT = Counts(835_335, 13_248_367)
"""Raft with its default constants; from the native engine, on which `specs/models.toml` agrees."""

RAFT_TWO_NODES = Counts(751, 4_443)
"""Raft with two nodes and no crash; from the reference engine."""
