"""The reference system and its services in memory."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from torq_gen.lint.checking import facts_of, findings_of
from torq_gen.lint.facts.files import FilesInMemory
from torq_gen.model import Authority, Service, StoreAccess, System
from torq_gen.spec import load

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = ("redis", "asyncpg")
"""Libraries that every service may use here, so that stores can be mutated too."""
STORING = "polygon_adapter"
STORES = (
    StoreAccess("redis", Authority.READ_WRITE, keys=("pool:{address}", "token:{address}")),
    StoreAccess("postgres", Authority.WRITE_ONLY, tables=("pool_metadata", "token_metadata")),
)
"""What the service `STORING` may use besides: its own code needs neither."""
EXTERNALS = ("polygon_rpc",)


@dataclass(frozen=True, slots=True)
class Project:
    """The system, and the text of each file that its services consist of."""

    system: System
    texts: Mapping[str, str]

    @property
    def services(self) -> tuple[Service, ...]:
        """The services that have code."""
        return self.system.active_services()

    def files(self, service: Service) -> Iterator[str]:
        """The paths of a service's files."""
        return (path for path in self.texts if path.startswith(f"{service.path}/"))

    def tree(self, path: str) -> ast.Module:
        """A file's syntax tree."""
        return tree_of(self.texts[path])

    def findings(self, service: str, change: Mapping[str, str]) -> frozenset[tuple[str, str]]:
        """Code and message of what is found in a service when some files are changed."""
        files = FilesInMemory({**self.texts, **change})
        entry = self.system.services[service]
        facts = facts_of(entry, self.system, files)
        found = findings_of(entry, self.system, facts)
        return frozenset((d.code, d.message) for d in found)


@cache
def tree_of(text: str) -> ast.Module:
    """The syntax tree of a file's text."""
    return ast.parse(text)


def reference() -> Project:
    """The reference system as it stands, with `LIBRARIES` for every service, and `STORES`."""
    loaded = load(ROOT)
    if loaded.system is None:
        wrong = "; ".join(f"{d.span}: {d.message}" for d in loaded.diagnostics)
        raise SystemExit(f"the reference system cannot be used: {wrong}")
    services = {
        name: replace(s, libraries=tuple(dict.fromkeys((*s.libraries, *LIBRARIES))))
        for name, s in loaded.system.services.items()
    }
    storing = services[STORING]
    services[STORING] = replace(
        storing,
        stores=(*storing.stores, *STORES),
        externals=tuple(dict.fromkeys((*storing.externals, *EXTERNALS))),
    )
    system = replace(loaded.system, services=services)
    paths = [p for p in sorted((ROOT / "services").rglob("*.py")) if "tests" not in p.parts]
    texts = {p.relative_to(ROOT).as_posix(): p.read_text("utf-8") for p in paths}
    return Project(system, texts)
