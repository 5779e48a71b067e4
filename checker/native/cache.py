"""Compiled models, kept by content: the same C, compiler and processor, the same library.

The folder is that of the environment variable QUORATE_CACHE, or `quorate` in the user's folder of
caches.  Entries that were not used for long are removed.  Where the folder cannot be written, a
temporary one serves for the life of the process.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from checker.native.compiler import Compiler

RUNTIME = Path(__file__).with_name("runtime")
"""The hand-written part of every library."""

UNUSED_DAYS = 30
"""Libraries that nobody used for so long are removed."""


def folder() -> Path:
    """Where compiled models are kept."""
    named = os.environ.get("QUORATE_CACHE")
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "quorate"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "quorate"


def library(text: str, name: str, compiler: Compiler) -> Path:
    """The shared library of a generated C text, compiled now unless it is there already."""
    path = _writable() / f"{name}-{_key(text, compiler)}.so"
    if path.exists():
        _touch(path)
        return path
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="building-") as workshop:
        source = Path(workshop, f"{name}.c")
        source.write_text(text)
        built = Path(workshop, "built.so")
        compiler.run(source, built, RUNTIME)
        built.replace(path)  # in one step: whoever compiles the same at the same time does no harm
    _sweep(path.parent)
    return path


def is_there(text: str, name: str, compiler: Compiler) -> bool:
    """Whether the library of a generated text is in the cache."""
    return (folder() / f"{name}-{_key(text, compiler)}.so").exists()


def _key(text: str, compiler: Compiler) -> str:
    content = hashlib.sha256()
    for part in (text, compiler.identity, *compiler.flags):
        content.update(part.encode() + b"\0")
    for file in sorted(RUNTIME.glob("*.[ch]")):
        content.update(file.read_bytes() + b"\0")
    return content.hexdigest()[:24]


_temporary: list[Path] = []


def _writable() -> Path:
    """The folder of the cache, made if need be; a temporary one where that cannot be."""
    wanted = folder()
    try:
        wanted.mkdir(parents=True, exist_ok=True)
    except OSError:
        pass
    else:
        if os.access(wanted, os.W_OK):
            return wanted
    if not _temporary:
        made = Path(tempfile.mkdtemp(prefix="quorate-"))
        atexit.register(shutil.rmtree, made, ignore_errors=True)
        _temporary.append(made)
    return _temporary[0]


def _touch(path: Path) -> None:
    try:
        path.touch()
    except OSError:
        return  # a cache that may only be read


def _sweep(cache: Path) -> None:
    """Remove what nobody used for long."""
    oldest = time.time() - UNUSED_DAYS * 24 * 3600
    for entry in cache.glob("*.so"):
        try:
            if entry.stat().st_mtime < oldest:
                entry.unlink()
        except OSError:
            continue  # somebody else was quicker
