"""What drivers of SQLite have in common.

A database in memory belongs to the process alone and is no store. Its file is told by no fact of
its own: what system.yaml declares of a SQLite store is its tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.model import Fact
from torq_gen.lint.facts.outside.effects import running
from torq_gen.lint.facts.stores.dbapi import Driver
from torq_gen.lint.facts.stores.kinds import SQLITE_CONNECTION
from torq_gen.lint.facts.stores.queries import SQLITE_SQL
from torq_gen.lint.facts.stores.values import texts
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import Thing, Value

_RUN = ("execute", "executemany", "executescript", "execute_insert", "execute_fetchall")
_EVERYTHING = ("backup", "iterdump", "serialize")
_OTHER_FILE = re.compile(r"\b(?:ATTACH|VACUUM\s+(?:\w+\s+)?INTO)\b", re.IGNORECASE)
_ATTACHED = "it concerns the database of another file"
_EXTENSION = Function(running("an extension of SQLite"))


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
                connections,
                {
                    **runs,
                    **dict.fromkeys(_EVERYTHING, Function(_every_table)),
                    "load_extension": _EXTENSION,
                },
            ),
            own.cursor_type(cursors, runs),
            *_memory_types(own),
        ),
    )


def _connected(call: Call, connection: str) -> Value:
    found = list(texts(call.argument(0, "database")))
    in_memory = all(isinstance(path, Text) and _in_memory(path.exact) for path in found)
    return Thing(f"{connection}InMemory" if in_memory else connection)


def _memory_types(own: Driver) -> tuple[Type, Type]:
    """A database in memory, and its cursors: they reach a file in a few ways only."""
    connection, cursor = f"{own.connection}InMemory", f"{own.cursor}InMemory"
    runs = dict.fromkeys(_RUN, Function(_bringing_in_files, cursor))
    methods = {
        **runs,
        "cursor": Function(None, cursor),
        "backup": Function(_copied, keeps=True),
        "load_extension": _EXTENSION,
    }
    quiet = Function()
    return (
        Type(connection, methods=methods, other=quiet),
        Type(cursor, methods=runs, attributes={"connection": connection}, other=quiet),
    )


def _bringing_in_files(call: Call) -> Iterator[Fact]:
    argument = call.argument(0, "sql", "sql_script")
    for one in texts(argument):
        literal = (
            " ".join(p for p in one.parts if isinstance(p, str)) if isinstance(one, Text) else ""
        )
        if argument is not None and _OTHER_FILE.search(literal):
            yield from SQLITE_SQL.unproven(call, argument.span, _ATTACHED)


def _copied(call: Call) -> Iterator[Fact]:
    target = call.argument(0, "target")
    for one in alternatives(target.value) if target is not None else ():
        if not (isinstance(one, Thing) and one.type.endswith("InMemory")):
            yield from _every_table(call)


def _in_memory(path: str | None) -> bool:
    if path is None:
        return False
    return path in (":memory:", "") or (path.startswith("file:") and "mode=memory" in path)


def _every_table(call: Call) -> Iterator[Fact]:
    yield from SQLITE_SQL.unproven(call, call.span, "it concerns every table of the database")
