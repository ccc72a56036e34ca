"""Which tables a value of SQLAlchemy stands for: mapped classes, tables, columns, expressions.

A statement is taken to be executed: its tables are facts where they come into it, at ``select(…)``,
``update(…)``, ``.join(…)``. Of what database they are, only the engine knows, so that any store of
tables may hold them.
"""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.library import Argument, Call
from torq_gen.lint.facts.model import Access, Fact, TableAccess, Unproven
from torq_gen.lint.facts.stores.functions import ANY, is_harmless
from torq_gen.lint.facts.stores.kinds import SQL
from torq_gen.lint.facts.stores.queries import ANY_SQL, STATEMENT
from torq_gen.lint.facts.stores.reasons import function
from torq_gen.lint.facts.stores.sql import Sql, read_fragment
from torq_gen.lint.facts.stores.values import held, told
from torq_gen.lint.facts.text import Text
from torq_gen.lint.facts.unions import alternatives
from torq_gen.lint.facts.values import (
    DATA,
    Class,
    Container,
    Items,
    Literal,
    Object,
    Plain,
    Thing,
    ThingMethod,
    Tuple,
    Unknown,
    Value,
)

TABLE = "sqlalchemy.Table"
EXPRESSION = "sqlalchemy.Expression"
STATEMENT_TYPE = "sqlalchemy.Statement"
TEXT = "sqlalchemy.Text"
OF = "of"
ENTITY = "entity"
"""The mapped class whose instances a statement gives."""
MAPPED = "mapped"
"""The class whose table a table is."""

FROM_LIKE = ("select_from", "join", "outerjoin", "join_from", "outerjoin_from", "add_columns")
"""Methods whose arguments stand for tables."""
METADATA = "sqlalchemy.MetaData"

_DEFAULT_SCHEMAS = ("", "public", "main")


MOST_PARTS = 24
"""Tables, columns and clauses of one expression that are told apart."""


def of_things(type_: str, parts: tuple[Value, ...]) -> Thing:
    """A thing that is made of others; what can mean no table is forgotten, and so are statements:
    their tables are facts where they were made."""
    found = dict.fromkeys(_meaning(parts))
    unknown = tuple(part for part in found if isinstance(part, Unknown))
    known = (*(part for part in found if not isinstance(part, Unknown)), *unknown[:1])
    if len(known) > MOST_PARTS:
        known = (Unknown("it is made of more parts than are followed"),)
    return Thing(type_, ((OF, Tuple(known)),))


def _meaning(parts: tuple[Value, ...]) -> Iterator[Value]:
    """What of the parts can mean a table; of a column it is the one whose it is."""
    for part in parts:
        for one in alternatives(part):
            if isinstance(one, ThingMethod):
                yield from _meaning((one.receiver,))
            elif isinstance(one, Object):
                yield one.cls
            elif isinstance(one, Class | Unknown):
                yield one
            elif isinstance(one, Thing) and one.type in (EXPRESSION, TABLE, TEXT):
                yield from parts_of(one) if one.type == EXPRESSION else (one,)


def parts_of(thing: Thing) -> tuple[Value, ...]:
    parts = thing.get(OF)
    return parts.items if isinstance(parts, Tuple) else ()


def tables(call: Call, value: Value) -> Iterator[str | Unproven]:
    """The tables that a value stands for, each once; none for mere data and for statements."""
    yield from dict.fromkeys(name for part in _parts(call, value) for name in _of_part(call, part))


def _parts(call: Call, value: Value) -> Iterator[Value]:
    """What lists and expressions are made of in the end, each once: a list may hold itself."""
    met: set[Value] = set()
    waiting = [value]
    while waiting:
        for one in alternatives(waiting.pop()):
            if one in met:
                continue
            met.add(one)
            if isinstance(one, ThingMethod):
                waiting.append(one.receiver)
            elif isinstance(one, Thing) and one.type == EXPRESSION:
                waiting.extend(reversed(parts_of(one)))
            elif isinstance(one, Tuple | Items | Container):
                waiting.extend(reversed([*held(call, one)]))
            else:
                yield one


def _of_part(call: Call, part: Value) -> Iterator[str | Unproven]:
    match part:
        case Class():
            yield _mapped(call, part)
        case Object(cls=cls):
            yield _mapped(call, cls)
        case Thing() if part.type == TABLE:
            mapped = part.get(MAPPED)
            if isinstance(mapped, Class):
                yield _mapped(call, mapped)
            else:
                yield from _named(part.get("table"), part.get("schema"))
        case Thing() if part.type == TEXT:
            for fragment in _fragments(call, part):
                yield from (name for name, _ in fragment.tables)
                yield from map(Unproven, fragment.reasons)
        case Thing() | Plain() | Literal() | Text():
            pass
        case _:
            reason = part.reason if isinstance(part, Unknown) else ""
            yield Unproven(reason or "it is no mapped class, table or column that is known")


def _fragments(call: Call, thing: Thing) -> Iterator[Sql]:
    """What each text does that a text clause may be."""
    of_tables = call.path.rpartition(".")[2] in FROM_LIKE
    for one in alternatives(thing.get(STATEMENT) or Unknown()):
        found = told(one)
        if isinstance(found, Text):
            yield read_fragment(found, ANY_SQL.dialect, of_tables=of_tables)
        else:
            yield Sql(reasons=(found.reason,))


def untold_texts(call: Call, value: Value) -> Iterator[Unproven]:
    """Why nobody can tell what the text clauses of a value do."""
    for one in _parts(call, value):
        if isinstance(one, Thing) and one.type == TEXT:
            yield from (Unproven(r) for text in _fragments(call, one) for r in text.reasons)


def calling(call: Call) -> Iterator[Fact]:
    """``func.settle(…)``: a function that is none of the database's own may touch any table."""
    name = call.path.partition(".func.")[2]
    schema, _, last = name.rpartition(".")
    if name and not (schema in ("", "pg_catalog") and is_harmless(last.lower(), ANY)):
        yield from ANY_SQL.unproven(call, call.span, function(f"`{name}`"))


def _mapped(call: Call, cls: Class) -> str | Unproven:
    """The table of a mapped class: its ``__tablename__``, or its ``__table__``."""
    table = call.attribute(cls, "__table__")
    if isinstance(table, Thing) and table.type == TABLE and table.get(MAPPED) is None:
        return next(_named(table.get("table"), table.get("schema")))
    options = call.attribute(cls, "__table_args__")
    last = options.items[-1] if isinstance(options, Tuple) and options.items else options
    schema = (call.entries(last) or {}).get("schema")
    name = call.attribute(cls, "__tablename__")
    return next(_named(name, schema or schema_of(call.attribute(cls, "metadata"))))


def schema_of(metadata: Value) -> Value | None:
    """The schema of tables that name none: that of their metadata."""
    return metadata.get("schema") if isinstance(metadata, Thing) else None


def _named(name: Value | None, schema: Value | None) -> Iterator[str | Unproven]:
    found = told(name or Unknown("it has no __tablename__"))
    exact = found.exact if isinstance(found, Text) else None
    if exact is None:
        yield Unproven(found.reason if isinstance(found, Unproven) else "its name is not constant")
        return
    space = told(schema) if schema not in (None, Literal(None)) and schema is not None else Text()
    inside = space.exact if isinstance(space, Text) else None
    if inside is None:
        yield Unproven("its schema is not constant")
    else:
        yield exact if inside in _DEFAULT_SCHEMAS else f"{inside}.{exact}"


def accesses(call: Call, argument: Argument | None, *how: Access) -> Iterator[Fact]:
    """The facts of an argument that stands for tables."""
    if argument is None:
        found: Iterator[str | Unproven] = iter((Unproven("it is not given"),))
    else:
        found = tables(call, argument.value)
    span = argument.span if argument else call.span
    untold = set(untold_texts(call, argument.value)) if argument else set()
    for table in found:
        for access in Access if table in untold else how:
            yield TableAccess(span, call.span, access, table, SQL)


def arguments(call: Call) -> Iterator[Argument]:
    """All arguments by position, and what came through ``*``."""
    yield from call.positional
    if call.rest is not None:
        yield call.rest


def composed(call: Call) -> Value:
    """The expression that a function or method makes of its receiver and its arguments."""
    return of_things(EXPRESSION, (call.receiver, *mentioned(call)))


def mentioned(call: Call) -> tuple[Value, ...]:
    """The values of all arguments, what is listed in one by one."""
    given = (*call.positional, *call.keywords.values())
    return tuple(value for argument in given for value in held(call, argument.value))


def loaded(call: Call, value: Value | None) -> Value:
    """An instance of what is selected; mere data when that is no mapped class."""
    for one in alternatives(value) if value is not None else ():
        entity = one.get(ENTITY) if isinstance(one, Thing) else one
        if isinstance(entity, Class):
            return Object(entity, call.span)
    return DATA
