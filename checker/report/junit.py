"""A result as JUnit XML: one test case for each property, and for each lemma that was judged.

A violation is a failure, with why and the counterexample as its text.  What stays open is an error,
never a pass and never skipped: a build must not go green on a property that nobody has settled.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from checker.report.behaviour import size_of
from checker.report.proof import failure_lines
from checker.report.text import WIDTH, render_lines, render_trace
from checker.result.proof import InductionFailure
from checker.result.result import Evidence, PropertyResult, Result
from checker.result.show import show

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(result: Result) -> str:
    """A result as JUnit XML text."""
    constants = ", ".join(f"{name}={show(value)}" for name, value in result.constants)
    failures = len(result.violated)
    cases = [_case(result, prop) for prop in result.properties] or [_exploration(result)]
    errors = sum(1 for case in cases if case.find("error") is not None)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": str(errors), "skipped": "0"}
    suites = ET.Element("testsuites", {"name": "quorate", **counts, "time": f"{result.seconds:.3f}"})
    suite = ET.SubElement(
        suites,
        "testsuite",
        {"name": f"{result.spec}({constants})", **counts, "time": f"{result.seconds:.3f}"},
    )
    suite.extend(cases)
    others = _inductions(result, {failure.conjunct for failure in _failures(result)} - _judged(result))
    if others:
        ET.SubElement(suite, "system-out").text = _clean(others)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _case(result: Result, prop: PropertyResult) -> ET.Element:
    case = ET.Element("testcase", {"classname": result.spec, "name": prop.name, "time": _time(result, prop)})
    said = _clean(f"{prop.verdict}: {prop.evidence}")
    if prop.verdict.evidence is Evidence.VIOLATED:
        failure = ET.SubElement(case, "failure", {"type": "violated", "message": said})
        failure.text = _clean(_story(prop))
    elif not prop.holds:
        error = ET.SubElement(case, "error", {"type": "inconclusive", "message": said})
        error.text = _clean(_inductions(result, {prop.name})) or None
    else:
        ET.SubElement(case, "system-out").text = said
    return case


def _time(result: Result, prop: PropertyResult) -> str:
    """How long the solver took for one conjunct of a proof; a search takes its time for all together."""
    if result.proof is None:
        return "0"
    return f"{sum(each.seconds for each in result.proof.obligations if each.conjunct == prop.name):.3f}"


def _failures(result: Result) -> tuple[InductionFailure, ...]:
    return () if result.proof is None else result.proof.failures


def _judged(result: Result) -> set[str]:
    return {prop.name for prop in result.properties}


def _inductions(result: Result, conjuncts: set[str]) -> str:
    """The counterexamples to induction of some conjuncts."""
    lines = [
        each
        for failure in _failures(result)
        if failure.conjunct in conjuncts
        for each in failure_lines(failure, WIDTH)
    ]
    return render_lines(lines) if lines else ""


def _exploration(result: Result) -> ET.Element:
    """The one case of a run that looked at no property."""
    case = ET.Element("testcase", {"classname": result.spec, "name": "exploration", "time": "0"})
    if not result.holds:
        message = _clean(f"{result.verdict}: {result.stopped or 'no property was looked at'}")
        ET.SubElement(case, "error", {"type": "inconclusive", "message": message})
    return case


def _story(prop: PropertyResult) -> str:
    why = "\n".join(prop.why)
    trace = (
        ""
        if prop.trace is None
        else render_trace(prop.trace, title=f"{prop.trace.kind} {size_of(prop.trace)}")
    )
    hints = "\n".join(f"hint: {hint}" for hint in prop.hints)
    return "\n" + "\n\n".join(part for part in (prop.doc, why, trace, hints) if part)


def _clean(text: str) -> str:
    """Without what XML cannot hold."""
    return _NOT_XML.sub("?", text)
