"""SQLAlchemy: engines and sessions, text(), Core statements and mapped classes."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.libraries._sqlalchemy_relations import RELATIONSHIP_TYPES, relationship
from torq_gen.lint.facts.libraries._sqlalchemy_sessions import (
    MAKER,
    SESSION,
    SESSION_TYPES,
    engine,
    making,
    same_kind,
)
from torq_gen.lint.facts.libraries._sqlalchemy_statements import (
    STATEMENT_TYPES,
    first,
    metadata,
    statement,
    table,
    text,
    touching,
    touching_all,
)
from torq_gen.lint.facts.libraries._sqlalchemy_tables import (
    EXPRESSION,
    MAPPED,
    METADATA,
    TABLE,
    calling,
    composed,
    of_things,
    tables,
)
from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.model import Access, Fact, TableAccess
from torq_gen.lint.facts.stores.kinds import SQL
from torq_gen.lint.facts.values import Class, Thing, Value

_BASE = "sqlalchemy.Base"


def _assigned(call: Call) -> Iterator[Fact]:
    """An attribute of an instance that gets another value: the next flush writes it."""
    for name in tables(call, call.receiver):
        yield TableAccess(call.span, call.span, Access.WRITE, name, SQL)


def _class_attribute(cls: Value, name: str) -> Value | None:
    if name == "__table__":
        return Thing(TABLE, ((MAPPED, cls),))
    if name.startswith("__") or name in ("metadata", "registry", "type_annotation_map"):
        return None
    return of_things(EXPRESSION, (cls,)) if isinstance(cls, Class) else None


_BASE_TYPE = Type(
    _BASE,
    attributes={"metadata": METADATA},
    methods={"generate_base": Function(None, _BASE)},
    class_attribute=_class_attribute,
    stored=_assigned,
)


def _of(names: str, function: Function, *modules: str) -> dict[str, Function]:
    return {f"{module}.{name}": function for module in modules for name in names.split()}


_CORE = ("sqlalchemy", "sqlalchemy.sql", "sqlalchemy.sql.expression", "sqlalchemy.future")
_DIALECTS = tuple(f"sqlalchemy.dialects.{name}" for name in ("postgresql", "sqlite", "mysql"))
_LEFT_OUT = "lazyload noload raiseload defer"
"""Options of statements by which nothing more is read."""
_ORM = ("sqlalchemy.orm", "sqlalchemy.orm.session", "sqlalchemy.ext.asyncio")

LIBRARY = Library(
    "sqlalchemy",
    ("sqlalchemy",),
    {
        **_of("create_engine", Function(making, engine), "sqlalchemy", "sqlalchemy.engine"),
        **_of("create_async_engine", Function(making, engine), "sqlalchemy.ext.asyncio"),
        **_of("sessionmaker async_sessionmaker scoped_session async_scoped_session",
              Function(None, same_kind(MAKER), keeps=True), *_ORM),
        **_of("Session AsyncSession", Function(None, same_kind(SESSION), keeps=True), *_ORM),
        **_of("declarative_base", Function(None, _BASE), "sqlalchemy.orm",
              "sqlalchemy.ext.declarative"),
        **_of("registry", Function(None, _BASE), "sqlalchemy.orm"),
        **_of("relationship relation dynamic_loader", Function(None, relationship), _ORM[0]),
        **_of(_LEFT_OUT, Function(), "sqlalchemy.orm"),
        **_of("aliased with_polymorphic", Function(None, first), "sqlalchemy.orm"),
        **_of("select", Function(touching_all(Access.READ), statement("select")), *_CORE),
        **{
            path: Function(touching(0, "table", Access.WRITE), statement(verb))
            for verb in ("insert", "update", "delete")
            for path in _of(verb, Function(), *_CORE, *_DIALECTS)
        },
        **_of("text DDL literal_column", Function(None, text), *_CORE),
        **_of("Table table", Function(None, table), *_CORE, "sqlalchemy.schema"),
        **_of("MetaData", Function(None, metadata), *_CORE, "sqlalchemy.schema"),
    },
    (*SESSION_TYPES, *STATEMENT_TYPES, *RELATIONSHIP_TYPES, _BASE_TYPE),
    unlisted=Function(calling, composed),
    values={
        f"sqlalchemy.orm.{name}": Thing(_BASE)
        for name in ("DeclarativeBase", "DeclarativeBaseNoMeta")
    },
)  # fmt: skip
