"""Proofs in reports, to the letter: of results that are written down here, as no solver is needed to show them."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import attrs
import pytest
from rich.console import Console

from checker.explore.exploration import Move
from checker.judge import trace_of
from checker.lang import Map
from checker.lang.declarations import declare
from checker.report import as_json, junit
from checker.report.obligations import cells_of, obligations_table, progress_view
from checker.report.text import render
from checker.result.proof import FoundLemma, InductionFailure, Obligation, Proof, ProofProgress
from checker.result.result import Evidence, PropertyResult, Result, Verdict
from specs.transactions.two_phase_commit import RM, Decided, Outcome, Phase, Prepared, State, TwoPhaseCommit

DECLARED = declare(TwoPhaseCommit(rms=2))
ACTIONS = tuple(action.name for action in DECLARED.actions)
Z3, CVC5 = "z3 5.4.1", "cvc5 1.4.2"
SAFE, LEMMA = "no_disagreement", "committed_has_decision"
PROVED, UNKNOWN, VIOLATED = Verdict(Evidence.PROVED), Verdict(Evidence.UNKNOWN), Verdict(Evidence.VIOLATED)
EVERY = (RM(1), RM(2))

START = State(phase=Map.fill(EVERY, Phase.WORKING), decision=None, heard=frozenset(), sent=frozenset())


def trace(*moves, kind="counterexample to induction"):
    """A behaviour; each move is (name of the action or None, arguments, state)."""
    steps = [
        Move(state=state, action=None if name is None else ACTIONS.index(name), arguments=given)
        for name, given, state in moves
    ]
    return trace_of(DECLARED, steps, kind)


def judged(name, verdict, evidence, kind="always", **more):
    return PropertyResult(name, kind, f"The meaning of {name}.", verdict, evidence, **more)


def obligations(*conjuncts, solvers=(Z3,), actions=ACTIONS, **outcomes):
    """All obligations; `outcomes` are of actions, for the first conjunct."""
    return tuple(
        Obligation(
            conjunct,
            action,
            outcomes.get(action, "proved") if conjunct == conjuncts[0] else "proved",
            (row + 1) * (column + 1) / 100,
            solvers,
        )
        for row, conjunct in enumerate(conjuncts)
        for column, action in enumerate(("", *actions))
    )


def result(proof, *properties, **more):
    """A result whose verdict is that of its first property."""
    given = {"verdict": properties[0].verdict, "stopped": None, "notes": (), **more}
    return Result(
        spec="two-phase-commit",
        constants=(("rms", 2),),
        engine="z3",
        mode="prove",
        states=None,
        seconds=1.25,
        properties=properties,
        actions=(),
        bounds_reached=(),
        proof=attrs.evolve(proof, queries=19, memory_mib=123.4, seed=7, solvers=proof.solvers or (Z3,)),
        **given,
    )


def proved():
    source = (
        "@lemma\ndef lemma_1(self, s: State) -> bool:\n"
        '    """Found."""\n'
        "    return all(s.phase[a] is not Phase.COMMITTED or Prepared(a) in s.sent for a in self.every(RM))\n"
    )
    proof = Proof(
        "induction",
        (SAFE, LEMMA, "lemma_1"),
        obligations(SAFE, LEMMA, "lemma_1", solvers=(Z3, CVC5)),
        found=(FoundLemma("lemma_1", source, "who has committed was prepared"),),
        solvers=(Z3, CVC5),
        candidates=812,
        emitted="conditions",
    )
    return result(
        proof,
        judged(SAFE, PROVED, "inductive together with 2 lemmas"),
        judged(LEMMA, PROVED, "inductive", "lemma"),
        judged("lemma_1", PROVED, "inductive", "lemma"),
    )


def missing_lemma():
    first = attrs.evolve(
        START, phase=START.phase.set(RM(1), Phase.COMMITTED), sent=frozenset({Decided(Outcome.ABORT)})
    )
    last = attrs.evolve(first, phase=first.phase.set(RM(2), Phase.ABORTED))
    failure = InductionFailure(
        SAFE,
        "rm_learns_abort",
        trace((None, (), first), ("rm_learns_abort", (RM(2),), last)),
        ("true: s.phase[a] is Phase.COMMITTED and s.phase[b] is Phase.ABORTED", "  with a = rm1, b = rm2"),
        False,
        "A lemma is missing that excludes it.",
        2,
        True,
    )
    proof = Proof(
        "induction", (), obligations(SAFE, "deadlock_freedom", rm_learns_abort="refuted"), (failure,)
    )
    return result(
        proof,
        judged(SAFE, UNKNOWN, "not inductive: rm_learns_abort does not preserve it"),
        judged(
            "deadlock_freedom", UNKNOWN, "it was proved from an invariant that is not inductive", "deadlock"
        ),
    )


def real_bug(*, repeated):
    """A reachable counterexample to induction, at the end of the whole behaviour or elsewhere."""
    one = attrs.evolve(START, phase=START.phase.set(RM(1), Phase.ABORTED))
    two = attrs.evolve(one, phase=one.phase.set(RM(2), Phase.COMMITTED))
    steps = [("rm_chooses_to_abort", (RM(1),), one), ("rm_learns_commit", (RM(2),), two)]
    other = attrs.evolve(one, sent=frozenset({Prepared(RM(1))}))
    pair = (
        [(None, (), one), steps[1]]
        if repeated
        else [(None, (), other), (*steps[1][:2], attrs.evolve(two, sent=other.sent))]
    )
    failure = InductionFailure(
        SAFE,
        "rm_learns_commit",
        trace(*pair),
        ("true: s.phase[a] is Phase.COMMITTED",),
        True,
        "It is a real bug.",
        1,
    )
    proof = Proof(
        "induction", (), obligations(SAFE, LEMMA, rm_learns_commit="refuted"), (failure,), depth=None
    )
    return result(
        proof,
        judged(
            SAFE,
            VIOLATED,
            "a counterexample of 2 steps",
            why=("true: s.phase[a] is Phase.COMMITTED",),
            trace=trace((None, (), START), *steps, kind="counterexample"),
        ),
        judged(LEMMA, VIOLATED, "a counterexample of 1 step", "lemma"),
    )


def timeout():
    given = obligations(SAFE, tm_commits="unknown")
    late = "the time budget of 5 s ran out"
    given = tuple(attrs.evolve(each, reason=late) if each.outcome == "unknown" else each for each in given)
    return result(Proof("induction", (), given), judged(SAFE, UNKNOWN, late), stopped=late)


def bounded():
    proof = Proof("bmc", (), (Obligation(SAFE, "", "proved", 0.5, (Z3,)),), depth=7)
    return result(proof, judged(SAFE, Verdict(Evidence.BOUNDED, 7), "no violation within 7 steps"))


def bounds_left():
    proof = Proof(
        "k-induction",
        (SAFE,),
        obligations(SAFE, actions=("ticks",)),
        depth=2,
        bounds=("sent: at most 4 members, by rm_prepares", "term: 0 to 3, by ticks"),
    )
    return result(
        proof, judged(SAFE, Verdict(Evidence.WITHIN_BOUNDS), "inductive over 2 steps, within bounds")
    )


def initial_state():
    failure = InductionFailure(
        SAFE, "", trace((None, (), START)), ("false: s.heard",), True, "It is a real bug."
    )
    proof = Proof("induction", (), (Obligation(SAFE, "", "refuted", 0.01, (Z3,)),), (failure,))
    return result(
        proof,
        judged(
            SAFE,
            VIOLATED,
            "a counterexample of 0 steps",
            trace=trace((None, (), START), kind="counterexample"),
        ),
    )


def undecided():
    return attrs.evolve(
        missing_lemma(),
        proof=attrs.evolve(
            missing_lemma().proof,
            failures=(
                attrs.evolve(
                    missing_lemma().proof.failures[0],
                    reachable=None,
                    explanation="Looking for a behaviour that leads to it took too long.",
                    minimal=False,
                ),
            ),
        ),
    )


SHOWN = {
    "proved": proved(),
    "missing_lemma": missing_lemma(),
    "real_bug": real_bug(repeated=False),
    "real_bug_repeated": real_bug(repeated=True),
    "timeout": timeout(),
    "bounded": bounded(),
    "bounds_left": bounds_left(),
    "initial_state": initial_state(),
    "undecided": undecided(),
}


@pytest.mark.parametrize("name", SHOWN)
def test_text(name, golden):
    golden(f"report/proof/{name}.txt", render(SHOWN[name]))


@pytest.mark.parametrize("name", ["proved", "missing_lemma", "timeout"])
def test_json(name, golden):
    golden(f"report/proof/{name}.json", as_json.render(SHOWN[name]))


@pytest.mark.parametrize("name", ["proved", "missing_lemma", "real_bug"])
def test_junit(name, golden):
    golden(f"report/proof/{name}.xml", junit.render(SHOWN[name]))


@pytest.mark.parametrize("name", SHOWN)
def test_proved_for_this_size_is_said_only_by_a_verdict_that_says_so(name):
    shown = SHOWN[name]
    said = any(prop.verdict.evidence is Evidence.PROVED for prop in shown.properties)
    forms = (render(shown), as_json.render(shown), junit.render(shown))
    assert ["proved for" in form for form in forms] == [said] * 3


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_the_report_keeps_its_width(name, width):
    """All but source, which is to be pasted as it is."""
    without = attrs.evolve(SHOWN[name], proof=attrs.evolve(SHOWN[name].proof, found=()))
    assert [line for line in render(without, width=width).splitlines() if len(line) > width] == []


@pytest.mark.parametrize("name", SHOWN)
def test_colours_are_added_and_nothing_else(name):
    coloured = render(SHOWN[name], colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured).split() == render(SHOWN[name]).split()


def test_a_proof_counts_no_states():
    data = json.loads(as_json.render(proved()))
    assert (data["states"], data["actions"], data["mode"], data["engine"]) == (None, {}, "prove", "z3")
    assert "generated" not in render(proved())


def test_json_holds_every_obligation_whatever_the_text_leaves_out():
    data = json.loads(as_json.render(missing_lemma()))["proof"]
    assert len(data["obligations"]) == 2 * (1 + len(ACTIONS))
    refuted = [each for each in data["obligations"] if each["outcome"] == "refuted"]
    assert [(each["conjunct"], each["action"]) for each in refuted] == [(SAFE, "rm_learns_abort")]
    assert data["obligations"][0]["action"] is None
    assert [step["action"] for step in data["failures"][0]["trace"]["steps"]] == [None, "rm_learns_abort"]


def test_junit_is_red_for_what_is_not_proved():
    suite = ET.fromstring(junit.render(missing_lemma()))
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "0", "2")
    error = suite.find(".//testcase[@name='no_disagreement']/error")
    assert error is not None
    assert "rm_learns_abort does not preserve no_disagreement" in error.text
    assert "reachable: no" in error.text


def test_junit_shows_a_counterexample_to_a_conjunct_that_is_no_property():
    shown = missing_lemma()
    failure = attrs.evolve(shown.proof.failures[0], conjunct="well_defined")
    suite = ET.fromstring(
        junit.render(attrs.evolve(shown, proof=attrs.evolve(shown.proof, failures=(failure,))))
    )
    told = suite.find("testsuite/system-out")
    assert told is not None
    assert "does not preserve well_defined" in told.text


def test_one_solver_alone_agrees_with_nobody():
    assert "agreed" not in render(missing_lemma())
    assert f"agreed: {Z3} and {CVC5} on 24 of 24 obligations" in render(proved())


def test_a_counterexample_that_ends_the_whole_one_is_not_shown_twice():
    assert render(SHOWN["real_bug_repeated"]).count("rm_learns_commit(rm2)") == 1
    assert render(SHOWN["real_bug"]).count("rm_learns_commit(rm2)") == 2


def test_a_cell_is_as_bad_as_its_worst_obligation():
    given = [Obligation("a", "x", outcome, 0.5) for outcome in ("proved", "refuted", "unknown", "proved")]
    assert [(cells_of(given[:n])["a", "x"].outcome) for n in (1, 2, 3, 4)] == ["proved", *["refuted"] * 3]
    assert cells_of([given[2], given[0]])["a", "x"].outcome == "unknown"
    assert cells_of(given)["a", "x"].seconds == 2.0


def drawn(part, width=100):
    console = Console(width=width, file=open("/dev/null", "w"))  # noqa: SIM115
    with console.capture() as shown:
        console.print(part)
    return shown.get()


def test_the_table_names_actions_where_they_fit_and_counts_them_where_they_do_not():
    given = obligations(SAFE, LEMMA, rm_prepares="refuted")
    wide, narrow = (drawn(obligations_table(given, "initial", width), width) for width in (140, 80))
    assert "✗ 0.05" in wide
    assert "1 ✗" in narrow
    assert "7 ✓" in narrow
    assert "rm_learns_abort 0.08" in narrow
    assert max(map(len, narrow.splitlines())) <= 80


def test_progress_shows_what_is_done_and_what_is_expected():
    some = obligations(SAFE, LEMMA, actions=("ticks",))[:2]
    progress = ProofProgress("induction", some, 1.0, (SAFE, LEMMA), ("", "ticks"), 50)
    text = drawn(progress_view(progress, 3.2, width=100, height=20))
    assert text.split() == [
        "induction", "2", "of", "4", "obligations", "memory", "50", "MiB", "3", "s",
        "conjunct", "initial", "ticks", SAFE, "✓", "0.01", "✓", "0.02", LEMMA, "·", "·",
    ]  # fmt: skip


def test_progress_leaves_out_what_is_proved_where_the_rows_are_too_many():
    names = [f"conjunct_{number}" for number in range(30)]
    known = (
        *(Obligation(name, "", "proved", 0.1) for name in names[:25]),
        Obligation(names[25], "", "unknown", 9.0),
    )
    progress = ProofProgress("induction", known, 1.0, tuple(names), ("",))
    text = drawn(progress_view(progress, 1.0, width=100, height=20))
    assert "conjunct_24" not in text
    assert "conjunct_25" in text
    assert "25 more proved" in text


def test_progress_without_obligations_says_what_is_being_done():
    text = drawn(
        progress_view(ProofProgress("looking for lemmas: 812 candidates", (), 0.0), 2.0, width=100, height=20)
    )
    assert "looking for lemmas: 812 candidates" in text
