"""The meaning of quantifiers, comprehensions, aggregates and loops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from checker.interpret.scalars import EXTREMES
from checker.interpret.stuck import Coder, Environment, Evaluate, Row, Stuck
from checker.ir import nodes
from checker.ir.nodes import For, Qualifier, Where
from checker.lang.types import BagType, SeqType
from checker.lang.values import Bag, Map

Ranging = Callable[[Environment], Iterator[None]]
"""Yields once for each choice of what qualifiers range over, with their names in the environment."""


def ranging(m: Coder, qualifiers: tuple[Qualifier, ...]) -> Ranging:
    """Every choice, the last qualifier changing quickest."""
    if not qualifiers:
        return lambda env: iter((None,))
    first, rest = qualifiers[0], ranging(m, qualifiers[1:])
    if isinstance(first, For):
        return _for(first.name, m.code(first.domain), rest)
    if isinstance(first, Where):
        test = m.code(first.test)
        return lambda env: rest(env) if test(env) else iter(())
    return _with(first.name, m.code(first.value), rest)


def _for(name: str, domain: Evaluate, rest: Ranging) -> Ranging:
    def choices(env: Environment) -> Iterator[None]:
        for item in domain(env):
            env[name] = item
            yield from rest(env)

    return choices


def _with(name: str, value: Evaluate, rest: Ranging) -> Ranging:
    def choices(env: Environment) -> Iterator[None]:
        env[name] = value(env)
        yield from rest(env)

    return choices


def _quantifier(m: Coder, node: nodes.Quantifier) -> Evaluate:
    choices, body = ranging(m, node.qualifiers), m.code(node.body)
    if node.kind == "all":
        return lambda env: all(body(env) for _ in choices(env))
    return lambda env: any(body(env) for _ in choices(env))


def _comprehension(m: Coder, node: nodes.Comprehension) -> Evaluate:
    choices, element = ranging(m, node.qualifiers), m.code(node.element)
    make: Any = (
        tuple if isinstance(node.type, SeqType) else Bag if isinstance(node.type, BagType) else frozenset
    )
    return lambda env: make([element(env) for _ in choices(env)])


def _map_comprehension(m: Coder, node: nodes.MapComprehension) -> Evaluate:
    choices, key, value = ranging(m, node.qualifiers), m.code(node.key), m.code(node.value)
    kind: Any = getattr(node.type, "key", None)
    keys = frozenset(kind.members())

    def evaluate(env: Environment) -> Any:
        table = {key(env): value(env) for _ in choices(env)}
        if table.keys() != keys:
            raise Stuck(f"not every {kind} has a value, or others have", node.at)
        return Map(table)

    return evaluate


def _aggregate(m: Coder, node: nodes.Aggregate) -> Evaluate:
    choices = ranging(m, node.qualifiers)
    if node.body is None:
        return lambda env: sum(1 for _ in choices(env))
    body = m.code(node.body)
    if node.which == "sum":
        return lambda env: sum(body(env) for _ in choices(env))
    choose, default = EXTREMES[node.which], None if node.default is None else m.code(node.default)

    def evaluate(env: Environment) -> Any:
        known = [] if default is None else [default(env)]  # Python evaluates it in any case
        values = [body(env) for _ in choices(env)]
        if not values and not known:
            raise Stuck(f"the {node.which} of nothing", node.at)
        return choose(values) if values else known[0]

    return evaluate


def _fold(m: Coder, node: nodes.Fold) -> Evaluate:
    initial, domain, body = [m.code(value) for value in node.initial], m.code(node.domain), m.code(node.body)
    until = None if node.until is None else m.code(node.until)

    def evaluate(env: Environment) -> Any:
        held = tuple([value(env) for value in initial])
        for item in domain(env):
            env.update(zip(node.accumulators, held, strict=True))
            if until is not None and until(env):
                break
            env[node.name] = item
            held = body(env)
        return held

    return evaluate


RANGING: dict[type[Any], Row] = {
    nodes.Quantifier: _quantifier,
    nodes.Comprehension: _comprehension,
    nodes.MapComprehension: _map_comprehension,
    nodes.Aggregate: _aggregate,
    nodes.Fold: _fold,
}
