"""From the Python source of a model to the typed IR."""
