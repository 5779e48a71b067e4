"""What tests of specs use: strategies for values, state machines, and the pytest plugin."""
