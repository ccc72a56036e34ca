"""Which tables of SQLite files are touched; databases in memory are no stores."""

from __future__ import annotations

import pytest

from tests.unit.lint.stores.analysed import kinds, touched


def body(path: str, lines: str) -> str:
    return f"import sqlite3\ndb = sqlite3.connect({path})\n{lines}"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('db.execute("INSERT INTO a VALUES (?)", (1,))', ["write a"]),
        ('cur = db.cursor()\ncur.execute("SELECT 1 FROM a").fetchall()', ["read a"]),
        ('db.executescript("CREATE TABLE a (x); CREATE TABLE b (x);")', ["write a", "write b"]),
        ('for (x,) in db.execute("SELECT x FROM a"): print(x)', ["read a"]),
        ('with db:\n    db.executemany("DELETE FROM a WHERE x = :x", [])', ["write a"]),
        ("db.row_factory = sqlite3.Row\ndb.commit()\nprint(db.total_changes)", []),
        ("list(db.iterdump())", ["read ? it concerns every table of the database",
                                 "write ? it concerns every table of the database"]),
    ],
)  # fmt: skip
def test_call(lines: str, expected: list[str]) -> None:
    assert touched(body('"x.db"', lines)) == expected
    assert kinds(body('"x.db"', lines)) <= {"sqlite"}


@pytest.mark.parametrize("path", ['":memory:"', '""', '"file:x?mode=memory&cache=shared"'])
def test_memory(path: str) -> None:
    assert touched(body(path, 'db.execute("CREATE TABLE a (x)")')) == []


def test_a_path_that_may_be_a_file_is_one() -> None:
    code = "import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1] if sys.argv else ':memory:')\n"
    assert touched(f'{code}db.execute("DELETE FROM a")') == ["write a"]


def test_aiosqlite() -> None:
    code = """\
        import aiosqlite

        async def f() -> None:
            async with aiosqlite.connect("x.db") as db, db.execute("SELECT 1 FROM a") as cur:
                async for row in cur:
                    print(row)
            await db.execute_insert("INSERT INTO b VALUES (1)")
        """
    assert touched(code) == ["read a", "write b"]
