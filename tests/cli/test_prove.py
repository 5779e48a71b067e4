"""`quorate prove`: its options, what it refuses before any proof begins, and its exit codes."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

import checker.api
from checker.lang.errors import InternalError

proves = pytest.mark.skipif(not hasattr(checker.api, "prove"), reason="there is no prover")


def test_help_names_every_option(quorate):
    told = quorate("prove", "--help").stdout
    for option in (
        "--constant", "--property", "--method", "--depth", "--timeout", "--query-timeout", "--memory", "--seed",
        "--find-lemmas / --no-find-lemmas", "--emit", "--recheck", "--format", "--output", "--trace",
    ):  # fmt: skip
        assert option in told
    assert "prove" in quorate("--help").stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--method", "magic"], "'magic' is not one of"),
        (["--method", "induction", "--depth", "3"], "--depth goes with"),
        (["--method", "bmc", "--find-lemmas"], "--find-lemmas goes with"),
        (["--depth", "0"], "0 is not in the range x>=1"),
        (["--query-timeout", "0"], "0.0 is not in the range x>0"),
        (["--timeout", "nan"], "no finite number"),
        (["--emit", "no/such/folder"], "the folder `no/such/folder` cannot be written to"),
        (["--output", "no/such/file"], "the file `no/such/file` cannot be written"),
        (["--trace", "no/such/file"], "the file `no/such/file` cannot be written"),
        (["-c", "rmss=3"], "Did you mean `rms`?"),
    ],
)
def test_a_call_that_is_wrong_ends_with_2(quorate, options, said):
    result = quorate("prove", "two-phase-commit", *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_file_is_no_folder_to_emit_into(quorate, tmp_path):
    (tmp_path / "file").write_text("")
    result = quorate("prove", "two-phase-commit", "--emit", tmp_path / "file")
    assert result.exit_code == 2
    assert "is a file" in result.stderr


def test_solvers_that_disagree_are_a_fault_of_ours_and_give_no_report(quorate, monkeypatch):
    def disagree(*_, **__):
        raise InternalError("z3 says unsat and cvc5 says sat of no_disagreement, rm_prepares")

    monkeypatch.setattr(checker.api, "prove", disagree, raising=False)
    result = quorate("prove", "two-phase-commit")
    assert (result.exit_code, result.stdout) == (70, "")
    assert "error[internal]" in result.stderr
    assert "z3 says unsat and cvc5 says sat" in result.stderr.split("error[internal]")[1]


@proves
def test_json_has_every_documented_key(quorate):
    data = json.loads(quorate("prove", "two-phase-commit", "-c", "rms=2", "--format", "json").stdout)
    assert (data["mode"], data["engine"], data["states"]) == ("prove", "z3", None)
    assert set(data["proof"]) == {
        "method", "depth", "invariant", "obligations", "failures", "found", "candidates", "bounds", "solvers",
        "seed", "queries", "memory_mib", "emitted",
    }  # fmt: skip
    assert set(data["proof"]["obligations"][0]) == {
        "conjunct", "action", "outcome", "seconds", "solvers", "reason"
    }  # fmt: skip


@proves
def test_exit_codes_follow_the_verdict(quorate):
    proved = quorate("prove", "two-phase-commit", "-c", "rms=2", "--property", "no_disagreement")
    assert proved.exit_code == 0
    assert "proved for this size" in proved.stdout
    broken = quorate(
        "prove", "two-phase-commit-unilateral-abort", "-c", "rms=2", "--property", "no_disagreement"
    )
    assert broken.exit_code == 1
    assert "proved for this size" not in broken.stdout.split("lemma")[0]
    bounded = quorate(
        "prove", "two-phase-commit", "-c", "rms=2", "--property", "no_disagreement", "--method", "bmc",
        "--depth", "3", "--format", "junit",
    )  # fmt: skip
    assert bounded.exit_code == 3
    assert ET.fromstring(bounded.stdout).get("errors") == "1"
