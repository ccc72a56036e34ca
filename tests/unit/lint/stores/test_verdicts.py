"""What is said about an access: where, why, how to mend it, and who may do it."""

from __future__ import annotations

import pytest

from tests.unit.lint.stores.analysed import findings
from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.samples import SYSTEM

READ_ONLY = SYSTEM.replace('"limit"], authority: read_write', '"limit"], authority: read_only')
OWNED = READ_ONLY.replace(
    "    publishes: [Quote]\n    subscribes: []\n",
    "    publishes: [Quote]\n    subscribes: []\n"
    '    stores:\n      redis: {keys: ["pool:{address}", "price:*"], authority: read_write}\n',
)
HEAD = "import redis\nc = redis.Redis()\n"


def only(code: str, spec: str = SYSTEM) -> Diagnostic:
    (found,) = findings(code, spec)
    return found


def test_an_undeclared_key() -> None:
    found = only(f'{HEAD}c.set(f"price:{{input()}}", 1)', OWNED)
    assert found.code == "TQ302"
    assert str(found.span) == "services/trader/service.py:3:7"
    assert found.message == ("trader writes the key price:{}, which is not among its keys in redis")
    assert found.help == (
        'take the access out: feed has authority over price:{}; or add "price:{id}" to '
        "services.trader.stores.redis.keys in system.yaml, "
        "with `writers: shared` there and in that of feed"
    )
    (related,) = found.related
    assert related.span.file == "system.yaml"
    assert related.message == "trader's part of redis"
    assert (found.service, found.subject) == ("trader", "write redis key price:{id}")


def test_a_key_with_a_slip_is_told_with_the_one_that_may_be_meant() -> None:
    found = only(f'{HEAD}c.get(f"pol:{{input()}}")')
    assert found.code == "TQ302"
    assert found.help == (
        'did you mean "pool:{address}"? Otherwise add "pol:{id}" to '
        "services.trader.stores.redis.keys in system.yaml (--accept-into-spec), "
        "or take the access out"
    )


def test_a_key_that_another_service_writes_may_be_read_once_it_is_declared() -> None:
    found = only(f'{HEAD}c.get(f"price:{{input()}}")', OWNED)
    assert found.code == "TQ302"
    assert found.help == (
        'add "price:{id}" to services.trader.stores.redis.keys in system.yaml '
        "(--accept-into-spec), or take the access out; feed has authority over price:{}"
    )


def test_a_write_without_authority() -> None:
    found = only(f'{HEAD}c.getset(f"pool:{{input()}}", 1)', OWNED)
    assert found.code == "TQ306"
    assert found.message == (
        "trader writes the key pool:{}, over which it has the authority read_only"
    )
    assert found.help == (
        "take the access out: feed has authority over pool:{}; "
        "or say `authority: read_write` in services.trader.stores.redis in system.yaml, "
        "with `writers: shared` there and in that of feed"
    )
    assert found.subject == "write redis key pool:{id}"


def test_an_undeclared_store() -> None:
    found = only("import sqlite3\nsqlite3.connect('x').execute('SELECT 1 FROM fills')")
    assert found.code == "TQ301"
    assert found.message == (
        "trader reads the table fills, but system.yaml gives it no store of kind sqlite"
    )
    assert found.help == (
        'add `sqlite: {tables: ["fills"], authority: read_only}` to services.trader.stores in '
        "system.yaml (--accept-into-spec), or take the access out"
    )
    assert found.subject == "read sqlite table fills"


def test_an_unprovable_access_is_one_finding_for_reading_and_writing() -> None:
    found = only(f"{HEAD}c.frobnicate()")
    assert found.code == "TQ307"
    assert found.message == (
        "nobody can tell which key trader reads and writes: "
        "it is not known which keys `frobnicate` touches"
    )


def test_a_key_that_may_be_declared_or_not_is_unprovable() -> None:
    found = only(f'{HEAD}c.get(f"{{input()}}:x")')
    assert found.code == "TQ307"
    assert found.message == (
        "trader reads the key {}:x, which is not provably among its keys: "
        "it can be one that is declared, and one that is not"
    )


def test_a_key_without_any_constant_part_is_unprovable() -> None:
    found = only(f'{HEAD}c.get(f"{{input()}}")')
    assert found.code == "TQ307"
    assert found.message == ("nobody can tell which key trader reads: no part of it is constant")


def test_a_place_is_unprovable_once() -> None:
    assert only(f"{HEAD}c.get(input() or str(c))").code == "TQ307"


def test_one_finding_speaks_for_those_that_it_stands_for() -> None:
    code = f"{HEAD}for key in ('old:1', f'old:{{input()}}'):\n    c.get(key)"
    assert [d.message for d in findings(code)] == [
        "trader reads the key old:{}, which is not among its keys in redis"
    ]


def test_the_whole_store() -> None:
    whole = SYSTEM.replace(
        'redis: {keys: ["pool:{address}", "limit"], authority', "redis: {authority"
    )
    assert findings(f"{HEAD}c.get(input())\nc.frobnicate()", whole) == []
    read_only = whole.replace("redis: {authority: read_write", "redis: {authority: read_only")
    assert only(f"{HEAD}c.frobnicate()", read_only).code == "TQ306"


def test_an_engine_of_unknown_kind_may_be_of_any_store_of_tables() -> None:
    code = """\
        from sqlalchemy import create_engine, text
        with create_engine(input()).connect() as c:
            c.execute(text("SELECT 1 FROM orders"))
            c.execute(text("SELECT 1 FROM others"))
        """
    assert [d.subject for d in findings(code)] == ["read postgres table others"]


def test_the_spelling_of_a_store_s_kind() -> None:
    spec = SYSTEM.replace("redis: {kind: redis}", "redis: {kind: Valkey}").replace(
        "postgres: {kind: postgres}", "postgres: {kind: timescaledb}"
    )
    code = """\
        import asyncpg
        import redis

        async def f(c: asyncpg.Connection):
            redis.Redis().get("limit")
            await c.fetch("SELECT 1 FROM orders")
        """
    assert findings(code, spec) == []


def test_a_declared_table_in_other_spellings() -> None:
    spec = SYSTEM.replace("tables: [orders]", "tables: [public.Orders, Audit.Log]")
    code = """\
        import asyncpg

        async def f(c: asyncpg.Connection):
            await c.fetch('SELECT 1 FROM orders, "Orders", audit.log')
        """
    assert findings(code, spec) == []


def test_the_service_s_own_files_are_read_and_not_written() -> None:
    code = """\
        from pathlib import Path
        HERE = Path(__file__).parent.joinpath("data.json")
        HERE.read_text()
        HERE.write_text("")
        """
    assert [d.message for d in findings(code)] == [
        "trader writes the file services/trader/data.json, which is not among its files in reports"
    ]


def test_a_file_of_another_service_is_left_to_the_rule_about_those() -> None:
    spec = SYSTEM.replace(
        "    publishes: [Quote]\n    subscribes: []\n",
        "    publishes: [Quote]\n    subscribes: []\n"
        '    stores:\n      reports: {keys: ["books/*.json"], authority: write_only}\n',
    )
    code = "open('books/1.json')\nopen('services/feed/x.json')\nopen('notes.txt')"
    assert [d.subject for d in findings(code, spec)] == ["read reports file notes.txt"]


def test_a_path_that_is_a_setting_is_declared_by_the_setting_s_name() -> None:
    code = "import os\nopen(os.environ['NOTES'], 'w')"
    found = only(code)
    assert found.code == "TQ304"
    assert found.subject == "write reports file {NOTES}"
    assert findings(code, SYSTEM.replace('"reports/*.csv"', '"{NOTES}"')) == []


def test_patterns_for_the_spec() -> None:
    code = """\
        import os
        import redis
        redis.Redis().get(f"a:{input()}:{os.environ['B']}:{input()}")
        open(f"{os.environ['ROOT']}/x/{input()}.csv", "w")
        """
    assert [d.subject for d in findings(code)] == [
        "read redis key a:{id}:{B}:{id2}",
        "write reports file x/*.csv",
    ]


@pytest.mark.parametrize(
    ("code", "help_"),
    [
        ("import redis\nredis.Redis().eval('x', 0)",
         "write commands in place of the script, or suppress this and name the keys that the "
         "script touches; services.trader.stores.redis.keys in system.yaml says which may be "
         "meant"),
        ("import redis\nredis.Redis().get(input())",
         "begin the key with a constant, as f-strings and constants do; "
         "services.trader.stores.redis.keys in system.yaml says which may be meant"),
        ("import psycopg\npsycopg.connect('x').execute('SELECT settle(1)')",
         "write what it does as statements here, or suppress this and name its tables; "
         "services.trader.stores.postgres.tables in system.yaml says which may be meant"),
        ("import psycopg\npsycopg.connect('x').execute('SET search_path TO audit')",
         "name the schema in front of each table, and leave the search path as it is; "
         "services.trader.stores.postgres.tables in system.yaml says which may be meant"),
    ],
)  # fmt: skip
def test_what_helps_depends_on_why_nobody_can_tell(code: str, help_: str) -> None:
    assert only(code).help == help_
