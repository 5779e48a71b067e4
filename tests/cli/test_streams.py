"""Standard output is for reports alone, and one that cannot be written is told in one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUORATE = (sys.executable, "-m", "checker")


@pytest.fixture
def talkative(tmp_path, specs) -> Path:
    """The counter, which prints when it is imported, in an action and in a property."""
    text = (specs / "counter.py").read_text()
    text = text.replace(
        "        return s.count <= self.limit",
        "        print('judging')\n        return s.count <= self.limit",
    )
    text = text.replace("        if s.count >=", "        print('acting')\n        if s.count >=")
    file = tmp_path / "counter.py"
    file.write_text(text + "\n\nprint('importing')\n")
    return file


@pytest.mark.parametrize("command", ["check", "simulate"])
def test_what_a_spec_prints_does_not_corrupt_json(quorate, talkative, command):
    """Everything that it prints goes to standard error."""
    result = quorate(command, talkative, "--format", "json")
    assert json.loads(result.stdout)["spec"] == "counter"
    for said in ("importing\n", "acting\n", "judging\n"):
        assert said in result.stderr


def test_what_a_spec_prints_is_not_in_a_replay(quorate, talkative, tmp_path):
    """Neither when it is imported nor while it is followed."""
    trace = tmp_path / "trace.json"
    quorate("check", talkative, "-c", "jump=5", "--trace", trace)
    result = quorate("replay", talkative, trace)
    assert result.stdout.startswith("the trace is a behaviour of Counter")
    assert "ing\n" not in result.stdout
    assert "importing\n" in result.stderr


def test_what_a_spec_prints_is_not_in_show(quorate, talkative):
    """Show imports it only."""
    result = quorate("show", talkative)
    assert result.stdout.startswith("counter\n")
    assert result.stderr == "importing\n"
    assert "importing" not in result.stdout


def test_what_the_library_prints_is_not_in_list(tmp_path, monkeypatch, quorate):
    """A module that is imported for the list prints to standard error."""
    (tmp_path / "loud.py").write_text("print('importing')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("checker.library._module_names", lambda: iter(["loud"]))
    result = quorate("list")
    assert "importing" not in result.stdout
    assert result.stderr == "importing\n"


def test_standard_output_is_as_before_after_a_command(quorate, talkative):
    """The stream is given back, also after a mistake."""
    before = sys.stdout
    quorate("check", talkative, "-c", "limits=3")
    assert sys.stdout is before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", ["--help", "check --help", "list", "check two-phase-commit"])
def test_a_full_disk_is_told_in_one_line(command):
    """No traceback, and no exit code that could be taken for a verdict."""
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*QUORATE, *command.split()],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    message = "standard output cannot be written: No space left on device"
    assert done.stderr == f"error[call/cannot-write]: {message}\n"
    assert done.returncode == 2


def test_a_closed_standard_output_is_told_in_one_line():
    """As a shell's `>&-` leaves it."""
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -m checker show two-phase-commit >&-', sys.executable],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == "error[call/cannot-write]: standard output cannot be written: it is closed\n"
    assert done.returncode == 2


def test_a_bare_checkout_without_click_says_what_to_install():
    """Without site-packages none of the dependencies is there."""
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-m", "checker", "list"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    command = f"`{sys.executable} -m pip install attrs click psutil rich`"
    assert done.stderr == f"quorate needs attrs, click, psutil, rich: run {command}\n"
    assert done.stdout == ""
    assert done.returncode == 2
