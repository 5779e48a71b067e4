"""What to do next, after a proof: one remark for each thing that it left.

Each remark is a function of the result alone, None where it has nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from checker.lang.declarations import FAIRNESS, STEPS
from checker.result.proof import Proof
from checker.result.result import Evidence, Result


def advice(result: Result, proof: Proof) -> list[str]:
    """The remarks that apply, the most urgent first."""
    return [text for remark in _REMARKS if (text := remark(result, proof)) is not None]


def _names(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _false_properties(result: Result, proof: Proof) -> str | None:
    names = _names(prop.name for prop in result.violated if prop.kind not in ("lemma", "sometimes"))
    return (
        f"{names}: there is a behaviour that violates it. Mend the protocol, or the property."
        if names
        else None
    )


def _false_lemmas(result: Result, proof: Proof) -> str | None:
    names = _names(prop.name for prop in result.violated if prop.kind == "lemma")
    return (
        f"{names}: a lemma that a reachable state violates proves nothing. Weaken it, or drop it."
        if names
        else None
    )


def _missing_lemmas(result: Result, proof: Proof) -> str | None:
    names = _names(failure.conjunct for failure in proof.failures if failure.reachable is False)
    if not names:
        return None
    text = (
        f"{names}: add a `@lemma` to the spec which every reachable state satisfies, and the first state of the "
        "counterexample to induction does not"
    )
    if proof.candidates == 0:
        return f"{text}; or let `--find-lemmas` look for one."
    return f"{text}; the {proof.candidates:,} candidates that were tried are not enough."


def _undecided_failures(result: Result, proof: Proof) -> str | None:
    names = _names(failure.conjunct for failure in proof.failures if failure.reachable is None)
    if not names:
        return None
    return (
        f"{names}: find out whether the first state of the counterexample to induction is reachable, by "
        "`quorate check` or by `--method bmc` with more `--depth`. If it is, there is a bug; if not, a lemma is "
        "missing."
    )


def _unreached(result: Result, proof: Proof) -> str | None:
    names = _names(prop.name for prop in result.properties if prop.kind == "sometimes" and not prop.holds)
    return (
        f"{names}: look deeper, by `--method bmc` with more `--depth`, or by `quorate check`."
        if names
        else None
    )


def _unknown(result: Result, proof: Proof) -> str | None:
    reached = {prop.name for prop in result.properties if prop.kind == "sometimes"}
    open_ones = _names(
        each.conjunct
        for each in proof.obligations
        if each.outcome == "unknown" and each.conjunct not in reached
    )
    if not open_ones and result.stopped is None:
        return None
    about = open_ones or "what is open"
    return f"{about}: allow more, by `--timeout`, `--query-timeout` or `--memory`; or try smaller constants."


def _bounded(result: Result, proof: Proof) -> str | None:
    depths = [p.verdict.depth for p in result.properties if p.verdict.evidence is Evidence.BOUNDED]
    if not depths or all(prop.holds for prop in result.properties):
        return None
    return "nothing is known beyond that depth: `--method induction` may prove it for every depth."


def _fairness(result: Result, proof: Proof) -> str | None:
    """Of refinements, what a proof here is not about."""
    open_ones = [p.name for p in result.properties if p.kind == "refinement" and p.name.endswith(FAIRNESS)]
    if not open_ones:
        return None
    wholes = [name.removesuffix(FAIRNESS) for name in open_ones]
    every = "".join(f" --property {name}" for name in wholes)
    alone = "".join(f" --property {name}{STEPS}" for name in wholes)
    return (
        f"{_names(open_ones)}: let `quorate check{every}` decide; `{alone.strip()}` asks for the rest alone."
    )


def _paste(result: Result, proof: Proof) -> str | None:
    if not proof.found:
        return None
    return "paste the lemmas that were found into the spec: the next proof then need not look for them."


_REMARKS: list[Callable[[Result, Proof], str | None]] = [
    _false_properties,
    _false_lemmas,
    _missing_lemmas,
    _undecided_failures,
    _unreached,
    _unknown,
    _bounded,
    _fairness,
    _paste,
]
