"""The rules over facts: one rule, one file."""
