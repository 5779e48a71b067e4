"""Compiled models are kept by content, and never trusted when they are not whole."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from attrs import evolve

from checker.lang.errors import CallError
from checker.native import cache
from checker.native.compiler import Compiler, find_compiler

TEXT = "int answer(void) { return 42; }\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("QUORATE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def compiler() -> Compiler:
    """The machine's compiler."""
    found = find_compiler()
    assert found is not None
    return found


def test_the_same_text_is_compiled_once(folder: Path, compiler: Compiler) -> None:
    """The second time the file is not touched but for its time."""
    first = cache.library(TEXT, "model", compiler)
    made = first.stat().st_ino
    assert cache.library(TEXT, "model", compiler) == first
    assert first.stat().st_ino == made
    assert first.parent == folder


def test_another_text_or_compiler_is_another_library(
    folder: Path, compiler: Compiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text, compiler and flags each count."""
    names = {cache.library(TEXT, "model", compiler).name}
    names.add(cache.library(TEXT + "\n", "model", compiler).name)
    names.add(cache.library(TEXT, "model", evolve(compiler, binary=__file__)).name)
    monkeypatch.setenv("CFLAGS", "-O0")
    names.add(cache.library(TEXT, "model", compiler).name)
    assert len(names) == 4


def test_a_changed_runtime_is_another_library(
    folder: Path, compiler: Compiler, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The hand-written part counts as well."""
    first = cache.library(TEXT, "model", compiler)
    (tmp_path / "other.c").write_text("/* another runtime */")
    monkeypatch.setattr(cache, "RUNTIME", tmp_path)
    assert cache.library(TEXT, "model", compiler) != first


@pytest.mark.parametrize("kept", [0, 1000])
def test_a_library_that_was_cut_off_is_made_again(folder: Path, compiler: Compiler, kept: int) -> None:
    """A full disk or a power cut must not end every later run."""
    path = cache.library(TEXT, "model", compiler)
    whole = path.read_bytes()
    path.write_bytes(whole[:kept])
    assert cache.library(TEXT, "model", compiler).stat().st_size == len(whole)


def test_what_nobody_used_for_long_is_removed(folder: Path, compiler: Compiler) -> None:
    """Libraries, and the workshops of builds that were interrupted."""
    old = cache.library(TEXT, "model", compiler)
    workshop = folder / "building-interrupted"
    workshop.mkdir()
    long_ago = time.time() - (cache.UNUSED_DAYS + 1) * 24 * 3600
    for entry in (old, workshop):
        os.utime(entry, (long_ago, long_ago))
    cache.library(TEXT + "\n", "model", compiler)
    assert not old.exists()
    assert not workshop.exists()


def test_a_folder_that_cannot_be_written_is_replaced_by_a_temporary_one(
    compiler: Compiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even root can write there."""
    monkeypatch.setenv("QUORATE_CACHE", "/proc")
    assert cache.library(TEXT, "model", compiler).exists()


@pytest.mark.parametrize("command", ["false", "true"])
def test_a_compiler_that_does_not_work_is_told(folder: Path, command: str) -> None:
    """Whether it complains or makes nothing."""
    broken = Compiler((command,), f"/bin/{command}")
    with pytest.raises(CallError, match="does not compile the generated code"):
        cache.library(TEXT, "model", broken)
