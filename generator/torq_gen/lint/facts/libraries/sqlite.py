"""sqlite3 of the standard library, and aiosqlite.

A database in memory belongs to the process alone and is no store. Its file is told by no fact of
its own: what system.yaml declares of a SQLite store is its tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.libraries._dbapi import Driver
from torq_gen.lint.facts.library import Call, Function, Library
from torq_gen.lint.facts.model import Fact
from torq_gen.lint.facts.stores.kinds import SQLITE_CONNECTION
from torq_gen.lint.facts.stores.queries import SQLITE_SQL
from torq_gen.lint.facts.stores.values import texts
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.values import DATA, Thing, Value

_SQLITE = Driver("sqlite", SQLITE_CONNECTION, SQLITE_SQL, ("sql", "sql_script"))


def _in_memory(path: str | None) -> bool:
    if path is None:
        return False
    return path in (":memory:", "") or (path.startswith("file:") and "mode=memory" in path)


def _connected(call: Call) -> Value:
    found = list(texts(call.argument(0, "database")))
    if all(isinstance(path, Text) and _in_memory(path.exact) for path in found):
        return DATA
    return Thing(_SQLITE.connection)


def _everything(call: Call) -> Iterator[Fact]:
    yield from SQLITE_SQL.unproven(call, call.span, "it concerns every table of the database")


_MODULES = ("sqlite3", "sqlite3.dbapi2", "aiosqlite", "aiosqlite.core")
_RUNS = {
    name: _SQLITE.running(_SQLITE.cursor)
    for name in ("execute", "executemany", "executescript", "execute_insert", "execute_fetchall")
}

LIBRARY = Library(
    "sqlite",
    ("sqlite3", "aiosqlite"),
    {
        **{f"{module}.connect": Function(None, _connected) for module in _MODULES},
        **{f"{module}.Connection": Function(None, _connected) for module in _MODULES},
    },
    (
        _SQLITE.connection_type(
            tuple(f"{module}.Connection" for module in _MODULES),
            {
                **_RUNS,
                **dict.fromkeys(("backup", "iterdump", "serialize"), Function(_everything)),
            },
        ),
        _SQLITE.cursor_type(
            (*(f"{module}.Cursor" for module in _MODULES), "aiosqlite.cursor.Cursor"), _RUNS
        ),
    ),
)
