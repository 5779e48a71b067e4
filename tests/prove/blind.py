"""Proofs whose search sees the initial states alone: whatever is said beyond them is said by formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from checker.api import check
from checker.choice import select
from checker.lang.declarations import declare
from checker.lang.model import Model
from checker.prove.api import Asked, proof_of
from checker.prove.attempt import Method
from checker.result.result import Result


def prove_blindly(
    model: Model[Any],
    method: Method = "auto",
    depth: int | None = None,
    *,
    properties: Sequence[str] | None = None,
    deadlock: bool = True,
    find_lemmas: bool = False,
    seed: int = 0,
    query_timeout_s: float | None = None,
) -> Result:
    """What `prove` says without the help of a search."""

    def search(names: Sequence[str], seconds: float) -> Result:
        return check(model, properties=names, max_states=1, keep_going=True, engine="python", symmetry=False)

    declaration = declare(model)
    chosen = select(declaration, properties, deadlock)
    plan = (method, depth, find_lemmas)
    asked = Asked(declaration, chosen.properties, chosen.deadlock, properties is None, "blind", plan)
    return proof_of(asked, (None, query_timeout_s, None), seed, None, None, search)
