"""A query as SMT-LIB 2 text, which any solver reads and a person can follow.

Variables are declared and gates defined in the order of their numbers, inputs first, and what is asserted
comes last.  The text is plain ASCII: a name of a variable or a literal is quoted, what quotes may not hold
is spelled `{7c}`, a name that could be a word of SMT-LIB itself (or of ours: `g12`) gets an apostrophe in
front, and the second of two equal names gets `~2` behind.  Nothing here knows a solver.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from checker.solve.solver import Status, gates_below
from checker.symbolic.circuit import TRUE, Circuit, Lit

_WORDS = {"and": "and", "if": "ite", "same": "="}
_UNPRINTABLE = re.compile(r"[^ -~]")
_UNQUOTABLE = re.compile(r"[^ -~]|[|\\]")
_COULD_BE_A_WORD = re.compile(r"[A-Za-z0-9+\-/*=%?!.$_~&^<>@]*|[@.].*")


def smtlib(
    circuit: Circuit,
    asserted: Sequence[Lit],
    *,
    comments: Iterable[str] = (),
    expected: Status | None = None,
    names: Mapping[Lit, str] | None = None,
) -> str:
    """The text that asks whether these literals can hold together.

    `comments` head it, a line each; `expected` is what the query claims; `names` are for literals: those
    that what is asserted depends on are defined under their names.
    """
    lines = [f"; {_UNPRINTABLE.sub(_spelled, line)}" for text in comments for line in text.splitlines()]
    if expected is not None:
        lines.append(f"(set-info :status {expected})")
    lines.append("(set-logic QF_UF)")
    writer = _Writer(circuit, names or {})
    lines.extend(writer.definitions(asserted))
    lines.extend(f"(assert {writer.asserted(lit)})" for lit in asserted)
    lines.append("(check-sat)")
    return "\n".join(lines) + "\n"


class _Writer:
    """The words for literals; names are given once."""

    def __init__(self, circuit: Circuit, names: Mapping[Lit, str]) -> None:
        self._circuit = circuit
        self._used: set[str] = set()
        self._given = {lit: self._symbol(name) for lit, name in names.items()}
        self._words: dict[Lit, str] = {TRUE: "true", -TRUE: "false"}

    def definitions(self, roots: Sequence[Lit]) -> Iterator[str]:
        """All that these depend on, inputs first, each followed by the names that were given for it."""
        gates, word = self._circuit.gates, self._word
        by_number: dict[int, list[Lit]] = {}
        for lit in self._given:
            by_number.setdefault(abs(lit), []).append(lit)
        yield from self._named(by_number.get(TRUE, ()))
        for number in gates_below(self._circuit, roots, {TRUE: True}):
            gate = gates.get(number)
            if gate is None:
                self._words[number] = self._symbol(self._circuit.names[number])
                yield f"(declare-const {self._words[number]} Bool)"
            else:
                self._words[number] = f"g{number}"
                inputs = " ".join([word(lit) for lit in gate.inputs])
                yield f"(define-fun g{number} () Bool ({_WORDS[gate.kind]} {inputs}))"
            if number in by_number:
                yield from self._named(by_number[number])

    def asserted(self, lit: Lit) -> str:
        """A literal, by the name that was given for it if there is one."""
        if lit in self._given:
            return self._given[lit]
        if -lit in self._given:
            return f"(not {self._given[-lit]})"
        return self._word(lit)

    def _named(self, lits: Iterable[Lit]) -> Iterator[str]:
        for lit in lits:
            yield f"(define-fun {self._given[lit]} () Bool {self._word(lit)})"

    def _word(self, lit: Lit) -> str:
        found = self._words.get(lit)
        if found is None:
            found = self._words[lit] = f"(not {self._words[-lit]})"
        return found

    def _symbol(self, name: str) -> str:
        text = _UNQUOTABLE.sub(_spelled, name)
        if _COULD_BE_A_WORD.fullmatch(text):
            text = f"'{text}"
        wanted, count = text, 1
        while wanted in self._used:
            count += 1
            wanted = f"{text}~{count}"
        self._used.add(wanted)
        return f"|{wanted}|"


def _spelled(found: re.Match[str]) -> str:
    return f"{{{ord(found[0]):x}}}"
