"""What drivers of the DB-API have in common: a connection, its cursors, and what those execute."""

from __future__ import annotations

from collections.abc import Mapping

from torq_gen.immutable import immutable
from torq_gen.lint.facts.library import Function, Type
from torq_gen.lint.facts.stores.queries import Database
from torq_gen.lint.facts.stores.values import data

_CURSOR_QUIET = (
    "cast close fetch fetchall fetchmany fetchone fileno mogrify nextset results scroll set_result "
    "setinputsizes setoutputsize"
)
_ATTRIBUTES = (
    "adapters arraysize closed description format in_transaction info isolation_level itersize "
    "lastrowid name notices pgconn query row_factory rowcount rownumber status statusmessage "
    "text_factory total_changes"
)
_CONNECTION_QUIET = (
    "autocommit cancel cancel_safe close commit create_aggregate create_collation "
    "create_function create_window_function fileno interrupt pipeline rollback "
    "set_autocommit set_authorizer set_client_encoding set_isolation_level set_progress_handler "
    "set_session set_trace_callback stop transaction xid"
)


@immutable
class Driver:
    """A driver by the prefix of its types' names, and how it names the SQL argument."""

    prefix: str
    capability: str
    database: Database
    query: tuple[str, ...]

    @property
    def connection(self) -> str:
        """The name of the connection's type."""
        return f"{self.prefix}.Connection"

    @property
    def cursor(self) -> str:
        """The name of the cursor's type."""
        return f"{self.prefix}.Cursor"

    def running(self, returns: str = "") -> Function:
        """A method whose first argument is run as SQL."""
        return Function(self.database.query(0, *self.query), returns)

    def connection_type(
        self, annotations: tuple[str, ...], methods: Mapping[str, Function]
    ) -> Type:
        """The type of a connection; ``with`` gives the connection itself."""
        known = dict.fromkeys(_CONNECTION_QUIET.split(), Function())
        common = {**known, "cursor": Function(None, self.cursor), **methods}
        return Type(
            self.connection,
            self.capability,
            annotations,
            common,
            dict.fromkeys(_ATTRIBUTES.split(), ""),
            other=Function(self.database.unlisted),
        )

    def cursor_type(self, annotations: tuple[str, ...], methods: Mapping[str, Function]) -> Type:
        """The type of a cursor; iterating gives rows."""
        common = {
            **dict.fromkeys(_CURSOR_QUIET.split(), Function()),
            "execute": self.running(self.cursor),
            "executemany": self.running(self.cursor),
            **methods,
        }
        return Type(
            self.cursor,
            self.capability,
            annotations,
            common,
            {**dict.fromkeys(_ATTRIBUTES.split(), ""), "connection": self.connection},
            other=Function(self.database.unlisted),
            item=data,
        )
