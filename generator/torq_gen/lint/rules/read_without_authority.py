"""TQ305: a service reads what it may only write."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Access
from torq_gen.lint.rules._authority import findings
from torq_gen.lint.samples import SYSTEM
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule, Sample

_WRITES = {
    "system.yaml": SYSTEM.replace(
        '"limit"], authority: read_write', '"limit"], authority: write_only'
    ).replace("[orders], authority: read_write", "[orders], authority: write_only")
}
_TWO = {
    "system.yaml": SYSTEM.replace(
        "stores:\n  redis", "stores:\n  replica: {kind: redis}\n  redis"
    ).replace(
        '    stores:\n      redis: {keys: ["pool:{address}", "limit"], authority: read_write}',
        '    stores:\n      replica: {keys: ["*"], authority: read_only}\n'
        '      redis: {keys: ["pool:{address}", "limit"], authority: write_only}',
    )
}

RULE = Rule(
    "TQ305",
    "read-without-authority",
    "A service reads what it may only write.",
    why="""\
A service that only writes can be replayed, rebuilt and moved without asking what is stored. One
that reads back depends on what others, or its own earlier versions, have left there.""",
    fix="""\
Keep the value in the service, subscribe to it, or say `authority: read_write`
(`--accept-into-spec`).

A pop, a move or a swap of a key gives what was there, and reads. The result of a counter that was
just incremented, and `RETURNING` of an INSERT or UPDATE, are what was just written; `DELETE …
RETURNING` reads.""",
    bad=(
        Sample(
            """\
import redis

client = redis.Redis()


def limit() -> int:
    \"\"\"Reads back.\"\"\"
    return int(client.get(«"limit"») or 0)
""",
            title="a key is read back",
            files=_WRITES,
        ),
        Sample(
            """\
import redis.asyncio as redis


async def take(client: redis.Redis, address: str) -> bytes | None:
    \"\"\"Takes what was there.\"\"\"
    return await client.getdel(«f"pool:{address}"»)
""",
            title="a value that is taken out",
            files=_WRITES,
        ),
        Sample(
            """\
import asyncpg


async def copy(connection: asyncpg.Connection) -> None:
    \"\"\"An INSERT that reads its own table.\"\"\"
    await connection.execute(«"INSERT INTO orders (id) SELECT id + 1 FROM orders"»)
""",
            title="INSERT … SELECT",
            files=_WRITES,
        ),
        Sample(
            """\
import psycopg


class Orders:
    \"\"\"Wraps a cursor.\"\"\"

    def __init__(self, connection: psycopg.Connection) -> None:
        self._cursor = connection.cursor()

    def _rows(self, sql: str) -> list[tuple[int]]:
        return self._cursor.execute(«sql»).fetchall()

    def drain(self) -> list[tuple[int]]:
        \"\"\"Gives back what is deleted.\"\"\"
        return self._rows("DELETE FROM orders RETURNING id")
""",
            title="DELETE … RETURNING, through a helper",
            files=_WRITES,
        ),
        Sample(
            """\
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    \"\"\"The base of all tables.\"\"\"


class Order(Base):
    \"\"\"An order.\"\"\"

    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)


async def find(session: AsyncSession, id: int) -> Order | None:
    \"\"\"By its key.\"\"\"
    return await session.get(«Order», id)
""",
            title="an instance of a mapped class",
            files=_WRITES,
        ),
        Sample(
            """\
from pathlib import Path


def report(day: str) -> str:
    \"\"\"Reads a report again.\"\"\"
    return «Path(f"reports/{day}.csv").read_text()»
""",
            title="a file is read back",
        ),
        Sample(
            """\
import redis

client = redis.Redis()


def pools() -> list[bytes]:
    \"\"\"To look for keys is to read.\"\"\"
    return [key for key in client.scan_iter(«"pool:*"»)]
""",
            title="a scan",
            files=_WRITES,
        ),
    ),
    good=(
        Sample(
            """\
import redis

client = redis.Redis()


def count(address: str) -> int:
    \"\"\"The result is what was just written.\"\"\"
    client.expire("limit", 60)
    return client.incr(f"pool:{address}")
""",
            title="a counter's result",
            files=_WRITES,
        ),
        Sample(
            """\
import asyncpg


async def add(pool: asyncpg.Pool, amount: int) -> int:
    \"\"\"Gives the id of the new row.\"\"\"
    return await pool.fetchval(
        "INSERT INTO orders (amount) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id", amount
    )
""",
            title="INSERT … RETURNING",
            files=_WRITES,
        ),
        Sample(
            """\
import redis

client = redis.Redis()


def pool(address: str) -> bytes | None:
    \"\"\"May be read.\"\"\"
    return client.get(f"pool:{address}")
""",
            title="read with authority",
        ),
        Sample(
            """\
import redis

replica = redis.Redis(host="replica")


def limit() -> bytes | None:
    \"\"\"Another store of the kind allows it.\"\"\"
    return replica.get("limit")
""",
            title="another store of the kind may be read",
            files=_TWO,
        ),
        Sample(
            """\
import psycopg


def settle(connection: psycopg.Connection, id: int) -> None:
    \"\"\"To choose the rows is no read.\"\"\"
    with connection.transaction():
        connection.execute("UPDATE orders SET open = false WHERE id = %s AND open", (id,))
        connection.execute("DELETE FROM orders WHERE id < %s", (id,))
""",
            title="the rows that are changed",
            files=_WRITES,
        ),
        Sample(
            """\
def pick(orders: dict[str, int]) -> int | None:
    \"\"\"A dictionary is no store.\"\"\"
    return orders.get("limit")
""",
            title="a dictionary",
            files=_WRITES,
        ),
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each read of what may only be written."""
    yield from findings(RULE, view, Access.READ)
