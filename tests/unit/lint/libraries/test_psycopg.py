"""Which tables psycopg's connections and cursors touch, and how its SQL is put together."""

from __future__ import annotations

import pytest

from tests.unit.lint.stores.analysed import escapes, touched

HEAD = """\
import psycopg
import psycopg2
import psycopg2.extras
import psycopg_pool
from psycopg import sql

def f(c: psycopg.Connection, x: str, names: list[str]) -> None:
"""


def body(lines: str) -> str:
    return HEAD + "".join(f"    {line}\n" for line in lines.splitlines())


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('c.execute("SELECT 1 FROM a WHERE x = %s", (x,)).fetchone()', ["read a"]),
        ('with c.cursor() as cur:\n    cur.execute("TRUNCATE a")', ["write a"]),
        ('c.cursor().executemany("INSERT INTO a VALUES (%(x)s)", [])', ["write a"]),
        ('for row in c.cursor().stream("SELECT 1 FROM a"): print(row)', ["read a"]),
        ('with c.cursor().copy("COPY a FROM STDIN") as copy: copy.write(x)', ["write a"]),
        ('with c.transaction(): c.commit()', []),
        ('with psycopg_pool.ConnectionPool("x") as p, p.connection() as d:\n'
         '    d.execute("TRUNCATE a")', ["write a"]),
        ('psycopg.connect("x").execute("TRUNCATE a")', ["write a"]),
        ('psycopg2.connect("x").cursor().execute("TRUNCATE a")', ["write a"]),
        ('psycopg2.connect("x").cursor().copy_from(x, "a")', ["write a"]),
        ('psycopg2.connect("x").cursor().copy_expert("COPY a TO STDOUT", x)', ["read a"]),
        ('psycopg2.extras.execute_values(psycopg2.connect("x").cursor(), '
         '"INSERT INTO a VALUES %s", [])', ["write a"]),
    ],
)  # fmt: skip
def test_call(lines: str, expected: list[str]) -> None:
    assert touched(body(lines)) == expected


def test_asynchronous_connections() -> None:
    code = """\
        import psycopg

        async def f() -> None:
            async with await psycopg.AsyncConnection.connect("x") as c, c.cursor() as cur:
                await cur.execute("SELECT 1 FROM a")
                async for row in cur:
                    print(row)
        """
    assert touched(code) == ["read a"]


@pytest.mark.parametrize(
    ("composed", "expected"),
    [
        ('sql.SQL("SELECT 1 FROM a")', ["read a"]),
        ('sql.SQL("TRUNCATE {}").format(sql.Identifier("a"))', ["write a"]),
        ('sql.SQL("TRUNCATE {t}").format(t=sql.Identifier("s", "a"))', ["write s.a"]),
        ('sql.SQL("SELECT {0} FROM a WHERE x = {1}").format(sql.Identifier(x), sql.Literal(1))',
         ["read a"]),
        ('sql.SQL("SELECT {} FROM a").format(sql.SQL(", ").join(map(sql.Identifier, names)))',
         ["read a"]),
        ('sql.SQL("SELECT 1 FROM ") + sql.Identifier("A")', ["read A"]),
        ('sql.SQL("SELECT 1 FROM {}").format(sql.SQL(", ").join('
         '(sql.Identifier("a"), sql.Identifier("b"))))', ["read a", "read b"]),
        ('sql.SQL("SELECT \'{{\' FROM a WHERE x = {}").format(sql.Placeholder())', ["read a"]),
        ('sql.SQL("TRUNCATE {}").format(sql.Identifier(x))',
         ["read ? the table's name is known to the running program alone",
          "write ? the table's name is known to the running program alone"]),
        ('sql.SQL("SELECT 1 FROM {}").format(sql.SQL("a" if x else "b"))', ["read a", "read b"]),
    ],
)  # fmt: skip
def test_composition(composed: str, expected: list[str]) -> None:
    assert touched(body(f"c.execute({composed})")) == expected


def test_setting_up_types_of_values_is_no_escape() -> None:
    code = body(
        "import psycopg2.extras\npsycopg2.extras.register_uuid(None, psycopg2.connect('x'))"
    )
    assert escapes(code) == []
    assert escapes(body("import other\nother.register(c)")) == ["a Postgres connection"]


@pytest.mark.parametrize(
    "made",
    [
        'psycopg.connect("x", options="-c search_path=audit")',
        'psycopg2.connect("postgresql://h/d?options=-csearch_path%3Daudit")',
        'psycopg_pool.ConnectionPool("x", kwargs={"options": "-c search_path=audit"})',
    ],
)
def test_a_connection_that_looks_for_tables_elsewhere(made: str) -> None:
    reason = "its options change the `search_path`, and with it which tables names mean"
    found = touched(f"import psycopg\nimport psycopg2\nimport psycopg_pool\n{made}")
    assert found == [f"read ? {reason}", f"write ? {reason}"]
