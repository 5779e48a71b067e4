"""Why a property is false: its own source, walked with the values of the state that refutes it."""
