"""What a user who errs is told, to the letter: one golden file for each mistake.

Each case is an edit of the counter of tests/cli/specs and a command; the golden file holds the
command and everything that it prints.
"""

from __future__ import annotations

from pathlib import Path

import pytest

BROKEN = [
    # name, text in the counter, text instead
    ("wrong-type", "return evolve(s, count=s.count + pace.value, last=pace)", "return s.count + 1"),
    ("wrong-field-type", "last=pace)", "last=pace.name)"),
    ("unknown-field", "count=s.count + pace.value", "cuont=s.count + pace.value"),
    ("missing-field", "State(count=0, last=None)", "State(last=None)"),
    ("unknown-attribute", "if s.count >= self.limit:", "if s.counter >= self.limit:"),
    ("mutable-value", "last=pace)", "last=[pace])"),
    ("property-raises", "return s.count <= self.limit", "return {0: True, 1: True, 2: True}[s.count]"),
    ("property-not-bool", "return s.count <= self.limit", "return s.count and s.last"),
    ("property-parameters", "def reaches_limit(self, s: State)", "def reaches_limit(self, s: State, a, b)"),
    ("initial-out-of-bounds", "State(count=0, last=None)", "State(count=-1, last=None)"),
    ("unbounded-field", 'count: Annotated[int, Between(0, "limit + 1")]', "count: int"),
    ("unknown-bound", '"limit + 1"', '"limits + 1"'),
    ("unsupported-type", "last: Pace | None", "last: list[Pace]"),
    ("unknown-name", "last: Pace | None", "last: Pce | None"),
    ("no-size", "last: Pace | None", "last: Node | None"),
    ("not-frozen", "@frozen\nclass State", "class State"),
    ("no-initial", "@initial\n    ", ""),
    ("no-model", "class Counter(Model[State])", "class Counter"),
    ("syntax", "return s.count <= self.limit", "return s.count <= <= self.limit"),
    ("unclosed", "return s.count <= self.limit", "return (s.count <= self.limit"),
    ("import-fails", "class Pace(Enum):", "limit = [][0]\n\n\nclass Pace(Enum):"),
    ("module-missing", "from enum import Enum", "from enum import Enum\nimport quorum_sums"),
    ("name-missing", "Annotated\n", "Anotated\n"),
    ("quits", "class Pace(Enum):", "raise SystemExit(3)\n\n\nclass Pace(Enum):"),
]

CALLS = [
    ("unknown-spec", "check two-phase-comit"),
    ("no-file", "check missing.py"),
    ("folder", "check ./"),
    ("unknown-model", "check counter.py:Conuter"),
    ("unknown-constant", "check counter.py -c limits=3"),
    ("constant-without-value", "check counter.py -c limit"),
    ("constant-empty", "check counter.py -c limit="),
    ("constant-not-integer", "check counter.py -c limit=three"),
    ("constant-not-bool", "check counter.py -c skipping=maybe"),
    ("constant-not-member", "check counter.py -c paces={SLOW,FSAT}"),
    ("constant-not-set", "check counter.py -c paces=SLOW"),
    ("constant-out-of-bounds", "check counter.py -c limit=21"),
    ("unknown-property", "check counter.py --property stays_bellow"),
    ("deadlock-contradiction", "check counter.py --property deadlock_freedom --no-deadlock"),
    ("output-no-folder", "check counter.py --output nowhere/report.txt"),
    ("trace-no-folder", "check counter.py --trace nowhere/trace.json"),
    ("replay-no-file", "replay counter.py missing.json"),
    ("several-models", "check several.py"),
]

FLAGS = [
    # command, what the message names
    ("chek two-phase-commit", "did you mean `check`?"),
    ("check", "SPEC"),
    ("check counter.py --max-state 5", "--max-states"),
    ("check counter.py --max-states 0", "--max-states"),
    ("check counter.py --max-depth -1", "--max-depth"),
    ("check counter.py --timeout 0", "--timeout"),
    ("check counter.py --timeout nan", "`nan` is no finite number"),
    ("simulate counter.py --timeout inf", "`inf` is no finite number"),
    ("check counter.py --memory much", "--memory"),
    ("check counter.py --memory nan", "`nan` is no finite number"),
    ("check counter.py --memory inf", "`inf` is no finite number"),
    ("check counter.py --memory 1e308", "more than 1e+12"),
    ("check counter.py --engine spin", "native"),
    ("check counter.py --search sideways", "dfs"),
    ("check counter.py --format xml", "junit"),
    ("check zzzzzz", "There are: "),
    ("check two-phase-commit -c rms=0", "integers from 1"),
    ("simulate counter.py --behaviours 0", "--behaviours"),
    ("simulate counter.py --show --format json", "--show"),
]

SEVERAL = '''

@frozen
class Other(Model[State]):
    """Another model."""

    @initial
    def start(self) -> State:
        return State(count=0, last=None)

    @action
    def stays(self, s: State) -> State | None:
        return s
'''


@pytest.fixture
def folder(tmp_path, monkeypatch, specs) -> Path:
    """A folder of the user's, with the counter in it."""
    monkeypatch.chdir(tmp_path)
    text = (specs / "counter.py").read_text()
    (tmp_path / "counter.py").write_text(text)
    (tmp_path / "several.py").write_text(text + SEVERAL)
    return tmp_path


def told(command: str, result, folder: Path) -> str:
    """A command and what came of it, without the paths of this machine."""
    library = str(Path(__file__).parents[2])
    said = result.stderr.replace(str(folder), "FOLDER").replace(library + "/", "")
    return f"$ quorate {command}\n{said}exit {result.exit_code}\n"


@pytest.mark.parametrize(("name", "old", "new"), BROKEN, ids=[case[0] for case in BROKEN])
def test_mistake_in_a_spec_is_located_and_explained(name, old, new, folder, quorate, golden):
    text = (folder / "counter.py").read_text()
    assert text.count(old) == 1, "the edit must hit exactly one place"
    (folder / "counter.py").write_text(text.replace(old, new))
    result = quorate("check", "counter.py")
    assert result.stdout == ""
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    golden(f"bad_spec/{name}.txt", told("check counter.py", result, folder))


@pytest.mark.parametrize(("name", "command"), CALLS, ids=[case[0] for case in CALLS])
def test_mistake_in_a_call_names_the_remedy(name, command, folder, quorate, golden):
    result = quorate(*command.split())
    assert result.stdout == ""
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    golden(f"bad_call/{name}.txt", told(command, result, folder))


@pytest.mark.parametrize(("command", "named"), FLAGS, ids=[case[0] for case in FLAGS])
def test_a_flag_is_validated_before_anything_runs(command, named, folder, quorate):
    result = quorate(*command.split())
    assert result.stdout == ""
    assert result.exit_code == 2
    assert named in result.stderr


def test_an_action_that_answers_differently_is_found(folder, quorate, golden):
    """A variable that outlives the call makes two runs of one action differ."""
    text = (folder / "counter.py").read_text()
    text = text.replace("if s.count >= self.limit:", "if next(calls) % 2 == 1:")
    (folder / "counter.py").write_text(text + "\n\nimport itertools\n\ncalls = itertools.count()\n")
    result = quorate("check", "counter.py")
    assert result.exit_code == 2
    golden("bad_spec/nondeterministic.txt", told("check counter.py", result, folder))


def test_a_fault_of_ours_says_so(monkeypatch, quorate, specs):
    """An exception that nobody foresaw is ours: exit code 70, and the user is not blamed."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("in an engine")

    monkeypatch.setattr("checker.api.declare", broken)
    result = quorate("check", specs / "counter.py")
    assert result.exit_code == 70
    assert "fault of Quorate, not of your spec: ZeroDivisionError: in an engine" in result.stderr
    assert result.stdout == ""
