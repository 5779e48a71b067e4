"""What a spec must not do, found while it runs: each a located error that names the culprit."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Annotated, Any

import pytest

from checker import check
from checker.lang import (
    Bag,
    Between,
    Capacity,
    Map,
    Model,
    action,
    always,
    boundary,
    evolve,
    final,
    frozen,
    initial,
    one_of,
    sometimes,
)
from checker.lang.errors import SpecError

Digit = Annotated[int, Between(0, 9)]

counter = 0


@frozen
class Cell:
    """One digit, and some collections to put things into."""

    n: Digit
    items: Annotated[frozenset[Digit], Capacity(3)]
    flags: Map[bool, Digit]
    bag: Annotated[Bag[Digit], Capacity(2)]


START = Cell(0, frozenset(), Map.fill((False, True), 0), Bag())


@frozen
class Sound(Model[Cell]):
    """Does nothing wrong; each model below overrides one method and does."""

    @initial
    def start(self) -> Cell:
        return START

    @action
    def goes_on(self, s: Cell) -> Cell | None:
        return evolve(s, n=(s.n + 1) % 3)

    def choices(self, s: Cell) -> tuple[int, ...]:
        return (s.n,)

    @action
    def chooses(self, s: Cell, n: int = one_of(choices)) -> Cell | None:
        return evolve(s, n=n)

    @always
    def fine(self, s: Cell) -> bool:
        return True

    @always
    def fine_step(self, before: Cell, after: Cell) -> bool:
        return True

    @sometimes
    def anywhere(self, s: Cell) -> bool:
        return True

    @boundary
    def inside(self, s: Cell) -> bool:
        return True

    @final
    def over(self, s: Cell) -> bool:
        return True


@frozen
class Random(Sound):
    """Draws a random number."""

    def goes_on(self, s: Cell) -> Cell | None:
        return evolve(s, n=random.getrandbits(64))


@frozen
class Global(Sound):
    """Counts its calls in a global variable."""

    def goes_on(self, s: Cell) -> Cell | None:
        global counter
        counter += 1
        return evolve(s, n=counter % 10)


@frozen
class SometimesEnabled(Sound):
    """Is enabled in every second call."""

    def goes_on(self, s: Cell) -> Cell | None:
        global counter
        counter += 1
        return s if counter % 2 else None


@frozen
class RandomStart(Sound):
    """Starts anywhere."""

    def start(self) -> Cell:
        return evolve(START, n=random.getrandbits(64))


@frozen
class RandomDomain(Sound):
    """Lets a parameter range over a random collection."""

    def choices(self, s: Cell) -> tuple[int, ...]:
        return (random.getrandbits(64),)


@frozen
class PutsAList(Sound):
    """Puts a list into the state."""

    def goes_on(self, s: Cell) -> Cell | None:
        return evolve(s, items=[1, 2])  # type: ignore[arg-type]


@frozen
class PutsASet(Sound):
    """Puts a set that can be changed into the state."""

    def goes_on(self, s: Cell) -> Cell | None:
        return evolve(s, items={1, 2})  # type: ignore[arg-type]


@frozen
class PutsAListInAMap(Sound):
    """Puts a list deep into the state."""

    def goes_on(self, s: Cell) -> Cell | None:
        return evolve(s, flags=s.flags.set(True, [1]))  # type: ignore[arg-type]


@frozen
class StartsWithAList(Sound):
    """Has a list in its initial state."""

    def start(self) -> Cell:
        return evolve(START, items=[])  # type: ignore[arg-type]


@frozen
class PutsText(Sound):
    """Puts a string where a number belongs."""

    def goes_on(self, s: Cell) -> Cell | None:
        return evolve(s, n="one")  # type: ignore[arg-type]

    def fine_step(self, before: Cell, after: Cell) -> bool:
        return after.n >= before.n


@frozen
class PutsATruthValue(Sound):
    """Puts True where a number belongs, and no 1 was there before."""

    def goes_on(self, s: Cell) -> Cell | None:
        return evolve(s, n=True)


@frozen
class ReturnsABool(Sound):
    """Returns the guard."""

    def goes_on(self, s: Cell) -> Cell | None:
        return s.n == 0  # type: ignore[return-value]


@frozen
class Raises(Sound):
    """Raises an exception in the third state."""

    def goes_on(self, s: Cell) -> Cell | None:
        return evolve(s, n=(1, 2)[s.n])


@frozen
class RaisesAtStart(Sound):
    """Raises an exception before there is a state."""

    def start(self) -> Cell:
        raise ValueError("no start")


@frozen
class RaisesInDomain(Sound):
    """Raises an exception where a parameter's domain is computed."""

    def choices(self, s: Cell) -> tuple[int, ...]:
        return (1 // s.n,)


@frozen
class NoCollection(Sound):
    """Lets a parameter range over a number."""

    def choices(self, s: Cell) -> tuple[int, ...]:
        return s.n  # type: ignore[return-value]


@frozen
class PropertyRaises(Sound):
    """Has a property that divides by zero."""

    def fine(self, s: Cell) -> bool:
        return 1 // s.n > 0


@frozen
class StepRaises(Sound):
    """Has a step property that divides by zero."""

    def fine_step(self, before: Cell, after: Cell) -> bool:
        return 1 // before.n > 0


@frozen
class PropertyIsNoBool(Sound):
    """Has a property that is a set."""

    def fine(self, s: Cell) -> bool:
        return s.items  # type: ignore[return-value]


@frozen
class SometimesIsNoBool(Sound):
    """Has a `sometimes` that is None."""

    def anywhere(self, s: Cell) -> bool:
        return None  # type: ignore[return-value]


@frozen
class BoundaryIsNoBool(Sound):
    """Has a boundary that is a number."""

    def inside(self, s: Cell) -> bool:
        return s.n  # type: ignore[return-value]


@frozen
class TooMuchAtStart(Sound):
    """Starts with more than its type has room for."""

    def start(self) -> Cell:
        return evolve(START, bag=Bag([1, 1, 1]))


def fails(model: Model[Any]) -> SpecError:
    """The error of a check."""
    with pytest.raises(SpecError) as raised:
        check(model)
    return raised.value


def test_the_sound_model_is_sound() -> None:
    """What the others override is not wrong in itself."""
    assert check(Sound()).holds


@pytest.mark.parametrize(
    ("model", "code", "names"),
    [
        (Random(), "action/nondeterministic", "goes_on"),
        (Global(), "action/nondeterministic", "goes_on"),
        (SometimesEnabled(), "action/nondeterministic", "goes_on"),
        (RandomStart(), "action/nondeterministic", "start"),
        (RandomDomain(), "action/nondeterministic", "choices"),
        (PutsAList(), "state/mutable", "goes_on"),
        (PutsASet(), "state/mutable", "goes_on"),
        (PutsAListInAMap(), "state/mutable", "flags[True]"),
        (StartsWithAList(), "state/mutable", "initial state"),
        (PutsText(), "state/wrong-type", "goes_on"),
        (PutsATruthValue(), "state/wrong-type", "goes_on"),
        (ReturnsABool(), "action/wrong-type", "goes_on"),
        (Raises(), "action/raises", "goes_on"),
        (RaisesAtStart(), "action/raises", "start"),
        (RaisesInDomain(), "action/raises", "chooses"),
        (NoCollection(), "action/bad-domain", "choices"),
        (PropertyRaises(), "property/raises", "fine"),
        (StepRaises(), "property/raises", "fine_step"),
        (PropertyIsNoBool(), "property/not-a-bool", "fine"),
        (SometimesIsNoBool(), "property/not-a-bool", "anywhere"),
        (BoundaryIsNoBool(), "property/not-a-bool", "inside"),
        (TooMuchAtStart(), "state/outside-bounds", "bag"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Model) else None,
)
def test_what_a_spec_does_wrong_is_named_and_located(model: Model[Any], code: str, names: str) -> None:
    """The error has its code, names the action or predicate, and points into this file."""
    problem = fails(model).problem
    assert problem.code == code
    assert names in problem.what
    assert problem.instead
    assert problem.at is not None
    assert problem.at.file == __file__
    culprit = type(model).__name__ if "initial state" not in problem.what else "Cell"
    assert problem.at.line in lines_of(culprit)


def lines_of(cls: str) -> range:
    """The lines of a class in this file."""
    lines = Path(__file__).read_text().splitlines()
    first = next(n for n, line in enumerate(lines, 1) if line == f"class {cls}:" or f"class {cls}(" in line)
    return range(first, first + 12)


def test_the_place_of_a_raise_is_the_expression() -> None:
    """Line and columns of what raised, not of the function."""
    at = fails(Raises()).problem.at
    assert at is not None
    line = Path(__file__).read_text().splitlines()[at.line - 1]
    assert line[at.column - 1 : (at.end or 0) - 1] == "(1, 2)[s.n]"


def test_a_late_change_of_mind_is_found_in_samples() -> None:
    """An action that goes wrong only after thousands of runs is still repeated now and then."""
    global late
    late = 0
    assert fails(Late()).problem.code == "action/nondeterministic"


late = 0


@frozen
class Wide:
    """A large number."""

    n: Annotated[int, Between(0, 9999)]


@frozen
class Late(Model[Wide]):
    """Behaves for two thousand runs."""

    @initial
    def start(self) -> Wide:
        return Wide(0)

    @action
    def goes_on(self, s: Wide) -> Wide | None:
        global late
        late += 1
        return Wide((s.n + 1 + (late if late > 2000 else 0)) % 10000)
