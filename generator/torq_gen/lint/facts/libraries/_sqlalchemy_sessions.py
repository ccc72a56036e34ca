"""Engines, connections and sessions of SQLAlchemy, and the results that they give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from torq_gen.lint.facts.libraries._sqlalchemy_statements import (
    first,
    itself,
    statement,
    touching,
    touching_all,
)
from torq_gen.lint.facts.libraries._sqlalchemy_tables import (
    EXPRESSION,
    STATEMENT_TYPE,
    accesses,
    loaded,
)
from torq_gen.lint.facts.library import Argument, Call, Effect, Function, Type
from torq_gen.lint.facts.model import Access, Fact
from torq_gen.lint.facts.stores.kinds import POSTGRES, SQL, SQL_CONNECTION, SQLITE
from torq_gen.lint.facts.stores.queries import ANY_SQL, POSTGRES_SQL, SQLITE_SQL, Database
from torq_gen.lint.facts.stores.reasons import TRANSLATED
from torq_gen.lint.facts.stores.schemas import connecting
from torq_gen.lint.facts.stores.values import held, texts
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives, join
from torq_gen.lint.facts.values import NONE, Items, Plain, Thing, Unknown, Value

ENGINE, _CONNECTION, SESSION, MAKER, _RESULT = (
    f"sqlalchemy.{name}" for name in ("Engine", "Connection", "Session", "SessionMaker", "Result")
)
_KIND = "kind"
_NO_INSTANCE = "it is no instance of a mapped class that is known"
_DATABASES = {POSTGRES: POSTGRES_SQL, SQLITE: SQLITE_SQL}


def engine(call: Call) -> Value:
    """An engine knows its kind when its URL begins with it."""
    kinds = {_kind_of_url(url) for url in texts(call.argument(0, "url"))}
    return Thing(ENGINE, ((_KIND, Text.of((kinds.pop(),))),)) if len(kinds) == 1 else Thing(ENGINE)


def making(call: Call) -> Iterator[Fact]:
    """An engine whose connections look for tables elsewhere, or which translates schemas."""
    translated = call.argument(None, "schema_translate_map")
    if translated is not None:
        yield from ANY_SQL.unproven(call, translated.span, TRANSLATED)
        return
    options = call.argument(None, "execution_options")
    entries = (call.entries(options.value) or {}) if options else {}
    if options and "schema_translate_map" in entries:
        yield from ANY_SQL.unproven(call, options.span, TRANSLATED)
    yield from connecting(ANY_SQL)(call)


def _kind_of_url(url: object) -> str:
    prefix = url.prefix if isinstance(url, Text) else ""
    return POSTGRES if prefix.startswith("postgres") else SQLITE if prefix[:6] == SQLITE else SQL


def same_kind(type_: str) -> Callable[[Call], Value]:
    """A thing of the kind that the receiver or the first argument has."""

    def returns(call: Call) -> Value:
        bind = call.argument(0, "bind")
        for value in (call.receiver, bind.value if bind else None):
            kind = value.get(_KIND) if isinstance(value, Thing) else None
            if kind is not None:
                return Thing(type_, ((_KIND, kind),))
        return Thing(type_)

    return returns


def _database(call: Call) -> Database:
    kind = call.receiver.get(_KIND) if isinstance(call.receiver, Thing) else None
    found = kind.exact if isinstance(kind, Text) else None
    return _DATABASES.get(found or "", ANY_SQL)


def _execute(call: Call) -> Iterator[Fact]:
    """A statement's tables are facts where it is made; text is read here."""
    argument = call.argument(0, "statement")
    if argument is None:
        yield from _database(call).run(call, None)
        return
    for value in alternatives(argument.value):
        if not (isinstance(value, Thing) and value.type in (STATEMENT_TYPE, EXPRESSION)):
            yield from _database(call).run_value(call, argument.span, value)


def _driver_sql(call: Call) -> Iterator[Fact]:
    yield from _database(call).run(call, call.argument(0, "statement"))


def _results(call: Call) -> Value:
    argument = call.argument(0, "statement")
    return Thing(_RESULT, (("of", argument.value if argument else NONE),))


def _result_of(call: Call) -> Value:
    of = call.receiver.get("of") if isinstance(call.receiver, Thing) else None
    return loaded(call, of)


def _many(call: Call) -> Value:
    return Items(_result_of(call))


def _perhaps(call: Call) -> Value:
    return join((_result_of(call), NONE))


def _unlisted(call: Call) -> Iterator[Fact]:
    yield from _database(call).unlisted(call)


def _saving(position: int, name: str) -> Effect:
    """Saving instances, one or several; what is said to be mere data must be one all the same."""

    def effect(call: Call) -> Iterator[Fact]:
        argument = call.argument(position, name)
        for value in held(call, argument.value) if argument else ():
            known = Unknown(_NO_INSTANCE) if isinstance(value, Plain) else value
            span = argument.span if argument else call.span
            yield from accesses(call, Argument(known, span), Access.WRITE)

    return effect


def _got(call: Call) -> Value:
    argument = call.argument(0, "entity")
    return join((loaded(call, argument.value if argument else None), NONE))


def _merged(call: Call) -> Value:
    argument = call.argument(0, "instance")
    return argument.value if argument else Unknown()


_QUIET = (
    "begin begin_nested close close_all commit dispose expire expire_all expunge expunge_all flush "
    "get_bind get_isolation_level in_nested_transaction in_transaction invalidate invalidated "
    "is_modified prepare remove reset rollback detach aclose configure"
)
_HARMLESS = dict.fromkeys(_QUIET.split(), Function())
_RUN = Function(_execute, _results)
_ONE = Function(_execute, lambda call: loaded(call, first(call)))
_EXECUTING: Mapping[str, Function] = {
    **dict.fromkeys(("execute", "scalars", "stream", "stream_scalars"), _RUN),
    "scalar": _ONE,
    "exec_driver_sql": Function(_driver_sql, _RESULT),
}
_READ, _WRITE = Access.READ, Access.WRITE
_SESSION_METHODS: Mapping[str, Function] = {
    **_HARMLESS,
    **_EXECUTING,
    **dict.fromkeys(("get", "get_one"), Function(touching(0, "entity", _READ), _got)),
    "add": Function(_saving(0, "instance")),
    "add_all": Function(_saving(0, "instances")),
    "bulk_save_objects": Function(_saving(0, "objects")),
    "delete": Function(_saving(0, "instance")),
    "delete_all": Function(_saving(0, "instances")),
    "merge": Function(touching(0, "instance", _READ, _WRITE), _merged),
    "refresh": Function(touching(0, "instance", _READ)),
    "bulk_insert_mappings": Function(touching(0, "mapper", _WRITE)),
    "bulk_update_mappings": Function(touching(0, "mapper", _WRITE)),
    "query": Function(touching_all(_READ), statement("select")),
    "connection": Function(None, same_kind(_CONNECTION)),
    "run_sync": Function(handler=(0, "fn"), handed=SESSION),
}
_MAKES_SESSION = Function(None, same_kind(SESSION))
_RESULT_METHODS: Mapping[str, Function] = {
    **dict.fromkeys(("scalars", "unique", "mappings", "yield_per", "columns", "partitions",
                     "freeze", "tuples"), Function(None, itself)),
    **dict.fromkeys(("all", "fetchall", "fetchmany"), Function(None, _many)),
    **dict.fromkeys(("first", "one_or_none", "scalar_one_or_none", "scalar", "fetchone"),
                    Function(None, _perhaps)),
    **dict.fromkeys(("one", "scalar_one"), Function(None, _result_of)),
}  # fmt: skip
SESSION_TYPES = (
    Type(
        ENGINE,
        SQL_CONNECTION,
        ("sqlalchemy.Engine", "sqlalchemy.engine.Engine", "sqlalchemy.ext.asyncio.AsyncEngine"),
        {
            "dispose": Function(),
            **dict.fromkeys(("connect", "begin"), Function(None, same_kind(_CONNECTION))),
            "execution_options": Function(making, itself),
        },
        {"sync_engine": itself, "url": "", "dialect": "", "name": "", "pool": ""},
        other=Function(_unlisted),
    ),
    Type(
        _CONNECTION,
        SQL_CONNECTION,
        (
            "sqlalchemy.Connection",
            "sqlalchemy.engine.Connection",
            "sqlalchemy.ext.asyncio.AsyncConnection",
        ),
        {
            **_HARMLESS,
            **_EXECUTING,
            "execution_options": Function(making, itself),
            "run_sync": Function(handler=(0, "fn"), handed=_CONNECTION),
        },
        {"closed": "", "dialect": "", "engine": ENGINE},
        other=Function(_unlisted),
    ),
    Type(
        SESSION,
        SQL_CONNECTION,
        (
            "sqlalchemy.orm.Session",
            "sqlalchemy.orm.session.Session",
            "sqlalchemy.ext.asyncio.AsyncSession",
        ),
        _SESSION_METHODS,
        {
            "new": "",
            "dirty": "",
            "deleted": "",
            "is_active": "",
            "info": "",
            "bind": ENGINE,
            "sync_session": itself,
            "no_autoflush": "",
        },
        other=Function(_unlisted),
    ),
    Type(
        MAKER,
        SQL_CONNECTION,
        (
            "sqlalchemy.orm.sessionmaker",
            "sqlalchemy.ext.asyncio.async_sessionmaker",
            "sqlalchemy.orm.scoped_session",
        ),
        {**_SESSION_METHODS, "begin": _MAKES_SESSION},
        called=_MAKES_SESSION,
        other=Function(_unlisted),
    ),
    Type(_RESULT, methods=_RESULT_METHODS, item=_result_of),
)
