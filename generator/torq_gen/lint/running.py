"""Checks services: what is known from the cache, the rest in as many processes as pay."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torq_gen import collector
from torq_gen.lint import cache
from torq_gen.lint.cache import Entry, Index, hash_of
from torq_gen.lint.facts.files import FilesOnDisk
from torq_gen.lint.stamps import Disk

if TYPE_CHECKING:
    from torq_gen.lint.declared import Declared, Home
    from torq_gen.lint.facts.code import ModuleCode
    from torq_gen.lint.settings import LintSettings
    from torq_gen.model import Service, System

COLLECT_EACH = 20
"""Services between two looks of the garbage collector."""


class Files(FilesOnDisk):
    """The project's files but those that the settings exclude."""

    def __init__(self, root: Path, exclude: Sequence[str]) -> None:
        super().__init__(root)
        self._exclude = tuple(excluding(exclude))
        self.namespaces: set[str] = set()

    def code(self, folder: str) -> Iterator[str]:
        """Every Python file below a folder in a fixed order, tests left out."""
        for path in super().code(folder):
            if not any(fnmatchcase(path, pattern) for pattern in self._exclude):
                yield path

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder; it is asked of what may be a package without a file."""
        found = super().is_folder(path)
        if found:
            self.namespaces.add(path)
        return found

    def has_code(self, folder: str) -> bool:
        """Whether a folder holds code at any depth, which makes a package of it."""
        return super().is_folder(folder) and any(True for _ in self.code(folder))


def excluding(patterns: Iterable[str]) -> Iterator[str]:
    """Patterns of files: what a pattern takes may be a folder, and goes with all that is in it."""
    for pattern in patterns:
        bare = pattern.removeprefix("./").rstrip("/")
        yield bare
        yield f"{bare}/*"


class Run:
    """One run over some services; ``disk`` is what it saw of the files.

    ``spec`` is a digest of the spec's files; ``keep`` says whether the cache is used.
    """

    def __init__(
        self,
        root: Path,
        declared: Declared,
        settings: LintSettings,
        spec: str,
        word: bytes,
        *,
        jobs: int,
        keep: bool,
    ) -> None:
        self._root = root
        self._declared = declared
        self._settings = settings
        self._spec = spec
        self._word = word
        self._jobs = jobs
        self._keep = keep
        self._failed: set[str] = set()
        self._key = cache.key_of(root, settings, word) if keep else ""
        self._known = cache.read(root, self._key) if keep else Index()
        self._contracts = self._known.contracts if spec and self._known.spec == spec else ""
        self._files = Files(root, settings.exclude)
        self.disk = Disk(root, self._files, self._known, time.time_ns())

    @cached_property
    def _system(self) -> System:
        found = self._declared.system
        if found is None:
            raise ValueError("services of a spec that cannot be used")
        return found

    def entries(self, services: Sequence[Home]) -> list[Entry]:
        """An entry for each service with code."""
        found: dict[str, Entry] = {}
        again: list[Home] = []
        for service in services:
            entry = self._known.entries.get(service.name)
            entry = None if entry is None else self.disk.still(entry, service.path)
            if entry is not None:
                judged = self._judged(service, entry)
                if judged is not None:
                    found[service.name] = judged
                    continue
            if self._is_there(service):
                again.append(service)
        fresh = dict(self._analysed(again))
        found |= fresh
        if self._keep and (fresh or self.disk.refreshed or self._known.spec != self._spec):
            self._write(found)
        return [found[s.name] for s in services if s.name in found]

    def _is_there(self, service: Home) -> bool:
        """Whether there is code, or (of a service that is active) a place where it should be."""
        if service.active and os.path.lexists(self._root / service.path):
            return True
        return any(True for _ in self._files.code(service.path))

    def _judged(self, home: Home, entry: Entry) -> Entry | None:
        """The entry under today's spec; None when its facts depend on what changed there."""
        if entry.spec == self._spec:
            return entry
        packed = cache.facts_of(self._root, entry) if entry.contracts == self.contracts() else None
        if packed is None:
            return None
        from torq_gen.lint import defects, packing
        from torq_gen.lint.checking import findings_of

        service = self._system.services[home.name]
        found = findings_of(service, self._system, packing.facts(packed))
        if defects.are_among(found):
            self._failed.add(service.name)
        return entry._replace(spec=self._spec, findings=packing.packed(found))

    def contracts(self) -> str:
        """A digest of the part of the spec that facts depend on: messages, types, names."""
        if not self._contracts:
            system = self._system
            services = [(s.name, s.path) for s in system.services.values()]
            parts = (system.package, system.messages, system.types, system.domains, services)
            self._contracts = cache.digest(repr(parts).encode())
        return self._contracts

    def _analysed(self, homes: Sequence[Home]) -> Iterator[tuple[str, Entry]]:
        if not homes:
            return
        services = [self._system.services[home.name] for home in homes]
        job = Job(self._root, self._system, self._settings, self._word)
        count = min(self._jobs or os.cpu_count() or 1, len(services))
        if count < 2 or not hasattr(os, "fork"):
            results = job.run(services)
        else:
            from torq_gen.lint.forking import shared

            results = shared(job, services, count)
        for result in results:
            if result.failed:
                self._failed.add(result.service)
            yield result.service, self._entry(result)

    def _entry(self, result: Result) -> Entry:
        disk, folder = self.disk, self._system.services[result.service].path
        for path, hashed, marked in result.files:
            disk.take(path, hashed, marked=marked)
        return Entry(
            self._spec,
            self.contracts(),
            tuple(path for path, _, _ in result.files),
            result.own,
            disk.folders_of(folder),
            disk.absent(result.absent),
            result.namespaces,
            result.findings,
            result.facts,
        )

    def _write(self, found: dict[str, Entry]) -> None:
        entries = dict(self._others(found)) | found
        entries = {n: e for n, e in entries.items() if n not in self._failed}
        paths = dict.fromkeys(path for entry in entries.values() for path in entry.files)
        files, folders = self.disk.seen(paths)
        index = Index(self._spec, self.contracts(), entries, files, folders)
        cache.write(self._root, self._key, index)

    def _others(self, found: Collection[str]) -> Iterator[tuple[str, Entry]]:
        """The entries that still hold of services that were not asked for.

        What they depend on is kept as this run saw it, so that the next would see no change in it.
        """
        homes = self._declared.homes or {}
        for name, entry in self._known.entries.items():
            if name in homes and name not in found:
                still = self.disk.still(entry, homes[name].path)
                if still is not None:
                    yield name, still


class Result(NamedTuple):
    """What analysing a service gave: the files it read with their hashes, and the packed rest.

    ``namespaces`` are folders that were taken for packages, or were not for want of code.
    ``failed`` says that a defect kept it from being analysed, which is tried again each time.
    """

    service: str
    files: tuple[tuple[str, bytes, bool], ...]
    own: tuple[str, ...]
    absent: tuple[str, ...]
    namespaces: tuple[tuple[str, bool], ...]
    findings: bytes
    facts: bytes
    failed: bool


class Job:
    """The analysis of some services in one process."""

    def __init__(self, root: Path, system: System, settings: LintSettings, word: bytes) -> None:
        self._root = root
        self._system = system
        self._settings = settings
        self._word = word

    def run(self, services: Sequence[Service]) -> Iterator[Result]:
        """Each service's result.

        An analysis leaves no cycles behind, so that its memory is there for the next at once: the
        collector only looks now and then whether that is so, and not through what was there before.
        """
        files = Files(self._root, self._settings.exclude)
        parsed: dict[str, ModuleCode] = {}
        with collector.paused():
            gc.freeze()
            try:
                for number, service in enumerate(services, 1):
                    yield self._result(service, files, parsed)
                    for path in [p for p in parsed if p.startswith(f"{service.path}/")]:
                        del parsed[path]
                    if number % COLLECT_EACH == 0:
                        gc.collect()
            finally:
                gc.unfreeze()

    def _result(self, service: Service, files: Files, parsed: dict[str, ModuleCode]) -> Result:
        from torq_gen.lint import defects
        from torq_gen.lint.checking import facts_of, findings_of
        from torq_gen.lint.packing import packed

        files.namespaces.clear()
        facts = facts_of(service, self._system, files, self._settings, parsed)
        namespaces = tuple((path, files.has_code(path)) for path in sorted(files.namespaces))
        found = findings_of(service, self._system, facts)
        read = ((path, parsed[path]) for path in facts.files)
        return Result(
            service.name,
            tuple((path, _hashed(code), self._word in code.source) for path, code in read),
            facts.own,
            facts.absent,
            namespaces,
            packed(found),
            packed(facts),
            defects.are_among(found),
        )


def _hashed(code: ModuleCode) -> bytes:
    """A hash of a file's content; of one that was not read, nothing that is equal to any."""
    return b"" if code.trouble is not None and not code.source else hash_of(code.source)
