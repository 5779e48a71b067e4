"""A small program of the IR, built by hand: two-phase commit cut down, and what expressions need."""

from __future__ import annotations

from enum import Enum
from typing import Any

from checker.ir.nodes import (
    BOOL,
    INT,
    And,
    Call,
    Coerce,
    Constant,
    Equal,
    Every,
    Expr,
    Field,
    Fill,
    For,
    Get,
    If,
    Is,
    Literal,
    Local,
    MakeRecord,
    MakeSet,
    Member,
    Not,
    Or,
    Put,
    Quantifier,
    SetOperation,
    Update,
)
from checker.ir.program import Choice, Function, Predicate, Program, Transition, Variable
from checker.lang import Sort, frozen
from checker.lang.types import (
    EnumType,
    IntType,
    MapType,
    NoneType,
    RecordType,
    SetType,
    SortType,
    UnionType,
)


class RM(Sort):
    """A resource manager."""


class Phase(Enum):
    """How far a resource manager has come."""

    WORKING = "working"
    PREPARED = "prepared"


@frozen
class Prepared:
    """From a resource manager."""

    rm: RM


@frozen
class State:
    """The whole system."""

    phase: Any
    decision: Any
    heard: Any
    sent: Any


RMS = SortType(RM, 2)
PHASE = EnumType(Phase)
PREPARED = RecordType(Prepared, (("rm", RMS),))
DECISION = UnionType((PHASE, NoneType()))
STATE = RecordType(
    State,
    (
        ("phase", MapType(RMS, PHASE)),
        ("decision", DECISION),
        ("heard", SetType(RMS)),
        ("sent", SetType(PREPARED)),
    ),
)
RESULT = UnionType((STATE, NoneType()))
FIELDS = dict(STATE.fields)

S = Local("s", type=STATE)
RM_ = Local("rm", type=RMS)
NOTHING = Coerce(Literal(None, type=NoneType()), type=RESULT)
WORKING = Literal(Phase.WORKING, type=PHASE)
READY = Literal(Phase.PREPARED, type=PHASE)


def of(name: str, record: Expr = S) -> Field:
    """A field of the state."""
    return Field(record, name, type=FIELDS[name])


def some(state: Expr) -> Coerce:
    """A state as the result of an action."""
    return Coerce(state, type=RESULT)


MESSAGE = MakeRecord((RM_,), type=PREPARED)

START = Transition(
    "start",
    None,
    (),
    some(
        MakeRecord(
            (
                Fill(WORKING, type=FIELDS["phase"]),
                Coerce(Literal(None, type=NoneType()), type=DECISION),
                Literal(frozenset(), type=FIELDS["heard"]),
                Literal(frozenset(), type=FIELDS["sent"]),
            ),
            type=STATE,
        )
    ),
)

PREPARES = Transition(
    "rm_prepares",
    "s",
    (Choice("rm", RMS),),
    If(
        Not(Equal(Get(of("phase"), RM_, type=PHASE), WORKING, type=BOOL), type=BOOL),
        NOTHING,
        some(
            Update(
                S,
                (
                    ("phase", Put(of("phase"), RM_, READY, type=FIELDS["phase"])),
                    ("sent", SetOperation("|", of("sent"), MakeSet((MESSAGE,), type=FIELDS["sent"]),
                                          type=FIELDS["sent"])),
                ),
                type=STATE,
            )
        ),
        type=RESULT,
    ),
)  # fmt: skip

RECEIVES = Transition(
    "tm_receives_prepared",
    "s",
    (Choice("rm", RMS),),
    If(
        Or(
            (
                Not(Is(of("decision"), NoneType(), type=BOOL), type=BOOL),
                Not(Member(MESSAGE, of("sent"), type=BOOL), type=BOOL),
            ),
            type=BOOL,
        ),
        NOTHING,
        some(
            Update(
                S,
                (("heard", SetOperation("|", of("heard"), MakeSet((RM_,), type=FIELDS["heard"]),
                                        type=FIELDS["heard"])),),
                type=STATE,
            )
        ),
        type=RESULT,
    ),
)  # fmt: skip

MAY_COMMIT = Function(
    "may_commit",
    (Variable("s", STATE),),
    Quantifier(
        "all",
        (For("rm", Every(type=SetType(RMS))),),
        Member(RM_, of("heard"), type=BOOL),
        type=BOOL,
    ),
    "TwoPhase.may_commit",
)

COMMITS = Transition(
    "tm_commits",
    "s",
    (),
    If(
        And(
            (Is(of("decision"), NoneType(), type=BOOL), Call("may_commit", (S,), type=BOOL)),
            type=BOOL,
        ),
        some(Update(S, (("decision", Coerce(READY, type=DECISION)),), type=STATE)),
        NOTHING,
        type=RESULT,
    ),
)

HEARD_HAVE_PREPARED = Predicate(
    "heard_have_prepared",
    "always",
    ("s",),
    Quantifier(
        "all",
        (For("rm", of("heard")),),
        Equal(Get(of("phase"), RM_, type=PHASE), READY, type=BOOL),
        type=BOOL,
    ),
)

RMS_CONSTANT = Constant("rms", type=IntType(1, None))
NUMBER = Literal(3, type=INT)

PROGRAM = Program(
    name="TwoPhase",
    constants=(("rms", IntType(1, None), 2),),
    state=STATE,
    initial=(START,),
    actions=(PREPARES, RECEIVES, COMMITS),
    properties=(HEARD_HAVE_PREPARED,),
    final=(),
    boundary=(),
    functions=(MAY_COMMIT,),
)
