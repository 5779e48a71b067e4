"""`quorate list`: the specs of the library with their families, constants and properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from checker.cli.streams import Command, reports

if TYPE_CHECKING:
    from checker.library import Entry
    from checker.report.text import Section


@click.command("list", cls=Command, short_help="The specs of the library.")
def command() -> None:
    """List the specs with their families, constants and properties, and their broken variants."""
    from checker.cli.output import Destination, wants_colour, width_of
    from checker.library import library
    from checker.report.text import render_sections

    entries, broken = library()
    stream = reports()
    look: dict[str, Any] = {"width": width_of(stream), "colour": wants_colour(stream)}
    texts = []
    for family in sorted({entry.family for entry in entries}):
        sections = [
            _section(entry, entries)
            for entry in entries
            if entry.family == family and entry.variant_of is None
        ]
        title = f"family {family.replace('_', ' ')}" if family else "others"
        texts.append(render_sections(title, "", sections, **look))
    Destination().echo("\n".join(texts))
    if broken:
        raise broken[0].error


def _section(entry: Entry, entries: list[Entry]) -> Section:
    """One spec: what it is, its constants and properties, and its variants."""
    from checker.constants import instantiate
    from checker.lang.declarations import declare
    from checker.lang.errors import QuorateError
    from checker.report.text import Section
    from checker.result.show import show

    try:
        declaration = declare(instantiate(entry.cls))
    except QuorateError as error:
        return Section(entry.id, (("broken", error.problem.what),))
    constants = "  ".join(f"{c.name}={show(c.value)}" for c in declaration.constants)
    names = [("sometimes " if p.kind == "sometimes" else "") + p.name for p in declaration.properties]
    names += [f"temporal {p.name}" for p in declaration.temporal]
    properties = ", ".join([*names, *(f"refinement {r.name}" for r in declaration.refinements)])
    rows = [("constants", constants or "none"), ("properties", properties or "none")]
    if declaration.lemmas:
        rows.append(("lemmas", ", ".join(lemma.name for lemma in declaration.lemmas)))
    label = "variants"
    for other in entries:
        if entry.cls in other.cls.__mro__[1:] or other.variant_of is entry.cls:
            rows.append((label, f"{other.id}: {(other.cls.__doc__ or '').strip().partition(chr(10))[0]}"))
            label = ""
    return Section(entry.id, tuple(rows), declaration.doc.partition("\n")[0])
