"""Names in generated C: the spec's own, unless C, its library or the runtime have them already.

The rule kept: a name of the spec stays as it is where it can; where it cannot it gets an underscore,
and a second variable of one name a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

KEYWORDS = frozenset(
    """auto break case char const continue default do double else enum extern float for goto if inline int
    long register restrict return short signed sizeof static struct switch typedef union unsigned void
    volatile while asm typeof bool true false alignas alignof constexpr nullptr static_assert thread_local
    linux unix errno stdin stdout stderr NULL EOF INT64_MIN INT64_MAX assert offsetof main""".split()  # noqa: SIM905 -- a list of words reads better
)

LIBRARY = frozenset(
    """abort abs accept access acos adjtime alarm alloca asin atan atexit atof atoi atol bcmp bcopy bind brk bsearch
    bzero cabs calloc carg ccos ceil cexp chdir chmod chown chroot clock clog clone close confstr conj connect
    copysign cos cosh cpow creal crypt csin csqrt ctime difftime div drand dup erf erfc execl execle execv exit
    exp fabs fclose fcntl fdim feof ferror fflush ffs fgetc fgetpos fgets fileno flock floor fma fmax fmin fmod
    fopen fork fprintf fputc fputs fread free freopen frexp fscanf fseek fsync ftell fwrite gamma getc getchar
    getenv getpid gets gmtime hypot ilogb index ioctl isalnum isalpha isatty isblank iscntrl isdigit isgraph
    islower isprint ispunct isspace isupper isxdigit jrand kill labs ldexp ldiv lgamma link listen llabs lldiv
    lockf log logb longjmp lrint lround lseek madvise malloc mblen memccpy memchr memcmp memcpy memfrob memmem
    memmove mempcpy memset mincore mktemp mktime mlock mmap modf mprotect mrand mremap msync munlock munmap nan
    nearbyint nice open pause perror pipe pow pread printf putc putchar putenv puts putw pwrite qsort raise
    rand random read readlink realloc recv remainder remove remquo rename rewind rindex rint rmdir round sbrk
    scalb scalbn scanf seed select send setbuf setenv setjmp setvbuf shutdown siglongjmp signal signbit
    significand sin sinh sleep snprintf socket sprintf sqrt srand srandom sscanf stat stpcpy strcasecmp strcat
    strchr strcmp strcoll strcpy strcspn strdup strerror strfry strftime strlen strncat strncmp strncpy strndup
    strnlen strpbrk strrchr strsep strspn strstr strtod strtof strtok strtol strtoul strxfrm swab symlink sync
    syscall system tan tanh tempnam tgamma time times timegm tmpfile tmpnam tolower toupper trunc truncate
    tzset umask ungetc unlink unsetenv usleep utime vfork vprintf wait write y0 y1 yn j0 j1 jn""".split()  # noqa: SIM905 -- a list of words reads better
)
"""What the headers of the runtime declare, and what compilers take for built in."""

OWN = frozenset({"worker", "result", "w"})
"""What generated functions call their own parameters."""


class Names:
    """The names in use in one scope of C, inside a larger one."""

    def __init__(self, outer: Iterable[str] = ()) -> None:
        self._taken = set(outer)

    def copy(self) -> Names:
        """The same names, in a scope of its own."""
        return Names(self._taken)

    def __contains__(self, name: str) -> bool:
        return name in self._taken

    def take(self, name: str) -> str:
        """Put a name that must stay as it is to use."""
        self._taken.add(name)
        return name

    def fresh(self, wanted: str) -> str:
        """A name that is not in use, as close to the wanted one as can be."""
        name = re.sub(r"\W", "_", wanted) or "value"
        if name[0].isdigit():
            name = f"_{name}"
        if name.isupper():
            name = f"{name}_"  # names in capitals alone are those of constants
        if name in self._taken and not re.search(r"_\d+$", name):
            plain = f"{name}_"
            name = name if name not in KEYWORDS | LIBRARY | OWN else plain
        number = 2
        base = name
        while name in self._taken:
            name = f"{base}_{number}" if not base.endswith("_") else f"{base}{number}"
            number += 1
        self._taken.add(name)
        return name
