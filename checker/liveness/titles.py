"""How predicates, steps and formulas are written in reports: in the words of the spec."""

from __future__ import annotations

import ast
from collections.abc import Callable
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


def predicate_title(predicate: Callable[..., Any]) -> str:
    """A method by its name, a lambda by its text, with the values of what it takes from around it."""
    inner = getattr(predicate, "__func__", predicate)
    name = str(getattr(inner, "__name__", "a predicate"))
    if name != "<lambda>" or not isinstance(inner, FunctionType):
        return name
    found = source.lambda_node(inner)
    if found is None:
        return "a lambda"
    text = " ".join(ast.unparse(found[1].body).split())
    text = text if len(text) <= MOST else text[: MOST - 2] + " …"
    return text + _with(inner)


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


def steps_title(steps: Taken[Any]) -> str:
    """Steps as a reader wants them: their actions with what is fixed of the arguments."""
    return " or ".join(_pattern_title(pattern) for pattern in steps.patterns) or "no step"


def _pattern_title(pattern: Pattern) -> str:
    name = pattern.action or "any step"
    text = call(name, pattern.arguments) if pattern.arguments else name
    if pattern.positional:
        given = [show(value) for value in pattern.positional]
        given += [f"{key}={show(value)}" for key, value in pattern.arguments]
        text = f"{name}({', '.join(given)})"
    return text if pattern.where is None else f"{text} where {predicate_title(pattern.where)}"


def formula_title(formula: Formula[Any]) -> str:
    """A formula as it is written in a spec, on one line."""
    match formula:
        case Now(predicate):
            return predicate_title(predicate)
        case Negation(operand):
            return f"~({formula_title(operand)})"
        case Conjunction(parts):
            return " & ".join(_inner(part) for part in parts) or "true"
        case Disjunction(parts):
            return " | ".join(_inner(part) for part in parts) or "false"
        case Implication(premise, conclusion):
            return f"implies({formula_title(premise)}, {formula_title(conclusion)})"
        case NextState(operand):
            return f"next_state({formula_title(operand)})"
        case Always(Eventually(operand)):
            return f"infinitely_often({formula_title(operand)})"
        case Eventually(Always(operand)):
            return f"eventually_always({formula_title(operand)})"
        case Always(operand):
            return f"always({formula_title(operand)})"
        case Eventually(operand):
            return f"eventually({formula_title(operand)})"
        case Until(meanwhile, goal, weak):
            return f"{'weak_' * weak}until({formula_title(meanwhile)}, {formula_title(goal)})"
        case LeadsTo(cause, effect):
            return f"leads_to({formula_title(cause)}, {formula_title(effect)})"
        case Taken():
            return f"taken({steps_title(formula)})"
        case Enabled(steps):
            return f"enabled({steps_title(steps)})"
        case Fair(strength, steps, title):
            return f"{strength} fairness of {title or steps_title(steps)}"
        case _:
            return repr(formula)


def _inner(formula: Formula[Any]) -> str:
    text = formula_title(formula)
    return f"({text})" if isinstance(formula, Conjunction | Disjunction | Now) and " " in text else text
