"""From the typed IR to C: expressions, functions, actions and properties of one model."""
