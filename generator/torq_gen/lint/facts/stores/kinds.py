"""Kinds of stores, as system.yaml spells them, and the words for what reaches one."""

from __future__ import annotations

from typing import Final

REDIS: Final = "redis"
POSTGRES: Final = "postgres"
SQLITE: Final = "sqlite"
FILES: Final = "files"
SQL: Final = "sql"
"""The kind of an access of which the code does not tell whose SQL it is: any store of tables."""

KNOWN: Final = frozenset({REDIS, POSTGRES, SQLITE, FILES})
"""The kinds whose accesses the analysis follows."""

_SPELLINGS = {
    "valkey": REDIS,
    "keydb": REDIS,
    "dragonfly": REDIS,
    "postgresql": POSTGRES,
    "pg": POSTGRES,
    "timescale": POSTGRES,
    "timescaledb": POSTGRES,
    "cockroachdb": POSTGRES,
    "sqlite3": SQLITE,
    "file": FILES,
    "filesystem": FILES,
}

REDIS_CLIENT: Final = "a Redis client"
POSTGRES_CONNECTION: Final = "a Postgres connection"
SQLITE_CONNECTION: Final = "a SQLite connection"
SQL_CONNECTION: Final = "a database connection"

CAPABILITIES: Final = frozenset(
    {REDIS_CLIENT, POSTGRES_CONNECTION, SQLITE_CONNECTION, SQL_CONNECTION}
)
"""What types of libraries that reach a store call themselves (`library.Type.capability`)."""


def family(kind: str) -> str:
    """The kind under which a store's accesses are looked up: ``timescaledb`` is ``postgres``."""
    folded = kind.lower()
    return _SPELLINGS.get(folded, folded)


def serves(declared: str, accessed: str) -> bool:
    """Whether an access of kind ``accessed`` can be one of a store of kind ``declared``."""
    found = family(declared)
    if accessed == SQL:
        return found not in (REDIS, FILES)
    return found == accessed
