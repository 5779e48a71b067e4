"""A model whose steps a test chooses, and formulas and fairness as plain data, which shrinks and prints well.

A formula is nested tuples, `("until", ("in", 0, 2), ("taken", "hop", ("side", True)))`; `formula` makes the
real one of it.  The model is a walk on a few vertices whose steps are tables among its constants.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Annotated, Any, Literal

from attrs import evolve

from checker.lang import (
    Between,
    Model,
    action,
    all_of,
    always,
    any_of,
    boundary,
    enabled,
    eventually,
    eventually_always,
    fairness,
    final,
    frozen,
    implies,
    infinitely_often,
    initial,
    leads_to,
    next_state,
    now,
    one_of,
    strongly_fair,
    taken,
    temporal,
    until,
    weak_until,
    weakly_fair,
)
from checker.lang.declarations import Declaration, Fairness, Temporal, declare
from checker.lang.temporal import Formula, Taken

Vertex = Annotated[int, Between(0, 4)]
Anywhere = Annotated[int, Between(0, 5)]
Pairs = tuple[tuple[int, int], ...]


@frozen
class At:
    """Where the walk is."""

    vertex: Vertex


@frozen
class Walk(Model[At]):
    """A walk: `go` leads where a table says, `hop` by one of two tables, `jump` along any of its arcs.

    Arcs to vertex 5 leave the type; walls lie beyond the boundary.
    """

    starts: frozenset[Vertex] = frozenset({0})
    gone: Pairs = ()
    left: Pairs = ()
    right: Pairs = ()
    jumps: Pairs = ()
    walls: frozenset[Vertex] = frozenset()
    ends: frozenset[Vertex] = frozenset()

    def arcs(self, s: At) -> tuple[int, ...]:
        return tuple(b for a, b in self.jumps if a == s.vertex)

    @initial
    def begin(self, vertex: Vertex) -> At | None:
        return At(vertex) if vertex in self.starts else None

    @action
    def go(self, s: At) -> At | None:
        for a, b in self.gone:
            if a == s.vertex:
                return At(b)
        return None

    @action
    def hop(self, s: At, side: bool) -> At | None:
        for a, b in self.right if side else self.left:
            if a == s.vertex:
                return At(b)
        return None

    @action
    def jump(self, s: At, to: Anywhere = one_of(arcs)) -> At | None:
        return At(to)

    @boundary
    def within_the_walls(self, s: At) -> bool:
        return s.vertex not in self.walls

    @final
    def at_an_end(self, s: At) -> bool:
        return s.vertex in self.ends

    def at_home(self, s: At) -> bool:
        return s.vertex == 0


# -- formulas as data -----------------------------------------------------------------------------

Tree = tuple[Any, ...]

ACTIONS = ("go", "hop", "jump")


def _steps(model: Walk, action: str, *more: tuple[str, Any]) -> Taken[At]:
    """`("hop", ("side", True), ("after", 1, 2))`: hops to the right, to vertex 1 or 2."""
    where: Callable[..., bool] | None = None
    named: dict[str, Any] = {}
    for name, *values in more:
        if name == "after":
            where = _to_one_of(frozenset(values))
        elif name == "from":
            where = _from_one_of(frozenset(values))
        elif name == "where":
            where = _SELECTED[values[0]]
        else:
            named[name] = values[0]
    if action == "any":
        return taken(where=where or _to_one_of(frozenset(range(5))))
    return taken(getattr(model, action), where=where, **named)


def _to_one_of(vertices: frozenset[int]) -> Callable[..., bool]:
    def leads_there(s: At, after: At) -> bool:
        return after.vertex in vertices

    return leads_there


def _from_one_of(vertices: frozenset[int]) -> Callable[..., bool]:
    def begins_there(s: At) -> bool:
        return s.vertex in vertices

    return begins_there


def _up(s: At, to: int) -> bool:
    return to > s.vertex


def _right(s: At, side: bool) -> bool:
    return side


def _left(s: At, side: bool, after: At) -> bool:
    return not side and after.vertex != 0


_SELECTED: dict[str, Callable[..., bool]] = {
    "up": _up,
    "right": _right,
    "left": _left,
}


def formula(model: Walk, tree: Tree) -> Formula[At]:
    """The formula that a tree describes."""
    kind, *parts = tree
    if kind == "in":
        return now(_from_one_of(frozenset(parts)))
    if kind == "home":
        return now(model.at_home)
    if kind in ("taken", "enabled", "weak", "strong"):
        steps = _steps(model, *parts)
        make = {"enabled": enabled, "weak": weakly_fair, "strong": strongly_fair}.get(kind)
        return steps if make is None else make(steps)
    return OPERATORS[kind](*(formula(model, part) for part in parts))


OPERATORS: dict[str, Callable[..., Formula[At]]] = {
    "not": lambda f: ~f,
    "and": lambda f, g: f & g,
    "or": lambda f, g: f | g,
    "all": all_of,
    "any": any_of,
    "implies": implies,
    "next": next_state,
    "always": always,
    "eventually": eventually,
    "until": until,
    "weak until": weak_until,
    "leads to": leads_to,
    "infinitely often": infinitely_often,
    "eventually always": eventually_always,
}
ONE = ("not", "next", "always", "eventually", "infinitely often", "eventually always")
TWO = ("and", "or", "implies", "until", "weak until", "leads to")


@frozen
class Case:
    """A walk, what it is asked, and what it assumes: fairness of whole actions, and further fairness."""

    walk: Walk
    claim: Tree
    fair: tuple[Tree, ...] = ()
    marked: tuple[tuple[str, Literal["weak", "strong"], bool], ...] = ()
    """Actions that declare fairness themselves: which, how, and whether for each value of `side`."""

    def claimed(self, model: Walk) -> Formula[At]:
        """The formula that is to hold."""
        return formula(model, self.claim)

    def assumed(self, model: Walk) -> Formula[At]:
        """What else is assumed."""
        return all_of(*(formula(model, tree) for tree in self.fair))

    def declaration(self) -> Declaration:
        """The model with its property and its fairness, without the cost of reading a class anew."""
        read = evolve(_DECLARED, model=self.walk)
        marks = {name: (strength, each) for name, strength, each in self.marked}
        actions = tuple(
            evolve(one, fair=marks[one.name][0], per=("side",) if marks[one.name][1] else ())
            if one.name in marks
            else one
            for one in read.actions
        )
        return evolve(
            read,
            actions=actions,
            temporal=(Temporal("claim", self.claimed, (), ""),),
            fairness=(Fairness("assumed", self.assumed, ""),) if self.fair else (),
        )

    def model(self) -> Walk:
        """The model as a user would write it: a class of its own."""

        def claim(model: Walk) -> Formula[At]:
            return self.claimed(model)

        def assumed(model: Walk) -> Formula[At]:
            return self.assumed(model)

        body: dict[str, Any] = {"claim": temporal(claim)}
        if self.fair:
            body["assumed"] = fairness(assumed)
        for name, strength, each in self.marked:
            body[name] = action(fair=strength, per="side" if each else "")(_again(getattr(Walk, name)))
        made = frozen(type("Asked", (Walk,), {**body, "__module__": __name__}))
        return made(**{name: getattr(self.walk, name) for name in CONSTANTS})


CONSTANTS = ("starts", "gone", "left", "right", "jumps", "walls", "ends")


def _again(function: Any) -> Any:
    """The same function as another object, to be marked otherwise."""
    found = FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    found.__annotations__ = function.__annotations__
    found.__qualname__ = function.__qualname__
    return found


_DECLARED = declare(Walk())
