"""The making of graphs under the compiler's sanitizers, with escapes, several threads and too little memory."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from checker.compile.model import compile_model
from checker.ir.passes.pipeline import optimised
from checker.lang.temporal import taken
from checker.liveness.letters import Letters
from checker.native.cache import RUNTIME
from checker.native.generate import generated
from tests.native.graphs import letters_of
from tests.native.lettered import Counters, around
from tests.native.runtime.harness import MODELS, compiler
from tests.native.specs import Ladder

SANITIZERS = {"address": "address,undefined", "thread": "thread"}


def rungs(model: Any, letters: Letters) -> None:
    """Letters of which some need more than 64 bits."""
    letters.atom(lambda s: any(s.at[node] > 3 for node in s.at))
    letters.atom(lambda s: all(s.at[node] * 10**30 > 10**31 for node in s.at))
    letters.mark(taken(where=lambda s, after: any(after.at[node] % 2 == 0 for node in s.at)))


@pytest.mark.parametrize("sanitizer", SANITIZERS)
@pytest.mark.parametrize(
    ("model", "choose"),
    [(Counters(most=60), around), (Ladder(wide=10**9, most=120), rungs)],
    ids=["plain", "escapes"],
)
def test_has_nothing_to_report(tmp_path: Path, sanitizer: str, model: Any, choose: Any) -> None:
    """No bad access, no undefined behaviour, no leak, no race, and equal arrays for all workers."""
    letters = letters_of(model, choose)
    text = generated(optimised(compile_model(letters.declaration, letters))).text
    source, driver = tmp_path / "unit.c", tmp_path / "driver"
    source.write_text(text + (MODELS / "letters_driver.c").read_text())
    flags = ["-std=gnu11", "-O1", "-g", "-w", "-pthread", f"-I{RUNTIME}", "-fno-sanitize-recover=all"]
    command = [compiler(), *flags, f"-fsanitize={SANITIZERS[sanitizer]}", str(source), "-o", str(driver)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip(f"this compiler has no working -fsanitize={sanitizer}")
    done = subprocess.run([str(driver)], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "")
