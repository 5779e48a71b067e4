"""Refinement: every behaviour of a model, seen through a mapping, is one of an abstract model."""
