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
from checker.prove.session import Conditions, Question
from checker.solve.recheck import Rechecked, recheck, require_solver
from checker.solve.smtlib import smtlib

AT_ONCE = 2
"""How many processes ask the second solver at a time."""


@frozen
class Second:
    """What the second solver said to each question, in their order."""

    answers: tuple[tuple[Question, Rechecked], ...]

    @property
    def name(self) -> str:
        """The second solver, with its version; empty if it was asked nothing."""
        return f"{self.answers[0][1].solver} {self.answers[0][1].version}" if self.answers else ""


def write(conditions: Sequence[Conditions], folder: Path, about: str) -> list[Path]:
    """Write each verification condition into a file; raises OSError where that fails."""
    folder.mkdir(parents=True, exist_ok=True)
    every = [(part, question) for part in conditions for question in part.questions]
    digits = len(str(len(every)))
    paths = []
    for number, (part, question) in enumerate(every, 1):
        label = f"{question.conjunct}-{question.action or 'initial'}"
        stem = re.sub(r"[^A-Za-z0-9_]+", "-", label).strip("-")[:80]
        path = folder / f"{number:0{digits}}-{stem}.smt2"
        path.write_text(text(part, question, about))
        paths.append(path)
    return paths


def text(part: Conditions, question: Question, about: str) -> str:
    """One verification condition as SMT-LIB 2, with what it claims at its head."""
    where = f"action {question.action}" if question.action else "initial states"
    comments = [
        about,
        f"claim: {question.conjunct}, {where}",
        "The assertions cannot hold together: each line below is one of them, in order.",
        *(f"  {place}. {name}" for place, name in enumerate(question.names, 1)),
    ]
    return smtlib(part.circuit, question.lits, comments=comments, expected="unsat", names=part.names)


def ask_again(
    conditions: Sequence[Conditions],
    folder: Path | None,
    about: str,
    *,
    timeout_s: float | None,
    stopped: Callable[[], bool] | None,
    told: Callable[[int], None],
) -> Second:
    """Ask cvc5 every question; InternalError if it finds one satisfiable.  CallError without cvc5."""
    require_solver("cvc5")
    questions = [question for part in conditions for question in part.questions]
    with tempfile.TemporaryDirectory() as scratch:
        paths = write(conditions, folder or Path(scratch), about)

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
    return Second(tuple(zip(questions, answers, strict=True)))
