"""What a search found, in the search's own terms; `checker.judge` makes a result of it."""

from __future__ import annotations

from attrs import Factory, define, frozen

from checker.system import Arguments, State


@frozen
class Move:
    """One step of a behaviour: the state reached, and how, which is None for an initial state."""

    state: State
    action: int | None = None
    arguments: Arguments = ()


@frozen
class Violation:
    """A property that is false, or a `sometimes` that was reached, and the behaviour that shows it.

    `left_out` says why there is no behaviour, and `depth` how many states it would have: only a
    `sometimes` can do without, where the time ran out in which its behaviour would have been rebuilt.
    """

    name: str
    behaviour: tuple[Move, ...]
    left_out: str | None = None
    depth: int = Factory(lambda self: len(self.behaviour), takes_self=True)


@frozen
class Served:
    """An assumption of fairness, how the loop of a lasso satisfies it, and by which steps of the loop.

    `kind` is the assumption with the names of arguments in place of their values.
    """

    assumption: str
    how: str
    steps: tuple[int, ...] = ()
    kind: str = ""


@frozen
class Finding:
    """What was found out about one temporal property: that it holds of all fair behaviours of the graph
    that was stored, or not, or neither (None), with the ground in words.

    Where it does not hold, `behaviour` is a lasso that goes on at place `loop`: see `Trace.loop`.  `hints`
    say what more would have to be assumed; `remarks` what a reader should not miss.  `stopped` is the
    budget that ran out before anything was known.
    """

    name: str
    holds: bool | None
    ground: str
    behaviour: tuple[Move, ...] = ()
    loop: int | None = None
    why: tuple[str, ...] = ()
    fairness: tuple[Served, ...] = ()
    hints: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    stopped: str | None = None


@frozen
class BoundReached:
    """A bound that kept the search from going on: which, how often, and where first.

    `kind` is "type" for the bounds of a field's type and "boundary" for a declared boundary.
    `first` describes the first step that met it; `first_depth` counts states, the initial one 1.
    """

    kind: str
    bound: str
    times: int
    first: str
    first_depth: int


@define
class ActionCount:
    """How often an action was taken, and how many states it was the first to reach."""

    taken: int = 0
    added: int = 0


@frozen
class Compaction:
    """Fingerprints were kept instead of states: of so many bits, and how likely it is at most that a
    state was taken for another and missed."""

    bits: int
    missed: float


@frozen
class Exploration:
    """The outcome of a search.

    `depth` counts levels, the initial one 1.  `complete` says that every reachable state within the
    bounds was expanded; `stopped` which budget ran out, if one did: of a complete exploration, while
    temporal properties were looked at.  `violations` and `reached` hold one behaviour for each property.
    `behaviours` is how many a simulation walked, `last` the last.
    With symmetry, `distinct` counts orbits, `represented` the states that they stand for, None for too
    many to count, and `samples` those that were checked against the law of symmetry.  `workers` is how
    many threads searched, and `abandoned` how many behaviours of a simulation ended where generated
    code could not go on; `left_to_python` how often CPython ran which action in place of generated code.
    `findings` are about temporal properties.
    """

    distinct: int
    generated: int
    depth: int
    seconds: float
    violations: tuple[Violation, ...]
    reached: tuple[Violation, ...]
    actions: dict[str, ActionCount]
    bounds: tuple[BoundReached, ...]
    stopped: str | None
    complete: bool
    behaviours: int = 0
    last: tuple[Move, ...] = ()
    represented: int | None = None
    samples: int = 0
    workers: int = 1
    compaction: Compaction | None = None
    abandoned: int = 0
    left_to_python: tuple[tuple[str, int], ...] = ()
    findings: tuple[Finding, ...] = ()
