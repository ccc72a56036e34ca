"""Who writes and who reads the parts of stores, in both versions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from torq_gen.diagnostics import Span
from torq_gen.evolution.comparison import Comparison
from torq_gen.model import StoreAccess, System

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


class Item(NamedTuple):
    """A key pattern or a table whose writers changed; ``readers`` are those of the new version.

    Services have their new names; ``span`` is a new writer's access, else a reader's.
    """

    subject: str
    before: frozenset[str]
    after: frozenset[str]
    readers: tuple[str, ...]
    span: Span | None
    old: Span | None


class _Users(NamedTuple):
    writers: dict[str, StoreAccess]
    readers: dict[str, StoreAccess]


def changed(both: Comparison) -> Iterator[Item]:
    """The parts of stores that somebody wrote and whose writers are others now."""
    names = {was.name: now.name for was, now in both.services}
    old, new = _users(both.old), _users(both.new)
    for subject, users in old.items():
        now = new.get(subject, _Users({}, {}))
        before = frozenset(names.get(name, name) for name in users.writers)
        after = frozenset(now.writers)
        if not before or before == after:
            continue
        came = [a.span for name, a in now.writers.items() if name not in before]
        spans = (*came, *(a.span for a in (*now.writers.values(), *now.readers.values())))
        yield Item(
            subject,
            before,
            after,
            tuple(name for name in now.readers if name not in after),
            next((span for span in spans if span is not None), None),
            next(iter(users.writers.values())).span,
        )


def _users(system: System) -> dict[str, _Users]:
    """By store and pattern; the names of placeholders do not matter."""
    found: dict[str, _Users] = {}
    for service in system.active_services():
        for access in service.stores:
            for part in (*access.keys, *access.tables):
                subject = f"{access.store}/{_PLACEHOLDER.sub('{}', part)}"
                users = found.setdefault(subject, _Users({}, {}))
                if access.authority.writes:
                    users.writers[service.name] = access
                if access.authority.reads:
                    users.readers[service.name] = access
    return found
