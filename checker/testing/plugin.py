"""The pytest plugin: a failing `assert check(...).holds` shows the counterexample."""

from __future__ import annotations
