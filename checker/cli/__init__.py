"""The command line: the roof, which alone may import everything, and does so lazily."""
