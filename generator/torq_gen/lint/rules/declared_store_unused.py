"""TQ308: no code of a service uses a part of a store that system.yaml gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from torq_gen.diagnostics import Diagnostic, Span
from torq_gen.lint.facts.model import TopicPublish, TopicSubscribe
from torq_gen.lint.facts.stores.kinds import CAPABILITIES, KNOWN, family, serves
from torq_gen.lint.facts.stores.patterns import Fit
from torq_gen.lint.facts.text import Text
from torq_gen.lint.rules._stores import Touch, covers, touches
from torq_gen.lint.rules._unused import SILENT, WHY, is_complete, reaches_unseen
from torq_gen.lint.rules._unused_samples import bad, good
from torq_gen.lint.view import ServiceView
from torq_gen.model import StoreAccess
from torq_gen.rule import Rule

_REDIS = """\
stores:
  redis: {keys: ["pool:{address}", "limit"], authority: read_write}
"""
_TABLES = """\
stores:
  postgres: {tables: [orders, audit.fills], authority: read_write}
"""
_BOTH_TABLES = """\
import psycopg

---
with psycopg.connect("dbname=shop") as db:
    db.execute("INSERT INTO orders SELECT * FROM audit.fills")
"""
_BOTH_KEYS = """\
import redis

---
client = redis.Redis()
client.set(f"pool:{message.venue}", client.get("limit"))
"""

RULE = Rule(
    "TQ308",
    "declared-store-unused",
    "No code of a service uses a store, or a part of one, that system.yaml gives it.",
    why=WHY + SILENT,
    fix="""\
Take the key, the table or the whole store out of `services.<name>.stores`. What code uses that is
not Python, suppress there with the reason.""",
    bad=(
        bad("a store that nothing uses", "stores:\n  «redis»: {authority: read_write}\n"),
        bad(
            "one of two keys",
            _REDIS.replace("redis:", "«redis»:"),
            """\
import redis

---
redis.Redis().get("limit")
""",
        ),
        bad(
            "one of two tables",
            _TABLES.replace("postgres:", "«postgres»:"),
            """\
import psycopg

---
with psycopg.connect("dbname=shop") as db:
    db.execute("SELECT 1 FROM orders")
""",
        ),
        bad(
            "a store of another kind is used",
            "stores:\n  redis: {keys: [limit], authority: read_only}\n"
            "  «postgres»: {tables: [orders], authority: read_only}\n",
            """\
import redis

---
redis.Redis().get("limit")
""",
        ),
        bad(
            "files",
            'stores:\n  «reports»: {keys: ["reports/*.csv"], authority: write_only}\n',
            """\
with open("notes.txt") as notes:
    notes.read()
""",
        ),
        bad(
            "its name in a text",
            _REDIS.replace("redis:", "«redis»:").replace('"limit"', '"pool:{id}:old"'),
            """\
import redis

---
self.log.info("pool:1:old")
redis.Redis().get(f"pool:{message.venue}")
""",
        ),
    ),
    good=(
        good("each key is used", _REDIS, _BOTH_KEYS),
        good("each table is used", _TABLES, _BOTH_TABLES),
        good(
            "keys in a loop",
            _REDIS,
            """\
import redis

---
for key in ("limit", f"pool:{message.venue}"):
    redis.Redis().delete(key)
""",
        ),
        good(
            "an access that nobody can tell may be the one",
            _REDIS,
            """\
import redis

---
redis.Redis().get(str(message))
""",
        ),
        good(
            "the client goes to a library that is not known",
            _REDIS,
            """\
import locks
import redis

---
locks.take(redis.Redis())
""",
        ),
        good(
            "a library that is not known may reach it",
            _REDIS,
            """\
import aiocache

---
await aiocache.Cache().get("limit")
""",
        ),
        good(
            "a store that carries messages",
            "stores:\n  redis: {authority: read_write}\n",
            """\
import redis

---
redis.Redis().publish("trading", b"")
""",
        ),
        good("a whole store, of which some part is used",
             "stores:\n  reports: {authority: read_only}\n",
             "open('notes.txt')\n"),
        good("a store of a kind whose clients are not followed",
             "stores:\n  archive: {authority: read_only}\n", ""),
        good("a planned service", _REDIS, "", active=False),
    ),
)  # fmt: skip


def check(view: ServiceView) -> Iterator[Diagnostic]:
    """Each key pattern and table that no access can mean; each store without any access."""
    if not view.service.stores or not is_complete(view) or reaches_unseen(view, CAPABILITIES):
        return
    touched = list(touches(view))
    for entry in view.service.stores:
        kind = view.system.stores[entry.store].kind
        if family(kind) in KNOWN and not _is_broker(view, family(kind)):
            near = [touch for touch in touched if serves(kind, touch.kind)]
            yield from _of_entry(view, entry, near)


def _is_broker(view: ServiceView, kind: str) -> bool:
    """Whether the store carries messages: its channels and streams are no keys."""
    topics: list[TopicPublish | TopicSubscribe] = [*view.of(TopicPublish), *view.of(TopicSubscribe)]
    return any(fact.library == kind for fact in topics)


def _of_entry(view: ServiceView, entry: StoreAccess, near: list[Touch]) -> Iterator[Diagnostic]:
    parts = [replace(entry, keys=(key,), tables=()) for key in entry.keys]
    parts += [replace(entry, keys=(), tables=(table,)) for table in entry.tables]
    unused = [part for part in parts if not any(_may_mean(touch, part) for touch in near)]
    if len(unused) == len(parts) and not near:
        yield _finding(view, entry, entry.store, "")
        return
    for part in unused:
        noun, name = ("key", part.keys[0]) if part.keys else ("table", part.tables[0])
        yield _finding(view, entry, f"the {noun} {name} of {entry.store}", f" {noun} {name}")


def _may_mean(touch: Touch, part: StoreAccess) -> bool:
    """Whether an access can be one to a part of a store; one that is not constant can be any."""
    open_ended = isinstance(touch.part, Text) and not touch.part.anchored and not touch.part.setting
    return open_ended or covers(part, touch) is not Fit.OUTSIDE


def _finding(view: ServiceView, entry: StoreAccess, what: str, part: str) -> Diagnostic:
    own = view.service.name
    return RULE.at(
        entry.span or view.service.span or Span.of_file("system.yaml"),
        f"no code of {own} uses {what}, which system.yaml gives it",
        help=f"take it out of services.{own}.stores" + (f".{entry.store}" if part else ""),
        service=own,
        subject=f"{entry.store}{part}",
    )
