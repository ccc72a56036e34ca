"""TQ301: a service accesses a store of a kind of which system.yaml gives it none."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.facts.model import Access, Unproven
from torq_gen.lint.rules._stores import (
    Judged,
    Verdict,
    how_to_mend,
    judged,
    kind_of,
    section,
    store_of,
    subject,
)
from torq_gen.lint.samples import SYSTEM
from torq_gen.lint.view import ServiceView
from torq_gen.model import Authority
from torq_gen.rule import Rule, Sample

_STORES = SYSTEM[SYSTEM.index("    stores:\n") : SYSTEM.index("    externals: [rates]")]
_WITHOUT = {"system.yaml": SYSTEM.replace(_STORES, "")}
_LIVE = SYSTEM.replace("stores:\n  redis", "stores:\n  ledger: {kind: sqlite}\n  redis")
_LEDGER = "    stores:\n      ledger: {tables: [fills], authority: read_write}\n"
_WITH_SQLITE = {"system.yaml": _LIVE.replace("    stores:\n      redis", f"{_LEDGER}      redis")}

RULE = Rule(
    "TQ301",
    "undeclared-store",
    "A service accesses a store of a kind of which system.yaml gives it none.",
    why="""\
State that is shared behind the back of the spec is how services depend on each other without
anybody knowing: a key, a table or a file that one of them changes breaks another one, and no
message tells. Only what stands in `stores` is known to those who change either.""",
    fix="""\
Declare the store under `stores:` in system.yaml and the service's part of it in the service's
`stores`; `--accept-into-spec` does both. Or subscribe to what the store's owner publishes. A SQLite
database in memory, and files in the service's own folder that it only reads, are no stores.""",
    bad=(
        Sample(
            """\
import sqlite3


def save(amount: int) -> None:
    \"\"\"Keeps amounts in a file of its own.\"\"\"
    connection = sqlite3.connect("fills.db")
    connection.execute(«"INSERT INTO fills (amount) VALUES (?)"», (str(amount),))
    connection.commit()
""",
            title="a SQLite file",
        ),
        Sample(
            """\
import redis.asyncio as redis

client = redis.from_url("redis://cache")


async def limit() -> bytes | None:
    \"\"\"The limit.\"\"\"
    return await client.get(«"limit"»)
""",
            title="Redis in a service without stores",
            files=_WITHOUT,
        ),
        Sample(
            """\
import asyncpg


class Orders:
    \"\"\"Keeps its pool.\"\"\"

    async def open(self) -> None:
        \"\"\"Connects.\"\"\"
        self._pool = await asyncpg.create_pool("postgres://db")

    async def count(self) -> int:
        \"\"\"How many there are.\"\"\"
        async with self._pool.acquire() as connection:
            return await connection.fetchval(«"SELECT count(*) FROM orders"»)
""",
            title="a connection of a pool that is kept in an attribute",
            files=_WITHOUT,
        ),
        Sample(
            """\
from redis import Redis


class Cache:
    \"\"\"Has got its client from elsewhere.\"\"\"

    def __init__(self, client: Redis) -> None:
        self._put = client.set

    def put(self, key: str, value: bytes) -> None:
        \"\"\"The method has another name, and nobody knows the key.\"\"\"
        self._put(«key», value)
""",
            title="a method under another name, of a client that came as a parameter",
            files=_WITHOUT,
        ),
        Sample(
            """\
from pathlib import Path


def report(day: str, text: str) -> None:
    \"\"\"Writes a file.\"\"\"
    «Path(f"reports/{day}.csv").write_text(text)»
""",
            title="a file in a service without stores",
            files=_WITHOUT,
        ),
        Sample(
            """\
import aiosqlite

from shop_contracts.messages import Quote
from shop_contracts.services import TraderBase


class Trader(TraderBase):
    \"\"\"Remembers quotes.\"\"\"

    async def on_quote(self, message: Quote) -> None:
        \"\"\"Into a database.\"\"\"
        async with aiosqlite.connect(self.settings["path"]) as db:
            await db.execute(«"INSERT INTO quotes (venue) VALUES (?)"», (message.venue,))
""",
            title="a database whose path is a setting",
        ),
    ),
    good=(
        Sample(
            """\
import redis

client = redis.Redis()


def limit() -> bytes | None:
    \"\"\"A declared key of a declared store.\"\"\"
    return client.get("limit")
""",
            title="a declared store",
        ),
        Sample(
            """\
import sqlite3


def total(amounts: list[int]) -> int:
    \"\"\"A database that nobody else sees.\"\"\"
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE amounts (amount INTEGER)")
    connection.executemany("INSERT INTO amounts VALUES (?)", [(a,) for a in amounts])
    return connection.execute("SELECT sum(amount) FROM amounts").fetchone()[0]
""",
            title="a SQLite database in memory",
        ),
        Sample(
            """\
import sqlite3

connection = sqlite3.connect("ledger.db")


def fills() -> list[tuple[int]]:
    \"\"\"What the ledger holds.\"\"\"
    return connection.execute("SELECT amount FROM fills").fetchall()
""",
            title="a declared SQLite store",
            files=_WITH_SQLITE,
        ),
        Sample(
            """\
class Cache(dict[str, int]):
    \"\"\"Not one of a library.\"\"\"

    def execute(self, sql: str) -> str:
        \"\"\"Only looks like it.\"\"\"
        return sql


Cache().execute("SELECT * FROM secrets")
Cache().get("secret")
""",
            title="a class that only has such methods",
            files=_WITHOUT,
        ),
        Sample(
            """\
import json
from pathlib import Path

VENUES = json.loads((Path(__file__).parent / "venues.json").read_text())
""",
            title="the service's own data",
            files=_WITHOUT,
        ),
        Sample(
            """\
import redis


def alive(url: str) -> bool:
    \"\"\"Asks for nothing that is kept.\"\"\"
    client = redis.Redis.from_url(url)
    return bool(client.ping())
""",
            title="a client that reads and writes nothing",
            files=_WITHOUT,
        ),
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each access to a kind of store of which the service has none."""
    for found in judged(view):
        if found.verdict is Verdict.NO_STORE:
            yield _finding(view, found)


def _finding(view: ServiceView, found: Judged) -> Diagnostic:
    name = view.service.name
    return RULE.at(
        found.touch.span,
        f"{name} {found.does} {found.touch.named}, but system.yaml gives it no store "
        f"{kind_of(found)}",
        help=how_to_mend(view, found, f"add {_entry(view, found)} to services.{name}.stores"),
        related=view.declared_at(view.service.span, f"{name} is declared here"),
        service=name,
        subject=subject(view, found),
    )


def _entry(view: ServiceView, found: Judged) -> str:
    """The entry that would allow the access: ``redis: {keys: ["limit"], authority: read_only}``."""
    known = not isinstance(found.touch.part, Unproven)
    part = f'{section(found)}: ["{found.touch.pattern}"], ' if known else ""
    return f"`{store_of(view, found)}: {{{part}authority: {_authority(found).value}}}`"


def _authority(found: Judged) -> Authority:
    if len(found.how) > 1:
        return Authority.READ_WRITE
    return Authority.READ_ONLY if Access.READ in found.how else Authority.WRITE_ONLY
