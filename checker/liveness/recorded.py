"""What a lasso that is already there says of a temporal property: is it false of it, and is it fair?

For replays.  Nothing is searched: the definitions are asked, under the fairness that the model has now.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from checker.explore.exploration import Move
from checker.lang.declarations import Declaration, Temporal
from checker.liveness.claims import Claim, claims_of, model_fairness
from checker.liveness.evaluate import Evaluation
from checker.liveness.explain import why_false
from checker.liveness.graph import Path, Source
from checker.liveness.lasso import real_lasso
from checker.liveness.letters import Letters
from checker.system import State, System


def told_of(
    declaration: Declaration,
    prop: Temporal,
    system: System,
    moves: Sequence[Move],
    loop: int,
    meaning: str | None = None,
) -> tuple[str, ...]:
    """Lines on whether a lasso of the model refutes a property; each step of it changes the state.

    `meaning` says what it means that the property is false, where its name does not.

    Raises SpecError for what is wrong with the property's formula, or with fairness.
    """
    letters = Letters(declaration)
    claims = claims_of(declaration, prop, letters, model_fairness(declaration, letters))
    evaluation = _evaluation(system, letters, moves, loop)
    refuted = [claim for claim in claims if not evaluation.of(claim.formula)[0]]
    if not refuted:
        return (f"`{prop.name}` is true of this behaviour",)
    claim, unfair = min(((one, _unfair(one, evaluation)) for one in refuted), key=lambda pair: len(pair[1]))
    about = () if meaning is None else (meaning,)
    if not unfair:
        why = why_false(claim, evaluation)
        return (f"`{prop.name}` is false of this behaviour, which is fair", *about, *why)
    head = f"`{prop.name}` is false of this behaviour, but it is not fair, so it does not count"
    return (head, *about, *unfair)


def _evaluation(system: System, letters: Letters, moves: Sequence[Move], loop: int) -> Evaluation:
    source = Source(system, letters, (), None, lambda: None)
    states = [move.state for move in moves]
    marks = tuple(_marks(system, letters, before.state, after) for before, after in pairwise(moves))
    return Evaluation(real_lasso(source, Path(tuple(range(len(states))), marks, loop), states), letters)


def _marks(system: System, letters: Letters, before: State, move: Move) -> int:
    assert move.action is not None
    inside = system.fault(move.state, before) is None and system.inside(move.state)
    return letters.step(before, move.action, move.arguments, move.state, inside=inside)


def _unfair(claim: Claim, evaluation: Evaluation) -> list[str]:
    """The assumptions that the lasso does not satisfy."""
    return [
        f"it breaks {assumption.title}"
        for assumption in claim.assumptions
        if not evaluation.fair(assumption.constraint)
    ]
