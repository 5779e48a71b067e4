"""The C runtime under the compiler's sanitizers, in every order of search, with escapes and growth."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.native.runtime.harness import MODELS, RUNTIME, compiler

SANITIZERS = {"address": "address,undefined", "thread": "thread"}


def _compiled(target: Path, sanitizer: str, width: int) -> Path:
    """The driver with a sanitizer; skipped where the compiler has none."""
    flags = ["-std=c11", "-O1", "-g", "-pthread", f"-I{RUNTIME}", f"-fsanitize={sanitizer}"]
    probe = target.with_suffix(".c")
    probe.write_text("int main(void) { return 0; }\n", encoding="utf-8")
    done = subprocess.run([compiler(), *flags, str(probe), "-o", str(target)], capture_output=True)
    if done.returncode or subprocess.run([str(target)], capture_output=True).returncode:
        pytest.skip(f"this compiler has no working -fsanitize={sanitizer}")
    source = str(MODELS / "driver.c")
    flags += ["-fno-sanitize-recover=all", f"-DWIDTH={width}"]
    subprocess.run([compiler(), *flags, source, "-o", str(target)], check=True)
    return target


@pytest.mark.parametrize(
    ("kind", "width"),
    [("thread", 1), ("thread", 3), ("address", 3), pytest.param("address", 1, marks=pytest.mark.slow)],
)
def test_has_nothing_to_report(tmp_path: Path, kind: str, width: int) -> None:
    """No bad access, no undefined behaviour, no leak, no race, and equal outcomes for all workers."""
    driver = _compiled(tmp_path / "driver", SANITIZERS[kind], width)
    done = subprocess.run([str(driver)], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [
        "breadth first",
        "stopped at a violation",
        "compact",
    ]


@pytest.mark.slow
def test_the_thread_sanitizer_sees_a_race(tmp_path: Path) -> None:
    """The run above means something: a runtime with one atomic removed is reported."""
    driver = _compiled(tmp_path / "driver", "thread", 1)
    table = (RUNTIME / "table.c").read_text(encoding="utf-8")
    broken = table.replace("uint64_t seen = LOAD(line[i]);", "uint64_t seen = line[i];")
    assert broken != table
    for source in RUNTIME.glob("*.[ch]"):
        text = broken if source.name == "table.c" else source.read_text(encoding="utf-8")
        (tmp_path / source.name).write_text(text, encoding="utf-8")
    flags = ["-std=c11", "-O1", "-g", "-pthread", f"-I{tmp_path}", "-fsanitize=thread", "-DWIDTH=1"]
    subprocess.run([compiler(), *flags, str(MODELS / "driver.c"), "-o", str(driver)], check=True)
    done = subprocess.run([str(driver)], capture_output=True, text=True, timeout=120)
    assert "data race" in done.stderr
