"""The command as a process: what it imports, which stream gets what, Ctrl-C, terminals."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
QUORATE = (sys.executable, "-m", "checker")


def run(*arguments, **options):
    return subprocess.run(
        [*QUORATE, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=60, **options
    )


def test_help_imports_nothing_heavy():
    program = (
        "import sys\nfrom checker.cli.app import group\n"
        "try:\n    group(['--help'], prog_name='quorate')\nexcept SystemExit:\n    pass\n"
        "heavy = ('rich', 'psutil', 'attrs', 'specs', 'hypothesis', 'checker.api', 'checker.lang')\n"
        "print(sorted(set(heavy) & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert "simulate" in done.stdout
    assert done.stderr == "[]\n"


def test_every_command_has_help():
    for command in ("list", "show", "check", "simulate", "replay"):
        assert f"quorate {command}" in run(command, "--help").stdout


def test_json_is_alone_on_standard_output(specs):
    done = run("check", specs / "counter.py", "--format", "json")
    assert json.loads(done.stdout)["exit_code"] == done.returncode == 0
    assert done.stderr == ""


def test_violation_exits_1(specs):
    done = run("check", specs / "counter.py", "-c", "jump=5", "--format", "json")
    assert json.loads(done.stdout)["verdict"] == "violated"
    assert done.returncode == 1


def test_mistakes_go_to_standard_error_with_exit_2(specs):
    done = run("check", specs / "counter.py", "-c", "limits=5")
    assert done.stdout == ""
    assert "Did you mean `limit`?" in done.stderr
    assert done.returncode == 2


def test_list_and_show(specs):
    assert "two-phase-commit-unilateral-abort" in run("list").stdout
    assert "limit = 4" in run("show", specs / "counter.py").stdout


def test_a_poor_encoding_loses_arrows_and_nothing_else(specs):
    done = run(
        "check", specs / "counter.py", "-c", "jump=5", env={**os.environ, "PYTHONIOENCODING": "latin-1"}
    )
    assert "count  0 ? 5" in done.stdout
    assert done.returncode == 1


ENDLESS = ("check", "two-phase-commit", "-c", "rms=9", "--format", "json")


def test_ctrl_c_ends_with_the_partial_result():
    """Pressed once the search shows progress, which it does on a terminal."""
    main, other = pty.openpty()
    with subprocess.Popen(
        [*QUORATE, *ENDLESS],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=other,
        env=os.environ | {"TERM": "xterm"},
    ) as process:
        os.close(other)
        written = b""
        while b"generated/s" not in written:
            written += os.read(main, 65536)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    written += os.read(main, 65536)
    os.close(main)
    data = json.loads(out)
    assert data["stopped"] == "interrupted"
    assert data["states"]["distinct"] > 0
    assert b"stopping" in written
    assert process.returncode == 3


def on_a_terminal(*arguments, **environment):
    """What a command writes when standard output and error are a terminal."""
    main, other = pty.openpty()
    with subprocess.Popen(
        [*QUORATE, *map(str, arguments)],
        cwd=ROOT,
        stdout=other,
        stderr=other,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100", **environment},
    ):
        os.close(other)
        written = b""
        while True:
            try:
                piece = os.read(main, 65536)
            except OSError:
                break
            if not piece:
                break
            written += piece
    os.close(main)
    return written.decode()


def test_a_terminal_gets_colours_and_progress():
    written = on_a_terminal("check", "two-phase-commit", "-c", "rms=9", "--no-symmetry", "--timeout", "2")
    assert "generated/s" in written
    assert "\x1b[33m" in written


def test_no_color_is_respected(specs):
    written = on_a_terminal("check", specs / "counter.py", "-c", "jump=5", NO_COLOR="1")
    assert "violated" in written
    assert "\x1b[1;31m" not in written
    assert "\x1b[31m" not in written


def test_errors_are_coloured_on_a_terminal(specs):
    assert "\x1b[1;31m" in on_a_terminal("check", specs / "counter.py", "-c", "limits=5")


def test_the_list_fits_a_narrow_terminal():
    """Nothing is wider than the terminal, and no description is cut."""
    narrow = on_a_terminal("list", COLUMNS="60", NO_COLOR="1").splitlines()
    wide = on_a_terminal("list", COLUMNS="160", NO_COLOR="1")
    assert max(map(len, narrow)) <= 60
    assert sorted("".join(narrow).replace(" ", "")) == sorted("".join(wide.split()))
