"""The abstract model that a refinement mapping leads to, with its constants.

A constant is what the mapping gives for it, an expression over the constants of the concrete model; or the
constant of the same name there; or its default.  What does not fit together is a located error at the
mapping.  Nothing here knows how a refinement is checked.
"""

from __future__ import annotations

from functools import partial
from typing import Any, cast, get_origin

import attrs

from checker.lang import source
from checker.lang.arithmetic import evaluate_constant
from checker.lang.declarations import Declaration, Refinement, constant_types, declare, describe
from checker.lang.errors import SpecError, suggestion
from checker.lang.hints import Place, function_hints, sort_sizes
from checker.lang.model import Model, constants_of
from checker.lang.records import is_frozen


def abstract_of(declaration: Declaration, refinement: Refinement) -> Declaration:
    """The abstract model of a refinement.  Raises SpecError where the two models do not fit together."""
    cls: Any = refinement.abstract
    if not (isinstance(cls, type) and issubclass(cls, Model) and is_frozen(cls)):
        name = getattr(cls, "__name__", repr(cls))
        raise SpecError(
            "refinement/not-a-model",
            f"`{refinement.name}` of `{declaration.name}` refines `{name}`, which is no model",
            why="A refinement mapping leads to the states of another model, a frozen class derived from Model.",
            instead="Name the class of the abstract model: @refines(Consensus).",
            at=source.at_function(refinement.function),
        )
    constants = _constants(declaration, refinement)
    _inside_types(refinement, constants)
    _same_sizes(declaration, refinement, constants)
    abstract = declare(cls(**constants))
    _leads_there(declaration, refinement, abstract)
    return abstract


def _constants(declaration: Declaration, refinement: Refinement) -> dict[str, Any]:
    """The constants of the abstract model."""
    concrete = constants_of(declaration.model)
    fields = {one.name: one for one in attrs.fields(cast(Any, refinement.abstract))}
    given = dict(refinement.given)
    unknown = next((name for name in given if name not in fields), None)
    if unknown is not None:
        raise SpecError(
            "refinement/unknown-constant",
            f"`{refinement.name}` gives `{unknown}`, and `{refinement.abstract.__name__}` has no such constant",
            why="What is given beside the abstract model are its constants.",
            instead=suggestion(unknown, fields),
            at=source.at_function(refinement.function),
        )
    found: dict[str, Any] = {}
    for name, one in fields.items():
        if name in given:
            place = Place(
                f"`{name}` of `{refinement.name}`", partial(source.at_function, refinement.function)
            )
            found[name] = evaluate_constant(given[name], concrete, place)
        elif name in concrete:
            found[name] = concrete[name]
        elif one.default is attrs.NOTHING:
            raise SpecError(
                "refinement/missing-constant",
                f"`{refinement.name}` says nothing of the constant `{name}` of "
                f"`{refinement.abstract.__name__}`",
                why=f"It has no default, and `{declaration.name}` has no constant of that name.",
                instead=f'Give it: @refines({refinement.abstract.__name__}, {name}="...").',
                at=source.at_function(refinement.function),
            )
        else:
            found[name] = one.default
    return found


def _inside_types(refinement: Refinement, constants: dict[str, Any]) -> None:
    types = constant_types(refinement.abstract, constants)
    for name, value in constants.items():
        fault = types[name].fault(value)
        if fault is None:
            continue
        raise SpecError(
            "refinement/constant-outside-type",
            f"under `{refinement.name}`, the constant {name}{fault.path} of "
            f"`{refinement.abstract.__name__}` is {fault.value!r}, not one of: {describe(types[name])}",
            why="A constant that both models have is the same in both, unless the mapping gives another.",
            instead=f'Give it: @refines({refinement.abstract.__name__}, {name}="..."), or widen its type.',
            at=source.at_function(refinement.function),
        )


def _same_sizes(declaration: Declaration, refinement: Refinement, constants: dict[str, Any]) -> None:
    here = sort_sizes(type(declaration.model), constants_of(declaration.model))
    for sort, size in sort_sizes(refinement.abstract, constants).items():
        if here.get(sort, size) != size:
            raise SpecError(
                "refinement/sort-size",
                f"`{sort.__name__}` has {here[sort]} members in `{declaration.name}`, and {size} in "
                f"`{refinement.abstract.__name__}` under `{refinement.name}`",
                why="The mapping leads from states that hold members of a sort to states that hold the same ones.",
                instead="Give the constant that is its size the same value in both models: "
                f'@refines({refinement.abstract.__name__}, ...="...").',
                at=source.at_function(refinement.function),
            )


def _leads_there(declaration: Declaration, refinement: Refinement, abstract: Declaration) -> None:
    """Check that the mapping says that its result is a state of the abstract model."""
    hint = function_hints(refinement.function).get("return")
    if (get_origin(hint) or hint) is abstract.state.cls:
        return
    given = "nothing" if hint is None else f"`{getattr(hint, '__name__', hint)}`"
    state = abstract.state.cls.__name__
    raise SpecError(
        "refinement/result",
        f"`{refinement.name}` of `{declaration.name}` leads to {given} by its annotation, and should lead to "
        f"`{state}`",
        why=f"`{state}` is the state of `{abstract.name}`, the model that it refines.",
        instead=f"Write def {refinement.name}(self, s: {declaration.state}) -> {state}.",
        at=source.at_returns(refinement.function),
    )


def abstracts_of(declaration: Declaration) -> dict[str, Declaration]:
    """The abstract models of all refinements of a model, by the names of the mappings."""
    return {one.name: abstract_of(declaration, one) for one in declaration.refinements}
