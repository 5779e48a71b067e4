"""The peers of the benchmarks search what we search: each counts the states that the model has.

A tool that this machine does not have is skipped, with the reason that the table would give.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks import table
from tests.benchmarks.expected import (
    PAXOS_FOUR_BALLOTS,
    PAXOS_THREE_BALLOTS,
    PAXOS_TWO_BALLOTS,
    Counts,
    two_phase,
)
from tests.benchmarks.measure import (
    Peer,
    Run,
    Unavailable,
    WrongResult,
    checked_run,
    measured,
    run_that_told,
)
from tests.benchmarks.peers.ceiling import Ceiling, c_compiler
from tests.benchmarks.peers.quorate import Quorate
from tests.benchmarks.peers.spin import Spin, counts_in
from tests.benchmarks.peers.stateright import Stateright

HERE = Path(__file__).resolve().parent


def ready(peer: Peer, cache: Path) -> Peer:
    """A peer that has been built; the test is skipped if that cannot be."""
    try:
        peer.build(cache)
    except Unavailable as reason:
        pytest.skip(str(reason))
    return peer


@pytest.fixture(scope="session")
def cargo_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One build of the Rust program for all tests."""
    return tmp_path_factory.mktemp("cargo")


@pytest.mark.parametrize("rms", [1, 3, 4, 5])
def test_the_ceiling_counts_what_the_model_has(rms: int, tmp_path: Path) -> None:
    """The hand-written C searches the same states and transitions."""
    assert checked_run(ready(Ceiling(rms), tmp_path)).counts == two_phase(rms)
    by_bits = Ceiling(rms, "by hand, by bits", "two_phase_bits.c")
    assert checked_run(ready(by_bits, tmp_path)).counts == two_phase(rms)


@pytest.mark.parametrize("rms", [3, 5])
def test_spin_counts_what_the_model_has(rms: int, tmp_path: Path) -> None:
    """Stored states are distinct ones; transitions are generated ones."""
    assert checked_run(ready(Spin(rms), tmp_path)).counts == two_phase(rms)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("rms", [3, 5])
def test_stateright_counts_what_the_model_has(rms: int, workers: int, cargo_cache: Path) -> None:
    """Whatever the number of its threads."""
    assert checked_run(ready(Stateright(rms, workers), cargo_cache)).counts == two_phase(rms)


def test_the_reference_engine_counts_what_the_model_has(tmp_path: Path) -> None:
    """As the command that the benchmark runs."""
    ours = Quorate("python", "two-phase-commit", "rms=3", two_phase(3))
    assert checked_run(ready(ours, tmp_path)).counts == two_phase(3)


def test_paxos_by_hand_counts_what_tlc_counts(tmp_path: Path) -> None:
    """So its count for four ballots, which no other tool has confirmed, is to be believed."""
    found = []
    for ballots in (2, 3, 4):
        program = tmp_path / f"paxos-{ballots}"
        try:
            compiler = c_compiler()
        except Unavailable as reason:
            pytest.skip(str(reason))
        source = HERE / "ceiling" / "paxos.c"
        subprocess.run(
            [compiler, "-std=gnu11", "-O3", f"-DBALLOTS={ballots}", source, "-o", program], check=True
        )
        found.append(run_that_told(measured([program, str(PAXOS_FOUR_BALLOTS.distinct)])).counts)
    assert found == [PAXOS_TWO_BALLOTS, PAXOS_THREE_BALLOTS, PAXOS_FOUR_BALLOTS]


@pytest.mark.parametrize("name", ["two_phase", "paxos"])
def test_the_hand_written_c_compiles_without_a_warning(name: str, tmp_path: Path) -> None:
    """Under -Wall -Wextra, as all C of the project."""
    try:
        compiler = c_compiler()
    except Unavailable as reason:
        pytest.skip(str(reason))
    source = HERE / "ceiling" / f"{name}.c"
    strict = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"]
    done = measured([compiler, *strict, source, "-o", tmp_path / name])
    assert (done.exit_code, done.errors) == (0, "")


def test_a_peer_with_other_counts_is_an_error(tmp_path: Path) -> None:
    """A search of something else must not become a row."""
    peer = Quorate("python", "two-phase-commit", "rms=2", two_phase(3))
    with pytest.raises(WrongResult, match="distinct=56"):
        checked_run(ready(peer, tmp_path))


def test_a_search_that_ends_at_a_violation_is_an_error(tmp_path: Path) -> None:
    """It has not searched everything."""
    broken = Quorate("python", "two-phase-commit-decides-early", "rms=3", two_phase(3))
    broken.cache = tmp_path
    with pytest.raises(WrongResult, match="exit 1"):
        broken.run()


def test_a_missing_tool_is_named_with_the_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is what the table prints."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CC", raising=False)
    peers: list[Peer] = [Ceiling(3), Spin(3), Stateright(3)]
    reasons = []
    for peer in peers:
        with pytest.raises(Unavailable) as caught:
            peer.build(tmp_path)
        reasons.append(str(caught.value))
    assert reasons == [
        "there is no C compiler `cc`; on Debian: apt-get install gcc",
        "there is no `spin`; on Debian: apt-get install spin",
        "there is no `cargo`; see https://rustup.rs",
    ]


def pan(stored: str, transitions: str) -> str:
    """The lines of pan's report that hold counts."""
    return f" {stored} states, stored\n 7 states, matched\n{transitions} transitions (= stored+matched)\n"


def test_a_count_that_spin_rounded_agrees_only_in_all_its_digits() -> None:
    """pan prints eight digits of 123,558,402."""
    expected = Counts(10_340_352, 123_558_402)
    assert counts_in(pan("10340352", "1.235584e+08"), expected) == expected
    assert counts_in(pan("10340352", "1.2355841e+08"), expected) == Counts(10_340_352, 123_558_410)
    assert counts_in(pan("10340351", "1.235584e+08"), expected).distinct == 10_340_351


def test_peak_memory_is_that_of_the_child() -> None:
    """A child that fills 100 MB is seen to have done so."""
    done = measured([sys.executable, "-c", "filled = bytearray(b'x') * 100_000_000"])
    assert 100_000_000 <= done.peak_bytes < 160_000_000


def test_a_ratio_is_the_median_of_the_ratios_of_each_round() -> None:
    """And not the ratio of medians: a slow moment hits both sides of a round."""

    def took(seconds: float) -> Run:
        return Run(Counts(1, 100), seconds, seconds, 0)

    slow_machine, fast_machine = 10.0, 1.0
    ours = [took(slow_machine), took(slow_machine), took(fast_machine)]
    theirs = [took(2 * slow_machine), took(4 * slow_machine), took(8 * fast_machine)]
    assert table.ratio(ours, theirs) == "4.00"


def test_a_peer_that_does_not_exist_cannot_be_left_out() -> None:
    """A slip of the keyboard is told, with the names that there are."""
    done = measured([sys.executable, HERE / "run.py", "--without", "Spinn"])
    assert done.exit_code == 2
    assert "there is no peer 'Spinn'; there are Quorate, native engine," in done.errors


@pytest.mark.slow
def test_the_command_writes_its_tables(tmp_path: Path) -> None:
    """All of it, on small instances."""
    output = tmp_path / "tables.md"
    command = [sys.executable, str(HERE / "run.py"), "--quick", "--runs", "1", "--engine", "python"]
    cache = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run([*command, "--output", str(output)], env=cache, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert output.read_text() == done.stdout
    rows = [line.split("|")[1].strip() for line in done.stdout.splitlines() if line.startswith("| ")]
    assert {"who", "Quorate, reference engine", "paxos, acceptors=3 values=2 max_ballot=1"} <= set(rows)
