"""C identifiers from the names of a spec: readable, unique, and never a word that means something else.

Knows C's keywords, the macros that system headers bring along, and every identifier of the runtime,
with which generated code shares one translation unit.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable
from functools import cache
from pathlib import Path

RUNTIME = Path(__file__).resolve().parent.parent / "runtime"

KEYWORDS = frozenset(
    """auto break case char const continue default do double else enum extern float for goto if inline int
    long register restrict return short signed sizeof static struct switch typedef union unsigned void
    volatile while asm typeof bool true false NULL EOF errno stdin stdout stderr assert unix linux
    alloca signbit isnan isinf isless
    int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t size_t ssize_t
    """.split()  # noqa: SIM905 - fifty names in quotes read worse
)
"""What no name of ours may be: keywords, macros in lower case, functions that are macros."""

COMMON = frozenset({"main", "index", "rindex", "abs", "div", "time", "clock", "read", "write", "signal", "w"})
"""What no type or function of ours may be called, though a field may."""

SYSTEM = frozenset(
    """ADJ AIO AT ATOMIC BC BIG BOOL CHAR CHARCLASS CLD CLOCK CLOCKS CLONE COLL CPU DELAYTIMER DN F
    FALLOC FD FILENAME FOPEN FP FPE HUGE ILL INT INTMAX INTPTR IOV L LITTLE LLONG LONG M MADV MAP
    MATH MAX MB MCL MFD MLOCK MOD MQ MREMAP MS NGROUPS NL O P PDP POLL POSIX PROT PTHREAD PTRDIFF R
    RAND RE REG RTSIG RWF RWH S SA SCHAR SCHED SEEK SEGV SEM SHRT SI SIG SIGEV SPLICE SS SSIZE ST
    STA STDERR STDIN STDOUT SYNC TMP TRAP UCHAR UINT UINTMAX UINTPTR ULLONG ULONG USHRT UTIME W
    WCHAR WINT X XATTR""".split()  # noqa: SIM905 - as above
)
"""First words of whole families of macros of system headers, as in CLOCK_MONOTONIC."""

SINGLE = frozenset(
    """BUS_ADRALN BUS_ADRERR BUS_MCEERR_AO BUS_MCEERR_AR BUS_OBJERR BYTE_ORDER CLOSE_RANGE_CLOEXEC
    CLOSE_RANGE_UNSHARE EXIT_FAILURE EXIT_SUCCESS EXPR_NEST_MAX HOST_NAME_MAX LINE_MAX LOCK_EX
    LOCK_MAND LOCK_NB LOCK_READ LOCK_RW LOCK_SH LOCK_UN LOCK_WRITE LOGIN_NAME_MAX NAME_MAX PATH_MAX
    PIPE_BUF PKEY_DISABLE_ACCESS PKEY_DISABLE_WRITE RENAME_EXCHANGE RENAME_NOREPLACE RENAME_WHITEOUT
    SIZE_MAX SIZE_WIDTH TEMP_FAILURE_RETRY TIMER_ABSTIME TIME_UTC TTY_NAME_MAX WORD_BIT""".split()  # noqa: SIM905 - as above
)
"""Single macros of system headers, whose first word is good for names of ours."""


VIEW = RUNTIME.parent / "cycles" / "graph_view.h"

FOR_LETTERS = ("letters", "graph")
"""How files of the runtime begin that only a program with letters includes."""


@cache
def runtime_identifiers(*, letters: bool = False) -> frozenset[str]:
    """Every identifier that the runtime's code uses, comments aside; that for letters only if asked."""
    found: set[str] = set()
    for path in sorted((*RUNTIME.glob("*.h"), *RUNTIME.glob("*.c"), VIEW)):
        if path.name.startswith(FOR_LETTERS) and not letters:
            continue
        code = re.sub(r"/\*.*?\*/|//[^\n]*", " ", path.read_text(), flags=re.DOTALL)
        found.update(re.findall(r"[A-Za-z_]\w*", code))
    return frozenset(found)


def identifier(name: str) -> str:
    """The name as a C identifier that is none of C's words."""
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)
    if plain[:1].isdigit() or not plain or re.match(r"_[_A-Z]", plain):
        plain = f"x{plain}"
    return f"{plain}_" if plain in KEYWORDS else plain


def constant(name: str, member: str) -> str:
    """The name of a member of an enumeration: PHASE_WORKING."""
    first = snake(name).upper()
    made = identifier(f"{first}_{member}")
    taken = first.partition("_")[0] in SYSTEM or made in SINGLE
    return f"{made}_" if taken else made


def snake(name: str) -> str:
    """RequestVote as request_vote, RM as rm."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


class Names:
    """Gives each thing one name, and no name to two things."""

    def __init__(self, reserved: Collection[str] = (), *, letters: bool = False) -> None:
        self._taken: set[str] = {*KEYWORDS, *COMMON, *runtime_identifiers(letters=letters), *reserved}
        self._given: dict[Hashable, str] = {}

    def name(self, key: Hashable, wanted: str) -> str:
        """The name of a thing: the wanted one, or one made from it where that is taken."""
        known = self._given.get(key)
        if known is None:
            known = self._given[key] = self._free(identifier(wanted))
            self._taken.add(known)
        return known

    def unused(self, wanted: str) -> str:
        """The wanted name if nothing has it, or one made from it; nothing has it after this either."""
        return self._free(identifier(wanted))

    def claim(self, key: Hashable, name: str) -> None:
        """Give a thing a name that is reserved for it."""
        self._given[key] = name
        self._taken.add(name)

    def _free(self, wanted: str) -> str:
        if wanted not in self._taken:
            return wanted
        number = 2
        while f"{wanted}_{number}" in self._taken:
            number += 1
        return f"{wanted}_{number}"
