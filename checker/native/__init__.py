"""The native engine: C from the IR, compiled, loaded and run."""
