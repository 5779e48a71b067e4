"""What is measured: the searches of each table, in full and quickly.

The quick ones are small enough for a test and too small for their figures to mean anything.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

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
from tests.benchmarks.peers.prover import Proving
from tests.benchmarks.peers.quorate import Engine, Quorate
from tests.benchmarks.peers.spin import Spin
from tests.benchmarks.peers.stateright import Stateright

MANIFEST = Path(__file__).resolve().parents[2] / "specs" / "models.toml"

TWO_PHASE = "two-phase-commit"
TWO_PHASE_SAFETY = ("no_disagreement", "commits_only_what_all_prepared")
PAXOS_SAFETY = (
    "agreement",
    "one_proposal_per_ballot",
    "only_proposals_get_votes",
    "last_vote_is_remembered",
)
RAFT_SAFETY = (
    "election_safety",
    "leader_append_only",
    "log_matching",
    "leader_completeness",
    "committed_entries_are_safe",
    "state_machine_safety",
)

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


def proofs(*, quick: bool) -> list[Proving]:
    """Proofs by induction, lemmas found, and a shortest counterexample of each broken variant."""
    rms, ballot = (3, 1) if quick else (7, 2)
    paxos = f"acceptors=3 values=2 max_ballot={ballot}"
    found = [
        Proving(TWO_PHASE, f"rms={rms}", "induction", TWO_PHASE_SAFETY, target_s=5),
        Proving("paxos", paxos, "induction", PAXOS_SAFETY, target_s=60),
        Proving(TWO_PHASE, "rms=3", "find lemmas", TWO_PHASE_SAFETY, lemmas=False, target_s=10),
    ]
    if quick:
        return [*found, *broken()[:1]]
    raft = Proving("raft", "", "induction", RAFT_SAFETY)
    return [*found, raft, *broken()]


def shown_by_lassos() -> set[str]:
    """The broken variants that only a lasso refutes: bounded checking is about finite behaviours."""
    entries = tomllib.loads(MANIFEST.read_text())["model"]
    violated = [entry for entry in entries if entry["verdict"] == "violated"]
    lassos = {entry["spec"] for entry in violated if "loop" in entry}
    return lassos - {entry["spec"] for entry in violated if "loop" not in entry}


def broken() -> list[Proving]:
    """The first entry of each broken variant of the manifest, which knows the length of a shortest trace."""
    entries = tomllib.loads(MANIFEST.read_text())["model"]
    firsts = {
        entry["spec"]: entry
        for entry in reversed(entries)
        if entry["verdict"] == "violated" and "loop" not in entry
    }
    found = []
    for spec, entry in reversed(firsts.items()):
        constants = " ".join(f"{name}={str(value).lower()}" for name, value in entry["constants"].items())
        found.append(Proving(spec, constants, "bmc", (entry["property"],), steps=entry["steps"], target_s=60))
    return found
