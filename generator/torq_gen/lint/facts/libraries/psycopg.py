"""psycopg 3 (synchronous, asynchronous and its pools) and psycopg2.

SQL that is put together with ``sql.SQL(…).format(…)`` is followed as far as its parts are constant.
"""

from __future__ import annotations

from torq_gen.lint.facts.libraries._psycopg_sql import COMPOSABLE, FUNCTIONS
from torq_gen.lint.facts.library import Function, Library, Type
from torq_gen.lint.facts.model import Access
from torq_gen.lint.facts.outside.effects import bypassing
from torq_gen.lint.facts.stores.dbapi import Driver
from torq_gen.lint.facts.stores.kinds import POSTGRES_CONNECTION
from torq_gen.lint.facts.stores.queries import POSTGRES_SQL
from torq_gen.lint.facts.stores.schemas import connecting

_PSYCOPG = Driver("psycopg", POSTGRES_CONNECTION, POSTGRES_SQL, ("query", "sql"))
_POOL = "psycopg.Pool"
_CONNECTING = connecting(POSTGRES_SQL)
_LISTENING = Function(bypassing("Postgres LISTEN"))


_CONNECTIONS = tuple(
    f"{module}.{name}"
    for module, names in (
        ("psycopg", ("Connection", "AsyncConnection")),
        ("psycopg.connection", ("Connection",)),
        ("psycopg.connection_async", ("AsyncConnection",)),
        ("psycopg2.extensions", ("connection",)),
    )
    for name in names
)
_CURSORS = tuple(
    f"psycopg.{kind}{name}"
    for kind in ("", "Async")
    for name in ("Cursor", "ClientCursor", "RawCursor", "ServerCursor")
)
_POOLS = tuple(
    f"{module}.{name}"
    for module in ("psycopg_pool", "psycopg_pool.pool", "psycopg_pool.pool_async")
    for name in ("ConnectionPool", "AsyncConnectionPool", "NullConnectionPool",
                 "AsyncNullConnectionPool")
)  # fmt: skip
_OLD_POOLS = tuple(
    f"psycopg2.pool.{name}"
    for name in ("SimpleConnectionPool", "ThreadedConnectionPool", "AbstractConnectionPool")
)
_COPY_TABLE = {
    "copy_from": Function(POSTGRES_SQL.table(1, "table", "schema", Access.WRITE)),
    "copy_to": Function(POSTGRES_SQL.table(1, "table", "schema", Access.READ)),
    "copy_expert": _PSYCOPG.running(),
}
_CONNECTED = Function(None, _PSYCOPG.connection)
_CONNECTS = Function(_CONNECTING, _PSYCOPG.connection)
_RUNS = {"execute": _PSYCOPG.running(_PSYCOPG.cursor)}
_KEEPING = (
    *(
        f"psycopg2.extras.register_{name}"
        for name in ("composite", "default_json", "default_jsonb", "hstore", "inet", "json", "uuid")
    ),
    *(f"psycopg2.extensions.{name}" for name in ("quote_ident", "register_type")),
    *(f"psycopg.types.json.set_json_{name}" for name in ("dumps", "loads")),
    *(f"psycopg.types.{name}.register_{name}" for name in ("composite", "enum", "hstore")),
    *(
        f"psycopg.types.{name}.fetch"
        for name in ("TypeInfo", "composite.CompositeInfo", "enum.EnumInfo")
    ),
)
"""What sets up types of values on a connection, and touches no table."""
_QUIET_POOL = "check close drain get_stats open pop_stats putconn resize wait closeall"

LIBRARY = Library(
    "psycopg",
    ("psycopg", "psycopg2", "psycopg_pool"),
    {
        **dict.fromkeys(("psycopg.connect", "psycopg2.connect"), _CONNECTS),
        **{f"{path}.connect": _CONNECTS for path in _CONNECTIONS},
        **{path: Function(None, _PSYCOPG.cursor) for path in _CURSORS},
        **{path: Function(_CONNECTING, _POOL) for path in (*_POOLS, *_OLD_POOLS)},
        **{
            f"psycopg2.extras.execute_{name}": Function(POSTGRES_SQL.query(1, "sql"), keeps=True)
            for name in ("values", "batch")
        },
        **dict.fromkeys(_KEEPING, Function(keeps=True)),
        **FUNCTIONS,
    },
    (
        _PSYCOPG.connection_type(
            _CONNECTIONS,
            {**_RUNS, **dict.fromkeys(("notifies", "add_notify_handler"), _LISTENING)},
        ),
        _PSYCOPG.cursor_type(
            (*_CURSORS, "psycopg2.extensions.cursor"),
            {"stream": _PSYCOPG.running(), "copy": _PSYCOPG.running(), **_COPY_TABLE},
        ),
        Type(
            _POOL,
            POSTGRES_CONNECTION,
            (*_POOLS, *_OLD_POOLS),
            {
                **dict.fromkeys(_QUIET_POOL.split(), Function()),
                **dict.fromkeys(("connection", "getconn"), _CONNECTED),
            },
            other=Function(POSTGRES_SQL.unlisted),
            enter=_POOL,
        ),
        COMPOSABLE,
    ),
)
