"""Quorate: protocols as pure functions, checked state by state.

`check` and `simulate` are imported on first use, so that importing the language stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from checker.api import check, simulate

__all__ = ["check", "simulate"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from checker import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
