"""asyncpg: connections, pools, prepared statements, COPY."""

from __future__ import annotations

from collections.abc import Mapping

from torq_gen.lint.facts.library import Effect, Function, Library, Type
from torq_gen.lint.facts.model import Access
from torq_gen.lint.facts.outside.effects import bypassing
from torq_gen.lint.facts.stores.kinds import POSTGRES_CONNECTION
from torq_gen.lint.facts.stores.queries import POSTGRES_SQL
from torq_gen.lint.facts.stores.schemas import connecting

_CONNECTION = "asyncpg.Connection"
_CONNECTING = connecting(POSTGRES_SQL)
_POOL = "asyncpg.Pool"


def _query(*names: str) -> Function:
    return Function(POSTGRES_SQL.query(0, *names))


def _table(access: Access) -> Effect:
    return POSTGRES_SQL.table(0, "table_name", "schema_name", access)


_QUERIES: Mapping[str, Function] = {
    **dict.fromkeys(("execute", "fetch", "fetchrow", "fetchval", "fetchmany"), _query("query")),
    "executemany": _query("command"),
    "copy_from_query": _query("query"),
    "copy_from_table": Function(_table(Access.READ)),
    "copy_to_table": Function(_table(Access.WRITE)),
    "copy_records_to_table": Function(_table(Access.WRITE)),
}
_QUIET = (
    "add_log_listener add_query_logger add_termination_listener close expire_connections "
    "get_idle_size get_max_size get_min_size get_reset_query get_server_pid "
    "get_server_version get_settings get_size is_closed is_closing is_in_transaction "
    "query_logger release reload_schema_state remove_listener remove_log_listener "
    "remove_query_logger remove_termination_listener reset reset_type_codec "
    "set_builtin_type_codec set_connect_args set_type_codec terminate transaction"
)
_HARMLESS: Mapping[str, Function] = dict.fromkeys(_QUIET.split(), Function())
_CONNECTION_METHODS: Mapping[str, Function] = {
    **_HARMLESS,
    **_QUERIES,
    "prepare": _query("query"),
    "cursor": _query("query"),
    "add_listener": Function(bypassing("Postgres LISTEN")),
}

LIBRARY = Library(
    "asyncpg",
    ("asyncpg",),
    {
        **dict.fromkeys(
            ("asyncpg.connect", "asyncpg.connection.connect"), Function(_CONNECTING, _CONNECTION)
        ),
        **dict.fromkeys(
            ("asyncpg.create_pool", "asyncpg.pool.create_pool"), Function(_CONNECTING, _POOL)
        ),
    },
    (
        Type(
            _CONNECTION,
            POSTGRES_CONNECTION,
            (
                "asyncpg.Connection",
                "asyncpg.connection.Connection",
                "asyncpg.pool.PoolConnectionProxy",
            ),
            _CONNECTION_METHODS,
            other=Function(POSTGRES_SQL.unlisted),
        ),
        Type(
            _POOL,
            POSTGRES_CONNECTION,
            ("asyncpg.Pool", "asyncpg.pool.Pool"),
            {**_HARMLESS, **_QUERIES, "acquire": Function(None, _CONNECTION)},
            other=Function(POSTGRES_SQL.unlisted),
        ),
    ),
)
