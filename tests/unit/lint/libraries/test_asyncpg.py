"""Which tables asyncpg's connections, pools and statements touch."""

from __future__ import annotations

import pytest

from tests.unit.lint.stores.analysed import bypasses, escapes, touched


def body(lines: str) -> str:
    return "import asyncpg\nasync def f(c: asyncpg.Connection, pool: asyncpg.Pool, q):\n" + "".join(
        f"    {line}\n" for line in lines.splitlines()
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('await c.fetch("SELECT 1 FROM a")', ["read a"]),
        ('await c.fetchrow(query="SELECT 1 FROM a")', ["read a"]),
        ('await pool.execute("DELETE FROM a WHERE x = $1", 1)', ["write a"]),
        ('await c.executemany("INSERT INTO a VALUES ($1)", [])', ["write a"]),
        ('s = await c.prepare("SELECT 1 FROM a")\nawait s.fetch()', ["read a"]),
        ('async for row in c.cursor("SELECT 1 FROM a"): print(row)', ["read a"]),
        ('await c.copy_to_table("a", source=q)', ["write a"]),
        ('await c.copy_from_table("a", schema_name="x", output=q)', ["read x.a"]),
        ('await c.copy_records_to_table("a", records=q, schema_name="public")', ["write a"]),
        ('await c.copy_from_query("SELECT 1 FROM a", output=q)', ["read a"]),
        ('async with pool.acquire() as d:\n    await d.fetch("SELECT 1 FROM a")', ["read a"]),
        ('d = await pool.acquire()\nawait d.fetchval("SELECT 1 FROM a")', ["read a"]),
        ('async with c.transaction(): pass', []),
        ('await c.set_type_codec("json")\nawait c.close()', []),
        ('await c.copy_to_table(q, source=q)', ["write ? `q` has no annotation and its callers are "
         "not all known"]),
        ('await c.frobnicate()', ["read ? it is not known which tables `frobnicate` concerns",
                                  "write ? it is not known which tables `frobnicate` concerns"]),
    ],
)  # fmt: skip
def test_call(line: str, expected: list[str]) -> None:
    assert touched(body(line)) == expected


def test_an_unknown_statement_may_read_and_write() -> None:
    reason = "`q` has no annotation and its callers are not all known"
    assert touched(body("await c.execute(q)")) == [f"read ? {reason}", f"write ? {reason}"]


def test_rows_may_go_anywhere() -> None:
    code = body('import other\nother.use(await c.fetchrow("SELECT 1 FROM a"))')
    assert escapes(code) == []


def test_listeners_go_around_the_bus() -> None:
    assert bypasses(body('await c.add_listener("x", print)')) == ["Postgres LISTEN"]
    assert bypasses(body("""await c.execute("NOTIFY x, 'y'")""")) == ["Postgres NOTIFY"]


@pytest.mark.parametrize("made", ["connect", "create_pool"])
def test_constructor(made: str) -> None:
    code = f"import asyncpg\nasync def f():\n    c = await asyncpg.{made}('x')\n"
    assert touched(f"{code}    await c.execute('TRUNCATE a')") == ["write a"]


@pytest.mark.parametrize("made", ["asyncpg.connect", "asyncpg.create_pool"])
def test_a_connection_that_looks_for_tables_elsewhere(made: str) -> None:
    settings = '{"application_name": "x", "search_path": "audit"}'
    reason = "its options change the `search_path`, and with it which tables names mean"
    found = touched(body(f'await {made}("x", server_settings={settings})'))
    assert found == [f"read ? {reason}", f"write ? {reason}"]
    assert touched(body(f'await {made}("x", server_settings={{"application_name": "x"}})')) == []
