"""A model compiled for the native engine: its library, and what the numbers in it mean."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from checker.ir.program import Program
from checker.lang.errors import InternalError
from checker.lang.types import SortType
from checker.native import cache
from checker.native.compiler import Compiler
from checker.native.generate import generated
from checker.native.host import Codec
from checker.native.library import Library
from checker.system import Orbit, State, Symmetry


@frozen
class NativeModel:
    """A loaded library; `bounds` gives the number of each bound by its text, and the tuples of names
    the number of each property by its place."""

    library: Library
    codec: Codec
    bounds: dict[str, int]
    always: tuple[str, ...]
    steps: tuple[str, ...]
    sometimes: tuple[str, ...]


def native_model(program: Program, compiler: Compiler, sorts: Sequence[SortType] = ()) -> NativeModel:
    """Generate, compile and load a program; SpecError `native/...` for one that C cannot hold.

    Searches with symmetry need to be told over which sorts; without, the code is faster for none.
    """
    made = generated(program, sorts)
    path = cache.library(made.text, program.name, compiler)

    bounds = {text: number for number, text in enumerate(made.packed.bounds, start=1)}
    return NativeModel(Library(path), made.codec, bounds, made.always, made.steps, made.sometimes)


@frozen
class _Orbit:
    form: State
    size: int


@frozen
class NativeSymmetry:
    """The symmetry of a model with the orbits of generated code; the law is checked by another."""

    model: NativeModel
    law: Symmetry

    @property
    def samples(self) -> int:
        """How many states were checked against the law."""
        return self.law.samples

    def orbit(self, state: State) -> Orbit:
        """The orbit of a state that lies within its types."""
        words = self.model.codec.encode(state)
        if words is None:
            raise InternalError(f"{state!r} has no packed form")
        form, size = self.model.library.canonical(words)
        return _Orbit(self.model.codec.decode(form), size)

    def begun(self) -> None:
        """Check that exchanging identities in an initial state gives an initial state."""
        self.law.begun()

    def expanded(self, state: State) -> None:
        """Check a state against the law, if its turn has come."""
        self.law.expanded(state)

    def lost(self, form: State, state: State) -> Exception:
        """The error for a step from the form of an orbit that another state of it does not have."""
        return self.law.lost(form, state)
