"""Symbolic values held to known ones, and circuits evaluated for many assignments at once.

`pin` says which variables make a new symbolic value a known one, whatever the others are; `simulate` gives
the truth of gates for as many assignments as there are bits in a word.  So what a formula says of thousands
of states and choices is known without a solver.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from checker.lang.types import (
    FiniteType,
    IntType,
    MapType,
    RecordType,
    SeqType,
    TupleType,
)
from checker.solve.solver import gates_below
from checker.symbolic.circuit import TRUE, Circuit, Gate, Lit
from checker.symbolic.lifting import lits_of, members
from checker.symbolic.values import BagOf, Bits, Cases, Product, Seq, SetOf, Table, Truth, Union, Value

Known = dict[int, bool]


class Pins:
    """The variables that make values known ones; those that do not matter are chosen by chance."""

    def __init__(self, circuit: Circuit, random: Random) -> None:
        self.circuit = circuit
        self.random = random
        self.known: Known = {}

    def set(self, lit: Lit, value: bool) -> None:
        """Give a literal a value: of a gate only that all its inputs hold."""
        gate = self.circuit.gates.get(abs(lit))
        if abs(lit) == TRUE:
            assert value == (lit == TRUE)
        elif gate is None:
            self.known[abs(lit)] = value == (lit > 0)
        elif value:
            assert (gate.kind, lit > 0) == ("and", True)
            for inner in gate.inputs:
                self.set(inner, True)

    def free(self, value: Value) -> None:
        """A value that does not matter."""
        for lit in lits_of(value):
            if abs(lit) in self.circuit.names:
                self.known[abs(lit)] = self.random.random() < 0.5

    def pin(self, kind: FiniteType, value: Value, wanted: Any) -> None:
        """Make a new value of a type the wanted one."""
        match value:
            case Truth(lit):
                self.set(lit, wanted)
            case Cases(cases):
                for case, lit in cases.items():
                    self.set(lit, case == wanted)
            case Bits(bits):
                for place, lit in enumerate(bits):
                    self.set(lit, bool(wanted >> place & 1))
            case Union(options):
                self._option(kind, options, wanted)
            case SetOf() | BagOf():
                self._collection(kind, value, wanted)
            case _:
                for part, held, item in self._parts(kind, value, wanted):
                    self.pin(part, held, item)

    def _parts(self, kind: FiniteType, value: Value, wanted: Any) -> Iterator[tuple[FiniteType, Value, Any]]:
        match value, kind:
            case Product(parts), RecordType(fields=fields):
                for part, (name, inner) in zip(parts, fields, strict=True):
                    yield inner, part, getattr(wanted, name)
            case Product(parts), TupleType(items=items):
                yield from zip(items, parts, wanted, strict=True)
            case Table(values), MapType():
                for key, held in zip(members(kind.key), values, strict=True):
                    yield kind.value, held, wanted[key]
            case Seq(entries), SeqType():
                for place, (here, held) in enumerate(entries):
                    self.set(here, place < len(wanted))
                    if place < len(wanted):
                        yield kind.item, held, wanted[place]
                    else:
                        self.free(held)
            case _:
                raise AssertionError(f"{kind} has the value {value}")

    def _option(self, kind: Any, options: tuple[tuple[Lit, Value], ...], wanted: Any) -> None:
        place = kind.options.index(kind.option_of(wanted))
        for at, (option, (lit, held)) in enumerate(zip(kind.options, options, strict=True)):
            self.set(lit, at == place)
            if at == place:
                self.pin(option, held, wanted)
            else:
                self.free(held)

    def _collection(self, kind: Any, value: SetOf | BagOf, wanted: Any) -> None:
        """Sets and bags: what is known by its condition, the rest in symbolic members in any order."""
        items = list(wanted if isinstance(value, SetOf) else wanted.support())
        self.random.shuffle(items)
        if isinstance(value, SetOf):
            for item, lit in value.known.items():
                self.set(lit, item in wanted)
            slots = [(lit, held) for lit, held in value.loose]
            for place, (lit, held) in enumerate(slots):
                self.set(lit, place < len(items))
                self._slot(kind.item, held, items[place : place + 1])
            return
        for item, number in value.known.items():
            self.pin(IntType(None, None), number, wanted[item])
        for place, (held, number) in enumerate(value.loose):
            if place < len(items):
                self.pin(IntType(None, None), number, wanted[items[place]])
            self._slot(kind.item, held, items[place : place + 1])

    def _slot(self, kind: FiniteType, held: Value, items: list[Any]) -> None:
        if items:
            self.pin(kind, held, items[0])
        else:
            self.free(held)


def pinned(circuit: Circuit, kind: FiniteType, value: Value, wanted: Any, random: Random) -> Known:
    """The variables that make a new value the wanted one."""
    pins = Pins(circuit, random)
    pins.pin(kind, value, wanted)
    return pins.known


# -- many assignments at once ---------------------------------------------------------------------


class Simulation:
    """The truth of gates under many assignments: bit i of a gate's word is its truth under the i-th."""

    def __init__(self, circuit: Circuit, assignments: list[Known]) -> None:
        self.circuit = circuit
        self.number = len(assignments)
        self.mask = (1 << self.number) - 1
        self.words: dict[int, int] = {TRUE: self.mask}
        columns: dict[int, list[int]] = {}
        for place, known in enumerate(assignments):
            for variable, value in known.items():
                if value:
                    columns.setdefault(variable, []).append(place)
        for variable, places in columns.items():
            self.words[variable] = sum(1 << place for place in places)
        self._given = set(self.words)

    def word(self, lit: Lit) -> int:
        """The truth of a literal under each assignment."""
        self.need([lit])
        return self._of(lit)

    def _of(self, lit: Lit) -> int:
        return self.words[lit] if lit > 0 else self.mask ^ self.words[-lit]

    def need(self, lits: Iterable[Lit]) -> None:
        """Compute what these depend on."""
        of, gates, words = self._of, self.circuit.gates, self.words
        for number in gates_below(self.circuit, lits, words):
            gate = gates.get(number)
            if gate is None:
                words[number] = 0
                continue
            inputs = [of(lit) for lit in gate.inputs]
            if gate.kind == "and":
                found = self.mask
                for word in inputs:
                    found &= word
            elif gate.kind == "if":
                found = inputs[0] & inputs[1] | (self.mask ^ inputs[0]) & inputs[2]
            else:
                found = self.mask ^ inputs[0] ^ inputs[1]
            words[number] = found

    def places(self, lit: Lit) -> list[int]:
        """Under which assignments a literal holds."""
        word = self.word(lit)
        return [place for place, bit in enumerate(reversed(bin(word)[2:])) if bit == "1"]

    def at(self, place: int) -> Mapping[int, bool]:
        """The truth of what was computed under one assignment."""
        return _At(self.words, place)


class _At(dict[int, bool]):
    """Reads one bit of each word."""

    def __init__(self, words: dict[int, int], place: int) -> None:
        self._words = words
        self._place = place

    def __missing__(self, number: int) -> bool:
        return bool(self._words[number] >> self._place & 1)


# -- choices --------------------------------------------------------------------------------------

MOST = 4096
"""The most ways to set the variables of an action's choices that are tried."""


class TooManyWays(Exception):
    """Raised where not all of them can be tried."""


class Ways:
    """Every way to set new variables, for a state that is known: of one part exactly one case holds.

    A variable that decides only whether something absent is chosen is set by chance.
    """

    def __init__(self, circuit: Circuit, variables: Sequence[int], random: Random) -> None:
        self.circuit = circuit
        self.random = random
        self.groups: dict[str, list[int]] = {}
        for variable in variables:
            name = circuit.names[variable]
            head, separator, _ = name.rpartition(" = ")
            self.groups.setdefault(head if separator else name, []).append(variable)
        self._gates: dict[int, list[Gate]] = {variable: [] for variable in variables}
        for gate in circuit.gates.values():
            for lit in gate.inputs:
                if abs(lit) in self._gates:
                    self._gates[abs(lit)].append(gate)

    def of(self, pins: Sequence[Known]) -> list[tuple[int, Known]]:
        """Which of some states, with the variables of the state and of the choices."""
        found = list(enumerate(pins))
        for group in self.groups.values():
            if len(group) == 1:
                found = self._decided(found, group[0])
            else:
                options = [{variable: variable == chosen for variable in group} for chosen in group]
                found = [(at, known | setting) for at, known in found for setting in options]
            if len(found) > MOST * len(pins):
                raise TooManyWays(f"more than {MOST:,} ways to set the variables of choices")
        return found

    def _decided(self, found: list[tuple[int, Known]], variable: int) -> list[tuple[int, Known]]:
        """Both ways to decide, where that makes a difference."""
        gates = self._gates[variable]
        others: list[Lit] = []
        if len(gates) == 1 and gates[0].kind == "and" and " has #" in self.circuit.names[variable]:
            others = [lit for lit in gates[0].inputs if abs(lit) != variable]
        sim = Simulation(self.circuit, [known for _, known in found])
        word = sim.mask
        for lit in others:
            word &= sim.word(lit)
        both = {False: [False, True], True: [self.random.random() < 0.5]}
        return [
            (at, known | {variable: value})
            for place, (at, known) in enumerate(found)
            for value in both[not word >> place & 1]
        ]
