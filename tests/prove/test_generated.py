"""Generated programs: no verdict of a proof contradicts an exhaustive search by CPython.

What is proved is true, what is violated is violated with the same shortest length, and what is bounded to a
depth is not violated up to it.  The prover's own search sees the initial states alone, so that formulas have
to know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker import check
from checker.compile.model import compile_model
from checker.lang.declarations import declare
from checker.lang.errors import SpecError
from checker.lang.model import Model
from checker.result.result import Evidence, PropertyResult, Result
from tests.programs.chance import Chance
from tests.programs.kinds import BOOL, NODE, Bag, Int, Kind, Map, Seq, Set
from tests.programs.models import ModelMaker, load
from tests.programs.statements import Lines
from tests.prove.blind import prove_blindly

AT_ONCE = 20
"""Programs in one test."""

DEPTH = 4


class Maker(ModelMaker):
    """Makes models that go further, with more properties, some of which only few states violate."""

    def action(self, place: int) -> list[Lines]:
        """An action like any, and one that changes a field a little, behind a guard."""
        name, kind = self.chance.of(self.state.fields)
        parameter, value = self.moved(f"s.{name}", kind)
        with self.knowing({"s": self.state, "n": NODE}):
            guard = self.make(BOOL, 1)
        head = f"def moves_{place}(self, s: State, n: Node{parameter}) -> State | None:"
        body = [f"    return None if ({guard}) else evolve(s, {name}={value})"]
        return [*super().action(place), ["@action", head, *body]]

    def moved(self, path: str, kind: Kind) -> tuple[str, str]:
        """A parameter, and the new value of a field."""
        match kind:
            case Int(high=high):
                return "", self.chance.of([f"min({high}, {path} + 1)", f"{path} + 1"])
            case Set() | Bag():
                added = f"{path} | {{x}}" if isinstance(kind, Set) else f"{path}.add(x)"
                return f", x: {kind.item.text}", added
            case Seq():
                return f", x: {kind.item.text}", f"(*{path}, x)[-2:]"
            case Map():
                return f", k: {kind.key.text}, x: {kind.value.text}", f"{path}.set(k, x)"
        return f", x: {kind.text}", "x"

    def predicate(self, place: int) -> Lines:
        made = super().predicate(place)
        for number in range(3):
            with self.knowing({"n": NODE}, ordered=False):
                chosen = [self.chance.of(self.state.fields) for _ in range(2 + self.chance.below(2))]
                tests = [f"s.{name} != ({self.rich(kind, 2)})" for name, kind in chosen]
            made += ["", "@always", f"def differs_{place}_{number}(self, s: State) -> bool:"]
            made += [f"    return all({' or '.join(tests)} for n in self.every(Node))"]
        return made


def searched(model: Model[Any]) -> Result | None:
    """What a search says if it comes to its end; None where it does not, or where the spec raises."""
    try:
        found = check(
            model, engine="python", symmetry=False, keep_going=True, max_states=2000, timeout_s=10.0
        )
    except SpecError:
        return None
    return None if found.stopped else found


def states_in(prop: PropertyResult) -> int | None:
    return None if prop.trace is None else len(prop.trace.steps)


def agreeing(truth: PropertyResult, said: PropertyResult) -> str:
    """How a verdict fits the truth, in words; fails where it does not."""
    evidence, wrong = said.verdict.evidence, truth.verdict.evidence is Evidence.VIOLATED
    if said.kind == "sometimes":
        if said.trace is not None:
            assert not wrong
            assert states_in(said) == states_in(truth)
        assert evidence is not Evidence.PROVED
        return "sometimes"
    if evidence is Evidence.PROVED:
        assert not wrong, f"{said.name} is proved and violated"
        return "proved"
    if evidence is Evidence.VIOLATED:
        assert wrong, f"{said.name} is said to be violated"
        assert states_in(said) == states_in(truth)
        return "violated" if states_in(said) == 1 else "violated later"
    if evidence is Evidence.BOUNDED:
        assert said.verdict.depth is not None
        assert not wrong or (states_in(truth) or 0) > said.verdict.depth, f"{said.name} is violated"
        return "bounded"
    assert evidence is Evidence.UNKNOWN
    return "unknown"


def attempts(model: Model[Any], truth: Result) -> list[Result]:
    """Proofs by each method; bounded checking also of what the initial states alone do not violate."""
    early = {prop.name for prop in truth.violated if states_in(prop) == 1}
    later = [prop.name for prop in truth.properties if prop.name not in early and prop.kind != "sometimes"]
    found = [
        prove_blindly(model, "induction", query_timeout_s=5.0),
        prove_blindly(model, "k-induction", 3, query_timeout_s=5.0),
        prove_blindly(model, "bmc", DEPTH, query_timeout_s=5.0),
    ]
    if later:
        found.append(prove_blindly(model, "bmc", DEPTH, properties=later, query_timeout_s=5.0))
    return found


def compiled(model: Model[Any], truth: Result) -> list[Result]:
    """The attempts; none at a model that cannot be compiled."""
    try:
        compile_model(declare(model))
    except SpecError:
        return []
    return attempts(model, truth)


@pytest.mark.parametrize(
    "begin", [pytest.param(n, marks=[pytest.mark.slow] if n >= AT_ONCE else []) for n in range(0, 400, AT_ONCE)]
)  # fmt: skip
def test_no_verdict_contradicts_a_search(begin: int, tmp_path: Path) -> None:
    """For every property of every program, by every method."""
    seen: Counter[str] = Counter()
    for seed in range(begin, begin + AT_ONCE):
        model = load(Maker(Chance.seeded(seed)).source(), tmp_path)
        truth = searched(model)
        if truth is None:
            continue
        for result in compiled(model, truth):
            for said in result.properties:
                seen[agreeing(truth[said.name], said)] += 1
    assert min(seen[word] for word in ("proved", "violated", "violated later", "bounded")) >= 3, seen


def test_what_raises_in_a_reachable_state_is_never_proved(tmp_path: Path) -> None:
    """Where CPython stops a search with a mistake in the spec, a proof says so too, or proves less."""
    raised = 0
    for seed in range(30):
        model = load(Maker(Chance.seeded(seed)).source(), tmp_path)
        truth = outcome(lambda model=model: check(model, engine="python", symmetry=False, max_states=300))
        if isinstance(truth, SpecError):
            raised += 1
            said = outcome(lambda model=model: prove_blindly(model, "k-induction", 2, query_timeout_s=5.0))
            assert isinstance(said, SpecError) or said.verdict.evidence is not Evidence.PROVED, truth
    assert raised >= 2


def outcome(work: Callable[..., Result]) -> Result | SpecError:
    """A result, or what is wrong with the spec."""
    try:
        return work()
    except SpecError as error:
        return error
