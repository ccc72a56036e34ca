"""aiosqlite."""

from __future__ import annotations

from torq_gen.lint.facts.stores.sqlite import driver

LIBRARY = driver(
    "aiosqlite",
    ("aiosqlite", "aiosqlite.core"),
    ("aiosqlite.Cursor", "aiosqlite.core.Cursor", "aiosqlite.cursor.Cursor"),
)
