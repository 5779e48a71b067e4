"""One check with the times of its phases, as a process of its own.

    python tests/benchmarks/stopwatch.py SPEC CONSTANTS WORKERS PROPERTY...

Prints one line of `name=value` words.  `search` is the exploration, `graph` the graph of its states, and
`lasso` the first search for a lasso; `seconds` is everything from the start of the exploration, so also
the question whether there are fair behaviours at all, the lasso run again by CPython, and hints.  The
phases of a check are timed where they are called; what they do is left alone.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from attrs import define, field

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a script, by path

from checker import check
from checker.constants import instantiate
from checker.library import find
from checker.native import engine, graph
from checker.result.result import Evidence


@define
class Stopwatch:
    """When each phase began and ended."""

    began: float = 0.0
    ended: float = 0.0
    graph_began: float | None = None
    graph_s: float = 0.0
    edges: int = 0
    lassos_s: list[float] = field(factory=list)

    def hold(self) -> None:
        """Time the phases of native checks from now on."""
        searches, graphs = cast(Any, engine.NativeSearch), cast(Any, graph.NativeGraph)
        graph.native_graph = self.making(graph.native_graph)
        searches.run = self.running(searches.run)
        graphs.find = self.finding(graphs.find)

    def running(self, run: Callable[..., Any]) -> Callable[..., Any]:
        """A search, with all that comes after it."""

        def timed(*given: Any) -> Any:
            self.began = time.perf_counter()
            found = run(*given)
            self.ended = time.perf_counter()
            return found

        return timed

    def making(self, make: Callable[..., Any]) -> Callable[..., Any]:
        """The making of a graph."""

        def timed(*given: Any) -> Any:
            self.graph_began = time.perf_counter()
            made = make(*given)
            self.graph_s = time.perf_counter() - self.graph_began
            self.edges = made.edges
            return made

        return timed

    def finding(self, find: Callable[..., Any]) -> Callable[..., Any]:
        """A search for a lasso."""

        def timed(*given: Any) -> Any:
            began = time.perf_counter()
            found = find(*given)
            self.lassos_s.append(time.perf_counter() - began)
            return found

        return timed

    def words(self) -> dict[str, object]:
        """The times, and the edges."""
        return {
            "search": (self.graph_began or self.ended) - self.began,
            "graph": self.graph_s,
            "lasso": self.lassos_s[0] if self.lassos_s else 0.0,
            "seconds": self.ended - self.began,
            "edges": self.edges,
        }


def main() -> None:
    """Check once, and tell."""
    spec, constants, workers, *properties = sys.argv[1:]
    watch = Stopwatch()
    watch.hold()
    model = instantiate(find(spec), constants.split())
    result = check(model, properties=properties, engine="native", workers=int(workers), symmetry=False)
    if result.states is None:
        raise SystemExit("the check counted no states")
    evidence = {prop.name: prop.verdict.evidence for prop in result.properties}
    expected = (Evidence.VIOLATED, Evidence.EXHAUSTIVE)
    words = {
        **watch.words(),
        "distinct": result.states.distinct,
        "generated": result.states.generated,
        "violated": ",".join(name for name, found in evidence.items() if found is Evidence.VIOLATED),
        "open": ",".join(name for name, found in evidence.items() if found not in expected),
    }
    print(*(f"{name}={value}" for name, value in words.items()))


if __name__ == "__main__":
    main()
