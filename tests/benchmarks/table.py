"""From runs to Markdown.  Figures are medians over rounds; ratios are medians of each round's ratio.

In a round everybody runs once, so that a noisy moment of the machine hits the two sides of a ratio
alike.  Knows no tool: it sees peers and their runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import median

from tests.benchmarks.measure import Peer, Run
from tests.benchmarks.peers.prover import ProofRun, Proving

NOTHING = "-"

LARGE = 1_000_000
"""Distinct states from which on memory is the states' and not the process's own."""

Runs = Sequence[Run]
"""A peer's runs, one a round."""


def row(cells: Iterable[str]) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def head(names: Sequence[str]) -> list[str]:
    """The first two lines of a Markdown table."""
    return [row(names), row("---" for _ in names)]


def ratio(runs: Runs, other: Runs | None) -> str:
    """How many times as fast one is as the other."""
    if other is None:
        return NOTHING
    rounds = zip(runs, other, strict=True)
    times = median(mine.per_second / theirs.per_second for mine, theirs in rounds)
    return f"{times:.2f}" if times >= 0.1 else f"{times:.4f}"


def middle(runs: Runs, figure: Callable[[Run], float]) -> float:
    """The median of a figure."""
    return median(figure(run) for run in runs)


def memory(runs: Runs) -> str:
    """Bytes a state, where there are enough states for that to mean something."""
    if runs[0].counts.distinct < LARGE:
        return NOTHING
    return f"{middle(runs, lambda run: run.bytes_per_state):.1f}"


def comparison(found: Sequence[tuple[Peer, Runs]], ceiling: Runs | None, native: Runs | None) -> list[str]:
    """Everybody on one protocol; `native` is our engine with one worker."""
    lines = head(
        [
            "who",
            "workers",
            "model",
            "generated per second",
            "of the ceiling",
            "ours against it",
            "bytes a state",
        ]
    )
    for peer, runs in found:
        speed = f"{middle(runs, lambda run: run.per_second):,.0f}"
        against = NOTHING if native is None else ratio(native, runs)
        lines.append(
            row(
                [peer.name, str(peer.workers), peer.model, speed, ratio(runs, ceiling), against, memory(runs)]
            )
        )
    return lines


def models(found: Sequence[tuple[Peer, Runs]]) -> list[str]:
    """Our engine on several models, with the cost of the whole command."""
    lines = head(
        [
            "model",
            "workers",
            "distinct",
            "generated",
            "generated per second",
            "command, s",
            "peak, MB",
            "bytes a state",
        ]
    )
    for peer, runs in found:
        counts = runs[0].counts
        wall, peak = middle(runs, lambda run: run.wall_s), middle(runs, lambda run: run.peak_bytes / 1e6)
        speed = f"{middle(runs, lambda run: run.per_second):,.0f}"
        cells = [peer.model, str(peer.workers), f"{counts.distinct:,}", f"{counts.generated:,}", speed]
        lines.append(row([*cells, f"{wall:.2f}", f"{peak:,.0f}", memory(runs)]))
    return lines


def starts(found: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> list[str]:
    """Seconds to the first level, cold and warm."""
    lines = head(["model", "cold start, s", "warm start, s"])
    for model, times in found:
        cold, warm = median(cold for cold, _ in times), median(warm for _, warm in times)
        lines.append(row([model, f"{cold:.2f}", f"{warm:.2f}"]))
    return lines


def proofs(found: Sequence[tuple[Proving, Sequence[ProofRun]]]) -> list[str]:
    """Proofs, with what was aimed at, and the cost of the whole command."""
    lines = head(
        ["model", "method", "outcome", "queries", "aim, s", "command, s", "processor, s", "peak, MB"]
    )
    for case, runs in found:
        outcome = "; ".join(dict.fromkeys(run.outcome for run in runs))
        queries = f"{median(run.queries for run in runs):,.0f}"
        aim = NOTHING if case.target_s is None else f"{case.target_s:g}"
        wall, cpu = median(run.wall_s for run in runs), median(run.cpu_s for run in runs)
        peak = max(run.peak_bytes for run in runs) / 1e6
        cells = [case.model, case.method, outcome, queries, aim, f"{wall:.1f}", f"{cpu:.1f}", f"{peak:,.0f}"]
        lines.append(row(cells))
    return lines


def missing(reasons: Sequence[tuple[Peer, str]]) -> list[str]:
    """Who could not be measured, and why."""
    return [f"Not measured: {peer.name}, {peer.workers} worker(s): {reason}" for peer, reason in reasons]
