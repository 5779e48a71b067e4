"""Our prover, measured from outside: `quorate prove` as a command that prints JSON.

A row is made only where the command came to the verdict that is expected; of a broken variant also the
length of the counterexample, which breadth-first search knows.  What was not decided within `LIMIT_S` is
a row that says so.  Each round has a seed of its own: no figure may rest on luck.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any, Literal

from attrs import frozen

from tests.benchmarks.measure import WrongResult, measured

ROOT = Path(__file__).resolve().parents[3]

LIMIT_S = 600
"""The most seconds for one command."""

OPEN = ("unknown", "bounded", "exhaustive")
"""How the verdicts begin that leave a proof open."""

PROVED = "proved for this size"
VIOLATED = "violated"


@frozen
class ProofRun:
    """One measured proof: what came of it, its own seconds, and the cost of the whole process."""

    outcome: str
    queries: int
    seconds: float
    wall_s: float
    cpu_s: float
    peak_bytes: int


@frozen
class Proving:
    """`quorate prove` of one model; with `steps`, the violation of `property` in so many steps is looked for."""

    spec: str
    constants: str
    method: Literal["induction", "find lemmas", "bmc"]
    properties: tuple[str, ...]
    steps: int | None = None
    lemmas: bool = True
    target_s: float | None = None

    @property
    def model(self) -> str:
        words = [self.spec, self.constants, "" if self.lemmas else "without its lemmas"]
        return ", ".join(word for word in words if word)

    def run(self, seed: int, cache: Path) -> ProofRun:
        """Prove, or refute, once; `WrongResult` where something else came of it."""
        spec = self.spec if self.lemmas else without_lemmas(self.spec, cache)
        options = {
            "induction": ["--method", "induction"],
            "find lemmas": ["--method", "induction", "--find-lemmas"],
            "bmc": ["--method", "bmc", "--depth", str((self.steps or 0) + 1)],
        }[self.method]
        options += [word for pair in self.constants.split() for word in ("-c", pair)]
        options += [word for name in self.properties for word in ("--property", name)]
        options += ["--seed", str(seed), "--timeout", str(LIMIT_S), "--format", "json"]
        done = measured(
            [sys.executable, "-m", "checker", "prove", spec, *options],
            cwd=ROOT,
            env={"QUORATE_CACHE": str(cache / "compiled")},
        )
        try:
            result: dict[str, Any] = json.loads(done.output)
        except json.JSONDecodeError:
            raise WrongResult(f"{self.model}: exit {done.exit_code}\n{done.output}{done.errors}") from None
        return ProofRun(
            self.checked(result),
            result["proof"]["queries"],
            result["seconds"],
            done.wall_s,
            done.cpu_s,
            done.peak_bytes,
        )

    def checked(self, result: dict[str, Any]) -> str:
        """What came of it, for the table."""
        wanted = PROVED if self.steps is None else VIOLATED
        judged = [prop for prop in result["properties"] if prop["name"] in self.properties]
        for prop in judged:
            if prop["verdict"].startswith(OPEN):
                return f"not decided, {prop['name']}: {prop['evidence']}"
            if prop["verdict"] != wanted:
                raise WrongResult(f"{self.model}: {prop['name']} is {prop['verdict']}, {prop['evidence']}")
        if self.steps is not None:
            lengths = [len(prop["trace"]["steps"]) - 1 for prop in judged]
            if lengths != [self.steps]:
                raise WrongResult(f"{self.model}: {lengths} steps, where {self.steps} is shortest")
            return f"violated in {self.steps} steps"
        if self.method == "find lemmas":
            return f"proved, {len(result['proof']['found'])} lemmas found"
        return f"proved, {len(result['proof']['invariant'])} conjuncts"


def without_lemmas(spec: str, cache: Path) -> str:
    """A copy of a spec of the library without its lemmas, as the command takes it; they are not overridden
    but gone, so that no word of them helps the search."""
    from checker.library import find

    model = find(spec)
    source = Path(sys.modules[model.__module__].__file__ or "").read_text()
    gone: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(mark, ast.Name) and mark.id == "lemma" for mark in node.decorator_list
        ):
            first = min(mark.lineno for mark in node.decorator_list)
            gone |= set(range(first, (node.end_lineno or first) + 1))
    lines = [line for number, line in enumerate(source.splitlines(), 1) if number not in gone]
    folder = cache / "without-lemmas"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{spec.replace('-', '_')}.py"
    path.write_text("\n".join(lines) + "\n")
    return f"{path}:{model.__name__}"
