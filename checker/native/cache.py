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
"""The hand-written part of every compiled model."""

SHARED = (RUNTIME.parent / "cycles" / "graph_view.h",)
"""What that part includes from elsewhere."""

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


def library(text: str, name: str, compiler: Compiler, parts: Path | None = None) -> Path:
    """The shared library of a C text, compiled now unless it is there already.

    `parts` is the folder of the files that it includes: the runtime, unless another is named.
    """
    parts = parts or RUNTIME
    file = f"{name}-{_key(text, compiler, parts)}.so"
    known = folder() / file
    if _is_whole(known):
        _touch(known)
        return known
    path = _writable() / file
    if not _is_whole(path):
        _build(text, name, compiler, parts, path)
        _sweep(path.parent)
    return path


def _build(text: str, name: str, compiler: Compiler, parts: Path, path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="building-") as workshop:
        source = Path(workshop, f"{name}.c")
        source.write_text(text)
        built = Path(workshop, "built.so")
        compiler.run(source, built, parts)
        size = Path(workshop, "size")
        size.write_text(str(built.stat().st_size))
        built.replace(path)  # in one step: whoever compiles the same at the same time does no harm
        size.replace(_size_of(path))


def _size_of(path: Path) -> Path:
    """Where the size of a library is kept, to tell one that was cut off."""
    return path.with_suffix(".size")


def _is_whole(path: Path) -> bool:
    """Whether a library is there, as large as it was made."""
    try:
        return path.stat().st_size == int(_size_of(path).read_text())
    except (OSError, ValueError):
        return False


def _key(text: str, compiler: Compiler, parts: Path) -> str:
    content = hashlib.sha256()
    for part in (text, compiler.identity, *compiler.flags):
        content.update(part.encode() + b"\0")
    for file in (*sorted(parts.glob("*.[ch]")), *SHARED):
        content.update(file.read_bytes() + b"\0")
    return content.hexdigest()[:24]


_temporary: list[Path] = []


def _writable() -> Path:
    """The folder of the cache, made if need be; a temporary one where nothing can be written there."""
    wanted = folder()
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=wanted, prefix="building-"):
            return wanted
    except OSError:
        pass
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
    """Remove what nobody used for long, and what an interrupted build has left."""
    oldest = time.time() - UNUSED_DAYS * 24 * 3600
    for entry in (*cache.glob("*.so"), *cache.glob("building-*")):
        try:
            if entry.stat().st_mtime >= oldest:
                continue
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink()
                _size_of(entry).unlink(missing_ok=True)
        except OSError:
            continue  # somebody else was quicker
