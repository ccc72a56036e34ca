"""A spec's files to the model, with all findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torq_gen.model.lock import Lock
from torq_gen.model.system import System
from torq_gen.spec import rules
from torq_gen.spec.dependencies import Resources
from torq_gen.spec.document import Document
from torq_gen.spec.domains import read_domains
from torq_gen.spec.entries import Known
from torq_gen.spec.files import decode, usable
from torq_gen.spec.findings import Findings
from torq_gen.spec.flow import check_flow
from torq_gen.spec.ids import Places, identify
from torq_gen.spec.inputs import DEFAULT_SCHEMAS, SYSTEM_FILE, matches
from torq_gen.spec.inside import outside
from torq_gen.spec.lock import parse_document
from torq_gen.spec.lock_file import LOCK_FILE
from torq_gen.spec.naming import as_snake, package_problem
from torq_gen.spec.reader import read
from torq_gen.spec.released import Promises
from torq_gen.spec.schemas import Ranges, SchemaFile, Schemas, read_schemas
from torq_gen.spec.services import read_service
from torq_gen.spec.structure import Damage, check
from torq_gen.spec.together import check_classes, check_paths
from torq_gen.spec.writers import check_writers

if TYPE_CHECKING:
    from pathlib import Path

    from torq_gen.diagnostics import Diagnostic
    from torq_gen.model.messages import Domain
    from torq_gen.model.services import Service
    from torq_gen.spec.document import Raw
    from torq_gen.spec.inputs import Contents

DEFAULT_PACKAGE = "torq_contracts"


class Built(NamedTuple):
    """The system (None after an error), the findings, and whether no id had to be assigned."""

    system: System | None
    findings: list[Diagnostic]
    settled: bool


def build(root: Path, contents: Contents, *, assign_ids: bool) -> Built:
    """Reads the ``contents`` of system.yaml, the schemas and the lock, by path from ``root``."""
    return _Builder(root, contents).build(assign_ids)


class _Builder:
    def __init__(self, root: Path, contents: Contents) -> None:
        self.root = root
        self.contents = contents
        self.schemas = [f for f in contents if f not in (SYSTEM_FILE, LOCK_FILE)]
        self.findings = Findings()
        self.damage = Damage()
        self.lock_failed = False
        self.document = self._document(SYSTEM_FILE) or Document(SYSTEM_FILE, "")
        self.top: dict[str, Raw] = {}
        if self.document.root_mark is not None:
            self.top = check(self.document, "system", self.findings, self.damage)

    def build(self, assign_ids: bool) -> Built:
        top, findings = self.top, self.findings
        self._patterns()
        domains: dict[str, Domain] = {}
        if "domains" not in self.damage.sections:
            domains = read_domains(self.document, top, findings)
        lock, lock_document = self._lock()
        schemas = self._schemas(domains, lock)
        resources = Resources(self.document, top, findings, self.damage)
        services = self._services(schemas, domains, resources)
        settled = all(s.id or name in lock.services for name, s in services.items())
        if lock_document is not None:
            Promises(lock, lock_document, domains, self.damage, findings).check(schemas)
        if not self.damage.any("services"):
            places = Places(self.document, top.get("services", {}), lock_document)
            if not self.lock_failed:
                services, lock = identify(services, lock, places, findings, assign=assign_ids)
            self._together(services, schemas)
        name, package = self._name(), self._package()
        if findings.failed:
            return Built(None, findings.all, settled)
        system = System(
            name=name,
            package=package,
            domains=domains,
            types=schemas.types,
            messages=schemas.messages,
            services=services,
            stores=resources.stores,
            externals=resources.externals,
            reserved=schemas.reserved,
            exports=tuple(top.get("exports", ())),
            lock=lock,
        )
        return Built(system, findings.all, settled)

    def _document(self, file: str) -> Document | None:
        """A file's document; None, and no trust in unknown names, when it cannot be read."""
        data = usable(self.contents, file, self.findings)
        text = decode(file, data, self.findings) if data is not None else None
        document = read(file, text, self.findings) if text is not None else None
        if document is None:
            self.damage.whole = True
        return document

    def _schemas(self, domains: dict[str, Domain], lock: Lock) -> Schemas:
        files: list[SchemaFile] = []
        for name in self.schemas:
            if (document := self._document(name)) is not None:
                root = check(document, "tlv", self.findings, self.damage)
                files.append(SchemaFile(document, root))
        released = frozenset(m.type_id for m in lock.messages.values())
        ranges = Ranges(domains, "domains" not in self.top, released)
        return read_schemas(files, ranges, self.findings, self.damage)

    def _services(
        self, schemas: Schemas, domains: dict[str, Domain], resources: Resources
    ) -> dict[str, Service]:
        by_id = {m.type_id: m for m in schemas.messages.values()}
        known = Known(schemas.messages, by_id, domains, self.damage, self.findings)
        section: dict[str, Raw] = self.top.get("services", {})
        return {n: read_service(n, self.document, section, known, resources) for n in section}

    def _together(self, services: dict[str, Service], schemas: Schemas) -> None:
        check_classes(services, schemas.messages, schemas.types, self.findings)
        check_paths(services, self.findings)
        check_writers(services, self.findings)
        complete = not self._failed(rules.UNKNOWN_MESSAGE.code) and not self.damage.any("messages")
        check_flow(services, self.findings, complete=complete)

    def _failed(self, code: str) -> bool:
        return any(d.code == code for d in self.findings.all)

    def _lock(self) -> tuple[Lock, Document | None]:
        if LOCK_FILE not in self.contents:
            return Lock(), None
        before = len(self.findings.all)
        data = usable(self.contents, LOCK_FILE, self.findings)
        text = decode(LOCK_FILE, data, self.findings) if data is not None else None
        if text is not None:
            lock, document = parse_document(text, LOCK_FILE, self.findings)
            if len(self.findings.all) == before:
                return lock, document
        self.lock_failed = True
        return Lock(), None

    def _patterns(self) -> None:
        """Each pattern of schema files stays inside the project and matches something."""
        section = self.top.get("system", {})
        patterns: list[str] = section.get("schemas", [])
        for index, pattern in enumerate(patterns):
            span = self.document.value(patterns, index)
            if problem := outside(pattern):
                self.findings.add(rules.WRONG_PATH, span, problem)
                self.damage.whole = True
            elif not matches(self.root, pattern):
                message = f"no file matches '{pattern}'"
                self.findings.add(rules.NO_SCHEMA_FILE, span, message)
                self.damage.whole = True
        if not patterns and not self.schemas and not self.damage.whole:
            message = f"no file matches '{DEFAULT_SCHEMAS[0]}'"
            help = "declare the messages there, or state system: {schemas: [<pattern>]}"
            self.findings.add(rules.NO_SCHEMA_FILE, self.document.whole(), message, help=help)
            self.damage.whole = True

    def _name(self) -> str:
        name: str | None = self.top.get("system", {}).get("name")
        return name or as_snake(self.root.resolve().name)

    def _package(self) -> str:
        section = self.top.get("system", {})
        package: str = section.get("package", DEFAULT_PACKAGE)
        if "package" in section and (problem := package_problem(package)):
            span = self.document.value(section, "package")
            self.findings.add(problem.rule, span, problem.message, help=problem.help)
        return package
