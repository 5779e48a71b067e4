"""Random bodies of functions: locals, branches, early returns, matches and loops, as source lines."""

from __future__ import annotations

from collections.abc import Callable

from tests.programs.collections import Collections
from tests.programs.kinds import (
    BOOL,
    COLOR,
    COLORS,
    INT,
    NODE,
    Bag,
    Int,
    Kind,
    Option,
    Seq,
    Set,
    Union,
    set_of,
)

Lines = list[str]


def indented(lines: Lines) -> Lines:
    return ["    " + line for line in lines]


class Statements(Collections):
    """Makes statements; `result` says how a body ends."""

    def body(self, result: Callable[[], str], length: int, depth: int) -> Lines:
        """Some statements, and a return at the end."""
        lines: Lines = []
        for _ in range(self.chance.below(length + 1)):
            lines += self.statement(result, depth)
        return [*lines, f"return {result()}"]

    def statement(self, result: Callable[[], str], depth: int) -> Lines:
        options: list[Callable[[], Lines]] = [
            lambda: self.assignment(depth),
            lambda: self.early(result, depth),
            lambda: self.branches(depth),
            lambda: self.loop(depth),
            lambda: self.gathering(depth),
        ]
        options += [lambda p=p, k=k: self.match(p, k, result) for p, k in self.known(Union) if "[" not in p]
        options += [lambda p=p: self.match_color(p, depth) for p, k in self.scope.items() if k is COLOR][:2]
        options += [lambda p=p, k=k: self.narrowing(p, k, result, depth) for p, k in self.known(Option)][:2]
        if self.ordered:
            options.append(lambda: [f"assert {self.make(BOOL, depth)} or {self.make(BOOL, depth)}"])
        return self.chance.of(options)()

    def some_kind(self) -> Kind:
        """The kind of a local: simple, or of something in scope."""
        return self.chance.of([INT, BOOL, COLOR, set_of(NODE), *list(self.scope.values())[:8]])

    def assignment(self, depth: int) -> Lines:
        kind = self.some_kind()
        name, value = self.fresh("y"), self.make(kind, depth)
        self.scope = {**self.scope, **dict(self.paths({name: kind}))}
        lines = [f"{name}: {kind.loose} = {value}"]
        if isinstance(kind, Int) and self.chance.coin():
            lines.append(f"{name} {self.chance.of(['+=', '-='])} {self.make(INT, depth)}")
        return lines

    def early(self, result: Callable[[], str], depth: int) -> Lines:
        return [f"if {self.make(BOOL, depth)}:", f"    return {result()}"]

    def branches(self, depth: int) -> Lines:
        """A local that every branch assigns, or only some."""
        kind = self.some_kind()
        name = self.fresh("y")
        first, second = self.make(kind, depth), self.make(kind, depth)
        lines = [f"{name}: {kind.loose} = {self.make(kind, 0)}", f"if {self.make(BOOL, depth)}:"]
        lines.append(f"    {name} = {first}")
        if self.chance.coin():
            lines += [f"elif {self.make(BOOL, depth)}:", f"    {name} = {second}"]
        if self.chance.coin():
            lines += ["else:", f"    {name} = {self.make(kind, depth)}"]
        self.scope = {**self.scope, **dict(self.paths({name: kind}))}
        return lines

    def narrowing(self, path: str, kind: Kind, result: Callable[[], str], depth: int) -> Lines:
        """An early return for None, and the value known afterwards."""
        assert isinstance(kind, Option)
        with self.without(path):
            lines = [f"if {path} is None:", f"    return {result()}"]
        name = self.fresh("y")
        with self.knowing({path: kind.inner}):
            lines.append(f"{name}: {kind.inner.loose} = {path}")
        self.scope = {**self.scope, **dict(self.paths({name: kind.inner}))}
        return lines

    def match(self, path: str, kind: Kind, result: Callable[[], str]) -> Lines:
        """A case for each option of a union."""
        assert isinstance(kind, Union)
        lines = [f"match {path}:"]
        for option in kind.options:
            names = {self.fresh("z"): inner for _, inner in option.fields}
            whole = self.chance.coin()
            pattern = f"{option.loose}()" if whole else f"{option.loose}({', '.join(names)})"
            with self.knowing({path: option} if whole else names):
                guard = f" if {self.make(BOOL, 0)}" if self.chance.coin(4) else ""
                inner = [f"case {pattern}{guard}:", f"    return {result()}"]
            lines += indented(inner)
        return lines

    def match_color(self, path: str, depth: int) -> Lines:
        """Cases for members of an Enum that assign a local."""
        name = self.fresh("y")
        lines = [f"{name}: int = 0", f"match {path}:"]
        lines += [f"    case Color.{COLORS[0]}:", f"        {name} = {self.make(INT, depth)}"]
        pattern = self.chance.of([f"Color.{COLORS[1]}", f"Color.{COLORS[1]} | Color.{COLORS[2]}", "_"])
        lines += [f"    case {pattern}:", f"        {name} = {self.make(INT, depth)}"]
        self.scope = {**self.scope, name: INT}
        return lines

    def loop(self, depth: int) -> Lines:
        """A loop over a sequence or range that assigns one or two locals."""
        sequences = [(p, k.item) for p, k in self.known(Seq) if isinstance(k, Seq)]
        domain, item = self.chance.of([("range(3)", INT), (f"range({self.make(INT, 0)})", INT), *sequences])
        kinds = [self.some_kind() for _ in range(1 + self.chance.coin(3))]
        names = {self.fresh("w"): kind for kind in kinds}
        lines = [f"{name}: {kind.loose} = {self.make(kind, 1)}" for name, kind in names.items()]
        each = self.fresh("e")
        lines.append(f"for {each} in {domain}:")
        with self.knowing({**names, each: item}):
            if self.chance.coin(3):
                word = self.chance.of(["continue", "break"])
                lines += [f"    if {self.make(BOOL, depth)}:", f"        {word}"]
            lines += [f"    {name} = {self.make(kind, depth)}" for name, kind in names.items()]
            if self.chance.coin(4):
                name, kind = self.chance.of(list(names.items()))
                lines += [f"    if {self.make(BOOL, depth)}:", f"        {name} = {self.make(kind, 1)}"]
        self.scope = {**self.scope, **dict(self.paths(names))}
        return lines

    def gathering(self, depth: int) -> Lines:
        """A loop over a set, whose result does not depend on the order."""
        sets = [(p, k.item) for p, k in self.scope.items() if isinstance(k, Set | Bag)]
        domain, item = self.chance.of([(self.every(NODE), NODE), *sets])
        name, each = self.fresh("w"), self.fresh("e")
        lines = [f"{name} = 0", f"for {each} in {domain}:"]
        with self.knowing({each: item}, ordered=False):
            lines += [f"    if {self.make(BOOL, depth)}:", f"        {name} += {self.make(INT, depth)}"]
        self.scope = {**self.scope, name: INT}
        return lines
