"""What is known at a place in a function: the values of its names, and what tests have told.

Names of the source are mutable, those of the IR are not: every assignment gives a name a new local of
the IR.  So what is known of a local, or of a path that begins with one, stays true.  A `Scope` is
never changed; the methods give another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import evolve, field, frozen

from checker.ir.nodes import As, Coerce, Constant, Expr, Field, Get, Index, Item, Literal, Local, Stuck
from checker.ir.typing import options, same
from checker.lang.types import NOTHING, FiniteType, UnionType

Path = tuple[object, ...]
Facts = Mapping[Path, tuple[FiniteType, ...]]
"""For paths whose type is a union: the options that their value may still belong to."""


class Self:
    """What the first parameter of a model's methods stands for: it is no value of the language."""


SELF = Self()
Bound = Expr | Self


@frozen
class Scope:
    """`names` are the locals of the source; `gone` those that lost their value; `facts` see above."""

    names: Mapping[str, Bound]
    facts: Facts = field(factory=dict)
    gone: frozenset[str] = frozenset()
    walrus: list[tuple[str, Local, Expr]] | None = None
    """What `(name := value)` has bound in this statement."""
    may_bind: bool = False
    """Whether it may bind here: not where the expression is perhaps not evaluated."""

    def binding(self, name: str, value: Bound) -> Scope:
        """With another value for a name."""
        return evolve(self, names={**self.names, name: value}, gone=self.gone - {name})

    def without(self, names: Iterable[str]) -> Scope:
        """Without values for some names."""
        lost = frozenset(names)
        kept = {name: value for name, value in self.names.items() if name not in lost}
        return evolve(self, names=kept, gone=self.gone | lost)

    def knowing(self, facts: Facts) -> Scope:
        """With more facts, which hold beside the known ones."""
        return evolve(self, facts=both(self.facts, facts)) if facts else self

    def opened(self, walrus: list[tuple[str, Local, Expr]]) -> Scope:
        """A place where `(name := value)` may bind a name; its binding is added to the list."""
        return evolve(self, walrus=walrus, may_bind=True)

    def inner(self) -> Scope:
        """A place that is perhaps not evaluated, so that no name may be bound from inside it."""
        return evolve(self, may_bind=False) if self.may_bind else self

    def with_walrus(self, walrus: list[tuple[str, Local, Expr]]) -> Scope:
        """With the names that `(name := value)` has bound, as ordinary ones."""
        found = evolve(self, walrus=None, may_bind=False)
        for name, value, _ in walrus:
            found = found.binding(name, value)
        return found

    def settled(self) -> Scope:
        """What is known after the expression of a statement."""
        return self.with_walrus(self.walrus or [])

    def named(self, name: str) -> Bound | None:
        """What a local stands for; None where it has no value."""
        for known, value, _ in reversed(self.walrus or []):
            if known == name:
                return value
        return self.names.get(name)

    def possible(self, value: Expr) -> tuple[FiniteType, ...]:
        """The options that a value may belong to, by its type and by what is known."""
        found = options(value.type)
        where = path(value) if isinstance(value.type, UnionType) else None
        return found if where is None else self.facts.get(where, found)

    def view(self, value: Expr) -> Expr:
        """The value as the one option that it is known to belong to, or as it is."""
        if not isinstance(value.type, UnionType):
            return value
        found = self.possible(value)
        if not found:
            return Stuck("no value gets here", type=NOTHING, at=value.at)
        return As(value, type=found[0], at=value.at) if len(found) == 1 else value


def path(value: Expr) -> Path | None:
    """A name for what a simple expression reads; None for what is computed."""
    match value:
        case Local(name):
            return (name,)
        case Constant(name):
            return (f"self.{name}",)
        case As(inner) | Coerce(inner):
            return path(inner)
        case Field(record, name):
            return _under(record, f".{name}")
        case Item(inner, place):
            return _under(inner, place)
        case Get(inner, key) | Index(inner, key):
            inside = (f"[{key.value!r}",) if isinstance(key, Literal) else path(key)
            return None if inside is None else _under(inner, "[", *inside, "]")
        case _:
            return None


def _under(value: Expr, *steps: object) -> Path | None:
    found = path(value)
    return None if found is None else (*found, *steps)


def renamed_path(where: Path, names: Mapping[str, str]) -> Path | None:
    """The same path with other names for the locals in it; None where one has no other name."""
    found: list[object] = []
    for step in where:
        if isinstance(step, str) and not step.startswith((".", "[", "]", "self.")):
            if step not in names:
                return None
            step = names[step]
        found.append(step)
    return tuple(found)


def both(left: Facts, right: Facts) -> Facts:
    """What is known where both hold."""
    found = dict(left)
    for where, kinds in right.items():
        known = found.get(where)
        found[where] = kinds if known is None else tuple(kind for kind in known if _among(kind, kinds))
    return found


def either(left: Facts, right: Facts) -> Facts:
    """What is known where one of them holds."""
    found = {}
    for where, kinds in left.items():
        if where in right:
            more = right[where]
            found[where] = (*kinds, *(kind for kind in more if not _among(kind, kinds)))
    return found


def impossible(facts: Facts) -> bool:
    """Whether no value satisfies the facts."""
    return any(not kinds for kinds in facts.values())


def _among(kind: FiniteType, kinds: Iterable[FiniteType]) -> bool:
    return any(same(kind, other) for other in kinds)
