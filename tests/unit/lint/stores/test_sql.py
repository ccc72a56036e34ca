"""Which tables a statement reads and writes."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

import pytest

from torq_gen.lint.facts.stores import sql
from torq_gen.lint.facts.text import Hole, Text


def text(shown: str) -> Text:
    """A hole for each ``{}``."""
    first, *rest = shown.split("{}")
    return Text.of([first, *(part for piece in rest for part in (Hole(), piece))])


def tables(shown: str, dialect: str = "postgres") -> str:
    """``read orders, write audit``; ``?`` and the reasons; ``!`` and the signals."""
    found = sql.read(text(shown), dialect)
    parts = [f"{access.value} {table}" for table, access in found.tables]
    parts += [f"? {reason}" for reason in found.reasons] + [f"! {s}" for s in found.signals]
    return ", ".join(parts)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT * FROM orders WHERE id = $1", "read orders"),
        ("SELECT * FROM a o JOIN b USING (id), LATERAL (SELECT 1 FROM c) x",
         "read a, read b, read c"),
        ("SELECT (SELECT max(x) FROM b) FROM a UNION SELECT 1 FROM c", "read a, read c, read b"),
        ("TABLE orders", "read orders"),
        ("SELECT id INTO newer FROM orders FOR UPDATE", "write newer, read orders"),
        ("INSERT INTO orders (id) VALUES (%s, %(name)s) RETURNING *", "write orders"),
        ("INSERT INTO orders AS o (id) VALUES (:id) ON CONFLICT (id) DO UPDATE SET x = excluded.x",
         "write orders"),
        ("INSERT INTO a SELECT * FROM b", "write a, read b"),
        ("UPDATE ONLY orders o SET x = p.y FROM prices p WHERE o.id = p.id RETURNING o.x",
         "write orders, read prices"),
        ("UPDATE a SET x = (SELECT max(x) FROM a)", "write a, read a"),
        ("DELETE FROM a USING b WHERE a.id = b.id", "write a, read b"),
        ("DELETE FROM a WHERE id = 1 RETURNING *", "write a, read a"),
        ("MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET x = s.x",
         "write t, read s"),
        ("TRUNCATE a, b CASCADE", "write a, write b"),
        ("COPY orders (id, x) FROM STDIN", "write orders"),
        ("COPY orders TO STDOUT (FORMAT csv, HEADER)", "read orders"),
        ("COPY (SELECT * FROM orders) TO STDOUT WITH CSV", "read orders"),
        ("CREATE TABLE IF NOT EXISTS orders (id int REFERENCES customers (id))",
         "write orders, read customers"),
        ("CREATE TABLE a AS SELECT * FROM b", "write a, read b"),
        ("CREATE OR REPLACE VIEW v AS SELECT * FROM a", "write v, read a"),
        ("CREATE UNIQUE INDEX i ON orders (id)", "write orders"),
        ("ALTER TABLE orders ADD COLUMN x int", "write orders"),
        ("DROP TABLE IF EXISTS a, b", "write a, write b"),
        ("CREATE TEMP TABLE x (id int)", ""),
        ("EXPLAIN (ANALYZE, BUFFERS) DELETE FROM orders", "write orders"),
        ("DECLARE c CURSOR FOR SELECT * FROM orders", "read orders"),
        ("-- first\nSELECT 1 FROM a; /* and */ DELETE FROM b;", "read a, write b"),
        ("SELECT ';' FROM a; SELECT 1 FROM b", "read a, read b"),
    ],
)  # fmt: skip
def test_statement(statement: str, expected: str) -> None:
    assert tables(statement) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("WITH m AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM m",
         "write b, write a, read a"),
        ("WITH x AS (SELECT * FROM x) SELECT * FROM x", "read x"),
        ("WITH RECURSIVE x AS (SELECT 1 UNION SELECT * FROM x) SELECT * FROM x", ""),
        ("WITH a AS (SELECT * FROM b), b AS (SELECT 1 FROM a) SELECT * FROM a JOIN b ON true",
         "read b"),
        ("SELECT * FROM (WITH q AS (SELECT 1) SELECT * FROM q) s JOIN q ON true", "read q"),
        ("WITH orders AS (SELECT 1) UPDATE orders SET x = 1", "write orders"),
    ],
)  # fmt: skip
def test_names_of_ctes_are_no_tables(statement: str, expected: str) -> None:
    assert tables(statement) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT * FROM public.Orders, AUDIT.Logs", "read orders, read audit.logs"),
        ('SELECT * FROM "Orders" JOIN "audit"."Logs" ON true', "read Orders, read audit.Logs"),
        ("SELECT * FROM pg_class, information_schema.tables, pg_catalog.pg_proc", ""),
        ("SELECT * FROM unnest($1::int[]) AS t (id), generate_series(1, 2) g", ""),
    ],
)
def test_names(statement: str, expected: str) -> None:
    assert tables(statement) == expected


@pytest.mark.parametrize(
    "statement",
    ["BEGIN", "COMMIT;", "ROLLBACK TO a", "SAVEPOINT a", "SET x = 1", "SHOW ALL", "VACUUM orders",
     "FETCH 10 FROM c", "CREATE EXTENSION IF NOT EXISTS x", "CREATE SEQUENCE s", "", "  -- nothing",
     "BEGIN; SET LOCAL x = 1; COMMIT", "SELECT 1"],
)  # fmt: skip
def test_no_table(statement: str) -> None:
    assert tables(statement) == ""


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("INSERT OR REPLACE INTO Orders VALUES (?1, :a, @b, $c)", "write orders"),
        ("REPLACE INTO [Orders] VALUES (?)", "write orders"),
        ("CREATE TABLE main.orders (id INTEGER PRIMARY KEY) WITHOUT ROWID", "write orders"),
        ("SELECT * FROM sqlite_master, json_each(?)", ""),
        ("PRAGMA journal_mode = WAL", ""),
        ("EXPLAIN QUERY PLAN SELECT * FROM `orders`", "read orders"),
        ("ATTACH DATABASE 'x' AS y", "? it is not known which tables a statement ATTACH concerns"),
    ],
)
def test_sqlite(statement: str, expected: str) -> None:
    assert tables(statement, "sqlite") == expected


@pytest.mark.parametrize(
    ("statement", "access"),
    [
        ("SELECT {} FROM orders WHERE id IN ({}) AND x = ${} AND y = '{}' ORDER BY {} LIMIT {}",
         "read"),
        ("INSERT INTO orders ({}) VALUES ({})", "write"),
        ("INSERT INTO orders VALUES {}", "write"),
        ("UPDATE orders SET {} = 1 WHERE {}", "write"),
        ("UPDATE orders SET {} WHERE id = $1", "write"),
        ("SELECT x AS {} FROM orders", "read"),
        ("VALUES ({}); COPY orders ({}) FROM STDIN", "write"),
    ],
)  # fmt: skip
def test_values_and_conditions_may_be_holes(statement: str, access: str) -> None:
    assert tables(statement) == f"{access} orders"


_NAME = "? the table's name is known to the running program alone"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT * FROM {}", _NAME),
        ("SELECT * FROM candles_{}", _NAME),
        ("SELECT * FROM {}.orders", _NAME),
        ("INSERT INTO {} VALUES (1)", _NAME),
        ("SELECT * FROM orders {}",
         "? after the table orders stands a part that only the running program knows"),
        ("SELECT * FROM orders WHERE x = 1 {}",
         "? at line 1, column 42 of the SQL stands a part that only the running program knows"),
        ("WITH x AS ({}) SELECT * FROM x",
         "? a part that only the running program knows stands for a query"),
        ("SELECT * FROM a JOIN LATERAL {} ON true",
         "? a part that only the running program knows stands for a query"),
        ("SELECT 1 FROM a WHERE EXISTS ({})",
         "? a part that only the running program knows stands for a query"),
        ("SELECT count(*) {}",
         "? a part that only the running program knows stands for its tables"),
        ("{} orders",
         "? the statement begins with a part that only the running program knows"),
        ("{}", "? the whole statement is known to the running program alone"),
    ],
)  # fmt: skip
def test_a_hole_that_could_name_tables(statement: str, expected: str) -> None:
    assert tables(statement) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT FROM WHERE",
         "? sqlglot cannot read the SQL at line 1, column 17: Expected table name"),
        ("SELECT 'open", "? sqlglot cannot read the SQL: Error tokenizing 'SELECT 'ope'"),
        ("CALL settle(1)", "? it is not known which tables a statement CALL concerns"),
        ("DO $$ BEGIN END $$", "? it is not known which tables a statement DO concerns"),
        ("DROP SCHEMA x CASCADE", "? it is not known which tables DROP SCHEMA concerns"),
        ("DROP INDEX i", "? it is not known which tables DROP INDEX concerns"),
    ],
)  # fmt: skip
def test_unprovable(statement: str, expected: str) -> None:
    assert tables(statement) == expected


@pytest.mark.parametrize(
    "call",
    ["settle(1)", "dblink('x', 'DELETE FROM audits')", "query_to_xml('SELECT 1', true, true, '')",
     "lo_import('x')", "pg_read_file('x')", "audit.settle(1)",
     "set_config({}, 'x', false)"],
)  # fmt: skip
def test_a_function_of_nobody_s_may_touch_any_table(call: str) -> None:
    name = call.partition("(")[0]
    reason = f"? the function `{name}` may touch any table"
    assert tables(f"SELECT {call}") == reason
    assert tables(f"SELECT * FROM {call} AS t (a)") == reason
    assert tables(f"UPDATE orders SET x = {call}") == f"write orders, {reason}"


def test_a_function_of_another_schema_is_none_of_the_database_s() -> None:
    assert tables("SELECT audit.lower(x)") == "? the function `audit.lower` may touch any table"
    assert tables("SELECT audit.now()").startswith("? the function `audit.")


def test_a_function_whose_name_is_a_hole() -> None:
    reason = "? the function of a name that only the running program knows may touch any table"
    assert tables("SELECT {}(1)") == tables("SELECT calc_{}(1)") == reason


@pytest.mark.parametrize(
    "call",
    ["now()", "pg_catalog.now()", "gen_random_uuid()", "jsonb_build_object('a', 1)", "COUNT(*)",
     "pg_advisory_xact_lock(1)", "to_char(now(), 'x')", "ST_Distance(a, b)", "similarity(a, b)",
     "time_bucket('1 day', t)", "set_config('statement_timeout', '1s', true)",
     "current_setting('search_path')", "nextval('s')", "string_agg(a, ',' ORDER BY a)"],
)  # fmt: skip
def test_functions_of_the_database_touch_nothing(call: str) -> None:
    assert tables(f"SELECT {call} FROM orders") == "read orders"


def test_functions_of_sqlite_are_its_own_or_the_program_s() -> None:
    assert tables("SELECT settle(x), julianday('now') FROM a", "sqlite") == "read a"
    assert tables("SELECT load_extension('x')", "sqlite") == (
        "? the function `load_extension` may touch any table"
    )
    assert tables("SELECT julianday('now') FROM a", "any") == "read a"
    assert tables("SELECT julianday('now') FROM a") == (
        "read a, ? the function `julianday` may touch any table"
    )


@pytest.mark.parametrize(
    "statement",
    ["SET search_path TO audit", "set local search_path = public, audit", "SET SCHEMA 'audit'",
     "SET {} = 1", "SELECT set_config('search_path', 'audit', false)",
     "BEGIN; SET search_path = audit"],
)  # fmt: skip
def test_another_search_path_gives_names_another_meaning(statement: str) -> None:
    assert tables(statement) == (
        "? it changes the search path, and with it which tables the names after it mean"
    )


@pytest.mark.parametrize(
    "statement",
    ["SET search_path TO public", "SET LOCAL search_path = \"$user\", public",
     "RESET search_path", "SHOW search_path", "SET search_path TO DEFAULT"],
)  # fmt: skip
def test_the_search_path_that_everybody_has(statement: str) -> None:
    assert tables(statement) == ""


def test_sql_that_is_nested_too_deeply_is_no_crash() -> None:
    assert tables("SELECT " + "(" * 5000 + "1" + ")" * 5000).startswith("? ")


def test_notify_and_listen_are_signals() -> None:
    assert tables("NOTIFY orders, 'x'") == "! NOTIFY"
    assert tables("LISTEN orders") == "! LISTEN"
    assert tables("SELECT pg_notify('a', x) FROM b") == "read b, ! NOTIFY"


def fragment(shown: str, *, of_tables: bool = False) -> str:
    found = sql.read_fragment(text(shown), "postgres", of_tables=of_tables)
    return ", ".join([*(f"read {t}" for t, _ in found.tables), *(f"? {r}" for r in found.reasons)])


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("x > 1", ""),
        ("x DESC NULLS LAST", ""),
        ("extract(epoch FROM x) > 1", ""),
        ("DISTINCT ON (x)", ""),
        ("x = {}", ""),
        ("id IN (SELECT id FROM audits)", "read audits"),
        ("1 = 1 UNION SELECT 1 FROM audits", "read audits"),
        ("* FROM audits", "read audits"),
        ("SELECT * FROM audits", "read audits"),
        ("(SELECT max(x) FROM audits) DESC", "read audits"),
        ("UNION SELECT 1 FROM audits", "read audits"),
        ("settle(1)", "? the function `settle` may touch any table"),
        ("{}", "? the whole text is known to the running program alone"),
    ],
)
def test_a_part_of_a_statement(shown: str, expected: str) -> None:
    assert fragment(shown) == expected


def test_a_part_that_stands_for_tables() -> None:
    assert fragment("audits") == ""
    assert fragment("audits", of_tables=True) == "read audits"
    assert fragment("a JOIN b ON a.x = b.x", of_tables=True) == "read a, read b"
    assert fragment("a.x = b.x", of_tables=True) == ""


@pytest.fixture
def without_sqlglot(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    real = builtins.__import__

    def refuse(name: str, *given: Any) -> object:
        if name.partition(".")[0] == "sqlglot":
            raise ImportError(name)
        return real(name, *given)

    sql._read.cache_clear()
    monkeypatch.setattr(builtins, "__import__", refuse)
    yield
    sql._read.cache_clear()


@pytest.mark.usefixtures("without_sqlglot")
def test_what_to_install_is_said() -> None:
    assert tables("SELECT 1 FROM a") == f"? {sql.INSTALL}"
    assert tables("SELECT 1 FROM a; SELECT 2") == f"? {sql.INSTALL}"
    assert tables("BEGIN") == ""
