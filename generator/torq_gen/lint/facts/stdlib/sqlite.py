"""sqlite3."""

from __future__ import annotations

from torq_gen.lint.facts.stores.sqlite import driver

_MODULES = ("sqlite3", "sqlite3.dbapi2")

LIBRARY = driver("sqlite3", _MODULES, tuple(f"{module}.Cursor" for module in _MODULES))
