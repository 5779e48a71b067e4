"""Every command block in README and docs runs, and prints what the page says it prints.

In a page, a ```python block that starts with `# file: NAME` is a file; a ```sh block is a list of
commands, each expected to exit with 0 or with the code in its comment (`# exit 1`); a ```text block
right after a ```sh block is what the last command prints, up to seconds (those in a proof's table stand
after a mark, without a unit).  `pytest --rewrite` brings
such a block up to date.  Commands that set up an environment are run by `.ci/run`, not here.

A table of assumptions stands under a comment `<!-- quorate assumptions ... -->`, which is the command; as
it takes a while, it is run by the slow tests: `pytest -m slow tests/docs --rewrite`.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXIT = re.compile(r"#\s*exit (\d+)\s*$")
SECONDS = re.compile(r"\d+(\.\d+)? s\b|(?<=[✓✗?] )\d+\.\d\d")
SETS_UP = re.compile(r"-m venv|pip install|activate|\bpytest\b|\.ci/run|\bgit\b")


TABLE = re.compile(
    r"^<!-- (quorate assumptions [^>]*?) -->\n(?:\n?```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL
)
TABLES = [(page, found.group(1)) for page in PAGES for found in TABLE.finditer(page.read_text())]


def workshop(folder: Path) -> dict[str, str]:
    """A folder that looks like the checkout, and an environment in which `quorate` is ours."""
    for name in ("specs", "checker", "docs", "tests"):
        (folder / name).symlink_to(ROOT / name)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "100"}


def run(line: str, folder: Path, env: dict[str, str]) -> str:
    """Run one command, and see that it exits as its comment says."""
    expected = int(found.group(1)) if (found := EXIT.search(line)) else 0
    done = subprocess.run(["bash", "-c", line], cwd=folder, env=env, capture_output=True, text=True)
    assert (expected, line) == (done.returncode, line), done.stdout + done.stderr
    return done.stdout


def commands(body: str) -> list[str]:
    """The commands of a block; a backslash joins lines."""
    joined = body.replace("\\\n", " ").splitlines()
    return [line for line in joined if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_a_page_does_what_the_page_says(
    page: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Files are written, commands run in order, and their output is the text that follows."""
    env = workshop(tmp_path)
    text = page.read_text()
    printed: str | None = None
    shown_at = -1
    rewritten: list[tuple[tuple[int, int], str]] = []
    for block in BLOCK.finditer(text):
        kind, body = block.groups()
        if kind == "python" and (named := re.match(r"# file: (\S+)\n", body)):
            (tmp_path / named.group(1)).write_text(body)
        elif kind == "sh":
            for line in commands(body):
                if not SETS_UP.search(line):
                    printed, shown_at = run(line, tmp_path, env), block.end()
        elif kind == "text" and printed is not None and text[shown_at : block.start()].strip() == "":
            if not request.config.getoption("--rewrite"):
                assert SECONDS.sub("… s", body) == SECONDS.sub("… s", printed)
            rewritten.append((block.span(2), printed))
            printed = None
    if request.config.getoption("--rewrite"):
        for (start, end), output in reversed(rewritten):
            text = text[:start] + output + text[end:]
        page.write_text(text)


@pytest.mark.slow
@pytest.mark.parametrize(("page", "command"), TABLES, ids=[command for _, command in TABLES])
def test_every_table_of_assumptions_is_what_is_computed(
    page: Path, command: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """To the letter, and it holds as the model is."""
    printed = run(command, tmp_path, workshop(tmp_path))
    text = page.read_text()
    (found,) = [one for one in TABLE.finditer(text) if one.group(1) == command]
    if request.config.getoption("--rewrite"):
        table = f"<!-- {command} -->\n\n```text\n{printed}```\n"
        page.write_text(text[: found.start()] + table + text[found.end() :])
    else:
        assert printed == found.group(2)


def test_every_python_file_of_the_docs_passes_the_strict_type_checker(tmp_path: Path) -> None:
    """What the pages teach is what a type checker accepts."""
    for page in PAGES:
        for kind, body in BLOCK.findall(page.read_text()):
            if kind == "python" and (named := re.match(r"# file: (\S+)\n", body)):
                (tmp_path / named.group(1)).write_text(body)
    files = [str(path) for path in sorted(tmp_path.glob("*.py"))]
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml"), *files]
    done = subprocess.run(mypy, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
