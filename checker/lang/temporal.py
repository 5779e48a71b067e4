"""Temporal formulas: what is to hold of whole behaviours, and which of them are fair.

    @temporal
    def whoever_tries_gets_in(self, p: Process) -> Formula[State]:
        return leads_to(lambda s: s.at[p] is TRYING, lambda s: s.at[p] is CRITICAL)

A formula is data.  It is made of predicates over a state (a bound method or a lambda), of steps that
are `taken` or `enabled`, of `&`, `|`, `~` and `implies`, and of the operators of linear temporal logic
(Pnueli 1977; Lamport, "The Temporal Logic of Actions", 1994).

What a behaviour is.  A sequence of states, each of which follows from the one before it by a step that
changes it; it goes on for ever, or it stops, and then its last state stays for ever.  It may stop
anywhere, unless fairness forbids it.  A step that changes nothing is no step: it is neither taken nor
does it make an action enabled, as in TLA+'s <<A>>_v.  `next_state` looks one step ahead; where the
behaviour has stopped, at the same state again.

Nothing here knows how a formula is checked.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable
from typing import Any, Concatenate, Generic, Literal, NoReturn, TypeAlias, TypeVar, overload

from attrs import field, frozen

from checker.lang import source
from checker.lang.errors import SpecError

S = TypeVar("S")


@frozen
class Formula(Generic[S]):
    """A statement about behaviours over states of type S."""

    def __and__(self, other: Claim[S]) -> Formula[S]:
        return all_of(self, other)

    def __rand__(self, other: Claim[S]) -> Formula[S]:
        return all_of(other, self)

    def __or__(self, other: Claim[S]) -> Formula[S]:
        return any_of(self, other)

    def __ror__(self, other: Claim[S]) -> Formula[S]:
        return any_of(other, self)

    def __invert__(self) -> Formula[S]:
        return Negation(self)

    def __bool__(self) -> NoReturn:
        raise SpecError(
            "temporal/truth-value",
            "a temporal formula was used where Python wants True or False",
            why="Whether a formula holds depends on a whole behaviour, so `and`, `or`, `not` and `if` cannot "
            "look at it.",
            instead="Join formulas with &, | and ~, or with all_of, any_of and implies.",
        )


Claim: TypeAlias = Formula[S] | Callable[[S], bool]
"""A formula, or a predicate over a state: that it is true now."""


@frozen
class Now(Formula[S]):
    """A predicate is true of the present state."""

    predicate: Callable[[S], bool]


@frozen
class Negation(Formula[S]):
    """Something is false."""

    operand: Formula[S]


@frozen
class Conjunction(Formula[S]):
    """All of these are true; with no parts, true."""

    parts: tuple[Formula[S], ...]


@frozen
class Disjunction(Formula[S]):
    """One of these is true; with no parts, false."""

    parts: tuple[Formula[S], ...]


@frozen
class Implication(Formula[S]):
    """If the first is true, the second is."""

    premise: Formula[S]
    conclusion: Formula[S]


@frozen
class NextState(Formula[S]):
    """Something is true after the next step; where the behaviour has stopped, now."""

    operand: Formula[S]


@frozen
class Always(Formula[S]):
    """Something is true from now on."""

    operand: Formula[S]


@frozen
class Eventually(Formula[S]):
    """Something is true now or at some time later."""

    operand: Formula[S]


@frozen
class Until(Formula[S]):
    """`goal` is true at some time, and `meanwhile` at all times before; `weak`: or `meanwhile` for ever."""

    meanwhile: Formula[S]
    goal: Formula[S]
    weak: bool = False


@frozen
class LeadsTo(Formula[S]):
    """Whenever `cause` is true, `effect` is true then or later."""

    cause: Formula[S]
    effect: Formula[S]


# -- steps ----------------------------------------------------------------------------------------


@frozen
class Pattern:
    """Some steps: those of an action (None: of any) with these arguments, of which `where` is true.

    `where` takes the state before the step and, by their names, parameters of the action, or `after`.
    """

    action: str | None
    arguments: tuple[tuple[str, Any], ...] = ()
    where: Callable[..., bool] | None = None
    positional: tuple[Any, ...] = ()


@frozen
class Taken(Formula[S]):
    """The next step is one of these; false where the behaviour has stopped."""

    patterns: tuple[Pattern, ...]

    def __or__(self, other: Taken[S]) -> Taken[S]:  # type: ignore[override]  # any claim: Formula.__ror__
        if not isinstance(other, Taken):
            return any_of(self, other)  # type: ignore[unreachable]
        return Taken((*self.patterns, *other.patterns))


@frozen
class Enabled(Formula[S]):
    """One of these steps could be taken now, and would change the state."""

    steps: Taken[S]


Strength = Literal["weak", "strong"]


@frozen
class Fair(Formula[S]):
    """Weak fairness: what is enabled for ever is taken again and again.  Strong fairness: what is
    enabled again and again is.

    `title` says which steps, in the words of the spec; empty where the patterns say it.
    """

    strength: Strength
    steps: Taken[S]
    title: str = field(default="", eq=False)


Action = Callable[Concatenate[S, ...], S | None]


@overload
def taken(
    action: Action[S], /, *arguments: Any, where: Callable[..., bool] | None = None, **named: Any
) -> Taken[S]: ...
@overload
def taken(*, where: Callable[..., bool]) -> Taken[Any]: ...
def taken(
    action: Callable[..., Any] | None = None,
    /,
    *arguments: Any,
    where: Callable[..., bool] | None = None,
    **named: Any,
) -> Taken[Any]:
    """The next step is by this action: with these arguments, and such that `where` is true of it.

    Arguments are given in order or by name; the others are free.  `where` takes the state, and by their
    names any parameters of the action and `after`, the state after the step: `taken(self.receive,
    where=lambda s, m: m.to == p)`.  Without an action, `taken(where=lambda s, after: ...)` are steps of
    any.  `taken(a) | taken(b)` is a step by one of two actions.
    """
    name = None if action is None else action.__name__
    return Taken((Pattern(name, tuple(named.items()), where, arguments),))


@overload
def enabled(steps: Taken[S], /) -> Formula[S]: ...
@overload
def enabled(steps: Action[S], /, *arguments: Any, **named: Any) -> Formula[S]: ...
def enabled(steps: Any, /, *arguments: Any, **named: Any) -> Formula[Any]:
    """One of these steps could be taken now, and would change the state."""
    return Enabled(_steps(steps, arguments, named))


@overload
def weakly_fair(steps: Taken[S], /) -> Formula[S]: ...
@overload
def weakly_fair(steps: Action[S], /, *arguments: Any, **named: Any) -> Formula[S]: ...
def weakly_fair(steps: Any, /, *arguments: Any, **named: Any) -> Formula[Any]:
    """If such a step is enabled from some time on for ever, one is taken again and again.

    `steps` is an action with arguments as for `taken`, or what `taken` gives.
    """
    return Fair("weak", _steps(steps, arguments, named))


@overload
def strongly_fair(steps: Taken[S], /) -> Formula[S]: ...
@overload
def strongly_fair(steps: Action[S], /, *arguments: Any, **named: Any) -> Formula[S]: ...
def strongly_fair(steps: Any, /, *arguments: Any, **named: Any) -> Formula[Any]:
    """If such a step is enabled again and again, one is taken again and again."""
    return Fair("strong", _steps(steps, arguments, named))


def _steps(steps: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Taken[Any]:
    if not isinstance(steps, Taken):
        return taken(steps, *arguments, **named)
    if arguments or named:
        raise SpecError(
            "temporal/arguments",
            "arguments are given for steps that are already chosen",
            instead="Give them to taken(...), or give the action itself: weakly_fair(self.act, p).",
        )
    return steps


# -- operators ------------------------------------------------------------------------------------


def claim(what: object) -> Formula[Any]:
    """A formula as it is, or a predicate as the formula that it is true now.

    Raises SpecError for anything else.
    """
    if isinstance(what, Formula):
        return what
    if callable(what) and not isinstance(what, type):
        return Now(what)
    raise SpecError(
        "temporal/not-a-formula",
        f"{what!r} is neither a formula nor a predicate over a state",
        why="A temporal formula is made of other formulas, and of functions that take a state and return "
        "True or False.",
        instead="Write a lambda, as in eventually(lambda s: s.done), or a method of the model, as in "
        "eventually(self.is_done).",
    )


def now(predicate: Callable[[S], bool]) -> Formula[S]:
    """A predicate is true of the present state; for formulas that begin with one: now(p) & ..."""
    return claim(predicate)


def all_of(*claims: Claim[S]) -> Formula[S]:
    """All of these are true."""
    return Conjunction(tuple(claim(one) for one in claims))


def any_of(*claims: Claim[S]) -> Formula[S]:
    """At least one of these is true."""
    return Disjunction(tuple(claim(one) for one in claims))


def implies(premise: Claim[S], conclusion: Claim[S]) -> Formula[S]:
    """If the premise is true, so is the conclusion: also how a property is given assumptions."""
    return Implication(claim(premise), claim(conclusion))


def next_state(what: Claim[S]) -> Formula[S]:
    """True after the next step; where the behaviour has stopped, now."""
    return NextState(claim(what))


def eventually(what: Claim[S]) -> Formula[S]:
    """True now or at some time later."""
    return Eventually(claim(what))


def until(meanwhile: Claim[S], goal: Claim[S]) -> Formula[S]:
    """The goal is true at some time, and at all times before it the first is."""
    return Until(claim(meanwhile), claim(goal))


def weak_until(meanwhile: Claim[S], goal: Claim[S]) -> Formula[S]:
    """At all times before the goal is true, the first is; the goal need never be."""
    return Until(claim(meanwhile), claim(goal), weak=True)


def leads_to(cause: Claim[S], effect: Claim[S]) -> Formula[S]:
    """Whenever the cause is true, the effect is true then or later."""
    return LeadsTo(claim(cause), claim(effect))


def infinitely_often(what: Claim[S]) -> Formula[S]:
    """True again and again, for ever."""
    return Always(Eventually(claim(what)))


def eventually_always(what: Claim[S]) -> Formula[S]:
    """True from some time on, for ever."""
    return Eventually(Always(claim(what)))


# -- marks ----------------------------------------------------------------------------------------


def in_class_body(function: object) -> bool:
    """Whether a function was defined in the body of a class: a decorator is meant, not an operator."""
    if not isinstance(function, types.FunctionType) or function.__name__ == "<lambda>":
        return False
    around = function.__qualname__.rpartition(".")[0]
    return bool(around) and not around.endswith("<locals>")


def conjuncts(formula: Formula[S]) -> Iterable[Formula[S]]:
    """The parts of which a formula is the conjunction."""
    if isinstance(formula, Conjunction):
        for part in formula.parts:
            yield from conjuncts(part)
    else:
        yield formula


def located(error: SpecError, function: Callable[..., Any]) -> SpecError:
    """An error in a formula, at the method that made it unless it says where it is."""
    problem = error.problem
    if problem.at is not None:
        return error
    at = source.at_function(function)
    notes = problem.notes
    return SpecError(problem.code, problem.what, why=problem.why, instead=problem.instead, at=at, notes=notes)
