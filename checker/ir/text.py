"""Lays text out: pieces that stand on one line where they fit, and are broken where they do not.

A document is made of strings, `Line` (a place to break), `indent` and `group`; a group is laid out flat
if it fits into the width, otherwise every `Line` directly in it is a new line.  (Wadler, "A prettier
printer", 2003.)  Nothing here knows what is printed.
"""

from __future__ import annotations

from attrs import frozen

WIDTH = 100


@frozen
class Line:
    """A new line in a group that is broken; this text in one that is not."""

    flat: str = " "


@frozen
class Indent:
    """The same content, its lines two columns further in."""

    content: Doc


@frozen
class Group:
    """Content that is flat as a whole, or broken."""

    content: Doc


Doc = str | Line | Indent | Group | tuple["Doc", ...]

SOFT = Line("")
"""A place to break that is nothing otherwise."""


def joined(docs: list[Doc], separator: str = ",") -> Doc:
    """Documents with a separator and a place to break between them."""
    parts: list[Doc] = []
    for place, doc in enumerate(docs):
        if place:
            parts += [separator, Line()]
        parts.append(doc)
    return tuple(parts)


def enclosed(opening: str, docs: list[Doc], closing: str) -> Doc:
    """A list in brackets, its items one below the other where they do not fit."""
    if not docs:
        return opening + closing
    return Group((opening, Indent((SOFT, joined(docs))), SOFT, closing))


Work = tuple[int, bool, Doc]
"""How far in, whether flat, and what."""


def laid_out(doc: Doc, indent: int = 0, width: int = WIDTH) -> str:
    """The text of a document whose lines begin so far in."""
    out: list[str] = []
    column = indent
    work: list[Work] = [(indent, False, doc)]
    while work:
        margin, flat, now = work.pop()
        match now:
            case str():
                out.append(now)
                column += len(now)
            case tuple():
                work.extend((margin, flat, part) for part in reversed(now))
            case Indent(content=content):
                work.append((margin + 2, flat, content))
            case Group(content=content):
                work.append((margin, flat or _fits(content, width - column, work), content))
            case Line(flat=text) if flat:
                out.append(text)
                column += len(text)
            case Line():
                out.append("\n" + " " * margin)
                column = margin
    return "".join(out)


def _fits(content: Doc, room: int, after: list[Work]) -> bool:
    """Whether a document, laid out flat, and what follows it up to the next new line, fit."""
    rest = len(after)
    work: list[tuple[bool, Doc]] = [(True, content)]
    while room >= 0:
        if not work:
            if rest == 0:
                return True
            rest -= 1
            _, flat, doc = after[rest]
            work.append((flat, doc))
            continue
        flat, now = work.pop()
        match now:
            case str():
                room -= len(now)
            case tuple():
                work.extend((flat, part) for part in reversed(now))
            case Indent(content=inner):
                work.append((flat, inner))
            case Group(content=inner):
                work.append((flat, inner))
            case Line(flat=text):
                if not flat:
                    return True
                room -= len(text)
    return False
