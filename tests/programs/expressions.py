"""Random expressions of the language, as source text.

`ordered` says whether what is generated is evaluated in an order that Python fixes.  Inside a quantifier
over a set it is not, so nothing is generated there that may raise: which engine meets it would differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.programs.chance import Chance
from tests.programs.kinds import (
    BOOL,
    COLOR,
    COLORS,
    INT,
    NODE,
    Bag,
    Int,
    Kind,
    Map,
    Option,
    Record,
    Seq,
    Set,
    Tuple,
    Union,
)

Make = Callable[[], str]


class Expressions:
    """Makes expressions from the names in scope."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.scope: dict[str, Kind] = {}
        self.helpers: list[tuple[str, tuple[Kind, ...], Kind]] = []
        self.ordered = True
        self._names = 0

    # -- names --

    def fresh(self, stem: str) -> str:
        self._names += 1
        return f"{stem}{self._names}"

    @contextmanager
    def knowing(self, names: dict[str, Kind], *, ordered: bool = True) -> Iterator[None]:
        """With more names in scope, or known names narrowed."""
        before, was_ordered = self.scope, self.ordered
        hidden = {path for path in before if any(path.startswith(name + ".") for name in names)}
        self.scope = {**{p: k for p, k in before.items() if p not in hidden}, **dict(self.paths(names))}
        self.ordered = was_ordered and ordered
        yield
        self.scope, self.ordered = before, was_ordered

    @contextmanager
    def without(self, path: str) -> Iterator[None]:
        """Where it would make no sense to look at a value again."""
        before = self.scope
        self.scope = {name: kind for name, kind in before.items() if name != path}
        yield
        self.scope = before

    def paths(self, names: dict[str, Kind]) -> Iterator[tuple[str, Kind]]:
        """Names, and the fields and items that can be read off them."""
        for name, kind in names.items():
            yield name, kind
            if isinstance(kind, Record):
                yield from self.paths({f"{name}.{field}": inner for field, inner in kind.fields})
            if isinstance(kind, Tuple):
                yield from self.paths({f"{name}[{i}]": inner for i, inner in enumerate(kind.items)})

    def known(self, cls: type[Kind]) -> list[tuple[str, Kind]]:
        return [(path, kind) for path, kind in self.scope.items() if isinstance(kind, cls)]

    # -- any kind --

    def make(self, kind: Kind, depth: int) -> str:
        """An expression of a kind."""
        leaves = [path for path, known in self.scope.items() if known.loose == kind.loose]
        simple: list[Make] = []
        if leaves:
            simple.append(lambda: self.chance.of(leaves[::-1]))
        if kind is not NODE and (not leaves or depth > 0 or self.chance.coin(3)):
            simple.append(lambda: self.literal(kind, depth))  # identities cannot be named
        return self.chance.of([*simple, *(self.compound(kind, depth - 1) if depth > 0 else [])])()

    def rich(self, kind: Kind, depth: int) -> str:
        """An expression that is more than a name."""
        literal: list[Make] = [] if kind is NODE else [lambda: self.literal(kind, depth)]
        options = [*literal, *self.compound(kind, depth - 1)[len(literal) :]]
        return self.chance.of(options)() if options else self.make(kind, depth)

    def literal(self, kind: Kind, depth: int) -> str:
        match kind:
            case Int():
                return self.chance.of(["0", "1", "2", "self.limit", "-1"])
            case Option():
                return self.chance.of([lambda: "None", lambda: self.make(kind.inner, depth - 1)])()
            case Record():
                return f"{kind.loose}({', '.join(self.make(inner, depth - 1) for _, inner in kind.fields)})"
            case Union():
                return self.make(self.chance.of(kind.options), depth - 1)
            case Tuple():
                items = [self.make(item, depth - 1) for item in kind.items]
                return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
            case Seq() | Set() | Bag():
                return self._display(kind, kind.item, depth - 1)
            case Map():
                return self._map(kind, depth - 1)
        return self.chance.of(["False", "True"] if kind is BOOL else [f"Color.{name}" for name in COLORS])

    def _display(self, kind: Kind, item: Kind, depth: int) -> str:
        items = [self.make(item, depth) for _ in range(self.chance.below(3))]
        inner = ", ".join(items)
        match kind:
            case Seq():
                return f"({inner},)" if items else "()"
            case Set():
                return f"frozenset({{{inner}}})" if items else "frozenset()"
            case _:
                return f"Bag(({inner},))" if items else "Bag()"

    def _map(self, kind: Map, depth: int) -> str:
        keys = (
            f"range({kind.key.low}, {kind.key.high + 1})"
            if isinstance(kind.key, Int)
            else self.every(kind.key)
        )
        if self.chance.coin():
            return f"Map.fill({keys}, {self.make(kind.value, depth)})"
        name = self.fresh("k")
        with self.knowing({name: kind.key}, ordered=False):
            return f"Map({{{name}: {self.make(kind.value, depth)} for {name} in {keys}}})"

    def held(self, kind: Kind) -> str:
        """A value to work on: one in scope, whose type is known, if there is any."""
        known = [path for path, other in self.scope.items() if other.loose == kind.loose]
        return self.chance.of(known[::-1]) if known else ""

    def every(self, kind: Kind) -> str:
        return f"self.every({kind.loose})"

    def compound(self, kind: Kind, depth: int) -> list[Make]:
        """Ways to make an expression of parts."""
        found: list[Make] = [lambda: self.choice(kind, depth)]
        found += [
            lambda p=p, k=k: self.get(p, k, depth) for p, k in self.known(Map) if k.value.loose == kind.loose
        ]
        found += [lambda h=h: self.call(h, depth) for h in self.helpers if h[2].loose == kind.loose]
        found += [lambda p=p, k=k: self.narrowed(p, k, kind, depth) for p, k in self.known(Option)]
        found += [lambda p=p, k=k: self.told_apart(p, k, kind, depth) for p, k in self.known(Union)]
        if self.ordered:
            found += [lambda p=p: f"{p}[{self.make(INT, depth)}]" for p, k in self.known(Seq)
                      if k.item.loose == kind.loose]  # fmt: skip
        match kind:
            case Int():
                found += self.integers(depth)
            case Map():
                found += [lambda: self.put(kind, depth)]
            case Record():
                found += [lambda: self.update(kind, depth)]
            case _ if kind is BOOL:
                found += self.conditions(depth) * 2
        return found

    def choice(self, kind: Kind, depth: int) -> str:
        test, then, other = self.make(BOOL, depth), self.make(kind, depth), self.make(kind, depth)
        return f"({then} if {test} else {other})"

    def narrowed(self, path: str, option: Kind, kind: Kind, depth: int) -> str:
        """An expression that uses an optional value where there is one."""
        assert isinstance(option, Option)
        other = self.make(kind, 0)
        with self.knowing({path: option.inner}):
            return f"({self.make(kind, depth)} if {path} is not None else {other})"

    def told_apart(self, path: str, union: Kind, kind: Kind, depth: int) -> str:
        """An expression that uses the fields of one option of a union."""
        assert isinstance(union, Union)
        option, other = self.chance.of(union.options), self.make(kind, 0)
        with self.knowing({path: option}):
            return f"({self.make(kind, depth)} if isinstance({path}, {option.loose}) else {other})"

    def call(self, helper: tuple[str, tuple[Kind, ...], Kind], depth: int) -> str:
        if not self.ordered:
            return self.make(helper[2], 0)  # a helper may raise
        return f"self.{helper[0]}({', '.join(self.make(kind, depth) for kind in helper[1])})"

    def get(self, path: str, kind: Kind, depth: int) -> str:
        assert isinstance(kind, Map)
        if isinstance(kind.key, Int):
            if not self.ordered:
                return f"{path}[{kind.key.low}]"
            return f"{path}[{self.make(kind.key, depth)}]"
        return f"{path}[{self.make(kind.key, depth)}]"

    def put(self, kind: Map, depth: int) -> str:
        key = str(kind.key.low) if isinstance(kind.key, Int) else self.make(kind.key, 0)
        before, after = self.held(kind), self.make(kind.value, depth)
        if not before:
            return self.literal(kind, depth)
        return self.chance.of([f"{before}.set({key}, {after})", f"{before}.update({{{key}: {after}}})"])

    def update(self, kind: Record, depth: int) -> str:
        name, inner = self.chance.of(kind.fields)
        return f"evolve({self.make(kind, 0)}, {name}={self.make(inner, depth)})"

    # -- integers --

    def integers(self, depth: int) -> list[Make]:
        small = lambda: self.make(INT, depth)  # noqa: E731
        found: list[Make] = [
            lambda: f"({small()} {self.chance.of('+-')} {small()})",
            lambda: f"({small()} * {self.chance.of(['2', '-1'])})",
            lambda: f"({small()} {self.chance.of(['//', '%'])} {self.chance.of(['2', '-2', '3'])})",
            lambda: f"{self.chance.of(['min', 'max'])}({small()}, {small()})",
            lambda: f"abs({small()})",
            lambda: f"int({self.make(BOOL, depth)})",
            lambda: f"sum({self.ranging(INT, depth, repeated=True)})",
            lambda: (
                f"{self.chance.of(['min', 'max'])}(({self.ranging(INT, depth)}), default={self.make(INT, 0)})"
            ),
        ]
        for path, kind in [*self.known(Seq), *self.known(Set), *self.known(Bag)]:
            found.append(lambda path=path: f"len({path})")
            if isinstance(kind, Bag):
                found += [lambda p=path: f"{p}.total()",
                          lambda p=path, k=kind: f"{p}[{self.make(k.item, depth)}]"]  # fmt: skip
        if self.ordered:
            found += [lambda: f"({small()} {self.chance.of(['//', '%'])} {small()})",
                      lambda: f"max({self.ranging(INT, depth)})"]  # fmt: skip
        return found

    # -- truth values --

    def conditions(self, depth: int) -> list[Make]:
        found: list[Make] = [
            lambda: f"({self.make(BOOL, depth)} {self.chance.of(['and', 'or'])} {self.make(BOOL, depth)})",
            lambda: f"not {self.make(BOOL, depth)}",
            lambda: f"({self.make(INT, depth)} {self.chance.of(['<', '<=', '>', '>=', '==', '!='])} "
                    f"{self.make(INT, depth)})",
            lambda: f"(0 <= {self.make(INT, depth)} < {self.make(INT, depth)})",
            lambda: f"(({self.make(INT, 0)}, {self.make(INT, 0)}) < ({self.make(INT, 0)}, {self.make(INT, 0)}))",
            lambda: f"{self.chance.of(['any', 'all'])}({self.ranging(BOOL, depth)})",
            lambda: f"{self.chance.of(['any', 'all'])}({self.ranging(BOOL, depth)})",
            self.equality,
        ]  # fmt: skip
        for path, kind in [*self.known(Seq), *self.known(Set), *self.known(Bag)]:
            found.append(
                lambda p=path, k=kind: f"({self.make(k.item, depth)} {self.chance.of(['in', 'not in'])} {p})"
            )
        for path, kind in self.known(Set):
            found.append(lambda p=path, k=kind: f"({self.make(k, depth)} {self.chance.of(['<=', '<'])} {p})")
        for path, kind in self.known(Bag):
            found.append(lambda p=path, k=kind: f"({self.make(k, depth)} <= {p})")
        for path, _ in self.known(Option):
            found.append(lambda p=path: f"({p} {self.chance.of(['is', 'is not'])} None)")
        for path, kind in self.known(Union):
            found.append(lambda p=path, k=kind: f"isinstance({p}, {self.chance.of(k.options).loose})")
        return found

    def equality(self) -> str:
        """Two values of one kind that are in scope."""
        path, kind = self.chance.of(list(self.scope.items()))
        operator = self.chance.of(["==", "!="])
        if kind is COLOR:
            operator = self.chance.of(["is", "is not", operator])
        return f"({path} {operator} {self.make(kind, 0)})"

    # -- what ranges over collections --

    def ranging(self, kind: Kind, depth: int, *, repeated: bool = False) -> str:
        """A generator expression: an element, one or two domains, and a condition at times.

        With `repeated`, how often a value comes counts; it does for sets all the same.
        """
        names: dict[str, Kind] = {}
        clauses = []
        ordered = True
        for _ in range(1 + self.chance.coin(3)):
            with self.knowing(names, ordered=ordered):
                targets, domain, in_order = self.clause(depth)
            ordered = ordered and in_order
            names.update(targets)
            clauses.append(f"for {', '.join(targets)} in {domain}")
            if self.chance.coin(3):
                with self.knowing(names, ordered=ordered):
                    clauses.append(f"if {self.make(BOOL, depth)}")
        with self.knowing(names, ordered=ordered):
            return " ".join([self.make(kind, depth), *clauses])

    def clause(self, depth: int) -> tuple[dict[str, Kind], str, bool]:
        """Names, the collection they range over, and whether in an order."""
        one, other = self.fresh("x"), self.fresh("x")
        options: list[Callable[[], tuple[dict[str, Kind], str, bool]]] = []
        for path, kind in self.scope.items():
            if isinstance(kind, Map):
                pair = {one: kind.key, other: kind.value}
                options.append(
                    lambda p=path, n=pair: (n, f"{p}.{self.chance.of(['items', 'pairs'])}()", False)
                )
            if isinstance(kind, Seq):
                pairs = [(k, p) for p, k in self.known(Seq)]
                names = {one: kind.item, other: pairs[0][0].item}
                both = f"zip({path}, {pairs[0][1]}, strict=False)"
                options.append(lambda n=names, b=both: (n, b, True))
        if options and self.chance.coin(3):
            return self.chance.of(options)()
        domain, item, in_order = self.domain(depth)
        return {one: item}, domain, in_order

    def domain(self, depth: int) -> tuple[str, Kind, bool]:
        """A collection to range over, what it holds, and whether in an order."""
        options: list[Callable[[], tuple[str, Kind, bool]]] = [
            lambda: (self.every(NODE), NODE, False),
            lambda: (self.every(COLOR), COLOR, False),
            lambda: (f"range({self.make(INT, 0)})", INT, True),
            lambda: (f"range({self.make(INT, 0)}, {self.chance.of(['2', '3', 'self.limit'])})", INT, True),
        ]
        for path, kind in self.scope.items():
            if isinstance(kind, Seq):
                options.append(lambda p=path, k=kind: (p, k.item, True))
            if isinstance(kind, Set | Bag):
                options.append(lambda p=path, k=kind: (p, k.item, False))
            if isinstance(kind, Bag):
                options.append(lambda p=path, k=kind: (f"{p}.support()", k.item, False))
            if isinstance(kind, Map):
                options += [lambda p=path, k=kind: (p, k.key, False),
                            lambda p=path, k=kind: (f"{p}.keys()", k.key, False)]  # fmt: skip
        return self.chance.of(options)()
