"""The native engine against the reference engine and the twin, on random models with several claims each."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.lang import frozen, temporal
from tests.liveness.chance import cases, claims
from tests.liveness.engines import ENGINES, holding, lasso_of, run
from tests.liveness.engines import temporal as judged
from tests.liveness.tableau import guesses, refuted
from tests.liveness.twin import fairness_of, graph_of
from tests.liveness.walks import CONSTANTS, Case, Tree, Walk, formula

pytestmark = pytest.mark.skipif("native" not in ENGINES, reason="only the reference engine is tested")

MANY = st.lists(claims, min_size=6, max_size=10).map(tuple)
"""Compiling a model takes longest, so each is asked much."""


def asking(case: Case, more: tuple[Tree, ...]) -> Walk:
    """The model of a case with further claims."""
    base = type(case.model())
    body: dict[str, Any] = {"__module__": __name__}
    for number, tree in enumerate(more):
        body[f"claim_{number}"] = temporal(_claim(tree))
    made = frozen(type("AskedMuch", (base,), body))
    return made(**{name: getattr(case.walk, name) for name in CONSTANTS})  # type: ignore[no-any-return]


def _claim(tree: Tree) -> Any:
    def claim(model: Walk) -> Any:
        return formula(model, tree)

    return claim


def agree(case: Case, more: tuple[Tree, ...]) -> None:
    """Both engines say the same with one worker and two, and the twin says so too of what is not too large."""
    model = asking(case, more)
    python, alone, together = run(model), run(model, "native", workers=1), run(model, "native", workers=2)
    assert holding(alone) == holding(python)
    assert [(p.verdict, p.evidence, p.trace, p.why) for p in judged(alone).values()] == [
        (p.verdict, p.evidence, p.trace, p.why) for p in judged(together).values()
    ]
    declaration = case.declaration()
    graph, fairness = graph_of(declaration), fairness_of(declaration)
    for name, tree in [("claim", case.claim), *((f"claim_{n}", tree) for n, tree in enumerate(more))]:
        asked, prop = formula(case.walk, tree), judged(alone)[name]
        if prop.trace is not None:
            lasso = lasso_of(graph, prop)
            assert not lasso.true(asked)
            assert [one for one in fairness if not lasso.is_fair(one)] == []
        elif guesses(asked) <= 6:
            assert not refuted(graph, asked, fairness)


QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@settings(max_examples=8, deadline=None, suppress_health_check=QUIET)
@given(cases, MANY)
def test_native_code_agrees_with_the_reference_and_the_twin(case: Case, more: tuple[Tree, ...]) -> None:
    """Verdicts, and lassos that are fair and refute their claims, by generated code."""
    agree(case, more)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
@given(cases, MANY)
def test_native_code_agrees_with_the_reference_for_long(case: Case, more: tuple[Tree, ...]) -> None:
    """The same, of many more."""
    agree(case, more)
