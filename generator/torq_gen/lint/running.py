"""Checks services: what is known from the cache, the rest in as many processes as pay."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from torq_gen.lint import cache
from torq_gen.lint.cache import Disk, Entry
from torq_gen.lint.facts.files import FilesOnDisk

if TYPE_CHECKING:
    from torq_gen.lint.facts.program import ModuleCode
    from torq_gen.lint.settings import LintSettings
    from torq_gen.model import Service, System

WORTH_FORKING = 12
"""Services to analyse; for fewer, starting processes takes longer than it saves."""
_COLLECTED_EVERY = 20
"""Services after which garbage is collected: each leaves megabytes in cycles."""


class Files(FilesOnDisk):
    """The project's files but those that the settings exclude."""

    def __init__(self, root: Path, exclude: Sequence[str]) -> None:
        super().__init__(root)
        self._exclude = exclude

    def code(self, folder: str) -> Iterator[str]:
        """Every Python file below a folder in a fixed order, tests left out."""
        for path in super().code(folder):
            if not any(fnmatchcase(path, pattern) for pattern in self._exclude):
                yield path


def run(
    root: Path,
    system: System,
    settings: LintSettings,
    services: Sequence[Service],
    *,
    spec: str,
    jobs: int,
    keep: bool,
) -> list[Entry]:
    """An entry for each service with code; ``keep`` says whether the cache is used.

    ``spec`` is a digest of the spec's files.
    """
    files = Files(root, settings.exclude)
    own = {s.name: tuple(files.code(s.path)) for s in services}
    key = cache.key_of(settings) if keep else ""
    known = cache.read(root, key) if keep else {}
    changed = set(cache.changed(known, own, Disk(root)))
    again = [s for s in services if s.name in changed and own[s.name]]
    fresh = dict(_analysed(root, system, settings, again, spec, jobs))
    by_spec = {
        s.name: _judged(known[s.name], s, system, spec)
        for s in services
        if s.name not in changed and known[s.name].spec != spec
    }
    stale = [s for s in services if s.name in by_spec and by_spec[s.name] is None]
    fresh |= dict(_analysed(root, system, settings, stale, spec, jobs))
    fresh |= {name: entry for name, entry in by_spec.items() if entry is not None}
    merged = known | fresh
    if keep and fresh:
        present = {name: entry for name, entry in merged.items() if name in system.services}
        cache.write(root, key, present)
    return [merged[s.name] for s in services if own[s.name]]


def _judged(entry: Entry, service: Service, system: System, spec: str) -> Entry | None:
    """The entry under a spec that changed; None when its facts depend on what changed."""
    from torq_gen.lint.checking import findings_of

    if entry.contracts != contracts_of(system):
        return None
    found = findings_of(service, system, cache.facts(entry))
    return entry._replace(spec=spec, findings=cache.packed(found))


_CONTRACTS: dict[int, str] = {}


def contracts_of(system: System) -> str:
    """A digest of the part of the spec that facts depend on: messages, types, names."""
    known = _CONTRACTS.get(id(system))
    if known is None:
        services = [(s.name, s.path) for s in system.services.values()]
        parts = (system.package, system.messages, system.types, system.domains, services)
        known = _CONTRACTS[id(system)] = cache.digest(repr(parts).encode())
    return known


def _analysed(
    root: Path,
    system: System,
    settings: LintSettings,
    services: Sequence[Service],
    spec: str,
    jobs: int,
) -> Iterator[tuple[str, Entry]]:
    if not services:
        return
    job = Job(root, system, settings, spec, contracts_of(system))
    count = jobs or (os.cpu_count() or 1 if len(services) >= WORTH_FORKING else 1)
    if count < 2 or len(services) < 2:
        yield from job.run(services)
        return
    from torq_gen.lint.forking import shared

    yield from shared(job, services, min(count, len(services)))


class Job:
    """The analysis of some services in one process."""

    def __init__(
        self, root: Path, system: System, settings: LintSettings, spec: str, contracts: str
    ) -> None:
        self._root = root
        self._system = system
        self._settings = settings
        self._spec = spec
        self._contracts = contracts

    def run(self, services: Sequence[Service]) -> Iterator[tuple[str, Entry]]:
        """Each service's entry."""
        files = Files(self._root, self._settings.exclude)
        parsed: dict[str, ModuleCode] = {}
        was_on = gc.isenabled()
        gc.disable()
        try:
            for count, service in enumerate(services, 1):
                yield service.name, self._entry(service, files, parsed)
                for path in [p for p in parsed if p.startswith(f"{service.path}/")]:
                    del parsed[path]
                if count % _COLLECTED_EVERY == 0:
                    gc.collect()
        finally:
            if was_on:
                gc.enable()

    def _entry(self, service: Service, files: Files, parsed: dict[str, ModuleCode]) -> Entry:
        from torq_gen.lint.checking import facts_of, findings_of

        facts = facts_of(service, self._system, files, self._settings, parsed)
        found = findings_of(service, self._system, facts)
        sources = {path: parsed[path].source for path in facts.files}
        return Entry(
            self._spec,
            self._contracts,
            {path: cache.digest(source) for path, source in sources.items()},
            facts.own,
            facts.absent,
            cache.packed(found),
            cache.packed(facts),
        )
