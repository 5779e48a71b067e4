"""From what a model declares to what is looked for: the negation of each property, under its assumptions.

A property is split into claims: one for each value of its parameters and each part of a conjunction.  What
refutes a claim is a fair behaviour that satisfies its negation.  Fairness that stands as a premise, in
`implies(weakly_fair(...), p)`, becomes a constraint of the search like that of the model itself; it
would be an automaton of many states otherwise.

Every letter is told who asks for it first, so that reports can name the property or the assumption.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from attrs import frozen

from checker.lang import source
from checker.lang.declarations import Action, Declaration, Temporal
from checker.lang.errors import SpecError
from checker.lang.temporal import (
    Conjunction,
    Disjunction,
    Fair,
    Formula,
    Implication,
    Negation,
    Pattern,
    Taken,
    conjuncts,
    located,
)
from checker.liveness.graph import Constraint
from checker.liveness.letters import Letters
from checker.liveness.normal import Normal, both, normal
from checker.liveness.titles import formula_title, kind_of_steps
from checker.result.show import show


@frozen
class Assumption:
    """Fairness that is assumed, and how a reader knows it.

    `kind` is the title with the names of arguments in place of their values: what many have in common.
    """

    constraint: Constraint
    title: str
    kind: str


@frozen
class Kept(Formula[Any]):
    """That steps which only a mapping shows are taken fairly: a part of a property, never of a formula.

    `said` is the formula, `enabled` that such a step could be taken now; `title` and `kind` are those of
    an assumption.
    """

    title: str
    kind: str
    enabled: Formula[Any]
    said: Formula[Any]


@frozen
class Claim:
    """A part of a property: `formula` is to hold of all behaviours that are fair as assumed.

    `counter` is its negation without the fairness among its premises, `premise` those of its premises
    that are no fairness.  `instance` tells the values of the property's parameters.  `kept` is there
    where the claim is that the fairness of another model is kept.
    """

    name: str
    instance: str
    formula: Formula[Any]
    assumptions: tuple[Assumption, ...]
    counter: Normal
    premise: Normal | None
    kept: Kept | None = None

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """The assumptions as the search takes them."""
        return tuple(dict.fromkeys(assumption.constraint for assumption in self.assumptions))


# -- fairness of the model ------------------------------------------------------------------------


def model_fairness(declaration: Declaration, letters: Letters) -> tuple[Assumption, ...]:
    """What every behaviour is assumed to be fair to.  Raises SpecError for what is no fairness."""
    formulas = [fair for action in declaration.actions for fair in _of_action(action)]
    found = [_assumed(fair, letters) for fair in formulas]
    for method in declaration.fairness:
        formula = _made(method.function, (declaration.model,))
        for part in conjuncts(formula):
            if not isinstance(part, Fair):
                raise SpecError(
                    "fairness/not-fairness",
                    f"`{method.name}` returns more than fairness: {formula_title(part)}",
                    why="What every behaviour is assumed to do is said with weakly_fair and strongly_fair; any "
                    "other assumption belongs to the property that needs it.",
                    instead="Write implies(assumption, property) in the temporal property.",
                    at=source.at_function(method.function),
                )
            found.append(_within(method.function, lambda part=part: _assumed(part, letters)))
    return tuple(dict.fromkeys(found))


def _of_action(action: Action) -> Iterator[Fair[Any]]:
    """The fairness that an action declares for itself."""
    if action.fair is None:
        return
    types = {parameter.name: parameter.type for parameter in action.parameters}
    for values in product(*(list(types[name].members()) for name in action.per)):
        pattern = Pattern(action.name, tuple(zip(action.per, values, strict=True)))
        yield Fair(action.fair, Taken((pattern,)))


def _assumed(fair: Fair[Any], letters: Letters) -> Assumption:
    """Fairness of the model itself."""
    letters.asker = lambda _: formula_title(fair)
    return _assumption(fair, letters)


def _assumption(fair: Fair[Any], letters: Letters) -> Assumption:
    actions = {action.name: action for action in letters.declaration.actions}

    def names(name: str) -> list[str]:
        return [parameter.name for parameter in actions[name].parameters] if name in actions else []

    constraint = Constraint(fair.strength, letters.mark(fair.steps))
    kind = f"{fair.strength} fairness of {fair.title or kind_of_steps(fair.steps, names)}"
    return Assumption(constraint, formula_title(fair), kind)


# -- claims ---------------------------------------------------------------------------------------


def claims_of(
    declaration: Declaration, prop: Temporal, letters: Letters, fairness: Sequence[Assumption]
) -> list[Claim]:
    """The claims that a property makes.  Raises SpecError for what is wrong with its formula."""
    found = []
    for values in product(*(list(parameter.type.members()) for parameter in prop.parameters)):
        names = [parameter.name for parameter in prop.parameters]
        instance = ", ".join(f"{n} = {show(v)}" for n, v in zip(names, values, strict=True))
        formula = _made(prop.function, (declaration.model, *values))
        found += _within(
            prop.function,
            lambda f=formula, i=instance: claims(prop.name, i, f, letters, fairness),
        )
    return found


def claims(
    name: str, instance: str, formula: Formula[Any], letters: Letters, fairness: Sequence[Assumption]
) -> list[Claim]:
    """The claims that a formula makes."""
    return [_claim(name, instance, part, letters, fairness) for part in _parts(formula)]


def assumed_in(formula: Formula[Any]) -> Iterator[Formula[Any]]:
    """The formulas that a temporal property assumes: its premises, and what is joined in them."""
    for part in _parts(formula):
        for found, negated, premise in _refuting(part, negated=True, premise=False):
            if premise and not negated:
                yield found


def _parts(formula: Formula[Any]) -> Iterator[Formula[Any]]:
    """Formulas all of which have to hold for this one to hold."""
    match formula:
        case Conjunction(parts):
            for part in parts:
                yield from _parts(part)
        case Implication(premise, conclusion):
            for part in _parts(conclusion):
                yield Implication(premise, part)
        case _:
            yield formula


def _claim(
    name: str, instance: str, formula: Formula[Any], letters: Letters, fairness: Sequence[Assumption]
) -> Claim:
    kept = formula if isinstance(formula, Kept) else None
    formula = formula if kept is None else kept.said
    letters.asker = _asker(name, kept)
    assumed = [*fairness]
    premises: list[Normal] = []
    rest: list[Normal] = []
    for part, negated, premise in _refuting(formula, negated=True, premise=False):
        if isinstance(part, Fair) and not negated:
            assumed.append(_assumption(part, letters))
            continue
        (premises if premise else rest).append(normal(part, letters, negated=negated))
    return Claim(
        name,
        instance,
        formula,
        tuple(dict.fromkeys(assumed)),
        both(*premises, *rest),
        both(*premises) if premises else None,
        kept,
    )


def _asker(name: str, kept: Kept | None) -> Callable[[str], str]:
    """Words for who asks for a letter, given the letter's title."""
    if kept is None:
        return lambda title: f"the temporal property `{name}`, by `{title}`,"
    words = f"the refinement `{name}`, by {kept.title},"
    return lambda _: words


def _refuting(
    formula: Formula[Any], *, negated: bool, premise: bool
) -> Iterator[tuple[Formula[Any], bool, bool]]:
    """The parts of a formula's negation, all of which are true where it is false: each with whether it is
    negated, and whether it is a premise."""
    match formula:
        case Negation(operand):
            yield from _refuting(operand, negated=not negated, premise=premise)
        case Implication(before, conclusion) if negated:
            yield from _refuting(before, negated=False, premise=True)
            yield from _refuting(conclusion, negated=True, premise=premise)
        case Disjunction(parts) if negated:
            for part in parts:
                yield from _refuting(part, negated=True, premise=premise)
        case Conjunction(parts) if not negated:
            for part in parts:
                yield from _refuting(part, negated=False, premise=premise)
        case _:
            yield formula, negated, premise


# -- running the spec's methods -------------------------------------------------------------------


def _made(function: Any, arguments: tuple[Any, ...]) -> Formula[Any]:
    """The formula that a method returns."""

    def make() -> Formula[Any]:
        try:
            formula = function(*arguments)
        except SpecError:
            raise
        except Exception as error:
            raise SpecError(
                "temporal/raises",
                f"`{function.__name__}` raised {type(error).__name__}: {error}".removesuffix(": "),
                why="It is called once, before anything is explored, and returns a formula.",
                instead="Ask of the state inside a lambda: eventually(lambda s: ...).",
            ) from error
        if not isinstance(formula, Formula):
            raise SpecError(
                "temporal/no-formula",
                f"`{function.__name__}` returned {show(formula)}, which is no temporal formula",
                instead="Return one, as in `return eventually(self.is_done)`.",
            )
        return formula

    return _within(function, make)  # type: ignore[no-any-return]


def _within(function: Any, make: Any) -> Any:
    """What is made of a method's formula, with errors located there."""
    try:
        return make()
    except SpecError as error:
        raise located(error, function) from error
