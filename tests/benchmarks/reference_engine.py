"""How fast the reference engine is, against a search written by hand for one model.

    python tests/benchmarks/reference_engine.py [--runs 5]

Prints a table in Markdown: for each model its states and the median of generated states a second;
for two-phase commit also the ratio, run by run, to a hand-written Python search over the same attrs
records, which has no properties, types or actions to look after.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from attrs import evolve

from checker import check
from checker.lang import Map
from checker.lang.model import Model
from specs.consensus.paxos import Paxos
from specs.consensus.raft import Raft
from specs.transactions.two_phase_commit import (
    RM,
    Decided,
    Outcome,
    Phase,
    Prepared,
    State,
    TwoPhaseCommit,
)

COMMIT, ABORT = Decided(Outcome.COMMIT), Decided(Outcome.ABORT)


def successors(s: State, rms: list[RM]) -> Iterator[State]:
    """The transitions of two-phase commit, by hand."""
    if s.decision is None:
        yield evolve(s, decision=Outcome.ABORT, sent=s.sent | {ABORT})
        if len(s.heard) == len(rms):
            yield evolve(s, decision=Outcome.COMMIT, sent=s.sent | {COMMIT})
    for rm in rms:
        if s.decision is None and Prepared(rm) in s.sent:
            yield evolve(s, heard=s.heard | {rm})
        if s.phase[rm] is Phase.WORKING:
            yield evolve(s, phase=s.phase.set(rm, Phase.PREPARED), sent=s.sent | {Prepared(rm)})
            yield evolve(s, phase=s.phase.set(rm, Phase.ABORTED))
        if COMMIT in s.sent:
            yield evolve(s, phase=s.phase.set(rm, Phase.COMMITTED))
        if ABORT in s.sent:
            yield evolve(s, phase=s.phase.set(rm, Phase.ABORTED))


def by_hand(size: int) -> tuple[int, float]:
    """Distinct states, and generated states a second, of the hand-written search."""
    rms = [RM(number) for number in range(1, size + 1)]
    start = State(Map.fill(rms, Phase.WORKING), None, frozenset(), frozenset())
    seen, queue, generated = {start}, [start], 1
    began = time.perf_counter()
    for state in queue:
        for successor in successors(state, rms):
            generated += 1
            if successor not in seen:
                seen.add(successor)
                queue.append(successor)
    return len(seen), generated / (time.perf_counter() - began)


def by_checker(model: Model[Any]) -> tuple[int, float]:
    """Distinct states, and generated states a second, of the reference engine without symmetry."""
    began = time.perf_counter()
    result = check(model, engine="python", symmetry=False)
    return result.states.distinct, result.states.generated / (time.perf_counter() - began)


def main() -> None:
    """Run everything so many times, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    runs: int = parser.parse_args().runs
    print("| model | distinct states | generated per second | against a search by hand |")
    print("|---|---|---|---|")
    rates, ratios, states = [], [], 0
    for _ in range(runs):
        states, rate = by_checker(TwoPhaseCommit(rms=6))
        rates.append(rate)
        states_by_hand, rate_by_hand = by_hand(6)
        assert states == states_by_hand, "the two searched different models"
        ratios.append(rate / rate_by_hand)
    print(f"| `two-phase-commit` rms=6 | {states:,} | {median(rates):,.0f} | {median(ratios):.2f} |")
    for name, model in (
        ("`paxos` max_ballot=1", Paxos()),
        ("`raft` max_term=1 max_log=1 crashes=0", Raft(max_term=1, max_log=1, crashes=0)),
    ):
        found = [by_checker(model) for _ in range(runs)]
        print(f"| {name} | {found[0][0]:,} | {median(rate for _, rate in found):,.0f} | |")


if __name__ == "__main__":
    main()
