"""What a model declares, read off its class once and checked: the way into every engine.

`declare(model)` gives the constants with their types, the type of the state, initial states,
actions with the domains of their parameters, and properties.  A mistake in a declaration is a
located `SpecError`; a constant outside its type is a `CallError`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Iterator
from difflib import get_close_matches
from functools import partial
from types import CodeType
from typing import Any, Literal, cast, get_origin

import attrs
from attrs import frozen

from checker.lang import source
from checker.lang.arithmetic import evaluate_condition
from checker.lang.bounds import SizeOf
from checker.lang.errors import CallError, SpecError
from checker.lang.hints import Place, durability, field_hints, function_hints, sort_sizes, type_arguments
from checker.lang.model import ROLE, Model, Role, constants_of, resolver
from checker.lang.parameters import Parameter, Signature, parameters_of
from checker.lang.protocol import NodeProtocol
from checker.lang.resolve import Resolver
from checker.lang.temporal import Formula, Strength
from checker.lang.types import (
    NOTHING,
    FiniteType,
    IntType,
    RecordType,
)

PropertyKind = Literal["always", "step", "sometimes", "lemma"]


@frozen
class Constant:
    """A constant: its type, the value it has in this model, and the one it has by default."""

    name: str
    type: FiniteType
    value: Any
    default: Any


@frozen
class Action:
    """An action, or a source of initial states.

    `fair` is how fair behaviours are to it, separately for all values of the parameters in `per`.
    """

    name: str
    function: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    doc: str
    fair: Strength | None = None
    per: tuple[str, ...] = ()


@frozen
class Property:
    """A property: "always" over states, "step" over pairs of states, or "sometimes"; or a "lemma"."""

    name: str
    kind: PropertyKind
    function: Callable[..., Any]
    doc: str


@frozen
class Temporal:
    """A temporal property: a function that makes a formula, for all values of its parameters."""

    name: str
    function: Callable[..., Formula[Any]]
    parameters: tuple[Parameter, ...]
    doc: str


@frozen
class Fairness:
    """A function that makes a formula which says what behaviours are fair."""

    name: str
    function: Callable[..., Formula[Any]]
    doc: str


STEPS, FAIRNESS = ".steps", ".fairness"
"""What is added to the name of a refinement to name a part of it."""


@frozen
class Refinement:
    """A refinement mapping, the abstract model that it leads to, and what that model's constants are
    where they differ, as expressions over those of this one.

    With `steps_only` it is the part of a refinement that is about initial states and steps, and not about
    fairness; it has a name of its own.
    """

    name: str
    function: Callable[..., Any]
    abstract: type[Model[Any]]
    doc: str
    given: tuple[tuple[str, str], ...] = ()
    steps_only: bool = False

    @property
    def whole(self) -> str:
        """The name of the refinement that this is, or is a part of."""
        return self.name.removesuffix(STEPS) if self.steps_only else self.name

    @property
    def steps(self) -> Refinement:
        """The part about initial states and steps."""
        return attrs.evolve(self, name=f"{self.whole}{STEPS}", steps_only=True)


@frozen
class Declaration:
    """Everything that a model declares.

    `properties` are what the protocol promises of states and steps, `temporal` what it promises of fair
    behaviours; `lemmas` only help to prove the first.
    """

    model: Model[Any]
    name: str
    doc: str
    constants: tuple[Constant, ...]
    state: RecordType
    initial: tuple[Action, ...]
    actions: tuple[Action, ...]
    properties: tuple[Property, ...]
    lemmas: tuple[Property, ...]
    final: tuple[Property, ...]
    boundary: tuple[Property, ...]
    refinements: tuple[Refinement, ...]
    temporal: tuple[Temporal, ...] = ()
    fairness: tuple[Fairness, ...] = ()
    notes: tuple[str, ...] = ()

    def without_lemmas(self, *, but: Collection[Property] = ()) -> Declaration:
        """This with no lemmas but some, so that nothing compiles what nobody asks."""
        return attrs.evolve(self, lemmas=tuple(lemma for lemma in self.lemmas if lemma in but))


def declare(model: object) -> Declaration:
    """Read and check everything that a model declares.

    Raises SpecError for a mistake in the spec, CallError for a constant outside its type.
    """
    if not isinstance(model, Model):
        given = f"class {model.__name__}" if isinstance(model, type) else repr(model)
        raise CallError(
            "call/not-a-model",
            f"a model is needed, and this is {given}",
            instead="Give an instance of a class derived from Model, as in check(Paxos(acceptors=3)).",
        )
    constants = _constants(model)
    return _Reader(model, resolver(model)).declaration(constants)


def constant_types(cls: type[Model[Any]], constants: dict[str, Any]) -> dict[str, FiniteType]:
    """The types of a model's constants, given values for those that bounds name."""
    reader = Resolver(cls.__name__, constants, sort_sizes(cls, constants))
    found: dict[str, FiniteType] = {}
    hints = field_hints(cls)
    for attribute in attrs.fields(cast(Any, cls)):
        name = attribute.name
        hint = hints[name]
        place = Place(f"constant `{name}`", partial(source.at_field, cls, name))
        if any(isinstance(mark, SizeOf) for mark in getattr(hint, "__metadata__", ())):
            found[name] = IntType(1, None)
        else:
            found[name] = reader.resolve(hint, place, bounded=False)
    return found


def _constants(model: Model[Any]) -> tuple[Constant, ...]:
    values = constants_of(model)
    cls = type(model)
    types = constant_types(cls, values)
    found = []
    for attribute in attrs.fields(cast(Any, cls)):
        name = attribute.name
        fault = types[name].fault(values[name])
        if fault is not None:
            raise CallError(
                "constant/outside-type",
                f"the constant {name}{fault.path} = {fault.value!r} is not one of: {describe(types[name])}",
                instead="Choose a value inside the bounds, or change the declaration shown here.",
                at=source.at_field(cls, name),
            )
        found.append(Constant(name, types[name], values[name], attribute.default))
    return tuple(found)


def describe(kind: FiniteType) -> str:
    """A type as a reader wants it: the bounds of an integer, the members of an Enum."""
    match kind:
        case IntType(low=int() as low, high=None):
            return f"integers from {low}"
        case IntType(low=None, high=None):
            return "integers"
        case _:
            return str(kind)


class _Reader:
    """Reads the marked methods of one model."""

    def __init__(self, model: Model[Any], types: Resolver):
        self.model = model
        self.cls = type(model)
        self.types = types

    def declaration(self, constants: tuple[Constant, ...]) -> Declaration:
        state = self._state()
        marked = dict(self._marked())
        found = Declaration(
            model=self.model,
            name=self.cls.__name__,
            doc=inspect.cleandoc(self.cls.__doc__ or ""),  # not what it inherits
            constants=constants,
            state=state,
            initial=tuple(self._action(n, f, state) for n, f in self._of(marked, "initial")),
            actions=tuple(self._actions(marked, state)),
            properties=tuple(
                self._property(name, function, role, state)
                for name, (function, role) in marked.items()
                if role.kind in ("always", "sometimes")
            ),
            lemmas=self._predicates(marked, "lemma", state, "lemma"),
            final=self._predicates(marked, "final", state),
            boundary=self._predicates(marked, "boundary", state),
            refinements=tuple(
                Refinement(
                    name, self._takes(function, state, 1), role.abstract, _first_line(function), role.given
                )
                for name, (function, role) in marked.items()
                if role.kind == "refines"
            ),
            temporal=tuple(self._temporal(n, f, state) for n, f in self._of(marked, "temporal")),
            fairness=tuple(
                Fairness(n, self._alone(f), _first_line(f)) for n, f in self._of(marked, "fairness")
            ),
            notes=tuple(self._forgotten(marked, state)),
        )
        self._durability()
        self._must_have(found.initial, "initial", "it has no initial state")
        self._must_have(found.actions, "action", "nothing can ever happen in it")
        return found

    def _forgotten(self, marked: Iterable[str], state: RecordType) -> Iterator[str]:
        """Methods that look like actions or properties, have no mark, and that nothing calls."""
        methods = {
            name: value
            for owner in reversed(self.cls.__mro__)
            if owner.__module__ == self.cls.__module__
            for name, value in vars(owner).items()
            if inspect.isfunction(value) and not name.startswith("_")
        }
        used = {name for value in methods.values() for name in _names_in(value.__code__)}
        used |= {name for _, (value, _) in self._marked() for name in _names_in(value.__code__)}
        handlers = ("boot", "start", "receive", "timeout", "request", "recover")
        for name, method in methods.items():
            meant = get_close_matches(name, handlers, n=1, cutoff=0.75)
            protocol = issubclass(self.cls, NodeProtocol)
            if protocol and meant and name not in handlers and name not in used:
                yield f"nothing calls `{name}`: did you mean the handler `{meant[0]}`?"
            hints = method.__annotations__
            takes_state = any(hint in (state.cls, state.cls.__name__) for hint in hints.values())
            if name in marked or name in used or not takes_state or len(_parameters(method)) < 2:
                continue
            result = hints.get("return")
            if result in (f"{state.cls.__name__} | None", state.cls | None):
                yield f"`{name}` looks like an action, and nothing calls it: is @action missing?"
            elif result in ("bool", bool):
                yield f"`{name}` looks like a property, and nothing calls it: is @always missing?"

    def _must_have(self, found: tuple[Action, ...], kind: str, why: str) -> None:
        if not found:
            raise SpecError(
                f"model/no-{kind}",
                f"the model `{self.cls.__name__}` has no method marked @{kind}, so {why}",
                instead="See docs/writing-a-spec.md for the shape of a model.",
                at=source.at_class(self.cls),
            )

    def _durability(self) -> None:
        """Check that every field of a node's state says whether it survives a crash."""
        given = {p.__name__: a for p, a in type_arguments(self.cls, NodeProtocol).items()}
        node = given.get("S")
        if node is None:
            return
        cls = get_origin(node) or node
        for attribute in attrs.fields(cls):
            if attribute.name not in durability(cls):
                raise SpecError(
                    "protocol/unmarked-field",
                    f"field `{attribute.name}` of `{cls.__name__}` is marked neither durable nor volatile",
                    why="A crash keeps the durable fields of a node and resets the volatile ones.",
                    instead=f"Write {attribute.name}: Durable[...] or Volatile[...] around its type.",
                    at=source.at_field(cls, attribute.name),
                )

    def _state(self) -> RecordType:
        given = type_arguments(self.cls, Model)
        hint = next(iter(given.values()), None)
        origin = get_origin(hint) or hint
        if not (isinstance(origin, type) and attrs.has(origin)):
            raise SpecError(
                "model/no-state",
                f"the model `{self.cls.__name__}` does not say what its state is",
                why="A state is a frozen record.",
                instead=f"Write class {self.cls.__name__}(Model[State]), with @frozen class State above it.",
                at=source.at_class(self.cls),
            )
        place = Place(f"the state of `{self.cls.__name__}`", lambda: source.at_class(self.cls))
        kind = self.types.resolve(hint, place)
        assert isinstance(kind, RecordType)
        return kind

    def _marked(self) -> Iterator[tuple[str, tuple[Callable[..., Any], Role]]]:
        """Every marked method, in the order of first definition; an override keeps its mark."""
        roles: dict[str, Role] = {}
        for owner in reversed(self.cls.__mro__):
            for name, value in vars(owner).items():
                role = getattr(value, ROLE, None)
                if isinstance(role, Role):
                    roles[name] = role
                if isinstance(value, Formula):
                    raise self._misplaced(name)
        for name, role in roles.items():
            function = inspect.getattr_static(self.cls, name)
            if function is not None:
                yield name, (function, role)

    @staticmethod
    def _of(
        marked: dict[str, tuple[Callable[..., Any], Role]], kind: str
    ) -> list[tuple[str, Callable[..., Any]]]:
        return [(name, function) for name, (function, role) in marked.items() if role.kind == kind]

    def _predicates(
        self,
        marked: dict[str, tuple[Callable[..., Any], Role]],
        kind: str,
        state: RecordType,
        judged: PropertyKind = "always",
    ) -> tuple[Property, ...]:
        return tuple(
            Property(name, judged, self._takes(function, state, 1), _first_line(function))
            for name, function in self._of(marked, kind)
        )

    def _property(self, name: str, function: Callable[..., Any], role: Role, state: RecordType) -> Property:
        states = 2 if role.kind == "always" and len(_parameters(function)) == 3 else 1
        self._takes(function, state, states)
        kind: PropertyKind = "step" if states == 2 else "sometimes" if role.kind == "sometimes" else "always"
        return Property(name, kind, function, _first_line(function))

    def _takes(self, function: Callable[..., Any], state: RecordType, states: int) -> Callable[..., Any]:
        """Check that a function takes `self` and so many states, and nothing else."""
        names = _parameters(function)
        if len(names) != states + 1:
            raise SpecError(
                "property/parameters",
                f"`{function.__name__}` takes {len(names)} parameters, and it should take self and one state",
                why="A property is a predicate over a state; an `always` may also compare two, "
                "before and after a step.",
                instead=f"Write def {function.__name__}(self, s: {state}) -> bool, and quantify inside it "
                "with all(...) or any(...).",
                at=source.at_function(function),
            )
        hints = function_hints(function)
        for name in names[1:]:
            self._is_state(function, name, hints, state)
        return function

    def _is_state(
        self, function: Callable[..., Any], name: str, hints: dict[str, Any], state: RecordType
    ) -> None:
        hint = hints.get(name)
        if (get_origin(hint) or hint) is not state.cls:
            raise SpecError(
                "action/state-parameter",
                f"parameter `{name}` of `{function.__name__}` should be the state, of type `{state}`",
                why="The first parameter after self is the state that the function looks at.",
                instead=f"Write {name}: {state}.",
                at=source.at_parameter(function, name),
            )

    def _misplaced(self, name: str) -> SpecError:
        return SpecError(
            "temporal/in-class-body",
            f"`{name}` of `{self.cls.__name__}` is a temporal formula, and nothing checks it",
            why="A temporal property is a method, so that its formula can name the model and its parameters.",
            instead=f"Write @temporal, def {name}(self) -> Formula[...], and return the formula.",
            at=source.at_class(self.cls),
        )

    def _temporal(self, name: str, function: Callable[..., Any], state: RecordType) -> Temporal:
        owner = next(o for o in self.cls.__mro__ if function in vars(o).values())
        signature = Signature(self.cls, owner, function, state, initial=True)
        parameters = parameters_of(signature, _parameters(function)[1:], self.types)
        for parameter in parameters:
            if not parameter.over_type:
                raise SpecError(
                    "temporal/parameters",
                    f"{signature.describe(parameter.name)} ranges over what a state holds",
                    why="A temporal property is about behaviours, which have many states.",
                    instead="Let the parameter range over its type, and ask of the state inside the formula.",
                    at=signature.at(parameter.name),
                )
        return Temporal(name, function, parameters, _first_line(function))

    def _alone(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Check that a function takes `self` alone."""
        if len(_parameters(function)) != 1:
            raise SpecError(
                "fairness/parameters",
                f"`{function.__name__}` takes more than self",
                why="It says which behaviours are fair, all assumptions at once.",
                instead="Write all_of(*(weakly_fair(self.act, p) for p in self.every(P))).",
                at=source.at_function(function),
            )
        return function

    def _actions(
        self, marked: dict[str, tuple[Callable[..., Any], Role]], state: RecordType
    ) -> Iterator[Action]:
        """The actions that exist under these constants: those that could ever be taken."""
        for name, (function, role) in marked.items():
            if role.kind != "action":
                continue
            if role.when is not None and not self._condition(function, role.when):
                continue
            found = attrs.evolve(self._action(name, function, state), fair=role.fair, per=role.per)
            self._known_parameters(found)
            if not any(parameter.type == NOTHING for parameter in found.parameters):
                yield found

    def _known_parameters(self, action: Action) -> None:
        """Check what fairness says of an action."""
        names = [parameter.name for parameter in action.parameters]
        unknown = next((name for name in action.per if name not in names), None)
        if unknown is None and action.fair in (None, "weak", "strong") and (action.fair or not action.per):
            return
        what = f"`{action.name}` has no parameter `{unknown}` to be fair for each value of"
        if action.fair not in (None, "weak", "strong"):
            what = f"fairness of `{action.name}` is {action.fair!r}"
        elif unknown is None:
            what = f"`{action.name}` names parameters in per=, and no fairness"
        raise SpecError(
            "fairness/action",
            what,
            why="Behaviours are fair to an action, or to it for each value of some of its parameters.",
            instead='Write @action(fair="weak") or fair="strong", and per= with names of parameters.',
            at=source.at_function(action.function),
        )

    def _condition(self, function: Callable[..., Any], when: str) -> bool:
        place = Place(f"the condition of `{function.__name__}`", partial(source.at_function, function))
        return evaluate_condition(when, constants_of(self.model), place)

    def _action(self, name: str, function: Callable[..., Any], state: RecordType) -> Action:
        names = _parameters(function)[1:]
        initial = self._role(name).kind == "initial"
        if not initial:
            if not names:
                raise SpecError(
                    "action/state-parameter",
                    f"the action `{name}` does not take a state",
                    why="An action is a function from a state, and parameters, to the next state.",
                    instead=f"Write def {name}(self, s: {state}) -> {state} | None.",
                    at=source.at_function(function),
                )
            self._is_state(function, names[0], function_hints(function), state)
            names = names[1:]
        owner = next(o for o in self.cls.__mro__ if function in vars(o).values())
        signature = Signature(self.cls, owner, function, state, initial)
        parameters = parameters_of(signature, names, self.types)
        return Action(name, function, parameters, _first_line(function))

    def _role(self, name: str) -> Role:
        for owner in self.cls.__mro__:
            role = getattr(vars(owner).get(name), ROLE, None)
            if isinstance(role, Role):
                return role
        raise AssertionError(name)


def _names_in(code: CodeType) -> Iterator[str]:
    """Every name that a function looks up, in itself and in what it defines."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)


def _parameters(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)


def _first_line(function: Callable[..., Any]) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0]
