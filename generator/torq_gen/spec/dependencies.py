"""Stores and externals: those of system.yaml, and those that older dependencies imply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torq_gen.diagnostics import Span
from torq_gen.model.services import External, Store
from torq_gen.spec import rules
from torq_gen.spec.findings import nearest

if TYPE_CHECKING:
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.findings import Findings
    from torq_gen.spec.structure import Damage


class Resources:
    """Grows while services are read: an older file declares its stores by using them."""

    def __init__(
        self, document: Document, root: dict[str, Raw], findings: Findings, damage: Damage
    ) -> None:
        self.findings = findings
        self.damage = damage
        self.declares_stores = "stores" in root
        stores, externals = root.get("stores", {}), root.get("externals", {})
        self.stores = {
            name: Store(name, raw["kind"], document.key(stores, name))
            for name, raw in stores.items()
        }
        self.externals = {
            name: External(
                name,
                tuple(raw.get("urls", ())),
                raw.get("protocol", ""),
                document.key(externals, name),
            )
            for name, raw in externals.items()
        }

    def store(self, name: str, span: Span, *, implied: bool) -> bool:
        """Whether the store exists; with ``implied`` its use declares it in files without any."""
        if name in self.stores:
            return True
        if implied and not self.declares_stores:
            self.stores[name] = Store(name, name, span)
            return True
        if not self.damage.hit("stores", name):
            help = nearest(name, self.stores, "stores")
            message = f"system.yaml declares no store '{name}'"
            self.findings.add(rules.UNKNOWN_STORE, span, message, help=help)
        return False

    def externals_of(
        self, document: Document, raw: dict[str, Raw], notes: list[str]
    ) -> tuple[str, ...]:
        """The externals that a service names; sentences among its dependencies become notes."""
        found: list[str] = []
        entries: list[Raw] = raw.get("externals", [])
        for index, name in enumerate(entries):
            if name in self.externals:
                found.append(name)
            elif not self.damage.hit("externals", name):
                help = nearest(name, self.externals, "externals")
                message = f"system.yaml declares no external '{name}'"
                span = document.value(entries, index)
                self.findings.add(rules.UNKNOWN_EXTERNAL, span, message, help=help)
        older = raw.get("dependencies", [])
        if isinstance(older, list):
            self._sentences(document, older, notes)
        else:
            found += [self._implied(document, older, k) for k, v in older.items() if _urls(v)]
        return tuple(dict.fromkeys(found))

    def _implied(self, document: Document, older: dict[str, Raw], name: str) -> str:
        """``rpc_providers: [url, …]`` declares an external of that name, or adds to it."""
        known = self.externals.get(name)
        urls = (known.urls if known else ()) + tuple(older[name])
        span = known.span if known else document.key(older, name)
        protocol = known.protocol if known else ""
        self.externals[name] = External(name, tuple(dict.fromkeys(urls)), protocol, span)
        return name

    def _sentences(self, document: Document, entries: list[Raw], notes: list[str]) -> None:
        for index, text in enumerate(entries):
            notes.append(text)
            self.findings.add(
                rules.UNCHECKED_DEPENDENCY,
                document.value(entries, index),
                f"the dependency '{text}' is stated in words that no machine checks",
                help="declare it under stores or externals of the service",
            )


def _urls(value: Raw) -> bool:
    return isinstance(value, list)
