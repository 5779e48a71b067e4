"""What checking the library must give: the instances of `specs/models.toml`, read.

The head of that file says what each field means.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

from attrs import frozen


@frozen
class Expected:
    """One instance and what checking it gives: states for one that holds, a shortest trace for one that does not.

    `distinct` counts states without symmetry; `loop` is there where the trace is a lasso, false where it
    stops for ever.
    """

    spec: str
    constants: dict[str, Any]
    verdict: str
    distinct: int | None = None
    property: str | None = None
    steps: int | None = None
    loop: bool | None = None
    properties: tuple[str, ...] | None = None


def instances() -> list[Expected]:
    """Every instance of the manifest, in its order."""
    text = files("specs").joinpath("models.toml").read_text(encoding="utf-8")
    return [_expected(entry) for entry in tomllib.loads(text)["model"]]


def expected_of(spec: str, defaults: dict[str, Any]) -> Expected | None:
    """What the manifest says of a spec with its default constants, or else of its first instance."""
    found = [one for one in instances() if one.spec == spec]
    usual = [
        one for one in found if all(defaults.get(name) == value for name, value in one.constants.items())
    ]
    return next(iter((*usual, *found)), None)


def _expected(entry: dict[str, Any]) -> Expected:
    asked = entry.get("properties")
    return Expected(
        spec=entry["spec"],
        constants=entry["constants"],
        verdict=entry["verdict"],
        distinct=entry.get("represented", entry.get("distinct")),
        property=entry.get("property"),
        steps=entry.get("steps"),
        loop=entry.get("loop"),
        properties=None if asked is None else tuple(asked),
    )
