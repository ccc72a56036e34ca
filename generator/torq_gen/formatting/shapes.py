"""The older shapes of system.yaml as the canonical one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.formatting.aliases import expand
from torq_gen.formatting.entries import is_older_entry, publications, subscriptions
from torq_gen.formatting.promises import is_older_invariant, modernise_invariants
from torq_gen.formatting.schemas import strip_text
from torq_gen.formatting.tree import (
    Entry,
    Mapping,
    Scalar,
    Sequence,
    comments_of,
    entries_of,
    hand_over,
    node_of,
    text_of,
)

if TYPE_CHECKING:
    from torq_gen.model import Service, System

_RENAMED = {"produces": "publishes", "consumes": "subscribes", "restart_policy": "restart"}
_FLOWS = ("publishes", "produces", "subscribes", "consumes")


def modernise(root: Mapping, system: System) -> None:
    """Turn every older shape into the canonical one; ``system`` is what the file loads to."""
    services = entries_of(root.get("services"))
    if any(_is_older(entry) for entry in services):
        expand(root)
        for entry in services:
            if isinstance(entry.value, Mapping):
                _Service(root, entry.value, system.services[entry.name], system).modernise()
        _declare_stores(root, system)
    for entry in services:
        if isinstance(entry.value, Mapping):
            strip_text(entry.value.get("description"))


def _is_older(service: Entry) -> bool:
    raw = service.value
    if not isinstance(raw, Mapping):
        return False
    keys = {entry.name for entry in raw.entries}
    return (
        bool(keys & {*_RENAMED, "max_restarts"})
        or isinstance(raw.get("dependencies"), Mapping)
        or any(is_older_entry(e.value) for key in _FLOWS for e in entries_of(raw.get(key)))
        or any(is_older_invariant(e.value) for e in entries_of(raw.get("invariants")))
    )


def _declare_stores(root: Mapping, system: System) -> None:
    """In an older file a store was declared by its use."""
    if root.get("stores") is None and system.stores:
        stores = {name: {"kind": store.kind} for name, store in system.stores.items()}
        root.set("stores", node_of(stores))  # type: ignore[arg-type]


class _Service:
    def __init__(self, root: Mapping, raw: Mapping, service: Service, system: System) -> None:
        self.root = root
        self.raw = raw
        self.service = service
        self.system = system

    def modernise(self) -> None:
        for entry in self.raw.entries:
            if entry.name in _RENAMED and entry.key is not None:
                entry.key.value = _RENAMED[entry.name]
        publications(self.raw.get("publishes"), self.service, self.system)
        subscriptions(self.raw.get("subscribes"), self.system)
        self._dependencies()
        self._restart()
        modernise_invariants(self.raw.get("invariants"), self.service)

    def _dependencies(self) -> None:
        entry = self.raw.entry("dependencies")
        if entry is None or not isinstance(entry.value, Mapping):
            return
        self.raw.entries.remove(entry)
        comments = [*filter(None, [*entry.above, entry.beside])]
        for part in entry.value.entries:
            part.above[:0], comments = comments, []
            if isinstance(part.value, Sequence):
                self._external(part)
            else:
                _section(self.raw, "stores").entries.append(part)
        comments += filter(None, entry.value.foot)
        if comments:
            (self.raw.entries[-1].above if self.raw.entries else self.raw.foot).extend(comments)

    def _external(self, part: Entry) -> None:
        """``rpc_providers: [url, …]`` as an external, and the service's use of it."""
        section = _section(self.root, "externals")
        external = section.get(part.name)
        if not isinstance(external, Mapping):
            external = Mapping()
            section.entries.append(Entry(external, Scalar(part.name)))
        urls = external.get("urls")
        if not isinstance(urls, Sequence):
            urls = Sequence()
            if part.value.entries:  # type: ignore[union-attr]
                external.set("urls", urls)
        known = {text_of(item.value) for item in urls.entries}
        again: list[Entry] = []
        for item in entries_of(part.value):
            (again if text_of(item.value) in known else urls.entries).append(item)
            known.add(text_of(item.value))
        used = self.raw.get("externals")
        if not isinstance(used, Sequence):
            used = Sequence()
            self.raw.set("externals", used)
        mention = next((e for e in used.entries if text_of(e.value) == part.name), None)
        if mention is None:
            mention = Entry(Scalar(part.name))
            used.entries.append(mention)
        part.value = Sequence(again, foot=part.value.foot)  # type: ignore[union-attr]
        hand_over([part], mention)

    def _restart(self) -> None:
        entry = self.raw.entry("restart")
        beside = self.raw.entry("max_restarts")
        if entry is not None and isinstance(entry.value, Scalar):
            header = entry.value.header
            entry.above += [header] if header else []
            entry.value = node_of({"strategy": self.service.restart.strategy.value})
        if beside is None:
            return
        if entry is None:
            entry = self.raw.set("restart", Mapping())
        assert isinstance(entry.value, Mapping)
        self.raw.entries.remove(beside)
        if entry.value.get("max_restarts") is None:
            entry.value.set("max_restarts", beside.value)
        entry.above += comments_of(beside)


def _section(mapping: Mapping, key: str) -> Mapping:
    """The mapping at a key, made when it is not there."""
    found = mapping.get(key)
    if not isinstance(found, Mapping):
        found = Mapping()
        mapping.set(key, found)
    return found
