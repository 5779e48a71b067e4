"""The benchmark of proofs makes a row of what was proved or refuted as expected, and of nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from checker.constants import instantiate
from checker.lang.declarations import declare
from checker.library import find, library
from tests.benchmarks import cases, table
from tests.benchmarks.measure import WrongResult
from tests.benchmarks.peers.prover import ProofRun, Proving, without_lemmas

EARLY = Proving(
    "two-phase-commit-decides-early", "", "bmc", ("commits_only_what_all_prepared",), steps=5, target_s=60
)


def told(verdict: str, steps: int = 0) -> dict[str, Any]:
    """A result that says this of the property of `EARLY`."""
    trace = {"steps": [{}] * (steps + 1)}
    judged = {"name": EARLY.properties[0], "verdict": verdict, "evidence": "so far", "trace": trace}
    return {"properties": [judged], "proof": {"invariant": ["a", "b"], "found": []}}


def test_a_counterexample_counts_only_if_it_is_a_shortest_one() -> None:
    """Its length is known from breadth-first search."""
    assert EARLY.checked(told("violated", 5)) == "violated in 5 steps"
    with pytest.raises(WrongResult, match=r"\[6\] steps, where 5 is shortest"):
        EARLY.checked(told("violated", 6))


def test_a_proof_of_what_is_broken_is_an_error_and_so_is_the_opposite() -> None:
    """Its speed means nothing."""
    with pytest.raises(WrongResult, match="is proved for this size"):
        EARLY.checked(told("proved for this size"))
    with pytest.raises(WrongResult, match="is violated"):
        evolve(EARLY, steps=None).checked(told("violated", 5))


def test_what_was_not_decided_is_a_row_that_says_so() -> None:
    """A budget that ran out is no mistake."""
    outcome = EARLY.checked(told("bounded to depth 3"))
    assert outcome == "not decided, commits_only_what_all_prepared: so far"


def test_every_broken_variant_of_the_library_is_measured() -> None:
    """Each with the constants and the length that the manifest has."""
    entries, _ = library()
    broken = {entry.id for entry in entries if entry.broken}
    assert {case.spec for case in cases.broken()} == broken - cases.shown_by_lassos()
    assert EARLY in cases.broken()


def test_a_spec_without_its_lemmas_is_the_same_spec_otherwise(tmp_path: Path) -> None:
    """Nothing of the lemmas is left that could be found again."""
    spec = without_lemmas("two-phase-commit", tmp_path)
    whole = declare(instantiate(find("two-phase-commit"), ()))
    bare = declare(instantiate(find(spec), ()))
    assert (len(whole.lemmas), len(bare.lemmas)) == (5, 0)
    assert [prop.name for prop in bare.properties] == [prop.name for prop in whole.properties]
    assert not any(hasattr(find(spec), lemma.name) for lemma in whole.lemmas)


def test_a_row_has_the_largest_memory_and_the_median_of_time() -> None:
    """Over rounds, of which each has a seed of its own."""
    runs = [ProofRun("proved, 2 conjuncts", 5, s, s, s / 2, int(s * 1e6)) for s in (1.0, 9.0, 2.0)]
    line = table.proofs([(EARLY, runs)])[-1]
    expected = "| two-phase-commit-decides-early | bmc | proved, 2 conjuncts | 5 | 60 | 2.0 | 1.0 | 9 |"
    assert line == expected


def test_a_proof_runs_as_a_command(tmp_path: Path) -> None:
    """And is measured as a whole process."""
    run = EARLY.run(1, tmp_path)
    assert (run.outcome, run.wall_s >= run.seconds > 0, run.peak_bytes > 10_000_000) == (
        "violated in 5 steps",
        True,
        True,
    )
