"""A result as JSON, with the schema `quorate.result/1`; docs/results.md documents every key.

The rule it keeps: a key never changes its meaning within a schema; new ones may be added.
"""

from __future__ import annotations

import json
from typing import Any

from checker.replay import RESULT_SCHEMA, TRACE_SCHEMA
from checker.result.codec import encode, encode_plain
from checker.result.proof import InductionFailure, Obligation, Proof
from checker.result.result import Counts, PropertyResult, Result, SymmetryUsed
from checker.result.show import show
from checker.result.trace import ABSENT, Change, Step, Trace, changes


def render(result: Result) -> str:
    """A result as JSON text."""
    return dump(result_data(result))


def render_trace(result: Result, prop: PropertyResult) -> str:
    """The trace of one property as a file of its own, which `quorate replay` reads."""
    assert prop.trace is not None
    head = {
        "schema": TRACE_SCHEMA,
        "spec": result.spec,
        "constants": {name: encode_plain(value) for name, value in result.constants},
        "property": prop.name,
    }
    return dump({**head, **trace_data(prop.trace)})


def dump(data: Any) -> str:
    """JSON text in the layout of all our files."""
    return json.dumps(data, indent=2) + "\n"


def result_data(result: Result) -> dict[str, Any]:
    """A result as what JSON can say."""
    return {
        "schema": RESULT_SCHEMA,
        "spec": result.spec,
        "constants": {name: encode_plain(value) for name, value in result.constants},
        "engine": result.engine,
        "workers": result.workers,
        "mode": result.mode,
        "verdict": str(result.verdict),
        "exit_code": result.exit_code,
        "stopped": result.stopped,
        "states": None if result.states is None else _states(result.states),
        "symmetry": _symmetry(result.symmetry),
        "compaction": _compaction(result),
        "seconds": round(result.seconds, 3),
        "properties": [_property(prop) for prop in result.properties],
        "actions": {a.name: {"taken": a.taken, "added": a.added} for a in result.actions},
        "bounds_reached": [
            {
                "kind": bound.kind,
                "bound": bound.bound,
                "times": bound.times,
                "first": bound.first,
                "first_depth": bound.first_depth,
            }
            for bound in result.bounds_reached
        ],
        "notes": list(result.notes),
        "proof": None if result.proof is None else _proof(result.proof),
    }


def _states(states: Counts) -> dict[str, Any]:
    return {
        "distinct": states.distinct,
        "generated": states.generated,
        "depth": states.depth,
        "represented": states.represented,
    }


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "method": proof.method,
        "depth": proof.depth,
        "invariant": list(proof.invariant),
        "obligations": [_obligation(each) for each in proof.obligations],
        "failures": [_failure(each) for each in proof.failures],
        "found": [{"name": each.name, "text": each.text, "source": each.source} for each in proof.found],
        "candidates": proof.candidates,
        "bounds": list(proof.bounds),
        "solvers": list(proof.solvers),
        "seed": proof.seed,
        "queries": proof.queries,
        "memory_mib": round(proof.memory_mib, 1),
        "emitted": proof.emitted,
    }


def _obligation(obligation: Obligation) -> dict[str, Any]:
    return {
        "conjunct": obligation.conjunct,
        "action": obligation.action or None,
        "outcome": obligation.outcome,
        "seconds": round(obligation.seconds, 4),
        "solvers": list(obligation.solvers),
        "reason": obligation.reason or None,
    }


def _failure(failure: InductionFailure) -> dict[str, Any]:
    return {
        "conjunct": failure.conjunct,
        "action": failure.action or None,
        "reachable": failure.reachable,
        "explanation": failure.explanation,
        "differing": failure.differing,
        "minimal": failure.minimal,
        "why": "\n".join(failure.why) or None,
        "trace": trace_data(failure.trace),
    }


def _symmetry(used: SymmetryUsed | None) -> dict[str, Any] | None:
    return None if used is None else {"sorts": dict(used.sorts), "samples": used.samples}


def _compaction(result: Result) -> dict[str, Any] | None:
    used = result.compaction
    return None if used is None else {"bits": used.bits, "missed_probability": used.missed}


def _property(prop: PropertyResult) -> dict[str, Any]:
    return {
        "name": prop.name,
        "kind": prop.kind,
        "verdict": str(prop.verdict),
        "evidence": prop.evidence,
        "why": "\n".join(prop.why) or None,
        "trace": None if prop.trace is None else trace_data(prop.trace),
        "hints": list(prop.hints),
    }


def trace_data(trace: Trace) -> dict[str, Any]:
    """A trace as what JSON can say."""
    steps = []
    before: Step | None = None
    for step in trace.steps:
        steps.append(
            {
                "action": step.action,
                "arguments": arguments_data(step),
                "state": encode(step.state, trace.state_type),
                "changes": [] if before is None else [_change(c) for c in changes(before.state, step.state)],
            }
        )
        before = step
    return {
        "kind": trace.kind,
        "steps": steps,
        "loop": trace.loop,
        "fairness": [
            {"assumption": each.assumption, "how": each.how, "steps": list(each.steps)}
            for each in trace.fairness
        ],
        "beside": None if trace.beside is None else _beside(trace.beside),
    }


def _beside(trace: Trace) -> dict[str, Any]:
    """An abstract behaviour: also which steps the abstract model does have."""
    data = trace_data(trace)
    for step, counterpart in zip(data["steps"], trace.counterparts, strict=True):
        step["counterpart"] = None if counterpart == "none" else counterpart
    return {"model": trace.model, **data}


def arguments_data(step: Step, *, itf: bool = False) -> dict[str, Any]:
    """The arguments of a step, by the names of the parameters."""
    return {
        name: encode(value, kind, itf=itf)
        for (name, value), kind in zip(step.arguments, step.types, strict=True)
    }


def _change(change: Change) -> dict[str, Any]:
    """A change, with its values as the text report shows them: the states hold them in full."""
    if change.member:
        gained = change.before is ABSENT
        key, value = ("added", change.after) if gained else ("removed", change.before)
        return {"path": change.path, key: show(value)}
    return {"path": change.path, "before": show(change.before), "after": show(change.after)}
