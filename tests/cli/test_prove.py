"""`quorate prove`: its options, what it refuses before any proof begins, and its exit codes."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
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


def test_a_folder_that_holds_something_is_not_emitted_into(quorate, tmp_path):
    """The conditions of two proofs side by side would be taken for those of one."""
    (tmp_path / "01-other.smt2").write_text("")
    result = quorate("prove", "consensus", "--emit", tmp_path)
    assert result.exit_code == 2
    assert "call/not-empty" in result.stderr


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


STEPS, FAIRNESS = "as_transaction_commit.steps", "as_transaction_commit.fairness"


@proves
def test_a_refinement_is_proved_but_for_the_fairness_of_its_abstract_model(quorate):
    """Text, JSON and JUnit say the same: the steps are proved, and the whole is inconclusive."""
    asked = ("prove", "two-phase-commit", "-c", "rms=2", "--property", "as_transaction_commit")
    text, data, suite = (quorate(*asked, "--format", form) for form in ("text", "json", "junit"))
    assert [each.exit_code for each in (text, data, suite)] == [3, 3, 3]
    said = " ".join(text.stdout.split())
    assert said.startswith("two-phase-commit rms=2 unknown")
    assert "quorate check --property as_transaction_commit" in said.split("what to do next")[1]
    result = json.loads(data.stdout)
    verdicts = {
        prop["name"]: prop["verdict"] for prop in result["properties"] if prop["kind"] == "refinement"
    }
    assert verdicts == {STEPS: "proved for this size", FAIRNESS: "unknown"}
    assert (result["verdict"], result["exit_code"]) == ("unknown", 3)
    cases = {case.get("name"): case for case in ET.fromstring(suite.stdout).iter("testcase")}
    errors = [name for name, case in cases.items() if case.find("error") is not None]
    assert (STEPS in cases, errors) == (True, [FAIRNESS])


@proves
def test_the_steps_of_a_refinement_alone_are_conclusive(quorate):
    asked = ("prove", "two-phase-commit", "-c", "rms=2", "--property", STEPS)
    proved = quorate(*asked)
    assert proved.exit_code == 0
    assert FAIRNESS not in proved.stdout
    assert "what to do next" not in proved.stdout


@proves
def test_a_counterexample_to_the_steps_is_replayed_under_its_name(quorate, tmp_path):
    trace = tmp_path / "trace.json"
    spec = "two-phase-commit-decides-early"
    assert quorate("prove", spec, "--property", STEPS, "--trace", trace).exit_code == 1
    replayed = quorate("replay", spec, trace)
    assert replayed.exit_code == 0
    assert f"`{STEPS}` is false for the last step" in replayed.stdout


# -- what ends a proof early ----------------------------------------------------------------------


@pytest.mark.parametrize("method", ["auto", "induction", "k-induction", "bmc"])
def test_a_tiny_timeout_proves_nothing_and_says_why(quorate, method):
    result = quorate("prove", "two-phase-commit", "--timeout", "0.001", "--method", method)
    assert result.exit_code == 3
    assert "time budget of 0.001 s ran out" in result.stdout
    assert "proved for this size" not in result.stdout


def test_tiny_queries_leave_open_what_they_do_not_answer(quorate):
    result = quorate(
        "prove", "paxos", "--method", "bmc", "--depth", "12", "--query-timeout", "0.000001", "--no-deadlock"
    )
    assert result.exit_code == 3
    assert "timeout" in result.stdout


def test_what_lies_outside_the_subset_is_located(quorate, tmp_path):
    spec = tmp_path / "loops.py"
    spec.write_text(LOOPS)
    result = quorate("prove", spec)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "loops.py:15" in result.stderr
    assert "error[subset/" in result.stderr


def test_choices_that_are_too_many_to_be_tried_leave_a_deadlock_open(quorate, tmp_path):
    spec = tmp_path / "wide.py"
    spec.write_text(WIDE)
    result = quorate("prove", spec, "--method", "bmc", "--depth", "2", "--timeout", "20")
    assert result.exit_code == 3
    assert "`some` may be any subset of 24 items" in " ".join(result.stdout.split())


def test_ctrl_c_ends_a_proof_with_a_report():
    command = [sys.executable, "-c", "from checker.cli.app import main; main()", "prove", "paxos"]
    options = ["-c", "max_ballot=3", "--method", "bmc", "--depth", "60", "--no-deadlock"]
    main, other = pty.openpty()
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=other, env=os.environ | {"TERM": "xterm"}
    ) as process:
        os.close(other)
        written = b""
        while b"unrolling: depth" not in written:
            written += os.read(main, 65536)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    written += os.read(main, 65536)
    os.close(main)
    assert process.returncode == 3
    assert b"stopping; the report follows" in written
    assert b"Traceback" not in written
    assert b"interrupted" in out


LOOPS = '''"""A loop without end is no formula."""

from checker.lang import Model, action, always, frozen, initial


@frozen
class S:
    x: bool


@frozen
class Loops(Model[S]):
    @initial
    def start(self) -> S:
        while True:
            return S(False)

    @always
    def ok(self, s: S) -> bool:
        return True

    @action
    def stays(self, s: S) -> S | None:
        return s
'''

WIDE = '''"""An action that may choose any subset of many."""

from checker.lang import Model, Size, Sort, action, always, frozen, initial, subset_of


class N(Sort):
    """Many."""


@frozen
class S:
    some: frozenset[N]


@frozen
class Wide(Model[S]):
    nodes: Size[N] = 24

    @initial
    def start(self) -> S:
        return S(frozenset())

    def any_of(self) -> frozenset[N]:
        return self.every(N)

    @action
    def chooses(self, s: S, some: frozenset[N] = subset_of(any_of)) -> S | None:
        return S(some)

    @always
    def few(self, s: S) -> bool:
        return len(s.some) <= 24
'''
