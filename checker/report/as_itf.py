"""A trace in Apalache's Informal Trace Format, which trace viewers and model-based tests read.

The variables are the fields of the state.  ITF has no actions: the one that led to a state, and its
arguments, are in the `#meta` of that state.  A lasso has ITF's `loop`: the place of the state at which the
loop starts; the last state is that state again.
"""

from __future__ import annotations

from typing import Any

from checker.report.as_json import arguments_data, dump
from checker.result.codec import encode
from checker.result.result import PropertyResult, Result


def render_trace(result: Result, prop: PropertyResult) -> str:
    """The trace of one property as ITF text."""
    assert prop.trace is not None
    trace = prop.trace
    states = []
    for index, step in enumerate(trace.steps):
        meta: dict[str, Any] = {"index": index}
        if step.action is not None:
            meta |= {"action": step.action, "arguments": arguments_data(step, itf=True)}
        states.append({"#meta": meta, **encode(step.state, trace.state_type, itf=True)})
    return dump(
        {
            "#meta": {
                "format": "ITF",
                "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
                "source": result.spec,
                "status": str(prop.verdict),
                "description": f"{trace.kind} of {prop.name}",
            },
            "params": [],
            "vars": [name for name, _ in trace.state_type.fields],
            "states": states,
            **({} if trace.loop is None else {"loop": trace.loop}),
        }
    )
