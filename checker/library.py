"""Finds the model that a name on the command line means.

A name is an id of the library (`two-phase-commit`: the class name in lower case, with hyphens), or
`path/to/file.py`, with `:ClassName` where the file has several models.  The rule it keeps: whatever
goes wrong is a located error, and a module of the library that does not import hides no other.
Constants are in `checker.constants`; engines are unknown here.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import linecache
import os
import pkgutil
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from attrs import frozen

from checker.lang import source
from checker.lang.errors import CallError, Location, QuorateError, SpecError, suggestion
from checker.lang.model import ROLE, VARIES, Model, Role, identify

COMMAND_LINE = "command line"
"""The file of a location on the command line."""


@frozen
class Entry:
    """A model of the library: its id, its family, and the model that it is a variant of, if any."""

    id: str
    cls: type[Model[Any]]
    family: str
    variant_of: type[Model[Any]] | None

    @property
    def broken(self) -> bool:
        """Whether it is there to fail: its docstring says so first."""
        return (self.cls.__doc__ or "").lstrip().startswith("Broken:")


@frozen
class Broken:
    """A module of the library that does not import."""

    module: str
    error: SpecError


def find(spec: str) -> type[Model[Any]]:
    """The model class that a name means.

    Raises CallError for an unknown name, SpecError for a file that does not import.
    """
    return _in_file(spec) if is_path(spec) else _in_library(spec)


def is_path(spec: str) -> bool:
    """Whether a name means a file and not an id of the library."""
    file = spec.rpartition(":")[0] if ".py:" in spec else spec
    return file.endswith(".py") or "/" in spec or os.sep in spec


def on_command_line(text: str, start: int = 0, end: int | None = None) -> Location:
    """A stretch of an argument, for a message that points at it."""
    return Location(COMMAND_LINE, 1, start + 1, (len(text) if end is None else end) + 1, text)


# -- the library --


def library() -> tuple[list[Entry], list[Broken]]:
    """Every model of the installed specs, and the modules that do not import."""
    entries: list[Entry] = []
    broken: list[Broken] = []
    for name in _module_names():
        try:
            module = importlib.import_module(name)
        except Exception as error:
            broken.append(Broken(name, _import_error(error, Path(_file_of(name)))))
            continue
        family = name.split(".")[1] if name.count(".") > 1 else ""
        models = concrete_models(module)
        entries += [Entry(identify(cls), cls, family, variant_of(cls)) for cls in models]
    return entries, broken


def _module_names() -> Iterator[str]:
    import specs

    for info in pkgutil.walk_packages(specs.__path__, "specs."):
        if not info.ispkg:
            yield info.name


def _file_of(module: str) -> str:
    import specs

    return str(Path(specs.__path__[0]).joinpath(*module.split(".")[1:]).with_suffix(".py"))


def _in_library(spec: str) -> type[Model[Any]]:
    entries, broken = library()
    known = {entry.id: entry.cls for entry in entries}
    if spec in known:
        return known[spec]
    if broken:
        stem = spec.replace("-", "_")
        raise next((b.error for b in broken if b.module.endswith("." + stem)), broken[0].error)
    raise CallError(
        "call/unknown-spec",
        f"there is no spec `{spec}` in the library",
        why="A spec is an id that `quorate list` shows, or path/to/file.py[:ClassName].",
        instead=suggestion(spec, known),
        at=on_command_line(spec),
    )


# -- models of a module --


def concrete_models(module: ModuleType) -> list[type[Model[Any]]]:
    """The models that a module defines, in its order; private, abstract and generic ones left out."""
    return [
        value
        for name, value in vars(module).items()
        if isinstance(value, type)
        and name == value.__name__
        and value.__module__ == module.__name__
        and is_concrete(value)
    ]


def is_concrete(cls: type[Any]) -> bool:
    """Whether a class is a model that can be checked: it can be made and something can happen in it."""
    return (
        issubclass(cls, Model)
        and not cls.__name__.startswith("_")
        and not inspect.isabstract(cls)
        and not getattr(cls, "__parameters__", ())
        and {"initial", "action"} <= _marks(cls)
    )


def variant_of(cls: type[Any]) -> type[Model[Any]] | None:
    """The model that a class says it is a variant of, or else the nearest concrete one it derives from."""
    said: type[Model[Any]] | None = vars(cls).get(VARIES)
    return said or next((base for base in cls.__mro__[1:] if is_concrete(base)), None)


def _marks(cls: type[Any]) -> set[str]:
    found = {getattr(value, ROLE, None) for owner in cls.__mro__ for value in vars(owner).values()}
    return {role.kind for role in found if isinstance(role, Role)}


# -- files --


def _in_file(spec: str) -> type[Model[Any]]:
    file, _, name = spec.rpartition(":") if ".py:" in spec else (spec, "", "")
    module = load_file(Path(file), spec)
    models = [m for m in vars(module).values() if isinstance(m, type) and m.__module__ == module.__name__]
    concrete = {cls.__name__: cls for cls in models if is_concrete(cls)}
    if name:
        return _named(module, spec, name, concrete)
    main = [cls for cls in concrete.values() if variant_of(cls) is None]
    if len(main) == 1:
        return main[0]
    if len(concrete) == 1:
        return next(iter(concrete.values()))
    if concrete:
        raise CallError(
            "call/which-model",
            f"`{file}` holds {len(main) or len(concrete)} models",
            instead="Say which: " + ", ".join(f"{file}:{name}" for name in concrete),
            at=on_command_line(spec),
        )
    unfinished = [cls for cls in models if issubclass(cls, Model) and not cls.__name__.startswith("_")]
    if len(unfinished) == 1 and not getattr(unfinished[0], "__parameters__", ()):
        return unfinished[0]  # `declare` says what it lacks
    raise SpecError(
        "spec/no-model",
        f"`{file}` holds no model",
        why="A model is a class derived from Model, with @initial and @action methods. Classes whose "
        "names begin with _, and generic ones, are left out.",
        instead="See docs/writing-a-spec.md for the shape of a model.",
        at=next((source.at_class(cls) for cls in models if issubclass(cls, Model)), on_command_line(spec)),
    )


def _named(
    module: ModuleType, spec: str, name: str, concrete: dict[str, type[Model[Any]]]
) -> type[Model[Any]]:
    found = getattr(module, name, None)
    if isinstance(found, type) and issubclass(found, Model):
        return found
    start = len(spec) - len(name)
    raise CallError(
        "call/unknown-model",
        f"`{spec[: start - 1]}` holds no model `{name}`",
        instead=suggestion(name, concrete),
        at=on_command_line(spec, start),
    )


class _Uncached(SourceFileLoader):
    """Compiles the source each time: a folder of the user's gets no cache files, and none is stale."""

    def get_code(self, fullname: str) -> CodeType:
        """The code of the module, from its source."""
        return self.source_to_code(self.get_data(self.path), self.path)


_serial = itertools.count(1)


def load_file(path: Path, spec: str | None = None) -> ModuleType:
    """Import a file by its path, whatever folder it lies in, under a name that nothing else has."""
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise CallError(
            "spec/no-file",
            f"the file `{path}` {what}",
            why="A spec is an id that `quorate list` shows, or path/to/file.py[:ClassName].",
            instead="Give the path of a Python file, seen from the current folder.",
            at=on_command_line(spec or str(path), 0, len(str(path))),
        )
    full = path.resolve()
    linecache.checkcache(str(full))
    name = f"quorate_spec_{next(_serial)}_{full.stem}"
    made = spec_from_file_location(name, full, loader=_Uncached(name, str(full)))
    assert made is not None
    assert made.loader is not None
    module = module_from_spec(made)
    sys.modules[name] = module
    try:
        with _folder_importable(full.parent):
            made.loader.exec_module(module)
    except QuorateError:
        del sys.modules[name]
        raise
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise _import_error(error, full) from error
    return module


@contextmanager
def _folder_importable(folder: Path) -> Iterator[None]:
    """Let a file import its neighbours; last on the path, so that they hide nothing of ours."""
    entry = str(folder)
    sys.path.append(entry)
    try:
        yield
    finally:
        for place in reversed(range(len(sys.path))):
            if sys.path[place] == entry:
                del sys.path[place]
                break


def _import_error(error: BaseException, file: Path) -> SpecError:
    """A file that does not import, as a located error."""
    if isinstance(error, SpecError):
        return error
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return _syntax_error(error)
    said = re.sub(r" \([^()]*\)$", "", str(error)) if isinstance(error, ImportError) else str(error)
    what = f"{type(error).__name__}: {said}" if said else type(error).__name__
    instead = "Mend the line shown here; importing a spec only defines classes and functions."
    if isinstance(error, ModuleNotFoundError):
        instead = (
            f"Install `{error.name}`, or put it beside the file. A spec needs checker.lang and little else."
        )
    return SpecError(
        "spec/does-not-import",
        f"`{file.name}` does not import: {what}",
        why="A spec is an ordinary Python module, and importing it runs it.",
        instead=instead,
        at=source.at_raise(error, lambda name: Path(name).parent == file.parent),
    )


def _syntax_error(error: SyntaxError) -> SpecError:
    assert error.filename is not None
    text = error.text or linecache.getline(error.filename, error.lineno or 1)
    column = max(error.offset or 1, 1)
    same_line = error.end_lineno in (None, error.lineno)
    end = error.end_offset if same_line and error.end_offset else len(text.rstrip()) + 1
    return SpecError(
        "spec/syntax",
        f"`{Path(error.filename).name}` is not Python: {error.msg}",
        instead="Mend the line shown here.",
        at=Location(error.filename, error.lineno or 1, column, max(end, column + 1)),
    )
