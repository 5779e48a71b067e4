"""The reference backend: a transition system that runs the spec's own Python functions."""
