"""A counter behind a pointer, where compare-and-swap alone is not enough: the ABA problem.

Sources: IBM System/370 Principles of Operation, appendix A (compare-and-swap with a count against reuse);
R. Kent Treiber, "Systems Programming: Coping with Parallelism", IBM RJ 5118, 1986; Maged Michael, "Hazard
Pointers: Safe Memory Reclamation for Lock-Free Objects", IEEE TPDS 2004, section 2.

What is counted does not fit into a word of memory.  So it lies in a cell, and a word points to that cell.  To
increment, a client reads the pointer and what it points to, writes the sum into a free cell, and swaps the
pointer if it is still the one that it has read.  The cell that was replaced is free again.

Between reading and swapping the pointer may go from A to B and back to A, while A holds something else by then.
Comparing pointers does not notice.  A tag beside the pointer does, that every swap raises.

Guaranteed, with what it rests on: no increment is lost.  This rests on the tag: it must not come round to the
same number while a client is between reading and swapping.

Modelling decisions.

- Reading the pointer with its tag, reading the cell, writing a free cell, and swapping are steps.
- A cell is taken by a client before it is written, so that no two write the same one.
- Each client increments `rounds` times.  Tags wrap around after `tags`; here they do not while it matters.
- So the count is bounded.  Who reads a cell that has been freed may see any number there, and add one to it:
  such a sum is cut off at the bound, for it never comes to count.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from checker.lang import (
    Between,
    Map,
    Model,
    Relaxed,
    Size,
    Sort,
    action,
    always,
    evolve,
    final,
    frozen,
    initial,
    sometimes,
)


class Client(Sort, label="c"):
    """Increments the counter some times."""


class Cell(Sort, label="m"):
    """A place in memory that can hold the count."""


class Phase(Enum):
    """What a client is about to do."""

    IDLE = "idle"
    LOOKING = "looking"  # it has the pointer, and not yet what it points to
    TAKING = "taking"  # it has the count, and needs a free cell
    SWAPPING = "swapping"


Count = Annotated[int, Between(0, "clients * rounds")]
Tag = Annotated[int, Between(0, "tags - 1")]


@frozen
class Pointer:
    """Where the count lies, and how often the pointer was swapped."""

    cell: Cell
    tag: Tag


@frozen
class Local:
    """A client: what it has read, the cell that it has taken, and how often it has incremented."""

    phase: Phase
    seen: Pointer | None
    count: Count
    taken: Cell | None
    done: Annotated[int, Between(0, "rounds")]


@frozen
class State:
    """The memory and the clients."""

    pointer: Pointer
    cells: Map[Cell, Count]
    local: Map[Client, Local]


@frozen
class TaggedCounter(Model[State]):
    """Clients that swap a pointer with a tag."""

    clients: Size[Client] = 2
    cells: Size[Cell] = 3
    rounds: Annotated[int, Between(1, 4)] = 3
    tags: Annotated[int, Between(1, 16), Relaxed(1, "a pointer has no tag")] = 8

    @initial
    def begins(self, first: Cell) -> State:
        idle = Local(phase=Phase.IDLE, seen=None, count=0, taken=None, done=0)
        return State(
            pointer=Pointer(first, 0),
            cells=Map.fill(self.every(Cell), 0),
            local=Map.fill(self.every(Client), idle),
        )

    @action
    def client_reads_pointer(self, s: State, c: Client) -> State | None:
        """Read the pointer and its tag, in one step."""
        local = s.local[c]
        if local.phase is not Phase.IDLE or local.done == self.rounds:
            return None
        return evolve(s, local=s.local.set(c, evolve(local, phase=Phase.LOOKING, seen=s.pointer)))

    @action
    def client_reads_cell(self, s: State, c: Client) -> State | None:
        """Read what the pointer points to, or what has become of it."""
        local = s.local[c]
        if local.phase is not Phase.LOOKING or local.seen is None:
            return None
        return evolve(
            s, local=s.local.set(c, evolve(local, phase=Phase.TAKING, count=s.cells[local.seen.cell]))
        )

    @action
    def client_takes(self, s: State, c: Client, cell: Cell) -> State | None:
        """Take a free cell, and write one more than was read."""
        local = s.local[c]
        if local.phase is not Phase.TAKING or cell not in self.free(s):
            return None
        return evolve(
            s,
            cells=s.cells.set(cell, min(local.count + 1, self.highest())),
            local=s.local.set(c, evolve(local, phase=Phase.SWAPPING, taken=cell)),
        )

    def highest(self) -> int:
        """The count when all is done."""
        return self.rounds * len(self.every(Client))

    def free(self, s: State) -> frozenset[Cell]:
        """The cells that nobody has taken, and that do not hold the count."""
        taken = frozenset(s.local[c].taken for c in s.local)
        return frozenset(cell for cell in s.cells if cell not in taken and cell != s.pointer.cell)

    @action
    def client_swaps(self, s: State, c: Client) -> State | None:
        """Point to the new cell, if the pointer is what was read; the old one is free then, or else the new."""
        local = s.local[c]
        if local.phase is not Phase.SWAPPING or local.taken is None:
            return None
        idle = evolve(local, phase=Phase.IDLE, seen=None, count=0, taken=None)
        if local.seen != s.pointer:
            return evolve(s, local=s.local.set(c, idle))
        pointer = Pointer(local.taken, (s.pointer.tag + 1) % self.tags)
        return evolve(s, pointer=pointer, local=s.local.set(c, evolve(idle, done=local.done + 1)))

    @final
    def all_have_incremented(self, s: State) -> bool:
        return all(s.local[c].done == self.rounds for c in s.local)

    # -- what is guaranteed --

    @always
    def no_increment_is_lost(self, s: State) -> bool:
        """The counter holds the number of swaps that have succeeded."""
        return s.cells[s.pointer.cell] == sum(s.local[c].done for c in s.local)

    @always
    def nobody_takes_what_is_counted(self, s: State) -> bool:
        """The cell that holds the count is nobody's."""
        return all(s.local[c].taken != s.pointer.cell for c in s.local)

    # -- what can happen --

    @sometimes
    def the_pointer_comes_back(self, s: State) -> bool:
        """A client is about to swap, and the pointer is what it has read, but for the tag."""
        return any(
            s.local[c].phase is Phase.SWAPPING
            and s.local[c].seen != s.pointer
            and self.points_to_same(s.local[c].seen, s.pointer)
            for c in s.local
        )

    def points_to_same(self, seen: Pointer | None, pointer: Pointer) -> bool:
        """Whether a pointer that was read names the same cell."""
        return seen is not None and seen.cell == pointer.cell

    @sometimes
    def a_cell_changes_under_a_reader(self, s: State) -> bool:
        """What a client is about to read is no longer the count."""
        return any(
            s.local[c].phase is Phase.LOOKING and not self.points_to_same(s.local[c].seen, s.pointer)
            for c in s.local
        )

    @sometimes
    def all_is_counted(self, s: State) -> bool:
        """Everybody has incremented as often as they will."""
        return s.cells[s.pointer.cell] == self.highest()


# -- what goes wrong ------------------------------------------------------------------------------


@frozen
class TaggedCounterWithoutTag(TaggedCounter):
    """Broken: a pointer is compared without a tag, and one that has come back is taken for unchanged.

    The ABA problem (IBM System/370 Principles of Operation, appendix A; Treiber 1986).
    """

    tags: int = 1

    @sometimes
    def the_pointer_comes_back(self, s: State) -> bool:
        """The same cell, and not what it was."""
        return any(
            s.local[c].phase is Phase.SWAPPING
            and s.local[c].seen == s.pointer
            and s.local[c].count != s.cells[s.pointer.cell]
            for c in s.local
        )


@frozen
class TaggedCounterComesRound(TaggedCounter):
    """Broken: the tag has one bit, and after two swaps it is the same again.

    Michael 2004, section 2.4: how long until a tag wraps around is all the safety that it gives.
    """

    tags: int = 2
