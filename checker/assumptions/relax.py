"""What a model assumes, and the models that do not assume it, each without one assumption.

Three kinds of assumptions are found without being told:

    constant   a constant marked `Relaxed`, whose value in the model is not the relaxed one
    fairness   an action's own fairness, a part of a `@fairness` method, or a premise of a temporal
               property: each method that returns one of these is an assumption under its own name
    durable    a field of a node's state that survives a crash

A field is made volatile in a model in which nodes crash and come back.  What is made is a declaration, so that
the engines see nothing new.
"""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, product
from typing import Any, Literal, cast, get_origin

import attrs
from attrs import evolve, frozen

from checker.lang import records
from checker.lang.bounds import Relaxed
from checker.lang.declarations import Action, Constant, Declaration, Fairness, declare
from checker.lang.errors import CallError, suggestion
from checker.lang.hints import durability, field_hints, function_hints, type_arguments
from checker.lang.model import ROLE, Model
from checker.lang.protocol import NodeProtocol
from checker.lang.temporal import Fair, Formula, all_of, conjuncts, now
from checker.liveness.claims import assumed_in
from checker.liveness.titles import formula_title

Kind = Literal["constant", "fairness", "durable"]


@frozen
class Assumption:
    """Something that a model assumes: its name, what is the case without it, and the model without it."""

    kind: Kind
    name: str
    without: str
    declaration: Declaration


@frozen
class Waived:
    """An assumption that could be made and is not: what happens all the same, and the constant that says so."""

    name: str
    without: str


def assumptions_of(model: Model[Any]) -> list[Assumption]:
    """Everything that a model assumes, in a fixed order: constants, fairness, durable fields.

    Raises SpecError for a mistake in the spec.
    """
    declaration = declare(model)
    found = [
        *_constants(model, declaration),
        *_fairness_of_actions(declaration),
        *_fairness_of_methods(declaration),
        *_premises(model, declaration),
        *_durable(model, declaration),
    ]
    taken: set[str] = set()
    for place, one in enumerate(found):
        if one.name in taken:
            found[place] = evolve(one, name=f"{one.kind}-{one.name}")
        taken.add(one.name)
    return found


def waived_by(model: Model[Any]) -> list[Waived]:
    """The marked assumptions that a model does not make."""
    marks = relaxed_constants(type(model))
    values = {constant.name: constant.value for constant in declare(model).constants}
    return [
        Waived(f"{name}={_shown(values[name])}", mark.words)
        for name, mark in marks.items()
        if mark.is_relaxed(values[name])
        and not (mark.along and not marks[mark.along].is_relaxed(values[mark.along]))
    ]


def without(model: Model[Any], name: str) -> Assumption:
    """The assumption of a name.  Raises CallError where the model makes none of that name."""
    known = {assumption.name: assumption for assumption in assumptions_of(model)}
    if name not in known:
        raise CallError(
            "call/unknown-assumption",
            f"`{type(model).__name__}` makes no assumption `{name}`",
            why="`quorate assumptions` shows those that it makes.",
            instead=suggestion(name, known) if known else "Leave --without out.",
        )
    return known[name]


# -- constants ------------------------------------------------------------------------------------


@frozen
class Marked:
    """A constant that is an assumption: its value without the assumption, and which way is worse."""

    value: Any
    words: str
    along: str
    falls: bool

    def is_relaxed(self, value: Any) -> bool:
        """Whether a value is at least as bad as the one without the assumption."""
        if isinstance(self.value, bool):
            return bool(value) == self.value
        return bool(value <= self.value) if self.falls else bool(value >= self.value)


def relaxed_constants(cls: type[Model[Any]]) -> dict[str, Marked]:
    """The constants that are assumptions; a class that gives another default need not mark it again.

    Smaller numbers are worse where the default of the class that has the mark is above the mark's value.
    """
    found: dict[str, Marked] = {}
    for owner in reversed(cls.__mro__):
        if "__annotations__" not in vars(owner) or not issubclass(owner, Model):
            continue
        for name, hint in field_hints(owner).items():
            for mark in getattr(hint, "__metadata__", ()):
                if isinstance(mark, Relaxed):
                    default = attrs.fields_dict(cast(Any, owner))[name].default
                    falls = isinstance(default, int) and default > mark.value
                    found[name] = Marked(mark.value, mark.words, mark.along, falls)
    return found


def _constants(model: Model[Any], declaration: Declaration) -> Iterator[Assumption]:
    constants = {constant.name: constant for constant in declaration.constants}
    marks = relaxed_constants(type(model))
    for name, mark in marks.items():
        if mark.is_relaxed(constants[name].value):
            continue
        changes = {name: mark.value}
        if mark.along and not marks[mark.along].is_relaxed(constants[mark.along].value):
            changes[mark.along] = marks[mark.along].value
        relaxed = declare(evolve(cast(Any, model), **changes))
        yield Assumption("constant", name, f"{mark.words} ({_changes(changes)})", relaxed)


def _changes(changes: dict[str, Any]) -> str:
    return ", ".join(f"{name}={_shown(value)}" for name, value in changes.items())


def _shown(value: Any) -> str:
    """A constant as it is written after -c."""
    return str(value).lower() if isinstance(value, bool) else str(value)


# -- fairness -------------------------------------------------------------------------------------


def _fairness_of_actions(declaration: Declaration) -> Iterator[Assumption]:
    for action in declaration.actions:
        if action.fair is None:
            continue
        actions = tuple(_unfair(each) if each is action else each for each in declaration.actions)
        yield Assumption(
            "fairness",
            action.name,
            f"no {action.fair} fairness of {action.name}",
            evolve(declaration, actions=actions),
        )


def _unfair(action: Action) -> Action:
    return evolve(action, fair=None, per=())


def _fairness_of_methods(declaration: Declaration) -> Iterator[Assumption]:
    """Parts of `@fairness` methods: one for each helper method that returns some, and for each that is inline."""
    helpers = _helpers(declaration.model)
    for method in declaration.fairness:
        named = [name for name in helpers if _uses(declaration, method, name)]
        for name in named:
            yield _dropped(declaration, name)
        rest = _made(declaration.model, {name: lambda _: all_of() for name in named})
        inline = [part for part in conjuncts(method.function(rest)) if isinstance(part, Fair)]
        for kind in dict.fromkeys(map(_kind, inline)):
            fewer = evolve(method, function=partial(_but, method.function, kind))
            fairness = tuple(fewer if each is method else each for each in declaration.fairness)
            several = len({*map(_kind, inline)}) > 1 or named
            title = next(formula_title(part) for part in inline if _kind(part) == kind)
            words = f"no {title}" if several else _denied(method.function)
            yield Assumption(
                "fairness",
                f"{method.name}: {kind[0]} {', '.join(kind[1])}" if several else method.name,
                words,
                evolve(declaration, fairness=fairness),
            )


def _kind(part: Fair[Any]) -> tuple[str, tuple[str, ...], str]:
    """What parts have in common that differ in arguments only."""
    actions = tuple(pattern.action or "any step" for pattern in part.steps.patterns)
    return part.strength, actions, part.title


def _but(function: Callable[..., Formula[Any]], kind: tuple[Any, ...], model: Model[Any]) -> Formula[Any]:
    """What a `@fairness` method returns, without the parts of a kind."""
    parts = conjuncts(function(model))
    return all_of(*(part for part in parts if not (isinstance(part, Fair) and _kind(part) == kind)))


def _premises(model: Model[Any], declaration: Declaration) -> Iterator[Assumption]:
    """Helper methods whose formulas some temporal property assumes, and no `@fairness` method has."""
    fair = {
        name for name in _helpers(model) if any(_uses(declaration, m, name) for m in declaration.fairness)
    }
    for name in _helpers(model):
        if name not in fair and _is_premise(declaration, name):
            yield _dropped(declaration, name)


def _helpers(model: Model[Any]) -> list[str]:
    """Unmarked methods of a model that take nothing and return a formula."""
    found = []
    for name in dict.fromkeys(name for owner in reversed(type(model).__mro__) for name in vars(owner)):
        function = inspect.getattr_static(type(model), name)
        if not inspect.isfunction(function) or hasattr(function, ROLE) or name.startswith("__"):
            continue
        if len(inspect.signature(function).parameters) != 1 or "Formula" not in str(
            function.__annotations__.get("return", "")
        ):
            continue
        hint = function_hints(function)["return"]
        if (get_origin(hint) or hint) is Formula:
            found.append(name)
    return found


def _uses(declaration: Declaration, method: Fairness, name: str) -> bool:
    """Whether a `@fairness` method has the formula of a helper among its parts."""
    mark: Formula[Any] = now(lambda _: True)
    model = _made(declaration.model, {name: lambda _: mark})
    return any(part is mark for part in conjuncts(method.function(model)))


def _is_premise(declaration: Declaration, name: str) -> bool:
    mark: Formula[Any] = now(lambda _: True)
    model = _made(declaration.model, {name: lambda _: mark})
    return any(
        part is mark
        for prop in declaration.temporal
        for values in product(*(list(parameter.type.members()) for parameter in prop.parameters))
        for assumed in assumed_in(prop.function(model, *values))
        for part in conjuncts(assumed)
    )


def _dropped(declaration: Declaration, name: str) -> Assumption:
    """The assumption that a helper method states."""
    function = inspect.getattr_static(type(declaration.model), name)
    model = _made(declaration.model, {name: lambda _: all_of()})
    return Assumption("fairness", name, _denied(function), declare(model))


def _denied(function: Callable[..., Any]) -> str:
    """That what a method says does not hold, in its own words."""
    said = inspect.cleandoc(function.__doc__ or "").partition("\n")[0]
    return f"not: {said or function.__name__.replace('_', ' ')}"


# -- durable fields -------------------------------------------------------------------------------


def _durable(model: Model[Any], declaration: Declaration) -> Iterator[Assumption]:
    constants = {constant.name: constant for constant in declaration.constants}
    node = _node_type(type(model))
    if node is None or "crashes" not in constants:
        return
    crashing = _crashing(model, constants)
    for field in (name for name, durable in durability(node).items() if durable):
        yield Assumption(
            "durable",
            field,
            f"`{field}` is lost in a crash{_with_crashes(constants)}",
            declare(_forgetting(crashing, field)),
        )


def _node_type(cls: type[Model[Any]]) -> type[Any] | None:
    """The class of a node's state, if the model is made of nodes."""
    given = {
        parameter.__name__: argument for parameter, argument in type_arguments(cls, NodeProtocol).items()
    }
    node = given.get("S")
    return None if node is None else cast("type[Any]", get_origin(node) or node)


def _crashing(model: Model[Any], constants: dict[str, Constant]) -> Model[Any]:
    """The model in which at least one node crashes, and comes back."""
    changes: dict[str, Any] = {"crashes": max(1, constants["crashes"].value)}
    if "restarts" in constants:
        changes["restarts"] = True
    return cast("Model[Any]", evolve(cast(Any, model), **changes))


def _with_crashes(constants: dict[str, Constant]) -> str:
    return "" if constants["crashes"].value else " (crashes=1)"


_serial = count(1)

_FORGETS = """\
class {name}(Original):
    __slots__ = ()

    def recover(self, me, node):
        return evolve(super().recover(me, node), {field}=self.boot(me).{field})
"""


def _forgetting(model: Model[Any], field: str) -> Model[Any]:
    """The model whose nodes lose a field in a crash.

    The class is source text, as everything has to be that the compiler reads.
    """
    cls = type(model)
    file = f"<{cls.__name__} without {field} {next(_serial)}>"
    text = _FORGETS.format(name=cls.__name__, field=field)
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names: dict[str, Any] = {"__name__": cls.__module__, "Original": cls, "evolve": records.evolve}
    exec(compile(text, file, "exec", dont_inherit=True), names)  # noqa: S102 - our text, and names of the spec
    made = names[cls.__name__]
    made.__doc__ = cls.__doc__
    return _with_constants(made, model)


def _made(model: Model[Any], methods: dict[str, Any]) -> Model[Any]:
    """A model of a class that differs in some methods, with the same constants and the same name."""
    cls = type(model)
    same = {"__module__": cls.__module__, "__doc__": cls.__doc__, "__slots__": ()}
    return _with_constants(type(cls.__name__, (cls,), {**same, **methods}), model)


def _with_constants(cls: type[Any], model: Model[Any]) -> Model[Any]:
    return cast("Model[Any]", cls(**{a.name: getattr(model, a.name) for a in attrs.fields(cls)}))
