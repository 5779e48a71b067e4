"""The library gives what its manifest says: verdicts, counts, and the shortest counterexamples."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from checker import check
from checker.engines import Engine
from checker.lang.declarations import declare
from checker.library import Entry, library
from checker.result.result import Result
from checker.result.trace import Trace

MANIFEST = Path(__file__).resolve().parents[2] / "specs" / "models.toml"
MODELS: list[dict[str, Any]] = tomllib.loads(MANIFEST.read_text())["model"]

TOLD_APART = {"two-phase-commit-sites": "everyone_decides"}
"""Specs that are explored without symmetry even where it is asked for, and the temporal property of each that
asks something of every single member of their only sort that has more than one."""

TOLD_APART_IN_PART = {"optimistic-lock"}
"""Specs one of whose sorts is told apart, and another is not."""

# with the default constants, no sort has two members that could be exchanged
ALONE = {"retry"}


def entries() -> list[Entry]:
    """Every spec of the library."""
    found, broken = library()
    assert broken == []
    return found


def name_of(entry: dict[str, Any]) -> str:
    """The id and the constants of an entry."""
    orbits = ["orbits"] if entry.get("symmetry") else []
    return " ".join([entry["spec"], *[f"{k}={v}" for k, v in entry["constants"].items()], *orbits])


def instances(*engines: Engine, **wanted: Any) -> list[Any]:
    """Engines and entries of the manifest as test parameters, those that are slow in Python marked."""
    return [
        pytest.param(
            engine,
            entry,
            id=f"{engine} {name_of(entry)}",
            marks=[pytest.mark.slow] if entry.get("slow") and engine == "python" else [],
        )
        for engine in engines
        for entry in MODELS
        if entry.get("engine", engine) == engine
        and all(entry.get(key, False) == value for key, value in wanted.items())
    ]


def run(engine: Engine, entry: dict[str, Any], *, symmetry: bool) -> Result:
    """Check one entry."""
    found = next(spec for spec in entries() if spec.id == entry["spec"])
    model = found.cls(**entry["constants"])
    return check(model, engine=engine, properties=entry.get("properties"), symmetry=symmetry)


def assert_shape(entry: dict[str, Any], trace: Trace) -> None:
    """A finite behaviour is as short as any; a lasso goes round or stops."""
    if "loop" in entry:
        assert trace.loop is not None
        assert entry["loop"] == (not trace.stops)
    else:
        assert trace.loop is None
        assert entry["steps"] == len(trace.steps) - 1


@pytest.mark.parametrize(("engine", "entry"), instances("python", "native"))
def test_a_model_gives_what_the_manifest_says(engine: Engine, entry: dict[str, Any]) -> None:
    """The verdict, TLC's three numbers, or the violated property with the length of its trace."""
    result = run(engine, entry, symmetry=entry.get("symmetry", False))
    assert entry["verdict"] == str(result.verdict)
    if entry["verdict"] == "violated":
        (violated,) = result.violated
        assert entry["property"] == violated.name
        assert violated.trace is not None
        assert_shape(entry, violated.trace)
        assert violated.why
        assert result.exit_code == 1
    else:
        expected = (entry["distinct"], entry["generated"], entry["depth"])
        assert expected == (result.states.distinct, result.states.generated, result.states.depth)
        assert entry.get("represented") == result.states.represented
        assert not result.violated


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "entry"), instances("native", symmetry=False))
def test_symmetry_changes_no_verdict(engine: Engine, entry: dict[str, Any]) -> None:
    """The same verdict, as many states in all, the same depth, and counterexamples as short.

    The states in all are `represented`; `distinct` where symmetry had to be left out, which is remarked.
    """
    result = run(engine, entry, symmetry=True)
    assert entry["verdict"] == str(result.verdict)
    if entry["verdict"] == "violated":
        (violated,) = result.violated
        assert entry["property"] == violated.name
        assert violated.trace is not None
        assert_shape(entry, violated.trace)
    else:
        states, told_apart = result.states, entry["spec"] in TOLD_APART
        apart = told_apart or (entry["spec"] in ALONE and entry["constants"] == {})
        assert apart == (result.symmetry is None)
        remarked = any(note.startswith("no symmetry over") for note in result.notes)
        assert remarked == (told_apart or entry["spec"] in TOLD_APART_IN_PART)
        assert (None if apart else entry["distinct"]) == states.represented
        assert entry["depth"] == states.depth
        if apart:
            assert (entry["distinct"], entry["generated"]) == (states.distinct, states.generated)


@pytest.mark.parametrize(("spec", "prop"), TOLD_APART.items())
def test_a_property_of_every_single_member_is_what_rules_symmetry_out(spec: str, prop: str) -> None:
    """Without it, members are exchanged, and all states are represented."""
    (entry,) = [one for one in MODELS if one["spec"] == spec and one["constants"] == {}]
    (found,) = [one for one in entries() if one.id == spec]
    others = [p.name for p in declare(found.cls()).properties]
    assert prop not in others
    result = check(found.cls(), engine="native", properties=others, symmetry=True)
    assert result.symmetry is not None
    assert entry["distinct"] == result.states.represented
    assert result.states.distinct < entry["distinct"]


def test_every_spec_of_the_library_is_in_the_manifest() -> None:
    """A spec that nothing pins down is not in the library."""
    assert {spec.id for spec in entries()} == {entry["spec"] for entry in MODELS}


def test_what_is_called_broken_is_violated_and_nothing_else_is() -> None:
    """A variant may also be another right way; then its docstring does not begin with "Broken:"."""
    violated = {entry["spec"] for entry in MODELS if entry["verdict"] == "violated"}
    assert {spec.id for spec in entries() if spec.broken} == violated
    assert all(spec.variant_of is not None for spec in entries() if spec.broken)


def test_every_original_has_at_least_two_broken_variants() -> None:
    """A property that no variant breaks has not shown that it can fail."""
    for spec in entries():
        if spec.variant_of is None and spec.id != "consensus":
            broken = [other for other in entries() if other.broken and other.variant_of is spec.cls]
            assert len(broken) >= 2, spec.id
