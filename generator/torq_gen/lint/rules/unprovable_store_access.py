"""TQ307: nobody can tell what a service reads or writes in its stores."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.lint.facts.model import Escape, Unproven
from torq_gen.lint.facts.stores.kinds import CAPABILITIES
from torq_gen.lint.facts.stores.reasons import help_for
from torq_gen.lint.facts.values import ANY_TEXT
from torq_gen.lint.rules._stores import Judged, Verdict, judged, section, subject
from torq_gen.lint.samples import SYSTEM
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule, Sample

_WHOLE = {
    "system.yaml": SYSTEM.replace(
        'redis: {keys: ["pool:{address}", "limit"], authority', "redis: {authority"
    ).replace('["reports/*.csv"]', '["{REPORT}"]')
}
_HELP = {
    "key": "begin the key with a constant, as f-strings and constants do",
    "table": "name the tables in constant SQL and pass values as parameters",
    "file": "name the file by a constant folder or suffix",
}

RULE = Rule(
    "TQ307",
    "unprovable-store-access",
    "A service accesses a part of a store that nobody can tell from the code.",
    why="""\
A key that comes from a message, or SQL that is put together at run time, can be any. Then what
system.yaml says about the service's part of the store is only a hope.""",
    fix="""\
Give the key a constant beginning and put what varies behind it; write SQL with constant table names
and parameters; replace a script by commands. A service that really has the whole store declares it
without `keys` and `tables`. Otherwise suppress the finding with the reason why only declared parts
can be meant.""",
    bad=(
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
    ),
    good=(
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
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each access that cannot be judged, and each client that goes out of sight."""
    untold: set[Span] = set()
    for found in judged(view):
        if found.verdict is Verdict.UNPROVABLE and found.touch.span not in untold:
            if isinstance(found.touch.part, Unproven):
                untold.add(found.touch.span)
            yield _finding(view, found)
    for escape in view.of(Escape):
        if escape.capability in CAPABILITIES:
            yield RULE.at(
                escape.span,
                f"{view.service.name} hands {escape.capability} to {escape.into}, "
                "and nobody can tell what that reads or writes",
                help="make the accesses in the service's own code",
                service=view.service.name,
            )


def _finding(view: ServiceView, found: Judged) -> Diagnostic:
    name, entry, noun = view.service.name, found.entries[0], found.touch.noun
    told = help_for(found.reason) or _HELP[noun]
    return RULE.at(
        found.touch.span,
        _message(name, found),
        help=f"{told}; services.{name}.stores.{entry.store}.{section(found)} in system.yaml "
        "says which may be meant",
        related=view.declared_at(entry.span, f"{name}'s part of {entry.store}"),
        service=name,
        subject=subject(view, found),
    )


def _message(name: str, found: Judged) -> str:
    part, noun = found.touch.part, found.touch.noun
    if isinstance(part, Unproven) or part == ANY_TEXT:
        expression = part.expression if isinstance(part, Unproven) else ""
        shown = f" with `{expression}`" if expression else ""
        return f"nobody can tell which {noun} {name} {found.does}{shown}: {found.reason}"
    return (
        f"{name} {found.does} {found.touch.named}, which is not provably among its {noun}s: "
        f"{found.reason}"
    )
