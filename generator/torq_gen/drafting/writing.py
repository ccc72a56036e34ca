"""A draft as the text of system.yaml and of its schemas, in the canonical shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from torq_gen.drafting.model import DraftEnum
from torq_gen.editing.rendering import flow, scalar
from torq_gen.model.names import snake_case

if TYPE_CHECKING:
    from torq_gen.drafting.model import (
        Draft,
        DraftEdge,
        DraftField,
        DraftMessage,
        DraftSchema,
        DraftService,
        DraftStore,
        DraftStruct,
    )

_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_<>\[\], ]*\??")


def files_of(draft: Draft) -> dict[str, bytes]:
    """system.yaml and the schemas by path; system.yaml comes first."""
    found = {"system.yaml": system_text(draft)}
    for schema in draft.schemas:
        found[f"schemas/{snake_case(schema.domain)}.yaml"] = schema_text(schema)
    return {path: text.encode() for path, text in found.items()}


def system_text(draft: Draft) -> str:
    """The text of system.yaml."""
    lines = [*_comment(draft.head)]
    lines += [f"system: {_flow({'name': draft.name, 'package': draft.package})}", "domains:"]
    lines += [
        f"  {scalar(d.name)}: {{id: {d.id}, types: [{d.first}, {d.last}]}}" for d in draft.domains
    ]
    if draft.stores:
        lines += [
            "stores:",
            *(f"  {scalar(n)}: {{kind: {scalar(k)}}}" for n, k in draft.stores.items()),
        ]
    if draft.externals:
        lines.append("externals:")
    for external in draft.externals:
        keys: dict[str, object] = {"urls": list(external.urls)}
        keys |= {"protocol": external.protocol} if external.protocol else {}
        lines.append(f"  {scalar(external.name)}: {_flow(keys)}")
    lines.append("services:" if draft.services else "services: {}")
    for number, service in enumerate(draft.services):
        lines += ["", *_service(service)] if number else _service(service)
    return "\n".join(lines) + "\n"


def schema_text(schema: DraftSchema) -> str:
    """The text of a schema."""
    lines = [*_comment(schema.head), f"domain: {scalar(schema.domain)}"]
    if schema.types:
        lines.append("types:")
        for named in schema.types:
            lines += _enum(named) if isinstance(named, DraftEnum) else _struct(named)
    lines.append("messages:")
    for message in schema.messages:
        lines += _message(message)
    return "\n".join(lines) + "\n"


def _service(service: DraftService) -> Iterator[str]:
    yield from _comment(service.notes, "  ")
    yield f"  {scalar(service.name)}:"
    yield f"    id: {service.id}"
    if service.planned:
        yield "    status: planned"
    if service.description:
        yield f"    description: {scalar(_one_line(service.description))}"
    if service.path:
        yield f"    path: {scalar(_one_line(service.path))}"
    yield from _edges("publishes", service.publishes)
    yield from _edges("subscribes", service.subscribes)
    if service.stores:
        yield "    stores:"
    for store in service.stores:
        yield from _store(store)
    if service.externals:
        yield from _edges("externals", service.externals)
    if service.libraries:
        yield f"    libraries: {flow(list(service.libraries))}"
    yield from _comment(service.unresolved, "    ")


def _edges(key: str, edges: Iterable[DraftEdge], indent: str = "    ") -> Iterator[str]:
    entries = list(edges)
    kept = [edge for edge in entries if not edge.left_out]
    yield f"{indent}{key}:" if kept else f"{indent}{key}: []"
    for edge in entries:
        yield from _comment(edge.notes[1:], f"{indent}  ")
        first = edge.notes[0] if edge.notes else ""
        if edge.left_out:
            yield f"{indent}  # - {edge.name} # {edge.left_out}{f'; {first}' if first else ''}"
            continue
        entry = scalar(edge.name) + (f": {{on_full: {edge.on_full}}}" if edge.on_full else "")
        yield _noted(f"{indent}  - {entry}", first)


def _store(store: DraftStore) -> Iterator[str]:
    yield f"      {scalar(store.store)}:"
    for key, entries in (("keys", store.keys), ("tables", store.tables)):
        if entries:
            yield from _edges(key, entries, "        ")
    yield f"        authority: {store.authority}"
    if store.shared:
        yield "        writers: shared # guess: more than one service writes a part of it"


def _message(message: DraftMessage) -> Iterator[str]:
    yield from _comment(message.notes, "  ")
    yield f"  {scalar(message.name)}:"
    yield f"    type: {message.type_id}"
    if message.topic:
        yield f"    topic: {scalar(_one_line(message.topic))}"
    if message.doc:
        yield f"    doc: {scalar(_one_line(message.doc))}"
    yield "    fields:"
    yield from _fields(message.fields, "      ")


def _struct(struct: DraftStruct) -> Iterator[str]:
    yield _noted(f"  {scalar(struct.name)}:", struct.note)
    if struct.doc:
        yield f"    doc: {scalar(_one_line(struct.doc))}"
    yield "    struct:"
    yield from _fields(struct.fields, "      ")


def _enum(enum: DraftEnum) -> Iterator[str]:
    yield _noted(f"  {scalar(enum.name)}:", enum.note)
    if enum.doc:
        yield f"    doc: {scalar(_one_line(enum.doc))}"
    yield f"    enum: {enum.base}"
    yield "    values:"
    for name, number in enum.values:
        yield f"      {scalar(name)}: {number}"


def _fields(fields: Iterable[DraftField], indent: str) -> Iterator[str]:
    for field in fields:
        plain = not field.extra
        entry = _type(field.type) if plain else _flow({"type": field.type, **field.extra})
        yield _noted(f"{indent}- {scalar(field.name)}: {entry}", field.note)


def _type(text: str) -> str:
    """A type where it stands alone: brackets need no quotes there."""
    return text if _TYPE.fullmatch(text) and not text.isalnum() else scalar(text)


def _flow(value: object) -> str:
    """A value in one line; booleans and fractions too, which ``rendering`` has no need of."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return scalar(value if isinstance(value, int) else _one_line(str(value)))


def _comment(lines: Iterable[str], indent: str = "") -> Iterator[str]:
    for line in lines:
        yield f"{indent}# {_one_line(line)}" if line else f"{indent}#"


def _noted(line: str, note: str) -> str:
    return f"{line} # {_one_line(note)}" if note else line


def _one_line(text: str) -> str:
    """Comments and texts are one line each, and hold nothing that a spec may not."""
    return "".join(c if c.isprintable() else " " for c in text)
