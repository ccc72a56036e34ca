"""JSON Schemas: one file a message, of what its ``to_json`` writes."""

from __future__ import annotations

from torq_gen.model import Message, System
from torq_gen.targets._shared.documents import NOTE, document
from torq_gen.targets._shared.json_schema import definitions, message_schema

FOLDER = "generated/json_schema"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REFS = "#/$defs/"


def render(system: System) -> dict[str, bytes]:
    """The schemas by path from the project's root."""
    return {
        f"{FOLDER}/{message.name}.schema.json": document(_schema(message))
        for message in system.messages.values()
    }


def _schema(message: Message) -> dict[str, object]:
    about = f"Type {message.type_id}, version {message.version}, domain {message.domain}."
    defs = definitions((message,), _REFS)
    head = {"$schema": _DIALECT, "$comment": f"{NOTE} {about}"}
    schema = {**head, **message_schema(message, _REFS)}
    return {**schema, "$defs": defs} if defs else schema
