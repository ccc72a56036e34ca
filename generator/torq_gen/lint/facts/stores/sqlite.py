"""What drivers of SQLite have in common.

A database in memory belongs to the process alone and is no store. Its file is told by no fact of
its own: what system.yaml declares of a SQLite store is its tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.library import Call, Function, Library
from torq_gen.lint.facts.model import Fact
from torq_gen.lint.facts.stores.dbapi import Driver
from torq_gen.lint.facts.stores.kinds import SQLITE_CONNECTION
from torq_gen.lint.facts.stores.queries import SQLITE_SQL
from torq_gen.lint.facts.stores.values import texts
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.values import DATA, Thing, Value

_RUN = ("execute", "executemany", "executescript", "execute_insert", "execute_fetchall")
_EVERYTHING = ("backup", "iterdump", "serialize")


def driver(name: str, modules: tuple[str, ...], cursors: tuple[str, ...]) -> Library:
    """A driver by its name and by the modules that have its ``connect`` and ``Connection``."""
    own = Driver(name, SQLITE_CONNECTION, SQLITE_SQL, ("sql", "sql_script"))
    runs = dict.fromkeys(_RUN, own.running(own.cursor))
    connections = tuple(f"{module}.Connection" for module in modules)
    connects = (*(f"{module}.connect" for module in modules), *connections)
    return Library(
        name,
        (name,),
        dict.fromkeys(connects, Function(None, lambda call: _connected(call, own.connection))),
        (
            own.connection_type(
                connections, {**runs, **dict.fromkeys(_EVERYTHING, Function(_every_table))}
            ),
            own.cursor_type(cursors, runs),
        ),
    )


def _connected(call: Call, connection: str) -> Value:
    found = list(texts(call.argument(0, "database")))
    if all(isinstance(path, Text) and _in_memory(path.exact) for path in found):
        return DATA
    return Thing(connection)


def _in_memory(path: str | None) -> bool:
    if path is None:
        return False
    return path in (":memory:", "") or (path.startswith("file:") and "mode=memory" in path)


def _every_table(call: Call) -> Iterator[Fact]:
    yield from SQLITE_SQL.unproven(call, call.span, "it concerns every table of the database")
