"""The arrows of the house: who imports whom, read from the source, and no others."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

ALLOWED = {
    # The ground floor: what a spec imports.
    "checker.lang": {"checker.lang", "attrs"},
    "specs": {"specs", "checker.lang"},
    "impl": {"impl", "specs", "checker.lang"},
    # The pipeline: a transition system, which the reference engine makes of a declared model ...
    "checker.system": {"checker.lang", "attrs"},
    "checker.reference": {"checker.system", "checker.lang", "checker.result.show", "attrs"},
    # The typed IR, what makes it of a declared model, and what runs it.
    "checker.ir": {"checker.lang", "attrs"},
    "checker.compile": {"checker.ir", "checker.lang", "attrs"},
    "checker.interpret": {"checker.ir", "checker.system", "checker.lang", "attrs"},
    "checker.native": {"checker.ir", "checker.interpret", "checker.system", "checker.explore", "checker.liveness",
                       "checker.lang", "attrs"},
    # The IR as circuits: formulas that no solver has seen yet.
    "checker.symbolic": {"checker.ir", "checker.lang", "attrs"},
    "checker.solve": {"checker.symbolic.circuit", "checker.lang", "attrs", "z3", "cvc5"},
    # ... which symmetry makes smaller, and looks at through the types of its states ...
    "checker.symmetry": {"checker.system", "checker.lang", "checker.result.show", "attrs"},
    # ... is explored by searches that do not know who made it; what they hand on is `Exploration`.
    "checker.explore": {"checker.system", "checker.lang", "attrs", "psutil"},
    # Temporal properties of fair behaviours: formulas, automata, and lassos in the graph of a search.
    "checker.liveness": {"checker.reference.faults", "checker.system", "checker.explore.exploration",
                         "checker.lang", "checker.result.show", "attrs", "networkx"},
    # Refinement: a model's steps as steps of an abstract one, run by CPython and as IR.
    "checker.refinement": {"checker.reference", "checker.system", "checker.explore", "checker.liveness", "checker.compile",
                           "checker.ir", "checker.why", "checker.lang", "checker.result", "attrs"},
    # What is violated is explained, and judged; out comes a result.
    "checker.why": {"checker.explore.exploration", "checker.lang", "checker.result.show", "attrs"},
    "checker.result": {"checker.explore.exploration", "checker.lang", "attrs"},
    "checker.judge": {"checker.explore", "checker.refinement", "checker.why", "checker.result", "checker.lang", "attrs"},
    # Reports are functions of a result, or of a replay.
    "checker.report": {"checker.result", "checker.replay", "checker.lang", "attrs", "rich"},
    # Finding a spec and reading its constants.
    "checker.library": {"specs", "checker.lang", "attrs"},
    "checker.constants": {"checker.library", "checker.result.codec", "checker.lang", "attrs"},
    # The stages put together: as functions, as a replay, for users' tests.
    "checker.engines": {"checker.explore", "checker.liveness", "checker.reference", "checker.symmetry", "checker.compile",
                        "checker.refinement",
                        "checker.ir", "checker.system", "checker.native", "checker.lang", "attrs"},
    # Proofs: of the IR as formulas, with lemmas guessed from what an engine reaches.
    "checker.prove": {"checker.refinement", "checker.compile", "checker.ir", "checker.symbolic", "checker.solve", "checker.engines",
                      "checker.explore", "checker.native", "checker.reference", "checker.system", "checker.judge",
                      "checker.why", "checker.result", "checker.lang", "attrs", "psutil"},
    "checker.choice": {"checker.explore.search", "checker.lang", "attrs"},
    "checker.api": {"checker.choice", "checker.liveness", "checker.engines", "checker.explore", "checker.reference",
                    "checker.refinement",
                    "checker.symmetry", "checker.judge", "checker.prove", "checker.result", "checker.lang", "attrs"},
    # A model without each of its assumptions.
    "checker.assumptions": {"checker.api", "checker.engines", "checker.explore", "checker.liveness", "checker.result",
                            "checker.lang", "attrs"},
    # The whole library, compared with what its manifest says.
    "checker.manifest": {"specs", "attrs"},
    "checker.everything": {"checker.api", "checker.engines", "checker.explore", "checker.library", "checker.manifest",
                           "checker.result", "checker.lang", "attrs"},
    "checker.conclusion": {"checker.explore", "checker.liveness", "checker.reference", "checker.refinement",
                           "checker.lang"},
    "checker.replay": {"checker.conclusion", "checker.explore", "checker.reference", "checker.why", "checker.result",
                       "checker.system", "checker.lang", "attrs"},
    "checker.testing": {"checker.api", "checker.choice", "checker.explore", "checker.reference", "checker.result",
                        "checker.report", "checker.system", "checker.lang", "attrs", "hypothesis", "pytest"},
}  # fmt: skip
"""Each package or module, and what it may import beside itself and the standard library."""

ROOF = "checker.cli"
"""The one package that may import everything, and that nothing imports."""

ENTRANCES = {"checker.__main__"}
"""Modules that do nothing but open the roof."""

WORLD = {
    "asyncio", "datetime", "io", "os", "pathlib", "random", "secrets", "shutil", "signal", "socket", "sqlite3",
    "subprocess", "sys", "tempfile", "threading", "time", "uuid",
}  # fmt: skip
"""The clock, chance, sockets and files: a spec knows none of them."""

BUILTINS_OF_THE_WORLD = {"open", "input", "print", "exec", "eval", "id", "hash", "__import__"}

HEAVY = ["z3", "rich", "click", "typer", "psutil", "hypothesis", "pytest", "mypy"]


def modules() -> dict[str, Path]:
    """Every module of the project by its name."""
    found = {}
    for folder in ("checker", "specs", "impl"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports(path: Path, *, for_types: bool = False) -> set[str]:
    """The modules that a file imports anywhere in it; those for type checkers alone only if asked."""
    found: set[str] = set()
    skipped: set[ast.AST] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test) and not for_types:
            skipped.update(inner for statement in node.body for inner in ast.walk(statement))
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found.update(name if name in MODULES else str(node.module) for name in names)
    return found


def within(name: str, package: str) -> bool:
    """Whether a module is a package or lies inside it."""
    return name == package or name.startswith(package + ".")


def is_library(name: str) -> bool:
    """Whether a module is Python's own."""
    return name.partition(".")[0] in sys.stdlib_module_names


@pytest.mark.parametrize("package", ALLOWED)
def test_a_package_imports_what_the_design_allows(package: str) -> None:
    """An import that the table does not have is an arrow that the design does not have."""
    wrong = [
        f"{name} imports {imported}"
        for name, path in MODULES.items()
        if within(name, package)
        for imported in sorted(imports(path))
        if not is_library(imported)
        and not any(within(imported, allowed) for allowed in {package, *ALLOWED[package]})
    ]
    assert wrong == []


def test_nothing_imports_the_roof() -> None:
    """The command line imports the rest, never the other way round."""
    wrong = [
        f"{name} imports {imported}"
        for name, path in MODULES.items()
        if not within(name, ROOF) and name not in ENTRANCES
        for imported in imports(path, for_types=True)
        if within(imported, ROOF)
    ]
    assert wrong == []


def test_exploration_knows_no_backend_and_no_report() -> None:
    """A search never learns which backend made its system, nor what becomes of what it found."""
    unknown = ("checker.reference", "checker.why", "checker.report", "checker.result", "checker.judge")
    for name, path in MODULES.items():
        if within(name, "checker.explore"):
            assert [i for i in imports(path, for_types=True) if any(within(i, u) for u in unknown)] == []


def test_reports_do_not_know_how_a_result_was_found() -> None:
    """A report is a function of the result: no search, no backend, no meter."""
    unknown = ("checker.explore.search", "checker.explore.simulate", "checker.explore.budget",
               "checker.reference", "checker.why", "checker.api", "checker.judge")  # fmt: skip
    for name, path in MODULES.items():
        if within(name, "checker.report"):
            assert [i for i in imports(path, for_types=True) if any(within(i, u) for u in unknown)] == []


@pytest.mark.parametrize("package", ["specs", "checker.lang.cluster", "checker.lang.protocol"])
def test_a_spec_knows_no_clock_no_chance_no_socket_and_no_file(package: str) -> None:
    """Neither imports nor built-in functions reach the world outside the model."""
    wrong = []
    for name, path in MODULES.items():
        if within(name, package):
            wrong += [f"{name} imports {i}" for i in imports(path) if i.partition(".")[0] in WORLD]
            wrong += [
                f"{name}:{node.lineno} calls {node.func.id}"
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in BUILTINS_OF_THE_WORLD
            ]
    assert wrong == []


def test_hypothesis_and_pytest_are_imported_for_tests_only() -> None:
    """Who does not write tests needs neither of them installed."""
    wrong = [
        f"{name} imports {imported}"
        for name, path in MODULES.items()
        if not within(name, "checker.testing")
        for imported in imports(path)
        if imported.partition(".")[0] in {"hypothesis", "pytest"}
    ]
    assert wrong == []


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh Python has loaded after one statement."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


LIGHT = [
    "import checker",
    "import checker.lang",
    *[f"import {name}" for name in MODULES if within(name, "specs")],
    "import checker.testing.plugin",
]


def test_importing_the_language_or_a_spec_loads_nothing_heavy() -> None:
    """No solver, no terminal library, no test library; of Quorate, the language alone."""
    loaded = loaded_by("\n".join(line for line in LIGHT if "plugin" not in line))
    assert [name for name in HEAVY if name in loaded] == []
    ours = {name for name in loaded if within(name, "checker")}
    assert [name for name in ours if name != "checker" and not within(name, "checker.lang")] == []


def test_the_command_line_answers_before_it_loads_the_engines() -> None:
    """`quorate --help` needs neither an engine nor the table printer."""
    loaded = loaded_by("import checker.cli.app")
    lazy = ["z3", "rich", "psutil", "hypothesis", "checker.api", "checker.reference", "checker.explore"]
    assert [name for name in lazy if name in loaded] == []


def test_the_table_forgets_nothing() -> None:
    """A new package of `checker` needs a row, so that its arrows are decided."""
    there = {".".join(name.split(".")[:2]) for name in MODULES if within(name, "checker")}
    decided = {package for package in ALLOWED if within(package, "checker")}
    assert there - {"checker", ROOF, *ENTRANCES} == decided
