"""Stores and externals of all services: one store a kind, one external a host."""

from __future__ import annotations

import re
from collections.abc import Iterable

from torq_gen.drafting.model import DraftEdge, DraftExternal, DraftStore
from torq_gen.drafting.names import service_name
from torq_gen.inference.sites import Call, Sites, Use
from torq_gen.lint.facts.stores.kinds import SQL
from torq_gen.spec.writers import overlap

_PROTOCOLS = {"http": "http", "https": "http", "ws": "websocket", "wss": "websocket"}


class Resources:
    """What the services of a system touch beside their messages."""

    def __init__(self, sites: Iterable[Sites]) -> None:
        self._uses = {s.service: s.uses for s in sites}
        self._calls = {s.service: s.calls for s in sites}
        kinds = dict.fromkeys(use.kind for uses in self._uses.values() for use in uses)
        self.stores = {_store(kind): kind for kind in kinds}
        self._names: dict[str, str] = {}
        self.externals = tuple(self._externals())

    def stores_of(self, service: str) -> tuple[DraftStore, ...]:
        """A service's parts of the stores."""
        return tuple(
            store
            for name, kind in self.stores.items()
            if (store := self._part(service, name, kind)) is not None
        )

    def _part(self, service: str, name: str, kind: str) -> DraftStore | None:
        uses = [use for use in self._uses[service] if use.kind == kind]
        if not uses:
            return None
        reads, writes = any(u.reads for u in uses), any(u.writes for u in uses)
        authority = "read_write" if reads and writes else "write_only" if writes else "read_only"
        return DraftStore(
            name,
            authority,
            _entries(u for u in uses if not u.table),
            _entries(u for u in uses if u.table),
            shared=writes and self._shares(service, kind, uses),
        )

    def _shares(self, service: str, kind: str, uses: list[Use]) -> bool:
        """Whether another service that writes to the store has a part that meets one of these."""
        for other, theirs in self._uses.items():
            same = [u for u in theirs if u.kind == kind]
            if other == service or not any(u.writes for u in same):
                continue
            if any(_meet(one, two) for one in uses for two in same):
                return True
        return False

    def externals_of(self, service: str) -> tuple[DraftEdge, ...]:
        """The externals that a service calls."""
        found: dict[str, list[Call]] = {}
        for call in self._calls[service]:
            found.setdefault(self._names[_host(call.url)], []).append(call)
        return tuple(DraftEdge(name, _places(calls)) for name, calls in found.items())

    def _externals(self) -> Iterable[DraftExternal]:
        urls: dict[str, dict[str, None]] = {}
        for calls in self._calls.values():
            for call in calls:
                urls.setdefault(_host(call.url), {})[_base(call.url)] = None
        taken: set[str] = set()
        for host, bases in urls.items():
            self._names[host] = service_name(re.sub(r"[{}]", "", host), taken)
            scheme = next(iter(bases)).partition("://")[0]
            yield DraftExternal(self._names[host], tuple(bases), _PROTOCOLS.get(scheme, ""))


def _entries(uses: Iterable[Use]) -> tuple[DraftEdge, ...]:
    found: dict[str, list[Use]] = {}
    for use in uses:
        found.setdefault(use.part, []).append(use)
    return tuple(DraftEdge(part, _places(found[part])) for part in sorted(found))


def _places(places: Iterable[Use | Call]) -> tuple[str, ...]:
    said = dict.fromkeys(f"{p.span.file}:{p.span.line}, {p.sure.value}" for p in places)
    first, *others = said
    return (first, *(f"also {other}" for other in others))


def _meet(one: Use, two: Use) -> bool:
    if one.table != two.table:
        return False
    return one.part == two.part if one.table else overlap(one.part, two.part)


def _store(kind: str) -> str:
    return "database" if kind == SQL else kind


def _host(url: str) -> str:
    """The host and port, without a name and password: a spec is no place for them."""
    authority = re.split(r"[/?#]", url.partition("://")[2] or url, maxsplit=1)[0]
    return authority.rpartition("@")[2]


def _base(url: str) -> str:
    scheme, separator, _ = url.partition("://")
    return f"{scheme}{separator}{_host(url)}/" if separator else _host(url)
