"""What generated code does in a state is what CPython does in it: every transition, every predicate.

For every spec of the library and every broken variant, in states that a search reaches first and in
random ones.  Where CPython raises, generated code leaves the action to the host; it may do so elsewhere,
but in these specs it never needs to.
"""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from checker.compile.model import compile_model
from checker.ir.passes.pipeline import optimised
from checker.lang.declarations import Declaration
from checker.native.generate import Generated, generated
from checker.native.host import bound_text
from checker.native.library import Kind, Library
from tests.interpret.test_twins import INSTANCES, declared
from tests.native.emit.harness import WARNINGS
from tests.programs.twins import RAISES, by_cpython, reachable, sampled

RUNTIME = Path(__file__).resolve().parents[3] / "checker" / "native" / "runtime"
BEYOND = "beyond the boundary"
LEFT_TO_THE_HOST = "left to the host"
HOSTED = {"raft-sketch"}
"""Specs whose steps beyond a bound put what is out of bounds into a set: its bits have no place for it, so that
CPython says which bound is exceeded.  Here: a candidate that leads at once, in the term after the last."""
KINDS = {"always": Kind.ALWAYS, "step": Kind.STEP, "sometimes": Kind.SOMETIMES}


def loaded(made: Generated, folder: Path, *flags: str) -> Library:
    """The generated code with the runtime, compiled without a single warning."""
    source, library = folder / "model.c", folder / "model.so"
    source.write_text(made.text)
    command = ["gcc", "-std=gnu11", "-O1", *WARNINGS, *flags, f"-I{RUNTIME}", "-shared", "-fPIC", "-pthread"]
    done = subprocess.run([*command, str(source), "-o", str(library)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[:6000]
    return Library(library)


def by_reference(declaration: Declaration, made: Generated, pair: tuple[Any, Any]) -> dict[str, Any]:
    """What CPython makes of a state: for each action its successors with how often they come, as packed
    words or the text of the bound that they leave; for each predicate its answer."""
    outcomes = by_cpython(declaration, pair)
    expected: dict[str, Any] = {
        p.name: outcomes[p.name] for p in (*declaration.properties, *declaration.lemmas)
    }
    for name in made.actions:
        choices = outcomes[name]
        found = {} if choices == RAISES else {a: outcomes[name, a] for a in choices}
        if choices == RAISES or RAISES in found.values():
            expected[name] = RAISES
            continue
        counts: Counter[Any] = Counter()
        for arguments, successor in found.items():
            if successor is not None:
                counts[packed(declaration, made, successor)] += choices[arguments]
        expected[name] = counts
    return expected


def packed(declaration: Declaration, made: Generated, state: Any) -> Any:
    """A state as words, the text of the bound that it leaves, or that it lies beyond the boundary."""
    fault = declaration.state.fault(state)
    if fault is not None:
        return bound_text(fault).removeprefix(".")
    if all(part.function(declaration.model, state) for part in declaration.boundary):
        return made.codec.encode(state)
    return BEYOND


def by_library(library: Library, made: Generated, pair: tuple[Any, Any]) -> dict[str, Any]:
    """What generated code makes of it, in the same form."""
    words, after = (made.codec.encode(state) for state in pair)
    assert words is not None
    found: dict[str, Any] = {name: Counter() for name in made.actions}
    for listed in library.successors(words):
        name = made.actions[listed.action]
        if listed.bound < 0:
            found[name] = LEFT_TO_THE_HOST
        else:
            texts = (None, *made.packed.bounds, BEYOND)
            text = texts[listed.bound]
            found[name][text or listed.words] += 1
    names = {"always": made.always, "step": made.steps, "sometimes": made.sometimes}
    for kind, number in KINDS.items():
        for place, name in enumerate(names[kind]):
            answer = library.ask(number, place, words, after if kind == "step" else None)
            found[name] = LEFT_TO_THE_HOST if answer is None else answer
    return found


def differences(declaration: Declaration, folder: Path, number: int, *flags: str) -> tuple[list[Any], int]:
    """Where the two differ, and how often generated code left something to the host in a reached state.

    In others it may, or CPython may raise alone: which member of a set decides a quantifier before
    another raises depends on the order in which they come.
    """
    made = generated(optimised(compile_model(declaration)))
    library = loaded(made, folder, *flags)
    reached = reachable(declaration, number)
    states = [*reached, *sampled(declaration, number)]
    wrong, left = [], 0
    for place, pair in enumerate(zip(states, states[1:] + states[:1], strict=True)):
        expected, found = by_reference(declaration, made, pair), by_library(library, made, pair)
        for name, outcome in expected.items():
            if found[name] == LEFT_TO_THE_HOST:
                left += outcome != RAISES and place < len(reached)
            elif found[name] != outcome and not (outcome == RAISES and place >= len(reached)):
                wrong.append((name, pair, outcome, found[name]))
    return wrong, left


def _marked(instance: tuple[str, dict[str, Any]]) -> Any:
    """Variants of Raft take some seconds each."""
    spec, constants = instance
    name = " ".join([spec, *map(str, constants.items())])
    return pytest.param(instance, id=name, marks=[pytest.mark.slow] if spec.startswith("raft-") else [])


@pytest.mark.parametrize("instance", [_marked(instance) for instance in INSTANCES])
def test_specs_mean_the_same_in_c_and_to_cpython(
    instance: tuple[str, dict[str, Any]], tmp_path: Path
) -> None:
    """State by state: every successor of every action, every predicate; nothing is left to the host.

    But for what `HOSTED` says.
    """
    wrong, left = differences(declared(*instance), tmp_path, 40)
    assert wrong == []
    assert (left > 0) == (instance[0] in HOSTED)
