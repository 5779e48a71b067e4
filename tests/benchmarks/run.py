"""The benchmarks, in one command; prints tables in Markdown.

    python tests/benchmarks/run.py [--runs 3] [--quick] [--section NAME] [--without NAME] [--engine python]
                                   [--output FILE]

The sections are `searches`, `proofs` and `liveness`; all of them, unless some are named.

Everybody who can be built on this machine runs once a round; who cannot is named with the reason.
A peer that counts other states than the model has ends the command with exit code 1.  Programs are
built in a cache folder outside the checkout.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a script, by path

from tests.benchmarks import cases, liveness, table
from tests.benchmarks.measure import Peer, Run, Unavailable, WrongResult, checked_run, warm_memory
from tests.benchmarks.peers.ceiling import Ceiling
from tests.benchmarks.peers.lassos import LivenessPeer, LivenessRun
from tests.benchmarks.peers.prover import ProofRun, Proving
from tests.benchmarks.peers.quorate import Engine, Quorate

SECTIONS = ("searches", "proofs", "liveness")

Found = list[tuple[Peer, list[Run]]]
Reasons = list[tuple[Peer, str]]


def arguments() -> argparse.Namespace:
    """What the user asked for."""
    parser = argparse.ArgumentParser(description="Measure the engines, and others beside them.")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="rounds; figures are medians")
    parser.add_argument("--quick", action="store_true", help="small instances: whether it runs, not how fast")
    parser.add_argument(
        "--engine", choices=["native", "python"], default="native", help="whose table of models to make"
    )
    parser.add_argument(
        "--section",
        choices=SECTIONS,
        action="append",
        metavar="NAME",
        help="measure this only; may be repeated",
    )
    parser.add_argument(
        "--without", action="append", default=[], metavar="NAME", help="leave a peer out; may be repeated"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the tables there as well")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser.add_argument("--cache", type=Path, default=home / "quorate-benchmarks", metavar="FOLDER")
    given = parser.parse_args()
    if given.runs < 1:
        parser.error("--runs must be at least 1")
    names = sorted({peer.name for peer in cases.comparison(quick=given.quick)})
    if unknown := sorted(set(given.without) - set(names)):
        parser.error(f"there is no peer {unknown[0]!r}; there are {', '.join(names)}")
    return given


def progress(words: str) -> None:
    """Say what is going on, apart from the tables."""
    print(words, file=sys.stderr, flush=True)


def available(peers: Sequence[Peer], cache: Path) -> tuple[list[Peer], Reasons]:
    """Those that can be built, and the others with the reason."""
    ready: list[Peer] = []
    reasons: Reasons = []
    for peer in peers:
        progress(f"build {peer.name}: {peer.model}")
        try:
            peer.build(cache)
            ready.append(peer)
        except Unavailable as reason:
            reasons.append((peer, str(reason)))
    return ready, reasons


def rounds(peers: Sequence[Peer], runs: int, *, quick: bool) -> Found:
    """Everybody once, then everybody again."""
    found: Found = [(peer, []) for peer in peers]
    for number in range(1, runs + 1):
        for peer, past in found:
            progress(f"round {number}: {peer.name}, {peer.workers} worker(s), {peer.model}")
            if not quick:
                warm_memory()
            past.append(checked_run(peer))
            progress(f"    {past[-1].per_second:,.0f} generated per second, {past[-1].seconds:.2f} s")
    return found


def compared(runs: int, cache: Path, *, quick: bool, without: Sequence[str]) -> list[str]:
    """The table of everybody on two-phase commit."""
    peers = [peer for peer in cases.comparison(quick=quick) if peer.name not in without]
    ready, reasons = available(peers, cache)
    found = rounds(ready, runs, quick=quick)
    ceiling = next((past for peer, past in found if isinstance(peer, Ceiling)), None)
    ours = (past for peer, past in found if isinstance(peer, Quorate) and peer.engine == "native")
    return [*table.comparison(found, ceiling, next(ours, None)), "", *table.missing(reasons)]


def modelled(engine: Engine, runs: int, cache: Path, *, quick: bool) -> list[str]:
    """The tables of our engine on the library's models, and of its starts."""
    ready, reasons = available(cases.models(engine, quick=quick), cache)
    if not ready:
        return table.missing(reasons[:1])
    searches = table.models(rounds(ready, runs, quick=quick))
    starters, _ = available(cases.starts(engine), cache)
    times = [
        (peer.model, [peer.cold_and_warm() for _ in range(runs)])
        for peer in starters
        if isinstance(peer, Quorate)
    ]
    return [*searches, "", *table.missing(reasons), "", *table.starts(times)]


def proved(runs: int, cache: Path, *, quick: bool) -> list[str]:
    """The table of proofs: everything once with one seed, then everything with the next."""
    found: list[tuple[Proving, list[ProofRun]]] = [(case, []) for case in cases.proofs(quick=quick)]
    for seed in range(runs):
        for case, past in found:
            progress(f"round {seed + 1}: {case.model}, {case.method}")
            past.append(case.run(seed, cache))
            progress(
                f"    {past[-1].outcome}, {past[-1].wall_s:.1f} s, of which the processor had {past[-1].cpu_s:.1f} s"
            )
    return table.proofs(found)


def run_live(
    peers: Sequence[LivenessPeer], runs: int, cache: Path, *, quick: bool
) -> list[list[LivenessRun]]:
    """Everybody's runs: all once, then all again."""
    found: list[list[LivenessRun]] = [[] for _ in peers]
    for peer in peers:
        progress(f"build {peer.name}: {peer.model}")
        peer.build(cache)
    for number in range(1, runs + 1):
        for peer, past in zip(peers, found, strict=True):
            progress(f"round {number}: {peer.name}, {peer.workers} worker(s), {peer.model}")
            if not quick:
                warm_memory()
            past.append(peer.run())
            progress(f"    {past[-1].answer_s:.2f} s")
    return found


def paired(pairs: liveness.Pairs, runs: int, cache: Path, *, quick: bool) -> list[Any]:
    """The runs of pairs, each with its second case."""
    found = run_live([case for pair in pairs for case in pair], runs, cache, quick=quick)
    return [(pair[1], found[2 * at], found[2 * at + 1]) for at, pair in enumerate(pairs)]


def lived(runs: int, cache: Path, *, quick: bool, without: Sequence[str]) -> Iterator[str]:
    """The tables of temporal properties, against SPIN, and of refinements."""
    yield from liveness.phases(paired(liveness.against_safety(quick=quick), runs, cache, quick=quick))
    asked = [peer for peer in liveness.against_spin(quick=quick) if peer.name not in without]
    ready, reasons = [], []
    for peer in asked:
        try:
            peer.build(cache)
            ready.append(peer)
        except Unavailable as reason:
            reasons.append(f"Not measured: {peer.name}, {peer.asked}: {reason}")
    found = run_live(ready, runs, cache, quick=quick)
    yield from ["", *liveness.comparison(list(zip(ready, found, strict=True))), "", *reasons]
    yield from ["", *liveness.mapped(paired(liveness.refinements(quick=quick), runs, cache, quick=quick))]


def sections(given: argparse.Namespace) -> Iterator[str]:
    """The lines of all tables that are asked for."""
    words = f"{given.runs} round(s), {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    wanted = given.section or SECTIONS
    if "searches" in wanted:
        yield from [f"Two-phase commit, no symmetry; {words}.", ""]
        yield from compared(given.runs, given.cache, quick=given.quick, without=given.without)
        yield from ["", f"Models on the {given.engine} engine.", ""]
        yield from modelled(given.engine, given.runs, given.cache, quick=given.quick)
    if "proofs" in wanted:
        yield from ["", f"Proofs, with seeds from 0; {words}.", ""]
        yield from proved(given.runs, given.cache, quick=given.quick)
    if "liveness" in wanted:
        yield from ["", f"Liveness and refinement, no symmetry; {words}.", ""]
        yield from lived(given.runs, given.cache, quick=given.quick, without=given.without)


def main() -> int:
    """Measure, and print; the exit code."""
    given = arguments()
    given.cache.mkdir(parents=True, exist_ok=True)
    try:
        lines = list(sections(given))
    except WrongResult as wrong:
        progress(f"error: {wrong}")
        return 1
    text = "\n".join(lines).replace("\n\n\n", "\n\n").strip()
    print(text)
    if given.output is not None:
        given.output.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
