"""The benchmark of liveness makes a row of an answer that is right, by us and by SPIN, and of nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve

from tests.benchmarks import liveness
from tests.benchmarks.expected import Counts, two_phase
from tests.benchmarks.measure import Unavailable, WrongResult
from tests.benchmarks.peers.lassos import UNFAIR, WAITS, Fairness, LivenessRun, NestedSpin

HERE = Path(__file__).resolve().parent

DECIDES = liveness.everyone_decides("two-phase-commit", 3, 1)


def spin(rms: int, fairness: Fairness, distinct: int, cache: Path) -> NestedSpin:
    """SPIN, built; the test is skipped if it is not there."""
    peer = NestedSpin(rms, fairness, distinct)
    try:
        peer.build(cache)
    except Unavailable as reason:
        pytest.skip(str(reason))
    return peer


@pytest.mark.parametrize("rms", [1, 3, 4])
def test_spin_stores_the_states_of_the_model_where_everybody_decides(rms: int, tmp_path: Path) -> None:
    """All of them, though it looks for cycles only, and each once."""
    assert spin(rms, "as the spec has it", two_phase(rms).distinct, tmp_path).run().distinct == (
        two_phase(rms).distinct
    )


@pytest.mark.parametrize("fairness", ["the TM may wait", "none"])
def test_spin_finds_a_cycle_where_less_is_fair(fairness: Fairness, tmp_path: Path) -> None:
    """As we do: see the next test."""
    assert spin(3, fairness, two_phase(3).distinct, tmp_path).run().distinct > 0


@pytest.mark.parametrize(("spec", "violated"), [("two-phase-commit", False), (WAITS, True), (UNFAIR, True)])
def test_the_spec_is_violated_where_spin_finds_a_cycle(spec: str, violated: bool, tmp_path: Path) -> None:
    """And its phases are measured."""
    run = evolve(DECIDES, spec=spec, violated=violated, cache=tmp_path).run()
    assert (run.distinct, run.edges) == (288, 761)
    assert min(run.search_s, run.graph_s, run.lasso_s) > 0
    assert run.answer_s >= run.search_s + run.graph_s + run.lasso_s


@pytest.mark.parametrize(
    "other",
    [{"violated": True}, {"expected": Counts(1, 1)}, {"edges": 762}, {"spec": WAITS}],
    ids=["verdict", "counts", "edges", "spec"],
)
def test_another_answer_than_the_expected_one_is_an_error(other: dict[str, object], tmp_path: Path) -> None:
    """Its speed means nothing."""
    wrong = evolve(DECIDES, cache=tmp_path)
    for name, value in other.items():
        setattr(wrong, name, value)
    with pytest.raises(WrongResult, match="is right"):
        wrong.run()


def test_spin_with_another_answer_is_an_error(tmp_path: Path) -> None:
    """Other states, or a cycle where there should be none."""
    with pytest.raises(WrongResult, match="288 states, where 289 is right"):
        spin(3, "as the spec has it", 289, tmp_path).run()
    waits = spin(3, "the TM may wait", 288, tmp_path)
    waits.fairness = "as the spec has it"
    with pytest.raises(WrongResult, match="acceptance cycle"):
        waits.run()


def test_the_cost_of_liveness_is_the_median_of_the_ratios_of_each_round() -> None:
    """Of all that a check does, so also of what is in no phase."""
    live = [LivenessRun(5, 9, s / 4, s / 4, s / 4, s, int(s * 1e6)) for s in (8.0, 4.0, 3.0)]
    safety = [LivenessRun(5, 0, s, 0, 0, s, int(1e6)) for s in (2.0, 4.0, 1.0)]
    line = liveness.phases([(DECIDES, safety, live)])[-1]
    expected = "two-phase-commit, rms=3 | 1 | 5 | 9 | 2.00 | 1 | 1.00 | 1.00 | 1.00 | 4.00 | 3.00 | 8"
    assert line == f"| {expected} |"


@pytest.mark.slow
def test_the_section_runs_as_a_command(tmp_path: Path) -> None:
    """Quickly, with ours alone: a row for each case."""
    command = [sys.executable, HERE / "run.py", "--section", "liveness", "--quick", "--runs", "1"]
    done = subprocess.run(
        [*command, "--without", "SPIN", "--cache", tmp_path], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    names = [line.split("|")[1].strip() for line in done.stdout.splitlines() if line.startswith("| ")]
    assert (names.count("Quorate, native engine"), names.count("two-phase-commit, rms=4")) == (6, 2)
    assert "paxos, acceptors=3 values=2 max_ballot=1" in names
