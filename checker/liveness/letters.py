"""Letters: what formulas and fairness can see of a state and of a step, as bits.

An atom is a predicate over a state, a mark a choice of steps.  A state has a bit for each atom, and one for
each mark: that such a step is enabled.  A step has a bit for each mark.  Every engine computes the same
bits; the meaning is here, by CPython.

A step that changes nothing has no letter.  A step that leaves the bounds of types, or the boundary,
makes its marks enabled, though no behaviour takes it: to stop before it is not fair.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

from attrs import define, field, frozen

from checker.lang import source
from checker.lang.declarations import Action, Declaration, Property
from checker.lang.errors import InternalError, SpecError, suggestion
from checker.lang.temporal import Pattern, Taken
from checker.liveness.titles import predicate_title, steps_title, whole_title
from checker.reference import faults
from checker.system import Arguments, OutOfBudget, State

MOST_MARKS = 4096
"""Marks of one model: each is computed for every step."""


@frozen(eq=False)
class Atom:
    """A predicate over a state, how a reader knows it, and who asks for it first, in words."""

    predicate: Callable[..., bool]
    title: str
    asker: str = ""


@frozen(eq=False)
class Chosen:
    """Steps of one action: those with these arguments, by place, of which `where` is true.

    `wanted` are the places of the parameters that `where` takes, in its order; -1 stands for the state
    after the step.
    """

    action: int
    arguments: tuple[tuple[int, Any], ...]
    where: Callable[..., bool] | None
    wanted: tuple[tuple[str, int], ...]

    @property
    def looks_ahead(self) -> bool:
        """Whether it asks about the state after the step."""
        return any(place < 0 for _, place in self.wanted)


@frozen(eq=False)
class Mark:
    """A choice of steps, as the union of choices by action; `asker` as for atoms."""

    chosen: tuple[Chosen, ...]
    title: str
    asker: str = ""


@define(eq=False)
class Letters:
    """The atoms and marks of one run, numbered; the first marks are those of the actions, in their order."""

    declaration: Declaration
    atoms: list[Atom] = field(factory=list)
    marks: list[Mark] = field(factory=list)
    asker: Callable[[str], str] = lambda title: f"`{title}`"
    """Words for who asks for what is made now, given its title."""
    _known: dict[Any, int] = field(factory=dict)
    _by_action: list[list[tuple[int, Chosen, str]]] = field(factory=list)
    _indexed: int = -1

    def __attrs_post_init__(self) -> None:
        for action in self.declaration.actions:
            self.mark(Taken((Pattern(action.name),)))

    # -- making them --

    def atom(self, predicate: Callable[..., bool]) -> int:
        """The number of an atom.  Raises SpecError for a function that does not take one state."""
        key = ("atom", _identity(predicate))
        if key not in self._known:
            _takes_a_state(predicate)
            self._known[key] = len(self.atoms)
            title = predicate_title(predicate)
            self.atoms.append(Atom(predicate, title, self.asker(title)))
        return self._known[key]

    def mark(self, steps: Taken[Any]) -> int:
        """The number of a mark.  Raises SpecError for an action, parameter or argument that is unknown."""
        key = ("mark", tuple(_pattern_identity(pattern) for pattern in steps.patterns))
        if key not in self._known:
            chosen = tuple(one for pattern in steps.patterns for one in self._chosen(pattern))
            self._known[key] = len(self.marks)
            title = steps_title(steps)
            self.marks.append(Mark(chosen, title, self.asker(title)))
            if len(self.marks) > MOST_MARKS:
                raise SpecError(
                    "temporal/too-many-steps",
                    f"fairness and formulas tell more than {MOST_MARKS} kinds of steps apart",
                    why="Each of them is looked for in every step of every state.",
                    instead="Ask fairness of fewer values, or of steps together: taken(self.act, where=...).",
                )
        return self._known[key]

    def _chosen(self, pattern: Pattern) -> Iterable[Chosen]:
        actions = self.declaration.actions
        if pattern.action is None:
            return [self._of_action(number, pattern) for number in range(len(actions))]
        names = [action.name for action in actions]
        if pattern.action not in names:
            if self._left_out(pattern.action):
                return []
            raise SpecError(
                "temporal/unknown-action",
                f"`{self.declaration.name}` has no action `{pattern.action}`",
                instead=suggestion(pattern.action, names),
            )
        return [self._of_action(names.index(pattern.action), pattern)]

    def _left_out(self, name: str) -> bool:
        """Whether an action exists, though not under these constants."""
        role = getattr(
            inspect.getattr_static(type(self.declaration.model), name, None), "__quorate_role__", None
        )
        return role is not None and role.kind == "action"

    def _of_action(self, number: int, pattern: Pattern) -> Chosen:
        action = self.declaration.actions[number]
        arguments = _arguments(action, pattern)
        wanted = () if pattern.where is None else _wanted(action, pattern.where, any_=pattern.action is None)
        return Chosen(number, arguments, pattern.where, wanted)

    # -- reading them --

    def atoms_of(self, state: State) -> int:
        """The bits of the atoms that are true of a state."""
        return sum(1 << place for place, atom in enumerate(self.atoms) if self._true(atom, state))

    def step(
        self, before: State, action: int, arguments: Arguments, after: State, *, inside: bool = True
    ) -> int:
        """The marks of a step that changes the state; one that is not `inside` is asked nothing about where
        it leads."""
        marks = 0
        for bit, chosen, title in self._of(action):
            if not marks & bit and self._matches(chosen, title, before, arguments, after if inside else None):
                marks |= bit
        return marks

    def _of(self, action: int) -> list[tuple[int, Chosen, str]]:
        """The choices that steps of an action may match, each with its bit."""
        if len(self.marks) != self._indexed:
            self._indexed = len(self.marks)
            self._by_action = [self._listed(number) for number in range(len(self.declaration.actions))]
        return self._by_action[action]

    def _listed(self, action: int) -> list[tuple[int, Chosen, str]]:
        return [
            (1 << place, chosen, mark.title)
            for place, mark in enumerate(self.marks)
            for chosen in mark.chosen
            if chosen.action == action
        ]

    def _matches(
        self, chosen: Chosen, title: str, before: State, arguments: Arguments, after: State | None
    ) -> bool:
        """Whether a choice has a step of its action; `after` is None where that is not to be asked about."""
        if any(arguments[place] != value for place, value in chosen.arguments):
            return False
        if chosen.where is None or (chosen.looks_ahead and after is None):
            return True
        named = {name: after if place < 0 else arguments[place] for name, place in chosen.wanted}
        return self._asked(chosen.where, title, (before,), named)

    def _true(self, atom: Atom, state: State) -> bool:
        return self._asked(atom.predicate, atom.title, (state,), {})

    def _asked(
        self, function: Callable[..., bool], title: str, states: tuple[State, ...], named: dict[str, Any]
    ) -> bool:
        """What a predicate answers; SpecError where it raises, or answers neither True nor False."""
        value: Any
        try:
            value = function(*states, **named)
        except (InternalError, OutOfBudget, SpecError):
            raise  # it speaks of its own place: a refinement mapping, for one
        except Exception as error:
            shown = Property(title, "always", function, "")
            raise faults.predicate_raised(self.declaration, shown, error, states) from error
        if value is True or value is False:
            return value

        @wraps(function)  # so that the text of the spec is found, not this
        def again(_: Any, state: State) -> bool:
            return function(state, **named)

        shown = Property(title, "always", again, "")
        raise faults.not_a_truth_value(self.declaration, shown, value, states)


# -- what makes two the same ----------------------------------------------------------------------


def _identity(function: Callable[..., Any]) -> Any:
    """Equal for functions that are surely the same: the same code over the same values."""
    inner = getattr(function, "__func__", function)
    code = getattr(inner, "__code__", None)
    if code is None:
        return id(function)
    cells = tuple(cell.cell_contents for cell in inner.__closure__ or ())
    parts = (code, id(getattr(function, "__self__", None)), cells, inner.__defaults__)
    try:
        hash(parts)
    except TypeError:
        return id(function)
    return tuple((type(part), part) for part in parts), tuple(type(cell) for cell in cells)


def _pattern_identity(pattern: Pattern) -> Any:
    where = None if pattern.where is None else _identity(pattern.where)
    given = (*pattern.positional, *pattern.arguments)
    return pattern.action, given, tuple(type(one) for one in given), where


# -- what a reader may have got wrong -------------------------------------------------------------


def _takes_a_state(predicate: Callable[..., bool]) -> None:
    needed, most = _arity(predicate)
    if not needed <= 1 <= most:
        raise SpecError(
            "temporal/predicate",
            f"`{whole_title(predicate)}` does not take one state",
            why="The predicates of a temporal formula are asked of one state at a time.",
            instead="Write lambda s: ..., and name whatever else it needs inside; for steps, taken(...).",
            at=source.at_function(predicate),
        )


def _arity(function: Callable[..., Any]) -> tuple[int, int]:
    parameters = inspect.signature(function).parameters.values()
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return sum(p.default is p.empty for p in positional), len(positional)


def _arguments(action: Action, pattern: Pattern) -> tuple[tuple[int, Any], ...]:
    """The arguments of a pattern by their places."""
    names = [parameter.name for parameter in action.parameters]
    if len(pattern.positional) > len(names):
        raise SpecError(
            "temporal/arguments",
            f"`{action.name}` has {len(names)} parameters, and {len(pattern.positional)} arguments are given",
            instead=f"Give values for {', '.join(names) or 'none'}, in this order or by name.",
        )
    given: dict[int, Any] = dict(enumerate(pattern.positional))
    for name, value in pattern.arguments:
        if name not in names:
            raise SpecError(
                "temporal/unknown-parameter",
                f"`{action.name}` has no parameter `{name}`",
                instead=suggestion(name, names) if names else "Leave the argument out.",
            )
        if names.index(name) in given:
            raise SpecError("temporal/arguments", f"`{name}` of `{action.name}` is given twice")
        given[names.index(name)] = value
    for place, value in given.items():
        fault = action.parameters[place].type.fault(value)
        if fault is not None:
            raise SpecError(
                "temporal/outside-type",
                f"`{names[place]}` of `{action.name}` is never {fault.value!r}",
                why=f"It ranges over {action.parameters[place].type}, so no such step can be taken.",
                instead="Give one of its values, or leave the argument out: then it is any of them.",
            )
    return tuple(sorted(given.items(), key=lambda one: one[0]))


def _wanted(action: Action, where: Callable[..., bool], *, any_: bool) -> tuple[tuple[str, int], ...]:
    """Which parameters of an action a `where` takes, after the state."""
    names = [parameter.name for parameter in action.parameters]
    taken: Sequence[str] = list(inspect.signature(where).parameters)
    known = ["after"] if any_ else ["after", *names]
    unknown = next((name for name in taken[1:] if name not in known), None)
    if not taken or unknown is not None:
        what = f"takes `{unknown}`, which is none of them" if unknown else "takes no state"
        raise SpecError(
            "temporal/where",
            f"`where` is asked about steps of {'any action' if any_ else f'`{action.name}`'}, and {what}",
            why="It takes the state before the step and, by their names, parameters of the action, or `after`: "
            "the state after the step.",
            instead=f"After the state, name some of: {', '.join(known)}.",
            at=source.at_function(where),
        )
    return tuple(
        (name, -1 if name == "after" and name not in names else names.index(name)) for name in taken[1:]
    )
