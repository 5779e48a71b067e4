"""The typed IR: what a spec means, at the level of the mathematics, for every backend to read."""
