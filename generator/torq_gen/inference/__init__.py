"""A first spec from code that exists: which services there are, and what each of them does.

The linter's facts say what the code does; here they become a draft. Nothing here writes to disk.
"""
