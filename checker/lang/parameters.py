"""The parameters of actions: the type of each, and the collection that it ranges over.

A parameter ranges over its whole type, or over what `one_of` or `subset_of` name in its default: a
field of the state, or a method that computes a collection from the state and earlier parameters.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any, get_origin

from attrs import frozen

from checker.lang import source
from checker.lang.errors import Location, SpecError, suggestion
from checker.lang.hints import Place, function_hints, type_arguments
from checker.lang.model import Choice, field_of_choice
from checker.lang.resolve import Resolver
from checker.lang.types import (
    BagType,
    FiniteType,
    MapType,
    RecordType,
    SeqType,
    SetType,
    TupleType,
)


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
class Signature:
    """The method whose parameters are read.

    `cls` is the model, `owner` the class that defines the method, `initial` whether it makes initial
    states, so that there is no state to range over yet.
    """

    cls: type[Any]
    owner: type[Any]
    function: Callable[..., Any]
    state: RecordType
    initial: bool

    def describe(self, name: str) -> str:
        """A parameter, for a message."""
        return f"parameter `{name}` of `{self.function.__name__}`"

    def at(self, name: str) -> Location | None:
        """Where a parameter stands."""
        return source.at_parameter(self.function, name)


def parameters_of(signature: Signature, names: list[str], types: Resolver) -> tuple[Parameter, ...]:
    """The parameters with these names; each may range over what earlier ones determine."""
    hints = function_hints(signature.function)
    given = type_arguments(signature.cls, signature.owner)
    defaults = inspect.signature(signature.function).parameters
    found: list[Parameter] = []
    for name in names:
        if name not in hints:
            raise SpecError(
                "action/no-annotation",
                f"{signature.describe(name)} has no type",
                why="A parameter ranges over the values of its type.",
                instead=f"Write {name}: Node, or whichever type it has.",
                at=signature.at(name),
            )
        hint = _filled(hints[name], given)
        earlier = tuple(known.name for known in found)
        found.append(_parameter(signature, name, hint, defaults[name].default, earlier, types))
    return tuple(found)


def _filled(hint: Any, given: dict[Any, Any]) -> Any:
    """An annotation of a generic class with what the model gives for its type parameters."""
    if hint in given:
        return given[hint]
    parameters = getattr(hint, "__parameters__", ())
    return hint[tuple(given.get(p, p) for p in parameters)] if parameters else hint


def _parameter(
    signature: Signature, name: str, hint: Any, default: Any, earlier: tuple[str, ...], types: Resolver
) -> Parameter:
    place = Place(signature.describe(name), partial(source.at_parameter, signature.function, name))
    chosen = isinstance(default, Choice)
    if not chosen and default is not inspect.Parameter.empty:
        raise SpecError(
            "action/default",
            f"{signature.describe(name)} has a default that is neither one_of(...) nor subset_of(...)",
            why="A parameter takes every value of its domain in turn, so a default would never be used.",
            instead=f"Write {name}: ... = one_of(State.field), or leave the default out to range over the whole type.",
            at=signature.at(name),
        )
    kind = types.resolve(hint, place, bounded=not chosen)
    if not chosen:
        return Parameter(name, kind)
    if default.subsets and not isinstance(kind, SetType):
        raise SpecError(
            "action/subset-type",
            f"{signature.describe(name)} ranges over subsets, and its type is `{kind}`",
            why="A subset is a frozenset.",
            instead=f"Write {name}: frozenset[...] = subset_of(...).",
            at=signature.at(name),
        )
    return _choice(signature, name, kind, default, earlier)


def _choice(
    signature: Signature, name: str, kind: FiniteType, choice: Choice, earlier: tuple[str, ...]
) -> Parameter:
    field = field_of_choice(choice)
    if field is not None:
        _must_be_domain(signature, name, choice.domain)
        return Parameter(name, kind, field=field, subsets=choice.subsets)
    if not callable(choice.domain):
        raise SpecError(
            "action/bad-domain",
            f"{signature.describe(name)} ranges over {choice.domain!r}, which is neither a field of the state nor a method",
            why="The search asks in every state for the collection that the parameter ranges over.",
            instead="Write one_of(State.sent) for a field of the state, or one_of(method) for a method defined "
            "above that returns the collection.",
            at=signature.at(name),
        )
    arguments = _domain_arguments(signature, name, choice.domain, earlier)
    name_of_domain = getattr(choice.domain, "__name__", "")
    is_method = any(vars(owner).get(name_of_domain) is choice.domain for owner in signature.cls.__mro__)
    domain = getattr(signature.cls, name_of_domain) if is_method else choice.domain
    return Parameter(name, kind, function=domain, arguments=arguments, subsets=choice.subsets)


def _must_be_domain(signature: Signature, name: str, descriptor: Any) -> None:
    """Check that the domain of a parameter is a field of the state that holds a collection."""
    field, owner = descriptor.__name__, descriptor.__objclass__
    fields = dict(signature.state.fields)
    if field not in fields or owner not in signature.state.cls.__mro__:
        raise SpecError(
            "action/not-a-field",
            f"{signature.describe(name)} ranges over `{owner.__name__}.{field}`, which is not a field of the state `{signature.state}`",
            instead=suggestion(field, fields),
            at=signature.at(name),
        )
    if not isinstance(fields[field], SetType | BagType | SeqType | TupleType | MapType):
        raise SpecError(
            "action/bad-domain",
            f"{signature.describe(name)} ranges over the field `{field}`, which is no collection: {fields[field]}",
            why="A parameter ranges over the members of a set or bag, the items of a sequence, or the keys "
            "of a map.",
            instead="Name a field that holds a collection, or a method that returns one.",
            at=signature.at(name),
        )
    _must_have_state(signature, name)


def _must_have_state(signature: Signature, name: str) -> None:
    if signature.initial:
        raise SpecError(
            "action/bad-domain",
            f"{signature.describe(name)} ranges over what a state holds, and there is no state yet",
            why="A method marked @initial makes the first states.",
            instead="Let it range over its type, or over a method that takes only self.",
            at=signature.at(name),
        )


def _domain_arguments(
    signature: Signature, name: str, domain: Callable[..., Any], earlier: tuple[str, ...]
) -> tuple[str, ...]:
    """Which values a domain's parameters after `self` take: "" for the state, or a name."""
    hints = function_hints(domain)
    found = []
    for place, parameter in enumerate(list(inspect.signature(domain).parameters)[1:]):
        hint = hints.get(parameter)
        if (get_origin(hint) or hint) is signature.state.cls or (hint is None and place == 0):
            _must_have_state(signature, name)
            found.append("")
        elif parameter in earlier:
            found.append(parameter)
        else:
            raise SpecError(
                "action/domain-parameter",
                f"`{domain.__name__}`, the domain of `{name}` in `{signature.function.__name__}`, takes "
                f"`{parameter}`, which is no earlier parameter of the action",
                why="A domain may use the state and the parameters to the left of its own.",
                instead=suggestion(parameter, earlier),
                at=source.at_parameter(domain, parameter),
            )
    return tuple(found)
