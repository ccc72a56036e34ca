"""All schema files together: their types, messages and what they reserve."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torq_gen.diagnostics import Related
from torq_gen.model.names import snake_case
from torq_gen.model.system import Reserved
from torq_gen.spec import rules
from torq_gen.spec.findings import nearest
from torq_gen.spec.messages import read_message
from torq_gen.spec.money import check_money
from torq_gen.spec.named_types import Definition, NamedTypes
from torq_gen.spec.naming import message_problem, type_problem

if TYPE_CHECKING:
    from torq_gen.diagnostics import Span
    from torq_gen.model.messages import Domain, Message
    from torq_gen.model.types import NamedType
    from torq_gen.spec.document import Document, Raw
    from torq_gen.spec.findings import Findings
    from torq_gen.spec.structure import Damage

FIRST_PROTOCOL_TYPE = 65000
LAST_TYPE = 65535


class SchemaFile(NamedTuple):
    """A schema's document and its well-formed part."""

    document: Document
    root: dict[str, Raw]


class Schemas(NamedTuple):
    """What the schema files declare."""

    types: dict[str, NamedType]
    messages: dict[str, Message]
    reserved: Reserved
    homes: dict[str, Span]  # by domain, where its schema begins


class Ranges(NamedTuple):
    """What type ids are judged by; ``default`` when system.yaml declares no domains."""

    domains: dict[str, Domain]
    default: bool
    released: frozenset[int]


def read_schemas(
    files: list[SchemaFile], ranges: Ranges, findings: Findings, damage: Damage
) -> Schemas:
    """Types and messages of all files, after a finding for each that cannot be used."""
    return _SchemaReader(files, ranges, findings, damage).read()


class _SchemaReader:
    def __init__(
        self,
        files: list[SchemaFile],
        ranges: Ranges,
        findings: Findings,
        damage: Damage,
    ) -> None:
        self.files = files
        self.domains = ranges.domains
        self.default_domains = ranges.default
        self.released = ranges.released
        self.findings = findings
        self.damage = damage
        self.reserved_types: dict[int, Span] = {}
        self.reserved_names: dict[str, Span] = {}
        self.names: dict[str, tuple[str, Span]] = {}  # snake case to the name and its place
        self.ids: dict[int, tuple[str, Span]] = {}

    def read(self) -> Schemas:
        for file in self.files:
            self._reserved(file)
        definitions = self._names("types")
        sources = self._names("messages")
        types = NamedTypes(definitions, set(sources), self.findings, self.damage)
        named = types.resolve_all()
        messages: dict[str, Message] = {}
        for file in self.files:
            domain = self._domain(file)
            for name in file.root.get("messages", {}):
                if sources.get(name, (None,))[0] is not file.document:
                    continue
                self._type_id(name, file, domain)
                document, section = sources[name]
                message = read_message(name, file.root.get("domain", ""), document, section, types)
                if domain is not None and domain.money and message is not None:
                    check_money(message, self.findings)
                if message is None:
                    self.damage.names.add(("messages", name))
                else:
                    messages[name] = message
        reserved = Reserved(tuple(sorted(self.reserved_types)), tuple(sorted(self.reserved_names)))
        self._untyped()
        return Schemas(named, messages, reserved, self._homes())

    def _homes(self) -> dict[str, Span]:
        found: dict[str, Span] = {}
        for document, root in self.files:
            if domain := root.get("domain"):
                found.setdefault(domain, document.value(root, "domain"))
        return found

    def _untyped(self) -> None:
        """A message without a type id is told one that is free."""
        roots = {f.document.file: f.root for f in self.files}
        for finding in self.damage.untyped:
            domain = roots[finding.span.file].get("domain", "")
            if help := self._free(self.domains.get(domain)):
                self.findings.advise(finding, help)

    def _reserved(self, file: SchemaFile) -> None:
        reserved = file.root.get("reserved", {})
        for index, number in enumerate(reserved.get("types", ())):
            span = file.document.value(reserved["types"], index)
            self.reserved_types.setdefault(number, span)
        for index, name in enumerate(reserved.get("names", ())):
            span = file.document.value(reserved["names"], index)
            self.reserved_names.setdefault(name, span)

    def _names(self, kind: str) -> dict[str, Definition]:
        """The definitions of one kind by name, after a finding for each name that cannot stay."""
        found: dict[str, Definition] = {}
        judge = message_problem if kind == "messages" else type_problem
        for file in self.files:
            section = file.root.get(kind, {})
            for name in section:
                span = file.document.key(section, name)
                if problem := judge(name):
                    self.findings.add(problem.rule, span, problem.message, help=problem.help)
                if name in self.reserved_names:
                    place = Related(self.reserved_names[name], f"reserved: {name}")
                    self.findings.add(
                        rules.RESERVED_NAME, span, f"'{name}' is reserved", related=(place,)
                    )
                if self._unique(name, span):
                    found[name] = Definition(file.document, section)
                else:
                    self.damage.names.add((kind, name))
        return found

    def _unique(self, name: str, span: Span) -> bool:
        key = snake_case(name)
        if key not in self.names:
            self.names[key] = (name, span)
            return True
        other, place = self.names[key]
        message = f"'{name}' is declared twice"
        if other != name:
            message = f"'{name}' and '{other}' are one name in snake case: {key}"
        help = "rename one of the two; types and messages of all schemas share one space of names"
        related = (Related(place, other),)
        self.findings.add(rules.NAME_USED_TWICE, span, message, help=help, related=related)
        return other != name

    def _domain(self, file: SchemaFile) -> Domain | None:
        name = file.root.get("domain")
        if name is None or name in self.domains:
            return self.domains.get(name or "")
        if not self.damage.hit("domains", name):
            span = file.document.value(file.root, "domain")
            message = f"system.yaml declares no domain '{name}'"
            help = nearest(name, self.domains, "domains")
            self.findings.add(rules.UNKNOWN_DOMAIN, span, message, help=help)
        return None

    def _type_id(self, name: str, file: SchemaFile, domain: Domain | None) -> None:
        raw = file.root["messages"][name]
        number, span = raw["type"], file.document.value(raw, "type")
        if number in (0, LAST_TYPE) or number >= FIRST_PROTOCOL_TYPE:
            what = "reserved" if number in (0, LAST_TYPE) else "for TLVs of the protocol"
            message = f"the type id {number} is {what}"
            help = f"take one of 1 to {FIRST_PROTOCOL_TYPE - 1}"
            self.findings.add(rules.RESERVED_TYPE_ID, span, message, help=help)
            return
        if number in self.reserved_types:
            related = (Related(self.reserved_types[number], f"reserved: {number}"),)
            message = f"the type id {number} is reserved: it was a message that is gone"
            self.findings.add(rules.RESERVED_TYPE_ID, span, message, related=related)
        if number in self.ids:
            other, place = self.ids[number]
            message = f"{name} and {other} have one type id, {number}"
            self.findings.add(
                rules.TYPE_ID_USED_TWICE,
                span,
                message,
                help=self._free(domain),
                related=(Related(place, f"{other}, type {number}"),),
            )
        self.ids.setdefault(number, (name, span))
        if domain is not None and not domain.reversed and not domain.holds(number):
            self._outside(name, number, span, domain)

    def _outside(self, name: str, number: int, span: Span, domain: Domain) -> None:
        low, high = domain.first_type, domain.last_type
        message = (
            f"expected a type id of {low} to {high} for {name} in {domain.name}, found {number}"
        )
        rule = rules.TYPE_ID_OUT_OF_RANGE
        help: str | None = self._free(domain)
        if self.default_domains:
            rule = rules.TYPE_ID_OUTSIDE_DEFAULT
            help = f"declare the domain's range in system.yaml: domains.{domain.name}.types"
        related: tuple[Related, ...] = ()
        if domain.span is not None:
            related = (Related(domain.span, f"{domain.name}, types {low} to {high}"),)
        self.findings.add(rule, span, message, help=help, related=related)

    def _free(self, domain: Domain | None) -> str | None:
        if domain is None or domain.reversed:
            return None
        sections = (f.root.get("messages", {}) for f in self.files)
        used = {m["type"] for section in sections for m in section.values()}
        used |= self.released | self.damage.type_ids | set(self.reserved_types)
        free = next(
            (i for i in range(domain.first_type, domain.last_type + 1) if i not in used), None
        )
        if free is None:
            return f"{domain.name} has no free type id left; widen its range in system.yaml"
        return f"the next free type id of {domain.name} is {free}"
