"""TQ303: a service accesses a table that is not among its declared ones."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.rules._outside_store import findings
from torq_gen.lint.samples import SYSTEM
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule, Sample

_SCHEMA = {
    "system.yaml": SYSTEM.replace(
        "postgres: {tables: [orders]", "postgres: {tables: [orders, audit.events]"
    )
}

RULE = Rule(
    "TQ303",
    "undeclared-table",
    "A service accesses a table that is not among its declared ones.",
    why="""\
A query into another service's table binds the two together more tightly than any message: columns
cannot change any more, and nobody who changes them is told. A write there goes past whoever is
responsible for the data.""",
    fix="""\
Subscribe to what the table's owner publishes; or add the table to the `tables` of the service's
store (`--accept-into-spec`).

SQL is read as the database would: joins, subqueries and data-changing CTEs count, names of CTEs,
functions and the database's own catalogues do not. `public.` (SQLite: `main.`) may be left out;
tables of other schemas are declared with their schema.""",
    bad=(
        Sample(
            """\
import asyncpg


async def audits(pool: asyncpg.Pool) -> list[asyncpg.Record]:
    \"\"\"Joins a table of the auditor.\"\"\"
    return await pool.fetch(
        «"SELECT o.id FROM orders o JOIN audits a ON a.order_id = o.id WHERE a.kind = $1"», 3
    )
""",
            title="a join with another service's table",
        ),
        Sample(
            """\
import psycopg

ARCHIVE = \"\"\"
    WITH moved AS (DELETE FROM orders WHERE id < %s RETURNING *)
    INSERT INTO archive SELECT * FROM moved
\"\"\"


def archive(before: int) -> None:
    \"\"\"Two tables in one statement.\"\"\"
    with psycopg.connect("dbname=shop") as connection, connection.cursor() as cursor:
        cursor.execute(«ARCHIVE», (before,))
""",
            title="a statement in a CTE",
        ),
        Sample(
            """\
import asyncpg

QUERIES = {"orders": "SELECT id FROM orders", "audits": "SELECT id FROM audits"}


class Store:
    \"\"\"Runs what it is given.\"\"\"

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._run = connection.fetch

    async def _all(self, query: str) -> list[asyncpg.Record]:
        return await self._run(«query»)

    async def audits(self) -> list[asyncpg.Record]:
        \"\"\"By way of a helper.\"\"\"
        return await self._all(QUERIES["audits"])
""",
            title="a query out of a table, through a helper",
        ),
        Sample(
            """\
import psycopg
from psycopg import sql


def wipe(connection: psycopg.Connection) -> None:
    \"\"\"SQL put together from parts.\"\"\"
    connection.execute(«sql.SQL("TRUNCATE {}").format(sql.Identifier("audits"))»)
""",
            title="SQL put together from constant parts",
        ),
        Sample(
            """\
from sqlalchemy import create_engine, text

engine = create_engine("postgresql://db/shop")


def audits() -> int:
    \"\"\"Raw SQL in SQLAlchemy.\"\"\"
    with engine.connect() as connection:
        return connection.execute(«text("SELECT count(*) FROM audits")»).scalar_one()
""",
            title="text() of SQLAlchemy",
        ),
        Sample(
            """\
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    \"\"\"The base of all tables.\"\"\"


class Audit(Base):
    \"\"\"One of the auditor's.\"\"\"

    __tablename__ = "audits"
    id: Mapped[int] = mapped_column(primary_key=True)


def audits(session: Session) -> list[Audit]:
    \"\"\"By a mapped class.\"\"\"
    return list(session.scalars(select(«Audit»).order_by(Audit.id)))
""",
            title="a mapped class of SQLAlchemy",
        ),
        Sample(
            """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    \"\"\"The base of all tables.\"\"\"


class Order(Base):
    \"\"\"The service's own.\"\"\"

    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    audits: Mapped[list["Audit"]] = relationship()


class Audit(Base):
    \"\"\"One of the auditor's.\"\"\"

    __tablename__ = "audits"
    id: Mapped[int] = mapped_column(primary_key=True)


def audited(order: Order) -> int:
    \"\"\"Loads them.\"\"\"
    return len(«order.audits»)
""",
            title="a relationship of SQLAlchemy",
        ),
        Sample(
            """\
import asyncpg


async def load(connection: asyncpg.Connection, rows: list[tuple[int]]) -> None:
    \"\"\"COPY.\"\"\"
    await connection.copy_records_to_table(«"staged_orders"», records=rows)
""",
            title="COPY into a table",
        ),
    ),
    good=(
        Sample(
            """\
import asyncpg


async def open_orders(pool: asyncpg.Pool, venue: int) -> list[asyncpg.Record]:
    \"\"\"Its own table, twice.\"\"\"
    return await pool.fetch(
        "SELECT * FROM public.orders WHERE venue = $1 AND id NOT IN (SELECT parent FROM ORDERS)",
        venue,
    )
""",
            title="the declared table in other spellings",
        ),
        Sample(
            """\
import psycopg

LATEST = \"\"\"
    WITH audits AS (SELECT id, max(time) AS time FROM orders GROUP BY id)
    SELECT * FROM audits, generate_series(1, 3)
\"\"\"


async def latest(connection: psycopg.AsyncConnection) -> list[tuple[int]]:
    \"\"\"A CTE has the name of a table.\"\"\"
    cursor = await connection.execute(LATEST)
    return await cursor.fetchall()
""",
            title="a CTE and a function",
        ),
        Sample(
            """\
import asyncpg

COLUMNS = ("id", "amount")


async def insert(connection: asyncpg.Connection, values: list[int]) -> None:
    \"\"\"Columns and values are put together.\"\"\"
    marks = ", ".join(f"${i}" for i in range(1, len(values) + 1))
    async with connection.transaction():
        await connection.execute(
            f"INSERT INTO orders ({', '.join(COLUMNS)}) VALUES ({marks})", *values
        )
""",
            title="values that only the running program knows",
        ),
        Sample(
            """\
from sqlalchemy import Column, Integer, MetaData, Table, insert
from sqlalchemy.ext.asyncio import AsyncSession

orders = Table("orders", MetaData(), Column("id", Integer))


async def add(session: AsyncSession, id: int) -> None:
    \"\"\"Core.\"\"\"
    await session.execute(insert(orders).values(id=id))
    await session.commit()
""",
            title="Core of SQLAlchemy",
        ),
        Sample(
            """\
import asyncpg


async def log(connection: asyncpg.Connection) -> None:
    \"\"\"A schema of its own.\"\"\"
    await connection.execute("INSERT INTO audit.events SELECT id FROM orders")
""",
            title="a declared table of another schema",
            files=_SCHEMA,
        ),
        Sample(
            """\
class Engine:
    \"\"\"Not one of a library.\"\"\"

    def execute(self, sql: str) -> str:
        \"\"\"Only looks like it.\"\"\"
        return sql


Engine().execute("SELECT * FROM audits")
""",
            title="a class that only has such a method",
        ),
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each table that no entry of the service lists."""
    yield from findings(RULE, view, "table")
