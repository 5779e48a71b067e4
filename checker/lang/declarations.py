"""What a model declares, read off its class once and checked: the way into every engine.

`declare(model)` gives the constants with their types, the type of the state, initial states,
actions with the domains of their parameters, and properties.  A mistake in a declaration is a
located `SpecError`; a constant outside its type is a `CallError`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal, cast, get_origin

import attrs
from attrs import frozen

from checker.lang import source
from checker.lang.arithmetic import evaluate_condition
from checker.lang.bounds import SizeOf
from checker.lang.errors import CallError, SpecError, suggestion
from checker.lang.hints import Place, durability, field_hints, function_hints, sort_sizes, type_arguments
from checker.lang.model import ROLE, Choice, Model, Role, constants_of, field_of_choice, resolver
from checker.lang.protocol import NodeProtocol
from checker.lang.resolve import Resolver
from checker.lang.types import (
    NOTHING,
    BagType,
    FiniteType,
    IntType,
    MapType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
)

PropertyKind = Literal["always", "step", "sometimes"]


@frozen
class Constant:
    """A constant: its type, the value it has in this model, and the one it has by default."""

    name: str
    type: FiniteType
    value: Any
    default: Any


@frozen
class Parameter:
    """A parameter of an action: its type, and its domain unless that is the whole type.

    `field` is the field of the state that is the domain; otherwise `function` computes it from the
    arguments in `arguments` ("" stands for the state).  With `subsets`, the parameter ranges over
    the subsets of that collection.
    """

    name: str
    type: FiniteType
    field: str | None = None
    function: Callable[..., Any] | None = None
    arguments: tuple[str, ...] = ()
    subsets: bool = False

    @property
    def over_type(self) -> bool:
        """Whether the parameter ranges over all of its type."""
        return self.field is None and self.function is None


@frozen
class Action:
    """An action, or a source of initial states."""

    name: str
    function: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    doc: str


@frozen
class Property:
    """A property: "always" over states, "step" over pairs of states, or "sometimes"."""

    name: str
    kind: PropertyKind
    function: Callable[..., Any]
    doc: str


@frozen
class Refinement:
    """A refinement mapping and the abstract model that it leads to."""

    name: str
    function: Callable[..., Any]
    abstract: type[Model[Any]]
    doc: str


@frozen
class Declaration:
    """Everything that a model declares."""

    model: Model[Any]
    name: str
    doc: str
    constants: tuple[Constant, ...]
    state: RecordType
    initial: tuple[Action, ...]
    actions: tuple[Action, ...]
    properties: tuple[Property, ...]
    final: tuple[Property, ...]
    boundary: tuple[Property, ...]
    refinements: tuple[Refinement, ...]


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
            doc=inspect.getdoc(self.cls) or "",
            constants=constants,
            state=state,
            initial=tuple(self._action(n, f, state) for n, f in self._of(marked, "initial")),
            actions=tuple(self._actions(marked, state)),
            properties=tuple(
                self._property(name, function, role, state)
                for name, (function, role) in marked.items()
                if role.kind in ("always", "sometimes")
            ),
            final=self._predicates(marked, "final", state),
            boundary=self._predicates(marked, "boundary", state),
            refinements=tuple(
                Refinement(name, function, role.abstract, _first_line(function))
                for name, (function, role) in marked.items()
                if role.kind == "refines"
            ),
        )
        self._durability()
        self._must_have(found.initial, "initial", "it has no initial state")
        self._must_have(found.actions, "action", "nothing can ever happen in it")
        return found

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
        self, marked: dict[str, tuple[Callable[..., Any], Role]], kind: str, state: RecordType
    ) -> tuple[Property, ...]:
        return tuple(
            Property(name, "always", self._takes(function, state, 1), _first_line(function))
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

    def _actions(
        self, marked: dict[str, tuple[Callable[..., Any], Role]], state: RecordType
    ) -> Iterator[Action]:
        """The actions that exist under these constants: those that could ever be taken."""
        for name, (function, role) in marked.items():
            if role.kind != "action":
                continue
            if role.when is not None and not self._condition(function, role.when):
                continue
            found = self._action(name, function, state)
            if not any(parameter.type == NOTHING for parameter in found.parameters):
                yield found

    def _condition(self, function: Callable[..., Any], when: str) -> bool:
        place = Place(f"the condition of `{function.__name__}`", partial(source.at_function, function))
        return evaluate_condition(when, constants_of(self.model), place)

    def _action(self, name: str, function: Callable[..., Any], state: RecordType) -> Action:
        hints = function_hints(function)
        names = _parameters(function)
        rest = names[1:]
        if self._role(name).kind == "action":
            if not rest:
                raise SpecError(
                    "action/state-parameter",
                    f"the action `{name}` does not take a state",
                    why="An action is a function from a state, and parameters, to the next state.",
                    instead=f"Write def {name}(self, s: {state}) -> {state} | None.",
                    at=source.at_function(function),
                )
            self._is_state(function, rest[0], hints, state)
            rest = rest[1:]
        defaults = inspect.signature(function).parameters
        parameters: list[Parameter] = []
        for parameter in rest:
            earlier = tuple(known.name for known in parameters)
            choice = defaults[parameter].default
            parameters.append(self._parameter(function, parameter, hints, choice, earlier, state))
        return Action(name, function, tuple(parameters), _first_line(function))

    def _role(self, name: str) -> Role:
        for owner in self.cls.__mro__:
            role = getattr(vars(owner).get(name), ROLE, None)
            if isinstance(role, Role):
                return role
        raise AssertionError(name)

    def _parameter(
        self,
        function: Callable[..., Any],
        name: str,
        hints: dict[str, Any],
        choice: Any,
        earlier: tuple[str, ...],
        state: RecordType,
    ) -> Parameter:
        what = f"parameter `{name}` of `{function.__name__}`"
        if name not in hints:
            raise SpecError(
                "action/no-annotation",
                f"{what} has no type",
                why="A parameter ranges over the values of its type.",
                instead=f"Write {name}: Node, or whichever type it has.",
                at=source.at_parameter(function, name),
            )
        place = Place(what, lambda: source.at_parameter(function, name))
        given = isinstance(choice, Choice)
        if not given and choice is not inspect.Parameter.empty:
            raise SpecError(
                "action/default",
                f"{what} has a default that is neither one_of(...) nor subset_of(...)",
                why="A parameter takes every value of its domain in turn, so a default would never be used.",
                instead=f"Write {name}: ... = one_of(State.field), or leave the default out to range over "
                "the whole type.",
                at=source.at_parameter(function, name),
            )
        owner = self._owner(function)
        hint = hints[name]
        for parameter, argument in type_arguments(self.cls, owner).items():
            hint = _replace(hint, parameter, argument)
        kind = self.types.resolve(hint, place, bounded=not given)
        if not given:
            return Parameter(name, kind)
        if choice.subsets and not isinstance(kind, SetType):
            raise SpecError(
                "action/subset-type",
                f"{what} ranges over subsets, and its type is `{kind}`",
                why="A subset is a frozenset.",
                instead=f"Write {name}: frozenset[...] = subset_of(...).",
                at=source.at_parameter(function, name),
            )
        return self._choice(function, name, kind, choice, earlier, state)

    def _owner(self, function: Callable[..., Any]) -> type[Any]:
        return next(o for o in self.cls.__mro__ if function in vars(o).values())

    def _choice(
        self,
        function: Callable[..., Any],
        name: str,
        kind: FiniteType,
        choice: Choice,
        earlier: tuple[str, ...],
        state: RecordType,
    ) -> Parameter:
        field = field_of_choice(choice)
        if field is not None:
            self._is_domain(function, name, choice.domain, state)
            return Parameter(name, kind, field=field, subsets=choice.subsets)
        if not callable(choice.domain):
            raise SpecError(
                "action/bad-domain",
                f"parameter `{name}` of `{function.__name__}` ranges over {choice.domain!r}, "
                "which is neither a field of the state nor a method",
                instead="Write one_of(State.sent) for a field of the state, or one_of(method) for a "
                "method defined above that returns the collection.",
                at=source.at_parameter(function, name),
            )
        arguments = self._domain_arguments(function, name, choice.domain, earlier, state)
        domain = getattr(self.cls, choice.domain.__name__, None) or choice.domain
        return Parameter(name, kind, function=domain, arguments=arguments, subsets=choice.subsets)

    def _is_domain(self, function: Callable[..., Any], name: str, descriptor: Any, state: RecordType) -> None:
        """Check that the domain of a parameter is a field of the state that holds a collection."""
        field, owner = descriptor.__name__, descriptor.__objclass__
        what = f"parameter `{name}` of `{function.__name__}` ranges over"
        fields = dict(state.fields)
        if field not in fields or owner not in state.cls.__mro__:
            raise SpecError(
                "action/not-a-field",
                f"{what} `{owner.__name__}.{field}`, which is not a field of the state `{state}`",
                instead=suggestion(field, fields),
                at=source.at_parameter(function, name),
            )
        if not isinstance(fields[field], SetType | BagType | SeqType | TupleType | MapType):
            raise SpecError(
                "action/bad-domain",
                f"{what} the field `{field}`, which is no collection: {fields[field]}",
                why="A parameter ranges over the members of a set or bag, the items of a sequence, or "
                "the keys of a map.",
                instead="Name a field that holds a collection, or a method that returns one.",
                at=source.at_parameter(function, name),
            )
        if self._role(function.__name__).kind == "initial":
            raise self._no_state_yet(function, name)

    @staticmethod
    def _no_state_yet(function: Callable[..., Any], name: str) -> SpecError:
        return SpecError(
            "action/bad-domain",
            f"parameter `{name}` of `{function.__name__}` ranges over what a state holds, and there is no "
            "state yet",
            why="A method marked @initial makes the first states.",
            instead="Let it range over its type, or over a method that takes only self.",
            at=source.at_parameter(function, name),
        )

    def _domain_arguments(
        self,
        function: Callable[..., Any],
        name: str,
        domain: Callable[..., Any],
        earlier: tuple[str, ...],
        state: RecordType,
    ) -> tuple[str, ...]:
        """Which values a domain's parameters after `self` take: "" for the state, or a name."""
        hints = function_hints(domain)
        found = []
        for place, parameter in enumerate(_parameters(domain)[1:]):
            hint = hints.get(parameter)
            if (get_origin(hint) or hint) is state.cls or (hint is None and place == 0):
                if self._role(function.__name__).kind == "initial":
                    raise self._no_state_yet(function, name)
                found.append("")
            elif parameter in earlier:
                found.append(parameter)
            else:
                raise SpecError(
                    "action/domain-parameter",
                    f"`{domain.__name__}`, the domain of `{name}` in `{function.__name__}`, takes "
                    f"`{parameter}`, which is no earlier parameter of the action",
                    why="A domain may use the state and the parameters to the left of its own.",
                    instead=suggestion(parameter, earlier),
                    at=source.at_parameter(domain, parameter),
                )
        return tuple(found)


def _replace(hint: Any, parameter: Any, argument: Any) -> Any:
    if hint is parameter:
        return argument
    parameters = getattr(hint, "__parameters__", ())
    if parameter in parameters:
        return hint[tuple(argument if p is parameter else p for p in parameters)]
    return hint


def _parameters(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)


def _first_line(function: Callable[..., Any]) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0]
