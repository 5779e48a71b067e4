"""Searches over a transition system: breadth first, depth first, and random behaviours.

A search knows no backend and no report: it asks a `System` and returns an `Exploration`.
"""
