"""TQ302: a service accesses a key that matches none of its declared patterns."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.diagnostics import Diagnostic
from torq_gen.lint.rules._outside_store import findings
from torq_gen.lint.samples import SYSTEM
from torq_gen.lint.view import ServiceView
from torq_gen.rule import Rule, Sample

_ANY = {"system.yaml": SYSTEM.replace('keys: ["pool:{address}", "limit"]', 'keys: ["cache:*"]')}
_TWO = {
    "system.yaml": SYSTEM.replace(
        "stores:\n  redis", "stores:\n  cache: {kind: valkey}\n  redis"
    ).replace(
        "    stores:\n      redis",
        '    stores:\n      cache: {keys: ["seen:{id}"], authority: read_write}\n      redis',
    )
}

RULE = Rule(
    "TQ302",
    "undeclared-key",
    "A service accesses a key that matches none of its declared patterns.",
    why="""\
Two services that use one key without knowing of each other overwrite or misread what the other one
keeps. The declared patterns are what the check for two writers compares, so a key outside of them
is one that nobody has checked.""",
    fix="""\
Add the pattern to the `keys` of the service's store (`--accept-into-spec`), or use a declared key.

In a pattern `{name}` stands for one piece: one or more characters, none of them a separator of the
pattern. Its separators are the characters of its constant text that are no letter, digit, `_` or
`-`: for `pool:{address}` that is `:`, so that it matches `pool:0x1` and not `pool:0x1:history`. `*`
stands for any text. What only the running program knows of a key is taken for one piece as well:
not empty, and without separators. What is wild in a pattern given to `scan` or `keys` counts the
same.""",
    bad=(
        Sample(
            """\
import redis

client = redis.Redis()


def price(pair: str) -> bytes | None:
    \"\"\"Somebody else's key.\"\"\"
    return client.get(«f"price:{pair}"»)
""",
            title="another prefix",
        ),
        Sample(
            """\
from redis.asyncio import Redis


async def remember(client: Redis, address: str, block: int) -> None:
    \"\"\"One piece more than is declared.\"\"\"
    await client.set(«f"pool:{address}:{block}"», b"1")
""",
            title="a piece more than the pattern has",
        ),
        Sample(
            """\
import redis

client = redis.Redis()


def store(address: str) -> None:
    \"\"\"The second command of a chain.\"\"\"
    with client.pipeline() as pipe:
        pipe.set(f"pool:{address}", 1).expire(«f"pools:{address}"», 60).execute()
""",
            title="a chained command of a pipeline",
        ),
        Sample(
            """\
from enum import StrEnum
from functools import partial

import redis


class Key(StrEnum):
    \"\"\"Keys by name.\"\"\"

    LIMIT = "limit"
    CEILING = "ceiling"


put = partial(redis.Redis().set, Key.CEILING)


def raise_to(amount: int) -> None:
    \"\"\"The key was bound before.\"\"\"
    «put(amount)»
""",
            title="a key out of an enum, bound by partial",
        ),
        Sample(
            """\
import redis


class Keys:
    \"\"\"Makes keys.\"\"\"

    prefix = "quote"

    def of(self, venue: int) -> str:
        \"\"\"One venue's.\"\"\"
        return f"{self.prefix}:{venue}"


def read(venues: list[int]) -> list[bytes | None]:
    \"\"\"Several keys at once.\"\"\"
    keys = Keys()
    return redis.Redis().mget(«[keys.of(v) for v in venues]»)
""",
            title="keys that another class makes, in a list",
        ),
        Sample(
            """\
import redis

client = redis.Redis()
run = client.execute_command


def drop() -> None:
    \"\"\"The command is a word.\"\"\"
    run("DEL", "limit", «"ceiling"»)
""",
            title="a command given as a word",
        ),
        Sample(
            """\
import redis

CACHE = redis.Redis()


def known(name: str) -> bool:
    \"\"\"Asks for a key.\"\"\"
    return «"prices" in CACHE» and «f"price:{name}" in type(CACHE)()»
""",
            title="asked with in, also of another client of its class",
        ),
        Sample(
            """\
import redis


def move(old: bool) -> None:
    \"\"\"One of the two is not declared, and the entries are a dictionary's.\"\"\"
    client = redis.StrictRedis(host="cache")
    key = "ceiling" if old else "limit"
    client.mset(«{key: 1}»)
""",
            title="a conditional key in a dictionary",
        ),
    ),
    good=(
        Sample(
            """\
import redis

client = redis.Redis()
PREFIX = "pool:"


def pool(address: str) -> bytes | None:
    \"\"\"A declared pattern.\"\"\"
    return client.get(PREFIX + address)
""",
            title="a prefix and a name",
        ),
        Sample(
            """\
import redis.asyncio as aioredis


class Pools:
    \"\"\"Keeps its client.\"\"\"

    def __init__(self) -> None:
        self._client = aioredis.Redis.from_url("redis://cache")

    async def all(self) -> list[bytes]:
        \"\"\"Looks for all of them.\"\"\"
        return [key async for key in self._client.scan_iter(match="pool:*")]
""",
            title="a scan of the declared pattern",
        ),
        Sample(
            """\
import redis

client = redis.Redis()


def count(venue: int, day: str) -> None:
    \"\"\"Any text after the prefix.\"\"\"
    client.incr(f"cache:{venue}:{day}")
""",
            title="a pattern that ends in *",
            files=_ANY,
        ),
        Sample(
            """\
import redis

client = redis.Redis()


def seen(id: int) -> bool:
    \"\"\"The second of two stores of one kind has it.\"\"\"
    return client.exists("limit", f"seen:{id}") == 2
""",
            title="one of two stores of the kind",
            files=_TWO,
        ),
        Sample(
            """\
import redis


def read(table: dict[str, str], address: str) -> str | None:
    \"\"\"A dictionary is no client.\"\"\"
    redis.Redis().hset("pool:%s" % address, mapping={"price:1": "1"})
    return table.get(f"price:{address}")
""",
            title="fields of a hash, and a dictionary's keys",
        ),
        Sample(
            """\
import redis

client = redis.Redis()


def take(address: str) -> None:
    \"\"\"A lock is a key.\"\"\"
    with client.lock(name="pool:{}".format(address), timeout=3):
        client.set("limit", 1)
""",
            title="a lock under a declared key",
        ),
    ),
)


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each key outside of all declared patterns."""
    yield from findings(RULE, view, "key")
