"""Lemmas that nobody wrote: found, pasted into the spec, and proved there."""

from __future__ import annotations

import inspect
import textwrap
from pathlib import Path
from typing import Any

import pytest

from checker.api import prove
from checker.compile.model import compile_model
from checker.lang import Model
from checker.lang.declarations import declare
from checker.library import find
from checker.result.result import Evidence, Result
from specs.transactions import two_phase_commit
from specs.transactions.two_phase_commit import TwoPhaseCommit, TwoPhaseCommitUnilateralAbort
from tests.prove import locks
from tests.prove.blind import prove_blindly
from tests.prove.locks import FencedLease, Peterson, TestAndSet, TicketLock


def without_lemmas(folder: Path) -> Model[Any]:
    """Two-phase commit from a file in which no lemma is declared."""
    source = inspect.getsource(two_phase_commit)
    begin, end = source.index("    @lemma"), source.index("    @sometimes")
    path = folder / "bare_commit.py"
    path.write_text(source[:begin] + source[end:], encoding="utf-8")
    model: Model[Any] = find(f"{path}:TwoPhaseCommit")(rms=2)
    assert declare(model).lemmas == ()
    return model


def pasted(module: Any, name: str, result: Result, folder: Path) -> type[Model[Any]]:
    """The spec of a module with what was found in a subclass, in a file of its own."""
    assert result.proof is not None
    lines = ["", "", "@frozen", f"class Pasted({name}):", '    """With what was found."""', ""]
    methods = [textwrap.indent(textwrap.dedent(found.source), "    ") for found in result.proof.found]
    path = folder / f"pasted_{name.lower()}.py"
    source = (
        Path(inspect.getfile(module))
        .read_text(encoding="utf-8")
        .replace("frozen, initial,", "frozen, initial, lemma,")
    )
    source = source.replace("lemma, lemma,", "lemma,").replace("lemma, sometimes\n", "lemma, sometimes\n")
    path.write_text(source + "\n".join(lines) + "\n" + "\n\n".join(methods) + "\n", encoding="utf-8")
    return find(f"{path}:Pasted")


def safety(result: Result) -> set[Evidence]:
    """The evidence for all that must hold in every state."""
    return {prop.verdict.evidence for prop in result.properties if prop.kind in ("always", "step")}


@pytest.mark.parametrize("model", [TestAndSet(clients=2), FencedLease(), Peterson(), TicketLock()], ids=repr)
def test_locks_are_proved_by_found_lemmas_alone(model: Model[Any], tmp_path: Path) -> None:
    """Without them nothing proves the lock; pasted into the spec they do, and nothing has to be found."""
    properties = [one.name for one in declare(model).properties if one.kind == "always"]
    assert (
        Evidence.PROVED not in safety(prove_blindly(model, "induction", properties=properties))
        or len(properties) > 1
    )
    found = prove_blindly(model, "induction", properties=properties, find_lemmas=True)
    assert safety(found) == {Evidence.PROVED}
    assert found.proof is not None
    assert found.proof.found
    again = pasted(locks, type(model).__name__, found, tmp_path)()
    result = prove_blindly(again, "induction", properties=properties)
    assert safety(result) == {Evidence.PROVED}
    assert {one.name for one in found.proof.found} <= {lemma.name for lemma in declare(again).lemmas}


def test_two_phase_commit_is_proved_without_its_lemmas(tmp_path: Path) -> None:
    """As `quorate prove` does it by default."""
    model = without_lemmas(tmp_path)
    assert safety(prove_blindly(model, "induction")) != {Evidence.PROVED}
    found = prove(model)
    assert safety(found) == {Evidence.PROVED}
    assert found.proof is not None
    assert found.proof.candidates > len(found.proof.found) > 0


def test_no_found_lemma_saves_what_is_broken() -> None:
    """What is violated stays violated, whatever is looked for."""
    model = TwoPhaseCommitUnilateralAbort(rms=2)
    found = prove_blindly(model, "induction", properties=["no_disagreement"], find_lemmas=True)
    assert found["no_disagreement"].verdict.evidence is Evidence.UNKNOWN
    assert prove(model)["no_disagreement"].verdict.evidence is Evidence.VIOLATED


def test_all_candidates_compile_as_they_are_printed() -> None:
    """What is found for the library's own spec, where nothing is missing, is nothing."""
    found = prove(TwoPhaseCommit(rms=2), find_lemmas=True)
    assert found.proof is not None
    assert found.proof.found == ()
    assert compile_model(declare(TwoPhaseCommit(rms=2))).properties
