"""Choices that wait for domains: which may, and where guards are asked then."""

from __future__ import annotations

from attrs import evolve

from checker.ir import nodes
from checker.ir.nodes import BOOL, Equal, Expr, If, Local, Or
from checker.ir.passes.guards import hoist_guards
from checker.ir.passes.later import wait_for_domains
from checker.ir.printer import printed_definition
from checker.ir.program import Choice
from checker.ir.verify import verify
from checker.lang.types import NoneType, SetType
from tests.ir import samples
from tests.ir.samples import NOTHING, PREPARES, PROGRAM, RESULT, RMS, S, of, some

HEARD = of("heard")


def ready(name: str) -> Expr:
    """A condition on one resource manager."""
    state = nodes.Get(of("phase"), Local(name, type=RMS), type=samples.PHASE)
    return Equal(state, samples.READY, type=BOOL)


def reordered(test: Expr, *choices: Choice) -> tuple[str, list[str]]:
    """The names of the choices of an action after the pass, and what is printed under its head."""
    body = If(test, NOTHING, some(S), type=RESULT)
    before = hoist_guards(evolve(PROGRAM, actions=(evolve(PREPARES, choices=choices, body=body),)))
    verify(before)
    after = wait_for_domains(before)
    verify(after)
    action = after.actions[0]
    names = "".join(choice.name for choice in action.choices)
    return names, [line.strip() for line in printed_definition(action).splitlines()[1:]]


def test_a_choice_waits_that_is_only_asked_about_with_the_others() -> None:
    """The condition on the domain's choice alone becomes a guard in front of the one that waits."""
    both = Equal(Local("q", type=RMS), Local("v", type=RMS), type=BOOL)
    assert reordered(Or((ready("q"), both), type=BOOL), Choice("v", RMS), Choice("q", RMS, HEARD)) == (
        "qv",
        ["guard knowing q: s.phase[q] != PREPARED", "if q == v then None else s"],
    )


def test_a_choice_that_a_domain_uses_stays() -> None:
    """The domain cannot be evaluated without it."""
    domain = Choice("q", RMS, If(Equal(Local("v", type=RMS), Local("v", type=RMS), type=BOOL), HEARD, HEARD,
                                 type=SetType(RMS)))  # fmt: skip
    assert reordered(ready("q"), Choice("v", RMS), domain)[0] == "vq"


def test_a_choice_that_a_guard_decides_stays() -> None:
    """Such a guard saves evaluating the domain."""
    assert reordered(ready("v"), Choice("v", RMS), Choice("q", RMS, HEARD)) == (
        "vq",
        ["guard knowing v: s.phase[v] != PREPARED", "s"],
    )


def test_a_guard_stays_behind_the_domains_that_it_did_not_pass() -> None:
    """A domain that may be stuck is still evaluated before a condition may refuse."""
    stuck = If(nodes.Stuck("boom", type=BOOL), HEARD, HEARD, type=HEARD.type)
    choices = Choice("v", RMS), Choice("a", RMS, stuck), Choice("b", RMS, HEARD)
    decided = nodes.Is(of("decision"), NoneType(), type=BOOL)
    names, lines = reordered(decided, *choices)
    assert (names, lines[-2:]) == ("abv", ["guard knowing a: s.decision is not None", "s"])
