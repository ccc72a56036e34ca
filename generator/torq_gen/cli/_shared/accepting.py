"""From findings about what the code does to what system.yaml would have to say for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torq_gen.diagnostics import Diagnostic
    from torq_gen.editing.rendering import Value
    from torq_gen.model import Service, System

ORDER = (
    *("system", "domains", "id", "status", "description", "path", "owner", "bundle", "actor_type"),
    *("publishes", "produces", "subscribes", "consumes", "stores", "keys", "tables", "authority"),
    *("writers", "dependencies", "externals", "libraries", "services"),
)
"""The order of keys in system.yaml, as far as a new key has to find its place."""

_STORE = re.compile(
    r"(?P<access>read_write|read|write) (?P<store>\S+) (?P<kind>key|table|file)( (?P<name>.+))?"
)
_STORE_RULES = ("undeclared-store", "undeclared-key", "undeclared-table", "undeclared-file")
_AUTHORITY_RULES = ("read-without-authority", "write-without-authority")
_PROTOCOLS = {"http": "http", "https": "http", "ws": "websocket", "wss": "websocket"}


def additions(
    found: Iterable[Diagnostic], system: System, raw: Mapping[str, Any]
) -> tuple[dict[str, Value], int]:
    """What is to be added to system.yaml, and for how many of the findings.

    ``raw`` is what system.yaml says today, so that older shapes are extended in their own words.
    Findings that no addition would mend are passed over.
    """
    accepting = _Accepting(system, raw)
    count = sum(accepting.take(finding) for finding in found)
    return accepting.added, count


class _Accepting:
    def __init__(self, system: System, raw: Mapping[str, Any]) -> None:
        self.system = system
        self.raw = raw
        self.added: dict[str, Any] = {}

    def take(self, finding: Diagnostic) -> bool:
        """Note what the finding asks for; whether there is anything."""
        service = self.system.services.get(finding.service)
        if service is None or not finding.subject:
            return False
        match finding.rule:
            case "undeclared-publish" | "undeclared-topic-publish":
                return self._message(service, finding.subject, "publishes", "produces")
            case "undeclared-subscribe" | "undeclared-topic-subscribe":
                return self._message(service, finding.subject, "subscribes", "consumes")
            case "undeclared-external":
                return self._external(service, finding.subject)
            case "undeclared-library":
                return self._add(("services", service.name, "libraries"), finding.subject)
        if finding.rule in (*_STORE_RULES, *_AUTHORITY_RULES):
            return self._store(service, finding)
        return False

    def _message(self, service: Service, name: str, key: str, older: str) -> bool:
        message = self.system.messages.get(name)
        if message is None:
            return False
        raw = self._raw_of(service)
        used = older if older in raw and key not in raw else key
        entries = raw.get(used) or []
        entry: Any = name
        if entries and all(isinstance(e, dict) and "tlv_type" in e for e in entries):
            entry = {"tlv_type": message.type_id}
        elif entries and all(isinstance(e, dict) and "type" in e for e in entries):
            entry = {"type": name}
        return self._add(("services", service.name, used), entry)

    def _store(self, service: Service, finding: Diagnostic) -> bool:
        found = _STORE.fullmatch(finding.subject)
        place = self._place_of_store(service, found["store"]) if found else None
        if found is None or place is None:
            return False
        store = found["store"]
        if store not in self.system.stores and place[2] == "stores":
            self._set(("stores", store, "kind"), store)
        if finding.rule in _STORE_RULES and found["name"]:
            self._add((*place, "tables" if found["kind"] == "table" else "keys"), found["name"])
        self._widen(service, place, found["access"])
        return True

    def _place_of_store(self, service: Service, store: str) -> tuple[str, ...] | None:
        """The keys under which the service's part of a store stands, or would stand."""
        raw = self._raw_of(service)
        older = raw.get("dependencies")
        implied = "stores" not in self.raw and bool(self.system.stores)
        if store not in raw.get("stores", {}) and (implied or store in (older or ())):
            if not isinstance(older, dict | None):
                return None  # sentences, among which no store can stand
            return ("services", service.name, "dependencies", store)
        return ("services", service.name, "stores", store)

    def _widen(self, service: Service, place: tuple[str, ...], access: str) -> None:
        """The authority that allows what was allowed, what is done, and what was noted before."""
        declared = next((a.authority.value for a in service.stores if a.store == place[-1]), None)
        words = (declared, self._at(place).get("authority"), access)
        acts = {act for word in words if word for act in word.removesuffix("_only").split("_")}
        wanted = "read_write" if len(acts) == 2 else f"{acts.pop()}_only"
        if wanted != declared:
            self._set((*place, "authority"), wanted)

    def _external(self, service: Service, url: str) -> bool:
        scheme, _, rest = url.rpartition("://")
        host = re.split(r"[/?#]", rest, maxsplit=1)[0]
        if "{}" in host or not host:
            return False
        name, known = self._known_external(host)
        if self._is_older(service):
            return self._add(("services", service.name, "dependencies", name), url)
        if not known:
            self._add(("externals", name, "urls"), f"{scheme}://{host}/" if scheme else url)
            if protocol := _PROTOCOLS.get(scheme):
                self._set(("externals", name, "protocol"), protocol)
        elif name in service.externals:  # and does not cover the URL
            self._add(("externals", name, "urls"), _known_part(url))
            return True
        return self._add(("services", service.name, "externals"), name)

    def _known_external(self, host: str) -> tuple[str, bool]:
        """The external of a host, or what a new one would be called; whether there is one."""
        for external in self.system.externals.values():
            if any(re.split(r"[/?#]", u.rpartition("://")[2])[0] == host for u in external.urls):
                return external.name, True
        return re.sub(r"[^a-z0-9]+", "_", host.lower()).strip("_"), False

    def _is_older(self, service: Service) -> bool:
        """Whether the service names its externals among its dependencies."""
        older = self._raw_of(service).get("dependencies")
        return "externals" not in self.raw and isinstance(older, dict)

    def _raw_of(self, service: Service) -> dict[str, Any]:
        found = self.raw["services"].get(service.name)
        return found if isinstance(found, dict) else {}

    def _at(self, path: tuple[str, ...]) -> dict[str, Any]:
        at = self.added
        for key in path:
            at = at.setdefault(key, {})
        return at

    def _add(self, path: tuple[str, ...], item: Value) -> bool:
        items = self._at(path[:-1]).setdefault(path[-1], [])
        if item not in items:
            items.append(item)
        return True

    def _set(self, path: tuple[str, ...], value: str) -> None:
        self._at(path[:-1])[path[-1]] = value


def _known_part(url: str) -> str:
    """The beginning of a URL whose path is known: up to what is asked, or to a folder."""
    asked = re.split(r"[?#]", url, maxsplit=1)[0]
    known, hole, _ = asked.partition("{")
    return f"{known.rpartition('/')[0]}/" if hole else known
