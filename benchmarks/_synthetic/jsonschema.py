"""A synthetic system as one JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from _synthetic.shape import Message, domains

_HEX = {"type": "string", "pattern": "^0x[0-9a-f]*$"}
_FIELDS: Mapping[str, dict[str, Any]] = {
    "address": {**_HEX, "description": "The account that the event is about."},
    "u64": {"type": "integer", "minimum": 0},
    "u256": {"type": "integer", "minimum": 0, "description": "In token base units."},
    "price": {"type": "string", "description": "In USD."},
    "i64": {"type": "integer", "description": "What the event changed it by."},
    "string": {"type": "string", "description": "For a person to read."},
    "list": {"type": "array", "items": {"type": "integer", "minimum": 0}},
    "optional": {"type": ["integer", "null"], "description": "Absent where there is none."},
    "u16": {"type": "integer", "enum": [1, 2, 3], "description": "A registered venue."},
    "bool": {"type": "boolean"},
}
_POSITION = {
    "type": "object",
    "properties": {"block_number": {"type": "integer"}, "log_index": {"type": "integer"}},
    "required": ["block_number", "log_index"],
}


def write(root: Path, count: int) -> str:
    """Write the schema of a system of ``count`` messages; the file's name."""
    root.mkdir(parents=True)
    definitions: dict[str, Any] = {}
    for domain in domains(count):
        definitions[f"Kind{domain.number}"] = {"enum": ["OPENED", "CHANGED", "CLOSED"]}
        definitions[f"Position{domain.number}"] = _POSITION
        for message in domain.messages:
            definitions[message.name] = _object(message, domain.number)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions}
    (root / "schema.json").write_text(json.dumps(schema, indent=1), "utf-8")
    return "schema.json"


def _object(message: Message, domain: int) -> dict[str, Any]:
    return {
        "type": "object",
        "description": f"Event {message.number} of an account, as its log says.",
        "properties": {name: _field(kind, domain) for name, kind in message.fields},
        "required": [name for name, kind in message.fields if kind != "optional"],
    }


def _field(kind: str, domain: int) -> dict[str, Any]:
    match kind:
        case "enum":
            return {"$ref": f"#/$defs/Kind{domain}"}
        case "struct":
            return {"$ref": f"#/$defs/Position{domain}"}
    return _FIELDS[kind]
