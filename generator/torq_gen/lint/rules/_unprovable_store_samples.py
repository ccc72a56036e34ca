"""The samples of unprovable-store-access."""

from __future__ import annotations

from torq_gen.lint.samples import SYSTEM
from torq_gen.rule import Sample

_WHOLE = {
    "system.yaml": SYSTEM.replace(
        'redis: {keys: ["pool:{address}", "limit"], authority', "redis: {authority"
    ).replace('["reports/*.csv"]', '["{REPORT}"]')
}
BAD = (
    Sample(
        """\
import redis

from shop_contracts.messages import Quote
from shop_contracts.services import TraderBase


class Trader(TraderBase):
    \"\"\"Reads what it is told to.\"\"\"

    async def on_quote(self, message: Quote) -> None:
        \"\"\"The key is data.\"\"\"
        redis.Redis().get(«f"{message.venue}"»)
""",
        title="a key out of a message",
    ),
    Sample(
        """\
import redis

client = redis.Redis()


def copy(source: dict[str, bytes]) -> None:
    \"\"\"Keys of a dictionary from elsewhere.\"\"\"
    client.mset(«source»)
""",
        title="the keys of an unknown dictionary",
    ),
    Sample(
        """\
import redis

SCRIPT = "return redis.call('DEL', KEYS[1])"


def drop(client: redis.Redis) -> None:
    \"\"\"A script may do anything.\"\"\"
    script = client.register_script(SCRIPT)
    «script(keys=["limit"])»
""",
        title="a script",
    ),
    Sample(
        """\
import asyncpg


class Tables:
    \"\"\"Any table.\"\"\"

    async def count(self, pool: asyncpg.Pool, table: str) -> int:
        \"\"\"The table is a parameter that nobody here gives.\"\"\"
        return await pool.fetchval(«f"SELECT count(*) FROM {table}"»)
""",
        title="a table that is a parameter",
    ),
    Sample(
        """\
import psycopg


def find(connection: psycopg.Connection, conditions: list[str]) -> list[tuple[int]]:
    \"\"\"What is put behind the table could name others.\"\"\"
    return connection.execute(«"SELECT id FROM orders " + " ".join(conditions)»).fetchall()
""",
        title="SQL that goes on at run time",
    ),
    Sample(
        """\
import redis


def connect(url: str) -> None:
    \"\"\"A library gets the client.\"\"\"
    client = redis.Redis.from_url(url)
    fancy_cache.install(«client»)


import fancy_cache  # noqa: E402
""",
        title="a client in the hands of a library",
    ),
    Sample(
        """\
import psycopg


def settle() -> None:
    \"\"\"What a function of the database does, only the database knows.\"\"\"
    with psycopg.connect("dbname=shop") as db:
        db.execute(«"SELECT settle(id) FROM orders"»)
        db.execute(«"SET search_path TO audit"»)
""",
        title="a function of the database, and another search path",
    ),
    Sample(
        """\
from sqlalchemy import func, select, text

CLAUSES = select(«text("settle(1)")», «func.settle(2)»)
""",
        title="a function in a statement of SQLAlchemy",
    ),
    Sample(
        """\
import redis

CLIENT = redis.Redis()
«CLIENT.select(3)»
«CLIENT.connection_pool.get_connection("_").send_packed_command(b"")»
""",
        title="another database, and a connection behind the client",
    ),
    Sample(
        """\
import redis


def everything(client: redis.Redis) -> None:
    \"\"\"Every key, of every service.\"\"\"
    «client.flushdb()»
""",
        title="every key",
    ),
    Sample(
        """\
import asyncpg


async def broken(connection: asyncpg.Connection) -> None:
    \"\"\"No SQL.\"\"\"
    await connection.execute(«"SELECT id FRM orders WHERE"»)
""",
        title="text that is no SQL",
    ),
)
GOOD = (
    Sample(
        """\
import redis

KEYS = {"a": "pool:a", "limit": "limit"}


def read(name: str) -> bytes | None:
    \"\"\"Any of two, both declared.\"\"\"
    return redis.Redis().get(KEYS[name])
""",
        title="one of a table",
    ),
    Sample(
        """\
import redis

client = redis.Redis()


def get(key: str) -> bytes | None:
    \"\"\"Called with declared keys alone.\"\"\"
    return client.get(key)


LIMIT = get("limit")
POOL = get(f"pool:{LIMIT!r}")
""",
        title="a parameter whose callers are known",
    ),
    Sample(
        """\
import redis

client = redis.Redis()


def read(key: str) -> bytes | None:
    \"\"\"The whole store is the service's.\"\"\"
    return client.get(key)
""",
        title="a store that is the service's as a whole",
        files=_WHOLE,
    ),
    Sample(
        """\
import asyncpg


async def find(pool: asyncpg.Pool, ids: list[int], column: str) -> list[asyncpg.Record]:
    \"\"\"Names of columns and values may vary.\"\"\"
    marks = ", ".join(f"${i + 1}" for i in range(len(ids)))
    return await pool.fetch(f"SELECT id, {column} FROM orders WHERE id IN ({marks})", *ids)
""",
        title="columns and values that vary",
    ),
    Sample(
        """\
import redis


def read(names: list[str]) -> list[bytes | None]:
    \"\"\"Each has a constant beginning.\"\"\"
    client = redis.Redis()
    return client.mget([f"pool:{name}" for name in names])
""",
        title="many keys of one pattern",
    ),
    Sample(
        """\
def copy(table: dict[str, bytes], source: dict[str, bytes], key: str) -> None:
    \"\"\"No client in sight.\"\"\"
    table.update(source)
    table.pop(key)
""",
        title="a receiver that is no client",
    ),
)
