"""The tables in a parsed statement; the only module that knows sqlglot's tree."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from torq_gen.lint.facts.model import Access
from torq_gen.lint.facts.stores.functions import ANY, is_harmless
from torq_gen.lint.facts.stores.sql import HOLE

logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # it prints what it cannot read

_CHANGES = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
_DEFINES = (exp.Create, exp.Alter, exp.Drop, exp.TruncateTable, exp.Comment, exp.Grant, exp.Revoke)
_HARMLESS = (
    exp.Transaction,
    exp.Commit,
    exp.Rollback,
    exp.Set,
    exp.Pragma,
    exp.Use,
    exp.Analyze,
    exp.Detach,
)
_OF_TABLES = ("TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE")
_ON_TABLES = ("INDEX", "TRIGGER")
_OF_NO_TABLE = ("SEQUENCE", "TYPE", "SCHEMA", "DOMAIN")
_DEFAULT_SCHEMAS = ("public", "main")
_CATALOGUES = ("pg_catalog", "information_schema")


_SPOKEN_OF = ("pg_notify",)
"""What is reported as what it is."""


class UnreadError(ValueError):
    """A statement of which nobody can tell the tables; its text is the end of a sentence."""


def parse(sql: str, dialect: str) -> exp.Expr:
    """One statement as a tree.

    Raises:
        sqlglot.errors.SqlglotError: it is no SQL of the dialect
    """
    return sqlglot.parse_one(sql, dialect="postgres" if dialect == ANY else dialect)


def tables(tree: exp.Expr, dialect: str) -> Iterator[tuple[str, Access]]:
    """The tables of one statement, targets first.

    Raises:
        UnreadError: its tables cannot be told
    """
    if isinstance(tree, _HARMLESS) or _defines_no_table(tree):
        return
    _check(tree)
    _refuse_unread_queries(tree)
    written = set(_targets(tree))
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            continue  # a function
        _refuse_holes(table)
        if id(table) in written:
            if not _temporary(table):
                yield _name(table, dialect), Access.WRITE
            if _gives_back(table):
                yield _name(table, dialect), Access.READ
        elif not (_is_cte(table, dialect) or _of_catalogue(table)):
            yield _name(table, dialect), Access.READ


def functions(tree: exp.Expr, dialect: str) -> Iterator[str]:
    """The functions in one statement that may touch any table, by name."""
    for function in tree.find_all(exp.Anonymous):
        name, schema = function.name, _schema_of(function)
        if schema in ("", "pg_catalog") and is_harmless(name.lower(), dialect):
            continue
        if name.lower() in _SPOKEN_OF or (name.lower() == "set_config" and _names_it(function)):
            continue
        yield f"{schema}.{name}" if schema else name
    for dot in tree.find_all(exp.Dot):
        last = dot.expression
        known = isinstance(last, exp.Func) and not isinstance(last, exp.Anonymous)
        if known and str(dot.this.name).lower() != "pg_catalog":
            yield dot.sql(dialect="postgres").partition("(")[0]


def _names_it(function: exp.Anonymous) -> bool:
    """Whether the first argument is a constant."""
    return isinstance(next(iter(function.expressions), None), exp.Literal)


def _schema_of(function: exp.Anonymous) -> str:
    """What stands before a function's name."""
    parent = function.parent
    if isinstance(parent, exp.Dot) and parent.expression is function:
        return str(parent.this.name).lower()
    return str(parent.db).lower() if isinstance(parent, exp.Table) else ""


def _defines_no_table(tree: exp.Expr) -> bool:
    return isinstance(tree, exp.Create) and _kind(tree) in _OF_NO_TABLE


def _kind(tree: exp.Expr) -> str:
    return str(tree.args.get("kind") or "").upper()


def _check(tree: exp.Expr) -> None:
    if isinstance(tree, exp.Create | exp.Drop | exp.Alter):
        named = _kind(tree) in _OF_TABLES
        if not named and not (isinstance(tree, exp.Create) and _kind(tree) in _ON_TABLES):
            what = f"{tree.key.upper()} {_kind(tree)}".strip()
            raise UnreadError(f"it is not known which tables {what} concerns")
        return
    if isinstance(tree, (exp.Query, exp.Values, exp.Copy, *_CHANGES, *_DEFINES)):
        return
    word = tree.name.upper() if isinstance(tree, exp.Command) else tree.sql().split(" ")[0]
    if HOLE in word.lower():
        raise UnreadError("the statement begins with a part that only the running program knows")
    raise UnreadError(f"it is not known which tables a statement {word} concerns")


def _targets(tree: exp.Expr) -> Iterator[int]:
    """The identities of the tables that are written."""
    for change in tree.find_all(*_CHANGES):
        yield from _tables_of(change.this)
    for into in tree.find_all(exp.Into):
        yield from _tables_of(into.this)
    if isinstance(tree, exp.Copy) and tree.args.get("kind"):  # FROM
        yield from _tables_of(tree.this)
    if isinstance(tree, exp.Create) and _kind(tree) in _OF_TABLES:
        yield from _tables_of(tree.this)  # others are referred to, or selected from
    elif isinstance(tree, _DEFINES):
        yield from map(id, tree.find_all(exp.Table))


def _tables_of(node: object) -> Iterator[int]:
    if isinstance(node, exp.Schema | exp.Alias):
        node = node.this
    if isinstance(node, exp.Table):
        yield id(node)


def _gives_back(table: exp.Table) -> bool:
    parent = table.parent
    return isinstance(parent, exp.Delete) and parent.args.get("returning") is not None


def _temporary(table: exp.Table) -> bool:
    create = table.find_ancestor(exp.Create)
    return create is not None and create.find(exp.TemporaryProperty) is not None


def _refuse_holes(table: exp.Table) -> None:
    if any(HOLE in part.name.lower() for part in table.parts):
        raise UnreadError("the table's name is known to the running program alone")
    if HOLE in table.alias.lower():
        raise UnreadError(
            f"after the table {table.name} stands a part that only the running program knows"
        )


def _refuse_unread_queries(tree: exp.Expr) -> None:
    """Where a query has to stand, or a clause could, a hole is not a mere value."""
    for place in tree.find_all(exp.CTE, exp.Lateral, exp.Exists):
        if isinstance(place.this, exp.Column | exp.Identifier) and HOLE in place.this.name.lower():
            raise UnreadError("a part that only the running program knows stands for a query")
    for alias in tree.find_all(exp.Alias):
        select = alias.parent
        bare = isinstance(select, exp.Select) and not (
            select.args.get("from_") or select.args.get("from")
        )
        if bare and HOLE in alias.alias.lower():
            raise UnreadError("a part that only the running program knows stands for its tables")


def _name(table: exp.Table, dialect: str) -> str:
    parts = [_folded(part, dialect) for part in table.parts]
    if len(parts) > 1 and parts[-2] in _DEFAULT_SCHEMAS:
        parts = parts[-1:]
    return ".".join(parts)


def _folded(part: exp.Expr, dialect: str) -> str:
    quoted = isinstance(part, exp.Identifier) and part.quoted and dialect != "sqlite"
    return part.name if quoted else part.name.lower()


def _of_catalogue(table: exp.Table) -> bool:
    if table.db:
        return table.db.lower() in _CATALOGUES
    return table.name.lower().startswith(("pg_", "sqlite_"))


def _is_cte(table: exp.Table, dialect: str) -> bool:
    """Whether the name is one of a WITH clause that can be seen from the table's place."""
    if table.db:
        return False
    name = _folded(table.this, dialect)
    below: exp.Expr = table
    node = table.parent
    inside: exp.Expr | None = None  # the CTE that the table stands in, on this level
    while node is not None:
        if isinstance(node, exp.With):
            inside = below
        else:
            clause = node.args.get("with_") or node.args.get("with")
            if isinstance(clause, exp.With) and name in _visible(clause, inside, dialect):
                return True
            inside = None
        below, node = node, node.parent
    return False


def _visible(clause: exp.With, inside: exp.Expr | None, dialect: str) -> Iterator[str]:
    for cte in clause.expressions:
        if cte is inside and not clause.recursive:
            return
        alias = cte.args["alias"].this
        yield _folded(alias, dialect)
