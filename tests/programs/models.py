"""Random models as Python source: types, helpers, actions and predicates, and how to load them.

    source = model_source(Chance.seeded(7))
    model = load(source, folder)

Every model has the constant `limit`, a sort `Node` of two, an Enum `Color`, records `Ping` and `Pong`, and
a state with a few random fields.  The source is a spec like any other: engines are compared on it, and
what Python raises the others must not answer.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from checker.lang.model import Model
from checker.library import find
from tests.programs import kinds
from tests.programs.chance import Chance
from tests.programs.kinds import BOOL, COLOR, INT, NODE, Bag, Kind, Record, Seq, Set, Union
from tests.programs.statements import Lines, Statements, indented

HEADER = '''"""A generated model."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import (
    Bag, Between, Capacity, Map, MaxLen, Model, Size, Sort, action, always, boundary, evolve, final, frozen,
    initial, one_of, sometimes, subset_of, subsets,
)


class Node(Sort):
    """An identity."""


class Color(Enum):
    """Three members."""

    RED = "red"
    GREEN = "green"
    BLUE = "blue"
'''


class ModelMaker(Statements):
    """Makes one model."""

    def __init__(self, chance: Chance) -> None:
        super().__init__(chance)
        self.ping, self.pong = self.record("Ping"), self.record("Pong")
        self.message = Union("Ping | Pong", "Ping | Pong", (self.ping, self.pong))
        count = 2 + chance.below(3)
        fields = tuple((f"f{place}", self.field_kind()) for place in range(count))
        self.state = Record("State", "State", fields)

    # -- types --

    def simple(self) -> Kind:
        return self.chance.of([BOOL, COLOR, NODE, kinds.integer(0, 2), kinds.integer(-1, 1)])

    def record(self, name: str) -> Record:
        fields = tuple((f"{name[1]}{i}", self.simple()) for i in range(1 + self.chance.below(2)))
        return Record(name, name, fields)

    def small(self) -> Kind:
        pick = self.chance.of
        inner = pick([COLOR, NODE, self.ping])
        return pick([self.simple(), self.simple(), self.ping, self.message, kinds.option(inner)])

    def field_kind(self) -> Kind:
        small, key = self.small(), self.chance.of([NODE, COLOR, kinds.integer(0, 2)])
        value = self.chance.of([small, kinds.set_of(self.simple()), kinds.sequence(self.simple(), 2)])
        return self.chance.of(
            [
                kinds.integer(0, 4),
                small,
                kinds.set_of(small),
                kinds.set_of(self.message, 2),
                kinds.sequence(small, 2),
                kinds.map_of(key, value),
                kinds.bag(small, 2),
                kinds.tuple_of(self.simple(), small),
                kinds.option(self.chance.of([COLOR, self.ping, kinds.tuple_of(BOOL, COLOR)])),
            ]
        )

    # -- parts --

    def source(self) -> str:
        lines = [
            HEADER,
            *self.class_lines(self.ping),
            *self.class_lines(self.pong),
            *self.class_lines(self.state),
        ]
        lines += ["@frozen", "class Generated(Model[State]):", '    """Made at random."""', ""]
        lines += [
            "    nodes: Size[Node] = 2",
            f"    limit: Annotated[int, Between(0, 9)] = {self.chance.below(4)}",
        ]
        parts = [self.initial()]
        parts += [self.helper(place) for place in range(self.chance.below(3))]
        for place in range(1 + self.chance.below(3)):
            parts += self.action(place)
        parts += [self.predicate(place) for place in range(1 + self.chance.below(2))]
        if self.chance.coin(4):
            parts.append(self.step_predicate())
        for part in parts:
            lines += ["", *indented(part)]
        return "\n".join(lines) + "\n"

    def class_lines(self, record: Record) -> Lines:
        fields = [f"    {name}: {kind.text}" for name, kind in record.fields]
        return ["", "@frozen", f"class {record.loose}:", '    """A record."""', "", *fields, ""]

    def initial(self) -> Lines:
        with self.knowing({"n": NODE}, ordered=True):
            values = [f"{name}={self.start_value(kind)}" for name, kind in self.state.fields]
        return ["@initial", "def start(self, n: Node) -> State:", f"    return State({', '.join(values)})"]

    def start_value(self, kind: Kind) -> str:
        """A value within its bounds."""
        match kind:
            case kinds.Int():
                return str(max(kind.low, 0))
            case Set() | Seq() | Bag():
                empty = {Set: "frozenset()", Seq: "()", Bag: "Bag()"}
                return empty[type(kind)]
            case kinds.Option():
                return "None"
            case kinds.Map():
                keys = self.every(kind.key)
                if isinstance(kind.key, kinds.Int):
                    keys = f"range({kind.key.low}, {kind.key.high + 1})"
                return f"Map.fill({keys}, {self.start_value(kind.value)})"
            case Record():
                return f"{kind.loose}({', '.join(self.start_value(inner) for _, inner in kind.fields)})"
            case Union():
                return self.start_value(kind.options[0])
            case kinds.Tuple():
                return f"({', '.join(self.start_value(item) for item in kind.items)})"
        return "n" if kind is NODE else "False" if kind is BOOL else "Color.RED"

    def helper(self, place: int) -> Lines:
        """A method that later ones may call."""
        result = self.chance.of([INT, BOOL, self.small(), self.field_kind()])
        name = f"helper_{place}"
        given = [("n", NODE), *[(self.fresh("p"), self.small()) for _ in range(self.chance.below(3))]]
        with self.knowing(dict(given)):
            body = self.body(lambda: self.rich(result, 2), 2, 2)
        self.helpers.append((name, tuple(kind for _, kind in given), result))
        parameters = ", ".join(f"{p}: {kind.loose}" for p, kind in given)
        return [f"def {name}(self, {parameters}) -> {result.loose}:", *indented(body)]

    def action(self, place: int) -> list[Lines]:
        """An action, after the method that computes one of its domains, if it has one."""
        parts: list[Lines] = []
        names: dict[str, Kind] = {"n": NODE}
        parameters = ["n: Node"]
        for _ in range(self.chance.below(3)):
            parameter, kind, method = self.parameter(names)
            parts += [method] if method else []
            parameters.append(parameter)
            names[parameter.partition(":")[0]] = kind
        parameters.sort(key=lambda text: "=" in text)
        with self.knowing({"s": self.state, **names}):
            guards: Lines = []
            for _ in range(self.chance.below(2)):
                guards += [f"if {self.make(BOOL, 2)}:", "    return None"]
            body = [*guards, *self.body(self.successor, 2, 2)]
        head = f"def action_{place}(self, s: State, {', '.join(parameters)}) -> State | None:"
        return [*parts, ["@action", head, *indented(body)]]

    def successor(self) -> str:
        """The result of an action: the state with some fields changed, or nothing."""
        if self.chance.coin(6):
            return "None"
        changed = [self.chance.of(self.state.fields) for _ in range(1 + self.chance.coin())]
        values = {name: self.within(kind, self.rich(kind, 3)) for name, kind in changed}
        return f"evolve(s, {', '.join(f'{name}={value}' for name, value in values.items())})"

    def within(self, kind: Kind, text: str) -> str:
        """Most often, a value cut down to the bounds of its type, so that there are states to go on from."""
        if self.chance.coin(4):
            return text
        match kind:
            case kinds.Int(low=low, high=high):
                return f"max({low}, min({high}, {text}))"
            case Seq():
                return f"({text})[:{self.chance.of([2, 1])}]"
            case _:
                return text

    def parameter(self, earlier: dict[str, Kind]) -> tuple[str, Kind, Lines]:
        """A parameter over its type, over a field of the state, or over what a method computes."""
        name = self.fresh("a")
        held = [(f, k) for f, k in self.state.fields if isinstance(k, Set | Seq | Bag)]
        way = self.chance.below(4 if held else 3)
        if way == 3:
            field, kind = self.chance.of(held)
            assert isinstance(kind, Set | Seq | Bag)
            if self.chance.coin(3):
                of = kinds.set_of(kind.item)
                return f"{name}: {of.text} = subset_of(State.{field})", of, []
            return f"{name}: {kind.item.text} = one_of(State.{field})", kind.item, []
        if way < 2:
            kind = self.chance.of([self.simple(), COLOR, self.ping])
            return f"{name}: {kind.text}", kind, []
        item = self.simple()
        of = self.chance.of([kinds.set_of(item), kinds.sequence(item, 3)])
        method = self.fresh("domain_")
        with self.knowing({"s": self.state, "n": NODE}):
            body = self.body(lambda: self.rich(of, 2), 1, 1)
        lines = [f"def {method}(self, s: State, n: Node) -> {of.loose}:", *indented(body)]
        return f"{name}: {item.text} = one_of({method})", item, lines

    def predicate(self, place: int) -> Lines:
        role = self.chance.of(["always", "sometimes", "final", "boundary"] if place else ["always"])
        with self.knowing({"s": self.state, "n": NODE}, ordered=False):
            test = self.rich(BOOL, 4)
        return [f"@{role}", f"def holds_{place}(self, s: State) -> bool:",
                f"    return {self.chance.of(['all', 'any'])}({test} for n in self.every(Node))"]  # fmt: skip

    def step_predicate(self) -> Lines:
        with self.knowing({"before": self.state, "after": self.state, "n": NODE}, ordered=False):
            test = self.rich(BOOL, 3)
        return ["@always", "def steps(self, before: State, after: State) -> bool:",
                f"    return all({test} for n in self.every(Node))"]  # fmt: skip


def model_source(chance: Chance) -> str:
    """The source of a random model."""
    return ModelMaker(chance).source()


@st.composite
def model_sources(draw: st.DrawFn) -> str:
    """Sources of random models, for Hypothesis."""
    return model_source(Chance.drawn(draw))


def load(source: str, folder: Path) -> Model[Any]:
    """The model of a source, imported from a file of its own."""
    name = hashlib.sha256(source.encode()).hexdigest()[:16]
    path = folder / f"generated_{name}.py"
    path.write_text(source, encoding="utf-8")
    found: Model[Any] = find(str(path))()
    return found
