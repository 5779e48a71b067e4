"""How predicates, steps and formulas are written in reports: in the words of the spec."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

from checker.lang import source
from checker.lang.temporal import (
    Always,
    Conjunction,
    Disjunction,
    Enabled,
    Eventually,
    Fair,
    Formula,
    Implication,
    LeadsTo,
    Negation,
    NextState,
    Now,
    Pattern,
    Taken,
    Until,
)
from checker.result.show import call, show

MOST = 100
"""Longer texts of a lambda are cut."""


def predicate_title(predicate: Callable[..., Any], *, values: bool = True) -> str:
    """A method by its name, a lambda by its text, with the values of what it takes from around it.

    Without `values` those are left out, and what differs by them only has one title.  An object whose
    methods stand for something else names them in its `__quorate_titles__`.
    """
    inner = getattr(predicate, "__func__", predicate)
    name = str(getattr(inner, "__name__", "a predicate"))
    given = getattr(getattr(predicate, "__self__", None), "__quorate_titles__", None)
    if given is not None:
        return str(given[name])
    if name != "<lambda>" or not isinstance(inner, FunctionType):
        return name
    found = source.lambda_node(inner)
    if found is None:
        return "a lambda"
    body = found[1].body
    text = _cut(ast.unparse(found[1] if isinstance(body, ast.Constant) else body))
    return text + (_with(inner) if values else "")


def whole_title(predicate: Callable[..., Any]) -> str:
    """A predicate with its parameters, for errors about these."""
    inner = getattr(predicate, "__func__", predicate)
    found = source.lambda_node(inner) if isinstance(inner, FunctionType) else None
    if found is None or inner.__name__ != "<lambda>":
        return predicate_title(predicate)
    return _cut(ast.unparse(found[1]))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST else text[: MOST - 2] + " …"


def _with(function: FunctionType) -> str:
    """The values that a lambda takes from the method around it."""
    values = []
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            value = cell.cell_contents
        except ValueError:
            continue
        if name != "self" and not callable(value):
            values.append(f"{name} = {show(value)}")
    return f" ({', '.join(values)})" if values else ""


def steps_title(steps: Taken[Any], *, values: bool = True) -> str:
    """Steps as a reader wants them: their actions with what is fixed of the arguments."""
    return " or ".join(_pattern_title(pattern, values) for pattern in steps.patterns) or "no step"


def _pattern_title(pattern: Pattern, values: bool) -> str:
    name = pattern.action or "any step"
    text = call(name, pattern.arguments) if pattern.arguments else name
    if pattern.positional:
        given = [show(value) for value in pattern.positional]
        given += [f"{key}={show(value)}" for key, value in pattern.arguments]
        text = f"{name}({', '.join(given)})"
    return text + _where_title(pattern, values)


def _where_title(pattern: Pattern, values: bool) -> str:
    if pattern.where is None or _is_true(pattern.where):
        return ""
    return f" where {predicate_title(pattern.where, values=values)}"


def _is_true(function: Callable[..., Any]) -> bool:
    """Whether a lambda asks for nothing."""
    found = source.lambda_node(function) if isinstance(function, FunctionType) else None
    return found is not None and isinstance(found[1].body, ast.Constant) and found[1].body.value is True


Names = Callable[[str], Sequence[str]]
"""The names of an action's parameters."""


def kind_of_steps(steps: Taken[Any], names: Names) -> str:
    """Steps with the names of the arguments that are fixed, in place of these: `deliver(m)`."""
    return " or ".join(_kind_of(pattern, names) for pattern in steps.patterns) or "no step"


def _kind_of(pattern: Pattern, names: Names) -> str:
    fixed = [] if pattern.action is None else list(names(pattern.action)[: len(pattern.positional)])
    fixed += [name for name, _ in pattern.arguments]
    text = (pattern.action or "any step") + (f"({', '.join(fixed)})" if fixed else "")
    return text + _where_title(pattern, values=False)


def formula_title(formula: Formula[Any], *, values: bool = True) -> str:
    """A formula as it is written in a spec, on one line; `values` as for predicates."""

    def of(part: Formula[Any]) -> str:
        return formula_title(part, values=values)

    match formula:
        case Now(predicate):
            return predicate_title(predicate, values=values)
        case Negation(operand):
            return f"~({of(operand)})"
        case Conjunction(parts):
            return " & ".join(_inner(part, of(part)) for part in parts) or "true"
        case Disjunction(parts):
            return " | ".join(_inner(part, of(part)) for part in parts) or "false"
        case Implication(premise, conclusion):
            return f"implies({of(premise)}, {of(conclusion)})"
        case NextState(operand):
            return f"next_state({of(operand)})"
        case Always(Eventually(operand)):
            return f"infinitely_often({of(operand)})"
        case Eventually(Always(operand)):
            return f"eventually_always({of(operand)})"
        case Always(operand):
            return f"always({of(operand)})"
        case Eventually(operand):
            return f"eventually({of(operand)})"
        case Until(meanwhile, goal, weak):
            return f"{'weak_' * weak}until({of(meanwhile)}, {of(goal)})"
        case LeadsTo(cause, effect):
            return f"leads_to({of(cause)}, {of(effect)})"
        case Taken():
            return f"taken({steps_title(formula, values=values)})"
        case Enabled(steps):
            return f"enabled({steps_title(steps, values=values)})"
        case Fair(strength, steps, title):
            return f"{strength} fairness of {title or steps_title(steps, values=values)}"
        case _:
            return repr(formula)


def _inner(formula: Formula[Any], text: str) -> str:
    return f"({text})" if isinstance(formula, Conjunction | Disjunction | Now) and " " in text else text
