"""The search for fair lassos in the graph of a compiled model's states, in C; it knows no model."""
