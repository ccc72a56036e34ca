"""TQ306: a service writes what it may only read."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Access
from torq_gen.lint.rules._authority import findings
from torq_gen.lint.samples import SYSTEM
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule, Sample

_OWNED = """\
    subscribes: []
    stores:
      redis: {keys: ["pool:{address}"], authority: read_write}
      postgres: {tables: [orders], authority: read_write}
"""
_READS = {
    "system.yaml": SYSTEM.replace(
        '"limit"], authority: read_write', '"limit"], authority: read_only'
    )
    .replace("[orders], authority: read_write", "[orders], authority: read_only")
    .replace('["reports/*.csv"], authority: write_only', '["reports/*.csv"], authority: read_only')
    .replace("    publishes: [Quote]\n    subscribes: []\n", f"    publishes: [Quote]\n{_OWNED}")
}

RULE = Rule(
    "TQ306",
    "write-without-authority",
    "A service writes what it may only read.",
    why="""\
Each part of a store has one writer, which is responsible for what stands there: its checks, its
order, its history. A second one makes all of that untrue, and no message shows who it was.""",
    fix="""\
Publish what should be stored and let the service that has authority write it; or say `authority:
read_write` (`--accept-into-spec`), which the check for two writers looks at in turn.

To delete, expire, lock, rename and create are writes, and so is a change of an attribute of a
mapped instance: the next flush stores it.""",
    bad=(
        Sample(
            """\
import redis

client = redis.Redis()


def remember(address: str, reserves: bytes) -> None:
    \"\"\"The feed's key.\"\"\"
    client.set(«f"pool:{address}"», reserves)
""",
            title="a key of another service",
            files=_READS,
        ),
        Sample(
            """\
import asyncio

import redis.asyncio as redis

from shop_contracts.messages import Quote
from shop_contracts.services import TraderBase


class Trader(TraderBase):
    \"\"\"Cleans up.\"\"\"

    async def on_quote(self, message: Quote) -> None:
        \"\"\"Two ways to delete.\"\"\"
        client = redis.Redis()
        drop = client.delete
        await asyncio.gather(drop(«"limit"»), client.expire(«"pool:1"», 1))
""",
            title="to delete and to expire",
            files=_READS,
        ),
        Sample(
            """\
import asyncpg

UPDATE = "UPDATE orders SET amount = $1"


async def change(pool: asyncpg.Pool, amount: int, where: int) -> None:
    \"\"\"A statement that grows.\"\"\"
    sql = UPDATE
    sql += " WHERE id = $2"
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(«sql», amount, where)
""",
            title="a statement that is put together",
            files=_READS,
        ),
        Sample(
            """\
import psycopg2
from psycopg2.extras import execute_values


def load(rows: list[tuple[int]]) -> None:
    \"\"\"A helper of the library runs it.\"\"\"
    connection = psycopg2.connect("dbname=shop")
    with connection.cursor() as cursor:
        execute_values(cursor, «"INSERT INTO orders (id) VALUES %s"», rows)
    connection.commit()
""",
            title="a helper of the library",
            files=_READS,
        ),
        Sample(
            """\
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    \"\"\"The base of all tables.\"\"\"


class Order(Base):
    \"\"\"An order.\"\"\"

    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)


def add(session: Session, id: int) -> None:
    \"\"\"Adds an instance.\"\"\"
    order = Order(id=id)
    session.add(«order»)
    session.commit()
""",
            title="an instance that is added",
            files=_READS,
        ),
        Sample(
            """\
def report(day: str, rows: list[str]) -> None:
    \"\"\"The mode comes last.\"\"\"
    mode = "w" if rows else "a"
    with open(«f"reports/{day}.csv"», mode=mode) as file:
        file.writelines(rows)
""",
            title="a file",
            files=_READS,
        ),
        Sample(
            """\
import redis


class Locked:
    \"\"\"Holds a lock while it reads.\"\"\"

    def __init__(self, client: redis.Redis) -> None:
        self.client = client

    def read(self) -> bytes | None:
        \"\"\"A lock is written.\"\"\"
        with self.client.lock(«"limit"»):
            return self.client.get("pool:1")
""",
            title="a lock",
            files=_READS,
        ),
    ),
    good=(
        Sample(
            """\
import redis

client = redis.Redis()


def pool(address: str) -> dict[bytes, bytes]:
    \"\"\"Only reads.\"\"\"
    if client.exists("limit"):
        return client.hgetall(f"pool:{address}")
    return {}
""",
            title="keys that are read",
            files=_READS,
        ),
        Sample(
            """\
import asyncpg


async def orders(pool: asyncpg.Pool) -> list[asyncpg.Record]:
    \"\"\"A lock of rows is no change of them.\"\"\"
    async with pool.acquire() as connection:
        await connection.execute("SET statement_timeout = 100")
        return await connection.fetch("SELECT id FROM orders FOR SHARE")
""",
            title="a table that is read",
            files=_READS,
        ),
        Sample(
            """\
import redis

client = redis.Redis()


def remember(address: str, reserves: bytes) -> None:
    \"\"\"Its own key.\"\"\"
    client.set(f"pool:{address}", reserves)
""",
            title="written with authority",
        ),
        Sample(
            """\
from sqlalchemy import func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    \"\"\"The base of all tables.\"\"\"


class Order(Base):
    \"\"\"An order.\"\"\"

    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)


def count(session: Session) -> int:
    \"\"\"Only reads.\"\"\"
    return session.execute(select(func.count(Order.id)).where(Order.id > 3)).scalar_one()
""",
            title="a mapped class that is read",
            files=_READS,
        ),
        Sample(
            """\
def report(day: str) -> str:
    \"\"\"Read without a mode.\"\"\"
    with open(f"reports/{day}.csv", encoding="utf-8") as file:
        return file.read()
""",
            title="a file that is read",
            files=_READS,
        ),
        Sample(
            """\
import psycopg


def plan(connection: psycopg.Connection) -> list[tuple[str]]:
    \"\"\"A query's plan, and a database's catalogue.\"\"\"
    rows = connection.execute("EXPLAIN SELECT * FROM orders WHERE id = %s", (1,)).fetchall()
    return rows + connection.execute("SELECT relname FROM pg_class").fetchall()
""",
            title="a plan",
            files=_READS,
        ),
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each write to what may only be read."""
    yield from findings(RULE, view, Access.WRITE)
