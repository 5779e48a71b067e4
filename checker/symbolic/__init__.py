"""The IR as formulas: every value of a finite type as something that depends on truth values."""
