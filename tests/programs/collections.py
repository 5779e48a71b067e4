"""Random expressions that are collections, by what makes them of others."""

from __future__ import annotations

from collections.abc import Callable

from tests.programs.expressions import Expressions
from tests.programs.kinds import BOOL, COLOR, INT, NODE, Bag, Kind, Map, Seq, Set, sequence

Make = Callable[[], str]


class Collections(Expressions):
    """Makes sequences, sets and bags."""

    def compound(self, kind: Kind, depth: int) -> list[Make]:
        """Ways to make an expression of parts."""
        found = super().compound(kind, depth)
        match kind:
            case Seq():
                found += self.sequences(kind, depth)
            case Set():
                found += self.sets(kind, depth)
            case Bag():
                found += self.bags(kind, depth)
            case Map():
                found += self.maps(kind, depth)
            case _ if kind is INT:
                found += [
                    lambda p=p: f"len(subsets({p}))" for p, k in self.known(Set) if k.item in (NODE, COLOR)
                ]
        return found

    def maps(self, kind: Map, depth: int) -> list[Make]:
        """A map with every value changed."""
        held = self.held(kind)
        name = self.fresh("v")

        def changed() -> str:
            with self.knowing({name: kind.value}, ordered=False):
                return f"{held}.map(lambda {name}: {self.make(kind.value, depth)})"

        return [changed] if held else []

    def sequences(self, kind: Seq, depth: int) -> list[Make]:
        found: list[Make] = [
            lambda: f"({self.make(kind, depth)} + {self.make(kind, 0)})",
            lambda: f"(*{self.make(kind, 0)}, {self.make(kind.item, depth)})",
        ]
        held = self.held(kind)
        if held:
            found += [
                lambda: f"{held}[{self.make(INT, depth)}:]",
                lambda: f"{held}[:{self.make(INT, depth)}]",
                lambda: f"{held}[{self.make(INT, 0)}:{self.make(INT, 0)}]",
            ]
        if self.known(Seq):
            found.append(lambda: self.mapped(kind, depth))
        return found

    def mapped(self, kind: Seq, depth: int) -> str:
        """A sequence computed from another, item by item."""
        path, source = self.chance.of(self.known(Seq))
        assert isinstance(source, Seq)
        place, name = self.fresh("i"), self.fresh("x")
        if self.chance.coin():
            with self.knowing({name: source.item, place: INT}):
                return f"tuple({self.make(kind.item, depth)} for {place}, {name} in enumerate({path}))"
        with self.knowing({name: source.item}):
            test = f" if {self.make(BOOL, depth)}" if self.chance.coin() else ""
            return f"tuple({self.make(kind.item, depth)} for {name} in {path}{test})"

    def sets(self, kind: Set, depth: int) -> list[Make]:
        found: list[Make] = [
            lambda: f"({self.make(kind, depth)} {self.chance.of(['|', '&', '-', '^'])} {self.make(kind, 0)})",
            lambda: f"({self.make(kind, 0)} | {{{self.make(kind.item, depth)}}})",
            lambda: f"frozenset({self.ranging(kind.item, depth)})",
            lambda: f"frozenset({self.ranging(kind.item, depth)})",
        ]
        if kind.item in (NODE, COLOR):
            found.append(lambda: self.every(kind.item))
        found += [lambda p=p: f"{p}.support()" for p, k in self.known(Bag) if k.item.loose == kind.item.loose]
        found += [lambda p=p: f"{p}.keys()" for p, k in self.known(Map) if k.key.loose == kind.item.loose]
        return found

    def bags(self, kind: Bag, depth: int) -> list[Make]:
        found: list[Make] = [lambda: f"Bag({self.make(sequence(kind.item, 3), depth)})"]
        held = self.held(kind)
        if held:
            found.append(lambda: f"{held}.add({self.make(kind.item, depth)})")
            found.append(lambda: f"({held} {self.chance.of('+-')} {self.make(kind, 0)})")
        if held and self.ordered:
            found.append(lambda: f"{held}.remove({self.make(kind.item, depth)})")
        return found
