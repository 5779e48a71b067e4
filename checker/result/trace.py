"""Traces: behaviours as data, and what changes from one state to the next."""

from __future__ import annotations

from typing import Any, Literal

import attrs
from attrs import frozen

from checker.lang.types import FiniteType, RecordType
from checker.lang.values import Bag, Map, order
from checker.result.show import show


@frozen
class Event:
    """What a step looks like in per-node lanes: at which lane, from which other one, and what."""

    at: Any
    label: str
    sender: Any = None


@frozen
class Step:
    """One state of a trace, and the action with its arguments that led there; None at the start.

    `types` are those of the arguments, for whoever writes them down.
    """

    action: str | None
    arguments: tuple[tuple[str, Any], ...]
    state: Any
    event: Event | None = None
    types: tuple[FiniteType, ...] = ()


@frozen
class Assumed:
    """An assumption of fairness, and how the loop of a lasso satisfies it; `steps` are the numbers of the
    steps of the loop that it asks for.  Those of one `kind` differ in values of arguments only; empty
    where that is not known."""

    assumption: str
    how: str
    steps: tuple[int, ...] = ()
    kind: str = ""


Counterpart = Literal["initial", "state", "step", "stutter", "none"]
"""What a step of an abstract behaviour is to the abstract model: an initial state of it, or any state where the
behaviour does not begin with an initial one; a step; no change; or nothing that it has."""


@frozen
class Trace:
    """A behaviour of a model: `kind` is "counterexample", "witness" or "behaviour".

    A lasso has a `loop`: the place of the state at which it begins.  If that is the last one, the behaviour
    stops there; otherwise the last state is the one at `loop` again, and so on for ever.  `fairness` says
    why it is fair.  `beside` is the behaviour of an abstract model, state by state, where a refinement is
    shown, and its `counterparts` say what each of its steps is there.  `model` is whose behaviour this is,
    where the result does not say it.
    """

    kind: str
    steps: tuple[Step, ...]
    state_type: RecordType
    lanes: tuple[Any, ...] = ()
    loop: int | None = None
    fairness: tuple[Assumed, ...] = ()
    beside: Trace | None = None
    model: str = ""
    counterparts: tuple[Counterpart, ...] = ()

    @property
    def stops(self) -> bool:
        """Whether this is a lasso that stops in its last state."""
        return self.loop is not None and self.loop == len(self.steps) - 1


@frozen
class Change:
    """One difference: the path inside the state, and the value before and after.

    A set or bag that gains or loses members is one change for each: `before` or `after` is then
    absent, and `member` is True.
    """

    path: str
    before: Any
    after: Any
    member: bool = False


class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT: Any = _Absent()


def changes(before: Any, after: Any, path: str = "") -> list[Change]:
    """Only what differs between two values, as deep inside as the difference goes."""
    if before == after:
        return []
    kind = type(before)
    if kind is not type(after):
        return [Change(path, before, after)]
    if kind is Map and before.keys() == after.keys():
        found = []
        for key in before:
            found += changes(before[key], after[key], f"{path}[{show(key)}]")
        return found
    if kind is frozenset:
        return _members(path, before - after, after - before)
    if kind is Bag:
        return _bag_members(path, before, after)
    if attrs.has(kind):
        found = []
        for attribute in attrs.fields(kind):
            name = attribute.name
            below = f"{path}.{name}" if path else name
            found += changes(getattr(before, name), getattr(after, name), below)
        return found
    return [Change(path, before, after)]


def _members(path: str, lost: frozenset[Any], gained: frozenset[Any]) -> list[Change]:
    out = [Change(path, member, ABSENT, member=True) for member in sorted(lost, key=order)]
    return out + [Change(path, ABSENT, member, member=True) for member in sorted(gained, key=order)]


def _bag_members(path: str, before: Bag[Any], after: Bag[Any]) -> list[Change]:
    lost = sorted((before - after).elements(), key=order)
    gained = sorted((after - before).elements(), key=order)
    out = [Change(path, member, ABSENT, member=True) for member in lost]
    return out + [Change(path, ABSENT, member, member=True) for member in gained]
