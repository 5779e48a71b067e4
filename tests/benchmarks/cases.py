"""What is measured: the searches of each table, in full and quickly.

The quick ones are small enough for a test and too small for their figures to mean anything.
"""

from __future__ import annotations

from tests.benchmarks.expected import (
    PAXOS_FOUR_BALLOTS,
    PAXOS_THREE_BALLOTS,
    PAXOS_TWO_BALLOTS,
    RAFT,
    RAFT_TWO_NODES,
    Counts,
    two_phase,
    two_phase_orbits,
)
from tests.benchmarks.measure import Peer
from tests.benchmarks.peers.ceiling import Ceiling
from tests.benchmarks.peers.quorate import Engine, Quorate
from tests.benchmarks.peers.spin import Spin
from tests.benchmarks.peers.stateright import Stateright

TWO_PHASE = "two-phase-commit"

RMS, QUICK_RMS = 9, 5
"""Participants of the comparison."""

REFERENCE_RMS = 6
"""Participants for the reference engine, which would take many minutes for nine."""


def quorate_two_phase(engine: Engine, rms: int, workers: int = 1, *, symmetry: bool = False) -> Quorate:
    """Two-phase commit on an engine of ours."""
    expected = two_phase_orbits(rms) if symmetry else two_phase(rms)
    return Quorate(engine, TWO_PHASE, f"rms={rms}", expected, workers, symmetry)


def comparison(*, quick: bool) -> list[Peer]:
    """Everybody on two-phase commit; the ceiling first, because the others are compared with it."""
    rms = QUICK_RMS if quick else RMS
    return [
        Ceiling(rms),
        Ceiling(rms, "by hand, by bits", "two_phase_bits.c"),
        quorate_two_phase("native", rms),
        quorate_two_phase("native", rms, workers=2),
        Spin(rms),
        Stateright(rms),
        Stateright(rms, workers=2),
        quorate_two_phase("python", min(rms, REFERENCE_RMS)),
    ]


def models(engine: Engine, *, quick: bool) -> list[Quorate]:
    """The library's models on an engine of ours; the reference engine has the small ones only."""

    def case(spec: str, constants: str, expected: Counts) -> Quorate:
        return Quorate(engine, spec, constants, expected)

    if quick or engine == "python":
        return [
            quorate_two_phase(engine, 5),
            case("paxos", "acceptors=3 values=2 max_ballot=1", PAXOS_TWO_BALLOTS),
            case("raft", "nodes=2 crashes=0", RAFT_TWO_NODES),
        ]
    return [
        quorate_two_phase(engine, 10),
        quorate_two_phase(engine, 10, workers=2),
        quorate_two_phase(engine, 20, symmetry=True),
        case("paxos", "acceptors=3 values=2 max_ballot=2", PAXOS_THREE_BALLOTS),
        case("paxos", "acceptors=3 values=2 max_ballot=3", PAXOS_FOUR_BALLOTS),
        case("raft", "", RAFT),
    ]


def starts(engine: Engine) -> list[Quorate]:
    """The models whose first level is waited for."""
    return [quorate_two_phase(engine, 3), Quorate(engine, "raft", "", RAFT)]
