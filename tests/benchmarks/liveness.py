"""The section on liveness and refinement: what is measured, in rounds, and its three tables.

A figure is the median over rounds, a ratio the median of each round's ratio.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import median

from tests.benchmarks.cases import PAXOS_SAFETY, TWO_PHASE, TWO_PHASE_SAFETY
from tests.benchmarks.expected import PAXOS_THREE_BALLOTS, PAXOS_TWO_BALLOTS, two_phase, two_phase_edges
from tests.benchmarks.peers.lassos import (
    UNFAIR,
    WAITS,
    Checked,
    Fairness,
    LivenessPeer,
    LivenessRun,
    NestedSpin,
)
from tests.benchmarks.table import NOTHING, head, row

SPECS: dict[Fairness, str] = {
    "as the spec has it": TWO_PHASE,
    "the TM may wait": WAITS,
    "none": UNFAIR,
}

Runs = Sequence[LivenessRun]
Found = Sequence[tuple[LivenessPeer, Runs]]
Pairs = Sequence[tuple[Checked, Checked]]


def everyone_decides(spec: str, rms: int, workers: int) -> Checked:
    """The temporal property of two-phase commit."""
    found = Checked(spec, f"rms={rms}", ("everyone_decides",), two_phase(rms), workers)
    found.edges = two_phase_edges(rms)
    return found


def against_safety(*, quick: bool) -> Pairs:
    """The safety search of a model, and the check of its temporal property."""
    sizes = (4, 5) if quick else (6, 7, 8, 9)
    cases = [(rms, 2) for rms in sizes] + ([] if quick else [(8, 1)])
    return [
        (
            Checked(TWO_PHASE, f"rms={rms}", TWO_PHASE_SAFETY, two_phase(rms), workers),
            everyone_decides(TWO_PHASE, rms, workers),
        )
        for rms, workers in cases
    ]


def against_spin(*, quick: bool) -> list[LivenessPeer]:
    """Ours and SPIN's, of the same formula: where it holds, and where it is violated."""
    found: list[LivenessPeer] = []
    for fairness, spec in SPECS.items():
        rms = 4 if quick else 8
        for workers in (1, 2):
            ours = everyone_decides(spec, rms, workers)
            ours.violated, ours.asked = fairness != "as the spec has it", fairness
            found.append(ours)
        found.append(NestedSpin(rms, fairness, two_phase(rms).distinct))
    return found


def refinements(*, quick: bool) -> Pairs:
    """The safety search of a model, and the same with its refinement."""
    rms, ballot = (4, 1) if quick else (8, 2)
    counts = PAXOS_TWO_BALLOTS if quick else PAXOS_THREE_BALLOTS
    paxos = f"acceptors=3 values=2 max_ballot={ballot}"
    commit = (*TWO_PHASE_SAFETY, "as_transaction_commit")
    return [
        (
            Checked("paxos", paxos, PAXOS_SAFETY, counts, 1),
            Checked("paxos", paxos, (*PAXOS_SAFETY, "as_voting"), counts, 1),
        ),
        (
            Checked(TWO_PHASE, f"rms={rms}", TWO_PHASE_SAFETY, two_phase(rms), 1),
            Checked(TWO_PHASE, f"rms={rms}", commit, two_phase(rms), 1),
        ),
    ]


# -- tables ---------------------------------------------------------------------------------------


def middle(runs: Runs, figure: Callable[[LivenessRun], float]) -> float:
    """The median of a figure."""
    return median(figure(run) for run in runs)


def times(more: Runs, less: Runs) -> str:
    """How many times as long one takes as the other."""
    ratio = median(
        mine.answer_s / max(theirs.answer_s, 1e-6) for mine, theirs in zip(more, less, strict=True)
    )
    return f"{ratio:.2f}"


def peak(runs: Runs) -> str:
    """The largest of the peaks, in megabytes."""
    return f"{max(run.peak_bytes for run in runs) / 1e6:,.0f}"


def phases(found: Iterable[tuple[Checked, Runs, Runs]]) -> list[str]:
    """What liveness costs over safety, by phases."""
    lines = head(
        [
            "model",
            "workers",
            "states",
            "edges",
            "safety, s",
            "peak, MB",
            "search, s",
            "graph, s",
            "lasso, s",
            "all, s",
            "over safety",
            "peak, MB",
        ]
    )
    for case, safety, live in found:
        seconds = [
            middle(safety, lambda run: run.answer_s),
            *(
                middle(live, figure)
                for figure in (
                    lambda run: run.search_s,
                    lambda run: run.graph_s,
                    lambda run: run.lasso_s,
                    lambda run: run.answer_s,
                )
            ),
        ]
        base, *own = [f"{figure:.2f}" for figure in seconds]
        size = [f"{live[0].distinct:,}", f"{live[0].edges:,}"]
        cells = [
            case.model,
            str(case.workers),
            *size,
            base,
            peak(safety),
            *own,
            times(live, safety),
            peak(live),
        ]
        lines.append(row(cells))
    return lines


def comparison(found: Found) -> list[str]:
    """Everybody on one formula; the first of each fairness is ours with one worker."""
    lines = head(["who", "workers", "model", "fairness", "answer, s", "of ours", "states", "peak, MB"])
    ours: dict[str, Runs] = {}
    for peer, runs in found:
        base = ours.setdefault(peer.asked, runs)
        answer, ratio = f"{middle(runs, lambda run: run.answer_s):.2f}", times(runs, base)
        cells = [peer.name, str(peer.workers), peer.model, peer.asked, answer]
        lines.append(row([*cells, NOTHING if runs is base else ratio, f"{runs[0].distinct:,}", peak(runs)]))
    return lines


def mapped(found: Iterable[tuple[Checked, Runs, Runs]]) -> list[str]:
    """What a refinement costs over the search without it."""
    lines = head(["model", "refinement", "states", "without, s", "with, s", "over it", "peak, MB"])
    for case, without, with_ in found:
        seconds = [f"{middle(runs, lambda run: run.answer_s):.2f}" for runs in (without, with_)]
        size = f"{with_[0].distinct:,}"
        cells = [case.model, case.properties[-1], size, *seconds, times(with_, without), peak(with_)]
        lines.append(row(cells))
    return lines
