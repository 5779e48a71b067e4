"""The search for lassos against a checker of its own, on random models, formulas and fairness."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from checker.api import check
from checker.explore.exploration import Finding, Move
from checker.lang import any_of
from checker.lang.errors import InternalError
from checker.lang.temporal import Fair
from checker.liveness.automaton import Automaton
from checker.liveness.check import findings, liveness_of
from checker.liveness.graph import Constraint, Path, Source
from checker.liveness.listed import ListedGraph, listed_graph
from checker.reference.system import ReferenceSystem
from checker.result.result import Evidence
from tests.liveness.chance import cases
from tests.liveness.tableau import guesses, refuted, subformulas
from tests.liveness.twin import Graph, Lasso, Position, Step, fairness_of, graph_of, lassos
from tests.liveness.walks import Case, Walk
from tests.liveness.walks import formula as formula_of

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
MOST_GUESSES = 6
"""Formulas that ask for more of the tableau are left out: there are hardly any."""


def found_by_search(case: Case, graph: Graph) -> Finding:
    """What the search says of a case."""
    declaration = case.declaration()
    liveness = liveness_of(declaration, declaration.temporal)
    assert liveness is not None
    system = ReferenceSystem(declaration)
    source = Source(system, liveness.letters, list(graph.steps), None, lambda: None)
    # Hints are looked for only where the exploration is whole; they have tests of their own.
    return findings(liveness, listed_graph(source), source, whole=False)[0]


def as_lasso(case: Case, graph: Graph, moves: tuple[Move, ...], loop: int) -> Lasso:
    """A lasso that was found, made of the twin's own steps; fails where one of them is none."""
    names = [action.name for action in case.declaration().actions]
    states = [move.state for move in moves]
    assert states[0] in graph.initial
    positions: list[Position] = []
    for before, move in zip(states, moves[1:], strict=False):
        assert move.action is not None
        taken = names[move.action], move.arguments, move.state
        steps = [s for s in graph.steps[before] if s.inside and _same(s, *taken)]
        assert len(steps) == 1, f"{before!r} has no step {taken!r}"
        positions.append((before, steps[0]))
    if loop == len(states) - 1:
        return Lasso(graph, (*positions, (states[-1], None)), loop)
    assert states[-1] == states[loop], "the loop does not close"
    return Lasso(graph, tuple(positions), loop)


def _same(step: Step, action: str, arguments: tuple[Any, ...], after: Any) -> bool:
    given = tuple(value for _, value in step.arguments)
    return (step.action, given, step.after) == (action, arguments, after)


HIDDEN = Case(
    Walk(starts=frozenset({1}), gone=((1, 0),), walls=frozenset({0})),
    ("and", ("implies", ("weak", "go"), ("home",)), ("eventually", ("home",))),
)
"""No behaviour is fair as its first part assumes; its second part is refuted."""


GOES_ON = ("weak", "any", ("after", 0, 1, 2, 3, 4))
AWAY = ("strong", "go")
REMOVED = Case(
    Walk(gone=((2, 3),), jumps=((0, 1), (1, 0), (1, 2), (2, 1))), ("eventually", ("in", 3)), (GOES_ON, AWAY)
)
"""Only the loop of 0 and 1 is fair: 2, of the same component, enables what leads away."""

TWICE_REMOVED = Case(
    Walk(gone=((3, 4),), left=((2, 4),), jumps=((0, 1), (1, 0), (1, 2), (2, 0), (2, 3), (3, 2))),
    ("eventually", ("in", 4)),
    (GOES_ON, AWAY, ("strong", "hop", ("side", False))),
)
"""And so with two assumptions, one vertex each."""

WAY = Walk(jumps=((0, 1), (1, 2), (2, 3)))
NESTED = (
    Case(WAY, ("until", ("in", 0), ("until", ("in", 1, 2), ("in", 3))), (GOES_ON,)),
    Case(WAY, ("until", ("until", ("in", 0), ("in", 1)), ("in", 3)), (GOES_ON,)),
    Case(WAY, ("not", ("until", ("in", 0), ("until", ("in", 1), ("in", 2)))), (GOES_ON,)),
    Case(WAY, ("weak until", ("in", 0, 1), ("weak until", ("in", 2), ("in", 4))), (GOES_ON,)),
    Case(WAY, ("not", ("weak until", ("in", 0), ("weak until", ("in", 1, 2, 3), ("in", 4)))), (GOES_ON,)),
)


@pytest.mark.parametrize("case", [HIDDEN, REMOVED, TWICE_REMOVED, *NESTED])
def test_the_search_agrees_where_chance_seldom_leads(case: Case) -> None:
    """Cases that random ones hardly meet: no more than a part of a component is fair, untils within untils."""
    compare(case)


def test_a_fair_loop_within_a_component_that_is_not_is_found() -> None:
    """Strong fairness takes states out of a component, and what is left is searched again."""
    for case in (REMOVED, TWICE_REMOVED):
        finding = found_by_search(case, graph_of(case.declaration()))
        assert finding.holds is False
        assert {move.state.vertex for move in finding.behaviour} == {0, 1}


@pytest.mark.parametrize(
    ("case", "holds"), list(zip(NESTED, (True, False, False, False, False), strict=True))
)
def test_untils_within_untils_are_judged_by_what_stands_before_each(case: Case, holds: bool) -> None:
    """p until (q until r) is not q until r."""
    assert compare(case) == holds


def compare(case: Case) -> bool:
    """Whether the claim holds, after both have said the same and a refutation was looked at."""
    formula = case.claimed(case.walk)
    if guesses(formula) > MOST_GUESSES:
        return found_by_search(case, graph_of(case.declaration())).holds is True
    declaration = case.declaration()
    graph, fairness = graph_of(declaration), fairness_of(declaration)
    finding = found_by_search(case, graph)
    wrong = refuted(graph, formula, fairness)
    assert wrong == (finding.holds is False), finding.ground
    if finding.holds is None:  # nothing that stays within the bounds is fair, also as the claim assumes
        assumed = [part for part in subformulas(formula) if isinstance(part, Fair)]
        assert not refuted(graph, any_of(), [*fairness, *assumed])
    else:
        assert refuted(graph, any_of(), fairness)
    if wrong:
        assert finding.loop is not None
        lasso = as_lasso(case, graph, finding.behaviour, finding.loop)
        assert not lasso.true(formula), "the lasso does not refute the claim"
        assert [one for one in fairness if not lasso.is_fair(one)] == []
    return not wrong


@settings(max_examples=2000, deadline=None, suppress_health_check=QUIET)
@given(cases)
def test_the_search_agrees_with_an_exact_twin(case: Case) -> None:
    """A claim holds by the search where it holds by the tableau; a lasso that is shown refutes it."""
    compare(case)


@pytest.mark.slow
@settings(max_examples=30_000, deadline=None, suppress_health_check=QUIET)
@given(cases)
def test_the_search_agrees_with_an_exact_twin_for_long(case: Case) -> None:
    """The same, of many more."""
    compare(case)


@settings(max_examples=200, deadline=None, suppress_health_check=QUIET)
@given(cases)
def test_no_short_lasso_refutes_what_holds(case: Case) -> None:
    """Lassos of a few positions, listed one by one, refute only what search and tableau say is refuted; and
    a loop that they found is not missed for its being longer than needed."""
    formula = case.claimed(case.walk)
    declaration = case.declaration()
    graph, fairness = graph_of(declaration), fairness_of(declaration)
    listed = islice(lassos(graph, 5), 400)
    wrong = any(all(one.is_fair(fair) for fair in fairness) and not one.true(formula) for one in listed)
    if wrong:
        assert found_by_search(case, graph).holds is False
        assert guesses(formula) > MOST_GUESSES or refuted(graph, formula, fairness)


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(cases)
def test_the_whole_check_agrees_with_the_twin(case: Case) -> None:
    """`check` of the model, hints and all, says what the twin says; it shows the lasso that was found."""
    formula = case.claimed(case.walk)
    assume(guesses(formula) <= MOST_GUESSES)
    result = check(case.model(), engine="python", deadlock=False)
    claim = next(prop for prop in result.properties if prop.name == "claim")
    declaration = case.declaration()
    graph = graph_of(declaration)
    assert (claim.verdict.evidence is Evidence.VIOLATED) == refuted(graph, formula, fairness_of(declaration))
    if claim.trace is not None:
        assert claim.trace.loop is not None
        assert claim.trace.steps[0].state in graph.initial
    for hint in claim.hints:
        told = re.fullmatch(r"it holds under (weak|strong) fairness of `(\w+)`\.", hint)
        if told:
            more = formula_of(case.walk, (told[1], told[2]))
            assert not refuted(graph, formula, [*fairness_of(declaration), more]), hint


HINTED = [
    (Case(Walk(gone=((0, 1),)), ("eventually", ("in", 1))), "it holds under weak fairness of `go`."),
    (
        Case(Walk(gone=((1, 2),), jumps=((0, 1), (1, 0))), ("eventually", ("in", 2)), (GOES_ON,)),
        "it holds under strong fairness of `go`.",
    ),
]


def test_a_hint_is_about_the_whole_property() -> None:
    """What makes one part of a conjunction hold is no hint where another part stays refuted."""
    case = Case(Walk(gone=((0, 1),)), ("and", ("eventually", ("in", 1)), ("always", ("home",))))
    claim = next(
        p for p in check(case.model(), engine="python", deadlock=False).properties if p.name == "claim"
    )
    assert (claim.verdict.evidence, claim.hints) == (Evidence.VIOLATED, ())


@pytest.mark.parametrize(("case", "hint"), HINTED)
def test_a_hint_names_the_weakest_fairness_that_is_enough(case: Case, hint: str) -> None:
    """Weak fairness where that is enough, strong where it is not."""
    claim = next(
        p for p in check(case.model(), engine="python", deadlock=False).properties if p.name == "claim"
    )
    assert claim.hints == (hint,)


TOO_FAR = Case(
    Walk(gone=((0, 5),)),
    ("eventually", ("in", 1)),
    (("weak", "go", ("after", 1)),),
)


def test_a_step_beyond_the_bounds_is_enabled_whatever_is_asked_about_where_it_leads() -> None:
    """What cannot be asked of a state outside its type is not answered with no: to stop is then not fair."""
    assert found_by_search(TOO_FAR, graph_of(TOO_FAR.declaration())).holds is None


class Lying(ListedGraph):
    """A graph that finds a lasso where there is none that refutes anything."""

    def find(self, automaton: Automaton, fair: Sequence[Constraint]) -> Path | None:
        """To stop at once."""
        return Path((0,), (), 0)


@pytest.mark.parametrize(
    "case",
    [
        Case(Walk(), ("always", ("home",))),
        Case(Walk(gone=((0, 1),)), ("eventually", ("in", 1)), (GOES_ON,)),
    ],
)
def test_a_lasso_is_believed_only_if_it_is_fair_and_refutes_the_claim(case: Case) -> None:
    """One that does not is a fault of ours, and no verdict."""
    declaration = case.declaration()
    liveness = liveness_of(declaration, declaration.temporal)
    assert liveness is not None
    states = list(graph_of(declaration).steps)
    source = Source(ReferenceSystem(declaration), liveness.letters, states, None, lambda: None)
    true = listed_graph(source)
    lying = Lying(source, true.initial, true.atoms, true.enabled, true.steps)
    with pytest.raises(InternalError):
        findings(liveness, lying, source, whole=False)
