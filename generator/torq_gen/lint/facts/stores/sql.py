"""Which tables a text of SQL reads and writes. Needs sqlglot, which is imported at first use.

A statement that writes reads what it selects from (``FROM``, ``USING``, ``JOIN``, subqueries), not
the rows that it changes: ``RETURNING`` of an INSERT or UPDATE gives back what was just written.
``DELETE … RETURNING`` gives what others wrote, and reads. Names of CTEs and of functions in
``FROM`` are no tables; catalogues of the database belong to nobody and are left out.

A hole stands for one value, name or condition. Where it is a table, or stands between clauses, it
could bring in further tables: that cannot be proved. Nor can a call of a function that is none of
the database's own. Triggers and rules inside the database are not looked into.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from torq_gen.immutable import immutable
from torq_gen.lint.facts.model import Access
from torq_gen.lint.facts.stores.functions import ANY
from torq_gen.lint.facts.stores.reasons import SEARCH_PATH, function
from torq_gen.lint.facts.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

_T = TypeVar("_T")

HOLE = "torq_hole"
INSTALL = "reading SQL needs sqlglot: run `pip install sqlglot`"


@immutable
class Sql:
    """What a text of SQL does: tables by access, what nobody can tell, and what it signals by.

    A table is named as the database would find it: ``orders``, ``audit.orders``; what is not
    quoted is in small letters, and the default schema is left out. ``reasons`` are ends of
    sentences. ``signals`` are ``NOTIFY`` and ``LISTEN``, which pass messages around the bus.
    ``readable``: it is SQL at all.
    """

    tables: tuple[tuple[str, Access], ...] = ()
    reasons: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    readable: bool = True


_HARMLESS = re.compile(
    r"(?:BEGIN|START|COMMIT|END|ABORT|ROLLBACK|SAVEPOINT|RELEASE|SET|RESET|SHOW|DISCARD|"
    r"DEALLOCATE|FETCH|MOVE|CLOSE|VACUUM|ANALYZE|ANALYSE|CHECKPOINT|REINDEX|PRAGMA|DETACH|"
    r"UNLISTEN|CREATE\s+EXTENSION)\b",
    re.IGNORECASE,
)
_SAME_PATH = re.compile(
    r"(?:SHOW|RESET)\s+search_path\s*$|SET\s+(?:SESSION\s+|LOCAL\s+)?search_path\s*(?:=|TO)\s*"
    r"(?:['\"]?(?:public|pg_catalog|\$user|default)['\"]?\s*(?:,\s*|$))+$",
    re.IGNORECASE,
)
_OTHER_PATH = re.compile(
    rf"SET\s+(?:SESSION\s+|LOCAL\s+)?(?:search_path\b|SCHEMA\b|{HOLE})"
    r"|.*\bset_config\s*\(\s*'search_path'",
    re.IGNORECASE | re.DOTALL,
)
_TELLING = re.compile(r"\b(?:select|from|join|table|union|into)\b|\w\s*\(", re.IGNORECASE)
_QUERY = re.compile(r"\s*(?:select|with|values|insert|update|delete|merge)\b", re.IGNORECASE)
_FORMS = ("SELECT 1 WHERE {}", "SELECT {}", "SELECT 1 ORDER BY {}", "SELECT 1 {}", "SELECT {} 1")
_SIGNAL = re.compile(r"(NOTIFY|LISTEN)\b", re.IGNORECASE)
_PG_NOTIFY = re.compile(r"\bpg_notify\s*\(", re.IGNORECASE)
_WRAPPED = re.compile(
    r"(?:EXPLAIN(?:\s*\([^)]*\)|(?:\s+(?:ANALYZE|ANALYSE|VERBOSE|QUERY\s+PLAN)\b)*)"
    r"|DECLARE\s+\S+\s[^;]*?\bCURSOR\b[^;]*?\bFOR\b"
    r"|PREPARE\s+\w+\s*(?:\([^)]*\))?\s*AS)\s+",
    re.IGNORECASE,
)
_SPACE = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)+", re.DOTALL)
_COPY = re.compile(
    r"(COPY\b.*?\b(?:FROM|TO)\s+(?:STDIN|STDOUT|PROGRAM\s+'[^']*'|'[^']*')).*",
    re.IGNORECASE | re.DOTALL,
)
_REPLACE = re.compile(r"REPLACE\s+INTO\b", re.IGNORECASE)
_ROWID = re.compile(r"\)\s*(?:(?:WITHOUT\s+ROWID|STRICT)\s*,?\s*)+$", re.IGNORECASE)
_NUMBERED = re.compile(r"\?\d+")


def read(text: Text, dialect: str) -> Sql:
    """What the text does; ``dialect`` is ``postgres``, ``sqlite`` or ``any``. Never raises."""
    if not text.anchored:
        return Sql(reasons=("the whole statement is known to the running program alone",))
    return _read(_with_holes(text), dialect)


def read_fragment(text: Text, dialect: str, *, of_tables: bool = False) -> Sql:
    """What a part of a statement does: a condition, a column, an order, a whole query.

    ``of_tables``: it stands where tables do, after ``FROM`` or ``JOIN``. What holds neither a query
    nor a call names no table.
    """
    if text.parts and not text.anchored:
        return Sql(reasons=("the whole text is known to the running program alone",))
    sql = _with_holes(text)
    if not of_tables and not _TELLING.search(sql):
        return Sql()
    if _QUERY.match(sql):
        return _read(sql, dialect)
    forms = ("SELECT 1 FROM {}", *_FORMS) if of_tables else _FORMS
    return _first_read([form.format(sql) for form in forms], dialect)


def _first_read(statements: list[str], dialect: str) -> Sql:
    """What the first of the statements does that can be read, or else why the first cannot."""
    found = [_read(sql, dialect) for sql in statements]
    return next((one for one in found if one.readable), found[0])


def _with_holes(text: Text) -> str:
    sql = ""
    for part in text.parts:
        if isinstance(part, str):
            sql += part
        else:
            sql += "1" if sql.endswith("$") else HOLE
    return sql


@lru_cache(maxsize=4096)
def _read(sql: str, dialect: str) -> Sql:
    statements = [sql] if ";" not in sql.rstrip("; \t\n") else _statements(sql, dialect)
    if isinstance(statements, str):
        return Sql(reasons=(statements,))
    found = [_statement(s.rstrip("; \t\n"), dialect) for s in statements]
    return Sql(
        _once(table for part in found for table in part.tables),
        _once(reason for part in found for reason in part.reasons),
        _once(signal for part in found for signal in part.signals),
        all(part.readable for part in found),
    )


def _once(items: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(items))


def _statement(sql: str, dialect: str) -> Sql:
    sql = _stripped(sql)
    while wrapped := _WRAPPED.match(sql):
        sql = _stripped(sql[wrapped.end() :])
    if not sql or _SAME_PATH.match(sql):
        return Sql()
    if _OTHER_PATH.match(sql):
        return Sql(reasons=(SEARCH_PATH,))
    if _HARMLESS.match(sql):
        return Sql()
    if signal := _SIGNAL.match(sql):
        return Sql(signals=(signal[1].upper(),))
    found = _parsed(_plain(sql), dialect)
    if _PG_NOTIFY.search(sql):
        return replace(found, signals=("NOTIFY",))
    return found


def _stripped(sql: str) -> str:
    space = _SPACE.match(sql)
    return sql[space.end() :] if space else sql


def _plain(sql: str) -> str:
    """The statement without spellings that sqlglot does not read and that name no table."""
    sql = _NUMBERED.sub("?", sql.replace("%%", "%"))
    if copy := _COPY.fullmatch(sql):
        return copy[1]
    if _REPLACE.match(sql):
        return f"INSERT OR {sql}"
    return _ROWID.sub(")", sql)


def _statements(sql: str, dialect: str) -> list[str] | str:
    """The statements of a text, or why nobody can tell them apart."""
    try:
        from sqlglot import Dialect, TokenType
        from sqlglot.errors import SqlglotError
    except ImportError:
        return INSTALL
    try:
        tokens = Dialect.get_or_raise("postgres" if dialect == ANY else dialect).tokenize(sql)
    except SqlglotError as error:
        return f"sqlglot cannot read the SQL: {_brief(str(error))}"
    found, start = [], 0
    for token in tokens:
        if token.token_type is TokenType.SEMICOLON:
            found.append(sql[start : token.start])
            start = token.end + 1
    return [*found, sql[start:]]


def _parsed(sql: str, dialect: str) -> Sql:
    try:
        from sqlglot.errors import ParseError, SqlglotError

        from torq_gen.lint.facts.stores import sql_tree
    except ImportError:
        return Sql(reasons=(INSTALL,))
    try:
        tree = sql_tree.parse(sql, dialect)
        calls = _once(function(_named(name)) for name in sql_tree.functions(tree, dialect))
        tables = tuple(sql_tree.tables(tree, dialect))
    except ParseError as error:
        return Sql(reasons=(_reason(error.errors),), readable=False)
    except SqlglotError as error:
        reason = f"sqlglot cannot read the SQL: {_brief(str(error))}"
        return Sql(reasons=(reason,), readable=False)
    except RecursionError:
        return Sql(reasons=("the SQL is nested too deeply",), readable=False)
    except sql_tree.UnreadError as error:
        return Sql(reasons=(str(error),))
    return Sql(tables, calls)


def _named(function: str) -> str:
    return "of a name that only the running program knows" if HOLE in function else f"`{function}`"


def _reason(errors: list[dict[str, object]]) -> str:
    first = errors[0] if errors else {}
    place = f"line {first.get('line')}, column {first.get('col')}"
    what = _brief(str(first.get("description", "")))
    if HOLE in str(first.get("highlight", "")):
        return f"at {place} of the SQL stands a part that only the running program knows"
    return f"sqlglot cannot read the SQL at {place}: {what}"


def _brief(text: str) -> str:
    """The first sentence of an error of sqlglot, without the tokens that it prints."""
    first = text.strip().splitlines()[0] if text.strip() else "it is no SQL"
    return re.sub(r" but got <Token .*", "", first).rstrip(".")
