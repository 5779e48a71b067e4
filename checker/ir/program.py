"""A program: a whole model in the IR, with its functions, actions and properties.

`checker.compile` makes one from a declared model; `checker.interpret` runs it, `checker.native` makes
C of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from attrs import frozen

from checker.ir.nodes import Expr
from checker.lang.errors import Location
from checker.lang.types import FiniteType, RecordType


@frozen
class Variable:
    """A parameter of a function, with its type."""

    name: str
    type: FiniteType


@frozen
class Function:
    """A function that others call.

    `name` is unique in the program and a C identifier.  `title` is the name in the source
    ("RaftServer.is_majority").
    """

    name: str
    parameters: tuple[Variable, ...]
    body: Expr
    title: str
    doc: str = ""
    at: Location | None = None


@frozen
class Choice:
    """A parameter of an action.

    It takes every value of its type; or, with a `domain`, every item of that collection (each
    different member of a bag, each place of a sequence, each key of a map); or, with `subsets`,
    every subset of the set of the domain's items.  The domain may use the state and earlier choices.
    """

    name: str
    type: FiniteType
    domain: Expr | None = None
    subsets: bool = False


@frozen
class Transition:
    """An action, or a source of initial states: one transition for each choice that gives a state.

    `state` is the name of the state before (None for initial states).  The body's type is the union
    of the state and None, None where the action is not enabled.

    `guards` are conditions taken out of the body so that later choices need not be enumerated: each
    is asked once so many choices are fixed, uses nothing but these and the state, and where one does
    not hold there is no transition.  Those after equally many choices are asked in their order.
    """

    name: str
    state: str | None
    choices: tuple[Choice, ...]
    body: Expr
    doc: str = ""
    at: Location | None = None
    guards: tuple[tuple[int, Expr], ...] = ()


Asked = Literal["always", "step", "sometimes"]
"""How a search asks a property: of every state, of every step, or of states until one satisfies it."""

ASKED: tuple[Asked, ...] = ("always", "step", "sometimes")


@frozen
class Predicate:
    """A property, lemma, boundary or final predicate over `states`, the names of one or two states."""

    name: str
    kind: Literal["always", "step", "sometimes", "lemma", "final", "boundary", "atom"]
    states: tuple[str, ...]
    body: Expr
    doc: str = ""
    at: Location | None = None


@frozen
class Marking:
    """Steps of one action that bear a mark: those of which `fixed` and, if there is one, `where` hold.

    `action` is the action's place in the program.  Both conditions may use the state before the step and
    the action's choices; `where` also the state after it, if that has a name.  Then it is asked only of a
    step that stays within bounds and boundary, and taken for true of one that does not.
    """

    name: str
    mark: int
    action: int
    state: str
    choices: tuple[Variable, ...]
    fixed: Expr
    where: Expr | None = None
    after: str | None = None
    at: Location | None = None


@frozen
class Program:
    """A model in the IR, for one choice of constants.

    `properties` are what the model promises and, after that, its lemmas.  `atoms` and `markings` say which
    letters states and steps have, for temporal properties; `marks` is how many marks there are, None in a
    program without letters.  They alone may name an identity of a sort, over which there is no symmetry then.
    """

    name: str
    constants: tuple[tuple[str, FiniteType, Any], ...]
    state: RecordType
    initial: tuple[Transition, ...]
    actions: tuple[Transition, ...]
    properties: tuple[Predicate, ...]
    final: tuple[Predicate, ...]
    boundary: tuple[Predicate, ...]
    functions: tuple[Function, ...]
    sources: tuple[str, ...] = ()
    """The files that the program was read from."""
    atoms: tuple[Predicate, ...] = ()
    markings: tuple[Marking, ...] = ()
    marks: int | None = None

    def conditions(self) -> Iterator[Expr]:
        """The expressions of predicates and markings, each whole."""
        yield from (part.body for part in (*self.properties, *self.final, *self.boundary, *self.atoms))
        for marking in self.markings:
            yield marking.fixed
            if marking.where is not None:
                yield marking.where

    def asked(self, kind: Asked) -> tuple[Predicate, ...]:
        """The properties that a search asks in one way; it asks a lemma like an `always`."""
        kinds = {kind, "lemma"} if kind == "always" else {kind}
        return tuple(part for part in self.properties if part.kind in kinds)

    def function(self, name: str) -> Function:
        """The function of that name; KeyError where there is none."""
        for function in self.functions:
            if function.name == name:
                return function
        raise KeyError(name)
