"""The audit: where generated code and CPython disagree, the run ends and says whose fault it is.

A disagreement is made by giving the audit the generated code of one model and the functions of another
that differs in one place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from checker.engines import compiled
from checker.lang.declarations import declare
from checker.lang.errors import InternalError
from checker.lang.model import Model
from checker.native.audit import Audit
from checker.native.host import Host, Questions
from checker.reference.system import ReferenceSystem
from checker.system import Predicate
from specs.transactions.two_phase_commit import TwoPhaseCommit, TwoPhaseCommitUnilateralAbort


def audit(
    native: Model[Any], python: Model[Any], lie: Callable[[Predicate], Predicate] | None = None
) -> Audit:
    """An audit of the code of one model by the functions of another; `lie` changes what those say."""
    model = compiled(declare(native))
    system = ReferenceSystem(declare(python))
    asked = [p if lie is None else lie(p) for p in system.predicates(model.always)]
    questions = Questions(tuple(enumerate(asked)), (), ())
    return Audit(Host(model.library, model.codec, model.bounds, system, questions), None)


def test_code_that_means_the_same_passes() -> None:
    """As many states as must be."""
    auditor = audit(TwoPhaseCommit(), TwoPhaseCommit())
    auditor.complete()
    assert auditor.states == 20


def test_a_transition_that_only_one_of_them_takes_is_found() -> None:
    """Aborting when prepared is the variant's mistake."""
    auditor = audit(TwoPhaseCommit(), TwoPhaseCommitUnilateralAbort())
    with pytest.raises(InternalError, match="disagree on the steps by `rm_chooses_to_abort`"):
        auditor.complete()


def test_a_predicate_on_which_they_differ_is_found() -> None:
    """In the first state already."""

    def lie(predicate: Predicate) -> Predicate:
        return evolve(predicate, holds=lambda *states: not predicate.holds(*states))

    with pytest.raises(InternalError, match="disagree on `no_disagreement`"):
        audit(TwoPhaseCommit(), TwoPhaseCommit(), lie).look()
