"""Models: a frozen class whose fields are constants and whose marked methods are the protocol.

    @initial     (self, parameters…) -> State            one initial state for each witness
    @action      (self, s, parameters…) -> State | None  one transition for each witness; None: disabled
    @always      (self, s) -> bool                       holds in every reachable state
    @always      (self, before, after) -> bool           holds for every step that changes the state
    @sometimes   (self, s) -> bool                       some reachable state satisfies it
    @lemma       (self, s) -> bool                       helps to prove the properties; no promise
    @final       (self, s) -> bool                       where the protocol may end: no deadlock
    @boundary    (self, s) -> bool                       states beyond it are not explored further
    @temporal    (self, parameters…) -> Formula[State]   holds of every fair behaviour
    @fairness    (self) -> Formula[State]                which behaviours are fair: no others count
    @refines(M)  (self, s) -> state of M                 the refinement mapping to an abstract model

A parameter ranges over its type, or, with a default of `one_of(...)` or `subset_of(...)`, over a
collection that the state holds.  The decorators only mark: a decorated method is still the plain
function, to be called from tests, helpers and debuggers.  What the marks of a class come to is
in `checker.lang.declarations`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from types import MemberDescriptorType
from typing import Any, Generic, Literal, TypeVar, cast, overload

import attrs
from attrs import frozen

from checker.lang import source
from checker.lang.errors import SpecError
from checker.lang.hints import Place, given_parameters, sort_sizes, substitute
from checker.lang.records import is_frozen
from checker.lang.resolve import Resolver
from checker.lang.temporal import Always, Formula, Strength, claim, in_class_body
from checker.lang.values import Sort

S = TypeVar("S")
T = TypeVar("T")
Transition = TypeVar("Transition", bound=Callable[..., object])
Predicate = TypeVar("Predicate", bound=Callable[..., bool])

Specified = TypeVar("Specified", bound=Callable[..., Formula[Any]])

Kind = Literal[
    "initial",
    "action",
    "always",
    "sometimes",
    "lemma",
    "final",
    "boundary",
    "temporal",
    "fairness",
    "refines",
]


@frozen
class Role:
    """What a marked method is.

    `abstract` is the model that a refinement mapping leads to, and `given` says what its constants
    are; `when` is the condition over constants under which an action exists at all; `fair` is how
    fair behaviours are to an action, separately for each value of the parameters in `per`.
    """

    kind: Kind
    abstract: Any = None
    given: tuple[tuple[str, str], ...] = ()
    when: str | None = None
    fair: Strength | None = None
    per: tuple[str, ...] = ()


ROLE = "__quorate_role__"


def _mark(function: T, role: Role) -> T:
    setattr(function, ROLE, role)
    return function


VARIES = "__quorate_varies__"
"""The attribute of a class that names the model it is a variant of."""

ModelClass = TypeVar("ModelClass", bound="type[Model[Any]]")


def variant_of(original: type[Model[Any]]) -> Callable[[ModelClass], ModelClass]:
    """Mark a model as a variant of another one that it does not derive from.

    A class that derives from a model is a variant of it without this.
    """

    def mark(cls: ModelClass) -> ModelClass:
        setattr(cls, VARIES, original)
        return cls

    return mark


def initial(function: Transition) -> Transition:
    """Mark a method as giving initial states, one for each witness of its parameters."""
    return _mark(function, Role("initial"))


@overload
def action(function: Transition) -> Transition: ...
@overload
def action(
    *, when: str | None = None, fair: Strength | None = None, per: str = ""
) -> Callable[[Transition], Transition]: ...
def action(
    function: Any = None, *, when: str | None = None, fair: Strength | None = None, per: str = ""
) -> Any:
    """Mark a method as an action: a pure function from a state to its successor, or None.

    With `@action(when="lossy")` the action exists only under constants that satisfy the condition,
    an expression as in bounds; without it, it is left out altogether and not reported as never
    taken.

    With `@action(fair="weak")` a behaviour that could take it for ever takes it again and again; with
    "strong", one that could take it again and again.  `per="node"` asks that of each value of a
    parameter by itself; `per="node, timer"` of each pair of values.  Temporal properties speak of fair
    behaviours alone; nothing else looks at this.
    """
    names = tuple(per.replace(",", " ").split())
    role = Role("action", when=when, fair=fair, per=names)
    if function is None:
        return lambda function: _mark(function, role)
    return _mark(function, role)


@overload
def always(what: Formula[T]) -> Formula[T]: ...
@overload
def always(what: Callable[[T], bool]) -> Formula[T]: ...
@overload
def always(what: Predicate) -> Predicate: ...
def always(what: Any) -> Any:
    """Mark a predicate that holds in every reachable state; over two, for every step.

    A step that changes nothing is none: it is always allowed, as in TLA+.

    Inside a temporal property it is an operator: `always(p)` is true where p is from now on.
    """
    if in_class_body(what):
        return _mark(what, Role("always"))
    return Always(claim(what))


def temporal(function: Specified) -> Specified:
    """Mark a method that returns a temporal formula: it holds of every fair behaviour.

    Parameters range over their types: the formula holds for all their values.
    """
    return _mark(function, Role("temporal"))


def fairness(function: Specified) -> Specified:
    """Mark a method that returns which behaviours are fair: `weakly_fair(...)`, `strongly_fair(...)`,
    or several of them joined by & or all_of."""
    return _mark(function, Role("fairness"))


def sometimes(function: Predicate) -> Predicate:
    """Mark a predicate that some reachable state satisfies."""
    return _mark(function, Role("sometimes"))


def lemma(function: Predicate) -> Predicate:
    """Mark an auxiliary invariant: it holds in every reachable state, as a step of a proof.

    It is no promise of the protocol.  A proof assumes it before each step and shows it after; a
    search leaves it out unless it is asked for, and then judges it like an `always`.
    """
    return _mark(function, Role("lemma"))


def final(function: Predicate) -> Predicate:
    """Mark a predicate of the states in which the protocol may end; elsewhere it is a deadlock."""
    return _mark(function, Role("final"))


def boundary(function: Predicate) -> Predicate:
    """Mark a predicate that bounds the search, with the meaning of TLC's CONSTRAINT.

    A state outside is generated and its properties are checked, but it is neither stored nor
    counted as distinct nor expanded.
    """
    return _mark(function, Role("boundary"))


def refines(abstract: type[Model[T]], **constants: str) -> Callable[[Transition], Transition]:
    """Mark a refinement mapping: a function from a state of this model to one of `abstract`.

    The abstract model gets the constants that it has in common with this one; others, or others of
    that name, are given as expressions over this model's: `@refines(Voting, max_ballot="rounds - 1")`.
    """
    given = tuple(constants.items())
    return lambda function: _mark(function, Role("refines", abstract, given))


@frozen
class Choice:
    """The domain of a parameter: a field of the state, or a function that computes a collection."""

    domain: Any
    subsets: bool


def one_of(domain: Collection[T] | Callable[..., Collection[T]]) -> T:
    """The parameter ranges over a collection: a set, bag, sequence or map that the state holds.

    `domain` is a field of the state (`one_of(State.sent)`), or a method defined above the action,
    which takes `self`, the state and any earlier parameters of the action by their names, and
    returns the collection.  Each member of a set, each different member of a bag, each place of a
    sequence and each key of a map is one witness.
    """
    return cast(T, Choice(domain, subsets=False))


def subset_of(domain: Collection[T] | Callable[..., Collection[T]]) -> frozenset[T]:
    """The parameter ranges over all subsets of a collection, given as for `one_of`."""
    return cast(frozenset[T], Choice(domain, subsets=True))


def field_of_choice(choice: Choice) -> str | None:
    """The name of the state's field that is the domain, or None where it is a function."""
    domain = choice.domain
    return domain.__name__ if isinstance(domain, MemberDescriptorType) else None


class Universe:
    """A frozen class whose fields are constants, among them the sizes of sorts."""

    @overload
    def every(self, kind: type[T]) -> frozenset[T]: ...
    @overload
    def every(self, kind: object) -> frozenset[Any]: ...
    def every(self, kind: Any) -> frozenset[Any]:
        """The set of all values of a sort, an Enum, a finite record class, or another finite type.

        A type parameter stands for what the model's class gives for it.
        """
        known: dict[Any, frozenset[Any]] = self.__dict__.setdefault("_known", {})
        found = known.get(cast(Any, kind))
        if found is None:
            place = Place(f"`every({getattr(kind, '__name__', kind)})`", lambda: None)
            hint = substitute(kind, given_parameters(type(self)))
            found = known[cast(Any, kind)] = frozenset(resolver(self).resolve(hint, place).members())
        return found


class Model(Universe, Generic[S]):
    """Derive a frozen class: its fields are the constants, its marked methods the protocol.

        @frozen
        class TwoPhaseCommit(Model[State]):
            rms: Size[RM] = 3

    A model is a value: `TwoPhaseCommit(rms=5)` is another instance to check.
    """

    def lanes(self, s: S) -> tuple[Any, ...]:
        """The identities that get a lane of their own in a trace; none for most models."""
        return ()

    def lane_event(
        self, action: str, arguments: dict[str, Any]
    ) -> tuple[Any, str] | tuple[Any, str, Any] | None:
        """Where a step shows in the lanes: the lane, a label, and the lane that a message is from."""
        return None


def constants_of(model: Universe) -> dict[str, Any]:
    """The constants of a model with their values, in the order of their definition."""
    cls = type(model)
    if not is_frozen(cls):
        raise SpecError(
            "model/not-frozen",
            f"the model `{cls.__name__}` is not a frozen class",
            why="A model's constants are the fields of a frozen class.",
            instead=f"Write @frozen above class {cls.__name__}.",
            at=source.at_class(cls),
        )
    return {a.name: getattr(model, a.name) for a in attrs.fields(cast(Any, cls))}


def resolver(model: Universe) -> Resolver:
    """What turns annotations into finite types under this model's constants."""
    constants = constants_of(model)
    cls = type(model)
    sizes: dict[type[Sort], int] = sort_sizes(cls, constants)
    return Resolver(cls.__name__, constants, sizes)


def identify(cls: type[Any]) -> str:
    """The id of a model: its class name in lower case, words joined by hyphens."""
    out = []
    for place, letter in enumerate(cls.__name__):
        before = cls.__name__[place - 1 : place]
        after = cls.__name__[place + 1 : place + 2]
        if letter.isupper() and before and (before.islower() or before.isdigit() or after.islower()):
            out.append("-")
        out.append(letter.lower())
    return "".join(out).replace("_", "")
