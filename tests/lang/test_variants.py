"""Marks that a spec gives for the library and for the table of assumptions."""

from __future__ import annotations

from typing import Annotated, Any

from checker.lang import Cluster, Model, Relaxed, action, frozen, initial, variant_of
from checker.lang.declarations import declare
from checker.library import Entry
from checker.library import variant_of as varies
from specs.transactions.transaction_commit import TransactionCommit


@frozen
class State:
    """Whether it is on."""

    on: bool


@frozen
class Lamp(Model[State]):
    """A lamp."""

    broken: Annotated[bool, Relaxed(True, "the bulb is broken")] = False

    @initial
    def off(self) -> State:
        """It begins off."""
        return State(on=False)

    @action
    def switches(self, s: State) -> State:
        """On, and off again."""
        return State(on=not s.on)


@variant_of(TransactionCommit)
@frozen
class Sketch(Lamp):
    """Broken: a lamp is no protocol."""


@frozen
class Smaller(Sketch):
    """A sketch of a sketch."""


def entry(cls: type[Model[Any]]) -> Entry:
    """As in the library."""
    return Entry("", cls, "", varies(cls))


def test_a_variant_names_its_original_though_it_derives_from_something_else() -> None:
    """What derives from the variant is a variant of that one."""
    assert varies(Sketch) is TransactionCommit
    assert varies(Smaller) is Sketch
    assert varies(Lamp) is None


def test_what_is_there_to_fail_says_so_first() -> None:
    """A variant that is no mistake does not begin with it."""
    assert [entry(cls).broken for cls in (Lamp, Sketch, Smaller)] == [False, True, False]


def test_an_assumption_bounds_nothing() -> None:
    """The constant has the type that it has without the mark."""
    (constant,) = declare(Lamp()).constants
    assert (constant.name, constant.value) == ("broken", False)
    assert declare(Lamp(broken=True)).constants[0].value is True
    assert "fifo" in Cluster.__annotations__
