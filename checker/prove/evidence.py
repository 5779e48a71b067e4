"""Evidence that others can check: verification conditions as SMT-LIB 2, and a second solver's answers.

Every condition of a proof is a file of its own that says what it claims; a solver that knows nothing of
Quorate must answer `unsat` to each.  One that answers `sat` contradicts the first, and that is our fault.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import frozen

from checker.lang.errors import InternalError
from checker.prove.session import Question
from checker.solve.recheck import Rechecked, recheck, require_solver
from checker.solve.smtlib import smtlib
from checker.symbolic.circuit import Circuit, Lit

AT_ONCE = 2
"""How many processes ask the second solver at a time."""


@frozen
class Second:
    """What the second solver said to each question, in their order."""

    answers: tuple[Rechecked, ...]

    @property
    def name(self) -> str:
        """The second solver, with its version; empty if it was asked nothing."""
        return f"{self.answers[0].solver} {self.answers[0].version}" if self.answers else ""


def write(
    circuit: Circuit, questions: Sequence[Question], folder: Path, about: str, names: dict[Lit, str]
) -> list[Path]:
    """Write each question into a file; raises OSError where that fails."""
    folder.mkdir(parents=True, exist_ok=True)
    digits = len(str(len(questions)))
    paths = []
    for number, question in enumerate(questions, 1):
        label = f"{question.conjunct}-{question.action or 'initial'}"
        stem = re.sub(r"[^A-Za-z0-9_]+", "-", label).strip("-")[:80]
        path = folder / f"{number:0{digits}}-{stem}.smt2"
        path.write_text(text(circuit, question, about, names))
        paths.append(path)
    return paths


def text(circuit: Circuit, question: Question, about: str, names: dict[Lit, str]) -> str:
    """One question as SMT-LIB 2, with what it claims at its head."""
    where = f"action {question.action}" if question.action else "initial states"
    comments = [
        about,
        f"claim: {question.conjunct}, {where}",
        "The assertions cannot hold together: each line below is one of them, in order.",
        *(f"  {place}. {name}" for place, name in enumerate(question.names, 1)),
    ]
    return smtlib(circuit, question.lits, comments=comments, expected="unsat", names=names)


def ask_again(
    circuit: Circuit,
    questions: Sequence[Question],
    folder: Path | None,
    about: str,
    names: dict[Lit, str],
    *,
    timeout_s: float | None,
    stopped: Callable[[], bool] | None,
    told: Callable[[int], None],
) -> Second:
    """Ask cvc5 every question; InternalError if it finds one satisfiable.  CallError without cvc5."""
    require_solver("cvc5")
    with tempfile.TemporaryDirectory() as scratch:
        paths = write(circuit, questions, folder or Path(scratch), about, names)

        def one(path: Path) -> Rechecked:
            return recheck(path, timeout_s=timeout_s, stopped=stopped)

        answers = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for answer in pool.map(one, paths):
                answers.append(answer)
                told(len(answers))
    for question, answer in zip(questions, answers, strict=True):
        if answer.status == "sat":
            raise InternalError(
                f"Z3 proves `{question.conjunct}` for `{question.action or 'the initial states'}`, and "
                f"{answer.solver} {answer.version} has a counterexample"
            )
    return Second(tuple(answers))
