"""The last touches to a program: names that are bound once, and functions that somebody calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from checker.ir.nodes import Call, Expr, Fold, For, Let, Local, Qualifier, With
from checker.ir.program import Function, Program
from checker.ir.walk import binders, everything, rebuilt


def unique(body: Expr, taken: Iterable[str]) -> Expr:
    """The same expression, in which no two binders bind the same name."""
    seen = list(taken)
    for node in everything(body):
        seen.extend(binders(node))
    if len(seen) == len(set(seen)):
        return body
    return _Renamer(taken, set(seen)).renamed(body, {})


class _Renamer:
    """Gives a binder whose name was bound before another one, which nothing else has."""

    def __init__(self, taken: Iterable[str], all_names: set[str]):
        self.bound = set(taken)
        self.all_names = all_names

    def renamed(self, node: Expr, names: Mapping[str, str]) -> Expr:
        """An expression with other names for what is bound around it."""
        match node:
            case Local(name=name):
                return attrs.evolve(node, name=names[name]) if name in names else node
            case Let():
                value = self.renamed(node.value, names)
                name, inner = self.bind(node.name, names)
                return attrs.evolve(node, name=name, value=value, body=self.renamed(node.body, inner))
            case Fold():
                return self.fold(node, names)
            case _ if hasattr(node, "qualifiers"):
                return self.qualified(node, names)
        return rebuilt(node, lambda operand: self.renamed(operand, names))

    def bind(self, name: str, names: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
        """A name for a binder, and the names inside it."""
        found, number = name, 2
        if name in self.bound:
            while found in self.all_names:
                found = f"{name}_{number}"
                number += 1
        self.bound.add(found)
        self.all_names.add(found)
        return found, {**names, name: found}

    def fold(self, node: Fold, names: Mapping[str, str]) -> Expr:
        initial = tuple(self.renamed(value, names) for value in node.initial)
        domain = self.renamed(node.domain, names)
        accumulators = []
        for accumulator in node.accumulators:
            found, names = self.bind(accumulator, names)
            accumulators.append(found)
        until = None if node.until is None else self.renamed(node.until, names)
        name, names = self.bind(node.name, names)
        return attrs.evolve(
            node, accumulators=tuple(accumulators), initial=initial, name=name, domain=domain, until=until,
            body=self.renamed(node.body, names),
        )  # fmt: skip

    def qualified(self, node: Any, names: Mapping[str, str]) -> Expr:
        outside = names
        qualifiers: list[Qualifier] = []
        for qualifier in node.qualifiers:
            if isinstance(qualifier, For):
                domain = self.renamed(qualifier.domain, names)
                name, names = self.bind(qualifier.name, names)
                qualifiers.append(For(name, domain))
            elif isinstance(qualifier, With):
                value = self.renamed(qualifier.value, names)
                name, names = self.bind(qualifier.name, names)
                qualifiers.append(With(name, value))
            else:
                qualifiers.append(attrs.evolve(qualifier, test=self.renamed(qualifier.test, names)))
        changes: dict[str, Any] = {"qualifiers": tuple(qualifiers)}
        for slot in ("body", "element", "key", "value"):
            if getattr(node, slot, None) is not None:
                changes[slot] = self.renamed(getattr(node, slot), names)
        if getattr(node, "default", None) is not None:
            changes["default"] = self.renamed(node.default, outside)
        found: Expr = attrs.evolve(node, **changes)
        return found


def bodies(program: Program) -> list[Expr]:
    """All expressions of a program, each whole; callees before callers."""
    transitions = (*program.initial, *program.actions)
    found = [one.body for one in transitions]
    found += [choice.domain for one in transitions for choice in one.choices if choice.domain is not None]
    found += program.conditions()
    return [*(function.body for function in program.functions), *found]


def reachable(program: Program, functions: list[Function]) -> list[Function]:
    """The functions that something calls, in order."""
    known = {function.name: function for function in functions}
    roots = bodies(program)
    found: set[str] = set()
    while roots:
        for node in everything(roots.pop()):
            if isinstance(node, Call) and node.function not in found:
                found.add(node.function)
                roots.append(known[node.function].body)
    return [function for function in functions if function.name in found]
