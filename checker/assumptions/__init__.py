"""Which assumption each property needs: the model without one of them at a time, checked.

`relax` makes the models, `audit` checks them, and `checker.report.assumptions` draws the table.
"""
